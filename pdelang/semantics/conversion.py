"""What a unit means: its dimension and the way to the coherent unit of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pdelang.semantics.dimension import NUMBER, Dimension


@dataclass(frozen=True, slots=True)
class Conversion:
    """``base = factor · value + offset``, in the coherent unit of ``dimension``."""

    dimension: Dimension = NUMBER
    factor: Fraction | float = Fraction(1)
    offset: Fraction | float = Fraction(0)
    text: str = ""

    @property
    def is_trivial(self) -> bool:
        return self.factor == 1 and self.offset == 0
