"""What a training method returns: fields, how they were found, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from pdelang.lowering.program import Program
from pdelang.networks.model import FieldModel
from pdelang.semantics.settings import Settings
from pdelang.training.inverse.fitted import FittedValue


class Status(Enum):
    """How a solve ended; only SOLVED exits with 0."""

    SOLVED = "solved"
    TOLERANCE_NOT_REACHED = "tolerance_not_reached"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    SINGULAR = "singular"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class History:
    """One row per record: ``columns`` name them (``step``, ``seconds``, ``loss``, ``loss.<term>``, ``weight.<term>``, …)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    def column(self, name: str) -> np.ndarray:
        """Return one column, shape (records,)."""
        index = self.columns.index(name)
        return np.array([row[index] for row in self.rows])


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A solved problem.

    ``error_estimate`` and ``error`` map unknowns (``w``, not ``w.x``) to relative L2 errors
    over space and time, absolute where the norm is zero; ``error`` is known only with
    ``exact`` or ``compare``. ``seconds`` holds ``compile`` and ``solve``. ``messages`` are
    sentences for people: why it stopped, which term became NaN and where it stands.
    ``method`` and ``weights`` name what was used, with the options that were in force.
    ``dynamics`` says how a trained network moved: see `training.dynamics`. ``fitted`` is what every
    `fit` turned out to be, ``misfit`` the root mean square of what is left of the data, per label.
    ``standard_error`` maps unknowns and fits to what the noise of readings adds, relative as the
    estimate is.
    """

    program: Program
    model: FieldModel
    parameters: Any  # pytree of arrays, as the model's network understands it
    status: Status
    method: str
    weights: str
    settings: Settings
    precision: str
    error_estimate: Mapping[str, float]
    error: Mapping[str, float]
    reports: Mapping[str, float]
    history: History
    seconds: Mapping[str, float]
    messages: tuple[str, ...] = ()
    ntk: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # per term: trace, weight
    dynamics: Mapping[str, float] = field(default_factory=dict)
    fitted: Mapping[str, FittedValue] = field(default_factory=dict)
    misfit: Mapping[str, float] = field(default_factory=dict)
    standard_error: Mapping[str, float] = field(default_factory=dict)
