"""Compute the reference table of ``helmholtz_speaker.pde``.

Method: finite elements of second order in the weak form

    ∫ grad u . grad v - k^2 u v  +  (k/Z) ∫_walls u v  =  0,   u = 1 on the speaker,

on quadrilaterals between the hole and the walls: rays from the centre times rings from a circle to
the square, with curved sides on the hole. At the two ends of the speaker, where u = 1 gives way to
the wall's condition, u - 1 behaves like the root of the distance, so rays and rings crowd there
geometrically. The script solves on two meshes, prints the relative L2 difference, and refuses to
write a table that is not accurate to 1e-6 in that norm.

Run from this folder: ``python helmholtz_speaker.py`` (needs scikit-fem; half a minute) writes
``helmholtz_speaker.csv``.
"""

import csv
import itertools
from pathlib import Path

import numpy as np
from skfem import Basis, BilinearForm, ElementQuad2, FacetBasis, MeshQuad2, condense, solve

RADIUS, HALF, K, Z = 0.25, 0.2, 6.0, 2.5
SIDE = np.linspace(-1, 1, 42)  # no point lies on the ends of the speaker
ACCURACY = 1e-6
NEAREST = 1e-7  # size of the elements at the ends of the speaker
GRADING = 1.25  # between neighbouring elements there


def list_angles(step: float) -> np.ndarray:
    """Return the directions of the rays, ascending, dense at the ends of the speaker and with the corners."""
    end = np.pi - np.arctan(HALF)
    corners = np.pi * np.array([-0.75, -0.25, 0.25, 0.75])
    stops = np.sort(np.concatenate([corners, [end, 2 * np.pi - end]]))
    stops = np.concatenate([stops, stops[:1] + 2 * np.pi])
    ends = (end, 2 * np.pi - end)
    found = []
    for low, high in itertools.pairwise(stops):
        at_low, at_high = (
            min(abs(np.exp(1j * s) - np.exp(1j * e)) for e in ends) < 1e-9 for s in (low, high)
        )
        found.append(low + (high - low) * grade(step / (high - low), at_low, at_high)[:-1])
    return np.concatenate(found)


def grade(step: float, at_low: bool, at_high: bool) -> np.ndarray:
    """Return numbers from 0 to 1 at most ``step`` apart, geometrically dense at the ends named."""
    if at_low and at_high:
        half = 0.5 * grade(2 * step, True, False)
        return np.concatenate([half, 1 - half[-2::-1]])
    if at_high:
        return 1 - grade(step, True, False)[::-1]
    if not at_low:
        return np.linspace(0, 1, int(np.ceil(1 / step)) + 1)
    found = [0.0, NEAREST]
    while found[-1] < 1.0:
        found.append(found[-1] + min(step, (GRADING - 1) * found[-1] + NEAREST))
    return np.array(found) / found[-1]


def build_mesh(step: float) -> MeshQuad2:
    """Return a mesh whose inner sides lie on the circle."""
    angles, rings = list_angles(step), 1 - grade(step / (1 - RADIUS), True, False)[::-1]
    a, s = len(angles), len(rings)
    turned = np.append(angles, angles[0] + 2 * np.pi)
    fine = np.sort(np.concatenate([turned, 0.5 * (turned[1:] + turned[:-1])]))[:-1]
    radial = np.sort(np.concatenate([rings, 0.5 * (rings[1:] + rings[:-1])]))
    circle = np.array([np.cos(fine), np.sin(fine)])
    square = circle / np.abs(circle).max(axis=0)
    # Middles of sides on the square lie halfway along it, as those of straight elements do.
    square[:, 1::2] = 0.5 * (square[:, 0::2] + np.roll(square[:, 0::2], -1, axis=1))
    nodes = (1 - radial) * RADIUS * circle[:, :, None] + radial * square[:, :, None]

    def number(i: np.ndarray, j: np.ndarray) -> np.ndarray:
        return (i % (2 * a)) * (2 * s - 1) + j

    i, j = (2 * g.ravel() for g in np.meshgrid(np.arange(a), np.arange(s - 1), indexing="ij"))
    corners = ((0, 0), (0, 2), (2, 2), (2, 0))
    middles = ((0, 1), (1, 2), (2, 1), (1, 0), (1, 1))
    order = [number(i + p, j + q) for p, q in (*corners, *middles)]
    return MeshQuad2(nodes.reshape(2, -1), np.array(order))


@BilinearForm
def stiffness(u, v, w):
    return u.grad[0] * v.grad[0] + u.grad[1] * v.grad[1] - K**2 * u * v


@BilinearForm
def admittance(u, v, w):
    return (K / Z) * u * v


def tabulate(step: float, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return u at points, from elements of size ``step``."""
    mesh = build_mesh(step)
    basis = Basis(mesh, ElementQuad2(), intorder=6)
    middle = mesh.p[:, mesh.facets].mean(axis=1)[:, mesh.boundary_facets()]
    outer = np.abs(middle).max(axis=0) > 1 - 1e-9
    speaker = (middle[0] < -1 + 1e-9) & (np.abs(middle[1]) < HALF)
    walls = FacetBasis(
        mesh, ElementQuad2(), facets=mesh.boundary_facets()[outer & ~speaker], intorder=6
    )
    matrix = stiffness.assemble(basis) + admittance.assemble(walls)
    fixed = basis.get_dofs(mesh.boundary_facets()[speaker])
    u = np.zeros(basis.N)
    u[fixed.all()] = 1.0
    u = solve(*condense(matrix, np.zeros(basis.N), x=u, D=fixed))
    print(f"{basis.N} unknowns")
    return basis.probes(np.array([x, y])) @ u


def main() -> None:
    """Solve twice, compare, write the table."""
    x, y = (axis.ravel() for axis in np.meshgrid(SIDE, SIDE, indexing="ij"))
    # Clear of the rim, where straight and curved sides of elements differ.
    air = (np.hypot(x, y) > RADIUS + 0.005) & (np.maximum(abs(x), abs(y)) < 1)
    x, y = x[air], y[air]
    table = tabulate(0.018, x, y)
    difference = np.linalg.norm(table - tabulate(0.026, x, y)) / np.linalg.norm(table)
    print(f"relative L2 difference of the two meshes: {difference:.1e}")
    if difference > ACCURACY:
        raise SystemExit(f"not accurate to {ACCURACY:.0e}: no table written")
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("x", "y", "u"))
        writer.writerows(
            (f"{a:.10f}", f"{b:.10f}", f"{c:.9f}") for a, b, c in zip(x, y, table, strict=True)
        )


if __name__ == "__main__":
    main()
