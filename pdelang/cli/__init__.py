"""The command line: arguments in, exit code out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pdelang.cli.interrupt import report_interrupt


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0, 1, 2 or 3."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        from pdelang.cli.app import run

        code = run(words)
    except KeyboardInterrupt:
        code = report_interrupt(words)
    sys.exit(code)
