"""Sparse coefficients over a dictionary: the group lasso, then as few features as the bound allows.

With the features of fixed gates as columns of A, scaled to unit length, and one column of Y per field,

    min_C  ½ ‖A C − Y‖²_F + μ Σ_m ‖c_m‖₂

is convex, and its solution uses few rows c_m. It is found by reweighted least squares: since
``‖c‖ ≤ ‖c‖²/(2g) + g/2`` with equality at g = ‖c‖, each step solves

    min_C  ‖A C − Y‖² + μ Σ_m ‖c_m‖² / g_m,      then g_m = ‖c_m‖,

by orthogonal factors, not by normal equations, which would lose half of the digits. μ follows the bound:
it rises while the residual stays below half of it, and falls else. The penalty also shortens what it
keeps, so the features are ordered by ‖c_m‖, fitted anew without it, and cut where the bound is met.
Sources: the training of a network of threshold neurons is a lasso over its gates, Ergen, Gulluk, Lacotte,
Pilanci, "Globally optimal training of neural networks with threshold activation functions", ICLR 2023,
arXiv 2303.03382, theorem 2.1; reweighting: Daubechies, DeVore, Fornasier, Güntürk, Comm. Pure Appl. Math.
63 (2010) 1-38.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

_ITERATIONS = 40
# A feature whose part in the fields is below this share of the bound is left out at once.
_NEGLIGIBLE = 1e-3
_FIRST_PENALTY = 0.1
# The share of the bound that the penalty may take, the factor by which it grows, at first and at last, and how
# often in a row it may have grown too far.
_SHARE = 0.5
_FIRST_STEP, _LAST_STEP, _REJECTIONS = 4.0, 1.2, 5
_CUTOFF = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Fields ``columns`` on points: ``features (n, m)``, ``values (n, q)``.

    Both are scaled so that the bound on what a field may move is the length 1 of its column.
    """

    columns: tuple[int, ...]
    features: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """``‖A c − y‖² = ‖R c − b‖² + rest²`` for each column; from QR of [A | Y]."""

    columns: tuple[int, ...]
    triangle: np.ndarray
    targets: np.ndarray
    rest: np.ndarray


def factorise(rows: Rows) -> Factor:
    """Return the triangular factor of the rows of some fields."""
    m = rows.features.shape[1]
    whole = np.asarray(np.linalg.qr(np.hstack([rows.features, rows.values]), mode="r"))
    return Factor(rows.columns, whole[:m, :m], whole[:m, m:], np.linalg.norm(whole[m:, m:], axis=0))


def solve_group_lasso(
    factors: list[Factor],
    fields: int,
    penalty: float | None = None,
    iterations: int = _ITERATIONS,
) -> np.ndarray:
    """Return C ``(m, fields)`` of the group lasso, for μ = ``penalty`` or for the bound 1.

    Features that turn out to be negligible are zero.
    """
    m = factors[0].triangle.shape[1]
    lengths = _measure_lengths(factors)
    active, sizes = np.arange(m), np.ones(m)
    kept = np.zeros((m, fields))
    mu, step, rejected = penalty or _FIRST_PENALTY, _FIRST_STEP, 0
    for _ in range(iterations):
        roots = np.sqrt(sizes[active])
        found = np.zeros((m, fields))
        worst = 0.0
        for factor in factors:
            own = factor.triangle[:, active] * (roots / lengths[active])
            scaled = _solve_ridge(own, factor.targets, mu)
            missed = np.linalg.norm(own @ scaled - factor.targets, axis=0)
            worst = max(worst, float(np.max(np.hypot(missed, factor.rest))))
            found[np.ix_(active, np.array(factor.columns))] = roots[:, None] * scaled
        if penalty is None and worst > _SHARE:
            # Too far: what this penalty would leave out may be needed. Nothing of it is kept.
            mu, step, rejected = mu / step, max(_LAST_STEP, np.sqrt(step)), rejected + 1
            if rejected > _REJECTIONS:
                break
            continue
        kept, sizes, rejected = found, np.linalg.norm(found, axis=1), 0
        least = _NEGLIGIBLE / m if penalty is None else 1e-14 * float(sizes.max(initial=0.0))
        active = np.flatnonzero(sizes > least)
        if not active.size:
            break
        if penalty is None:
            mu *= step
    return kept / lengths[:, None]


def choose_features(
    factors: list[Factor],
    checks: list[Rows],
    given: np.ndarray,
    always: tuple[int, ...] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Return the fewest features that stay within the bound on ``checks``, and their coefficients.

    Features are taken in the order of the lasso's coefficients, and in that of the coefficients
    ``given (m, fields)``; the order that needs fewer counts. The features are numbers, ``(k,)``, the
    coefficients ``(k, fields)``. All of them are returned where no fewer will do.
    """
    fields = given.shape[1]
    lengths = _measure_lengths(factors)
    best = np.arange(len(given))
    for coefficients in (solve_group_lasso(factors, fields), given):
        sizes = np.linalg.norm(coefficients, axis=1) * lengths
        sizes[list(always)] = np.inf
        order = np.argsort(-sizes, kind="stable")
        low, high = max(1, len(always)), len(best)
        while low < high:
            middle = (low + high) // 2
            if _is_within(factors, checks, fields, order[:middle]):
                high = middle
            else:
                low = middle + 1
        if high < len(best):
            best = order[:high]
    kept = np.sort(best)
    return kept, refit(factors, fields, kept)


def _measure_lengths(factors: list[Factor]) -> np.ndarray:
    lengths = np.sqrt(sum(np.sum(f.triangle**2, axis=0) for f in factors))
    return np.where(lengths > 0, lengths, 1.0)


def refit(factors: list[Factor], fields: int, kept: np.ndarray) -> np.ndarray:
    """Return the least-squares coefficients ``(len(kept), fields)`` of some features."""
    found = np.zeros((len(kept), fields))
    for factor in factors:
        own = factor.triangle[:, kept]
        lengths = np.linalg.norm(own, axis=0)
        lengths[lengths == 0] = 1.0
        solved = linalg.lstsq(own / lengths, factor.targets, cond=_CUTOFF, check_finite=False)
        assert solved is not None
        found[:, list(factor.columns)] = np.asarray(solved[0]) / lengths[:, None]
    return found


def distances(checks: list[Rows], coefficients: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return how far every field is from its values, in units of its bound, ``(fields,)``."""
    found = np.zeros(coefficients.shape[1])
    for rows in checks:
        missed = rows.features[:, kept] @ coefficients[:, list(rows.columns)] - rows.values
        found[list(rows.columns)] = np.linalg.norm(missed, axis=0)
    return found


def _is_within(factors: list[Factor], checks: list[Rows], fields: int, kept: np.ndarray) -> bool:
    return bool(np.max(distances(checks, refit(factors, fields, kept), kept)) <= 1.0)


def _solve_ridge(matrix: np.ndarray, targets: np.ndarray, ridge: float) -> np.ndarray:
    """Return the minimiser of ``‖A z − b‖² + μ ‖z‖²`` by QR."""
    m = matrix.shape[1]
    stacked = np.vstack([matrix, np.sqrt(ridge) * np.eye(m)])
    right = np.vstack([targets, np.zeros((m, targets.shape[1]))])
    whole = np.asarray(np.linalg.qr(np.hstack([stacked, right]), mode="r"))
    return linalg.solve_triangular(whole[:m, :m], whole[:m, m:], check_finite=False)
