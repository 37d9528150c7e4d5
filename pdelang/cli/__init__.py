"""The command line: arguments in, exit code out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from pdelang.cli.interrupt import report_interrupt

_COLLECTION_THRESHOLD = 50_000
"""New objects between two collections: imports make many and free none, so that Python's own
700 cost a tenth of a second of every command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0, 1, 2 or 3."""
    gc.set_threshold(_COLLECTION_THRESHOLD)
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        from pdelang.cli.app import run
        from pdelang.cli.cache_folder import find_cache_root
        from pdelang.semantics.kept_units import keep_units
        from pdelang.syntax.grammar import keep_tables

        root = find_cache_root()
        keep_tables(None if root is None else root / "parser")
        keep_units(None if root is None else root / "units")
        code = run(words)
    except KeyboardInterrupt:
        code = report_interrupt(words)
    sys.exit(code)
