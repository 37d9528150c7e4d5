"""Extreme values, and global quantities inside each other: closed forms, slopes and the solved artifact."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from stages import derive_text, lower_text

import pdelang
from pdelang.calculus.known_integral import known_integral
from pdelang.calculus.moved_jets import Variable
from pdelang.calculus.numeric import evaluate_points, numpy_functions
from pdelang.calculus.peak_grid import PeakGrid
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.diagnostics.message import Level
from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.least_squares.nonlocal_rows import NonlocalBasis, PlannedNonlocal

LINE = "domain line(x) = interval(0, 1)\nunknown u\n"


@pytest.mark.parametrize(
    ("box", "count", "tolerance"),
    [(Box((0.0,), (1.0,)), 33, 1e-9), (Box((0.0, 0.0), (1.0, 2.0)), 33, 1e-6)],
)
def test_a_peak_is_found_between_the_places(box: Box, count: int, tolerance: float) -> None:
    grid = PeakGrid.of_box(box, count)
    rng = np.random.default_rng(0)
    for _ in range(20):
        top = np.array(box.low) + box.lengths * rng.uniform(0, 1, box.d)
        wave = np.prod(np.cos(1.5 * (grid.nodes - top)), axis=1)[:, None]
        places, shares = grid.locate(wave, numpy_functions())
        assert np.sum(shares * wave[places[:, 0]]) == pytest.approx(1.0, abs=tolerance)
        assert shares.sum() == pytest.approx(1.0, abs=1e-12)
        # Of what else stands at the place: the envelope.
        other = grid.nodes[:, :1] ** 2
        assert np.sum(shares * other[places[:, 0]]) == pytest.approx(top[0] ** 2, abs=1e-3)


def test_a_peak_of_a_body_may_stand_on_its_boundary() -> None:
    grid = PeakGrid.of_body(Body.of(Ball((0.0, 0.0), 1.0)), 49)
    rising = grid.nodes @ np.array([0.6, 0.8])
    places, shares = grid.locate(rising[:, None], numpy_functions())
    assert np.sum(shares * rising[places]) == pytest.approx(1.0, abs=1e-5)
    inside = -np.sum((grid.nodes - 0.31) ** 2, axis=1)
    places, shares = grid.locate(inside[:, None], numpy_functions())
    assert np.sum(shares * inside[places]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    "line",
    [
        "dt(u) = mean((u - mean(u))^2)*u",
        "dt(u) = max(u*u(x = 0.3)) - min(u - mean(u))",
        "dt(u) = integral(integral(u(x = s)*x, s = 0 .. r)^2, r = 0 .. x)",
        "dt(u) = integral(u*max(u - integral(u^2)))",
    ],
)
def test_slopes_are_those_of_differences(line: str) -> None:
    system = derive_text(
        f"domain rod(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\nin rod: {line}\nat t = 0: u = 1"
    )
    residual = next(b.residual for t in system.terms for b in t.blocks if b.name == "interior")
    points = np.array([[0.2, 0.1], [0.7, 0.5], [0.9, 0.9]])
    basis = NonlocalBasis.of(system, residual.jets, points, residual.nonlocals, 12)
    planned = PlannedNonlocal.of(residual, residual.jets)
    rng = np.random.default_rng(1)
    # Smooth in the order of the nodes, so that an extreme value stands at one place.
    rows = basis.lift.shape[0]
    ramp = np.linspace(0.0, 3.0, rows)
    state = 1.0 + 0.3 * np.sin(ramp)[:, None] + 0.1 * rng.uniform(size=(1, len(points)))
    change = np.cos(2 * ramp)[:, None] * np.ones((1, len(points)))
    _, slopes = planned.linearise(basis, state)
    step = 1e-6
    ahead, behind = (planned.linearise(basis, state + s * change)[0] for s in (step, -step))
    found = np.einsum("jn,jn->n", slopes, change)
    np.testing.assert_allclose(found, (ahead - behind) / (2 * step), rtol=1e-5, atol=1e-7)


def test_a_network_is_searched_and_integrated_where_its_values_say() -> None:
    program = lower_text(f"{LINE}in line: dx(u) = max(u - mean(u)) + mean((u - mean(u))^2)*x\n")
    network = Choice("mlp", (("width", 12), ("depth", 2)))
    settings = Settings(network=network, precision="f64", conditions="soft")
    with jax.enable_x64(True):
        model = FieldModel.from_program(program, settings)
        parameters = model.initialise(jax.random.key(0), jnp.float64)
        assembly = build_assembly(program, model, {})
        compiled = program.terms[0].blocks[0]
        points = jnp.array([[0.25], [0.75]])
        found = np.asarray(assembly.block(parameters, compiled, points))
        fine = np.linspace(0.0, 1.0, 20_001)
        jet = next(j for j in compiled.residual.jets if j.order == 1)
        value = type(jet)(jet.field, (0,))
        u = np.asarray(model.jets(parameters, jnp.asarray(fine[:, None]), (value,))[value])
        slope = np.asarray(model.jets(parameters, points, (jet,))[jet])
    weights = np.full(len(fine), 1e-4 / 2)
    weights[1:-1] = 1e-4 / 2
    weights[[0, -1]] /= 2
    mean = weights @ u
    variance = weights @ (u - mean) ** 2
    known = slope - (u.max() - mean) - variance * np.array([0.25, 0.75])
    scale = compiled.block.residual.scale
    np.testing.assert_allclose(found * scale, known, atol=1e-7)


CLOSED = [
    # u = c x (1 - x)/2 with c = 1 + c/8.
    ("in line: -dxx(u) = 1 + max(u)\non left, right: u = 0", {"max(u)": 1 / 7}),
    # The variance of x (1 - x) is 1/180, so c = 1 + 5 c^2/36.
    (
        "in line: -dxx(u) = 1 + 100*integral((u - mean(u))^2)\non left, right: u = 0",
        {"8*value(u, 0.5)": 6 / 5},
    ),
    # c = 1/20 + c/4 + c^2/3.
    (
        "in line: u = x + integral(integral(u(x = s), s = 0 .. r)^2, r = 0 .. 1)",
        {"value(u, 0)": (0.75 - np.sqrt(0.75**2 - 0.2 / 3)) * 1.5},
    ),
    (
        "in line: dxx(u) = -pi^2*cos(pi*(x - 0.3))\non left: dn(u) = pi*sin(-0.3*pi)\n"
        "on right: dn(u) = -pi*sin(0.7*pi)\nrequire max(u) = 3",
        {"value(u, 0.8)": 2.0, "max(u)": 3.0},
    ),
    (
        "fit q = 1\nin line: -dxx(u) = q\non left, right: u = 0\n"
        "require integral(u(x = s)*s, s = 0 .. 1) = 1/12",
        {"q": 2.0, "integral(u(x = s), s = 0 .. 0.5)": 1 / 12},
    ),
    (
        "fit lam = 10 within 1 .. 15\nin line: -dxx(u) = lam*u\non left, right: u = 0\nrequire max(u) = 2",
        {"lam": np.pi**2, "abs(value(u, 0.5))": 2.0},
    ),
]


@pytest.mark.parametrize(("text", "known"), CLOSED, ids=lambda v: "" if isinstance(v, dict) else v)
def test_closed_forms(text: str, known: dict[str, float]) -> None:
    reports = "\n".join(f"report r{i} = {e}" for i, e in enumerate(known))
    solution = pdelang.compile(f"pde 1\n{LINE}{text}\n{reports}").solve(tolerance=1e-6)
    assert solution.status == "solved"
    found = [solution.reports[f"r{i}"] for i in range(len(known))]
    assert found == pytest.approx(list(known.values()), rel=2e-6)


def test_reports_of_quantities_inside_each_other() -> None:
    reports = {
        "mean((u - mean(u))^2)": 1 / 180,
        "integral((u - mean(u))^2)": 1 / 180,
        "integral((u - integral(u))^2) + integral(u^2)": 1 / 180 + 1 / 30,
        "max(u - mean(u))": 1 / 12,
        "min(u - max(u))": -1 / 4,
        "mean(u*u(x = 0.5))": 1 / 24,
        "integral(u(x = s)*s, s = 0 .. 0.5)": 5 / 192,
    }
    lines = "\n".join(f"report r{i} = {e}" for i, e in enumerate(reports))
    text = f"pde 1\n{LINE}in line: -dxx(u) = 2\non left, right: u = 0\n{lines}"
    solution = pdelang.compile(text).solve()
    found = [solution.reports[f"r{i}"] for i in range(len(reports))]
    assert found == pytest.approx(list(reports.values()), rel=1e-9)


def test_extreme_values_in_time_and_on_a_disk() -> None:
    heat = """pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dt(u) = dxx(u)/pi^2 + u*(1 - max(u))
on left, right: dn(u) = 0
at t = 0: u = 0.5
exact u = 1/(1 + exp(-t))"""
    assert pdelang.compile(heat).solve().error["u"] < 1e-6
    disk = """pde 1
domain plate(x, y) = disk(center = (0, 0), radius = 1)
unknown u
in plate: -lap(u) = 1 + max(u)
on edge: u = 0
exact u = (1 - x^2 - y^2)/3"""
    assert pdelang.compile(disk).solve().error["u"] < 1e-8


WALL = """pde 1
domain wall(x) = interval(0, 2)
shape a = interval(0, 1)
shape b = wall - a
boundary weld = interface(a, b)
unknown u
in a: dxx(u) = {a}
in b: 3*dxx(u) = {b}
on weld: jump(u) = 1
on weld: side(dx(u), a) = 3*side(dx(u), b)
on left: u = 0
on right: u = 5
exact u = if x < 1 then 3*x else x + 3
report line = integral(u(x = s), s = 0 .. 2)
"""


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("u(x = 1.7) - 4.7", "u(x = 0.5) - 1.5"),
        ("integral(u(x = s), s = 0 .. 2) - 6", "u(x = 2 - x) - 3*(2 - x)"),
        ("max(u) - 5", "min(u, in = b) - 4"),
    ],
)
def test_an_unknown_with_interfaces_is_that_of_the_region_of_the_place(a: str, b: str) -> None:
    solution = pdelang.compile(WALL.format(a=a, b=b)).solve()
    assert solution.error["u"] < 1e-8
    assert solution.reports["line"] == pytest.approx(6.0, rel=1e-9)


def test_an_integral_of_a_known_function_knows_its_slope() -> None:
    x, s = sympy.symbols("x s", real=True)
    e = known_integral(Variable(s, sympy.S.Zero, x**2), sympy.exp(-x * s))
    slope = partial_derivative(e, x)
    at = np.array([[0.3, 0.8, 1.4]])
    closed = (1 - sympy.exp(-(x**3))) / x
    known = evaluate_points([closed, sympy.diff(closed, x)], (x,), at)
    found = evaluate_points([e, slope], (x,), at)
    np.testing.assert_allclose(found, known, rtol=1e-12)


def test_an_exact_solution_may_be_an_integral() -> None:
    text = """pde 1
domain line(x) = interval(0, 2)
unknown u
let g(z) = integral(exp(-s^2), s = 0 .. z)
let f = cos(x)
in line: dxx(u) = -2*x*exp(-x^2)
on left: u = 0
on right: u = sqrt(pi)/2*erf(2)
exact u = g(x) + f(x = 0) - 1
"""
    solution = pdelang.compile(text).solve()
    assert solution.error["u"] < 1e-8
    told = pdelang.check(text.replace("g(x)", "2*g(x)"))
    assert "E250" in {d.code for d in told}


def test_definitions_that_take_a_global_quantity_of_their_argument() -> None:
    text = f"""pde 1
let spread(z) = mean((z - mean(z))^2)
{LINE}in line: -dxx(u) = 2 + spread(u) - 1/180
on left, right: u = 0
report a = spread(u)
report b = spread(spread(u)*u)
"""
    reports = pdelang.compile(text).solve().reports
    assert reports["a"] == pytest.approx(1 / 180, rel=1e-9)
    assert reports["b"] == pytest.approx(1 / 180**3, rel=1e-9)
    told = pdelang.check(text.replace("report a = spread(u)", "let f(z) = z^2\nreport a = f(u)"))
    assert [d.code for d in told if d.level is Level.ERROR] == ["E107"]


def test_a_global_quantity_is_a_factor_for_derivatives_along_space() -> None:
    text = """pde 1
domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dt(u) = dx(dx(u)*mean(u^2))/pi^2
on left, right: u = 0
at t = 0: u = sin(pi*x)
exact u = sin(pi*x)/sqrt(1 + t)
report r = integral(dx(u*mean(u))^2)
"""
    solution = pdelang.compile(text).solve()
    assert solution.error["u"] < 1e-6
    assert solution.reports["r"] == pytest.approx(0.5, rel=1e-5)
    for wrong in ("dx(mean(u))", "dt(u*mean(u))"):
        told = pdelang.check(text.replace("dx(u*mean(u))", wrong))
        assert [d.code for d in told if d.level is Level.ERROR] == ["E107"]


def test_reports_with_kinks_and_jumps_are_not_left_to_one_rule() -> None:
    reports = {
        "integral(if u > mean(u) then 1 else 0)": np.sqrt(1 / 3),
        "mean(abs(u - mean(u)))": 4 / 3 * 12**-1.5 * 2,
        "integral(max(x - 0.3, 0))": 0.245,
    }
    lines = "\n".join(f"report r{i} = {e}" for i, e in enumerate(reports))
    text = f"pde 1\n{LINE}in line: -dxx(u) = 2\non left, right: u = 0\n{lines}"
    solution = pdelang.compile(text).solve()
    found = [solution.reports[f"r{i}"] for i in range(len(reports))]
    assert found == pytest.approx(list(reports.values()), rel=1e-7)
