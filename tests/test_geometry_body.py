"""Points of bodies: exact counts, even, the same for the same seed, on the right sheets."""

import numpy as np
import pytest

from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body, EmptyShapeError, UnboundedShapeError
from pdelang.geometry.box import Box, Side
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.quadrature import body_quadrature
from pdelang.geometry.shape import Difference, Intersection

HOLED = Body.of(Difference(Box((-1.0, -1.0), (1.0, 1.0)), Ball((0.0, 0.0), 0.5)), ("room", "hole"))
DOME = Body.of(Intersection(Ball((0.0,) * 3, 1.0), Halfspace((0.0,) * 3, (0.0, 0.0, -1.0))))


@pytest.mark.parametrize("body", [HOLED, DOME], ids=["holed square", "dome"])
def test_inner_points_are_inside_even_and_repeat(body: Body) -> None:
    points = body.sample(1500, seed=3)
    assert points.shape == (1500, body.d)
    assert body.shape.is_inside(points).all()
    assert np.array_equal(points, body.sample(1500, seed=3))
    assert np.array_equal(points[:200], body.sample(200, seed=3))
    assert not np.array_equal(points, body.sample(1500, seed=4))
    # Density by measure: the share right of 0.3 against that of a million random points.
    random = np.random.default_rng(0).uniform(body.box.low, body.box.high, (200_000, body.d))
    random = random[body.shape.is_inside(random)]
    # Low discrepancy leaves an error of a few points in 1500; random ones would leave 18.
    share = np.mean(points[:, 0] > 0.3)
    assert share == pytest.approx(np.mean(random[:, 0] > 0.3), abs=6 / 1500)


def test_the_sheets_of_a_holed_square() -> None:
    sides = [sheet.side for sheet in HOLED.sheets]
    assert sides == [Side(0, False), Side(0, True), Side(1, False), Side(1, True), None]
    assert HOLED.sheets[-1].name == "hole"
    assert [HOLED.is_whole_side(sheet) for sheet in HOLED.sheets] == [True] * 4 + [False]


def test_boundary_points_lie_on_their_sheet_with_their_normal() -> None:
    for sheet in HOLED.sheets:
        points, normals, _ = HOLED.sample_sheet(sheet, 333, seed=1)
        assert points.shape == normals.shape == (333, 2)
        again, *_ = HOLED.sample_sheet(sheet, 333, seed=1)
        assert np.array_equal(points, again)
        if sheet.side is None:
            # Out of the square without its middle means towards the middle.
            assert np.linalg.norm(points, axis=1) == pytest.approx(0.5, abs=1e-12)
            assert normals == pytest.approx(-points / 0.5, abs=1e-12)
            angles = np.sort(np.arctan2(points[:, 1], points[:, 0]))
            # Even: no gap is much wider than 2π/333; random points would leave gaps of 6 times that.
            assert np.diff(angles).max() < 3 * 2 * np.pi / 333
        else:
            assert (points[:, sheet.side.axis] == HOLED.box.side_value(sheet.side)).all()
            assert (normals == sheet.side.normal(2)).all()


def test_points_of_a_window_keep_to_it() -> None:
    points, *_ = HOLED.sample_sheet(HOLED.sheets[0], 50, 0, keep=lambda p: np.abs(p[:, 1]) < 0.01)
    assert points.shape == (50, 2)
    assert (np.abs(points[:, 1]) < 0.01).all()


def test_the_box_around_half_a_ball_is_half_as_high() -> None:
    assert DOME.box == Box((-1.0, -1.0, 0.0), (1.0, 1.0, 1.0))


def test_points_on_the_edge_count_as_inside_within_rounding() -> None:
    on = np.array([[0.5, 0.0], [1.0, 1.0], [0.0, -0.5 + 1e-15]])
    off = np.array([[0.499, 0.0], [1.0 + 1e-6, 0.0]])
    assert HOLED.contains(on, 1e-12).all()
    assert not HOLED.contains(off, 1e-12).any()


def test_shapes_without_end_and_without_inside_are_refused() -> None:
    half = Halfspace((0.0, 0.0), (1.0, 0.0))
    with pytest.raises(UnboundedShapeError):
        Body.of(half)
    with pytest.raises(EmptyShapeError):
        Body.of(Difference(Ball((0.0, 0.0), 1.0), Ball((0.0, 0.0), 2.0)))
    with pytest.raises(EmptyShapeError):
        Body.of(Intersection(Ball((0.0, 0.0), 1.0), Ball((9.0, 0.0), 1.0)))


def test_what_was_cut_off_leaves_no_edges_behind() -> None:
    ell = Body.of(Difference(Box((-1.0, -1.0), (1.0, 1.0)), Box((0.0, -1.0), (1.0, 0.0))))
    assert ell.has_strays
    gone = np.array([[1.0, -0.5], [0.5, -1.0], [1.0, -1.0]])
    edges = np.array([[0.0, 0.0], [0.0, -0.5], [0.5, 0.0], [1.0, 0.0], [0.0, -1.0], [-1.0, 1.0]])
    assert not ell.contains(gone, 1e-12).any()
    assert ell.contains(edges, 1e-12).all()


def test_a_corner_cut_off_a_cube_leaves_no_faces_behind() -> None:
    cube = Box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    rest = Body.of(Difference(cube, Box((0.5, 0.5, 0.5), (1.0, 1.0, 1.0))))
    assert not rest.contains(np.array([[1.0, 0.8, 0.9], [0.7, 1.0, 0.6]]), 1e-12).any()
    kept = np.array([[0.5, 0.5, 0.5], [1.0, 0.2, 0.9], [0.5, 0.7, 0.9], [1.0, 0.5, 0.5]])
    assert rest.contains(kept, 1e-12).all()


def test_a_hole_inside_shares_no_edge() -> None:
    assert not Body.of(Difference(Box((-1.0, -1.0), (1.0, 1.0)), Ball((0.0, 0.0), 0.5))).has_strays


def test_points_and_further_columns_are_spread_together() -> None:
    disk = Body.of(Ball((0.0, 0.0), 1.0))
    points, _, columns = disk.sample_sheet(disk.sheets[0], 256, seed=3, extra=1)
    angle = (np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi)) % 1.0
    cells = np.histogram2d(angle, columns[:, 0], bins=8, range=[[0, 1], [0, 1]])[0]
    # Two sets of Sobol points put side by side leave most of these cells empty.
    assert cells.min() >= 2
    assert cells.max() <= 6


@pytest.mark.parametrize("order", [16, 32])
def test_integrals_know_where_the_leaves_of_an_outline_cross(order: int) -> None:
    upper = Halfspace((0.0, 0.0), (0.0, -1.0))
    lower = Halfspace((0.0, 0.0), (-np.sin(np.pi / 3), np.cos(np.pi / 3)))
    disk = Ball((0.0, 0.0), 1.0)
    sector = Body.of(Intersection(Intersection(disk, upper), lower))
    points, weights = body_quadrature(sector, order)
    assert weights @ (1 - (points**2).sum(axis=1)) == pytest.approx(np.pi / 12, rel=1e-10)
