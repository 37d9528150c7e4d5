"""Functions at corners and around holes: against finite differences, known angles, known solutions."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from stages import analyse_text, lower_text

import pdelang
from pdelang.calculus.jet import Jet
from pdelang.networks.series import close_downward, coordinate_series
from pdelang.networks.singular import SingularNetwork
from pdelang.semantics.settings import Choice, Settings
from pdelang.semantics.vertices import find_vertices
from pdelang.training.least_squares.corner_sites import find_corners
from pdelang.training.least_squares.escalation import Limits
from pdelang.training.least_squares.grading import Grading
from pdelang.training.least_squares.hole_sites import find_holes
from pdelang.training.least_squares.singular import Singular
from pdelang.training.precision import numeric_context
from pdelang.training.solver import solve

SECTOR = """
shape gap = polygon([(0, 0), (2, -2), (2, 0)])
shape bore = disk(center = (-0.5, 0.3), radius = 0.2)
domain plate(x, y) = box(x = -1 .. 1, y = -1 .. 1) - gap - bore
boundary window = plate.top where x > 0.3
boundary others = rest
unknown u
in plate: lap(u) = 0
on window: dn(u) = 0
on others: u = x
"""
# Two values on one wall: harmonic in the half disk, u = (angle at the jump)/pi on the flat side.
JUMP = """
domain plate(x, y) = box(x = -1 .. 1, y = 0 .. 1)
boundary hot = plate.bottom where x > 0
boundary cold = plate.bottom where x < 0
boundary others = rest
let angle = if abs(x) + abs(y) > 0 then atan2(y, x)/pi else 0.5
unknown u
in plate: lap(u) = 0
on hot: u = 0
on cold: u = 1
on others: u = angle
exact u = angle
allow W204: "the jump is the subject"
"""


def family(text: str) -> Singular:
    return Singular(lower_text(text).system, Limits(1e-4, np.inf), 0, None)


def test_vertices_have_the_angles_of_the_drawing() -> None:
    problem = analyse_text(SECTOR)
    pieces = tuple(p for c in problem.boundary_conditions for part in c.parts for p in part.pieces)
    found = {
        tuple(np.round(v.apex, 6) + 0.0): (v.angle / np.pi, v.bisector / np.pi % 2)
        for v in find_vertices(problem.domain, pieces)
    }
    wanted = {
        (0.0, 0.0): (1.75, 0.875),  # the notch from −45° to 0° is missing
        (-1.0, -1.0): (0.5, 0.25),
        (-1.0, 1.0): (0.5, 1.75),
        (1.0, 1.0): (0.5, 1.25),
        (1.0, 0.0): (0.5, 0.75),
        (1.0, -1.0): (0.25, 0.875),
        (0.3, 1.0): (1.0, 1.5),  # the condition changes
    }
    assert found.keys() == wanted.keys()
    for apex, (angle, bisector) in wanted.items():
        assert found[apex] == pytest.approx((angle, bisector), abs=1e-6), apex


def test_sharp_corners_and_holes_are_found() -> None:
    system = lower_text(SECTOR).system
    sharp = [c.vertex.apex for c in find_corners(system) if c.is_sharp]
    np.testing.assert_allclose(sharp, [(0.0, 0.0), (0.3, 1.0)], atol=1e-9)
    (hole,) = find_holes(system)
    np.testing.assert_allclose((*hole.centre, hole.radius), (-0.5, 0.3, 0.2), atol=1e-6)


@pytest.mark.parametrize("orders", [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)])
def test_derivatives_agree_with_finite_differences(orders: tuple[int, int]) -> None:
    dictionary = family(SECTOR)._dictionary((3, 2, 1, 2), 1.0)
    points = np.array([[-0.7, -0.4], [0.2, 0.5], [-0.2, 0.8]])
    coefficients = np.eye(dictionary.count)
    axis = 0 if orders[0] else 1
    lower = tuple(o - (i == axis) for i, o in enumerate(orders))
    step = 1e-5 * np.eye(2)[axis]

    def values(at: np.ndarray, of: tuple[int, ...]) -> np.ndarray:
        tables = dictionary.tables(at)
        return np.stack([dictionary.apply(tables, of, c) for c in coefficients], axis=1)

    slopes = (values(points + step, lower) - values(points - step, lower)) / 2e-5
    exact = values(points, orders)
    np.testing.assert_allclose(exact, slopes, rtol=1e-6, atol=1e-6 * np.abs(exact).max())
    rows = np.zeros_like(exact, order="F")
    dictionary.combine(dictionary.tables(points), {orders: np.ones(3)}, rows)
    np.testing.assert_allclose(rows, exact, rtol=1e-12)


def test_added_points_lie_where_they_should() -> None:
    system = lower_text(SECTOR).system
    domain, corners, holes = system.problem.domain, find_corners(system), find_holes(system)
    from pdelang.training.least_squares.collocation import draw_groups

    drawn = draw_groups(system, 50, 0)
    graded = Grading(domain, corners, (40,) * len(corners), holes, (40,)).apply(drawn, 0)
    for before, after in zip(drawn, graded, strict=True):
        assert len(after.points) >= len(before.points)
        assert domain.contains(after.points[:, :2], 1e-9).all()
        assert after.nearness is not None
        assert (after.nearness > 0).all()
    added = sum(len(a.points) - len(b.points) for a, b in zip(graded, drawn, strict=True))
    assert added > 7 * 40
    nearest = min(np.linalg.norm(g.points[:, :2], axis=1).min() for g in graded)
    assert nearest < 1e-5


def test_a_jump_is_followed_into_its_corner_and_the_model_agrees() -> None:
    program = lower_text(JUMP)
    solution = solve(program, Settings(method=Choice("least_squares"), tolerance=1e-6))
    assert solution.status.value == "solved"
    assert solution.error is not None
    assert solution.error["u"] <= 1e-6
    # Beside the jump, where the training points are dense and the derivatives large.
    angles = np.linspace(0.1, 3.0, 7)
    points = 1e-4 * np.column_stack([np.cos(angles), np.sin(angles)])
    with numeric_context("f64"):
        wanted = tuple(Jet("u", orders) for orders in ((0, 0), (1, 0), (2, 0), (0, 2)))
        jets = solution.model.jets(solution.parameters, jnp.asarray(points), wanted)
        value, slope, *second = (np.asarray(jets[jet]) for jet in wanted)
    np.testing.assert_allclose(value, angles / np.pi, atol=1e-5)
    np.testing.assert_allclose(slope, -np.sin(angles) / (1e-4 * np.pi), rtol=1e-3, atol=1.0)
    size = np.abs(second[0]).max()
    np.testing.assert_allclose(second[0] + second[1], 0.0, atol=1e-3 * size)


def test_the_kind_is_refused_where_there_is_no_plane() -> None:
    text = """pde 1
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = 1
on left, right: u = 0
solver { method = least_squares  network = features(kind = singular) }
"""
    with pytest.raises(pdelang.SpecError) as refused:
        pdelang.compile(text)
    assert [d.code for d in refused.value.diagnostics] == ["E106"]


def test_functions_that_have_no_place_leave_polynomials() -> None:
    """On a strip that is periodic nothing is singular, whatever the settings ask for."""
    text = (
        "domain strip(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nperiodic left, right\nunknown u\n"
        "in strip: lap(u) = -8*pi^2*sin(2*pi*x)*sin(2*pi*y)\non bottom, top: u = 0\n"
        "exact u = sin(2*pi*x)*sin(2*pi*y)\n"
    )
    choice = Choice("features", (("kind", "singular"), ("functions", 8)))
    settings = Settings(method=Choice("least_squares"), network=choice)
    solution = solve(lower_text(text), settings)
    assert solution.status.value == "solved"
    assert solution.error is not None
    assert solution.error["u"] <= 1e-4


# A core in a ring: T falls like the logarithm in the ring and like a parabola in the core.
RINGS = """
shape core = disk(center = (0.2, 0.1), radius = 0.4)
domain plate(x, y) = disk(center = (0.2, 0.1), radius = 1)
shape ring = plate - core
boundary bond = interface(core, ring)
let r2 = (x - 0.2)^2 + (y - 0.1)^2
unknown T, v
in core: 5*lap(T) = -10
in ring: lap(T) = 0
on bond: jump(T) = 0
on bond: 5*side(dn(T), core) = side(dn(T), ring)
on rest_of_edge: T = 0
boundary rest_of_edge = rest
in plate: lap(v) = 4
on rest_of_edge: v = 1
exact T = if r2 < 0.16 then 0.08 - 0.5*r2 - 0.8*log(0.4) else -0.4*log(r2)
exact v = r2
"""


def test_a_region_has_functions_around_the_region_within_it() -> None:
    program = lower_text(RINGS)
    system = program.system
    (hole,) = find_holes(system)
    np.testing.assert_allclose((*hole.centre, hole.radius), (0.2, 0.1, 0.4), atol=1e-6)
    (number,) = hole.fields
    assert system.fields[number] == "T@ring"
    dictionary = Singular(system, Limits(1e-4, np.inf), 0, None)._dictionary((6, 2, 1, 3), 1.0)
    around = np.arange(dictionary.polynomials.count, dictionary.count)
    for k in range(len(system.fields)):
        absent = dictionary.list_absent(k)
        np.testing.assert_array_equal(np.sort(absent), [] if k == number else around)
    solution = solve(program, Settings(method=Choice("least_squares"), tolerance=1e-6))
    assert solution.status.value == "solved"
    assert solution.error is not None
    assert max(solution.error.values()) <= 1e-6
    coefficients = np.asarray(solution.parameters["trained"]["coefficients"])
    count = int(solution.parameters["frozen"]["degrees"].shape[1])
    others = [k for k in range(len(system.fields)) if k != number]
    np.testing.assert_array_equal(coefficients[count:, others], 0.0)
    assert np.abs(coefficients[count:, number]).max() > 0.0
    # In the middle of the hole, where the ring's functions have no value.
    with numeric_context("f64"):
        at = jnp.asarray([[0.2, 0.1], [0.3, 0.1]])
        found = np.asarray(solution.model.fields_at(solution.parameters, at)["T"])
    np.testing.assert_allclose(found, 0.08 - 0.8 * np.log(0.4) - 0.5 * np.array([0, 0.01]), 1e-6)


def test_the_apex_takes_a_near_value_from_the_middle_of_the_corner() -> None:
    with numeric_context("f64"):
        network = SingularNetwork(1, 1, 1, 1)
        _, frozen = network.initialise(jax.random.key(0), jnp.float64)
        frozen |= {
            "offset_real": jnp.zeros(1),
            "map_real": jnp.array([[1.0], [0.0]]),
            "map_imaginary": jnp.array([[0.0], [1.0]]),
            "exponents": jnp.array([[-1.0], [0.0], [0.0]]),
        }
        points = jnp.array([[0.0, 0.0], [1e-17, -1e-17], [0.0, 1e-10], [3e-3, 4e-3]])
        indices = close_downward([], 2)
        found = network._singular(frozen, coordinate_series(points, indices))
    values = np.asarray(found.value)[:, 0]
    # 1/z: at the apex along the axis of the corner, beside it in the direction of the point.
    np.testing.assert_allclose(values, [1e8, 1e8, 0.0, 120.0], rtol=1e-9, atol=1e-6)
