"""Write the readings of ``conductivity_field.pde``: 120 points with normal noise of deviation 0.003.

The field is ``h = x + x^2/2``; points are uniform over 0 .. 1, both from seed 11.

Run from this folder: ``python conductivity_field.py`` writes ``conductivity_field.csv``.
"""

import csv
from pathlib import Path

import numpy as np

READINGS, NOISE = 120, 0.003


def main() -> None:
    """Draw the points, add the noise, write the table."""
    rng = np.random.default_rng(11)
    x = rng.uniform(0.0, 1.0, READINGS)
    h = x + x**2 / 2 + NOISE * rng.standard_normal(READINGS)
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("x", "h"))
        writer.writerows((f"{a:.6f}", f"{b:.6f}") for a, b in zip(x, h, strict=True))


if __name__ == "__main__":
    main()
