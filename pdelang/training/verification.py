"""What a solve of a manufactured problem says of the numerics: the true error beside the estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pdelang.calculus.notation import format_expression
from pdelang.training.solution import Solution

# The estimate has to be right within this factor, or err on the large side.
HONEST_WITHIN = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """The manufactured fields in the language's notation, how they were solved for, and how well.

    ``error`` and ``error_estimate`` map unknowns to relative L2 errors.
    """

    title: str
    fields: Mapping[str, str]
    status: str
    method: str
    tolerance: float
    seconds: float
    error_estimate: Mapping[str, float]
    error: Mapping[str, float]
    messages: tuple[str, ...]

    @property
    def worst_error(self) -> float:
        return max(self.error.values(), default=float("inf"))

    @property
    def understated(self) -> tuple[str, ...]:
        """The unknowns whose true error is more than ten times the estimate."""
        estimates = self.error_estimate
        return tuple(
            name
            for name, error in self.error.items()
            if not error <= HONEST_WITHIN * estimates.get(name, 0.0)
        )

    @property
    def is_good(self) -> bool:
        """Whether the true error is within the tolerance, and the estimate right within ten times."""
        return self.worst_error <= self.tolerance and not self.understated


def describe_verification(solution: Solution) -> Verification:
    """Return what the solution of a manufactured problem shows."""
    system = solution.program.system
    assert system.exact is not None
    return Verification(
        title=system.problem.title,
        fields={name: format_expression(e) for name, e in system.exact.fields},
        status=solution.status.value,
        method=solution.method,
        tolerance=solution.settings.tolerance,
        seconds=float(sum(solution.seconds.values())),
        error_estimate=dict(solution.error_estimate),
        error=dict(solution.error),
        messages=solution.messages,
    )
