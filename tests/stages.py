"""Spec text, brought to a stage: what tests of later stages start from."""

from pdelang.calculus.derivation import derive
from pdelang.calculus.system import System
from pdelang.diagnostics.message import Diagnostic, has_errors
from pdelang.diagnostics.span import Source
from pdelang.lowering.lower import lower
from pdelang.lowering.program import Program
from pdelang.semantics.analysis import analyse
from pdelang.semantics.problem import Problem
from pdelang.syntax.parser import parse


def analyse_text(text: str) -> Problem:
    """Return the problem of a spec that has no errors; ``pde 1`` is put before it."""
    tree, faults = parse(Source("<spec>", f"pde 1\n{text}"))
    problem, more = analyse(tree, None)
    assert problem is not None, (faults, more)
    assert not has_errors((*faults, *more)), (faults, more)
    return problem


def derive_text(text: str) -> System:
    """Return the system of a spec that has no errors."""
    system, diagnostics = derive(analyse_text(text))
    assert system is not None
    assert not has_errors(diagnostics), diagnostics
    return system


def derive_faults(text: str) -> tuple[Diagnostic, ...]:
    """Return what `derive` says of a spec that `analyse` accepts."""
    return derive(analyse_text(text))[1]


def lower_text(text: str) -> Program:
    """Return the program of a spec that has no errors."""
    return lower(derive_text(text))
