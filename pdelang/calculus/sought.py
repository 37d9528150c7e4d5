"""Fits among the unknowns: one system in which both are sought at once.

Each fit becomes a field of its own, its departure from the first guess (`fit_expression`), of which
a residual knows the jets like any other: a method that knows ``r(x, j)`` and ``∂r/∂j`` moves the fits in
the same step as the unknowns. What is observed stands among the terms.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import sympy

from pdelang.calculus.functionals import derive_requirements, derive_surplus
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Ansatz, Block, Functional, System, UnitFrame
from pdelang.calculus.terms import collect_terms, derive_blocks, derive_observations
from pdelang.semantics.evaluate import evaluate
from pdelang.semantics.measured import Departure, Fit

# Total degree of a field's departure, by the number of its coordinates; the last serves all above.
_DEGREES = {1: 6, 2: 4, 3: 3}


class BoundAnsatzError(ValueError):
    """A condition that the ansatz satisfies exactly depends on a fit."""


def depart(fit: Fit) -> Departure:
    """Return how a fit departs from its guess when it is sought with the unknowns."""
    if not fit.is_field:
        return Departure(0)
    return Departure(_DEGREES[min(len(fit.coordinates), max(_DEGREES))])


def seek_jointly(system: System) -> System:
    """Return the system with its fits among the fields and its observations among the terms.

    ``system`` has the fits at their guesses; its scales and exact conditions stay. Raises
    BoundAnsatzError where such a condition depends on a fit.
    """
    problem = system.problem.with_fits({fit.name: depart(fit) for fit in system.problem.fits})
    symbols = Symbols.of(problem)
    blocks = derive_blocks(problem, symbols)
    observed = derive_observations(problem, symbols)
    functionals = (*derive_requirements(problem, symbols), *derive_surplus(problem, symbols))
    sought = tuple(symbols.sought)
    hard = {block.name for block in system.hard}
    if any(b.name in hard and _touches(b, sought) for *_, b in blocks):
        raise BoundAnsatzError
    terms = (*system.terms, *system.observations)
    scales = {b.name: b.residual.scale for t in terms for b in t.blocks}
    sizes = {f.name: f.scale for t in terms for f in t.functionals}

    def scaled(block: Block) -> Block:
        return replace(block, residual=replace(block.residual, scale=scales.get(block.name, 1.0)))

    def sized(functional: Functional) -> Functional:
        return replace(functional, scale=sizes.get(functional.name, 1.0))

    kept = [(g, kind, scaled(b)) for g, kind, b in (*blocks, *observed) if b.name not in hard]
    scaling = system.scaling
    fits = {fit.name: fit for fit in problem.fits}
    whole = UnitFrame(scaling.centre, scaling.half_width)
    scaling = replace(
        scaling,
        field_scale=(*scaling.field_scale, *(departure_size(fits[name]) for name in sought)),
        frames=(*scaling.frames, *(whole for _ in sought)) if scaling.frames else (),
    )
    free = tuple(Ansatz(name, sympy.S.Zero, sympy.S.One) for name in sought)
    return replace(
        system,
        problem=problem,
        fields=(*system.fields, *sought),
        jet_symbols=symbols.table(),
        terms=collect_terms(kept, [(g, sized(f)) for g, f in functionals]),
        ansatz=(*system.ansatz, *free),
        scaling=scaling,
        reports=(),
        is_linear=False,
        fits=(),
        observations=(),
        observed=frozenset(
            b.name for t in system.observations for b in (*t.blocks, *t.functionals)
        ),
        sought=sought,
    )


def departure_size(fit: Fit) -> float:
    """Return what one unit of a departure is worth: between bounds it has no unit."""
    if fit.is_field or math.isfinite(fit.low) or math.isfinite(fit.high):
        return 1.0
    return abs(float(evaluate(fit.guess, np.zeros((1, 0)), ())[0])) or 1.0


def _touches(block: Block, sought: tuple[str, ...]) -> bool:
    return any(jet.field in sought for jet in block.residual.touched)
