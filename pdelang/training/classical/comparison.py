"""A solution beside a classical one of the same problem: how far apart, and what each took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pdelang.training.classical.solution import ClassicalSolution
from pdelang.training.evaluation import evaluate
from pdelang.training.norms import compare_fields
from pdelang.training.solution import Solution


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """``difference`` maps unknowns to the relative L2 distance from the classical solution.

    ``agreement`` is that of the classical solution's own two finest ``grids``: below it, the difference
    says nothing of ours. ``classical_seconds`` are those of its finest grid alone.
    """

    title: str
    status: str
    method: str
    seconds: float
    error_estimate: Mapping[str, float]
    classical_method: str
    classical_seconds: float
    agreement: float
    grids: str
    difference: Mapping[str, float]


def compare_with_classical(solution: Solution, classical: ClassicalSolution) -> Comparison:
    """Return the comparison at the points where the classical solution was tabulated."""
    problem = solution.program.system.problem
    values = evaluate(solution, classical.points)
    return Comparison(
        title=problem.title,
        status=solution.status.value,
        method=solution.method,
        seconds=float(solution.seconds.get("solve", 0.0) + solution.seconds.get("compile", 0.0)),
        error_estimate=dict(solution.error_estimate),
        classical_method=classical.description,
        classical_seconds=classical.seconds,
        agreement=classical.agreement,
        grids=classical.grids,
        difference=compare_fields(problem.unknowns, values, classical.values),
    )
