"""One run at a time writes to a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pdelang.artifacts.failure import TargetError


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of an artifact's folder during the body.

    The lock is a hidden file beside the folder, held by the system: it ends with the process,
    however that ends.

    Raises:
        TargetError: another run holds it, or the place cannot be written.
    """
    folder = folder.resolve()
    path = folder.with_name(f".{folder.name}.lock")
    lock = FileLock(path, timeout=0)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise TargetError(
            folder,
            f"another run{_name_holder(path)} is writing there",
            help="wait for its end, or choose another folder with -o",
        ) from None
    except OSError as error:
        raise TargetError(folder, f"cannot be written ({error.strerror})") from error
    try:
        with suppress(OSError):  # a full disk: the name of the holder is a courtesy
            path.write_text(f"{os.getpid()}\n", "utf-8")
        yield
    finally:
        # Removed while it is held: who opens it after that makes a new one.
        with suppress(OSError):
            path.unlink()
        lock.release()


def _name_holder(path: Path) -> str:
    with suppress(OSError, ValueError):
        return f" (process {int(path.read_text('utf-8'))})"
    return ""
