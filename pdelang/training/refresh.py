"""When new weights are due: every so many steps, or when they have moved far enough.

With ``refresh_every = K`` alone, weights are renewed at the steps 0, K, 2K, … With ``refresh_drift = δ``
the kernel is looked at first after K steps, and the weights λ' that it asks for replace those in
force, λ, only where

    max_g |λ'_g − λ_g| / λ_g > δ.

After a look that found so much drift the next comes in half as many steps, but not before K/10; after one
that did not, in twice as many, up to 64 K. A kernel that stands still is hardly looked at, one that
drifts is followed. A term whose trace is zero weighs 1 before and after, and asks for nothing.
Sources: the drift of the kernel as the limit of the linear regime, Jacot, Gabriel, Hongler, NeurIPS
2018; a Jacobian kept for many steps, Goldwaser, Ge, arXiv 2211.12345.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_MOST_DOUBLINGS = 64
_MOST_HALVINGS = 10


def weight_drift(applied: np.ndarray, proposed: np.ndarray) -> float:
    """Return ``max |λ' − λ| / λ`` over weights of one shape, infinite where one leaves zero."""
    moved = np.abs(np.asarray(proposed, float) - applied)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(moved == 0, 0.0, moved / np.abs(np.asarray(applied, float)))
    return float(np.max(shares, initial=0.0))


@dataclass(slots=True, eq=False)
class Refresh:
    """The looks of one run: ``every`` steps, or by ``drift`` where it is given.

    ``next_step`` is when the next look is due, ``looks`` and ``renewals`` count what was done.
    """

    every: int
    drift: float | None = None
    next_step: int = 0
    interval: int = 0
    looks: int = 0
    renewals: int = 0

    def is_due(self, step: int) -> bool:
        """Say whether the weights are looked at before ``step``."""
        return step % self.every == 0 if self.drift is None else step >= self.next_step

    def steps_left(self, step: int) -> int:
        """Return the steps from ``step`` to the next look, at least 1."""
        if self.drift is None:
            return self.every - step % self.every
        return max(1, self.next_step - step)

    def decide(self, step: int, applied: np.ndarray, proposed: np.ndarray) -> bool:
        """Say whether ``proposed`` weights replace those in force, and set the next look."""
        self.looks += 1
        renews = self.drift is None or self.looks == 1
        if self.drift is not None:
            if self.looks == 1:
                self.interval = self.every
            elif weight_drift(applied, proposed) > self.drift:
                renews = True
                self.interval = max(1, self.every // _MOST_HALVINGS, self.interval // 2)
            else:
                self.interval = min(_MOST_DOUBLINGS * self.every, 2 * self.interval)
            self.next_step = step + self.interval
        self.renewals += renews
        return renews

    def snapshot(self) -> dict[str, Any]:
        """Return what goes on from here needs."""
        return {
            "next_step": self.next_step,
            "interval": self.interval,
            "looks": self.looks,
            "renewals": self.renewals,
        }

    def restore(self, stored: dict[str, Any]) -> None:
        """Take up a snapshot."""
        self.next_step, self.interval = stored["next_step"], stored["interval"]
        self.looks, self.renewals = stored["looks"], stored["renewals"]

    def describe(self) -> str | None:
        """Return a sentence about what drift decided; None where steps alone did."""
        if self.drift is None:
            return None
        return (
            f"weights were renewed {self.renewals} times in {self.looks} looks at the kernel, where one"
            f" had moved by more than {self.drift:g}"
        )
