"""Conditions as terms of their own, where a method cannot use those built into the fields."""

from __future__ import annotations

from dataclasses import replace

from pdelang.calculus.derivation import derive
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program


def soften(program: Program) -> Program:
    """Return the program of the same problem with ``conditions = soft``.

    Functions that are singular at a corner are none once multiplied by a factor that vanishes there.
    """
    if not program.system.hard:
        return program
    problem = program.system.problem
    settings = replace(problem.settings, conditions="soft")
    system, _ = derive(replace(problem, settings=settings))
    assert system is not None, "it was derived before"
    return lower(system)
