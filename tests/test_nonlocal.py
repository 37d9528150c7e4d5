"""Integrals and values elsewhere inside equations, from counting to the solved artifact."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from scipy.integrate import quad
from stages import analyse_text, derive_faults, derive_text, lower_text

import pdelang
from pdelang import pipeline
from pdelang.calculus.node_rule import integrate_values, place_nodes
from pdelang.calculus.nonlocal_values import evaluate_nodes, far_values
from pdelang.calculus.numeric import evaluate_points, numpy_functions
from pdelang.calculus.system import Block, System
from pdelang.lowering.emission import emit_python
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.evaluation import evaluate_model
from pdelang.training.solution import Status
from pdelang.training.solver import solve

ROD = "domain rod(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\n"
MIXED = (
    ROD
    + """
in rod as heat: dt(u) = integral(abs(x - s)*u(x = s)*u, s = 0 .. 1) - mean(u) + u(x = 0.5, t = 0)
at t = 0: u = 1
"""
)


def block_of(system: System, name: str) -> Block:
    return next(b for t in system.terms for b in t.blocks if b.name == name)


def residual_of(line: str, field: sympy.Expr, x: float, t: float) -> float:
    """Return left − right of an equation in the rod for a known field, by quadrature."""
    system = derive_text(f"{ROD}in rod: {line}")
    residual, symbols = block_of(system, "interior").residual, dict(system.jet_symbols)
    xs, ts = system.coordinates
    point = np.array([[x], [t]])

    def jets(jet, at):
        e = sympy.diff(field, sympy.Symbol("x", real=True), jet.orders[0])
        e = sympy.diff(e, sympy.Symbol("t", real=True), jet.orders[1])
        return evaluate_points([e], (xs, ts), at)[0]

    names, columns = [xs, ts], [point]
    for jet in residual.jets:
        names.append(symbols[jet])
        columns.append(jets(jet, point)[None])
    for term in residual.nonlocals:
        names.append(term.symbol)
        columns.append(far_values(term, (xs, ts), (xs, ts), point, jets, 24)[None])
    return float(evaluate_points([residual.expression], names, np.vstack(columns))[0, 0])


X, T = sympy.symbols("x t", real=True)
KNOWN = sympy.sin(2 * X + T) + X**2 * T


def value(x: float, t: float) -> float:
    return np.sin(2 * x + t) + x**2 * t


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("integral(exp(x - s)*u(x = s), s = 0 .. x)",
         lambda x, t: quad(lambda s: np.exp(x - s) * value(s, t), 0, x)[0]),
        ("integral(cos(t - r)*u(t = r), r = 0 .. t)",
         lambda x, t: quad(lambda r: np.cos(t - r) * value(x, r), 0, t)[0]),
        ("integral(abs(x - s)*u(x = s)^2, s = 0 .. 1)",
         lambda x, t: quad(lambda s: abs(x - s) * value(s, t) ** 2, 0, 1, points=[x])[0]),
        ("integral(u*u(x = s), s = 0 .. 1)",
         lambda x, t: value(x, t) * quad(lambda s: value(s, t), 0, 1)[0]),
        ("integral(u, x = 0.25 .. 1)", lambda x, t: quad(lambda s: value(s, t), 0.25, 1)[0]),
        ("integral(u(x = s)/sqrt(x - s), s = 0 .. x)",
         lambda x, t: quad(lambda s: value(s, t), 0, x, weight="alg", wvar=(0, -0.5))[0]),
        ("integral(integral(s*u(x = s, t = r), s = 0 .. r), r = 0 .. t)",
         lambda x, t: quad(lambda r: quad(lambda s: s * value(s, r), 0, r)[0], 0, t)[0]),
        ("integral(if s^2 < x then u(x = s) else 0, s = 0 .. 1)",
         lambda x, t: quad(lambda s: value(s, t), 0, x**0.5)[0]),
        ("integral(max(sin(7*s), 0)*u(x = s), s = 0 .. x)",
         lambda x, t: quad(lambda s: np.sin(7 * s) * value(s, t), 0, np.pi / 7)[0]),
        ("u(x = 1 - x, t = t/2)", lambda x, t: value(1 - x, t / 2)),
        ("mean(u)", lambda x, t: quad(lambda s: value(s, t), 0, 1)[0]),
        ("value(u, 0.5)", lambda x, t: value(0.5, t)),
        ("value(u, 0.5, t = 0)", lambda x, t: value(0.5, 0)),
    ],
)  # fmt: skip
def test_a_nonlocal_term_is_what_adaptive_quadrature_says(text: str, expected) -> None:
    # The scalar u keeps the equation one for u; both sides are subtracted.
    found = residual_of(f"u = {text}", KNOWN, 0.7, 0.6)
    # 24 graded nodes know an integrable singularity to six digits, everything else to rounding.
    bound = 1e-6 if "sqrt" in text else 1e-11
    assert found == pytest.approx(value(0.7, 0.6) - expected(0.7, 0.6), abs=bound)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("integral(exp(x - s)*u(x = s), s = 0 .. x)", lambda e: e),
        ("integral(sin(x*s)*dx(u)*u(x = s), s = x/2 .. x^2)", lambda e: e),
        ("integral(integral(x*s*u(x = r), r = 0 .. s*x), s = 0 .. x)", lambda e: e),
        ("u(x = x^2/2)", lambda e: e),
    ],
)
def test_derivatives_obey_leibniz_and_the_chain_rule(text: str, function) -> None:
    h = 1e-4
    found = residual_of(f"u = dx({text})", KNOWN, 0.7, 0.6) - value(0.7, 0.6)
    ends = [residual_of(f"u = {text}", KNOWN, x, 0.6) - value(x, 0.6) for x in (0.7 - h, 0.7 + h)]
    # Central differences are good to h² u''' ~ 1e-7.
    assert found == pytest.approx((ends[1] - ends[0]) / (2 * h), abs=1e-6)


def test_integrals_count_no_condition_and_values_elsewhere_none() -> None:
    problem = analyse_text(
        "domain line(x) = interval(0, 1)\nunknown u\n"
        "in line: u = x + dx(integral(u(x = s), s = 0 .. x))/2 + u(x = 0)"
    )
    assert problem.coverage.cells == (("-",), ("-",))


def test_the_variable_of_an_integral_may_have_any_name() -> None:
    """Two integrals with variables of one name, one named like the time, one a let's formal."""

    def text(a: str, b: str) -> str:
        return (
            "domain line(x) = interval(0, 1)\nunknown u\nlet k(z) = z^2\n"
            f"in line: u = integral(k({a})*u(x = {a}), {a} = 0 .. x)"
            f" + integral(integral(x*{b}*{a}*u(x = {b}), {b} = 0 .. {a}), {a} = 0 .. x)"
        )

    systems = [derive_text(text(*names)) for names in (("s", "r"), ("z", "y"))]
    points = np.array([[0.2, 0.9]])
    values = [
        [
            far_values(
                term, s.coordinates, s.coordinates, points, lambda jet, at: np.cos(at[0]), 12
            )
            for term in block_of(s, "interior").residual.nonlocals
        ]
        for s in systems
    ]
    np.testing.assert_allclose(np.sort(values[0], axis=0), np.sort(values[1], axis=0), rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("in line: u = x + integral((s - x)*u(x = s), s = 0 .. x)", "sin(x)"),
        ("in line: u - integral(abs(x - s)*u(x = s), s = 0 .. 1) = (exp(1) + 1)*x + 1 - exp(x)", "exp(x)"),
        ("in line: u = x - x/8 + integral(x*s*u(x = s)^2, s = 0 .. 1)/2", "x"),
        ("in line: dxx(u) = 2\non left: u = u(x = 1)/2 - 1/2\non right: u = 3*integral(u, x = 0 .. 1)", "x^2"),
        ("in line: dx(u) = u(x = x/2)*exp(x/2)\non left: u = 1", "exp(x)"),
    ],
)  # fmt: skip
def test_defaults_reach_the_tolerance_and_say_so(text: str, known: str) -> None:
    program = lower_text(f"domain line(x) = interval(0, 1)\nunknown u\n{text}\nexact u = {known}")
    solution = solve(program, Settings(tolerance=1e-8))
    assert solution.status is Status.SOLVED
    assert solution.error is not None
    assert solution.error["u"] < 1e-8
    assert solution.error["u"] <= max(10 * solution.error_estimate["u"], 1e-14)


def heat_of_a_sine(x: float, t: float) -> float:
    """Return the residual of `MIXED` in the rod for u = sin(x + t), by adaptive quadrature."""
    mean = quad(lambda s: np.sin(s + t), 0, 1)[0]
    kink = quad(lambda s: abs(x - s) * np.sin(s + t), 0, 1, points=[x])[0] * np.sin(x + t)
    return float(np.cos(x + t) + mean - np.sin(0.5) - kink)


def test_the_api_and_the_emitted_module_evaluate_residuals_of_given_fields() -> None:
    problem = pdelang.compile("pde 1\n" + MIXED)
    heat = problem.residuals["heat"]
    namespace: dict = {}
    exec(emit_python(lower_text(MIXED).system), namespace)
    with jax.enable_x64(True):
        found = heat.of({"u": lambda p: jnp.sin(p[0] + p[1])}, jnp.array([[0.3, 0.7]]))
        emitted = jax.jit(
            lambda x, t: namespace["RESIDUALS"]["heat"]({"u": lambda x, t: jnp.sin(x + t)}, x, t)
        )(0.3, 0.7)
    assert float(found[0]) == pytest.approx(heat_of_a_sine(0.3, 0.7), abs=1e-9)
    assert float(emitted) == pytest.approx(heat_of_a_sine(0.3, 0.7), abs=1e-9)
    with pytest.raises(TypeError, match="values elsewhere"):
        heat(jnp.zeros((1, 2)), jnp.zeros((1, 1)))


def test_a_network_is_integrated_where_its_values_say() -> None:
    program = lower_text(
        ROD + "in rod as far: u = integral(abs(x - s)*u(x = s)*u, s = 0 .. 1) + u(x = 0.5, t = 0)"
    )
    options = (("width", 4), ("depth", 1))
    model = FieldModel.from_program(program, Settings(network=Choice("mlp", options)))
    x, t = 0.3, 0.7
    with jax.enable_x64(True):
        parameters = model.initialise(jax.random.key(0), jnp.float64)
        assembly = build_assembly(program, model, {})
        (block,) = (b.compiled for term in assembly.terms for b in term.blocks)
        found = jax.jit(assembly.block, static_argnums=1)(parameters, block, jnp.array([[x, t]]))
    # The model is smooth on either side of the kink: 40 nodes there know it to rounding.
    nodes, weights = np.polynomial.legendre.leggauss(40)
    s = np.concatenate([0.5 * x * (1 + nodes), x + 0.5 * (1 - x) * (1 + nodes)])
    w = np.concatenate([0.5 * x * weights, 0.5 * (1 - x) * weights])
    places = np.concatenate([np.stack([s, np.full(80, t)], axis=1), [[x, t], [0.5, 0.0]]])
    u = evaluate_model(model, parameters, places, "f64")["u"]
    known = u[80] - u[80] * float(np.sum(w * np.abs(x - s) * u[:80])) - u[81]
    assert float(found[0]) * block.block.residual.scale == pytest.approx(known, abs=1e-12)


def test_nodes_are_exact_for_polynomials_on_every_piece() -> None:
    system = derive_text(
        "domain line(x) = interval(0, 1)\nunknown u\n"
        "in line: u = integral(max(s - x, 0)^3*s^5, s = 0 .. 1)"
    )
    (term,) = block_of(system, "interior").residual.nonlocals
    nodes = place_nodes(term, {system.coordinates[0]: np.array([0.0, 0.3, 1.0])}, 6)
    (values,) = evaluate_nodes((term.integrand,), nodes, {})
    s = sympy.Symbol("s")
    known = [
        float(sympy.integrate((s - x) ** 3 * s**5, (s, x, 1)))
        for x in (sympy.S.Zero, sympy.Rational(3, 10), sympy.S.One)
    ]
    found = integrate_values(nodes, values, numpy_functions())
    np.testing.assert_allclose(found, known, atol=1e-15)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("in line: u = x\nexact u = u(x = 0) + x", "E107", "solved for"),
        ("in line: u = x\nexact u = mean(u)", "E107", "global quantity"),
        ("in line: u = x\nreport r = integral(exp(x)*u(x = s), s = 0 .. 1)", "E107", "still varies with x"),
        ("in line: u = x\nlet q = integral(u(x = s), s = 0 .. x)\nreport r = q", "E107", "varies from point to point"),
        ("in line: u = x\nparam p = integral(s, s = 0 .. 1)", "E107", "other places"),
        ("in line: u = u(x = 0)\nsolver { method = least_squares  network = splines }", "E106", "splines do not serve"),
    ],
)  # fmt: skip
def test_what_is_not_built_is_refused_by_name(line: str, code: str, words: str) -> None:
    text = f"pde 1\ndomain line(x) = interval(0, 1)\nunknown u\n{line}\n"
    errors = [d for d in pipeline.check(text).diagnostics if d.code.startswith("E")]
    assert [d.code for d in errors] == [code]
    assert words in errors[0].message.lower()


# Global quantities over other sets than a box; the right sides are the integrals in closed form.
HOLED = """shape hole = disk(center = (0, 0), radius = 0.5)
domain gap(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
unknown u
in gap as law: lap(u) = integral(dn(u), on = hole.edge) + 4 + pi
on edge: u = x^2 + y^2 + mean(u)/2 - (8/3 - pi/32)/(4 - pi/4)/2
exact u = x^2 + y^2
"""
CURVED = """domain disk(r, θ): polar = box(r = 0 .. 1, θ = 0 .. 2*pi)
unknown u
in disk: lap(u) = mean(u) - 4.5 + integral(u, on = right)
on right: u = 0
exact u = 1 - r^2
"""
LAYERS = """domain wall(x [cm]) = interval(0, 100)
param half = 50 [cm]
param square = 1 [m^2]
param top = 1 [m]
shape a = interval(0, 50)
shape b = interval(50, 100)
boundary weld = interface(a, b)
unknown T [m]
in a: square*dxx(T) = mean(T) - half
in b: square*dxx(T) = mean(T, in = b) - 1.5*half
on weld: jump(T) = 0
on weld: side(dx(T), b) = 2*side(dx(T), a) - 1
on left: T = 0
on right: T = top
exact T = x
"""


@pytest.mark.parametrize("text", [HOLED, CURVED, LAYERS], ids=["hole", "polar", "layers"])
def test_global_quantities_go_over_the_set_that_they_name(text: str) -> None:
    # That `exact` is not refused says that the quadrature is right to rounding.
    solution = pdelang.compile("pde 1\n" + text).solve()
    assert solution.status == "solved"
    assert max(solution.error.values()) < 1e-12


def test_jumps_at_zeros_are_emitted_with_a_search_for_them() -> None:
    text = "domain line(x) = interval(0, 1)\nunknown u\n"
    text += "in line as law: u = integral(if s^2 < x then u(x = s) else 0, s = 0 .. 1)"
    namespace: dict = {}
    exec(emit_python(lower_text(text).system), namespace)
    with jax.enable_x64(True):
        law = namespace["RESIDUALS"]["law"]({"u": lambda x: x**3}, 0.49)
    assert float(law) == pytest.approx(0.49**3 - 0.7**4 / 4, abs=1e-12)


def test_integrals_over_fixed_sets_are_emitted_with_their_nodes() -> None:
    namespace: dict = {}
    exec(emit_python(lower_text(HOLED).system), namespace)
    with jax.enable_x64(True):
        law = namespace["RESIDUALS"]["law"]({"u": lambda x, y: x**4 + y**2}, 0.8, 0.1)
    # ∮ dn u over the circle of radius R = 1/2, inwards: -(3 π R^4 + 2 π R^2); lap u = 12 x^2 + 2.
    flux = -np.pi * (3 * 0.5**4 + 2 * 0.5**2)
    assert float(law) == pytest.approx(12 * 0.8**2 + 2 - flux - 4 - np.pi, abs=1e-12)


SQUARE = "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\nin d: u = "


@pytest.mark.parametrize(
    ("integral", "expected"),
    [
        ("integral(integral(if s + q < 0.7 then s else 0, q = 0 .. 1), s = 0 .. 1)", 0.7**3 / 6),
        ("integral(if x + y < 1.4 then 1 else 0)", 1 - 0.6**2 / 2),
        ("integral(exp(-300*((x - 0.5)^2 + (y - 0.4)^2)))", np.pi / 300),
        ("integral(if sin(60*s) > 0 then 1 else 0, s = 0 .. 1)", np.pi / 6),
    ],
)
def test_borders_of_several_variables_and_many_zeros_end_the_rules(
    integral: str, expected: float
) -> None:
    system = derive_text(f"{SQUARE}{integral}")
    (term,) = block_of(system, "interior").residual.nonlocals
    found = far_values(
        term,
        system.coordinates,
        system.coordinates,
        np.full((2, 1), 0.3),
        lambda _, points: np.zeros(points.shape[1]),
        40,
    )
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_jump_that_varies_in_a_set_is_not_held_against_a_known_solution() -> None:
    text = """
domain d(x, y) = disk(center = (0, 0), radius = 1)
vary c in -0.6 .. 0.6
unknown u
in d: lap(u) = integral(if x < c then 1 else 0)
on edge: u = 0
exact u = {factor}*(pi - acos(c) + c*sqrt(1 - c^2))*(x^2 + y^2 - 1)/4
"""
    assert not {d.code for d in derive_faults(text.format(factor=1))} & {"E250"}
    assert "E250" in {d.code for d in derive_faults(text.format(factor=2))}
