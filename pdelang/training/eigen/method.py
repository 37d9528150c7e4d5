"""Eigenproblems: constants, and a demand on the unknowns that zero does not meet.

More and more features until eigenvalue and mode agree from one set to the next. With one constant and one
requirement the mode is scaled to meet it; with several all are sought at once (`refinement`). The sign
of a mode that meets the demands with both: that of the `guess` where there is one, else its mean is
positive, or, for a mode without a mean, its value where it is largest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pdelang.calculus.derivation import derive
from pdelang.calculus.homogeneity import split_observed
from pdelang.calculus.system import Interior, System
from pdelang.lowering.program import Program
from pdelang.semantics.measured import Fit
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import Settings
from pdelang.training.eigen.demands import Met
from pdelang.training.eigen.discretisation import APART, Discretisation
from pdelang.training.eigen.expansion import expand
from pdelang.training.eigen.mode import Mode, choose_sign, compare_modes, normalise
from pdelang.training.eigen.pencil import Eigenpair
from pdelang.training.eigen.refinement import Refinement
from pdelang.training.failure import name_term
from pdelang.training.inverse.fitted import FittedValue
from pdelang.training.inverse.parameters import guess_of
from pdelang.training.journal import read_clock
from pdelang.training.least_squares.collocation import draw_points
from pdelang.training.least_squares.corner_sites import find_corners
from pdelang.training.least_squares.degrees import DegreeSet
from pdelang.training.least_squares.dictionary import FeatureDictionary
from pdelang.training.least_squares.equations import NotFiniteError
from pdelang.training.least_squares.grading import Grading
from pdelang.training.least_squares.newton import periods_of
from pdelang.training.least_squares.polynomials import PolynomialDictionary
from pdelang.training.least_squares.singular import place_functions
from pdelang.training.progress import Event, Progress
from pdelang.training.solution import History, Solution, Status

# Radii of the sets of polynomials, by the number of coordinates.
_RADII = {
    1: (12, 20, 32, 48, 72, 108, 160),
    2: (8, 11, 15, 20, 26, 32),
    3: (5, 7, 9, 11),
}
_RADII_BEYOND = (3, 4, 5)
_FEWEST = 100  # points added at a corner
_SINGULAR_SHARE = 0.3  # of the polynomials' degree: that of the functions at corners
TRUSTED = 3e-2  # uncertainty of an eigenvalue that is one, relative
_MULTIPLE = 1e-4  # the next mode's uncertainty, relative: below it the eigenvalue is multiple
_DERIVATIVE_STEP = 1e-2  # of the eigenvalue
_PROBES = 2000
_TIME_SHARE = 0.8
_MOST_FAILURES = 4  # sets of features over which several demands were not met


def solve_eigenproblem(
    program: Program, settings: Settings, progress: Progress | None, started: float
) -> Solution:
    """Solve an eigenproblem: the eigenvalue within the bounds that is nearest to the first guess."""
    system = program.system
    problem = system.problem
    fits = problem.fits
    began = read_clock()
    deadline = started + _TIME_SHARE * settings.time_limit
    probes = draw_points(system, Interior(), _PROBES, settings.seed + 900_001)
    best: Mode | None = None
    last: Mode | None = None
    estimate: dict[str, float] = {}
    rows: list[tuple[float, ...]] = []
    failures, fault = 0, ""
    before = read_clock()
    for number, (dictionary, grading) in enumerate(list_dictionaries(system)):
        taken = read_clock() - before
        if number and read_clock() + 4 * taken > deadline:
            break
        before = read_clock()
        own = Discretisation(system, dictionary, grading, settings.seed + number)
        try:
            mode = find_mode(own, problem, probes)
        except NotFiniteError as error:
            if best is None:
                fault = _describe_not_finite(system, error.label)
                break
            mode = None
        if mode is None:
            failures += 1
            if best is None and failures == _MOST_FAILURES and not is_plain(system):
                break
            rows.append((float(number + 1), before - began, float(dictionary.count), 0.0, np.inf))
            continue
        # With the one before: the best so far may be another mode, over features too few for this one.
        found = {} if last is None else compare_modes(mode, last, probes)
        last = mode
        worst = max(found.values(), default=np.inf)
        value = mode.pair.value
        rows.append((float(number + 1), before - began, float(dictionary.count), value, worst))
        if progress is not None:
            seconds = read_clock() - started
            progress(Event("fit", dictionary.count, 0, seconds, estimate=found))
        is_better = best is None or worst <= max(estimate.values(), default=np.inf)
        best, estimate = (mode, found) if is_better else (best, estimate)
        settled = max((found.get(fit.name, np.inf) for fit in fits), default=np.inf)
        is_settled = settled <= settings.tolerance
        if worst <= settings.tolerance or (is_settled and is_open(mode)):
            break
    columns = ("step", "seconds", "features", "eigenvalue", "estimate")
    history = History(columns, tuple(rows))
    return _finish(program, settings, best, fault, estimate, history, read_clock() - began)


def find_mode(own: Discretisation, problem: Problem, probes: np.ndarray) -> Mode | None:
    """Return mode and fits over one set of features, None where there are none."""
    system = own.system
    if is_plain(system):
        (fit,) = problem.fits
        values = {fit.name: guess_of(fit)}
        pair = own.pencil(fit.name, values).find(
            guess_of(fit), fit.low, fit.high, step_of(fit), TRUSTED
        )
        if pair is None:
            return None
        mode = Mode(system, own.dictionary, pair, {fit.name: pair.value})
        _, demands = split_observed(system.observations, dict(system.jet_symbols))
        return normalise(mode, demands[0].functionals[0], problem, probes)
    refined = Refinement.of(own, problem.fits).find()
    if refined is None:
        return None
    mode = Mode(system, own.dictionary, refined.pair, refined.values, met=refined.met)
    if not refined.met.has_sign:
        mode = replace(mode, factor=choose_sign(mode, problem, probes))
    return mode


def is_plain(system: System) -> bool:
    """Say whether there is one constant, and one `require` that zero does not meet."""
    _, demands = split_observed(system.observations, dict(system.jet_symbols))
    found = [(*term.blocks, *term.functionals) for term in demands]
    is_single = len(system.problem.fits) == 1 and sum(map(len, found)) == 1
    return is_single and bool(demands[0].functionals)


def is_open(mode: Mode) -> bool:
    """Say whether another mode would do as well."""
    if mode.met is not None:
        return mode.met.is_loose
    return mode.pair.gap <= _MULTIPLE * (abs(mode.pair.value) or 1.0)


def step_of(fit: Fit) -> float:
    value = guess_of(fit)
    return _DERIVATIVE_STEP * (abs(value) or 1.0)


def list_dictionaries(
    system: System,
) -> Iterator[tuple[FeatureDictionary, Grading | None]]:
    """Yield larger and larger sets of features, with the points that singular ones need."""
    sharp = [corner for corner in find_corners(system) if corner.is_sharp]
    for radius, degrees in list_polynomials(system):
        if sharp:
            order = round(_SINGULAR_SHARE * radius)
            functions = [(corner, corner.exponents(order, 0, False)) for corner in sharp]
            counts = tuple(max(_FEWEST, 4 * len(own)) for _, own in functions)
            grading = Grading(system.problem.domain, tuple(sharp), counts)
            yield place_functions(system, degrees, functions), grading
        else:
            yield PolynomialDictionary(degrees, periods_of(system)), None


def list_polynomials(system: System) -> Iterator[tuple[int, np.ndarray]]:
    """Yield larger and larger sets of polynomials: their highest degree, and all degrees ``(M, d)``."""
    d = len(system.coordinates)
    periodic = frozenset(system.problem.periodic_axes)
    for radius in _RADII.get(d, _RADII_BEYOND):
        yield radius, DegreeSet(np.full(d, float(radius)), (None,) * d, periodic).list_degrees()


def _finish(
    program: Program,
    settings: Settings,
    mode: Mode | None,
    fault: str,
    estimate: dict[str, float],
    history: History,
    seconds: float,
) -> Solution:
    problem = program.system.problem
    fits = problem.fits
    is_found = mode is not None
    if mode is None:
        dictionary, _ = next(iter(list_dictionaries(program.system)))
        zero = np.zeros(len(program.system.fields) * dictionary.count)
        guesses = {fit.name: guess_of(fit) for fit in fits}
        pair = Eigenpair(guesses[fits[0].name], zero, np.inf, np.inf)
        mode = Mode(program.system, dictionary, pair, guesses)
        status = Status.DIVERGED if fault else Status.TOLERANCE_NOT_REACHED
        ranges = ", ".join(f"{fit.low:g} .. {fit.high:g}" for fit in fits)
        nothing = f"no eigenvalue was found within {ranges}" + _of_all(program.system)
        messages = [fault or nothing]
        fitted = {fit.name: FittedValue(None) for fit in fits}
        fixed = program.system
    else:
        reached = max(estimate.values(), default=np.inf) <= settings.tolerance
        status = Status.SOLVED if reached else Status.TOLERANCE_NOT_REACHED
        messages = [_describe(mode, fits, reached)]
        if mode.met is None and is_open(mode):
            messages.append("the eigenvalue is multiple: this mode is one of several")
            status = Status.SINGULAR if not reached else status
        elif mode.met is not None:
            if mode.met.is_loose:
                messages.append("the conditions do not determine all of mode and constants")
                status = Status.SINGULAR
            if mode.met.bound is not None:
                messages.append(f"`{mode.met.bound}` stopped at its bound")
        deviations = {} if mode.met is None else mode.met.deviations
        fitted = {n: FittedValue(value, deviations.get(n)) for n, value in mode.values.items()}
        derived, _ = derive(problem.with_fits(mode.values))
        assert derived is not None, "derived before, with another value"
        fixed = derived
    # With other fits the fields may have other scales.
    ratio = np.array(mode.system.scaling.field_scale) / np.array(fixed.scaling.field_scale)
    return replace(
        expand(fixed, settings, mode.dictionary, mode.coefficients * ratio, is_found),
        status=status,
        error_estimate=estimate,
        history=history,
        seconds={"compile": 0.0, "solve": seconds},
        messages=tuple(messages),
        fitted=fitted,
        misfit={} if mode.met is None else mode.met.misfit,
        standard_error={} if mode.met is None else _standard_errors(mode, mode.met),
    )


def _describe_not_finite(system: System, label: str) -> str:
    where = name_term(system, label.removeprefix(APART))
    values = ", ".join(f"{fit.name} = {guess_of(fit):g}" for fit in system.problem.fits)
    return (
        f"{where} has no finite value near {values}; choose a guess farther from where that begins"
    )


def _describe(mode: Mode, fits: tuple[Fit, ...], reached: bool) -> str:
    found = ", ".join(f"{mode.values[fit.name]:.10g}" for fit in fits)
    guesses = ", ".join(f"{guess_of(fit):g}" for fit in fits)
    if len(fits) > 1:
        names = ", ".join(fit.name for fit in fits)
        return f"{names} = {found}, from the guesses {guesses}; {mode.dictionary.description}"
    which = "one nearest to the guess" if reached else "nearest that was resolved to the guess"
    missed = "" if reached else ", where one whose mode is less smooth may be missed"
    return f"the eigenvalue {found} is the {which} {guesses}{missed}; {mode.dictionary.description}"


def _of_all(system: System) -> str:
    """Return what else an eigenvalue had to meet."""
    met, unmet = split_observed(system.observations, dict(system.jet_symbols))
    count = sum(len(term.blocks) + len(term.functionals) for term in (*met, *unmet))
    return " whose mode meets all conditions" if count > 1 else ""


def _standard_errors(mode: Mode, met: Met) -> dict[str, float]:
    own = {n: s / (abs(mode.values[n]) or 1.0) for n, s in met.deviations.items()}
    return met.spread | own
