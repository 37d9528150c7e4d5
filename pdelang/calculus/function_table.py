"""The closed table of functions: the language's names, SymPy's classes, the array modules' names.

Array modules are NumPy, and ``jax.numpy`` in `lowering`. To add a function, add it here and
to `semantics.functions`; its derivative is SymPy's ``fdiff``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import sympy

# Name in the language -> SymPy.
LANGUAGE_FUNCTIONS: dict[str, Callable[..., sympy.Basic]] = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "atan2": sympy.atan2,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "min": sympy.Min,
    "max": sympy.Max,
    "besselj": sympy.besselj,
    "bessely": sympy.bessely,
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "heaviside": sympy.Heaviside,
}

LANGUAGE_RELATIONS: dict[str, Callable[..., sympy.Basic]] = {
    "<": sympy.StrictLessThan,
    "<=": sympy.LessThan,
    ">": sympy.StrictGreaterThan,
    ">=": sympy.GreaterThan,
    "==": sympy.Equality,
    "!=": sympy.Unequality,
}


# SymPy class -> function of an array module. `reciprocal:` marks 1/f, which array modules
# lack; SymPy introduces these three on its own, as in tan(x + pi/2) = -cot(x).
FUNCTION_NAMES: dict[type[sympy.Basic], str] = {
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.sec: "reciprocal:cos",
    sympy.csc: "reciprocal:sin",
    sympy.cot: "reciprocal:tan",
    sympy.asin: "arcsin",
    sympy.acos: "arccos",
    sympy.atan: "arctan",
    sympy.atan2: "arctan2",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.sech: "reciprocal:cosh",
    sympy.csch: "reciprocal:sinh",
    sympy.coth: "reciprocal:tanh",
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.Abs: "abs",
    sympy.sign: "sign",
    sympy.Heaviside: "heaviside",
    sympy.besselj: "besselj",
    sympy.bessely: "bessely",
    sympy.erf: "erf",
    sympy.erfc: "erfc",
    sympy.Max: "maximum",
    sympy.Min: "minimum",
}

RELATION_NAMES: dict[type[sympy.Basic], str] = {
    sympy.StrictLessThan: "less",
    sympy.LessThan: "less_equal",
    sympy.StrictGreaterThan: "greater",
    sympy.GreaterThan: "greater_equal",
    sympy.Equality: "equal",
    sympy.Unequality: "not_equal",
}


@dataclass(frozen=True, slots=True)
class ArrayFunctions:
    """An array module, and what the walk needs that the module does not have itself.

    ``without_gradient`` returns its argument as a constant of any differentiation.
    """

    module: ModuleType
    erf: Callable[[Any], Any]
    erfc: Callable[[Any], Any]
    besselj: Callable[[Any, Any], Any]
    bessely: Callable[[Any, Any], Any]
    without_gradient: Callable[[Any], Any]

    def named(self, name: str) -> Callable[..., Any]:
        """Return the function that the table calls ``name``."""
        match name:
            case "besselj":
                return self.besselj
            case "bessely":
                return self.bessely
            case "erf":
                return self.erf
            case "erfc":
                return self.erfc
            case _ if name.startswith("reciprocal:"):
                function = getattr(self.module, name.removeprefix("reciprocal:"))
                return lambda value: 1.0 / function(value)
            case _:
                return getattr(self.module, name)
