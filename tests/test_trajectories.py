"""Systems of ordinary differential equations: a time and no domain."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from stages import derive_text, lower_text

from pdelang import pipeline
from pdelang.artifacts.grid import tabulate_grid
from pdelang.artifacts.view import View, choose_cuts
from pdelang.artifacts.vtk import write_vtk
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.evaluation import evaluate
from pdelang.training.solution import Solution, Status
from pdelang.training.solver import solve

ROBERTSON = """
time t in 0 .. 1e4
unknown a, b, c
in t: dt(a) = -0.04*a + 1e4*b*c
in t: dt(b) = 0.04*a - 1e4*b*c - 3e7*b^2
in t: a + b + c = 1
at t = 0: a = 1
at t = 0: b = 0
report half = value(a, t = 5000)
report last = value(a)
"""
OSCILLATOR = """
time s in 0 .. 6
unknown q
in s: dss(q) + q = 0
at s = 0: q = 1
at s = 0: ds(q) = 0
exact q = cos(s)
"""


@pytest.fixture(scope="module")
def robertson() -> Solution:
    """Rates that differ by nine orders of magnitude, and a constraint without a rate."""
    return solve(lower_text(ROBERTSON), Settings(tolerance=1e-5))


def test_a_stiff_system_agrees_with_a_classical_solver(robertson: Solution) -> None:
    def slope(t: float, y: np.ndarray) -> list[float]:
        a, b, c = y
        slow, fast = 0.04 * a - 1e4 * b * c, 3e7 * b * b
        return [-slow, slow - fast, fast]

    times = np.array([1e-3, 0.4, 40.0, 5000.0, 1e4])
    known = solve_ivp(
        slope, (0, 1e4), (1, 0, 0), method="Radau", t_eval=times, rtol=1e-11, atol=1e-14
    ).y
    found = evaluate(robertson, times[:, None])
    assert robertson.status is Status.SOLVED
    assert robertson.method == "least_squares"
    # Relative to the largest value of each, as the tolerance is meant.
    for name, values in zip("abc", known, strict=True):
        assert np.abs(found[name] - values).max() < 1e-5 * max(np.abs(values).max(), 3e-5)
    assert robertson.reports["half"] == pytest.approx(known[0, 3], abs=1e-5)
    assert robertson.reports["last"] == pytest.approx(known[0, 4], abs=1e-5)


def test_a_trajectory_is_drawn_and_exported_over_the_time(robertson: Solution) -> None:
    problem = robertson.program.system.problem
    (cut,) = choose_cuts(problem, View())
    assert cut.axes == ("t",)
    grid = tabulate_grid(problem, lambda p: evaluate(robertson, p), counts=(11,))
    assert grid.values["a"].shape == (11,)
    (content,) = write_vtk(grid, "rob").values()
    assert b'NumberOfCells="10"' in content


@pytest.mark.parametrize("route", ["features", "splines"])
def test_second_order_in_time_reaches_ten_digits(route: str) -> None:
    settings = Settings(tolerance=1e-9, method=Choice("least_squares"), network=Choice(route))
    solution = solve(lower_text(OSCILLATOR), settings)
    assert solution.status is Status.SOLVED
    assert solution.error is not None
    assert solution.error["q"] < 1e-9
    assert solution.error["q"] <= 10 * solution.error_estimate["q"]


def test_the_coverage_of_a_trajectory_is_its_start() -> None:
    coverage = pipeline.check("pde 1" + OSCILLATOR).coverage
    assert coverage is not None
    assert coverage.rows == ("s = 0",)
    assert coverage.cells == (("value + rate",),)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("unknown w: vector", "E110", "one component per space coordinate"),
        ("on left: q = 0", "E107", "needs a domain"),
        ("boundary left = edge", "E107", "needs a domain"),
        ("at (0): q = 1", "E107", "needs a domain"),
        ("report m = mean(q)", "E107", "goes over the domain"),
        ("report m = value(lap(q))", "E107", "differentiates along space"),
        ("in rod: q = 1", "E101", "unknown region"),
    ],
)
def test_what_needs_space_is_refused_once(line: str, code: str, words: str) -> None:
    errors = pipeline.check(f"pde 1{OSCILLATOR}{line}\n").diagnostics
    assert [d.code for d in errors] == [code]
    assert words in errors[0].message.lower()


def test_a_value_at_a_time_is_reported() -> None:
    system = derive_text(
        "time t in 0 .. 1\nunknown y\nin t: dt(y) = -y\nat t = 0: y = 1\n"
        "report half = y(t = 0.5)\nreport same = value(y, t = 0.5)\n"
    )
    half, same = system.reports
    assert [a.time for a in half.aggregates] == [0.5]
    assert half.aggregates[0].integrand.jets == same.aggregates[0].integrand.jets
