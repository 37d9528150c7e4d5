"""How rough a fitted field may be: a prior of smoothness whose strength the data choose.

A field departs from its guess by a polynomial p with coefficients θ. Between what the data fix it
is to be smooth, so the rows of the data get company:

    ‖r(θ)‖² + α J(p),    J(p) = ∫ Σ_{|β|=2} (2!/β!) (∂^β p)² dξ = ‖Rθ‖²,   ξ in [-1, 1] per axis,

the energy of a bent plate. Constants and slopes cost nothing. Read as a prior, p ~ N(0, s²(αRᵀR)⁻¹),
and α is where the data are likeliest, constants and slopes integrated out (restricted maximum
likelihood). With the linearised rows y ≈ Jθ, A = JᵀJ + α RᵀR and c = min ‖Jθ − y‖² + α‖Rθ‖²,

    −2 log L = c + log det A − rank(R) log α              noise known: rows of deviation s = 1
    −2 log L = (n − q) log c + log det A − rank(R) log α  not known: s² = c/(n − q)

with q coefficients free of the penalty. ``s² A⁻¹`` is the covariance of θ: bands that hold the bias of
smoothing as well as the noise, with about their nominal coverage on average over the domain.
Sources: Wahba, "Bayesian confidence intervals for the cross-validated smoothing spline", J. R. Stat.
Soc. B 45 (1983); Nychka, J. Am. Stat. Assoc. 83 (1988); Wood, J. R. Stat. Soc. B 73 (2011).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product

import numpy as np
from numpy.polynomial import chebyshev
from scipy import linalg

from pdelang.geometry.gauss_legendre import gauss_legendre
from pdelang.semantics.measured import FieldSeries
from pdelang.training.inverse.parameters import Parameters, Slot

# Powers of ten of α, over the ratio of the traces of JᵀJ and RᵀR, that are tried.
_STRENGTHS = np.linspace(-10.0, 6.0, 33)
_SWEEPS = 3  # over the fields, where there are several


def choose_penalty(
    parameters: Parameters, jacobian: np.ndarray, target: np.ndarray, has_noise: bool
) -> np.ndarray:
    """Return rows √α R ``(k, p)`` of all fields, for linearised rows ``jacobian @ θ ≈ target``."""
    fields = [slot for slot in parameters.slots if slot.fit.is_field]
    roughness = {slot.fit.name: spread_roughness(slot, parameters.count) for slot in fields}
    rough = [name for name, rows in roughness.items() if len(rows)]
    gram, size = jacobian.T @ jacobian, float(target @ target)
    slope = jacobian.T @ target
    energies = {name: roughness[name].T @ roughness[name] for name in rough}
    ranks = {name: int(np.linalg.matrix_rank(energies[name])) for name in rough}
    units = {
        slot.fit.name: np.trace(gram[_own(slot), _own(slot)]) / np.trace(energies[slot.fit.name])
        for slot in fields
        if slot.fit.name in rough
    }
    strengths = {name: units[name] for name in rough}
    free = parameters.count - sum(ranks.values())
    freedom = max(len(target) - free, 1)

    def deviance() -> float:
        whole = gram + sum(
            (strengths[name] * energies[name] for name in rough), np.zeros_like(gram)
        )
        scale = np.sqrt(np.maximum(np.diag(whole), 1e-300))
        try:
            factor = linalg.cho_factor(whole / np.outer(scale, scale), lower=True)
        except linalg.LinAlgError:
            return math.inf
        theta = linalg.cho_solve(factor, slope / scale) / scale
        cost = max(size - float(slope @ theta), 1e-300)
        volume = 2.0 * float(np.log(np.diag(factor[0])).sum() + np.log(scale).sum())
        volume -= sum(ranks[name] * math.log(strengths[name]) for name in rough)
        return volume + (cost if has_noise else freedom * math.log(cost))

    for _ in range(_SWEEPS if len(rough) > 1 else 1):
        for name in rough:
            found: list[tuple[float, float]] = []
            for power in _STRENGTHS:
                strengths[name] = units[name] * 10.0**power
                found.append((deviance(), strengths[name]))
            strengths[name] = min(found)[1]
    rows = [math.sqrt(strengths[name]) * roughness[name] for name in rough]
    return np.concatenate(rows) if rows else np.zeros((0, parameters.count))


def spread_roughness(slot: Slot, count: int) -> np.ndarray:
    """Return R of a field among all ``count`` parameters, ``(k, count)``; no rows below degree 2."""
    assert isinstance(slot.fit.value, FieldSeries)
    own = roughness_rows(slot.fit.value.degrees)
    rows = np.zeros((len(own), count))
    rows[:, _own(slot)] = own
    return rows


def roughness_rows(degrees: Iterable[tuple[int, ...]]) -> np.ndarray:
    """Return R with ``‖Rc‖² = J(Σ c_m T_m)``, ``(k, len(degrees))``; see the module."""
    degrees = tuple(degrees)
    d = len(degrees[0])
    highest = max(map(max, degrees))
    if max(map(sum, degrees)) < 2:
        return np.zeros((0, len(degrees)))
    nodes, weights = gauss_legendre(highest + 1)
    tables = [
        chebyshev.chebvander(nodes, highest) @ _derivative_matrix(highest, order)
        for order in range(3)
    ]
    weight = weights
    for _ in range(d - 1):
        weight = np.multiply.outer(weight, weights)
    blocks = []
    for orders in product(range(3), repeat=d):
        if sum(orders) != 2:
            continue
        share = math.sqrt(2.0 / math.prod(math.factorial(k) for k in orders))
        columns = []
        for degree in degrees:
            values = np.ones(())
            for axis, k in enumerate(degree):
                values = np.multiply.outer(values, tables[orders[axis]][:, k])
            columns.append((share * np.sqrt(weight) * values).ravel())
        blocks.append(np.stack(columns, axis=1))
    # As many rows as columns say the same.
    triangle = np.linalg.qr(np.concatenate(blocks), mode="r")
    return triangle[np.abs(triangle).max(axis=1) > 1e-12 * np.abs(triangle).max()]


def _derivative_matrix(highest: int, order: int) -> np.ndarray:
    """Return the matrix that differentiates Chebyshev coefficients, ``(highest + 1, highest + 1)``."""
    matrix = np.eye(highest + 1)
    for _ in range(order):
        matrix = (
            np.stack(
                [np.append(chebyshev.chebder(column), 0.0)[: highest + 1] for column in matrix.T],
                axis=1,
            )
            if highest
            else np.zeros((1, 1))
        )
    return matrix


def _own(slot: Slot) -> slice:
    return slice(slot.start, slot.start + slot.count)
