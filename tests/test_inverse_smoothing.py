"""The smoothness of fitted fields: its energy, its strength, and fields without deriving anew."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.polynomial import chebyshev

from pdelang import pipeline
from pdelang.calculus.derivation import derive
from pdelang.calculus.exchange import exchange_fields
from pdelang.calculus.fit_expression import series_table
from pdelang.calculus.numeric import evaluate_points
from pdelang.calculus.sought import seek_jointly
from pdelang.calculus.system import AtData
from pdelang.semantics.measured import FieldSeries, list_degrees
from pdelang.training.inverse.parameters import Parameters
from pdelang.training.inverse.smoothing import choose_penalty, roughness_rows

TEXT = """domain square(x, y) = box(x = 0 .. 1, y = 0 .. 2)
data probes = csv("probes.csv", x = "x", y = "y", u = "u")
fit k(x, y) = 1 within 0.1 .. 10
fit q = 2
unknown u
in square: -div(k*grad(u)) = q*x
on edge: u = 0
at probes as readings: u = probes.u
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("field")
    (folder / "probes.csv").write_text("x,y,u\n0.2,0.3,0.1\n0.5,1.5,0.2\n0.7,1,0.3\n")
    (folder / "k.pde").write_text("pde 1\n" + TEXT)
    return pipeline.check(folder / "k.pde").system


def test_the_roughness_is_the_energy_of_a_bent_plate() -> None:
    degrees = list_degrees(2, 4)
    c = np.random.default_rng(2).standard_normal(len(degrees))
    matrix = np.zeros((5, 5))
    for degree, value in zip(degrees, c, strict=True):
        matrix[degree] = value
    # Midpoints of a fine grid: of second order, 1e-5 for 400 cells.
    x = (np.arange(400) + 0.5) / 200 - 1
    derivatives = [
        chebyshev.chebgrid2d(
            x, x, chebyshev.chebder(chebyshev.chebder(matrix, a, axis=0), b, axis=1)
        )
        for a, b in ((2, 0), (1, 1), (0, 2))
    ]
    energy = sum(w * (d**2).sum() for w, d in zip((1, 2, 1), derivatives, strict=True)) / 200**2
    assert np.sum((roughness_rows(degrees) @ c) ** 2) == pytest.approx(energy, rel=1e-4)
    # A plane is not bent.
    flat = [i for i, degree in enumerate(degrees) if sum(degree) < 2]
    assert np.abs(roughness_rows(degrees)[:, flat]).max() < 1e-12


def test_a_series_is_the_same_function_as_a_table() -> None:
    degrees = list_degrees(2, 6)
    c = np.random.default_rng(3).standard_normal(len(degrees))
    matrix = np.zeros((7, 7))
    for degree, value in zip(degrees, c, strict=True):
        matrix[degree] = value
    table = series_table("k", FieldSeries(degrees, tuple(c), (0.5, 1.0), (0.5, 1.0)))
    x, y = np.random.default_rng(4).uniform(0, 1, (2, 40)) * [[1], [2]]
    own = table.evaluate([x, y], (1, 2))
    slope = chebyshev.chebder(chebyshev.chebder(matrix, 1, axis=0), 2, axis=1)
    known = chebyshev.chebval2d(2 * x - 1, y - 1, slope) * 2
    np.testing.assert_allclose(own, known, rtol=1e-9)


@pytest.mark.parametrize("has_noise", [True, False])
def test_the_strength_is_where_the_readings_are_likeliest(system, has_noise: bool) -> None:
    """Restricted likelihood by its definition: of contrasts that constants and slopes leave alone."""
    problem = replace(system.problem, fits=system.problem.fits[:1])
    parameters = Parameters.of(problem, 5)
    rng = np.random.default_rng(6)
    points = rng.uniform(-1, 1, (60, 2))
    degrees = list_degrees(2, 5)
    jacobian = np.stack(
        [
            np.prod([chebyshev.chebvander(z, 5)[:, k] for z, k in zip(points.T, d, strict=True)], 0)
            for d in degrees
        ],
        axis=1,
    )
    jacobian *= 20.0  # of noise of deviation 1
    target = 20 * np.exp(points[:, 0]) * points[:, 1] + rng.standard_normal(60)
    rows = choose_penalty(parameters, jacobian, target, has_noise)
    rough = roughness_rows(degrees)
    chosen = float(np.linalg.norm(rows) / np.linalg.norm(rough)) ** 2
    flat = [i for i, degree in enumerate(degrees) if sum(degree) < 2]
    left = np.linalg.qr(jacobian[:, flat], mode="complete")[0][:, len(flat) :]
    bent = [i for i, degree in enumerate(degrees) if sum(degree) >= 2]
    prior = np.linalg.inv(rough[:, bent].T @ rough[:, bent])
    spread = jacobian[:, bent] @ prior @ jacobian[:, bent].T

    def deviance(strength: float) -> float:
        covariance = left.T @ (np.eye(60) + spread / strength) @ left
        y = left.T @ target
        size = float(y @ np.linalg.solve(covariance, y))
        fit = size if has_noise else len(y) * math.log(size)
        return fit + np.linalg.slogdet(covariance)[1]

    # No strength of the neighbourhood, in the steps of the search, is better.
    own = deviance(chosen)
    assert own <= min(deviance(chosen * 10**p) for p in (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)) + 1e-6


def test_another_field_is_put_into_a_system_as_if_it_were_derived(system) -> None:
    parameters = Parameters.of(system.problem, 3)
    rng = np.random.default_rng(7)
    first, second = (0.1 * rng.standard_normal((2, parameters.count))).tolist()
    second[-1] = first[-1]  # the constant stays
    before, _ = derive(parameters.put(np.array(first)))
    after, _ = derive(parameters.put(np.array(second)))
    assert before is not None
    assert after is not None
    exchanged = exchange_fields(before, parameters.put(np.array(second)))
    assert exchanged is not None
    points = rng.uniform(0, 1, (2, 9))
    for own, known in zip(exchanged.terms, after.terms, strict=True):
        for a, b in zip(own.blocks, known.blocks, strict=True):
            jets = [dict(before.jet_symbols)[jet] for jet in a.residual.jets]
            columns = np.vstack([points, rng.standard_normal((len(jets), 9))])
            values = [
                evaluate_points(
                    [r.expression, *r.derivatives], [*before.coordinates, *jets], columns
                )
                for r in (a.residual, b.residual)
            ]
            np.testing.assert_allclose(values[0], values[1], rtol=1e-12)
    third = np.array(second)
    third[-1] += 1.0
    assert exchange_fields(before, parameters.put(third)) is None


def test_fits_among_the_unknowns_are_the_same_equations(system) -> None:
    joint = seek_jointly(system)
    assert joint.fields == (*system.fields, "k", "q")
    assert [term.kind.value for term in joint.terms] == ["equation", "data"]
    (block,) = joint.terms[0].blocks
    # -(k u_x)_x - (k u_y)_y - q x with k = 1 and q = 2 where nothing departs.
    symbols = {str(s): s for _, s in joint.jet_symbols}
    known = {joint.coordinates[0]: 0.4, symbols["u_xx"]: 0.3, symbols["u_yy"]: -1.1}

    def residual(**departures: float) -> float:
        values = dict.fromkeys(symbols.values(), 0.0) | known
        values |= {symbols[name]: value for name, value in departures.items()}
        names = list(values)
        columns = np.array([[values[name]] for name in names])
        return float(evaluate_points([block.residual.expression], names, columns)[0, 0])

    assert residual() == pytest.approx(0.8 - 0.8, abs=1e-12)
    # q departs by units of its guess alone, k within its bounds by a share.
    assert residual(q=1.0) == pytest.approx(-0.4)
    assert residual(k=50.0) == pytest.approx(10 * 0.8 - 0.8, rel=2e-3)


def test_readings_of_an_unknown_with_interfaces_belong_to_their_region(tmp_path) -> None:
    points = np.random.default_rng(9).uniform(0, 1, (30, 2))
    rows = [f"{x!r},{y!r},{x + y!r}" for x, y in points.tolist()]
    (tmp_path / "probes.csv").write_text("x,y,T\n" + "\n".join(rows) + "\n")
    (tmp_path / "wall.pde").write_text(
        "pde 1\ndomain wall(x, y) = box(x = 0 .. 1, y = 0 .. 1)\n"
        "shape brick = box(x = 0 .. 0.4, y = 0 .. 1)\nshape foam = wall - brick\n"
        "boundary weld = interface(brick, foam)\nfit a = 2 within 0.1 .. 10\nunknown T\n"
        'data probes = csv("probes.csv", x = "x", y = "y", T = "T", noise = 0.1)\n'
        "in brick: div(a*grad(T)) = 1\nin foam: lap(T) = 0\non weld: jump(T) = 0\n"
        "on weld: a*side(dn(T), brick) = side(dn(T), foam)\non edge: T = 0\n"
        "at probes as readings: T = probes.T\n"
    )
    result = pipeline.check(tmp_path / "wall.pde")
    assert result.system is not None
    (term,) = result.system.observations
    found = {
        block.residual.jets[0].field: block.place.data
        for block in term.blocks
        if isinstance(block.place, AtData)
    }
    for field, mask in (("T@brick", points[:, 0] < 0.4), ("T@foam", points[:, 0] >= 0.4)):
        np.testing.assert_array_equal(np.array(found[field].points), points[mask])
        assert len(found[field].noise or ()) == mask.sum()
