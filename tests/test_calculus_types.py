"""The types of textbook equations."""

import pytest
from stages import derive_text

LINE = "domain line(x) = interval(0, 1)\n"
SQUARE = "domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)\n"
TIME = "time t in 0 .. 1\n"


def kinds(text: str) -> dict[str, str]:
    return {t.label: t.kind for t in derive_text(text).types}


@pytest.mark.parametrize(
    ("equation", "kind"),
    [
        ("lap(u) = 1", "elliptic"),
        ("-lap(u) + 9*u = 0", "elliptic"),
        ("lap(lap(u)) = 1", "elliptic"),
        ("dxx(u) + dx(u)*u + dyy(u) = 0", "elliptic"),
        ("dxx(u) - dyy(u) = 0", "hyperbolic"),
        ("(x - 0.5)*dxx(u) + dyy(u) = 0", "mixed"),
    ],
)
def test_steady(equation, kind):
    order = 4 if "lap(lap" in equation else 2
    extra = "on edge: dn(u) = 0\n" if order == 4 else ""
    assert kinds(SQUARE + f"unknown u\nin square as e: {equation}\non edge: u = 0\n{extra}") == {
        "e": kind
    }


@pytest.mark.parametrize(
    ("equation", "starts", "kind"),
    [
        ("dt(u) = dxx(u)", 1, "parabolic"),
        ("dt(u) + u*dx(u) = 0.01*dxx(u)", 1, "parabolic"),
        ("dtt(u) = 4*dxx(u)", 2, "hyperbolic"),
        ("dtt(u) - 4*dxx(u) + sin(u) = 0", 2, "hyperbolic"),
        ("dtt(u) + dxx(u) = 0", 2, "elliptic"),
    ],
)
def test_evolution(equation, starts, kind):
    start = "at t = 0: u = 0\n" + "at t = 0: dt(u) = 0\n" * (starts - 1)
    text = LINE + TIME + f"unknown u\nin line as e: {equation}\non left, right: u = 0\n{start}"
    assert kinds(text) == {"e": kind}


def test_advection():
    text = (
        LINE
        + TIME
        + "unknown u\nin line as e: dt(u) + dx(u) = 0\non left: u = 0\nat t = 0: u = 0\n"
    )
    assert kinds(text) == {"e": "hyperbolic"}


def test_navier_stokes():
    text = SQUARE + (
        "unknown w: vector\nunknown p\nin square as momentum: {}adv(w, w) + grad(p) = 0.1*lap(w)\n"
        "in square as mass: div(w) = 0\non edge: w = (0, 0)\nrequire mean(p) = 0\n"
    )
    assert kinds(text.format("")) == {"momentum": "elliptic", "mass": "constraint"}
    unsteady = TIME + text.format("dt(w) + ") + "at t = 0: w = (0, 0)\n"
    assert kinds(unsteady) == {"momentum": "parabolic", "mass": "constraint"}


def test_stream_function():
    text = (
        SQUARE
        + TIME
        + (
            "unknown psi, om\nin square as transport: dt(om) + dot(curl(psi), grad(om)) = lap(om)\n"
            "in square as stream: lap(psi) = -om\non edge: psi = 0\non edge: om = 0\nat t = 0: om = 0\n"
        )
    )
    assert kinds(text) == {"transport": "parabolic", "stream": "elliptic"}


def test_label_of_two_types_is_mixed():
    text = (
        LINE
        + TIME
        + (
            "unknown u, v\nin line as e: dt(u) = dxx(u)\nin line as e: dxx(v) = u\n"
            "on left, right: u = 0\non left, right: v = 0\nat t = 0: u = 0\n"
        )
    )
    assert kinds(text) == {"e": "mixed"}
