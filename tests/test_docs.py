"""The pages of `docs/` say what the program does: examples are clean, and no word is left out."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path

import pytest

from pdelang import pipeline
from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.diagnostics.message import Diagnostic, Level
from pdelang.geometry.names import EDGE, END_FUNCTIONS, SIDE_NAMES
from pdelang.semantics.functions import CALLABLE, FUNCTIONS
from pdelang.semantics.metric import FORMS
from pdelang.semantics.settings import (
    OUTPUT_RULES,
    SOLVER_RULES,
    ChoiceRule,
    ListRule,
    Rule,
    Settings,
    WordRule,
)
from pdelang.semantics.shape_arguments import SIGNATURES
from pdelang.semantics.shape_words import SHAPE_WORDS
from pdelang.syntax.lexicon import CLAUSE_WORDS, CONSTANT_WORDS, IMAGINARY_UNIT, STATEMENT_WORDS

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = (ROOT / "docs" / "language.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def list_fences(page: Path) -> list[tuple[str, str]]:
    """Return what stands after the opening marks of every fenced block, and its text."""
    return [(m[1].strip(), m[2]) for m in _FENCE.finditer(page.read_text("utf-8"))]


def section(title: str) -> str:
    """Return the text of a section of the language reference."""
    return LANGUAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def words_in_code(text: str) -> set[str]:
    """Return all words that stand in code, be it inline or fenced."""
    code = re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL)
    return {word for part in code for word in re.findall(r"\w+", part)}


EXAMPLES = [
    pytest.param(page, number, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, (info, text) in enumerate(list_fences(page))
    if info.split(" ")[0] == "pde" or (not info and text.startswith("pde 1"))
]


@pytest.mark.parametrize(("page", "number"), EXAMPLES)
def test_an_example_has_no_error(page: Path, number: int, tmp_path: Path) -> None:
    fences = list_fences(page)
    # A block with a file's name is a file beside the examples.
    for info, text in fences:
        _, _, name = info.partition(" ")
        if name:
            (tmp_path / name).write_text(text, "utf-8")
    if page.name == "README.md":
        shutil.copytree(ROOT / "specs" / "references", tmp_path / "references")
    spec = tmp_path / "example.pde"
    spec.write_text(fences[number][1], "utf-8")
    found = pipeline.check(spec).diagnostics
    assert [d for d in found if d.level is not Level.INFO] == []


def test_there_are_examples() -> None:
    assert len([p for p in EXAMPLES if p.values[0] == ROOT / "docs" / "language.md"]) >= 15


def test_every_statement_has_a_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section("Statements"), re.MULTILINE)
    assert tuple(rows) == STATEMENT_WORDS


def test_every_word_is_named() -> None:
    named = words_in_code(LANGUAGE)
    wanted = {
        *CLAUSE_WORDS,
        *CONSTANT_WORDS,
        IMAGINARY_UNIT,
        *FUNCTIONS,
        *CALLABLE,
        *SHAPE_WORDS,
        *(formal.name for signature in SIGNATURES.values() for formal in signature.formals),
        *SIDE_NAMES,
        EDGE,
        *END_FUNCTIONS,
        *FORMS,
    }
    assert wanted - named == set()


def test_every_shape_has_a_row_with_its_arguments() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|", section("Shapes"), re.MULTILINE))
    assert set(rows) == set(SHAPE_WORDS)
    for name, signature in SIGNATURES.items():
        formals = [formal.name for formal in signature.formals]
        assert [w for w in re.findall(r"`(\w+)`", rows[name]) if w in formals] == formals


def list_values(rule: Rule) -> set[str]:
    """Return every word that a setting may have, options and their words included."""
    match rule:
        case WordRule(words):
            return {*words}
        case ChoiceRule(choices):
            found = {*choices}
            for options in choices.values():
                found |= {*options}.union(*map(list_values, options.values()))
            return found
        case ListRule(item, words):
            return {*words} | list_values(item)
        case _:
            return set(rule.words)


@pytest.mark.parametrize(("title", "rules"), [("Settings", SOLVER_RULES), ("Output", OUTPUT_RULES)])
def test_every_setting_has_a_row_and_its_values_are_named(
    title: str, rules: dict[str, Rule]
) -> None:
    text = section(title)
    rows = re.findall(r"^\| `(\w+)` \| .* \| .* \|$", text, re.MULTILINE)
    assert rows == list(rules)
    values = set().union(*map(list_values, rules.values()))
    assert values - words_in_code(text) == set()
    # Nor is a word left that the program has dropped.
    cells = re.findall(r"^\| `\w+` \|(?: .* \|)? (.*) \|$", text, re.MULTILINE)
    named = {word for cell in cells for word in words_in_code(cell)}
    assert named - values == set()


def test_the_defaults_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \|", section("Settings"), re.MULTILINE)
    rows = [(key, text) for key, text in rows if key in SOLVER_RULES]
    for key, text in rows:
        default = getattr(Settings(), key)
        if isinstance(default, int | float):
            assert float(text) == default
        else:
            assert text == ("auto" if default is None else str(default))
    by_method = {key for key in SOLVER_RULES if getattr(Settings(), key) is None} - {"windows"}
    assert set(SOLVER_RULES) - {key for key, _ in rows} == by_method


def test_every_code_has_its_row() -> None:
    rows = re.findall(
        r"^\| ([EWI]\d{3}) \| (.*) \| (\w+) \|$", section("Diagnostics"), re.MULTILINE
    )
    assert rows == [
        (entry.code, entry.title, Diagnostic(entry.code, "", None).level.value)
        for entry in CATALOGUE.values()
    ]


def test_links_within_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _, anchor = target.partition("#")
            if path and "://" not in path:
                assert (page.parent / path).exists(), f"{page.name}: {target}"
            elif not path:
                assert anchor in anchors, f"{page.name}: {target}"


def test_the_gallery_names_every_spec_with_its_title_and_source() -> None:
    page = (ROOT / "docs" / "gallery.md").read_text("utf-8")
    advice = "run python benchmarks/gallery_page.py"
    linked = re.findall(r"\(\.\./specs/(\w+)\.pde\)", page)
    specs = {path.stem: path.read_text("utf-8") for path in (ROOT / "specs").glob("*.pde")}
    assert sorted(linked) == sorted(specs), advice
    assert "@" not in page, "names of the compiler's own are not LaTeX"
    for name, text in specs.items():
        (entry,) = re.findall(
            rf"^### ([^\n]*)\n\n\[`{name}`\](.*?)(?=^##|\Z)", page, re.DOTALL | re.MULTILINE
        )
        assert f'problem "{entry[0]}"' in text, advice
        assert "```math" in entry[1], advice
        (source,) = re.findall(r"^# Source: (.{10})", text, re.MULTILINE)
        assert f"Source: {source}" in entry[1], advice


def test_the_gallery_is_what_its_script_writes(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "benchmarks" / "gallery_page.py"))
    page = (ROOT / "docs" / "gallery.md").read_text("utf-8")
    entries = [
        script["describe_spec"](ROOT / "specs" / f"{n}.pde") for n in ("volterra", "heat_1d")
    ]
    assert [entry.group for entry in entries] == ["integral", "parabolic"]
    result = {"method": "adam", "status": "solved", "seconds": 2.0, "error": {"u": 3e-7, "v": 2e-7}}
    written = script["format_page"](entries, {"heat_1d": result})
    assert written.index("## Parabolic") < written.index("## Integral")
    for part in written.split("### ")[1:]:
        kept, found, measured = part.split("\n## ")[0].partition("Solved with: ")
        assert f"### {kept.strip()}\n" in page, "run python benchmarks/gallery_page.py"
        assert bool(found) == ("heat_1d" in part)
        if found:
            assert measured.strip() == "`adam`, solved, true error 3.0e-07, 2.0 s"
