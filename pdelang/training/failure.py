"""Which statement of the spec gave a value that is not finite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.calculus.system import System
from pdelang.networks.assembly import Assembly, Batch
from pdelang.training.places import find_layers_of

# A relative residual above this, which no finer solve lowers, is not one of resolution.
_CONTRADICTION = 1e-3


def describe_failure(
    assembly: Assembly, trained: Any, frozen: Any, batch: Batch, step: int
) -> tuple[str, ...]:
    """Return a sentence per statement whose mean square, or its gradient, is not finite.

    Each names the term, the statement and its file and line.
    """
    sentences = []
    for term, placed in enumerate(assembly.terms):
        rows = [(b.compiled.block.name, b.compiled.block.span) for b in placed.blocks]
        rows += [
            (f.compiled.functional.name, f.compiled.functional.span) for f in placed.functionals
        ]
        for number, (name, span) in enumerate(rows):

            def mean_square(theta: Any, term: int = term, number: int = number) -> jax.Array:
                residuals = assembly.residuals({"trained": theta, "frozen": frozen}, batch)
                return jnp.mean(jnp.square(residuals[term][number]))

            value, gradient = jax.jit(jax.value_and_grad(mean_square))(trained)
            if not np.isfinite(value):
                fault = f"became {_say(float(value))}"
            elif not is_finite(gradient):
                fault = "has a gradient that is not finite"
            else:
                continue
            line, _ = span.source.position(span.start)
            sentences.append(
                f"term '{placed.compiled.label}' ({name}, {span.source.name}:{line}) {fault} at step {step}"
            )
    return tuple(sentences) or (f"the weighted sum of the terms overflowed at step {step}",)


def describe_few_points(points: int | None, rows: int, columns: int) -> str:
    """Return a sentence for ``points`` that give fewer equations than there are unknowns."""
    return (
        f"{points} points give {rows} equations for {columns} coefficients of features: raise"
        " `points`, leave it out, or set fewer features"
    )


def describe_layers(system: System) -> str | None:
    """Return a sentence where something given is thinner than what the features or the network follow."""
    found = find_layers_of(system)
    if not found:
        return None
    thinnest = min((own.thinnest for own in found), key=lambda layer: layer.high - layer.low)
    width = f"{thinnest.high - thinnest.low:.1e}"
    return (
        f"what is given has a thin layer, {width} wide along `{thinnest.coordinate}` near"
        f" {0.5 * (thinnest.low + thinnest.high):.6g}, which is hard to follow; it may be spread over a"
        " wider set with the same integral"
    )


def suspect_contradiction(system: System, residuals: Mapping[str, float]) -> str | None:
    """Return a sentence where a residual of a linear problem stays, whatever the features.

    ``residuals`` are relative, per term, of a solve that finer ones do not improve. None where
    the equations hold so well that no contradiction is at work.
    """
    worst = max(residuals, key=lambda label: residuals[label], default="")
    if not system.is_linear or residuals.get(worst, 0.0) < _CONTRADICTION:
        return None
    return (
        f"the residual of `{worst}` stays at {residuals[worst]:.1e}: the equations and conditions"
        " may contradict each other, or the solution may jump"
    )


def describe_start_failure(system: System, label: str) -> str:
    """Return a sentence for a term that has no finite value where Newton's method starts."""
    return (
        f"{name_term(system, label)} has no finite value where"
        " Newton's method starts; a `guess` may lead it elsewhere"
    )


def name_term(system: System, label: str) -> str:
    """Return a term with the place of its first statement."""
    terms = (*system.terms, *system.observations)
    term = next(t for t in terms if t.label == label)
    span = (*term.blocks, *term.functionals)[0].span
    line, _ = span.source.position(span.start)
    return f"the term `{label}` ({span.source.name}:{line})"


def _say(value: float) -> str:
    return "NaN" if np.isnan(value) else "infinite"


def is_finite(tree: Any) -> bool:
    """Say whether every number of a pytree is finite."""
    return all(bool(np.all(np.isfinite(np.asarray(leaf)))) for leaf in jax.tree.leaves(tree))
