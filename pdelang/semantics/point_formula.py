"""Formulas of the coordinates as functions of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pdelang.semantics.evaluate import NUMPY, Arrays, evaluate
from pdelang.semantics.expression import Expression


@dataclass(frozen=True, slots=True, eq=False)
class PointFormula:
    """A scalar expression of ``coordinates``; calling it gives its values ``(n,)`` at points ``(n, d)``."""

    expression: Expression
    coordinates: tuple[str, ...]

    def __call__(self, points: np.ndarray) -> np.ndarray:
        return self.evaluate(points, NUMPY)

    def evaluate(self, points: Any, arrays: Arrays) -> Any:
        """Return the values at points in a library of arrays; raises `NotEvaluableError` where that has not all of it."""
        return evaluate(self.expression, points, self.coordinates, arrays)
