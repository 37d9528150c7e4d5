"""Where given functions of one coordinate jump or have a kink, so that elements and windows end there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sympy

from pdelang.calculus.nonlocal_terms import list_kinks
from pdelang.calculus.switches import find_crossings, list_switches
from pdelang.calculus.system import System
from pdelang.training.splines.moments import Coefficients
from pdelang.training.splines.resolution import PER_ELEMENT
from pdelang.training.splines.sites import prepare_sites
from pdelang.training.splines.spline_space import SplineSpace
from pdelang.training.splines.window import Window

_SCANNED = 2001
_MOST = 40
_DISTINCT = 1e-9  # of the interval
_SHARP = 0.005  # of the interval: a smooth transition that is wider is followed by refinement


def find_kinks(system: System, axis: int, low: float, high: float) -> np.ndarray:
    """Return the inner places of ``low .. high`` where some residual changes its form, ``(k,)``, in order.

    Those that a condition on this coordinate alone decides: `if`, `abs`, `sign`, `max`, `min` and
    `heaviside`; and the middle and ends of peaks and steps that are narrow. Beyond a few dozen none is
    returned: what oscillates is followed by refinement.
    """
    symbol = system.coordinates[axis]
    residuals = [block.residual for term in system.terms for block in term.blocks]
    given = [residual.expression for residual in residuals]
    # Integrals inside have kinks where their ends come to jumps: the same as those of |border|.
    far = [border for r in residuals for border in list_kinks(sympy.S.Zero, r.nonlocals)]
    given += [sympy.Abs(border) for border in far]
    found: list[float] = []
    for switch in list_switches(given, (symbol,)):
        crossings = find_crossings(switch, (symbol,), np.zeros((1, 1)), 0, (low, high), _SCANNED)
        places, reaches = crossings.places, crossings.reaches
        sharp = reaches < _SHARP * (high - low)
        ends = [places[sharp] - reaches[sharp], places[sharp] + reaches[sharp]]
        found += np.concatenate([places[sharp], *ends]).tolist()
    span = high - low
    distinct: list[float] = []
    for place in sorted(found):
        if place - (distinct[-1] if distinct else low) > _DISTINCT * span:
            distinct.append(place)
    kinks = np.array([place for place in distinct if high - place > _DISTINCT * span])
    return kinks if len(kinks) <= _MOST else np.zeros(0)


def place_elements(
    degree: int, low: float, high: float, count: int, kinks: np.ndarray, is_periodic: bool
) -> SplineSpace:
    """Return ``count`` equal elements, or nearly so, of which some end at each of ``kinks``."""
    breakpoints = np.linspace(low, high, count + 1)
    moved: set[int] = set()
    added: list[float] = []
    for kink in kinks:
        nearest = int(np.argmin(np.abs(breakpoints - kink)))
        if 0 < nearest < count and nearest not in moved:
            breakpoints[nearest] = kink
            moved.add(nearest)
        else:
            added.append(float(kink))
    space = SplineSpace(degree, np.sort(np.append(breakpoints, added)), is_periodic)
    return space.refined(np.zeros(space.elements, bool))


def find_missing(window: Window, state: Coefficients, share: float) -> np.ndarray:
    """Return the mask of the elements in which a term misses more than a share of its size, ``(E,)``.

    In integrals of absolute values: the highest derivative jumps with what is given, and splines follow over
    the elements next to it alone, however smooth the solution looks there.
    """
    space = window.space
    placed = tuple(site.placed for site in window.sites if site.placed.x is None)
    sites = prepare_sites(window.system, placed, space, PER_ELEMENT + 1)
    missed = np.zeros(space.elements, bool)
    for _, residual, size, weights in replace(window, sites=sites).sized_residuals(state):
        by_element = (weights[:, None] * np.abs(residual)).reshape(space.elements, -1).sum(axis=1)
        missed |= by_element > share * float(np.sum(weights[:, None] * size))
    return missed
