"""Print what a classical solver needs for problems of the gallery: error and time.

Chebyshev collocation in space and, where there is time, the matrix's own modes in time
(Trefethen, "Spectral Methods in MATLAB", 2000); for Burgers the Fourier solver of
``burgers.py`` with fewer modes. Run from this folder: ``python classical.py``.
"""

import time
from collections.abc import Callable

import burgers
import numpy as np
from cavity import differentiate


def solve_poisson_1d(n: int) -> float:
    x, d = differentiate(n)
    x, d2 = x[1:-1], (d @ d)[1:-1, 1:-1]
    u = np.linalg.solve(d2, -((4 * np.pi) ** 2) * np.sin(4 * np.pi * x))
    return compare(u, np.sin(4 * np.pi * x))


def solve_poisson_2d(n: int) -> float:
    """Solve ``A u + u A' = f`` by the eigenvectors of A."""
    x, d = differentiate(n)
    x, d2 = x[1:-1], (d @ d)[1:-1, 1:-1]
    known = np.outer(np.sin(np.pi * x), np.sin(2 * np.pi * x))
    values, vectors = np.linalg.eig(d2)
    inverse = np.linalg.inv(vectors)
    modes = inverse @ (-5 * np.pi**2 * known) @ inverse.T / (values[:, None] + values[None, :])
    return compare(np.real(vectors @ modes @ vectors.T), known)


def solve_heat_1d(n: int) -> float:
    x, d = differentiate(n)
    x, t = x[1:-1], np.linspace(0, 1, 101)
    values, vectors = np.linalg.eig(0.1 * (d @ d)[1:-1, 1:-1])
    start = np.linalg.solve(vectors, np.sin(np.pi * x))
    u = np.real(vectors @ (start[:, None] * np.exp(np.outer(values, t))))
    return compare(u, np.outer(np.sin(np.pi * x), np.exp(-0.1 * np.pi**2 * t)))


def solve_wave_1d(n: int) -> float:
    x, d = differentiate(n)
    x, t = x[1:-1], np.linspace(0, 1, 101)
    values, vectors = np.linalg.eig(4 * (d @ d)[1:-1, 1:-1])
    start = np.linalg.solve(vectors, np.sin(np.pi * x) + 0.5 * np.sin(4 * np.pi * x))
    u = np.real(vectors @ (start[:, None] * np.cos(np.outer(np.sqrt(-values + 0j), t))))
    slow, fast = np.cos(2 * np.pi * t), 0.5 * np.cos(8 * np.pi * t)
    known = np.outer(np.sin(np.pi * x), slow) + np.outer(np.sin(4 * np.pi * x), fast)
    return compare(u, known)


def solve_burgers(reference: np.ndarray, modes: int) -> float:
    return compare(burgers.solve_burgers(modes, 2 * modes), reference)


def compare(u: np.ndarray, known: np.ndarray) -> float:
    """Return the relative L2 error."""
    return float(np.linalg.norm(u - known) / np.linalg.norm(known))


def report(name: str, solve: Callable[[int], float], size: int, repeats: int) -> None:
    solve(size)
    began = time.perf_counter()
    for _ in range(repeats):
        error = solve(size)
    milliseconds = 1e3 * (time.perf_counter() - began) / repeats
    print(f"{name:12} size {size:5}  relative L2 error {error:.1e}  {milliseconds:.3g} ms")


def main() -> None:
    report("poisson_1d", solve_poisson_1d, 32, 20)
    report("heat_1d", solve_heat_1d, 16, 20)
    report("wave_1d", solve_wave_1d, 32, 20)
    report("poisson_2d", solve_poisson_2d, 20, 20)
    reference = burgers.solve_burgers(3072, 10000)
    report("burgers", lambda modes: solve_burgers(reference, modes), 1000, 1)


if __name__ == "__main__":
    main()
