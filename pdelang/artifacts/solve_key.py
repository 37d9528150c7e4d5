"""What the numbers of a solve depend on: two solves with one key give the same numbers."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

from pdelang.artifacts.manifest import hash_bytes
from pdelang.semantics.problem import Problem
from pdelang.semantics.settings import UNSUITED, Settings

_PACKAGES = ("pdelang", "jax", "jaxlib", "numpy", "scipy", "sympy", "optax")

# What a solve depends on, by name: the parts of a checkpoint's key.
Key = Mapping[str, str]


def describe_solve(problem: Problem, device: str) -> dict[str, str]:
    """Return everything on which the numbers of a solve depend, hashed where it is long.

    The time limit is left out: it decides where a solve ends, and may be longer when it goes on.
    """
    folder = Path(problem.source.name).parent
    tables = [folder / name for name in sorted(list_tables(problem))]
    contents = [path.read_bytes() if path.is_file() else b"" for path in tables]
    versions = {name: version(name) for name in _PACKAGES}
    parts = {
        "spec": hash_bytes(problem.text.encode("utf-8")),
        "tables": hash_bytes(b"".join(hashlib.sha256(c).digest() for c in contents)),
        "device": f"{device}, {platform.machine()}",
    }
    settings = describe_settings(problem.settings)
    settings.pop("time_limit", None)
    parts |= {f"setting {name}": value for name, value in settings.items()}
    parts |= {f"version of {name}": value for name, value in versions.items()}
    return parts


def list_tables(problem: Problem) -> tuple[str, ...]:
    """Return the paths of the tables that a spec reads, relative to it, each once."""
    names = (
        *(reference.path for reference in problem.references),
        *(condition.data.path for condition in problem.data_conditions),
        *problem.tables,
    )
    return tuple(dict.fromkeys(names))


def digest_key(key: Key) -> str:
    """Return the SHA-256 of a key."""
    return hash_bytes(json.dumps(dict(key), sort_keys=True).encode("utf-8"))


def describe_settings(settings: Settings) -> dict[str, str]:
    """Return the settings as settings text; one that the method chooses or ignores is absent."""
    values = {entry.name: getattr(settings, entry.name) for entry in fields(settings)}
    # The checker refuses a setting that the method has no use for, its default included.
    ignored = UNSUITED.get(settings.method.name, {})
    return {
        name: str(value)
        for name, value in values.items()
        if value is not None
        and (name not in ignored or getattr(value, "name", value) in ignored[name])
    }
