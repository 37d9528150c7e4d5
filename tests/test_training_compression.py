"""Fewer features: the lasso against coordinate descent, and what a compressed solution says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import pdelang
from pdelang.api.solution import Solution
from pdelang.training.compression.dictionary import UnsuitedNetworkError
from pdelang.training.compression.sparse import (
    Rows,
    choose_features,
    factorise,
    refit,
    solve_group_lasso,
)
from tests.cli_samples import HEAT, run_cli

BOUND = 1e-3


def group_lasso_by_blocks(matrix: np.ndarray, targets: np.ndarray, penalty: float) -> np.ndarray:
    """Return the group lasso over unit columns by cyclic descent over rows of C, to rounding."""
    found = np.zeros((matrix.shape[1], targets.shape[1]))
    residual = -targets.copy()
    for _ in range(5000):
        before = found.copy()
        for m in range(len(found)):
            pull = found[m] - matrix[:, m] @ residual
            size = np.linalg.norm(pull)
            new = np.zeros_like(pull) if size <= penalty else pull * (1 - penalty / size)
            residual += np.outer(matrix[:, m], new - found[m])
            found[m] = new
        if np.abs(found - before).max() < 1e-14:
            break
    return found


@pytest.mark.parametrize("fields", [1, 2])
def test_reweighted_least_squares_finds_the_lasso(fields):
    random = np.random.default_rng(4)
    matrix = random.standard_normal((40, 25))
    matrix /= np.linalg.norm(matrix, axis=0)
    targets = random.standard_normal((40, fields))
    penalty = 0.4

    def objective(c: np.ndarray) -> float:
        misfit = 0.5 * np.sum((matrix @ c - targets) ** 2)
        return float(misfit + penalty * np.sum(np.linalg.norm(c, axis=1)))

    exact = group_lasso_by_blocks(matrix, targets, penalty)
    factor = factorise(Rows(tuple(range(fields)), matrix, targets))
    found = solve_group_lasso([factor], fields, penalty, iterations=300)
    assert 3 < np.count_nonzero(np.linalg.norm(exact, axis=1)) < 25
    assert objective(found) == pytest.approx(objective(exact), rel=1e-6)
    # Reweighting comes near to a zero, and is there only in the limit.
    np.testing.assert_allclose(found, exact, atol=5e-3)


def test_as_few_features_are_kept_as_the_bound_allows():
    random = np.random.default_rng(0)
    matrix = random.standard_normal((200, 30))
    truth = np.zeros((30, 2))
    truth[[3, 8, 21]] = [[5, 0], [0, 7], [3, 3]]
    # A fourth feature within the bound 1, a fifth just above it.
    unit = matrix / np.linalg.norm(matrix, axis=0)
    targets = unit @ truth + 0.2 * unit[:, [11]] + 4.0 * unit[:, [27]]
    rows = [Rows((0, 1), unit, targets)]
    # The same fields by other coefficients: their sizes say nothing of what is needed.
    given = np.linalg.pinv(unit) @ targets + random.standard_normal((30, 2))
    kept, coefficients = choose_features([factorise(r) for r in rows], rows, given)
    assert kept.tolist() == [3, 8, 21, 27]
    np.testing.assert_allclose(
        coefficients, np.linalg.lstsq(unit[:, kept], targets, rcond=None)[0], rtol=1e-9
    )
    with_another, _ = choose_features([factorise(r) for r in rows], rows, given, always=(0,))
    assert with_another.tolist() == [0, 3, 8, 21, 27]
    exact = refit([factorise(r) for r in rows], 2, np.arange(30))
    np.testing.assert_allclose(unit @ exact, targets, atol=1e-10)


@pytest.fixture(scope="module")
def solved() -> Solution:
    return pdelang.compile(HEAT).solve(tolerance=1e-8)


GRID = np.meshgrid(np.linspace(0, 1, 83), np.linspace(0, 1, 47))


def compare_on_grid(first: Solution, second: Solution) -> float:
    """Return the relative L2 distance of two solutions on a grid, whatever they say of it."""
    values = [np.asarray(s.u(x=GRID[0], t=GRID[1])) for s in (first, second)]
    return float(np.linalg.norm(values[1] - values[0]) / np.linalg.norm(values[0]))


def test_a_compressed_solution_tells_how_far_it_moved(solved: Solution) -> None:
    small = solved.compress(BOUND)
    before, after = (
        int(str(dict(s._trained.settings.network.options)["count"]))  # pyright: ignore[reportOptionalMemberAccess]
        for s in (solved, small)
    )
    assert after < before / 2
    assert small.status == "tolerance_not_reached", "the tolerance of 1e-8 is given away"
    moved = compare_on_grid(solved, small)
    assert 0 < moved <= BOUND
    # The same distance on other points: a grid counts the edges, where it is none of the largest.
    told = small.error_estimate["u"] - solved.error_estimate["u"]
    assert told == pytest.approx(moved, rel=0.3)
    exact = np.exp(-0.1 * np.pi**2 * GRID[1]) * np.sin(np.pi * GRID[0])
    error = np.linalg.norm(np.asarray(small.u(x=GRID[0], t=GRID[1])) - exact)
    assert small.error["u"] == pytest.approx(error / np.linalg.norm(exact), rel=0.3)
    assert small.reports["middle"] == pytest.approx(float(small.u(x=0.5, t=1.0)), rel=1e-6)
    assert any(f"from {before} features to {after}" in message for message in small.messages)


def test_what_the_tolerance_leaves_is_used_unless_a_bound_is_given(solved: Solution) -> None:
    small = solved.compress()
    assert small.status == "solved"
    assert solved.error_estimate["u"] < small.error_estimate["u"] <= 1e-8


def test_the_artifact_of_a_trained_network_loses_neurons_and_evaluates(
    heat_artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "small.solution"
    capsys.readouterr()
    arguments = ["compress", heat_artifact, "--tol", "0.5", "-o", target, "--format", "json"]
    assert run_cli(arguments) in (0, 1)
    record = json.loads(capsys.readouterr().out)
    assert record["features"]["before"] == 6
    assert 1 <= record["features"]["after"] < 6
    assert f"last_width = {record['features']['after']}" in record["settings"]["network"]
    sizes = record["bytes"]["parameters.safetensors"]
    assert sizes["after"] < sizes["before"]
    moved = compare_on_grid(pdelang.load(heat_artifact), pdelang.load(target))
    assert 0 < moved <= 0.5
    assert record["moved"]["u"] == pytest.approx(moved, rel=0.3)


def test_what_cannot_be_compressed_is_refused(
    heat_artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["compress", heat_artifact, "-o", heat_artifact]) == 2
    assert "would be lost" in capsys.readouterr().err
    assert run_cli(["compress", heat_artifact, "--tol", "2", "-o", tmp_path / "a"]) == 2
    assert "between 0 and 1" in capsys.readouterr().err
    assert run_cli(["compress", tmp_path / "nothing"]) == 2
    assert "no such folder" in capsys.readouterr().err
    splines = pdelang.compile(
        "pde 1\ndomain rod(x) = interval(0, 1)\nunknown u\nin rod: dxx(u) = 1\n"
        "on left, right: u = 0\nsolver { network = splines  tolerance = 1e-4 }\n"
    ).solve()
    with pytest.raises(UnsuitedNetworkError, match="`splines` is made of pieces"):
        splines.compress(1e-2)
