"""The words that name a shape before `(`; `shape_arguments` says what they take."""

from __future__ import annotations

SHAPE_WORDS = (
    "interval",
    "box",
    "disk",
    "ellipse",
    "ball",
    "polygon",
    "cylinder",
    "cone",
    "torus",
    "halfspace",
    "implicit",
    "stl",
    "translate",
    "rotate",
    "scale",
)
