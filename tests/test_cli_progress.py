"""What a solve shows while it works."""

import io

import pytest

from pdelang import pipeline
from pdelang.cli.console import wrap_entry
from pdelang.cli.progress import Lines, LiveDisplay, describe_method, estimate_time_left
from pdelang.training.progress import Event

TRAIN = Event("train", 50, 200, 12.0, {"r": 1e-3, "u": 2e-4}, {"r": 1.0, "u": 30.0}, {"u": 5e-3})


def test_time_left_follows_the_pace_within_the_limit() -> None:
    assert estimate_time_left(TRAIN, 10.0, 100.0) == pytest.approx(6.0)  # 2 s for 50 of 200
    assert estimate_time_left(TRAIN, 10.0, 15.0) == pytest.approx(3.0)
    assert estimate_time_left(TRAIN, 12.0, 100.0) == pytest.approx(88.0), "no pace yet"


def test_a_stage_of_unknown_length_has_the_limit_left() -> None:
    fit = Event("fit", 100, 0, 12.0)
    assert estimate_time_left(fit, 10.0, 100.0) == pytest.approx(88.0)


def test_the_method_is_named_with_its_reason_and_the_goal() -> None:
    spec = "pde 1\ndomain d(x) = interval(0, 1)\nunknown u\nin d: dxx(u) = 1\non edge: u = 0\n"
    line = describe_method(pipeline.compile(spec))
    assert line.startswith("auto chose least_squares: the problem is linear")
    assert line.endswith("tolerance 1.0e-04, at most 300 s")
    chosen = describe_method(pipeline.compile(spec, {"method": "adam", "time_limit": "60"}))
    assert chosen == "adam, as set; tolerance 1.0e-04, at most 60 s"


def test_lines_are_one_per_stage(capsys: pytest.CaptureFixture[str]) -> None:
    display = Lines()
    for event in (
        TRAIN,
        TRAIN,
        Event("estimate", 0, 1, 13.0),
        Event("estimate", 1, 1, 14.0, estimate={"u": 5e-3}),
    ):
        display.show_training(event)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "train     training, step 50 of 200",
        "estimate  estimated error u 5.0e-03 after 14 s",
    ]


def test_the_live_display_shows_terms_estimate_and_tolerance() -> None:
    from rich.console import Console

    display = LiveDisplay()
    display._tolerance, display._time_limit = 1e-4, 300.0
    stream = io.StringIO()
    Console(file=stream, width=100).print(display._draw(TRAIN))
    shown = stream.getvalue()
    for fact in (
        "step 50/200",
        "1.000e-03",
        "30",
        "estimated error of u 5.0e-03, tolerance 1.0e-04",
    ):
        assert fact in shown


def test_the_live_display_counts_features_where_steps_are_unknown() -> None:
    from rich.console import Console

    display = LiveDisplay()
    display._tolerance, display._time_limit = 1e-4, 300.0
    stream = io.StringIO()
    Console(file=stream, width=100).print(
        display._draw(Event("fit", 400, 0, 2.0, estimate={"u": 1e-6}))
    )
    assert "400 features  2 s, at most 298 s left" in stream.getvalue()


def test_entries_break_between_words_under_their_column() -> None:
    line = "method    auto chose least_squares: the problem is non-linear, in two coordinates"
    assert wrap_entry(line, 40, 10).splitlines() == [
        "method    auto chose least_squares: the",
        "          problem is non-linear, in two",
        "          coordinates",
    ]
    assert wrap_entry(line, 100, 10) == line
    assert wrap_entry(line, 25, 10) == line, "too narrow to break by columns"


def test_entries_are_not_broken_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    Lines().show_stage("method", "word " * 60)
    assert capsys.readouterr().err.count("\n") == 1


def test_a_second_pass_has_a_pace_of_its_own() -> None:
    display = LiveDisplay()
    display._time_limit = 300.0
    for step, seconds in ((100, 1.0), (900, 2.0), (100, 12.0), (200, 22.0)):
        display.show_training(Event("march", step, 1000, seconds))
    display.close()
    assert display._pass_start == 12.0
