"""What a `require` may ask for, from its check to the solved artifact."""

from __future__ import annotations

import numpy as np
import pytest
from stages import analyse_text, derive_faults

import pdelang
from pdelang.calculus.functionals import derive_requirements
from pdelang.calculus.symbols import Symbols
from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import analyse
from pdelang.syntax.parser import parse
from pdelang.training.places import quadrature_nodes

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


def test_a_narrow_peak_in_a_requirement_is_seen() -> None:
    # The peak is a hundredth of the spacing of nodes wide; u = x^2 under it gives sqrt(pi) (0.37^2 + w^2/2).
    text = """
domain d(x) = interval(0, 1)
unknown u
in d: dxx(u) = 2
on left: dn(u) = 0
on right: dn(u) = 2
require integral(u*1e4*exp(-((x - 0.37)/1e-4)^2)) = sqrt(pi)*({value} + 5e-9)
exact u = x^2
"""
    assert "E250" in {d.code for d in derive_faults(text.format(value="0.36^2"))}
    assert "E250" not in {d.code for d in derive_faults(text.format(value="0.37^2"))}
    problem = analyse_text(text.format(value="0.37^2"))
    (_, functional), *_ = derive_requirements(problem, Symbols.of(problem))
    (aggregate,) = functional.aggregates
    x, weights = quadrature_nodes(problem, aggregate)
    peak = 1e4 * np.exp(-(((x[:, 0] - 0.37) / 1e-4) ** 2))
    assert weights @ peak == pytest.approx(np.sqrt(np.pi), rel=1e-3)
