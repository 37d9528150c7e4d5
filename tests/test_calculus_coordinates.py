"""Operators in curvilinear coordinates against the same fields in Cartesian ones.

Nothing here knows a metric: fields are given in the unit basis at x(q), turned into Cartesian
components, differentiated there by central differences in 60 digits, and projected back.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
import sympy
from stages import derive_text

from pdelang.calculus.numeric import evaluate_points

Q = R, A, B = sympy.symbols("r a b", positive=True)  # a radius and two others
# A generic point, the suppressed coordinates included.
POINT = (0.7, 0.9, 0.4)
# In 60 digits a step of 1e-15 leaves 30 digits to the second differences.
STEP = mpmath.mpf(10) ** -15
Numbers = list[mpmath.mpf]


def polar(x: Numbers) -> tuple[Numbers, list[Numbers]]:
    """Return the coordinates of a point and the unit vectors there, row by row."""
    r, a = mpmath.hypot(x[0], x[1]), mpmath.atan2(x[1], x[0])
    return [r, a], [[mpmath.cos(a), mpmath.sin(a)], [-mpmath.sin(a), mpmath.cos(a)]]


def cylindrical(x: Numbers) -> tuple[Numbers, list[Numbers]]:
    q, basis = polar(x)
    return [*q, x[2]], [*([*row, 0] for row in basis), [0, 0, 1]]


def spherical(x: Numbers) -> tuple[Numbers, list[Numbers]]:
    distance, b = mpmath.hypot(x[0], x[1]), mpmath.atan2(x[1], x[0])
    r, a = mpmath.hypot(distance, x[2]), mpmath.atan2(distance, x[2])
    sine, cosine = mpmath.sin(a), mpmath.cos(a)
    radial = [sine * mpmath.cos(b), sine * mpmath.sin(b), cosine]
    inclined = [cosine * mpmath.cos(b), cosine * mpmath.sin(b), -sine]
    return [r, a, b], [radial, inclined, [-mpmath.sin(b), mpmath.cos(b), 0]]


AT = {
    "polar": [POINT[0] * math.cos(POINT[1]), POINT[0] * math.sin(POINT[1])],
    "cylindrical": [POINT[0] * math.cos(POINT[1]), POINT[0] * math.sin(POINT[1]), POINT[2]],
    "spherical": [
        POINT[0] * math.sin(POINT[1]) * math.cos(POINT[2]),
        POINT[0] * math.sin(POINT[1]) * math.sin(POINT[2]),
        POINT[0] * math.cos(POINT[1]),
    ],
}


@dataclass(frozen=True)
class Form:
    """A system with the coordinates that are written, out of all."""

    system: str
    maps: Callable[[Numbers], tuple[Numbers, list[Numbers]]]
    written: tuple[sympy.Symbol, ...]

    @property
    def directions(self) -> tuple[sympy.Symbol, ...]:
        return Q[: len(AT[self.system])]

    def __str__(self) -> str:
        return f"{self.system}{len(self.written)}"


FORMS = [
    Form("polar", polar, (R,)),
    Form("polar", polar, (R, A)),
    Form("cylindrical", cylindrical, (R,)),
    Form("cylindrical", cylindrical, (R, B)),
    Form("cylindrical", cylindrical, (R, A, B)),
    Form("spherical", spherical, (R,)),
    Form("spherical", spherical, (R, A)),
    Form("spherical", spherical, (R, A, B)),
]

# Without symmetry beyond that of what is not written: no operator has more than two derivatives.
SCALAR = 2 + R - 3 * A + 2 * B + R**2 - A**2 + 2 * B**2 + R * A - 2 * A * B + 3 * R * B
ENTRIES = (
    1 + 2 * R - A + B + 3 * R**2 + A**2 - B**2 + 2 * R * A + A * B - R * B,
    3 - R + 2 * A - 2 * B - R**2 + 2 * A**2 + B**2 - R * A + 3 * A * B + R * B,
    -2 + R + A + 3 * B + 2 * R**2 - A**2 + B**2 + R * A - A * B + 2 * R * B,
)


class Cartesian:
    """The given fields of a form with their first and second derivatives along Cartesian axes.

    ``g[i, j]`` is ``∂_i w_j``, ``h[k, i, j]`` is ``∂_k ∂_i w_j``; ``dp`` and ``hp`` those of p.
    """

    def __init__(self, form: Form) -> None:
        absent = {s: sympy.Rational(1, 3) for s in Q if s not in form.written}
        self.p_formula = SCALAR.subs(list(absent.items()))
        self.w_formulas = [
            e.subs(list(absent.items())) if s in form.written else sympy.S.Zero
            for s, e in zip(form.directions, ENTRIES, strict=False)
        ]
        numbers = sympy.lambdify(form.directions, [self.p_formula, *self.w_formulas], "mpmath")

        def fields(x: Numbers) -> np.ndarray:
            q, basis = form.maps(x)
            p, *w = numbers(*q)
            columns = zip(*basis, strict=True)
            return np.array([p, *(sum(a * e for a, e in zip(w, c, strict=True)) for c in columns)])

        with mpmath.workdps(60):
            at = [mpmath.mpf(value) for value in AT[form.system]]
            axes = range(len(at))

            def shifted(*moves: tuple[int, int]) -> np.ndarray:
                x = list(at)
                for axis, sign in moves:
                    x[axis] += sign * STEP
                return fields(x)

            first = [(shifted((i, 1)) - shifted((i, -1))) / (2 * STEP) for i in axes]
            second = [
                [
                    sum(s * t * shifted((k, s), (i, t)) for s in (1, -1) for t in (1, -1))
                    / (4 * STEP**2)
                    for i in axes
                ]
                for k in axes
            ]
            here = fields(at)
            self.basis = np.array(form.maps(at)[1], float)
        self.p, self.w = float(here[0]), here[1:].astype(float)
        self.dp, self.g = (np.array(first, float)[:, s] for s in (0, slice(1, None)))
        self.hp, self.h = (np.array(second, float)[:, :, s] for s in (0, slice(1, None)))

    @property
    def rotation(self) -> np.ndarray:
        """The curl of w: a vector, in the plane its one component."""
        g = self.g
        if len(g) == 2:
            return np.array([g[0, 1] - g[1, 0]])
        return np.array([g[1, 2] - g[2, 1], g[2, 0] - g[0, 2], g[0, 1] - g[1, 0]])


def expand(form: Form, cartesian: Cartesian, expressions: list[str]) -> list[float]:
    """Return what the compiler makes of scalar expressions of p and w, at the point."""
    names = [str(s) for s in form.written]
    ranges = ", ".join(f"{name} = 0.5 .. 1" for name in names)
    reports = "\n".join(f"report q{i} = max({e})" for i, e in enumerate(expressions, start=10))
    zero = f"({', '.join('0' for _ in names)})"
    flow = (
        "lap(w) = w\non edge: w = " + zero if len(names) > 1 else "lap(w).r = w.r\non edge: w.r = 0"
    )
    system = derive_text(
        f"domain region({', '.join(names)}): {form.system} = box({ranges})\n"
        f"unknown w: vector\nunknown p\nin region: lap(p) = p\non edge: p = 0\n"
        f"in region: {flow}\n{reports}\n"
    )
    formulas = dict(zip((f"w.{s}" for s in form.directions), cartesian.w_formulas, strict=True))
    formulas["p"] = cartesian.p_formula
    at = dict(zip(Q, POINT, strict=True))
    values = {
        symbol: sympy.diff(formulas[jet.field], *zip(form.written, jet.orders, strict=True)).subs(
            at
        )
        for jet, symbol in system.jet_symbols
    }
    values |= {c: at[s] for c, s in zip(system.coordinates, form.written, strict=True)}
    column = np.array([[float(value)] for value in values.values()])
    integrands = [report.aggregates[0].integrand.expression for report in system.reports]
    return [float(v) for v in evaluate_points(integrands, tuple(values), column)[:, 0]]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_operators_agree_with_cartesian_ones(form):
    c = Cartesian(form)
    last = form.directions.index(form.written[-1])
    along, name = c.basis[last], f".{form.written[-1]}"
    divergence = np.trace(c.g)
    cases = {
        "lap(p)": np.trace(c.hp),
        "div(w)": divergence,
        "tr(grad(w))": divergence,
        f"grad(p){name}": along @ c.dp,
        f"lap(w){name}": along @ np.einsum("iij->j", c.h),
        f"adv(w, w){name}": along @ (c.w @ c.g),
        f"dot(grad(w), w){name}": along @ (c.g @ c.w),
        f"div(sym(grad(w)) + p*identity){name}": along
        @ ((np.einsum("iij->j", c.h) + np.einsum("ijj->i", c.h)) / 2 + c.dp),
        f"div(transpose(grad(w))){name}": along @ np.einsum("ijj->i", c.h),
        f"div(outer(w, w)){name}": along @ (divergence * c.w + c.w @ c.g),
        "norm(grad(w))": np.linalg.norm(c.g),
        "adv(w, p)": c.w @ c.dp,
    }
    plane = len(c.w) == 2
    if len(form.written) == 3:
        cases[f"curl(w){name}"] = along @ c.rotation
        cases[f"cross(w, grad(p)){name}"] = along @ np.cross(c.w, c.dp)
    elif len(form.written) == 2:
        # The component along what is not written; the curl of a scalar is that of a vector along it.
        out = np.ones(1) if plane else c.basis[[s not in form.written for s in form.directions]][0]
        product = [c.w[0] * c.dp[1] - c.w[1] * c.dp[0]] if plane else np.cross(c.w, c.dp)
        cases["curl(w)"] = out @ c.rotation
        cases["cross(w, grad(p))"] = out @ product
        if plane:
            cases[f"curl(p){name}"] = along @ np.array([c.dp[1], -c.dp[0]])
        elif form.system == "cylindrical":
            # curl(p e_θ)_z = (1/r) ∂_r(r p)
            r = math.hypot(*AT["cylindrical"][:2])
            cases["curl(p).b"] = c.p / r + c.dp @ c.basis[0]
        else:
            # curl(p e_φ)_r = (1/(r sin θ)) ∂_θ(sin θ p)
            x, y, z = AT["spherical"]
            cases["curl(p).r"] = c.p * z / math.hypot(x, y) / POINT[0] + c.dp @ c.basis[1]
    for text, found in zip(cases, expand(form, c, list(cases)), strict=True):
        assert found == pytest.approx(cases[text], rel=1e-11, abs=1e-11), text


@pytest.mark.parametrize(
    ("head", "volume", "area"),
    [
        ("(r): polar = interval(0, 2)", 4 * math.pi, 4 * math.pi),
        ("(r, a): polar = box(r = 0 .. 2, a = 0 .. pi)", 2 * math.pi, 2 * math.pi + 4),
        ("(r): cylindrical = interval(1, 2)", 3 * math.pi, 6 * math.pi),
        ("(r, z): cylindrical = box(r = 0 .. 2, z = 0 .. 3)", 12 * math.pi, 20 * math.pi),
        # A torus by Pappus.
        ("(r, z): cylindrical = disk(center = (3, 0), radius = 1)", 6 * math.pi**2, 12 * math.pi**2),
        ("(r): spherical = interval(0, 3)", 36 * math.pi, 36 * math.pi),
        ("(r, a): spherical = box(r = 1 .. 2, a = 0 .. pi)", 28 * math.pi / 3, 20 * math.pi),
        # A half ball with its flat side.
        ("(r, a): spherical = box(r = 0 .. 1, a = 0 .. pi/2)", 2 * math.pi / 3, 3 * math.pi),
        ("(r, a, b): spherical = box(r = 0 .. 1, a = 0 .. pi, b = 0 .. 2*pi)", 4 * math.pi / 3, 4 * math.pi),
    ],
)  # fmt: skip
def test_measures_of_known_bodies(head, volume, area):
    from pdelang.calculus.measure import Measure
    from pdelang.calculus.symbols import Symbols

    system = derive_text(
        f"domain body{head}\nunknown u\nin body: lap(u) = 1\non edge: u = 0\n"
        "report total = integral(u, on = edge)\n"
    )
    problem = system.problem
    measure = Measure(problem.domain, Symbols.of(problem))
    assert measure.measure(None, None) == pytest.approx(volume, rel=1e-9)
    parts = {id(a.on): a.on for a in system.reports[0].aggregates}
    pieces = sum(measure.measure(None, part) for part in parts.values())
    assert pieces == pytest.approx(area, rel=1e-9)


def test_residuals_are_finite_on_the_axis():
    """The residual of a smooth field has a limit at r = 0, and multiplied by r^k it is there."""
    system = derive_text(
        "domain disk(r, a): polar = box(r = 0 .. 1, a = 0 .. 2*pi)\nunknown u\n"
        "in disk: lap(u) = u + norm(grad(u))\non right: u = 0\n"
    )
    (block,) = (b for t in system.terms for b in t.blocks)
    r, a = system.coordinates
    u = (1 + r * sympy.cos(a)) ** 3
    values = {s: sympy.diff(u, *zip((r, a), j.orders, strict=True)) for j, s in system.jet_symbols}
    residual = block.residual.expression.subs(list(values.items()))
    # r² (lap u − u − |grad u|) with Cartesian derivatives of (1 + x)^3
    x = r * sympy.cos(a)
    expected = r**2 * (6 * (1 + x) - (1 + x) ** 3 - 3 * (1 + x) ** 2)
    for point in ({r: 0.0, a: 0.7}, {r: 0.3, a: 2.0}):
        assert float(residual.subs(list(point.items()))) == pytest.approx(
            float(expected.subs(list(point.items()))), abs=1e-12
        )
    assert system.is_linear is False
