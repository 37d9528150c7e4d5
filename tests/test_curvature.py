"""Derivatives of the normal on curved parts, against distances and closed forms."""

import math

import numpy as np
import pytest
import sympy
from stages import analyse_text, derive_faults

import pdelang
from pdelang.calculus.boundary_expansion import expand_on
from pdelang.calculus.stands import EVERYWHERE
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.tensors import flatten
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.semantics.expression import Apply, Normal, Rank
from pdelang.syntax.parser import parse

SHAPES = {
    "disk": "domain d(x, y) = disk(center = (0.1, 0.2), radius = 0.5)",
    "hole": "domain d(x, y) = disk(center = (0, 0), radius = 2) - disk(center = (0.1, 0), radius = 0.5)",
    "ellipse": "domain d(x, y) = rotate(ellipse(center = (0, 0), radii = (2, 1)), 0.3)",
    "formula": "domain d(x, y) = translate(implicit(x^4 + 2*y^4 - 1), (3, 1)) & disk(center = (3, 1), radius = 3)",
    "polygon": "domain d(x, y) = polygon([(0, 0), (1, 0.2), (0.3, 1)])",
    "ball": "domain d(x, y, z) = ball(center = (0, 1, 0), radius = 2)",
    "ellipsoid": "domain d(x, y, z) = scale(ball(center = (0, 0, 0), radius = 1), (1, 2, 3))",
    "cylinder": "domain d(x, y, z) = cylinder(start = (0, 0, 0), end = (1, 1, 0), radius = 0.5)",
    "cone": "domain d(x, y, z) = rotate(cone(start = (0, 0, 0), end = (0, 0, 2), radius = 1), 0.4, (1, 1, 0))",
    "torus": "domain d(x, y, z) = rotate(torus(center = (0, 0, 0), axis = (0, 0, 1), radius = 1, tube = 0.3), 1, (1, 0, 0))",
    "stretched torus": "domain d(x, y, z) = scale(torus(center = (0, 0, 0), axis = (0, 0, 1), radius = 1, tube = 0.3), (1, 2, 1.5))",
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_slopes_are_those_of_the_distance(name: str) -> None:
    problem = analyse_text(f"{SHAPES[name]}\nunknown u\nin d: u = 1\n")
    symbols, domain = Symbols.of(problem), problem.domain
    body, d = domain.body, domain.box.d
    assert body is not None
    for sheet in body.sheets:
        if sheet.side is not None:
            continue
        span = domain.span
        grad = Apply(span, Rank.TENSOR, "grad", (Normal(span, Rank.VECTOR),))
        slopes = expand_on(sheet, problem, symbols, EVERYWHERE)(grad)
        names = (*symbols.coordinates, *symbols.normal)
        found = sympy.lambdify(names, sympy.Matrix(slopes), "numpy")
        rim = body.scan_sheet(sheet)
        for point, n in list(zip(rim.points, rim.normals, strict=True))[7 :: len(rim.points) // 9]:
            here = np.array(found(*point, *n), float)
            across = np.eye(d) - np.outer(n, n)
            # Central differences; stretched shapes and formulas know the distance to first order
            # only, which spoils its curvature along the normal alone.
            expected = across @ _hessian(body.shape.distance, point, n) @ across
            np.testing.assert_allclose(here, expected, atol=2e-4 * max(1, np.abs(expected).max()))
            np.testing.assert_allclose(here @ n, 0, atol=1e-9)


def _laplacian_of_normal(domain: str):
    """Return ``lap(n)`` on the only sheet of a domain as a function, and points with their normals."""
    problem = analyse_text(f"{domain}\nunknown u\nin d: u = 1\n")
    symbols, body = Symbols.of(problem), problem.domain.body
    assert body is not None
    (sheet,) = (s for s in body.sheets if s.side is None and len(body.scan_sheet(s).points))
    span = problem.domain.span
    node = Apply(span, Rank.VECTOR, "lap", (Normal(span, Rank.VECTOR),))
    expansion = expand_on(sheet, problem, symbols, EVERYWHERE)
    names = (*symbols.coordinates, *symbols.normal)
    found = sympy.lambdify(names, flatten(expansion(node)), "numpy")
    rim = body.scan_sheet(sheet)
    return found, rim.points[3::17], rim.normals[3::17]


def test_around_an_axis_the_normal_bends_along_the_circles_too() -> None:
    """A ring: 1/ρ in the plane and n_r/r around the axis; a sphere by its meridian: 2/R."""
    ring = (
        "domain d(r, z): cylindrical = disk(center = (2, 0), radius = 1/2)\nlet bend = 2 + n.x/r\n"
    )
    sphere = "domain d(r, z): cylindrical = disk(center = (0, 0), radius = 2) & halfspace(point = (0, 0), normal = (-1, 0))\n"
    for domain, expected in ((ring.replace("n.x", "n.r"), "bend"), (sphere, "1")):
        solution = pdelang.compile(
            f"pde 1\n{domain}unknown u\nin d: lap(u) - u = 0\non edge: u = 1\n"
            f"report off = integral(abs(div(n) - {expected}), on = edge)\n"
        ).solve(tolerance=1e-2)
        assert solution.reports["off"] == pytest.approx(0, abs=1e-9)


def test_second_derivatives_on_an_ellipse() -> None:
    """lap(n) is the gradient of the curvature κ: dκ/ds along the surface, and −κ² across it."""
    a, b = 2.0, 1.0
    found, points, normals = _laplacian_of_normal(
        "domain d(x, y) = ellipse(center = (0, 0), radii = (2, 1))"
    )
    for point, n in zip(points, normals, strict=True):
        c, s = point[0] / a, point[1] / b
        speed = np.hypot(a * s, b * c)
        curvature = a * b / speed**3
        rise = -3 * a * b * (a * a - b * b) * s * c / speed**5 / speed
        along = np.array([-a * s, b * c]) / speed
        expected = rise * along - curvature**2 * n
        np.testing.assert_allclose(found(*point, *n), expected, atol=1e-9 * max(1, abs(rise)))


def test_second_derivatives_by_a_formula_are_those_of_the_disk() -> None:
    """The normal of a ball of radius R in d dimensions has the Laplacian -(d - 1) n/R²."""
    exact, points, normals = _laplacian_of_normal(
        "domain d(x, y, z) = ball(center = (1, 0, 0), radius = 2)"
    )
    for point, n in zip(points, normals, strict=True):
        np.testing.assert_allclose(exact(*point, *n), -2 * n / 4, atol=1e-12)
    formula, points, normals = _laplacian_of_normal(
        "domain d(x, y) = implicit((x - 1)^4 + 2*(x - 1)^2*y^2 + y^4 - 16) "
        "& disk(center = (1, 0), radius = 3)"
    )
    for point, n in zip(points, normals, strict=True):
        np.testing.assert_allclose(formula(*point, *n), -n / 4, atol=1e-9)


def _hessian(distance, point: np.ndarray, n: np.ndarray, h: float = 1e-4) -> np.ndarray:
    d = len(point)
    steps = h * np.eye(d)
    signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    result = np.empty((d, d))
    for i in range(d):
        for j in range(d):
            places = np.array([point + a * steps[i] + b * steps[j] for a, b in signs])
            pp, pm, mp, mm = distance(places)
            result[i, j] = (pp - pm - mp + mm) / (4 * h * h)
    # Of a stretched shape the distance grows by less than 1 per length.
    rise = float(np.diff(distance(np.array([point - h * n, point + h * n])))[0]) / (2 * h)
    return result / rise


def test_total_curvatures() -> None:
    plane = pdelang.compile(
        "pde 1\nshape hole = ellipse(center = (0, 0), radii = (1/2, 1/4))\n"
        "domain d(x, y) = disk(center = (0, 0), radius = 2) - hole\nunknown u\nin d: lap(u) = 0\n"
        "on edge: u = 1\nreport inner = integral(div(n), on = hole.edge)\n"
        "report all = integral(div(n), on = edge)\nreport size = mean(norm(grad(n)), on = edge - hole.edge)\n"
    ).solve()
    assert plane.reports["inner"] == pytest.approx(-2 * math.pi, rel=1e-5)
    assert plane.reports["all"] == pytest.approx(0, abs=1e-4)
    assert plane.reports["size"] == pytest.approx(0.5, rel=1e-9)
    sphere = pdelang.compile(
        "pde 1\ndomain d(x, y, z) = ball(center = (0, 0, 0), radius = 2)\nunknown u\nin d: lap(u) = 0\n"
        "on edge: u = 1\nreport mean_curvature = mean(div(n), on = edge)\n"
    ).solve()
    assert sphere.reports["mean_curvature"] == pytest.approx(1.0, rel=1e-9)


def test_conditions_with_curvature_are_solved() -> None:
    # On the circle of radius 1/2: div(n) = 2, and the tangential slope of w·n is t·∇(w·n).
    text = """pde 1
domain d(x, y) = disk(center = (0.1, 0.2), radius = 0.5)
let r2 = (x - 0.1)^2 + (y - 0.2)^2
let e = exp(x)*cos(y)
let f = (e, x*y)
let across = (f.x*(x - 0.1) + f.y*(y - 0.2))/sqrt(r2)
unknown u
unknown w: vector
in d: lap(u) = 0
in d: lap(w) = lap(f)
on edge: dn(u) + div(n)*u = dn(e) + 2*e
on edge: dot(w, n) + dot(tangential(grad(dot(w, n))), (1, 2)) = across + dot(tangential(grad(across)), (1, 2))
on edge: dot(tangential(w), (-n.y, n.x)) = dot(tangential(f), (-n.y, n.x))
exact u = e
exact w = f
"""
    solution = pdelang.compile(text).solve()
    assert solution.error["u"] <= 1e-6
    assert solution.error["w"] <= 1e-6


def test_normal_derivatives_one_after_the_other() -> None:
    # Radial: dn(dn(u)) = u_rr, where x_i x_j u_ij/r² is the same written out.
    text = """pde 1
domain d(x, y) = disk(center = (0, 0), radius = 1)
let e = exp(x)*sin(y) + x^3
unknown u
in d: lap(lap(u)) = lap(lap(e))
on edge: u = e
on edge: dn(dn(u)) = x^2*dxx(e) + 2*x*y*dxy(e) + y^2*dyy(e)
exact u = e
"""
    assert pdelang.compile(text).solve().error["u"] <= 1e-5


def test_a_curvature_times_the_unknown_fixes_its_constant() -> None:
    disk = "domain d(x, y) = disk(center = (0, 0), radius = 1)\nunknown u\nin d: lap(u) = 1\n"
    tree, _ = parse(Source("<spec>", f"pde 1\n{disk}on edge: dn(u) + div(n)*u = 0\n"))
    analysis = examine(tree, None)
    assert analysis.coverage is not None
    assert analysis.coverage.cells == (("robin",),)
    assert not [d for d in analysis.diagnostics if d.code == "W221"]


def test_surface_tension_holds_a_drop() -> None:
    solution = pdelang.compile("""pde 1
domain drop(x, y) = disk(center = (0, 0), radius = 0.5)
param sigma = 3
unknown w: vector
unknown p
in drop: lap(w) = grad(p)
in drop: div(w) = 0
on edge: 2*dot(sym(grad(w)), n) - p*n = -sigma*div(n)*n
require mean(w.x) = 0
require mean(w.y) = 0
require mean(dx(w.y) - dy(w.x)) = 0
report pressure = mean(p)
""").solve()
    assert solution.reports["pressure"] == pytest.approx(6.0, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("domain d(x, y) = ellipse(center = (0, 0), radii = (2, 1))", "u = dn(dot(lap(n), n))"),
        ("domain d(r, phi): polar = disk(center = (2, 1), radius = 0.5)", "u = div(n)"),
        ("domain d(x, y) = ellipse(center = (0, 0), radii = (2, 1))", "u = dx(sin(dxy(n.x)))"),
    ],
)
def test_what_is_not_known_is_refused(text: str, condition: str) -> None:
    faults = derive_faults(f"{text}\nunknown u\nin d: lap(u) = 0\non edge: {condition}\n")
    assert [f.code for f in faults if f.level.name == "ERROR"] == ["E190"]
