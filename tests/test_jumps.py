"""Integrals of what jumps or has a kink, in reports, conditions and equations, against closed forms."""

from __future__ import annotations

import math

import pytest
from scipy.integrate import dblquad, quad

import pdelang

PI = math.pi
DISK = "domain d(x, y) = disk(center = (0, 0), radius = 1)\n"
SQUARE = "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 1)\n"
LINE = "domain d(x) = interval(0, 1)\n"
LINEAR = "unknown u\nin d: lap(u) = 0\non edge: u = x\n"
# Areas of the unit disk left of x = 0.3, and what of it lies above y = x².
LEFT = PI - math.acos(0.3) + 0.3 * math.sqrt(0.91)


def above_parabola() -> float:
    """Return the integral of y − x² over what of the unit disk lies above y = x²."""
    end = math.sqrt((math.sqrt(5) - 1) / 2)
    return dblquad(
        lambda y, x: y - x * x,
        -end,
        end,
        lambda x: x * x,
        lambda x: math.sqrt(1 - x * x),
        epsabs=1e-12,
    )[0]


def between(a: float, b: float) -> float:
    """Return ∫ |sin t| dt."""
    return sum(quad(lambda t: abs(math.sin(t)), s, e)[0] for s, e in pieces(a, b))


def pieces(a: float, b: float) -> list[tuple[float, float]]:
    inner = [k * PI for k in range(math.ceil(a / PI), math.floor(b / PI) + 1) if a < k * PI < b]
    return list(zip([a, *inner], [*inner, b], strict=True))


ROOT = math.sqrt(0.3)
REPORTS: dict[str, tuple[str, dict[str, float]]] = {
    "disk": (
        DISK + LINEAR,
        {
            "integral(if x < 0.3 then 1 else 0)": LEFT,
            "integral(if x^2 + y^2 < 0.25 then 1 else 0)": PI / 4,
            "integral(abs(x - y))": 4 * math.sqrt(2) / 3,
            "integral(max(0, y - x^2))": above_parabola(),
            "integral(heaviside(sin(4*x))*y^2)": PI / 8,
            "integral(if x < 0.3 then 1 else 0, on = edge)": 2 * PI - 2 * math.acos(0.3),
            "mean(if u < 0.3 then 1 else 0)": LEFT / PI,
            "integral(if u^2 < 0.09 then 1 else 0, on = edge)": 2 * PI - 4 * math.acos(0.3),
        },
    ),
    "square": (
        SQUARE + LINEAR,
        {
            "integral(if x^2 + y^2 < 0.25 then 1 else 0)": PI / 16,
            "integral(max(x^3, y))": 4 / 7,
            "integral(sign(x + y - 0.5))": 0.75,
            "integral(if u < 0.3 then 1 else 0)": 0.3,
            "integral(if x < 0.3 then 1 else 0, on = top)": 0.3,
            "integral(abs(u - 0.3), on = top)": 0.29,
        },
    ),
    "line": (
        LINE + "unknown u\nin d: dxx(u) = 0\non left: u = 0\non right: u = 1\n",
        {
            "integral(if x^2 < 0.3 then 1 else 3)": 3 - 2 * ROOT,
            "integral(abs(sin(20*x)))": between(0, 20) / 20,
            "value(integral(if s^2 < 0.3 then 1 else 3, s = 0 .. x), 0.9)": 2.7 - 2 * ROOT,
            "integral(integral(if s^2 < 0.3 then 1 else 3, s = 0 .. x))": 1.5 - 2 * (ROOT - 0.15),
        },
    ),
    "ball": (
        "domain d(x, y, z) = ball(center = (0, 0, 0), radius = 1)\n" + LINEAR,
        {
            "integral(if x < 0.3 then 1 else 0)": PI * (2 / 3 + 0.3 - 0.009),
            "integral(abs(x - y))": math.sqrt(2) * PI / 2,
            "integral(if z < 0.3 then 1 else 0, on = edge)": 2.6 * PI,
        },
    ),
    "caps of a ball": (
        "domain d(x, y, z) = ball(center = (0, 0, 0), radius = 1)\n"
        "boundary cap = edge where z > 0.6\nboundary belt = edge where abs(z) < 0.2\n"
        "boundary others = rest\nunknown u\nin d: lap(u) = 0\non cap, belt, others: u = x\n",
        {
            "integral(1, on = cap)": 0.8 * PI,
            "mean(z, on = cap)": 0.8,
            "integral(x*n.x + y*n.y + z*n.z, on = belt)": 0.8 * PI,
            "integral(if x > 0 then z^2 else 0, on = belt)": PI * 0.4**3 / 12,
        },
    ),
    "part of a face": (
        "domain d(x, y, z) = box(x = -1 .. 1, y = -1 .. 1, z = 0 .. 1)\n"
        "boundary spot = back where x^2 + y^2 < 0.25\nboundary strip = left where y > 0.123 and z < 0.5\n"
        "boundary others = rest\nunknown u\nin d: lap(u) = 0\non spot, strip, others: u = x\n",
        {
            "integral(1, on = spot)": PI / 4,
            "integral(x^2, on = spot)": PI / 64,
            "integral(1, on = strip)": 0.877 / 2,
            "integral(if y > 0 then 1 else 0, on = spot)": PI / 8,
        },
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_reports_of_what_jumps_are_closed_forms(name: str) -> None:
    text, expected = REPORTS[name]
    lines = [f"report r{k} = {report}" for k, report in enumerate(expected)]
    solution = pdelang.compile("\n".join(["pde 1", text, *lines])).solve()
    for k, (report, number) in enumerate(expected.items()):
        # Zeros of the formula are found where lines cross them, and lines end where two rules differ by 1e-9.
        assert solution.reports[f"r{k}"] == pytest.approx(number, rel=3e-8), report


SOLVED = {
    # ∫ r² over the part left of x = 0.3, of u = r².
    "in a disk": (
        DISK + "unknown u\nparam part = {part}\n"
        "in d: lap(u) + integral(if x < 0.3 then u else 0) = 4 + part\non edge: u = 1\n"
        "exact u = x^2 + y^2\n"
    ),
    "by a requirement": (
        DISK + "unknown u\nparam part = {part}\nin d: lap(u) = 4\non edge: dn(u) = 2\n"
        "require integral(if x < 0.3 then u else 0) = part\nexact u = x^2 + y^2\n"
    ),
    "along a line": (
        LINE + "unknown u\n"
        "in d: u + integral(if s^2 < 0.3 then u(x = s) else 0, s = 0 .. x) = 1 + min(x, sqrt(0.3))\n"
        "exact u = 1\n"
    ),
}


@pytest.mark.parametrize("name", SOLVED)
def test_solutions_know_where_integrands_jump(name: str) -> None:
    part = dblquad(
        lambda y, x: x * x + y * y,
        -1,
        0.3,
        lambda x: -math.sqrt(1 - x * x),
        lambda x: math.sqrt(1 - x * x),
        epsabs=1e-12,
    )[0]
    text = SOLVED[name].replace("{part}", repr(part))
    solution = pdelang.compile(f"pde 1\n{text}").solve()
    assert solution.status == "solved"
    # The reference integral is right to 1e-10.
    assert solution.error["u"] < 1e-9


# Where the kinks lie, the unknown decides: no rule knows of them before the solve.
HIDDEN = {
    "over a disk": (
        DISK + "unknown u\nin d: lap(u) + integral(max(u, 0)) = 2/3\non edge: u = x\nexact u = x\n"
    ),
    "over an interval": (
        LINE + "unknown u\nin d: dxx(u) + integral(max(u(x = s) - 0.3, 0), s = 0 .. 1) = 0.245\n"
        "on left: u = 0\non right: u = 1\nexact u = x\n"
    ),
    "along a line": (
        LINE + "unknown u\nin d: u + integral(max(u(x = s) - 0.3, 0), s = 0 .. x)"
        " = x + max(x - 0.3, 0)^2/2\nexact u = x\n"
    ),
    "by a requirement": (
        LINE + "unknown u\nin d: dxx(u) = 0\non left: dn(u) = -1\non right: dn(u) = 1\n"
        "require mean(abs(u - 0.3)) = 0.29\nguess u = x\nexact u = x\n"
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_the_estimate_knows_of_kinks_that_rules_miss(name: str) -> None:
    solution = pdelang.compile(f"pde 1\n{HIDDEN[name]}").solve()
    # The estimate is about the size of the error, or above it.
    assert solution.error["u"] <= 10 * solution.error_estimate["u"]
    assert solution.error["u"] < 1e-2
