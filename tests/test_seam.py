"""A full turn whose seam holes cut: one where the domain goes on, boundary where it ends."""

import math

import pytest
from stages import analyse_text

import pdelang
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.syntax.parser import parse

RING = "domain d(r, phi): polar = box(r = 1 .. 2, phi = 0 .. 2*pi)"
NOTCH = f"{RING} - box(r = 1.3 .. 1.6, phi = 0 .. 1)\n"  # on one side of the seam
ROUND = (  # on both sides of it
    f"{RING} - disk(center = (1.5, 0), radius = 0.2) - disk(center = (1.5, 2*pi), radius = 0.2)\n"
)
BODY = "unknown u\nlet e = r*cos(phi) + sin(2*phi)/r^2\nin d: lap(u) - u = -e\n"


@pytest.mark.parametrize("domain", [NOTCH, ROUND])
def test_a_cut_ring_is_solved_and_has_no_jump_at_the_seam(domain: str) -> None:
    solution = pdelang.compile(f"pde 1\n{domain}{BODY}on edge: u = e\nexact u = e\n").solve()
    assert solution.status == "solved"
    assert solution.error["u"] <= 1e-4
    ends = [float(solution.u(r=1.8, phi=phi)) for phi in (0.0, 2 * math.pi)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-6)


def test_where_the_domain_ends_at_the_seam_there_is_boundary() -> None:
    text = f"{NOTCH}{BODY}on edge: u = e\nreport all = integral(1, on = edge)\n"
    text += "report slit = integral(1, on = top)\n"
    problem = analyse_text(text)
    assert problem.periodic_axes == (1,)
    solved = pdelang.compile(f"pde 1\n{text}").solve()
    # Circles of radius 1 and 2; arcs of the notch at 1.3 and 1.6; its two straight ends.
    expected = 2 * math.pi * 3 + 1.3 + 1.6 + 2 * 0.3
    assert solved.reports["slit"] == pytest.approx(0.3, rel=1e-3)
    assert solved.reports["all"] == pytest.approx(expected, rel=1e-3)


def test_the_seam_takes_no_condition() -> None:
    text = f"pde 1\n{NOTCH}{BODY}on left, right, bottom: u = e\nboundary o = rest\non o: u = e\n"
    tree, _ = parse(Source("<spec>", text))
    codes = [d.code for d in examine(tree, None).diagnostics]
    assert "E203" in codes
