"""Pictures of a solution and of its training, as PNG bytes.

Figures are made without pyplot: no global state, no display, safe in threads.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pdelang.artifacts.tables import Readings, Slice
from pdelang.semantics.problem import Unknown
from pdelang.training.solution import History

# Okabe and Ito's palette: told apart by colour-blind readers too.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_FIELD_MAP = "viridis"  # even in lightness, so that it survives grey print
_ERROR_MAP = "magma"
_PANEL = (4.6, 3.4)  # inches
_LONGEST = 4.0  # a plane longer than this is stretched to fit its panel


@dataclass(frozen=True, slots=True, eq=False)
class _Quantity:
    """One row of panels: a component, or the magnitude of a vector."""

    label: str
    values: list[np.ndarray]
    known: list[np.ndarray | None]


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    """One panel: values on the grid of a slice, or at the points of a table."""

    label: str
    place: Slice | Readings
    values: np.ndarray
    is_error: bool


def draw_unknown(
    title: str, unknown: Unknown, slices: Sequence[Slice], readings: Sequence[Readings]
) -> bytes:
    """Return the picture of one unknown: every component, its magnitude, its error where known."""
    quantities = _list_quantities(unknown, slices)
    if len(slices[0].axes) == 1:
        return _draw_curves(title, quantities, slices, readings)
    return _draw_maps(title, quantities, slices, readings)


def draw_losses(title: str, history: History) -> bytes | None:
    """Return the loss and the weight of every term over the steps; None when nothing was recorded."""
    if not history.rows or "step" not in history.columns:
        return None
    step = history.column("step")
    losses = [name for name in history.columns if name == "loss" or name.startswith("loss.")]
    weights = [name for name in history.columns if name.startswith("weight.")]
    if not losses:
        return None
    figure = _new_figure(1, 2 if weights else 1)
    axes = figure.subplots(1, 2 if weights else 1, squeeze=False)[0]
    groups = [(losses, "mean square residual")] + (
        [(weights, "weight of the term")] if weights else []
    )
    labels = [name.partition(".")[2] for name in weights]
    for axis, (names, label) in zip(axes, groups, strict=True):
        for name in names:
            term = name.partition(".")[2]
            color = _COLORS[labels.index(term) % 6] if term in labels else "black"
            # Zero and negative values have no logarithm; a gap shows them honestly.
            values = np.where(history.column(name) > 0, history.column(name), np.nan)
            axis.plot(
                step,
                values,
                label=term or "total",
                color=color,
                lw=1.3,
                marker="." if step.size < 2 else "",
            )
        axis.set(xlabel="step", ylabel=label)
        if np.isfinite([line.get_ydata() for line in axis.lines]).any():
            axis.set_yscale("log")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    return _render(figure, title)


def _list_quantities(unknown: Unknown, slices: Sequence[Slice]) -> list[_Quantity]:
    quantities = [
        _Quantity(name, [s.values[name] for s in slices], [s.known.get(name) for s in slices])
        for name in unknown.components
    ]
    if len(quantities) > 1:
        known = [_measure([q.known[i] for q in quantities]) for i in range(len(slices))]
        values = [np.sqrt(sum(q.values[i] ** 2 for q in quantities)) for i in range(len(slices))]
        quantities.append(_Quantity(f"|{unknown.name}|", values, known))
    return quantities


def _measure(components: list[np.ndarray | None]) -> np.ndarray | None:
    arrays = [array for array in components if array is not None]
    return np.sqrt(sum(a**2 for a in arrays)) if len(arrays) == len(components) else None


def _draw_curves(
    title: str, quantities: list[_Quantity], slices: Sequence[Slice], readings: Sequence[Readings]
) -> bytes:
    has_error = any(known is not None for q in quantities for known in q.known)
    rows, columns = len(slices), 2 if has_error else 1
    figure = _new_figure(rows, columns)
    panels = figure.subplots(rows, columns, squeeze=False)
    for index, (cut, panel) in enumerate(zip(slices, panels, strict=True)):
        x = cut.ticks[0]
        for number, quantity in enumerate(quantities):
            color = _COLORS[number % len(_COLORS)]
            panel[0].plot(x, quantity.values[index], color=color, lw=1.8, label=quantity.label)
            if (known := quantity.known[index]) is not None:
                panel[0].plot(
                    x, known, color="black", lw=1, ls=":", label=f"{quantity.label} exact"
                )
                panel[1].plot(
                    x,
                    np.abs(quantity.values[index] - known),
                    color=color,
                    lw=1.3,
                    label=quantity.label,
                )
            for reading in readings:
                if reading.component == quantity.label and len(slices) == 1:
                    panel[0].plot(
                        reading.points[:, 0], reading.known, "k.", ms=4, label="reference"
                    )
        panel[0].set(xlabel=cut.axes[0], title=_describe(cut))
        panel[0].legend(fontsize=8)
        if has_error:
            panel[1].set(xlabel=cut.axes[0], title="|solution − exact|")
            _set_error_scale(panel[1])
        for axis in panel:
            axis.grid(alpha=0.3)
    return _render(figure, title)


def _set_error_scale(axis: Axes) -> None:
    largest = max((np.nanmax(line.get_ydata()) for line in axis.lines), default=0.0)
    # A logarithm needs something above zero; rounding to exactly zero happens at the ends.
    axis.set_yscale("log" if largest > 0 else "linear")
    if largest > 0:
        axis.set_ylim(largest * 1e-5, largest * 2)


def _draw_maps(
    title: str, quantities: list[_Quantity], slices: Sequence[Slice], readings: Sequence[Readings]
) -> bytes:
    shown = {r.component: r for r in readings} if len(slices) == 1 else {}
    rows: list[list[_Map]] = []
    for quantity in quantities:
        values = [
            _Map(_name(quantity.label, cut), cut, array, False)
            for cut, array in zip(slices, quantity.values, strict=True)
        ]
        errors = [
            _Map(f"|{quantity.label} − exact|", cut, np.abs(array - known), True)
            for cut, array, known in zip(slices, quantity.values, quantity.known, strict=True)
            if known is not None
        ]
        if not errors and (reading := shown.get(quantity.label)):
            error = np.abs(reading.values - reading.known)
            errors = [_Map(f"|{quantity.label} − reference|", reading, error, True)]
        # One slice: solution and error side by side. Several: the errors in a row of their own.
        if len(slices) == 1:
            rows.append(values + errors)
        else:
            rows += [values, errors] if errors else [values]
    columns = max(len(row) for row in rows)
    figure = _new_figure(len(rows), columns)
    panels = figure.subplots(len(rows), columns, squeeze=False)
    for row, axes in zip(rows, panels, strict=True):
        for axis in axes[len(row) :]:
            axis.set_axis_off()
        for panel, axis in zip(row, axes, strict=False):
            _draw_map(figure, axis, panel, slices[0])
    return _render(figure, title)


def _draw_map(figure: Figure, axis: Axes, panel: _Map, cut: Slice) -> None:
    names = cut.axes
    cmap = _ERROR_MAP if panel.is_error else _FIELD_MAP
    match panel.place:
        case Slice(axes=names, ticks=(x, y)):
            image = axis.pcolormesh(
                x, y, panel.values.T, shading="nearest", rasterized=True, cmap=cmap
            )
        case Readings() as readings:
            x, y = (readings.points[:, readings.coordinates.index(name)] for name in names)
            grid = _find_grid(x, y, panel.values)
            if grid is None:
                image = axis.scatter(x, y, c=panel.values, s=5, marker="s", linewidths=0, cmap=cmap)
            else:
                image = axis.pcolormesh(*grid, shading="nearest", rasterized=True, cmap=cmap)
        case _:
            raise TypeError(f"no map of {panel.place}")
    axis.set(xlabel=names[0], ylabel=names[1])
    width, height = (tick[-1] - tick[0] for tick in cut.ticks)
    if cut.is_plane and 1 / _LONGEST <= width / height <= _LONGEST:
        axis.set_aspect("equal")
    axis.set_title(panel.label, fontsize=10)
    figure.colorbar(image, ax=axis, format="%.1e" if panel.is_error else None)


def _find_grid(
    x: np.ndarray, y: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return ticks and values (y down, x across) where scattered points are a full grid."""
    ticks_x, column = np.unique(x, return_inverse=True)
    ticks_y, row = np.unique(y, return_inverse=True)
    cells = row * ticks_x.size + column
    if cells.size != ticks_x.size * ticks_y.size or np.unique(cells).size != cells.size:
        return None
    grid = np.empty(cells.size)
    grid[cells] = values
    return ticks_x, ticks_y, grid.reshape(ticks_y.size, ticks_x.size)


def _describe(cut: Slice) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in cut.held)


def _name(label: str, cut: Slice) -> str:
    held = _describe(cut)
    return f"{label} at {held}" if held else label


def _new_figure(rows: int, columns: int) -> Figure:
    figure = Figure(figsize=(_PANEL[0] * columns, _PANEL[1] * rows + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _render(figure: Figure, title: str) -> bytes:
    figure.suptitle(title, fontsize=12)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": "pdelang"})
    return buffer.getvalue()
