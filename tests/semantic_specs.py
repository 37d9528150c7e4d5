"""Specs as text to their analysis, for the tests of `semantics`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import Analysis, examine
from pdelang.semantics.inclusion import include
from pdelang.semantics.problem import Problem
from pdelang.semantics.sweep import choose_point, list_points
from pdelang.syntax.parser import parse


def examine_text(
    text: str, folder: Path | None = None, overrides: Mapping[str, str] | None = None
) -> Analysis:
    """Parse, include and analyse, with a sweep's first values; the text must be free of syntax errors."""
    tree, syntax = parse(Source("<test>", text))
    assert not syntax, syntax
    tree, included = include(tree, folder)
    points, swept = list_points(tree)
    tree = choose_point(tree, points[0]) if points else tree
    analysis = examine(tree, folder, overrides)
    return Analysis(analysis.problem, analysis.coverage, included + swept + analysis.diagnostics)


def find_codes(
    text: str, folder: Path | None = None, overrides: Mapping[str, str] | None = None
) -> list[str]:
    return [d.code for d in examine_text(text, folder, overrides).diagnostics]


def build_problem(text: str, folder: Path | None = None) -> Problem:
    """Return the problem of a spec that has no fault at all."""
    analysis = examine_text(text, folder)
    assert analysis.diagnostics == ()
    assert analysis.problem is not None
    return analysis.problem


def line_problem(*statements: str) -> str:
    """Return a steady problem on the unit interval with the unknown ``u``."""
    return "\n".join(["pde 1", "domain line(x) = interval(0, 1)", "unknown u", *statements])


def poisson(*more: str) -> str:
    """Return a sound Poisson problem, and further statements."""
    return line_problem("in line: dxx(u) = 1", "on left, right: u = 0", *more)
