"""Facets of a mesh where the same conditions hold, and what these make of the fields' numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from pdelang.training.classical.boundary_form import BoundaryForm, derive_boundary_form
from pdelang.training.classical.element_spaces import Space, Spaces
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.ties import Ties
from pdelang.training.classical.weak_form import WeakForm

_SAME_RATIO = 1e-9


@dataclass(slots=True, eq=False)
class FacetGroup:
    """Facets on which the same conditions hold, seen from where the normal points away, and from beyond."""

    form: BoundaryForm
    near: Space
    far: Space | None
    dofs: np.ndarray

    def side(self, k: int) -> Space:
        """Return the space of field k there."""
        return self.far if self.far is not None and k in self.form.far else self.near


def find_groups(
    form: WeakForm,
    spaces: Spaces,
    owner: np.ndarray,
    pieces: Sequence[tuple[int, ...]],
    cells: Mapping[str, np.ndarray],
    alive: np.ndarray,
) -> list[FacetGroup]:
    """Return the facets with conditions, those together on which the same hold for the same fields."""
    gathered: dict[tuple, list[tuple[int, int]]] = {}
    first, second = spaces.mesh.f2t
    takes = np.array([k not in form.low for k in range(len(form.state))])
    for facet in np.flatnonzero(owner >= 0):
        numbers = pieces[owner[facet]]
        pair = form.find_interface(numbers)
        # The normal of an interface points from its first region to the second.
        side = 0 if pair is None or cells[pair[0].name][first[facet]] else 1
        here, there = (first, second) if side == 0 else (second, first)
        near = alive[:, here[facet]]
        far = alive[:, there[facet]] if there[facet] >= 0 else np.zeros_like(near)
        own = tuple(np.flatnonzero(near & ~far & takes).tolist())
        beyond = tuple(np.flatnonzero(far & ~near & takes).tolist())
        if own or beyond:
            gathered.setdefault((numbers, own, beyond), []).append((int(facet), side))
    found = []
    for (numbers, own, beyond), members in gathered.items():
        facets, sides = (np.array(column) for column in zip(*members, strict=True))
        blocks = [form.conditions[i] for i in numbers]
        boundary = derive_boundary_form(form, blocks, own, beyond)
        near = spaces.on(facets, sides)
        far = spaces.on(facets, sides, is_beyond=True) if beyond else None
        found.append(FacetGroup(boundary, near, far, spaces.facet_dofs(facets)))
    return found


def find_scales(form: WeakForm, groups: Sequence[FacetGroup]) -> np.ndarray:
    """Return the factor of every row, so that fluxes meet at interfaces in the ratios asked for."""
    ties = Ties.of(len(form.state))
    for group in groups:
        own = group.form
        if not own.linked:
            continue
        head = own.linked[0]
        for k in own.linked[1:]:
            is_across = (k in own.far) != (head in own.far)
            ratio = 1.0 if own.ratio is None or not is_across else own.ratio
            factor = ratio if head in own.near else 1.0 / ratio
            if not ties.tie(k, head, factor, 0.0):
                (_, a, _), (_, b, _) = ties.resolve(k), ties.resolve(head)
                if abs(a - factor * b) > _SAME_RATIO * abs(a):
                    raise NotClassicalError("the ratios of its fluxes at interfaces contradict")
    return np.array([ties.resolve(k)[1] for k in range(len(form.state))])


def tie_fields(
    form: WeakForm, spaces: Spaces, groups: Sequence[FacetGroup], alive: np.ndarray
) -> tuple[csr_matrix, np.ndarray]:
    """Return how all numbers follow from the free ones."""
    n = spaces.count
    ties = Ties.of(len(form.state) * n)
    for k, own in enumerate(alive):
        unused = np.ones(n, dtype=bool)
        unused[spaces.dofs[:, own]] = False
        for dof in np.flatnonzero(unused):
            ties.give(k * n + int(dof), 0.0)
    for group in groups:
        at = spaces.places[:, group.dofs]
        for k, value in group.form.values.items():
            (numbers,) = spaces.evaluate_at(form, [value], at)
            for dof, number in zip(group.dofs, numbers, strict=True):
                ties.give(k * n + int(dof), float(number))
    for group in groups:
        at = spaces.places[:, group.dofs]
        for tie in group.form.ties:
            (shifts,) = spaces.evaluate_at(form, [tie.shift], at)
            for dof, shift in zip(group.dofs, shifts, strict=True):
                ties.tie(
                    tie.field * n + int(dof), tie.other * n + int(dof), tie.factor, float(shift)
                )
    expand, given = ties.reduce()
    for k in form.low:
        # Of second degree: the numbers of its cubic functions follow from those of the quadratic ones.
        raise_degree = spaces.raise_degree(alive[k])
        block = expand[k * n : (k + 1) * n]
        own = np.unique(block.indices)
        others = np.setdiff1d(np.arange(expand.get_shape()[1]), own)
        above = csr_matrix((k * n, raise_degree.get_shape()[1]))
        below = csr_matrix(((len(form.state) - k - 1) * n, raise_degree.get_shape()[1]))
        expand = csr_matrix(hstack([expand[:, others], vstack([above, raise_degree, below])]))
    return expand, given
