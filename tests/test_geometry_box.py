"""Boxes against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from pdelang.geometry.adaptive_quadrature import integrate_adaptively
from pdelang.geometry.box import Box, Side
from pdelang.geometry.names import find_side, list_side_names, name_side
from pdelang.geometry.scan import scan_side

BOX = Box((-1.0, 0.0, 2.0), (1.0, 0.5, 5.0))


def test_measures_are_products_of_edge_lengths() -> None:
    assert BOX.measure == pytest.approx(2.0 * 0.5 * 3.0, rel=1e-15)
    assert BOX.side_measure(Side(0, True)) == pytest.approx(1.5, rel=1e-15)
    assert Box((0.0,), (3.0,)).side_measure(Side(0, False)) == 1.0


def test_normals_point_outward_and_have_unit_length() -> None:
    centre = np.array([0.0, 0.25, 3.5])
    for side in BOX.sides:
        normal = side.normal(3)
        point = BOX.sample_side(side, 1, seed=0)[0]
        assert np.linalg.norm(normal) == 1.0
        assert (point - centre) @ normal > 0


def test_contains_is_closed_and_tolerant_where_asked() -> None:
    points = np.array([[1.0, 0.5, 5.0], [1.0 + 1e-13, 0.1, 3.0], [0.0, 0.6, 3.0]])
    assert BOX.contains(points).tolist() == [True, False, False]
    assert BOX.contains(points, 1e-12).tolist() == [True, True, False]


@pytest.mark.parametrize("d", [1, 2, 3, 7])
def test_samples_lie_inside_and_repeat(d: int) -> None:
    box = Box((-2.0,) * d, (3.0,) * d)
    points = box.sample(100, seed=5)
    assert points.shape == (100, d)
    assert box.contains(points).all()
    assert np.array_equal(points, box.sample(100, seed=5))
    assert not np.array_equal(points, box.sample(100, seed=6))
    assert np.array_equal(points[:40], box.sample(40, seed=5))


def test_samples_integrate_better_than_random_ones() -> None:
    # ∫ over the unit square of x·y = 1/4; Sobol points of 2^10 have an error near 1/n, random
    # ones near 0.22/sqrt(n) = 7e-3.
    points = Box((0.0, 0.0), (1.0, 1.0)).sample(1024, seed=1)
    assert np.mean(points[:, 0] * points[:, 1]) == pytest.approx(0.25, abs=1e-3)


def test_samples_of_a_side_lie_on_it() -> None:
    for side in BOX.sides:
        points = BOX.sample_side(side, 33, seed=2)
        assert points.shape == (33, 3)
        assert np.all(points[:, side.axis] == BOX.side_value(side))
        assert BOX.contains(points).all()


def test_grid_runs_over_the_last_coordinate_fastest_and_includes_the_ends() -> None:
    grid = Box((0.0, 10.0), (1.0, 12.0)).grid((2, 3))
    assert grid.tolist() == [[0, 10], [0, 11], [0, 12], [1, 10], [1, 11], [1, 12]]


def test_quadrature_is_exact_for_polynomials() -> None:
    points, weights = BOX.quadrature(3)
    values = points[:, 0] ** 4 * points[:, 1] * points[:, 2] ** 2
    exact = (2 / 5) * (0.5**2 / 2) * ((5**3 - 2**3) / 3)
    # Rounding of 27 products.
    assert weights @ values == pytest.approx(exact, rel=1e-13)
    assert weights.sum() == pytest.approx(BOX.measure, rel=1e-13)


def test_quadrature_of_a_side_gives_its_measure() -> None:
    for side in BOX.sides:
        points, weights = BOX.side_quadrature(side, 2)
        assert weights.sum() == pytest.approx(BOX.side_measure(side), rel=1e-13)
        assert np.all(points[:, side.axis] == BOX.side_value(side))


@pytest.mark.parametrize("d", [1, 2, 3, 4, 6])
def test_scans_are_spread_evenly_over_the_inside_of_a_side(d: int) -> None:
    box = Box((0.0,) * d, (1.0,) * d)
    for side in box.sides:
        points = scan_side(box, side)
        others = np.delete(points, side.axis, axis=1)
        assert np.all((others > 0) & (others < 1))
        # Midpoints and additive recurrences have their mean at the middle to 1/cells or better.
        assert np.allclose(others.mean(axis=0), 0.5, atol=1e-3)


def test_names_of_sides() -> None:
    assert list_side_names(2) == ("left", "right", "bottom", "top")
    assert find_side("top", 1) is None
    assert find_side("back", 3) == Side(2, True)
    assert name_side(Side(1, False), ("x", "y")) == "bottom"
    assert name_side(Side(3, True), ("a", "b", "c", "e")) == "high(e)"
    assert list_side_names(4) == list_side_names(3)
    assert find_side("left", 4) == Side(0, False)


def test_jumps_are_integrated_cell_by_cell():
    line, square = Box((0.0,), (1.0,)), Box((-1.0, -1.0), (1.0, 1.0))
    jump = integrate_adaptively(line, lambda p: 1.0 * (p[:, 0] * (1 - p[:, 0]) > 1 / 6))
    assert jump == pytest.approx(np.sqrt(1 / 3), rel=1e-9)
    kink = integrate_adaptively(square, lambda p: np.abs(p[:, 0] + 0.5 * p[:, 1] - 0.3))
    x, w = np.polynomial.legendre.leggauss(8)
    known = w @ ((0.7 - 0.5 * x) ** 2 + (1.3 + 0.5 * x) ** 2) / 2
    assert kink == pytest.approx(known, rel=1e-7)
    disk = integrate_adaptively(square, lambda p: 1.0 * ((p**2).sum(axis=1) < 1))
    assert disk == pytest.approx(np.pi, rel=5e-4)
    assert np.isnan(integrate_adaptively(line, lambda p: np.nan * p[:, 0]))
