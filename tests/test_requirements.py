"""What a `require` may ask for, from its check to the solved artifact."""

from __future__ import annotations

import pytest

import pdelang
from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import analyse
from pdelang.syntax.parser import parse

ROD = """
domain rod(x) = interval(0, 1)
time t in 0 .. 0.5
fit q = 0.2
unknown u
in rod: dt(u) = dxx(u) + q
on left, right: dn(u) = 0
at t = 0: u = cos(pi*x)
"""


def find_diagnostics(text: str) -> tuple[Diagnostic, ...]:
    """Return what `analyse` says of a spec, without remarks."""
    tree, faults = parse(Source("<spec>", f"pde 1\n{text}"))
    _, more = analyse(tree, None)
    return tuple(d for d in (*faults, *more) if not d.code.startswith("I"))


def codes_of(text: str) -> set[str]:
    return {d.code for d in find_diagnostics(text)}


def test_a_number_at_one_time_determines_a_constant() -> None:
    # u = 2t + exp(-pi^2 t) cos(pi x), whose integral is 2t.
    text = f"{ROD}require integral(u, t = 0.25) = 0.5\nexact u = 2*t + exp(-pi^2*t)*cos(pi*x)"
    solution = pdelang.compile(f"pde 1\n{text}").solve(seed=0)
    assert solution.status == "solved"
    assert solution.fitted["q"].value == pytest.approx(2.0, rel=1e-6)
    assert solution.error["u"] < 1e-4


def test_a_number_at_one_time_fixes_no_constant_of_every_time() -> None:
    more = "unknown p\nin rod: dxx(p) = u - 2*t\non left, right: dn(p) = 0\n"
    surplus = f"{ROD}{more}require mean(u, t = 0.5) = 1\n"
    assert "W221" in codes_of(f"{surplus}require mean(p, t = 0.5) = 1")
    assert "W221" not in codes_of(f"{surplus}require mean(p) = 1")


def test_a_number_at_one_time_does_not_vary() -> None:
    (told,) = find_diagnostics(f"{ROD}require integral(u, t = 0.5) = t")
    assert told.span is not None
    assert (told.code, told.span.text) == ("E107", "t")
