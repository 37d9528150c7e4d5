"""Corners of regions and of holes: exponents against closed forms, solutions against finite elements."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq
from stages import lower_text

from pdelang.networks.series import close_downward, coordinate_series
from pdelang.networks.singular import SingularNetwork
from pdelang.semantics.settings import Choice, Settings
from pdelang.semantics.vertices import Vertex
from pdelang.training.classical.comparison import compare_with_classical
from pdelang.training.classical.finite_elements import solve_with_elements
from pdelang.training.least_squares.corner_site import measure_cut
from pdelang.training.least_squares.corner_sites import find_corners
from pdelang.training.least_squares.escalation import _growth
from pdelang.training.least_squares.local_exponents import RayCondition, Sector, find_exponents
from pdelang.training.least_squares.singular_functions import SingularDictionary
from pdelang.training.precision import numeric_context
from pdelang.training.solver import solve
from tests.test_training_singular import family

FIBRE = """
shape fibre = box(x = -0.3 .. 0.3, y = -0.3 .. 0.3)
domain cell(x, y) = box(x = -1 .. 1, y = -1 .. 1)
shape matrix = cell - fibre
boundary bond = interface(fibre, matrix)
unknown T
in fibre: div(10*grad(T)) = 0
in matrix: lap(T) = 0
on bond: jump(T) = 0
on bond: 10*side(dn(T), fibre) = side(dn(T), matrix)
on left: T = 1
on right: T = 0
on top, bottom: dn(T) = 0
"""
HOLE = """
shape hole = box(x = -0.3 .. 0.3, y = -0.2 .. 0.2)
domain plate(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
boundary rim = hole.edge
boundary outer = rest
unknown u
in plate: lap(u) = -1
on rim: u = 0
on outer: u = 1
"""
# Two fields of two regions; the edge below the interface is insulated, that above it held at zero.
SLOT = """
domain all(x, y) = box(x = 0 .. 2, y = -0.5 .. 1)
shape fluid = box(x = 0 .. 2, y = 0 .. 1)
shape plate = box(x = 0 .. 2, y = -0.5 .. 0)
boundary wall = interface(plate, fluid)
unknown a in fluid
unknown b in plate
in fluid: 5*dx(a) = lap(a)
in plate: lap(b) = 0
on wall: a = b
on wall: 5*dn(b) = dn(a)
on left, top: a = 0
on left, right: dn(b) = 0
on right: dn(a) = 0
on bottom: dn(b) = 1
"""


def value(angle: float, *numbers: int) -> RayCondition:
    return RayCondition(angle, tuple((n, (-1.0) ** k, 0.0, 0.0) for k, n in enumerate(numbers)))


def flux(angle: float, **coefficients: float) -> RayCondition:
    """Return ``Σ k ∂_n u = 0`` across a ray, by sector: ``s0 = 10``."""
    normal = -math.sin(angle), math.cos(angle)
    return RayCondition(
        angle,
        tuple(
            (int(name[1:]), 7.0, k * normal[0], k * normal[1]) for name, k in coefficients.items()
        ),
    )


@pytest.mark.parametrize("angle", [0.5 * math.pi, math.pi, 1.5 * math.pi])
def test_a_corner_has_the_exponents_of_its_angle(angle: float) -> None:
    sector = Sector(0.3, angle)
    low, high = 0.3 - 0.5 * angle, 0.3 + 0.5 * angle
    same = find_exponents([sector], [value(low, 0), value(high, 0)], 4.0)
    free = find_exponents([sector], [flux(low, s0=2.0), flux(high, s0=1.0)], 4.0)
    mixed = find_exponents([sector], [value(low, 0), flux(high, s0=1.0)], 4.0)
    unit = math.pi / angle
    count = int(4.0 / unit + 1e-9)
    np.testing.assert_allclose(same, unit * np.arange(1, count + 1), atol=1e-7)
    np.testing.assert_allclose(free, same, atol=1e-7)
    wanted = unit * (np.arange(1, count + 2) - 0.5)
    np.testing.assert_allclose(mixed, wanted[wanted <= 4.0], atol=1e-7)
    assert find_exponents([sector], [value(low, 0)], 4.0) == (), "too few conditions tell nothing"


@pytest.mark.parametrize("ratio", [0.1, 3.0, 100.0])
def test_a_corner_between_two_materials_has_the_exponents_of_their_ratio(ratio: float) -> None:
    """Even and odd about the bisector: ``k tan λα/2 + tan λβ/2 = 0`` and the same with cot."""
    inner, outer = Sector(0.0, 0.5 * math.pi), Sector(math.pi, 1.5 * math.pi)
    edges = (-0.25 * math.pi, 0.25 * math.pi)
    conditions = [value(edge, 0, 1) for edge in edges]
    conditions += [flux(edge, s0=ratio, s1=-1.0) for edge in edges]
    found = find_exponents([inner, outer], conditions, 1.9)

    def even(root: float) -> float:
        a, b = 0.25 * math.pi * root, 0.75 * math.pi * root
        return ratio * math.sin(a) * math.cos(b) + math.sin(b) * math.cos(a)

    def odd(root: float) -> float:
        a, b = 0.25 * math.pi * root, 0.75 * math.pi * root
        return ratio * math.cos(a) * math.sin(b) + math.cos(b) * math.sin(a)

    ends = np.linspace(0.05, 1.9, 400)
    wanted = sorted(
        float(brentq(function, a, b))  # type: ignore[arg-type]
        for function in (even, odd)
        for a, b in itertools.pairwise(ends)
        if function(a) * function(b) < 0
    )
    np.testing.assert_allclose(found, wanted, atol=1e-7)


def test_sites_are_where_regions_and_edges_meet() -> None:
    sites = find_corners(lower_text(FIBRE).system)
    corners = {(x, y) for x in (-0.3, 0.3) for y in (-0.3, 0.3)}
    assert {tuple(np.round(s.vertex.apex, 9)) for s in sites} == corners
    assert len(sites) == 8, "each region has functions of its own"
    for site in sites:
        inside = site.vertex.angle < math.pi
        assert site.vertex.angle == pytest.approx((0.5 if inside else 1.5) * math.pi, abs=1e-6)
        # The cut of the matrix ends in the middle of the fibre, that of the fibre never comes back.
        length = math.inf if inside else 0.3 * math.sqrt(2.0)
        assert site.cut == pytest.approx(length, rel=2e-3)
    slot = find_corners(lower_text(SLOT).system)
    assert {tuple(np.round(s.vertex.apex, 9) + 0.0) for s in slot} == {(0.0, 0.0)}
    assert {s.fields for s in slot} == {(0,), (1,)}
    # Held above and insulated below: k tan² λπ/2 = 1 with the ratio k of the conductivities, inverted.
    assert slot[0].roots[0] == pytest.approx(2.0 / math.pi * math.atan(math.sqrt(0.2)), abs=1e-7)


def test_equations_that_are_no_laplacian_have_none() -> None:
    text = FIBRE.replace("in matrix: lap(T) = 0", "in matrix: 3*dxx(T) + dyy(T) = 0")
    assert find_corners(lower_text(text).system) == ()


@pytest.mark.parametrize("orders", [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)])
def test_functions_of_holes_corners_are_smooth_beyond_the_hole(orders: tuple[int, int]) -> None:
    """By finite differences, on the line along which a cut would run on; the network agrees."""
    dictionary = family(HOLE)._dictionary((3, 2, 1, 2), 1.0)
    points = np.array([[0.75, 0.5], [0.85, 0.85], [-0.75, 0.5], [-0.85, -0.85], [0.9, -0.6]])
    axis = 0 if orders[0] else 1
    lower = tuple(o - (i == axis) for i, o in enumerate(orders))
    step = 1e-5 * np.eye(2)[axis]

    def values(at: np.ndarray, of: tuple[int, ...]) -> np.ndarray:
        tables = dictionary.tables(at)
        columns = np.eye(dictionary.count)
        return np.stack([dictionary.apply(tables, of, c) for c in columns], axis=1)

    exact = values(points, orders)
    slopes = (values(points + step, lower) - values(points - step, lower)) / 2e-5
    np.testing.assert_allclose(exact, slopes, rtol=1e-6, atol=1e-6 * np.abs(exact).max())
    np.testing.assert_allclose(_by_network(dictionary, points, orders), exact, atol=1e-9)


def _by_network(
    dictionary: SingularDictionary, points: np.ndarray, orders: tuple[int, int]
) -> np.ndarray:
    count = dictionary.count
    polynomials = dictionary.polynomials
    with numeric_context("f64"):
        network = SingularNetwork(
            count, polynomials.count, polynomials.highest, count - polynomials.count
        )
        frozen = {name: jnp.asarray(array) for name, array in dictionary.frozen.items()}
        series = coordinate_series(jnp.asarray(points), close_downward([orders], 2))
        found = network.apply({"coefficients": jnp.eye(count)}, frozen, series)
        factor = math.prod(math.factorial(order) for order in orders)
        return factor * np.asarray(found.coefficients[orders])


@pytest.mark.parametrize("text", [FIBRE, HOLE, SLOT], ids=["fibre", "hole", "slot"])
def test_solutions_agree_with_finite_elements(text: str) -> None:
    program = lower_text(text)
    solution = solve(program, Settings(method=Choice("auto"), time_limit=600.0))
    assert solution.status.value == "solved"
    other = solve_with_elements(program.system, 1e-3, 0.0)
    compared = compare_with_classical(solution, other)
    assert max(compared.difference.values()) < max(2.0 * other.agreement, 1e-4)
    assert other.agreement < 2e-3


def test_a_branch_cut_does_not_end_at_another_corner() -> None:
    """From the tip of one arm of an L, half the way through it is the corner between the arms."""

    def outside(points: np.ndarray) -> np.ndarray:
        inside = np.all(np.abs(points - 0.5) < 0.3, axis=1) & ~np.all(points > 0.5, axis=1)
        return ~inside

    vertex = Vertex((0.2, 0.8), 1.5 * np.pi, 0.75 * np.pi, False)
    end = measure_cut(outside, vertex, np.sqrt(2))
    middle = np.array([0.2, 0.8]) + end * np.array([1, -1]) / np.sqrt(2)
    assert 0.1 < end < 0.3
    assert np.linalg.norm(middle - 0.5) > 0.15


def test_what_a_field_is_beyond_its_region_makes_no_solution_singular() -> None:
    system = lower_text(FIBRE).system
    points = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    inner = np.abs(points).max(axis=1) < 0.3
    is_own = np.stack([inner, ~inner])

    def grow(size: float) -> float:
        scales = np.array(system.scaling.field_scale)[:, None]
        fit: Any = SimpleNamespace(
            system=system, fields=lambda p: np.where(is_own, size, 1e20) * scales
        )
        return _growth(fit, points)

    assert grow(2.0) == pytest.approx(2.0)
    assert grow(1e12) == pytest.approx(1e12)
