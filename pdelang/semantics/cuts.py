"""The surfaces at which the predicates of a piece of boundary change."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pdelang.geometry.box import Box
from pdelang.geometry.line_scan import Crease
from pdelang.geometry.quadric import Quadrics
from pdelang.geometry.scan import scan_unit
from pdelang.semantics.boundary import Piece
from pdelang.semantics.domain import Domain
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.expression import Apply, Comparison, Expression, Logic
from pdelang.semantics.traversal import children

_FITTED = 64
_ROUNDING = 1e-12


@lru_cache(maxsize=64)
def find_cuts(piece: Piece, domain: Domain) -> tuple[Crease, ...] | None:
    """Return the surfaces of second degree at which a piece's predicates change; None where others are among them."""
    found: list[Crease] = []
    open_ = [*piece.inside, *piece.outside]
    while open_:
        node = open_.pop()
        if isinstance(node, Logic):
            open_ += children(node)
        elif isinstance(node, Comparison):
            for signs in _list_levels(node):
                crease = _fit(signs, domain)
                if crease is None:
                    return None
                found.append(crease)
        else:
            return None
    return tuple(found)


def _list_levels(node: Comparison) -> list[tuple[tuple[float, Expression], ...]]:
    """Return sums at whose zeros a comparison changes: of ``|a| < b`` both ``a − b`` and ``a + b``."""
    left, right = children(node)
    for inner, other in ((left, right), (right, left)):
        if isinstance(inner, Apply) and inner.function == "abs":
            (argument,) = children(inner)
            return [((1.0, argument), (sign, other)) for sign in (-1.0, 1.0)]
    return [((1.0, left), (-1.0, right))]


def _fit(level: tuple[tuple[float, Expression], ...], domain: Domain) -> Crease | None:
    """Return a sum as a crease if it is a polynomial of second degree, which is seen by fitting one."""

    def values(points: np.ndarray) -> np.ndarray:
        return sum(
            (s * evaluate(e, points, domain.coordinates) for s, e in level), np.zeros(len(points))
        )

    box: Box = domain.box
    points = np.asarray(box.low) + box.lengths * scan_unit(box.d, _FITTED)
    pairs = [(i, j) for i in range(box.d) for j in range(i, box.d)]
    squares = [points[:, i] * points[:, j] for i, j in pairs]
    columns = np.column_stack([*squares, points, np.ones(_FITTED)])
    sizes = np.abs(columns).max(axis=0)
    sizes[sizes == 0] = 1.0
    wanted = values(points)
    size = float(np.abs(wanted).max())
    if not np.isfinite(wanted).all() or size == 0:
        return None
    found = np.linalg.lstsq(columns / sizes, wanted / size, rcond=None)[0]
    if np.abs(columns / sizes @ found - wanted / size).max() > _ROUNDING:
        return None
    # What is rounding is nothing: a plane has no second degree.
    found = np.where(np.abs(found) <= _ROUNDING, 0.0, found) / sizes
    a = np.zeros((1, box.d, box.d))
    for (i, j), coefficient in zip(pairs, found[: len(pairs)], strict=True):
        a[0, i, j] += 0.5 * coefficient
        a[0, j, i] += 0.5 * coefficient
    b = found[None, len(pairs) : -1]
    return Crease(values, Quadrics(a, b, found[-1:]))
