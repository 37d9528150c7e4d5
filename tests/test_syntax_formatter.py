"""The canonical layout: the same statements and comments, alike blanks, and nothing changes twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdelang.diagnostics.message import has_errors
from pdelang.diagnostics.span import Source
from pdelang.syntax import tree
from pdelang.syntax.formatter import format_spec
from pdelang.syntax.layout import WIDTH
from pdelang.syntax.lexicon import KEYWORDS
from pdelang.syntax.parser import parse
from pdelang.syntax.printing import print_expression
from pdelang.syntax.scanner import scan
from tests.expression_strategies import expressions
from tests.tree_shapes import shape_of

ROOT = Path(__file__).resolve().parent.parent
SPECS = [*sorted((ROOT / "specs").glob("*.pde")), *sorted(ROOT.glob("tests/cases/*/*.pde"))]
# Near misses of errors of layout, whose own layout is what they are about.
OVER_LINES = {"E002_brackets_over_lines", "E008_equation_over_lines", "E015_commas_over_lines"}

# Every statement of the language; `@` stands for a random expression.
STATEMENTS = [
    'problem "a # title"',
    'use "materials.pde"',
    "domain d(x [m], y): polar = @",
    "time t [s] in @ .. @",
    "shape hole = @",
    "boundary a = @ where @",
    "boundary b = rest",
    "periodic @, @",
    "param a = @ [W/(m K^2)]",
    "param b = @",
    "let f(s, r) = @",
    "let q = @ [m s^-1]",
    "unknown u, v: vector in fluid [m/s]",
    "unknown psi: complex",
    "in plate, disc as momentum: @ = @",
    "on @, @ as noslip: @ = @",
    "at t = @ as start: @ = @",
    "at (@, @): @ = @",
    "at probes as temperature: @ = @",
    'data probes = csv("probes.csv", x = "x_m", noise = 0.01)',
    "fit k(x, y [m]) = @ [1] within @ .. @",
    "vary Re in @ .. @ [m]",
    "guess u.x = @",
    "require @ = @",
    "exact u = @",
    "compare u = @",
    "sweep nu in [@, @] [Pa]",
    "report drag = @",
    'allow W204: "the corners \\"jump\\""',
    "solver { tolerance = @, method = @  network = mlp(width = @) }",
    "output { grid = @ times = [0, @] plots = none, window = @ .. @ }",
    "solver { }",
]

statements = st.sampled_from(STATEMENTS).flatmap(
    lambda template: st.lists(
        expressions, min_size=template.count("@"), max_size=template.count("@")
    ).map(lambda values: fill(template, values))
)


def fill(template: str, values: list[tree.Expression]) -> str:
    first, *rest = template.split("@")
    pairs = zip(values, rest, strict=True)
    return first + "".join(print_expression(value) + text for value, text in pairs)


def read(text: str) -> tree.Tree:
    spec, diagnostics = parse(Source("<spec>", text))
    assert not has_errors(diagnostics), text
    return spec


def shake(text: str, generator: random.Random) -> tuple[str, list[str]]:
    """Return the same words with random blanks and comments between, and the comments."""
    out: list[str] = []
    comments: list[str] = []
    end = 0
    for lexeme in scan(Source("<spec>", text)):
        gap = text[end : lexeme.span.start]
        choices = [gap, gap + " "]
        # A statement word at the beginning of a line would begin a statement.
        if lexeme.value not in KEYWORDS or "\n" in gap:
            comment = f"# {len(comments)} é"
            choices += [gap + "\n", f"{gap} {comment}\n", f"{gap}\n\n\n  {comment}  \n"]
        chosen = generator.choice(choices)
        if "#" in chosen:
            comments.append(comment)
        out += [chosen, lexeme.value]
        end = lexeme.span.end
    return "".join(out), comments


@settings(max_examples=250, deadline=None)
@given(st.lists(statements, min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_the_layout_changes_no_statement_and_no_comment(lines: list[str], seed: int) -> None:
    text = "\n".join(["pde 1", *lines, ""])
    plain = format_spec(read(text))
    assert shape_of(read(plain).statements) == shape_of(read(text).statements)
    assert format_spec(read(plain)) == plain
    shaken, comments = shake(text, random.Random(seed))
    formatted = format_spec(read(shaken))
    again = read(formatted)
    assert shape_of(again.statements) == shape_of(read(text).statements)
    assert format_spec(again) == formatted
    gaps = formatted
    for lexeme in reversed(list(scan(again.source))):
        gaps = gaps[: lexeme.span.start] + gaps[lexeme.span.end :]
    assert [part.split("\n")[0] for part in gaps.split("#")[1:]] == [c[1:] for c in comments]
    if not comments:
        assert [row for row in formatted.split("\n") if row] == plain.rstrip("\n").split("\n")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_our_own_specs_are_in_the_canonical_layout(path: Path) -> None:
    text = path.read_text("utf-8")
    spec, diagnostics = parse(Source(path.name, text))
    if not has_errors(diagnostics):
        assert (format_spec(spec) == text) == (path.stem not in OVER_LINES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pde 1 param a=2**-x*( b+1 )", "pde 1\nparam a = 2^-x*(b + 1)\n"),
        ("\n\n# a\npde 1 # b\n\n\n\n#c\nparam a=1#d\n#e\n\n", "# a\npde 1  # b\n\n#c\nparam a = 1  #d\n#e\n"),
        ("pde 1\nat(0.5,1):p=-1", "pde 1\nat (0.5, 1): p = -1\n"),
        ("pde 1\nlet a = - - b - -c", "pde 1\nlet a = --b - -c\n"),
        ("pde 1\nlet a=if not(x<1)and y>=2 then+1 else w . x", "pde 1\nlet a = if not (x < 1) and y >= 2 then +1 else w.x\n"),
        ("pde 1\nreport a=integral(p*n.x,on=hole.edge)", "pde 1\nreport a = integral(p*n.x, on = hole.edge)\n"),
        ("pde 1\nsolver{seed=1,\nsteps=2}", "pde 1\nsolver { seed = 1  steps = 2 }\n"),
        ("pde 1\nsolver{seed=1# a\n# b\nsteps=2}", "pde 1\nsolver {\n  seed = 1  # a\n  # b\n  steps = 2\n}\n"),
        ("pde 1\nin line # a\n: u\n# b\n= 1", "pde 1\nin line  # a\n  : u\n  # b\n  = 1\n"),
    ],
)  # fmt: skip
def test_layout(text: str, expected: str) -> None:
    assert format_spec(read(text)) == expected


def test_a_long_statement_is_broken_at_its_outermost_blanks() -> None:
    terms = " + ".join(f"dot(grad(u), vector_{i})*(x - {i})" for i in range(12))
    formatted = format_spec(read(f"pde 1\nin plate: lap(u) = {terms}\n"))
    _, *lines = formatted.splitlines()
    assert len(lines) > 3
    for line in lines:
        assert len(line) <= WIDTH
        assert line.count("(") == line.count(")")


def test_a_spec_with_faults_is_refused() -> None:
    spec, _ = parse(Source("<spec>", "pde 1\nparam a = (1\n"))
    with pytest.raises(ValueError, match="faults"):
        format_spec(spec)
