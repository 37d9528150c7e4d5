"""Where the blocks of a system hold: Gauss points of every element, and single places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import AtPoint, Block, Interior, OnPiece, Start, System
from pdelang.geometry.box import Side
from pdelang.training.least_squares.planned_residual import PlannedResidual
from pdelang.training.splines.spline_space import SplineSpace


@dataclass(frozen=True, slots=True, eq=False)
class PlacedBlocks:
    """Blocks that hold at the same place, each with its term's label.

    ``x`` is None in the whole domain, else a single point.
    """

    x: float | None
    jets: tuple[Jet, ...]
    blocks: tuple[tuple[str, PlannedResidual], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Placed blocks at space points ``x (n,)``; ``weights`` are those of an integral.

    ``splines[order]`` has the derivatives of the splines of each point's element, ``(n, p + 1)``.
    """

    placed: PlacedBlocks
    x: np.ndarray
    elements: np.ndarray
    weights: np.ndarray
    splines: dict[int, np.ndarray]

    @property
    def jets(self) -> tuple[Jet, ...]:
        return self.placed.jets

    @property
    def blocks(self) -> tuple[tuple[str, PlannedResidual], ...]:
        return self.placed.blocks


def place_blocks(system: System, is_start: bool) -> tuple[PlacedBlocks, ...]:
    """Return the system's blocks by place: those of the start of time, or all others."""
    groups: dict[float | None, list[tuple[str, Block]]] = {}
    for term in system.terms:
        for block in term.blocks:
            if isinstance(block.place, Start) is is_start:
                groups.setdefault(_place_of(system, block), []).append((term.label, block))
    placed = []
    for x, members in groups.items():
        jets = tuple(sorted({j for _, b in members for j in b.residual.jets}))
        blocks = tuple((label, PlannedResidual.of(b.residual, jets)) for label, b in members)
        placed.append(PlacedBlocks(x, jets, blocks))
    return tuple(placed)


def space_order(jet: Jet, system: System) -> int:
    """Return how often a jet is differentiated in space; 0 where there is no space."""
    return jet.orders[0] if system.problem.domain.coordinates else 0


def prepare_sites(
    system: System, placed: tuple[PlacedBlocks, ...], space: SplineSpace, per_element: int
) -> tuple[Site, ...]:
    """Return the points of a space where placed blocks hold."""
    sites = []
    for blocks in placed:
        if blocks.x is None:
            x, elements, weights = space.gauss_points(per_element)
        else:
            x = np.array([blocks.x])
            elements, weights = space.locate(x), np.ones(1)
        orders = {space_order(jet, system) for jet in blocks.jets}
        splines = {order: space.values(x, elements, order) for order in orders}
        sites.append(Site(blocks, x, elements, weights, splines))
    return tuple(sites)


def _place_of(system: System, block: Block) -> float | None:
    match block.place:
        case Interior() | Start():
            return None
        case OnPiece(piece=piece) if isinstance(piece.side, Side):
            return float(system.problem.domain.box.side_value(piece.side))
        case AtPoint(point=point):
            return float(point[0])
        case _:
            raise TypeError(f"no place: {block.place}")
