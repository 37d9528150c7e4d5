"""The TextMate grammar of ``.pde`` files, which VS Code, Sublime Text, Zed and GitHub read.

python -m pdelang.editor.textmate > editors/textmate/pde.tmLanguage.json
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pdelang.editor import words

SCOPE = "source.pde"

# What is looked for first stands first.
_RULES = (
    ("comment.line.number-sign", words.COMMENT),
    ("string.quoted.double", words.STRING),
    ("constant.other.unit", words.UNIT),
    ("support.class.shape", words.SHAPES.pattern),
    ("support.function", words.FUNCTIONS.pattern),
    ("entity.name.function.derivative", words.DERIVATIVE),
    ("keyword.control", words.STATEMENTS.pattern),
    ("keyword.other", words.CLAUSES.pattern),
    ("constant.language", words.CONSTANTS.pattern),
    ("constant.numeric", words.NUMBER),
    ("variable.other", words.NAME),
    ("keyword.operator", words.OPERATOR),
)


def build_grammar() -> dict[str, Any]:
    """Return the grammar as the object that its JSON file holds."""
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "PDE spec",
        "scopeName": SCOPE,
        "fileTypes": ["pde"],
        "patterns": [{"name": f"{scope}.pde", "match": pattern} for scope, pattern in _RULES],
    }


def write_grammar() -> str:
    """Return the content of the grammar's file."""
    return json.dumps(build_grammar(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(write_grammar())
