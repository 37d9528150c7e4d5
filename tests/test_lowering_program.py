"""Compiled residuals: zero on known solutions, right shapes, right precision."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from stages import derive_text

from pdelang.calculus.system import AtPoint, OnPiece, Start
from pdelang.geometry.box import Side
from pdelang.lowering.emission import format_program
from pdelang.lowering.lower import lower

SOFT = "solver { conditions = soft }\n"
WAVE = (
    "domain line(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\nin line as r: dtt(u) = 4*dxx(u)\n"
    "on left, right as b: u = 0\nat t = 0 as s: u = sin(pi*x) + sin(4*pi*x)/2\nat t = 0 as v: dt(u) = 0\n"
    "exact u = sin(pi*x)*cos(2*pi*t) + sin(4*pi*x)*cos(8*pi*t)/2\n"
)
HEAT = (
    "domain plate(x, y) = box(x = 0 .. 2, y = 0 .. 1)\ntime t in 0 .. 0.3\nlet k = 1 + x/4\n"
    "let w = exp(-t)*cos(x)*y^2\nunknown T\n"
    "in plate as e: dt(T) = div(k*grad(T)) + dt(w) - div(k*grad(w))\n"
    "on left, right as sides: dn(T) + 2*T = dn(w) + 2*w\non bottom, top as ends: T = w\n"
    "at t = 0 as s: T = w\nexact T = w\n"
)
BURGERS = (
    "domain line(x) = interval(-1, 1)\ntime t in 0 .. 1\nparam nu = 0.01/pi\nlet w = sin(x + t)*exp(x*t)\n"
    "unknown u\nin line as e: dt(u) + u*dx(u) - nu*dxx(u) = dt(w) + w*dx(w) - nu*dxx(w)\n"
    "on left, right as b: u = w\nat t = 0 as s: u = w\nexact u = w\n"
)
NAVIER_STOKES = (
    "domain wake(x, y) = box(x = -0.5 .. 1, y = -0.5 .. 1.5)\nparam Re = 40\n"
    "let lam = Re/2 - sqrt(Re^2/4 + 4*pi^2)\nunknown w: vector\nunknown p\n"
    "let ux = 1 - exp(lam*x)*cos(2*pi*y)\nlet uy = lam/(2*pi)*exp(lam*x)*sin(2*pi*y)\n"
    "in wake as momentum: adv(w, w) + grad(p) = lap(w)/Re\nin wake as mass: div(w) = 0\n"
    "on edge as b: w = (ux, uy)\nat (-0.5, -0.5) as gauge: p = 0\n"
    "exact w = (ux, uy)\nexact p = (exp(-lam) - exp(2*lam*x))/2\n"
)
ROUGH = (
    "domain line(x) = interval(-1, 1)\nunknown u\nlet w = x^3 - x\n"
    "in line as e: -dx((1 + u^2)*dx(u)) + abs(u)*sqrt(1 + dx(u)^2) + erf(u) + min(u, x) = "
    "-dx((1 + w^2)*dx(w)) + abs(w)*sqrt(1 + dx(w)^2) + erf(w) + min(w, x)\n"
    "on left, right as b: u = 0\nexact u = w\n"
)
SPECS = {
    "wave": WAVE,
    "heat": HEAT,
    "burgers": BURGERS,
    "navier_stokes": NAVIER_STOKES,
    "rough": ROUGH,
}


def points_of(system, place, n=11):
    """Return random points of a place, ``(n, d)`` in double precision."""
    box = system.problem.domain.box
    low, high = list(box.low), list(box.high)
    if system.problem.time is not None:
        low.append(system.problem.time.bounds.low_value)
        high.append(system.problem.time.bounds.high_value)
    points = np.random.default_rng(3).uniform(low, high, (n, len(low)))
    match place:
        case OnPiece(piece=piece):
            assert isinstance(piece.side, Side)
            points[:, piece.side.axis] = (high if piece.side.upper else low)[piece.side.axis]
        case Start():
            points[:, -1] = low[-1]
        case AtPoint(point=point):
            points[:, : len(point)] = point
    return points


def exact_jets(system, jets, points):
    """Return the jets of the exact solution, by SymPy's own diff and lambdify."""
    fields = dict(system.exact.fields)
    rows = []
    for jet in jets:
        e = sympy.diff(fields[jet.field], *zip(system.coordinates, jet.orders, strict=True))
        row = sympy.lambdify(system.coordinates, e, modules=["numpy", "scipy"])(*points.T)
        rows.append(np.broadcast_to(row, points.shape[0]))
    return np.array(rows).reshape(len(jets), points.shape[0])


@pytest.mark.parametrize(
    ("name", "precision"), list(itertools.product(SPECS, ["float64", "float32"]))
)
def test_exact_solution_leaves_rounding(name, precision):
    system = derive_text(SPECS[name] + SOFT)
    with jax.enable_x64(precision == "float64"):
        program = lower(system)
        for term in program.terms:
            for block in term.blocks:
                points = points_of(system, block.block.place)
                jets = exact_jets(system, block.residual.jets, points)
                arrays = jnp.asarray(points, precision), jnp.asarray(jets, precision)
                value = jax.jit(block.residual.value)(*arrays)
                assert value.dtype == precision
                assert value.shape == (points.shape[0],)
                slopes = jax.jit(block.residual.derivatives)(*arrays)
                assert slopes.dtype == precision
                assert slopes.shape == jets.shape
                # Terms have unit size after scaling; jets up to ten times more: some tens
                # of roundings of 1e-16 or 6e-8 each, times 10.
                limit = {"float64": 1e-12, "float32": 5e-4}[precision]
                np.testing.assert_allclose(value, 0.0, atol=limit)


def test_scale_divides_value_and_derivatives():
    text = "domain line(x) = interval(0, 1)\nunknown u\nin line as e: 4*dxx(u) + u = 8\non left, right: u = 1\n"
    with jax.enable_x64(True):
        scaled, plain = (lower(derive_text(text + s)) for s in ("", "solver { scaling = none }\n"))
        a, b = (program.terms[0].blocks[0] for program in (scaled, plain))
        scale = a.block.residual.scale
        assert scale > 1
        points, jets = jnp.ones((3, 1)), jnp.arange(6.0).reshape(2, 3)
        np.testing.assert_allclose(
            a.residual.value(points, jets) * scale, b.residual.value(points, jets), rtol=1e-15
        )
        np.testing.assert_allclose(
            a.residual.derivatives(points, jets) * scale,
            b.residual.derivatives(points, jets),
            rtol=1e-15,
        )


def test_constant_derivatives_and_values_have_full_shape():
    text = "domain line(x) = interval(0, 1)\nunknown u\nin line as e: dxx(u) = 2\non left, right as b: u = 1\nsolver { conditions = soft }\n"
    program = lower(derive_text(text))
    for term in program.terms:
        for block in term.blocks:
            slopes = block.residual.derivatives(jnp.ones((5, 1)), jnp.ones((1, 5)))
            assert slopes.shape == (1, 5)


def test_no_points_and_one_point():
    (block,) = lower(derive_text(WAVE)).terms[0].blocks
    assert block.residual.value(jnp.ones((0, 2)), jnp.ones((2, 0))).shape == (0,)
    assert block.residual.value(jnp.ones((1, 2)), jnp.ones((2, 1))).shape == (1,)


def test_works_under_vmap_and_grad():
    """Per-point gradients, as kernels take them, agree with the batch's."""
    with jax.enable_x64(True):
        (block,) = lower(derive_text(BURGERS)).terms[0].blocks
        points = jnp.asarray(points_of(derive_text(BURGERS), None, 6))
        jets = jnp.asarray(np.random.default_rng(1).normal(size=(len(block.residual.jets), 6)))

        def at_point(point, jet):
            return block.residual.value(point[None], jet[:, None])[0]

        slopes = jax.vmap(jax.grad(at_point, argnums=1), in_axes=(0, 1), out_axes=1)(points, jets)
        np.testing.assert_allclose(slopes, block.residual.derivatives(points, jets), rtol=1e-13)


def test_exact_and_guess_functions():
    text = NAVIER_STOKES + "guess p = x*y\nguess w.x = 3\n"
    system = derive_text(text)
    assert system.exact is not None
    with jax.enable_x64(True):
        program = lower(system)
        points = points_of(system, None)
        assert [field for field, _ in program.exact] == ["p", "w.x", "w.y"]
        for (_, function), (_, e) in zip(program.exact, system.exact.fields, strict=True):
            expected = sympy.lambdify(system.coordinates, e)(*points.T)
            np.testing.assert_allclose(function(jnp.asarray(points)), expected, rtol=1e-13)
        guess = dict(program.guess)
        np.testing.assert_allclose(guess["p"](jnp.asarray(points)), points[:, 0] * points[:, 1])
        np.testing.assert_array_equal(guess["w.x"](jnp.asarray(points)), np.full(11, 3.0))


def test_ansatz_derivatives():
    """Orders up to three, mixed, against SymPy's diff of lift and cutoff."""
    system = derive_text(HEAT.replace("dn(T) + 2*T = dn(w) + 2*w", "T = w"))
    assert len(system.hard) == 5
    with jax.enable_x64(True):
        (compiled,) = lower(system).ansatz
        points = points_of(system, None)
        wanted = tuple(o for o in itertools.product(range(4), repeat=3) if sum(o) <= 3)
        for part in ("lift", "cutoff"):
            found = getattr(compiled, part)(jnp.asarray(points), wanted)
            for orders, row in zip(wanted, found, strict=True):
                e = sympy.diff(
                    getattr(system.ansatz[0], part), *zip(system.coordinates, orders, strict=True)
                )
                expected = np.broadcast_to(sympy.lambdify(system.coordinates, e)(*points.T), 11)
                # Terms of size 10 to 100 that may cancel.
                np.testing.assert_allclose(row, expected, rtol=1e-12, atol=1e-12)


def test_functionals():
    text = (
        "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = 1\non left, right: dn(u) = 0.5\n"
        "require 2*mean(u) + integral(x*u) = 5\nreport ratio = integral(u)/value(u, (0.5)) + 1\nreport c = 2*pi\n"
    )
    system = derive_text(text)
    program = lower(system)
    (functional,) = next(t.functionals for t in program.terms if t.functionals)
    scale = functional.functional.scale
    kinds = [a.aggregate.kind.value for a in functional.aggregates]
    values = jnp.array([[3.0, 1.0], [4.0, 2.0]])
    by_kind = dict(zip(kinds, values, strict=True))
    expected = (2 * by_kind["mean"] + by_kind["integral"] - 5) / scale
    np.testing.assert_allclose(functional.combine(values), expected, rtol=1e-6)
    weighted = next(a for a in functional.aggregates if a.aggregate.kind.value == "integral")
    points = jnp.array([[0.25], [0.5]])
    np.testing.assert_allclose(
        weighted.integrand.value(points, jnp.array([[4.0, 6.0]])), [1.0, 3.0]
    )
    reports = {r.functional.name: r for r in program.reports}
    assert reports["ratio"].functional.scale == 1
    order = [a.aggregate.kind.value for a in reports["ratio"].aggregates]
    ratio = reports["ratio"].combine(
        jnp.array([6.0 if kind == "integral" else 2.0 for kind in order])
    )
    assert float(ratio) == pytest.approx(4.0)
    assert float(reports["c"].combine(jnp.zeros((0,)))) == pytest.approx(2 * np.pi, rel=1e-6)


def test_linearisation_at_a_kink_is_finite():
    """|∇u| at ∇u = 0: a subgradient, so that Newton may start from a constant."""
    text = (
        "domain box1(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\n"
        "in box1 as e: lap(u) + norm(grad(u)) = 1\non edge: u = 0\n"
    )
    (block,) = lower(derive_text(text)).terms[0].blocks
    jets = jnp.zeros((len(block.residual.jets), 2))
    assert jnp.isfinite(block.residual.value(jnp.ones((2, 2)), jets)).all()
    assert jnp.isfinite(block.residual.derivatives(jnp.ones((2, 2)), jets)).all()
    gradient = jax.grad(lambda j: block.residual.value(jnp.ones((2, 2)), j).sum())(jets)
    assert jnp.isfinite(gradient).all()


def test_lowering_leaves_the_global_precision_alone():
    before = jax.config.read("jax_enable_x64")
    lower(derive_text(WAVE))
    assert jax.config.read("jax_enable_x64") == before


def test_printed_program():
    printed = format_program(lower(derive_text(WAVE)))
    assert "jets u_tt, u_xx" in printed
    assert "ansatz u = lift + cutoff*N" in printed
    assert "operations" in printed
