"""`periodic` between parts that are no opposite sides of a box: found, counted, solved."""

import math

import numpy as np
import pytest
from stages import analyse_text, derive_faults

import pdelang
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.syntax.parser import parse

# The plane is tiled by shifts of (1, 0) and (1/2, 1).
SKEW = """
shape cell = polygon([(0, 0), (1, 0), (3/2, 1), (1/2, 1)])
domain dom(x, y) = cell
boundary a = cell.edge where y - 2*x > -1e-9
boundary b = cell.edge where y - 2*x < -2 + 1e-9
periodic a, b
"""
SECTOR = """
param angle = 2*pi/{folds}
shape c1 = halfspace(point = (0, 0), normal = (0, -1))
shape c2 = halfspace(point = (0, 0), normal = (-sin(angle), cos(angle)))
domain sector(x, y) = disk(center = (0, 0), radius = 1) & c1 & c2
periodic c1.edge, c2.edge
"""
HEXAGON = """
param s = sqrt(3)/2
shape hex = polygon([(1, 0), (1/2, s), (-1/2, s), (-1, 0), (-1/2, -s), (1/2, -s)])
domain cell(x, y) = hex
boundary a1 = hex.edge where y > 2*s*(1 - x) - 1e-9
boundary a2 = hex.edge where y < 2*s*(-1 - x) + 1e-9
boundary b1 = hex.edge where y > 2*s*(1 + x) - 1e-9
boundary b2 = hex.edge where y < 2*s*(x - 1) + 1e-9
periodic a1, a2
periodic b1, b2
periodic bottom, top
"""


def faults_of(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    tree, syntax = parse(Source("<spec>", f"pde 1\n{text}"))
    found = (*syntax, *examine(tree, None).diagnostics)
    return [(d.code, d.message, d.notes) for d in found]


def assert_solved(text: str, bound: float) -> None:
    solution = pdelang.compile(f"pde 1\n{text}").solve()
    assert solution.status == "solved"
    for name, error in solution.error.items():
        assert error <= bound
        assert error <= 10 * solution.error_estimate[name]


# ------------------------------------------------------------ the motion


@pytest.mark.parametrize("folds", [3, 4, 6, 7])
def test_the_cuts_of_a_sector_are_turned_about_its_tip(folds: int) -> None:
    text = SECTOR.format(folds=folds) + "unknown u\nin sector: lap(u) = 1\non edge: u = 0\n"
    problem = analyse_text(text)
    value = next(c for c in problem.boundary_conditions if c.label.startswith("periodic"))
    assert value.parts[0].name == "c1.edge"
    assert "E250" not in {d.code for d in derive_faults(text)}
    angle = 2 * math.pi / folds
    exact = "exact u = (x^2 + y^2)/4 - 1/4\n"
    assert not [d for d in derive_faults(text + exact) if d.code == "E250"]
    tilted = f"exact u = x*cos({angle}/2) + y*sin({angle}/2)\n"
    faults = derive_faults(
        SECTOR.format(folds=folds)
        + "unknown u\nin sector: lap(u) = 0\non edge: u = x*cos(angle/2) + y*sin(angle/2)\n"
        + tilted
    )
    # Symmetric in the two cuts, and so continuous across them, but with a kink.
    assert [d.code for d in faults if d.level.name == "ERROR"] == ["E250"]
    assert "periodic c1.edge c2.edge" in next(d.message for d in faults if d.code == "E250")


def test_conditions_need_not_be_given_on_periodic_parts_and_may_not() -> None:
    body = "unknown u\nin dom: lap(u) = 1\n"
    assert [c for c, *_ in faults_of(SKEW + body + "on bottom, top: u = 0\n") if c[0] == "E"] == []
    found = faults_of(SKEW + body)
    assert [c for c, *_ in found if c[0] == "E"] == ["E201"]
    assert "each of bottom and top" in found[0][1]
    found = faults_of(SKEW + body + "on bottom, top: u = 0\non a: u = 0\n")
    assert [c for c, *_ in found if c[0] == "E"] == ["E203"]
    assert "is periodic and takes no condition" in found[0][1]


def test_the_edge_and_the_rest_are_what_periodic_leaves() -> None:
    body = "unknown u\nin dom: lap(u) = 1\n"
    for line in ("on edge: u = 0\n", "boundary r = rest\non r: u = 0\n"):
        assert [c for c, *_ in faults_of(SKEW + body + line) if c[0] == "E"] == []


def test_coverage_says_periodic() -> None:
    tree, _ = parse(
        Source("<spec>", f"pde 1\n{SKEW}unknown u\nin dom: lap(u) = 1\non edge: u = 0\n")
    )
    coverage = examine(tree, None).coverage
    assert coverage is not None
    rows = dict(zip(coverage.rows, coverage.cells, strict=True))
    assert rows["edge (a)"] == rows["edge (b)"] == ("periodic",)
    assert rows["bottom"] == rows["top"] == ("value",)


# ------------------------------------------------------------ what is refused


def test_parts_of_different_length_are_no_pair() -> None:
    found = faults_of(
        "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\n"
        "boundary a = left where y < 0.5\nperiodic a, right\n"
        "unknown u\nin d: lap(u) = 0\non edge: u = 0\n"
    )
    assert ("E105", "No motion carries `a` onto `right`") in [
        (c, m[: len("No motion carries `a` onto `right`")]) for c, m, _ in found
    ]


def test_a_part_that_reaches_round_a_corner_is_told_where() -> None:
    found = faults_of(
        SKEW.replace("> -1e-9", "> -0.01").replace("< -2 + 1e-9", "< -1.99")
        + "unknown u\nin dom: lap(u) = 1\non bottom, top: u = 0\n"
    )
    code, _, notes = found[0]
    assert code == "E105"
    assert notes[0].startswith("most of them fits, and not what lies near")


def test_two_halves_of_one_side_are_a_pair_by_half_a_turn() -> None:
    text = (
        "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\n"
        "boundary a = bottom where x < 1/2\nboundary b = bottom where x >= 1/2\nperiodic a, b\n"
        "unknown u\nlet e = (x - 1/2)^2 - y^2 + (x - 1/2)*y\nin d: lap(u) - u = -e\n"
        "on left, right, top: u = e\nexact u = e\n"
    )
    assert_solved(text, 1e-8)


def test_a_part_in_two_pairs_is_declared_twice() -> None:
    found = faults_of(
        SKEW + "periodic b, a\nunknown u\nin dom: lap(u) = 1\non bottom, top: u = 0\n"
    )
    assert [c for c, *_ in found if c[0] == "E"] == ["E102"]


def test_an_interface_is_no_part_of_a_pair() -> None:
    found = faults_of(
        "shape s = disk(center = (0.5, 0.5), radius = 0.1)\nshape r = d - s\n"
        "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nboundary a = interface(s, r)\n"
        "periodic a, left\nunknown u\nin s, r: lap(u) = 1\non edge: u = 0\n"
    )
    assert "E107" in [c for c, *_ in found]


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        ("periodic left, left + right", "E105"),
        ("periodic left + right, bottom + top", "E105"),
        ("periodic edge, edge", "E105"),
        ("periodic left, right periodic left + bottom, top", "E102"),
    ],
)
def test_odd_pairs_are_told(statements: str, code: str) -> None:
    found = faults_of(
        f"domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\n{statements}\nunknown u\n"
        "in d: lap(u) = 1\non edge: u = 0\n"
    )
    assert [c for c, *_ in found if c[0] == "E"] == [code]


def test_bent_parts_that_would_have_to_be_turned_are_refused_as_such() -> None:
    found = faults_of(
        "shape l = implicit(y^2/4 - x)\nshape low = implicit(x^2/4 - y)\n"
        "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1) & l & low\nperiodic l.edge, low.edge\n"
        "unknown u\nin d: lap(u) = 1\non edge: u = 0\n"
    )
    assert [c for c, *_ in found if c[0] == "E"] == ["E190"]


def test_regions_that_differ_across_the_pair_meet_by_their_interface() -> None:
    found = faults_of(
        "shape cell = polygon([(0, 0), (1, 0), (3/2, 1), (1/2, 1)])\n"
        "domain dom(x, y) = cell\n"
        "shape low = cell & halfspace(point = (0, 0.3), normal = (-0.1, 1))\n"
        "shape high = cell - low\n"
        "boundary a = cell.edge where y - 2*x > -1e-9\n"
        "boundary b = cell.edge where y - 2*x < -2 + 1e-9\n"
        "boundary bond = interface(low, high)\nperiodic a, b\nunknown u\n"
        "in low: lap(u) = 1\nin high: lap(u) = 2\non bottom, top: u = 0\n"
        "on bond: jump(u) = 0\non bond: jump(dn(u)) = 0\n"
    )
    assert not [c for c, *_ in found if c[0] == "E"]


@pytest.mark.parametrize(("start", "code"), [("y*sin(2*pi*(x - y/2))", None), ("y*x", "W211")])
def test_initial_data_agree_on_the_pair(start: str, code: str | None) -> None:
    found = faults_of(
        f"{SKEW}time t in 0 .. 1\nunknown u\nin dom: dt(u) = lap(u)\non bottom, top: dn(u) = 0\n"
        f"at t = 0: u = {start}\n"
    )
    assert [c for c, *_ in found if c[0] in "EW"] == ([] if code is None else [code])


# ------------------------------------------------------------ solved


def test_a_skew_cell_with_a_hole() -> None:
    assert_solved(
        SKEW.replace(
            "domain dom(x, y) = cell",
            "shape hole = disk(center = (3/4, 1/2), radius = 1/5)\ndomain dom(x, y) = cell - hole",
        )
        + "periodic bottom, top\nunknown u\nlet e = sin(2*pi*(x - y/2))*cos(2*pi*y)\n"
        "in dom: lap(u) - u = lap(e) - e\non hole.edge: dn(u) = dn(e)\nexact u = e\n",
        1e-5,
    )


def test_stokes_flow_in_a_hexagon() -> None:
    assert_solved(
        HEXAGON + "unknown w: vector\nunknown p\n"
        "let q1 = 4*pi*y/sqrt(3)\nlet q2 = 2*pi/sqrt(3)*(sqrt(3)*x - y)\n"
        "let f = cos(q1) + sin(q2)\nlet g = cos(q1)*sin(q2)\nlet v = (dy(f), -dx(f))\n"
        "in cell as momentum: -lap(w) + grad(p) = -lap(v) + grad(g)\nin cell as mass: div(w) = 0\n"
        "require mean(p) = mean(g)\nrequire mean(w.x) = 0\nrequire mean(w.y) = 0\n"
        "exact w = v\nexact p = g\n",
        1e-8,
    )


def test_vectors_turn_with_the_sector() -> None:
    assert_solved(
        SECTOR.format(folds=3) + "unknown w: vector\nlet v = x^3 - 3*x*y^2\n"
        "let f = (dx(v) - y, dy(v) + x)\nin sector: lap(w) - w = lap(f) - f\non edge: w = f\n"
        "exact w = f\n",
        1e-8,
    )


def test_a_mode_of_sixfold_symmetry() -> None:
    mode = "x^6 - 15*x^4*y^2 + 15*x^2*y^4 - y^6"
    assert_solved(
        SECTOR.format(folds=6) + f"unknown u\nlet e = {mode}\n"
        "in sector: lap(u) - u = -e\non edge: u = e\nexact u = e\n",
        1e-8,
    )


def test_half_a_side_of_a_box_in_time() -> None:
    assert_solved(
        "domain b(x, y) = box(x = 0 .. 1, y = 0 .. 1)\ntime t in 0 .. 0.2\n"
        "boundary a = left where y > 1/2\nboundary c = right where y > 1/2\n"
        "boundary r = rest\nperiodic a, c\nunknown u\n"
        "let e = exp(-t)*(sin(2*pi*x) + cos(2*pi*x)*exp(y))\n"
        "in b: dt(u) = lap(u) + dt(e) - lap(e)\non r: u = e\nat t = 0: u = e\nexact u = e\n",
        1e-5,
    )


def test_waves_leave_and_enter() -> None:
    assert_solved(
        SKEW + "periodic bottom, top\ntime t in 0 .. 0.5\nunknown u\n"
        "let e = sin(2*pi*((x - t) - (y - t)/2))\n"
        "in dom: dt(u) + dx(u) + dy(u) = 0\nat t = 0: u = e\nexact u = e\n",
        1e-4,
    )


def test_fourth_order_takes_three_derivatives_along() -> None:
    text = (
        SKEW + "unknown u\nlet e = sin(2*pi*(x - y/2))*(1 + y)\nin dom: lap(lap(u)) = lap(lap(e))\n"
        "on bottom, top: u = e\non bottom, top: dn(u) = dn(e)\nexact u = e\n"
    )
    labels = [c.label for c in analyse_text(text).boundary_conditions]
    assert sum(label.startswith("periodic") for label in labels) == 4
    assert_solved(text + "solver { tolerance = 1e-3 }\n", 1e-3)


def test_the_edge_of_which_parts_are_periodic_takes_data() -> None:
    assert_solved(
        SKEW + "unknown u\nlet e = sin(2*pi*(x - y/2))*exp(y)\nin dom: lap(u) = lap(e)\n"
        "on edge: u = e\nexact u = e\n",
        1e-4,
    )
    found = faults_of(HEXAGON + "unknown u\nin cell: lap(u) = u\non edge: u = 0\n")
    assert [c for c, *_ in found if c[0] == "E"] == ["E202"]


def test_an_eigenvalue_between_periodic_cuts() -> None:
    solution = pdelang.compile(
        f"pde 1\n{SKEW}unknown u\nfit lam = 10 within 5 .. 15\nin dom: -lap(u) = lam*u\n"
        "on bottom, top: u = 0\nrequire integral(u^2) = 1\nreport l = lam\n"
    ).solve()
    assert solution.reports["l"] == pytest.approx(math.pi**2, rel=1e-6)


def test_holes_cut_by_the_periodic_sides_leave_the_network_periodic() -> None:
    text = (
        "domain b(x, y) = box(x = 0 .. 1, y = 0 .. 1) - disk(center = (0, 1/2), radius = 1/5) - "
        "disk(center = (1, 1/2), radius = 1/5)\nperiodic left, right\nunknown u\n"
        "let e = sin(2*pi*x)*exp(y)\nin b: lap(u) = lap(e)\non edge: u = e\nexact u = e\n"
    )
    assert analyse_text(text).periodic_axes == (0,)
    assert_solved(text, 1e-6)


def test_faces_of_a_turned_box_and_of_a_wedge_in_space() -> None:
    assert_solved(
        "shape s = rotate(box(x = 0 .. 1, y = 0 .. 1, z = 0 .. 1), pi/6, (0, 0, 1))\n"
        "domain b(x, y, z) = s\nlet p = cos(pi/6)*x + sin(pi/6)*y\n"
        "let r = cos(pi/6)*y - sin(pi/6)*x\nboundary a = s.edge where p < 1e-9\n"
        "boundary d = s.edge where p > 1 - 1e-9\nboundary o = rest\nperiodic a, d\nunknown u\n"
        "let e = sin(2*pi*p)*exp(r)*z\nin b: lap(u) = lap(e)\non o: u = e\nexact u = e\n"
        "solver { tolerance = 1e-3 }\n",
        1e-3,
    )
    assert_solved(
        "shape c1 = halfspace(point = (0, 0, 0), normal = (0, -1, 0))\n"
        "shape c2 = halfspace(point = (0, 0, 0), normal = (-1, 0, 0))\n"
        "domain b(x, y, z) = cylinder(start = (0, 0, 0), end = (0, 0, 1), radius = 1) & c1 & c2\n"
        "periodic c1.edge, c2.edge\nunknown u\nlet e = (x^4 - 6*x^2*y^2 + y^4)*z\n"
        "in b: lap(u) - u = -e\non edge: u = e\nexact u = e\n",
        1e-6,
    )


def test_angles_of_a_ring_by_sides_and_by_parts_of_them() -> None:
    ring = "domain b(r, phi): polar = box(r = 1 .. 2, phi = 0 .. pi/3)\n"
    assert_solved(
        ring + "periodic bottom, top\nunknown w: vector\nlet f = (r*cos(6*phi), sin(6*phi)/r)\n"
        "in b: lap(w) - w = lap(f) - f\non left, right: w = f\nexact w = f\n",
        1e-6,
    )
    text = (
        ring + "boundary a = bottom where r < 1.5\nboundary c = top where r < 1.5\nperiodic a, c\n"
        "boundary o = rest\nunknown u\nlet f = r*cos(6*phi)\n"
        "in b: lap(u) - u = lap(f) - f\non o: u = f\nexact u = f\n"
    )
    assert_solved(text, 1e-6)


def test_units_complex_values_and_families() -> None:
    assert_solved(
        "shape cell = polygon([(0, 0), (100, 0), (150, 100), (50, 100)])\n"
        "domain dom(x [cm], y [cm]) = cell\n"
        "boundary a = cell.edge where (y - 2*x)/L > -1e-9\n"
        "boundary b = cell.edge where (y - 2*x)/L < -2 + 1e-9\nperiodic a, b\n"
        "periodic bottom, top\nparam L = 1 [m]\nparam T0 = 1 [K]\nparam k = 1 [1/m^2]\n"
        "unknown u [K]\nlet e = T0*sin(2*pi*(x - y/2)/L)\nin dom: lap(u) - k*u = lap(e) - k*e\n"
        "exact u = e\n",
        1e-4,
    )
    assert_solved(
        SKEW + "periodic bottom, top\nunknown u: complex\nlet e = exp(2*pi*i*(x - y/2))\n"
        "in dom: lap(u) + (3 + i)*u = (3 + i - 5*pi^2)*e\nexact u = e\n",
        1e-4,
    )
    assert_solved(
        SECTOR.format(folds=6)
        + "vary q in 1 .. 2\nunknown u\nlet e = q*(x^6 - 15*x^4*y^2 + 15*x^2*y^4 - y^6)\n"
        "in sector: lap(u) - q*u = -q*e\non edge: u = e\nexact u = e\n",
        1e-6,
    )


def test_a_fibre_in_a_skew_cell_is_one_function_per_region() -> None:
    assert_solved(
        SKEW.replace(
            "\nboundary a",
            "\nshape core = disk(center = (3/4, 1/2), radius = 1/5)\n"
            "shape matrix = cell - core\nboundary bond = interface(core, matrix)\nboundary a",
            1,
        )
        + "periodic bottom, top\nunknown u\nlet e = sin(2*pi*(x - y/2))\n"
        "in core: 2*lap(u) - u = 2*lap(e) - e\nin matrix: lap(u) - u = lap(e) - e\n"
        "on bond: jump(u) = 0\non bond: jump(dn(u)) = 0\nexact u = e\n"
        "solver { tolerance = 1e-3 }\n",
        1e-3,
    )


@pytest.mark.parametrize("space", ["plane", "space"])
def test_wavy_walls_given_by_a_formula(space: str) -> None:
    z, along, f = ("", "", "y") if space == "plane" else (", z", ", z = 0 .. 1", "y + z/2")
    assert_solved(
        f"let wave = sin({f})/10\nshape l = implicit(wave - x)\nshape r = implicit(x - 1 - wave)\n"
        f"domain b(x, y{z}) = box(x = -1 .. 2, y = 0 .. 1{along}) & l & r\nperiodic l.edge, r.edge\n"
        "unknown u\nlet e = sin(2*pi*x)*exp(y)\nin b: lap(u) = lap(e)\non edge: u = e\nexact u = e\n"
        "solver { tolerance = 1e-3 }\n",
        1e-3,
    )


def test_networks_are_trained_with_the_same_conditions() -> None:
    mode = "x^6 - 15*x^4*y^2 + 15*x^2*y^4 - y^6"
    solution = pdelang.compile(
        "pde 1\n" + SECTOR.format(folds=6) + f"unknown u\nlet e = {mode}\n"
        "in sector: lap(u) - u = -e\non edge: u = e\nexact u = e\n"
        "solver { method = gauss_newton  steps = 20  network = mlp(width = 24, depth = 1) }\n"
    ).solve()
    assert solution.error["u"] <= 5e-2
    x = np.linspace(0.1, 0.9, 5)
    there = solution.u(x=x * math.cos(math.pi / 3), y=x * math.sin(math.pi / 3))
    assert np.abs(np.asarray(solution.u(x=x, y=0 * x)) - np.asarray(there)).max() <= 5e-2
