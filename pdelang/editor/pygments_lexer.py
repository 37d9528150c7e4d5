"""A Pygments lexer for ``.pde`` files: documents, notebooks and ``pygmentize`` find it by its entry point."""

from __future__ import annotations

import re

from pygments import token
from pygments.lexer import RegexLexer

from pdelang.editor import words


class PdeLexer(RegexLexer):
    """Highlights specs; the words come from the compiler's own lists."""

    name = "pde"
    aliases = ["pde", "pdelang"]  # noqa: RUF012 - Pygments reads plain class attributes
    filenames = ["*.pde"]  # noqa: RUF012
    url = ""
    version_added = ""
    flags = re.MULTILINE

    tokens = {  # noqa: RUF012
        "root": [
            (r"\s+", token.Whitespace),
            (words.COMMENT, token.Comment.Single),
            (words.STRING, token.String.Double),
            (words.UNIT, token.Name.Attribute),
            (words.SHAPES.pattern, token.Name.Class),
            (words.FUNCTIONS.pattern, token.Name.Builtin),
            (words.DERIVATIVE, token.Name.Function),
            (words.STATEMENTS.pattern, token.Keyword),
            (words.CLAUSES.pattern, token.Keyword.Reserved),
            (words.CONSTANTS.pattern, token.Name.Constant),
            (words.NUMBER, token.Number),
            (words.NAME, token.Name),
            (words.OPERATOR, token.Operator),
            (r"[()\[\]{}]", token.Punctuation),
        ]
    }
