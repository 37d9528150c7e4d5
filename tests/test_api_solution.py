"""Solutions in Python: broadcasting, derivatives, names, saving and loading, threads."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import pdelang
from tests.cli_samples import HEAT

pytestmark = pytest.mark.usefixtures("without_pictures")

STOKES = """\
pde 1
problem "A vector and a scalar"
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown w: vector
unknown p
in square as momentum: grad(p) = lap(w)
in square as mass: div(w) = 0
on edge as wall: w = (y, 0)
require mean(p) = 0
exact w = (y, 0)
exact p = 0
"""
SMALL = {"network": "mlp(width = 6, depth = 1)", "points": 16, "steps": 20, "tolerance": 1.0}


def solve(text: str, seed: int = 0, precision: str | None = None) -> pdelang.Solution:
    return pdelang.compile(text).solve(
        method="adam",
        network="mlp(width = 6, depth = 1)",
        points=16,
        steps=20,
        tolerance=1.0,
        seed=seed,
        precision=precision,
    )


@pytest.fixture(scope="module")
def heat() -> pdelang.Solution:
    return solve(HEAT, precision="f64")


@pytest.fixture(scope="module")
def single() -> pdelang.Solution:
    return solve(HEAT)


@pytest.fixture(scope="module")
def stokes() -> pdelang.Solution:
    return solve(STOKES)


def test_coordinates_broadcast_like_numpy(heat: pdelang.Solution) -> None:
    x, t = np.linspace(0, 1, 5)[:, None], np.linspace(0, 1, 3)
    table = heat.u(x=x, t=t)
    assert table.shape == (5, 3)
    assert table.dtype == np.float64
    single = heat.u(x=x[2, 0], t=t[1])
    assert np.ndim(single) == 0
    assert isinstance(single, np.float64)
    # Padding to another size may sum in another order: rounding only.
    np.testing.assert_allclose(table[2, 1], single, rtol=1e-13)
    assert heat.u(x=[], t=0).shape == (0,)


def test_outside_the_domain_is_nan(heat: pdelang.Solution) -> None:
    values = heat.u(x=[-0.1, 0.0, 1.0, 1.1], t=0.5)
    np.testing.assert_array_equal(np.isnan(values), [True, False, False, True])


def test_derivatives_and_jit_pass_through(heat: pdelang.Solution) -> None:
    with jax.enable_x64(True):

        def u(x: jax.Array) -> jax.Array:
            return heat.u(x=x, t=0.5)

        x = jnp.asarray(0.3)
        slope, h = jax.grad(u)(x), 1e-5
        # Central difference: h^2 u_xxx/6, about 1e-9, and rounding 1e-16/h.
        expected = (heat.u(x=0.3 + h, t=0.5) - heat.u(x=0.3 - h, t=0.5)) / (2 * h)
        assert float(slope) == pytest.approx(float(expected), abs=1e-7)
        assert float(jax.jit(u)(x)) == pytest.approx(float(heat.u(x=0.3, t=0.5)), rel=1e-12)
        assert jax.vmap(jax.grad(jax.grad(u)))(jnp.linspace(0.1, 0.9, 4)).shape == (4,)


def test_a_vector_has_its_components_last(stokes: pdelang.Solution) -> None:
    x = np.linspace(0, 1, 4)
    w = stokes.w(x=x, y=0.5)
    assert w.shape == (4, 2)
    np.testing.assert_array_equal(w[:, 1], stokes["w.y"](x=x, y=0.5))
    assert stokes.names == ("p", "w", "w.x", "w.y")
    assert set(stokes.error_estimate) == {"w", "p"}
    jacobian = jax.jacobian(lambda x: stokes.w(x=x, y=0.5))(0.25)
    assert jacobian.shape == (2,)


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        ({"x": 1}, "needs a value for 't'; call it as u"),
        ({"x": 1, "t": 1, "y": 1}, "no coordinate 'y'"),
        ({"x": "one", "t": 1}, "value of 'x' is not a number"),
        ({}, "needs a value for 'x'"),
    ],
)
def test_wrong_coordinates_are_type_errors(
    heat: pdelang.Solution, coordinates: dict[str, object], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        heat.u(**coordinates)


def test_wrong_names_are_named(heat: pdelang.Solution) -> None:
    with pytest.raises(KeyError, match="no field 'w'; the fields are u"):
        heat["w"]
    with pytest.raises(AttributeError, match="no field 'w'"):
        heat.w  # noqa: B018 - the access itself raises


@pytest.mark.filterwarnings("error")
def test_saving_and_loading_is_the_identity(heat: pdelang.Solution, tmp_path: Path) -> None:
    heat.save(tmp_path / "out")
    back = pdelang.load(tmp_path / "out")
    x, t = np.linspace(0, 1, 7), 0.4
    np.testing.assert_array_equal(back.u(x=x, t=t), heat.u(x=x, t=t))
    assert back.status == heat.status
    assert back.error == heat.error
    assert back.reports == heat.reports
    assert back.history == heat.history
    again = back.save(tmp_path / "again")
    np.testing.assert_array_equal(pdelang.load(again).u(x=x, t=t), heat.u(x=x, t=t))


def test_settings_that_a_method_ignores_do_not_stand_in_the_way(tmp_path: Path) -> None:
    """The checker refuses them beside ``least_squares``; the manifest must not name them."""
    spec = "pde 1\ndomain d(x) = interval(0, 1)\nunknown u\nin d: dxx(u) = 1\non edge: u = 0\n"
    solution = pdelang.compile(spec).solve(method="least_squares")
    solution.save(tmp_path / "out")
    x = np.linspace(0, 1, 7)
    np.testing.assert_array_equal(pdelang.load(tmp_path / "out").u(x=x), solution.u(x=x))


def test_a_comparison_table_travels_with_the_artifact_and_may_be_lost(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "ref.csv").write_text("x,t,u\n0.5,0,1\n0.25,0,0.7071\n")
    spec = tmp_path / "heat.pde"
    line = 'compare u = csv("tables/ref.csv", x = "x", t = "t", u = "u")'
    spec.write_text("\n".join(line if "exact" in s else s for s in HEAT.splitlines()) + "\n")
    solution = pdelang.compile(spec).solve(**SMALL)  # type: ignore[arg-type]
    assert set(solution.error) == {"u"}
    solution.save(tmp_path / "out")
    (tmp_path / "tables" / "ref.csv").unlink()
    assert (tmp_path / "out" / "tables" / "ref.csv").is_file()
    assert pdelang.compile(tmp_path / "out" / "spec.pde").terms
    (tmp_path / "out" / "tables" / "ref.csv").unlink()
    back = pdelang.load(tmp_path / "out")
    assert back.u(x=0.5, t=0.5) == solution.u(x=0.5, t=0.5)


def test_a_foreign_folder_is_refused(heat: pdelang.Solution, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(pdelang.ArtifactError, match="not an artifact"):
        heat.save(tmp_path)


def test_another_seed_gives_other_numbers(single: pdelang.Solution) -> None:
    other = solve(HEAT, seed=1)
    x = np.linspace(0, 1, 9)
    assert np.abs(single.u(x=x, t=0.5) - other.u(x=x, t=0.5)).max() > 1e-6


def test_two_specs_in_threads_give_what_they_give_alone(
    single: pdelang.Solution, stokes: pdelang.Solution
) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(solve, HEAT), pool.submit(solve, STOKES)]
        threaded_heat, threaded_stokes = (future.result() for future in both)
    x = np.linspace(0, 1, 9)
    np.testing.assert_array_equal(threaded_heat.u(x=x, t=0.5), single.u(x=x, t=0.5))
    # OpenBLAS sums in another order where it is called from two threads at once: the last layer's
    # least squares, in float32, differ by rounding then.
    found, alone = threaded_stokes.w(x=x, y=0.5), stokes.w(x=x, y=0.5)
    np.testing.assert_allclose(found, alone, rtol=0.0, atol=1e-7)
    assert not jax.config.read("jax_enable_x64"), "the global flag is not ours to set"


def test_nothing_is_printed(
    single: pdelang.Solution, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    single.save(tmp_path / "out")
    pdelang.load(tmp_path / "out").u(x=0.5, t=0.5)
    assert capfd.readouterr() == ("", "")


def test_importing_is_light() -> None:
    program = (
        "import sys, pdelang\n"
        "heavy = {'jax', 'sympy', 'numpy', 'matplotlib', 'lark', 'typer', 'rich'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "pdelang.compile, pdelang.SpecError, pdelang.__version__\n"
        "assert 'jax' not in sys.modules\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_a_solution_of_every_method_is_read_back(tmp_path: Path) -> None:
    problem = pdelang.compile(
        "pde 1\ndomain rod(x) = interval(0, 1)\nunknown u\nin rod: dxx(u) = 1\non edge: u = 0\n"
    )
    for method, given in (
        ("least_squares", {}),
        ("gauss_newton", {"network": "mlp(width = 4, depth = 1)", "steps": 2, "points": 16}),
        ("lbfgs", {"network": "mlp(width = 4, depth = 1)", "steps": 2, "points": 16}),
    ):
        solution = problem.solve(method=method, **given)
        solution.save(tmp_path / method)
        loaded = pdelang.load(tmp_path / method)
        # The manifest spells out every setting, also those that the method has no use for.
        np.testing.assert_array_equal(loaded.u(x=0.3), solution.u(x=0.3))
        assert loaded.status == solution.status
