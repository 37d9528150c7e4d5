"""Compute the reference table of ``cavity.pde``.

Method: steady Navier-Stokes for the stream function psi (u.x = psi_y, u.y = -psi_x),

    lap(lap(psi)) = Re (psi_y lap(psi)_x - psi_x lap(psi)_y),

by Chebyshev collocation on an (n+1) x (n+1) grid, psi = 0 on the boundary and its normal
derivative given, by Newton's method from rest with dense linear algebra. The corners under the
lid are singular (the velocity jumps) and fourth derivatives lose digits like n^8, so more points
than these gain nothing; the table keeps away from the edge by 1/32 of the side. The script solves
twice, with two resolutions, prints the relative L2 difference, and refuses to write a table that
is not accurate to 1e-4 in that norm.

For a check from outside: the smallest u.x on x = 1/2 is -0.21404 and the extremes of u.y on
y = 1/2 are 0.17957 and -0.25380 (Marchi, Suero, Araki, J. Braz. Soc. Mech. Sci. Eng. 31 (2009)
186-198, and others; Ghia et al. print -0.21090, 0.17527, -0.24533). The script prints its own.

Run from this folder: ``python cavity.py`` (about half a minute) writes ``cavity.csv``.
"""

import csv
from pathlib import Path

import numpy as np

REYNOLDS = 100.0
X = np.linspace(0, 1, 33)[1:-1]
ACCURACY = 1e-4


def differentiate(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Chebyshev points on [0, 1], ascending, and their differentiation matrix.

    Source: Trefethen, "Spectral Methods in MATLAB", program ``cheb``.
    """
    x = np.cos(np.pi * np.arange(n + 1) / n)
    c = np.where((np.arange(n + 1) == 0) | (np.arange(n + 1) == n), 2.0, 1.0)
    c *= (-1.0) ** np.arange(n + 1)
    d = np.outer(c, 1 / c) / (x[:, None] - x[None, :] + np.eye(n + 1))
    d -= np.diag(d.sum(axis=1))
    return (1 - x) / 2, -2 * d


def interpolate(nodes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the matrix of barycentric interpolation from Chebyshev ``nodes`` to ``at``."""
    weights = (-1.0) ** np.arange(len(nodes))
    weights[[0, -1]] /= 2
    gap = at[:, None] - nodes[None, :]
    exact = np.abs(gap) < 1e-14
    matrix = weights / np.where(exact, 1.0, gap)
    matrix = np.where(exact.any(axis=1, keepdims=True), exact, matrix)
    return matrix / matrix.sum(axis=1, keepdims=True)


def solve_cavity(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the nodes and the velocity (u.x, u.y), each (n+1, n+1) with x first."""
    x, d = differentiate(n)
    one = np.eye(n + 1)
    dx, dy = np.kron(d, one), np.kron(one, d)
    lap = np.kron(d @ d, one) + np.kron(one, d @ d)
    lap2 = lap @ lap
    lap_x, lap_y = dx @ lap, dy @ lap

    index = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)
    edge = np.unique(np.concatenate([index[[0, -1]].ravel(), index[:, [0, -1]].ravel()]))
    # The slope conditions take the place of the equation one row inside the edge; at the inner
    # corners of that row the conditions of the left and right walls stand.
    slope_rows = np.concatenate([index[1, 1:-1], index[-2, 1:-1], index[2:-2, 1], index[2:-2, -2]])
    walls = (dx[index[0, 1:-1]], dx[index[-1, 1:-1]], dy[index[2:-2, 0]])
    slope = np.concatenate([*walls, dy[index[2:-2, -1]]])
    speed = np.concatenate([np.zeros(2 * (n - 1) + n - 3), np.ones(n - 3)])

    psi = np.zeros((n + 1) ** 2)
    for _ in range(30):
        px, py, wx, wy = dx @ psi, dy @ psi, lap_x @ psi, lap_y @ psi
        residual = lap2 @ psi - REYNOLDS * (py * wx - px * wy)
        jacobian = lap2 - REYNOLDS * (
            py[:, None] * lap_x + wx[:, None] * dy - px[:, None] * lap_y - wy[:, None] * dx
        )
        residual[edge], jacobian[edge] = psi[edge], one_rows(edge, psi.size)
        residual[slope_rows], jacobian[slope_rows] = slope @ psi - speed, slope
        # Rows differ by n^8; scaling them keeps the pivots honest.
        size = np.abs(jacobian).max(axis=1)
        change = np.linalg.solve(jacobian / size[:, None], residual / size)
        psi -= change
        if np.abs(change).max() < 1e-12:
            break
    else:
        raise SystemExit("Newton's method did not converge")
    shape = (n + 1, n + 1)
    return x, (dy @ psi).reshape(shape), -(dx @ psi).reshape(shape)


def one_rows(rows: np.ndarray, size: int) -> np.ndarray:
    """Return the rows of the identity."""
    matrix = np.zeros((len(rows), size))
    matrix[np.arange(len(rows)), rows] = 1
    return matrix


def tabulate(n: int, at: np.ndarray) -> np.ndarray:
    """Return (u.x, u.y) on the grid ``at`` x ``at``, shape (2, len(at), len(at))."""
    x, *velocity = solve_cavity(n)
    matrix = interpolate(x, at)
    return np.array([matrix @ component @ matrix.T for component in velocity])


def main() -> None:
    line = np.linspace(0, 1, 2001)
    at = np.union1d(X, line)
    coarse, fine = tabulate(48, at), tabulate(60, at)
    kept = np.searchsorted(at, X)
    table, rough = fine[:, kept][:, :, kept], coarse[:, kept][:, :, kept]
    difference = np.linalg.norm(table - rough) / np.linalg.norm(table)
    print(f"relative L2 difference of the two resolutions: {difference:.1e}")
    print(f"largest difference: {np.abs(table - rough).max():.1e}")
    middle = np.searchsorted(at, 0.5)
    print(f"u.x on x = 1/2: smallest {fine[0, middle].min():.5f}")
    print(f"u.y on y = 1/2: {fine[1, :, middle].max():.5f}, {fine[1, :, middle].min():.5f}")
    if difference > ACCURACY:
        raise SystemExit(f"not accurate to {ACCURACY:.0e}: no table written")
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("x", "y", "u_x", "u_y"))
        for i, x in enumerate(X):
            for j, y in enumerate(X):
                u, v = table[:, i, j]
                writer.writerow((f"{x:.5f}", f"{y:.5f}", f"{u:.6f}", f"{v:.6f}"))


if __name__ == "__main__":
    main()
