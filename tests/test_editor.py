"""Highlighting: from the compiler's words, over every spec of the gallery."""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from pygments import token
from pygments.lexer import Lexer

from pdelang.diagnostics.span import Source
from pdelang.editor import words
from pdelang.editor.pygments_lexer import PdeLexer
from pdelang.editor.textmate import build_grammar, write_grammar
from pdelang.syntax.lexicon import RESERVED
from pdelang.syntax.parser import parse

ROOT = Path(__file__).resolve().parent.parent
SPECS = sorted((ROOT / "specs").glob("*.pde"))


def lex(text: str) -> list[tuple[int, object, str]]:
    return list(PdeLexer().get_tokens_unprocessed(text))


def find_kinds(text: str) -> dict[str, object]:
    return {value: kind for _, kind, value in lex(text) if value.strip()}


def test_every_gallery_spec_is_highlighted_whole() -> None:
    assert SPECS
    for path in SPECS:
        text = path.read_text("utf-8")
        found = lex(text)
        assert "".join(value for *_, value in found) == text, path.name
        assert not [value for _, kind, value in found if kind is token.Error], path.name
        kinds = {start: kind for start, kind, _ in found}
        tree, faults = parse(Source(path.name, text))
        assert not faults
        for statement in tree.statements:
            assert kinds[statement.span.start] is token.Keyword, statement.span.text


def test_words_have_the_kind_that_the_compiler_gives_them() -> None:
    for word in RESERVED:
        (kind,) = find_kinds(word).values()
        assert kind in (token.Keyword, token.Keyword.Reserved, token.Name.Constant), word
    for group, kind in ((words.FUNCTIONS, token.Name.Builtin), (words.SHAPES, token.Name.Class)):
        for word in group.words:
            assert find_kinds(f"{word}(x)")[word] is kind, word
            assert find_kinds(f"{word}_x")[f"{word}_x"] is token.Name, "no word inside another"
    kinds = find_kinds("param nu = 0.01/pi [m^2/s]\nin line: dxx(u) + disk(2)*d = sin # note\n")
    assert kinds["[m^2/s]"] is token.Name.Attribute
    assert kinds["dxx"] is token.Name.Function
    assert kinds["sin"] is token.Name, "a function is one only before `(`"
    assert kinds["# note"] is token.Comment.Single
    assert kinds["0.01"] is token.Number


@pytest.mark.parametrize("text", ["[0, 1]", "[-1]", '["a", "b"]', "[0.1]"])
def test_a_list_is_no_unit(text: str) -> None:
    assert token.Name.Attribute not in find_kinds(text).values()


def test_a_range_is_not_eaten_by_its_numbers() -> None:
    assert [value for *_, value in lex("0..1")] == ["0", "..", "1"]


def test_the_grammar_of_editors_is_the_one_that_the_words_make() -> None:
    path = ROOT / "editors" / "textmate" / "pde.tmLanguage.json"
    assert path.read_text("utf-8") == write_grammar(), "run python -m pdelang.editor.textmate"
    grammar = json.loads(path.read_text("utf-8"))
    assert grammar["scopeName"] == "source.pde"
    line = 'in plate as heat: dt(u) = sin(2*x) # "why"'
    rest, found = 0, []
    while rest < len(line):
        # As editors do: the rule that matches first in the line, of several the first in the list.
        hits = [
            (m.start(), number, m)
            for number, rule in enumerate(grammar["patterns"])
            if (m := re.compile(rule["match"], re.MULTILINE).search(line, rest))
        ]
        if not hits:
            break
        _, number, match = min(hits)
        found.append((match.group(), grammar["patterns"][number]["name"]))
        rest = match.end()
    assert ("in", "keyword.control.pde") in found
    assert ("dt", "entity.name.function.derivative.pde") in found
    assert ("sin", "support.function.pde") in found
    assert ('# "why"', "comment.line.number-sign.pde") in found
    assert build_grammar()["fileTypes"] == ["pde"]


def test_pygments_finds_the_lexer() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, name = project["entry-points"]["pygments.lexers"]["pde"].partition(":")
    lexer = getattr(import_module(module), name)
    assert issubclass(lexer, Lexer)
    assert "pde" in lexer.aliases
    assert "*.pde" in lexer.filenames
