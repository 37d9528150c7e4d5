"""Panels of a figure: curves, and maps on a grid or at scattered points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

_MAIN_PART = 0.995
_FAR_OUT = 10.0  # times the main part's largest residual
_FEW = 1e-3  # the part of a field's points that may be left out of its colours
_FAR_BEYOND = 30.0  # times the range of all others
_LONGEST = 4.0  # a plane longer than this is stretched to fit its panel
_ARROWS = 19  # along each axis
# A field that goes this far to the other side of zero is shown with zero in the middle.
_SIGNED = 0.05


class Palette(Enum):
    """What a map shows, and so which colours suit it."""

    FIELD = "field"
    ERROR = "error"
    RESIDUAL = "residual"


class Panel(Protocol):
    """Something that draws itself into one pair of axes; ``ratio`` is its height over its width."""

    @property
    def ratio(self) -> float | None: ...

    def draw(self, figure: Figure, axis: Axes) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One curve; ``style`` is what matplotlib understands."""

    label: str
    x: np.ndarray
    y: np.ndarray
    style: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Curves over one coordinate; with ``is_log`` absolute values on a logarithmic scale."""

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line]
    is_log: bool = False

    @property
    def ratio(self) -> float | None:
        """Curves fit any panel."""
        return None

    def draw(self, figure: Figure, axis: Axes) -> None:
        for line in self.lines:
            # Zero has no logarithm; a gap shows it honestly.
            y = np.where(line.y > 0, line.y, np.nan) if self.is_log else line.y
            axis.plot(line.x, y, **{"label": line.label, "lw": 1.6, **line.style})
        finite = [line.y[np.isfinite(line.y)] for line in self.lines]
        largest = max((float(y.max()) for y in finite if y.size), default=0.0)
        if self.is_log and largest > 0:
            axis.set_yscale("log")
            low = min((float(y[y > 0].min()) for y in finite if (y > 0).any()), default=largest)
            axis.set_ylim(max(low / 2, largest * 1e-6), largest * 3)
        axis.set(xlabel=self.x_label, ylabel=self.y_label)
        axis.set_title(self.title, fontsize=10)
        axis.margins(x=0)
        axis.grid(alpha=0.3)
        if any(line.label and not line.label.startswith("_") for line in self.lines):
            axis.legend(fontsize=8)


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Values (x, y) over two coordinates; NaN stays empty.

    ``ticks`` are the grid; where it is None, ``values`` and ``points`` (n, 2) are scattered.
    ``limits`` are those of the colours, so that panels of one quantity can share them.
    ``arrows`` are two components on the same grid, drawn as streamlines where the map is
    steady, else as arrows.
    """

    title: str
    x_label: str
    y_label: str
    values: np.ndarray
    ticks: tuple[np.ndarray, np.ndarray] | None
    points: np.ndarray | None = None
    palette: Palette = Palette.FIELD
    limits: tuple[float, float] | None = None
    is_plane: bool = False
    arrows: tuple[np.ndarray, np.ndarray] | None = None
    has_streamlines: bool = False
    mesh: tuple[np.ndarray, np.ndarray] | None = None  # where the points of the grid are drawn

    @property
    def ratio(self) -> float | None:
        """Height over width of a plane that is drawn to scale, else None."""
        if self.mesh is not None:
            x, y = self.mesh
        else:
            x, y = self.ticks if self.ticks is not None else self.points.T  # type: ignore[union-attr]
        width, height = float(np.ptp(x)), float(np.ptp(y))
        if not self.is_plane or height <= 0 or not 1 / _LONGEST <= width / height <= _LONGEST:
            return None
        return height / width

    def draw(self, figure: Figure, axis: Axes) -> None:
        image = self.draw_values(axis)
        if self.arrows is not None:
            self._draw_arrows(axis)
        label = "%.1e" if self.palette is Palette.ERROR else None
        norm = image.norm
        bar = figure.colorbar(
            image,
            ax=axis,
            format=None if isinstance(norm, LogNorm) else label,
            extend=self._find_extent(norm),
        )
        bar.ax.tick_params(labelsize=8)

    def _find_extent(self, norm: Normalize) -> str:
        """Return at which ends of the colours there are values beyond them."""
        finite = self.values[np.isfinite(self.values)]
        low, high = norm.vmin, norm.vmax
        if not finite.size or low is None or high is None:
            return "neither"
        # What is below a logarithmic scale is as dark as its end, and nothing to point at.
        is_log = isinstance(norm, LogNorm)
        is_below = not is_log and finite.min() < low - 1e-12 * abs(low)
        is_above = finite.max() > high + 1e-12 * abs(high)
        return {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[is_below, is_above]

    def draw_values(self, axis: Axes) -> Any:
        """Draw the colours, labels and proportions only; return the image."""
        colors, norm = choose_colors(self.values, self.palette, self.limits)
        if self.ticks is not None:
            masked = np.ma.masked_invalid(self.values.T)
            x, y = self.ticks if self.mesh is None else (_find_corners(a.T) for a in self.mesh)
            image: Any = axis.pcolormesh(
                x,
                y,
                masked,
                shading="nearest" if self.mesh is None else "flat",
                rasterized=True,
                cmap=colors,
                norm=norm,
            )
        else:
            assert self.points is not None
            x, y = self.points.T
            image = axis.scatter(
                x, y, c=self.values, s=5, marker="s", linewidths=0, cmap=colors, norm=norm
            )
        axis.set(xlabel=self.x_label, ylabel=self.y_label)
        axis.set_title(self.title, fontsize=10)
        if self.ratio is not None:
            axis.set_aspect("equal")
        return image

    def _draw_arrows(self, axis: Axes) -> None:
        assert self.arrows is not None
        assert self.ticks is not None
        x, y = self.ticks
        u, v = (np.ma.masked_invalid(array.T) for array in self.arrows)
        speed = np.ma.sqrt(u**2 + v**2)
        if not speed.count() or speed.max() == 0:
            return
        if self.has_streamlines:
            widths = (0.3 + 0.9 * np.sqrt(speed / speed.max())).filled(0.3)
            axis.streamplot(x, y, u, v, density=1.1, linewidth=widths, arrowsize=0.7, color="white")
            axis.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
            return
        step_x, step_y = (max(1, len(ticks) // _ARROWS) for ticks in (x, y))
        at = np.s_[step_y // 2 :: step_y, step_x // 2 :: step_x]
        if self.mesh is None:
            place = np.meshgrid(x[at[1]], y[at[0]])
        else:
            place = [array.T[at] for array in self.mesh]
        axis.quiver(*place, u[at], v[at], pivot="mid", width=0.004, color="white")


def _find_corners(places: np.ndarray) -> np.ndarray:
    """Return the corners of the cells around points of a curved grid: (rows + 1, columns + 1).

    Cells end halfway between neighbours, and at the edge of the domain for the outermost points.
    (Matplotlib warns about coordinates that turn back where it is left to find the corners.)
    """
    for axis in (0, 1):
        lines = np.moveaxis(places, axis, 0)
        inner = (lines[1:] + lines[:-1]) / 2
        places = np.moveaxis(np.concatenate([lines[:1], inner, lines[-1:]]), 0, axis)
    return places


def choose_colors(
    values: np.ndarray, palette: Palette, limits: tuple[float, float] | None
) -> tuple[str, Normalize]:
    """Return the colour map and scale for values.

    Fields of one sign: viridis, even in lightness, so that it survives grey print and colour
    blindness. Fields of both signs: blue through white to red with zero in the middle. Errors: magma. Residuals:
    cividis, logarithmic over at most four decades.
    """
    low, high = limits if limits is not None else find_limits(values)
    match palette:
        case Palette.FIELD:
            reach = max(-low, high)
            if min(-low, high) > _SIGNED * reach:
                return "RdBu_r", Normalize(-reach, reach)
            return "viridis", Normalize(low, high)
        case Palette.ERROR:
            return "magma", Normalize(0.0, high if high > 0 else 1.0)
        case Palette.RESIDUAL:
            if high <= 0:
                return "cividis", Normalize(0.0, 1.0)
            return "cividis", LogNorm(max(low, high * 1e-4), high)
        case _:
            raise TypeError(palette)


def find_limits(*arrays: np.ndarray) -> tuple[float, float]:
    """Return the least and the largest finite value; 0 and 0 where there is none."""
    finite = np.concatenate([array[np.isfinite(array)].ravel() for array in arrays])
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def find_main_limits(*arrays: np.ndarray) -> tuple[float, float]:
    """Return the limits of absolute residuals without the largest two hundredth, where those are far out.

    What stands alone at a corner would leave all the rest in the dark; it takes the last colour.
    """
    low, high = find_limits(*arrays)
    if high > 0:
        finite = np.concatenate([array[np.isfinite(array)].ravel() for array in arrays])
        main = float(np.quantile(finite, _MAIN_PART))
        high = main if low < main < high / _FAR_OUT else high
    return low, high


def find_field_limits(*arrays: np.ndarray) -> tuple[float, float]:
    """Return the limits of a field without the few points, a thousandth, that are far beyond all others.

    A field that grows without bound towards a corner is seen everywhere else; a peak that the grid
    resolves has more points than that on its slopes, and keeps its top.
    """
    low, high = find_limits(*arrays)
    if low == high:
        return low, high
    finite = np.concatenate([array[np.isfinite(array)].ravel() for array in arrays])
    least, most = map(float, np.quantile(finite, [_FEW, 1 - _FEW]))
    reach = _FAR_BEYOND * (most - least)
    if not reach:
        return low, high
    return (least if low < least - reach else low), (most if high > most + reach else high)
