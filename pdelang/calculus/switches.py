"""The places where given functions change their form, or change fast.

`if`, `abs`, `sign`, `heaviside`, `max` and `min` change their form where an expression changes its sign;
``exp(A)`` falls to nothing within a few 1/|∇A| of A = −1, and ``tanh A`` goes from one end to the other
around A = 0. Points that are spread evenly see neither a set between two such places nor a peak, where it
is narrower than their spacing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import sympy
from sympy.core.relational import Relational

from pdelang.calculus.numeric import evaluate_points

_GOLDEN = 0.5 * (np.sqrt(5.0) - 1.0)
_NARROWINGS, _BISECTIONS = 80, 60
_MOST_DIPS = 4096
_STRAIGHT = 1e-13  # second differences of a level, relative to its size: rounding
_STEP = 1e-9  # of a line, of differences
# How far smooth functions go on changing, in units of 1/|∇A|: exp(−9), 1 − tanh 4 = 7e-4.
_PEAK_REACH, _STEP_REACH = 3.0, 4.0
_STEPS = (sympy.tanh, sympy.erf, sympy.erfc, sympy.atan, sympy.cosh, sympy.sinh)


# Parameters (n, k) to coordinates (n, d).
Embedding = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Switch:
    """``level`` changes its sign where a given function switches.

    ``reach`` says how far it goes on changing on either side, in units of 1/|∇level|; 0 for a jump or a kink.
    """

    level: sympy.Expr
    reach: float


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Where levels change their sign along lines: number of the line, place, and ``reach`` as a length."""

    lines: np.ndarray
    places: np.ndarray
    reaches: np.ndarray


def list_borders(node: sympy.Basic) -> list[sympy.Expr]:
    """Return the expressions at whose zeros a node has a kink or a jump."""
    arguments = [a for a in node.args if isinstance(a, sympy.Expr)]
    match node:
        case sympy.Abs() | sympy.sign() | sympy.Heaviside():
            return arguments[:1]
        case sympy.Max() | sympy.Min():
            return [a - b for a, b in itertools.combinations(arguments, 2)]
        case Relational():
            return [arguments[0] - arguments[1]] if len(arguments) == 2 else []
        case _:
            return []


def list_switches(
    expressions: Iterable[sympy.Expr], coordinates: Collection[sympy.Symbol]
) -> list[Switch]:
    """Return the switches of expressions that the coordinates alone decide, each once."""
    known, found = frozenset(coordinates), dict[Switch, None]()
    for node in itertools.chain.from_iterable(map(sympy.preorder_traversal, expressions)):
        own = [Switch(border, 0.0) for border in list_borders(node)]
        if isinstance(node, sympy.exp):
            own.append(Switch(node.args[0] + 1, _PEAK_REACH))  # type: ignore[operator]
        elif isinstance(node, _STEPS):
            own.append(Switch(node.args[0], _STEP_REACH))  # type: ignore[arg-type]
        for switch in own:
            symbols = switch.level.free_symbols
            if symbols and symbols <= known:
                found[switch] = None
    return list(found)


def find_crossings(
    switch: Switch,
    coordinates: tuple[sympy.Symbol, ...],
    lines: np.ndarray,
    axis: int,
    ends: tuple[float, float],
    count: int,
    embed: Embedding | None = None,
) -> Crossings:
    """Return where a switch lies along lines parallel to an axis, each through one of ``lines (l, d)``.

    Where the level changes its sign between two of ``count`` places of a line, and where it comes near to
    zero between them and changes it there twice. ``embed`` turns what the lines are made of into coordinates.
    """

    def evaluate(number: np.ndarray, place: np.ndarray) -> np.ndarray:
        points = lines[number].copy()
        points[:, axis] = place
        columns = (points if embed is None else embed(points)).T
        return evaluate_points([switch.level], coordinates, columns)[0]

    grid = np.linspace(*ends, count)
    number = np.repeat(np.arange(len(lines)), count)
    values = evaluate(number, np.tile(grid, len(lines))).reshape(-1, count)
    on_grid = np.argwhere(values[:, 1:-1] == 0.0)
    line, k = np.nonzero(values[:, 1:] * values[:, :-1] < 0.0)
    low, high = grid[k], grid[k + 1]

    # A dip: the level has one sign at three neighbours, and its least size in the middle or at an end.
    size = np.abs(values)
    padded = np.pad(size, ((0, 0), (1, 1)), constant_values=np.inf)
    left, right = padded[:, :-2], padded[:, 2:]
    sign = np.pad(np.sign(values), ((0, 0), (1, 1)), mode="edge")
    is_even = (sign[:, :-2] == sign[:, 1:-1]) & (sign[:, 2:] == sign[:, 1:-1]) & (size > 0.0)
    # Of a level that is straight the grid has seen all.
    bends = np.abs(np.diff(values, 2, axis=1)).max(axis=1, initial=0.0)
    is_even &= ~(bends <= _STRAIGHT * size.max(axis=1))[:, None]
    dip, i = np.nonzero(is_even & (size <= left) & (size < right))
    dip, i = dip[:_MOST_DIPS], i[:_MOST_DIPS]
    if len(dip):
        a, b = grid[np.maximum(i - 1, 0)], grid[np.minimum(i + 1, count - 1)]
        own = np.sign(values[dip, i])
        lowest = _find_lowest(lambda place: own * evaluate(dip, place), a, b)
        crossed = own * evaluate(dip, lowest) < 0.0
        line = np.concatenate([line, dip[crossed], dip[crossed]])
        low = np.concatenate([low, a[crossed], lowest[crossed]])
        high = np.concatenate([high, lowest[crossed], b[crossed]])

    if len(line):
        before = evaluate(line, low)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            same = evaluate(line, middle) * before > 0.0
            low, high = np.where(same, middle, low), np.where(same, high, middle)
    line = np.concatenate([line, on_grid[:, 0]])
    place = np.concatenate([0.5 * (low + high), grid[1 + on_grid[:, 1]]])
    reach = np.zeros(len(place))
    if switch.reach and len(place):
        step = _STEP * (ends[1] - ends[0])
        rise = evaluate(line, place + step) - evaluate(line, place - step)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.nan_to_num(switch.reach * 2.0 * step / np.abs(rise), nan=np.inf)
    return Crossings(line, place, reach)


def _find_lowest(
    function: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Return where functions of one peak each are least between ``low`` and ``high (n,)``.

    By the golden section (Kiefer 1953).
    """
    step = _GOLDEN * (high - low)
    left, right = high - step, low + step
    at_left, at_right = function(left), function(right)
    for _ in range(_NARROWINGS):
        is_left = at_left <= at_right
        low, high = np.where(is_left, low, left), np.where(is_left, right, high)
        step = _GOLDEN * (high - low)
        new = np.where(is_left, high - step, low + step)
        at_new = function(new)
        left, right = np.where(is_left, new, right), np.where(is_left, left, new)
        at_left, at_right = np.where(is_left, at_new, at_right), np.where(is_left, at_left, at_new)
    return np.where(at_left <= at_right, left, right)
