"""The problems that ``peers.py`` compares on: exact solutions, evaluation points, reference table.

Only NumPy is imported, so that the runners of every tool, which live in other environments, can
read this file. A formula takes the array module first (``numpy``, ``jax.numpy`` or ``torch``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SPECS = Path(__file__).parents[2] / "specs"
OWN_SPECS = Path(__file__).parent / "specs"
POINTS = 10_000
SEED = 2026
PI = float(np.pi)


@dataclass(frozen=True, slots=True)
class Problem:
    """A spec of the gallery, or of ``specs/`` beside this file, on a box.

    Its coordinates stand in the spec's order, time last.

    ``exact(m, *coordinates)`` is its solution; without it ``reference`` names a table of
    columns ``(*coordinates, u)``, whose points are the evaluation points.
    """

    name: str
    coordinates: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    exact: Callable[..., Any] | None = None
    reference: str | None = None

    @property
    def spec(self) -> Path:
        own = OWN_SPECS / f"{self.name}.pde"
        return own if own.exists() else SPECS / f"{self.name}.pde"

    def draw_points(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the evaluation points, shape ``(n, d)``, and the solution there, ``(n,)``."""
        if self.exact is None:
            assert self.reference is not None
            table = np.loadtxt(SPECS / "references" / self.reference, delimiter=",", skiprows=1)
            return table[:, :-1], table[:, -1]
        unit = np.random.default_rng(SEED).random((POINTS, len(self.low)))
        points = np.array(self.low) + unit * (np.array(self.high) - np.array(self.low))
        return points, self.exact(np, *points.T)


def solve_wave(m: Any, x: Any, t: Any) -> Any:
    slow, fast = m.cos(2 * PI * t), m.cos(8 * PI * t)
    return m.sin(PI * x) * slow + 0.5 * m.sin(4 * PI * x) * fast


def start_wave(m: Any, x: Any) -> Any:
    return m.sin(PI * x) + 0.5 * m.sin(4 * PI * x)


def solve_poisson(m: Any, x: Any) -> Any:
    return m.sin(4 * PI * x)


def solve_helmholtz(m: Any, x: Any, y: Any) -> Any:
    return m.sin(10 * x) * m.sin(10 * y)


def solve_bratu(m: Any, x: Any, y: Any) -> Any:
    return m.sin(PI * x) * m.sin(PI * y)


def load_bratu(m: Any, x: Any, y: Any) -> Any:
    """Return f of ``lap(u) + exp(u) = f``."""
    u = solve_bratu(m, x, y)
    return -2 * PI**2 * u + m.exp(u)


def solve_poisson_5d(m: Any, *x: Any) -> Any:
    return sum(m.sin(PI / 2 * c) for c in x)


def solve_diffusion(m: Any, x: Any, t: Any) -> Any:
    return m.exp(-t) * m.sin(PI * x)


def load_diffusion(m: Any, x: Any, t: Any) -> Any:
    """Return f of ``dt(u) = dxx(u) + f``."""
    return (PI**2 - 1) * solve_diffusion(m, x, t)


NU = 0.01 / PI
UNIT = ((0.0, 0.0), (1.0, 1.0))
PROBLEMS = (
    Problem("wave_1d", ("x", "t"), *UNIT, exact=solve_wave),
    Problem("poisson_1d", ("x",), (0.0,), (1.0,), exact=solve_poisson),
    Problem("helmholtz_2d", ("x", "y"), *UNIT, exact=solve_helmholtz),
    Problem("bratu_2d", ("x", "y"), *UNIT, exact=solve_bratu),
    Problem("poisson_5d", tuple("vwxyz"), (0.0,) * 5, (1.0,) * 5, exact=solve_poisson_5d),
    Problem("diffusion_1d", ("x", "t"), (-1.0, 0.0), (1.0, 1.0), exact=solve_diffusion),
    Problem("burgers", ("x", "t"), (-1.0, 0.0), (1.0, 1.0), reference="burgers.csv"),
)
BY_NAME = {problem.name: problem for problem in PROBLEMS}
