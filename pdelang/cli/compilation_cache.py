"""Compiled programs kept between runs, by JAX's persistent compilation cache.

JAX holds its cache once per process, so only the command line, which owns its process, opens it;
`import pdelang` leaves JAX as it is. A cache must never stand in the way of a solve: without a
writable folder or enough room on the disk there is none, an entry that cannot be read is
compiled again, and nothing of this is an error. Concurrent runs may share the folder: JAX writes
every entry once, under the hash of what it was compiled from, and checks it on reading.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
import warnings
from pathlib import Path

from pdelang.cli.cache_folder import find_cache_root

_JAX_VARIABLE = "JAX_COMPILATION_CACHE_DIR"
# A disk with less room than this is left alone; the cache never grows beyond the other figure.
_LEAST_ROOM = 256 << 20
_MOST_BYTES = 512 << 20
# Programs that compile faster than this are not worth a file.
_LEAST_SECONDS = 0.1


def open_compilation_cache() -> Path | None:
    """Let JAX keep what it compiles; return the folder, None where there is no cache.

    ``PDELANG_CACHE_DIR`` names another folder than the user's cache directory; empty, it
    switches the cache off. A folder that ``JAX_COMPILATION_CACHE_DIR`` names is left to JAX.
    """
    if os.environ.get(_JAX_VARIABLE):
        return None
    folder = find_cache_folder()
    if folder is None or not prepare_folder(folder):
        return None
    import jax

    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache")
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", _LEAST_SECONDS)
    return folder


def find_cache_folder() -> Path | None:
    """Return the folder for this machine's kind of processor; None where the user wants none."""
    root = find_cache_root()
    return None if root is None else root / "compiled" / _identify_processor()


def prepare_folder(folder: Path) -> bool:
    """Make the folder, with room left in it; say whether it can be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < _LEAST_ROOM:
            return False
        with tempfile.TemporaryFile(dir=folder):
            pass
        drop_oldest(folder, _MOST_BYTES)
    except OSError:
        return False
    return True


def drop_oldest(folder: Path, most_bytes: int) -> None:
    """Delete the files longest unused until the rest is at most half of ``most_bytes``.

    Nothing happens while all of them together are within ``most_bytes``.
    """
    sizes = [(entry.stat().st_mtime, entry.stat().st_size, entry) for entry in folder.iterdir()]
    total = sum(size for _, size, _ in sizes)
    if total <= most_bytes:
        return
    for _, size, entry in sorted(sizes, key=lambda item: item[0]):
        if total <= most_bytes // 2:
            return
        entry.unlink(missing_ok=True)
        total -= size


def _identify_processor() -> str:
    """Return a name that processors share only if they run the same instructions.

    Compiled programs use every instruction of the processor they were made on; home folders
    are shared between machines.
    """
    facts = [platform.machine(), platform.processor()]
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        facts += [line for line in lines if line.startswith(("flags", "Features"))][:1]
    except (OSError, UnicodeDecodeError):
        pass
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
