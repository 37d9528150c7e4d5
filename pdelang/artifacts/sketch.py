"""A sketch of the domain and the parts of its boundary, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from pdelang.semantics.pieces import sample_piece
from pdelang.semantics.problem import Problem

# Okabe and Ito's palette: told apart by colour-blind readers too.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_WIDTH, _MARGIN = 300.0, 34.0
_TALLEST = 360.0
_DOTS = 160  # per piece
CELLS = 90  # per axis, of what lies inside

# Says for points (n, d) in space which lie in the domain, (n,).
Inside = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """An SVG element, and the colour of every part in it."""

    svg: str
    colors: dict[str, str]


def draw_sketch(
    problem: Problem, inside: Inside, points: Sequence[tuple[str, tuple[float, ...]]] = ()
) -> Sketch | None:
    """Return a sketch of a domain in one to three dimensions; None in more.

    ``points`` are places of point conditions, by name.
    """
    box = problem.domain.box
    if box.d > 3:
        return None
    parts = {part.name: part for c in problem.boundary_conditions for part in c.parts}
    colors = {name: COLORS[k % len(COLORS)] for k, name in enumerate(parts)}
    corners = np.array(np.meshgrid(*zip(box.low, box.high, strict=True))).reshape(box.d, -1).T
    frame = _Frame.around(_project(corners))
    elements = [_fill(problem, inside, frame)] if box.d == 2 else [_outline(box.d, corners, frame)]
    for name, part in parts.items():
        for piece in part.pieces:
            drawn = sample_piece(piece, problem.domain, _DOTS, 0)[:, : box.d]
            elements.append(_dots(frame.place(_project(drawn)), colors[name], 2.4, name))
    for name, point in points:
        elements.append(_dots(frame.place(_project(np.array([point]))), "#000000", 4, name))
    elements += _label_axes(problem, frame)
    width, height = _WIDTH + 2 * _MARGIN, frame.height + 2 * _MARGIN
    svg = (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="the domain {escape(problem.domain.name)}">{"".join(elements)}</svg>'
    )
    return Sketch(svg, colors)


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """From the plane of the sketch to the picture, y upwards."""

    low: np.ndarray
    scale: np.ndarray
    height: float

    @classmethod
    def around(cls, points: np.ndarray) -> _Frame:
        low, high = points.min(axis=0), points.max(axis=0)
        size = high - low
        size[size == 0] = 1.0
        height = float(np.clip(_WIDTH * size[1] / size[0], 40, _TALLEST))
        if np.ptp(points[:, 1]) == 0:
            height = 40.0
        return cls(low, np.array([_WIDTH / size[0], height / size[1]]), height)

    def place(self, points: np.ndarray) -> np.ndarray:
        shifted = (points - self.low) * self.scale
        return np.stack([_MARGIN + shifted[:, 0], _MARGIN + self.height - shifted[:, 1]], axis=1)


def _project(points: np.ndarray) -> np.ndarray:
    """Return points (n, 2): the line, the plane, or space seen from the front and above."""
    match points.shape[1]:
        case 1:
            return np.stack([points[:, 0], np.zeros(len(points))], axis=1)
        case 2:
            return points
        case _:
            x, y, z = points.T
            return np.stack([x + 0.45 * y, z + 0.3 * y], axis=1)


def _dots(points: np.ndarray, color: str, radius: float, name: str) -> str:
    # One path of short strokes with round ends is far smaller than as many circles.
    path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points)
    return (
        f'<path d="{path}" stroke="{color}" stroke-width="{2 * radius}" stroke-linecap="round" '
        f'fill="none"><title>{escape(name)}</title></path>'
    )


def _fill(problem: Problem, inside: Inside, frame: _Frame) -> str:
    """Return the domain as rows of its cells."""
    box = problem.domain.box
    step = box.lengths / CELLS
    x = box.low[0] + step[0] * (np.arange(CELLS) + 0.5)
    y = box.low[1] + step[1] * (np.arange(CELLS) + 0.5)
    mesh = np.stack([c.ravel() for c in np.meshgrid(x, y)], axis=1)
    rows = inside(mesh).reshape(CELLS, CELLS)
    thickness = frame.height / CELLS
    path = []
    for row, height in zip(rows, y, strict=True):
        ends = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(int)))
        for start, stop in ends.reshape(-1, 2):
            (a, b), (c, _) = frame.place(
                np.array([[box.low[0] + s * step[0], height] for s in (start, stop)])
            )
            path.append(f"M{a:.1f} {b:.1f}H{c:.1f}")
    return f'<path d="{"".join(path)}" stroke="#e8edf2" stroke-width="{thickness + 0.6:.2f}"/>'


def _outline(dimension: int, corners: np.ndarray, frame: _Frame) -> str:
    placed = frame.place(_project(corners))
    path = []
    for i in range(len(corners)):
        for j in range(i):
            if np.count_nonzero(corners[i] != corners[j]) == 1:
                (a, b), (c, d) = placed[i], placed[j]
                path.append(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}")
    width = 3 if dimension == 1 else 1
    return f'<path d="{"".join(path)}" stroke="#9aa7b4" stroke-width="{width}" fill="none"/>'


def _label_axes(problem: Problem, frame: _Frame) -> list[str]:
    box, names = problem.domain.box, problem.domain.coordinates
    bottom = _MARGIN + frame.height

    def text(x: float, y: float, anchor: str, content: str) -> str:
        return (
            f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="12" '
            f'fill="#444">{escape(content)}</text>'
        )

    labels = [
        text(_MARGIN, bottom + 20, "start", f"{box.low[0]:g}"),
        text(_MARGIN + _WIDTH / 2, bottom + 22, "middle", names[0]),
        text(_MARGIN + _WIDTH, bottom + 20, "end", f"{box.high[0]:g}"),
    ]
    if len(names) == 2:
        labels += [
            text(_MARGIN - 8, bottom, "end", f"{box.low[1]:g}"),
            text(_MARGIN - 10, _MARGIN + frame.height / 2, "end", names[1]),
            text(_MARGIN - 8, _MARGIN + 10, "end", f"{box.high[1]:g}"),
        ]
    return labels
