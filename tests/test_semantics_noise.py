"""Damaged specs end in diagnostics, never in an exception."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

from pdelang.diagnostics.message import has_errors
from pdelang.diagnostics.render import render_text
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.semantics.printing import format_problem
from pdelang.syntax.parser import parse

COUNT = int(os.environ.get("PDELANG_NOISE", "1000"))
"""Texts tried with swapped tokens; set PDELANG_NOISE=100000 for the long run."""
CASES = Path(__file__).parent / "cases"
# Texts that bring many constructs together; the tokens of all are one bag for swaps.
SPECS = [path.read_text("utf-8") for path in sorted(CASES.glob("*/*.pde"))]
TOKEN = re.compile(r'"[^"]*"|\w+(?:\.\d+)?|\.\.|[<>=!]=|\S|\n')


def analyse_text(text: str) -> bool:
    """Return whether the text got as far as semantics; raise what semantics raises."""
    tree, diagnostics = parse(Source("<noise>", text))
    if has_errors(diagnostics):
        return False
    analysis = examine(tree, None)
    render_text(analysis.diagnostics, color=False)
    assert (analysis.problem is None) == has_errors(analysis.diagnostics)
    if analysis.problem is not None:
        format_problem(analysis.problem)
    return True


def damage(text: str, generator: random.Random, bag: list[str]) -> str:
    """Swap, drop, repeat or replace tokens within lines, so that the syntax often survives."""
    lines = [TOKEN.findall(line) for line in text.splitlines()]
    for _ in range(generator.randint(1, 4)):
        line = generator.choice(lines) if lines else []
        if len(line) < 2 or line[0] == "pde":
            continue
        at = generator.randrange(1, len(line))
        match generator.randrange(5):
            case 0:
                line[at] = generator.choice(bag)
            case 1:
                other = generator.randrange(1, len(line))
                line[at], line[other] = line[other], line[at]
            case 2:
                del line[at]
            case 3:
                lines.append(list(line))
            case _:
                lines.remove(line)
    return "\n".join(" ".join(line) for line in lines)


def test_specs_with_swapped_tokens_never_raise() -> None:
    generator = random.Random(2)
    bag = sorted({token for text in SPECS for token in TOKEN.findall(text) if token != "\n"})
    reached = sum(
        analyse_text(damage(generator.choice(SPECS), generator, bag)) for _ in range(COUNT)
    )
    # Most of the work must be semantics, else this test shows nothing.
    assert reached > COUNT // 5


def test_statements_of_different_specs_mixed_never_raise() -> None:
    generator = random.Random(3)
    pool = []
    for text in SPECS:
        tree, diagnostics = parse(Source("<pool>", text))
        if not has_errors(diagnostics):
            pool += [statement.span.text for statement in tree.statements[1:]]
    for _ in range(500):
        chosen = generator.sample(pool, generator.randint(3, 14))
        assert analyse_text("\n".join(["pde 1", *chosen]))


def test_every_truncation_of_a_spec_never_raises() -> None:
    text = (CASES / "good" / "elasticity_traction.pde").read_text("utf-8")
    for end in range(0, len(text), 3):
        analyse_text(text[:end])
