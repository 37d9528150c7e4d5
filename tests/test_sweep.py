"""A sweep: one spec, solved once per value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pdelang
from pdelang import pipeline
from pdelang.artifacts.folder import is_sweep, list_sweep
from pdelang.cli.solve import solve_spec

SPEC = """pde 1
problem "Two sweeps"
domain line(x) = interval(0, 1)
param nu = 3 # the sweep wins
sweep nu in [0.1, 1/2]
sweep m in [1]
unknown u
in line: -nu*dxx(u) = nu*(m*pi)^2*sin(m*pi*x)
on left, right: u = 0
exact u = sin(m*pi*x)
output { plots = none }
"""
NAMES = ("m=1,nu=0.1", "m=1,nu=0.5")


def test_every_combination_is_compiled_with_its_values() -> None:
    compilation = pipeline.check(SPEC)
    assert tuple(point.name for point in compilation.sweep) == NAMES
    for point in compilation.sweep:
        chosen = pipeline.choose(compilation, point.point)
        assert chosen.problem is not None
        assert dict(chosen.problem.parameters) == dict(point.values)
        # What an artifact keeps of the spec has one value and compiles to the same.
        kept = pipeline.check(chosen.problem.text)
        assert kept.sweep == ()
        assert kept.problem is not None
        assert dict(kept.problem.parameters) == dict(point.values)


def test_a_fault_of_one_value_is_found_and_one_of_all_is_told_once() -> None:
    text = SPEC.replace("sweep m in [1]", "sweep m in [1, 0]").replace("(m*pi)^2", "(m*pi)^2/m")
    (fault,) = [d for d in pipeline.check(text).diagnostics if d.code.startswith("E")]
    assert "division by zero" in fault.message
    text = SPEC.replace("on left, right: u = 0", "on left: u = 0")
    assert [d.code for d in pipeline.check(text).diagnostics] == ["E201"]


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ("[]", "E105", "no values"),
        ("[0.5, 1/2]", "E102", "stands twice"),
        ("[" + ", ".join(["1"] * 1001) + "]", "E020", "more than 1000"),
        ("[x]", "E107", "varies from point to point"),
    ],
)
def test_what_is_wrong_with_a_sweep(values: str, code: str, words: str) -> None:
    text = SPEC.replace("[0.1, 1/2]", values)
    (fault,) = [d for d in pipeline.check(text).diagnostics if d.code.startswith("E")]
    assert fault.code == code
    assert words in fault.message


def test_python_solves_each_value() -> None:
    problem = pdelang.compile(SPEC)
    assert problem.sweep == NAMES
    solutions = problem.solve_each(tolerance=1e-6)
    assert tuple(solutions) == NAMES
    for name in NAMES:
        assert solutions[name].status == "solved"
        assert solutions[name].error["u"] < 1e-6
    with pytest.raises(TypeError, match="solve_each"):
        problem.solve()
    with pytest.raises(KeyError, match="nu=7"):
        problem.choose("nu=7")


def test_the_command_writes_an_artifact_per_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "two.pde"
    spec.write_text(SPEC, encoding="utf-8")
    # The second value cannot reach its tolerance, and the worst decides.
    code = solve_spec(str(spec), None, {"tolerance": "1e-18"}, None, True, True)
    record = json.loads(capsys.readouterr().out)
    assert code == 1
    assert record["status"] == "tolerance_not_reached"
    assert [r["values"] for r in record["sweep"]] == [{"m": 1, "nu": 0.1}, {"m": 1, "nu": 0.5}]
    folder = tmp_path / "two.solution"
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    loaded = pdelang.load(folder / NAMES[1])
    assert float(loaded.u(x=0.5)) == pytest.approx(1.0, abs=1e-6)
    with pytest.raises(pdelang.ArtifactError, match="2 artifacts of a sweep"):
        pdelang.load(folder)


def test_a_sweep_goes_on_where_it_was_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "two.pde"
    spec.write_text(SPEC, encoding="utf-8")
    folder = tmp_path / "two.solution"
    solve, solved = pipeline.solve, []

    def count(compilation, *arguments):
        solved.append(dict(compilation.problem.parameters)["nu"])
        return solve(compilation, *arguments)

    def interrupt(compilation, *arguments):
        if dict(compilation.problem.parameters)["nu"] == 0.5:
            raise KeyboardInterrupt
        return solve(compilation, *arguments)

    monkeypatch.setattr(pipeline, "solve", interrupt)
    assert solve_spec(str(spec), None, {}, None, True, False) == 1
    assert "--resume` goes on with the values that are left" in capsys.readouterr().err
    first = (folder / NAMES[0] / "manifest.yaml").read_bytes()
    assert not (folder / NAMES[1]).exists()
    assert (folder / f"{NAMES[1]}.checkpoint").is_file()

    monkeypatch.setattr(pipeline, "solve", count)
    assert solve_spec(str(spec), None, {}, None, True, True, resume=True) == 0
    record = json.loads(capsys.readouterr().out)
    assert solved == [0.5]
    assert [r["status"] for r in record["sweep"]] == ["solved", "solved"]
    assert (folder / NAMES[0] / "manifest.yaml").read_bytes() == first
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)

    # Another tolerance makes another solve of every value.
    solved.clear()
    assert solve_spec(str(spec), None, {"tolerance": "1e-3"}, None, True, True, resume=True) == 0
    assert solved == [0.1, 0.5]


def test_what_is_no_sweep_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "two.solution"
    folder.mkdir()
    assert not is_sweep(folder)
    (folder / "m=1.checkpoint").write_bytes(b"")
    assert is_sweep(folder)
    assert list_sweep(folder) == ()
    (folder / "notes.txt").write_text("mine")
    assert not is_sweep(folder)
