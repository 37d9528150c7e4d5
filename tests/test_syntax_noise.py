"""Malformed text never raises anything: it gives a tree and diagnostics, quickly printed."""

from __future__ import annotations

import os

import pytest

from pdelang.diagnostics.catalogue import CATALOGUE
from pdelang.diagnostics.render import render_json, render_text
from pdelang.diagnostics.span import Source
from pdelang.syntax.parser import parse, parse_value
from pdelang.syntax.printing import format_tree
from tests.noise import SPECS, noise

COUNT = int(os.environ.get("PDELANG_NOISE", "3000"))
"""Texts tried in all; set PDELANG_NOISE=10000 for the long run."""


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
