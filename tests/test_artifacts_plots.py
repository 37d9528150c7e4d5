"""Pictures: every kind of problem gives one, with the panels that its knowledge allows."""

import io
from typing import Any

import matplotlib.image
import numpy as np
import pytest

from pdelang import pipeline
from pdelang.artifacts import plots
from pdelang.artifacts.grid import tabulate_grid, write_csv
from pdelang.artifacts.tables import tabulate_readings, tabulate_slices
from pdelang.semantics.problem import Problem
from pdelang.training.solution import History

LINES = {
    1: "domain d(x) = interval(0, 1)",
    2: "domain d(x, y) = box(x = 0 .. 1, y = 0 .. 2)",
    3: "domain d(x, y, z) = box(x = 0 .. 1, y = 0 .. 1, z = 0 .. 1)",
    4: "domain d(a, b, c, e) = box(a = 0 .. 1, b = 0 .. 1, c = 0 .. 1, e = 0 .. 1)",
}


def make_problem(dimension: int, with_time: bool, rank: str = "", output: str = "") -> Problem:
    time = "time t in 0 .. 2\n" if with_time else ""
    start = "at t = 0: u = 0\n" if with_time and not rank else ""
    start = "at t = 0: u = (0, 0)\n" if with_time and rank else start
    rate = "dt(u) = " if with_time else "0 = " if not rank else "(0, 0) = "
    zero = "(0, 0)" if rank else "0"
    text = f"pde 1\n{LINES[dimension]}\n{time}unknown u{rank}\nin d: {rate}lap(u)\n"
    result = pipeline.check(f"{text}on edge: u = {zero}\n{start}{output}\n")
    assert result.problem is not None, result.diagnostics
    return result.problem


def evaluate(problem: Problem) -> Any:
    def fields(points: np.ndarray) -> dict[str, np.ndarray]:
        return {name: np.sin(points).sum(axis=1) + k for k, name in enumerate(problem.components)}

    return fields


def nothing(points: np.ndarray) -> dict[str, np.ndarray]:
    return {}


@pytest.mark.parametrize(
    ("dimension", "with_time", "rank", "shapes"),
    [
        (1, False, "", [(801,)]),
        (1, True, "", [(161, 161)]),
        (2, False, "", [(161, 161)]),
        (2, False, ": vector", [(161, 161)]),
        (2, True, "", [(161, 161)] * 3),
        (3, False, "", [(161, 161)] * 3),
        (4, False, "", [(801,)] * 4),
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
def test_every_kind_of_problem_has_a_picture(
    dimension: int, with_time: bool, rank: str, shapes: list[tuple[int, ...]], is_known: bool
) -> None:
    problem = make_problem(dimension, with_time, rank)
    fields = evaluate(problem)
    slices = tabulate_slices(problem, fields, fields if is_known else nothing)
    assert [cut.values[problem.components[0]].shape for cut in slices] == shapes
    picture = plots.draw_unknown("a title", problem.unknowns[0], slices, ())
    image = matplotlib.image.imread(io.BytesIO(picture))
    assert image[..., :3].std() > 0.02, "the picture shows something"
    assert len(picture) < 400_000


def test_a_map_has_time_to_the_right_and_values_at_their_places() -> None:
    problem = make_problem(1, True)
    (cut,) = tabulate_slices(problem, lambda p: {"u": p[:, 0] + 10 * p[:, 1]}, nothing)
    assert cut.axes == ("t", "x")
    t, x = np.meshgrid(*cut.ticks, indexing="ij")
    np.testing.assert_allclose(cut.values["u"], x + 10 * t, rtol=1e-15)


def test_output_settings_choose_grid_and_times() -> None:
    problem = make_problem(2, True, output="output { grid = [5, 7, 3]  times = [0.5, 2] }")
    slices = tabulate_slices(problem, evaluate(problem), nothing)
    assert [cut.held for cut in slices] == [(("t", 0.5),), (("t", 2.0),)]
    assert [tick.size for tick in slices[0].ticks] == [5, 7]
    lines = write_csv(tabulate_grid(problem, evaluate(problem))).splitlines()
    assert lines[0] == "x,y,t,u"
    assert len(lines) == 1 + 5 * 7 * 2


def test_readings_stand_beside_the_reference(tmp_path: Any) -> None:
    (tmp_path / "r.csv").write_text("x,u\n0.5,1\n1,2\n")
    spec = tmp_path / "s.pde"
    compare = 'compare u = csv("r.csv", x = "x", u = "u")'
    spec.write_text(f"pde 1\n{LINES[1]}\nunknown u\nin d: lap(u) = 0\non edge: u = 0\n{compare}\n")
    problem = pipeline.check(spec).problem
    assert problem is not None
    (reading,) = tabulate_readings(problem, lambda points: {"u": 3 * points[:, 0]})
    np.testing.assert_array_equal(reading.values, [1.5, 3.0])
    np.testing.assert_array_equal(reading.known, [1.0, 2.0])


def test_losses_are_drawn_also_when_zero_or_missing() -> None:
    history = History(
        ("step", "loss", "loss.r", "weight.r"), ((0, 1.0, 1.0, 2.0), (1, 0.0, 0.0, 2.0))
    )
    assert plots.draw_losses("a title", history)
    assert plots.draw_losses("a title", History(("step", "loss"), ())) is None
    assert plots.draw_losses("a title", History(("step", "loss"), ((0, float("nan")),)))
