"""Several demands on a mode, or several constants: all sought at once, from eigenpairs on.

Coefficients c and fits p solve, by Gauss–Newton in the basis T of `pencil`, with c = T z,

    R(p) c = 0,   F(c, p) = 0,   D(c, p) ≈ 0

for the rows R of the equations, exact demands F and readings D. Readings hardly weigh: of the
directions that R and F leave open they choose the point, without bending the equations. R and F being
exact, the covariance of (c, p) by the noise is ``s² J⁺_D (J⁺_D)ᵀ`` with the columns of the pseudo-inverse
that belong to the readings.

The start: eigenpairs of one fit after the other, each with the others at their guesses, and of multiple
eigenvalues all modes; then their sizes by the demands alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from pdelang.semantics.measured import Fit
from pdelang.training.eigen.demands import DemandRows, Demands, Met
from pdelang.training.eigen.discretisation import Discretisation
from pdelang.training.eigen.pencil import Eigenpair
from pdelang.training.inverse.parameters import guess_of

_STEP = 1e-3  # of a fit, for its slope
_ITERATIONS = 30
_HALVINGS = 8
_RESTORATIONS = 4
_SETTLED = 1e-11
_TRUSTED = 3e-2  # uncertainty of a fit, relative
_MULTIPLE = 1e-4  # uncertainty, relative, below which an eigenvalue is multiple
_MOST_MODES = 6
_LIGHT = 1e-3  # of the weakest direction of the physics: what readings weigh
_LOOSE = 1e-5  # of an eigenvalue: a direction that changes the rows by less is open
_SILENT = 1e-6  # of the largest effect on the readings: a direction that they do not tell
_SIZES = np.logspace(-6, 6, 25)
_MEETS = 1e-6  # of its size: an exact demand that is met


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """Coefficients ``(columns,)`` and fits, with how well they do; ``pair`` is of the first fit."""

    pair: Eigenpair
    values: dict[str, float]
    met: Met


@dataclass(slots=True, eq=False)
class Refinement:
    """Seeks mode and fits together; ``fits`` are all of the problem's, ``columns`` the fields' basis."""

    own: Discretisation
    fits: tuple[Fit, ...]
    fields: np.ndarray
    basis: np.ndarray
    demands: Demands

    @classmethod
    def of(cls, own: Discretisation, fits: tuple[Fit, ...]) -> Refinement:
        """Prepare for one set of features."""
        pencil = own.pencil(fits[0].name, {f.name: guess_of(f) for f in fits})
        return cls(own, fits, pencil.values, pencil.basis(), Demands(own))

    def find(self) -> Refined | None:
        """Return mode and fits near the first guesses; None where nothing meets all demands."""
        for is_every in (False, True):
            start = self._start(is_every)
            if start is None:
                continue
            found = self.refine(*start)
            if found is not None:
                return found
        return None

    def _start(self, is_every: bool) -> tuple[np.ndarray, dict[str, float]] | None:
        """Return modes at sizes that the demands like, and the fits that belong to them.

        Of fits that move a mode already found only ``is_every`` looks for modes of their own.
        """
        values = {fit.name: guess_of(fit) for fit in self.fits}
        modes: list[np.ndarray] = []
        for fit in self.fits:
            step = _STEP * (abs(values[fit.name]) or 1.0)
            moving = self.own.slope(values, fit.name, step)
            size = float(np.linalg.norm(moving @ self.basis)) or 1.0
            moved = [float(np.linalg.norm(moving @ mode)) > 1e-9 * size for mode in modes]
            if any(moved) and not is_every:
                continue
            guesses = {other.name: guess_of(other) for other in self.fits}
            pencil = self.own.pencil(fit.name, guesses)
            known = np.column_stack(modes) if modes else None
            pair = pencil.find(guesses[fit.name], fit.low, fit.high, 10 * step, _TRUSTED, known)
            if pair is None:
                continue
            values[fit.name] = pair.value
            modes.extend(pencil.beside(pair, _MULTIPLE, _MOST_MODES).T)
        if not modes:
            return None
        columns = np.column_stack(modes)
        return columns @ self._sizes(columns, values), values

    def _sizes(self, modes: np.ndarray, values: Mapping[str, float]) -> np.ndarray:
        """Return how much of every mode meets the demands best, ``(k,)``."""

        def left(amounts: np.ndarray) -> np.ndarray:
            found = self.demands.at(values, modes @ amounts)
            return np.concatenate([found.exact, found.readings])

        k = modes.shape[1]
        rng = np.random.default_rng(0)
        ways = [np.eye(k)[i] for i in range(k)] + [s * np.ones(k) for s in (1.0, -1.0)]
        ways += list(rng.standard_normal((2 * k if k > 1 else 0, k)))
        trials = [size * way for size in _SIZES for way in (*ways, *(-w for w in ways))]
        sizes = [float(np.linalg.norm(left(trial))) for trial in trials]
        best = [trials[i] for i in np.argsort(sizes)[:6]]
        found = [least_squares(left, b, x_scale=np.abs(b).max()) for b in best]
        return min(found, key=lambda result: result.cost).x

    def refine(self, coefficients: np.ndarray, values: dict[str, float]) -> Refined | None:
        """Return mode and fits near given ones; None where the iteration leads to none."""
        units = np.array([abs(values[fit.name]) or 1.0 for fit in self.fits])
        z = np.linalg.lstsq(self.fields @ self.basis, self.fields @ coefficients, rcond=None)[0]
        here = self._linearise(z, [values[fit.name] for fit in self.fits], units)
        here = self._restore(here, units)
        for _ in range(_ITERATIONS):
            change = here.step(here.residual)
            if not np.isfinite(change).all():
                return None
            share, moved = 1.0, None
            for _ in range(_HALVINGS):
                trial = self._move(here, share * change, units)
                if here.light:
                    # The weak pull of the readings shows only where the equations hold again.
                    trial = self._restore(trial, units)
                if trial.merit < here.merit:
                    moved = trial
                    break
                share /= 2.0
            if moved is None:
                break
            size = max(float(np.linalg.norm(here.z)), 1e-300)
            step = max(
                float(np.linalg.norm(moved.z - here.z)) / size,
                float(np.abs((moved.p - here.p) / units).max()),
            )
            here = moved
            if step <= _SETTLED:
                break
        return self._judge(units, here)

    def _restore(self, here: _Linear, units: np.ndarray) -> _Linear:
        """Return a point nearby where equations and exact demands hold, for what readings pull at."""
        if not here.light:
            return here
        for _ in range(_RESTORATIONS):
            wanted = here.residual.copy()
            wanted[here.firm :] = 0.0
            there = self._move(here, here.step(wanted), units)
            if not there.strain < here.strain:
                break
            here, before = there, here
            if before.strain < 10.0 * here.strain:
                break
        return here

    def _move(self, here: _Linear, change: np.ndarray, units: np.ndarray) -> _Linear:
        low, high = (np.array([getattr(fit, end) for fit in self.fits]) for end in ("low", "high"))
        count = len(here.z)
        p = np.clip(here.p + change[count:] * units, low, high)
        return self._linearise(here.z + change[:count], p, units, here.light)

    def _judge(self, units: np.ndarray, here: _Linear) -> Refined | None:
        """Return what was found, or None where it is no solution."""
        z = here.z
        values = {fit.name: float(v) for fit, v in zip(self.fits, here.p, strict=True)}
        size = float(np.linalg.norm(z))
        slopes = np.linalg.norm(here.physics_slopes, axis=0)
        physics = float(np.linalg.norm(here.physics))
        acting = slopes > 1e-9 * max(float(slopes.max(initial=0.0)), 1e-300)
        if size == 0.0 or not acting.any():
            return None
        # `slopes` are per unit of a fit, so these are relative.
        uncertainty = physics / float(slopes[acting].min())
        residual = float(np.abs(here.demand.exact).max(initial=0.0))
        if uncertainty > _TRUSTED or residual > _MEETS:
            return None
        q = len(self.fits)
        balanced = here.jacobian.copy()
        balanced[:, -q:] /= size
        weakest = float(np.linalg.svd(balanced, compute_uv=False)[-1])
        measured = here.demand
        is_loose = weakest <= _LOOSE * float(slopes.max()) / size and not len(measured.readings)
        misfit: dict[str, float] = {}
        for label, count, left in measured.labels:
            before = misfit.get(label, 0.0)
            total = sum(n for name, n, _ in measured.labels if name == label)
            misfit[label] = float(np.sqrt(before**2 + left**2 * count / total))
        deviations, spread = self._spread(z, units, here)
        if len(measured.readings):
            is_loose = not deviations
        bound = next(
            (f.name for f in self.fits if values[f.name] in (f.low, f.high)),
            None,
        )
        names = list(values)
        pair = Eigenpair(
            values[names[0]], self.basis @ z, uncertainty * abs(values[names[0]]), np.inf
        )
        turned = self.demands.at(values, -self.basis @ z)
        before, after = (
            float(np.linalg.norm(np.concatenate([d.exact, d.readings]))) for d in (measured, turned)
        )
        has_sign = after > 2.0 * before + _MEETS
        met = Met(residual, misfit, deviations, spread, is_loose, has_sign, bound)
        return Refined(pair, values, met)

    def _spread(
        self, z: np.ndarray, units: np.ndarray, here: _Linear
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Return the standard errors of fits, and of the fields, relative; empty where there are none."""
        count = len(here.demand.readings)
        if not count:
            return {}, {}
        q, readings = len(self.fits), here.jacobian[-count:]
        weakest = float(np.linalg.svd(here.jacobian, compute_uv=False)[-1])
        if weakest < _SILENT * float(np.linalg.norm(readings, 2)):
            return {}, {}
        inverse = np.linalg.pinv(here.jacobian, rcond=1e-14)[:, -count:] * here.light
        freedom = max(count - self._count_open(len(here.demand.exact)), 1)
        variance = 1.0
        if not here.demand.has_noise:
            variance = float(here.demand.readings @ here.demand.readings) / freedom
        sigma = np.sqrt(variance * (inverse[-q:] ** 2).sum(axis=1)) * units
        deviations = {fit.name: float(s) for fit, s in zip(self.fits, sigma, strict=True)}
        moved = self.fields @ (self.basis @ inverse[:-q])
        still = self.fields @ (self.basis @ z)
        system = self.own.system
        n = len(self.fields) // len(system.fields)
        spread: dict[str, float] = {}
        for unknown in system.problem.unknowns:
            rows = np.concatenate(
                [
                    np.arange(k * n, (k + 1) * n)
                    for k, name in enumerate(system.fields)
                    if name in unknown.fields
                ]
            )
            size = float(np.linalg.norm(still[rows]))
            noise = float(np.sqrt(variance * (moved[rows] ** 2).sum()))
            spread[unknown.name] = noise / size if size else noise
        return deviations, spread

    def _linearise(
        self,
        z: np.ndarray,
        p: Sequence[float] | np.ndarray,
        units: np.ndarray,
        light: float | None = None,
    ) -> _Linear:
        names = [fit.name for fit in self.fits]
        values = dict(zip(names, map(float, p), strict=True))
        c = self.basis @ z
        rows = self.own.rows(values)
        physics = rows @ c
        demand = self.demands.at(values, c)
        slopes, exact_slopes, reading_slopes = [], [], []
        for name, unit in zip(names, units, strict=True):
            step = _STEP * unit
            slopes.append(unit * (self.own.slope(values, name, step) @ c))
            ends = [
                self.demands.at({**values, name: values[name] + s * step}, c) for s in (1.0, -1.0)
            ]
            exact_slopes.append(unit * (ends[0].exact - ends[1].exact) / (2 * step))
            reading_slopes.append(unit * (ends[0].readings - ends[1].readings) / (2 * step))
        # An exact demand that is missed by its size weighs like a fit that is.
        size = float(np.linalg.norm(slopes, axis=1).max()) or 1.0
        physics_rows = np.column_stack([rows @ self.basis, *slopes])
        exact_rows = np.column_stack([demand.exact_rows @ self.basis, *exact_slopes])
        firm = np.concatenate([size * exact_rows, physics_rows])
        reading_rows = np.column_stack([demand.reading_rows @ self.basis, *reading_slopes])
        if light is None:
            light = self._weigh(firm, reading_rows, len(demand.exact))
        jacobian = np.concatenate([firm, light * reading_rows])
        residual = np.concatenate([size * demand.exact, physics, light * demand.readings])
        strain = float(np.linalg.norm(residual[: len(firm)]))
        pull = float(np.linalg.norm(demand.readings))
        return _Linear(
            z,
            np.asarray(p, float),
            jacobian,
            residual,
            len(firm),
            strain,
            pull if light else strain,
            physics,
            np.column_stack(slopes),
            demand,
            light,
        )

    def _weigh(self, firm: np.ndarray, readings: np.ndarray, exact: int) -> float:
        """Return the weight of readings beside rows that hold exactly."""
        if not len(readings):
            return 0.0
        singular = np.linalg.svd(firm, compute_uv=False)[::-1]
        weakest = float(singular[min(self._count_open(exact), len(singular) - 1)])
        return _LIGHT * weakest / max(float(np.linalg.norm(readings, 2)), 1e-300)

    def _count_open(self, exact: int) -> int:
        """Return how many directions are left to the readings: one size, the fits, and the eigenvalue."""
        return max(len(self.fits) - exact, 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Linear:
    """All rows at one point, the fits counted in units of their size."""

    z: np.ndarray
    p: np.ndarray
    jacobian: np.ndarray
    residual: np.ndarray
    firm: int  # rows that are to hold exactly, the first ones
    strain: float  # what is left of them
    merit: float  # what steps are to lower: that of the readings, where there are any, once nothing strains
    physics: np.ndarray
    physics_slopes: np.ndarray
    demand: DemandRows
    light: float  # the weight of the readings

    def step(self, residual: np.ndarray) -> np.ndarray:
        """Return the change of (z, p over its units) that makes up for a residual."""
        return -np.linalg.lstsq(self.jacobian, residual, rcond=1e-15)[0]
