"""``%%pde``: a notebook cell that is a spec.

    %load_ext pdelang

    %%pde heat                       # compiles the cell; `heat` is a Problem
    %%pde heat --solve               # … and solves it; `heat` is a Solution
    %%pde heat --solve tolerance=1e-6 method=adam

IPython calls this module; nothing of it is imported here.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any, Protocol

from pdelang import pipeline
from pdelang.api.problem import Problem
from pdelang.api.solution import Solution
from pdelang.diagnostics.message import Diagnostic, SpecError, has_errors

_NAME = "problem"
_SOLVE = "--solve"


class Shell(Protocol):
    """What is needed of IPython's shell."""

    user_ns: dict[str, Any]

    def register_magic_function(
        self, func: Callable[..., Any], magic_kind: str, magic_name: str
    ) -> None: ...


class Messages:
    """What is wrong with a cell, shown as in a terminal."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics

    def _repr_html_(self) -> str:
        from pdelang.artifacts.notebook import write_messages_html

        return write_messages_html(self.diagnostics)

    def __repr__(self) -> str:
        from pdelang.diagnostics.render import render_text

        return render_text(self.diagnostics, color=False)


def register(shell: Shell) -> None:
    """Give a shell the cell magic ``%%pde``."""

    def pde(line: str, cell: str) -> Problem | Solution | Messages:
        return run_cell(shell, line, cell)

    pde.__doc__ = __doc__
    shell.register_magic_function(pde, "cell", "pde")


def run_cell(shell: Shell, line: str, cell: str) -> Problem | Solution | Messages:
    """Compile a cell, solve it where the line asks for that, and bind the result to its name.

    Raises ValueError for a line that cannot be read; what is wrong with the spec is returned.
    """
    name, is_solved, settings = _read_line(line)
    text = cell if cell.endswith("\n") else f"{cell}\n"
    checked = pipeline.check(text, settings)
    if has_errors(checked.diagnostics):
        return Messages(checked.diagnostics)
    result: Problem | Solution = Problem(text, checked)
    if is_solved:
        try:
            compiled = pipeline.compile(text, settings)
        except SpecError as error:
            return Messages(error.diagnostics)
        result = Solution(pipeline.solve(compiled), compiled.diagnostics)
    shell.user_ns[name] = result
    return result


def _read_line(line: str) -> tuple[str, bool, dict[str, str]]:
    words = line.split()
    is_solved = _SOLVE in words
    settings: dict[str, str] = {}
    names = []
    for word in words:
        key, equals, value = word.partition("=")
        if word == _SOLVE:
            continue
        if equals and key and value:
            settings[key] = value
        elif word.isidentifier() and not keyword.iskeyword(word):
            names.append(word)
        else:
            raise ValueError(f"%%pde takes a name, {_SOLVE} and key=value, not '{word}'")
    if len(names) > 1:
        raise ValueError(f"%%pde takes one name, not {' and '.join(names)}")
    return (names or [_NAME])[0], is_solved, settings
