"""The manifest: what was solved, how, how well, and which files belong to the artifact."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import yaml

FORMAT = "pdelang-artifact"
FORMAT_VERSION = 1
_LATER = ("dynamics", "fitted", "misfit", "standard_error", "units", "solve")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that ``manifest.yaml`` says.

    ``settings`` are the settings in force, as settings text (``network: mlp(width = 64)``), so
    that the spec compiles to the same network again. ``seconds`` is the whole time,
    ``seconds_by_stage`` its parts. ``error_estimate`` and ``error`` map unknowns to relative L2
    errors. ``ntk`` maps terms to trace and weight, ``dynamics`` says how training moved. ``fitted`` maps
    every `fit` to value and standard error, or to the coefficients of a field, ``misfit`` labels of
    data to the root mean square of their residuals, ``standard_error`` unknowns and fits to what the
    noise of readings adds, relative as the estimate is. ``solve`` is a digest of all that the numbers depend
    on: spec, tables, settings but for the time limit, versions, device. ``units`` are those of coordinates, fields and
    reports, where they have one. ``files`` maps each file to its SHA-256.
    """

    title: str
    status: str
    method: str
    weights: str
    precision: str
    seed: int
    device: str
    tolerance: float
    seconds: float
    seconds_by_stage: Mapping[str, float]
    error_estimate: Mapping[str, float]
    error: Mapping[str, float]
    reports: Mapping[str, float]
    ntk: Mapping[str, Mapping[str, float]]
    messages: tuple[str, ...]
    warnings: tuple[str, ...]
    settings: Mapping[str, str]
    cite: tuple[str, ...]
    versions: Mapping[str, str]
    coordinates: tuple[str, ...]
    fields: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    dynamics: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    fitted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    misfit: Mapping[str, float] = field(default_factory=dict)
    standard_error: Mapping[str, float] = field(default_factory=dict)
    solve: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers, in the order people read them."""
        record: dict[str, Any] = {"format": FORMAT, "format_version": FORMAT_VERSION}
        for entry in fields(self):
            record[entry.name] = _plain(getattr(self, entry.name))
        return record


def write_manifest(manifest: Manifest) -> str:
    """Return the manifest as YAML text."""
    return yaml.safe_dump(
        manifest.to_record(),
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=False,
    )


def read_manifest(text: str) -> Manifest:
    """Return the manifest in a YAML text.

    Raises:
        ValueError: not YAML, not ours, of a later format, or with an entry that is missing or
            of another type; the text names it.
    """
    try:
        record = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"it is not YAML ({_first_line(error)})") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ValueError("it is not the manifest of a pdelang artifact")
    if record.get("format_version") != FORMAT_VERSION:
        raise ValueError(
            f"its format_version is {record.get('format_version')}, this pdelang reads {FORMAT_VERSION}"
        )
    values: dict[str, Any] = {}
    for entry in fields(Manifest):
        if entry.name not in record and entry.name in _LATER:
            continue  # an artifact from before there was any
        if entry.name not in record:
            raise ValueError(f"the entry '{entry.name}' is missing")
        values[entry.name] = _convert(entry.name, str(entry.type), record[entry.name])
    return Manifest(**values)


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case bool() | str():
            return value
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case None:
            return None
        case int():
            return int(value)
        case _:
            return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_map(value: Any, item: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and item(v) for k, v in value.items())


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


# The annotation of an entry, as it stands above, and what YAML must hold for it.
_CHECKS: dict[str, tuple[str, Any]] = {
    "str": ("a text", _is_text),
    "int": ("a whole number", lambda v: isinstance(v, int) and not isinstance(v, bool)),
    "float": ("a number", _is_number),
    "tuple[str, ...]": ("a list of texts", lambda v: isinstance(v, list) and all(map(_is_text, v))),
    "Mapping[str, str]": ("a map of texts", lambda v: _is_map(v, _is_text)),
    "Mapping[str, Mapping[str, Any]]": (
        "a map of maps",
        lambda v: _is_map(v, lambda inner: _is_map(inner, lambda _: True)),
    ),
    "Mapping[str, float]": ("a map of numbers", lambda v: _is_map(v, _is_number)),
    "Mapping[str, Mapping[str, float]]": (
        "a map of maps of numbers",
        lambda v: _is_map(v, lambda inner: _is_map(inner, _is_number)),
    ),
}


def _convert(name: str, annotation: str, value: Any) -> Any:
    wanted, is_valid = _CHECKS[annotation]
    if not is_valid(value):
        raise ValueError(f"the entry '{name}' should be {wanted}")
    return tuple(value) if isinstance(value, list) else value


def _first_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark is not None else str(error).splitlines()[0]
