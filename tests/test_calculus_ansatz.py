"""The ansatz: what it makes hard is satisfied for any network, and what cannot be stays soft.

Every hard block is checked through the compiled functions: the field is
``lift + cutoff·N`` with a network stand-in N that vanishes nowhere, and its jets come from
the product rule over the lowered derivatives of lift and cutoff.
"""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from stages import derive_text

from pdelang.calculus.system import OnPiece, Start
from pdelang.geometry.box import Side
from pdelang.lowering.lower import lower

LINE = "domain line(x) = interval(0, 2)\nunknown u\nin line: dxx(u) = u\n"
HEAT = "domain line(x) = interval(0, 1)\ntime t in 1 .. 3\nunknown u\nin line: dt(u) = dxx(u)\n"
WAVE = "domain line(x) = interval(0, 1)\ntime t in 0 .. 2\nunknown u\nin line: dtt(u) = dxx(u)\n"
PLATE = "domain plate(x, y) = box(x = 0 .. 1, y = -1 .. 1)\nunknown u\nin plate: lap(u) = 0\n"
CUBE = "domain cube(x, y, z) = box(x = 0 .. 1, y = 0 .. 2, z = 1 .. 3)\nunknown u\nin cube: lap(u) = 0\n"


def network(points, orders):
    """Return ∂^orders of exp(Σ (k+1)/2 x_k), a stand-in that vanishes nowhere."""
    rates = (np.arange(points.shape[1]) + 1) / 2
    return np.prod(rates ** np.array(orders)) * np.exp(points @ rates)


def jets_of(compiled, points, jets):
    """Return the jets of ``lift + cutoff·N`` by Leibniz' rule."""
    values = []
    for jet in jets:
        value = np.asarray(compiled.lift(points, (jet.orders,))[0])
        for orders in itertools.product(*(range(k + 1) for k in jet.orders)):
            rest = tuple(k - i for k, i in zip(jet.orders, orders, strict=True))
            ways = math.prod(math.comb(k, i) for k, i in zip(jet.orders, orders, strict=True))
            value = value + ways * np.asarray(compiled.cutoff(points, (orders,))[0]) * network(
                points, rest
            )
        values.append(value)
    return jnp.asarray(np.array(values))


def points_of(system, place, n=9):
    """Return random points of a place."""
    box = system.problem.domain.box
    low, high = list(box.low), list(box.high)
    if system.problem.time is not None:
        low.append(system.problem.time.bounds.low_value)
        high.append(system.problem.time.bounds.high_value)
    points = np.random.default_rng(0).uniform(low, high, (n, len(low)))
    match place:
        case OnPiece(piece=piece):
            assert isinstance(piece.side, Side)
            points[:, piece.side.axis] = (high if piece.side.upper else low)[piece.side.axis]
        case Start():
            points[:, -1] = low[-1]
    return jnp.asarray(points)


def check(text, hard, soft=()):
    """Derive a spec, compare the names of its hard and soft conditions, verify the hard ones."""
    system = derive_text(text)
    assert sorted(block.name for block in system.hard) == sorted(hard)
    found = [b.name for t in system.terms for b in t.blocks if not b.name.startswith("equation")]
    assert sorted(name for name in found if name in soft) == sorted(soft)
    with jax.enable_x64(True):
        program = lower(system)
        compiled = {a.field: a for a in program.ansatz}
        for block in system.hard:
            points = points_of(system, block.place)
            field = block.residual.jets[0].field
            jets = jets_of(compiled[field], points, block.residual.jets)
            symbols = dict(system.jet_symbols)
            values = sympy.lambdify(
                [*system.coordinates, *(symbols[j] for j in block.residual.jets)],
                block.residual.expression,
            )(*np.asarray(points).T, *np.asarray(jets))
            # Values of size 10 at most, some tens of roundings of 1e-16 each.
            np.testing.assert_allclose(values, 0.0, atol=1e-12)
        interior = points_of(system, None, 200)
        for ansatz in program.ansatz:
            zero = (0,) * len(system.coordinates)
            cutoff = ansatz.cutoff(interior, (zero,))[0]
            assert (cutoff > 0).all()
            assert cutoff.max() <= 1 + 1e-12
    return system


def test_both_ends():
    system = check(
        LINE + "on left as a: u = 1\non right as b: u = exp(1)\n", ["a on left", "b on right"]
    )
    assert system.ansatz[0].cutoff != 1


def test_one_end():
    check(
        LINE + "on left as a: 2*u = 3\non right as b: dn(u) + u = 1\n",
        ["a on left"],
        ["b on right"],
    )


def test_no_value_condition():
    system = check(
        LINE + "on left as a: dn(u) = 1\non right as b: dn(u) + u = 1\n",
        [],
        ["a on left", "b on right"],
    )
    assert (system.ansatz[0].lift, system.ansatz[0].cutoff) == (0, 1)


def test_two_dimensions_inhomogeneous():
    check(
        PLATE
        + "on left as a: u = sin(pi*y)\non right as b: u = sin(pi*y)*exp(1)\non bottom, top as c: u = 0\n",
        ["a on left", "b on right", "c on bottom", "c on top"],
    )
    check(
        PLATE + "on edge as a: u = x^2 - y^2 + cos(x*y)\n",
        [f"a on edge.{side}" for side in ("left", "right", "bottom", "top")],
    )


def test_two_dimensions_in_part():
    check(
        PLATE + "on left as a: u = y\non top as b: u = 1 + x\non right, bottom as c: dn(u) = 0\n",
        ["a on left", "b on top"],
        ["c on right", "c on bottom"],
    )


def test_three_dimensions():
    sides = ("left", "right", "bottom", "top", "front", "back")
    check(
        CUBE + "on edge as a: u = x*y*z + sin(x + y)*z^2\n", [f"a on edge.{side}" for side in sides]
    )


def test_initial_first_order():
    check(
        HEAT + "on left, right as a: u = 0\nat t = 1 as s: u = sin(pi*x)\n",
        ["a on left", "a on right", "s"],
    )


def test_initial_second_order():
    check(
        WAVE
        + "on left, right as a: u = 0\nat t = 0 as s: u = sin(pi*x)\nat t = 0 as v: dt(u) = x*(1 - x)\n",
        ["a on left", "a on right", "s", "v"],
    )


def test_data_that_move():
    check(
        HEAT
        + "on left as a: u = sin(t)\non right as b: u = exp(-t)\nat t = 1 as s: u = (1 - x)*sin(1) + x^2*exp(-1)\n",
        ["a on left", "b on right", "s"],
    )
    check(
        WAVE
        + "on left as a: u = sin(t)\non right as b: u = 0\nat t = 0 as s: u = 0\nat t = 0 as v: dt(u) = 1 - x\n",
        ["a on left", "b on right", "s", "v"],
    )


def test_trigonometric_agreement_is_proven():
    """sin² + cos² at the corner, against 1 on the other side."""
    check(
        PLATE
        + "on left as a: u = sin(y)^2 + cos(y)^2\non bottom as b: u = 1 + x\n"
        + "on right as c: dn(u) = 0\non top as e: dn(u) = 0\n",
        ["a on left", "b on bottom"],
        ["c on right", "e on top"],
    )


def test_velocity_that_the_side_contradicts_stays_soft():
    """u(0, t) = sin t moves at speed 1, u_t = 0 does not: the velocity at the start stays soft."""
    check(
        WAVE
        + "on left as a: u = sin(t)\non right as b: u = 0\nat t = 0 as s: u = 0\nat t = 0 as v: dt(u) = 0\n",
        ["a on left", "b on right", "s"],
        ["v"],
    )


def test_start_that_both_sides_contradict_stays_soft():
    check(
        HEAT + "on left, right as a: u = 0\nat t = 1 as s: u = 1\n",
        ["a on left", "a on right"],
        ["s"],
    )


def test_start_that_a_flux_contradicts_stays_soft():
    check(
        HEAT + "on left, right as a: dn(u) = 0\nat t = 1 as s: u = x\n",
        [],
        ["a on left", "a on right", "s"],
    )
    check(
        HEAT + "on left, right as a: dn(u) = 0\nat t = 1 as s: u = cos(pi*x)\n",
        ["s"],
        ["a on left", "a on right"],
    )


def test_lid_of_a_cavity_stays_soft():
    """The lid meets the walls at 1 and 0: three of the four sides can be hard."""
    text = (
        "domain cavity(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\nin cavity: lap(u) = 0\n"
        "on left, right, bottom as walls: u = 0\non top as lid: u = 1\n"
    )
    check(text, ["walls on left", "walls on right", "walls on bottom"], ["lid on top"])


@pytest.mark.parametrize(
    ("data", "left", "right"),
    [
        ("abs(x - 0.5)", "1/2", "1/2"),
        ("if x < 0.5 then 0 else 1", "0", "1"),
        ("heaviside(x - 0.3)", "0", "1"),
        ("sign(x - 0.3)", "-1", "1"),
        ("max(x, 0.4)", "0.4", "1"),
        # Smooth inside, but the second derivative is infinite at x = 0.
        ("sqrt(x)", "0", "1"),
        ("x^1.5", "0", "1"),
    ],
)
def test_rough_data_stay_soft(data, left, right):
    text = f"on left as a: u = {left}\non right as b: u = {right}\nat t = 1 as s: u = {data}\n"
    check(HEAT + text, ["a on left", "b on right"], ["s"])


def test_small_part_of_a_side_stays_soft():
    text = (
        "domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nboundary inlet = plate.left where y < 0.5\n"
        "boundary walls = rest\nunknown u\nin plate: lap(u) = 0\non inlet as a: u = 1\non walls as b: u = 1\n"
    )
    check(
        text,
        ["b on walls.right", "b on walls.bottom", "b on walls.top"],
        ["a on inlet", "b on walls.left"],
    )


def test_periodic_data():
    line = "domain circle(x) = interval(-1, 1)\ntime t in 0 .. 1\nperiodic left, right\nunknown u\n"
    burgers = line + "in circle: dt(u) + u*dx(u) = 0.1*dxx(u)\nat t = 0 as s: u = "
    check(burgers + "sin(pi*x) + cos(2*pi*x)\n", ["s"])
    # Allen–Cahn: equal values at both ends, but slopes 2 and -2.
    check(burgers + "x^2*cos(pi*x)\n", [], ["s"])
    check(burgers + "x\n", [], ["s"])


def test_vector_components_one_by_one():
    text = (
        "domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown w: vector\nin plate: lap(w) = (0, 0)\n"
        "on left, right, bottom as walls: w = (0, x*y)\non top as lid: w = (1, x)\n"
    )
    check(
        text,
        ["walls.x on left", "walls.x on right", "walls.x on bottom", "walls.y on left",
         "walls.y on right", "walls.y on bottom", "lid.y on top"],
        ["lid.x on top"],
    )  # fmt: skip


def test_condition_that_mixes_fields_stays_soft():
    text = (
        "domain line(x) = interval(0, 1)\nunknown u, v\nin line: dxx(u) = v\nin line: dxx(v) = u\n"
        "on left, right as a: u = v\non left, right as b: v = 1\n"
    )
    check(text, ["b on left", "b on right"], ["a on left", "a on right"])


def test_soft_on_request():
    text = LINE + "on left, right as a: u = 1\nsolver { conditions = soft }\n"
    system = check(text, [], ["a on left", "a on right"])
    assert (system.ansatz[0].lift, system.ansatz[0].cutoff) == (0, 1)
    hard = LINE + "on left as a: u = 1\non right as b: dn(u) = 1\nsolver { conditions = hard }\n"
    check(hard, ["a on left"], ["b on right"])
