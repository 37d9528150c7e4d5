"""Problems without a solution, or with many, are never called solved; `benchmarks/bad_input.py` has more."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from stages import lower_text

from pdelang import pipeline
from pdelang.calculus.derivation import derive
from pdelang.calculus.system import OnPiece
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.least_squares.collocation import draw_groups
from pdelang.training.norms import bound_by_residuals
from pdelang.training.solution import Solution, Status
from pdelang.training.solver import solve
from pdelang.training.splines import refinement
from pdelang.training.splines.march import march
from pdelang.training.splines.refinement import choose_resolution

SPECS = Path(__file__).resolve().parent.parent / "specs"
FEATURES = Settings(method=Choice("least_squares"), tolerance=1e-2, time_limit=20.0)
SPLINES = replace(FEATURES, network=Choice("splines"))
WAVES = replace(FEATURES, network=Choice("features", (("kind", "sine"),)))
POLYNOMIALS = replace(FEATURES, network=Choice("features", (("kind", "chebyshev"),)))


def solve_line(settings: Settings, *statements: str) -> Solution:
    lines = ("domain line(x) = interval(0, 1)", "unknown u", *statements)
    return solve(lower_text("\n".join(("", *lines, ""))), settings)


def test_a_heavy_term_that_holds_does_not_hide_one_that_does_not() -> None:
    # The mean is -1/12. With plane waves the row of `require` weighs 1e14 times the equation's.
    network = Choice("features", (("kind", "sine"), ("count", 200)))
    solution = solve_line(
        replace(FEATURES, network=network),
        "in line: dxx(u) = 1",
        "on left, right: u = 0",
        "require mean(u) = 5",
    )
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert solution.error_estimate["u"] > 0.5


def test_a_contradiction_is_named() -> None:
    solution = solve_line(
        POLYNOMIALS, "in line as slope: dx(u) = 0", "on left: u = 0", "on right: u = 1"
    )
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert any("`slope` stays" in m and "contradict" in m for m in solution.messages)


def test_fields_that_rounding_carries_beyond_all_bounds_are_no_solution() -> None:
    # u = w + c with w = 0 at the ends asks for mean(w) = 0, and mean(w) is 1/12.
    solution = solve_line(POLYNOMIALS, "in line: dxx(u) = -1", "on left, right: u = mean(u)")
    assert solution.status is Status.SINGULAR


def test_no_solution_is_not_solved_at_any_tolerance() -> None:
    # u" + c exp(u) = 0 has none above c = 3.514; what comes nearest leaves 6 %.
    settings = replace(POLYNOMIALS, tolerance=0.1)
    solution = solve_line(settings, "in line: dxx(u) + 4*exp(u) = 0", "on left, right: u = 0")
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert any("there may be no solution" in m for m in solution.messages)


@pytest.mark.parametrize("settings", [WAVES, SPLINES], ids=["waves", "splines"])
def test_a_resonance_is_singular(settings: Settings) -> None:
    # Splines on the same elements would agree on the same wrong answer.
    solution = solve_line(settings, "in line: dxx(u) + pi^2*u = sin(pi*x)", "on left, right: u = 0")
    assert solution.status is Status.SINGULAR
    assert any("resonance" in m for m in solution.messages)


def test_a_singular_start_of_newtons_method_is_no_singular_problem() -> None:
    # At u = 0 the linearised equation is 0 = 1; from u = x/2 it is not.
    statements = ("in line: dx(u)^2 = 1", "on left: u = 0")
    solution = solve_line(SPLINES, *statements)
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert any("`guess`" in m for m in solution.messages)
    assert solve_line(SPLINES, *statements, "guess u = x/2").status is Status.SOLVED


def test_too_few_points_are_a_sentence() -> None:
    settings = replace(POLYNOMIALS, points=1)
    solution = solve_line(settings, "in line: dxx(u) = 1", "on left, right: u = 0")
    assert solution.status is Status.UNVERIFIED
    assert "1 points give 1 equations for 25 coefficients" in solution.messages[-1]


def test_features_that_are_set_are_not_called_a_contradiction() -> None:
    network = Choice("features", (("kind", "chebyshev"), ("degree", 2)))
    settings = replace(FEATURES, network=network)
    solution = solve_line(settings, "in line: dxx(u) = sin(20*x)", "on left, right: u = 0")
    assert "the features that are set do not reach the tolerance" in solution.messages[-1]


def test_bounds_by_residuals() -> None:
    assert bound_by_residuals({}) == 0.0
    assert bound_by_residuals({"a": 1e-3, "b": 1e-5}) == pytest.approx(1e-4)
    # What was found may be by so much larger than what it should be.
    assert bound_by_residuals({"a": 0.3, "b": 0.0}) == pytest.approx(0.3 / 0.7)


def test_a_disk_has_enough_points_on_its_edge_for_few_polynomials() -> None:
    """On a circle polynomials of degree k span 2k + 1 dimensions."""
    program = pipeline.compile(SPECS / "poisson_disk.pde").program
    assert program is not None
    network = Choice("features", (("kind", "chebyshev"), ("degree", 6)))
    solution = solve(program, replace(FEATURES, network=network))
    assert solution.status is Status.SOLVED
    # 2.3e-1 with the nine points that there once were.
    assert solution.error["u"] < 2e-3
    count = 2 * len(solution.parameters["trained"]["coefficients"])
    groups = draw_groups(program.system, count, 0)
    (rim,) = (g for g in groups if isinstance(g.place, OnPiece))
    assert len(rim.points) >= 1.5 * (2 * 6 + 1)


def test_an_unresolved_start_says_nothing_of_the_size_of_a_field() -> None:
    # The first splines overshoot the solitons of heights 2 and 1/2 by fifty times.
    program = pipeline.compile(SPECS / "kdv_two_solitons.pde").program
    assert program is not None
    problem = program.system.problem
    system, _ = derive(replace(problem, settings=replace(problem.settings, conditions="soft")))
    assert system is not None
    marched = march(system, choose_resolution(system, replace(SPLINES, tolerance=1e-3)), -np.inf)
    assert not marched.pieces
    assert marched.sizes[0] == pytest.approx(2.0, rel=0.05)


def test_functions_that_depend_on_each_other_do_not_hide_a_missing_gauge() -> None:
    # Damping alone would settle the constant at the same short solution every time.
    text = """
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
unknown u
in square: lap(u) = cos(pi*x)
on edge: dn(u) = 0
"""
    singular = replace(FEATURES, network=Choice("features", (("kind", "singular"),)))
    assert solve(lower_text(text), singular).status is Status.SINGULAR


def test_a_solve_with_time_for_one_level_is_compared_with_a_coarser(monkeypatch) -> None:
    monkeypatch.setattr(refinement, "_COST_GROWTH", 1e9)
    settings = replace(SPLINES, tolerance=1e-6, time_limit=100.0)
    solution = solve_line(settings, "in line: dxx(u) = exp(3*x)", "on left, right: u = 0")
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert 0.0 < solution.error_estimate["u"] < 1e-3
