"""Compute the reference table of ``two_materials.pde``.

Method: Rayleigh's multipole expansion. About the fibre of radius R every term

    outside  c_k (r^k + g R^(2k) r^(-k)) cos(k phi),   inside  c_k (1 + g) r^k cos(k phi),   g = (k2 - k1)/(k2 + k1)

is harmonic in both materials and fulfils both conditions of the interface, so only the walls are
left. T - 1/2 is odd in x and even in y: odd k serve, and a quarter of the walls, where the c_k follow
by least squares. Mirrored at its walls the cell is a square lattice of fibres, so no corner is
singular and the coefficients fall geometrically. The script solves twice, with two numbers of terms,
prints the difference, and refuses to write a table that is not accurate to 1e-10.

Source: Rayleigh, Phil. Mag. 34 (1892) 481-502.

Run from this folder: ``python two_materials.py`` writes ``two_materials.csv``.
"""

import csv
from pathlib import Path

import numpy as np

RADIUS, INSIDE, OUTSIDE = 0.3, 10.0, 1.0
CONTRAST = (OUTSIDE - INSIDE) / (OUTSIDE + INSIDE)
SIDE = np.linspace(-1, 1, 41)
ACCURACY = 1e-10


def expand(orders: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return every term's value, dT/dx and dT/dy outside the fibre, ``(n, orders)`` each."""
    z = (x + 1j * y)[:, None]
    size = np.sqrt(2.0) ** orders  # of r^k in the corner
    mirror = CONTRAST * RADIUS ** (2 * orders)
    value = (z**orders + mirror * z**-orders).real / size
    slope = orders * (z ** (orders - 1) - mirror * z ** (-orders - 1)) / size
    return value, slope.real, -slope.imag


def solve_cell(count: int) -> np.ndarray:
    """Return the coefficients of ``count`` terms: T = 0 on the right, no flux through the top."""
    orders = 2 * np.arange(count) + 1
    # Chebyshev points of a half wall, from its middle, where the solution is mirrored, to the corner.
    t = np.sin(0.5 * np.pi * (np.arange(4 * count) + 0.5) / (4 * count))
    one = np.ones_like(t)
    right, _, _ = expand(orders, one, t)
    _, _, top = expand(orders, t, one)
    matrix = np.concatenate([right, top])
    target = np.concatenate([-0.5 * one, 0.0 * one])
    size = np.linalg.norm(matrix, axis=0)
    return np.linalg.lstsq(matrix / size, target, rcond=1e-15)[0] / size


def tabulate(count: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return T at points."""
    coefficients, orders = solve_cell(count), 2 * np.arange(count) + 1
    outside = expand(orders, x, y)[0] @ coefficients
    z = (x + 1j * y)[:, None]
    within = ((1 + CONTRAST) * z**orders / np.sqrt(2.0) ** orders).real @ coefficients
    return 0.5 + np.where(np.hypot(x, y) <= RADIUS, within, outside)


def main() -> None:
    """Solve twice, compare, write the table."""
    x, y = (axis.ravel() for axis in np.meshgrid(SIDE, SIDE, indexing="ij"))
    away = np.hypot(x, y) > 1e-12  # the expansion outside has no value in the centre
    x, y = x[away], y[away]
    table = tabulate(60, x, y)
    difference = np.abs(table - tabulate(45, x, y)).max()
    print(f"largest difference of the two resolutions: {difference:.1e}")
    if difference > ACCURACY:
        raise SystemExit(f"not accurate to {ACCURACY:.0e}: no table written")
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("x", "y", "T"))
        writer.writerows(
            (f"{a:.2f}", f"{b:.2f}", f"{c:.10f}") for a, b, c in zip(x, y, table, strict=True)
        )


if __name__ == "__main__":
    main()
