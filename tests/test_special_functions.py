"""Error and Bessel functions against SciPy's, for numbers, few points and many."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

from pdelang import special_functions

POINTS = [0.7, np.linspace(-3.0, 5.0, 37), np.linspace(-3.0, 5.0, 4001), np.ones((2, 3))]


@pytest.mark.parametrize("points", POINTS, ids=["number", "few", "many", "matrix"])
@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_error_functions(name: str, points: np.ndarray | float) -> None:
    found = getattr(special_functions, name)(points)
    assert np.shape(found) == np.shape(points)
    np.testing.assert_allclose(found, getattr(scipy.special, name)(points), rtol=4e-15, atol=1e-300)


@pytest.mark.parametrize("points", POINTS, ids=["number", "few", "many", "matrix"])
@pytest.mark.parametrize(("name", "same"), [("besselj", "jv"), ("bessely", "yv")])
@pytest.mark.parametrize("order", [0, 2.5, np.full(37, 3.0), np.arange(37.0)])
def test_bessel_functions(name: str, same: str, order, points: np.ndarray | float) -> None:
    if np.ndim(order) and np.shape(points) not in ((), np.shape(order)):
        pytest.skip("orders and points do not go together")
    for _ in range(2):  # the second time from memory
        found = getattr(special_functions, name)(order, points)
        np.testing.assert_array_equal(found, getattr(scipy.special, same)(order, points))


def test_what_is_remembered_cannot_be_changed() -> None:
    points = np.linspace(0.5, 1.0, 5)
    with pytest.raises(ValueError, match="read-only"):
        special_functions.besselj(0, points)[0] = 7.0
