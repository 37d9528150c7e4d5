"""The noise of readings, column by column: `noise`, `noise_T`, numbers and columns of the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

import pdelang
from pdelang.diagnostics.span import Source
from pdelang.semantics.analysis import examine
from pdelang.syntax.parser import parse

SPEC = """pde 1
domain rod(x [m]) = interval(0, 1)
data probes = csv("probes.csv", x = "x", T = "T", q = "q"{noise})
fit k = 2 [W/(m K)] within 0.1 .. 20
fit b = 1 [K/m] within 0.1 .. 20
unknown T [K]
param source = 1 [W/m^3]
in rod: dx(k*dx(T)) = -source
on left: T = 0
on right: dn(T) = b
at probes as temperatures: T = probes.T
at probes as fluxes: q = probes.q
let q = k*dx(T) [mW/m^2]
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """Return the folder of the readings, and (x, T, q in mW/m²) with a row per reading; seed 5."""
    folder = tmp_path_factory.mktemp("columns")
    rng = np.random.default_rng(5)
    x = rng.uniform(0.1, 0.9, 40)
    k, b = 3.0, 1.5
    slope = b + (1 - x) / k
    temperature = b * x + (x - x**2 / 2) / k + 0.02 * rng.standard_normal(40)
    flux = 1e3 * k * slope + 40 * rng.standard_normal(40)
    rows = np.column_stack([x, temperature, flux])
    lines = [",".join([*map(repr, map(float, row)), "0.02"]) for row in rows]
    (folder / "probes.csv").write_text("x,T,q,dT\n" + "\n".join(lines) + "\n")
    return folder, rows


def compile_with(folder: Path, noise: str) -> pdelang.Problem:
    (folder / "rod.pde").write_text(SPEC.replace("{noise}", noise))
    return pdelang.compile(folder / "rod.pde")


def regress(rows: np.ndarray, noise: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return (k, b) and their standard errors by least squares on the closed form."""
    x, temperature, flux = rows.T

    def left(p: np.ndarray) -> np.ndarray:
        k, b = p
        modelled = b * x + (x - x**2 / 2) / k, 1e3 * (k * b + 1 - x)
        return np.concatenate(
            [(modelled[0] - temperature) / noise[0], (modelled[1] - flux) / noise[1]]
        )

    found = least_squares(left, [2.0, 1.0], xtol=1e-14, ftol=1e-14)
    return found.x, np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))


@pytest.mark.parametrize(
    ("noise", "deviations"),
    [
        (", noise_T = 0.02, noise_q = 40", (0.02, 40.0)),
        (', noise_q = 40, noise = "dT"', (0.02, 40.0)),
    ],
)
def test_every_column_has_its_own_noise(table, noise: str, deviations) -> None:
    folder, rows = table
    solution = compile_with(folder, noise).solve()
    values, errors = regress(rows, deviations)
    for name, value, error in zip("kb", values, errors, strict=True):
        fitted = solution.fitted[name]
        assert fitted.value == pytest.approx(value, abs=0.01 * error)
        # k and b are nearly in each other's way, which magnifies what differences miss of the slopes.
        assert fitted.standard_error == pytest.approx(error, rel=0.1)


def test_one_number_is_in_the_unit_of_each_column(table) -> None:
    spec, _ = parse(Source("rod.pde", SPEC.replace("{noise}", ", noise = 0.02")))
    problem = examine(spec, table[0]).problem
    assert problem is not None
    data = problem.data_conditions[0].data
    deviations = data.deviations(["T", "q"])
    assert deviations is not None
    assert deviations[0] == pytest.approx((0.02, 0.02e-3))  # K and W/m², as residuals are
    assert data.deviations(["x", "T"]) is None


def test_a_coordinate_has_no_noise(table) -> None:
    with pytest.raises(pdelang.SpecError) as caught:
        compile_with(table[0], ", noise_x = 0.1")
    assert any("is a coordinate" in told.message for told in caught.value.diagnostics)
