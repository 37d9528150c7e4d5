"""The LALR(1) parser of one statement or expression, built once from ``pde.lark``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lark import Lark

from pdelang.syntax.builder import Builder
from pdelang.syntax.parser_tables import name_tables, read_tables, write_tables

_table_folders: list[Path] = []


def keep_tables(folder: Path | None) -> None:
    """Keep the parser's tables in a folder from now on, for a process of one's own; None ends it."""
    _table_folders[:] = [] if folder is None else [folder]


def grammar_path() -> Path:
    """Return where ``pde.lark`` lies: inside an installed package, else at the checkout's top."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "grammar" / "pde.lark"
    return packaged if packaged.is_file() else package.parent / "grammar" / "pde.lark"


@lru_cache(maxsize=1)
def load_parser() -> Lark:
    """Return the parser; the starts are ``statement``, ``value`` and ``unit``.

    The builder is stateless (every token carries its own place), so one parser serves all
    threads. Nodes are made while parsing, bottom up, so no depth of text can exhaust the stack.
    """
    grammar = grammar_path().read_text(encoding="utf-8")
    if not _table_folders:
        return _compute_parser(grammar)
    path = _table_folders[0] / name_tables(grammar)
    parser = read_tables(path, Builder())
    if parser is None:
        parser = _compute_parser(grammar)
        write_tables(parser, path)
    return parser


def _compute_parser(grammar: str) -> Lark:
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start=["statement", "value", "unit"],
        keep_all_tokens=True,
        maybe_placeholders=True,
        transformer=Builder(),  # type: ignore[arg-type]  # lark asks only for methods by rule name
    )
