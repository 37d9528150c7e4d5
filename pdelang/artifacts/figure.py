"""Figures of rows of panels, made without pyplot: no global state, no display, safe in threads."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pdelang.artifacts.panels import Panel

# Okabe and Ito's palette: told apart by colour-blind readers too.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_PANEL = (4.6, 3.5)  # inches
_PLANE_WIDTH = 2.9  # of the axes alone, beside labels and colour bar
_RESOLUTION = 110  # dots per inch


def draw_rows(
    title: str, rows: Sequence[Sequence[Panel]], size: tuple[float, float] | None = None
) -> Figure:
    """Return a figure with a panel per entry; ``size`` is in inches, else by the panels."""
    columns = max(len(row) for row in rows)
    heights = [max(measure_height(panel.ratio) for panel in row) for row in rows]
    figure = new_figure(size or (_PANEL[0] * columns, sum(heights) + 0.4))
    panels = figure.subplots(len(rows), columns, squeeze=False, height_ratios=heights)
    for row, axes in zip(rows, panels, strict=True):
        for axis in axes[len(row) :]:
            axis.set_axis_off()
        for panel, axis in zip(row, axes, strict=False):
            panel.draw(figure, axis)
    figure.suptitle(title, fontsize=12)
    return figure


def measure_height(ratio: float | None) -> float:
    """Return the height in inches of a panel whose axes have a ratio of height to width."""
    if ratio is None:
        return _PANEL[1]
    return min(max(_PLANE_WIDTH * ratio + 0.8, 1.9), 2 * _PANEL[1])


def new_figure(size: tuple[float, float]) -> Figure:
    """Return an empty figure of ``size`` inches that can be rendered in any thread."""
    # Compressed: constrained, and right for axes of a fixed ratio, whose labels it would cut off.
    figure = Figure(figsize=size, layout="compressed")
    FigureCanvasAgg(figure)
    return figure


def render_figure(figure: Figure, format: str = "png") -> bytes:
    """Return a figure as the content of a file, the same bytes for the same figure."""
    buffer = io.BytesIO()
    metadata = {
        "png": {"Software": "pdelang"},
        "svg": {"Date": None},
        "pdf": {"CreationDate": None},
    }
    figure.savefig(buffer, format=format, dpi=_RESOLUTION, metadata=metadata[format])
    return buffer.getvalue()


def find_grid(
    x: np.ndarray, y: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return ticks and values (x, y) where scattered points are those of a grid, else None.

    Up to half of the grid may be without a point, NaN: holes, and the far sides of a round domain.
    """
    ticks_x, column = np.unique(x, return_inverse=True)
    ticks_y, row = np.unique(y, return_inverse=True)
    cells = column * ticks_y.size + row
    count = ticks_x.size * ticks_y.size
    if 2 * cells.size < count or np.unique(cells).size != cells.size:
        return None
    grid = np.full(count, np.nan)
    grid[cells] = values
    return ticks_x, ticks_y, grid.reshape(ticks_x.size, ticks_y.size)
