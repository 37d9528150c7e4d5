"""The system of a problem again, with its fits at other values: sizes and judgements stay as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pdelang.calculus.ansatz import choose_ansatz
from pdelang.calculus.extent import Extent
from pdelang.calculus.functionals import derive_requirements, derive_surplus
from pdelang.calculus.symbols import Symbols
from pdelang.calculus.system import Block, System
from pdelang.calculus.terms import collect_terms, derive_blocks, derive_observations
from pdelang.semantics.problem import Problem


def derive_again(problem: Problem, like: System) -> System:
    """Return the system of a problem that differs from that of ``like`` in the values of its constants.

    Fields, residuals and requirements are scaled as in ``like``, so that rows of both are comparable;
    reports, types and what is known of the solution are those of ``like``.
    """
    symbols = Symbols.of(problem)
    extent = Extent.of(problem, symbols)
    scales = _scales_of(like)
    labelled = tuple(
        (label, kind, _with_scale(block, scales))
        for label, kind, block in derive_blocks(problem, symbols)
    )
    blocks = [block for *_, block in labelled]
    ansatz, hard = choose_ansatz(problem, blocks, extent, symbols)
    soft = [item for item in labelled if item[2] not in hard]
    observed = [
        (label, kind, _with_scale(block, scales))
        for label, kind, block in derive_observations(problem, symbols)
    ]
    required, surplus = (
        [(label, replace(f, scale=scales[f.name])) for label, f in functionals]
        for functionals in (derive_requirements(problem, symbols), derive_surplus(problem, symbols))
    )
    return replace(
        like,
        problem=problem,
        jet_symbols=symbols.table(),
        terms=collect_terms(soft, required),
        hard=hard,
        ansatz=ansatz,
        observations=collect_terms(observed, surplus),
    )


def _scales_of(system: System) -> dict[str, float]:
    """Return the scales of all residuals and requirements by their names."""
    terms = (*system.terms, *system.observations)
    blocks = [*system.hard, *(b for term in terms for b in term.blocks)]
    return {b.name: b.residual.scale for b in blocks} | {
        f.name: f.scale for term in terms for f in term.functionals
    }


def _with_scale(block: Block, scales: Mapping[str, float]) -> Block:
    return replace(block, residual=replace(block.residual, scale=scales[block.name]))
