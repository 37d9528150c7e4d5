"""The site of `docs/`: every page is in it, every session and program on a page runs."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli_samples import run_cli
from tests.test_tutorial import FENCE, read_numbers_off, split_session

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# In the order of reading: later pages use what earlier ones have solved.
SESSIONS = [
    *(f"how-to/{name}.md" for name in ("verify", "pictures", "export", "resume", "inverse")),
    "methods/auto.md",
    "python.md",
]


def list_nav(entries: list) -> list[str]:
    """Return the pages of a navigation, sections taken apart."""
    found = []
    for entry in entries:
        target = next(iter(entry.values())) if isinstance(entry, dict) else entry
        found += list_nav(target) if isinstance(target, list) else [target]
    return found


def test_the_navigation_has_every_page_once() -> None:
    nav = list_nav(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"])
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert sorted(nav) == sorted(pages)


def test_every_page_with_a_session_is_followed() -> None:
    with_sessions = {
        path.relative_to(DOCS).as_posix()
        for path in DOCS.rglob("*.md")
        if re.search(r"^```(console|python)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert with_sessions == {*SESSIONS, "tutorial.md"}


def test_sessions_print_what_the_pages_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = ""
    for page in SESSIONS:
        for info, text in FENCE.findall((DOCS / page).read_text("utf-8")):
            language, _, name = info.partition(" ")
            if name:
                (tmp_path / name).write_text(text, "utf-8")
            if language == "python":
                exec(compile(text, page, "exec"), {})
            if language != "console":
                continue
            for command, shown in split_session(text):
                assert run_cli(command.split()) == 0, command
                output = capsys.readouterr().out
                printed += output
                lines = [read_numbers_off(line) for line in output.splitlines()]
                heads = {line.partition(":")[0] for line in lines}
                missing = [
                    line
                    for line in map(read_numbers_off, shown)
                    if line not in lines and line.partition(":")[0] not in heads
                ]
                assert missing == [], command
    # The page on inverse problems says what its readings hold.
    found = re.search(r"strength = (\S+)", printed)
    assert found is not None
    assert float(found[1]) == pytest.approx(4.87, abs=0.01)


@pytest.mark.skipif(importlib.util.find_spec("material") is None, reason="needs the extra docs")
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "methods" / "least_squares.html").read_text("utf-8")
    assert page.count("<math") == 2
    assert "```" not in page
    assert "http" not in re.sub(r'(?:href|xmlns)="[^"]*"', "", page.partition("<body")[0])
    gallery = (tmp_path / "gallery.html").read_text("utf-8")
    spec = re.search(r'href="(specs/\w+\.pde)"', gallery)
    assert spec is not None
    shutil.copy(tmp_path / spec[1], tmp_path / "copy.pde")
