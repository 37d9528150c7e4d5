"""``pdelang fmt``: specs in their canonical layout."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from pdelang.cli.console import print_diagnostics, print_note, print_text
from pdelang.cli.failure import WRONG_INPUT
from pdelang.diagnostics.message import has_errors
from pdelang.reading import read_spec

UNFORMATTED = 1


def format_specs(specs: list[str], check: bool) -> int:
    """Format every spec in place; with ``check`` write nothing, and return 1 where one would change.

    A spec with a syntax fault is reported and left alone, and the result is 2.
    """
    codes = [_format_one(Path(spec), check) for spec in dict.fromkeys(specs)]
    return max(codes)


def _format_one(path: Path, check: bool) -> int:
    from pdelang.syntax.formatter import format_spec
    from pdelang.syntax.parser import parse

    text, diagnostics = read_spec(path)
    if text is None:
        print_diagnostics(diagnostics, sys.stderr)
        return WRONG_INPUT
    spec, diagnostics = parse(text.source)
    if has_errors(diagnostics):
        print_diagnostics(diagnostics, sys.stderr)
        return WRONG_INPUT
    formatted = format_spec(spec).encode("utf-8")
    if formatted == path.read_bytes():
        return 0
    if check:
        print_text(f"{path}: not in the canonical layout")
        return UNFORMATTED
    try:
        _replace_file(path.resolve(), formatted)
    except OSError as error:
        print_note(f"error: {path}: cannot be written ({error.strerror})")
        return WRONG_INPUT
    print_text(f"{path}: formatted")
    return 0


def _replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; its permissions stay."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        new.chmod(path.stat().st_mode)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
