"""What the sides of a box are called."""

from __future__ import annotations

from pdelang.geometry.body import Sheet
from pdelang.geometry.box import Side
from pdelang.geometry.interface import Seam

SIDE_NAMES: dict[str, Side] = {
    "left": Side(0, False),
    "right": Side(0, True),
    "bottom": Side(1, False),
    "top": Side(1, True),
    "front": Side(2, False),
    "back": Side(2, True),
}
EDGE = "edge"
END_FUNCTIONS = {"low": False, "high": True}

_NAMES_BY_SIDE = {side: name for name, side in SIDE_NAMES.items()}


def name_side(side: Side | Sheet | Seam, coordinates: tuple[str, ...]) -> str:
    """Return ``left``, ``top``, … in up to three dimensions, else ``low(x5)``; or a sheet's name.

    ``coordinates`` are the space coordinates' names.
    """
    if isinstance(side, Seam):
        return side.name
    if isinstance(side, Sheet):
        if side.side is None:
            return side.name or EDGE
        side = side.side
    if len(coordinates) <= 3 and side in _NAMES_BY_SIDE:
        return _NAMES_BY_SIDE[side]
    return f"{'high' if side.upper else 'low'}({coordinates[side.axis]})"


def has_name(side: Side | Sheet | Seam) -> bool:
    """Say whether `name_side` gives what may stand after ``on``."""
    return (
        isinstance(side, Side | Seam) or side.side is not None or (side.name or EDGE).endswith(EDGE)
    )


def list_side_names(d: int) -> tuple[str, ...]:
    """Return the bare words that name a side in ``d`` dimensions; the fourth axis has none."""
    return tuple(name for name, side in SIDE_NAMES.items() if side.axis < d)


def find_side(name: str, d: int) -> Side | None:
    """Return the side of that name in ``d`` dimensions, or None."""
    return SIDE_NAMES[name] if name in list_side_names(d) else None
