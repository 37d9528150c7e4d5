"""A plane field in time as a moving picture: an animated GIF, or MP4 where ffmpeg is installed."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from pdelang.artifacts.figure import measure_height, new_figure
from pdelang.artifacts.panels import Map, find_field_limits
from pdelang.artifacts.tables import Slice
from pdelang.artifacts.video import encode_mp4

FRAMES = 25
POINTS = 81  # per axis
_SECONDS = 4.0
_WIDTH = 4.8  # inches
_RESOLUTION = 90


def draw_animation(
    title: str,
    label: str,
    frames: Sequence[Slice],
    values: Sequence[np.ndarray],
    format: str = "gif",
) -> bytes:
    """Return a GIF or MP4 that runs through ``values`` (x, y), one per frame, with fixed colours.

    Raises:
        VideoError: an MP4, and there is no ffmpeg.
    """
    pictures = _draw_frames(title, label, frames, values)
    if format == "mp4":
        return encode_mp4(pictures, len(pictures) / _SECONDS)
    pictures = [p.quantize(128, method=Image.Quantize.MEDIANCUT) for p in pictures]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * _SECONDS / len(pictures)),
        loop=0,
    )
    return buffer.getvalue()


def _draw_frames(
    title: str, label: str, frames: Sequence[Slice], values: Sequence[np.ndarray]
) -> list[Image.Image]:
    """Draw axes and colour bar once, then only the map and the time from frame to frame."""
    first = frames[0]
    x, y = first.ticks
    limits = find_field_limits(*values)
    labels, mesh = [first.label(name) for name in first.axes], None
    if first.bend is not None:
        labels, mesh = list(first.bend.labels), first.bend.place(first.ticks)
    shown = Map(
        "",
        labels[0],
        labels[1],
        values[0],
        (x, y),
        limits=limits,
        is_plane=first.is_plane,
        mesh=mesh,
    )
    figure = new_figure((_WIDTH, measure_height(shown.ratio) + 0.3))
    figure.set_dpi(_RESOLUTION)
    axis = figure.subplots()
    image = shown.draw_values(axis)
    figure.colorbar(image, ax=axis, label=label)
    figure.suptitle(title, fontsize=10)
    heading = axis.set_title(_describe(first), fontsize=9)
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    image.set_animated(True)
    heading.set_animated(True)
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    pictures = []
    for cut, array in zip(frames, values, strict=True):
        canvas.restore_region(background)
        image.set_array(np.ma.masked_invalid(array.T))
        heading.set_text(_describe(cut))
        axis.draw_artist(image)
        axis.draw_artist(heading)
        for spine in axis.spines.values():
            axis.draw_artist(spine)
        pictures.append(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))
    return pictures


def _describe(cut: Slice) -> str:
    return ", ".join(f"{name} = {value:.3g}" for name, value in cut.held)
