"""The parser's tables as a JSON file: computing them takes a third of a second, reading them none.

The file is named by what the tables follow from (the grammar and lark's version), so it is
never out of date. It is data: reading it executes nothing, and whatever is wrong with it only
means that the tables are computed again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from pdelang.kept_file import write_kept


def name_tables(grammar: str) -> str:
    """Return the file's name for a grammar's text."""
    facts = "\n".join((lark.__version__, grammar))
    return f"{hashlib.sha256(facts.encode()).hexdigest()[:24]}.json"


def write_tables(parser: Lark, path: Path) -> None:
    """Write a parser's tables, whole or not at all; do nothing where that is not possible."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    # The builder that makes the nodes is code; whoever reads the tables brings it along.
    data["options"] = {k: v for k, v in data["options"].items() if k != "transformer"}
    write_kept(path, json.dumps([data, memo]))


def read_tables(path: Path, transformer: Any) -> Lark | None:
    """Return the parser of a file's tables; None where there is no such file or it is damaged."""
    try:
        text = path.read_text(encoding="utf-8")
        data, memo = json.loads(text, object_pairs_hook=_restore_numbers)
        return Lark._load_from_dict(data, memo, transformer=transformer)
    except Exception:
        # Lark checks nothing that it reads, so a damaged file may fail in any way.
        return None


def _restore_numbers(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    """Turn keys like ``"12"`` into numbers again: states and tokens are numbered, JSON keys text."""
    return {int(key) if key.isdigit() else key: value for key, value in pairs}
