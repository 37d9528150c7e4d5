"""The rows of a problem: one per point of a block, one per time of a global condition.

Row i belongs to a term and to one of its blocks or functionals, a *group*. Two numbers say how
it counts: ``copies``, as in the kernel's trace, and ``mean_shares`` 1/n of its group, as in the
loss ``L_g = Σ_groups mean(r²)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from pdelang.kernels.trace import Copies
from pdelang.networks.assembly import Assembly, Batch, PlacedBlock, PlacedFunctional


@dataclass(frozen=True, slots=True, eq=False)
class RowGroup:
    """Rows ``start .. stop`` come from one block or functional of term ``term``."""

    term: int
    placed: PlacedBlock | PlacedFunctional
    start: int
    stop: int
    copies: int

    @property
    def count(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows of an assembly on one batch, term by term; n of them."""

    assembly: Assembly
    batch: Batch
    groups: tuple[RowGroup, ...]

    @property
    def count(self) -> int:
        return self.groups[-1].stop

    @property
    def terms(self) -> np.ndarray:
        """The term of every row, ``(n,)`` integers."""
        return self._spread([g.term for g in self.groups])

    @property
    def copies(self) -> np.ndarray:
        """How often every row counts in a trace, ``(n,)``."""
        return self._spread([float(g.copies) for g in self.groups])

    @property
    def mean_shares(self) -> np.ndarray:
        """``1/n_group`` of every row, ``(n,)``: ``L_g = Σ_{i in g} share_i r_i²``."""
        return self._spread([1.0 / g.count for g in self.groups])

    def slice_of(self, term: int) -> slice:
        """Return the rows of a term."""
        own = [g for g in self.groups if g.term == term]
        return slice(own[0].start, own[-1].stop)

    def points_of(self, group: RowGroup) -> np.ndarray | None:
        """Return the points ``(count, d)`` of a group's rows; None for a global condition."""
        match group.placed:
            case PlacedBlock(point_set=number):
                return np.asarray(self.batch.points[number])
            case _:
                return None

    def residuals(self, parameters: Any) -> jax.Array:
        """Return every row's residual in one array, ``(n,)``; differentiable."""
        parts = self.assembly.residuals(parameters, self.batch)
        return jnp.concatenate([part for rows in parts for part in rows])

    def _spread(self, values: Sequence[float]) -> np.ndarray:
        return np.repeat(np.array(values), [g.count for g in self.groups])


def list_rows(assembly: Assembly, batch: Batch, copies: Copies) -> Rows:
    """Return the rows of a batch in the order of `Assembly.residuals`."""
    groups: list[RowGroup] = []
    start = 0
    for number, term in enumerate(assembly.terms):
        members = [
            (b, batch.points[b.point_set].shape[0], copies.points[b.point_set]) for b in term.blocks
        ]
        members += [(f, _count_times(f, batch), copies.times) for f in term.functionals]
        for placed, count, repeats in members:
            groups.append(RowGroup(number, placed, start, start + count, repeats))
            start += count
    return Rows(assembly, batch, tuple(groups))


def _count_times(placed: PlacedFunctional, batch: Batch) -> int:
    return batch.nodes[placed.node_sets[0]].shape[0] if placed.node_sets else 1
