"""Unknowns that are one function per region, put together again for people.

At a point the function of the region counts in which it lies; where an unknown does not exist its
value is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.networks.membership import lies_in
from pdelang.semantics.conditions import Unknown
from pdelang.semantics.domain import Region


@dataclass(frozen=True, slots=True, eq=False)
class RegionalComponent:
    """A component, the functions that it is, and the region of each; none for one function everywhere."""

    name: str
    fields: tuple[str, ...]
    regions: tuple[Region, ...]
    is_limited: bool


def list_components(unknowns: Sequence[Unknown]) -> tuple[RegionalComponent, ...]:
    """Return every component of the unknowns."""
    found = []
    for unknown in unknowns:
        for number, name in enumerate(unknown.components):
            homes = unknown.regions or (None,)
            fields = tuple(unknown.fields_in(home)[number] for home in homes)
            found.append(RegionalComponent(name, fields, unknown.regions, unknown.is_limited))
    return tuple(found)


def join_traced(
    components: Sequence[RegionalComponent],
    values: Mapping[str, jax.Array],
    points: jax.Array,
    is_portable: bool = False,
) -> dict[str, jax.Array]:
    """Return every component whose fields are given at ``points (n, d)``, ``(n,)`` each."""
    result: dict[str, jax.Array] = {}
    known: dict[int, jax.Array] = {}

    def within(region: Region) -> jax.Array:
        if id(region) not in known:
            known[id(region)] = lies_in(region.body, points[:, : region.body.d], is_portable)
        return known[id(region)]

    for component in components:
        if not all(field in values for field in component.fields):
            continue
        total = values[component.fields[-1]]
        if component.is_limited:
            total = jnp.where(within(component.regions[-1]), total, jnp.nan)
        earlier = list(zip(component.fields, component.regions, strict=False))[:-1]
        for field, region in reversed(earlier):
            total = jnp.where(within(region), values[field], total)
        result[component.name] = total
    return result


def join_values(
    components: Sequence[RegionalComponent], values: Mapping[str, np.ndarray], points: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the same as `join_traced`, in NumPy."""
    result: dict[str, np.ndarray] = {}
    for component in components:
        if not all(field in values for field in component.fields):
            continue
        inside = [
            region.body.contains(points[:, : region.body.d], 1e-12) for region in component.regions
        ]
        total = values[component.fields[-1]]
        if component.is_limited:
            total = np.where(inside[-1], total, np.nan)
        for field, mask in reversed(list(zip(component.fields, inside, strict=False))[:-1]):
            total = np.where(mask, values[field], total)
        result[component.name] = total
    return result
