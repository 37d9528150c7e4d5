"""Inverse problems and what stands beside them: the figures of the gallery's promises, measured.

    python benchmarks/inverse.py [--only diffusivity coverage field wall family volterra scattering]
                                 [--seeds 20]

``diffusivity``: 200 readings with noise of 1 % of the largest value, over several seeds of points and
noise: D to 1 %, the true value within three standard errors. ``coverage``: how often the true value
is within one and two standard errors (68 % and 95 % for a normal law). ``field``: a conductivity k(x)
and one k(x, y), their error beside their standard error. ``wall`` to 1e-6, every member of
``family`` to 1e-4, ``volterra`` to 1e-8, ``scattering`` to 1e-4. The exit status is 1 where a figure is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import pdelang

SPECS = Path(__file__).parents[1] / "specs"
_PLANE = """pde 1
domain square(x, y) = box(x = 0 .. 1, y = 0 .. 1)
data probes = csv("probes.csv", x = "x", y = "y", u = "u", noise = 0.001)
let known = 1 + 0.5*sin(pi*x)*y
let field = sin(pi*x)*sin(pi*y)
fit k(x, y) = 1 within 0.1 .. 10
unknown u
in square: -div(k*grad(u)) = -div(known*grad(field))
on edge: u = 0
at probes as readings: u = probes.u
exact k = known
exact u = field
"""


def fit_diffusivity(seed: int) -> tuple[float, float]:
    """Return D and its standard error for readings of one seed; D = 0.12 is true."""
    rng = np.random.default_rng(seed)
    x, t = rng.uniform(0.1, 0.9, 200), rng.uniform(0.1, 1.0, 200)
    u = np.exp(-0.12 * np.pi**2 * t) * np.sin(np.pi * x) + 0.01 * rng.standard_normal(200)
    text = (SPECS / "inverse_diffusion.pde").read_text("utf-8")
    text = text.replace("references/inverse_diffusion.csv", "probes.csv")
    solution = solve_with({"x": x, "t": t, "u": u}, text)
    fitted = solution.fitted["D"]
    assert fitted.value is not None
    assert fitted.standard_error is not None
    return fitted.value, fitted.standard_error


def solve_with(columns: dict[str, np.ndarray], text: str) -> pdelang.Solution:
    """Solve a spec beside a table ``probes.csv``."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            ",".join(columns),
            *(",".join(map(repr, r)) for r in np.array([*columns.values()]).T.tolist()),
        ]
        (Path(folder) / "probes.csv").write_text("\n".join(rows) + "\n")
        (Path(folder) / "probes.pde").write_text(text)
        return pdelang.compile(Path(folder) / "probes.pde").solve()


def measure_diffusivity(seeds: int) -> bool:
    found = [fit_diffusivity(seed) for seed in range(min(seeds, 5))]
    kept = True
    for seed, (value, deviation) in enumerate(found):
        error = value / 0.12 - 1
        good = abs(error) < 0.01 and abs(value - 0.12) < 3 * deviation
        kept &= good
        print(f"  seed {seed}: D = {value:.6f} ± {deviation:.1e}, error {100 * error:+.2f} %")
    return kept


def measure_coverage(seeds: int) -> bool:
    found = np.array([fit_diffusivity(100 + seed) for seed in range(seeds)])
    scores = (found[:, 0] - 0.12) / found[:, 1]
    within = [int((np.abs(scores) < k).sum()) for k in (1, 2, 3)]
    print(
        f"  of {seeds} seeds {within[0]} within one, {within[1]} within two, {within[2]} within three "
        f"standard errors; scores {scores.mean():+.2f} ± {scores.std(ddof=1):.2f}"
    )
    return within[2] == seeds


def measure_field(seeds: int) -> bool:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 1, (2, 400))
    u = np.sin(np.pi * x) * np.sin(np.pi * y) + 0.001 * rng.standard_normal(400)
    line = pdelang.compile(SPECS / "conductivity_field.pde").solve()
    plane = solve_with({"x": x, "y": y, "u": u}, _PLANE)
    kept = True
    for name, solution in (("k(x)", line), ("k(x, y)", plane)):
        deviation = solution.fitted["k"].standard_error
        assert deviation is not None
        error = solution.error["k"]
        kept &= error < 3 * deviation and error < 0.1
        print(
            f"  {name}: relative error {error:.1e}, standard error {deviation:.1e}, {solution.status}"
        )
    return kept


def measure_spec(name: str, tolerance: float, wanted: float) -> Callable[[int], bool]:
    def measure(seeds: int) -> bool:
        solution = pdelang.compile(SPECS / f"{name}.pde").solve(tolerance=tolerance)
        worst = max(solution.error.values())
        print(f"  {name}: {solution.status}, error {worst:.1e} (to be below {wanted:.0e})")
        return worst < wanted

    return measure


def measure_family(seeds: int) -> bool:
    solution = pdelang.compile(SPECS / "heat_family.pde").solve()
    x, t = np.meshgrid(np.linspace(0, 1, 51), np.linspace(0, 0.5, 51))
    errors = []
    for d in np.geomspace(0.1, 1, 11):
        known = np.exp(-(np.pi**2) * d * t) * np.sin(np.pi * x)
        own = np.asarray(solution["u"](x=x, t=t, D=d))
        errors.append(float(np.linalg.norm(own - known) / np.linalg.norm(known)))
    print(f"  heat_family: worst of 11 members over a decade {max(errors):.1e}")
    return max(errors) < 1e-4


FIGURES: dict[str, Callable[[int], bool]] = {
    "diffusivity": measure_diffusivity,
    "coverage": measure_coverage,
    "field": measure_field,
    "wall": measure_spec("two_layer_wall", 1e-6, 1e-6),
    "family": measure_family,
    "volterra": measure_spec("volterra", 1e-8, 1e-8),
    "scattering": measure_spec("scattering_disk", 1e-4, 1e-4),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(FIGURES))
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    missed = []
    for name in arguments.only or FIGURES:
        print(name, flush=True)
        began = time.process_time()
        if not FIGURES[name](arguments.seeds):
            missed.append(name)
        print(f"  {time.process_time() - began:.1f} s of CPU", flush=True)
    print("missed: " + ", ".join(missed) if missed else "every figure is met")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
