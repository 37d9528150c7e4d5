"""The system of residuals: what `calculus` hands on to `lowering`.

Every term of a problem is a function ``r(x, n, j)`` of the point, the outward normal and
finitely many jets. Beside it stands its linearisation ``∂r/∂j``; whether that depends on
``j`` says linear or not.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum

import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.nonlocal_terms import Nonlocal
from pdelang.diagnostics.span import Span
from pdelang.geometry.line_scan import Crease
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.domain import Region
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.measured import DataSet
from pdelang.semantics.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """``r = 0``: one scalar expression over coordinate, normal and jet symbols.

    ``derivatives[i]`` is ``∂expression/∂jets[i]``. ``scale`` is the size of the residual's
    terms for fields and coordinates of unit size; trained is ``expression / scale``.
    ``nonlocals`` are values elsewhere and integrals, behind a symbol each, and ``nonlocal_slopes``
    the derivatives by these symbols.
    """

    expression: sympy.Expr
    jets: tuple[Jet, ...]
    derivatives: tuple[sympy.Expr, ...]
    is_linear: bool
    scale: float = 1.0
    nonlocals: tuple[Nonlocal, ...] = ()
    nonlocal_slopes: tuple[sympy.Expr, ...] = ()

    @property
    def touched(self) -> tuple[Jet, ...]:
        """The jets at the point, then those at other places."""
        return (*self.jets, *(jet for term in self.nonlocals for jet in term.touched))


# Where a residual holds. Points are always (n, d): space coordinates, then time.


@dataclass(frozen=True, slots=True, eq=False)
class Interior:
    """The domain, or a region of it, at all times."""

    region: Region | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OnPiece:
    """One piece of a boundary part at all times.

    Where its normal is not constant, points there are ``(n, d + d_space)``: the outward normal
    follows the coordinates.
    """

    part: Part
    piece: Piece


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """The domain, or a region of it, at the start of time."""

    region: Region | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AtPoint:
    """One space point at all times."""

    point: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AtData:
    """The points of a data set. ``columns`` are those of its columns that a residual needs."""

    data: DataSet
    columns: tuple[tuple[str, sympy.Symbol], ...]


Place = Interior | OnPiece | Start | AtPoint | AtData


def place_key(place: Place) -> Hashable:
    """Return what two places have in common exactly when their points are the same."""
    match place:
        case Interior(region=region):
            return ("interior", region)
        case Start(region=region):
            return ("start", region)
        case OnPiece(piece=piece):
            # Predicates are compared by identity, as all nodes of expressions are.
            return ("piece", piece.side, frozenset(piece.inside), frozenset(piece.outside))
        case AtPoint(point=point):
            return point
        case AtData(data=data, columns=columns):
            return ("data", id(data), tuple(name for name, _ in columns))
        case _:
            raise TypeError(f"no place: {place}")


class TermKind(Enum):
    EQUATION = "equation"
    BOUNDARY = "boundary"
    INITIAL = "initial"
    POINT = "point"
    DATA = "data"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One residual at one place. ``name`` is ``momentum.x`` or ``noslip.y on lid``."""

    name: str
    residual: Residual
    place: Place
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class AggregateIntegrand:
    """One ``integral``/``mean``/``max``/``min``/``value`` inside a functional."""

    kind: AggregateKind
    symbol: sympy.Symbol
    integrand: Residual
    on: Part | None
    region: Region | None
    point: tuple[float, ...] | None
    time: float | None
    creases: tuple[Crease, ...] = ()
    """Where the integrand is not smooth, as far as the place alone decides."""


@dataclass(frozen=True, slots=True, eq=False)
class Functional:
    """A scalar built from aggregates: ``expression`` over the aggregates' symbols.

    A requirement is ``expression = 0`` (at every time of its own, in problems with time);
    a report is its value.
    """

    name: str
    expression: sympy.Expr
    aggregates: tuple[AggregateIntegrand, ...]
    span: Span
    scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One term of the loss: all statements that share ``label``.

    The loss of a term is the sum over its blocks of the mean square of their residuals;
    its NTK trace is the sum over all points of all blocks.
    """

    label: str
    kind: TermKind
    blocks: tuple[Block, ...]
    functionals: tuple[Functional, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ansatz:
    """``u = lift + cutoff · N``: conditions that hold exactly whatever the network N does.

    Both are SymPy expressions of the coordinates; without hard conditions they are 0 and 1.
    """

    field: str
    lift: sympy.Expr
    cutoff: sympy.Expr


@dataclass(frozen=True, slots=True)
class UnitFrame:
    """Unit coordinates ``ξ_i = (x_i − centre_i)/half_width_i``."""

    centre: tuple[float, ...]
    half_width: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Scaling:
    """Affine maps between the user's world and unit size.

    Network input ``ξ_i = (x_i − centre_i)/half_width_i``; network output times
    ``field_scale[k]`` is the part of field k that the network carries. A field that exists in one
    region has the unit coordinates of that region, in ``frames[k]``; without ``frames`` all fields
    have those of the domain.
    """

    centre: tuple[float, ...]
    half_width: tuple[float, ...]
    field_scale: tuple[float, ...]
    frames: tuple[UnitFrame, ...] = ()

    def frame(self, k: int) -> UnitFrame:
        """Return the unit coordinates of field k; equal frames are equal."""
        return self.frames[k] if self.frames else UnitFrame(self.centre, self.half_width)


@dataclass(frozen=True, slots=True, eq=False)
class ExactSolution:
    """A known solution per field name; ``proven`` where SymPy showed every residual zero."""

    fields: tuple[tuple[str, sympy.Expr], ...]
    proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class EquationType:
    """``elliptic``, ``parabolic``, ``hyperbolic``, ``constraint``, ``ordinary`` or ``mixed``, per label."""

    label: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """All residuals of a problem, ready to be lowered.

    ``terms`` are every term; a block that the ansatz satisfies exactly is listed in
    ``hard`` instead and no longer stands in any term.
    """

    problem: Problem
    coordinates: tuple[sympy.Symbol, ...]
    normal: tuple[sympy.Symbol, ...]
    fields: tuple[str, ...]
    jet_symbols: tuple[tuple[Jet, sympy.Symbol], ...]
    terms: tuple[Term, ...]
    hard: tuple[Block, ...]
    ansatz: tuple[Ansatz, ...]
    scaling: Scaling
    exact: ExactSolution | None
    guess: tuple[tuple[str, sympy.Expr], ...]
    reports: tuple[Functional, ...]
    types: tuple[EquationType, ...]
    is_linear: bool
    fits: tuple[tuple[str, sympy.Expr], ...] = ()
    """What every fit stands for so far, as an expression of the coordinates."""
    is_eigenproblem: bool = False
    """Whether all unknowns may be zero, so that only some values of a fit allow another solution."""
    observations: tuple[Term, ...] = ()
    """What determines the fits: data, and what is surplus. It stands in none of ``terms``."""
    observed: frozenset[str] = frozenset()
    """Names of blocks and functionals among the terms that determine fits among the fields."""
    sought: tuple[str, ...] = ()
    """Fits that stand among the fields, after the unknowns, with the observations among the terms."""

    @property
    def jets(self) -> tuple[Jet, ...]:
        """Every jet that some block needs, each once, sorted."""
        return tuple(sorted({j for t in self.terms for b in t.blocks for j in b.residual.jets}))
