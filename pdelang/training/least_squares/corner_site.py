"""A corner of a problem that may make its solution singular, and which functions it asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pdelang.calculus.system import System
from pdelang.semantics.vertices import Contains, Vertex
from pdelang.training.least_squares.singular_functions import Exponents

_WHOLE = 1e-6
_STEPS = 2000
_CLEAR = 0.2  # radians on each side of a branch cut
_RAYS = 9
_SHARE = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class CornerSite:
    """A vertex, how far it reaches, and how singular the solution may be there.

    ``has_jump``: values on its two sides disagree. ``is_sharp``: first derivatives may be
    unbounded, for that reason, by an angle above π, or because conditions change. Where regions
    meet, ``fields`` are the numbers of those of one region, the angle and the bisector that region's, and
    ``roots`` the exponents of the local solution; elsewhere all fields are meant, and the angle tells.
    ``cut`` is the length of the branch cut, which runs away from the domain: it ends inside a hole that it would
    leave again on the other side.
    """

    vertex: Vertex
    reach: float
    has_jump: bool
    is_sharp: bool
    fields: tuple[int, ...] | None = None
    roots: tuple[float, ...] = ()
    cut: float = math.inf

    def pole(self, system: System) -> float:
        """Return ``1/z`` of the end of the cut, a negative number, 0 where it has none."""
        return -float(np.linalg.norm(system.problem.domain.box.lengths)) / self.cut

    def map(self, system: System) -> tuple[np.ndarray, complex]:
        """Return ``μ (2,)`` and ``ν`` with ``z = μ·ξ + ν`` on scaled coordinates ξ, |z| ≤ 1."""
        length = float(np.linalg.norm(system.problem.domain.box.lengths))
        turn = np.exp(-1j * self.vertex.bisector) / length
        frame = system.scaling.frame(self.fields[0] if self.fields else 0)
        h, c = frame.half_width, frame.centre
        linear = turn * np.array([h[0], 1j * h[1]])
        x, y = self.vertex.apex
        return linear, complex(turn * ((c[0] - x) + 1j * (c[1] - y)))

    def exponents(self, order: int, logarithms: int, has_pressure: bool) -> tuple[Exponents, ...]:
        """Return the functions of degree up to ``order`` and powers of the logarithm up to ``logarithms``.

        ``has_pressure``: some field behaves like another one's gradient.
        """
        if self.fields is not None:
            powers = _raise(self.roots, order)
            found = [(a, float(b), 0) for a in powers for b in range(math.floor(order + 1 - a) + 1)]
        else:
            unit = math.pi / (2.0 * self.vertex.angle)  # every second: conditions of one kind
            lowest = -1.0 if has_pressure else 0.0
            numbers = range(-math.ceil(1.0 / unit), math.floor(order / unit) + 1)
            powers = [k * unit for k in numbers if k * unit > lowest and (k >= 0 or has_pressure)]
            # A cut that ends makes z^a a series of z^a, z^(a+1), …, of which only the first is wanted.
            powers = _raise(powers, 0 if math.isinf(self.cut) else order)
            found = [(a, float(b), 0) for a in powers for b in range(math.floor(order - a) + 1)]
        found += _logarithmic(order, logarithms) if self.has_jump else _resonant(order)
        return tuple(found)


def _raise(roots: Iterable[float], most: int) -> list[float]:
    """Return exponents and those up to ``most`` larger by whole numbers, each once, without whole ones."""
    powers: list[float] = []
    for power in sorted(root + m for root in roots for m in range(most + 1)):
        is_whole = abs(power - round(power)) < _WHOLE
        if not is_whole and (not powers or power - powers[-1] > _WHOLE):
            powers.append(power)
    return powers


def _logarithmic(order: int, logarithms: int) -> list[Exponents]:
    """Return what fields that jump at the apex are made of: degree 0 and up, their pressure 1/z."""
    found: list[Exponents] = [(0.0, -1.0, 0)]
    for degree in range(order + 1):
        for k in range(-(degree + 2), degree + 3, 2):
            a, b = (degree + k) / 2, (degree - k) / 2
            for c in range(logarithms + 1):
                # Without logarithm k and −k give the same real functions, a, b ≥ 0 polynomials.
                if c == 0 and (k < 0 or b >= 0):
                    continue
                found.append((a, b, c))
    return found


def _resonant(order: int) -> list[Exponents]:
    """Return ``z^a z̄^b log z`` of degree 2 and up, which data that fit together may leave."""
    return [
        (float(a), float(degree - a), 1)
        for degree in range(2, order + 1)
        for a in range(degree + 1)
    ]


def measure_cut(contains: Contains, vertex: Vertex, reach: float) -> float:
    """Return the length of a branch cut against the bisector that ends before it comes to the domain.

    Infinite where it never does; else half the way through the hole. ``reach`` is the domain's diagonal.
    Where a cone around the cut comes to the domain earlier, it ends well before: another corner may be there, and
    the functions are singular at their end.
    """
    steps = reach * (np.arange(_STEPS) + 0.5) / _STEPS
    cone = min(_CLEAR, 0.25 * (2.0 * math.pi - vertex.angle))
    away = vertex.bisector + math.pi + np.linspace(-cone, cone, _RAYS)
    rays = np.column_stack([np.cos(away), np.sin(away)])
    places = np.array(vertex.apex) + steps[:, None, None] * rays
    again = contains(places.reshape(-1, 2)).reshape(len(steps), -1)

    def first(hits: np.ndarray) -> float:
        return float(steps[int(np.argmax(hits))]) if hits.any() else math.inf

    return min(0.5 * first(again[:, _RAYS // 2]), _SHARE * first(np.any(again, axis=1)))
