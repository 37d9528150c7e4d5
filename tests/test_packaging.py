"""The wheel holds all that a solve needs, grammar and types marker included."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import pdelang
from tests.cli_samples import QUICK_ARGUMENTS, write_spec

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the sources without ``.git``."""
    folder = tmp_path_factory.mktemp("build")
    for name in ("pdelang", "grammar"):
        ignored = shutil.ignore_patterns("__pycache__", "*.solution")
        shutil.copytree(ROOT / name, folder / "source" / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "source" / name)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(folder)]
    # The build backend of this environment serves, where there is one: no download.
    isolated = subprocess.run([sys.executable, "-c", "import hatchling"], capture_output=True)
    command += ["--no-build-isolation"] if isolated.returncode == 0 else []
    subprocess.run([*command, str(folder / "source")], check=True, capture_output=True)
    (path,) = folder.glob("pdelang-*.whl")
    return path


def test_the_wheel_holds_grammar_and_types_marker(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "pdelang/grammar/pde.lark" in names
    assert "pdelang/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "specs/", "benchmarks/"))]


def test_a_spec_is_solved_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = ["-m", "pip", "install", "--no-deps", "--quiet", "--target", str(site), str(wheel)]
    subprocess.run([sys.executable, *install], check=True, capture_output=True)
    write_spec(tmp_path)
    # The folder of the wheel comes first, so the checkout's own package is out of sight.
    environment = {**os.environ, "PYTHONPATH": str(site)}
    where = "import pdelang; print(pdelang.__file__)"
    for command in (["-c", where], ["-m", "pdelang", "solve", "heat.pde", *QUICK_ARGUMENTS]):
        result = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        if command[0] == "-c":
            assert result.stdout.startswith(str(site))
        else:
            assert result.returncode in (0, 1), result.stderr
            assert "Heat in a rod" in result.stdout


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert pdelang.__version__ == project["version"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
