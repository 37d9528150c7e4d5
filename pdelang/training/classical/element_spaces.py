"""Cubic elements on a mesh: spaces over its triangles and facets, and what is assembled on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from scipy.sparse import csr_matrix

from pdelang.calculus.numeric import Plan, evaluate, numpy_functions, plan
from pdelang.training.classical.triangulation import import_packages, map_triangles
from pdelang.training.classical.weak_form import WeakForm

_ORDER = 6  # of the quadrature
# Derivatives of s, f_x and f_y by the value and the two derivatives of a field.
_NINE = ("s0", "sx", "sy", "p0", "px", "py", "q0", "qx", "qy")


@dataclass(slots=True, eq=False)
class Space:
    """The elements over some triangles, or their traces on facets, at quadrature points."""

    basis: Any
    cells: np.ndarray

    def interpolate(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return a field and its two derivatives at the quadrature points."""
        field = self.basis.interpolate(values)
        return (np.asarray(field), *np.asarray(field.grad))

    def evaluate(
        self,
        form: WeakForm,
        expressions: Sequence[sympy.Expr],
        fields: Mapping[int, tuple[np.ndarray, ...]],
    ) -> list[np.ndarray]:
        """Return expressions at the quadrature points; ``fields`` by number, as `interpolate` gives them."""
        given = self.basis.default_parameters()
        names: dict[sympy.Symbol, Any] = {}
        if "n" in given:
            names = dict(zip(form.symbols.normal, np.asarray(given["n"]), strict=True))
        for k, values in fields.items():
            names |= dict(zip(form.state[k], values, strict=True))
        return _evaluate(form, expressions, np.asarray(given["x"]), names)


@dataclass(slots=True, eq=False)
class Spaces:
    """All spaces of one mesh. ``dofs (10, cells)`` are the numbers of the elements' functions, ``places (2, N)`` theirs."""

    mesh: Any
    mapping: Any
    element: Any
    dofs: np.ndarray
    places: np.ndarray
    _whole: Any
    _forms: tuple[Any, Any]

    @classmethod
    def of(cls, mesh: Any) -> Spaces:
        _, skfem = import_packages()
        element, mapping = skfem.ElementTriP3(), map_triangles(mesh)
        whole = skfem.Basis(mesh, element, mapping, intorder=_ORDER)
        dofs, places = whole.element_dofs, whole.doflocs
        return cls(mesh, mapping, element, dofs, places, whole, _make_forms(skfem))

    @property
    def count(self) -> int:
        """Return the number of degrees of freedom of a field, N."""
        return self._whole.N

    def inside(self, cells: np.ndarray) -> Space:
        """Return the space over some triangles."""
        if len(cells) == self.mesh.t.shape[1]:
            return Space(self._whole, cells)
        _, skfem = import_packages()
        basis = skfem.Basis(self.mesh, self.element, self.mapping, elements=cells, intorder=_ORDER)
        return Space(basis, cells)

    def on(self, facets: np.ndarray, sides: np.ndarray, is_beyond: bool = False) -> Space:
        """Return the space on facets, seen from one side of each, the normal pointing away from it.

        ``sides`` are 0 or 1, rows of the mesh's table of triangles beside a facet. From ``is_beyond`` the other
        side is seen, with the same normal.
        """
        _, skfem = import_packages()
        from skfem.generic_utils import OrientedBoundary

        basis = skfem.FacetBasis(
            self.mesh,
            self.element,
            self.mapping,
            intorder=_ORDER,
            facets=OrientedBoundary(facets, sides),
            side=int(is_beyond),
        )
        return Space(basis, np.asarray(basis.tind))

    def facet_dofs(self, facets: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom on facets."""
        return self._whole.get_dofs(facets).flatten()

    def shapes_at(self, cells: np.ndarray, inner: np.ndarray) -> np.ndarray:
        """Return the elements' functions ``(10, n)`` at places ``inner (2, n, 1)`` of triangles ``cells (n,)``."""
        shapes = [
            np.asarray(self.element.gbasis(self.mapping, inner, i, tind=cells)[0])[:, 0]
            for i in range(len(self.dofs))
        ]
        return np.array([np.broadcast_to(shape, cells.shape) for shape in shapes])

    def raise_degree(self, cells: np.ndarray) -> csr_matrix:
        """Return what quadratic functions over triangles are among the cubic ones, ``(N, n)``; ``cells`` says which."""
        _, skfem = import_packages()
        low = skfem.ElementTriP2()
        numbers = skfem.Basis(self.mesh, low, self.mapping, intorder=_ORDER).element_dofs[:, cells]
        used, columns = np.unique(numbers, return_inverse=True)
        columns = columns.reshape(numbers.shape)
        values = np.array([low.lbasis(self.element.doflocs.T, j)[0] for j in range(len(numbers))])
        rows = self.dofs[:, cells]
        pairs = [(i, j) for i in range(len(rows)) for j in range(len(numbers)) if values[j, i] != 0]
        # A function on a side is the same from both triangles: said twice, it is taken once.
        table = {}
        for i, j in pairs:
            keys = rows[i].astype(np.int64) * len(used) + columns[j]
            table.update(zip(keys.tolist(), [values[j, i]] * len(keys), strict=True))
        keys = np.array(list(table), dtype=np.int64)
        entries = np.array(list(table.values()))
        places = (keys // len(used), keys % len(used))
        return csr_matrix((entries, places), shape=(self.count, len(used)))

    def evaluate_at(
        self, form: WeakForm, expressions: Sequence[sympy.Expr], where: np.ndarray
    ) -> list[np.ndarray]:
        """Return expressions of the coordinates at points ``(2, n)``."""
        return _evaluate(form, expressions, where, {})

    def assemble_row(self, space: Space, s: np.ndarray, fx: np.ndarray, fy: np.ndarray) -> Any:
        """Return ``∫ (s v + f · ∇v)`` for all functions v, ``(N,)``."""
        return self._forms[0].assemble(space.basis, s=s, fx=fx, fy=fy)

    def assemble_block(self, field: Space, tested: Space, nine: Sequence[np.ndarray]) -> Any:
        """Return the derivative of ``∫ (s v + f · ∇v)`` by a field, ``(N, N)``.

        ``nine`` are those of s, f_x and f_y by the field's value and its two derivatives.
        """
        named = dict(zip(_NINE, nine, strict=True))
        return self._forms[1].assemble(field.basis, tested.basis, **named)


def _evaluate(
    form: WeakForm,
    expressions: Sequence[sympy.Expr],
    where: np.ndarray,
    names: Mapping[sympy.Symbol, Any],
) -> list[np.ndarray]:
    """Return expressions at points ``(2, …)``, each of the shape of one coordinate."""
    planned: Plan = plan(list(expressions))
    known = {**dict(zip(form.symbols.coordinates, where, strict=True)), **names}
    with np.errstate(all="ignore"):
        found = evaluate(planned, known, numpy_functions())
    return [np.array(np.broadcast_to(np.asarray(v, float), where[0].shape)) for v in found]


def _make_forms(skfem: Any) -> tuple[Any, Any]:
    def linear(v: Any, w: Any) -> Any:
        return w.s * v + w.fx * v.grad[0] + w.fy * v.grad[1]

    def bilinear(u: Any, v: Any, w: Any) -> Any:
        s = w.s0 * u + w.sx * u.grad[0] + w.sy * u.grad[1]
        p = w.p0 * u + w.px * u.grad[0] + w.py * u.grad[1]
        q = w.q0 * u + w.qx * u.grad[0] + w.qy * u.grad[1]
        return s * v + p * v.grad[0] + q * v.grad[1]

    return skfem.LinearForm(linear), skfem.BilinearForm(bilinear)
