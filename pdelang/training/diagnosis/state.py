"""What the kernel of a problem says at one moment: per term, as a whole, and as a forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdelang.kernels.forecast import Forecast
from pdelang.kernels.rows import Rows
from pdelang.kernels.spectrum import Spectrum


@dataclass(frozen=True, slots=True, eq=False)
class TermReading:
    """One term: its block ``K_gg`` with every row counted as often as it stands.

    ``rate`` is the mean eigenvalue of its block in the unit-weight loss, the speed at which its
    residual falls at first; ``dimension`` the directions that the steps of the settings can
    reach; ``residual`` the root mean square; ``weights`` those of every rule.
    """

    label: str
    rows: int
    spectrum: Spectrum
    dimension: float
    rate: float
    residual: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Regime:
    """Gradient descent on one weighted loss, at half its largest stable step.

    ``left`` is the share of every term's residual that the steps of the settings leave;
    ``to_tenth`` and ``to_tolerance`` are steps, infinite for never; all by term, and None
    where only part of the spectrum is known.
    """

    name: str
    weights: Mapping[str, float]
    forecast: Forecast
    largest_step: float
    to_tenth: Mapping[str, float] | None
    to_tolerance: Mapping[str, float] | None
    left: Mapping[str, float] | None

    @property
    def rate(self) -> float:
        """The step that the forecast assumes."""
        return self.largest_step / 2


@dataclass(frozen=True, slots=True, eq=False)
class KernelState:
    """The kernel at one set of parameters.

    ``whole`` is the spectrum of all rows together, ``conjugate`` that of the last layer's
    kernel; ``alignment (terms, terms)`` the cosines between the terms' gradients.
    """

    name: str
    rows: Rows
    terms: tuple[TermReading, ...]
    whole: Spectrum
    conjugate: Spectrum
    alignment: np.ndarray
    regimes: tuple[Regime, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """All that ``pdelang ntk`` knows: one state for a spec, two for a trained network.

    ``drift`` holds ``kernel_drift``, ``parameter_drift`` and ``linearisation_flag`` between the
    two. ``verdict`` and ``advice`` are sentences for people.
    """

    title: str
    coordinates: tuple[str, ...]
    network: str
    parameter_count: int
    points: int
    steps: int
    tolerance: float
    states: tuple[KernelState, ...]
    drift: Mapping[str, float]
    verdict: tuple[str, ...]
    advice: tuple[str, ...]

    def to_record(self) -> dict[str, Any]:
        """Return plain dicts, lists and numbers; a forecast of never is infinite."""
        return {
            "title": self.title,
            "network": self.network,
            "parameters": self.parameter_count,
            "points": self.points,
            "steps": self.steps,
            "tolerance": self.tolerance,
            "states": [_record_state(state) for state in self.states],
            "drift": dict(self.drift),
            "verdict": list(self.verdict),
            "advice": list(self.advice),
        }


def _record_state(state: KernelState) -> dict[str, Any]:
    labels = [term.label for term in state.terms]
    return {
        "state": state.name,
        "rows": state.rows.count,
        "terms": {
            term.label: {
                "rows": term.rows,
                **_record_spectrum(term.spectrum),
                "dimension": term.dimension,
                "rate": term.rate,
                "residual": term.residual,
                "weights": dict(term.weights),
            }
            for term in state.terms
        },
        "whole": _record_spectrum(state.whole),
        "conjugate": _record_spectrum(state.conjugate),
        "alignment": {
            label: dict(zip(labels, map(float, row), strict=True))
            for label, row in zip(labels, state.alignment, strict=True)
        },
        "forecast": {
            regime.name: {
                "largest_step": regime.largest_step,
                "weights": dict(regime.weights),
                "to_tenth": regime.to_tenth,
                "to_tolerance": regime.to_tolerance,
                "left": regime.left,
            }
            for regime in state.regimes
        },
    }


def _record_spectrum(spectrum: Spectrum) -> dict[str, Any]:
    return {
        "trace": spectrum.trace,
        "largest": spectrum.largest,
        "smallest": spectrum.smallest,
        "condition": spectrum.condition,
        "eigenvalues": [float(v) for v in spectrum.eigenvalues],
    }
