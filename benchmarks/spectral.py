"""Classical spectral solvers for the rows of ``smooth.py``: Chebyshev collocation in NumPy.

Source: Trefethen, "Spectral Methods in MATLAB" (2000); the Laplacian on a box is inverted by
the eigenvectors of its one-dimensional factors (Lynch, Rice, Thomas 1964).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Solver = Callable[[], float]


def differentiate(n: int, low: float = 0.0, high: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return ``n + 1`` Chebyshev points, ascending, and their differentiation matrix."""
    x = -np.cos(np.pi * np.arange(n + 1) / n)
    c = np.where((np.arange(n + 1) == 0) | (np.arange(n + 1) == n), 2.0, 1.0)
    c *= (-1.0) ** np.arange(n + 1)
    d = np.outer(c, 1 / c) / (x[:, None] - x[None, :] + np.eye(n + 1))
    d -= np.diag(d.sum(axis=1))
    return low + 0.5 * (high - low) * (x + 1.0), 2.0 / (high - low) * d


def compare(u: np.ndarray, known: np.ndarray) -> float:
    """Return the relative L2 error at the nodes."""
    return float(np.linalg.norm(u - known) / np.linalg.norm(known))


def solve_two_point(
    n: int,
    coefficients: tuple[float, float, float],
    load: Callable,
    known: Callable,
) -> float:
    """Solve ``a u'' + b u' + c u = load`` on (0, 1) with the ends of ``known``."""
    x, d = differentiate(n)
    a, b, c = coefficients
    matrix = a * d @ d + b * d + c * np.eye(n + 1)
    right = load(x) * np.ones(n + 1)
    for end in (0, -1):
        matrix[end] = 0.0
        matrix[end, end] = 1.0
        right[end] = known(x[end])
    return compare(np.linalg.solve(matrix, right), known(x))


def solve_box(n: int, d: int, shift: float, load: Callable, known: Callable) -> float:
    """Solve ``lap(u) + shift u = load`` on the unit box of d dimensions, edges of ``known``."""
    x, first = differentiate(n)
    second = first @ first
    mesh = np.meshgrid(*[x] * d, indexing="ij")
    exact = known(*mesh) * np.ones([n + 1] * d)
    inside = (slice(1, -1),) * d
    right = (load(*mesh) * np.ones([n + 1] * d))[inside].copy()
    for axis in range(d):
        sides = np.take(exact, [0, n], axis=axis)
        sides = sides[tuple(slice(None) if a == axis else slice(1, -1) for a in range(d))]
        right -= np.moveaxis(np.tensordot(second[1:-1][:, [0, n]], sides, (1, axis)), 0, axis)
    values, vectors = np.linalg.eig(second[1:-1, 1:-1])
    values, vectors = np.real(values), np.real(vectors)
    inverse = np.linalg.inv(vectors)
    for axis in range(d):
        right = np.moveaxis(np.tensordot(inverse, right, (1, axis)), 0, axis)
    grids = np.meshgrid(*[values] * d, indexing="ij", sparse=True)
    right /= sum(grids) + shift
    for axis in range(d):
        right = np.moveaxis(np.tensordot(vectors, right, (1, axis)), 0, axis)
    return compare(right, exact[inside])


def solve_newton_1d(n: int, nu: float) -> float:
    """Solve ``u u' = nu u''`` on (-1, 1) by Newton's method from the straight line."""
    x, d = differentiate(n, -1.0, 1.0)
    known = -np.tanh(x / (2 * nu))
    u = known[-1] * x
    for _ in range(30):
        jacobian = np.diag(d @ u) + np.diag(u) @ d - nu * d @ d
        residual = u * (d @ u) - nu * d @ d @ u
        for end in (0, -1):
            jacobian[end] = 0.0
            jacobian[end, end] = 1.0
            residual[end] = u[end] - known[end]
        step = np.linalg.solve(jacobian, residual)
        u = u - step
        if np.abs(step).max() < 1e-13:
            break
    return compare(u, known)


def solve_newton_2d(n: int, residual: Callable, slope: Callable, known: Callable) -> float:
    """Solve a nonlinear equation on the unit square by Newton's method from zero.

    ``residual(u, operators, exact)`` and its Jacobian ``slope(u, operators)``, with the
    operators (∂x, ∂y, Laplacian) as matrices over all nodes.
    """
    x, d = differentiate(n)
    one = np.eye(n + 1)
    dx, dy = np.kron(d, one), np.kron(one, d)
    operators = (dx, dy, dx @ dx + dy @ dy)
    mesh = np.meshgrid(x, x, indexing="ij")
    exact = known(*mesh).ravel()
    edge = np.ones((n + 1, n + 1), bool)
    edge[1:-1, 1:-1] = False
    edge = edge.ravel()
    u = np.where(edge, exact, 0.0)
    for _ in range(30):
        jacobian, right = slope(u, operators), residual(u, operators, exact)
        inside = ~edge
        step = np.linalg.solve(jacobian[np.ix_(inside, inside)], right[inside])
        u[inside] -= step
        if np.abs(step).max() < 1e-12:
            break
    return compare(u, exact)


def solve_modes(n: int, order: int, speed: float, start: Callable, known: Callable) -> float:
    """Solve ``∂_t^order u = speed u_xx`` on the unit square of space and time, ends at 0.

    The matrix's own modes move exactly: ``exp(λt)``, or ``cos(√−λ t)`` from rest.
    """
    x, d = differentiate(n)
    x, t = x[1:-1], np.linspace(0, 1, 101)
    values, vectors = np.linalg.eig(speed * (d @ d)[1:-1, 1:-1])
    first = np.linalg.solve(vectors, start(x))
    values = values[:, None] + 0j
    moved = np.exp(values * t) if order == 1 else np.cos(np.sqrt(-values) * t)
    u = np.real(vectors @ (first[:, None] * moved))
    return compare(u, known(x[:, None], t[None, :]))


def solve_diffusion(n: int, steps: int) -> float:
    """Solve ``u_t = u_xx + f`` on (-1, 1) × (0, 1), ends at 0, ``u = exp(-t) sin πx``.

    Chebyshev collocation in space; in time the three-stage Radau IIA formula of order five (Hairer,
    Wanner, "Solving Ordinary Differential Equations II", IV.5), all stages in one linear solve.
    """
    x, d = differentiate(n, -1.0, 1.0)
    x, second = x[1:-1], (d @ d)[1:-1, 1:-1]
    r = 6**0.5
    c = np.array([(4 - r) / 10, (4 + r) / 10, 1.0])
    stages = np.array(
        [
            [(88 - 7 * r) / 360, (296 - 169 * r) / 1800, (-2 + 3 * r) / 225],
            [(296 + 169 * r) / 1800, (88 + 7 * r) / 360, (-2 - 3 * r) / 225],
            [(16 - r) / 36, (16 + r) / 36, 1 / 9],
        ]
    )
    h, m = 1.0 / steps, len(x)
    inverse = np.linalg.inv(np.eye(3 * m) - h * np.kron(stages, second))
    u = np.sin(np.pi * x)
    found = [u]
    for k in range(steps):
        times = (k + c) * h
        load = (np.pi**2 - 1) * np.exp(-times)[:, None] * np.sin(np.pi * x)
        slopes = inverse @ (np.tile(second @ u, 3) + load.ravel())
        u = u + h * stages[2] @ slopes.reshape(3, m)
        found.append(u)
    t = np.linspace(0, 1, steps + 1)
    return compare(np.array(found), np.exp(-t)[:, None] * np.sin(np.pi * x))


def solve_advection(n: int, speed: float) -> float:
    """Shift a sine around the circle of length 2π by its Fourier modes, to 101 times."""
    x, t = 2 * np.pi * np.arange(n) / n, np.linspace(0, 1, 101)
    k = np.fft.fftfreq(n, 1 / n)[:, None]
    modes = np.fft.fft(np.sin(x))[:, None] * np.exp(-1j * k * speed * t)
    u = np.real(np.fft.ifft(modes, axis=0))
    return compare(u, np.sin(x[:, None] - speed * t))


def _wave(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    slow, fast = np.cos(2 * np.pi * t), np.cos(8 * np.pi * t)
    return np.sin(np.pi * x) * slow + 0.5 * np.sin(4 * np.pi * x) * fast


def _mode(*x: np.ndarray) -> np.ndarray:
    return np.prod([np.sin(np.pi * c) for c in np.broadcast_arrays(*x)], axis=0)


def _layer(x: np.ndarray, eps: float = 0.01) -> np.ndarray:
    return x - (np.exp((x - 1) / eps) - np.exp(-1 / eps)) / (1 - np.exp(-1 / eps))


def _sines(*x: np.ndarray) -> np.ndarray:
    return np.sum([np.sin(np.pi * c / 2) for c in np.broadcast_arrays(*x)], axis=0)


def _bratu(u: np.ndarray, operators: tuple, exact: np.ndarray) -> np.ndarray:
    return operators[2] @ u + np.exp(u) + 2 * np.pi**2 * exact - np.exp(exact)


def _bratu_slope(u: np.ndarray, operators: tuple) -> np.ndarray:
    return operators[2] + np.diag(np.exp(u))


def _conductivity(u: np.ndarray, operators: tuple, exact: np.ndarray) -> np.ndarray:
    """``−div((1 + u²) grad u) = −lap(u + u³/3)``, the load with the derivatives of the sine."""
    cosine = 2 * np.pi**2 * exact  # −lap of the mode
    dx, dy, lap = operators
    gradient = (dx @ exact) ** 2 + (dy @ exact) ** 2
    load = (1 + exact**2) * cosine - 2 * exact * gradient
    return -(lap @ (u + u**3 / 3)) - load


def _conductivity_slope(u: np.ndarray, operators: tuple) -> np.ndarray:
    return -operators[2] * (1 + u**2)[None, :]


def _kerr(u: np.ndarray, operators: tuple, exact: np.ndarray) -> np.ndarray:
    return operators[2] @ u + 25 * u + u**3 + 25 * exact - exact**3


def _kerr_slope(u: np.ndarray, operators: tuple) -> np.ndarray:
    return operators[2] + np.diag(25 + 3 * u**2)


def _kerr_wave(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.sin(5 * x) * np.cos(5 * y)


def _sine(a: float) -> tuple[Callable, Callable]:
    return (
        lambda x: -((a * np.pi) ** 2) * np.sin(a * np.pi * x),
        lambda x: np.sin(a * np.pi * x),
    )


SOLVERS: dict[str, Solver] = {
    "poisson_1d": lambda: solve_two_point(32, (1, 0, 0), *_sine(4)),
    "poisson_1d_sixteen": lambda: solve_two_point(76, (1, 0, 0), *_sine(16)),
    "wave_1d": lambda: solve_modes(
        32, 2, 4.0, lambda x: np.sin(np.pi * x) + 0.5 * np.sin(4 * np.pi * x), _wave
    ),
    "heat_1d": lambda: solve_modes(
        16,
        1,
        0.1,
        lambda x: np.sin(np.pi * x),
        lambda x, t: np.exp(-0.1 * np.pi**2 * t) * np.sin(np.pi * x),
    ),
    "advection_fast": lambda: solve_advection(8, 50.0),
    "helmholtz_2d": lambda: solve_box(
        24,
        2,
        100.0,
        lambda x, y: -100 * np.sin(10 * x) * np.sin(10 * y),
        lambda x, y: np.sin(10 * x) * np.sin(10 * y),
    ),
    "poisson_2d": lambda: solve_box(
        20,
        2,
        0.0,
        lambda x, y: -5 * np.pi**2 * np.sin(np.pi * x) * np.sin(2 * np.pi * y),
        lambda x, y: np.sin(np.pi * x) * np.sin(2 * np.pi * y),
    ),
    "poisson_3d": lambda: solve_box(14, 3, 0.0, lambda *x: -3 * np.pi**2 * _mode(*x), _mode),
    "convection_diffusion": lambda: solve_two_point(64, (-0.01, 1, 0), np.ones_like, _layer),
    "bratu_2d": lambda: solve_newton_2d(16, _bratu, _bratu_slope, _mode),
    "poisson_nonlinear_2d": lambda: solve_newton_2d(16, _conductivity, _conductivity_slope, _mode),
    "burgers_steady": lambda: solve_newton_1d(100, 0.1),
    "helmholtz_nonlinear_2d": lambda: solve_newton_2d(18, _kerr, _kerr_slope, _kerr_wave),
    "diffusion_1d": lambda: solve_diffusion(18, 100),
    "poisson_5d": lambda: solve_box(8, 5, 0.0, lambda *x: -(np.pi**2) / 4 * _sines(*x), _sines),
}
"""A classical solver by the name of the spec; each returns its relative L2 error."""
