"""The one table of functions and vector operators: names, arities, rank rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pdelang.semantics.expression import Rank

SCALAR, VECTOR, TENSOR = Rank.SCALAR, Rank.VECTOR, Rank.TENSOR

RANK_NAMES = {SCALAR: "a scalar", VECTOR: "a vector", TENSOR: "a tensor"}

Ranks = tuple[Rank, ...]
RankRule = Callable[[Ranks, int], Rank | None]
"""Maps the arguments' ranks and the number of space coordinates to the result's rank, or None."""


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in. ``takes`` says in words what its arguments must be."""

    name: str
    least: int
    most: int
    rank: RankRule
    takes: str
    needs_boundary: bool = False


def _scalars(ranks: Ranks, d: int) -> Rank | None:
    return SCALAR if all(rank is SCALAR for rank in ranks) else None


def _unchanged(ranks: Ranks, d: int) -> Rank | None:
    return ranks[0]


def _table_rule(rule: dict[Ranks, Rank]) -> RankRule:
    return lambda ranks, d: rule.get(ranks)


def _rank_of_curl(ranks: Ranks, d: int) -> Rank | None:
    match ranks, d:
        case ((Rank.VECTOR,), 2):
            return SCALAR
        case ((Rank.SCALAR,), 2):
            return VECTOR
        case ((Rank.VECTOR,), 3):
            return VECTOR
        case _:
            return None


def _rank_of_cross(ranks: Ranks, d: int) -> Rank | None:
    if ranks != (VECTOR, VECTOR):
        return None
    return {2: SCALAR, 3: VECTOR}.get(d)


def _pointwise(name: str, arity: int = 1) -> Function:
    return Function(name, arity, arity, _scalars, "a scalar" if arity == 1 else "scalars")


_ENTRIES = (
    *map(
        _pointwise,
        [
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "tanh",
            "exp",
            "log",
            "sqrt",
            "abs",
            "sign",
            "erf",
            "erfc",
            "heaviside",
        ],
    ),
    _pointwise("atan2", 2),
    _pointwise("besselj", 2),
    _pointwise("bessely", 2),
    # Only where an unknown is complex; `complex_values` spreads them over the two parts.
    *(Function(name, 1, 1, _unchanged, "one value") for name in ("re", "im", "conj")),
    Function("arg", 1, 1, _scalars, "one scalar"),
    # With one argument these two are global quantities; `resolution` tells them apart.
    Function("min", 2, 64, _scalars, "scalars"),
    Function("max", 2, 64, _scalars, "scalars"),
    Function(
        "grad", 1, 1, _table_rule({(SCALAR,): VECTOR, (VECTOR,): TENSOR}), "a scalar or a vector"
    ),
    Function(
        "div", 1, 1, _table_rule({(VECTOR,): SCALAR, (TENSOR,): VECTOR}), "a vector or a tensor"
    ),
    Function(
        "lap", 1, 1, _table_rule({(SCALAR,): SCALAR, (VECTOR,): VECTOR}), "a scalar or a vector"
    ),
    Function("curl", 1, 1, _rank_of_curl, "a vector in 3-D, a vector or a scalar in 2-D"),
    Function(
        "dot",
        2,
        2,
        _table_rule(
            {
                (VECTOR, VECTOR): SCALAR,
                (TENSOR, VECTOR): VECTOR,
                (VECTOR, TENSOR): VECTOR,
                (TENSOR, TENSOR): TENSOR,
            }
        ),
        "vectors or tensors",
    ),
    Function("cross", 2, 2, _rank_of_cross, "two vectors, in 2-D or 3-D"),
    Function("outer", 2, 2, _table_rule({(VECTOR, VECTOR): TENSOR}), "two vectors"),
    Function("transpose", 1, 1, _table_rule({(TENSOR,): TENSOR}), "a tensor"),
    Function("tr", 1, 1, _table_rule({(TENSOR,): SCALAR}), "a tensor"),
    Function("sym", 1, 1, _table_rule({(TENSOR,): TENSOR}), "a tensor"),
    Function(
        "norm", 1, 1, _table_rule({(VECTOR,): SCALAR, (TENSOR,): SCALAR}), "a vector or a tensor"
    ),
    Function("identity", 0, 0, _table_rule({(): TENSOR}), "no arguments"),
    Function(
        "adv",
        2,
        2,
        _table_rule({(VECTOR, SCALAR): SCALAR, (VECTOR, VECTOR): VECTOR}),
        "a vector, then a scalar or a vector",
    ),
    Function(
        "dn",
        1,
        1,
        _table_rule({(SCALAR,): SCALAR, (VECTOR,): VECTOR}),
        "a scalar or a vector",
        needs_boundary=True,
    ),
    Function("tangential", 1, 1, _table_rule({(VECTOR,): VECTOR}), "a vector", needs_boundary=True),
)

FUNCTIONS: dict[str, Function] = {entry.name: entry for entry in _ENTRIES}

AGGREGATES: tuple[str, ...] = ("integral", "mean", "max", "min", "value")
"""Global quantities; ``max`` and ``min`` are these only with one argument."""

DERIVATIVE = "d"
"""``d(u, x, 3)``: the general derivative."""

COMPLEX_PARTS = ("re", "im", "conj", "arg")
"""Functions that exist only where an unknown is complex."""

INTERFACE_WORDS = ("side", "jump")
"""Words that need an `interface`."""

INTERP = "interp"
"""``interp(csv(…))``: a table as a function."""

CALLABLE: tuple[str, ...] = (
    *FUNCTIONS,
    "integral",
    "mean",
    "value",
    DERIVATIVE,
    *INTERFACE_WORDS,
    INTERP,
)
"""Every built-in word that may stand before ``(`` in an expression."""
