"""Regions and interfaces, checked: what is counted where, and which unknown is how many functions."""

import numpy as np
import pytest

from pdelang.geometry.box import Side
from pdelang.semantics.pieces import find_intervals, measure_piece, quadrature_of_piece, scan_curved
from pdelang.semantics.printing import format_coverage
from pdelang.semantics.problem import Problem
from tests.semantic_specs import build_problem, examine_text, find_codes

WALL = """pde 1
domain wall(x) = interval(0, 1)
shape a = interval(0, 0.4)
shape b = wall - a
boundary weld = interface(a, b)
unknown T
in wall: dxx(T) = 0
on weld: jump(T) = 0
on weld: 3*side(dn(T), a) = side(dn(T), b)
on left, right: T = x
"""
DISKS = """pde 1
shape core = disk(center = (0, 0), radius = 0.2)
shape ring = disk(center = (0, 0), radius = 0.5) - core
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape outer = cell - core - ring
boundary inner = interface(core, ring)
boundary skin = interface(ring, outer)
unknown T
in core: lap(T) = 1
in ring: 2*lap(T) = 0
in outer: lap(T) = 0
on inner, skin: jump(T) = 0
on inner, skin: jump(dn(T)) = 0
on edge: T = 0
"""


@pytest.fixture(scope="module")
def wall() -> Problem:
    return build_problem(WALL)


def find_cells(text: str) -> dict[str, tuple[str, ...]]:
    coverage = examine_text(text).coverage
    assert coverage is not None
    return dict(zip(coverage.rows, coverage.cells, strict=True))


def test_an_unknown_at_an_interface_is_one_function_per_region(wall: Problem) -> None:
    (unknown,) = wall.unknowns
    assert [region.name for region in unknown.regions] == ["a", "b"]
    assert unknown.fields == ("T@a", "T@b")
    assert unknown.components == ("T",)
    assert not unknown.is_limited


def test_regions_without_an_interface_share_one_function() -> None:
    text = WALL.replace("boundary weld = interface(a, b)\n", "")
    kept = [line for line in text.splitlines() if "weld" not in line]
    problem = build_problem("\n".join(kept).replace("in wall:", "in a, b:"))
    assert problem.unknowns[0].regions == ()
    assert problem.equations[0].regions
    assert problem.equations[0].label == "in a, in b"


def test_what_no_interface_names_is_a_region_of_its_own() -> None:
    """Core and ring have an interface; of what lies around them nobody says how it joins."""
    text = "\n".join(line for line in DISKS.splitlines() if "boundary skin" not in line)
    text = text.replace("inner, skin", "inner")
    analysis = examine_text(text)
    assert [d.code for d in analysis.diagnostics] == ["E201"]
    assert "`outer` and `ring` meet" in analysis.diagnostics[0].message


def test_normals_of_an_interface_point_from_the_first_region_to_the_second() -> None:
    problem = build_problem(DISKS)
    parts = {part.name: part for part in problem.parts}
    for name, radius in (("inner", 0.2), ("skin", 0.5)):
        pieces = parts[name].pieces
        rims = [scan_curved(piece, problem.domain) for piece in pieces]
        points = np.concatenate([rim.points for rim in rims])
        normals = np.concatenate([rim.normals for rim in rims])
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), radius, rtol=1e-12)
        np.testing.assert_allclose(normals, points / radius, atol=1e-12)
        # The scan of a circle counts whole cells of its circumference.
        length = sum(measure_piece(piece, problem.domain) for piece in pieces)
        assert length == pytest.approx(2 * np.pi * radius, rel=1e-12)


def test_conditions_are_counted_on_every_interface() -> None:
    cells = find_cells(DISKS)
    assert cells["inner (core | ring)"] == ("value + flux",)
    assert cells["skin (ring | outer)"] == ("value + flux",)
    missing = DISKS.replace("on inner, skin: jump(dn(T)) = 0", "on inner: jump(dn(T)) = 0")
    assert find_cells(missing)["skin (ring | outer)"] == ("value + MISSING",)
    assert find_codes(missing) == ["E201"]


def test_a_faulty_condition_may_be_the_one_that_an_interface_lacks() -> None:
    faulty = WALL.replace("on weld: jump(T) = 0", "on weld: side(T, c) = 0")
    assert find_codes(faulty) == ["E101"]
    assert find_cells(faulty)["weld (a | b)"] == ("flux + ?",)


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("on weld: jump(T) = 0\n", "", ["E201"]),
        ("on weld: jump(T) = 0\n", "on weld: side(T, a) = 0\n", []),
        ("on weld: jump(T) = 0\n", "on weld: 5*jump(T) = side(dn(T), a)\n", []),
        ("on left, right", "on weld: side(dx(T), a) = 1\non left, right", ["E203"]),
        ("on left, right: T = x", "on left: T = 1", ["E201"]),
        ("shape b = wall - a", "shape b = interval(0.5, 1)", ["E202"]),
        ("shape b = wall - a", "shape b = interval(0.3, 1)", ["E105"]),
        ("in wall: dxx(T) = 0", "in a: dxx(T) = 0", ["E220"]),
        ("in wall: dxx(T) = 0", "in a: dxx(T) = 0\nin b: dxx(T) = 1", []),
        ("in wall: dxx(T) = 0", "in wall: dxx(T) = 0\nin b: dxx(T) = 1", ["E220"]),
        ("on weld: jump(T) = 0", "on weld: T = 0", ["E107"]),
        ("on weld: jump(T) = 0", "on weld, left: jump(T) = 0", ["E107"]),
        ("on weld: jump(T) = 0", "on weld: jump(T, a) = 0", ["E105"]),
        ("on weld: jump(T) = 0", "on weld: side(T) = 0", ["E105"]),
        ("on weld: jump(T) = 0", "on weld: side(T, wall) = 0", ["E107"]),
        ("on weld: jump(T) = 0", "on weld: side(T, c) = 0", ["E101"]),
        ("on weld: jump(T) = 0", "on weld: jump(dxx(T)) = 0", ["E206"]),
    ],
)
def test_a_wall_with_one_change(old: str, new: str, codes: list[str]) -> None:
    assert old in WALL
    assert find_codes(WALL.replace(old, new)) == codes


def test_derivatives_alone_leave_the_constant_free_on_both_sides() -> None:
    insulated = WALL.replace("on left, right: T = x", "on left, right: dn(T) = 0")
    assert find_codes(insulated) == ["W221"]
    (warning,) = examine_text(insulated.replace("jump(T) = 0", "side(T, b) = 1")).diagnostics
    assert "`T` is fixed only up to a constant in `a`" in warning.message
    valued = insulated.replace("jump(T) = 0", "side(T, b) = 1").replace("dn(T) = 0", "T = 0")
    assert find_codes(valued) == []


LIMITED = """pde 1
domain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape channel = box(x = 0 .. 1, y = 0.5 .. 1)
shape block = plate - channel
boundary bed = interface(channel, block)
unknown w: vector in channel
unknown T
in channel: lap(w) = (1, 0)
in plate: lap(T) = 0
on top, bed: w = (0, 0)
on left, right: dn(w) = (0, 0)
on edge: T = x
"""


def test_an_unknown_in_a_region_is_counted_there_alone() -> None:
    cells = find_cells(LIMITED)
    assert cells["left (in channel)"] == ("value", "flux", "flux")
    assert cells["left (in block)"] == ("value", "-", "-")
    assert cells["bottom"] == ("value", "-", "-")
    assert cells["bed (channel | block)"] == ("-", "value", "value")
    problem = build_problem(LIMITED)
    by_name = {unknown.name: unknown for unknown in problem.unknowns}
    assert by_name["w"].is_limited
    assert by_name["w"].fields == ("w.x", "w.y")
    assert by_name["T"].regions == ()


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (
            "on top, bed: w = (0, 0)",
            "on top: w = (0, 0)\nreport l = integral(1, on = bed)",
            ["E201"],
        ),
        ("on top, bed: w = (0, 0)", "on top, bed, bottom: w = (0, 0)", []),
        ("on top, bed: w = (0, 0)", "on top, bed: w = (0, 0)\non bottom: w = (0, 0)", ["E107"]),
        ("in channel: lap(w) = (1, 0)", "in plate: lap(w) = (1, 0)", ["E107"]),
        ("vector in channel", "vector in chanel", ["E101"]),
        ("in plate: lap(T) = 0", "in plate: lap(T) = w.x", ["E107"]),
        ("in plate: lap(T) = 0", "in channel: lap(T) = w.x\nin block: lap(T) = 0", ["E201"]),
    ],
)
def test_a_limited_unknown_with_one_change(old: str, new: str, codes: list[str]) -> None:
    assert old in LIMITED
    assert find_codes(LIMITED.replace(old, new)) == codes


def test_a_region_that_ends_inside_the_domain_needs_conditions_there() -> None:
    """Without an interface; a first-order equation needs none."""
    lines = [line for line in LIMITED.splitlines() if "bed" not in line and "block" not in line]
    text = "\n".join(lines) + "\non top: w = (0, 0)\n"
    analysis = examine_text(text)
    assert [d.code for d in analysis.diagnostics] == ["E201"]
    assert "ends inside `plate`" in analysis.diagnostics[0].message
    transported = [
        line.replace("lap(w) = (1, 0)", "dx(w) = (1, 0)") for line in lines if "dn(w)" not in line
    ]
    assert find_codes("\n".join(transported) + "\non left: w = (0, 0)\n") == []


def test_order_of_statements_and_names_of_regions_do_not_matter() -> None:
    lines = DISKS.splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])])
    first, second = examine_text(DISKS).coverage, examine_text(turned).coverage
    assert first is not None
    assert second is not None
    # The rows of interfaces stand as they are declared.
    assert sorted(format_coverage(first).splitlines()) == sorted(
        format_coverage(second).splitlines()
    )
    renamed = DISKS.replace("core", "zebra")
    assert find_cells(renamed)["inner (zebra | ring)"] == ("value + flux",)


def test_a_cut_side_of_a_plane_box_is_integrated_to_rounding() -> None:
    problem = build_problem(
        "pde 1\ndomain plate(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown u\n"
        "boundary slot = left where y > 0.2 and y < pi/4 or y > 0.9\nboundary others = rest\n"
        "in plate: lap(u) = 0\non slot: u = 1\non others: u = 1\n"
    )
    part = next(part for part in problem.parts if part.name == "slot")
    (piece,) = part.pieces
    assert isinstance(piece.side, Side)
    ends = [[0.2, np.pi / 4], [0.9, 1.0]]
    np.testing.assert_allclose(find_intervals(piece, piece.side, problem.domain), ends, atol=1e-12)
    points, weights = quadrature_of_piece(piece, problem.domain, 8)
    known = sum((b**4 - a**4) / 4 for a, b in ends)
    assert weights @ points[:, 1] ** 3 == pytest.approx(known, rel=1e-12)
