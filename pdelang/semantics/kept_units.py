"""What units mean as a JSON file: asking `pint` takes a third of a second, reading the file none.

The file is named by pint's version and holds every unit that a spec of this user has named. It is
data: reading it executes nothing, and what is wrong with it only means that pint is asked again.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from pdelang.kept_file import write_kept
from pdelang.semantics.conversion import Conversion
from pdelang.semantics.dimension import Dimension

_MOST_UNITS = 1000
"""No user names as many; a program that tries them all shall not fill the disk."""

_folders: list[Path] = []


def keep_units(folder: Path | None) -> None:
    """Keep units in a folder from now on, for a process of one's own; None ends it."""
    _folders[:] = [] if folder is None else [folder]


def recall_unit(name: str) -> Conversion | None:
    """Return a kept unit, None where it is not kept or its line is damaged."""
    try:
        return _read(name, _load()[name])
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        return None


def keep_unit(name: str, unit: Conversion) -> None:
    """Add a unit to the file, if units are kept."""
    if not _folders:
        return
    units = _load()
    if len(units) < _MOST_UNITS:
        write_kept(_path(), json.dumps(units | {name: _write(unit)}))


def _path() -> Path:
    # Importing it takes longer than the rest of the program needs for its own arguments.
    from importlib.metadata import version

    return _folders[0] / f"pint-{version('pint')}.json"


def _load() -> dict[str, Any]:
    if not _folders:
        return {}
    try:
        units = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return units if isinstance(units, dict) else {}


def _write(unit: Conversion) -> dict[str, Any]:
    return {
        "dimension": {str(key): str(power) for key, power in unit.dimension.powers},
        "factor": _write_number(unit.factor),
        "offset": _write_number(unit.offset),
    }


def _read(name: str, line: dict[str, Any]) -> Conversion:
    powers = ((key, Fraction(power)) for key, power in line["dimension"].items())
    return Conversion(
        Dimension.of(powers), _read_number(line["factor"]), _read_number(line["offset"]), name
    )


def _write_number(value: Fraction | float) -> str | float:
    """Return a fraction as text and a double as a number, which JSON keeps to the last digit."""
    return str(value) if isinstance(value, Fraction) else value


def _read_number(value: str | float) -> Fraction | float:
    return Fraction(value) if isinstance(value, str) else float(value)
