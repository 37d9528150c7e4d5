"""SymPy functions that know their own numbers and derivatives: tables, and integrals of known functions."""

from __future__ import annotations

from typing import Any

import sympy

from pdelang.calculus.function_table import ArrayFunctions


class NumericFunction(sympy.Function):
    """A function whose classes know how they are evaluated."""

    is_real = True

    @classmethod
    def evaluate(cls, arguments: list[Any], functions: ArrayFunctions) -> Any:
        """Return the values at arguments of an array module."""
        raise NotImplementedError
