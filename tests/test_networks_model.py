"""The model's jets in physical units, its hard conditions, and the assembly of residuals."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hand_built import Builder

from pdelang.calculus.jet import Jet
from pdelang.calculus.system import Interior, Start, place_key
from pdelang.networks.assembly import Batch, build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings

SMALL = Settings(network=Choice("mlp", (("width", 8), ("depth", 2), ("bias_scale", 0.4))))


@pytest.fixture(autouse=True)
def _strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def differentiate(function, alpha):
    for axis, count in enumerate(alpha):
        for _ in range(count):
            function = (lambda f, a: lambda p: jax.grad(f)(p)[a])(function, axis)
    return function


def build_system() -> Builder:
    """Two fields on (0, 3) × (0, 2) in space and time, one with lift and cutoff."""
    b = Builder((0.0,), (3.0,), fields=("u", "v"), time=(0.0, 2.0))
    x, t = b.coordinates
    b.field_scale = (2.5, 0.3)
    b.add("heat", b.jet("u", t=1) - b.jet("u", x=2) * b.jet("v"), Interior(), 3)
    b.add("link", b.jet("v", x=1, t=1) - b.jet("u") ** 2, Interior(), 4)
    b.add("start", b.jet("v") - x, Start(), 5)
    b.add("start", b.jet("v", t=1), Start(), 6)
    b.ansatz["u"] = (sympy.sin(x) + t**2, t * x * (3 - x))
    return b


def test_jets_equal_derivatives_of_lift_plus_cutoff_times_network():
    program = build_system().program()
    model = FieldModel.from_program(program, SMALL)
    parameters = model.initialise(jax.random.key(0), jnp.float64)
    points = jnp.asarray(np.random.default_rng(1).uniform(0, 2, (4, 2)))

    def network(point, column):
        h = (point - jnp.array([1.5, 1.0])) / jnp.array([1.5, 1.0])
        layers = parameters["trained"]["layers"]
        for layer in layers[:-1]:
            h = jnp.tanh(h @ layer["weight"] + layer["bias"])
        return (h @ layers[-1]["weight"] + layers[-1]["bias"])[column]

    def u(p):
        return jnp.sin(p[0]) + p[1] ** 2 + p[1] * p[0] * (3 - p[0]) * 2.5 * network(p, 0)

    def v(p):
        return 0.3 * network(p, 1)

    orders = [(0, 0), (1, 0), (2, 0), (0, 2), (1, 1), (2, 1), (3, 0)]
    wanted = tuple(Jet(f, o) for f in ("u", "v") for o in orders)
    jets = jax.jit(lambda q: model.jets(parameters, q, wanted))(points)
    assert set(jets) == set(wanted)
    for jet in wanted:
        exact = differentiate(u if jet.field == "u" else v, jet.orders)
        expected = jax.jit(jax.vmap(exact))(points)
        # Reverse mode over reverse mode and Taylor arithmetic: rounding of float64.
        np.testing.assert_allclose(jets[jet], expected, rtol=1e-10, atol=1e-11)


def test_hard_values_hold_whatever_the_parameters_are():
    program = build_system().program()
    model = FieldModel.from_program(program, SMALL)
    points = jnp.array([[0.0, 0.7], [3.0, 1.1], [1.2, 0.0]])
    for seed in range(3):
        parameters = model.initialise(jax.random.key(seed), jnp.float64)
        found = model.fields_at(parameters, points)["u"]
        expected = np.sin(points[:, 0]) + points[:, 1] ** 2
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


def test_template_has_the_shapes_of_the_parameters():
    model = FieldModel.from_program(build_system().program(), SMALL)
    parameters = model.initialise(jax.random.key(0), jnp.float32)
    template = model.template(jnp.float32)
    assert jax.tree.structure(template) == jax.tree.structure(parameters)
    for shape, array in zip(jax.tree.leaves(template), jax.tree.leaves(parameters), strict=True):
        assert (shape.shape, shape.dtype) == (array.shape, array.dtype)


def test_periodic_program_is_periodic_in_physical_units():
    b = Builder((2.0,), (5.0,), time=(0.0, 1.0), periodic_axes=(0,))
    b.add("advection", b.jet("u", t=1) + b.jet("u", x=1), Interior())
    for is_scaled in (True, False):
        b.is_scaled = is_scaled
        model = FieldModel.from_program(b.program(), SMALL)
        parameters = model.initialise(jax.random.key(0), jnp.float64)
        wanted = (Jet("u", (0, 0)), Jet("u", (1, 0)), Jet("u", (2, 1)))
        left = model.jets(parameters, jnp.array([[2.0, 0.3]]), wanted)
        right = model.jets(parameters, jnp.array([[5.0, 0.3]]), wanted)
        for jet in wanted:
            # One rounding of the phase 2π, amplified by two derivatives.
            np.testing.assert_allclose(left[jet], right[jet], rtol=1e-12, atol=1e-12)


def test_residuals_of_shared_points_equal_block_by_block():
    program = build_system().program()
    model = FieldModel.from_program(program, SMALL)
    assembly = build_assembly(program, model, {})
    assert len(assembly.point_sets) == 2  # interior and start, each used by two blocks
    parameters = model.initialise(jax.random.key(0), jnp.float64)
    rng = np.random.default_rng(0)
    inside = jnp.asarray(rng.uniform(0, 2, (6, 2)))
    start = jnp.asarray(rng.uniform(0, 2, (5, 2))).at[:, 1].set(0)
    batch = Batch((inside, start), ())
    residuals = assembly.residuals(parameters, batch)
    losses = assembly.losses(parameters, batch)
    for number, term in enumerate(assembly.terms):
        total = 0.0
        for rows, placed in zip(residuals[number], term.blocks, strict=True):
            alone = assembly.block(parameters, placed.compiled, batch.points[placed.point_set])
            np.testing.assert_allclose(rows, alone, rtol=1e-12, atol=1e-13)
            total += float(np.mean(np.asarray(alone) ** 2))
        np.testing.assert_allclose(losses[number], total, rtol=1e-12)
    # By hand, from the jets: u_t − u_xx v.
    jets = model.jets(parameters, inside, (Jet("u", (0, 1)), Jet("u", (2, 0)), Jet("v", (0, 0))))
    expected = jets[Jet("u", (0, 1))] - jets[Jet("u", (2, 0))] * jets[Jet("v", (0, 0))]
    np.testing.assert_allclose(residuals[0][0], expected, rtol=1e-12, atol=1e-13)


def test_sets_that_need_the_same_derivatives_share_one_pass():
    b = Builder((0.0,), (1.0,), time=(0.0, 1.0))
    b.add("r", b.jet("u", t=2) - b.jet("u", x=2), Interior())
    b.add("u", b.jet("u"), b.side(0, False))
    b.add("u", b.jet("u"), b.side(0, True))
    b.add("u", b.jet("u"), Start())
    b.add("u_t", b.jet("u", t=1), Start())
    program = b.program()
    assembly = build_assembly(program, FieldModel.from_program(program, SMALL), {})
    members = dict(assembly.passes)
    assert members[((0, 0),)] == (1, 2)  # the two ends together
    assert len(assembly.passes) == 3


def test_equal_sides_share_points_and_different_ones_do_not():
    b = Builder((0.0,), (1.0,))
    assert place_key(b.side(0, False)) == place_key(b.side(0, False))
    assert place_key(b.side(0, False)) != place_key(b.side(0, True))
