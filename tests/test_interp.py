"""Tables on grids as functions: values, derivatives, artifacts."""

from __future__ import annotations

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from scipy.interpolate import RectBivariateSpline, make_interp_spline

from pdelang import pipeline
from pdelang.calculus.numeric import constant_value, evaluate_points
from pdelang.calculus.table_function import table_function
from pdelang.calculus.total_derivative import partial_derivative
from pdelang.lowering.emission import emit_python
from pdelang.semantics.grid_table import GridTable
from pdelang.training.evaluation import evaluate
from pdelang.training.solution import Status

X = np.sort(np.random.default_rng(1).random(12))  # ticks need not be even
Y = np.linspace(-1.0, 2.0, 9)
VALUES = np.random.default_rng(2).random((12, 9))
POINTS = np.random.default_rng(3).random((2, 40)) * [
    [X[-1] - X[0]],
    [3.0],
] + [[X[0]], [-1.0]]


def test_a_table_is_the_interpolating_spline() -> None:
    line = GridTable.of("k.csv", (X,), VALUES[:, 0])
    spline = make_interp_spline(X, VALUES[:, 0], k=5)
    for order in range(5):
        known = spline(POINTS[0], nu=order)
        found = line.evaluate([POINTS[0]], (order,))
        np.testing.assert_allclose(found, known, atol=1e-9 * np.abs(known).max())
    plane = GridTable.of("k.csv", (X, Y), VALUES)
    other = RectBivariateSpline(X, Y, VALUES, kx=5, ky=5, s=0)
    for orders in ((0, 0), (2, 1), (1, 3)):
        known = other(*POINTS, dx=orders[0], dy=orders[1], grid=False)
        found = plane.evaluate([*POINTS], orders)
        np.testing.assert_allclose(found, known, atol=1e-8 * np.abs(known).max())
    short = GridTable.of("k.csv", (X[:2],), VALUES[:2, 0])
    middle = 0.5 * (X[0] + X[1])
    assert short.evaluate([middle], (0,)) == pytest.approx(VALUES[:2, 0].mean())


def test_jax_evaluates_what_numpy_does() -> None:
    plane = GridTable.of("k.csv", (X, Y), VALUES)
    with jax.enable_x64(True):
        found = plane.evaluate([jnp.asarray(p) for p in POINTS], (1, 2), jnp)
        # As an exported function has it: of any number of points.
        place = jax.ShapeDtypeStruct(jax.export.symbolic_shape("n"), jnp.float64)
        function = jax.jit(lambda x, y: plane.evaluate([x, y], (1, 2), jnp))
        exported = jax.export.export(function)(place, place)
        elsewhere = exported.call(*(jnp.asarray(p) for p in POINTS))
    wanted = plane.evaluate([*POINTS], (1, 2))
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    np.testing.assert_allclose(elsewhere, wanted, rtol=1e-12)
    assert plane.evaluate([np.zeros(0)] * 2, (0, 0)).shape == (0,)


def test_sympy_differentiates_a_table_by_the_chain_rule() -> None:
    x, t = sympy.symbols("x t", real=True)
    plane = GridTable.of("k.csv", (X, Y), VALUES)
    e = table_function(plane, (0, 0))(x**2 / 2 + X[0], sympy.sin(t)) * x
    h, at = 1e-6, np.array([[0.7], [0.4]])
    shift = np.array([[h], [0.0]])
    ends = [evaluate_points([e], (x, t), at + s)[0, 0] for s in (-shift, shift)]
    for slope in (partial_derivative(e, x), sympy.diff(e, x)):
        found = evaluate_points([slope], (x, t), at)[0, 0]
        # Central differences are good to h² of a third derivative of some thousands.
        assert found == pytest.approx((ends[1] - ends[0]) / (2 * h), rel=1e-6)
    number = constant_value(table_function(plane, (0, 0))(X[3], Y[4]))  # type: ignore[arg-type]
    assert number == pytest.approx(VALUES[3, 4], rel=1e-12)


SPEC = """pde 1
problem "A table in two coordinates"
domain rod(x) = interval(0, 1)
time t in 0 .. 1
let f = interp(csv("tables/f.csv", x = "pos", t = "time", f = "value"))
unknown u
in rod as heat: dt(u) = dxx(u) + 8*f
on left, right: u = f
at t = 0: u = f
output { plots = none }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spec beside a table of exp(-t) sin(3 x), its rows in no order."""
    place = tmp_path_factory.mktemp("interp")
    (place / "tables").mkdir()
    x, t = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, 25), np.linspace(0, 1, 15)))
    rows = np.stack([t, x, np.exp(-t) * np.sin(3 * x)], axis=1)
    rows = rows[np.random.default_rng(4).permutation(len(rows))]
    text = "time,pos,value\n" + "\n".join(",".join(repr(float(v)) for v in row) for row in rows)
    (place / "tables" / "f.csv").write_text(text, encoding="utf-8")
    (place / "heat.pde").write_text(SPEC, encoding="utf-8")
    return place


def test_a_problem_with_a_table_is_solved_saved_and_loaded(folder: Path) -> None:
    compilation = pipeline.compile(folder / "heat.pde")
    solution = pipeline.solve(compilation)
    assert solution.status is Status.SOLVED
    points = np.array([[0.3, 0.5], [0.9, 0.1]])
    known = np.exp(-points[:, 1]) * np.sin(3 * points[:, 0])
    np.testing.assert_allclose(evaluate(solution, points)["u"], known, atol=1e-5)
    pipeline.save(solution, folder / "heat.solution")
    loaded = pipeline.load(folder / "heat.solution").solution
    np.testing.assert_allclose(evaluate(loaded, points)["u"], evaluate(solution, points)["u"])


def test_the_emitted_module_holds_the_table(folder: Path) -> None:
    system = pipeline.check(folder / "heat.pde").system
    assert system is not None
    namespace: dict = {}
    exec(emit_python(system), namespace)
    with jax.enable_x64(True):
        found = namespace["RESIDUALS"]["heat"]({"u": lambda x, t: x + t}, 0.3, 0.5)
    # The table resolves the source to nine digits.
    assert float(found) == pytest.approx(1 - 8 * np.exp(-0.5) * np.sin(0.9), abs=1e-7)
