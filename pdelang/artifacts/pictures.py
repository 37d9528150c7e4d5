"""Which panels show a solution: what is right for the shape of the problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pdelang.artifacts.figure import PALETTE, find_grid
from pdelang.artifacts.panels import (
    Curves,
    Line,
    Map,
    Palette,
    Panel,
    find_field_limits,
    find_limits,
    find_main_limits,
)
from pdelang.artifacts.tables import Readings, Slice
from pdelang.semantics.conditions import Unknown

# From the start to the end of time: dark to light, even in lightness.
_TIME_COLORS = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#b5de2b", "#d9c12a")


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """A solution tabulated for a picture; ``snapshots`` are curves beside a space–time map."""

    slices: tuple[Slice, ...]
    snapshots: tuple[Slice, ...]
    readings: tuple[Readings, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Quantity:
    """A component, or the magnitude of a vector, on every slice."""

    label: str
    values: list[np.ndarray]
    known: list[np.ndarray | None]


def compose_unknown(
    unknown: Unknown, tables: Tables, names: Sequence[str] = ()
) -> list[list[Panel]]:
    """Return rows of panels for one unknown; ``names`` limits them to some of its components."""
    slices = tables.slices
    quantities = _list_quantities(unknown, slices, names)
    if len(slices[0].axes) == 1:
        return _compose_curves(quantities, slices, tables.readings)
    rows: list[list[Panel]] = []
    for quantity in quantities:
        arrows = unknown.components if quantity.label == f"|{unknown.name}|" else ()
        rows += _compose_maps(quantity, slices, tables, arrows)
    # One slice of a vector: its magnitude and components side by side, their errors below.
    if len(slices) == 1 and len({len(row) for row in rows}) == 1:
        return [list(column) for column in zip(*rows, strict=True)] if len(rows) > 1 else rows
    return rows


def compose_residuals(slices: Sequence[Slice]) -> list[list[Panel]]:
    """Return rows of panels with the absolute residual of every equation."""
    names = list(slices[0].values)
    if len(slices[0].axes) == 1:
        return [
            [
                Curves(
                    _join("|left − right| of the equations", cut),
                    cut.axes[0],
                    "|residual|",
                    [
                        Line(name, cut.ticks[0], np.abs(cut.values[name]), _color(k))
                        for k, name in enumerate(names)
                    ],
                    is_log=True,
                )
            ]
            for cut in slices
        ]
    rows: list[list[Panel]] = []
    for name in names:
        limits = find_main_limits(*(np.abs(cut.values[name]) for cut in slices))
        rows.append(
            [
                _make_map(
                    _join(f"|residual of {name}|", cut),
                    cut,
                    np.abs(cut.values[name]),
                    limits,
                    Palette.RESIDUAL,
                )
                for cut in slices
            ]
        )
    # Equations in a row where time does not already fill it.
    return (
        [[panel for row in rows for panel in row]] if len(slices) == 1 and len(rows) < 4 else rows
    )


def _list_quantities(
    unknown: Unknown, slices: Sequence[Slice], names: Sequence[str]
) -> list[_Quantity]:
    wanted = unknown.components if not names or unknown.name in names else tuple(names)
    quantities = [
        _Quantity(name, [s.values[name] for s in slices], [s.known.get(name) for s in slices])
        for name in unknown.components
        if name in wanted
    ]
    if len(quantities) == len(unknown.components) > 1:
        known = [_measure([q.known[i] for q in quantities]) for i in range(len(slices))]
        values = [np.sqrt(sum(q.values[i] ** 2 for q in quantities)) for i in range(len(slices))]
        quantities.insert(0, _Quantity(f"|{unknown.name}|", values, known))
    return quantities


def _measure(components: list[np.ndarray | None]) -> np.ndarray | None:
    arrays = [array for array in components if array is not None]
    return np.sqrt(sum(a**2 for a in arrays)) if len(arrays) == len(components) else None


def _compose_curves(
    quantities: list[_Quantity], slices: Sequence[Slice], readings: Sequence[Readings]
) -> list[list[Panel]]:
    rows: list[list[Panel]] = []
    for index, cut in enumerate(slices):
        x, lines, errors = cut.ticks[0], [], []
        for number, quantity in enumerate(quantities):
            values, known = quantity.values[index], quantity.known[index]
            lines.append(Line(quantity.label, x, values, _color(number)))
            if known is not None:
                style = {"color": "black", "lw": 1, "ls": ":"}
                lines.append(Line(f"{quantity.label} exact", x, known, style))
                errors.append(Line(quantity.label, x, np.abs(values - known), _color(number)))
            for reading in readings:
                if reading.component == quantity.label and len(reading.coordinates) == 1:
                    style = {"color": "black", "ls": "", "marker": ".", "ms": 4}
                    place = reading.points[:, 0]
                    lines.append(Line("reference", place, reading.known, style))
                    if known is None:
                        distance = np.abs(reading.values - reading.known)
                        style = {**_color(number), "ls": "", "marker": ".", "ms": 4}
                        errors.append(Line(quantity.label, place, distance, style))
        name = quantities[0].label if len(quantities) == 1 else ""
        along = cut.label(cut.axes[0])
        row: list[Panel] = [Curves(_join(name, cut), along, cut.label(name), lines)]
        if errors:
            what = "exact" if any(q.known[index] is not None for q in quantities) else "reference"
            title = f"distance from the {what} solution"
            row.append(Curves(title, along, f"|solution − {what}|", errors, is_log=True))
        rows.append(row)
    return rows


def _compose_maps(
    quantity: _Quantity, slices: Sequence[Slice], tables: Tables, components: Sequence[str]
) -> list[list[Panel]]:
    limits = find_field_limits(*quantity.values)
    distances = [
        np.abs(array - known)
        for array, known in zip(quantity.values, quantity.known, strict=True)
        if known is not None
    ]
    error_limits = find_limits(*distances) if distances else None
    values: list[Panel] = []
    errors: list[Panel] = []
    for cut, array, known in zip(slices, quantity.values, quantity.known, strict=True):
        arrows = _find_arrows(cut, components)
        title = _join(cut.label(quantity.label), cut)
        values.append(
            _make_map(title, cut, array, limits, arrows=arrows, is_steady=len(slices) == 1)
        )
        if known is not None:
            title = _join(f"|{quantity.label} − exact|", cut)
            errors.append(_make_map(title, cut, np.abs(array - known), error_limits, Palette.ERROR))
    if len(slices) == 1:
        snapshots = _compose_snapshots(quantity.label, tables.snapshots)
        errors = errors or _map_readings(quantity.label, slices[0], tables.readings)
        return [values + snapshots + errors]
    # Several slices: the errors in a row of their own.
    return [values, errors] if errors else [values]


def _compose_snapshots(label: str, snapshots: Sequence[Slice]) -> list[Panel]:
    if not snapshots or label not in snapshots[0].values:
        return []
    lines = []
    step = (len(_TIME_COLORS) - 1) / max(1, len(snapshots) - 1)
    for number, cut in enumerate(snapshots):
        color = _TIME_COLORS[round(number * step)]
        lines.append(Line(_describe(cut), cut.ticks[0], cut.values[label], {"color": color}))
        if label in cut.known:
            style = {"color": "black", "lw": 0.8, "ls": ":"}
            name = "exact" if number == len(snapshots) - 1 else "_exact"
            lines.append(Line(name, cut.ticks[0], cut.known[label], style))
    first = snapshots[0]
    along, upwards = first.label(first.axes[0]), first.label(label)
    return [Curves(f"{label} at some times", along, upwards, lines)]


def _map_readings(label: str, cut: Slice, readings: Sequence[Readings]) -> list[Panel]:
    """Return the distance from a reference table where the table covers the plane of the cut."""
    panels: list[Panel] = []
    for reading in readings:
        if reading.component != label or set(reading.coordinates) != set(cut.axes):
            continue
        x, y = (reading.points[:, reading.coordinates.index(name)] for name in cut.axes)
        error = np.abs(reading.values - reading.known)
        title = f"|{label} − reference|"
        grid = find_grid(x, y, error)
        if grid is not None:
            place, values, points = grid[:2], grid[2], None
        else:
            place, values, points = None, error, np.stack([x, y], axis=1)
        first, second = map(cut.label, cut.axes)
        panels.append(
            Map(title, first, second, values, place, points, Palette.ERROR, is_plane=cut.is_plane)
        )
    return panels[:1]


def _make_map(
    title: str,
    cut: Slice,
    values: np.ndarray,
    limits: tuple[float, float] | None,
    palette: Palette = Palette.FIELD,
    arrows: tuple[np.ndarray, np.ndarray] | None = None,
    is_steady: bool = False,
) -> Map:
    (x, y), (x_label, y_label) = cut.ticks, map(cut.label, cut.axes)
    mesh = None
    if cut.bend is not None:
        mesh, radius = cut.bend.place(cut.ticks), cut.axes[cut.bend.radius]
        unit = cut.label(radius).removeprefix(radius)
        x_label, y_label = (name + unit for name in cut.bend.labels)
    return Map(
        title,
        x_label,
        y_label,
        values,
        (x, y),
        palette=palette,
        limits=limits,
        is_plane=cut.is_plane,
        arrows=arrows,
        has_streamlines=is_steady and mesh is None,
        mesh=mesh,
    )


def _find_arrows(cut: Slice, components: Sequence[str]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the two components along the axes of a plane, where the field is a vector."""
    along = {name.rpartition(".")[2]: name for name in components}
    if not cut.is_plane or not set(cut.axes) <= set(along):
        return None
    first, second = (cut.values[along[name]] for name in cut.axes)
    return (first, second) if cut.bend is None else cut.bend.turn((first, second), cut.ticks)


def _color(number: int) -> dict[str, str]:
    return {"color": PALETTE[number % len(PALETTE)]}


def _describe(cut: Slice) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in cut.held)


def _join(label: str, cut: Slice) -> str:
    held = _describe(cut)
    return f"{label} at {held}".strip() if held else label
