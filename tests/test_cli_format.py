"""``pdelang fmt``: in place and whole, with ``--check`` not at all."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli_samples import HEAT, run_cli, write_spec

UGLY = HEAT.replace(" = ", "=").replace("alpha*dxx(u)", "alpha * dxx( u )")


def test_a_spec_is_formatted_in_place_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write_spec(tmp_path, UGLY)
    spec.chmod(0o640)
    assert run_cli(["fmt", spec]) == 0
    assert capsys.readouterr().out == f"{spec}: formatted\n"
    assert spec.read_text("utf-8") == HEAT
    assert stat.S_IMODE(spec.stat().st_mode) == 0o640
    assert run_cli(["fmt", spec]) == 0
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == [spec], "nothing else is left behind"


def test_check_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, ugly = write_spec(tmp_path), write_spec(tmp_path, UGLY, "ugly.pde")
    assert run_cli(["fmt", good, ugly, "--check"]) == 1
    assert capsys.readouterr().out == f"{ugly}: not in the canonical layout\n"
    assert ugly.read_text("utf-8") == UGLY
    assert run_cli(["fmt", good, "--check"]) == 0


def test_a_spec_with_a_fault_is_left_alone_and_the_others_formatted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = UGLY + "param b = (1\n"
    faulty, ugly = write_spec(tmp_path, text), write_spec(tmp_path, UGLY, "ugly.pde")
    assert run_cli(["fmt", faulty, ugly, tmp_path / "none.pde"]) == 2
    err = capsys.readouterr().err
    assert "E002" in err
    assert "E030" in err
    assert faulty.read_text("utf-8") == text
    assert ugly.read_text("utf-8") == HEAT


def test_windows_line_ends_and_a_byte_order_mark_become_plain(tmp_path: Path) -> None:
    spec = tmp_path / "heat.pde"
    spec.write_bytes(b"\xef\xbb\xbf" + HEAT.replace("\n", "\r\n").encode())
    assert run_cli(["fmt", spec]) == 0
    assert spec.read_bytes() == HEAT.encode()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, UGLY)
    link = tmp_path / "link.pde"
    link.symlink_to(spec)
    assert run_cli(["fmt", link]) == 0
    assert link.is_symlink()
    assert spec.read_text("utf-8") == HEAT


def test_formatting_imports_no_numerics(tmp_path: Path) -> None:
    heavy = "('jax', 'sympy', 'matplotlib', 'scipy')"
    code = (
        "import sys; from pdelang.cli.app import run; code = run(sys.argv[1:]); "
        f"sys.exit(code or ', '.join(m for m in {heavy} if m in sys.modules))"
    )
    command = [sys.executable, "-c", code, "fmt", str(write_spec(tmp_path, UGLY))]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.stderr == "\n", "sys.exit prints the modules that were imported"
    assert (tmp_path / "heat.pde").read_text("utf-8") == HEAT
