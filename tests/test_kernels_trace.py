"""Kernel traces against explicit Jacobians."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hand_built import Builder
from jax.flatten_util import ravel_pytree

from pdelang.calculus.system import Interior, Start
from pdelang.kernels import gradient
from pdelang.kernels.trace import count_rows, term_traces
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.expression import AggregateKind
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.sampling import build_sampler, node_weights

NETWORKS = {
    "mlp": Choice("mlp", (("width", 7), ("depth", 2), ("bias_scale", 0.4))),
    "fourier": Choice("fourier", (("width", 6), ("depth", 1), ("count", 5))),
}


@pytest.fixture(autouse=True)
def _strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def build_system() -> Builder:
    """Two unknowns, nonlinear and mixed, terms of several blocks, a global condition."""
    b = Builder((0.0, 0.0), (1.0, 2.0), fields=("u", "p"), time=(0.0, 1.0))
    x, y, _ = b.coordinates
    b.field_scale = (2.0, 0.5)
    b.add("flow", b.jet("u", t=1) + b.jet("u") * b.jet("p", x=1) - b.jet("u", x=1, y=1), Interior())
    b.add("flow", b.jet("p", x=2) - sympy.exp(x) * b.jet("u") ** 2, Interior())
    b.add("walls", b.jet("u") - y, b.side(0, False))
    b.add("walls", b.jet("p", x=1) + b.jet("u"), b.side(0, True))
    b.add("start", b.jet("u") - sympy.sin(x), Start())
    b.add("start", b.jet("u", t=1), Start())
    b.functionals.append(
        ("mean", b.functional("mean", AggregateKind.MEAN, b.jet("p") * b.jet("u"), offset=0.2))
    )
    return b


def setup(name: str, points: int = 17):
    program = build_system().program()
    model = FieldModel.from_program(program, Settings(network=NETWORKS[name]))
    sampler = build_sampler(program, points, False, jnp.float64)
    assembly = build_assembly(program, model, node_weights(program))
    parameters = model.initialise(jax.random.key(5), jnp.float64)
    batch = sampler.draw(sampler.seed(jax.random.key(1)), jnp.asarray(3))
    return assembly, parameters, batch, sampler


def traces_of(assembly, parameters, batch, copies):
    return jax.jit(lambda p, b: term_traces(assembly, p, b, copies))(parameters, batch)


def explicit_traces(assembly, parameters, batch, copies):
    """Return Tr(J Jᵀ) of every term from the Jacobian over the flattened trained parameters."""
    flat, unravel = ravel_pytree(parameters["trained"])
    repeats = [
        [copies.points[b.point_set] for b in term.blocks] + [copies.times] * len(term.functionals)
        for term in assembly.terms
    ]

    def stacked(theta):
        residuals = assembly.residuals({**parameters, "trained": unravel(theta)}, batch)
        return [
            jnp.concatenate([jnp.tile(r, k) for r, k in zip(rows, counts, strict=True)])
            for rows, counts in zip(residuals, repeats, strict=True)
        ]

    jacobians = [np.asarray(j) for j in jax.jit(jax.jacrev(stacked))(flat)]
    return np.array([np.trace(j @ j.T) for j in jacobians])


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_traces_equal_those_of_the_explicit_jacobian_product(name):
    assembly, parameters, batch, sampler = setup(name)
    found = traces_of(assembly, parameters, batch, sampler.copies)
    expected = explicit_traces(assembly, parameters, batch, sampler.copies)
    assert np.all(expected > 0)
    # The same sums in another order: rounding of float64.
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_chunks_do_not_change_the_traces(monkeypatch):
    assembly, parameters, batch, sampler = setup("mlp")
    whole = traces_of(assembly, parameters, batch, sampler.copies)
    monkeypatch.setattr(
        gradient, "_CHUNK_NUMBERS", 4 * gradient.count_parameters(parameters["trained"])
    )
    pieces = traces_of(assembly, parameters, batch, sampler.copies)
    np.testing.assert_allclose(whole, pieces, rtol=1e-13)


def test_single_points_count_as_often_as_others_have_points():
    b = Builder((0.0,), (1.0,))
    b.add("r", b.jet("u", x=2), Interior())
    b.add("ends", b.jet("u"), b.side(0, False))
    b.add("ends", b.jet("u"), b.side(0, True))
    program = b.program()
    model = FieldModel.from_program(program, Settings(network=NETWORKS["mlp"]))
    sampler = build_sampler(program, 100, False, jnp.float64)
    assembly = build_assembly(program, model, {})
    parameters = model.initialise(jax.random.key(5), jnp.float64)
    batch = sampler.draw(sampler.seed(jax.random.key(1)), jnp.asarray(0))
    # As in the paper's Poisson example: 100 points inside, 50 copies of each end.
    assert sampler.copies.points == (1, 50, 50)
    assert count_rows(assembly, batch, sampler.copies) == (100, 100)
    found = traces_of(assembly, parameters, batch, sampler.copies)
    expected = explicit_traces(assembly, parameters, batch, sampler.copies)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_global_conditions_count_as_many_rows_as_other_terms_have_points():
    assembly, _, batch, sampler = setup("mlp")
    assert assembly.labels == ("flow", "walls", "start", "mean")
    # Two blocks of 17 inside; two sides of 9 each; 17 at the start, used twice; 8 times, twice.
    assert sampler.copies.times == 2
    assert count_rows(assembly, batch, sampler.copies) == (34, 18, 34, 16)
