"""Splines in windows of time, against exact solutions and the gallery's references."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pytest
from stages import derive_text, lower_text

import pdelang
from pdelang import pipeline
from pdelang.calculus.jet import Jet
from pdelang.semantics.settings import Choice, Settings
from pdelang.training.auto import decide
from pdelang.training.evaluation import evaluate
from pdelang.training.progress import Event
from pdelang.training.solution import Solution, Status
from pdelang.training.solver import solve
from pdelang.training.splines.kinks import find_kinks, place_elements

pytestmark = pytest.mark.usefixtures("without_pictures")

SPECS = Path(__file__).resolve().parent.parent / "specs"
SPLINES = Settings(method=Choice("least_squares"), network=Choice("splines"), tolerance=1e-6)

LAYER = """
domain line(x) = interval(0, 1)
param eps = 1e-3
unknown u
in line: dx(u) - eps*dxx(u) = 0
on left: u = 0
on right: u = 1
exact u = (exp((x - 1)/eps) - exp(-1/eps))/(1 - exp(-1/eps))
"""
TELEGRAPH = """
domain string(x) = interval(0, 1)
time t in 0 .. 2
unknown u, q
in string: dt(u) + dx(q) = 0
in string: dt(q) + 4*dx(u) = 0
on left, right: u = 0
at t = 0: u = sin(pi*x)
at t = 0: q = 0
exact u = sin(pi*x)*cos(2*pi*t)
exact q = -2*cos(pi*x)*sin(2*pi*t)
"""
ELASTIC = """
domain string(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in string: dtt(u) = 4*dxx(u)
on edge: u = 0
at t = 0: u = sin(3*pi*x)
at t = 0: dt(u) = 0
exact u = sin(3*pi*x)*cos(6*pi*t)
"""
RING = """
domain ring(x) = interval(0, 1)
time t in 0 .. 1
periodic left, right
unknown u
in ring: dt(u) + dx(u) = 0
at t = 0: u = exp(sin(2*pi*x))
exact u = exp(sin(2*pi*(x - t)))
"""
# A constraint without a rate: q is fixed by u at every moment.
MIXED = """
domain rod(x) = interval(0, 1)
time t in 0 .. 0.2
unknown u, q
in rod: dt(u) + dx(q) = 0
in rod: q + dx(u) = 0
on edge: u = 0
at t = 0: u = sin(pi*x)
exact u = sin(pi*x)*exp(-pi^2*t)
exact q = -pi*cos(pi*x)*exp(-pi^2*t)
"""


@pytest.mark.parametrize(
    "text", [LAYER, TELEGRAPH, ELASTIC, RING, MIXED],
    ids=["layer", "system", "second order", "periodic", "constraint"],
)  # fmt: skip
def test_reaches_the_tolerance_and_says_so_honestly(text: str) -> None:
    solution = solve(lower_text(text), SPLINES)
    assert solution.status is Status.SOLVED
    assert solution.settings.network is not None
    assert solution.settings.network.name == "splines"
    for unknown, error in solution.error.items():
        assert error <= 1e-6
        assert error <= 10 * solution.error_estimate[unknown]


def test_burgers_front_is_resolved() -> None:
    """Against the spectral reference, which is good to 1e-8."""
    compiled = pipeline.compile(SPECS / "burgers.pde")
    assert compiled.program is not None
    solution = solve(compiled.program, replace(Settings(), tolerance=1e-5))
    assert solution.status is Status.SOLVED
    assert solution.error["u"] <= 1e-6
    assert solution.error["u"] <= 10 * solution.error_estimate["u"]


def test_jets_of_the_network_agree_with_differences_of_its_values() -> None:
    solution = solve(lower_text(ELASTIC), replace(SPLINES, tolerance=1e-3))
    model, parameters = solution.model, solution.parameters
    points = np.array([[0.31, 0.43], [0.77, 0.12], [0.5, 0.9]])
    wanted = (Jet("u", (2, 0)), Jet("u", (1, 1)), Jet("u", (0, 1)))
    with jax.enable_x64(True):
        found_by_jet = jax.jit(lambda x: model.jets(parameters, x, wanted))(points)
        jets = [found_by_jet[jet] for jet in wanted]

        def values(x: float, t: float) -> np.ndarray:
            return evaluate(solution, points + np.array([x, t]))["u"]

        h = 1e-4
        second = (values(h, 0) - 2 * values(0, 0) + values(-h, 0)) / h**2
        mixed = (values(h, h) - values(h, -h) - values(-h, h) + values(-h, -h)) / (4 * h**2)
        rate = (values(0, h) - values(0, -h)) / (2 * h)
    for found, reference in zip(jets, (second, mixed, rate), strict=True):
        np.testing.assert_allclose(found, reference, rtol=1e-4, atol=1e-4)


def test_is_saved_and_loaded_whole(tmp_path: Path) -> None:
    spec = tmp_path / "ring.pde"
    spec.write_text(f"pde 1\n{RING}solver {{ network = splines }}\n", "utf-8")
    compiled = pipeline.compile(spec)
    solution = pipeline.solve(compiled)
    pipeline.save(solution, tmp_path / "out")
    loaded = pipeline.load(tmp_path / "out").solution
    points = np.random.default_rng(0).random((50, 2))
    np.testing.assert_array_equal(evaluate(loaded, points)["u"], evaluate(solution, points)["u"])


def test_windows_of_equal_length_are_used_as_asked() -> None:
    solution = solve(lower_text(RING), replace(SPLINES, network=None, windows=12, tolerance=1e-3))
    assert solution.settings.network is not None
    assert dict(solution.settings.network.options)["windows"] == 12
    edges = np.asarray(solution.parameters["frozen"]["edges"])
    np.testing.assert_allclose(np.diff(edges), 1 / 6, rtol=1e-9)


def test_a_missing_gauge_is_singular() -> None:
    text = """
domain line(x) = interval(0, 1)
unknown u
in line: dxx(u) = cos(pi*x)
on edge: dn(u) = 0
"""
    solution = solve(lower_text(text), SPLINES)
    assert solution.status is Status.SINGULAR


def test_no_value_at_the_start_names_its_term() -> None:
    text = """
domain line(x) = interval(0, 1)
unknown u
in line as reaction: dxx(u) = 1/u
on edge: u = 1
"""
    solution = solve(lower_text(text), SPLINES)
    assert solution.status is Status.DIVERGED
    assert any("`reaction`" in message for message in solution.messages)


def test_out_of_time_is_said_and_gives_what_there_is() -> None:
    program = lower_text(RING)
    solution = solve(program, SPLINES, started=time.monotonic() - 299.0)
    assert solution.status is Status.TOLERANCE_NOT_REACHED
    assert any("time" in message for message in solution.messages)
    assert np.isfinite(evaluate(solution, np.array([[0.5, 0.5]]))["u"]).all()


def test_auto_takes_splines_for_nonlinear_evolution_and_as_the_second_choice_for_linear() -> None:
    burgers = pipeline.check(SPECS / "burgers.pde").system
    heat = pipeline.check(SPECS / "heat_1d.pde").system
    plane = pipeline.check(SPECS / "poisson_2d.pde").system
    assert burgers is not None
    assert heat is not None
    assert plane is not None
    assert decide(burgers, Settings()).routes[0] == "splines"
    assert decide(heat, Settings()).routes == ("features", "splines")
    assert "splines" not in decide(plane, Settings()).routes


def test_a_kept_progress_reaches_the_end() -> None:
    seen: list[Event] = []
    solution: Solution = solve(
        lower_text(RING), replace(SPLINES, tolerance=1e-2), progress=seen.append
    )
    assert solution.status is Status.SOLVED
    assert [e.step for e in seen if e.stage == "march"][-1] == 1000
    assert seen[-1].stage == "estimate"
    assert seen[-1].estimate == solution.error_estimate


def test_data_that_jump_at_the_start_are_carried_past_it() -> None:
    """A rod heated at one end at once, against its Fourier series."""
    text = """
domain rod(x) = interval(0, 1)
time t in 0 .. 0.1
unknown u
in rod: dt(u) = dxx(u)
on left: u = 1
on right: u = 0
at t = 0: u = 0
"""
    solution = solve(lower_text(text), replace(SPLINES, tolerance=1e-3))
    assert solution.status is Status.SOLVED
    x, t = np.meshgrid(np.linspace(0.003, 0.997, 60), np.linspace(0.0007, 0.1, 50))
    k = np.arange(1, 600)[:, None, None] * np.pi
    series = 1 - x - (2 / k * np.sin(k * x) * np.exp(-(k**2) * t)).sum(axis=0)
    values = evaluate(solution, np.stack([x.ravel(), t.ravel()], axis=1))["u"].reshape(x.shape)
    error = np.sqrt(np.mean((values - series) ** 2) / np.mean(series**2))
    assert error <= 1e-3
    assert error <= 10 * solution.error_estimate["u"]


def _heat(source: str) -> str:
    return (
        "pde 1\ndomain rod(x) = interval(0, 1)\ntime t in 0 .. 0.5\nunknown u\n"
        f"in rod: dt(u) = dxx(u) + ({source})\non left, right: u = 0\nat t = 0: u = 0\n"
    )


def _modes(amplitude: Callable, growth: Callable, x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the series of sines of a heated rod, to 1e-9."""
    total = np.zeros(len(x))
    for n in range(1, 3001):
        total += amplitude(n) * growth((n * np.pi) ** 2, t) * np.sin(n * np.pi * x)
    return total


def test_a_source_that_jumps_in_space_or_time_is_followed() -> None:
    """Where it jumps an element or a window ends: neither place is one of the first grid's."""
    rng = np.random.default_rng(0)
    x, t = rng.uniform(0.0, 1.0, 2000), rng.uniform(0.0, 0.5, 2000)
    in_space = _modes(
        lambda n: 2.0 / (n * np.pi) * (1.0 - np.cos(0.3 * n * np.pi)),
        lambda rate, t: (1.0 - np.exp(-rate * t)) / rate,
        x,
        t,
    )
    in_time = _modes(
        lambda n: 2.0 / (n * np.pi) * (1.0 - np.cos(n * np.pi)),
        lambda rate, t: (
            np.exp(-rate * np.maximum(t - 0.13, 0.0))
            * (1.0 - np.exp(-rate * np.minimum(t, 0.13)))
            / rate
        ),
        x,
        t,
    )
    for source, known in (
        ("if x < 0.3 then 1 else 0", in_space),
        ("if t < 0.13 then 1 else 0", in_time),
    ):
        solution = pdelang.compile(_heat(source)).solve(network="splines")
        found = np.asarray(solution.u(x=x, t=t)).ravel()
        true = np.linalg.norm(found - known) / np.linalg.norm(known)
        assert solution.status == "solved", source
        assert true <= solution.error_estimate["u"] <= 1e-4, source


def test_kinks_are_where_the_data_change_their_form() -> None:
    text = _heat("abs(x - 0.37) + max(sin(9*x), 0.2) + (if t < 0.2 and x > 0.11 then 1 else 0)")
    system = derive_text(text.replace("pde 1\n", ""))
    found = find_kinks(system, 0, 0.0, 1.0)
    rise = np.arcsin(0.2) / 9
    wanted = [rise, 0.11, np.pi / 9 - rise, 0.37, 2 * np.pi / 9 + rise]
    np.testing.assert_allclose(found, sorted(wanted), atol=1e-12)
    np.testing.assert_allclose(find_kinks(system, 1, 0.0, 0.5), [0.2], atol=1e-12)
    space = place_elements(7, 0.0, 1.0, 16, found, False)
    gaps = np.abs(space.breakpoints[:, None] - found).min(axis=0)
    assert gaps.max() == 0.0, "an element ends at every one"
    lengths = np.diff(space.breakpoints)
    assert (lengths[1:] / lengths[:-1]).max() <= 2.01


def _steady(source: str) -> str:
    return (
        'pde 1\nproblem "t"\ndomain line(x) = interval(0, 1)\nunknown u\n'
        f"in line: -dxx(u) = {source}\non left, right: u = 0\n"
    )


def _box_response(x: np.ndarray, low: float, high: float, height: float) -> np.ndarray:
    """Return the solution of -u'' = height on (low, high), zero at 0 and 1: by integrating twice."""
    twice = [0.5 * np.maximum(s - low, 0) ** 2 - 0.5 * np.maximum(s - high, 0) ** 2 for s in (x, 1)]
    return height * (twice[1] * x - twice[0])


@pytest.mark.parametrize(
    ("source", "ends", "height"),
    [
        ("if abs(x - 0.37) < 4e-4 then 1000 else 0", (0.3696, 0.3704), 1000.0),
        ("if (x - 0.37)^2 < 1e-8 then 1 else 0", (0.3699, 0.3701), 1.0),
        ("1e4*(heaviside(x - 0.37) - heaviside(x - 0.3701))", (0.37, 0.3701), 1e4),
        ("if x < 1e-3 then 1 else 0", (0.0, 1e-3), 1.0),
    ],
)
def test_a_source_narrower_than_any_spacing_is_seen(
    source: str, ends: tuple[float, float], height: float
) -> None:
    solution = pdelang.compile(_steady(source)).solve()
    x = np.linspace(0.0, 1.0, 1001)
    known = _box_response(x, *ends, height)
    true = np.linalg.norm(np.asarray(solution.u(x=x)).ravel() - known) / np.linalg.norm(known)
    assert solution.status == "solved"
    assert true <= solution.error_estimate["u"] <= 1e-4


def test_a_narrow_peak_is_seen() -> None:
    """So narrow that it is a point source, but for its own width: a hat of two straight lines."""
    source = "1e4*exp(-((x - 0.37)/1e-4)^2)/sqrt(pi)"
    solution = pdelang.compile(_steady(source)).solve()
    x = np.array([0.1, 0.3, 0.5, 0.9])
    known = np.where(x < 0.37, 0.63 * x, 0.37 * (1.0 - x))
    assert solution.status == "solved"
    np.testing.assert_allclose(np.asarray(solution.u(x=x)).ravel(), known, rtol=1e-4)


@pytest.mark.parametrize(
    "push",
    ["if t > 0.4 and t < 0.4001 then 1e4 else 0", "if (t - 0.40005)^2 < 25e-10 then 1e4 else 0"],
)
def test_a_kick_is_seen(push: str) -> None:
    text = f'pde 1\nproblem "t"\ntime t in 0 .. 1\nunknown y\nin t: dt(y) = -y + ({push})\nat t = 0: y = 0\n'
    solution = pdelang.compile(text).solve()
    t = np.array([0.1, 0.39, 0.41, 0.7, 1.0])
    known = np.where(t < 0.4, 0.0, 1e4 * np.expm1(1e-4) * np.exp(0.4 - t))
    assert solution.status == "solved"
    np.testing.assert_allclose(np.asarray(solution.y(t=t)).ravel(), known, atol=1e-6)


def test_data_at_an_end_that_jump_later_are_carried_past_it() -> None:
    """Heat through a rod whose end is heated for a thousandth of the time: two steps (Duhamel)."""
    text = (
        'pde 1\nproblem "t"\ndomain line(x) = interval(0, 1)\ntime t in 0 .. 0.4\nunknown u\n'
        "in line: dt(u) = dxx(u)\non left: u = if t > 0.3 and t < 0.301 then 100 else 0\n"
        "on right: u = 0\nat t = 0: u = 0\n"
    )
    solution = pdelang.compile(text).solve(tolerance=1e-3, time_limit=600)
    rng = np.random.default_rng(0)
    x, t = rng.uniform(0.0, 1.0, 2000), rng.uniform(0.0, 0.4, 2000)

    def step(since: np.ndarray) -> np.ndarray:
        fading = _modes(
            lambda n: 2.0 / (n * np.pi), lambda rate, s: np.exp(-rate * np.maximum(s, 0)), x, since
        )
        return np.where(since > 0.0, 1.0 - x - fading, 0.0)

    known = 100.0 * (step(t - 0.3) - step(t - 0.301))
    found = np.asarray(solution.u(x=x, t=t)).ravel()
    assert solution.status == "solved"
    assert np.linalg.norm(found - known) <= 1e-3 * np.linalg.norm(known)


def test_a_strip_that_moves_between_the_points_is_missed_and_said_to_be() -> None:
    text = _heat("if abs(x - 0.2 - t) < 3e-4 then 1000 else 0")
    solution = pdelang.compile(text).solve(network="splines(elements = 8)", windows=3)
    assert solution.status == "tolerance_not_reached"
    assert solution.error_estimate["u"] > 0.1
    assert any("thin layer" in message for message in solution.messages)
