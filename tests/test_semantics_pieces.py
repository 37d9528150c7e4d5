"""Values of expressions, and points on pieces of the boundary."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from pdelang.geometry.box import Box, Side
from pdelang.semantics.boundary import Part
from pdelang.semantics.evaluate import NotEvaluableError, evaluate
from pdelang.semantics.pieces import (
    find_seam,
    measure_piece,
    quadrature_of_piece,
    sample_piece,
    scan_piece,
    select,
)
from tests.semantic_specs import build_problem, examine_text, find_codes, poisson

SQUARE = "pde 1\ndomain square(x, y) = box(x = 0 .. 2, y = 0 .. 1)\nunknown u\n"


def find_parts(*boundaries: str) -> dict[str, Part]:
    body = 'in square: lap(u) = 0\non edge: u = 0\nallow W103: "the parts are tested"\n'
    problem = build_problem(SQUARE + body + "\n".join(boundaries))
    return {part.name: part for part in problem.parts}


BOX = Box((0.0, 0.0), (2.0, 1.0))
SPACE = ("x", "y")
DOMAIN = build_problem(SQUARE + "in square: lap(u) = 0\non edge: u = 0\n").domain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x^2 - 3*x + 1", lambda x: x**2 - 3 * x + 1),
        ("-x^2", lambda x: -(x**2)),
        ("2^-x", lambda x: 2.0**-x),
        ("x^3^2", lambda x: x**9),
        ("if x < 0.5 and not x < 0.1 or x == 1 then 1 else -1",
         lambda x: np.where(((x < 0.5) & ~(x < 0.1)) | (x == 1), 1, -1)),
        ("sin(pi*x)*exp(-x)", lambda x: np.sin(np.pi * x) * np.exp(-x)),
        ("atan2(x, 1 - x)", lambda x: np.arctan2(x, 1 - x)),
        ("erf(x) + erfc(2*x)", lambda x: special.erf(x) + special.erfc(2 * x)),
        ("max(x, 0.3, 1 - x) - min(x, 0.5)",
         lambda x: np.maximum(np.maximum(x, 0.3), 1 - x) - np.minimum(x, 0.5)),
        ("heaviside(x - 0.5) + sign(x - 0.5) + abs(x - 0.5)",
         lambda x: np.heaviside(x - 0.5, 0.5) + np.sign(x - 0.5) + abs(x - 0.5)),
        ("sqrt(x) + log(1 + x) + tanh(x) + acos(x)",
         lambda x: np.sqrt(x) + np.log(1 + x) + np.tanh(x) + np.arccos(x)),
    ],
)  # fmt: skip
def test_values_agree_with_numpy(text: str, value) -> None:
    x = np.linspace(0.0, 1.0, 11)
    guess = build_problem(poisson(f"guess u = {text}")).guesses[0].value
    # Rounding of a handful of operations.
    assert evaluate(guess, x[:, None], ("x",)) == pytest.approx(value(x), rel=1e-14, abs=1e-14)


def test_vector_values() -> None:
    text = (
        "pde 1\ndomain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown w: vector\n"
        "in square: lap(w) = (0, 0)\non edge: w = (0, 0)\n"
        "let a = (x, y)\nlet b = (1, 2)\nguess w = 2*a + (dot(a, b)*b - norm(b)*a)/cross(a, b)\n"
    )
    guess = build_problem(text).guesses[0].value
    x, y = 0.3, 0.9
    a, b = np.array([x, y]), np.array([1.0, 2.0])
    expected = 2 * a + (a @ b * b - math.sqrt(5) * a) / (x * 2 - y * 1)
    assert evaluate(guess, np.array([[x, y]]), SPACE)[0] == pytest.approx(expected, rel=1e-14)


def test_unknowns_have_no_values() -> None:
    problem = build_problem(poisson())
    with pytest.raises(NotEvaluableError):
        evaluate(problem.equations[0].left, np.zeros((1, 1)), ("x",))


def test_pieces_have_the_measure_of_their_window() -> None:
    parts = find_parts(
        "boundary window = left where y > 0.25 and y < 0.75", "boundary others = rest"
    )
    (window,) = parts["window"].pieces
    # The scan has 10000 cells per line: exact to one cell.
    assert measure_piece(window, DOMAIN) == pytest.approx(0.5, abs=1e-4)
    others = parts["others"].pieces
    assert sum(measure_piece(piece, DOMAIN) for piece in others) == pytest.approx(
        2 + 2 + 1 + 0.5, abs=1e-4
    )


def test_samples_of_a_piece_lie_on_it_and_repeat() -> None:
    parts = find_parts(
        "boundary window = left where abs(y - 0.5) < 0.002", "boundary others = rest"
    )
    for piece in (*parts["window"].pieces, *parts["others"].pieces):
        assert isinstance(piece.side, Side)
        points = sample_piece(piece, DOMAIN, 300, 4)
        assert points.shape == (300, 2)
        assert np.all(points[:, piece.side.axis] == BOX.side_value(piece.side))
        assert select(piece, points, SPACE).all()
        assert np.array_equal(points, sample_piece(piece, DOMAIN, 300, 4))
        assert not np.array_equal(points, sample_piece(piece, DOMAIN, 300, 5)) or BOX.d == 1


def test_rest_and_the_other_parts_share_no_point_and_leave_none_out() -> None:
    parts = find_parts(
        "boundary a = edge where x + y < 0.7", "boundary b = top where x > 1.5", "boundary c = rest"
    )
    for side in BOX.sides:
        for_side = [
            [piece for piece in parts[name].pieces if piece.side == side]
            for name in ("a", "b", "c")
        ]
        points = BOX.sample_side(side, 500, seed=1)
        counts = sum(
            select(piece, points, SPACE).astype(int) for pieces in for_side for piece in pieces
        )
        assert np.all(counts == 1)


def test_quadrature_of_pieces() -> None:
    parts = find_parts("boundary a = top where x < 0.5", "boundary b = right")
    (whole,) = parts["b"].pieces
    points, weights = quadrature_of_piece(whole, DOMAIN, 4)
    assert weights @ points[:, 1] ** 7 == pytest.approx(1 / 8, rel=1e-13)
    (cut,) = parts["a"].pieces
    points, weights = quadrature_of_piece(cut, DOMAIN, 4)
    # Midpoint rule with 2500 cells, and a cut known to one cell of 2e-4.
    assert weights @ points[:, 0] == pytest.approx(0.5**2 / 2, abs=2e-4)


def test_seams_are_found_to_rounding() -> None:
    parts = find_parts("boundary a = left where y < 1/3", "boundary b = left where y >= 1/3")
    (a,), (b,) = parts["a"].pieces, parts["b"].pieces
    (point,) = find_seam(DOMAIN, Side(0, False), a, b)
    assert point == pytest.approx([0.0, 1 / 3], abs=1e-14)


def test_a_narrow_window_is_not_overlooked() -> None:
    parts = find_parts("boundary slit = left where abs(y - 0.3) < 0.0002")
    assert len(scan_piece(parts["slit"].pieces[0], DOMAIN)) > 0


@pytest.mark.parametrize(
    ("conditions", "codes"),
    [
        (["on left: u = y", "on bottom: u = 0", "on right: u = y", "on top: u = 1"], []),
        (["on left: u = y", "on bottom: u = x", "on right: u = 1 - y", "on top: u = 1"], ["W204"] * 2),
        (["on left: u = sin(pi*y)", "on right, bottom, top: u = 0"], []),
        (["on left: u = y^2", "on bottom: dn(u) = 5", "on right: u = 4*y^2", "on top: u = (x/2 + 1)^2"], []),
        (["boundary low = left where y < 0.5", "boundary others = rest",
          "on low: u = 0", "on others: u = if x > 0 then 0 else y - 0.5"], ["W204"]),
        (["boundary low = left where y < 0.5", "boundary others = rest",
          "on low: u = (y - 0.5)^2", "on others: u = if x > 0 then 0 else y - 0.5"], ["W204"] * 1),
    ],
)  # fmt: skip
def test_value_data_are_compared_where_parts_meet(conditions: list[str], codes: list[str]) -> None:
    text = SQUARE + "in square: lap(u) = 0\n" + "\n".join(conditions)
    assert find_codes(text) == codes


@pytest.mark.parametrize(
    ("boundary", "initial", "codes"),
    [
        ("u = 0", "u = sin(pi*x)", []),
        ("u = cos(t)", "u = 1", []),
        ("u = t", "u = 1", ["W211"]),
        ("dn(u) = 3", "u = 1", []),
        ("u = exp(-t)*(1 + x)", "u = 1 + x + 1e-13", []),
    ],
)
def test_boundary_and_initial_data_are_compared_at_the_start(
    boundary: str, initial: str, codes: list[str]
) -> None:
    text = (
        "pde 1\ndomain line(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\n"
        f"in line: dt(u) = dxx(u)\non left, right: {boundary}\nat t = 0: {initial}\n"
    )
    assert find_codes(text) == codes


def test_allowed_warnings_are_silent_and_useless_allowances_are_told() -> None:
    jump = SQUARE + "in square: lap(u) = 0\non left: u = 1\non right, bottom, top: u = 0\n"
    assert find_codes(jump) == ["W204"]
    assert find_codes(jump + 'allow W204: "meant"') == []
    assert find_codes(jump + 'allow W204: "meant"\nallow W211: "no"') == ["W103"]
    assert find_codes(jump + 'allow W204: "meant"\nallow E201: "no"') == ["W103"]
    # A warning of a later stage may be allowed: nobody can tell here whether it arises.
    assert find_codes(jump + 'allow W204: "meant"\nallow W240: "kink"') == []


@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        (["in line: dxx(u) = 1", "on edge: dn(u) = 0.5"], ["W221"]),
        (["in line: dxx(u) = 1", "on edge: dn(u) = 0.5", "require mean(u) = 0"], []),
        (["in line: dxx(u) = 1", "on edge: dn(u) = 0.5", "at (0.5): u = 0"], []),
        (["in line: dxx(u) = 1", "on left: dn(u) = 0", "on right: dn(u) + u = 0"], []),
        (["in line: dxx(u) = u", "on edge: dn(u) = 0.5"], []),
        (["in line: dx(u*dx(u)) = 1", "on edge: dn(u) = 0.5"], []),
        (["in line: dx((1 + x)*dx(u)) = 1", "on edge: dn(u) = 0.5"], ["W221"]),
        (["in line: dxx(u) = 1", "on edge: dn(u) = 0.5", "require integral(dx(u)) = 0"], ["W221"]),
    ],
)
def test_unknowns_that_are_only_differentiated_are_free_up_to_a_constant(
    statements: list[str], codes: list[str]
) -> None:
    text = "\n".join(["pde 1", "domain line(x) = interval(0, 1)", "unknown u", *statements])
    assert [d.code for d in examine_text(text).diagnostics] == codes
