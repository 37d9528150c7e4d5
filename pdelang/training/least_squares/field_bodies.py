"""Where every field of a system lives."""

from __future__ import annotations

from pdelang.calculus.system import System
from pdelang.geometry.body import Body
from pdelang.networks.regional import list_components


def list_bodies(system: System) -> list[Body | None]:
    """Return the body in which each field lives; None for a box."""
    homes: dict[str, Body | None] = {}
    for component in list_components(system.problem.unknowns):
        own = [r.body for r in component.regions] or [system.problem.domain.body]
        homes.update(zip(component.fields, own, strict=True))
    return [homes[field] for field in system.fields]
