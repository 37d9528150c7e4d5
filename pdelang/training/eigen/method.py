"""Eigenproblems: one `fit` and one `require` that zero does not meet.

More and more features until eigenvalue and mode agree from one set to the next; then the mode is
scaled to meet the requirement. Its sign: that of the `guess` where there is one, else its mean is
positive, or, for a mode without a mean, its value where it is largest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import root_scalar

from pdelang.calculus.derivation import derive
from pdelang.calculus.jet import Jet
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import Functional, Interior, System
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.semantics.measured import Fit
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.eigen.pencil import Eigenpair, Pencil
from pdelang.training.inverse.fitted import FittedValue
from pdelang.training.inverse.functional_values import evaluate_functional
from pdelang.training.inverse.parameters import guess_of
from pdelang.training.journal import read_clock
from pdelang.training.least_squares.balance import balance
from pdelang.training.least_squares.collocation import draw_groups, draw_points
from pdelang.training.least_squares.corner_sites import find_corners
from pdelang.training.least_squares.degrees import DegreeSet
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.equations import prepare_equations
from pdelang.training.least_squares.grading import Grading
from pdelang.training.least_squares.jet_basis import jets_of_fields, prepare_jets
from pdelang.training.least_squares.newton import periods_of
from pdelang.training.least_squares.polynomials import PolynomialDictionary
from pdelang.training.least_squares.singular import place_functions
from pdelang.training.norms import compare_fields
from pdelang.training.progress import Event, Progress
from pdelang.training.reports import compute_reports
from pdelang.training.solution import History, Solution, Status
from pdelang.training.true_error import measure_error

# Radii of the sets of polynomials, by the number of coordinates.
_RADII = {
    1: (12, 20, 32, 48, 72, 108, 160),
    2: (8, 11, 15, 20, 26, 32),
    3: (5, 7, 9, 11),
}
_RADII_BEYOND = (3, 4, 5)
_ROWS_PER_FEATURE = 2
_FEWEST = 100  # points added at a corner
_SINGULAR_SHARE = 0.3  # of the polynomials' degree: that of the functions at corners
_VALUES_PER_FEATURE = 1.5
_TRUSTED = 3e-2  # uncertainty of an eigenvalue that is one, relative
_MULTIPLE = 1e-4  # the next mode's uncertainty, relative: below it the eigenvalue is multiple
_DERIVATIVE_STEP = 1e-2  # of the eigenvalue
_PROBES = 2000
_TIME_SHARE = 0.8
_LEAST_ERROR = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """An eigenpair over features; a `State` of its own, at the scale ``factor``."""

    system: System
    dictionary: FeatureDictionary
    pair: Eigenpair
    factor: float = 1.0

    @property
    def estimate(self) -> dict[str, float]:
        return {}

    @property
    def coefficients(self) -> np.ndarray:
        """Return the coefficients ``(M, fields)``."""
        shape = (len(self.system.fields), self.dictionary.count)
        return self.factor * self.pair.coefficients.reshape(shape).T

    def jets(self, jets: tuple[Jet, ...], points: np.ndarray) -> np.ndarray:
        basis = prepare_jets(self.system, jets, points)
        return basis.values(self.dictionary, self.coefficients, basis.tables(self.dictionary))

    def solve_again(self, problem: Problem) -> Mode:
        raise NotImplementedError("a mode has no neighbours")


def solve_eigenproblem(
    program: Program, settings: Settings, progress: Progress | None, started: float
) -> Solution:
    """Solve an eigenproblem: the eigenvalue within the bounds that is nearest to the first guess."""
    system = program.system
    problem = system.problem
    (fit,) = problem.fits
    began = read_clock()
    deadline = started + _TIME_SHARE * settings.time_limit
    probes = draw_points(system, Interior(), _PROBES, settings.seed + 900_001)
    requirement = next(f for term in system.observations for f in term.functionals)
    best: Mode | None = None
    estimate: dict[str, float] = {}
    rows: list[tuple[float, ...]] = []
    before = read_clock()
    for number, (dictionary, grading) in enumerate(_dictionaries(system)):
        taken = read_clock() - before
        if number and read_clock() + 4 * taken > deadline:
            break
        before = read_clock()
        pair = _pencil(system, dictionary, grading, fit, settings.seed + number).find(
            guess_of(fit), fit.low, fit.high, _step(fit), _TRUSTED
        )
        if pair is None:
            rows.append((float(number + 1), before - began, float(dictionary.count), 0.0, np.inf))
            continue
        mode = _normalise(Mode(system, dictionary, pair), requirement, problem, probes)
        found = {} if best is None or mode is None else _compare(mode, best, probes, fit)
        worst = max(found.values(), default=np.inf)
        rows.append((float(number + 1), before - began, float(dictionary.count), pair.value, worst))
        if progress is not None:
            seconds = read_clock() - started
            progress(Event("fit", dictionary.count, 0, seconds, estimate=found))
        if mode is None:
            continue
        is_better = best is None or worst <= max(estimate.values(), default=np.inf)
        best, estimate = (mode, found) if is_better else (best, estimate)
        is_settled = found.get(fit.name, np.inf) <= settings.tolerance
        if worst <= settings.tolerance or (is_settled and _is_multiple(mode.pair)):
            break
    columns = ("step", "seconds", "features", "eigenvalue", "estimate")
    history = History(columns, tuple(rows))
    return _finish(program, settings, best, estimate, history, read_clock() - began)


def _is_multiple(pair: Eigenpair) -> bool:
    return pair.gap <= _MULTIPLE * (abs(pair.value) or 1.0)


def _step(fit: Fit) -> float:
    value = guess_of(fit)
    return _DERIVATIVE_STEP * (abs(value) or 1.0)


def _dictionaries(system: System) -> Iterator[tuple[FeatureDictionary, Grading | None]]:
    """Yield larger and larger sets of features, with the points that singular ones need."""
    d = len(system.coordinates)
    sharp = [corner for corner in find_corners(system) if corner.is_sharp]
    periodic = frozenset(system.problem.periodic_axes)
    for radius in _RADII.get(d, _RADII_BEYOND):
        degrees = DegreeSet(np.full(d, float(radius)), (None,) * d, periodic).list_degrees()
        if sharp:
            order = round(_SINGULAR_SHARE * radius)
            functions = [(corner, corner.exponents(order, 0, False)) for corner in sharp]
            counts = tuple(max(_FEWEST, 4 * len(own)) for _, own in functions)
            grading = Grading(system.problem.domain, tuple(sharp), counts)
            yield place_functions(system, degrees, functions), grading
        else:
            yield PolynomialDictionary(degrees, periods_of(system)), None


def _pencil(
    system: System,
    dictionary: FeatureDictionary,
    grading: Grading | None,
    fit: Fit,
    seed: int,
) -> Pencil:
    """Return rows and values of a set of features."""
    inside = _ROWS_PER_FEATURE * dictionary.count
    scales = {b.name: b.residual.scale for term in system.terms for b in term.blocks}
    groups_seed = 7 * seed + 1
    weights: dict[str, float] = {}
    kept: dict[float, np.ndarray] = {}

    def rows(value: float) -> np.ndarray:
        if value in kept:
            return kept[value]
        fixed, _ = derive(system.problem.with_fits({fit.name: value}))
        assert fixed is not None, "derived before, with another value"
        fixed = _with_scales(fixed, scales)
        groups = draw_groups(fixed, inside, groups_seed)
        if grading is not None:
            groups = grading.apply(groups, groups_seed)
        equations = prepare_equations(fixed, groups)
        states = [basis.lift for basis in equations.bases]
        labelled = list(equations.rows(states, dictionary))
        if not weights:
            weights.update(balance(labelled, "ntk", dictionary.is_graded))
        kept[value] = np.concatenate([np.sqrt(weights[g]) * block for g, block, _ in labelled])
        return kept[value]

    points = draw_points(system, Interior(), int(_VALUES_PER_FEATURE * dictionary.count), seed + 77)
    basis = prepare_jets(system, jets_of_fields(system), points)
    tables = basis.tables(dictionary)
    values = []
    for k, _ in enumerate(system.fields):
        selector = np.zeros((len(system.fields), len(points)))
        selector[k] = 1.0 / system.scaling.field_scale[k]
        values.append(basis.rows(selector, dictionary, tables))
    return Pencil(rows, np.concatenate(values))


def _with_scales(system: System, scales: dict[str, float]) -> System:
    """Return a system whose residuals have the scales of another value of the fit."""
    return replace(
        system,
        terms=tuple(
            replace(
                term,
                blocks=tuple(
                    replace(b, residual=replace(b.residual, scale=scales[b.name]))
                    for b in term.blocks
                ),
            )
            for term in system.terms
        ),
    )


def _normalise(
    mode: Mode, requirement: Functional, problem: Problem, probes: np.ndarray
) -> Mode | None:
    """Return the mode at the scale that meets the requirement; None where no scale does."""
    mode = replace(mode, factor=_sign(mode, problem, probes))

    def left(factor: float) -> float:
        scaled = replace(mode, factor=mode.factor * factor)
        return float(np.atleast_1d(evaluate_functional(requirement, scaled))[0])

    for sign in (1.0, -1.0):
        high = 1e-6
        start = left(sign * 1e-9)
        while high < 1e12:
            if start * left(sign * high) <= 0.0:
                found = root_scalar(lambda f, s=sign: left(s * f), bracket=(1e-9, high), rtol=1e-14)
                return replace(mode, factor=mode.factor * sign * float(found.root))
            high *= 10.0
    return None


def _sign(mode: Mode, problem: Problem, probes: np.ndarray) -> float:
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
    first = values[0]
    mean, size = float(first.mean()), float(np.sqrt(np.mean(first**2)))
    if abs(mean) > 1e-3 * size:
        return float(np.sign(mean))
    # Of two equal extremes the one further along the coordinates decides.
    largest = np.flatnonzero(np.abs(first) > 0.9 * np.abs(first).max())
    chosen = max(largest, key=lambda i: tuple(probes[i]))
    return float(np.sign(first[chosen]))


def _compare(mode: Mode, other: Mode, probes: np.ndarray, fit: Fit) -> dict[str, float]:
    system = mode.system
    jets = jets_of_fields(system)
    own = dict(zip(system.fields, mode.jets(jets, probes), strict=True))
    others = dict(zip(system.fields, other.jets(jets, probes), strict=True))
    found = compare_fields(system.problem.unknowns, others, own)
    value = mode.pair.value
    found[fit.name] = abs(value - other.pair.value) / (abs(value) or 1.0)
    return {name: max(error, _LEAST_ERROR) for name, error in found.items()}


def _finish(
    program: Program,
    settings: Settings,
    mode: Mode | None,
    estimate: dict[str, float],
    history: History,
    seconds: float,
) -> Solution:
    problem = program.system.problem
    (fit,) = problem.fits
    if mode is None:
        dictionary, _ = next(iter(_dictionaries(program.system)))
        zero = np.zeros(len(program.system.fields) * dictionary.count)
        mode = Mode(program.system, dictionary, Eigenpair(guess_of(fit), zero, np.inf, np.inf))
        status = Status.TOLERANCE_NOT_REACHED
        messages = [f"no eigenvalue was found within {fit.low:g} .. {fit.high:g}"]
        fitted = FittedValue(None)
        fixed = program.system
    else:
        value = mode.pair.value
        reached = max(estimate.values(), default=np.inf) <= settings.tolerance
        status = Status.SOLVED if reached else Status.TOLERANCE_NOT_REACHED
        messages = [
            f"the eigenvalue {value:.10g} is the one nearest to the guess {guess_of(fit):g};"
            f" {mode.dictionary.description}"
        ]
        if _is_multiple(mode.pair):
            messages.append("the eigenvalue is multiple: this mode is one of several")
            status = Status.SINGULAR if not reached else status
        fitted = FittedValue(value)
        derived, _ = derive(problem.with_fits({fit.name: value}))
        assert derived is not None, "derived before, with another value"
        fixed = derived
    lowered = lower(fixed)
    network = Choice("features", mode.dictionary.options)
    used = replace(settings, method=Choice("least_squares"), network=network, precision="f64")
    model = FieldModel.from_program(lowered, used)
    parameters = {
        "trained": {"coefficients": mode.coefficients},
        "frozen": mode.dictionary.frozen,
    }
    error = measure_error(lowered, model, parameters, "f64")
    if fit.exact is not None and fitted.value is not None:
        true = guess_of(replace(fit, guess=fit.exact))
        error[fit.name] = abs(fitted.value - true) / (abs(true) or 1.0)
    return Solution(
        program=lowered,
        model=model,
        parameters=parameters,
        status=status,
        method="least_squares",
        weights=f"{settings.weights} of the conjugate kernel, sums over the points of each term",
        settings=used,
        precision="f64",
        error_estimate=estimate,
        error=error,
        reports=compute_reports(lowered, model, parameters, "f64"),
        history=history,
        seconds={"compile": 0.0, "solve": seconds},
        messages=tuple(messages),
        fitted={fit.name: fitted},
    )
