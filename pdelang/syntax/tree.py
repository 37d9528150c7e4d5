"""The tree of a spec: one class per statement and expression form, each with its span.

Nothing here knows what a name means; `semantics` does. Statements keep the order of the
text so that the formatter can print them back. A transformer builds these and never diagnoses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from pdelang.diagnostics.span import Source, Span


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that stands in the text at ``span``."""

    span: Span


# ---------------------------------------------------------------- expressions


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


# ----------------------------------------------------------------- statements
# Every statement's span runs from its first word to its last token.


@dataclass(frozen=True, slots=True)
class Edition(Node):
    """``pde 1``."""

    number: Number


@dataclass(frozen=True, slots=True)
class Title(Node):
    """``problem "title"``."""

    title: String


@dataclass(frozen=True, slots=True)
class Use(Node):
    """``use "materials.pde"``."""

    path: String


@dataclass(frozen=True, slots=True)
class CoordinateName(Node):
    """A coordinate in the head of ``domain`` or of a ``fit`` field, with its unit."""

    name: Name
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Domain(Node):
    """``domain plate(x, y) : polar = shape``; ``metric`` is the word after the colon."""

    name: Name
    coordinates: tuple[CoordinateName, ...]
    metric: Name | None
    shape: Expression


@dataclass(frozen=True, slots=True)
class Time(Node):
    """``time t [s] in 0 .. 10``."""

    name: Name
    unit: Unit | None
    interval: Range


@dataclass(frozen=True, slots=True)
class Shape(Node):
    """``shape hole = disk(…)``."""

    name: Name
    shape: Expression


@dataclass(frozen=True, slots=True)
class Boundary(Node):
    """``boundary lid = plate.top where x < 0.5``; ``part`` may be the name ``rest`` or a call of ``interface``."""

    name: Name
    part: Expression
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Periodic(Node):
    """``periodic left, right``."""

    first: Expression
    second: Expression


@dataclass(frozen=True, slots=True)
class Param(Node):
    """``param nu = 0.01/pi [m^2/s]``."""

    name: Name
    value: Expression
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Let(Node):
    """``let f(s) = s^2``; ``formals`` is empty for a plain definition."""

    name: Name
    formals: tuple[Name, ...]
    value: Expression
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Unknown(Node):
    """``unknown u, v : vector in fluid [m/s]``; ``kind`` is ``vector``, ``complex`` or None."""

    names: tuple[Name, ...]
    kind: Name | None
    region: Name | None
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class In(Node):
    """``in plate as momentum: equation``; several regions may be listed."""

    regions: tuple[Name, ...]
    label: Name | None
    equation: Equation


@dataclass(frozen=True, slots=True)
class On(Node):
    """``on lid, walls as noslip: equation``."""

    parts: tuple[Expression, ...]
    label: Name | None
    equation: Equation


@dataclass(frozen=True, slots=True)
class AtTime(Node):
    """``at t = 0 as start: equation``; ``time`` is the name left of ``=``."""

    time: Name
    value: Expression
    label: Name | None
    equation: Equation


@dataclass(frozen=True, slots=True)
class AtPoint(Node):
    """``at (0.5, 0.5): equation``; in one dimension ``at (0.5): equation``."""

    point: tuple[Expression, ...]
    label: Name | None
    equation: Equation


@dataclass(frozen=True, slots=True)
class AtData(Node):
    """``at probes: equation``."""

    data: Name
    label: Name | None
    equation: Equation


@dataclass(frozen=True, slots=True)
class Data(Node):
    """``data probes = csv("probes.csv", x = "x_m")``."""

    name: Name
    table: Expression


@dataclass(frozen=True, slots=True)
class Fit(Node):
    """``fit D = 1e-5 [m^2/s] within 1e-7 .. 1e-4``; ``coordinates`` set for a field."""

    name: Name
    coordinates: tuple[CoordinateName, ...]
    guess: Expression
    unit: Unit | None
    within: Range | None


@dataclass(frozen=True, slots=True)
class Vary(Node):
    """``vary Re in 100 .. 400``."""

    name: Name
    interval: Range
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Guess(Node):
    """``guess u = 3*sin(pi*x)``; ``target`` is a name or a component ``w.x``."""

    target: Name | Member
    value: Expression


@dataclass(frozen=True, slots=True)
class Require(Node):
    """``require mean(p) = 0``."""

    equation: Equation


@dataclass(frozen=True, slots=True)
class Exact(Node):
    """``exact u = sin(pi*x)``."""

    target: Name | Member
    value: Expression


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``compare u = csv("reference.csv", x = "x", u = "u")``."""

    target: Name | Member
    value: Expression


@dataclass(frozen=True, slots=True)
class Sweep(Node):
    """``sweep nu in [0.1, 0.01]``."""

    name: Name
    values: List
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Report(Node):
    """``report drag = integral(p*n.x, on = hole.edge)``."""

    name: Name
    value: Expression
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Allow(Node):
    """``allow W204: "reason"``."""

    code: Name
    reason: String


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """``key = value`` in a ``solver`` or ``output`` block."""

    key: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class Solver(Node):
    """``solver { … }``."""

    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Output(Node):
    """``output { … }``."""

    settings: tuple[Setting, ...]


Statement = (
    Edition
    | Title
    | Use
    | Domain
    | Time
    | Shape
    | Boundary
    | Periodic
    | Param
    | Let
    | Unknown
    | In
    | On
    | AtTime
    | AtPoint
    | AtData
    | Data
    | Fit
    | Vary
    | Guess
    | Require
    | Exact
    | Compare
    | Sweep
    | Report
    | Allow
    | Solver
    | Output
)


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A stretch of text that could not be read, and was reported.

    ``word`` is the statement word it began with, or None; ``names`` are all names in it, so
    that what depends on them need not be reported again.
    """

    word: str | None
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed spec: its source and its statements in the order of the text.

    ``broken`` is empty exactly when every statement could be read.
    """

    source: Source
    statements: tuple[Statement, ...]
    broken: tuple[Broken, ...] = ()


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below ``node``, in the order of the fields."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))
