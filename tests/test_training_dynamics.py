"""How a run moved, against the parameters that it went through."""

from __future__ import annotations

import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import yaml

from pdelang.kernels.jacobian import build_jacobian, ravel_parameters
from pdelang.kernels.rows import list_rows
from pdelang.networks.model import FieldModel
from pdelang.training.defaults import resolve_settings
from pdelang.training.dynamics import measure_dynamics
from pdelang.training.loop import Run
from pdelang.training.precision import numeric_context
from pdelang.training.preparation import prepare_runs
from pdelang.training.sampling import build_sampler
from tests.cli_samples import run_cli
from tests.stages import lower_text

SPEC = """
domain rod(x) = interval(0, 1)
unknown u
in rod as poisson: dxx(u) = -sin(pi*x)
on left, right as ends: u = 0
solver {
  conditions = soft  precision = f64  steps = 5  points = 12
  method = adam(rate = 0.05, resample_every = 1000000)
  network = mlp(width = 5, depth = 1)
}
"""


def test_the_numbers_are_those_of_the_path_that_was_taken():
    program = lower_text(SPEC)
    settings = resolve_settings(program.system, program.system.problem.settings)
    with numeric_context("f64"):
        model = FieldModel.from_program(program, settings)
        prepared = prepare_runs(program, settings, model, time.monotonic())
        run = prepared.first
        assert isinstance(run, Run)
        assert measure_dynamics(program, run, prepared.estimator.seeds) == {}
        path = [ravel_parameters(run.trained)]
        for step in range(1, 6):
            run.advance_to(step, time.monotonic() + 600)
            path.append(ravel_parameters(run.trained))
        found = measure_dynamics(program, run, prepared.estimator.seeds)

        steps = np.diff(path, axis=0)
        squares = float(np.sum(steps**2))
        assert float(run.state.path) == pytest.approx(squares, rel=1e-12)
        displacement = np.linalg.norm(path[-1] - path[0])
        assert found["motion_efficiency"] == pytest.approx(
            displacement**2 / (5 * squares), rel=1e-12
        )
        assert 0 < found["motion_efficiency"] <= 1
        assert found["parameter_drift"] == pytest.approx(
            displacement / np.linalg.norm(path[0]), rel=1e-12
        )

        # The same rows by the other Jacobian, row by row.
        sampler = build_sampler(program, 16, False, np.float64)
        batch = sampler.draw(run.seeds, jnp.zeros((), jnp.int32))
        rows = list_rows(run.stepper.assembly, batch, sampler.copies)
        before, after = (
            {"trained": trained, "frozen": run.frozen} for trained in (run.initial, run.trained)
        )
        jacobian = build_jacobian(rows, before)
        kernels = [jacobian.evaluate(p) @ jacobian.evaluate(p).T for p in (before, after)]
        drift = np.linalg.norm(kernels[1] - kernels[0]) / np.linalg.norm(kernels[0])
        assert found["kernel_drift"] == pytest.approx(drift, rel=1e-9)
        linear = jacobian.push(before, path[-1] - path[0])
        moved = jacobian.residuals(after) - jacobian.residuals(before)
        flag = np.linalg.norm(moved - linear) / np.linalg.norm(linear)
        assert found["linearisation_flag"] == pytest.approx(flag, rel=1e-9)

        def gradient(term: int) -> np.ndarray:
            def loss(trained):
                return run.stepper.assembly.losses({**after, "trained": trained}, batch)[term]

            return ravel_parameters(jax.jit(jax.grad(loss))(run.trained))

        a, b = gradient(0), gradient(1)
        cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
        assert found["worst_alignment"] == pytest.approx(cosine, rel=1e-9)
        # Twelve points for ever: other points differ, by how much depends on them.
        assert 0.3 < found["held_out_ratio"] < 3
        assert found["held_out_ratio"] != 1


def test_every_trained_artifact_says_how_it_moved(
    heat_artifact: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = yaml.safe_load((heat_artifact / "manifest.yaml").read_text("utf-8"))
    # One term, so no alignment.
    assert set(record["dynamics"]) == {
        "kernel_drift",
        "parameter_drift",
        "linearisation_flag",
        "motion_efficiency",
        "held_out_ratio",
    }
    assert run_cli(["show", heat_artifact]) == 0
    assert f"kernel drift {record['dynamics']['kernel_drift']:.2g}" in capsys.readouterr().out


def test_an_artifact_without_these_numbers_is_still_read(
    heat_artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = yaml.safe_load((heat_artifact / "manifest.yaml").read_text("utf-8"))
    del record["dynamics"]
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(record), "utf-8")
    assert run_cli(["show", tmp_path]) == 0
    assert "training   " not in capsys.readouterr().out
