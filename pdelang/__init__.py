"""`pdelang` turns a PDE written as on a whiteboard into a solved, saved, evaluable field.

>>> problem = pdelang.compile("burgers.pde")
>>> solution = problem.solve(tolerance=1e-4)
>>> solution.u(x=0.5, t=1.0)

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdelang.api.magic import Shell
    from pdelang.api.problem import Problem, check, compile
    from pdelang.api.solution import Solution, load
    from pdelang.artifacts.failure import ArtifactError
    from pdelang.diagnostics.message import Diagnostic, SpecError
    from pdelang.version import __version__

_HOMES = {
    "ArtifactError": "pdelang.artifacts.failure",
    "Diagnostic": "pdelang.diagnostics.message",
    "Problem": "pdelang.api.problem",
    "Solution": "pdelang.api.solution",
    "SpecError": "pdelang.diagnostics.message",
    "__version__": "pdelang.version",
    "check": "pdelang.api.problem",
    "compile": "pdelang.api.problem",
    "load": "pdelang.api.solution",
}

__all__ = [
    "ArtifactError",
    "Diagnostic",
    "Problem",
    "Solution",
    "SpecError",
    "__version__",
    "check",
    "compile",
    "load",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'pdelang' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def load_ipython_extension(shell: Shell) -> None:
    """Add the cell magic ``%%pde`` to a notebook: ``%load_ext pdelang``."""
    from pdelang.api.magic import register

    register(shell)


def __dir__() -> list[str]:
    return __all__
