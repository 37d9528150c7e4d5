"""What gradient descent will do as long as the kernel stands still.

On the loss ``Σ_g λ_g L_g = Σ_i w_i r_i²`` with ``w_i = λ_g/n_i`` (n_i the rows of the block of row
i), a step of rate ρ changes the parameters by ``−ρ Jᵀ S r`` with ``S = diag(2 w)``. While J is
constant, the scaled residual ``q = S^½ r`` obeys

    q(k) = Σ_i (1 − ρ μ_i)^k ⟨v_i, q(0)⟩ v_i  ≈  Σ_i exp(−ρ μ_i k) ⟨v_i, q(0)⟩ v_i

with the eigenpairs ``(μ_i, v_i)`` of ``S^½ K S^½``. It is stable for ρ ≤ 2/μ_max. The loss of a
term is the sum of its rows' q², up to a factor, so its decay follows.
Sources: Jacot, Gabriel, Hongler, "Neural tangent kernel", NeurIPS 2018; for several terms Wang,
Yu, Perdikaris, J. Comput. Phys. 449 (2022) 110768, eqs. (4.5)-(4.8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pdelang.kernels.rows import Rows
from pdelang.kernels.spectrum import Spectrum

# Steps beyond which a forecast says never; the grid has so many points per factor of ten.
MOST_STEPS = 1e12
_PER_DECADE = 16


def loss_scales(rows: Rows, weights: np.ndarray) -> np.ndarray:
    """Return the diagonal of S, ``2 λ_g/n_i`` of every row, ``(n,)``, from weights ``(terms,)``."""
    return 2.0 * weights[rows.terms] * rows.mean_shares


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """The linear regime of one loss: its ``spectrum``, and q(0) in terms of its eigenvectors.

    ``terms (n,)`` is the term of every row, ``start (n,)`` is q(0), ``amplitudes (m,)`` its
    components. Where the spectrum is not complete, what lies outside it is taken as not decaying:
    forecasts then err on the slow side.
    """

    spectrum: Spectrum
    terms: np.ndarray
    start: np.ndarray
    amplitudes: np.ndarray

    @property
    def largest_step(self) -> float:
        """Return 2/μ_max: at a larger rate gradient descent diverges. Infinite for K = 0."""
        return 2.0 / self.spectrum.largest if self.spectrum.largest > 0 else math.inf

    def decay(self, steps: np.ndarray, rate: float) -> np.ndarray:
        """Return ``exp(−ρ μ_i k)`` for every known mode at ``steps (k,)``, ``(m, k)``."""
        rates = np.where(
            self.spectrum.eigenvalues > self.spectrum.rounding, self.spectrum.eigenvalues, 0.0
        )
        return np.exp(-rate * np.outer(rates, steps))

    def term_fractions(self, steps: np.ndarray, rate: float) -> np.ndarray:
        """Return the root mean square of every term's residual after ``steps (k,)``.

        As a fraction of its first, ``(terms, k)``; a term that starts at zero is measured by
        the largest of the others, so that it shows if it leaves zero on the way.
        """
        vectors, amplitudes = self.spectrum.vectors, self.amplitudes
        outside = self.start - vectors @ amplitudes
        q = vectors @ (amplitudes[:, None] * self.decay(steps, rate)) + outside[:, None]
        count = int(self.terms.max()) + 1
        squares = np.stack([np.sum(q[self.terms == g] ** 2, axis=0) for g in range(count)])
        first = np.array([float(np.sum(self.start[self.terms == g] ** 2)) for g in range(count)])
        first = np.where(first > 0, first, max(float(first.max()), np.finfo(float).tiny))
        return np.sqrt(squares / first[:, None])

    def steps_to(self, fraction: float, rate: float) -> tuple[float, ...]:
        """Return, per term, the steps after which its residual stays below ``fraction`` of its first.

        Infinite where more than `MOST_STEPS` are needed: the residual has a part that the
        parameters cannot move, or as good as not.
        """
        decades = int(math.log10(MOST_STEPS))
        steps = np.concatenate([[0.0], np.logspace(0, decades, decades * _PER_DECADE + 1)])
        above = self.term_fractions(steps, rate) > fraction
        return tuple(_first_below(steps, row) for row in above)


def build_forecast(
    rows: Rows, spectrum: Spectrum, residuals: np.ndarray, weights: np.ndarray
) -> Forecast:
    """Return the forecast of a loss with ``weights (terms,)`` from residuals ``(n,)`` at the start.

    ``spectrum`` is that of ``S^½ K S^½`` with the scales of `loss_scales`.
    """
    start = np.sqrt(loss_scales(rows, weights)) * residuals
    return Forecast(spectrum, rows.terms, start, spectrum.vectors.T @ start)


def _first_below(steps: np.ndarray, above: np.ndarray) -> float:
    later = np.flatnonzero(above)
    if not later.size:
        return 0.0
    following = later[-1] + 1
    return float(steps[following]) if following < steps.size else math.inf
