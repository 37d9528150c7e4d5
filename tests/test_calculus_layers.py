"""Layers of given functions: points in sets that no even points see, and what these stand for."""

import numpy as np
import pytest
import sympy
from sympy import Abs, Piecewise, exp, pi, sqrt, tanh

from pdelang.calculus.borders import find_breaks
from pdelang.calculus.layer_search import find_layers
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.switches import Switch, find_crossings, list_switches

x, y, t = sympy.symbols("x y t", real=True)
UNIT, SQUARE = [(0.0, 1.0)], [(0.0, 1.0), (0.0, 1.0)]
AROUND = [(-1.0, 1.0), (-1.0, 1.0)]


def where(condition: sympy.Basic, height: float = 1.0) -> sympy.Expr:
    return Piecewise((height, condition), (0, True))  # type: ignore[arg-type]


# Functions whose integral over the box is 1, and how well a few points in a layer know it.
CASES = {
    "interval": (where(Abs(x - 0.37) < 4e-4, 1 / 8e-4), (x,), UNIT, 1e-9),
    "square": (where((x - 0.37) ** 2 < 1e-12, 5e5), (x,), UNIT, 1e-9),
    "two conditions": (where((x > 0.37) & (x < 0.3701), 1e4), (x,), UNIT, 1e-9),
    "at the end": (where(x < 1e-5, 1e5), (x,), UNIT, 1e-9),
    "peak": (1e4 * exp(-(((x - 0.37) / 1e-4) ** 2)) / sqrt(pi), (x,), UNIT, 0.2),
    "step": (5e4 * (1 - tanh((x - 0.37) / 1e-5) ** 2), (x,), UNIT, 0.2),
    "strip": (where(Abs(y - 0.61) < 4e-4, 1 / 8e-4), (x, y), SQUARE, 1e-9),
    "patch": (
        where((Abs(x - 0.37) < 4e-4) & (Abs(y - 0.61) < 4e-4), 1 / 64e-8),
        (x, y),
        SQUARE,
        1e-6,
    ),
    "disk": (where((x - 0.2) ** 2 + y**2 < 1e-6, 1e6 / np.pi), (x, y), AROUND, 0.2),
    "two disks": (
        where((x - 0.3) ** 2 + y**2 < 1e-6, 5e5 / np.pi)
        + where((x + 0.3) ** 2 + (y - 0.4) ** 2 < 1e-6, 5e5 / np.pi),
        (x, y),
        AROUND,
        0.2,
    ),
    "moving strip": (where(Abs(x - 0.2 - t / 2) < 3e-4, 1 / 6e-4), (x, t), SQUARE, 1e-6),
    "moving between two": (
        where((x > 0.2 + t / 2) & (x < 0.2006 + t / 2), 1 / 6e-4),
        (x, t),
        SQUARE,
        1e-6,
    ),
    "spot with a peak": (
        1e6 * exp(-((x - 0.37) ** 2 + (y - 0.61) ** 2) / 1e-6) / np.pi,
        (x, y),
        SQUARE,
        0.3,
    ),
    "disk in a pulse": (
        where((x**2 + y**2 < 1e-6) & (t < 1e-3), 1e9 / np.pi),
        (x, y, t),
        [*AROUND, (0.0, 1.0)],
        0.2,
    ),
    "ring": (
        where(Abs(sqrt(x**2 + y**2) - 0.5) < 1e-3, 1 / (2e-3 * np.pi)),
        (x, y),
        AROUND,
        0.5,  # lines that nearly touch it cut much of it
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sums_over_the_points_in_layers_are_integrals(name: str) -> None:
    """So are those over each half of the points: what one half misses the other one sees."""
    given, coordinates, ends, error = CASES[name]
    low, high = np.array(ends).T
    found = find_layers([given], coordinates, low, high)
    assert found is not None
    assert np.all((found.points >= low) & (found.points <= high))
    volume = float(np.prod(high - low))
    for points, shares in (found.half(False), found.half(True)):
        values = evaluate_points([given], coordinates, points.T)[0]
        assert volume * shares @ values == pytest.approx(1.0, rel=error)


@pytest.mark.parametrize(
    "given",
    [
        where(x < 0.3),
        where(x**2 + y**2 < 0.25),
        exp(-x),
        exp(-20 * (x**2 + y**2)),
        tanh(5 * x),
        sympy.sin(9 * x) * y,
        where(Abs(x) < -1),
        where(x < 3),
    ],
    ids=str,
)
def test_what_even_points_see_is_no_layer(given: sympy.Expr) -> None:
    low, high = np.array(AROUND).T
    assert find_layers([given], (x, y), low, high) is None


def test_points_in_a_layer_are_told_from_others() -> None:
    given = where(Abs(x - 0.37) < 4e-4)
    found = find_layers([given], (x, y), np.zeros(2), np.ones(2))
    assert found is not None
    asked = np.array([[0.37, 0.1], [0.3705, 0.1], [0.3697, 0.9]])
    assert found.hold(asked).tolist() == [True, False, True]
    layer = found.thinnest
    assert (layer.coordinate, layer.low, layer.high) == (
        x,
        pytest.approx(0.3696),
        pytest.approx(0.3704),
    )


def test_crossings_are_found_where_the_level_dips_between_two_places() -> None:
    """Twice where it goes through zero and comes back, not at all where it turns before."""
    for depth, count in ((1e-14, 2), (-1e-14, 0)):
        switch = Switch((x - y) ** 2 - depth, 0.0)
        lines = np.array([[0.0, 0.31], [0.0, 0.77]])
        found = find_crossings(switch, (x, y), lines, 0, (0.0, 1.0), 21)
        assert len(found.places) == 2 * count
        for line, middle in enumerate((0.31, 0.77)):
            own = np.sort(found.places[found.lines == line])
            wanted = [middle - 1e-7, middle + 1e-7][:count]
            np.testing.assert_allclose(own, wanted, atol=1e-12)


def test_switches_that_unknowns_decide_are_none() -> None:
    u = sympy.Symbol("u", real=True)
    found = list_switches([where(u > x), Abs(x - 0.2), sympy.Max(x, y, u)], (x, y))
    assert {switch.level for switch in found} == {x - 0.2, x - y}


@pytest.mark.parametrize("condition", [Abs(t - x) < 1e-3, (t - x) ** 2 < 1e-6], ids=str)
def test_narrow_kernels_end_a_piece_of_their_integral(condition: sympy.Basic) -> None:
    places, _ = find_breaks(where(condition), t)
    found = evaluate_points(places, (x,), np.array([[0.5]]))[:, 0]
    for end in (0.499, 0.501):
        assert np.abs(found - end).min() < 1e-12
