"""Linearisations against SymPy's derivatives, and the verdict linear or not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from stages import derive_text, lower_text

ODE = "domain line(x) = interval(0, 1)\nparam k = 2\nunknown u\nin line as eq: {} = 0\non left, right: u = 0\n"

LINEAR = [
    "dxx(u) + k*u",
    "dx((1 + x^2)*dx(u)) + sin(x)",
    "dxx(u) + (if x < 0.5 then 1 else 2)*u",
    "dxx(u) + abs(x - 0.5)*dx(u)",
    "dxx(u) + (u + 1)^2 - u^2",
    "dxx(u) + (u + 1)^3 - u^3 - 3*u^2",
    "dxx(u) + u*dx(u) - dx(u^2)/2",
]
NONLINEAR = [
    "dxx(u) + u^2",
    "dxx(u) + u*dx(u)",
    "dxx(u) + sin(u)",
    "dx((1 + u^2)*dx(u))",
    "dxx(u) + abs(u)",
    "dxx(u) + (if u > 0 then u else 0)",
    "dxx(u) + max(u, 0)",
    "dxx(u) + 1/(2 + u)",
    "dxx(u) + exp(-u)*sqrt(1 + dx(u)^2)",
]


@pytest.mark.parametrize(
    ("equation", "expected"), [(e, True) for e in LINEAR] + [(e, False) for e in NONLINEAR]
)
def test_verdict(equation, expected):
    system = derive_text(ODE.format(equation))
    assert system.is_linear is expected
    assert system.terms[0].blocks[0].residual.is_linear is expected


@pytest.mark.parametrize("equation", [*LINEAR[:2], *NONLINEAR[:4], *NONLINEAR[7:]])
def test_derivatives_are_those_of_sympy(equation):
    system = derive_text(ODE.format(equation))
    symbols = dict(system.jet_symbols)
    residual = system.terms[0].blocks[0].residual
    assert {symbols[j] for j in residual.jets} == residual.expression.free_symbols - {
        *system.coordinates
    }
    for jet, slope in zip(residual.jets, residual.derivatives, strict=True):
        assert sympy.simplify(slope - sympy.diff(residual.expression, symbols[jet])) == 0


@pytest.mark.parametrize("equation", LINEAR + NONLINEAR)
def test_compiled_derivatives_agree_with_jvp(equation):
    """The lowered ∂r/∂j against JAX's own derivative of the lowered r, jet by jet."""
    with jax.enable_x64(True):
        (block,) = lower_text(ODE.format(equation)).terms[0].blocks
        compiled = block.residual
        generator = np.random.default_rng(0)
        points = jnp.asarray(generator.uniform(0.05, 0.95, (7, 1)))
        jets = jnp.asarray(generator.uniform(0.1, 1, (len(compiled.jets), 7)))
        slopes = compiled.derivatives(points, jets)
        assert slopes.shape == jets.shape
        for i in range(len(compiled.jets)):
            direction = jnp.zeros_like(jets).at[i].set(1.0)
            _, expected = jax.jvp(lambda j: compiled.value(points, j), (jets,), (direction,))
            # Two orders of the same double-precision operations.
            np.testing.assert_allclose(slopes[i], expected, rtol=1e-12, atol=1e-12)


def test_requirements_count_for_linearity():
    text = "domain line(x) = interval(0, 1)\nunknown u\nin line: dxx(u) = 1\non left, right: dn(u) = 0.5\n"
    assert derive_text(text + "require mean(u) = 0\n").is_linear
    assert not derive_text(text + "require integral(u^2) = 1\n").is_linear
    assert not derive_text(text + "require mean(u)^2 = 1\n").is_linear


def test_large_terms_that_cancel_leave_a_linear_equation():
    """What is judged bent by numbers must be so by far more than rounding."""
    system = derive_text(
        "domain line(x) = interval(0, 1)\nunknown u\n"
        "in line as e: dxx(u) + ((u + 1e5)^2 - u^2 - 1e10)/2e5 = 1\non left, right: u = 0\n"
    )
    assert system.is_linear
    bent = derive_text(
        "domain line(x) = interval(0, 1)\nunknown u\n"
        "in line as e: dxx(u) + 1e-6*u^2 = 1\non left, right: u = 0\n"
    )
    assert not bent.is_linear
