"""The mode of a problem that is like one of a problem nearby."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pdelang.calculus.homogeneity import split_observed
from pdelang.calculus.system import Interior
from pdelang.training.eigen.discretisation import Discretisation
from pdelang.training.eigen.method import TRUSTED, is_plain, step_of
from pdelang.training.eigen.mode import Mode, miss, normalise
from pdelang.training.eigen.pencil import Eigenpair
from pdelang.training.eigen.refinement import Refinement
from pdelang.training.least_squares.collocation import draw_points

_PROBES = 1000
_CANDIDATES = 6  # modes near the neighbour's eigenvalue that are looked at
_ALIKE = (
    0.8  # of a mode: what it has to have in common with its neighbour's, or the step is too long
)
_SURE = 0.95
_MULTIPLE = 1e-4  # uncertainty, relative, below which an eigenvalue is multiple
_SAME = 1e-6  # of its size: a requirement that the opposite mode meets too


def follow_mode(own: Discretisation, near: Mode) -> Mode | None:
    """Return the mode that is like its neighbour's, None where the two have too little in common."""
    system, problem = own.system, own.system.problem
    fields, wanted = own.fields(), own.values_of(near)
    if not is_plain(system):
        before = np.linalg.lstsq(fields, wanted, rcond=None)[0]
        refined = Refinement.of(own, problem.fits).refine(before, dict(near.values))
        if refined is None:
            return None
        mode = Mode(system, own.dictionary, refined.pair, refined.values, met=refined.met)
        alike = _likeness(fields @ refined.pair.coefficients, wanted)
        if refined.met.has_sign:
            return mode if alike >= _ALIKE else None
        return replace(mode, factor=float(np.sign(alike))) if abs(alike) >= _ALIKE else None
    pair = _find_alike(own, near.pair.value, wanted)
    if pair is None:
        return None
    probes = draw_points(system, Interior(), _PROBES, own.seed + 900_001)
    _, demands = split_observed(system.observations, dict(system.jet_symbols))
    (requirement,) = demands[0].functionals
    mode = Mode(system, own.dictionary, pair, {problem.fits[0].name: pair.value})
    mode = normalise(mode, requirement, problem, probes)
    if mode is None:
        return None
    turned = _likeness(fields @ mode.coefficients.T.ravel(), wanted) < 0.0
    size = abs(miss(mode, requirement, 0.0)) or requirement.scale
    if turned and abs(miss(mode, requirement, -1.0)) <= _SAME * size:
        mode = replace(mode, factor=-mode.factor)
    return mode


def _find_alike(own: Discretisation, before: float, wanted: np.ndarray) -> Eigenpair | None:
    """Return the eigenpair near ``before`` whose fields have most in common with those ``wanted``."""
    (fit,) = own.system.problem.fits
    pencil = own.pencil(fit.name, {fit.name: before})
    known: np.ndarray | None = None
    best: tuple[float, Eigenpair] | None = None
    for _ in range(_CANDIDATES):
        pair = pencil.find(before, fit.low, fit.high, step_of(fit), TRUSTED, known)
        if pair is None:
            break
        is_multiple = pair.gap <= _MULTIPLE * (abs(pair.value) or 1.0)
        modes = pair.coefficients[:, None]
        if is_multiple:
            modes = pencil.beside(pair, _MULTIPLE, _CANDIDATES)
        fields = pencil.values @ modes
        amounts = np.linalg.lstsq(fields, wanted, rcond=None)[0]
        alike = _likeness(fields @ amounts, wanted)
        if best is None or alike > best[0]:
            # Among the modes of a multiple eigenvalue the neighbour's decides, so that none is near.
            gap = np.inf if is_multiple else pair.gap
            best = alike, replace(pair, coefficients=modes @ amounts, gap=gap)
        if alike >= _SURE:
            break
        known = modes if known is None else np.column_stack([known, modes])
    return None if best is None or best[0] < _ALIKE else best[1]


def _likeness(fields: np.ndarray, wanted: np.ndarray) -> float:
    """Return the cosine of the angle between two fields."""
    size = float(np.linalg.norm(fields) * np.linalg.norm(wanted))
    return float(fields @ wanted) / size if size else 0.0
