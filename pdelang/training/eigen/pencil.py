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
_DERIVATIVE = 1e-3  # of an eigenvalue: a difference
_NEW = 0.1  # of the length of a mode: the part of it that no earlier one has
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
        self,
        guess: float,
        low: float,
        high: float,
        step: float,
        trusted: float,
        known: np.ndarray | None = None,
    ) -> Eigenpair | None:
        """Return the eigenvalue within ``low .. high`` that is nearest to a guess, or None.

        ``step`` is for the derivative by λ. Values whose uncertainty exceeds ``trusted`` of
        themselves are artefacts. Modes in the span of those ``known``, coefficients ``(columns, k)``, do not count.
        """
        basis = self.basis()
        if known is not None:
            known = np.linalg.qr(self.values @ known)[0]
        linear = self._interpolate(guess, step)
        own = self if linear is None else replace(self, rows=linear)
        return own._search(guess, low, high, step, trusted, basis, known)

    def beside(self, pair: Eigenpair, share: float, most: int) -> np.ndarray:
        """Return the modes at an eigenvalue as columns ``(columns, k)``, the one found first.

        Others count whose uncertainty is at most ``share`` of the eigenvalue: of a multiple one.
        """
        basis = self.basis()
        step = _DERIVATIVE * (abs(pair.value) or 1.0)
        slope = (self.rows(pair.value + step) - self.rows(pair.value - step)) / (2 * step)
        _, singular, right = np.linalg.svd(self.rows(pair.value) @ basis, full_matrices=False)
        found = [pair.coefficients / np.linalg.norm(self.values @ pair.coefficients)]
        for size, z in zip(singular[: -most - 1 : -1], right[: -most - 1 : -1], strict=True):
            other = basis @ z
            moved = float(np.linalg.norm(slope @ other))
            if size > share * (abs(pair.value) or 1.0) * moved:
                break
            other = other / np.linalg.norm(self.values @ other)
            fields = self.values @ np.column_stack(found)
            left = np.linalg.lstsq(fields, self.values @ other, rcond=None)[0]
            rest = other - np.column_stack(found) @ left
            length = float(np.linalg.norm(self.values @ rest))
            if length > _NEW:
                found.append(rest / length)
        return np.column_stack(found)

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
        known: np.ndarray | None,
    ) -> Eigenpair | None:
        best = self._near(guess, guess, low, high, step, trusted, basis, known)
        for k in range(_ROUNDS):
            if best is None:
                return None
            # At the eigenvalue itself the rows are singular: the next shift stands beside it, nearer
            # and nearer, since what rows that bend lead to is off by the square of the distance.
            shift = best.value + _BESIDE * 10.0**-k * max(abs(best.value), step)
            found = self._near(shift, best.value, low, high, step, trusted, basis, known)
            if found is None:
                break
            moved, best = abs(found.value - best.value), found
            if moved <= _SETTLED * max(abs(best.value), step):
                break
        return best

    def basis(self) -> np.ndarray:
        """Return T: ``values @ T`` has orthonormal columns, ``(columns, m)``."""
        lengths = np.linalg.norm(self.values, axis=0)
        lengths[lengths == 0.0] = 1.0
        scaled = self.values / (lengths * np.sqrt(len(self.values)))
        _, singular, right = np.linalg.svd(scaled, full_matrices=False)
        kept = singular > _DEPENDENT * singular[0]
        scale = lengths * np.sqrt(len(self.values))
        return right[kept].T / singular[kept] / scale[:, None] * np.sqrt(len(self.values))

    def _is_known(self, mode: np.ndarray, known: np.ndarray) -> bool:
        fields = self.values @ mode
        rest = fields - known @ (known.T @ fields)
        return float(np.linalg.norm(rest)) < _NEW * float(np.linalg.norm(fields))

    def _near(
        self,
        shift: float,
        wanted: float,
        low: float,
        high: float,
        step: float,
        trusted: float,
        basis: np.ndarray,
        known: np.ndarray | None,
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
            if known is not None and self._is_known(basis @ real, known):
                continue
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
