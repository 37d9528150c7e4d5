"""What a diagnosis says is what the kernel, the rules of weights and a forecast say."""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
import pytest

from pdelang.artifacts.kernel_plots import draw_diagnosis
from pdelang.artifacts.kernel_text import format_diagnosis
from pdelang.kernels.trace import Copies
from pdelang.networks.assembly import PlacedBlock
from pdelang.semantics.settings import Choice
from pdelang.training.diagnosis import method
from pdelang.training.diagnosis.method import diagnose_start, weigh_by_rules
from pdelang.training.diagnosis.verdict import advise, judge, say_factor
from pdelang.training.weights import RULES
from tests.kernel_samples import build_sample
from tests.stages import lower_text

# A wave whose initial values are told 30 times louder than everything else.
UNBALANCED = """
domain string(x) = interval(0, 1)
time t in 0 .. 1
unknown u
in string as r: dtt(u) = 4*dxx(u)
on left, right as ends: u = 0
at t = 0 as start: 30*u = 30*sin(pi*x)
at t = 0 as speed: dt(u) = 0
solver {
  conditions = soft  scaling = none  weights = fixed  steps = 200
  network = mlp(width = 8, depth = 1, bias_scale = 1)
}
"""


def test_weights_from_the_kernel_are_those_of_the_rules_in_training():
    with jax.enable_x64(True):
        rows, parameters, _, explicit = build_sample("wave_unscaled")
        residuals = np.asarray(rows.residuals(parameters))
        own = np.eye(3)[rows.terms]
        gradients = (own * (2 * rows.mean_shares * residuals)[:, None]).T @ explicit
        sums = (own * rows.copies[:, None]).T @ explicit
        found = weigh_by_rules(rows, np.sum(explicit**2, axis=1), gradients, sums)
        points = [0] * len(rows.assembly.point_sets)
        for group in rows.groups:
            assert isinstance(group.placed, PlacedBlock)
            points[group.placed.point_set] = group.copies
        copies = Copies(tuple(points), 1)
        counts = own.T @ rows.copies
        for rule in ("ntk", "ntk_sum", "gradnorm"):
            measure = RULES[rule].measure
            assert measure is not None
            sizes = jax.jit(lambda p, m=measure: m(rows.assembly, p, rows.batch, copies))(
                parameters
            )
            np.testing.assert_allclose(
                found[rule],
                RULES[rule].weigh(np.asarray(sizes), counts, None),
                rtol=1e-10,
                err_msg=rule,
            )
    assert len({tuple(np.round(w, 6)) for w in found.values()}) == 5, "no two rules agree here"


def test_an_unbalanced_problem_is_explained_and_the_advice_mends_it():
    program = lower_text(UNBALANCED)
    settings = program.system.problem.settings
    diagnosis = diagnose_start(program, settings, points=12)
    (state,) = diagnosis.states
    by_label = {term.label: term for term in state.terms}
    # The rate of a term is quadratic in the size of its residual.
    assert 30**2 / 3 < by_label["start"].rate / by_label["ends"].rate < 30**2 * 3
    assert any("more slowly than `start`" in sentence for sentence in diagnosis.verdict)
    assert "write `weights = ntk`" in diagnosis.advice

    unit, ntk = state.regimes
    assert set(unit.weights.values()) == {1.0}
    assert ntk.left is not None
    assert unit.left is not None
    assert ntk.left["ends"] < unit.left["ends"], "the slow term gains by the weights"
    traces = np.array([t.spectrum.trace for t in state.terms])
    for term in state.terms:
        assert ntk.weights[term.label] == pytest.approx(traces.sum() / term.spectrum.trace)
    followed = replace(settings, weights=Choice("ntk"))
    assert "write `weights = ntk`" not in advise(diagnosis.states, {}, followed, True)


def test_drift_decides_what_is_said_of_the_forecast():
    program = lower_text(UNBALANCED)
    diagnosis = diagnose_start(program, program.system.problem.settings, points=6)
    for size, words in ((0.02, "2.0 % only"), (1.5, "150 %")):
        sentences = judge(diagnosis.states, {"kernel_drift": size}, program.system.problem.settings)
        assert any(words in sentence for sentence in sentences)


def test_a_term_that_no_parameter_moves_is_named():
    program = lower_text(
        """
domain rod(x) = interval(0, 1)
unknown u
in rod as poisson: dxx(u) = 1
on left as clamp: u = 0
on right as silent: (1 - x)*u = 0
solver { conditions = soft  network = mlp(width = 4, depth = 1) }
"""
    )
    diagnosis = diagnose_start(program, program.system.problem.settings, points=6)
    assert any("no parameter acts on `silent`" in sentence for sentence in diagnosis.verdict)
    assert np.isfinite(diagnosis.states[0].alignment).all()


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(2.04, "2"), (7.31, "7.3"), (123.4, "123"), (12_000.0, "10⁴"), (np.inf, "infinitely many")],
)
def test_factors_in_words(ratio, words):
    assert say_factor(ratio) == words


def test_many_rows_are_read_without_forming_the_kernel(monkeypatch):
    program = lower_text(UNBALANCED.replace("width = 8", "width = 4"))
    settings = program.system.problem.settings
    dense = diagnose_start(program, settings, points=40)
    monkeypatch.setattr(method, "DENSE_UP_TO", 10)
    found = diagnose_start(program, settings, points=40)
    (whole,), (state,) = dense.states, found.states
    for known, term in zip(whole.terms, state.terms, strict=True):
        assert term.spectrum.trace == pytest.approx(known.spectrum.trace, rel=1e-10)
        assert term.spectrum.largest == pytest.approx(known.spectrum.largest, rel=1e-8)
        assert term.weights == pytest.approx(known.weights, rel=1e-8)
        assert term.spectrum.condition is None
    for known, regime in zip(whole.regimes, state.regimes, strict=True):
        assert regime.largest_step == pytest.approx(known.largest_step, rel=1e-8)
        assert regime.to_tolerance is None, "what is not known is not forecast"
    assert "?" in format_diagnosis(found)
    assert draw_diagnosis(found).startswith(b"\x89PNG")
