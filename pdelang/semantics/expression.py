"""Typed expressions: names resolved, ranks known, definitions inlined.

A ``let`` is inlined by sharing its node, so an expression is a directed acyclic graph:
equality is identity, and every walk over it is memoised by node. Components of vectors
run over the space coordinates of the domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from pdelang.diagnostics.span import Span
from pdelang.geometry.shape import Shape
from pdelang.semantics.grid_table import GridTable

if TYPE_CHECKING:
    from pdelang.geometry.motion import Motion
    from pdelang.semantics.boundary import Part
    from pdelang.semantics.domain import Region


class Rank(IntEnum):
    """How many space indices a value carries."""

    SCALAR = 0
    VECTOR = 1
    TENSOR = 2


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """Anything with a place and a rank."""

    span: Span
    rank: Rank


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Typed):
    """A number. ``value`` is a Fraction where the text is exact and moderate, else a float."""

    value: Fraction | float


@dataclass(frozen=True, slots=True, eq=False)
class Pi(Typed):
    """The circle constant."""


@dataclass(frozen=True, slots=True, eq=False)
class Coordinate(Typed):
    """A space coordinate or the time, by name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Typed):
    """A declared ``param``. ``definition`` is its constant value as an expression."""

    name: str
    definition: Expression


@dataclass(frozen=True, slots=True, eq=False)
class UnknownReference(Typed):
    """A field solved for; rank VECTOR for a vector unknown."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Normal(Typed):
    """The outward unit normal ``n``; rank VECTOR."""


@dataclass(frozen=True, slots=True, eq=False)
class Component(Typed):
    """``w.x``: component ``axis`` of a vector."""

    operand: Expression
    axis: int


@dataclass(frozen=True, slots=True, eq=False)
class ComplexReference(UnknownReference):
    """A complex unknown as the pair of its two fields; below a `ComplexPart` only."""


@dataclass(frozen=True, slots=True, eq=False)
class ComplexPart(Component):
    """The real (``axis`` 0) or imaginary (1) part of a complex unknown, its ``operand``."""


@dataclass(frozen=True, slots=True, eq=False)
class ComplexOf(Typed):
    """``re + i*im`` of two real values of one rank.

    It stands at the top of an expression only: operators and functions are spread over the two
    parts as soon as they are read (`complex_values`), so everything below it is real.
    """

    re: Expression
    im: Expression


@dataclass(frozen=True, slots=True, eq=False)
class VectorOf(Typed):
    """A tuple ``(a, b)``: one scalar per space coordinate."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Apply(Typed):
    """A built-in applied to arguments.

    ``function`` is one of ``+ - * / ^ neg``, a name of the function table, or a vector
    operator (``grad div curl lap dot cross outer transpose tr sym norm identity adv dn
    tangential``). ``a - b`` is ``("-", a, b)``; unary minus is ``("neg", a)``.
    """

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Derivative(Typed):
    """``∂^k operand / ∂c_1 … ∂c_k`` for the coordinate names in ``coordinates`` (sorted)."""

    operand: Expression
    coordinates: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Typed):
    """``a < b`` and so on; only below a Conditional, a Logic or a ``where``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Typed):
    """``and``, ``or``, ``not`` of predicates."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OnEdge(Typed):
    """True at points within ``tolerance`` of the edge of a shape, or of one ``side`` of its bounds."""

    name: str
    shape: Shape
    side: tuple[int, float] | None  # axis and where along it
    tolerance: float


@dataclass(frozen=True, slots=True, eq=False)
class InRegion(Typed):
    """True at points of a region, its boundary included, or at points that ``motion`` carries there."""

    region: Region
    motion: Motion | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sided(Typed):
    """``side(e, a)``: ``operand`` as seen from ``region``, on an interface."""

    operand: Expression
    region: Region


@dataclass(frozen=True, slots=True, eq=False)
class Jump(Typed):
    """``jump(e)`` on an ``interface(a, b)``: ``operand`` seen from b minus that seen from a."""

    operand: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Typed):
    """``if predicate then a else b``."""

    predicate: Expression
    then: Expression
    otherwise: Expression


class AggregateKind(Enum):
    """Global quantities of a field."""

    INTEGRAL = "integral"
    MEAN = "mean"
    MAX = "max"
    MIN = "min"
    VALUE = "value"


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate(Typed):
    """``integral(e)``, ``mean(e, on = lid)``, ``max(e)``, ``value(u, (0.5, 0.5))``.

    ``on`` is a boundary part, ``region`` a part of the domain, else the whole domain; ``point`` is set for VALUE only, one
    constant expression per space coordinate. ``time`` is a constant expression where the
    text gave ``t = …``, else None: "at the end" in a report, "at every time" in ``require``.
    """

    kind: AggregateKind
    operand: Expression
    on: Part | None
    region: Region | None
    point: tuple[Expression, ...] | None
    time: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Bound(Typed):
    """The variable of a `RangeIntegral`; two of one name are told apart by identity."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Elsewhere(Typed):
    """``u(x = s)``: the operand where each coordinate in ``moves`` has the value beside it."""

    operand: Expression
    moves: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Identified(Elsewhere):
    """The operand at the point that `periodic` makes one with this one.

    ``region`` is the one whose function an unknown is there, None where it is the same as here.
    """

    region: Region | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RangeIntegral(Typed):
    """``integral(e, s = a .. b)``: over a variable of its own, at the point where it stands."""

    operand: Expression
    variable: Bound
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True, eq=False)
class FitReference(Typed):
    """A declared ``fit``: a constant sought, or a field of ``coordinates`` of its own."""

    name: str
    coordinates: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DataColumn(Typed):
    """``probes.T``: a column of a data set, at the points of that data set."""

    data: str
    column: str


@dataclass(frozen=True, slots=True, eq=False)
class TableValue(Typed):
    """``interp(csv(…))``: a table at its coordinates, one argument per axis."""

    table: GridTable
    arguments: tuple[Expression, ...]


Expression = (
    Constant
    | Pi
    | Coordinate
    | Parameter
    | UnknownReference
    | Normal
    | Component
    | ComplexOf
    | VectorOf
    | Apply
    | Derivative
    | Comparison
    | Logic
    | OnEdge
    | InRegion
    | Sided
    | Jump
    | Conditional
    | Aggregate
    | Bound
    | Elsewhere
    | RangeIntegral
    | TableValue
    | FitReference
    | DataColumn
)
