"""Where the command line keeps what it would otherwise compute again."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "PDELANG_CACHE_DIR"


def find_cache_root() -> Path | None:
    """Return the user's cache folder of this program; None where the user wants none.

    ``PDELANG_CACHE_DIR`` names another folder; empty, it switches every cache off.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named.strip() else None
    from platformdirs import user_cache_path

    return user_cache_path("pdelang", appauthor=False)
