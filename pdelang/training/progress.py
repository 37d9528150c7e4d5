"""What a training run reports while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """A moment of a solve; sent between compiled blocks only.

    ``stage`` is ``fit`` (frozen features), ``march`` (splines; per mille of the time), ``compile``,
    ``train`` (the solution), ``check`` (the second solve), ``polish`` or ``estimate``; ``step`` of
    ``steps`` belongs to that stage. ``losses`` and ``weights`` are per term; ``estimate`` per
    unknown, empty until there is one; ``seconds`` count from the start.
    """

    stage: str
    step: int
    steps: int
    seconds: float
    losses: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    estimate: Mapping[str, float] = field(default_factory=dict)


Progress = Callable[[Event], None]
