"""Which triangles of a mesh fill which region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from pdelang.semantics.domain import Region
from pdelang.training.classical.statement import NotClassicalError

# A region fills all of a patch of triangles or nothing of it, up to what curved edges cut off.
_MOST, _LEAST = 0.8, 0.2


def find_cells(mesh: Any, owner: np.ndarray, regions: Sequence[Region]) -> Mapping[str, np.ndarray]:
    """Return for every region by its name which triangles fill it, ``(cells,)``.

    ``owner`` is, per facet, the segment of the outline and of the interfaces that it is, or −1. Triangles that no
    such segment parts belong together, so a triangle whose centre lies beyond a curved edge is not misled.

    Raises:
        NotClassicalError: a region ends where no condition stands, inside the mesh.
    """
    first, second = mesh.f2t
    through = (owner < 0) & (second >= 0)
    count = mesh.t.shape[1]
    links = csr_matrix(
        (np.ones(through.sum()), (first[through], second[through])), shape=(count, count)
    )
    patch = connected_components(links, directed=False)[1]
    corners = mesh.p[:, mesh.t[:3]]  # (2, 3, cells)
    a, b, c = np.moveaxis(corners, 1, 0)
    area = np.abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
    centres = corners.mean(axis=1).T
    whole = np.bincount(patch, area)
    found = {}
    for region in regions:
        inside = region.body.contains(centres)
        share = np.bincount(patch, area * inside) / whole
        if ((share > _LEAST) & (share < _MOST)).any():
            raise NotClassicalError(f"`{region.name}` ends where no condition stands")
        found[region.name] = share[patch] >= _MOST
    return found
