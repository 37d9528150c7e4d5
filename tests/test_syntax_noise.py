"""Malformed text never raises anything: it gives a tree and diagnostics, quickly printed."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.diagnostics.render import render_json, render_text
from pdelang.diagnostics.span import Source
from pdelang.syntax.lexicon import KEYWORDS
from pdelang.syntax.parser import parse, parse_value
from pdelang.syntax.printing import format_tree
from pdelang.syntax.scanner import scan

COUNT = int(os.environ.get("PDELANG_NOISE", "3000"))
"""Texts tried in all; set PDELANG_NOISE=10000 for the long run."""

SPECS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent / "cases" / "language").glob("*.pde"))
]
SIGNS = [*"()[]{}:,=.+-*/&^<>;∂²·'\"#\\\n\t ", "..", "**", "==", "1", "2.5", "x", "u", '"a"']
WORDS = [*SIGNS, *sorted(KEYWORDS)]


def random_bytes(generator: random.Random) -> str:
    size = generator.randrange(200)
    return generator.randbytes(size).decode(generator.choice(["latin-1", "utf-16-le"]), "replace")


def random_words(generator: random.Random) -> str:
    return " ".join(generator.choice(WORDS) for _ in range(generator.randrange(40)))


def truncated_spec(generator: random.Random) -> str:
    spec = generator.choice(SPECS)
    start = generator.choice([0, 0, generator.randrange(len(spec))])
    return spec[start : generator.randrange(len(spec))]


def spec_with_slips(generator: random.Random) -> str:
    spec = list(generator.choice(SPECS))
    for _ in range(generator.randrange(1, 6)):
        place = generator.randrange(len(spec))
        spec[place : place + generator.randrange(3)] = generator.choice(WORDS)
    return "".join(spec)


def shuffled_words(generator: random.Random) -> str:
    words = [lexeme.value for lexeme in scan(Source("<spec>", generator.choice(SPECS)))]
    if generator.random() < 0.5:
        generator.shuffle(words)
    else:
        for _ in range(3):
            i, j = generator.randrange(len(words)), generator.randrange(len(words))
            words[i], words[j] = words[j], words[i]
    return generator.choice([" ", "\n"]).join(words)


MAKERS = [random_bytes, random_words, truncated_spec, spec_with_slips, shuffled_words]


def noise(seed: int, count: int) -> Iterator[str]:
    """Yield ``count`` malformed texts; the same seed gives the same texts."""
    generator = random.Random(seed)
    for number in range(count):
        yield MAKERS[number % len(MAKERS)](generator)


@pytest.mark.parametrize("seed", range(5))
def test_noise_gives_only_diagnostics(seed: int) -> None:
    for text in noise(seed, COUNT // 5):
        source = Source("noise.pde", text)
        spec, diagnostics = parse(source)
        spoiling = [d for d in diagnostics if d.code not in ("E010", "E015")]
        assert diagnostics or not spec.broken
        assert spec.broken or not spoiling
        for diagnostic in diagnostics:
            assert diagnostic.code in CATALOGUE
            assert diagnostic.span is not None
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
            assert diagnostic.help
            assert diagnostic.label
            assert "{" not in diagnostic.message.replace("`{", "")
        for node in (*spec.statements, *spec.broken):
            assert 0 <= node.span.start <= node.span.end <= len(text)
        format_tree(spec)
        render_json(diagnostics)
        assert "\x1b" not in render_text(diagnostics, color=False)


@pytest.mark.parametrize("seed", [5, 6])
def test_noise_as_a_value_gives_only_diagnostics(seed: int) -> None:
    for text in noise(seed, COUNT // 10):
        value, diagnostics = parse_value(Source("--set", text))
        assert (value is None) == bool(diagnostics)


def test_every_prefix_of_a_spec_is_answered() -> None:
    spec = SPECS[0]
    for end in range(len(spec)):
        tree, diagnostics = parse(Source("prefix.pde", spec[:end]))
        assert tree.statements or diagnostics
