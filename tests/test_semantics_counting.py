"""Counts of equations and conditions, for orders one to four and for systems."""

from __future__ import annotations

import pytest

from pdelang.semantics.matching import match
from tests.semantic_specs import examine_text, find_codes

LINE = "pde 1\ndomain line(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\n"
SQUARE = "pde 1\ndomain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)\n"
STOKES = (
    SQUARE
    + "unknown w: vector\nunknown p\nin square: grad(p) = lap(w)\nin square: div(w) = 0\n"
    + "require mean(p) = 0\n"
)
ELASTICITY = (
    SQUARE
    + "unknown w: vector\nlet s = div(w)*identity + 2*sym(grad(w))\nin square: div(s) = (0, 0)\n"
)


def cells(text: str) -> dict[tuple[str, str], str]:
    coverage = examine_text(text).coverage
    assert coverage is not None
    return {
        (row, column): coverage.cells[i][j]
        for i, row in enumerate(coverage.rows)
        for j, column in enumerate(coverage.columns)
    }


@pytest.mark.parametrize(
    ("equation", "conditions", "codes"),
    [
        # first order: none needed, one allowed
        ("dt(u) + dx(u) = 0", [], []),
        ("dt(u) + dx(u) = 0", ["on left: u = 0"], []),
        ("dt(u) + dx(u) = 0", ["on left, right: u = 0"], []),
        ("dt(u) + dx(u) = 0", ["on left: u = 0", "on left: dn(u) = 0"], ["W230"]),
        # no derivative across the part: none allowed
        ("dt(u) = -u", [], []),
        ("dt(u) = -u", ["on left: u = 0"], ["E203"]),
        # second order: one at each end
        ("dt(u) = dxx(u)", ["on left, right: u = 0"], []),
        ("dt(u) = dxx(u)", ["on left: u = 0", "on right: dn(u) + u = 0"], []),
        ("dt(u) = dx(x*dx(u))", ["on left: u = 0"], ["E201"]),
        ("dt(u) = dxx(u)", ["on left: u = 0", "on edge: dn(u) = 0"], ["E203"]),
        ("dt(u) = dxx(u)", ["on left: u = 0", "on right: dxx(u) = 0"], ["E206"]),
        ("dt(u) = dxx(u)", ["on left: u = 0", "on right: dt(u) + dn(u) = 0"], []),
        # third order: three in all
        ("dt(u) = dxxx(u)", ["on edge: u = 0", "on right: dx(u) = 0"], []),
        ("dt(u) = dxxx(u)", ["on edge: u = 0", "on left: dx(u) = 0"], []),
        ("dt(u) = dxxx(u)", ["on edge: u = 0"], ["E201"]),
        ("dt(u) = dxxx(u)", ["on edge: u = 0", "on edge: dx(u) = 0"], ["E203"]),
        ("dt(u) = dxxx(u)", ["on right: u = 0", "on right: dx(u) = 0"], ["E201"]),
        # fourth order: two at each end
        ("dt(u) = -dxxxx(u)", ["on edge: u = 0", "on edge: dx(u) = 0"], []),
        ("dt(u) = -dxxxx(u)", ["on edge: dxx(u) = 0", "on edge: dxxx(u) = 0"], []),
        ("dt(u) = -dxxxx(u)", ["on edge: u = 0", "on left: dx(u) = 0"], ["E201"]),
        ("dt(u) = -dxxxx(u)", ["on edge: u = 0", "on edge: dxxxx(u) = 0"], ["E206"]),
        # periodic sides take none
        ("dt(u) = dxx(u)", ["periodic left, right"], []),
        ("dt(u) = dxx(u)", ["periodic left, right", "on left: u = 0"], ["E203"]),
    ],
)
def test_conditions_in_one_dimension(
    equation: str, conditions: list[str], codes: list[str]
) -> None:
    text = LINE + "\n".join([f"in line: {equation}", *conditions, "at t = 0: u = 0"])
    assert [c for c in find_codes(text) if not c.startswith("W2") or c == "W230"] == codes


@pytest.mark.parametrize(
    ("equation", "initial", "codes"),
    [
        ("dt(u) = dxx(u)", ["u = 0"], []),
        ("dt(u) = dxx(u)", [], ["E210"]),
        ("dt(u) = dxx(u)", ["u = 0", "dt(u) = 0"], ["E210"]),
        ("dtt(u) = dxx(u)", ["u = 0", "dt(u) = 0"], []),
        ("dtt(u) = dxx(u)", ["dt(u) + u = 0", "u = 0"], []),
        ("dtt(u) = dxx(u)", ["u = 0"], ["E210"]),
        ("dtt(u) = dxx(u)", ["dt(u) = 0"], ["E210"]),
        ("dtt(u) = dxx(u)", ["u = 0", "u = 0*x", "dt(u) = 0"], ["E210"]),
        ("dxx(u) = t", ["u = 0"], ["E210"]),
        ("dxx(u) = t", [], []),
    ],
)
def test_initial_conditions(equation: str, initial: list[str], codes: list[str]) -> None:
    lines = [f"in line: {equation}", "on edge: u = 0", *(f"at t = 0: {i}" for i in initial)]
    assert find_codes(LINE + "\n".join(lines)) == codes


@pytest.mark.parametrize(
    ("conditions", "codes"),
    [
        (["on edge: w = (0, 0)"], []),
        (["on left, bottom, top: w = (0, 0)"], ["E201"]),
        (["on left, bottom, top: w = (0, 0)", "on right: dn(w) - p*n = (0, 0)"], []),
        (["on left, bottom, top: w = (0, 0)", "on right: w.x = 0", "on right: p = 0"], ["E201"]),
        (["on left, bottom, top: w = (0, 0)", "on right: w.y = 0", "on right: p = 0"], ["E201"]),
        # one pressure value per part is allowed on top of the velocity, two are not
        (["on edge: w = (0, 0)", "on right: p = 0"], []),
        (["on edge: w = (0, 0)", "on right: p = 0", "on right: p = 0*y"], ["W230"]),
        (["on left, right, top: w = (0, 0)", "on bottom: dot(w, n) = 0",
          "on bottom: tangential(dn(w)) = (0, 0)"], []),
        (["on left, right, top: w = (0, 0)", "on bottom: dot(w, n) = 0",
          "on bottom: w.y = 0"], ["E201", "E203"]),
        (["on edge: w = (0, 0)", "on left: dn(w) = (0, 0)"], ["E203"]),
    ],
)  # fmt: skip
def test_conditions_of_a_stokes_problem(conditions: list[str], codes: list[str]) -> None:
    assert find_codes(STOKES + "\n".join(conditions)) == codes


@pytest.mark.parametrize(
    ("conditions", "codes"),
    [
        (["on left: w = (0, 0)", "on right, bottom, top: dot(s, n) = (0, 1)"], []),
        (["on left: w = (0, 0)", "on right, bottom: dot(s, n) = (0, 1)"], ["E201"]),
        (["on edge: w.x = 0", "on edge: dot(s, n).y = 0"], []),
        # two equations for the same component leave the other without any
        (["on edge: w.x = 0", "on edge: dot(s, n).x = 0"], None),
    ],
)
def test_conditions_of_an_elasticity_problem(
    conditions: list[str], codes: list[str] | None
) -> None:
    found = [c for c in find_codes(ELASTICITY + "\n".join(conditions)) if c != "W221"]
    if codes is None:
        assert "E201" in found
    else:
        assert found == codes


def test_an_equation_between_two_unknowns_serves_the_one_that_lacks_it() -> None:
    text = (
        SQUARE
        + "unknown u, v\nin square: lap(u) = v\nin square: lap(v) = u\n"
        + "on edge: u + v = 0\non edge: u = 1\n"
    )
    found = cells(text)
    assert found["left", "u"] == "value"
    assert found["left", "v"] == "value"


def test_two_fluxes_of_one_unknown_may_serve_the_other_where_it_stands_in_them() -> None:
    text = (
        SQUARE
        + "unknown u, v\nin square: lap(u) = v\nin square: lap(v) = u\n"
        + "on edge: dn(u) + v = 0\non edge: dn(u) - v = 0\n"
    )
    assert find_codes(text) == []


def test_the_biharmonic_operator_needs_two_conditions_in_two_dimensions() -> None:
    text = SQUARE + "unknown u\nin square: lap(lap(u)) = 1\non edge: u = 0\n"
    assert find_codes(text) == ["E201"]
    assert find_codes(text + "on edge: dn(u) = 0\n") == []


def test_splitting_a_condition_over_parts_changes_no_count() -> None:
    head = SQUARE + "boundary low = left where y < 0.3\nboundary rest_of_it = rest\nunknown u\n"
    whole = cells(head + "in square: lap(u) = 1\non edge: u = 0\n")
    split = cells(head + "in square: lap(u) = 1\non low: u = 0\non rest_of_it: u = 0\n")
    assert whole == split
    assert set(whole.values()) == {"value"}


def test_gaps_of_all_unknowns_are_one_message_with_lines_to_add() -> None:
    text = (
        SQUARE
        + "unknown u, v\nin square: lap(u) = 0\nin square: lap(v) = 0\n"
        + "on left, right: u = 0\non left: v = 0\n"
    )
    (fault,) = examine_text(text).diagnostics
    assert fault.code == "E201"
    assert fault.help is not None
    assert "`on bottom, top: u = …`" in fault.help
    assert "`on right, bottom, top: v = …`" in fault.help


def test_a_faulty_condition_is_not_told_as_missing() -> None:
    text = (
        SQUARE + "unknown u\nin square: lap(u) = 0\non left, right: u = 0\non bottom, top: u = a\n"
    )
    assert find_codes(text) == ["E101"]


def test_a_faulty_equation_silences_the_counts() -> None:
    text = SQUARE + "unknown u\nin square: lap(u) = a\non left: u = 0\n"
    assert find_codes(text) == ["E101"]


@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        ("unknown u\nin square: lap(u) = 1\nin square: dx(u) = 1", ["E220"]),
        ("unknown u, v\nin square: lap(u) = 1\nin square: dx(u) = 1", ["E220"]),
        ("unknown u\nunknown w: vector\nin square: lap(u) = 1\nin square: lap(w) = grad(u)", []),
        ("unknown w: vector\nin square: lap(w.x) = 1\nin square: lap(w.y) = 1", []),
        ("unknown w: vector\nin square: lap(w.x) = 1\nin square: lap(w.x) = 2", ["E220"]),
    ],
)
def test_equations_are_counted_by_component(statements: str, codes: list[str]) -> None:
    names = "uvw"
    conditions = "".join(
        f"\non edge: {name} = {'(0, 0)' if name == 'w' else '0'}"
        for name in names
        if f"unknown {name}" in statements or f", {name}" in statements.split("\n")[0]
    )
    assert find_codes(SQUARE + statements + conditions) == codes


def test_orders_are_found_through_definitions_products_and_operators() -> None:
    # dx(k(x)·dx(u)) is of second order; u·dx(u) of first; curl of a gradient is counted as is.
    text = SQUARE + "unknown u\nlet q = (1 + x^2)*grad(u)\nin square: div(q) + u*dx(u) = 0\n"
    found = cells(text + "on left, right: u = 0\non bottom, top: dot(q, n) = 0\n")
    assert found["left", "u"] == "value"
    assert found["top", "u"] == "flux"


def test_matching_finds_the_assignment_without_gaps() -> None:
    assert match([["a", "b"], ["a"]]) == ["b", "a"]
    assert match([["a"], ["a"]]) == ["a", None]
    assert match([["a", "b"], ["b", "c"], ["a", "b"]]) in (["a", "c", "b"], ["b", "c", "a"])
    assert match([[]]) == [None]


def test_where_a_faulty_condition_may_stand_the_matrix_does_not_say_that_none_is_needed() -> None:
    text = SQUARE + "unknown u\nin square: lap(u) = 0\non left, rihgt: u = 0\non top: u = 1\n"
    found = cells(text)
    assert found["top", "u"] == "value"
    assert {found[side, "u"] for side in ("left", "right", "bottom")} == {"?"}
