"""Splines, their rows and their functions of time, against SciPy and closed forms."""

import numpy as np
import pytest
from scipy.interpolate import BSpline, make_interp_spline

from pdelang.training.splines.banded_rows import (
    ElementRows,
    SingularRowsError,
    solve_element_rows,
)
from pdelang.training.splines.spline_space import SplineSpace, greville
from pdelang.training.splines.time_basis import TimeBasis, radau_points

GRADED = np.linspace(-1, 1, 25) ** 3


@pytest.mark.parametrize("is_periodic", [False, True])
@pytest.mark.parametrize("degree", [3, 7])
def test_values_and_derivatives_agree_with_scipy(is_periodic: bool, degree: int) -> None:
    space = SplineSpace(degree, GRADED, is_periodic)
    c = np.random.default_rng(0).standard_normal((space.count, 2))
    x = np.linspace(-1, 1, 301)
    whole = np.concatenate([c, c[:degree]]) if is_periodic else c
    reference = BSpline(space.knots, whole, degree)
    for order in range(degree + 1):
        wanted = reference(x, nu=order)
        np.testing.assert_allclose(
            space.evaluate(c, x, order), wanted, atol=1e-13 * np.abs(wanted).max()
        )


@pytest.mark.parametrize("is_periodic", [False, True])
def test_a_refined_space_holds_the_same_splines(is_periodic: bool) -> None:
    space = SplineSpace(5, GRADED, is_periodic)
    c = np.random.default_rng(1).standard_normal((space.count, 3))
    marked = np.zeros(space.elements, bool)
    marked[[2, 11, 23]] = True
    finer = space.refined(marked)
    assert set(np.round(space.breakpoints, 14)) < set(np.round(finer.breakpoints, 14))
    lengths = np.diff(finer.breakpoints)
    assert np.max(lengths[1:] / lengths[:-1]) < 2.02
    x = np.linspace(-1, 1, 999)
    carried = space.carry(c, finer)
    np.testing.assert_allclose(finer.evaluate(carried, x), space.evaluate(c, x), atol=1e-12)


def test_the_roughness_bounds_the_error_of_interpolation_closely() -> None:
    for elements in (24, 48, 96):
        space = SplineSpace(7, np.linspace(-1, 1, elements + 1))
        sites = greville(space.knots, 7, space.count)
        c = make_interp_spline(sites, np.tanh(8 * sites), k=7, t=space.knots).c
        x = np.linspace(-1, 1, 4001)
        error = np.abs(space.evaluate(c, x) - np.tanh(8 * x)).max()
        assert 0.3 * error < space.roughness(c).max() < 300 * error


@pytest.mark.parametrize("is_periodic", [False, True])
@pytest.mark.parametrize("elements", [19, 24])
def test_band_rows_agree_with_a_dense_solve(is_periodic: bool, elements: int) -> None:
    degree, width = 4, 3
    rng = np.random.default_rng(2)
    inner = rng.standard_normal((elements, 7, (degree + 1) * width + 1))
    extra = {e: rng.standard_normal((13, inner.shape[2])) for e in (0, 5, elements - 1)}
    rows = ElementRows(degree, width, is_periodic, inner, extra)
    count = elements if is_periodic else elements + degree
    dense = []
    for e in range(elements):
        for block in (inner[e], *([extra[e]] if e in extra else [])):
            wide = np.zeros((len(block), count, width))
            for j in range(degree + 1):
                wide[:, (e + j) % count] += block[:, j * width : (j + 1) * width]
            dense.append(np.concatenate([wide.reshape(len(block), -1), block[:, -1:]], axis=1))
    matrix = np.concatenate(dense)
    wanted = np.linalg.lstsq(matrix[:, :-1], matrix[:, -1], rcond=None)[0]
    np.testing.assert_allclose(solve_element_rows(rows).ravel(), wanted, rtol=1e-9, atol=1e-10)


def test_undetermined_rows_are_refused() -> None:
    inner = np.random.default_rng(3).standard_normal((12, 2, 5))
    inner[:, :, 1] = 0.0  # the second spline of every element
    inner[:, :, 2:4] = 0.0
    inner[:, :, 0] = 0.0
    with pytest.raises(SingularRowsError):
        solve_element_rows(ElementRows(3, 1, False, inner, {}))


@pytest.mark.parametrize("order", [1, 2])
def test_radau_collocation_has_its_order_at_the_end_and_damps_stiff_modes(order: int) -> None:
    """``y' = −y`` and ``y'' = −y`` in one window: error Δ^{2s}; a huge rate leaves nothing."""
    stages = 3

    def advance(length: float, rate: float) -> float:
        basis = TimeBasis(order, stages)
        nodes = radau_points(stages)
        equation = basis.values(nodes, order, length) + rate * basis.values(nodes, 0, length)
        given = np.zeros(order)
        given[0] = 1.0
        sought = np.linalg.solve(equation[order:].T, -given @ equation[:order])
        end = basis.values(np.ones(1), 0, length)[:, 0]
        return float(np.concatenate([given, sought]) @ end)

    exact = np.exp if order == 1 else np.cos
    errors = [abs(advance(h, 1.0) - exact(-h)) for h in (0.4, 0.2)]
    assert errors[0] / errors[1] > 2 ** (2 * stages - 0.5)
    assert abs(advance(1.0, 1e12)) < 1e-5


def test_legendre_coefficients_are_those_of_the_functions_of_time() -> None:
    basis = TimeBasis(2, 3)
    tau = np.linspace(0, 1, 7)
    modes = basis.legendre(basis.degree, 0.3)
    table = np.polynomial.legendre.legvander(2 * tau - 1, basis.degree)
    np.testing.assert_allclose(table @ modes, basis.values(tau, 0, 0.3).T, atol=1e-13)
