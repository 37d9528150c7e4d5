"""The words for shapes: those that are built, and those refused with E190."""

from __future__ import annotations

BUILT_SHAPES = ("interval", "box")
SHAPES_NOT_BUILT = (
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
