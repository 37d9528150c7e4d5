"""Unknowns that no statement fixes beyond an additive constant (W221)."""

from __future__ import annotations

from collections.abc import Sequence

from pdelang.semantics.conditions import BoundaryCondition, Unknown
from pdelang.semantics.domain import Domain, Region, TimeInterval
from pdelang.semantics.faults import Faults
from pdelang.semantics.gauge import find_fixed
from pdelang.semantics.grounding import GroundFinder, find_inner_point
from pdelang.semantics.partition import Partition
from pdelang.semantics.resolved import Statements


def warn_free_constants(
    domain: Domain,
    time: TimeInterval | None,
    unknowns: tuple[Unknown, ...],
    statements: Statements,
    periodic: Sequence[BoundaryCondition],
    partition: Partition,
    faults: Faults,
) -> None:
    """Report every unknown that stands everywhere under a derivative.

    Adding a constant to such an unknown changes no equation and no condition, so a solution
    is never unique. An unknown that stands undifferentiated anywhere counts as fixed; where it is
    several functions, on regions or pieces of them, each of these has to be. What the ``periodic``
    conditions compare has one constant.
    """
    fixed = find_fixed(domain, time, unknowns, statements)
    for unknown in unknowns:
        free = [component for component in unknown.components if component not in fixed]
        if free:
            name = unknown.name if len(free) == len(unknown.components) else free[0]
            shown = (
                ", ".join(f"`{component}`" for component in free)
                if name != unknown.name
                else f"`{name}`"
            )
            example = free[0] if len(unknown.components) > 1 else name
            faults.add(
                "W221",
                f"{shown} is fixed only up to a constant: every equation and condition differentiates it",
                unknown.span,
                "any constant may be added to a solution",
                help=f"fix it, for example with `require mean({example}) = 0`",
            )
        elif len(unknown.regions) > 1:
            finder = GroundFinder(domain, time, unknowns, statements, periodic, partition)
            for component in unknown.components:
                regions = finder.find_free(unknown, component)
                if regions:
                    _warn_there(unknown, component, regions, faults)
                    break


def _warn_there(
    unknown: Unknown, component: str, regions: tuple[Region, ...], faults: Faults
) -> None:
    places = ["(" + ", ".join(f"{x:.4g}" for x in find_inner_point(r)) + ")" for r in regions]
    names = [
        f"the piece of `{r.whole}` around {place}" if r.whole else f"`{r.name}`"
        for r, place in zip(regions, places, strict=True)
    ]
    faults.add(
        "W221",
        f"`{component}` is fixed only up to a constant in {' and '.join(names)}: "
        "every equation and condition there differentiates it",
        unknown.span,
        "any constant may be added there",
        notes=["on pieces without connection it has a constant each"]
        if any(r.whole for r in regions)
        else [],
        help=f"fix it there, for example with `at {places[0]}: {component} = 0`",
    )
