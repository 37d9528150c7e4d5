"""Small programs built from SymPy expressions by hand, without parser or semantics."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import (
    AggregateIntegrand,
    Ansatz,
    AtPoint,
    Block,
    ExactSolution,
    Functional,
    Interior,
    OnPiece,
    Place,
    Residual,
    Scaling,
    Start,
    System,
    Term,
    TermKind,
)
from pdelang.diagnostics.span import Source, Span
from pdelang.geometry.box import Box, Side
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.semantics.boundary import Part, Piece
from pdelang.semantics.conditions import Reference, Unknown
from pdelang.semantics.domain import Bounds, Domain, TimeInterval
from pdelang.semantics.expression import AggregateKind, Constant, Rank
from pdelang.semantics.problem import Coverage, Problem
from pdelang.semantics.settings import OutputSettings, Settings


@dataclass
class Statement:
    """One residual: label, expression over coordinates and jet symbols, place, line in the text."""

    label: str
    expression: sympy.Expr
    place: Place
    line: int = 1
    scale: float = 1.0


class Builder:
    """Collects statements over named coordinates and fields and makes a program of them."""

    def __init__(
        self,
        low: tuple[float, ...],
        high: tuple[float, ...],
        fields: tuple[str, ...] = ("u",),
        time: tuple[float, float] | None = None,
        vectors: dict[str, tuple[str, ...]] | None = None,
        periodic_axes: tuple[int, ...] = (),
    ) -> None:
        self.text = "".join(f"line {n}\n" for n in range(1, 21))
        self.source = Source("hand.pde", self.text)
        self.box = Box(low, high)
        self.fields = fields
        self.time = time
        self.vectors = vectors or {}
        self.periodic_axes = periodic_axes
        names = tuple("xyz"[: len(low)]) + (("t",) if time else ())
        self.coordinates = tuple(sympy.Symbol(n, real=True) for n in names)
        self.symbols: dict[Jet, sympy.Symbol] = {}
        self.statements: list[Statement] = []
        self.functionals: list[tuple[str, Functional]] = []
        self.reports: list[Functional] = []
        self.ansatz: dict[str, tuple[sympy.Expr, sympy.Expr]] = {}
        self.exact: tuple[tuple[str, sympy.Expr], ...] = ()
        self.guess: tuple[tuple[str, sympy.Expr], ...] = ()
        self.references: tuple[Reference, ...] = ()
        self.field_scale = (1.0,) * len(fields)
        self.is_scaled = True

    def span(self, line: int) -> Span:
        start = self.text.index(f"line {line}\n")
        return Span(self.source, start, start + 4)

    def jet(self, field: str, **orders: int) -> sympy.Symbol:
        """Return the symbol of a derivative: ``jet("u", x=2)``."""
        key = Jet(field, tuple(orders.get(c.name, 0) for c in self.coordinates))
        return self.symbols.setdefault(
            key, sympy.Symbol(key.label(tuple(c.name for c in self.coordinates)), real=True)
        )

    def side(self, axis: int, upper: bool) -> OnPiece:
        piece = Piece(Side(axis, upper))
        return OnPiece(Part(f"side{axis}{upper}", (piece,), self.span(1)), piece)

    def add(self, label: str, expression: sympy.Expr, place: Place, line: int = 1) -> None:
        self.statements.append(
            Statement(label, sympy.sympify(expression, strict=True), place, line)
        )

    def residual(self, expression: sympy.Expr) -> Residual:
        jets = tuple(sorted(jet for jet, symbol in self.symbols.items() if expression.has(symbol)))
        derivatives = tuple(sympy.diff(expression, self.symbols[j]) for j in jets)
        linear = not any(d.free_symbols & set(self.symbols.values()) for d in derivatives)
        return Residual(expression, jets, derivatives, linear)

    def functional(
        self,
        name: str,
        kind: AggregateKind,
        integrand: sympy.Expr,
        *,
        on: Part | None = None,
        point: tuple[float, ...] | None = None,
        time: float | None = None,
        offset: float = 0.0,
    ) -> Functional:
        symbol = sympy.Symbol("aggregate_1", real=True)
        aggregate = AggregateIntegrand(
            kind, symbol, self.residual(integrand), on, None, point, time
        )
        return Functional(name, symbol - offset, (aggregate,), self.span(1))

    def program(self, settings: Settings | None = None) -> Program:
        labels = list(
            dict.fromkeys([s.label for s in self.statements] + [n for n, _ in self.functionals])
        )
        kinds = {
            Interior: TermKind.EQUATION,
            OnPiece: TermKind.BOUNDARY,
            Start: TermKind.INITIAL,
            AtPoint: TermKind.POINT,
        }
        terms = []
        for label in labels:
            own = [s for s in self.statements if s.label == label]
            blocks = tuple(
                Block(f"{label} {n}", self.residual(s.expression), s.place, self.span(s.line))
                for n, s in enumerate(own)
            )
            functionals = tuple(f for name, f in self.functionals if name == label)
            kind = kinds[type(own[0].place)] if own else TermKind.GLOBAL
            terms.append(Term(label, kind, blocks, functionals))
        ansatz = tuple(
            Ansatz(f, *self.ansatz.get(f, (sympy.S.Zero, sympy.S.One))) for f in self.fields
        )
        bounds = list(zip(self.box.low, self.box.high, strict=True)) + (
            [self.time] if self.time else []
        )
        scaling = Scaling(
            tuple((a + b) / 2 for a, b in bounds),
            tuple((b - a) / 2 for a, b in bounds),
            self.field_scale,
        )
        if not self.is_scaled:
            scaling = Scaling((0.0,) * len(bounds), (1.0,) * len(bounds), self.field_scale)
        system = System(
            problem=self.problem(settings or Settings()),
            coordinates=self.coordinates,
            normal=(),
            fields=self.fields,
            jet_symbols=tuple(sorted(self.symbols.items())),
            terms=tuple(terms),
            hard=(),
            ansatz=ansatz,
            scaling=scaling,
            exact=ExactSolution(self.exact, True) if self.exact else None,
            guess=self.guess,
            reports=tuple(self.reports),
            types=(),
            is_linear=all(b.residual.is_linear for t in terms for b in t.blocks),
        )
        return lower(system)

    def problem(self, settings: Settings) -> Problem:
        span = self.span(1)
        constant = Constant(span, Rank.SCALAR, 0.0)

        def bounds(a: float, b: float) -> Bounds:
            return Bounds(constant, constant, a, b)

        members = {c for parts in self.vectors.values() for c in parts}
        unknowns = [Unknown(f, Rank.SCALAR, (f,), span) for f in self.fields if f not in members]
        unknowns += [Unknown(n, Rank.VECTOR, c, span) for n, c in self.vectors.items()]
        space = tuple(c.name for c in self.coordinates[: self.box.d])
        sides = tuple(bounds(a, b) for a, b in zip(self.box.low, self.box.high, strict=True))
        return Problem(
            source=self.source,
            text=self.text,
            title="by hand",
            domain=Domain("domain", space, sides, self.box, span, self.box),
            time=TimeInterval("t", bounds(*self.time), span) if self.time else None,
            parameters=(),
            unknowns=tuple(unknowns),
            parts=(),
            periodic_axes=self.periodic_axes,
            equations=(),
            boundary_conditions=(),
            initial_conditions=(),
            point_conditions=(),
            requirements=(),
            exact=(),
            guesses=(),
            references=self.references,
            reports=(),
            coverage=Coverage((), (), ()),
            jumps=(),
            allowed=(),
            settings=settings,
            output=OutputSettings(),
        )


def build_poisson(is_hard: bool = True, frequency: int = 4) -> Builder:
    """``u'' = −(kπ)² sin kπx`` on (0, 1), u = 0 at the ends; u = sin kπx."""
    b = Builder((0.0,), (1.0,))
    (x,) = b.coordinates
    k = frequency * sympy.pi
    size = float(k) ** 2
    b.add("poisson", (b.jet("u", x=2) + k**2 * sympy.sin(k * x)) / size, Interior(), 7)
    b.exact = (("u", sympy.sin(k * x)),)
    if is_hard:
        b.ansatz["u"] = (sympy.S.Zero, 4 * x * (1 - x))
    else:
        b.add("ends", b.jet("u"), b.side(0, False), 8)
        b.add("ends", b.jet("u"), b.side(0, True), 8)
    return b


def build_heat() -> Builder:
    """``u_t = 0.1 u_xx``, u = sin πx at the start, 0 at the ends, built in."""
    b = Builder((0.0,), (1.0,), time=(0.0, 1.0))
    x, t = b.coordinates
    alpha = sympy.Rational(1, 10)
    b.add("heat", b.jet("u", t=1) - alpha * b.jet("u", x=2), Interior(), 7)
    b.exact = (("u", sympy.exp(-alpha * sympy.pi**2 * t) * sympy.sin(sympy.pi * x)),)
    b.ansatz["u"] = (sympy.sin(sympy.pi * x), 4 * x * (1 - x) * t)
    return b


def build_wave(wave_speed: int = 2) -> Builder:
    """The paper's wave, soft and unscaled: terms u (ends and start), u_t, r."""
    b = Builder((0.0,), (1.0,), time=(0.0, 1.0))
    x, t = b.coordinates
    pi, c = sympy.pi, wave_speed
    b.is_scaled = False
    b.add("r", b.jet("u", t=2) - c**2 * b.jet("u", x=2), Interior(), 7)
    b.add("u", b.jet("u"), b.side(0, False), 8)
    b.add("u", b.jet("u"), b.side(0, True), 8)
    start = sympy.sin(pi * x) + sympy.sin(4 * pi * x) / 2
    b.add("u", b.jet("u") - start, Start(), 9)
    b.add("u_t", b.jet("u", t=1), Start(), 10)
    b.exact = (
        (
            "u",
            sympy.sin(pi * x) * sympy.cos(c * pi * t)
            + sympy.sin(4 * pi * x) * sympy.cos(4 * c * pi * t) / 2,
        ),
    )
    return b
