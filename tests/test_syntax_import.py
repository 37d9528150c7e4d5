"""Reading a spec is quick to start: no heavy library is imported, and the grammar is found."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pdelang.diagnostics.span import Source
from pdelang.syntax.grammar import grammar_path, load_parser
from pdelang.syntax.lexicon import DECLARING_WORDS, KEYWORDS, STATEMENT_WORDS
from pdelang.syntax.parser import parse
from tests.tree_shapes import shape_of

HEAVY = ("jax", "sympy", "numpy", "scipy", "matplotlib", "rich", "typer", "optax")


def test_parsing_and_printing_import_nothing_heavy() -> None:
    program = f"""
import sys
from pdelang.diagnostics.explain import explain
from pdelang.diagnostics.render import render_text
from pdelang.diagnostics.span import Source
from pdelang.syntax.parser import parse
tree, diagnostics = parse(Source("a.pde", "pde 1\\nlet a = 2x"))
render_text(diagnostics, color=True), explain("E005")
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_grammar_is_found_and_knows_every_reserved_word() -> None:
    assert grammar_path().is_file()
    terminals = {terminal.name: terminal.pattern for terminal in load_parser().terminals}
    words = {p.value for p in terminals.values() if p.type == "str" and p.value.isalpha()}
    assert words == KEYWORDS
    assert set(STATEMENT_WORDS) >= DECLARING_WORDS


def test_threads_read_what_one_alone_reads() -> None:
    folder = Path(__file__).parent / "cases" / "language"
    sources = [Source(p.name, p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.pde"))]
    alone = [shape_of(parse(source)[0].statements) for source in sources]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(parse, sources * 10))
    assert [shape_of(spec.statements) for spec, _ in together] == alone * 10
