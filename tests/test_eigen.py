"""Eigenproblems against closed forms and the published value of the L-shaped membrane."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import jn_zeros

import pdelang

STRING = """pde 1
domain line(x) = interval(0, 1)
unknown u
fit lam = {guess}
in line: -dxx(u) = lam*u
on left: u = 0
on right: dn(u) = 0
require max(u) = 2
"""


@pytest.mark.parametrize(("guess", "k"), [(1, 0), (26, 1), (60, 2)])
def test_the_eigenvalue_nearest_to_the_guess_is_found(guess: float, k: int) -> None:
    solution = pdelang.compile(STRING.format(guess=guess)).solve()
    root = (k + 0.5) * np.pi
    assert solution.status == "solved"
    assert solution.fitted["lam"].value == pytest.approx(root**2, rel=1e-6)
    x = np.linspace(0, 1, 7)
    # The mode is scaled to its largest value, 2; its mean is positive.
    np.testing.assert_allclose(solution["u"](x=x), 2 * np.sin(root * x), atol=2e-5)


def test_a_drum_has_the_zeros_of_bessel() -> None:
    solution = pdelang.compile(
        "pde 1\nshape drum = disk(center = (0, 0), radius = 2)\ndomain plate(x, y) = drum\n"
        "unknown u\nfit lam = 1.2\nin plate: -lap(u) = lam*u\non edge: u = 0\n"
        "require integral(u^2) = 1\n"
    ).solve()
    assert solution.fitted["lam"].value == pytest.approx((jn_zeros(0, 1)[0] / 2) ** 2, rel=1e-6)


def test_no_eigenvalue_within_the_bounds_is_told() -> None:
    text = STRING.format(guess="12 within 10 .. 15")
    solution = pdelang.compile(text).solve()
    assert solution.status == "tolerance_not_reached"
    assert solution.fitted["lam"].value is None
    assert any("no eigenvalue" in message for message in solution.messages)
