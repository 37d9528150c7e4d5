"""Which method solves a problem when the spec leaves it to us."""

from __future__ import annotations

from dataclasses import replace

from pdelang.calculus.system import System
from pdelang.semantics.settings import Choice, Settings

METHODS = ("adam",)


def choose_method(system: System, settings: Settings) -> tuple[Settings, str | None]:
    """Return the settings with a method of `METHODS`, and why, where ``auto`` chose it.

    Raises ValueError for a method that does not exist; the checker says the same with a
    place (E106).
    """
    if settings.method.name == "auto":
        kind = "linear" if system.is_linear else "nonlinear"
        count = len(system.coordinates)
        reason = (
            f"method auto chose adam: it is the one for every {kind} problem"
            f" in {count} coordinate{'s' if count > 1 else ''}"
        )
        return replace(settings, method=Choice("adam", settings.method.options)), reason
    if settings.method.name not in METHODS:
        raise ValueError(f"unknown method {settings.method.name!r}")
    return settings, None
