"""The weight of every term, by the kernel of its rows.

Rows of term g are multiplied by √λ_g with the paper's weights λ_g = Tr K / Tr K_g: for frozen
features K is the conjugate kernel and Tr K_g the sum of squares of the term's rows, so every
term enters with the same Frobenius norm (Wang, Yu, Perdikaris 2022).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

# Rows over the coefficients and their right-hand side, with the term's label.
LabelledRows = tuple[str, np.ndarray, np.ndarray]

# Of the trace of all rows; the square of what rounding leaves of a row of length 1.
_ROUNDING = 1e-28


def balance(
    rows: Iterable[LabelledRows], rule: str, unit_columns: bool = False
) -> dict[str, float]:
    """Return the weight of every term; 0 for a term whose rows all vanish.

    ``ntk`` is ``Tr K / Tr K_g`` with sums over the rows of a term, ``ntk_mean`` the same with
    means, ``gradnorm`` ``mean_j ‖∇L_j‖ / ‖∇L_g‖`` of the right-hand sides, ``fixed`` 1. With
    ``unit_columns`` the features are first scaled so that each column of all rows together
    has length 1: the kernel of features whose derivatives differ by orders of magnitude is
    otherwise that of the few largest.
    """
    squares: dict[str, np.ndarray] = {}
    counts: dict[str, int] = {}
    gradients: dict[str, np.ndarray] = {}
    for label, block, target in rows:
        own = np.einsum("ij,ij->j", block, block)
        squares[label] = squares[label] + own if label in squares else own
        counts[label] = counts.get(label, 0) + len(block)
        if rule == "gradnorm":
            gradients[label] = gradients.get(label, np.zeros(block.shape[1])) + target @ block
    if unit_columns:
        lengths = np.sum(list(squares.values()), axis=0)
        lengths[lengths == 0.0] = 1.0
        squares = {g: own / lengths for g, own in squares.items()}
        gradients = {g: gradient / np.sqrt(lengths) for g, gradient in gradients.items()}
    traces = {g: float(own.sum()) for g, own in squares.items()}
    if unit_columns:
        # Features of one parity make some rows vanish, up to rounding, which is to get no weight.
        least = _ROUNDING * sum(traces.values())
        traces = {g: trace if trace > least else 0.0 for g, trace in traces.items()}
    match rule:
        case "ntk":
            sizes = traces
            total = sum(traces.values())
        case "ntk_mean":
            sizes = {g: traces[g] / counts[g] for g in traces}
            total = sum(sizes.values())
        case "gradnorm":
            sizes = {g: float(np.linalg.norm(gradients[g])) / counts[g] for g in traces}
            total = sum(sizes.values()) / len(sizes)
        case "fixed":
            return dict.fromkeys(traces, 1.0)
        case _:
            raise ValueError(f"unknown weights {rule!r}")
    # A term that is satisfied at once has no gradient; it keeps the weight 1.
    return {g: total / s if s > 0.0 else float(traces[g] > 0.0) for g, s in sizes.items()}
