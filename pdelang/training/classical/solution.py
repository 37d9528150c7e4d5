"""What a classical solver found, where a solution is compared with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class ClassicalSolution:
    """Values of every field at ``points (q, d)``, ``(q,)`` each, and how they were found.

    ``agreement`` is the relative distance to the next coarser grid, ``seconds`` the time of the
    finest one alone, ``total`` that of all.
    """

    description: str
    points: np.ndarray
    values: dict[str, np.ndarray]
    agreement: float
    seconds: float
    total: float
    grids: str = "grids"
