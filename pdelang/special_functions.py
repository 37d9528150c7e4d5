"""Error and Bessel functions of NumPy arrays, from SciPy or from what is cheaper.

Importing ``scipy.special`` takes a fifth of the time of a whole `check`, so the error functions of a
few points come from `math`; and a series of cylinder waves asks for the same Bessel functions at the
same points in every expression that is derived from it, so the last ones are remembered.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

_FEW_POINTS = 2048
_REMEMBERED = 256


def erf(value: Any) -> Any:
    """Return the error function of a number or an array, in its shape."""
    return _error_function("erf", math.erf, value)


def erfc(value: Any) -> Any:
    """Return the complementary error function of a number or an array, in its shape."""
    return _error_function("erfc", math.erfc, value)


def besselj(order: Any, value: Any) -> Any:
    """Return the Bessel function of the first kind, ``J_order(value)``, in the arguments' shape."""
    return _bessel("jv", order, value)


def bessely(order: Any, value: Any) -> Any:
    """Return the Bessel function of the second kind, ``Y_order(value)``, in the arguments' shape."""
    return _bessel("yv", order, value)


def _error_function(name: str, single: Callable[[float], float], value: Any) -> Any:
    array = np.asarray(value, float)
    if array.size > _FEW_POINTS:
        return _from_scipy(name)(array)
    found = np.fromiter(map(single, array.flat), float, array.size).reshape(array.shape)
    return found if array.shape else float(found)


def _bessel(name: str, order: Any, value: Any) -> Any:
    orders = np.unique(order)
    shape = np.broadcast_shapes(np.shape(order), np.shape(value))
    if len(orders) != 1 or np.shape(value) != shape or np.size(value) > _FEW_POINTS:
        return _from_scipy(name)(order, value)
    array = np.asarray(value, float)
    found = _remembered_bessel(name, float(orders[0]), array.tobytes()).reshape(shape)
    return found if shape else float(found)


@lru_cache(maxsize=_REMEMBERED)
def _remembered_bessel(name: str, order: float, value: bytes) -> np.ndarray:
    found = np.asarray(_from_scipy(name)(order, np.frombuffer(value)))
    found.flags.writeable = False
    return found


def _from_scipy(name: str) -> Callable[..., Any]:
    import scipy.special

    return getattr(scipy.special, name)
