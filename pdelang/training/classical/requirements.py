"""Requirements such as ``mean(p) = 0`` on a mesh: rows beside a weak form's, with a multiplier each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy
from scipy.sparse import csr_matrix

from pdelang.calculus.numeric import evaluate, numpy_functions, plan
from pdelang.calculus.substitution import substitute
from pdelang.calculus.system import AggregateIntegrand, Functional
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.semantics.expression import AggregateKind
from pdelang.training.classical.element_spaces import Space, Spaces
from pdelang.training.classical.statement import NotClassicalError
from pdelang.training.classical.triangulation import locate
from pdelang.training.classical.weak_form import WeakForm

_INSIDE = (AggregateKind.INTEGRAL, AggregateKind.MEAN)


@dataclass(slots=True, eq=False)
class RequirementRows:
    """The requirements of a weak form. ``places`` are the space of every aggregate, by its requirement."""

    form: WeakForm
    spaces: Spaces
    places: tuple[tuple[Space, ...], ...]
    are_linear: bool

    @classmethod
    def of(
        cls, form: WeakForm, spaces: Spaces, cells: Mapping[str, np.ndarray], alive: np.ndarray
    ) -> RequirementRows:
        """Return the rows; ``cells`` are the triangles of regions, ``alive`` those of fields.

        Raises:
            NotClassicalError: a requirement is about extrema or a part of the boundary.
        """
        places = []
        for functional in form.requirements:
            for aggregate in functional.aggregates:
                if (
                    aggregate.kind not in (*_INSIDE, AggregateKind.VALUE)
                    or aggregate.on is not None
                    or aggregate.integrand.nonlocals
                ):
                    raise NotClassicalError(
                        f"`{functional.name}` is no integral over its domain or a region, nor a value at a point"
                    )
            places.append(
                tuple(_place(form, spaces, cells, alive, a) for a in functional.aggregates)
            )
        are_linear = all(
            not partial_derivative(f.expression, a.symbol).free_symbols and a.integrand.is_linear
            for f in form.requirements
            for a in f.aggregates
        )
        return cls(form, spaces, tuple(places), are_linear)

    def linearise(self, state: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
        """Return the derivatives ``(q, m N)`` and the values ``(q,)`` of all requirements."""
        rows, values = np.zeros((len(self.places), state.size)), np.zeros(len(self.places))
        pairs = zip(self.form.requirements, self.places, strict=True)
        for number, (functional, places) in enumerate(pairs):
            rows[number], values[number] = self._linearise(functional, places, state)
        return csr_matrix(rows), values

    def _linearise(
        self, functional: Functional, places: tuple[Space, ...], state: np.ndarray
    ) -> tuple[np.ndarray, float]:
        symbols = [a.symbol for a in functional.aggregates]
        slopes = [partial_derivative(functional.expression, s) for s in symbols]
        pairs = list(zip(functional.aggregates, places, strict=True))
        found = [self._aggregate(a, space, state) for a, space in pairs]
        known = dict(zip(symbols, (value for _, value in found), strict=True))
        value, *weights = evaluate(plan([functional.expression, *slopes]), known, numpy_functions())
        row = np.zeros(state.size)
        for weight, (gradient, _) in zip(weights, found, strict=True):
            row += float(weight) * gradient
        return row, float(value)

    def _aggregate(
        self, aggregate: AggregateIntegrand, space: Space, state: np.ndarray
    ) -> tuple[np.ndarray, float]:
        """Return the derivative of an aggregate by all degrees of freedom, and its value."""
        form, expression = self.form, aggregate.integrand.expression
        used = [k for k, own in enumerate(form.state) if expression.free_symbols & set(own)]
        slopes = [partial_derivative(expression, s) for k in used for s in form.state[k]]
        gradient = np.zeros_like(state)
        if aggregate.kind is AggregateKind.VALUE:
            return self._take_value(aggregate, space, state, used, slopes)
        fields = {k: space.interpolate(state[k]) for k in used}
        value, *found = space.evaluate(form, [expression, *slopes], fields)
        share = 1.0 / (space.basis.dx.sum() if aggregate.kind is AggregateKind.MEAN else 1.0)
        for number, k in enumerate(used):
            s, fx, fy = found[3 * number : 3 * number + 3]
            gradient[k] = share * self.spaces.assemble_row(space, s, fx, fy)
        return gradient.ravel(), share * float((value * space.basis.dx).sum())

    def _take_value(
        self,
        aggregate: AggregateIntegrand,
        space: Space,
        state: np.ndarray,
        used: list[int],
        slopes: list[sympy.Expr],
    ) -> tuple[np.ndarray, float]:
        """Return the derivative of a value at a point, and the value; derivatives of fields do not occur in it."""
        spaces, form = self.spaces, self.form
        point = np.array([aggregate.point])
        cells, inner = locate(spaces.mesh, spaces.mapping, point, space.cells)
        shapes, dofs = spaces.shapes_at(cells, inner)[:, 0], spaces.dofs[:, cells[0]]
        names = {form.state[k][0]: sympy.Float(float(state[k][dofs] @ shapes)) for k in used}
        expressions = [substitute(e, names) for e in (aggregate.integrand.expression, *slopes)]
        value, *found = (float(v[0]) for v in spaces.evaluate_at(form, expressions, point.T))
        gradient = np.zeros_like(state)
        for number, k in enumerate(used):
            gradient[k, dofs] = found[3 * number] * shapes
        return gradient.ravel(), value


def _place(
    form: WeakForm,
    spaces: Spaces,
    cells: Mapping[str, np.ndarray],
    alive: np.ndarray,
    aggregate: AggregateIntegrand,
) -> Space:
    """Return the triangles over which an aggregate goes, those where all its fields live."""
    jets = aggregate.integrand.jets
    if any(jet.order > 1 for jet in jets) or (
        aggregate.kind is AggregateKind.VALUE and any(jet.order for jet in jets)
    ):
        raise NotClassicalError(
            "it requires something of derivatives that its elements do not have"
        )
    fields = [form.system.fields.index(jet.field) for jet in jets]
    chosen = alive[fields].all(axis=0) if fields else np.ones(alive.shape[1], dtype=bool)
    if aggregate.region is not None:
        chosen = chosen & cells[aggregate.region.name]
    return spaces.inside(np.flatnonzero(chosen))
