"""Jets of the feature model at a set of points: values, and rows of their derivatives.

With the ansatz ``u_k = lift_k + cutoff_k · s_k Σ_m c_mk φ_m(ξ)`` (s_k the field's scale,
h the half widths) Leibniz gives every jet as lift plus a combination of feature derivatives:

    ∂^α u_k = ∂^α lift_k + Σ_{β ≤ α} C(α, β) ∂^{α−β} cutoff_k · s_k h^{−β} ∂^β_ξ (Σ_m c_mk φ_m)

so a row of the linearised residual is ``Σ_β B_{k,β}(x) ∂^β φ_m`` with coefficients B that
depend on the point alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import comb, prod
from typing import Any

import numpy as np
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.system import System, UnitFrame
from pdelang.training.least_squares.dictionary import FeatureDictionary, Orders

FeatureDerivative = tuple[int, Orders]  # field index, β


@dataclass(frozen=True, slots=True, eq=False)
class JetBasis:
    """What the ansatz alone says about ``jets`` at ``points (n, d)``.

    ``lift`` is ``(len(jets), n)``; ``expansions[j]`` maps feature derivatives to their
    coefficients ``(n,)`` in jet j. ``normals`` is ``(n, d_space)`` where the normal varies, else ``(n, 0)``.
    """

    system: System
    jets: tuple[Jet, ...]
    points: np.ndarray
    normals: np.ndarray
    lift: np.ndarray
    expansions: tuple[dict[FeatureDerivative, np.ndarray], ...]

    @property
    def place_values(self) -> dict[sympy.Symbol, np.ndarray]:
        """Return what is known of the points themselves: coordinates and normal, ``(n,)`` each."""
        values = dict(zip(self.system.coordinates, self.points.T, strict=True))
        values.update(zip(self.system.normal, self.normals.T, strict=False))
        return values

    def tables(self, dictionary: FeatureDictionary) -> dict[int, Any]:
        """Return what the features' derivatives at the points share, for every field in the jets."""
        made: dict[UnitFrame, Any] = {}
        found: dict[int, Any] = {}
        for k in sorted({k for expansion in self.expansions for k, _ in expansion}):
            frame = self.system.scaling.frame(k)
            if frame not in made:
                inputs = (self.points - np.asarray(frame.centre)) / np.asarray(frame.half_width)
                made[frame] = dictionary.tables(inputs)
            found[k] = made[frame]
        return found

    def values(
        self, dictionary: FeatureDictionary, coefficients: np.ndarray, tables: dict[int, Any]
    ) -> np.ndarray:
        """Return the jets of the model with ``coefficients (M, fields)``, ``(len(jets), n)``."""
        known: dict[FeatureDerivative, np.ndarray] = {}
        values = self.lift.copy()
        for i, expansion in enumerate(self.expansions):
            for key, weight in expansion.items():
                if key not in known:
                    known[key] = dictionary.apply(tables[key[0]], key[1], coefficients[:, key[0]])
                values[i] += weight * known[key]
        return values

    def rows(
        self, weights: np.ndarray, dictionary: FeatureDictionary, tables: dict[int, Any]
    ) -> np.ndarray:
        """Return ``∂(Σ_j weights_j jet_j)/∂c``, ``(n, fields · M)``, field by field.

        ``weights`` is ``(len(jets), n)``. Columns are contiguous, as LAPACK wants them.
        """
        combined: dict[FeatureDerivative, np.ndarray] = {}
        for weight, expansion in zip(weights, self.expansions, strict=True):
            if not weight.any():
                continue
            for key, coefficient in expansion.items():
                term = weight * coefficient
                combined[key] = combined[key] + term if key in combined else term
        count, fields = dictionary.count, len(self.system.fields)
        result = np.zeros((len(self.points), fields * count), order="F")
        for k in range(fields):
            own = {beta: weight for (f, beta), weight in combined.items() if f == k}
            if own:
                block = result[:, k * count : (k + 1) * count]
                dictionary.combine(tables[k], own, block)
                block[:, dictionary.list_absent(k)] = 0.0
        return result

    def restricted(self, some: slice | np.ndarray) -> JetBasis:
        """Return the same basis on some of its points."""
        return JetBasis(
            self.system,
            self.jets,
            self.points[some],
            self.normals[some],
            self.lift[:, some],
            tuple({key: value[some] for key, value in e.items()} for e in self.expansions),
        )


def prepare_jets(system: System, jets: tuple[Jet, ...], points: np.ndarray) -> JetBasis:
    """Evaluate lift and cutoff derivatives for ``jets`` at ``points (n, d)``.

    Columns beyond the coordinates are the normal.
    """
    n, scaling = len(points), system.scaling
    frames = [scaling.frame(k) for k in range(len(system.fields))]
    points, normals = np.split(points, [len(system.coordinates)], axis=1)
    field_of = {name: k for k, name in enumerate(system.fields)}
    lifts = [
        derivative(system.ansatz[field_of[j.field]].lift, system.coordinates, j.orders)
        for j in jets
    ]
    cutoffs: dict[FeatureDerivative, sympy.Expr] = {}
    for jet in jets:
        k = field_of[jet.field]
        for gamma in _below(jet.orders):
            cutoffs[k, gamma] = derivative(system.ansatz[k].cutoff, system.coordinates, gamma)
    cutoffs = {key: e for key, e in cutoffs.items() if not e.is_zero}
    numbers = evaluate_points([*lifts, *cutoffs.values()], system.coordinates, points.T)
    cutoff_values = dict(zip(cutoffs, numbers[len(jets) :], strict=True))
    expansions = []
    for jet in jets:
        k = field_of[jet.field]
        expansion: dict[FeatureDerivative, np.ndarray] = {}
        for beta in _below(jet.orders):
            gamma = tuple(a - b for a, b in zip(jet.orders, beta, strict=True))
            if (k, gamma) in cutoff_values:
                factor = scaling.field_scale[k] * prod(
                    comb(a, b) / h**b
                    for a, b, h in zip(jet.orders, beta, frames[k].half_width, strict=True)
                )
                expansion[k, beta] = factor * cutoff_values[k, gamma]
        expansions.append(expansion)
    return JetBasis(
        system, jets, points, normals, numbers[: len(jets)].reshape(-1, n), tuple(expansions)
    )


def _below(orders: Orders) -> list[Orders]:
    """Return every multi-index β ≤ α."""
    return list(product(*(range(k + 1) for k in orders)))


@lru_cache(maxsize=4096)
def derivative(
    expression: sympy.Expr, coordinates: tuple[sympy.Symbol, ...], orders: Orders
) -> sympy.Expr:
    """Return ``∂^orders expression``; each order is taken from the one below it, once."""
    for axis, order in enumerate(orders):
        if order:
            lower = (*orders[:axis], order - 1, *orders[axis + 1 :])
            return sympy.diff(derivative(expression, coordinates, lower), coordinates[axis])
    return expression


def jets_of_fields(system: System) -> tuple[Jet, ...]:
    """Return the value jet of every field."""
    zero = (0,) * len(system.coordinates)
    return tuple(Jet(name, zero) for name in system.fields)
