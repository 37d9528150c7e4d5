"""Units that are read from the user's cache mean what pint says, and nothing stands in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pdelang.semantics import unit_names
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.kept_units import keep_units, recall_unit

NAMES = ("kPa", "degC", "inch", "deg", "eV", "mol", "percent")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    unit_names._find.cache_clear()
    keep_units(tmp_path / "units")
    yield tmp_path / "units"
    keep_units(None)
    unit_names._find.cache_clear()


def test_kept_units_are_those_of_pint_to_the_last_digit(folder: Path) -> None:
    for name in NAMES:
        asked = unit_names._find(name)
        kept = recall_unit(name)
        assert isinstance(asked, Conversion)
        assert kept is not None
        assert kept == asked
        assert type(kept.factor) is type(asked.factor)
    assert len(list(folder.iterdir())) == 1


def test_what_is_no_unit_is_not_kept(folder: Path) -> None:
    assert unit_names._find("furlongg") is None
    assert isinstance(unit_names._find("dB"), str)
    assert not folder.exists()


@pytest.mark.parametrize(
    "damage",
    ["", "[1]", '{"kPa": 3}', '{"kPa": {"dimension": {}, "factor": "1/0", "offset": "0"}}'],
)
def test_a_damaged_file_is_made_anew(folder: Path, damage: str) -> None:
    good = unit_names._find("kPa")
    (kept,) = folder.iterdir()
    kept.write_text(damage, encoding="utf-8")
    assert recall_unit("kPa") is None
    unit_names._find.cache_clear()
    assert unit_names._find("kPa") == good
    assert recall_unit("kPa") == good


def test_no_folder_stands_in_the_way(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    unit_names._find.cache_clear()
    try:
        keep_units(blocked / "below")
        assert isinstance(unit_names._find("kPa"), Conversion)
    finally:
        keep_units(None)
        unit_names._find.cache_clear()


def test_without_a_folder_nothing_is_kept() -> None:
    keep_units(None)
    assert recall_unit("kPa") is None


def test_the_file_holds_text_that_a_person_can_read(folder: Path) -> None:
    unit_names._find("kPa")
    (kept,) = folder.iterdir()
    line = json.loads(kept.read_text(encoding="utf-8"))["kPa"]
    assert line["factor"] == "1000"
    assert line["dimension"] == {"[mass]": "1", "[length]": "-1", "[time]": "-2"}
