"""Write the readings of ``inverse_diffusion.pde``: 200 points, noise of 1 % of the largest value.

The field is ``u = exp(-0.12 pi^2 t) sin(pi x)``; points are uniform over 0.1 .. 0.9 and 0.1 .. 1, the
noise is normal with standard deviation 0.01, both from seed 2024.

Run from this folder: ``python inverse_diffusion.py`` writes ``inverse_diffusion.csv``.
"""

import csv
from pathlib import Path

import numpy as np

DIFFUSIVITY, READINGS, NOISE = 0.12, 200, 0.01


def main() -> None:
    """Draw the points, add the noise, write the table."""
    rng = np.random.default_rng(2024)
    x = rng.uniform(0.1, 0.9, READINGS)
    t = rng.uniform(0.1, 1.0, READINGS)
    u = np.exp(-DIFFUSIVITY * np.pi**2 * t) * np.sin(np.pi * x)
    u = u + NOISE * rng.standard_normal(READINGS)
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("x", "t", "u"))
        writer.writerows(
            (f"{a:.6f}", f"{b:.6f}", f"{c:.6f}") for a, b, c in zip(x, t, u, strict=True)
        )


if __name__ == "__main__":
    main()
