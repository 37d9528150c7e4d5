"""From text to lexemes: the words, signs and literals of a spec, each with its place.

The patterns are the terminals of ``pde.lark``. Text that is none of them becomes a lexeme of a
faulty type, so that scanning never stops and the faults can be reported together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pdelang.diagnostics.span import Source, Span
from pdelang.syntax.grammar import load_parser
from pdelang.syntax.lexeme import BAD_DOTS, BAD_NUMBER, OPEN_STRING, STRAY, Lexeme
from pdelang.syntax.lexicon import KEYWORDS

_GAP = ("GAP", r"[\s\ufeff]+|\#[^\n]*")
_FAULTS_BEFORE = ((BAD_NUMBER, r"[0-9]+(?:\.[0-9]+){2,}"), (BAD_DOTS, r"\.{3,}"))
_FAULTS_AFTER = ((OPEN_STRING, r'"[^\n\r]*'), (STRAY, r"."))
_LITERALS = ("NUMBER", "STRING", "NAME")
_LONG_SIGNS = ("POWER", "COMPARISON", "DOTDOT")  # before `*`, `=` and `.`, which they begin with


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    regexps = {t.name: t.pattern.to_regexp() for t in load_parser().terminals}
    keywords = {word.upper() for word in KEYWORDS}
    short_signs = [n for n in regexps if n not in keywords and n not in _LITERALS + _LONG_SIGNS]
    names = (*_LITERALS, *_LONG_SIGNS, *short_signs)
    rows = (_GAP, *_FAULTS_BEFORE, *((n, regexps[n]) for n in names), *_FAULTS_AFTER)
    return re.compile("|".join(f"(?P<{name}>{regexp})" for name, regexp in rows), re.DOTALL)


def scan(source: Source) -> Iterator[Lexeme]:
    """Yield the lexemes of ``source`` in order; blanks and comments are left out."""
    begins_line = True
    for match in _pattern().finditer(source.text):
        kind = match.lastgroup or STRAY
        value = match.group()
        if kind == "GAP":
            begins_line = begins_line or "\n" in value
            continue
        if kind == "NAME" and value in KEYWORDS:
            kind = value.upper()
        yield Lexeme(kind, value, Span(source, match.start(), match.end()), begins_line)
        begins_line = False
