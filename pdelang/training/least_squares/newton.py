"""One fit of a dictionary to a system: a single solve if linear, Newton's method if not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy

from pdelang.calculus.nonlocal_terms import has_hidden_kinks
from pdelang.calculus.system import System
from pdelang.training.journal import remember
from pdelang.training.least_squares.collocation import PointGroup, draw_groups
from pdelang.training.least_squares.dictionary import FeatureDictionary, draw_dictionary
from pdelang.training.least_squares.equations import Equations, prepare_equations
from pdelang.training.least_squares.factorisation import RowFactor
from pdelang.training.least_squares.functionals import is_kinked
from pdelang.training.least_squares.iteration import iterate
from pdelang.training.least_squares.jet_basis import JetBasis, jets_of_fields, prepare_jets
from pdelang.training.least_squares.nonlocal_rows import nodes_for

ROWS_PER_FEATURE = 2
_CONVERGED = 1e-12  # relative change of the jets

# Jets at the points of a basis, (jets, n): where Newton's method starts.
Start = Callable[[JetBasis], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Fitted features. ``residual`` is relative, measured on points that no fit has seen."""

    system: System
    dictionary: FeatureDictionary
    coefficients: np.ndarray  # (M, fields)
    scales: np.ndarray  # (d,)
    weights: dict[str, float]
    residual: float
    term_residuals: dict[str, float]
    iterations: int
    converged: bool

    @property
    def worst_residual(self) -> float:
        """The largest relative residual of all terms together and of each by itself."""
        return max(self.residual, *self.term_residuals.values())

    def jets(self, basis: JetBasis) -> np.ndarray:
        """Return the model's jets on a basis, ``(jets, n)``."""
        return basis.values(self.dictionary, self.coefficients, basis.tables(self.dictionary))

    def fields(self, points: np.ndarray) -> np.ndarray:
        """Return every field at physical points ``(n, d)``, ``(fields, n)``."""
        return self.jets(prepare_jets(self.system, jets_of_fields(self.system), points))


def fit(
    system: System,
    count: int,
    scales: np.ndarray,
    seed: int,
    start: Start | None = None,
    points: int | None = None,
    iterations: int = 30,
    rule: str = "ntk",
) -> Fit:
    """Fit ``count`` plane waves with frequencies of size ``scales`` to all terms of a system.

    The other arguments are those of `fit_dictionary`.
    """
    dictionary = draw_dictionary(count, scales, periods_of(system), seed)
    return fit_dictionary(system, dictionary, scales, seed, start, points, iterations, rule)


def fit_dictionary(
    system: System,
    dictionary: FeatureDictionary,
    scales: np.ndarray,
    seed: int,
    start: Start | None = None,
    points: int | None = None,
    iterations: int = 30,
    rule: str = "ntk",
    refine: Callable[[list[PointGroup], int], list[PointGroup]] | None = None,
    enough: float = _CONVERGED,
) -> Fit:
    """Fit frozen features to all terms of a system; ``scales (d,)`` are what they are made from.

    ``points`` is the number of interior points, by default twice the features; ``rule`` names
    how the terms are balanced; ``refine`` adds points to those drawn, and may weight them.
    Newton's method ends with the step whose relative change is below ``enough``. Raises
    NotFiniteError where a term has no finite value.
    """
    # A fit of many features takes minutes: a solve that is taken up again reads it.
    return remember(
        "fit",
        [
            type(dictionary).__name__,
            *(dictionary.count, seed, points, iterations, rule),
            *map(float, scales),
        ],
        lambda: _compute_fit(
            system, dictionary, scales, seed, start, points, iterations, rule, refine, enough
        ),
        lambda fit: {
            "coefficients": fit.coefficients,
            "weights": dict(fit.weights),
            "residual": fit.residual,
            "term_residuals": dict(fit.term_residuals),
            "iterations": fit.iterations,
            "converged": fit.converged,
        },
        lambda stored: Fit(
            system,
            dictionary,
            stored["coefficients"],
            scales,
            dict(stored["weights"]),
            stored["residual"],
            dict(stored["term_residuals"]),
            stored["iterations"],
            stored["converged"],
        ),
    )


def _compute_fit(
    system: System,
    dictionary: FeatureDictionary,
    scales: np.ndarray,
    seed: int,
    start: Start | None,
    points: int | None,
    iterations: int,
    rule: str,
    refine: Callable[[list[PointGroup], int], list[PointGroup]] | None,
    enough: float,
) -> Fit:
    count = dictionary.count
    inside = points or ROWS_PER_FEATURE * count
    nodes = nodes_for(dictionary)
    draw = _refined(system, refine)
    equations = prepare_equations(system, draw(inside, seed), rule, nodes)
    if system.is_linear:
        lifts = [basis.lift for basis in equations.bases]
        coefficients, weights, _ = equations.solve(lifts, dictionary, seed)
        taken, converged = 1, True
    else:
        coefficients = np.zeros((count, len(system.fields)))
        if start is not None:
            coefficients = _project(system, equations, dictionary, start)
        coefficients, weights, taken, converged = iterate(
            equations, dictionary, coefficients, iterations, seed, enough
        )
    fresh = prepare_equations(
        system,
        draw(max(200, inside // 4), seed + 100_003),
        # Other nodes too: what an integral misses is to show in the residual. What it misses of kinks does so by
        # twice as many alone: two rules of about the same order may miss the same.
        nodes=2 * max(nodes, 24) if _has_hidden_kinks(system) else nodes + nodes // 3 + 5,
    )
    states = fresh.states(dictionary, coefficients)
    residual, by_term = fresh.relative_residual(states, weights)
    return Fit(
        system, dictionary, coefficients, scales, weights, residual, by_term, taken, converged
    )


def _refined(
    system: System, refine: Callable[[list[PointGroup], int], list[PointGroup]] | None
) -> Callable[[int, int], list[PointGroup]]:
    def draw(count: int, seed: int) -> list[PointGroup]:
        groups = draw_groups(system, count, seed)
        return groups if refine is None else refine(groups, seed)

    return draw


def _project(
    system: System, equations: Equations, dictionary: FeatureDictionary, start: Start
) -> np.ndarray:
    """Return coefficients whose fields are closest to those of ``start``, ``(M, fields)``."""
    jets = jets_of_fields(system)
    fields, count = len(system.fields), dictionary.count
    rows = fields * sum(len(stretch.basis.points) for stretch in equations.stretches)
    factor = RowFactor(fields * count, rows)
    for stretch in equations.stretches:
        basis = prepare_jets(system, jets, stretch.basis.points)
        wanted = start(basis) - basis.lift
        tables = basis.tables(dictionary)
        for k in range(fields):
            selector = np.zeros((fields, len(basis.points)))
            selector[k] = 1.0 / system.scaling.field_scale[k]
            factor.add(basis.rows(selector, dictionary, tables), wanted[k] * selector[k])
    solution, _ = factor.solve()
    return solution.reshape(fields, count).T


def periods_of(system: System) -> dict[int, float]:
    """Return the period of every periodic axis, in scaled coordinates."""
    lengths = system.problem.domain.box.lengths
    return {
        axis: float(lengths[axis]) / system.scaling.half_width[axis]
        for axis in system.problem.periodic_axes
    }


def _has_hidden_kinks(system: System) -> bool:
    """Say whether the fields, or what varies beside the place, decide where an integrand has kinks or jumps."""
    fields = {symbol for _, symbol in system.jet_symbols}
    blocks = [b.residual.nonlocals for term in system.terms for b in term.blocks]
    functionals = [functional for term in system.terms for functional in term.functionals]
    return any(has_hidden_kinks(sympy.S.Zero, nonlocals, fields) for nonlocals in blocks) or any(
        is_kinked(system, aggregate) for own in functionals for aggregate in own.aggregates
    )
