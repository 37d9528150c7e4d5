"""A residual with its derivatives by the jets, evaluated in NumPy at many points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import sympy

from pdelang.calculus.jet import Jet
from pdelang.calculus.numeric import Plan, evaluate, numpy_functions, plan
from pdelang.calculus.system import Residual, System


class Located(Protocol):
    """Points ``(n, d)`` at which given jets are known."""

    @property
    def system(self) -> System: ...
    @property
    def jets(self) -> tuple[Jet, ...]: ...
    @property
    def points(self) -> np.ndarray: ...
    @property
    def place_values(self) -> dict[sympy.Symbol, np.ndarray]: ...


@lru_cache(maxsize=256)
def plan_of(residual: Residual) -> Plan:
    """Return the plan of a residual, its derivatives and slopes; every fit evaluates the same ones."""
    return plan((residual.expression, *residual.derivatives, *residual.nonlocal_slopes))


@dataclass(frozen=True, slots=True, eq=False)
class PlannedResidual:
    """A residual with ``∂r/∂j``, ready for numbers; ``chosen`` are its jets' places in a basis."""

    residual: Residual
    chosen: tuple[int, ...]
    planned: Plan

    @classmethod
    def of(cls, residual: Residual, basis_jets: tuple) -> PlannedResidual:
        chosen = tuple(basis_jets.index(j) for j in residual.jets)
        return cls(residual, chosen, plan_of(residual))

    def linearise(self, basis: Located, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the scaled residual ``(n,)`` and its derivatives ``(basis jets, n)``."""
        system, n = basis.system, len(basis.points)
        symbols = dict(system.jet_symbols)
        values = basis.place_values
        for jet, value in zip(basis.jets, state, strict=True):
            values[symbols[jet]] = value
        with np.errstate(all="ignore"):
            results = evaluate(self.planned, values, numpy_functions(), zero_slope_at_kinks=True)
        derivatives = np.zeros((len(basis.jets), n))
        for position, value in zip(self.chosen, results[1:], strict=True):
            derivatives[position] = value
        scale = self.residual.scale
        return np.broadcast_to(np.asarray(results[0], float), (n,)) / scale, derivatives / scale

    def measure(self, basis: Located, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the scaled residual and the size of its summands, ``(n,)`` each.

        The size is ``Σ_j |∂r/∂j · j| + |rest|``, how large the residual would be if nothing cancelled.
        """
        residual, derivatives = self.linearise(basis, state)
        parts = derivatives * state
        return residual, np.abs(parts).sum(axis=0) + np.abs(residual - parts.sum(axis=0))
