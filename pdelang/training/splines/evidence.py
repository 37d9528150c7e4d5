"""How well the windows satisfy the equations between the points that they were solved at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pdelang.calculus.system import System
from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.training.least_squares.collocation import group_blocks
from pdelang.training.least_squares.planned_residual import PlannedResidual
from pdelang.training.places import layers_of, stretch_of
from pdelang.training.splines.marched import Marched
from pdelang.training.splines.moments import start_moments
from pdelang.training.splines.resolution import PER_ELEMENT
from pdelang.training.splines.sites import place_blocks, prepare_sites
from pdelang.training.splines.tabulation import evaluate_jet
from pdelang.training.splines.time_error import time_orders
from pdelang.training.splines.window import SitePoints, Window


def measure_residuals(system: System, marched: Marched) -> dict[str, float]:
    """Return ``‖r‖₁/‖size‖₁`` of every term on points and times that no window was solved at.

    The size is that of the residual's summands, ``Σ_j |∂r/∂j · j| + |rest|`` and at least 1: 1 says
    that nothing cancels, rounding error that all of it does. Integrals of the absolute value, since in
    one dimension what an equation misses moves the solution by no more than a constant times its
    integral: a source that jumps inside one short element does little, and what a jump of the
    solution itself leaves there counts in full however short the element is.
    """
    misses: dict[str, float] = {}
    sizes: dict[str, float] = {}
    is_steady = system.problem.time is None
    for number, piece in enumerate(marched.pieces):
        moments = piece.moments
        if not is_steady and not marched.resolves(np.array(moments.start)):
            continue  # data that jump have no residual to speak of
        if not is_steady:
            between = gauss_legendre(len(moments.tau))[0]
            moments = replace(moments, tau=0.5 * (1.0 + between))
        parts = [(moments, False)]
        if number == 0 and not is_steady:
            parts.append((start_moments(moments.start, time_orders(system)), True))
        for own, is_start in parts:
            sites = prepare_sites(
                system, place_blocks(system, is_start), piece.space, PER_ELEMENT + 1
            )
            state = piece.state
            if is_start:
                state = tuple(
                    c[:, : basis.order] for c, basis in zip(state, own.bases, strict=True)
                )
            window = Window(system, piece.space, own, sites)
            share = 1.0 if is_start or is_steady else own.length
            for label, residual, size, weights in window.sized_residuals(state):
                total = share * weights[:, None]
                misses[label] = misses.get(label, 0.0) + float(np.sum(total * np.abs(residual)))
                sizes[label] = sizes.get(label, 0.0) + float(np.sum(total * size))
    for label, miss, size in _measure_in_layers(system, marched):
        misses[label] = misses.get(label, 0.0) + miss
        sizes[label] = sizes.get(label, 0.0) + size
    return {g: misses[g] / sizes[g] if sizes[g] else 0.0 for g in misses}


def _measure_in_layers(system: System, marched: Marched) -> Iterator[tuple[str, float, float]]:
    """Yield what blocks miss in thin layers, and their size there.

    A strip that moves, or a spot in space and time, may lie between the points of all elements and windows.
    """
    for place, blocks in group_blocks(system):
        layers = layers_of(system, place)
        if layers is None:
            continue
        points = layers.points
        volumes = stretch_of(system.problem, place).measure * layers.shares
        if system.problem.time is not None:
            resolved = marched.resolves(points[:, system.problem.time_axis])
            points, volumes = points[resolved], volumes[resolved]
        jets = tuple(sorted({jet for _, block in blocks for jet in block.residual.jets}))
        values = [evaluate_jet(system, marched.pieces, jet, points) for jet in jets]
        state = np.array(values).reshape(len(jets), len(points))
        located = SitePoints(system, jets, points)
        for label, block in blocks:
            residual, size = PlannedResidual.of(block.residual, jets).measure(located, state)
            yield label, float(volumes @ np.abs(residual)), float(volumes @ size)
