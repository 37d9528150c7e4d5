"""Compiled problems in Python: what was derived, residuals as functions, settings."""

import inspect
from dataclasses import fields
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import pdelang
from pdelang.semantics.settings import Settings
from tests.cli_samples import HEAT

BURGERS = Path(__file__).resolve().parent.parent / "specs" / "burgers.pde"


def test_what_the_compiler_derived() -> None:
    problem = pdelang.compile(HEAT)
    assert problem.title == "Heat in a rod"
    assert problem.coordinates == ("x", "t")
    assert problem.is_linear
    assert "heat" in problem.terms
    assert not pdelang.compile(BURGERS).is_linear


def test_residuals_of_points_and_jets_match_the_formula() -> None:
    residual = pdelang.compile(BURGERS).residuals["burgers"]
    assert set(residual.labels) == {"u", "u_x", "u_xx", "u_t"}
    assert not residual.is_linear
    rng = np.random.default_rng(0)
    values = dict(zip(residual.labels, rng.normal(size=(4, 6)), strict=True))
    points = rng.uniform(0, 1, (6, 2))
    nu = 0.01 / np.pi
    known = values["u_t"] + values["u"] * values["u_x"] - nu * values["u_xx"]
    with jax.enable_x64(True):
        found = residual(points, np.stack([values[label] for label in residual.labels]))
        np.testing.assert_allclose(found, known, rtol=1e-12)
        slope = jax.grad(lambda j: residual(points, j).sum())(jnp.ones((4, 6)))
        assert slope.shape == (4, 6)


def test_the_residual_of_the_exact_solution_is_zero() -> None:
    residual = pdelang.compile(HEAT).residuals["heat"]

    def exact(point: jax.Array) -> jax.Array:
        return jnp.exp(-0.1 * jnp.pi**2 * point[1]) * jnp.sin(jnp.pi * point[0])

    points = np.random.default_rng(0).uniform(0, 1, (20, 2))
    with jax.enable_x64(True):
        # Rounding of two derivatives of size pi^2.
        np.testing.assert_allclose(residual.of({"u": exact}, points), 0, atol=1e-13)
        wrong = residual.of({"u": lambda point: point[0] ** 2}, points)
        np.testing.assert_allclose(wrong, -0.2, rtol=1e-12)
    with pytest.raises(TypeError, match="needs the field 'u'"):
        residual.of({}, points)


def test_solve_takes_every_key_of_the_solver_block() -> None:
    parameters = set(inspect.signature(pdelang.Problem.solve).parameters)
    assert parameters - {"self", "device", "progress"} == {entry.name for entry in fields(Settings)}


def test_settings_win_over_the_spec_and_faults_in_them_are_spec_errors() -> None:
    problem = pdelang.compile(HEAT + "solver { steps = 7 }\n")
    assert problem.settings.steps == 7
    with pytest.raises(pdelang.SpecError) as caught:
        problem.solve(tolerance=-1)
    assert [d.code for d in caught.value.diagnostics] == ["E106"]
    with pytest.raises(pdelang.SpecError, match="E106"):
        problem.solve(method="adaam")


def test_faults_are_raised_all_at_once() -> None:
    text = HEAT.replace("dxx(u)", "dxx(v)").replace("sin(pi*x)\nexact", "sin(pi*y)\nexact")
    with pytest.raises(pdelang.SpecError) as caught:
        pdelang.compile(text)
    assert [d.code for d in caught.value.diagnostics] == ["E101", "E101"]
    assert "<spec>:7" in str(caught.value)
    assert [d.code for d in pdelang.check(text)] == ["E101", "E101"]


def test_a_missing_file_is_a_spec_error(tmp_path: Path) -> None:
    with pytest.raises(pdelang.SpecError, match="E030"):
        pdelang.compile(tmp_path / "none.pde")
    with pytest.raises(pdelang.SpecError, match="E030"):
        pdelang.compile("none.pde")


def test_the_public_names_are_all_there() -> None:
    assert set(pdelang.__all__) <= set(dir(pdelang))
    for name in pdelang.__all__:
        assert getattr(pdelang, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        getattr(pdelang, "solv")  # noqa: B009 - the name does not exist
