"""Eigenvalues of overdetermined rows: where ``R(λ) c = 0`` has a solution that is not zero.

R(λ) are the weighted rows of all equations and conditions over the features' coefficients, V the
fields at points of the interior. Features are close to dependent, so that a small ‖R c‖ may belong to
a tiny field; what counts is

    σ(λ) = min_c ‖R(λ) c‖ / ‖V c‖,

taken over an orthonormal basis of the fields' values: ``V T`` has orthonormal columns, and ``σ(λ)`` is
the least singular value of ``R(λ) T`` (Betcke and Trefethen, "Reviving the method of particular
solutions", SIAM Review 47, 2005). Eigenvalues near a shift λ₀ follow from one factorisation,

    R(λ₀ + δ) z ≈ A z + δ B z = 0   ⇒   −A⁺B z = z/δ,

the method of successive linear problems (Ruhe 1973), and δ from the Rayleigh quotient at the end. A
residual ρ = ‖R(λ) z‖ moves the eigenvalue by about ``ρ/‖B z‖``, which tells eigenvalues from artefacts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg

# Directions of the coefficients whose fields are smaller than this are rounding.
_DEPENDENT = 1e-12
_REAL = 1e-3  # imaginary part of a distance, relative
_ROUNDS = 6
_SETTLED = 1e-13
_LINEAR = 1e-9  # of the change of the rows, for how they bend
_BESIDE = 1e-3  # of an eigenvalue


@dataclass(frozen=True, slots=True, eq=False)
class Eigenpair:
    """An eigenvalue with its coefficients ``(fields · M,)``.

    ``uncertainty`` is what the residual may move the value by; ``gap`` the same of the next best
    mode at this value: small where the eigenvalue is multiple.
    """

    value: float
    coefficients: np.ndarray
    uncertainty: float
    gap: float


@dataclass(frozen=True, slots=True, eq=False)
class Pencil:
    """``rows(λ) (n, columns)`` and ``values (points, columns)`` of all fields."""

    rows: Callable[[float], np.ndarray]
    values: np.ndarray

    def find(
        self, guess: float, low: float, high: float, step: float, trusted: float
    ) -> Eigenpair | None:
        """Return the eigenvalue within ``low .. high`` that is nearest to a guess, or None.

        ``step`` is for the derivative by λ. Values whose uncertainty exceeds ``trusted`` of
        themselves are artefacts.
        """
        basis = self._basis()
        linear = self._interpolate(guess, step)
        if linear is not None:
            return replace(self, rows=linear)._search(guess, low, high, step, trusted, basis)
        return self._search(guess, low, high, step, trusted, basis)

    def _interpolate(self, guess: float, step: float) -> Callable[[float], np.ndarray] | None:
        """Return the rows as a function of λ that is cheap, where they are linear in it."""
        before, here, after = (self.rows(guess + k * step) for k in (-1.0, 0.0, 1.0))
        slope = (after - before) / (2 * step)
        bend = np.linalg.norm(after - 2 * here + before)
        if bend > _LINEAR * np.linalg.norm(after - before):
            return None
        return lambda value: here + (value - guess) * slope

    def _search(
        self,
        guess: float,
        low: float,
        high: float,
        step: float,
        trusted: float,
        basis: np.ndarray,
    ) -> Eigenpair | None:
        best = self._near(guess, guess, low, high, step, trusted, basis)
        for _ in range(_ROUNDS):
            if best is None:
                return None
            # At the eigenvalue itself the rows are singular: the next shift stands beside it.
            shift = best.value + _BESIDE * max(abs(best.value), step)
            found = self._near(shift, best.value, low, high, step, trusted, basis)
            if found is None:
                break
            moved, best = abs(found.value - best.value), found
            if moved <= _SETTLED * max(abs(best.value), step):
                break
        return best

    def _basis(self) -> np.ndarray:
        """Return T: ``values @ T`` has orthonormal columns, ``(columns, m)``."""
        lengths = np.linalg.norm(self.values, axis=0)
        lengths[lengths == 0.0] = 1.0
        scaled = self.values / (lengths * np.sqrt(len(self.values)))
        _, singular, right = np.linalg.svd(scaled, full_matrices=False)
        kept = singular > _DEPENDENT * singular[0]
        scale = lengths * np.sqrt(len(self.values))
        return right[kept].T / singular[kept] / scale[:, None] * np.sqrt(len(self.values))

    def _near(
        self,
        shift: float,
        wanted: float,
        low: float,
        high: float,
        step: float,
        trusted: float,
        basis: np.ndarray,
    ) -> Eigenpair | None:
        a = self.rows(shift) @ basis
        b = (self.rows(shift + step) - self.rows(shift - step)) @ basis / (2 * step)
        q, r = np.linalg.qr(a)
        projected = q.T @ b
        # Nearly singular at an eigenvalue: that direction is the one sought, and may be large.
        lift = np.finfo(float).eps * np.abs(np.diag(r)).max()
        r[np.diag_indices_from(r)] += np.where(np.abs(np.diag(r)) < lift, lift, 0.0)
        operator = -linalg.solve_triangular(r, projected)
        inverse, vectors = np.linalg.eig(operator)
        candidates = []
        for mu, z in zip(inverse, vectors.T, strict=True):
            if abs(mu) < 1e-300 or abs((1 / mu).imag) > _REAL * max(abs(1 / mu), step):
                continue
            value = shift + float((1 / mu).real)
            if not low <= value <= high:
                continue
            turned = z * np.exp(-1j * np.angle(z[np.argmax(np.abs(z))]))
            real = turned.real / np.linalg.norm(turned.real)
            az, bz = a @ real, b @ real
            size = float(bz @ bz)
            if size == 0.0:
                continue
            delta = -float(az @ bz) / size
            residual = np.linalg.norm(az + delta * bz)
            uncertainty = float(residual / np.sqrt(size))
            if uncertainty <= trusted * max(abs(value), step):
                candidates.append((abs(value - wanted), shift + delta, uncertainty, real, size))
        if not candidates:
            return None
        _, value, uncertainty, real, size = min(candidates, key=lambda c: c[:3])
        at_value = a + (value - shift) * b
        least = (
            np.linalg.svd(at_value, compute_uv=False)[-2:] if at_value.shape[1] > 1 else [np.inf, 0]
        )
        return Eigenpair(value, basis @ real, uncertainty, float(least[0] / np.sqrt(size)))
