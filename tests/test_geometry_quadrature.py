"""Integrals over bodies and over their boundaries against closed forms."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ellipe

from pdelang.geometry.affine import transform, turn_about
from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.polygon import Polygon
from pdelang.geometry.quadrature import body_quadrature, measure_body, sheet_quadrature
from pdelang.geometry.shape import Difference, Intersection, Shape, Union
from pdelang.geometry.solids import Cone, Torus

PI = math.pi
ORIGIN = (0.0, 0.0, 0.0)
DISK, BALL = Ball((0.0, 0.0), 1.0), Ball(ORIGIN, 1.0)
SQUARE, CUBE = Box((-1.0,) * 2, (1.0,) * 2), Box((-1.0,) * 3, (1.0,) * 3)
ENDLESS = ((-math.inf,) * 2, (math.inf,) * 2)
TURN = turn_about((1.0, 2.0, 3.0), 0.7)


def polygon(*vertices: tuple[float, float]) -> Polygon:
    return Polygon(np.array(vertices))


def wedge(angle: float) -> Shape:
    """Return the half-planes between two rays from the origin, at angles 0 and ``angle`` below a half turn."""
    lower = Halfspace((0.0, 0.0), (0.0, -1.0))
    return Intersection(lower, Halfspace((0.0, 0.0), (-math.sin(angle), math.cos(angle))))


def star(points: int, inner: float) -> Polygon:
    angles = np.arange(2 * points) * PI / points + 0.1
    radii = np.where(np.arange(2 * points) % 2, inner, 1.0)
    return Polygon(np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1))


def strip(radius: float) -> float:
    """Return the area of a disk with x > 0 and |y| < 0.1."""
    return 0.1 * math.sqrt(radius**2 - 0.01) + radius**2 * math.asin(0.1 / radius)


HEXAGON = Polygon(np.array([[math.cos(k * PI / 3), math.sin(k * PI / 3)] for k in range(6)]))
# Two unit circles whose centres are 0.3 apart: half the angle of the arc outside the other.
ARC = PI - math.acos(0.15)
LENS = 2 * math.acos(0.15) - 0.3 * math.sqrt(1 - 0.15**2)
# A square and the same turned by 45 degrees: a regular octagon is common to both.
OCTAGON, OCTAGON_SIDE = 8 * (math.sqrt(2) - 1), 2 * (math.sqrt(2) - 1)

# A half turn of an ellipse with the half axes 3 and 0.5, and the chord that halves it.
HALVED = 1.0

PLANE: dict[str, tuple[Shape, float, float]] = {
    "triangle": (
        polygon((0, 0), (1, 0.3), (0.2, 1)),
        0.47,
        math.hypot(1, 0.3) + math.hypot(0.8, 0.7) + math.hypot(0.2, 1),
    ),
    "needle": (
        polygon((0, 0), (1, 0.001), (1.1, 0.0012)),
        0.5 * (0.0012 - 0.0011),
        math.hypot(1, 0.001) + math.hypot(0.1, 0.0002) + math.hypot(1.1, 0.0012),
    ),
    "hexagon": (HEXAGON, 1.5 * math.sqrt(3), 6.0),
    "sector": (Intersection(DISK, wedge(PI / 3)), PI / 6, 2 + PI / 3),
    "thin sector": (Intersection(DISK, wedge(0.02)), 0.01, 2.02),
    "crescent": (Difference(DISK, Ball((0.3, 0.0), 1.0)), PI - LENS, 2 * PI),
    "star": (
        star(7, 0.4),
        7 * 0.4 * math.sin(PI / 7),
        14 * math.sqrt(1.16 - 0.8 * math.cos(PI / 7)),
    ),
    "square without a turned one": (
        Difference(SQUARE, transform(SQUARE, turn_about(None, PI / 4), np.zeros(2))),
        4 - OCTAGON,
        8 - 4 * OCTAGON_SIDE + 4 * OCTAGON_SIDE,
    ),
    "segment": (
        Intersection(DISK, Halfspace((0.8, 0.0), (-1.0, 0.0))),
        math.acos(0.8) - 0.48,
        2 * math.acos(0.8) + 1.2,
    ),
    "half an ellipse, turned": (
        Intersection(
            transform(
                Intersection(DISK, Halfspace((0.0, 0.0), (1.0, 0.0))),
                turn_about(None, 0.4) @ np.diag([3.0, 0.5]),
                np.ones(2),
            ),
            Box((-9.0, -9.0), (9.0, 9.0)),
        ),
        0.75 * PI,
        6.0 * ellipe(1 - 1 / 36) + HALVED,
    ),
    "ring with a slot": (
        Difference(Difference(DISK, Ball((0.0, 0.0), 0.5)), Box((0.0, -0.1), (2.0, 0.1))),
        0.75 * PI - strip(1.0) + strip(0.5),
        2 * PI - 2 * math.asin(0.1) + PI - math.asin(0.2) + 2 * (math.sqrt(0.99) - math.sqrt(0.24)),
    ),
}
SOLID: dict[str, tuple[Shape, float, float]] = {
    "cap": (
        Intersection(BALL, Halfspace((0.0, 0.0, 0.6), (0.0, 0.0, -1.0))),
        PI * 0.16 * (3 - 0.4) / 3,
        2 * PI * 0.4 + PI * 0.64,
    ),
    "cone, turned": (
        transform(Cone(ORIGIN, (0.0, 0.0, 2.0), 1.0, 0.0), TURN, np.ones(3)),
        2 * PI / 3,
        PI + PI * math.sqrt(5),
    ),
    "half a cone": (
        Intersection(Cone(ORIGIN, (0.0, 0.0, 2.0), 1.0, 0.0), Halfspace(ORIGIN, (1.0, 0.0, 0.0))),
        PI / 3,
        (PI + PI * math.sqrt(5)) / 2 + 2,
    ),
    "ungula": (
        Intersection(
            Intersection(
                Cone((0.0, 0.0, 0.0), (0.0, 0.0, 3.0), 1.0, 1.0),
                Halfspace(ORIGIN, (-1.0, 0.0, 1.0)),
            ),
            CUBE,
        ),
        2 / 3,
        2 + PI / 2 + PI / math.sqrt(2),
    ),
    "Steinmetz solid": (
        Intersection(
            Cone((-2.0, 0.0, 0.0), (2.0, 0.0, 0.0), 1.0, 1.0),
            Cone((0.0, -2.0, 0.0), (0.0, 2.0, 0.0), 1.0, 1.0),
        ),
        16 / 3,
        16.0,
    ),
    "three cylinders": (
        Intersection(
            Intersection(
                Cone((-2.0, 0.0, 0.0), (2.0, 0.0, 0.0), 1.0, 1.0),
                Cone((0.0, -2.0, 0.0), (0.0, 2.0, 0.0), 1.0, 1.0),
            ),
            Cone((0.0, 0.0, -2.0), (0.0, 0.0, 2.0), 1.0, 1.0),
        ),
        8 * (2 - math.sqrt(2)),
        24 * (2 - math.sqrt(2)),
    ),
    "napkin ring": (
        Difference(BALL, Cone((0.0, 0.0, -2.0), (0.0, 0.0, 2.0), 0.6, 0.6)),
        4 * PI / 3 * 0.8**3,
        4 * PI * 0.8 + 2 * PI * 0.6 * 1.6,
    ),
    "cube without a turned bar": (
        Difference(
            CUBE,
            transform(
                Box((-0.5, -0.5, -2.0), (0.5, 0.5, 2.0)),
                turn_about((0.0, 0.0, 1.0), 0.3),
                np.zeros(3),
            ),
        ),
        6.0,
        24 + 6.0,
    ),
    "halved ring": (
        Intersection(Torus(ORIGIN, (0.0, 0.0, 1.0), 1.0, 0.3), Halfspace(ORIGIN, (1.0, 0.0, 0.0))),
        0.09 * PI**2,
        0.6 * PI**2 + 0.18 * PI,
    ),
    "lens across": (
        Intersection(BALL, Ball((0.0, 1.0, 0.0), 1.0)),
        5 * PI / 12,
        2 * PI,
    ),
    "two balls": (Union(BALL, Ball((0.0, 3.0, 0.0), 0.5)), 4.5 * PI / 3, 5 * PI),
}


def formula(f, box: Box) -> Shape:
    return Intersection(LevelSet(f, (-math.inf,) * box.d, (math.inf,) * box.d), box)


def turned(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    c, s = math.cos(0.3), math.sin(0.3)
    return c * p[:, 0] + s * p[:, 1], c * p[:, 1] - s * p[:, 0]


FORMULAS: dict[str, tuple[Shape, float]] = {
    "disk by formula": (formula(lambda p: (p**2).sum(axis=1) - 0.81, SQUARE), 0.81 * PI),
    "ellipse by formula": (
        formula(lambda p: turned(p)[0] ** 2 + 4 * turned(p)[1] ** 2 - 0.64, SQUARE),
        0.32 * PI,
    ),
    "diamond by formula": (formula(lambda p: np.abs(p).sum(axis=1) - 0.8, SQUARE), 1.28),
    "turned diamond by formula": (
        formula(lambda p: np.abs(turned(p)[0]) + np.abs(turned(p)[1]) - 0.8, SQUARE),
        1.28,
    ),
    "half a disk by formula": (
        formula(lambda p: (p**2).sum(axis=1) - 0.81, Box((0.0, -1.0), (1.0, 1.0))),
        0.405 * PI,
    ),
    "ball by formula": (formula(lambda p: (p**2).sum(axis=1) - 0.81, CUBE), 4 * PI / 3 * 0.729),
}


@pytest.mark.parametrize("name", [*PLANE, *SOLID])
def test_contents_and_boundaries_are_those_of_closed_forms(name: str) -> None:
    shape, content, boundary = (PLANE | SOLID)[name]
    body = Body.of(shape)
    rel = 1e-11 if body.d == 2 else 5e-8
    points, weights = body_quadrature(body, 16 if body.d == 2 else 8)
    assert body.shape.is_inside(points).all()
    assert weights.sum() == pytest.approx(content, rel=rel)
    assert measure_body(body) == pytest.approx(content, rel=1e-10 if body.d == 2 else rel)
    # The arc of a flat ellipse needs more nodes than that of a disk.
    rims = [sheet_quadrature(body, sheet, 24 if body.d == 2 else 10) for sheet in body.sheets]
    assert sum(rim.areas.sum() for rim in rims) == pytest.approx(boundary, rel=1e-10 + rel)
    # ∮ x·n dA = d ∫ dV joins normals, places and areas.
    flux = sum(rim.areas @ (rim.points * rim.normals).sum(axis=1) for rim in rims)
    assert flux == pytest.approx(body.d * content, rel=1e-10 + 2 * rel)


@pytest.mark.parametrize("name", FORMULAS)
def test_contents_of_formulas_are_those_of_closed_forms(name: str) -> None:
    shape, content = FORMULAS[name]
    body = Body.of(shape)
    points, weights = body_quadrature(body, 12)
    assert body.shape.is_inside(points).all()
    # Corners of a formula are found where two Gauss rules differ by 1e-9 of the whole.
    assert weights.sum() == pytest.approx(content, rel=2e-7)


def test_integrals_over_a_sector_are_those_of_polar_coordinates() -> None:
    body = Body.of(Intersection(DISK, wedge(PI / 3)))
    points, weights = body_quadrature(body, 40)
    radial = quad(lambda r: r * math.exp(-(r**2)), 0, 1)[0]
    found = weights @ (np.exp(-(points**2).sum(axis=1)))
    assert found == pytest.approx(PI / 3 * radial, rel=1e-12)


@pytest.mark.parametrize("d", [2, 3])
def test_moments_of_a_turned_ellipsoid(d: int) -> None:
    matrix = (turn_about(None, 0.7) if d == 2 else TURN) @ np.diag([2.0, 0.5, 1.5][:d])
    body = Body.of(transform(Ball((0.0,) * d, 1.0), matrix, np.full(d, 0.3)))
    points, weights = body_quadrature(body, 16)
    centred = points - 0.3
    # ∫ y yᵀ over the unit ball is its content over d + 2.
    ball = {2: PI, 3: 4 * PI / 3}[d]
    expected = matrix @ matrix.T * abs(np.linalg.det(matrix)) * ball / (d + 2)
    assert (weights[:, None] * centred).T @ centred == pytest.approx(expected, abs=1e-11)
