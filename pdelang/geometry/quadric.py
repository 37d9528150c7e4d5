"""Surfaces of second degree, many at a time: where lines meet them, and where their sections change.

A section of ``x·A x + b·x + c = 0`` by a plane is ``α z² + β z + γ = 0`` with α a number, β linear and γ quadratic
in the other coordinate y. Along y the roots z come or go where the discriminant ``β² − 4 α γ`` is zero, or γ where
the surface stands upright, and those of two surfaces meet where their resultant is zero: a polynomial of degree 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Coefficients this small beside the others are rounding.
_ZERO = 1e-13
# A double root of a quartic is found as a pair with an imaginary part of the root of the rounding.
_REAL = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Quadrics:
    """``x·A x + b·x + c = 0`` for ``a (f, d, d)``, symmetric, ``b (f, d)`` and ``c (f,)``."""

    a: np.ndarray
    b: np.ndarray
    c: np.ndarray

    @classmethod
    def none(cls, d: int) -> Quadrics:
        return cls(np.zeros((0, d, d)), np.zeros((0, d)), np.zeros(0))

    @classmethod
    def planes(cls, normals: np.ndarray, points: np.ndarray) -> Quadrics:
        """Return the planes through ``points (f, d)`` with ``normals (f, d)``."""
        f, d = normals.shape
        return cls(np.zeros((f, d, d)), normals, -np.sum(normals * points, axis=1))

    @classmethod
    def joined(cls, parts: list[Quadrics], d: int) -> Quadrics:
        parts = [cls.none(d), *parts]
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("a", "b", "c")))

    def __len__(self) -> int:
        return len(self.c)

    @property
    def is_curved(self) -> np.ndarray:
        return np.any(self.a != 0, axis=(1, 2))

    def image(self, inverse: np.ndarray, offset: np.ndarray) -> Quadrics:
        """Return the images under ``x ↦ M x + offset``, ``inverse`` that of M."""
        a = np.einsum("ki,fkl,lj->fij", inverse, self.a, inverse)
        b = self.b @ inverse
        at = a @ offset
        return Quadrics(a, b - 2.0 * at, self.c - b @ offset + at @ offset)

    def on_side(self, axis: int, value: float) -> Quadrics:
        """Return the sections where coordinate ``axis`` has a fixed value, over the others; parallel ones have none."""
        rest = [i for i in range(self.b.shape[1]) if i != axis]
        return Quadrics(
            self.a[:, rest][:, :, rest],
            self.b[:, rest] + 2.0 * value * self.a[:, rest, axis],
            self.c + value * self.b[:, axis] + value * value * self.a[:, axis, axis],
        )

    def values(self, points: np.ndarray) -> np.ndarray:
        """Return ``(n, f)`` at ``points (n, d)``."""
        square = np.einsum("ni,fij,nj->nf", points, self.a, points)
        return square + points @ self.b.T + self.c

    def gradients(self, numbers: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return the gradient of quadric ``numbers[n]`` at ``points[n]``, ``(n, d)``."""
        return 2.0 * np.einsum("nij,nj->ni", self.a[numbers], points) + self.b[numbers]

    def roots(self, origins: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Return where lines ``origin + t direction`` meet the surfaces, ``(n, 2 f)``: NaN for nowhere.

        First the smaller root of every surface, then the larger one of each.
        """
        alpha = self.a @ direction @ direction
        beta = 2.0 * origins @ (self.a @ direction).T + self.b @ direction
        first, second = solve_quadratic(alpha, beta, self.values(origins))
        return np.concatenate([np.fmin(first, second), np.fmax(first, second)], axis=1)

    def in_planes(self, prefix: np.ndarray) -> Sections:
        """Return the sections where all coordinates but the last two are ``prefix (n, d − 2)``."""
        k = prefix.shape[1]
        n, f = len(prefix), len(self)
        head = np.zeros((n, k + 2))
        head[:, :k] = prefix
        slope = 2.0 * np.einsum("ni,fij->nfj", head, self.a) + self.b
        tail = np.broadcast_to(self.a[:, k:, k:], (n, f, 2, 2))
        alpha = tail[..., 1, 1]
        beta = np.stack([2.0 * tail[..., 0, 1], slope[..., k + 1]], axis=-1)
        gamma = np.stack([tail[..., 0, 0], slope[..., k], self.values(head)], axis=-1)
        return Sections(alpha, beta, gamma)


def solve_quadratic(
    alpha: np.ndarray, beta: np.ndarray, gamma: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return both roots of ``α t² + β t + γ``; not finite where there is none."""
    with np.errstate(all="ignore"):
        q = -0.5 * (beta + np.copysign(np.sqrt(beta * beta - 4.0 * alpha * gamma), beta))
        first, second = q / alpha, gamma / q
    return np.where(np.isfinite(first), first, np.nan), np.where(
        np.isfinite(second), second, np.nan
    )


@dataclass(frozen=True, slots=True, eq=False)
class Sections:
    """``α z² + β(y) z + γ(y)``: ``alpha (n, f)``, ``beta (n, f, 2)`` and ``gamma (n, f, 3)``, highest power first."""

    alpha: np.ndarray
    beta: np.ndarray
    gamma: np.ndarray

    def find_turns(self) -> np.ndarray:
        """Return the y at which roots z of a surface come or go, ``(n, 4 f)``."""
        disc = -4.0 * self.alpha[..., None] * self.gamma
        disc = disc + _multiply(self.beta, self.beta)
        found = [*solve_quadratic(*np.moveaxis(disc, -1, 0))]
        size = np.abs(self.gamma).sum(axis=-1)
        upright = (np.abs(self.alpha) <= _ZERO * size) & (
            np.abs(self.beta).sum(axis=-1) <= _ZERO * size
        )
        found += [
            np.where(upright, root, np.nan)
            for root in solve_quadratic(*np.moveaxis(self.gamma, -1, 0))
        ]
        return np.concatenate(found, axis=1)

    def find_meetings(self, pairs: np.ndarray) -> np.ndarray:
        """Return the y at which two surfaces have a root in common, ``(n, 4 p)`` for ``pairs (p, 2)``."""
        i, j = pairs.T
        a1, b1, c1 = self.alpha[:, i], self.beta[:, i], self.gamma[:, i]
        a2, b2, c2 = self.alpha[:, j], self.beta[:, j], self.gamma[:, j]
        # Spheres and the like differ by a plane, which lowers the degree.
        first, second = (
            np.stack([a, b[..., 0], c[..., 0]], axis=-1) for a, b, c in ((a1, b1, c1), (a2, b2, c2))
        )
        norm = np.sum(first * first, axis=-1)
        ratio = np.where(
            norm > 0, np.sum(first * second, axis=-1) / np.where(norm > 0, norm, 1.0), 0.0
        )
        gap = np.abs(second - ratio[..., None] * first).max(axis=-1)
        like = gap <= _ZERO * np.abs(second).max(axis=-1)
        cut = np.where(like, ratio, 0.0)
        a2 = np.where(like, 0.0, a2)
        b2, c2 = b2 - cut[..., None] * b1, c2 - cut[..., None] * c1
        b2[..., 0] = np.where(like, 0.0, b2[..., 0])
        c2[..., 0] = np.where(like, 0.0, c2[..., 0])
        straight = _multiply(b1, c2, 4) - _multiply(b2, c1, 4)
        first_term = a1[..., None] * c2 - a2[..., None] * c1
        second_term = a1[..., None] * b2 - a2[..., None] * b1
        full = _multiply(first_term, first_term) - _multiply(second_term, straight)
        both = (a1 == 0) & (a2 == 0)
        # A plane along z says itself where it is met, and twice in the resultant.
        upright = like & (np.abs(b2[..., 1]) <= _ZERO * np.abs(c2).sum(axis=-1))
        full = np.where(upright[..., None], _padded(c2, 5), full)
        both &= ~upright
        return real_roots(np.where(both[..., None], _padded(straight, 5), full)).reshape(
            len(a1), 4 * len(pairs)
        )


def _padded(p: np.ndarray, length: int) -> np.ndarray:
    return np.concatenate([np.zeros((*p.shape[:-1], length - p.shape[-1])), p], axis=-1)


def _multiply(p: np.ndarray, q: np.ndarray, length: int = 0) -> np.ndarray:
    """Return the product of polynomials along the last axis, highest power first."""
    shape = np.broadcast_shapes(p.shape[:-1], q.shape[:-1])
    size = p.shape[-1] + q.shape[-1] - 1
    out = np.zeros((*shape, size))
    for k in range(p.shape[-1]):
        out[..., k : k + q.shape[-1]] += p[..., k, None] * q
    return _padded(out, length) if length > size else out


def real_roots(quartics: np.ndarray) -> np.ndarray:
    """Return the real roots of polynomials ``(…, 5)``, ``(…, 4)``, NaN for those that are missing."""
    flat = quartics.reshape(-1, 5)
    found = np.full((len(flat), 4), np.nan)
    size = np.abs(flat).max(axis=1)
    low = (size == 0) | (np.abs(flat[:, :2]).max(axis=1) <= _ZERO * size)
    found[low, :2] = np.stack(solve_quadratic(*flat[low, 2:].T), axis=1)
    high = np.flatnonzero(~low)
    # The reversed polynomial has the inverse roots and no small leading coefficient where γ is not small;
    # a shift by a fixed irrational number keeps it so.
    moved = _shifted(flat[high])
    lead = moved[:, -1:]
    with np.errstate(all="ignore"):
        monic = moved[:, -2::-1] / lead
    sound = np.isfinite(monic).all(axis=1)
    companion = np.zeros((int(sound.sum()), 4, 4))
    companion[:, 1:, :-1] = np.eye(3)
    companion[:, 0] = -monic[sound]
    inverse = np.linalg.eigvals(companion)
    with np.errstate(all="ignore"):
        roots = 1.0 / inverse
    is_real = np.abs(roots.imag) <= _REAL * (np.abs(roots) + 1.0)
    found[high[sound]] = np.where(is_real, roots.real + _SHIFT, np.nan)
    return found


def polished(polynomials: np.ndarray, roots: np.ndarray) -> np.ndarray:
    """Return roots ``(n, k)`` after two steps of Newton's method; double roots stay as they are."""
    for _ in range(2):
        value, slope = np.zeros_like(roots), np.zeros_like(roots)
        for c in polynomials.T:
            slope = slope * roots + value
            value = value * roots + c[:, None]
        with np.errstate(all="ignore"):
            step = value / slope
        roots = roots - np.where(np.abs(step) < 1e-6, step, 0.0)
    return roots


_SHIFT = 0.318309886


def _shifted(p: np.ndarray) -> np.ndarray:
    """Return the coefficients of ``p(t + shift)``, by Horner's scheme."""
    out = p.copy()
    for stop in range(p.shape[1], 1, -1):
        for k in range(1, stop):
            out[:, k] += _SHIFT * out[:, k - 1]
    return out
