"""A problem as a classical solver reads it: as many equations and conditions as unknowns, on a box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pdelang.calculus.numeric import Plan, evaluate, numpy_functions, plan
from pdelang.calculus.system import Block, Interior, OnPiece, Residual, Start, System
from pdelang.geometry.box import Side


class NotClassicalError(Exception):
    """A problem that this classical solver cannot take; the text says why."""


class MissingPackageError(Exception):
    """A classical solver that is not installed; ``help`` says how to install it."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True, eq=False)
class PointwiseResidual:
    """A residual with its slopes, ready for numbers."""

    system: System
    residual: Residual
    planned: Plan

    @classmethod
    def of(cls, system: System, residual: Residual) -> PointwiseResidual:
        return cls(system, residual, plan([residual.expression, *residual.derivatives]))

    def linearise(
        self, points: np.ndarray, jets: Mapping[str, np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return the residual ``(n,)`` and its slope by every jet, at points ``(n, d)``.

        ``jets`` are values ``(n,)`` by the jet's symbol.
        """
        n = len(points)
        values = dict(zip(self.system.coordinates, points.T, strict=True))
        names = dict(self.system.jet_symbols)
        values |= {names[jet]: jets[names[jet].name] for jet in self.residual.jets}
        with np.errstate(all="ignore"):
            found = evaluate(self.planned, values, numpy_functions())
        rows = [np.broadcast_to(np.asarray(value, float), (n,)) for value in found]
        return rows[0], rows[1:]


@dataclass(frozen=True, slots=True, eq=False)
class BoxStatement:
    """Equations, the conditions of every side by ``(axis, upper)``, and those of the start by order."""

    system: System
    equations: tuple[PointwiseResidual, ...]
    sides: Mapping[tuple[int, bool], tuple[PointwiseResidual, ...]]
    start: tuple[PointwiseResidual, ...]

    @classmethod
    def of(cls, system: System) -> BoxStatement:
        """Return the statement of a system.

        Raises:
            NotClassicalError: no box, or conditions that do not fit one by one.
        """
        problem = system.problem
        if problem.domain.body is not None:
            raise NotClassicalError("it needs a box")
        if problem.domain.poles:
            raise NotClassicalError("its coordinates degenerate at a pole of the domain")
        if problem.fits:
            raise NotClassicalError("it has constants to be fitted")
        blocks: list[Block] = [*(b for t in system.terms for b in t.blocks), *system.hard]
        if any(term.functionals for term in system.terms):
            raise NotClassicalError("a `require` is no equation at a point of a grid")
        equations, start = [], []
        sides: dict[tuple[int, bool], list[PointwiseResidual]] = {
            (axis, upper): []
            for axis in range(problem.domain.box.d)
            if axis not in problem.periodic_axes
            for upper in (False, True)
        }
        for block in blocks:
            if block.residual.nonlocals:
                raise NotClassicalError("it contains values elsewhere or integrals")
            residual = PointwiseResidual.of(system, block.residual)
            match block.place:
                case Interior():
                    equations.append(residual)
                case Start():
                    start.append(residual)
                case OnPiece(piece=piece) if piece.is_box_side and isinstance(piece.side, Side):
                    sides[piece.side.axis, piece.side.upper].append(residual)
                case _:
                    raise NotClassicalError(f"`{block.name}` does not stand on a whole side")
        count = len(system.fields)
        if len(equations) != count:
            raise NotClassicalError("it has not as many equations as unknown components")
        for (axis, upper), own in sides.items():
            if len(own) != count:
                name = system.coordinates[axis].name
                raise NotClassicalError(
                    f"at the {'high' if upper else 'low'} end of {name} stand {len(own)} conditions"
                    f" for {count} unknown component{'s' if count > 1 else ''}; it takes one for each"
                )
        return cls(system, tuple(equations), {k: tuple(v) for k, v in sides.items()}, tuple(start))
