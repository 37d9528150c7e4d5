"""`vary`: one solution for a family, as an argument, a column and an axis."""

import numpy as np
import pytest
from scipy.io import netcdf_file
from stages import derive_text

import pdelang
from pdelang.artifacts.grid import tabulate_grid
from pdelang.artifacts.netcdf import write_netcdf
from pdelang.artifacts.view import View, choose_cuts
from pdelang.artifacts.vtk import write_vtk
from pdelang.calculus.extent import Extent
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Start
from pdelang.training.norms import compare_fields, compare_members
from pdelang.training.places import sample_domain, stretch_of

pytestmark = pytest.mark.usefixtures("without_pictures")

TEXT = """domain rod(x) = interval(0, 1)
time t in 0 .. 0.5
vary D in 0.1 .. 1
vary a in 2 .. 3
param K = 2*D
unknown u
in rod: dt(u) = K/2*dxx(u)
on left, right: u = 0
at t = 0: u = a*sin(pi*x)
report heat = integral(u, t = 0)/a + D
report late = integral(u)
"""


def known(x, t, d, a):
    return a * np.exp(-(np.pi**2) * d * t) * np.sin(np.pi * x)


@pytest.fixture(scope="module")
def solution(tmp_path_factory):
    solved = pdelang.compile(f"pde 1\n{TEXT}").solve(method="least_squares")
    folder = tmp_path_factory.mktemp("family") / "family"
    solved.save(folder)
    return solved, pdelang.load(folder), folder


def test_every_member_is_right_and_a_function_of_its_parameter(solution):
    solved, loaded, _ = solution
    x, t = np.linspace(0, 1, 21)[:, None, None], np.linspace(0, 0.5, 21)[:, None]
    d = np.geomspace(0.1, 1, 9)
    expected = known(x, t, d, 2.7)
    for u in (solved.u, loaded.u):
        error = u(x=x, t=t, D=d, a=2.7) - expected
        size = np.linalg.norm(expected, axis=(0, 1))
        assert (np.linalg.norm(error, axis=(0, 1)) < 1e-4 * size).all()
    assert solved.error_estimate["u"] < 1e-4
    assert np.isnan(solved.u(x=0.5, t=0.3, D=1.01, a=2.5))
    with pytest.raises(TypeError, match="needs a value for 'a'"):
        solved.u(x=0.5, t=0.3, D=0.5)


def test_reports_are_given_for_three_members(solution):
    reports = solution[0].reports
    for d, a in ((0.1, 2), (0.55, 2.5), (1, 3)):
        late = 2 * a * np.exp(-(np.pi**2) * d * 0.5) / np.pi
        # The tolerance of the solve, of the largest value in space and time.
        assert reports[f"heat (D = {d}, a = {a})"] == pytest.approx(2 / np.pi + d, abs=3e-4)
        assert reports[f"late (D = {d}, a = {a})"] == pytest.approx(late, abs=3e-4)


def test_exports_have_an_axis_per_parameter(tmp_path):
    problem = derive_text(TEXT).problem

    def evaluate(points):
        return {"u": known(*points.T)}

    grid = tabulate_grid(problem, evaluate)
    assert grid.space == ("x",)
    assert grid.values["u"].shape == tuple(len(ticks) for ticks in grid.ticks)
    (tmp_path / "u.nc").write_bytes(write_netcdf(grid))
    with netcdf_file(tmp_path / "u.nc", mmap=False) as file:
        assert file.variables["u"].dimensions == ("D", "a", "t", "x")
        assert file.variables["u"][-1, 0, 1, 5] == known(
            grid.ticks[0][5], grid.ticks[1][1], 1.0, 2.0
        )
    members = len(grid.ticks[2]) * len(grid.ticks[3])
    names = [name for name in write_vtk(grid, "u") if name.endswith(".pvd")]
    assert len(names) == members
    assert "u-D=0.1-a=2.pvd" in names
    assert [dict(cut.held) for cut in choose_cuts(problem, View())] == [
        {"D": 0.1, "a": 2.0},
        {"D": 0.55, "a": 2.5},
        {"D": 1.0, "a": 3.0},
    ]


def test_the_time_stands_before_the_parameters():
    system = derive_text(TEXT)
    problem = system.problem
    assert problem.coordinates == ("x", "t", "D", "a")
    assert problem.time_axis == 1
    assert system.is_linear
    assert [t.kind for t in system.types] == ["parabolic"]
    symbols = Symbols.of(problem)
    start = Extent.of(problem, symbols).sample(Start())
    assert (start[1] == 0).all()
    assert start[2].min() == 0.1
    assert start[3].max() == 3
    stretch = stretch_of(problem, Start())
    np.testing.assert_allclose(stretch.length, [1, 0, 0.9, 1])
    points = sample_domain(problem, 512, 0)
    assert (points >= [0, 0, 0.1, 2]).all()
    assert (points <= [1, 0.5, 1, 3]).all()


def test_the_error_of_a_family_is_that_of_its_worst_members():
    problem = derive_text(TEXT).problem
    points = sample_domain(problem, 4096, 1)
    reference = {"u": np.ones(len(points))}
    # An error of one tenth for the largest D alone.
    values = {"u": np.where(points[:, 2] > 0.1 + 0.9 * 7 / 8, 1.1, 1.0)}
    mean = compare_fields(problem.unknowns, values, reference)["u"]
    worst = compare_members(problem, problem.unknowns, points, values, reference)["u"]
    assert mean == pytest.approx(0.1 / np.sqrt(8), rel=0.02)
    assert worst == pytest.approx(0.1, rel=0.02)


def test_a_requirement_holds_for_every_member():
    text = """domain line(x) = interval(0, 1)
vary k in 1 .. 2
unknown u
in line: dxx(u) = 0
on left: dn(u) = k
on right: dn(u) = -k
require mean(u) = k^2
"""
    solved = pdelang.compile(f"pde 1\n{text}").solve(method="least_squares")
    k = np.array([1.0, 1.3, 2.0])
    # The slope is −k, and the mean is half-way: u = k² + k/2 − k x.
    np.testing.assert_allclose(solved.u(x=0.25, k=k), k**2 + 0.25 * k, rtol=1e-6)


def test_a_requirement_may_ask_for_another_value_at_every_time():
    text = """domain line(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in line: dxx(u) = -pi^2*cos(pi*x)*(1 + t)
on left, right: dn(u) = 0
require mean(u) = t^2
exact u = cos(pi*x)*(1 + t) + t^2
"""
    solved = pdelang.compile(f"pde 1\n{text}").solve()
    assert solved.status == "solved"
    assert solved.error["u"] < 1e-4  # the tolerance
    with pytest.raises(pdelang.SpecError, match="does not satisfy"):
        pdelang.compile(f"pde 1\n{text}".replace("+ t^2\n", "+ t\n"))
