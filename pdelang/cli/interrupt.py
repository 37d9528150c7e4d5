"""Ctrl-C before anything could be written: one line, no traceback."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence

_MESSAGE = "stopped; nothing was written"


def report_interrupt(arguments: Sequence[str]) -> int:
    """Say that the command was stopped, as JSON too where that was asked for; return 1.

    This module imports little, so that it serves while the rest is still being imported.
    """
    return print_interrupt(_MESSAGE, wants_json(arguments))


def print_interrupt(message: str, as_json: bool) -> int:
    """Print what there is after Ctrl-C; return 1."""
    print(message, file=sys.stderr, flush=True)
    if as_json:
        print(json.dumps({"error": {"message": message, "help": None}}, indent=2), flush=True)
    return 1


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether the arguments ask for JSON, even where they cannot be read as a whole."""
    pairs = itertools.pairwise(arguments)
    return "--format=json" in arguments or ("--format", "json") in pairs
