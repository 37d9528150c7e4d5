"""Regions and domains in pieces without connection: found, checked, and solved as a function each."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import pdelang
from pdelang.calculus.system import Interior
from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.component import Territory
from pdelang.geometry.connectivity import sample_pieces
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.polygon import Polygon
from pdelang.geometry.quadrature import measure_body
from pdelang.geometry.separation import _is_pierced, find_pieces
from pdelang.geometry.shape import Difference, Shape, Union
from pdelang.lowering.lower import lower
from pdelang.networks.membership import lies_in
from pdelang.training.least_squares.collocation import draw_groups
from pdelang.training.sampling import build_sampler
from tests.semantic_specs import build_problem, examine_text, find_codes
from tests.stages import derive_text

SQUARE = Box((-1.0, -1.0), (1.0, 1.0))
DISK = Ball((0.0, 0.0), 1.0)
CUBE = Box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
ZIGZAG = [(-1, -0.3), (-0.5, 0.3), (0, -0.3), (0.5, 0.3), (1, -0.3)]
# A strip of height 0.1 that is bent so that no straight line passes along it.
BENT = Polygon(np.array([*ZIGZAG, *[(x, y + 0.1) for x, y in reversed(ZIGZAG)]], float))


def bar(low: float, high: float) -> Box:
    return Box((low, -1.0), (high, 1.0))


def pierced(low: float, high: float, bottom: float, top: float) -> Shape:
    """Return a bar with a passage through it."""
    return Difference(bar(low, high), Box((low, bottom), (high, top)))


def ring(outer: float, inner: float) -> Shape:
    return Difference(Ball((0.0, 0.0), outer), Ball((0.0, 0.0), inner))


def wave(p: np.ndarray) -> np.ndarray:
    return np.abs(p[:, 1] - 0.3 * np.sin(4 * p[:, 0])) - 0.1


def half(gap: float) -> float:
    """Return the area of the unit disk to the right of ``gap``."""
    return np.arccos(gap) - gap * np.sqrt(1 - gap**2)


APART = {
    "interval": (Difference(Box((0.0,), (1.0,)), Box((0.4,), (0.401,))), [0.4, 0.599]),
    "boxes": (Difference(SQUARE, bar(0.4, 0.402)), [2.8, 1.196]),
    "corner": (Union(Box((-1.0, -1.0), (0.0, 0.0)), Box((0.0, 0.0), (1.0, 2.0))), [1.0, 2.0]),
    "slab": (Difference(CUBE, Box((0.4, 0.0, 0.0), (0.6, 1.0, 1.0))), [0.4, 0.4]),
    "halves": (Difference(DISK, bar(-0.001, 0.001)), [half(0.001), half(0.001)]),
    "rings": (
        Difference(SQUARE, ring(0.5, 0.498)),
        [4 - 0.25 * np.pi, 0.498**2 * np.pi],
    ),
    "disks": (Union(DISK, Ball((1.502, 0.0), 0.5)), [np.pi, 0.25 * np.pi]),
    "cut disk": (
        Difference(Difference(DISK, Box((-1.0, 0.0), (0.0, 1.0))), Box((0.0, -1.0), (1.0, 0.0))),
        [0.25 * np.pi, 0.25 * np.pi],
    ),
    "touching disks": (Union(DISK, Ball((1.5, 0.0), 0.5)), [np.pi, 0.25 * np.pi]),
    "tangent disk": (Difference(SQUARE, DISK), [1 - 0.25 * np.pi] * 4),
    # Both bounding boxes overlap: 2 below less and 2 above more by the mean height of the strip.
    "bent": (Difference(SQUARE, BENT), [2.0, 1.8]),
    "formula": (
        Difference(SQUARE, LevelSet(wave, (-np.inf, -np.inf), (np.inf, np.inf))),
        [1.8, 1.8],
    ),
    "balls": (
        Difference(Ball((0.0, 0.0, 0.0), 1.0), Box((-0.1, -1.0, -1.0), (0.1, 1.0, 1.0))),
        [np.pi * (2 - 0.3 + 0.001) / 3] * 2,
    ),
}


@pytest.mark.parametrize("name", APART)
def test_pieces_have_the_measures_that_they_should(name: str) -> None:
    shape, measures = APART[name]
    found = find_pieces(Body.of(shape))
    # Measures of bodies in space, and of those given by a formula, are taken from scans: good to 1e-3.
    tolerance = 2e-3 if name in ("balls", "formula") else 1e-4 if name == "slab" else 1e-6
    np.testing.assert_allclose([measure_body(p) for p in found], measures, rtol=tolerance)


@pytest.mark.parametrize(
    "shape",
    [
        Difference(SQUARE, pierced(0.4, 0.6, 0.1, 0.102)),
        Difference(DISK, pierced(0.4, 0.6, 0.1, 0.102)),
        Difference(DISK, pierced(0.4, 0.402, 0.1, 0.102)),
        Union(DISK, Ball((1.499, 0.0), 0.5)),
        Union(Box((0.0, 0.0), (1.0, 1.0)), Box((1.0, 0.0), (2.0, 1.0))),
        Union(Box((0.0, 0.0), (1.0, 1.0)), Polygon(np.array([(1.0, 0.2), (2.0, 0), (1.0, 0.8)]))),
        Difference(CUBE, Ball((0.5, 0.5, 0.5), 0.49)),
        Union(Box((0.0,), (1.0,)), Box((1.0,), (2.0,))),
    ],
    ids=["boxes", "bridge", "door", "disks", "face", "edge", "cavity", "interval"],
)
def test_a_thin_bridge_or_a_common_face_makes_one_piece(shape: Shape) -> None:
    body = Body.of(shape)
    assert find_pieces(body) == (body,)


@pytest.mark.parametrize(
    ("shape", "is_sure"),
    [
        (Difference(SQUARE, Ball((0.5, 0.5), 0.2)), True),
        (Difference(SQUARE, Union(Ball((0.3, 0.3), 0.1), Box((0.5, 0.5), (0.9, 0.9)))), True),
        (Difference(Difference(DISK, Ball((0.3, 0.0), 0.2)), Box((-0.5, 0.0), (0.0, 0.4))), True),
        (Difference(CUBE, Ball((0.5, 0.5, 0.5), 0.4)), True),
        (Difference(SQUARE, Ball((0.5, 0.5), 0.6)), False),
        (Difference(SQUARE, Union(Ball((0.3, 0.3), 0.2), Ball((0.6, 0.3), 0.2))), False),
        (Difference(DISK, Box((-0.8, -0.8), (0.8, 0.8))), False),
        (Difference(SQUARE, Difference(Ball((0.5, 0.5), 0.4), Ball((0.5, 0.5), 0.2))), False),
    ],
)
def test_holes_apart_leave_one_piece_without_a_look_at_points(shape: Shape, is_sure: bool) -> None:
    assert _is_pierced(shape) == is_sure
    body = Body.of(shape)
    count = sample_pieces(shape, body.box, [(r.points, r.normals) for r in body.rims]).count
    assert len(find_pieces(body)) == count
    assert count == 1 or not is_sure


@pytest.mark.parametrize("name", ["bent", "rings", "tangent disk"])
def test_jax_and_numpy_agree_on_pieces(name: str) -> None:
    pieces = find_pieces(Body.of(APART[name][0]))
    points = np.random.default_rng(3).uniform(-1.0, 1.0, (1000, 2))
    whole = APART[name][0].is_inside(points)
    known = np.array([piece.contains(points) for piece in pieces])
    assert (known.sum(axis=0) == whole).all(), "each point lies in one piece"
    for piece, inside in zip(pieces, known, strict=True):
        found = np.asarray(lies_in(piece, jnp.asarray(points), is_portable=True))
        np.testing.assert_array_equal(found, inside)


def test_only_what_nothing_else_separates_asks_for_nearest_points() -> None:
    lower, _ = find_pieces(Body.of(APART["bent"][0]))
    cut = lower.shape.place.second  # type: ignore[attr-defined]
    assert isinstance(cut, Territory)
    assert len(cut.own) + len(cut.others) < 4000
    points = np.array([[0.5, 0.2], [-0.5, 0.29], [0.0, -0.19], [0.5, 0.41]])
    assert cut.is_inside(points).tolist() == [True, True, False, False]


# Two materials in a row, one of them on both sides of the other; T and its flux in closed form.
ROD = """pde 1
domain rod(x) = interval(0, 1)
shape mid = interval(0.4, 0.6)
shape ends = rod - mid
boundary bond = interface(mid, ends)
unknown T
in mid: dx(10*dx(T)) = 0
in ends: dxx(T) = 0
on bond: jump(T) = 0
on bond: 10*side(dn(T), mid) = side(dn(T), ends)
on left: T = 1
on right: T = 0
let q = 1/0.82
exact T = if x < 0.4 then 1 - q*x else if x < 0.6 then 1 - 0.4*q - q*(x - 0.4)/10 else q*(1 - x)
report into = integral(side(dn(T), ends), on = bond)
report flux = integral(abs(side(dn(T), ends)), on = bond)
report steep = max(abs(dx(T)), in = ends)
report mean_ends = mean(T, in = ends)
report near = value(T, (0.7))
report least = min(T)
"""


@pytest.fixture(scope="module")
def rod() -> pdelang.Solution:
    return pdelang.compile(ROD).solve(time_limit=600)


def test_a_material_on_both_sides_of_another_is_solved(rod: pdelang.Solution) -> None:
    assert rod.status == "solved"
    assert rod.error is not None
    assert rod.error["T"] <= rod.error_estimate["T"] < 1e-12


def test_reports_take_the_piece_that_is_there(rod: pdelang.Solution) -> None:
    q = 1 / 0.82
    # Seen from the middle the temperature rises to the left by q, and falls to the right by as much.
    left, right = 0.4 * (1 - 0.2 * q), 0.4 * 0.2 * q
    known = {
        "into": 0.0,
        "flux": 2 * q,
        "steep": q,
        "mean_ends": (left + right) / 0.8,
        "near": 0.3 * q,
        "least": 0.0,
    }
    for name, value in known.items():
        np.testing.assert_allclose(rod.reports[name], value, atol=1e-9, err_msg=name)


def test_an_artifact_of_pieces_is_read_back(rod: pdelang.Solution, tmp_path: Path) -> None:
    rod.save(tmp_path / "rod.solution")
    again = pdelang.load(tmp_path / "rod.solution")
    x = np.array([0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0])
    q = 1 / 0.82
    exact = np.where(x < 0.5, 1 - q * x, q * (1 - x))
    exact[3] = 0.5
    np.testing.assert_allclose(rod.T(x=x), exact, atol=1e-9)
    np.testing.assert_array_equal(again.T(x=x), rod.T(x=x))
    exported = jax.export.deserialize(
        bytearray((tmp_path / "rod.solution/field.stablehlo").read_bytes())
    )
    with jax.enable_x64(True):
        np.testing.assert_allclose(exported.call(x[:, None])["T"], exact, atol=1e-9)


def test_data_and_references_choose_the_piece(tmp_path: Path) -> None:
    spec = tmp_path / "rod.pde"
    readings = "x,T\n0.2,0.9\n0.8,0.68\n"
    (tmp_path / "readings.csv").write_text(readings)
    inverse = ROD.replace("10*", "k*").replace("q*(x - 0.4)/10", "q*(x - 0.4)/k")
    inverse = inverse.replace("1/0.82", "1/(0.8 + 0.2/k)").split("exact")[0].split("let")[0]
    spec.write_text(
        inverse.replace("on right: T = 0", "on right: dn(T) = -s")
        + 'data probe = csv("readings.csv", x = "x", T = "T")\n'
        "fit s = 1 within 0.1 .. 3\nfit k = 2 within 0.5 .. 50\n"
        "at probe: T = probe.T\nreport k_hat = k\nreport s_hat = s\n"
        'compare T = csv("readings.csv", x = "x", T = "T")\n'
    )
    solution = pdelang.compile(str(spec)).solve(time_limit=600)
    # A slope of 1/2 on both sides leaves a fall of 0.22 − 0.4·0.5 = 0.02 over the middle.
    assert solution.reports["s_hat"] == pytest.approx(0.5, abs=1e-3)
    assert solution.reports["k_hat"] == pytest.approx(0.5 * 0.2 / 0.02, rel=1e-3)


def test_points_of_trained_networks_lie_in_their_pieces() -> None:
    system = derive_text(ROD.removeprefix("pde 1"))
    assert system.fields == ("T@ends 1", "T@ends 2", "T@mid")
    sampler = build_sampler(lower(system), 64, False, jnp.float32)
    drawn = jax.jit(sampler.draw)(sampler.seed(jax.random.key(0)), jnp.asarray(3))
    places = {block.place: block for term in system.terms for block in term.blocks}
    spans = {"ends 1": (0.0, 0.4), "ends 2": (0.6, 1.0), "mid": (0.4, 0.6)}
    inner = [p for p in places if isinstance(p, Interior)]
    assert sorted(p.region.name for p in inner if p.region) == sorted(spans)
    for group in draw_groups(system, 200, seed=5):
        if isinstance(group.place, Interior):
            assert group.place.region is not None
            low, high = spans[group.place.region.name]
            assert low <= group.points.min() < group.points.max() <= high
    ranges = {(float(p.min()), float(p.max())) for p in drawn.points if p.std() > 0}
    for low, high in spans.values():
        assert any(low <= a + 1e-6 and b <= high + 1e-6 for a, b in ranges)


def test_a_domain_in_two_pieces_is_solved() -> None:
    solution = pdelang.compile("""pde 1
domain d(x) = interval(0, 1) + interval(1.001, 2)
time t in 0 .. 0.5
unknown u
let start = if x < 1.0005 then x else x - 3
in d: dt(u) = dxx(u) + start
on edge: u = start*(1 + t)
at t = 0: u = start
exact u = start*(1 + t)
""").solve(time_limit=600)
    assert solution.error is not None
    assert solution.error["u"] <= solution.error_estimate["u"] < 1e-6
    np.testing.assert_allclose(
        solution.u(x=np.array([1.0, 1.001]), t=0.5), [1.5, -2.9985], atol=1e-6
    )
    assert np.isnan(solution.u(x=1.0005, t=0.5))


def test_a_global_quantity_may_be_of_a_shape_that_no_equation_names() -> None:
    spec = """pde 1
domain d(x) = interval(0, 1) + interval(2, 3)
shape a = interval(0, 1)
shape across = interval(0.5, 2.5)
unknown u
in d: -dxx(u) = if x < 1.5 then 2 else 4
on edge: u = 0
report one = mean(u, in = a)
report both = integral(u, in = across)
"""
    reports = pdelang.compile(spec).solve(time_limit=600).reports
    # u is x (1 - x) on the left, and twice that on the right.
    assert reports["one"] == pytest.approx(1 / 6, abs=1e-8)
    assert reports["both"] == pytest.approx(1 / 12 + 2 / 12, abs=1e-8)
    free = """pde 1
domain d(x) = interval(0, 1) + interval(2, 3)
shape a = interval(0, 1)
unknown u
in d: dxx(u) = 0
on edge: dn(u) = 0
require mean(u, in = a) = 1
"""
    assert find_codes(free) == ["W221"], "nothing fixes the piece on the right"
    assert find_codes(free + "at (2.5): u = 2\n") == []
    assert find_codes(free + "at (0.5): u = 2\n") != []


def test_modes_of_two_pieces_are_found() -> None:
    solution = pdelang.compile("""pde 1
domain d(x) = interval(0, 1)
shape mid = interval(0.4, 0.6)
shape ends = d - mid
boundary bond = interface(mid, ends)
unknown u
fit lam = 9 within 5 .. 15
in d: -dxx(u) = lam*u
on bond: jump(u) = 0
on bond: jump(dn(u)) = 0
on left, right: u = 0
require integral(u^2) = 1
report l = lam
""").solve(time_limit=600)
    assert solution.reports["l"] == pytest.approx(np.pi**2, rel=1e-8)


def test_a_field_may_live_in_two_pieces_alone() -> None:
    problem = build_problem("""pde 1
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape fibres = disk(center = (-0.5, 0), radius = 0.3) + disk(center = (0.5, 0), radius = 0.3)
shape matrix = cell - fibres
boundary rim = interface(fibres, matrix)
unknown T in fibres
in fibres: lap(T) = -4
on rim: T = 0
""")
    (unknown,) = problem.unknowns
    assert unknown.is_limited
    assert [r.name for r in unknown.regions] == ["fibres 1", "fibres 2"]
    areas = [measure_body(r.body) for r in unknown.regions]
    np.testing.assert_allclose(areas, 0.09 * np.pi, rtol=1e-9)


PERIODIC = """pde 1
domain cell(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape fibre = box(x = 0 .. 0.2, y = 0 .. 1) + box(x = 0.8 .. 1, y = 0 .. 1)
shape matrix = cell - fibre
boundary bond = interface(fibre, matrix)
periodic left, right
periodic bottom, top
unknown w
in fibre: lap(w) = 0
in matrix: lap(w) = 0
on bond: jump(w) = 0
on bond: 10*side(dn(w), fibre) + 9*n.x = side(dn(w), matrix)
require mean(w) = 0
"""


def test_periodic_sides_join_what_they_cut() -> None:
    (joined,) = build_problem(PERIODIC).unknowns
    assert [r.name for r in joined.regions] == ["fibre", "matrix"]
    cut = PERIODIC.replace("periodic left, right", "on left, right: w = 0")
    (apart,) = build_problem(cut).unknowns
    assert [r.name for r in apart.regions] == ["fibre 1", "fibre 2", "matrix"]


def test_a_laminate_across_the_edge_of_its_cell_has_its_known_conductivity() -> None:
    report = "report k = integral(10*(1 + dx(w)), in = fibre) + integral(1 + dx(w), in = matrix)\n"
    solution = pdelang.compile(PERIODIC + report).solve(time_limit=600)
    # Layers across the flow: the harmonic mean.
    assert solution.reports["k"] == pytest.approx(1 / (0.4 / 10 + 0.6), rel=1e-4)


TURNED = """pde 1
domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape a = box(x = 0 .. 0.2, y = 0.4 .. 0.6) + box(x = 0.4 .. 0.6, y = 0 .. 0.2)
shape b = d - a
boundary bond = interface(a, b)
unknown u
in d: lap(u) = -4
on bond: jump(u) = 0
on bond: jump(dn(u)) = 0
periodic left, bottom
on right, top: u = 1 - x^2 - y^2
exact u = 1 - x^2 - y^2
"""


def test_pieces_that_a_turn_carries_onto_each_other_are_one_function_each() -> None:
    (unknown,) = build_problem(TURNED).unknowns
    assert [r.name for r in unknown.regions] == ["a 1", "a 2", "b"]
    solution = pdelang.compile(TURNED).solve(time_limit=600)
    assert solution.error is not None
    assert solution.error["u"] <= solution.error_estimate["u"] < 1e-9


def test_what_periodic_compares_has_one_constant() -> None:
    # Apart from the edge with values, `a 1` is held by `a 2` alone, across the turn.
    one_sided = TURNED.replace("jump(u) = 0", "side(u, b) = 0").replace(
        "jump(dn(u))", "side(dn(u), a)"
    )
    (warning,) = examine_text(one_sided).diagnostics
    assert "in the piece of `a`" in warning.message
    assert find_codes(one_sided + "at (0.1, 0.5): u = 1\n") == []


ACROSS = """pde 1
domain d(x) = interval(0, 1)
shape a = interval(0, 0.3)
shape b = d - a
boundary bond = interface(a, b)
periodic left, right
unknown u
in a: -dx(10*dx(u)) + 3*u = cos(2*pi*x)
in b: -dxx(u) + u = sin(2*pi*x)
on bond: jump(u) = 0
on bond: 10*side(dn(u), a) = side(dn(u), b)
report m = mean(u)
report v = value(u, (1))
"""


def solve_by_volumes(n: int) -> tuple[float, float]:
    """Return the mean, and the value at the ends, of the solution of ACROSS by finite volumes."""
    x = (np.arange(n) + 0.5) / n
    k = np.where(x < 0.3, 10.0, 1.0)
    left = 2 * n**2 / (1 / k + 1 / np.roll(k, 1))
    right = np.roll(left, -1)
    matrix = np.diag(left + right + np.where(x < 0.3, 3.0, 1.0))
    index = np.arange(n)
    matrix[index, index - 1] -= left
    matrix[index, (index + 1) % n] -= right
    load = np.where(x < 0.3, np.cos(2 * np.pi * x), np.sin(2 * np.pi * x))
    u = np.linalg.solve(matrix, load)
    # The flux meets between the last cell and the first one.
    return float(u.mean()), float((10 * u[0] + u[-1]) / 11)


@pytest.mark.parametrize("order", ["left, right", "right, left"])
@pytest.mark.parametrize("sides", ["a, b", "b, a"])
def test_an_interface_goes_on_across_periodic_sides(order: str, sides: str) -> None:
    spec = ACROSS.replace("periodic left, right", f"periodic {order}")
    spec = spec.replace("interface(a, b)", f"interface({sides})")
    solution = pdelang.compile(spec).solve(time_limit=600)
    mean, end = solve_by_volumes(1000)
    # Finite volumes of this width are good to 1e-5.
    assert solution.reports["m"] == pytest.approx(mean, abs=1e-5)
    assert solution.reports["v"] == pytest.approx(end, abs=1e-5)


def test_interfaces_of_two_unknowns_may_cross_beside_periodic_sides() -> None:
    solution = pdelang.compile("""pde 1
domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)
shape a = box(x = 0 .. 0.5, y = 0 .. 1)
shape b = d - a
shape q = box(x = 0 .. 1, y = 0 .. 0.5)
shape p = d - q
boundary bond = interface(a, b)
boundary weld = interface(q, p)
periodic left, right
unknown u, v
in a: -lap(u) + u = (4*pi^2 + 1)*sin(2*pi*x)
in b: -2*lap(u) + u = (4*pi^2 + 1/2)*sin(2*pi*x)
in d: -lap(v) + v = y
on bond: jump(u) = 0
on bond: side(dn(u), a) = 2*side(dn(u), b)
on weld: jump(v) = 0
on weld: jump(dn(v)) = 0
on bottom, top: dn(u) = 0
on bottom, top: v = y
exact u = if x < 0.5 then sin(2*pi*x) else sin(2*pi*x)/2
exact v = y
""").solve(time_limit=600)
    assert solution.error is not None
    for name in ("u", "v"):
        assert solution.error[name] <= solution.error_estimate[name] < 1e-4


def test_periodic_sides_between_two_materials_need_an_interface_or_are_refused() -> None:
    # One condition is on the flux alone, and the other one is gone.
    assert "E201" in find_codes(ACROSS.replace("on bond: jump(u) = 0\n", ""))
    turned = TURNED.replace(" + box(x = 0.4 .. 0.6, y = 0 .. 0.2)", "")
    assert find_codes(turned) == ["E190"]


@pytest.mark.parametrize("turn", ["-pi/2 .. 3*pi/2", "0 .. 2*pi"])
def test_a_turn_begins_inside_of_a_region_or_between_two(turn: str) -> None:
    rings = f"""pde 1
domain d(r, phi): polar = box(r = 1 .. 2, phi = {turn})
shape a = box(r = 1 .. 2, phi = 0 .. pi)
shape b = d - a
boundary bond = interface(a, b)
unknown u
in d: lap(u) = 0
on bond: jump(u) = 0
on bond: jump(dn(u)) = 0
on low(r), high(r): u = (r + 1/r)*cos(phi)
exact u = (r + 1/r)*cos(phi)
"""
    (unknown,) = build_problem(rings).unknowns
    assert [r.name for r in unknown.regions] == ["a", "b"], "the two ends of b are one"
    solution = pdelang.compile(rings).solve(time_limit=600)
    assert solution.error is not None
    assert solution.error["u"] <= solution.error_estimate["u"] < 1e-4


def test_a_piece_without_a_value_is_told() -> None:
    free = ROD.replace("on right: T = 0", "on right: dn(T) = 0").split("let q")[0]
    assert find_codes(free) == []
    insulated = free.replace("on bond: jump(T) = 0", "on bond: side(dn(T), ends) = 0")
    (warning,) = examine_text(insulated).diagnostics
    assert warning.code == "W221"
    assert "in the piece of `ends` around (0.8) and `mid`" in warning.message
    # A requirement fixes one constant, and there are two.
    assert find_codes(insulated + "require mean(T, in = ends) = 1\n") == ["W221"]
    both = "require mean(T, in = ends) = 1\nat (0.5): T = 1\n"
    assert find_codes(insulated + both) == []
    assert find_codes(insulated + both.replace("0.5", "0.2")) == ["W221"]
