"""Operators against SymPy's own derivatives of given smooth fields, and against each other."""

import pytest
import sympy
from stages import derive_text

X, Y, Z = sympy.symbols("x y z", real=True)
SPACE = {1: (X,), 2: (X, Y), 3: (X, Y, Z)}

# Smooth fields without symmetry, so that a wrong sign or index shows.
SCALAR = sympy.sin(X + 2 * Y) * sympy.exp(Z) + X * Y**2 * Z
VECTOR = (
    X**2 * Y + sympy.cos(Z) * Y,
    sympy.exp(X) * Z + Y**3,
    X * Y * Z + sympy.sin(X * Z),
)


def fields(d: int) -> dict[str, sympy.Expr]:
    """Return the given fields in ``d`` dimensions, absent coordinates set to 1/3."""
    absent = dict.fromkeys(SPACE[3][d:], sympy.Rational(1, 3))
    values = {"p": SCALAR.subs(absent)}
    values |= {f"w.{c}": e.subs(absent) for c, e in zip(SPACE[d], VECTOR, strict=False)}
    return values


def expand(d: int, expression: str, where: str = "") -> sympy.Expr:
    """Return what the compiler makes of a scalar expression, the given fields put in."""
    names = [str(c) for c in SPACE[d]]
    box = ", ".join(f"{c} = 0 .. 1" for c in names)
    zeros = f"({', '.join(['0'] * d)})"
    system = derive_text(
        f"domain cube({', '.join(names)}) = box({box})\n"
        "unknown w: vector\nunknown p\n"
        "in cube: lap(p) = p\n"
        + (
            "in cube: lap(w) = w\non edge: w = " + zeros
            if d > 1
            else "in cube: dxx(w.x) = w.x\non edge: w.x = 0"
        )
        + f"\non edge: p = 0\nreport q = integral({expression}{where})\n"
    )
    (aggregate,) = system.reports[0].aggregates
    given = fields(d)
    values = {
        symbol: sympy.diff(given[jet.field], *zip(SPACE[d], jet.orders, strict=True))
        for jet, symbol in system.jet_symbols
    }
    return aggregate.integrand.expression.subs(list(values.items()))


def assert_same(found: sympy.Expr, expected: sympy.Expr | int) -> None:
    assert sympy.expand(found - expected).rewrite(sympy.exp).expand() == 0


def d(e: sympy.Expr, *coordinates: sympy.Symbol) -> sympy.Expr:
    return sympy.diff(e, *coordinates)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_laplacian_and_gradient(n):
    p = fields(n)["p"]
    assert_same(expand(n, "lap(p)"), sum(d(p, c, c) for c in SPACE[n]))
    assert_same(expand(n, "lap(p) - div(grad(p))"), sympy.S.Zero)


@pytest.mark.parametrize("n", [2, 3])
def test_divergence_advection_and_norm(n):
    given = fields(n)
    w = [given[f"w.{c}"] for c in SPACE[n]]
    space = SPACE[n]
    assert_same(expand(n, "div(w)"), sum(d(e, c) for e, c in zip(w, space, strict=True)))
    unit = f"({', '.join(['0'] * (n - 1))}, 1)"
    last = sum(w[j] * d(w[-1], space[j]) for j in range(n))
    assert_same(expand(n, f"dot(adv(w, w), {unit})"), last)
    assert_same(expand(n, "adv(w, p)"), sum(w[j] * d(given["p"], space[j]) for j in range(n)))
    gradient = [d(given["p"], c) for c in space]
    along = sum(w[j] * d(gradient[-1], space[j]) for j in range(n))
    assert_same(expand(n, f"dot(adv(w, grad(p)), {unit})"), along)
    assert_same(expand(n, "norm(w)^2"), sum(e**2 for e in w))
    assert_same(expand(n, "norm(grad(w))^2"), sum(d(e, c) ** 2 for e in w for c in space))


@pytest.mark.parametrize("n", [2, 3])
def test_index_conventions(n):
    """grad(w)_ij = ∂_i w_j, div(A)_j = ∂_i A_ij, outer(a, b)_ij = a_i b_j."""
    given = fields(n)
    space = SPACE[n]
    w = [given[f"w.{c}"] for c in space]
    first, second = (f"({', '.join('1' if i == k else '0' for i in range(n))})" for k in (0, 1))
    assert_same(expand(n, f"dot(dot({first}, grad(w)), {second})"), d(w[1], space[0]))
    assert_same(
        expand(n, f"dot(dot({first}, outer(w, grad(p))), {second})"), w[0] * d(given["p"], Y)
    )
    divergence = sum(d(w[i] * w[1], space[i]) for i in range(n))
    assert_same(expand(n, f"dot(div(outer(w, w)), {second})"), divergence)
    assert_same(expand(n, f"dot(div(grad(w)) - lap(w), {second})"), sympy.S.Zero)


@pytest.mark.parametrize("n", [2, 3])
def test_tensor_identities(n):
    for identity in (
        "tr(grad(w)) - div(w)",
        "tr(identity())",
        "norm(transpose(grad(w)))^2 - norm(grad(w))^2",
        "tr(sym(grad(w))) - div(w)",
        "norm(adv(w, w) - dot(transpose(grad(w)), w))^2",
        "norm(adv(w, w) - dot(w, grad(w)))^2",
        "tr(dot(grad(w), identity())) - div(w)",
    ):
        expected = n if identity == "tr(identity())" else 0
        assert_same(expand(n, identity), sympy.Integer(expected))


def test_transposed_advection_is_another_term():
    """dot(grad(w), w)_i = ∂_i w_j w_j, the gradient of |w|²/2, not (w·∇)w."""
    w = [fields(2)[f"w.{c}"] for c in (X, Y)]
    kinetic = (w[0] ** 2 + w[1] ** 2) / 2
    assert_same(expand(2, "dot(dot(grad(w), w), (1, 0))"), d(kinetic, X))


def test_curl_in_two_dimensions():
    given = fields(2)
    assert_same(expand(2, "curl(w)"), d(given["w.y"], X) - d(given["w.x"], Y))
    assert_same(expand(2, "dot(curl(p), (1, 0))"), d(given["p"], Y))
    assert_same(expand(2, "dot(curl(p), (0, 1))"), -d(given["p"], X))
    assert_same(expand(2, "div(curl(p))"), sympy.S.Zero)
    assert_same(expand(2, "curl(grad(p))"), sympy.S.Zero)
    assert_same(expand(2, "curl(curl(p)) + lap(p)"), sympy.S.Zero)


def test_curl_in_three_dimensions():
    given = fields(3)
    w = [given[f"w.{c}"] for c in SPACE[3]]
    curl = (d(w[2], Y) - d(w[1], Z), d(w[0], Z) - d(w[2], X), d(w[1], X) - d(w[0], Y))
    for axis, e in enumerate(curl):
        unit = f"({', '.join('1' if i == axis else '0' for i in range(3))})"
        assert_same(expand(3, f"dot(curl(w), {unit})"), e)
    assert_same(expand(3, "div(curl(w))"), sympy.S.Zero)
    assert_same(expand(3, "norm(curl(grad(p)))^2"), sympy.S.Zero)
    assert_same(expand(3, "norm(curl(curl(w)) - grad(div(w)) + lap(w))^2"), sympy.S.Zero)


def test_cross_product():
    given = fields(3)
    w = sympy.Matrix([given[f"w.{c}"] for c in SPACE[3]])
    gradient = sympy.Matrix([d(given["p"], c) for c in SPACE[3]])
    for axis in range(3):
        unit = f"({', '.join('1' if i == axis else '0' for i in range(3))})"
        assert_same(expand(3, f"dot(cross(w, grad(p)), {unit})"), w.cross(gradient)[axis])
    a, b = fields(2)["w.x"], fields(2)["w.y"]
    p = fields(2)["p"]
    assert_same(expand(2, "cross(w, grad(p))"), a * d(p, Y) - b * d(p, X))


@pytest.mark.parametrize(
    ("side", "sign", "axis"), [("left", -1, 0), ("right", 1, 0), ("bottom", -1, 1), ("top", 1, 1)]
)
def test_normal_derivative_needs_one_jet(side, sign, axis):
    p = fields(2)["p"]
    assert_same(expand(2, "dn(p)", f", on = {side}"), sign * d(p, SPACE[2][axis]))


def test_tangential_part():
    w = [fields(2)[f"w.{c}"] for c in (X, Y)]
    assert_same(expand(2, "norm(tangential(w))^2", ", on = left"), w[1] ** 2)
    assert_same(expand(2, "dot(n, w)", ", on = bottom"), -w[1])


def test_mixed_derivatives_in_any_order_are_one_jet():
    """SymPy's Derivative(u, x, y) and Derivative(u, y, x) differ; jets do not."""
    assert_same(expand(2, "dx(dy(p)) - dy(dx(p)) + d(p, y, x) - dxy(p)"), sympy.S.Zero)
    system = derive_text(
        "domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown p\n"
        "in square: lap(p) + dx(dy(p)) + dy(dx(p)) = 0\non edge: p = 0\n"
    )
    names = sorted(symbol.name for _, symbol in system.jet_symbols)
    assert names == ["p", "p_x", "p_xx", "p_xy", "p_y", "p_yy"]


def test_derivatives_of_expressions():
    """Product and chain rule over coordinates, jets and every function with a kink or step."""
    p = fields(2)["p"]
    k = 1 + X**2
    assert_same(expand(2, "dx((1 + x^2)*dx(p))"), d(k * d(p, X), X))
    assert_same(expand(2, "dxx(exp(p)*sin(x))"), d(sympy.exp(p) * sympy.sin(X), X, X))
    assert_same(expand(2, "dx(p^3/(2 + p^2))"), d(p**3 / (2 + p**2), X))
    at = {X: 0.3, Y: 0.7}
    for text, expected in (
        ("dx(abs(p - 1))", sympy.sign(p - 1) * d(p, X)),
        ("dx(heaviside(p))", sympy.S.Zero),
        ("dx(sign(p))", sympy.S.Zero),
        ("dx(max(p, x*p, 0))", d(p, X) if p.subs(at) > 0 else sympy.S.Zero),
        ("dx(min(p, 100))", d(p, X)),
        ("dx(if x < y then p else p^2)", d(p, X)),
        ("dx(atan2(p, x + 1))", d(sympy.atan2(p, X + 1), X)),
        ("dx(abs(log(p + 1)))", d(sympy.log(p + 1), X)),
        ("dx((1 + x)^(1 + p))", d((1 + X) ** (1 + p), X)),
    ):
        # Both sides are evaluated in double precision from the same formulae.
        assert float(expand(2, text).subs(at)) == pytest.approx(float(expected.subs(at)), rel=1e-12)
