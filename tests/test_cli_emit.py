"""``pdelang emit`` and ``pdelang explain``."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_samples import HEAT, run_cli, write_spec


@pytest.mark.parametrize(
    ("stage", "fact"),
    [
        ("tree", "name: rod"),
        ("problem", "dt(u) = alpha*dxx(u)"),
        ("system", "u_xx"),
        ("program", "heat"),
        ("latex", r"\partial"),
        ("python", "import jax"),
    ],
)
def test_every_stage_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stage: str, fact: str
) -> None:
    assert run_cli(["emit", write_spec(tmp_path), "--stage", stage]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert fact in out


def test_the_emitted_module_runs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["emit", write_spec(tmp_path), "--stage", "python"]) == 0
    (tmp_path / "heat.py").write_text(capsys.readouterr().out, "utf-8")
    program = (
        "import sys, heat, jax.numpy as jnp\n"
        "exact = lambda x, t: jnp.exp(-0.1*jnp.pi**2*t)*jnp.sin(jnp.pi*x)\n"
        "print(max(abs(float(r({'u': exact}, 0.3, 0.4))) for n, r in heat.RESIDUALS.items() if n == 'heat'))\n"
        "assert 'pdelang' not in sys.modules\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    # Second derivatives in f32: rounding of 1e-7 times pi^2.
    assert float(result.stdout) < 1e-5, result.stderr


def test_a_faulty_spec_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = write_spec(tmp_path, HEAT.replace("dxx(u)", "dxx(v)"))
    assert run_cli(["emit", spec, "--stage", "system"]) == 2
    assert "E101" in capsys.readouterr().err
    assert run_cli(["emit", spec]) == 2
    assert "missing option" in capsys.readouterr().err.lower()


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["explain", "e201"]) == 0
    assert "E201" in capsys.readouterr().out


def test_an_unknown_code_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["explain", "E999"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "there is no code 'E999'" in err
