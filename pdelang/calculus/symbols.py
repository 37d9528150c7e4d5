"""The symbols of a system: coordinates, the outward normal and the jets of every field.

SymPy symbols are equal when their names are, so every name is made unique here: a
coordinate called ``u_x`` and the derivative of ``u`` along ``x`` stay two symbols. Parameters
never become symbols; their exact values are substituted, and so is what a `fit` stands for so far.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from pdelang.calculus.frame import Frame
from pdelang.calculus.jet import Jet
from pdelang.calculus.moved_jets import MovedSymbols
from pdelang.semantics.domain import Surface
from pdelang.semantics.measured import Departure, Fit
from pdelang.semantics.metric import Metric
from pdelang.semantics.problem import Problem


class Symbols:
    """Symbols of one system, made on demand and each once.

    ``coordinates`` holds ``d`` symbols, those of space first, then the time, then ``varied``
    parameters, along which nothing is differentiated; ``normal`` one per space
    coordinate. All are real, so that SymPy may cancel ``sqrt(x^2)`` to ``abs(x)``.
    """

    def __init__(
        self,
        coordinates: Iterable[str],
        space_dimension: int,
        fields: Iterable[str],
        metric: Metric | None = None,
        varied: int = 0,
    ) -> None:
        self.names = tuple(coordinates)
        self.space_dimension = space_dimension
        self.varied = varied
        self.fields = tuple(fields)
        self._taken: set[str] = set()
        self._symbols: dict[Jet, sympy.Symbol] = {}
        self._jets: dict[sympy.Symbol, Jet] = {}
        self._columns: dict[tuple[str, str], sympy.Symbol] = {}
        self.problem: Problem | None = None  # whose symbols these are, where there is one
        self.fits: dict[str, Fit] = {}
        self.held: dict[str, sympy.Expr] = {}  # of a member of a family: its varied parameters
        self.sought: dict[str, tuple[str, ...]] = {}  # fits among the fields: their coordinates
        self.coordinates = tuple(self._unique(name) for name in self.names)
        self.normal = tuple(self._unique(f"n.{name}") for name in self.names[:space_dimension])
        self.elsewhere = MovedSymbols(self)
        for field in self.fields:
            self.value(field)
        metric = metric or Metric.cartesian(space_dimension)
        self.frame = Frame(metric, self.coordinates[:space_dimension])

    @classmethod
    def of(cls, problem: Problem) -> Symbols:
        """Return the symbols of a problem; fields are sorted so that no order of statements shows."""
        unknowns = sorted(problem.unknowns, key=lambda unknown: unknown.name)
        fields = (component for unknown in unknowns for component in unknown.fields)
        d = len(problem.domain.coordinates)
        varied = len(problem.varied)
        sought = {
            fit.name: fit.coordinates
            for fit in sorted(problem.fits, key=lambda fit: fit.name)
            if isinstance(fit.value, Departure)
        }
        fields = (*fields, *sought)
        symbols = cls(problem.coordinates, d, fields, problem.domain.metric, varied)
        symbols.problem = problem
        symbols.sought = sought
        symbols.held = {name: sympy.Float(value) for name, value in problem.held}
        symbols.fits = {fit.name: fit for fit in problem.fits}
        return symbols

    @property
    def dimension(self) -> int:
        return len(self.names)

    @property
    def has_time(self) -> bool:
        return self.dimension - self.varied > self.space_dimension

    @property
    def time_axis(self) -> int:
        """The place of the time among the coordinates, where there is one."""
        return self.space_dimension

    def value(self, field: str) -> sympy.Symbol:
        """Return the symbol of the field itself, the jet of order 0."""
        return self.symbol(Jet(field, (0,) * self.dimension))

    def symbol(self, jet: Jet) -> sympy.Symbol:
        """Return the symbol of a jet."""
        if jet not in self._symbols:
            symbol = self._unique(jet.label(self.names))
            self._symbols[jet] = symbol
            self._jets[symbol] = jet
        return self._symbols[jet]

    def column(self, data: str, name: str) -> sympy.Symbol:
        """Return the symbol of a column of a data set."""
        if (data, name) not in self._columns:
            self._columns[data, name] = self._unique(f"{data}.{name}")
        return self._columns[data, name]

    def columns_of(self, data: str) -> tuple[tuple[str, sympy.Symbol], ...]:
        """Return the columns of a data set that were asked for, with their symbols, by name."""
        found = ((name, s) for (owner, name), s in self._columns.items() if owner == data)
        return tuple(sorted(found, key=lambda item: item[0]))

    def varies(self, field: str, axis: int) -> bool:
        """Say whether a field depends on a coordinate; fits among the fields name theirs."""
        return field not in self.sought or self.names[axis] in self.sought[field]

    def is_varied(self, fit: Fit) -> bool:
        """Say whether a fit is a function of the varied parameters alone."""
        own = self.names[self.dimension - self.varied :]
        return fit.is_field and set(fit.coordinates) <= set(own)

    def jet(self, symbol: sympy.Symbol) -> Jet | None:
        """Return the jet that a symbol stands for, None for any other symbol."""
        return self._jets.get(symbol)

    def jets_of(self, expression: sympy.Basic) -> tuple[Jet, ...]:
        """Return the jets that an expression contains, sorted."""
        found = (self._jets.get(symbol) for symbol in expression.free_symbols)  # type: ignore[arg-type]
        return tuple(sorted(jet for jet in found if jet is not None))

    def table(self) -> tuple[tuple[Jet, sympy.Symbol], ...]:
        """Return every jet met so far with its symbol, sorted by jet."""
        return tuple(sorted(self._symbols.items(), key=lambda item: item[0]))

    def outward_normal(self, side: Surface) -> tuple[sympy.Expr, ...]:
        """Return the outward unit normal: numbers on a flat side, symbols where it changes."""
        if side.axis is None:
            return self.normal
        return tuple(
            sympy.Integer(0 if i != side.axis else (1 if side.upper else -1))
            for i in range(self.space_dimension)
        )

    def fresh(self, name: str) -> sympy.Symbol:
        """Return a new real symbol named like this, or nearly so."""
        return self._unique(name)

    def _unique(self, name: str) -> sympy.Symbol:
        while name in self._taken:
            name += "'"
        self._taken.add(name)
        return sympy.Symbol(name, real=True)
