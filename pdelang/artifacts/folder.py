"""Writing a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from pdelang.artifacts.failure import TargetError
from pdelang.artifacts.manifest import Manifest, read_manifest

MANIFEST = "manifest.yaml"
CHECKPOINT = ".checkpoint"


def check_target(folder: Path) -> None:
    """Make sure that an artifact may be written at ``folder``, before any time is spent on it.

    A place where nothing stands, an empty folder and an artifact of ours may be taken.

    Raises:
        TargetError: something else stands there, or the place cannot be written.
    """
    if folder.is_dir():
        if any(folder.iterdir()) and _find_manifest(folder) is None:
            raise TargetError(
                folder,
                "the folder exists and is not an artifact of pdelang, so it is left alone",
                help="choose another folder with -o",
            )
    elif folder.exists():
        raise TargetError(
            folder, "a file with this name exists", help="choose another name with -o"
        )
    parent = folder.parent
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        raise TargetError(folder, f"{parent} is not a folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise TargetError(folder, f"no permission to write in {parent}")


def list_sweep(folder: Path) -> tuple[str, ...]:
    """Return the names of the artifacts of a sweep below ``folder``, none where it holds other things."""
    found = _find_sweep(folder)
    return () if found is None else found


def is_sweep(folder: Path) -> bool:
    """Say whether ``folder`` holds what a sweep leaves, be it only the checkpoint of its first value."""
    return _find_sweep(folder) is not None


def _find_sweep(folder: Path) -> tuple[str, ...] | None:
    if not folder.is_dir() or (folder / MANIFEST).exists():
        return None
    names, is_begun = [], False
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):  # what a run that was ended left behind
            continue
        is_begun = True
        if "=" not in entry.name:
            return None
        if entry.is_file() and entry.suffix == CHECKPOINT:
            continue
        if _find_manifest(entry) is None:
            return None
        names.append(entry.name)
    return tuple(names) if is_begun else None


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` (relative path to content) as ``folder``, in place of an older artifact.

    All is written into a new folder beside the target, which is then renamed: whoever looks
    sees the old artifact or the new one. Files that somebody else put into the old artifact
    move on to the new one.

    Raises:
        TargetError: as ``check_target``, or the disk refuses; the old artifact then still stands.
    """
    check_target(folder)
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:12]}.new")
        new.mkdir()
    except OSError as error:
        raise TargetError(folder, f"cannot be written ({error.strerror})") from error
    try:
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            _keep_foreign_files(folder, new)
        _swap(new, folder)
    except OSError as error:
        raise TargetError(folder, f"cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    old = new.with_suffix(".old")
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _keep_foreign_files(folder: Path, new: Path) -> None:
    manifest = _find_manifest(folder)
    ours = set(manifest.files) | {MANIFEST} if manifest else {MANIFEST}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_dir() or name.as_posix() in ours or (new / name).exists():
            continue
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, new / name, follow_symlinks=False)


def _find_manifest(folder: Path) -> Manifest | None:
    try:
        return read_manifest((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
