"""With gates fixed the last layer is convex: a network of threshold neurons is a lasso, and few gates suffice.

    python benchmarks/theory/threshold_activations.py [--points 60] [--plot threshold.png]

Over all networks ``f(x) = Σ_j a_j s_j 1{x ≥ b_j}`` of width m,

    min ½ ‖f(X) − y‖² + β/2 Σ (a_j² + s_j²)   =   min_c ½ ‖D c − y‖² + β ‖c‖₁

with the columns of D all gate patterns that the points can have (in one dimension, one per point and direction),
here of unit length, once m is at least the number of columns that the lasso uses. Checked: the lasso by coordinate descent and by
the solver of `pdelang compress` agree; networks of a hundred random gates trained by gradient descent on their
amplitudes stay above its objective. Then the same selection over the features of a solved problem:
features kept against the distance moved, beside keeping the largest coefficients.
Source: Ergen, Gulluk, Lacotte, Pilanci, ICLR 2023, arXiv 2303.03382, theorem 2.1; feature:
``pdelang compress``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from drawing import COLORS, make_parser, new_figure, save_figure, say

from pdelang import pipeline
from pdelang.kernels.precision import float64_context
from pdelang.training.compression.dictionary import read_dictionary
from pdelang.training.compression.method import compress_solution
from pdelang.training.compression.sparse import Rows, factorise, solve_group_lasso
from pdelang.training.evaluation import evaluate

WAVE = Path(__file__).parents[2] / "specs" / "wave_1d.pde"
BOUNDS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6)


def list_gates(points: np.ndarray) -> np.ndarray:
    """Return all patterns 1{x ≥ b} and 1{x ≤ b} of sorted points, of unit length, ``(n, columns)``."""
    rising = (points[:, None] >= points[None, :]).astype(float)
    falling = (points[:, None] <= points[None, :-1]).astype(float)
    gates = np.hstack([rising, falling])
    return gates / np.linalg.norm(gates, axis=0)


def descend_coordinates(matrix: np.ndarray, target: np.ndarray, penalty: float) -> np.ndarray:
    """Return the lasso by cyclic coordinate descent, to rounding."""
    squares = np.sum(matrix**2, axis=0)
    found, residual = np.zeros(matrix.shape[1]), -target.copy()
    for _ in range(100_000):
        largest = 0.0
        for m in range(len(found)):
            pull = squares[m] * found[m] - matrix[:, m] @ residual
            new = np.sign(pull) * max(abs(pull) - penalty, 0.0) / squares[m]
            if new != found[m]:
                residual += (new - found[m]) * matrix[:, m]
                largest = max(largest, abs(new - found[m]))
                found[m] = new
        if largest < 1e-13:
            break
    return found


def train_network(
    patterns: np.ndarray, target: np.ndarray, penalty: float, width: int, seed: int
) -> float:
    """Return the objective of random gates whose amplitudes a and s gradient descent has trained."""
    random = np.random.default_rng(seed)
    gates = patterns[:, random.choice(patterns.shape[1], width, replace=False)]
    a, s = random.standard_normal(width) / width, np.ones(width)
    rate = 0.2 / np.linalg.norm(gates, 2) ** 2
    for _ in range(40_000):
        residual = gates @ (a * s) - target
        slope = gates.T @ residual
        a, s = a - rate * (slope * s + penalty * a), s - rate * (slope * a + penalty * s)
    residual = gates @ (a * s) - target
    return float(residual @ residual + penalty * (a @ a + s @ s)) / 2


def trade(bounds: tuple[float, ...]) -> tuple[int, list[int], list[int]]:
    """Return all features of the solved wave, those kept for every bound, and the largest that do as well."""
    solution = pipeline.solve(pipeline.compile(WAVE, {"tolerance": "1e-8"}))
    dictionary = read_dictionary(solution.model, solution.settings.network, solution.parameters)
    grid = np.random.default_rng(0).random((4000, 2))
    with float64_context():
        features = dictionary.features_at(0, grid)
    own = dictionary.coefficients[:, 0]
    target, size = features @ own, np.linalg.norm(evaluate(solution, grid)["u"])
    order = np.argsort(-np.abs(own))
    kept, largest = [], []
    for bound in bounds:
        kept.append(compress_solution(solution, bound).after)
        low, high = 1, len(order)
        while low < high:
            middle = (low + high) // 2
            first = order[:middle]
            missed = np.linalg.norm(features[:, first] @ own[first] - target)
            low, high = (low, middle) if missed <= bound * size else (middle + 1, high)
        largest.append(high)
    return dictionary.count, kept, largest


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--penalty", type=float, default=0.3)
    options = parser.parse_args()
    random = np.random.default_rng(1)
    points = np.sort(random.uniform(-1, 1, options.points))
    target = (
        np.sign(np.sin(5 * points)) + 0.5 * points + 0.05 * random.standard_normal(options.points)
    )
    gates, penalty = list_gates(points), options.penalty

    def objective(c: np.ndarray) -> float:
        return float(0.5 * np.sum((gates @ c - target) ** 2) + penalty * np.sum(np.abs(c)))

    exact = descend_coordinates(gates, target, penalty)
    factor = factorise(Rows((0,), gates, target[:, None]))
    own = solve_group_lasso([factor], 1, penalty, iterations=400)[:, 0]
    used = int(np.sum(np.abs(exact) > 1e-9 * np.abs(exact).max()))
    networks = [train_network(gates, target, penalty, 100, seed) for seed in range(5)]
    print(
        f"  lasso over {gates.shape[1]} gates: objective {objective(exact):.6f} with {used} of them;"
        f" by reweighted least squares {objective(own):.6f}"
    )
    print(f"  networks of 100 random gates: {', '.join(f'{v:.4f}' for v in networks)}")
    count, kept, largest = trade(BOUNDS)
    for bound, k, magnitude in zip(BOUNDS, kept, largest, strict=True):
        print(
            f"  the wave in {count} features, moved by at most {bound:g}: {k} features,"
            f" the largest coefficients alone {magnitude}"
        )
    figure = new_figure(2)
    left, right = figure.subplots(1, 2)
    left.plot(points, target, ".", color="grey", label="data")
    left.step(points, gates @ exact, color=COLORS[0], where="post", label=f"lasso, {used} gates")
    left.set(xlabel="x")
    right.loglog(kept, BOUNDS, "o-", color=COLORS[0], label="compress")
    right.loglog(largest, BOUNDS, "s--", color=COLORS[1], label="largest coefficients")
    right.axvline(count, color="grey", ls=":", label="all features")
    right.set(xlabel="features", ylabel="bound on the relative L2 distance")
    for axis in (left, right):
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    save_figure(figure, "Gates fixed, last layer convex", options.plot)
    best = objective(exact)
    return say(
        f"the lasso uses {used} of {gates.shape[1]} gates; trained networks end {min(networks) - best:.1e} to"
        f" {max(networks) - best:.1e} above its objective, never below; compress keeps"
        f" {', '.join(map(str, kept))} of {count} features for {', '.join(f'{b:g}' for b in BOUNDS)}",
        bool(
            abs(objective(own) - best) < 1e-5 * best
            and min(networks) > best - 1e-9
            and used < options.points
            and all(k <= m for k, m in zip(kept, largest, strict=True))
            and kept[0] < count / 4
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
