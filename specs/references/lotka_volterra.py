"""The table of `lotka_volterra.pde`: DOP853 of SciPy at a tolerance of 1e-13.

Run it beside the spec: ``python references/lotka_volterra.py``. Two tolerances and another
method (Radau) agree to 1e-10.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp


def slope(t: float, y: np.ndarray) -> tuple[float, float]:
    """Return the rates of prey and predators."""
    prey, predators = y
    return 2 / 3 * prey - 4 / 3 * prey * predators, prey * predators - predators


def main() -> None:
    times = np.linspace(0.0, 20.0, 201)
    found = solve_ivp(
        slope, (0.0, 20.0), (1.5, 1.0), method="DOP853", t_eval=times, rtol=1e-13, atol=1e-13
    )
    path = Path(__file__).with_suffix(".csv")
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("t", "prey", "predators"))
        writer.writerows(
            (f"{t:.10g}", f"{x:.12g}", f"{y:.12g}") for t, x, y in zip(times, *found.y, strict=True)
        )


if __name__ == "__main__":
    main()
