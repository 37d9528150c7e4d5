"""The checkpoint of a solve in progress: one file beside the artifact, replaced whole or not at all.

``heat.solution.checkpoint`` is a safetensors file. Its metadata holds, as JSON, what it belongs
to and the tree of states; its arrays are the leaves. Nothing in it is executed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as write_safetensors

from pdelang.artifacts.failure import ArtifactError
from pdelang.artifacts.folder import CHECKPOINT
from pdelang.artifacts.solve_key import Key
from pdelang.artifacts.state_tree import join_tree, split_tree
from pdelang.training.journal import Entry

FORMAT = "pdelang-checkpoint"
FORMAT_VERSION = 1
_START_ANEW = "leave --resume out to start anew"


class CheckpointError(ArtifactError):
    """A checkpoint that is damaged, or that belongs to another solve."""


@dataclass(slots=True, eq=False)
class Checkpoint:
    """The checkpoint file of an artifact's folder, for a solve with this key.

    ``warn`` is told once when it cannot be written: the solve itself goes on.
    """

    artifact: Path
    key: Key
    warn: Callable[[str], None]
    _has_warned: bool = False

    @property
    def path(self) -> Path:
        return self.artifact.with_name(self.artifact.name + CHECKPOINT)

    def write(self, entries: Mapping[str, Entry]) -> None:
        """Write all entries in place of the file there was, which stands until the new one is whole."""
        new = self.path.with_name(f".{self.path.name}.new")
        try:
            content = pack_entries(entries, self.key)
            new.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            new.unlink(missing_ok=True)
            if not self._has_warned:
                self._has_warned = True
                self.warn(
                    f"the checkpoint {self.path} cannot be written ({error.strerror});"
                    " the solve goes on without"
                )

    def read(self) -> dict[str, Entry] | None:
        """Return the entries of the file, None where there is no file.

        Raises:
            CheckpointError: it is damaged, or of another spec, other settings or versions.
        """
        if not self.path.exists():
            return None
        try:
            entries, key = unpack_entries(self.path)
        except (SafetensorError, ValueError, KeyError, TypeError, OSError) as error:
            raise CheckpointError(
                self.path, f"the checkpoint is damaged ({error})", help=_START_ANEW
            ) from None
        if (change := _find_change(key, self.key)) is not None:
            raise CheckpointError(
                self.path, f"the checkpoint is of another solve: {change}", help=_START_ANEW
            )
        return entries

    def remove(self) -> None:
        """Remove the file: its solve is over and saved."""
        self.path.unlink(missing_ok=True)


def pack_entries(entries: Mapping[str, Entry], key: Key) -> bytes:
    """Return the content of a checkpoint file."""
    arrays: dict[str, np.ndarray] = {}
    tree = {
        name: {"seconds": entry.seconds, "state": split_tree(entry.read(), arrays)}
        for name, entry in entries.items()
    }
    text = json.dumps({"key": dict(key), "entries": tree})
    metadata = {
        "format": FORMAT,
        "format_version": str(FORMAT_VERSION),
        "content": text,
        "digest": _digest(text, arrays),
    }
    return write_safetensors(arrays, metadata)


def unpack_entries(path: Path) -> tuple[dict[str, Entry], Key]:
    """Return the entries of a checkpoint file and its key.

    Raises SafetensorError, ValueError, KeyError, TypeError or OSError for a file that is not whole.
    """
    with safe_open(path, "numpy") as file:
        metadata = file.metadata() or {}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    if metadata.get("format") != FORMAT:
        raise ValueError("it is not a checkpoint of pdelang")
    if metadata["format_version"] != str(FORMAT_VERSION):
        raise ValueError(
            f"its format_version is {metadata['format_version']}, this pdelang reads {FORMAT_VERSION}"
        )
    if metadata["digest"] != _digest(metadata["content"], arrays):
        raise ValueError("its digest does not fit its content")
    content = json.loads(metadata["content"])
    entries = {
        name: Entry(entry["seconds"], join_tree(entry["state"], arrays))
        for name, entry in content["entries"].items()
    }
    return entries, content["key"]


def _digest(text: str, arrays: Mapping[str, Any]) -> str:
    found = hashlib.sha256(text.encode("utf-8"))
    for name in sorted(arrays):
        array = arrays[name]
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def _find_change(before: Key, after: Key) -> str | None:
    """Return what differs between two keys, None where nothing does."""
    changed = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    if not changed:
        return None
    sentences = []
    for name in changed:
        was, is_now = before.get(name), after.get(name)
        if name == "spec":
            sentences.append("the spec has changed")
        elif name == "tables":
            sentences.append("a table that the spec reads has changed")
        else:
            sentences.append(f"the {name} was {was or 'not set'} and is {is_now or 'not set'}")
    return "; ".join(sentences)
