"""The neural tangent kernel of a problem, ``K = J Jᵀ``, and its blocks ``K_gh = J_g J_hᵀ``.

J has p columns and may not fit into memory where K does; then K is made from pairs of chunks
of rows, each chunk of at most half the budget.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pdelang.kernels.jacobian import JacobianRows

# Bytes that rows of J may take at one time.
BUDGET = 1 << 30


def gram_matrix(jacobian: JacobianRows, parameters: Any, budget: int = BUDGET) -> np.ndarray:
    """Return ``K = J Jᵀ`` of all rows, ``(n, n)`` float64, symmetric exactly.

    Rows count once each, whatever their copies; `scale_kernel` makes them count otherwise.
    """
    count = jacobian.count
    size = _chunk_rows(jacobian, budget)
    kernel = np.empty((count, count))
    for start in range(0, count, size):
        stop = min(start + size, count)
        own = jacobian.evaluate(parameters, start, stop)
        kernel[start:stop, start:stop] = own @ own.T
        for first in range(0, start, size):
            last = min(first + size, start)
            other = jacobian.evaluate(parameters, first, last)
            kernel[start:stop, first:last] = own @ other.T
            kernel[first:last, start:stop] = kernel[start:stop, first:last].T
    return kernel


def kernel_block(
    jacobian: JacobianRows, parameters: Any, term: int, other: int, budget: int = BUDGET
) -> np.ndarray:
    """Return ``K_gh = J_g J_hᵀ`` between the rows of two terms, ``(n_g, n_h)``."""
    own, others = jacobian.rows.slice_of(term), jacobian.rows.slice_of(other)
    size = _chunk_rows(jacobian, budget)
    block = np.empty((own.stop - own.start, others.stop - others.start))
    for start in range(own.start, own.stop, size):
        stop = min(start + size, own.stop)
        left = jacobian.evaluate(parameters, start, stop)
        for first in range(others.start, others.stop, size):
            last = min(first + size, others.stop)
            right = jacobian.evaluate(parameters, first, last)
            block[
                start - own.start : stop - own.start, first - others.start : last - others.start
            ] = left @ right.T
    return block


def kernel_diagonal(jacobian: JacobianRows, parameters: Any, budget: int = BUDGET) -> np.ndarray:
    """Return ``K_ii = ‖∂r_i/∂θ‖²`` of every row, ``(n,)``."""
    size = _chunk_rows(jacobian, budget)
    parts = []
    for start in range(0, jacobian.count, size):
        rows = jacobian.evaluate(parameters, start, min(start + size, jacobian.count))
        parts.append(np.einsum("ij,ij->i", rows, rows))
    return np.concatenate(parts)


def scale_kernel(kernel: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Return ``S^½ K S^½`` for ``S = diag(scales)``, ``scales (n,)`` not negative.

    With a row's copies as its scale, the nonzero eigenvalues are those of the kernel in which
    the row stands as often; with ``2 λ_g/n`` they are the rates of gradient flow on the loss.
    """
    roots = np.sqrt(scales)
    return roots[:, None] * kernel * roots[None, :]


def _chunk_rows(jacobian: JacobianRows, budget: int) -> int:
    return max(1, min(jacobian.count, budget // (2 * 8 * max(1, jacobian.columns))))
