"""Three first attempts that fail, what ``pdelang ntk`` says of them, and its advice followed.

    python benchmarks/newcomers.py [--seeds 1] [NAME...]

The specs are those of ``docs/newcomers/``. Each is solved as it stands, with unit weights, and again with the
settings that the advice names; printed are the verdict, the advice, and true relative L2 errors.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pdelang
from pdelang import pipeline

FOLDER = Path(__file__).parents[1] / "docs" / "newcomers"
POINTS = 64
# What the advice says, as settings; `quoted` are the words of it that say so.
FOLLOWED = {
    "string": {"weights": "ntk"},
    "beam": {"weights": "ntk", "steps": 12_000},
    "ripple": {"weights": "ntk", "method": "gauss_newton", "steps": 150},
}
QUOTED = {
    "string": ("`weights = ntk`",),
    "beam": ("`weights = ntk`",),
    "ripple": ("`weights = ntk`", "`method = gauss_newton`"),
}
FAILED, TRAINED = 0.3, 0.05


def describe_settings(settings: dict) -> str:
    """Return settings as they are written on the command line."""
    return " ".join(f"--set {key}={value}" for key, value in settings.items())


def follow(name: str, seed: int) -> tuple[float, float]:
    """Return the true errors as the spec stands, and with the advice followed."""
    problem = pdelang.compile(FOLDER / f"{name}.pde")
    before = problem.solve(seed=seed)
    after = problem.solve(seed=seed, **FOLLOWED[name])
    return max(before.error.values()), max(after.error.values())


def main() -> int:
    parser = argparse.ArgumentParser(description="three first attempts, explained and mended")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FOLLOWED))
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    holds = True
    for name in options.names or FOLLOWED:
        diagnosis = pipeline.diagnose(FOLDER / f"{name}.pde", points=POINTS)
        print(f"{name}.pde")
        for sentence in diagnosis.verdict:
            print(f"  verdict  {sentence}")
        for sentence in diagnosis.advice:
            print(f"  advice   {sentence}")
        says_so = all(any(q in a for a in diagnosis.advice) for q in QUOTED[name])
        for seed in range(options.seeds):
            before, after = follow(name, seed)
            print(
                f"  seed {seed}: as it stands, error {before:.1e}; {describe_settings(FOLLOWED[name])},"
                f" error {after:.1e}",
                flush=True,
            )
            holds = holds and says_so and before > FAILED and after < TRAINED
    print(f"verdict: {'agrees' if holds else 'DISAGREES'}: the advice, followed, makes each train")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
