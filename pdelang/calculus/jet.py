"""Jets: the derivatives ``∂^α u_k`` that a residual needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Jet:
    """The derivative of one scalar field.

    ``field`` is a component name (``u``, ``w.x``); ``orders`` has one entry per coordinate,
    space first, time last. Orders, not sequences, so that u_xt and u_tx are one jet.
    """

    field: str
    orders: tuple[int, ...]

    @property
    def order(self) -> int:
        return sum(self.orders)

    def raised(self, axis: int) -> Jet:
        """Return the jet differentiated once more along coordinate ``axis``."""
        orders = list(self.orders)
        orders[axis] += 1
        return Jet(self.field, tuple(orders))

    def label(self, coordinates: tuple[str, ...]) -> str:
        """Return ``u_xxt``: readable, and unique for given coordinates."""
        suffix = "".join(c * k for c, k in zip(coordinates, self.orders, strict=True))
        return f"{self.field}_{suffix}" if suffix else self.field
