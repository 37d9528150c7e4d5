"""What is to be fitted: ``fit D = 1e-5 within 1e-7 .. 1e-4``, ``fit k(x, y) = 1``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pdelang.diagnostics.message import Related
from pdelang.semantics.constants import Folder, clip
from pdelang.semantics.evaluate import NotEvaluableError, evaluate
from pdelang.semantics.expression import Coordinate, Rank
from pdelang.semantics.located import Extent
from pdelang.semantics.measured import Fit
from pdelang.semantics.places import CONSTANT, KNOWN
from pdelang.semantics.resolution import Resolver
from pdelang.semantics.resolved import Statements
from pdelang.semantics.scope import Kind
from pdelang.semantics.traversal import post_order
from pdelang.syntax import tree

# Per axis, where the first guess of a field is compared with its bounds.
_PROBES = 9


@dataclass(slots=True)
class FitReader:
    """Reads the `fit` statements of one spec."""

    resolver: Resolver
    folder: Folder
    extent: Extent

    def read(self, found: Statements) -> None:
        """Add the fits of a spec to ``found``, by name; report E101, E102, E105, E107, E110."""
        scope = self.resolver.scope
        for name in scope.names_of({Kind.FIT}):
            statement = scope.names[name].statement
            assert isinstance(statement, tree.Fit)
            fit = None if name in scope.faulty else self._read_one(statement)
            if fit is None:
                found.spoilt.add(tree.Fit)
                scope.faulty.add(name)
            else:
                found.fits.append(fit)

    def _read_one(self, statement: tree.Fit) -> Fit | None:
        resolver, name = self.resolver, statement.name.name
        own = self._read_coordinates(statement)
        bounds = self._read_bounds(statement)
        guess = resolver.resolve(statement.guess, KNOWN if own else CONSTANT)
        if own is None or bounds is None or guess is None:
            return None
        if not resolver.ranks.require_rank(guess, Rank.SCALAR, "a `fit` is a scalar"):
            return None
        if resolver.units is not None:
            guess = resolver.units.in_unit_of(name, guess)
            if guess is None:
                return None
        self.folder.check(guess)
        for node in post_order(guess):
            if isinstance(node, Coordinate) and node.name not in own:
                resolver.faults.add(
                    "E107",
                    f"`{name}` does not depend on `{node.name}`, and its first guess does",
                    node.span,
                    f"not one of {', '.join(f'`{c}`' for c in own)}",
                    help=f"write `fit {name}({', '.join((*own, node.name))}) = …`",
                )
                return None
        fit = Fit(name, own, guess, *bounds, statement.span)
        return fit if self._is_within(fit, statement) else None

    def _read_coordinates(self, statement: tree.Fit) -> tuple[str, ...] | None:
        """Return the coordinates of a field in the problem's order; None where one is faulty."""
        scope, faults = self.resolver.scope, self.resolver.faults
        names: list[str] = []
        sound = True
        for coordinate in statement.coordinates:
            name = coordinate.name.name
            if name in scope.faulty:
                sound = False
            elif name not in scope.coordinates:
                other = scope.find(name)
                faults.add(
                    "E101",
                    f"`{name}` is {other.kind.value}, not a coordinate"
                    if other is not None
                    else f"unknown coordinate `{name}`",
                    coordinate.span,
                    "a coordinate is expected here",
                    help=scope.suggest(name, scope.coordinates),
                )
                sound = False
            elif name in names:
                faults.add(
                    "E102", f"`{name}` stands here twice", coordinate.span, "the second",
                    help="remove one of them",
                )  # fmt: skip
                sound = False
            names.append(name)
        return tuple(c for c in scope.coordinates if c in names) if sound else None

    def _read_bounds(self, statement: tree.Fit) -> tuple[float, float] | None:
        within = statement.within
        if within is None:
            return -math.inf, math.inf
        ends = [self.resolver.resolve(end, CONSTANT) for end in (within.low, within.high)]
        if self.resolver.units is not None:
            units, name = self.resolver.units, statement.name.name
            ends = [None if end is None else units.in_unit_of(name, end) for end in ends]
        values = [None if end is None else self.folder.fold(end) for end in ends]
        if values[0] is None or values[1] is None:
            return None
        if values[0] < values[1]:
            return values[0], values[1]
        self.resolver.faults.add(
            "E105",
            f"the bounds {values[0]:g} .. {values[1]:g} leave no room",
            within.span,
            "the first is not below the second",
            help="write the lower bound first",
        )
        return None

    def _is_within(self, fit: Fit, statement: tree.Fit) -> bool:
        """Report (E105) a first guess outside its bounds, or without a finite value."""
        values = self._sample(fit)
        if values is None or len(values) == 0:
            return self.extent.domain is not None
        if not np.isfinite(values).all():
            wrong, label = "has no finite value everywhere", "not finite"
        elif values.min() < fit.low or values.max() > fit.high:
            worst = values.min() if values.min() < fit.low else values.max()
            wrong = f"is {worst:g}, which lies outside {fit.low:g} .. {fit.high:g}"
            label = "not within the bounds"
        else:
            return True
        related = [] if statement.within is None else [Related(statement.within.span, "the bounds")]
        self.resolver.faults.add(
            "E105",
            f"the first guess of `{fit.name}` {wrong}",
            statement.guess.span,
            label,
            related=related,
            help=f"start from a value within the bounds, not from `{clip(statement.guess.span.text)}`",
        )
        return False

    def _sample(self, fit: Fit) -> np.ndarray | None:
        """Return values of the first guess over the box of its coordinates."""
        domain, time = self.extent.domain, self.extent.time
        names, axes = fit.coordinates, []
        for name in names:
            if domain is not None and name in domain.coordinates:
                i = domain.coordinates.index(name)
                low, high = domain.box.low[i], domain.box.high[i]
            elif time is not None:
                low, high = time.bounds.low_value, time.bounds.high_value
            else:
                return None
            axes.append(np.linspace(low, high, _PROBES))
        grid = (
            np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=1)
            if axes
            else np.zeros((1, 0))
        )
        try:
            return np.asarray(evaluate(fit.guess, grid, names), float)
        except NotEvaluableError:
            return np.zeros(0)
