"""Fewer features: the lasso against coordinate descent, and what a compressed solution says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import pdelang
from pdelang.training.compression.dictionary import UnsuitedNetworkError
from pdelang.training.compression.sparse import (
    Rows,
    choose_features,
    factorise,
    refit,
    solve_group_lasso,
)
from tests.cli_samples import run_cli, write_spec

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
    kept, coefficients = choose_features([factorise(r) for r in rows], rows, 2)
    assert kept.tolist() == [3, 8, 21, 27]
    np.testing.assert_allclose(
        coefficients, np.linalg.lstsq(unit[:, kept], targets, rcond=None)[0], rtol=1e-9
    )
    with_another, _ = choose_features([factorise(r) for r in rows], rows, 2, always=(0,))
    assert with_another.tolist() == [0, 3, 8, 21, 27]
    exact = refit([factorise(r) for r in rows], 2, np.arange(30))
    np.testing.assert_allclose(unit @ exact, targets, atol=1e-10)


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compress")
    spec = write_spec(folder)
    assert run_cli(["solve", spec, "--quiet", "--tol", "1e-8"]) == 0
    return folder / "heat.solution"


def test_a_compressed_artifact_evaluates_and_tells_how_far_it_moved(
    solved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "small.solution"
    capsys.readouterr()
    arguments = ["compress", solved, "--tol", str(BOUND), "-o", target, "--format", "json"]
    assert run_cli(arguments) == 1, "the tolerance of 1e-8 is given away"
    record = json.loads(capsys.readouterr().out)
    before, after = record["features"]["before"], record["features"]["after"]
    assert after < before / 2
    assert record["status"] == "tolerance_not_reached"
    sizes = record["bytes"]["parameters.safetensors"]
    assert sizes["after"] < sizes["before"]

    first, second = pdelang.load(solved), pdelang.load(target)
    x, t = np.meshgrid(np.linspace(0, 1, 83), np.linspace(0, 1, 47))
    moved = np.asarray(second.u(x=x, t=t)) - np.asarray(first.u(x=x, t=t))
    relative = np.linalg.norm(moved) / np.linalg.norm(np.asarray(first.u(x=x, t=t)))
    # The same distance on other points: a grid that counts the edges, where it is none of the largest.
    assert 0 < relative <= BOUND
    assert record["moved"]["u"] == pytest.approx(relative, rel=0.3)
    assert record["error_estimate"]["u"] == pytest.approx(
        first.error_estimate["u"] + record["moved"]["u"], rel=1e-12
    )
    exact = np.exp(-0.1 * np.pi**2 * t) * np.sin(np.pi * x)
    error = np.linalg.norm(np.asarray(second.u(x=x, t=t)) - exact) / np.linalg.norm(exact)
    assert record["error"]["u"] == pytest.approx(error, rel=0.3)
    assert second.reports["middle"] == pytest.approx(float(second.u(x=0.5, t=1.0)), rel=1e-6)
    assert any(f"from {before} features to {after}" in message for message in second.messages)


def test_what_the_tolerance_leaves_is_used_unless_a_bound_is_given(solved: Path) -> None:
    first = pdelang.load(solved)
    small = first.compress()
    assert small.status == "solved"
    assert first.error_estimate["u"] < small.error_estimate["u"] <= 1e-8


def test_neurons_of_a_trained_network_are_left_out_too(
    heat_artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "small.solution"
    run_cli(["compress", heat_artifact, "--tol", "0.5", "-o", target])
    assert "last_width = " in (target / "manifest.yaml").read_text("utf-8")
    assert "features   6 -> " in capsys.readouterr().out
    first, second = pdelang.load(heat_artifact), pdelang.load(target)
    x = np.linspace(0, 1, 50)
    values = [np.asarray(s.u(x=x, t=0.3)) for s in (first, second)]
    assert 0 < np.linalg.norm(values[1] - values[0]) < np.linalg.norm(values[0])


def test_what_cannot_be_compressed_is_refused(
    solved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["compress", solved, "-o", solved]) == 2
    assert "would be lost" in capsys.readouterr().err
    assert run_cli(["compress", solved, "--tol", "2", "-o", tmp_path / "a"]) == 2
    assert "between 0 and 1" in capsys.readouterr().err
    assert run_cli(["compress", tmp_path / "nothing"]) == 2
    assert "no such folder" in capsys.readouterr().err
    splines = pdelang.compile(
        "pde 1\ndomain rod(x) = interval(0, 1)\nunknown u\nin rod: dxx(u) = 1\n"
        "on left, right: u = 0\nsolver { network = splines  tolerance = 1e-4 }\n"
    ).solve()
    with pytest.raises(UnsuitedNetworkError, match="`splines` is made of pieces"):
        splines.compress(1e-2)
