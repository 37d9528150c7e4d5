"""Tables read from a file parse, and fail to parse, as computed ones do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pdelang.diagnostics.render import render_json
from pdelang.diagnostics.span import Source
from pdelang.syntax.grammar import grammar_path, keep_tables, load_parser
from pdelang.syntax.parser import parse
from pdelang.syntax.parser_tables import name_tables
from tests.tree_shapes import shape_of

CASES = Path(__file__).parent / "cases"
SOURCES = [
    Source(path.name, path.read_text(encoding="utf-8"))
    for path in sorted(CASES.glob("language/*.pde")) + sorted(CASES.glob("bad/E0*.pde"))
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    load_parser.cache_clear()
    keep_tables(tmp_path / "parser")
    yield tmp_path / "parser"
    keep_tables(None)
    load_parser.cache_clear()


def read_all() -> list[tuple]:
    load_parser.cache_clear()
    found = []
    for source in SOURCES:
        spec, diagnostics = parse(source)
        found.append((shape_of(spec.statements) if spec else None, render_json(diagnostics)))
    return found


def test_stored_tables_parse_as_computed_ones(folder: Path) -> None:
    assert len(SOURCES) > 20
    computed = read_all()
    (stored,) = folder.iterdir()
    assert stored.name == name_tables(grammar_path().read_text(encoding="utf-8"))
    before = stored.stat().st_mtime_ns
    assert read_all() == computed
    assert stored.stat().st_mtime_ns == before, "the second time it was only read"


@pytest.mark.parametrize("damage", ["", "[1, 2]", '{"a": 1}', "[{}, {}]", "\ufffd"])
def test_a_damaged_file_is_made_anew(folder: Path, damage: str) -> None:
    good = read_all()
    (stored,) = folder.iterdir()
    stored.write_text(damage, encoding="utf-8")
    assert read_all() == good
    written = stored.stat().st_mtime_ns
    assert read_all() == good
    assert stored.stat().st_mtime_ns == written, "the new file is sound"


def test_no_folder_stands_in_the_way(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    load_parser.cache_clear()
    try:
        keep_tables(blocked / "below")
        assert load_parser().options.parser == "lalr"
    finally:
        keep_tables(None)
        load_parser.cache_clear()
