"""Measuring the kernel of a program: at the start of ``adam``, and at trained parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.kernels.conjugate import build_conjugate_jacobian
from pdelang.kernels.drift import align_gradients, kernel_drift, linearisation_flag, relative_change
from pdelang.kernels.forecast import build_forecast, loss_scales
from pdelang.kernels.gradient import count_parameters
from pdelang.kernels.gram import gram_matrix, kernel_diagonal, scale_kernel
from pdelang.kernels.jacobian import JacobianRows, build_jacobian, ravel_parameters
from pdelang.kernels.precision import float64_context
from pdelang.kernels.rows import Rows, list_rows
from pdelang.kernels.spectrum import (
    DENSE_UP_TO,
    Spectrum,
    dense_spectrum,
    kernel_spectrum,
)
from pdelang.lowering.program import Program
from pdelang.networks.assembly import build_assembly
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Settings
from pdelang.training.defaults import resolve_adam, resolve_settings
from pdelang.training.diagnosis.state import Diagnosis, KernelState, Regime, TermReading
from pdelang.training.diagnosis.verdict import advise, judge
from pdelang.training.precision import numeric_context, read_dtype
from pdelang.training.preparation import draw_parameters, split_streams
from pdelang.training.sampling import build_sampler, node_weights
from pdelang.training.solution import Solution
from pdelang.training.weights import RULES

# Points per term unless told otherwise: enough for every mode that training sees, and a second.
MOST_POINTS = 256
# Rows of the kernels that a drift is measured on.
_DRIFT_ROWS = 2000
_TENTH = 0.1


def diagnose_start(program: Program, settings: Settings, points: int | None = None) -> Diagnosis:
    """Return the diagnosis of the network that ``adam`` would begin with.

    ``points`` are per term; None takes those of the settings, up to `MOST_POINTS`.
    """
    settings = resolve_settings(program.system, settings)
    model = FieldModel.from_program(program, settings)
    assert settings.precision is not None
    with numeric_context(settings.precision):
        parameters = draw_parameters(program, model, settings, "first")
    return _Measurement.prepare(program, model, settings, points).diagnose(
        {"at the start": parameters}
    )


def diagnose_solution(solution: Solution, points: int | None = None) -> Diagnosis:
    """Return the diagnosis of a solution: before and after where adam or lbfgs trained a network.

    The one state of a solution in frozen features is that of its features, whose tangent
    kernel is their conjugate kernel.
    """
    program, model = solution.program, solution.model
    settings = resolve_settings(program.system, solution.settings)
    states = {"after training": solution.parameters}
    if solution.method.startswith(("adam", "lbfgs")):
        with numeric_context(solution.precision):
            before = draw_parameters(program, model, settings, "first")
        states = {"at the start": before, **states}
    return _Measurement.prepare(program, model, settings, points).diagnose(states)


@dataclass(frozen=True, slots=True, eq=False)
class _Measurement:
    program: Program
    model: FieldModel
    settings: Settings
    points: int
    rows: Rows

    @classmethod
    def prepare(
        cls, program: Program, model: FieldModel, settings: Settings, points: int | None
    ) -> _Measurement:
        assert settings.points is not None
        points = points or min(settings.points, MOST_POINTS)
        is_uniform = resolve_adam(settings).sampling == "uniform"
        sampler = build_sampler(program, points, is_uniform, read_dtype("f64"))
        assembly = build_assembly(program, model, node_weights(program))
        with float64_context():
            seeds = sampler.seed(split_streams(settings.seed)["first points"])
            batch = jax.jit(sampler.draw)(seeds, jnp.zeros((), jnp.int32))
            rows = list_rows(assembly, batch, sampler.copies)
        return cls(program, model, settings, points, rows)

    def diagnose(self, states: Mapping[str, Any]) -> Diagnosis:
        first = next(iter(states.values()))
        jacobian = build_jacobian(self.rows, first)
        conjugate = build_conjugate_jacobian(self.rows, first)
        readings = tuple(
            self._read_state(name, jacobian, conjugate, parameters)
            for name, parameters in states.items()
        )
        drift = {}
        if len(states) == 2:
            drift = self._measure_drift(jacobian, *states.values())
        assert self.settings.steps is not None
        return Diagnosis(
            title=self.program.system.problem.title,
            coordinates=self.program.system.problem.coordinates,
            network=str(self.settings.network),
            parameter_count=count_parameters(first["trained"]),
            points=self.points,
            steps=self.settings.steps,
            tolerance=self.settings.tolerance,
            states=readings,
            drift=drift,
            verdict=judge(readings, drift, self.settings),
            advice=advise(readings, drift, self.settings, self.program.system.is_linear),
        )

    def _read_state(
        self, name: str, jacobian: JacobianRows, conjugate: JacobianRows, parameters: Any
    ) -> KernelState:
        rows = self.rows
        kernel = None
        if rows.count <= DENSE_UP_TO:
            kernel = gram_matrix(jacobian, parameters)
            diagonal = np.diag(kernel)
        else:
            diagonal = kernel_diagonal(jacobian, parameters)
        residuals = jacobian.residuals(parameters)
        labels = rows.assembly.labels
        gradients = np.stack(
            [
                jacobian.pull(parameters, 2 * rows.mean_shares * residuals * (rows.terms == g))
                for g in range(len(labels))
            ]
        )
        sums = [
            jacobian.pull(parameters, rows.copies * (rows.terms == g)) for g in range(len(labels))
        ]
        weights = weigh_by_rules(rows, diagonal, gradients, np.stack(sums))

        def spectrum_of(scales: np.ndarray) -> Spectrum:
            if kernel is None:
                return kernel_spectrum(jacobian, parameters, scales, DENSE_UP_TO)
            return dense_spectrum(scale_kernel(kernel, scales))

        terms = []
        for g, label in enumerate(labels):
            own = rows.terms == g
            if kernel is None:
                spectrum = kernel_spectrum(jacobian, parameters, rows.copies * own, DENSE_UP_TO)
            else:
                spectrum = dense_spectrum(scale_kernel(kernel[np.ix_(own, own)], rows.copies[own]))
            terms.append(
                TermReading(
                    label,
                    int(rows.copies[own].sum()),
                    spectrum,
                    self._count_directions(spectrum),
                    float(np.sum(2 * rows.mean_shares[own] * diagonal[own]) / own.sum()),
                    float(np.sqrt(np.sum(rows.mean_shares[own] * residuals[own] ** 2))),
                    {rule: float(values[g]) for rule, values in weights.items()},
                )
            )
        regimes = tuple(
            self._forecast(regime, spectrum_of, residuals, weights[rule])
            for regime, rule in (("unit", "fixed"), ("ntk", "ntk"))
        )
        return KernelState(
            name,
            rows,
            tuple(terms),
            spectrum_of(rows.copies),
            kernel_spectrum(conjugate, parameters, rows.copies, DENSE_UP_TO),
            align_gradients(gradients),
            regimes,
        )

    def _forecast(
        self, name: str, spectrum_of: Any, residuals: np.ndarray, weights: np.ndarray
    ) -> Regime:
        rows, labels = self.rows, self.rows.assembly.labels
        spectrum = spectrum_of(loss_scales(rows, weights))
        forecast = build_forecast(rows, spectrum, residuals, weights)
        to_tenth = to_tolerance = left = None
        if spectrum.is_complete and spectrum.largest > 0:
            rate, steps = forecast.largest_step / 2, float(self.settings.steps or 0)
            to_tenth = dict(zip(labels, forecast.steps_to(_TENTH, rate), strict=True))
            found = forecast.steps_to(self.settings.tolerance, rate)
            to_tolerance = dict(zip(labels, found, strict=True))
            shares = forecast.term_fractions(np.array([steps]), rate)[:, 0]
            left = dict(zip(labels, map(float, shares), strict=True))
        by_label = dict(zip(labels, map(float, weights), strict=True))
        return Regime(name, by_label, forecast, forecast.largest_step, to_tenth, to_tolerance, left)

    def _count_directions(self, spectrum: Spectrum) -> float:
        steps = max(1, self.settings.steps or 1)
        return (
            spectrum.effective_dimension(spectrum.largest / steps) if spectrum.largest > 0 else 0.0
        )

    def _measure_drift(self, jacobian: JacobianRows, before: Any, after: Any) -> dict[str, float]:
        start, end = (ravel_parameters(p["trained"]) for p in (before, after))
        # Rows far apart in the list, so that every term is among them.
        chosen = np.unique(np.linspace(0, self.rows.count - 1, _DRIFT_ROWS).astype(int))
        first, last = (jacobian.evaluate(p)[chosen] for p in (before, after))
        linear = jacobian.push(before, end - start)
        residual, moved = jacobian.residuals(before), jacobian.residuals(after)
        return {
            "kernel_drift": kernel_drift(first, last),
            "parameter_drift": relative_change(start, end),
            "linearisation_flag": linearisation_flag(residual, moved, linear),
        }


def weigh_by_rules(
    rows: Rows, diagonal: np.ndarray, gradients: np.ndarray, sums: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the weights ``(terms,)`` of every rule that one look at the kernel decides.

    From the kernel's ``diagonal (n,)``, the terms' ``gradients (terms, p)`` of L_g and
    ``sums (terms, p)`` ``J_gᵀ 1``.
    """
    count = len(rows.assembly.terms)
    own = np.eye(count)[rows.terms]
    traces = own.T @ (rows.copies * diagonal)
    sizes = {
        "ntk": traces,
        "ntk_mean": traces,
        "ntk_sum": np.sum(sums**2, axis=1),
        "gradnorm": np.linalg.norm(gradients, axis=1),
        "fixed": np.ones(count),
    }
    counts = own.T @ rows.copies
    return {rule: RULES[rule].weigh(size, counts, None) for rule, size in sizes.items()}
