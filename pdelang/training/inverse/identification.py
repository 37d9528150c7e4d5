"""Fitting constants and fields to what is observed: Gauss–Newton over the forward problem.

Let ``u(θ)`` solve the forward problem for parameters θ and ``r(θ)`` be the rows of all observations,
each over its standard deviation. The physics holds as a constraint, not as a penalty, so θ minimises

    ½ ‖r(θ)‖²,   θ ← θ − (JᵀJ + λ)⁻¹ Jᵀ r,   J = dr/dθ = ∂r/∂u · du/dθ,

with the sensitivities ``du/dθ`` from solving again at a neighbouring θ with the same features or
resolution; λ falls while steps succeed and rises where they do not (Levenberg, Marquardt), and steps
stop at the bounds. Source: Haber, Ascher and Oldenburg, "On optimization techniques for solving
nonlinear inverse problems", Inverse Problems 16 (2000), the reduced formulation.

Covariance of θ: ``s² (JᵀJ)⁻¹`` at the end, with s² = 1 where the noise is known and
``s² = ‖r‖²/(n − p)`` where it is not (Seber and Wild, "Nonlinear Regression", 1989, chapter 2).

Fields bring rows of their own, which say how smooth they are: `smoothing`. They count among r and J.

Error by the discretisation: with rows of a coarser and a finer forward solve, ``δθ = J⁺ (r_c − r_f)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pdelang.training.inverse.forward import ForwardError, State
from pdelang.training.inverse.observations import EXACT, Misfit, observe
from pdelang.training.inverse.parameters import Parameters
from pdelang.training.inverse.smoothing import choose_penalty
from pdelang.training.journal import read_clock

_STEP = 1e-2  # of a parameter (a logarithm, or a constant over its size), for differences
_ITERATIONS = 30
_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-3, 1e-12, 1e8
_HUNDREDTH = 1e-2  # of a standard error: a step of a field that is not worth taking
_SMOOTHINGS = 5  # times that the strength of a penalty is chosen anew
_LONGEST = 2.0  # of a step: one logarithm, or one size
# Of a singular value of J with columns of length 1: below this the data do not tell θ apart.
_UNDETERMINED = 1e-7
_MISSED = 1e-2  # of the size of a condition that is to hold exactly: more is not met
# A column of J is nothing if the rows change by less than this much of their size.
_NO_EFFECT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """Where the fit ended. ``jacobian (n, p)`` is that of the weighted rows."""

    parameters: Parameters
    theta: np.ndarray
    state: State
    misfits: tuple[Misfit, ...]
    weights: dict[str, float]  # per label, where the noise is not known
    jacobian: np.ndarray
    iterations: int
    converged: bool
    step: float  # the last one, relative to the parameters
    penalty: np.ndarray  # rows (k, p) of smoothness, over the same deviation as those of the data

    @property
    def rows(self) -> np.ndarray:
        return weigh(self.misfits, self.weights)

    @property
    def cost(self) -> float:
        """Return ``‖r‖²`` with the rows of smoothness."""
        rough = self.penalty @ self.theta
        return float(self.rows @ self.rows + rough @ rough)

    @property
    def slopes(self) -> np.ndarray:
        """Return the sensitivities of the data and of the smoothness, ``(n + k, p)``."""
        return np.concatenate([self.jacobian, self.penalty])

    @property
    def undetermined(self) -> tuple[str, ...]:
        """Return the fits that the observations do not depend on, or do not tell apart."""
        lengths = np.linalg.norm(self.slopes, axis=0)
        size = max(float(np.linalg.norm(self.rows)), np.sqrt(len(self.rows)))
        names = [s.fit.name for s in self.parameters.slots for _ in range(s.count)]
        silent = lengths <= _NO_EFFECT * size
        if silent.any():
            return tuple(dict.fromkeys(n for n, bad in zip(names, silent, strict=True) if bad))
        _, singular, right = np.linalg.svd(self.slopes / lengths, full_matrices=False)
        if len(self.slopes) < self.parameters.count or singular[-1] < _UNDETERMINED * singular[0]:
            strong = np.abs(right[-1]) > 0.3
            return tuple(dict.fromkeys(n for n, s in zip(names, strong, strict=True) if s))
        return ()

    @property
    def complaint(self) -> str | None:
        """Return why the fits are not what was asked for; None where they are."""
        if not self.converged:
            return f"the fits had not settled after {self.iterations} steps"
        for m in self.misfits:
            if not m.is_measured and float(np.linalg.norm(m.rows)) * EXACT > _MISSED:
                return f"`{m.label}` is not met, whatever the fits"
        return None

    @property
    def covariance(self) -> np.ndarray | None:
        """Return that of θ by the noise, ``(p, p)``; None where nothing is measured."""
        if not any(m.is_measured for m in self.misfits) or self.undetermined:
            return None
        lengths = np.linalg.norm(self.slopes, axis=0)
        inverse = np.linalg.pinv(self.slopes / lengths, rcond=1e-12)
        freedom = max(len(self.rows) - self.parameters.count + _rank(self.penalty), 1)
        variance = 1.0
        if not all(m.has_noise for m in self.misfits):
            variance = self.cost / freedom
        return variance * (inverse @ inverse.T) / np.outer(lengths, lengths)


def identify(
    parameters: Parameters,
    theta: np.ndarray,
    state: State,
    tolerance: float,
    deadline: float,
    on_step: Callable[[int, float], None],
    before: Identified | None = None,
    is_last: bool = True,
) -> Identified:
    """Return the parameters that fit the observations best, from ``theta (p,)`` on.

    ``state`` is a forward solution nearby; all others have its resolution. ``tolerance`` is that of
    the parameters, relative; the Jacobian of the fit ``before`` it, of a coarser forward solve, serves as
    long as it leads downhill; only if this ``is_last`` is it that of the end. ``on_step(number, cost)``
    is told of every step. Raises ForwardError if the first forward problem has no solution.
    """
    low, high = parameters.bounds

    def solve(theta: np.ndarray) -> State:
        return state.solve_again(parameters.put(theta))

    def slopes() -> np.ndarray:
        return differentiate(parameters, theta, current, misfits, weights)

    def smooth(jacobian: np.ndarray) -> np.ndarray:
        """Return the rows of smoothness that suit the data as they look from here."""
        if not parameters.has_fields:
            return np.zeros((0, parameters.count))
        has_noise = all(m.has_noise and m.is_measured for m in misfits)
        return choose_penalty(parameters, jacobian, jacobian @ theta - data, has_noise)

    current = solve(theta)
    misfits = observe(current)
    weights = dict(before.weights) if before else {}
    data = weigh(misfits, weights)
    damping, fresh, step = _FIRST_DAMPING, False, np.inf
    converged, taken, smoothings = False, 0, 0
    if before is None:
        jacobian, fresh = slopes(), True
    else:
        jacobian = before.jacobian * _ratios(before.misfits, misfits)[:, None]
    penalty = smooth(jacobian)
    rows = np.concatenate([data, penalty @ theta])
    while taken < _ITERATIONS and read_clock() < deadline:
        taken += 1
        change = _damped_step(np.concatenate([jacobian, penalty]), rows, damping)
        longest = float(np.abs(change).max(initial=0.0))
        change *= min(1.0, _LONGEST / max(longest, 1e-300))
        proposed = np.clip(theta + change, low, high)
        step = float(np.abs(proposed - theta).max(initial=0.0))
        is_small = step <= 0.1 * tolerance
        if parameters.has_fields:
            # What noise leaves open need not be found more exactly.
            spread = float(rows @ rows) / max(len(data) - parameters.count + _rank(penalty), 1)
            reach = np.concatenate([jacobian, penalty]) @ (proposed - theta)
            is_small = is_small or float(reach @ reach) <= _HUNDREDTH**2 * spread
        if is_small and (fresh or damping <= _FIRST_DAMPING):
            if len(penalty) and smoothings < _SMOOTHINGS:
                smoothings += 1
                strength, penalty = _strength(penalty), smooth(jacobian)
                rows = np.concatenate([data, penalty @ theta])
                if _strength(penalty) != strength:
                    continue
            converged = True
            break
        try:
            trial = solve(proposed)
            found = hold(observe(trial), misfits)
            new_data = weigh(found, weights)
            new_rows = np.concatenate([new_data, penalty @ proposed])
        except ForwardError:
            new_data, new_rows = np.full(len(data), np.inf), np.full(len(rows), np.inf)
            trial, found = current, misfits
        if np.isfinite(new_rows).all() and new_rows @ new_rows < rows @ rows:
            predicted = rows + np.concatenate([jacobian, penalty]) @ (proposed - theta)
            gain = rows @ rows - new_rows @ new_rows
            promise = rows @ rows - predicted @ predicted
            jacobian = _update(jacobian, proposed - theta, new_data - data)
            trusted = promise <= 0.0 or gain > 0.5 * promise
            moved = float(np.linalg.norm(proposed - theta))
            theta, current, misfits, fresh = proposed, trial, found, False
            data, rows = new_data, new_rows
            damping = max(_LEAST_DAMPING, damping / 10.0)
            on_step(taken, float(rows @ rows))
            if not trusted or moved > 0.3:
                jacobian, fresh = slopes(), True
        elif not fresh:
            jacobian, fresh = slopes(), True
        else:
            damping *= 10.0
            if damping > _MOST_DAMPING:
                # Nothing leads downhill, at a minimum to rounding: the step as it was without damping tells.
                change = _damped_step(np.concatenate([jacobian, penalty]), rows, _FIRST_DAMPING)
                step = float(np.abs(np.clip(theta + change, low, high) - theta).max(initial=0.0))
                converged = step <= tolerance
                break
    if is_last and not fresh and read_clock() < deadline:
        jacobian = slopes()
    return Identified(
        parameters, theta, current, misfits, weights, jacobian, taken, converged, step, penalty
    )


def reweigh(found: Identified) -> dict[str, float]:
    """Return the deviation of the readings of every label whose noise is not known, over its scale."""
    weights: dict[str, float] = {}
    for label in {m.label for m in found.misfits if not m.has_noise}:
        rows = np.concatenate([m.rows for m in found.misfits if m.label == label])
        weights[label] = max(float(np.sqrt(np.mean(rows**2))), 1e-12)
    return weights


def weigh(misfits: tuple[Misfit, ...], weights: dict[str, float]) -> np.ndarray:
    """Return all rows, ``(n,)``."""
    parts = [m.rows / (1.0 if m.has_noise else weights.get(m.label, 1.0)) for m in misfits]
    return np.concatenate(parts) if parts else np.zeros(0)


def hold(found: tuple[Misfit, ...], before: tuple[Misfit, ...]) -> tuple[Misfit, ...]:
    """Return misfits over the deviations that they had before, where those are sizes and no noise.

    A size is taken from the problem with its fits as they stand: while fits are sought it would change
    with them, and misfits over it could grow while the misfits themselves fall.
    """
    return tuple(
        m if m.is_measured and m.has_noise else replace(m, deviations=b.deviations)
        for m, b in zip(found, before, strict=True)
    )


def differentiate(
    parameters: Parameters,
    theta: np.ndarray,
    state: State,
    misfits: tuple[Misfit, ...],
    weights: dict[str, float],
) -> np.ndarray:
    """Return ``dr/dθ (n, p)`` by differences of forward solves at one resolution, sizes as in ``misfits``."""
    low, high = parameters.bounds
    base = weigh(hold(observe(state), misfits), weights)
    columns = []
    for i in range(parameters.count):
        moved = theta.copy()
        moved[i] += _STEP if theta[i] + _STEP <= high[i] else -_STEP
        moved[i] = max(moved[i], low[i])
        there = hold(observe(state.solve_again(parameters.put(moved))), misfits)
        rows = weigh(there, weights)
        columns.append((rows - base) / (moved[i] - theta[i]))
    return np.stack(columns, axis=1)


def discretisation_error(
    found: Identified, coarse_rows: np.ndarray, fine_rows: np.ndarray
) -> np.ndarray:
    """Return ``|δθ| = |J⁺ (r_c − r_f)|``: how far the parameters would move, ``(p,)``."""
    change = np.concatenate([coarse_rows - fine_rows, np.zeros(len(found.penalty))])
    return np.abs(np.linalg.pinv(found.slopes, rcond=1e-12) @ change)


def _damped_step(jacobian: np.ndarray, rows: np.ndarray, damping: float) -> np.ndarray:
    lengths = np.linalg.norm(jacobian, axis=0)
    lengths[lengths == 0.0] = 1.0
    p = jacobian.shape[1]
    stacked = np.vstack([jacobian / lengths, np.sqrt(damping) * np.eye(p)])
    target = np.concatenate([-rows, np.zeros(p)])
    return np.linalg.lstsq(stacked, target, rcond=None)[0] / lengths


def _strength(penalty: np.ndarray) -> float:
    return float(np.linalg.norm(penalty))


def _ratios(before: tuple[Misfit, ...], after: tuple[Misfit, ...]) -> np.ndarray:
    """Return what turns rows over the deviations before into rows over those after, ``(n,)``."""
    pairs = zip(before, after, strict=True)
    return np.concatenate([b.deviations / a.deviations for b, a in pairs])


def _rank(penalty: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(penalty)) if penalty.size else 0


def _update(jacobian: np.ndarray, step: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return Broyden's update: the nearest matrix that explains the last step."""
    return jacobian + np.outer(change - jacobian @ step, step) / max(float(step @ step), 1e-300)


def with_weights(found: Identified, weights: dict[str, float]) -> Identified:
    """Return the same fit, its rows and sensitivities over other deviations."""
    before = np.concatenate(
        [
            np.full(len(m.values), 1.0 if m.has_noise else found.weights.get(m.label, 1.0))
            for m in found.misfits
        ]
    )
    after = np.concatenate(
        [
            np.full(len(m.values), 1.0 if m.has_noise else weights.get(m.label, 1.0))
            for m in found.misfits
        ]
    )
    return replace(found, weights=weights, jacobian=found.jacobian * (before / after)[:, None])
