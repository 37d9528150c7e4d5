"""A mode over features: its size, its sign, and how far two of them are apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import root_scalar

from pdelang.calculus.jet import Jet
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import Functional, System
from pdelang.networks.regional import join_values, list_components
from pdelang.semantics.measured import Fit
from pdelang.semantics.problem import Problem
from pdelang.training.eigen.demands import Met
from pdelang.training.eigen.pencil import Eigenpair
from pdelang.training.inverse.functional_values import evaluate_functional
from pdelang.training.inverse.parameters import guess_of
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.jet_basis import jets_of_fields, prepare_jets
from pdelang.training.norms import compare_fields

_LEAST_ERROR = 1e-14
_SAFETY = 2.0
_NOTHING = 1e-10  # of its guess: a fit that is zero up to rounding


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """An eigenpair over features; a `State` of its own, at the scale ``factor``.

    ``values`` are those of all fits. ``met`` says how the demands are met, where there is more than
    one size to find.
    """

    system: System
    dictionary: FeatureDictionary
    pair: Eigenpair
    values: dict[str, float]
    factor: float = 1.0
    met: Met | None = None

    @property
    def estimate(self) -> dict[str, float]:
        return {}

    @property
    def coefficients(self) -> np.ndarray:
        """Return the coefficients ``(M, fields)``."""
        shape = (len(self.system.fields), self.dictionary.count)
        return self.factor * self.pair.coefficients.reshape(shape).T

    def size_of(self, fit: Fit) -> float:
        """Return what an error of a fit is compared with: its value, or its guess where that is nothing."""
        value, guess = abs(self.values[fit.name]), abs(guess_of(fit))
        return (guess if value < _NOTHING * guess else value) or 1.0

    def jets(self, jets: tuple[Jet, ...], points: np.ndarray) -> np.ndarray:
        basis = prepare_jets(self.system, jets, points)
        return basis.values(self.dictionary, self.coefficients, basis.tables(self.dictionary))

    def solve_again(self, problem: Problem) -> Mode:
        raise NotImplementedError("a mode has no neighbours")


def normalise(
    mode: Mode, requirement: Functional, problem: Problem, probes: np.ndarray
) -> Mode | None:
    """Return the mode at the scale that meets the requirement; None where no scale does."""
    mode = replace(mode, factor=choose_sign(mode, problem, probes))

    def left(factor: float) -> float:
        return miss(mode, requirement, factor)

    for sign in (1.0, -1.0):
        high = 1e-6
        start = left(sign * 1e-9)
        while high < 1e12:
            if start * left(sign * high) <= 0.0:
                found = root_scalar(lambda f, s=sign: left(s * f), bracket=(1e-9, high), rtol=1e-14)
                return replace(mode, factor=mode.factor * sign * float(found.root))
            high *= 10.0
    return None


def miss(mode: Mode, requirement: Functional, factor: float) -> float:
    """Return by how much the mode times a factor misses the requirement."""
    scaled = replace(mode, factor=mode.factor * factor)
    return float(np.atleast_1d(evaluate_functional(requirement, scaled))[0])


def choose_sign(mode: Mode, problem: Problem, probes: np.ndarray) -> float:
    """Return 1 or −1: what makes the mode's sign that of the `guess`, or its mean positive."""
    system = mode.system
    values = mode.jets(jets_of_fields(system), probes)
    guesses = dict(system.guess)
    if guesses:
        product = 0.0
        for field, own in zip(system.fields, values, strict=True):
            if field in guesses:
                given = evaluate_points([guesses[field]], system.coordinates, probes.T)[0]
                product += float(own @ given)
        if product:
            return float(np.sign(product))
    joined = next(iter(evaluate_mode(mode, probes).values()))
    first = np.where(np.isnan(joined), 0.0, joined)
    mean, size = float(first.mean()), float(np.sqrt(np.mean(first**2)))
    if abs(mean) > 1e-3 * size:
        return float(np.sign(mean))
    # Of two equal extremes the one further along the coordinates decides.
    largest = np.flatnonzero(np.abs(first) > 0.9 * np.abs(first).max())
    chosen = max(largest, key=lambda i: tuple(probes[i]))
    return float(np.sign(first[chosen]))


def evaluate_mode(mode: Mode, points: np.ndarray) -> dict[str, np.ndarray]:
    """Return every component at points, ``(n,)``; NaN where it does not exist."""
    system = mode.system
    fields = dict(zip(system.fields, mode.jets(jets_of_fields(system), points), strict=True))
    return join_values(list_components(system.problem.unknowns), fields, points)


def compare_modes(mode: Mode, other: Mode, probes: np.ndarray) -> dict[str, float]:
    """Return the errors of fields and fits of a mode by another one, relative to the first.

    Those are how far the two are apart, and what the residual ρ that is left moves: the eigenvalue
    by about ``ρ/‖B z‖``, measured up to twice that, and the mode by ``ρ`` over the residual of the next.
    """
    system = mode.system
    own, others = (evaluate_mode(state, probes) for state in (mode, other))
    turned = mode.pair.uncertainty / (mode.pair.gap or 1.0)
    found = {
        name: max(error, turned)
        for name, error in compare_fields(system.problem.unknowns, others, own).items()
    }
    moved = _SAFETY * mode.pair.uncertainty / (abs(mode.pair.value) or 1.0)
    for fit in system.problem.fits:
        apart = abs(mode.values[fit.name] - other.values[fit.name])
        found[fit.name] = max(apart / mode.size_of(fit), moved)
    return {name: max(error, _LEAST_ERROR) for name, error in found.items()}
