"""Scales against hand-computed sizes."""

import pytest
from stages import derive_text

LINE = "domain line(x) = interval(-1, 3)\nunknown u\n"

# Sizes are maxima over sample points that include the ends, kept to three digits.
DIGITS = 5e-3


def field_scale(text: str, field: str = "u") -> float:
    system = derive_text(text)
    return system.scaling.field_scale[system.fields.index(field)]


def equation_scale(text: str, name: str) -> float:
    system = derive_text(text)
    blocks = [b for term in system.terms for b in term.blocks] + list(system.hard)
    return next(b.residual.scale for b in blocks if b.name == name)


def test_coordinates():
    system = derive_text(
        "domain plate(x, y) = box(x = -1 .. 3, y = 2 .. 2.5)\ntime t in 1 .. 11\nunknown u\n"
        "in plate: dt(u) = lap(u)\non edge: u = 0\nat t = 1: u = 0\n"
    )
    assert system.scaling.centre == pytest.approx((1, 2.25, 6))
    assert system.scaling.half_width == pytest.approx((2, 0.25, 5))


def test_field_from_value_conditions():
    """The largest value given on any side or at the start."""
    assert field_scale(LINE + "in line: dxx(u) = 0\non left: u = -300\non right: u = 4\n") == 300
    heat = "domain line(x) = interval(0, 1)\ntime t in 0 .. 1\nunknown u\nin line: dt(u) = dxx(u)\n"
    assert field_scale(
        heat + "on left, right: u = 0\nat t = 0: u = 7*sin(pi*x)\n"
    ) == pytest.approx(7, rel=DIGITS)


def test_field_from_flux():
    """dn(u) = g over a half-width of 2: U = 2 g."""
    text = LINE + "in line: dxx(u) = 0\non left: u = 0\non right: dn(u) = 5\n"
    assert field_scale(text) == pytest.approx(10, rel=DIGITS)


def test_field_from_source():
    """-u'' = k² sin(k x) has u = sin(k x), of size 1, on any interval longer than a wave."""
    text = LINE + "in line: -dxx(u) = (4*pi)^2*sin(4*pi*x)\non left, right: u = 0\n"
    assert field_scale(text) == pytest.approx(1, rel=DIGITS)
    # A constant source bends the field over the half-width: U = f h² = 3·4.
    assert field_scale(LINE + "in line: -dxx(u) = 3\non left, right: u = 0\n") == pytest.approx(
        12, rel=DIGITS
    )


def test_field_from_guess():
    text = LINE + "in line: dxx(u) + u*sin(u) = 0\non left, right: u = 0\nguess u = 40*x/3\n"
    assert field_scale(text) == pytest.approx(40, rel=DIGITS)


def test_fallback_is_one():
    assert field_scale(LINE + "in line: dxx(u) + u*sin(u) = 0\non left, right: u = 0\n") == 1


def test_exact_is_never_used():
    text = LINE + "in line: dxx(u) + u = 0\non left, right: u = 0\n"
    assert field_scale(text + "exact u = 0\n") == field_scale(text)


def test_pressure_balances_momentum():
    """Speed 10 in a box of half-width 1/2: ρ u² = 100 outweighs the viscous terms."""
    text = (
        "domain box1(x, y) = box(x = 0 .. 1, y = 0 .. 1)\nunknown w: vector\nunknown p\n"
        "in box1 as momentum: adv(w, w) + grad(p) = 0.01*lap(w)\nin box1 as mass: div(w) = 0\n"
        "on edge: w = (10, 0)\nrequire mean(p) = 0\n"
    )
    assert field_scale(text, "w.x") == field_scale(text, "w.y") == 10
    assert field_scale(text, "p") == pytest.approx(100, rel=DIGITS)
    # u u_x ~ 10·10/(1/2), the largest term of the equation
    assert equation_scale(text, "momentum.x") == pytest.approx(200, rel=DIGITS)
    assert equation_scale(text, "mass") == pytest.approx(20, rel=DIGITS)


def test_largest_term_decides_the_balance():
    """v' = 7 u + u'/1000 with u of size 3 over a half-width of 2: v ~ 21·2."""
    text = (
        LINE + "unknown v\nin line: dxx(u) = 0\nin line as e: dx(v) = 7*u + 0.001*dx(u)\n"
        "on left, right: u = 3\non left: v = 0\n"
    )
    assert field_scale(text, "v") == pytest.approx(42, rel=DIGITS)


def test_requirement_scale():
    """75·2 = 150 on average, 4·150 in the integral over a length of 4."""
    text = LINE + "in line: dxx(u) = 0\non left, right: dn(u) = 150/2\nrequire {} = 0\n"
    for requirement, scale in (("mean(u)", 150), ("integral(u)", 600), ("2*integral(u)", 1200)):
        system = derive_text(text.format(requirement))
        (functional,) = (f for term in system.terms for f in term.functionals)
        assert functional.scale == pytest.approx(scale, rel=DIGITS)


def test_equation_scale():
    """max over the terms: k U/h² = 5·300/4, and the source where it is larger."""
    text = LINE + "in line as e: 5*dxx(u) = {}\non left as a: u = -300\non right: dn(u) + u = 0\n"
    assert equation_scale(text.format(0), "e") == pytest.approx(375, rel=DIGITS)
    assert equation_scale(text.format("1000*cos(x)"), "e") == pytest.approx(1000, rel=DIGITS)
    assert equation_scale(text.format(0), "a on left") == 300


def test_scales_follow_units():
    """Metres or millimetres: the scaled problem is the same."""
    heat = (
        "domain rod(x) = interval(0, {length})\ntime t in 0 .. 2\nunknown u\n"
        "in rod as e: dt(u) = {k}*dxx(u)\non left, right: u = 0\nat t = 0: u = 3*sin(pi*x/{length})\n"
    )
    metres, millimetres = heat.format(length=1, k=0.5), heat.format(length=1000, k=500000)
    assert equation_scale(metres, "e") == equation_scale(millimetres, "e")
    assert field_scale(metres) == field_scale(millimetres)


def test_none():
    text = LINE + "in line as e: 5*dxx(u) = 7\non left, right: u = 300\nsolver { scaling = none }\n"
    system = derive_text(text)
    assert (system.scaling.centre, system.scaling.half_width) == ((0.0,), (1.0,))
    assert system.scaling.field_scale == (1.0,)
    assert {b.residual.scale for term in system.terms for b in term.blocks} == {1.0}
