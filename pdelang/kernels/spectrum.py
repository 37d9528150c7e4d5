"""Spectra of kernels: all eigenvalues up to 10⁴ rows, the leading ones by Lanczos above."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh
from scipy.sparse.linalg import LinearOperator, eigsh

from pdelang.kernels.gram import gram_matrix, kernel_diagonal, scale_kernel
from pdelang.kernels.jacobian import JacobianRows

DENSE_UP_TO = 10_000
LEADING = 64


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Eigenvalues of a symmetric kernel of ``size`` rows, falling, with eigenvectors.

    ``eigenvalues (m,)``, ``vectors (size, m)``: column i is eigenfunction i on the points.
    ``is_complete`` where m = size. Eigenvalues below ``rounding`` are not known to be other
    than zero.
    """

    eigenvalues: np.ndarray
    vectors: np.ndarray
    trace: float

    @property
    def size(self) -> int:
        return self.vectors.shape[0]

    @property
    def is_complete(self) -> bool:
        return self.eigenvalues.size == self.size

    @property
    def largest(self) -> float:
        return float(self.eigenvalues[0])

    @property
    def smallest(self) -> float | None:
        """The smallest eigenvalue, 0 where it is rounding; None where only the leading are known."""
        if not self.is_complete:
            return None
        last = float(self.eigenvalues[-1])
        return last if last > self.rounding else 0.0

    @property
    def rounding(self) -> float:
        """``n ε λ_max``: what float64 leaves of an eigenvalue that is zero."""
        return self.size * np.finfo(np.float64).eps * max(self.largest, 0.0)

    @property
    def rank(self) -> int:
        """How many known eigenvalues are above rounding."""
        return int(np.sum(self.eigenvalues > self.rounding))

    @property
    def condition(self) -> float | None:
        """``λ_max/λ_min``, infinite where λ_min is rounding; None where λ_min is not known."""
        smallest = self.smallest
        if smallest is None:
            return None
        return self.largest / smallest if smallest > 0 else math.inf

    def effective_dimension(self, ridge: float) -> float:
        """Return ``Σ λ/(λ + γ)``, γ = ``ridge`` > 0; a lower bound where some λ are not known.

        With γ = λ_max/N it is the number of directions that N steps of gradient descent at
        rate 1/λ_max can reach.
        """
        known = np.maximum(self.eigenvalues, 0.0)
        total = float(np.sum(known / (known + ridge)))
        if not self.is_complete:
            # Each of the others is at most the last one known, and together they have the rest.
            rest = max(self.trace - float(known.sum()), 0.0)
            total += rest / (float(known[-1]) + ridge)
        return total


def dense_spectrum(kernel: np.ndarray) -> Spectrum:
    """Return the whole spectrum of a symmetric kernel ``(n, n)``."""
    values, vectors = eigh(kernel, check_finite=False)
    return Spectrum(values[::-1], vectors[:, ::-1], float(np.trace(kernel)))


def lanczos_spectrum(
    product: Callable[[np.ndarray], np.ndarray],
    diagonal: np.ndarray,
    leading: int = LEADING,
    seed: int = 0,
) -> Spectrum:
    """Return the ``leading`` largest eigenvalues of a kernel known by ``v -> K v``.

    ``diagonal (n,)`` gives the trace. Implicitly restarted Lanczos (Lehoucq, Sorensen, Yang,
    "ARPACK users' guide", 1998) to full precision. The smallest eigenvalues of smooth kernels
    lie at rounding, where no iteration separates them: they are not sought.
    """
    size = diagonal.size
    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)  # pyright: ignore[reportCallIssue]
    start = np.random.default_rng(seed).standard_normal(size)
    values, vectors = eigsh(operator, k=min(leading, size - 1), which="LA", v0=start)
    order = np.argsort(values)[::-1]
    return Spectrum(values[order], vectors[:, order], float(diagonal.sum()))


def kernel_spectrum(
    jacobian: JacobianRows,
    parameters: Any,
    scales: np.ndarray | None = None,
    dense_up_to: int = DENSE_UP_TO,
) -> Spectrum:
    """Return the spectrum of ``S^½ J Jᵀ S^½``: dense up to ``dense_up_to`` rows, else Lanczos.

    ``scales (n,)`` is the diagonal of S, ones by default. Above the limit neither J nor K is
    formed: a product with K is one forward and one reverse pass.
    """
    scales = np.ones(jacobian.count) if scales is None else scales
    if jacobian.count <= dense_up_to:
        return dense_spectrum(scale_kernel(gram_matrix(jacobian, parameters), scales))
    roots = np.sqrt(scales)

    def product(vector: np.ndarray) -> np.ndarray:
        pulled = jacobian.pull(parameters, roots * vector.reshape(-1))
        return roots * jacobian.push(parameters, pulled)

    return lanczos_spectrum(product, scales * kernel_diagonal(jacobian, parameters))
