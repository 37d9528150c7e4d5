"""A weak form on a mesh: cubic triangles, one set of numbers per field, tied at interfaces, Newton's method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from scipy.sparse import bmat, csr_matrix
from scipy.sparse.linalg import MatrixRankWarning, splu

from pdelang.calculus.total_derivative import partial_derivative
from pdelang.networks.regional import join_values, list_components
from pdelang.training.classical.cells import find_cells
from pdelang.training.classical.element_spaces import Space, Spaces
from pdelang.training.classical.facet_groups import (
    FacetGroup,
    find_groups,
    find_scales,
    tie_fields,
)
from pdelang.training.classical.outline import trace_outline
from pdelang.training.classical.requirements import RequirementRows
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.triangulation import locate, triangulate
from pdelang.training.classical.weak_form import WeakForm

_ITERATIONS = 30
_CONVERGED = 1e-11
# Of the sources and fluxes: what a `require` may have to carry of them, beyond what the mesh resolves.
_CARRIED = 1e-2
_ON = 1e-9  # of a region: as far off it a point belongs to it


@dataclass(slots=True, eq=False)
class DiscreteForm:
    """The residual of a weak form on a mesh and its derivative, over all degrees of freedom.

    Field k has ``spaces.count`` numbers, of which those outside of its region are zero.
    ``expand`` and ``given`` lead from the free numbers y to all of them: ``u = expand · y + given``.
    """

    form: WeakForm
    spaces: Spaces
    inside: Sequence[tuple[Space, tuple[int, ...]]]
    groups: Sequence[FacetGroup]
    scales: np.ndarray
    expand: csr_matrix
    given: np.ndarray
    requirements: RequirementRows

    @classmethod
    def of(cls, form: WeakForm, length: float, split: int) -> DiscreteForm:
        """Return the form on a mesh with edges of about ``length / split``.

        Raises:
            NotClassicalError: the domain cannot be meshed, or conditions do not determine the fields.
        """
        domain = form.system.problem.domain
        regions = {home.name: home for home in form.homes if home is not None}
        pieces = form.pieces
        # Every edge in parts: where the outline alone decides, a finer mesh is finer too.
        outline = trace_outline(domain, pieces, length, split, tuple(regions.values()))
        mesh, owner = triangulate(domain, outline, length / split)
        firsts = {r.name: r for pair in form.interfaces for r in pair}
        cells = find_cells(mesh, owner, tuple({**regions, **firsts}.values()))
        spaces = Spaces.of(mesh)
        everywhere = np.ones(mesh.t.shape[1], dtype=bool)
        alive = np.array([everywhere if h is None else cells[h.name] for h in form.homes])
        inside: dict[str, tuple[Space, tuple[int, ...]]] = {}
        for k, home in enumerate(form.homes):
            name = "" if home is None else home.name
            space, own = inside.get(name) or (spaces.inside(np.flatnonzero(alive[k])), ())
            inside[name] = space, (*own, k)
        groups = find_groups(form, spaces, owner, outline.pieces, cells, alive)
        scales = find_scales(form, groups)
        expand, given = tie_fields(form, spaces, groups, alive)
        requirements = RequirementRows.of(form, spaces, cells, alive)
        return cls(
            form, spaces, tuple(inside.values()), groups, scales, expand, given, requirements
        )

    @property
    def triangles(self) -> int:
        return self.spaces.mesh.t.shape[1]

    @property
    def unknowns(self) -> int:
        return self.expand.get_shape()[1]

    def solve(self) -> np.ndarray:
        """Return every field's degrees of freedom ``(m, N)``.

        Raises:
            NotClassicalError: Newton's method does not converge, a matrix is singular, or sources and
                fluxes contradict each other.
        """
        shape = (len(self.form.state), self.spaces.count)
        if not np.isfinite(self.given).all():
            raise NotClassicalError("a value on its boundary is not finite")
        state = self.given.reshape(shape)
        loaded = carried = 0.0
        for _ in range(_ITERATIONS):
            matrix, defect = self._assemble(state)
            if not (np.isfinite(defect).all() and np.isfinite(matrix.data).all()):
                raise NotClassicalError("a term has no finite value on the way")
            rows, values = self.requirements.linearise(state)
            small = csr_matrix(self.expand.T @ matrix @ self.expand)
            load = self.expand.T @ defect
            border = csr_matrix(rows @ self.expand)
            whole = bmat([[small, border.T], [border, None]]) if len(values) else small
            try:
                found = splu(whole.tocsc()).solve(-np.concatenate([load, values]))
            except (RuntimeError, MatrixRankWarning):
                raise NotClassicalError("its stiffness matrix is singular") from None
            free = found[: len(load)]
            change = (self.expand @ free).reshape(shape)
            state = state + change
            if not np.isfinite(state).all():
                raise NotClassicalError("its stiffness matrix is singular")
            loaded = max(loaded, float(np.linalg.norm(load)))
            carried = float(np.linalg.norm(border.T @ found[len(load) :]))
            scale = float(np.abs(state).max()) or 1.0
            is_exact = self.form.is_linear and self.requirements.are_linear
            if is_exact or float(np.abs(change).max()) <= _CONVERGED * scale:
                break
        else:
            raise NotClassicalError("Newton's method from zero does not converge")
        if carried > _CARRIED * loaded:
            raise NotClassicalError("its sources and fluxes do not balance under what it requires")
        return state

    def interpolate(self, state: np.ndarray, points: np.ndarray) -> dict[str, np.ndarray]:
        """Return every component at ``points (n, 2)``; NaN where an unknown does not exist."""
        spaces, values = self.spaces, {}
        for space, fields in self.inside:
            home = self.form.homes[fields[0]]
            here = np.arange(len(points))
            if home is not None:
                here = np.flatnonzero(home.body.contains(points, _ON))
            cells, inner = locate(spaces.mesh, spaces.mapping, points[here], space.cells)
            shapes, dofs = spaces.shapes_at(cells, inner), spaces.dofs[:, cells]
            for k in fields:
                own = values[self.form.system.fields[k]] = np.zeros(len(points))
                own[here] = np.einsum("in,in->n", state[k][dofs], shapes)
        components = list_components(self.form.system.problem.unknowns)
        return join_values(components, values, points)

    def _assemble(self, state: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
        form, n = self.form, self.spaces.count
        m = len(form.state)
        blocks: dict[tuple[int, int], Any] = {}
        defect = np.zeros((m, n))
        for space, fields in self.inside:
            for i in fields:
                row = [self.scales[i] * e for e in (form.sources[i], *form.fluxes[i])]
                sides = dict.fromkeys(range(m), space)
                self._add(blocks, defect, i, row, space, sides, state)
        for group in self.groups:
            sides = {k: group.side(k) for k in range(m)}
            for i, flux in group.form.fluxes.items():
                near = next((k for k in group.form.linked if k in group.form.near), i)
                row = [self.scales[near] * flux, sympy.S.Zero, sympy.S.Zero]
                self._add(blocks, defect, i, row, group.side(i), sides, state)
        empty = csr_matrix((n, n))
        matrix = bmat([[blocks.get((i, k), empty) for k in range(m)] for i in range(m)])
        return csr_matrix(matrix), defect.ravel()

    def _add(
        self,
        blocks: dict[tuple[int, int], Any],
        defect: np.ndarray,
        i: int,
        row: list[sympy.Expr],
        tested: Space,
        sides: Mapping[int, Space],
        state: np.ndarray,
    ) -> None:
        """Add ``∫ (s v + f · ∇v)`` of one row, and its derivatives by every field; field k is seen from ``sides[k]``."""
        used = {symbol for e in row for symbol in e.free_symbols}
        present = [k for k, symbols in enumerate(self.form.state) if used & set(symbols)]
        slopes = [
            [partial_derivative(e, s) for e in row for s in self.form.state[k]] for k in present
        ]
        flat = [*row, *(s for group in slopes for s in group)]
        fields = {k: sides[k].interpolate(state[k]) for k in present}
        found = tested.evaluate(self.form, flat, fields)
        defect[i] += self.spaces.assemble_row(tested, *found[:3])
        for number, k in enumerate(present):
            nine = found[3 + 9 * number : 12 + 9 * number]
            if any(value.any() for value in nine):
                more = self.spaces.assemble_block(sides[k], tested, nine)
                blocks[i, k] = blocks[i, k] + more if (i, k) in blocks else more
