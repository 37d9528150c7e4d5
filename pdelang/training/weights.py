"""Rules that balance the terms of the loss ``Σ_g λ_g L_g``.

``L_g`` is the sum over the term's blocks of the mean square of their residuals. With the
traces ``Tr K_g``, sums over all points of a term, and ``Tr K = Σ_g Tr K_g``:

| rule            | weight                                                                     |
|-----------------|----------------------------------------------------------------------------|
| `ntk`           | ``λ_g = Tr K / Tr K_g``                                                    |
| `ntk_mean`      | ``λ_g = Σ_h m_h / m_g``, ``m_g = Tr K_g / N_g``, N_g its rows                |
| `ntk_sum`       | ``λ_g = Σ_h s_h / s_g``, ``s_g = 1ᵀ K_g 1``                                  |
| `ntk_pointwise` | one weight per term and time chunk: see `training.time_chunks`             |
| `gradnorm`      | ``λ_g = mean_h ‖∇L_h‖ / ‖∇L_g‖``                                           |
| `self_adaptive` | ``λ_g ← λ_g + rate · L_g / max_h L_h``, from 1                              |
| `relobralo`     | ``λ_g ← α (ρ λ_g + (1 − ρ) b_g(0)) + (1 − α) b_g(−1)``, from 1               |
| `fixed`         | ``λ_g = 1``                                                                |

For `relobralo`, ``b_g(a) = m softmax_g(L_g / (τ L_g(a)))`` over the m terms compares the losses with
those at the first (0) or the last (−1) refresh; ρ is 1 with probability ``lookback``, else 0.
Every rule is one function of what is measured at a refresh and of the `Past`; it changes weights
at refreshes only, so `refresh_every` means the same for all.

A term whose size (trace, gradient, loss) is exactly zero does not act on the parameters, whatever
its weight; it gets 1, and the others are balanced without it.

Several tools form ``1ᵀ K_g 1 = ‖Σ_i ∂r_i/∂θ‖²`` and call it the trace: residual gradients of opposite
direction cancel in it. `ntk_sum` is for comparison with them.

Sources: `ntk` Wang, Yu, Perdikaris, J. Comput. Phys. 449 (2022) 110768, section 6;
`gradnorm` Wang, Sankaran, Wang, Perdikaris, "An expert's guide to training
physics-informed neural networks", arXiv 2308.08468, section 4.2;
`self_adaptive` McClenny, Braga-Neto, "Self-adaptive physics-informed neural networks", J. Comput.
Phys. 474 (2023) 111722, here with a weight per term; `relobralo` Bischof, Kraus,
"Multi-objective loss balancing for physics-informed deep learning", arXiv 2110.09813, eq. (11),
whose α = 0.999 per step is 0.9 per refresh of 100 steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.kernels.trace import Copies, term_traces
from pdelang.networks.assembly import Assembly, Batch
from pdelang.semantics.domain import TimeInterval
from pdelang.semantics.settings import Choice
from pdelang.training.time_chunks import TimeChunks, weigh_chunks

Measure = Callable[[Assembly, Any, Batch, Copies], jax.Array]


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What a rule may remember: sizes at the first and the last refresh, and its last weights.

    ``refresh`` counts from 0; ``seed`` makes what is random reproducible.
    """

    first: np.ndarray
    last: np.ndarray
    weights: np.ndarray
    refresh: int
    seed: int


class Weigh(Protocol):
    """Sizes and numbers of rows ``(terms,)``, and the past, to weights ``(terms,)``."""

    def __call__(
        self, sizes: np.ndarray, rows: np.ndarray, past: Past | None = None, /
    ) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """``weigh(sizes, rows, past)`` turns what ``measure`` found, ``(terms,)``, into weights ``(terms,)``.

    ``rows`` is the number of rows of every term's kernel; ``past`` is None at the first refresh.
    A rule with ``chunks`` measures and weighs every term in chunks of time, ``(terms, chunks)``.
    """

    description: str
    measure: Measure | None
    weigh: Weigh
    chunks: TimeChunks | None = None


def gradient_norms(assembly: Assembly, parameters: Any, batch: Batch, copies: Copies) -> jax.Array:
    """Return ``‖∇L_g‖`` of every term, ``(terms,)``."""

    def losses_of(trained: Any) -> jax.Array:
        return assembly.losses({**parameters, "trained": trained}, batch)

    return _row_norms(losses_of, parameters["trained"])


def _row_norms(function: Callable[[Any], jax.Array], trained: Any) -> jax.Array:
    """Return the norm of the gradient of every entry of ``function(trained) (terms,)``."""
    values, pull_back = jax.vjp(function, trained)
    squares = []
    for row in jnp.eye(values.shape[0], dtype=values.dtype):
        (gradient,) = pull_back(row)
        leaves = jax.tree.leaves(gradient)
        squares.append(sum((jnp.vdot(leaf, leaf) for leaf in leaves), jnp.zeros((), values.dtype)))
    return jnp.sqrt(jnp.stack(squares))


def kernel_sums(assembly: Assembly, parameters: Any, batch: Batch, copies: Copies) -> jax.Array:
    """Return ``1ᵀ K_g 1 = ‖Σ_i ∂r_i/∂θ‖²`` over the rows of every term, ``(terms,)``."""
    repeats = [
        [float(copies.points[b.point_set]) for b in term.blocks]
        + [float(copies.times)] * len(term.functionals)
        for term in assembly.terms
    ]

    def totals_of(trained: Any) -> jax.Array:
        residuals = assembly.residuals({**parameters, "trained": trained}, batch)
        totals = [
            sum(c * jnp.sum(r) for c, r in zip(counts, rows, strict=True))
            for counts, rows in zip(repeats, residuals, strict=True)
        ]
        return jnp.stack([jnp.asarray(total) for total in totals])

    return jnp.square(_row_norms(totals_of, parameters["trained"]))


def invert_shares(sizes: np.ndarray) -> np.ndarray:
    """Return ``Σ_h s_h / s_g``; 1 where ``s_g`` is zero."""
    is_zero = sizes == 0
    return np.where(is_zero, 1, sizes.sum() / np.where(is_zero, 1, sizes)).astype(sizes.dtype)


def weigh_ntk(traces: np.ndarray, rows: np.ndarray, past: Past | None = None) -> np.ndarray:
    """Return ``Tr K / Tr K_g``."""
    return invert_shares(traces)


def weigh_ntk_mean(traces: np.ndarray, rows: np.ndarray, past: Past | None = None) -> np.ndarray:
    """Return ``Σ_h m_h / m_g`` with ``m_g = Tr K_g / N_g``."""
    return invert_shares(traces / rows.astype(traces.dtype))


def weigh_gradnorm(norms: np.ndarray, rows: np.ndarray, past: Past | None = None) -> np.ndarray:
    """Return ``mean_h ‖∇L_h‖ / ‖∇L_g‖``, the mean over the terms with a gradient."""
    acting = norms > 0
    return np.where(acting, invert_shares(norms) / max(1, acting.sum()), 1).astype(norms.dtype)


def weigh_fixed(sizes: np.ndarray, rows: np.ndarray, past: Past | None = None) -> np.ndarray:
    """Return ones."""
    return np.ones_like(sizes)


def build_self_adaptive(rate: float) -> Weigh:
    """Return the rule that raises every weight by ``rate`` times its share of the largest loss."""

    def weigh(losses: np.ndarray, rows: np.ndarray, past: Past | None = None) -> np.ndarray:
        if past is None:
            return np.ones_like(losses)
        largest = losses.max()
        rise = losses / largest if largest > 0 else np.zeros_like(losses)
        return (past.weights + rate * rise).astype(losses.dtype)

    return weigh


def build_relobralo(temperature: float, memory: float, lookback: float) -> Weigh:
    """Return the rule of relative loss balancing with random lookback."""

    def weigh(losses: np.ndarray, rows: np.ndarray, past: Past | None = None) -> np.ndarray:
        if past is None:
            return np.ones_like(losses)
        acting = (losses > 0) & (past.first > 0) & (past.last > 0)
        if not acting.any():
            return np.ones_like(losses)

        def compare(earlier: np.ndarray) -> np.ndarray:
            ratio = losses[acting] / (temperature * earlier[acting])
            powers = np.exp(ratio - ratio.max())
            return acting.sum() * powers / powers.sum()

        keeps = np.random.default_rng([past.seed, past.refresh]).random() < lookback
        longer = past.weights[acting] if keeps else compare(past.first)
        weights = np.ones_like(losses)
        weights[acting] = memory * longer + (1 - memory) * compare(past.last)
        return weights

    return weigh


def measure_losses(assembly: Assembly, parameters: Any, batch: Batch, copies: Copies) -> jax.Array:
    """Return ``L_g`` of every term, ``(terms,)``."""
    return assembly.losses(parameters, batch)


RULES: dict[str, Rule] = {
    "ntk": Rule(
        "ntk (Tr K / Tr K_g, traces are sums over the points of a term)", term_traces, weigh_ntk
    ),
    "ntk_mean": Rule(
        "ntk_mean (as ntk, traces are means over the points of a term)",
        term_traces,
        weigh_ntk_mean,
    ),
    "ntk_sum": Rule(
        "ntk_sum (as ntk with 1ᵀK1 in place of the trace, which some tools call NTK)",
        kernel_sums,
        weigh_ntk,
    ),
    "gradnorm": Rule(
        "gradnorm (mean of the terms' gradient norms / the term's)",
        gradient_norms,
        weigh_gradnorm,
    ),
    "fixed": Rule("fixed (every weight 1)", None, weigh_fixed),
}
"""The rules without options; `build_rule` knows all."""


def build_rule(choice: Choice, time: TimeInterval | None, time_axis: int = 0) -> Rule:
    """Return the rule that the setting ``weights`` names, for a problem with this time, if any.

    ``time_axis`` is the column of points that holds the time.

    ``ntk_pointwise(chunks = 8, causality = 1)``, ``self_adaptive(rate = 0.1)`` and
    ``relobralo(temperature = 0.1, memory = 0.9, lookback = 0.9)`` have options. Raises
    ValueError for a rule that does not exist (E106).
    """
    options = dict(choice.options)
    match choice.name:
        case "ntk_pointwise":
            chunks = TimeChunks.over(time, int(options.get("chunks", 8)), time_axis)
            causality = float(options.get("causality", 1.0))
            return Rule(
                f"ntk_pointwise (mean of K_ii per term and time chunk, {chunks.count} chunks,"
                f" causality {causality:g})",
                chunks.measure,
                lambda sizes, rows, past=None: weigh_chunks(
                    sizes, causality, sizes if past is None else past.first
                ),
                chunks,
            )
        case "self_adaptive":
            rate = float(options.get("rate", 0.1))
            return Rule(
                f"self_adaptive (raised by {rate:g} of the term's share of the largest loss)",
                measure_losses,
                build_self_adaptive(rate),
            )
        case "relobralo":
            temperature = float(options.get("temperature", 0.1))
            memory = float(options.get("memory", 0.9))
            lookback = float(options.get("lookback", 0.9))
            return Rule(
                f"relobralo (temperature {temperature:g}, memory {memory:g}, lookback {lookback:g})",
                measure_losses,
                build_relobralo(temperature, memory, lookback),
            )
        case name if name in RULES:
            return RULES[name]
        case name:
            raise ValueError(f"unknown weights {name!r}")
