"""Rules that balance the terms of the loss ``Σ_g λ_g L_g``.

``L_g`` is the sum over the term's blocks of the mean square of their residuals. With the
traces ``Tr K_g``, sums over all points of a term, and ``Tr K = Σ_g Tr K_g``:

| rule       | weight                                                          |
|------------|-----------------------------------------------------------------|
| `ntk`      | ``λ_g = Tr K / Tr K_g``                                         |
| `ntk_mean` | ``λ_g = Σ_h m_h / m_g``, ``m_g = Tr K_g / N_g``, N_g its rows     |
| `gradnorm` | ``λ_g = mean_h ‖∇L_h‖ / ‖∇L_g‖``                                |
| `fixed`    | ``λ_g = 1``                                                     |

A term whose trace (or gradient) is exactly zero does not act on the parameters, whatever
its weight; it gets 1, and the others are balanced without it.
Sources: `ntk` Wang, Yu, Perdikaris, J. Comput. Phys. 449 (2022) 110768, section 6;
`gradnorm` Wang, Sankaran, Wang, Perdikaris, "An expert's guide to training
physics-informed neural networks", arXiv 2308.08468, section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.kernels.trace import Copies, term_traces
from pdelang.networks.assembly import Assembly, Batch

Measure = Callable[[Assembly, Any, Batch, Copies], jax.Array]


@dataclass(frozen=True, slots=True)
class Rule:
    """``weigh(sizes, rows)`` turns what ``measure`` found, ``(terms,)``, into weights ``(terms,)``.

    ``rows`` is the number of rows of every term's kernel.
    """

    description: str
    measure: Measure | None
    weigh: Callable[[np.ndarray, np.ndarray], np.ndarray]


def gradient_norms(assembly: Assembly, parameters: Any, batch: Batch, copies: Copies) -> jax.Array:
    """Return ``‖∇L_g‖`` of every term, ``(terms,)``."""

    def losses_of(trained: Any) -> jax.Array:
        return assembly.losses({**parameters, "trained": trained}, batch)

    losses, pull_back = jax.vjp(losses_of, parameters["trained"])
    squares = []
    for row in jnp.eye(len(assembly.terms), dtype=losses.dtype):
        (gradient,) = pull_back(row)
        leaves = jax.tree.leaves(gradient)
        squares.append(sum((jnp.vdot(leaf, leaf) for leaf in leaves), jnp.zeros((), losses.dtype)))
    return jnp.sqrt(jnp.stack(squares))


def invert_shares(sizes: np.ndarray) -> np.ndarray:
    """Return ``Σ_h s_h / s_g``; 1 where ``s_g`` is zero."""
    is_zero = sizes == 0
    return np.where(is_zero, 1, sizes.sum() / np.where(is_zero, 1, sizes)).astype(sizes.dtype)


def weigh_ntk(traces: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ``Tr K / Tr K_g``."""
    return invert_shares(traces)


def weigh_ntk_mean(traces: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ``Σ_h m_h / m_g`` with ``m_g = Tr K_g / N_g``."""
    return invert_shares(traces / rows.astype(traces.dtype))


def weigh_gradnorm(norms: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ``mean_h ‖∇L_h‖ / ‖∇L_g‖``, the mean over the terms with a gradient."""
    acting = norms > 0
    return np.where(acting, invert_shares(norms) / max(1, acting.sum()), 1).astype(norms.dtype)


def weigh_fixed(sizes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ones."""
    return np.ones_like(sizes)


RULES: dict[str, Rule] = {
    "ntk": Rule(
        "ntk (Tr K / Tr K_g, traces are sums over the points of a term)", term_traces, weigh_ntk
    ),
    "ntk_mean": Rule(
        "ntk_mean (as ntk, traces are means over the points of a term)",
        term_traces,
        weigh_ntk_mean,
    ),
    "gradnorm": Rule(
        "gradnorm (mean of the terms' gradient norms / the term's)",
        gradient_norms,
        weigh_gradnorm,
    ),
    "fixed": Rule("fixed (every weight 1)", None, weigh_fixed),
}
