"""A solve that is ended and taken up again gives the numbers of one that was not."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pytest
from safetensors.numpy import load_file

from pdelang import pipeline
from pdelang.artifacts.checkpoint import Checkpoint, CheckpointError, pack_entries, unpack_entries
from pdelang.artifacts.lock import lock_folder
from pdelang.artifacts.parameters import name_arrays
from pdelang.artifacts.state_tree import join_tree, split_tree
from pdelang.training import descent
from pdelang.training import journal as journal_module
from pdelang.training.gauss_newton import method
from pdelang.training.journal import Entry, Journal, Place, keep_in, open_section, remember
from pdelang.training.lbfgs import method as lbfgs_method
from tests.cli_samples import QUICK_ARGUMENTS, run_cli, write_spec

pytestmark = pytest.mark.usefixtures("without_pictures")

BURGERS = """\
pde 1
domain line(x) = interval(-1, 1)
time t in 0 .. 0.3
unknown u
in line: dt(u) + u*dx(u) = 0.1*dxx(u)
on left, right: u = 0
at t = 0: u = -sin(pi*x)
"""

PENDULUM = """\
pde 1
time t in 0 .. 20
unknown y
in t: dtt(y) = -sin(y)
at t = 0: y = 2
at t = 0: dt(y) = 0
"""

POISSON = """\
pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = -sin(pi*x)
on left, right: u = 0
"""

SMALL = {"network": "mlp(width = 5, depth = 1)", "points": "20", "conditions": "soft"}
METHODS = {
    "adam": (
        POISSON,
        {**SMALL, "method": "adam(polish = off)", "tolerance": "1e-9", "steps": "600"},
    ),
    "lbfgs": (
        POISSON,
        {
            **SMALL,
            "method": "lbfgs(polish = off)",
            "tolerance": "1e-13",
            "steps": "60",
            "refresh_every": "25",
        },
    ),
    "gauss_newton": (
        POISSON,
        {**SMALL, "method": "gauss_newton(polish = off)", "tolerance": "1e-13", "steps": "12"},
    ),
    "splines": (BURGERS, {"tolerance": "1e-6"}),
    "time alone": (PENDULUM, {"tolerance": "1e-8"}),
    "features": (BURGERS, {"network": "features(kind = sine)", "tolerance": "1e-3"}),
}


class Recorder:
    """Takes what a journal writes, and keeps some of it, as the files would."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    def write(self, entries: dict[str, Entry]) -> None:
        self.contents.append(pack_entries(entries, {}))


def solve_with(text: str, settings: dict[str, str], stored: dict[str, Entry] | None, write=None):
    compilation = pipeline.compile(text, settings)
    journal = Journal(compilation.started, stored, write)
    return pipeline.solve(compilation, journal=journal), journal


def compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every solve start its runs anew on the functions that the first one has compiled."""
    for module, name in (
        (descent, "prepare_runs"),
        (lbfgs_method, "prepare_lbfgs"),
        (method, "prepare_gauss_newton"),
    ):
        prepare, prepared = getattr(module, name), []

        def again(*arguments, prepare=prepare, prepared=prepared):
            if not prepared:
                known = prepare(*arguments)
                starts = [
                    ({"trained": run.trained, "frozen": run.frozen}, run.seeds, run.steps)
                    for run in (known.first, known.second)
                ]
                prepared += [known, starts]
            known, starts = prepared
            runs = [type(known.first).start(known.stepper, *s, arguments[3]) for s in starts]
            return replace(known, first=runs[0], second=runs[1])

        monkeypatch.setattr(module, name, again)


def leaves(solution) -> list[bytes]:
    return [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(solution.parameters)]


@pytest.mark.parametrize("case", METHODS)
def test_a_solve_goes_on_from_any_checkpoint_to_the_same_numbers(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "WRITE_EVERY", 0.0)
    monkeypatch.setattr(journal_module, "_MOST_OF_THE_TIME", np.inf)
    compile_once(monkeypatch)
    text, settings = METHODS[case]
    recorder = Recorder()
    whole, _ = solve_with(text, settings, None, recorder.write)
    moments = np.random.default_rng(7).integers(
        0, len(recorder.contents), 1 if case in ("adam", "lbfgs", "gauss_newton") else 2
    )
    for moment in moments:
        path = tmp_path / "kept"
        path.write_bytes(recorder.contents[moment])
        entries, _ = unpack_entries(path)
        later, journal = solve_with(text, settings, entries)
        assert leaves(later) == leaves(whole)
        assert dict(later.error_estimate) == dict(whole.error_estimate)
        assert len(later.history.rows) == len(whole.history.rows)
        assert later.status is whole.status
        latest = max(entry.seconds for entry in entries.values())
        assert journal.seconds >= latest, "the clock counts what the earlier process has spent"


def test_what_is_known_is_not_computed_again_and_what_is_of_something_else_is() -> None:
    calls = []

    def look(journal: Journal, mark: int) -> int:
        def compute() -> int:
            calls.append(mark)
            return 10 * mark

        with keep_in(journal), open_section("part"):
            return remember("x", [mark], compute, lambda v: {"v": v}, lambda s: s["v"])

    first = Journal(time.monotonic())
    assert look(first, 1) == 10
    assert look(Journal(time.monotonic(), first.entries), 1) == 10
    assert calls == [1]
    assert look(Journal(time.monotonic(), first.entries), 2) == 20
    assert calls == [1, 2]


def test_names_follow_the_order_of_the_solve_and_the_clock_only_goes_forward() -> None:
    journal = Journal(time.monotonic(), {"a.1": Entry(100.0, {"v": 1}), "a.2": Entry(50.0, {})})
    names: list[str] = []

    def nested() -> int:
        names.append(Place("inner").name)
        return 0

    known = Journal(0.0, {"x.1": Entry(0.0, {"mark": [1], "result": {}})})
    for each in (Journal(0.0), known):
        with keep_in(each):
            for mark in (1, 2):
                remember("x", [mark], nested, lambda _: {}, lambda _: 0)
    assert names == ["x.1/inner.1", "x.2/inner.1", "x.2/inner.1"]

    with keep_in(journal):
        first, second = Place("a"), Place("a")
        assert first.recall() == {"v": 1}
        after = journal.seconds
        assert 100.0 <= after < 160.0
        assert second.recall() == {}
        assert journal.seconds >= after
        assert Place("a").recall() is None
        with open_section("b"):
            Place("a").keep(dict)
    assert "b.1/a.1" in journal.entries


def test_a_state_survives_as_json_and_arrays_to_the_last_bit() -> None:
    state = {
        "numbers": [1, 2.5, 0.1 + 0.2, float("inf"), True, None, "text"],
        "columns": np.arange(6.0).reshape(2, 3).T,
        "row": np.arange(3, dtype=np.int32),
        "deep": {"scalar": np.float32(0.1), "jax": jax.numpy.ones((2, 1))},
    }
    arrays: dict[str, np.ndarray] = {}
    tree = split_tree(state, arrays)
    back = join_tree(tree, arrays)
    assert back["numbers"] == state["numbers"]
    assert back["columns"].flags.f_contiguous
    for name in ("columns", "row"):
        assert back[name].dtype == state[name].dtype
        assert np.array_equal(back[name], state[name])
    assert back["deep"]["scalar"] == np.float32(0.1)
    assert back["deep"]["jax"].shape == (2, 1)
    with pytest.raises(TypeError, match="cannot hold"):
        split_tree({"x": object()}, {})


KEY = {"spec": "1", "setting seed": "0"}


def test_a_checkpoint_that_is_damaged_or_foreign_is_named(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "heat.solution", KEY, pytest.fail)
    assert checkpoint.read() is None
    checkpoint.write({"a.1": Entry(2.0, {"x": np.arange(4.0)})})
    found = checkpoint.read()
    assert found is not None
    assert np.array_equal(found["a.1"].read()["x"], np.arange(4.0))

    other = Checkpoint(tmp_path / "heat.solution", {**KEY, "setting seed": "5"}, pytest.fail)
    with pytest.raises(CheckpointError, match="of another solve: the setting seed was 0 and is 5"):
        other.read()

    content = bytearray(checkpoint.path.read_bytes())
    content[-3] ^= 1
    checkpoint.path.write_bytes(bytes(content))
    with pytest.raises(CheckpointError, match=r"damaged \(its digest does not fit"):
        checkpoint.read()
    checkpoint.path.write_bytes(bytes(content[:50]))
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.read()
    checkpoint.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before_and_the_solve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    checkpoint = Checkpoint(tmp_path / "heat.solution", KEY, said.append)
    checkpoint.write({"a.1": Entry(2.0, {"x": 1})})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    checkpoint.write({"a.1": Entry(3.0, {"x": 2})})
    checkpoint.write({"a.1": Entry(4.0, {"x": 3})})
    assert len(said) == 1
    assert "No space left on device" in said[0]
    found = checkpoint.read()
    assert found is not None
    assert found["a.1"].read() == {"x": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["heat.solution.checkpoint"]


def test_two_runs_on_one_folder_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write_spec(tmp_path)
    with lock_folder(tmp_path / "heat.solution"):
        assert run_cli(["solve", spec, *QUICK_ARGUMENTS]) == 2
    error = capsys.readouterr().err
    assert f"another run (process {os.getpid()}) is writing there" in error
    assert "choose another folder with -o" in error
    with lock_folder(tmp_path / "heat.solution"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["heat.pde"]


# The command line with a checkpoint after every block of steps.
_RUN = """\
import sys
from pdelang.training import journal
journal.WRITE_EVERY = 0.05
journal._MOST_OF_THE_TIME = 1.0
from pdelang.cli import main
main()
"""


def test_a_killed_command_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = write_spec(tmp_path, BURGERS, "burgers.pde")
    arguments = ["--tol", "1e-6"]
    kept = tmp_path / "burgers.solution.checkpoint"
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, "solve", str(spec), "--quiet", *arguments],
        cwd=Path(__file__).resolve().parent.parent,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 120.0
    while not kept.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    entries, _ = unpack_entries(kept)
    assert any("march" in name for name in entries), "it was killed in the middle of a march"

    assert run_cli(["solve", spec, "--resume", "--tol", "1e-3"]) == 2
    error = capsys.readouterr().err
    assert "the setting tolerance was 1e-06 and is 0.001" in error
    assert "leave --resume out to start anew" in error
    assert kept.exists()

    assert run_cli(["solve", spec, "--resume", *arguments]) == 0
    assert f"resume    from {kept}" in capsys.readouterr().err
    assert not kept.exists()
    whole, _ = solve_with(BURGERS, {"tolerance": "1e-6"}, None)
    resumed = load_file(tmp_path / "burgers.solution" / "parameters.safetensors")
    for name, array in name_arrays(whole.parameters).items():
        assert array.tobytes() == resumed[name].tobytes()
