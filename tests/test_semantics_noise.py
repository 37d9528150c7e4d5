"""Damaged specs end in diagnostics, never in an exception."""

from __future__ import annotations

import os
import random

from pdelang.diagnostics.message import has_errors
from pdelang.diagnostics.render import render_text
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.semantics.printing import format_problem
from pdelang.syntax.parser import parse
from tests.noise import CASES, damage, list_tokens

COUNT = int(os.environ.get("PDELANG_NOISE", "1000"))
"""Texts tried with swapped tokens; `benchmarks/mutations.py` is the long run."""
# Texts that bring many constructs together; the tokens of all are one bag for swaps.
SPECS = [path.read_text("utf-8") for path in sorted(CASES.glob("*/*.pde"))]


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


def test_specs_with_swapped_tokens_never_raise() -> None:
    generator = random.Random(2)
    bag = list_tokens(SPECS)
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
