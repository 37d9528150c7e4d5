"""The closed table and the walk over it, with NumPy and with JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from stages import derive_text

from pdelang.calculus.function_table import FUNCTION_NAMES
from pdelang.calculus.function_table import LANGUAGE_FUNCTIONS as TRANSLATED
from pdelang.calculus.numeric import evaluate, evaluate_points, plan
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.lowering.lower import JAX_FUNCTIONS
from pdelang.semantics.functions import FUNCTIONS

X, Y = sympy.symbols("x y", real=True)
POINTS = np.random.default_rng(0).uniform(0.1, 0.9, (2, 20))

TABLE = sorted(FUNCTION_NAMES, key=lambda function: function.__name__)


def example(function):
    """Return a table entry applied to smooth arguments in its domain."""
    if function in (sympy.atan2, sympy.Max, sympy.Min):
        return function(X * Y, X + Y**2 / 3)
    if function in (sympy.besselj, sympy.bessely):
        return function(2, 3 * X * Y + 1)
    # asin and acos need |argument| < 1, the others need it positive.
    return function(X * Y)


def test_every_function_of_the_language_is_in_the_table():
    scalar = {
        name
        for name, entry in FUNCTIONS.items()
        if entry.takes in ("a scalar", "scalars") and name not in ("sqrt",)
    }
    assert scalar <= set(TRANSLATED)
    for name in sorted(scalar):
        assert TRANSLATED[name] in FUNCTION_NAMES
    assert TRANSLATED["sqrt"](X) == sympy.Pow(X, sympy.S.Half)


@pytest.mark.parametrize("function", TABLE, ids=lambda f: f.__name__)
def test_table_against_sympy(function):
    expression = example(function)
    found = evaluate_points([expression], (X, Y), POINTS)[0]
    expected = [float(expression.evalf(20, subs={X: x, Y: y})) for x, y in POINTS.T]
    # One correctly rounded call or two, and the rounding of their arguments.
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("function", TABLE, ids=lambda f: f.__name__)
def test_derivatives_of_the_table(function):
    """Our derivative against central differences of step 1e-5: their error is 1e-10."""
    expression = example(function)
    found = evaluate_points([partial_derivative(expression, X)], (X, Y), POINTS)[0]
    step = np.array([[1e-5], [0]])
    above, below = (
        evaluate_points([expression], (X, Y), POINTS + sign * step)[0] for sign in (1, -1)
    )
    np.testing.assert_allclose(found, (above - below) / 2e-5, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", TABLE, ids=lambda f: f.__name__)
def test_jax_follows_numpy_in_its_own_precision(function, dtype):
    expression = example(function) * sympy.Rational(1, 3) + sympy.pi
    with jax.enable_x64(dtype == "float64"):
        values = {X: jnp.asarray(POINTS[0], dtype), Y: jnp.asarray(POINTS[1], dtype)}
        (found,) = evaluate(plan([expression]), values, JAX_FUNCTIONS)
        assert found.dtype == dtype
        expected = evaluate_points([expression], (X, Y), POINTS)[0]
        # A few roundings; XLA's float32 special functions are good to some 1e-6.
        tolerance = {"float32": 2e-5, "float64": 1e-12}[dtype]
        np.testing.assert_allclose(found, expected, rtol=tolerance)


def test_what_the_table_does_not_know_is_refused():
    with pytest.raises(TypeError, match="the function table does not know gamma"):
        evaluate_points([sympy.gamma(X)], (X, Y), POINTS)
    with pytest.raises(TypeError, match="no derivative is known for gamma"):
        partial_derivative(sympy.gamma(X), X)


def test_shared_subexpressions_are_computed_once():
    shared = sympy.tanh(X * Y + 1)
    planned = plan([sympy.sin(shared) + shared, shared**2])
    counted = jax.make_jaxpr(lambda x, y: evaluate(planned, {X: x, Y: y}, JAX_FUNCTIONS))(1.0, 2.0)
    assert [e.primitive.name for e in counted.eqns].count("tanh") == 1


def test_powers():
    values = POINTS[0]
    for exponent in (
        -3,
        -2,
        -1,
        2,
        5,
        sympy.Rational(1, 2),
        -sympy.Rational(1, 2),
        sympy.Rational(1, 3),
        sympy.Float(0.7),
    ):
        found = evaluate_points([X**exponent], (X, Y), POINTS)[0]
        np.testing.assert_allclose(found, values ** float(exponent), rtol=1e-14)
    # An integer power of a negative number is real, a fractional one is not.
    assert evaluate_points([X**3], (X,), np.array([[-2.0]]))[0, 0] == -8
    assert np.isnan(evaluate_points([X ** sympy.Rational(1, 3)], (X,), np.array([[-2.0]]))[0, 0])


def gradient(expression, value, mode):
    planned = plan([expression])

    def function(x):
        return evaluate(planned, {X: x}, JAX_FUNCTIONS)[0]

    with jax.enable_x64(True):
        x = jnp.asarray(value)
        return float(
            jax.grad(function)(x) if mode == "reverse" else jax.jvp(function, (x,), (1.0,))[1]
        )


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(
    ("branch", "value"),
    [
        (sympy.sqrt(X), -1.0),
        (sympy.sqrt(X), 0.0),
        (sympy.log(X), 0.0),
        (1 / X, 0.0),
        (X**-2, 0.0),
        (1 / sympy.sqrt(X), -1.0),
        (X ** sympy.Rational(1, 3), -1.0),
        (sympy.asin(X + 2), 0.0),
        (X**X, -1.0),
    ],
)
def test_branch_not_taken_gives_no_nan(branch, value, mode):
    """if x > 0 then f(x) else 3*x at x <= 0, where f or its slope is not finite."""
    expression = sympy.Piecewise((branch, X > 0), (3 * X, True), evaluate=False)
    assert gradient(expression, value, mode) == 3


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_branch_taken_keeps_its_gradient(mode):
    expression = sympy.Piecewise((sympy.sqrt(X), X > 0), (3 * X, True), evaluate=False)
    assert gradient(expression, 4.0, mode) == pytest.approx(0.25)
    # -2/x^2, however the quotient is guarded at x = 0
    assert gradient((2 + X) / X, 2.0, mode) == pytest.approx(-0.5)
    # The slope of a root at its zero is the subgradient 0, not infinity.
    assert gradient(sympy.sqrt(X**2 + X**4), 0.0, mode) == 0


def test_undefined_values_are_seen():
    """Safe gradients must not hide that a value is undefined."""
    at = np.array([[-1.0, 0.0]])
    for expression in (
        sympy.sqrt(X - 1),
        sympy.log(X - 1),
        sympy.asin(X - 3),
        X ** sympy.Rational(1, 3) - 1 + sympy.log(X),
    ):
        assert not np.isfinite(evaluate_points([expression], (X,), at)).any()
    assert np.isinf(evaluate_points([1 / X], (X,), at)[0, 1])


def test_constants_of_a_spec_stay_exact():
    system = derive_text(
        "domain line(x) = interval(0, 1)\nparam nu = 0.01/pi\nparam a = 1/3\nunknown u\n"
        "in line: nu*dxx(u) + a*u + 0.1 = 0\non left, right: u = 0\n"
    )
    expression = system.terms[0].blocks[0].residual.expression
    assert not expression.has(sympy.Float)
    assert {sympy.Rational(1, 3), sympy.Rational(1, 10)} <= expression.atoms(sympy.Rational)


def test_large_powers_build_no_large_integers():
    system = derive_text(
        "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = (2*x)^900000 + 1.00001^1000000\n"
        "on left, right: u = 0\n"
    )
    expression = system.terms[0].blocks[0].residual.expression
    assert all(abs(int(i)) < 10**30 for i in expression.atoms(sympy.Integer))


def test_unordered_derivatives_are_those_of_sympy():
    x, y = sympy.symbols("x y", real=True)
    expression = (
        sympy.besselj(2, sympy.sqrt(x**2 + y**2)) * sympy.cos(3 * sympy.atan2(y, x))
        + x**y * sympy.exp(-x * y) / (1 + x**2)
        - sympy.log(x + y) ** 3
    )
    points = np.random.default_rng(5).uniform(0.2, 2.0, (2, 7))
    ours, known = expression, expression
    for symbol in (x, y, x):
        ours = partial_derivative(ours, symbol, is_ordered=False)
        known = sympy.diff(known, symbol)
    values = evaluate_points([ours], (x, y), points)[0]
    exact = [float(known.evalf(30, subs=dict(zip((x, y), p, strict=True)))) for p in points.T]
    # Two dozen terms, each rounded a few times.
    np.testing.assert_allclose(values, exact, rtol=1e-11)


def test_constants_that_only_together_are_doubles():
    small, large = sympy.Float("1e-300"), sympy.Float("1e300")
    product = sympy.Mul(small, small, large, large, X, evaluate=False)
    root = sympy.sqrt(-2)
    imaginary = sympy.Mul(root, root, X, evaluate=False)
    values = evaluate_points([product, imaginary], (X,), np.array([[3.0]]))
    np.testing.assert_allclose(values[:, 0], [3.0, -6.0], rtol=1e-15)
