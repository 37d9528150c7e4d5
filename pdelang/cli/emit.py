"""``pdelang emit``: what a stage of the compiler makes of a spec."""

from __future__ import annotations

from pathlib import Path

from pdelang.cli.console import print_text
from pdelang.diagnostics.message import SpecError
from pdelang.pipeline import Compilation, Stage, run_until

_STAGES = {
    "tree": Stage.TREE,
    "problem": Stage.PROBLEM,
    "system": Stage.SYSTEM,
    "latex": Stage.SYSTEM,
    "python": Stage.SYSTEM,
    "program": Stage.PROGRAM,
}


def emit_stage(spec: str, stage: str) -> int:
    """Print one form of a spec."""
    compilation = run_until(_STAGES[stage], Path(spec))
    if compilation.has_errors:
        raise SpecError(compilation.diagnostics)
    print_text(format_stage(compilation, stage).rstrip("\n"))
    return 0


def format_stage(compilation: Compilation, stage: str) -> str:
    """Return one form of a compilation as text."""
    tree, problem, system = compilation.tree, compilation.problem, compilation.system
    match stage:
        case "tree" if tree is not None:
            from pdelang.syntax.printing import format_tree

            return format_tree(tree)
        case "problem" if problem is not None:
            from pdelang.semantics.printing import format_problem

            return format_problem(problem)
        case "system" if system is not None:
            from pdelang.calculus.printing import format_system

            return format_system(system)
        case "latex" if system is not None:
            from pdelang.calculus.printing import to_latex

            return to_latex(system)
        case "python" if system is not None:
            from pdelang.lowering.emission import emit_python

            return emit_python(system)
        case "program" if compilation.program is not None:
            from pdelang.lowering.emission import format_program

            return format_program(compilation.program)
        case _:
            raise ValueError(f"no stage '{stage}'")
