"""The tree of a spec: one class per statement and expression form, each with its span.

Nothing here knows what a name means; `semantics` does. Statements keep the order of the
text so that the formatter can print them back. A transformer builds these and never diagnoses.
"""

# ruff: noqa: F401 -- every form of the tree is named from here: `tree.Call`, `tree.Param`

from __future__ import annotations

from dataclasses import dataclass

from pdelang.diagnostics.span import Source
from pdelang.syntax.expression_tree import (
    Argument,
    Binary,
    Call,
    Conditional,
    Equation,
    Expression,
    List,
    Member,
    Name,
    Node,
    Number,
    Range,
    String,
    Tuple,
    Unary,
    Unit,
    children,
)

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
class SweptParam(Param):
    """One value of a `Sweep`, in its place; ``hidden`` is the `Param` that it stands for."""

    hidden: Param | None


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

    ``word`` is the statement word it began with, or seems to, or None; ``names`` are all names in it, so
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
