"""Least squares over locally supported unknowns: QR that follows the band.

    min ‖A c − y‖,   a row of A touches p + 1 neighbouring splines only

Rows come element by element; those of one element are folded into a small working triangle
by Householder reflections, and the rows of the first spline, which no later element touches, are
final. The cost is linear in the number of elements, and no normal equations are formed (Lawson
and Hanson, "Solving Least Squares Problems", 1974, ch. 27). Splines that are identified across
periodic ends stand in a border that every working triangle carries along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import get_lapack_funcs

_geqrf, _trtrs = get_lapack_funcs(("geqrf", "trtrs"), dtype=np.float64)
# Elements that are folded in together: fewer, larger factorisations.
_GROUP = 4
# A diagonal entry below this share of the largest one is a direction that no row determines.
_NEGLIGIBLE = 1e-13


class SingularRowsError(ArithmeticError):
    """The rows leave a direction of the unknowns undetermined."""


@dataclass(frozen=True, slots=True, eq=False)
class ElementRows:
    """Rows of every element over its own p + 1 splines with ``width`` unknowns each.

    ``inner`` is ``(E, rows, (p + 1) · width + 1)``, the right-hand side last; ``extra`` has further
    rows of single elements, such as conditions at the ends.
    """

    degree: int
    width: int
    is_periodic: bool
    inner: np.ndarray
    extra: Mapping[int, np.ndarray]


def solve_element_rows(rows: ElementRows) -> np.ndarray:
    """Return the least-squares solution, ``(splines, width)``.

    Raises SingularRowsError where the rows do not determine it.
    """
    elements, p, c = len(rows.inner), rows.degree, rows.width
    border = p * c if rows.is_periodic else 0
    main = elements - p if rows.is_periodic else elements + p
    if main < p:
        raise ValueError(f"{elements} elements are too few for splines of degree {p}")
    # Elements whose rows reach over the ends of a period go first: the band starts with them.
    swept = main if rows.is_periodic else elements
    solution = np.zeros(((main + p + _GROUP) * c,))
    final: list[tuple[int, int, np.ndarray]] = []
    carried = np.zeros((0, p * c + border + 1))
    if rows.is_periodic:
        wrapped = np.concatenate([_widen(rows, e, 1, main) for e in range(main, elements)])
        carried = np.delete(wrapped, np.s_[p * c : (p + 1) * c], axis=1)
    for first in range(0, swept, _GROUP):
        size = min(_GROUP, swept - first)
        own = _widen(rows, first, size, main)
        step, tail = size * c, p * c
        widened = np.zeros((len(carried), own.shape[1]))
        widened[:, :tail] = carried[:, :tail]
        widened[:, tail + step :] = carried[:, tail:]
        triangle = _triangle(np.concatenate([widened, own]))
        final.append((first * c, step, triangle[:step]))
        carried = triangle[step:, step:]
    edge = np.zeros(0)
    if rows.is_periodic:
        triangle = _triangle(carried[:, p * c :])
        edge = _back(triangle[:border, :border], triangle[:border, -1])
    else:
        solution[swept * c : main * c] = _back(carried[: p * c, : p * c], carried[: p * c, -1])
    for at, step, row in reversed(final):
        span = row.shape[1] - border - 1
        target = row[:, -1] - row[:, step:span] @ solution[at + step : at + span]
        if border:
            target -= row[:, span:-1] @ edge
        solution[at : at + step] = _back(row[:, :step], target)
    result = np.concatenate([solution[: main * c], edge])
    if not np.isfinite(result).all():
        raise SingularRowsError
    return result.reshape(-1, c)


def _widen(rows: ElementRows, first: int, size: int, main: int) -> np.ndarray:
    """Return the rows of ``size`` elements over [p + size splines | border | y].

    An element that reaches over the end of a period stands over the first splines.
    """
    p, c, height = rows.degree, rows.width, rows.inner.shape[1]
    span = (p + size) * c
    border = p * c if rows.is_periodic else 0
    extras = [(i, rows.extra[first + i]) for i in range(size) if first + i in rows.extra]
    total = size * height + sum(len(e) for _, e in extras)
    wide = np.zeros((total, span + border + 1))
    pieces = [(i, slice(i * height, (i + 1) * height), rows.inner[first + i]) for i in range(size)]
    at = size * height
    for i, extra in extras:
        pieces.append((i, slice(at, at + len(extra)), extra))
        at += len(extra)
    for i, place, own in pieces:
        element = first + i
        if not rows.is_periodic or element + p < main:
            wide[place, i * c : (i + p + 1) * c] = own[:, :-1]
        else:
            origin = 0 if element >= main else first
            for j in range(p + 1):
                spline = (element + j) % (main + p)
                to = span + (spline - main) * c if spline >= main else (spline - origin) * c
                wide[place, to : to + c] = own[:, j * c : (j + 1) * c]
        wide[place, -1] = own[:, -1]
    return wide


def _triangle(stacked: np.ndarray) -> np.ndarray:
    factored, _, _, info = _geqrf(np.asfortranarray(stacked), overwrite_a=1)
    if info:
        raise ArithmeticError(f"geqrf: {info}")
    upper = factored[: stacked.shape[1]]
    upper[_below(*upper.shape)] = 0.0
    return upper


@lru_cache(maxsize=64)
def _below(rows: int, columns: int) -> np.ndarray:
    return np.tri(rows, columns, -1, dtype=bool)


def _back(upper: np.ndarray, target: np.ndarray) -> np.ndarray:
    if not upper.shape[1]:
        return np.zeros(0)
    if len(upper) < upper.shape[1]:
        raise SingularRowsError
    diagonal = np.abs(np.diag(upper))
    if not diagonal.min(initial=np.inf) > _NEGLIGIBLE * diagonal.max(initial=0.0):
        raise SingularRowsError
    solution, info = _trtrs(upper, target)
    if info:
        raise SingularRowsError
    return solution
