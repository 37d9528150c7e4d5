"""Domains that are no boxes, solved: against exact solutions, outside as NaN, by both methods."""

import math
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import pdelang
from pdelang.artifacts.evaluation import evaluate_fields
from pdelang.artifacts.grid import tabulate_grid, write_csv
from pdelang.artifacts.tables import tabulate_slices
from pdelang.artifacts.view import View, choose_cuts
from pdelang.lowering.lower import lower
from pdelang.training.least_squares.collocation import draw_groups
from pdelang.training.sampling import build_sampler

SPECS = Path(__file__).resolve().parent.parent / "specs"

HOLED = """pde 1
shape hole = disk(center = (0, 0), radius = 0.4)
shape middle = box(x = -0.5 .. 0.5, y = -0.5 .. 0.5)
domain plate(x, y) = box(x = -1 .. 1, y = -1 .. 1) - hole
unknown u
let known = exp(x)*cos(y)
in plate as laplace: lap(u) = 0
on hole.edge as inner: dn(u) = dot(n, grad(known))
on left, right, bottom, top as outer: u = known
exact u = known
report area = integral(1)
report rim = integral(1, on = hole.edge)
report flux = integral(dn(u), on = edge)
report middle_mean = mean(x^2, in = middle)
solver { tolerance = 1e-6 }
"""


@pytest.fixture(scope="module")
def holed() -> pdelang.Solution:
    return pdelang.compile(HOLED).solve()


def test_a_holed_square_is_solved(holed: pdelang.Solution) -> None:
    assert holed.status == "solved"
    assert holed.error["u"] <= 1e-6
    # The estimate is right within a factor of ten, or errs on the large side.
    assert holed.error["u"] <= 10 * holed.error_estimate["u"]


def test_reports_go_over_the_true_domain_part_and_region(holed: pdelang.Solution) -> None:
    r = 0.4
    assert holed.reports["area"] == pytest.approx(4 - math.pi * r**2, rel=1e-6)
    assert holed.reports["rim"] == pytest.approx(2 * math.pi * r, rel=1e-6)
    # What flows out of a region without sources is nothing.
    assert holed.reports["flux"] == pytest.approx(0.0, abs=1e-5)
    # ∫ x² over the unit square is 1/12, over the disk π r⁴/4.
    mean = (1 / 12 - math.pi * r**4 / 4) / (1 - math.pi * r**2)
    assert holed.reports["middle_mean"] == pytest.approx(mean, rel=1e-5)


def test_outside_of_the_domain_there_is_no_value(holed: pdelang.Solution) -> None:
    values = holed.u(x=[0.0, 0.4, 0.9, 1.1], y=0.0)
    assert np.isnan(values).tolist() == [True, False, False, True]
    # Exact in double precision to the tolerance of the solve.
    assert values[1:3] == pytest.approx(np.exp([0.4, 0.9]), rel=1e-5)
    slope = jax.grad(lambda x: holed.u(x=x, y=0.1))(0.7)
    assert float(slope) == pytest.approx(math.exp(0.7) * math.cos(0.1), rel=1e-4)
    mapped = jax.jit(jax.vmap(lambda x: holed.u(x=x, y=0.0)))(jnp.array([0.0, 0.7]))
    assert np.isnan(np.asarray(mapped)).tolist() == [True, False]


def test_tables_leave_holes_empty(holed: pdelang.Solution) -> None:
    trained = holed._trained
    problem = trained.program.system.problem
    (cut,) = tabulate_slices(
        problem,
        lambda p: evaluate_fields(trained, p),
        lambda p: {"u": np.zeros(len(p))},
        choose_cuts(problem, View()),
    )
    x, y = np.meshgrid(*cut.ticks, indexing="ij")
    # (0.4, 0) is a point of the grid, and of the circle within rounding.
    outside = np.hypot(x, y) < 0.4 - 1e-9
    assert np.array_equal(np.isnan(cut.values["u"]), outside)
    assert np.array_equal(np.isnan(cut.known["u"]), outside)
    grid = tabulate_grid(problem, lambda p: evaluate_fields(trained, p))
    rows = write_csv(grid).splitlines()
    empty = [row for row in rows if row.endswith(",nan")]
    assert 0 < len(empty) < len(rows)
    assert all(math.hypot(*map(float, row.split(",")[:2])) < 0.4 for row in empty)


@pytest.mark.parametrize(
    ("name", "reports"),
    [
        ("poisson_disk", {"area": math.pi, "circumference": 2 * math.pi}),
        # The heat produced, 6 · 4π/3, leaves through the surface.
        ("poisson_ball", {"lost": 8 * math.pi, "mean_heat": 1.4}),
        ("l_shape", {"area": 3.0}),
        ("heat_disk", {}),
    ],
)
def test_gallery_specs_meet_their_exact_solutions(name: str, reports: dict[str, float]) -> None:
    solution = pdelang.compile(SPECS / f"{name}.pde").solve()
    assert solution.status == "solved"
    assert solution.error["u"] <= 1e-4
    for report, value in reports.items():
        assert solution.reports[report] == pytest.approx(value, rel=1e-5)


def test_both_methods_draw_points_of_the_domain_with_their_normals() -> None:
    system = pdelang.compile(HOLED)._system
    program = lower(system)
    sampler = build_sampler(program, 64, False, jnp.float32)
    batch = sampler.draw(sampler.seed(jax.random.key(0)), jnp.asarray(3))
    drawn = [np.asarray(points, float) for points in batch.points]
    drawn += [group.points for group in draw_groups(system, 300, seed=0)]
    inner = [points for points in drawn if points.shape[1] == 4]
    assert len(inner) == 2
    for points in inner:
        # Single precision holds seven digits.
        assert np.linalg.norm(points[:, :2], axis=1) == pytest.approx(0.4, abs=1e-6)
        assert points[:, 2:] == pytest.approx(-points[:, :2] / 0.4, abs=1e-5)
    for points in drawn:
        assert (np.hypot(points[:, 0], points[:, 1]) >= 0.4 - 1e-6).all()


def test_adam_trains_on_a_holed_square_with_fluxes_on_its_rim() -> None:
    solution = pdelang.compile(HOLED).solve(
        method="adam",
        weights="fixed",
        network="mlp(width = 16, depth = 2, activation = swish)",
        steps=500,
        points=48,
    )
    losses = solution.history.column("loss")
    # A smooth function of size 1: a short run brings it near.
    assert losses[-1] < 0.1 * losses[0]
    assert solution.error["u"] < 0.2


def test_the_largest_value_of_a_report_is_found_between_the_points() -> None:
    solution = pdelang.compile(
        "pde 1\ndomain plate(x, y) = disk(center = (0, 0), radius = 1)\nunknown w\n"
        "in plate: lap(lap(w)) = 64\non edge: w = 0\non edge: dn(w) = 0\n"
        "report top = max(w)\nreport steep = max(dx(w))\n"
    ).solve()
    # w = (1 - r²)²: dx(w) = -4x(1 - r²) is largest at x = -1/√3.
    assert solution.reports["top"] == pytest.approx(1.0, abs=1e-12)
    assert solution.reports["steep"] == pytest.approx(8 / (3 * math.sqrt(3)), abs=1e-10)


def test_the_largest_value_on_a_curved_edge_is_found_between_the_points() -> None:
    """u = x sin 1 + y cos 1 on a unit circle is at most 1; on the arc x < 0 it ends at (0, 1)."""
    solution = pdelang.compile(
        "pde 1\nshape rim = disk(center = (0, 0), radius = 1)\ndomain plate(x, y) = rim\n"
        "boundary back = rim.edge where x < 0\nboundary front = rest\nunknown u\n"
        "let e = x*sin(1) + y*cos(1)\nin plate: lap(u) = 0\non back, front: u = e\n"
        "report top = max(u, on = rim.edge)\nreport behind = max(u, on = back)\n"
        "report slope = max(dot(n, (0.6, 0.8)), on = rim.edge)\n"
    ).solve()
    assert solution.reports["top"] == pytest.approx(1.0, abs=1e-12)
    assert solution.reports["behind"] == pytest.approx(math.cos(1), abs=1e-9)
    assert solution.reports["slope"] == pytest.approx(1.0, abs=1e-12)
