"""Expressions of a spec as trees: one class per form, each with its span."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from pdelang.diagnostics.span import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that stands in the text at ``span``."""

    span: Span


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as written; ``text`` is kept so that no digit is lost."""

    text: str


@dataclass(frozen=True, slots=True)
class String(Node):
    """A string without its quotes, escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A bare name, NFC-normalised. ``pi``, ``n`` and ``i`` arrive here too."""

    name: str


@dataclass(frozen=True, slots=True)
class Member(Node):
    """``w.x``, ``plate.top``, ``hole.edge``, ``probes.T``."""

    owner: Expression
    member: Name


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``-a``, ``+a`` or ``not a``; ``operator`` is ``-``, ``+`` or ``not``."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``+ - * / ^``, a comparison (``< <= > >= == !=``), ``and``, ``or`` or, for shapes, ``&``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """``if predicate then a else b``."""

    predicate: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """One argument of a call. ``name`` is set for ``x = value``; it may be ``in`` or ``on``."""

    name: Name | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``sin(x)``, ``dx(u)``, ``box(x = 0 .. 1)``, ``u(x = 0)``, ``csv("f.csv", x = "x")``.

    ``owner`` is set for ``plate.low(x)``, a side of a named shape.
    """

    function: Name
    arguments: tuple[Argument, ...]
    owner: Expression | None = None


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    """``(a, b)`` with two or more items."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class List(Node):
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Range(Node):
    """``a .. b``."""

    low: Expression
    high: Expression


Expression = (
    Number | String | Name | Member | Unary | Binary | Conditional | Call | Tuple | List | Range
)


@dataclass(frozen=True, slots=True)
class Unit(Node):
    """``[m^2/s]``: a product of powers of single unit names; ``factors`` is empty for ``[1]``."""

    factors: tuple[tuple[str, int | float], ...]


@dataclass(frozen=True, slots=True)
class Equation(Node):
    """``left = right``."""

    left: Expression
    right: Expression


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below ``node``, in the order of the fields."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))
