"""Object arrays of dependences, one entry per entry of a vector or tensor.

They are built entry by entry: NumPy would unpack anything that looks like a sequence.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from pdelang.semantics.dependence import ZERO, Dependence, add, apply_function, multiply

Entries = Any
"""An object array of `Dependence`; NumPy's types do not know what an object array holds."""


def scalar_entry(entry: Dependence) -> Entries:
    array = np.empty((), dtype=object)
    array[()] = entry
    return array


def entry_array(entries: list[Dependence]) -> Entries:
    array = np.empty(len(entries), dtype=object)
    for index, entry in enumerate(entries):
        array[index] = entry
    return array


def stack_entries(rows: list[Entries]) -> Entries:
    array = np.empty((len(rows), *rows[0].shape), dtype=object)
    for index, row in enumerate(rows):
        array[index] = row[()] if row.ndim == 0 else row
    return array


def map_entries(function: Callable[[Dependence], Dependence], entries: Entries) -> Entries:
    array = np.empty(entries.shape, dtype=object)
    for index in np.ndindex(entries.shape):
        array[index] = function(entries[index])
    return array


def combine_entries(
    function: Callable[[Dependence, Dependence], Dependence], a: Entries, b: Entries
) -> Entries:
    array = np.empty(a.shape, dtype=object)
    for index in np.ndindex(a.shape):
        array[index] = function(a[index], b[index])
    return array


def sum_entries(terms: list[Entries]) -> Entries:
    return reduce(lambda a, b: combine_entries(add, a, b), terms)


def embed_entries(entries: Entries, directions: tuple[int | None, ...]) -> Entries:
    """Return the entries along every direction; None marks one without a coordinate of its own."""
    if not entries.ndim:
        return entries
    array = np.full((len(directions),) * entries.ndim, ZERO, dtype=object)
    own = [i for i, axis in enumerate(directions) if axis is not None]
    array[np.ix_(*[own] * entries.ndim)] = entries
    return array


def restrict_entries(entries: Entries, directions: tuple[int | None, ...]) -> Entries:
    """Return the entries along the coordinates that are written."""
    if not entries.ndim:
        return entries
    own = [i for i, axis in enumerate(directions) if axis is not None]
    return entries[np.ix_(*[own] * entries.ndim)]


def contract_entries(a: Entries, b: Entries) -> Entries:
    """Contract the last index of ``a`` with the first of ``b``."""
    left, right = a.reshape(-1, a.shape[-1]), b.reshape(b.shape[0], -1)
    result = np.empty((left.shape[0], right.shape[1]), dtype=object)
    for i, j in np.ndindex(result.shape):
        terms = [multiply(left[i, k], right[k, j]) for k in range(a.shape[-1])]
        result[i, j] = reduce(add, terms)
    return result.reshape(a.shape[:-1] + b.shape[1:])


def cross_entries(a: Entries, b: Entries) -> Entries:
    def minor(j: int, k: int) -> Dependence:
        return add(multiply(a[j], b[k]), multiply(a[k], b[j]))

    if a.shape[0] == 2:
        return scalar_entry(minor(0, 1))
    return entry_array([minor(1, 2), minor(2, 0), minor(0, 1)])


def join_entries(predicate: Dependence, a: Entries, b: Entries) -> Entries:
    """Return what ``if predicate then a else b`` depends on, entry by entry."""
    if not predicate.occurrences and not predicate.varies:
        return combine_entries(add, a, b)
    return combine_entries(lambda x, y: apply_function(predicate, x, y), a, b)
