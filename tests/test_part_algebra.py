"""Boundary parts put together by ``+``, ``-`` and ``&``."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stages import analyse_text

import pdelang
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.semantics.pieces import measure_piece, scan_surface, select
from pdelang.syntax.parser import parse

PLATE = """
shape hole = disk(center = (0.5, 0.5), radius = 0.2)
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1) - hole
boundary low = edge where y < 0.3
boundary near = edge where x + y < 0.8
boundary rim = hole.edge
unknown u
in plate: u = x
"""
OPERANDS = {
    "left": lambda x, y: x == 0,
    "top": lambda x, y: y == 1,
    "low": lambda x, y: y < 0.3,
    "near": lambda x, y: x + y < 0.8,
    "rim": lambda x, y: np.hypot(x - 0.5, y - 0.5) < 0.21,
}


def codes_of(lines: str) -> list[tuple[str, str]]:
    tree, syntax = parse(Source("<spec>", f"pde 1\n{PLATE}{lines}"))
    found = (*syntax, *examine(tree, None).diagnostics)
    return [(d.code, d.message) for d in found if d.code not in ("W103", "W205")]


@st.composite
def combined(draw, depth: int = 3):
    """A text of operators over the operands, and what it selects."""
    if depth == 0 or draw(st.booleans()):
        name = draw(st.sampled_from(sorted(OPERANDS)))
        return name, OPERANDS[name]
    (a, p), (b, q) = draw(combined(depth=depth - 1)), draw(combined(depth=depth - 1))
    sign = draw(st.sampled_from("+-&"))
    rule = {"+": np.logical_or, "-": lambda f, g: f & ~g, "&": np.logical_and}[sign]
    return f"({a}) {sign} ({b})", lambda x, y: rule(p(x, y), q(x, y))


@settings(max_examples=40, deadline=None)
@given(combined())
def test_parts_select_what_the_operators_say_and_no_point_twice(case) -> None:
    text, selects = case
    tree, _ = parse(Source("<spec>", f"pde 1\n{PLATE}boundary b = {text}\n"))
    analysis = examine(tree, None)
    if analysis.problem is None:
        # Nothing is left of it.
        assert [d.code for d in analysis.diagnostics if d.level.name == "ERROR"] == ["E202"]
        part_pieces, domain = (), analyse_text(PLATE).domain
    else:
        domain = analysis.problem.domain
        part_pieces = next(p for p in analysis.problem.parts if p.name == "b").pieces
    for surface in domain.surfaces:
        points = scan_surface(domain, surface)
        counts = np.zeros(len(points), dtype=int)
        for piece in part_pieces:
            if piece.side == surface:
                counts += select(piece, points, domain.coordinates)
        np.testing.assert_array_equal(counts, selects(points[:, 0], points[:, 1]).astype(int))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("left + hole.edge", 1 + 0.4 * math.pi),
        ("edge - hole.edge", 4.0),
        ("edge - left - rim & rim", 3.0),
        ("low & left", 0.3),
        ("(left + top) - near", 0.2 + 1.0),
    ],
)
def test_lengths(text: str, length: float) -> None:
    problem = analyse_text(f"{PLATE}boundary b = {text}\n")
    part = next(p for p in problem.parts if p.name == "b")
    total = sum(measure_piece(piece, problem.domain) for piece in part.pieces)
    assert total == pytest.approx(length, rel=2e-3)


def test_a_where_cuts_the_whole_and_rest_leaves_it_out() -> None:
    solution = pdelang.compile(
        "pde 1\nshape hole = disk(center = (0.5, 0.5), radius = 0.2)\n"
        "domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1) - hole\n"
        "boundary b = left + hole.edge\nboundary c = edge - b where y < 0.5\nboundary d = rest\n"
        "unknown u\nlet e = exp(x)*cos(y)\nin plate: lap(u) = 0\non b, d: u = e\n"
        "on c: dn(u) = dn(e)\nexact u = e\nreport free = integral(1, on = c)\n"
        "report others = integral(1, on = edge - b - c)\n"
    ).solve()
    assert solution.error["u"] <= 1e-6
    assert solution.reports["free"] == pytest.approx(1.5, rel=1e-9)
    assert solution.reports["others"] == pytest.approx(1.5, rel=1e-9)


def test_parts_without_a_name_stand_after_on() -> None:
    text = PLATE.replace("in plate: u = x", "in plate: lap(u) = 0")
    problem = analyse_text(f"{text}on edge - rim: u = 0\non rim & near + (rim - near): u = 1\n")
    assert {c.parts[0].name for c in problem.boundary_conditions} == {
        "edge - rim",
        "rim & near + (rim - near)",
    }


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("boundary b = left*top\n", "E105"),
        ("boundary b = -left\n", "E105"),
        ("boundary b = left & right\n", "E202"),
        ("boundary b = interface(hole, plate) + left\n", "E107"),
        ("boundary b = c + left\nboundary c = b - top\n", "E104"),
        ("boundary b = left + wall\n", "E101"),
        ("report r = integral(1, on = left & right)\n", "E202"),
    ],
)
def test_what_is_refused(lines: str, code: str) -> None:
    assert [c for c, _ in codes_of(lines)] == [code]


def test_a_long_sum_does_not_nest() -> None:
    text = " + ".join(["left", "top"] * 600)
    assert codes_of(f"boundary b = {text}\n") == []
