"""Working precision, without touching JAX's global configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np

_DTYPES = {"f32": np.float32, "f64": np.float64}


def read_dtype(precision: str) -> Any:
    """Return the floating type of ``f32`` or ``f64``."""
    return _DTYPES[precision]


@contextmanager
def numeric_context(precision: str) -> Iterator[None]:
    """Hold this thread at a precision, with matrix products that do not round below it.

    Accelerators multiply in fewer bits unless told otherwise, and then do not reproduce.
    """
    with jax.enable_x64(precision == "f64"), jax.default_matmul_precision("highest"):
        yield
