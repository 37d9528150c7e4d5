"""How large and how deep a text may be (E020), so that no stage after this one is overrun.

Later stages recurse over the tree: they may rely on ``TREE_DEPTH_LIMIT`` (paths from the root,
every summand of a sum counting one) and ``NESTING_LIMIT`` (paths where a run of left-associated
operators, ``a + b - c * d …``, counts one, for those that unroll such runs).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Source, Span
from pdelang.syntax import tree
from pdelang.syntax.lexeme import Lexeme
from pdelang.syntax.lexicon import STATEMENT_WORDS

SIZE_LIMIT = 1_000_000
"""Bytes of a file, UTF-8."""

BRACKET_LIMIT = 200
"""Brackets open at one place."""

NESTING_LIMIT = 400
"""Expressions inside expressions; two for a bracket such as in ``sin(1 + sin(1 + …``."""

TREE_DEPTH_LIMIT = 2_500
"""Nodes on one path: so many summands or factors may stand in a row."""

STACK_LIMIT = 6 * BRACKET_LIMIT
"""Symbols on the parser's stack; stops runaway nesting without reading on."""

FAULT_LIMIT = 100
"""Messages of one file; whoever has more reads the first."""

EXPONENT_LIMIT = 100
"""Absolute power of a unit."""

_SIGNS = re.compile(
    r'"(?:[^"\\\n]|\\.)*"?|#[^\n]*'
    r"|^[ \t]*(?P<word>" + "|".join(STATEMENT_WORDS) + r")\b"
    r"|(?P<opening>[(\[{])|(?P<closing>[)\]}])|(?P<run>(?:[-+]\s*){" + str(BRACKET_LIMIT) + ",})",
    re.MULTILINE,
)


def check_size(source: Source) -> Diagnostic | None:
    """Return E020 for a text over ``SIZE_LIMIT``; the text is not looked at."""
    size = len(source.text)
    if size <= SIZE_LIMIT // 4:  # a character has four bytes at most
        return None
    if size <= SIZE_LIMIT and len(source.text.encode("utf-8", "replace")) <= SIZE_LIMIT:
        return None
    return Diagnostic(
        "E020",
        f"This file is larger than {SIZE_LIMIT // 1_000_000} MB",
        Span(source, 0, 0),
        label="too large to be a spec",
        help="keep data in tables and read them with `csv(…)`",
    )


def check_nesting(source: Source) -> Diagnostic | None:
    """Return E020 where more than ``BRACKET_LIMIT`` brackets are open, or signs stand in a row."""
    depth = 0
    for match in _SIGNS.finditer(source.text):
        if match["opening"]:
            depth += 1
        elif match["closing"]:
            depth = max(0, depth - 1)
        elif match["word"] and match["word"] not in ("in", "on"):
            depth = 0
        elif match["run"]:
            return too_deep(Span(source, match.start(), match.start() + 1))
        if depth > BRACKET_LIMIT:
            return too_deep(Span(source, match.start(), match.end()))
    return None


def check_runs(lexemes: Sequence[Lexeme]) -> Diagnostic | None:
    """Return E020 where a sum or a product is so long that its tree would be refused anyway.

    Saves parsing a megabyte of summands before saying so. The brackets must match. Signs such
    as in ``a - -b`` count as operators too, hence the factor of two.
    """
    if len(lexemes) <= TREE_DEPTH_LIMIT:
        return None
    sums, products = [0], [0]  # operators so far, one entry per open bracket
    for lexeme in lexemes:
        match lexeme.type:
            case "LPAR" | "LSQB" | "LBRACE":
                sums.append(0)
                products.append(0)
            case "RPAR" | "RSQB" | "RBRACE":
                sums.pop()
                products.pop()
            case "COMMA" | "EQUAL" | "DOTDOT" | "COLON":
                sums[-1] = products[-1] = 0
            case "PLUS" | "MINUS":
                sums[-1] += 1
                products[-1] = 0
            case "STAR" | "SLASH" | "AMPERSAND":
                products[-1] += 1
            case _:
                continue
        if sums and max(sums[-1], products[-1]) > 2 * TREE_DEPTH_LIMIT:
            return too_long(lexeme.span)
    return None


def too_deep(span: Span) -> Diagnostic:
    return Diagnostic(
        "E020",
        "This expression is nested too deep",
        span,
        label=f"more than {BRACKET_LIMIT} levels deep here",
        help="name parts of it with `let`",
    )


def too_long(span: Span) -> Diagnostic:
    return Diagnostic(
        "E020",
        "This expression is too long",
        span,
        label=f"more than {TREE_DEPTH_LIMIT} operators in a row",
        help="name parts of it with `let`",
    )


def check_depth(statement: tree.Node) -> Diagnostic | None:
    """Return E020 where the tree of a statement is deeper than later stages can go.

    Walks with a stack of its own: what it guards against must not overrun the guard.
    """
    stack: list[tuple[tree.Node, int, int]] = [(statement, 0, 0)]
    while stack:
        node, nesting, depth = stack.pop()
        if nesting > NESTING_LIMIT:
            return too_deep(node.span)
        if depth > TREE_DEPTH_LIMIT:
            return too_long(node.span)
        for child in tree.children(node):
            runs_on = isinstance(node, tree.Binary) and child is node.left and node.operator != "^"
            is_inside = not (runs_on or isinstance(node, tree.Argument))
            stack.append((child, nesting + is_inside, depth + 1))
    return None
