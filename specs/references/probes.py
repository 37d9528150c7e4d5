"""Write the readings of ``thermocouples.pde``: three thermocouples, one reading every 10 s, noise of 0.4 K.

A rod of length L = 0.1 m, insulated at its right end, whose left end is heated to 80 K within 10 s
and held there. The field for a heater that ramps without end, T = s(t)/10 s * 80 K on the left, is

    S(x, t) = t + sum_n 2 (exp(-D l_n^2 t) - 1) sin(l_n x) / (D L l_n^3),   l_n = (n + 1/2) pi / L,

so that of the one that stops is 8 K/s (S(x, t) - S(x, t - 10 s)) (Carslaw and Jaeger, "Conduction of
Heat in Solids", 2nd edition, section 3.5). D = 2.3e-5 m^2/s; the noise is normal, from seed 2026.

Run from this folder: ``python probes.py`` writes ``probes.csv``.
"""

import csv
from pathlib import Path

import numpy as np

DIFFUSIVITY, LENGTH, HOLD, RAMP, NOISE = 2.3e-5, 0.1, 80.0, 10.0, 0.4
PLACES = (0.02, 0.05, 0.08)
TIMES = np.arange(10.0, 601.0, 10.0)
TERMS = 4000


def respond(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return S(x, t), 0 before the start."""
    rate = (np.arange(TERMS) + 0.5)[:, None] * np.pi / LENGTH
    late = np.maximum(t, 0.0)
    decay = np.expm1(-DIFFUSIVITY * rate**2 * late)
    return late + (2 * decay * np.sin(rate * x) / (DIFFUSIVITY * LENGTH * rate**3)).sum(axis=0)


def main() -> None:
    """Evaluate the series, add the noise, write the table."""
    x, t = (axis.ravel() for axis in np.meshgrid(PLACES, TIMES, indexing="ij"))
    rise = HOLD / RAMP * (respond(x, t) - respond(x, t - RAMP))
    rise = rise + NOISE * np.random.default_rng(2026).standard_normal(len(x))
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("x_m", "time_s", "rise_K"))
        writer.writerows(
            (f"{a:.3f}", f"{b:.1f}", f"{c:.3f}") for a, b, c in zip(x, t, rise, strict=True)
        )


if __name__ == "__main__":
    main()
