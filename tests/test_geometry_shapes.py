"""Shapes against closed forms: length, area and volume, normals, distances."""

import math

import numpy as np
import pytest
from scipy.special import ellipe

from pdelang.geometry.affine import transform, turn_about
from pdelang.geometry.ball import Ball
from pdelang.geometry.body import Body
from pdelang.geometry.box import Box
from pdelang.geometry.halfspace import Halfspace
from pdelang.geometry.level_set import LevelSet
from pdelang.geometry.polygon import Polygon, find_crossing
from pdelang.geometry.quadrature import body_quadrature, measure_body, sheet_quadrature
from pdelang.geometry.shape import Difference, Intersection, Shape, Union
from pdelang.geometry.solids import Cone, Torus

PI = math.pi
ORIGIN = (0.0, 0.0, 0.0)
DISK, BALL = Ball((0.0, 0.0), 1.0), Ball(ORIGIN, 1.0)
SQUARE, CUBE = Box((-1.0,) * 2, (1.0,) * 2), Box((-1.0,) * 3, (1.0,) * 3)
ENDLESS = ((-math.inf,) * 2, (math.inf,) * 2)

# 2000-gon with a wavy rim; its area and length come from its own vertices, by Gauss's formula.
ANGLES = np.linspace(0.0, 2 * PI, 401)[:-1]
WAVE = 1.0 + 0.2 * np.cos(5 * ANGLES)
STAR = Polygon(np.stack([np.cos(ANGLES) * WAVE, np.sin(ANGLES) * WAVE], axis=1))
X, Y = STAR.vertices.T
STAR_AREA = 0.5 * abs(np.sum(X * np.roll(Y, -1) - Y * np.roll(X, -1)))
STAR_LENGTH = np.hypot(np.roll(X, -1) - X, np.roll(Y, -1) - Y).sum()

STRETCHED = transform(BALL, np.diag([2.0, 1.0, 1.0]), np.zeros(3))
TURN = turn_about((1.0, 2.0, 3.0), 0.7)

# shape, content, size of the boundary
CLOSED_FORMS: dict[str, tuple[Shape, float, float]] = {
    "two intervals": (Union(Box((0.0,), (1.0,)), Box((2.0,), (3.5,))), 2.5, 4.0),
    "disk": (Ball((3.0, -1.0), 2.0), 4 * PI, 4 * PI),
    "square without disk": (Difference(SQUARE, Ball((0.2, 0.1), 0.5)), 4 - PI / 4, 8 + PI),
    "L": (Difference(SQUARE, Box((0.0, -1.0), (1.0, 0.0))), 3.0, 8.0),
    "half disk": (Intersection(DISK, Halfspace((0.0, 0.0), (1.0, 0.0))), PI / 2, PI + 2),
    "two squares side by side": (Union(SQUARE, Box((1.0, -1.0), (2.0, 1.0))), 6.0, 10.0),
    "lens": (
        Intersection(DISK, Ball((1.0, 0.0), 1.0)),
        2 * PI / 3 - math.sqrt(3) / 2,
        4 * PI / 3,
    ),
    "ellipse": (
        transform(DISK, np.diag([2.0, 1.0]), np.array([1.0, 0.0])),
        2 * PI,
        8 * ellipe(0.75),
    ),
    "turned square": (transform(SQUARE, turn_about(None, 0.3), np.zeros(2)), 4.0, 8.0),
    "wavy polygon": (STAR, STAR_AREA, STAR_LENGTH),
    "wavy polygon without disk": (
        Difference(STAR, Ball((0.0, 0.0), 0.3)),
        STAR_AREA - 0.09 * PI,
        STAR_LENGTH + 0.6 * PI,
    ),
    "level set": (
        Intersection(LevelSet(lambda p: p[:, 0] ** 2 + p[:, 1] ** 2 - 1.0, *ENDLESS), SQUARE),
        PI,
        2 * PI,
    ),
    "ball": (BALL, 4 * PI / 3, 4 * PI),
    "cube without ball": (Difference(CUBE, Ball(ORIGIN, 0.5)), 8 - PI / 6, 24 + PI),
    "lens in space": (Intersection(BALL, Ball((1.0, 0.0, 0.0), 1.0)), 5 * PI / 12, 2 * PI),
    "oblique cylinder": (
        Cone(ORIGIN, (1.0, 1.0, 1.0), 0.5, 0.5),
        PI / 4 * math.sqrt(3),
        PI / 2 + PI * math.sqrt(3),
    ),
    "cone": (Cone(ORIGIN, (0.0, 0.0, 2.0), 1.0, 0.0), 2 * PI / 3, PI + PI * math.sqrt(5)),
    "torus": (Torus(ORIGIN, (0.0, 0.0, 1.0), 1.0, 0.3), 0.18 * PI**2, 1.2 * PI**2),
    "turned torus": (
        transform(Torus(ORIGIN, (0.0, 0.0, 1.0), 1.0, 0.3), TURN, np.ones(3)),
        0.18 * PI**2,
        1.2 * PI**2,
    ),
    "spheroid": (
        STRETCHED,
        8 * PI / 3,
        2 * PI * (1 + 2 / math.sqrt(0.75) * math.asin(math.sqrt(0.75))),
    ),
    "ball in four dimensions": (Ball((0.0,) * 4, 1.0), PI**2 / 2, 2 * PI**2),
}
# Rules that are less exact than the others: three nodes an edge of 400, half of which see the disk.
RULES = {"wavy polygon without disk": 1e-8}
BODIES = {name: Body.of(shape) for name, (shape, _, _) in CLOSED_FORMS.items()}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_measures_agree_with_closed_forms(name: str) -> None:
    _, content, boundary = CLOSED_FORMS[name]
    body = BODIES[name]
    # The scan of a surface has 32768 points; where shapes cut each other it is off by its spacing.
    assert sum(body.measure(sheet) for sheet in body.sheets) == pytest.approx(boundary, rel=1e-3)
    rel = RULES.get(name, 1e-9 if body.d < 3 else 1e-7 if body.d == 3 else 1e-3)
    assert measure_body(body) == pytest.approx(content, rel=rel)
    rims = [sheet_quadrature(body, sheet, 20) for sheet in body.sheets]
    assert sum(rim.areas.sum() for rim in rims) == pytest.approx(boundary, rel=rel)


@pytest.mark.parametrize("name", [n for n, b in BODIES.items() if b.d in (2, 3)])
def test_gauss_theorem_holds_for_nodes_and_normals(name: str) -> None:
    """∫ div F dV = ∮ F·n dA for F = (x², x y, …): inner nodes, boundary nodes and normals agree."""
    body = BODIES[name]
    points, weights = body_quadrature(body, 24 if body.d == 2 else 14)
    inside = weights @ ((1 + body.d) * points[:, 0])
    across = 0.0
    for sheet in body.sheets:
        rim = sheet_quadrature(body, sheet, 24)
        field = rim.points[:, :1] * rim.points
        across += rim.areas @ np.sum(field * rim.normals, axis=1)
    size = weights @ np.abs(points[:, 0]) + 1.0
    tolerance = float(size) * RULES.get(name, 1e-9 if body.d == 2 else 1e-7)
    assert inside == pytest.approx(across, abs=tolerance)


@pytest.mark.parametrize("name", BODIES)
def test_normals_are_units_that_point_out(name: str) -> None:
    body = BODIES[name]
    step = 1e-6 * float(np.linalg.norm(body.box.lengths))
    for rim in body.rims:
        if not len(rim.points):
            continue
        assert np.linalg.norm(rim.normals, axis=1) == pytest.approx(1.0, abs=1e-12)
        assert body.shape.is_inside(rim.points - step * rim.normals).mean() > 0.999
        assert not body.shape.is_inside(rim.points + step * rim.normals).mean() > 0.001


@pytest.mark.parametrize("name", ["wavy polygon", "oblique cylinder", "turned torus", "cone"])
def test_distances_agree_with_the_nearest_point_of_the_boundary(name: str) -> None:
    body = BODIES[name]
    rng = np.random.default_rng(5)
    points = rng.uniform(body.box.low, body.box.high, (40, body.d))
    boundary = np.concatenate([rim.points for rim in body.rims])
    nearest = np.linalg.norm(points[:, None] - boundary[None], axis=2).min(axis=1)
    found = body.shape.distance(points)
    # Points of the scan are about a hundredth apart in space.
    assert np.abs(found) == pytest.approx(nearest, abs=0.03 if body.d == 3 else 2e-3)
    assert ((found < 0) == body.shape.is_inside(points)).all()


def test_distances_to_combinations_never_pass_the_boundary() -> None:
    body = BODIES["L"]
    points = np.random.default_rng(5).uniform(-1.5, 1.5, (60, 2))
    boundary = np.concatenate([rim.points for rim in body.rims])
    nearest = np.linalg.norm(points[:, None] - boundary[None], axis=2).min(axis=1)
    assert (np.abs(body.shape.distance(points)) <= nearest + 1e-12).all()


def test_edges_that_cross_are_found() -> None:
    bow = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert find_crossing(bow) == (0, 2)
    assert find_crossing(STAR.vertices) is None
