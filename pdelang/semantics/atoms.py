"""Atomic boundary parts: the largest stretches of a side on which the same parts hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from pdelang.geometry.names import name_side
from pdelang.semantics.boundary import Part
from pdelang.semantics.domain import Domain, Surface
from pdelang.semantics.pieces import scan_surface, select


@dataclass(frozen=True, slots=True)
class Atom:
    """Part of one surface. ``parts`` are the names of all parts that contain it."""

    side: Surface
    parts: frozenset[str]
    name: str
    is_whole_side: bool


@dataclass(frozen=True, slots=True)
class Within:
    """The region that atoms must border on: which points do, and its name for people."""

    borders: Callable[[np.ndarray], np.ndarray]
    name: str


def split_boundary(
    domain: Domain, parts: Iterable[Part], declared: frozenset[str], within: Within | None = None
) -> tuple[Atom, ...]:
    """Return the atoms of all surfaces, in their order, or those that border on a region.

    Membership is decided on the fixed scan of each surface; points with the same signature over
    all ``parts`` are one atom. ``declared`` are the names that a user gave, for display.
    """
    space = domain.coordinates
    ordered = sorted(parts, key=lambda part: part.name)
    atoms: list[Atom] = []
    for side in domain.surfaces:
        kept = None if within is None else within.borders(scan_surface(domain, side))
        if kept is not None and not kept.any():
            continue
        signatures = _find_signatures(domain, side, ordered, kept)
        is_cut = kept is not None and not kept.all()
        cut = [
            part.name
            for part in ordered
            if part.name in declared and any(piece.side == side for piece in part.pieces)
        ]
        for signature in signatures:
            names = frozenset(
                part.name for part, inside in zip(ordered, signature, strict=True) if inside
            )
            atoms.append(
                Atom(
                    side,
                    names,
                    _name_atom(side, space, sorted(names & declared), cut, len(signatures) == 1)
                    + (f" (in {within.name})" if within is not None and is_cut else ""),
                    len(signatures) == 1 and not is_cut,
                )
            )
    return tuple(atoms)


def _find_signatures(
    domain: Domain, side: Surface, parts: list[Part], kept: np.ndarray | None = None
) -> list[tuple[bool, ...]]:
    """Return the distinct memberships on a side, of the ``kept`` points, the most common first."""
    mine = [[piece for piece in part.pieces if piece.side == side] for part in parts]
    if all(piece.is_whole_side for pieces in mine for piece in pieces):
        return [tuple(bool(pieces) for pieces in mine)]
    points = scan_surface(domain, side)
    columns = np.zeros((points.shape[0], len(parts)), dtype=bool)
    for column, pieces in enumerate(mine):
        for piece in pieces:
            columns[:, column] |= select(piece, points, domain.coordinates)
    if kept is not None:
        columns = columns[kept]
    rows, counts = np.unique(columns, axis=0, return_counts=True)
    order = sorted(range(len(rows)), key=lambda i: (-counts[i], tuple(rows[i])))
    return [tuple(bool(value) for value in rows[i]) for i in order]


def _name_atom(
    side: Surface, space: tuple[str, ...], names: list[str], cut: list[str], is_whole: bool
) -> str:
    """Name an atom by its side and the declared parts that hold it, or that it lies outside of."""
    own = name_side(side, space)
    others = [name for name in names if name != own]
    if others:
        return f"{own} ({', '.join(others)})"
    if is_whole:
        return own
    return f"{own} (outside {', '.join(cut)})" if cut else f"{own} (elsewhere)"
