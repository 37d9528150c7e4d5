"""Initial conditions, counted for every component: as many as its order in time (E210)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pdelang.diagnostics.message import Related
from pdelang.semantics.conditions import InitialCondition, Unknown
from pdelang.semantics.constants import clip
from pdelang.semantics.derivative_orders import OrderFinder
from pdelang.semantics.derivative_words import write_derivative
from pdelang.semantics.domain import Domain, TimeInterval
from pdelang.semantics.faults import Faults
from pdelang.semantics.matching import match
from pdelang.semantics.orders import Orders, list_names, name_order
from pdelang.semantics.resolved import Statements
from pdelang.syntax import tree

_KINDS = ("value", "rate")


@dataclass(frozen=True, slots=True)
class _Given:
    """One component equation at the start, and its order in time for each component."""

    condition: InitialCondition
    heights: dict[str, int]


def count_initial(
    time: TimeInterval,
    coordinates: tuple[str, ...],
    domain: Domain,
    unknowns: tuple[Unknown, ...],
    orders: Orders,
    statements: Statements,
    faults: Faults,
    balanced: bool,
) -> tuple[str, ...]:
    """Report E210; return the coverage cells of the start.

    A component of order m takes its time derivatives 0 … m−1, each once: these are the slots
    to which the component equations of the conditions are assigned.
    """
    axis = len(coordinates) - 1
    components = {u.name: u.components for u in unknowns}
    finder = OrderFinder(coordinates, domain.coordinates, components, metric=domain.metric)
    given: list[_Given] = []
    for condition in statements.initial_conditions:
        for dependence in finder.find_equation(condition.left, condition.right):
            heights: dict[str, int] = {}
            for occurrence in dependence.occurrences:
                height = occurrence.orders[axis]
                heights[occurrence.component] = max(height, heights.get(occurrence.component, 0))
            given.append(_Given(condition, heights))
    slots = match(
        [
            [
                (c, h)
                for c, h in sorted(g.heights.items(), key=lambda e: (-e[1], e[0]))
                if h < orders.order(c, axis)
            ]
            for g in given
        ]
    )
    filled = {slot for slot in slots if slot is not None}
    gaps: dict[str, list[tuple[str, int]]] = {}
    if tree.AtTime not in statements.spoilt:
        gaps = _find_gaps(filled, orders, axis, unknowns)
    if balanced:
        _report_surplus(given, slots, gaps, orders, axis, time, unknowns, faults)
    _report_gaps(gaps, orders, axis, time, unknowns, faults)
    cells = []
    nothing = "?" if tree.AtTime in statements.spoilt else "MISSING"
    for component in (c for unknown in unknowns for c in unknown.components):
        kinds = [
            (_KINDS[j] if j < len(_KINDS) else f"order {j}")
            if (component, j) in filled
            else nothing
            for j in range(orders.order(component, axis))
        ]
        cells.append(" + ".join(kinds) if kinds else "-")
    return tuple(cells)


def _find_gaps(
    filled: set[tuple[str, int]], orders: Orders, axis: int, unknowns: tuple[Unknown, ...]
) -> dict[str, list[tuple[str, int]]]:
    """Return, per unknown that lacks some, the (component, time order) of what is not given."""
    gaps: dict[str, list[tuple[str, int]]] = {}
    for unknown in unknowns:
        missing = [
            (c, j)
            for c in unknown.components
            for j in range(orders.order(c, axis))
            if (c, j) not in filled
        ]
        if missing:
            gaps[unknown.name] = missing
    return gaps


def _write_gaps(missing: list[tuple[str, int]], unknown: Unknown, time: str) -> list[str]:
    """Return what is not given, as it is written: ``dt(u)``; a vector by its own name."""
    found: list[str] = []
    for j in sorted({degree for _, degree in missing}):
        names = [c for c, degree in missing if degree == j]
        whole = len(names) == len(unknown.components)
        found += [
            write_derivative((time,) * j, name) for name in ([unknown.name] if whole else names)
        ]
    return found


def _report_gaps(
    gaps: dict[str, list[tuple[str, int]]],
    orders: Orders,
    axis: int,
    time: TimeInterval,
    unknowns: tuple[Unknown, ...],
    faults: Faults,
) -> None:
    """Tell all missing initial conditions in one message."""
    phrases: list[str] = []
    lines: list[str] = []
    related: list[Related] = []
    lacking: list[Unknown] = []
    start = f"at {time.name} = {clip(time.bounds.low.span.text)}"
    for unknown in unknowns:
        if unknown.name not in gaps:
            continue
        lacking.append(unknown)
        for what in _write_gaps(gaps[unknown.name], unknown, time.name):
            phrases.append(f"`{what}`")
            lines.append(f"`{start}: {what} = …`")
        order = max(orders.order(c, axis) for c in unknown.components)
        source = next(
            orders.source[c, axis] for c in unknown.components if (c, axis) in orders.source
        )
        related.append(
            Related(source.span, f"{name_order(order)} in {time.name} for `{unknown.name}`")
        )
    if not lacking:
        return
    first = min(lacking, key=lambda u: (u.span.source.name, u.span.start))
    faults.add(
        "E210",
        f"no initial condition gives {list_names(phrases)}",
        first.span,
        "its start is not determined",
        related=related,
        help="add " + "\n".join(lines),
    )


def _report_surplus(
    given: list[_Given],
    slots: list[tuple[str, int] | None],
    gaps: dict[str, list[tuple[str, int]]],
    orders: Orders,
    axis: int,
    time: TimeInterval,
    unknowns: tuple[Unknown, ...],
    faults: Faults,
) -> None:
    """Tell each condition that is one too many.

    Where it stands in the place of one that is missing, the two are one fault: the message says
    what to give instead, and the gap is taken out of ``gaps``.
    """

    def take_gap(names: Iterable[str]) -> str | None:
        for unknown in unknowns:
            if unknown.name in names and unknown.name in gaps:
                what = _write_gaps(gaps[unknown.name], unknown, time.name)
                if len(what) == 1:
                    del gaps[unknown.name]
                    return what[0]
        return None

    surplus = [item for item, slot in zip(given, slots, strict=True) if slot is None]
    # Conditions that name an unknown first: what is then left is what the others may be meant for.
    for item in sorted(surplus, key=lambda item: not item.heights):
        span = item.condition.span
        if not item.heights:
            instead = take_gap(list(gaps)) if sum(map(len, gaps.values())) == 1 else None
            faults.add(
                "E210",
                "this initial condition names no unknown",
                span,
                "no unknown in it",
                help=f"give `{instead}`" if instead else "remove it",
            )
            continue
        component = max(item.heights, key=lambda c: (orders.order(c, axis), item.heights[c], c))
        name = next(u.name for u in unknowns if component in u.components)
        order, height = orders.order(component, axis), item.heights[component]
        instead = take_gap([name]) if order else None
        if order == 0:
            faults.add(
                "E210",
                f"`{name}` takes no initial condition, because no equation has a time derivative of it",
                span,
                "one condition too many",
                notes=["it follows at every time from the other unknowns, as a pressure does"],
                help="remove it",
            )
        elif height >= order:
            faults.add(
                "E210",
                f"`{name}` is of {name_order(order)} in {time.name}, so its time derivative of "
                f"order {height} follows from the equation",
                span,
                "not free to be given",
                related=[
                    Related(
                        orders.source[component, axis].span, f"{name_order(order)} in {time.name}"
                    )
                ],
                help=f"give `{instead}` instead" if instead else "remove it",
            )
        else:
            others = [
                Related(other.condition.span, "given here already")
                for other, filled in zip(given, slots, strict=True)
                if filled == (component, height)
            ]
            what = write_derivative((time.name,) * height, name)
            faults.add(
                "E210",
                f"`{what}` is given twice at the start",
                span,
                "one condition too many",
                related=others,
                help=f"give `{instead}` with one of them" if instead else "remove one of them",
            )
