"""``pdelang check``: JSON by contract, text for people, exit codes."""

import json
from pathlib import Path

import pytest

from tests.cli_samples import HEAT, run_cli, write_spec

KEYS = {
    "code",
    "level",
    "message",
    "file",
    "line",
    "column",
    "end_line",
    "end_column",
    "label",
    "related",
    "notes",
    "help",
}
WARNED = HEAT.replace("param alpha", "param unused = 3\nparam alpha")
FAULTY = HEAT.replace("dxx(u)", "dxx(v)")


def test_a_clean_spec_shows_its_coverage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["check", write_spec(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "left" in out
    assert "MISSING" not in out
    assert "error" not in out


def test_json_has_the_keys_of_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["check", write_spec(tmp_path, FAULTY), "--format", "json"]) == 2
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {"diagnostics", "coverage"}
    (fault,) = record["diagnostics"]
    assert set(fault) == KEYS
    assert (fault["code"], fault["level"], fault["line"]) == ("E101", "error", 7)
    assert fault["column"] == FAULTY.splitlines()[6].index("v)") + 1


def test_coverage_of_one_spec_is_a_matrix_and_of_several_is_keyed_by_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = write_spec(tmp_path), write_spec(tmp_path, WARNED, "warned.pde")
    assert run_cli(["check", first, "--format", "json"]) == 0
    one = json.loads(capsys.readouterr().out)["coverage"]
    assert set(one) >= {"left", "right"}
    assert set(one["left"]) == {"u"}
    assert run_cli(["check", first, second, "--format", "json"]) == 0
    both = json.loads(capsys.readouterr().out)
    assert both["coverage"] == {str(first): one, str(second): one}
    codes = [d["code"] for d in both["diagnostics"]]
    assert codes == ["I231", "W103", "I231"]  # each spec's faults, then its remarks
    assert [d["file"] for d in both["diagnostics"]] == [str(first), str(second), str(second)]


def test_warnings_pass_unless_denied(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, WARNED)
    assert run_cli(["check", spec]) == 0
    assert run_cli(["check", spec, "--deny-warnings"]) == 2


def test_one_faulty_spec_among_several_decides(tmp_path: Path) -> None:
    assert run_cli(["check", write_spec(tmp_path), write_spec(tmp_path, FAULTY, "b.pde")]) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'pde 1\nproblem "\xff\xfe"\n', "E030"),
        (b"# " + b"x" * 1_000_001, "E020"),
        (b"", "E0"),
        (b"\x00\x01\x02\n", "E0"),
    ],
)
def test_unreadable_files_are_diagnosed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: str
) -> None:
    path = tmp_path / "bad.pde"
    path.write_bytes(content)
    assert run_cli(["check", path, "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["code"].startswith(code)


def test_a_missing_file_and_a_folder_are_diagnosed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_spec(tmp_path)
    assert run_cli(["check", tmp_path / "haet.pde"]) == 2
    assert "heat.pde'?" in capsys.readouterr().out
    assert run_cli(["check", tmp_path]) == 2
    assert "is a folder" in capsys.readouterr().out


def test_byte_order_mark_and_windows_line_ends_change_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "windows.pde"
    path.write_bytes(b"\xef\xbb\xbf" + FAULTY.replace("\n", "\r\n").encode())
    assert run_cli(["check", path, "--format", "json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (fault["code"], fault["line"]) == ("E101", 7)


def test_check_without_a_spec_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["check"]) == 2
    assert "missing argument" in capsys.readouterr().err.lower()


def test_a_gap_stands_in_the_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = write_spec(tmp_path, HEAT.replace("on left, right", "on left"))
    assert run_cli(["check", spec, "--format", "json"]) == 2
    record = json.loads(capsys.readouterr().out)
    assert [d["code"] for d in record["diagnostics"]] == ["E201"]
    assert record["coverage"]["right"]["u"] == "MISSING"
    assert run_cli(["check", spec]) == 2
    assert "MISSING" in capsys.readouterr().out
