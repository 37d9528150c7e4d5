"""Compute the reference table of ``helmholtz_speaker.pde``.

Method: finite elements of second order in the weak form

    ∫ grad u . grad v - k^2 u v  +  (k/Z) ∫_walls u v  =  0,   u = 1 on the speaker,

on quadrilaterals between the hole and the walls: rays from the centre times rings from a circle to
the square, with curved sides on the hole. At the two ends of the speaker, where u = 1 gives way to
the wall's condition, u - 1 behaves like the root of the distance, so rays and rings crowd there
geometrically. The script solves on a mesh and on one that halves its elements, prints the relative L2
difference at vertices that both have, and refuses to write a table that is not accurate to 3e-5 in
that norm.

Run from this folder: ``python helmholtz_speaker.py`` (needs scikit-fem; half a minute) writes
``helmholtz_speaker.csv``.
"""

import csv
import itertools
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from skfem import Basis, BilinearForm, ElementQuad2, MeshQuad2, condense, solve

RADIUS, HALF, K, Z = 0.25, 0.2, 6.0, 2.5
STEP = 0.05  # of the coarse mesh
NEAREST, GRADING = 1e-7, 1.5  # size and growth of its elements at the ends of the speaker
GRID = np.linspace(-0.96, 0.96, 33)  # the table has the vertices nearest to its points
ACCURACY = 3e-5


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


def list_angles() -> np.ndarray:
    """Return the directions of the rays, ascending over a turn, dense at the ends of the speaker."""
    end = np.pi - np.arctan(HALF)
    ends = (end, 2 * np.pi - end)
    stops = np.sort(np.concatenate([np.pi * np.array([0.25, 0.75, 1.25, 1.75]), ends]))
    stops = np.concatenate([stops, stops[:1] + 2 * np.pi])
    found = []
    for low, high in itertools.pairwise(stops):
        is_end = [
            min(abs(np.exp(1j * s) - np.exp(1j * e)) for e in ends) < 1e-9 for s in (low, high)
        ]
        found.append(low + (high - low) * grade(STEP / (high - low), *is_end)[:-1])
    return np.append(np.concatenate(found), stops[-1])


def halve(ends: np.ndarray) -> np.ndarray:
    """Return numbers with the middle of every two neighbours between them."""
    return np.sort(np.concatenate([ends, 0.5 * (ends[1:] + ends[:-1])]))


def place_nodes(angles: np.ndarray, rings: np.ndarray) -> np.ndarray:
    """Return the nodes on rays over one turn and rings, ``(2, rays, rings)``."""
    circle = np.array([np.cos(angles[:-1]), np.sin(angles[:-1])])
    square = circle / np.abs(circle).max(axis=0)
    return (1 - rings) * RADIUS * circle[:, :, None] + rings * square[:, :, None]


def build_mesh(nodes: np.ndarray) -> MeshQuad2:
    """Return a mesh of elements with nine nodes each, every second ray and ring a side."""
    _, a, s = nodes.shape
    i, j = (
        g.ravel() for g in np.meshgrid(np.arange(0, a, 2), np.arange(0, s - 1, 2), indexing="ij")
    )
    corners = ((0, 0), (0, 2), (2, 2), (2, 0))
    middles = ((0, 1), (1, 2), (2, 1), (1, 0), (1, 1))
    order = [((i + p) % a) * s + j + q for p, q in (*corners, *middles)]
    return MeshQuad2(nodes.reshape(2, -1), np.array(order))


@BilinearForm
def stiffness(u, v, w):
    return u.grad[0] * v.grad[0] + u.grad[1] * v.grad[1] - K**2 * u * v


def assemble_walls(basis: Basis, points: np.ndarray, numbers: np.ndarray) -> coo_matrix:
    """Return (k/Z) ∫ u v over sides with nodes ``points (2, 3, sides)``, end, middle, end."""
    xi, weight = np.polynomial.legendre.leggauss(5)
    shape = np.array([0.5 * xi * (xi - 1), 1 - xi**2, 0.5 * xi * (xi + 1)])
    slope = np.array([xi - 0.5, -2 * xi, xi + 0.5])
    length = np.linalg.norm(np.einsum("dks,kq->dsq", points, slope), axis=0)
    values = (K / Z) * np.einsum("iq,jq,q,sq->ijs", shape, shape, weight, length)
    rows = np.broadcast_to(numbers[:, None], values.shape)
    columns = np.broadcast_to(numbers[None, :], values.shape)
    return coo_matrix((values.ravel(), (rows.ravel(), columns.ravel())), (basis.N, basis.N))


def solve_room(angles: np.ndarray, rings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the vertices ``(2, rays, rings)`` of a mesh and u there, from its sides' places."""
    nodes = place_nodes(halve(angles), halve(rings))
    mesh = build_mesh(nodes)
    basis = Basis(mesh, ElementQuad2(), intorder=5)
    # Number of the unknown at every node, by the place where the node is.
    where = {tuple(p): n for n, p in enumerate(np.round(basis.doflocs.T, 13).tolist())}
    outer = np.round(nodes[:, :, -1], 13)
    numbers = np.array([where[x, y] for x, y in outer.T.tolist()])
    ends = np.arange(0, len(numbers), 2)
    sides = np.array([ends, ends + 1, (ends + 2) % len(numbers)])
    middle = nodes[:, sides[1], -1]
    is_speaker = (middle[0] < -1 + 1e-9) & (np.abs(middle[1]) < HALF)
    walls = sides[:, ~is_speaker]
    matrix = stiffness.assemble(basis) + assemble_walls(basis, nodes[:, walls, -1], numbers[walls])
    fixed = np.unique(numbers[sides[:, is_speaker]])
    u = np.zeros(basis.N)
    u[fixed] = 1.0
    u = solve(*condense(matrix.tocsr(), np.zeros(basis.N), x=u, D=fixed))
    print(f"{basis.N} unknowns")
    vertices = nodes[:, ::2, ::2]
    places = np.round(vertices, 13).reshape(2, -1).T.tolist()
    at = np.array([where[x, y] for x, y in places])
    return vertices, np.asarray(u)[at].reshape(vertices.shape[1:])


def main() -> None:
    """Solve twice, compare, write the table."""
    angles, rings = list_angles(), 1 - grade(STEP / (1 - RADIUS), True, False)[::-1]
    vertices, rough = solve_room(angles, rings)
    _, fine = solve_room(halve(angles), halve(rings))
    fine = fine[::2, ::2]
    # Inner vertices, clear of the boundary where rounded places might lie outside.
    inner = vertices[:, :, 1:-1].reshape(2, -1)
    clear = (np.abs(inner).max(axis=0) < 0.98) & (np.hypot(*inner) > RADIUS + 0.005)
    inner = inner[:, clear]
    grid = np.array(np.meshgrid(GRID, GRID, indexing="ij")).reshape(2, -1)
    grid = grid[:, np.hypot(*grid) > RADIUS + 0.02]
    nearest = [int(np.argmin(((inner - p[:, None]) ** 2).sum(axis=0))) for p in grid.T]
    chosen = np.unique(np.array(nearest))
    table = fine[:, 1:-1].reshape(-1)[clear][chosen]
    other = rough[:, 1:-1].reshape(-1)[clear][chosen]
    difference = np.linalg.norm(table - other) / np.linalg.norm(table)
    print(f"relative L2 difference of the two meshes: {difference:.1e}")
    # Halving divides the error by about eight: the fine one is at an eighth of what the two differ by.
    if difference > 8 * ACCURACY:
        raise SystemExit(f"not accurate to {ACCURACY:.0e}: no table written")
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("x", "y", "u"))
        for (x, y), u in zip(inner[:, chosen].T, table, strict=True):
            writer.writerow((f"{x:.15g}", f"{y:.15g}", f"{u:.9f}"))


if __name__ == "__main__":
    main()
