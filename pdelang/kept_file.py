"""Files that keep what would otherwise be computed again: written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_kept(path: Path, text: str) -> None:
    """Write a file under its folder, in one step; do nothing where that is not possible.

    Whoever reads meanwhile, another process perhaps, sees the old text or the new one.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise
