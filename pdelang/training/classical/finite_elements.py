"""Steady problems in the plane by finite elements: cubic triangles with quadratic edges, Newton's method.

Meshes get finer until two of them agree. Meshed by ``triangle``, assembled by ``scikit-fem``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from scipy.sparse import bmat, csr_matrix
from scipy.sparse.linalg import MatrixRankWarning, splu

from pdelang.calculus.numeric import Plan, evaluate, numpy_functions, plan
from pdelang.calculus.system import OnPiece, System
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.training.classical.outline import trace_outline
from pdelang.training.classical.solution import ClassicalSolution
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.triangulation import (
    import_packages,
    locate,
    map_triangles,
    triangulate,
)
from pdelang.training.classical.weak_form import (
    BoundaryForm,
    WeakForm,
    derive_boundary_form,
    derive_weak_form,
)
from pdelang.training.norms import compare_fields
from pdelang.training.places import sample_domain

_COARSEST = 10  # edges along the diagonal of the box
_HALVINGS = 6
_MOST_UNKNOWNS = 250_000
_AGREED = 1e-8
_SHARE = 1e-3  # of what a comparison is to resolve
_USELESS = 1e-1
_GROWTH = 5.0  # of the time, from one mesh to the next
_ITERATIONS = 30
_CONVERGED = 1e-11
_POINTS = 2000
_SEED = 88_007


def solve_with_elements(system: System, tolerance: float, seconds: float) -> ClassicalSolution:
    """Solve a steady problem of second order in two coordinates on triangles.

    ``tolerance`` is what a comparison is to resolve, ``seconds`` what it may take.

    Raises:
        NotClassicalError: it cannot take the problem; the text says why.
        MissingPackageError: scikit-fem or triangle is not installed.
    """
    import_packages()
    problem = system.problem
    form = derive_weak_form(system)
    points = sample_domain(problem, _POINTS, _SEED)
    size = float(np.linalg.norm(problem.domain.box.lengths))
    agreed = max(_AGREED, _SHARE * tolerance)
    before: dict[str, np.ndarray] | None = None
    best: ClassicalSolution | None = None
    began = time.monotonic()
    for level in range(_HALVINGS):
        started = time.monotonic()
        discrete = _Discrete.of(form, size / _COARSEST, 2**level)
        values = discrete.interpolate(discrete.solve(), points)
        own = time.monotonic() - started
        if before is not None:
            agreement = max(compare_fields(problem.unknowns, before, values).values())
            description = f"finite elements, {discrete.triangles} cubic triangles"
            best = ClassicalSolution(
                description, points, values, agreement, own, time.monotonic() - began, "meshes"
            )
            if agreement <= agreed:
                break
        before = values
        if level > 0 and time.monotonic() - began + _GROWTH * own > seconds:
            break
        if 4 * discrete.unknowns > _MOST_UNKNOWNS:
            break
    if best is None or not best.agreement <= _USELESS:
        raise NotClassicalError("its meshes do not come to an agreement in the time there is")
    return best


@dataclass(slots=True, eq=False)
class _Boundary:
    """Facets on which the same conditions hold; the degrees of freedom there, where values are given."""

    form: BoundaryForm
    basis: Any
    dofs: np.ndarray


@dataclass(slots=True, eq=False)
class _Discrete:
    """A weak form on a mesh: the residual and its derivative, over all degrees of freedom."""

    form: WeakForm
    skfem: Any
    basis: Any
    boundaries: list[_Boundary]

    @classmethod
    def of(cls, form: WeakForm, length: float, split: int) -> _Discrete:
        _, skfem = import_packages()
        domain = form.system.problem.domain
        pieces = tuple(b.place.piece for b in form.conditions if isinstance(b.place, OnPiece))
        # Every edge in parts: where the outline alone decides, a finer mesh is finer too.
        outline = trace_outline(domain, pieces, length, split)
        mesh, owner = triangulate(domain, outline, length / split)
        element, mapping = skfem.ElementTriP3(), map_triangles(mesh)
        basis = skfem.Basis(mesh, element, mapping, intorder=6)
        groups: dict[tuple[int, ...], list[int]] = {}
        for facet in np.flatnonzero(owner >= 0):
            groups.setdefault(outline.pieces[owner[facet]], []).append(int(facet))
        boundaries = []
        for numbers, facets in groups.items():
            chosen = np.array(facets)
            boundaries.append(
                _Boundary(
                    derive_boundary_form(form, [form.conditions[i] for i in numbers]),
                    skfem.FacetBasis(mesh, element, mapping, facets=chosen, intorder=6),
                    basis.get_dofs(chosen).flatten(),
                )
            )
        return cls(form, skfem, basis, boundaries)

    @property
    def triangles(self) -> int:
        return self.basis.mesh.t.shape[1]

    @property
    def unknowns(self) -> int:
        return len(self.form.state) * self.basis.N

    def solve(self) -> np.ndarray:
        """Return every field's degrees of freedom ``(m, N)``.

        Raises:
            NotClassicalError: Newton's method does not converge, or a matrix is singular.
        """
        m, n = len(self.form.state), self.basis.N
        state = np.zeros((m, n))
        fixed = np.zeros((m, n), dtype=bool)
        for boundary in self.boundaries:
            for k, value in boundary.form.values.items():
                at = self.basis.doflocs[:, boundary.dofs]
                state[k, boundary.dofs] = self._evaluate([value], at, None, None)[0]
                fixed[k, boundary.dofs] = True
        free = np.flatnonzero(~fixed.ravel())
        if not np.isfinite(state).all():
            raise NotClassicalError("a value on its boundary is not finite")
        for _ in range(_ITERATIONS):
            matrix, defect = self._assemble(state)
            if not (np.isfinite(defect).all() and np.isfinite(matrix.data).all()):
                raise NotClassicalError("a term has no finite value on the way")
            change = np.zeros(m * n)
            try:
                change[free] = splu(matrix[free][:, free].tocsc()).solve(-defect[free])
            except (RuntimeError, MatrixRankWarning):
                raise NotClassicalError("its stiffness matrix is singular") from None
            state = state + change.reshape(m, n)
            if not np.isfinite(state).all():
                raise NotClassicalError("its stiffness matrix is singular")
            scale = float(np.abs(state).max()) or 1.0
            if self.form.is_linear or float(np.abs(change).max()) <= _CONVERGED * scale:
                return state
        raise NotClassicalError("Newton's method from zero does not converge")

    def interpolate(self, state: np.ndarray, points: np.ndarray) -> dict[str, np.ndarray]:
        """Return every field at ``points (n, 2)``."""
        mapping = self.basis.mapping
        cells, inner = locate(self.basis.mesh, mapping, points)
        values = np.zeros((len(self.form.state), len(points)))
        for i in range(self.basis.Nbfun):
            shape = np.asarray(self.basis.elem.gbasis(mapping, inner, i, tind=cells)[0])[:, 0]
            values += state[:, self.basis.element_dofs[i, cells]] * shape
        return dict(zip(self.form.system.fields, values, strict=True))

    def _assemble(self, state: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
        form, m = self.form, len(self.form.state)
        rows = [(s, *f) for s, f in zip(form.sources, form.fluxes, strict=True)]
        matrix, defect = self._assemble_on(self.basis, dict(enumerate(rows)), state)
        for boundary in self.boundaries:
            given = {i: (q, sympy.S.Zero, sympy.S.Zero) for i, q in boundary.form.fluxes.items()}
            if given:
                more, rest = self._assemble_on(boundary.basis, given, state)
                matrix, defect = matrix + more, defect + rest
        assert defect.shape == (m * self.basis.N,)
        return csr_matrix(matrix), defect

    def _assemble_on(
        self, basis: Any, rows: dict[int, tuple[sympy.Expr, ...]], state: np.ndarray
    ) -> tuple[csr_matrix, np.ndarray]:
        """Assemble ``∫ (s v + f · ∇v)`` for some rows, and its derivative by every field."""
        m, n = len(self.form.state), self.basis.N
        fields = [basis.interpolate(own) for own in state]
        where = np.asarray(basis.default_parameters()["x"])
        normal = basis.default_parameters().get("n")
        linear, bilinear = _make_forms(self.skfem)
        defect = np.zeros((m, n))
        empty = csr_matrix((n, n))
        blocks: list[list[Any]] = [[empty] * m for _ in range(m)]
        for i, own in rows.items():
            slopes = [
                [partial_derivative(e, symbol) for e in own for symbol in self.form.state[k]]
                for k in range(m)
            ]
            flat = [*own, *(s for row in slopes for s in row)]
            found = self._evaluate(flat, where, normal, fields)
            s, fx, fy = found[:3]
            defect[i] = self.skfem.asm(linear, basis, s=s, fx=fx, fy=fy)
            for k in range(m):
                nine = dict(zip(_NINE, found[3 + 9 * k : 12 + 9 * k], strict=True))
                if any(value.any() for value in nine.values()):
                    blocks[i][k] = self.skfem.asm(bilinear, basis, **nine)
        return csr_matrix(bmat(blocks)), defect.ravel()

    def _evaluate(
        self, expressions: list[sympy.Expr], where: np.ndarray, normal: Any, fields: list | None
    ) -> list[np.ndarray]:
        """Return expressions at points ``(2, …)``, each of the shape of one coordinate."""
        names: dict[sympy.Symbol, Any] = dict(
            zip(self.form.symbols.coordinates, where, strict=True)
        )
        if normal is not None:
            names |= dict(zip(self.form.symbols.normal, np.asarray(normal), strict=True))
        for symbols, field in zip(self.form.state, fields or (), strict=False):
            gradient = np.asarray(field.grad)
            names |= dict(zip(symbols, (np.asarray(field), *gradient), strict=True))
        planned: Plan = plan(expressions)
        with np.errstate(all="ignore"):
            found = evaluate(planned, names, numpy_functions())
        return [np.array(np.broadcast_to(np.asarray(v, float), where[0].shape)) for v in found]


# Derivatives of s, f_x and f_y by the value and the two derivatives of a field.
_NINE = ("s0", "sx", "sy", "p0", "px", "py", "q0", "qx", "qy")


def _make_forms(skfem: Any) -> tuple[Any, Any]:
    def linear(v: Any, w: Any) -> Any:
        return w.s * v + w.fx * v.grad[0] + w.fy * v.grad[1]

    def bilinear(u: Any, v: Any, w: Any) -> Any:
        s = w.s0 * u + w.sx * u.grad[0] + w.sy * u.grad[1]
        p = w.p0 * u + w.px * u.grad[0] + w.py * u.grad[1]
        q = w.q0 * u + w.qx * u.grad[0] + w.qy * u.grad[1]
        return s * v + p * v.grad[0] + q * v.grad[1]

    return skfem.LinearForm(linear), skfem.BilinearForm(bilinear)
