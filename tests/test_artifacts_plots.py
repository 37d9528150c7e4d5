"""Pictures: every kind of problem gives one, with the panels that its knowledge allows."""

import io
import sys
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest
from matplotlib.figure import Figure

from pdelang import pipeline
from pdelang.artifacts.animation import draw_animation
from pdelang.artifacts.figure import draw_rows, find_grid, render_figure
from pdelang.artifacts.grid import tabulate_grid, write_csv
from pdelang.artifacts.histories import compose_history
from pdelang.artifacts.panels import (
    Map,
    Palette,
    choose_colors,
    find_field_limits,
    find_limits,
    find_main_limits,
)
from pdelang.artifacts.pictures import Tables, compose_residuals, compose_unknown
from pdelang.artifacts.tables import Slice, tabulate_readings, tabulate_slices
from pdelang.artifacts.video import VideoError
from pdelang.artifacts.view import View, ViewError, choose_cuts, choose_snapshots
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
    ("dimension", "with_time", "rank", "shapes", "is_known"),
    [
        (1, False, "", [(801,)], True),
        (1, True, "", [(181, 181)], True),
        (1, True, "", [(181, 181)], False),
        (2, False, "", [(181, 181)], True),
        (2, False, ": vector", [(181, 181)], False),
        (2, True, "", [(181, 181)] * 3, True),
        (3, False, "", [(181, 181)] * 3, False),
        (4, False, "", [(801,)] * 4, True),
    ],
)
def test_every_kind_of_problem_has_a_picture(
    dimension: int, with_time: bool, rank: str, shapes: list[tuple[int, ...]], is_known: bool
) -> None:
    problem = make_problem(dimension, with_time, rank)
    fields = evaluate(problem)
    exact = fields if is_known else nothing
    slices = tabulate_slices(problem, fields, exact, choose_cuts(problem, View()))
    snapshots = tabulate_slices(problem, fields, exact, choose_snapshots(problem, View()))
    assert len(snapshots) == (5 if dimension == 1 and with_time else 0)
    assert [cut.values[problem.components[0]].shape for cut in slices] == shapes
    rows = compose_unknown(problem.unknowns[0], Tables(slices, snapshots, ()))
    errors = [p for row in rows for p in row if "exact" in p.title]  # type: ignore[attr-defined]
    assert bool(errors) == is_known
    picture = render_figure(draw_rows("a title", rows))
    image = matplotlib.image.imread(io.BytesIO(picture))
    assert image[..., :3].std() > 0.02, "the picture shows something"
    assert len(picture) < 500_000


def test_a_map_has_time_to_the_right_and_values_at_their_places() -> None:
    problem = make_problem(1, True)
    cuts = choose_cuts(problem, View())
    (cut,) = tabulate_slices(problem, lambda p: {"u": p[:, 0] + 10 * p[:, 1]}, nothing, cuts)
    assert cut.axes == ("t", "x")
    t, x = np.meshgrid(*cut.ticks, indexing="ij")
    np.testing.assert_allclose(cut.values["u"], x + 10 * t, rtol=1e-15)


def test_output_settings_choose_grid_and_times() -> None:
    problem = make_problem(2, True, output="output { grid = [5, 7, 3]  times = [0.5, 2] }")
    slices = tabulate_slices(problem, evaluate(problem), nothing, choose_cuts(problem, View()))
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
    assert render_figure(draw_rows("a title", compose_history(history)))
    assert compose_history(History(("step", "loss"), ())) == []
    rows = compose_history(History(("step", "loss"), ((0, float("nan")),)))
    assert render_figure(draw_rows("a title", rows))


@pytest.mark.parametrize(
    ("dimension", "view", "axes"),
    [
        (1, View(times=(0.5, 2.0)), [("x",), ("x",)]),
        (1, View(held={"x": 0.5}), [("t",)]),
        (2, View(held={"x": 0.5}), [("t", "y")]),
        (2, View(held={"x": 0.5}, times=(1.0,)), [("y",)]),
        (3, View(held={"z": 0.25}), [("x", "y")] * 3),
        (3, View(held={"z": 0.25}, times=(0.0, 1.0)), [("x", "y"), ("x", "y")]),
    ],
)
def test_a_view_holds_what_it_names(
    dimension: int, view: View, axes: list[tuple[str, ...]]
) -> None:
    problem = make_problem(dimension, True)
    cuts = choose_cuts(problem, view)
    assert [cut.axes for cut in cuts] == axes
    for cut in cuts:
        assert {*cut.axes, *dict(cut.held)} == set(problem.coordinates)
        assert view.held.items() <= dict(cut.held).items()


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        (View(names=("v",)), "no field 'v'"),
        (View(held={"q": 0.5}), "no space coordinate 'q'"),
        (View(held={"x": 7.0}), "x = 7 lies outside 0 .. 1"),
        (View(times=(3.0,)), "t = 3 lies outside 0 .. 2"),
        (View(held={"x": 0.5}, times=(1.0,)), "no coordinate is left to run"),
    ],
)
def test_a_view_that_does_not_exist_is_refused(view: View, fault: str) -> None:
    with pytest.raises(ViewError, match=fault):
        choose_cuts(make_problem(1, True), view)


def make_slice(values: np.ndarray) -> Slice:
    ticks = (np.linspace(0, 2, values.shape[0]), np.linspace(0, 1, values.shape[1]))
    return Slice(("x", "y"), ticks, (("t", 0.5),), {"u": values}, {}, True)


def test_cells_outside_the_domain_stay_empty() -> None:
    """Pixels of a hole have the colour of paper, all others the colours of the map."""
    values = np.full((40, 20), 3.0)
    values[10:30, 5:15] = np.nan
    x, y = make_slice(values).ticks
    figure = draw_rows("", [[Map("", "x", "y", values, (x, y), limits=(0.0, 3.0), is_plane=True)]])
    axis = figure.axes[0]
    render_figure(figure)
    image = matplotlib.image.imread(io.BytesIO(render_figure(figure)))[..., :3]
    scale = 110 / figure.dpi

    def pixel(point: tuple[float, float]) -> np.ndarray:
        across, up = axis.transData.transform(point) * scale
        return image[round(image.shape[0] - up), round(across)]

    np.testing.assert_array_equal(pixel((1.0, 0.5)), [1, 1, 1])
    assert (pixel((0.2, 0.5)) != 1).any()
    box = axis.get_window_extent()
    assert box.width / box.height == pytest.approx(2.0, rel=0.05), "a plane is drawn to scale"


def test_zero_stands_in_the_middle_of_a_field_of_both_signs() -> None:
    name, norm = choose_colors(np.array([-1.0, 0.5, np.nan]), Palette.FIELD, None)
    assert (name, norm(0.0)) == ("RdBu_r", 0.5)
    assert choose_colors(np.array([0.0, 0.5]), Palette.FIELD, None)[0] == "viridis"
    assert choose_colors(np.zeros(2), Palette.RESIDUAL, None)[1](0.0) == 0.0


def test_residuals_of_several_equations_are_panels_of_a_row() -> None:
    problem = make_problem(2, False)
    cuts = choose_cuts(problem, View())
    slices = tabulate_slices(problem, lambda p: {"a": p[:, 0], "b": p[:, 1]}, nothing, cuts, 9)
    (row,) = compose_residuals(slices)
    assert [panel.title for panel in row] == ["|residual of a|", "|residual of b|"]  # type: ignore[attr-defined]


def test_an_mp4_has_every_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import imageio_ffmpeg

    values = [np.full((9, 9), float(k)) for k in range(3)]
    slices = [make_slice(v) for v in values]
    path = tmp_path / "out.mp4"
    path.write_bytes(draw_animation("a title", "u", slices, values, "mp4"))
    assert imageio_ffmpeg.count_frames_and_secs(str(path))[0] == 3
    reader = imageio_ffmpeg.read_frames(str(path))
    width, height = next(reader)["size"]  # type: ignore[index]
    frames = [np.frombuffer(f, np.uint8).reshape(height, width, 3).astype(float) for f in reader]  # type: ignore[arg-type]
    assert np.abs(frames[2] - frames[0]).mean() > 5, "the colours of the plane change"

    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(VideoError, match="needs ffmpeg, which is not installed") as caught:
        draw_animation("a title", "u", slices, values, "mp4")
    assert "write a GIF" in caught.value.help


def test_an_animation_moves() -> None:
    from PIL import Image

    values = [np.full((9, 9), float(k)) for k in range(3)]
    content = draw_animation("a title", "u", [make_slice(v) for v in values], values)
    with Image.open(io.BytesIO(content)) as gif:
        assert gif.n_frames == 3  # type: ignore[attr-defined]
        frames = []
        for k in range(3):
            gif.seek(k)
            frames.append(np.asarray(gif.convert("RGB"), float))
    assert np.abs(frames[2] - frames[0]).mean() > 5, "the colours of the plane change"


def test_a_residual_that_stands_alone_does_not_leave_the_rest_in_the_dark() -> None:
    values = np.linspace(1e-4, 1e-3, 1000)
    assert find_main_limits(values) == find_limits(values)
    values[0] = 50.0
    low, high = find_main_limits(values)
    assert low == pytest.approx(1e-4, rel=0.01)
    assert high == pytest.approx(1e-3, rel=0.01)
    figure = Figure()
    axis = figure.add_subplot()
    ticks = (np.arange(20.0), np.arange(50.0))
    colours: dict[str, Any] = {"palette": Palette.RESIDUAL, "limits": (low, high)}
    Map("r", "x", "y", values.reshape(20, 50), ticks, **colours).draw(figure, axis)
    image: Any = axis.collections[0]
    assert image.colorbar.extend == "max", "the colour bar says that it is cut"


def test_a_grid_with_holes_is_drawn_as_a_grid() -> None:
    x, y = (a.ravel() for a in np.meshgrid(np.arange(6.0), np.arange(5.0), indexing="ij"))
    keep = np.hypot(x - 2, y - 2) > 1.2
    found = find_grid(x[keep], y[keep], (x + 10 * y)[keep])
    assert found is not None
    values = found[2]
    assert values.shape == (6, 5)
    assert np.isnan(values[2, 2])
    np.testing.assert_array_equal(values[np.isfinite(values)], (x + 10 * y)[keep])
    assert find_grid(np.arange(9.0), np.arange(9.0), np.ones(9)) is None, "a diagonal is no grid"


def test_a_field_that_grows_into_a_corner_keeps_its_colours() -> None:
    x, y = np.meshgrid(np.linspace(0.0, 1.0, 201), np.linspace(0.0, 1.0, 201), indexing="ij")
    peak = np.exp(-((x - 0.5) ** 2 + (y - 0.5) ** 2) / 2e-4)
    assert find_field_limits(peak) == find_limits(peak), "a narrow peak is no outlier"
    field = np.sin(3 * x) - y
    field[0, 0], field[-1, 0] = -1e7, 1e7
    low, high = find_field_limits(field)
    assert -1.1 < low < -0.9
    assert 0.9 < high < 1.1
    figure = Figure()
    axis = figure.add_subplot()
    Map("p", "x", "y", field, (x[:, 0], y[0]), limits=(low, high)).draw(figure, axis)
    image: Any = axis.collections[0]
    assert image.colorbar.extend == "both"


def test_the_picture_of_a_ball_shows_its_labels_and_warns_of_nothing(
    recwarn: pytest.WarningsRecorder,
) -> None:
    radius, angle = np.meshgrid(
        np.linspace(0.0, 1.0, 31), np.linspace(0.0, np.pi, 41), indexing="ij"
    )
    mesh = (radius * np.sin(angle), radius * np.cos(angle))
    panel = Map("T", "ρ [m]", "z [m]", mesh[1], (radius[:, 0], angle[0]), is_plane=True, mesh=mesh)
    figure = draw_rows("a ball", [[panel]])
    render_figure(figure)
    assert not [w for w in recwarn if "pcolormesh" in str(w.message)]
    axis = figure.axes[0]
    box = axis.yaxis.label.get_window_extent()
    assert box.x0 >= 0, "the label of the axis lies within the picture"
    image: Any = axis.collections[0]
    corners = image.get_coordinates()
    assert np.hypot(corners[..., 0], corners[..., 1]).max() == pytest.approx(1.0)
