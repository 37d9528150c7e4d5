"""What went wrong, in the style of the messages about specs, and the exit code that says so."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path

import typer

from pdelang.artifacts.failure import ArtifactError
from pdelang.artifacts.points import PointsError
from pdelang.cli.console import print_diagnostics, print_json, print_note
from pdelang.cli.interrupt import wants_json
from pdelang.device import DeviceError
from pdelang.diagnostics.message import SpecError
from pdelang.diagnostics.render import render_json

WRONG_INPUT = 2
OUR_FAULT = 3


class ArgumentError(Exception):
    """Arguments that make no sense together; ``help`` is a change to make."""

    def __init__(self, message: str, help: str | None = None) -> None:
        self.help = help
        super().__init__(message)


def explain_failure(error: Exception, arguments: list[str]) -> int | None:
    """Print a failure that the user can mend, and return 2; None for any other."""
    as_json = wants_json(arguments)
    match error:
        case SpecError(diagnostics=diagnostics) if as_json:
            print_json({"diagnostics": render_json(diagnostics)})
        case SpecError(diagnostics=diagnostics):
            print_diagnostics(diagnostics, sys.stderr)
        case ArgumentError(help=help) | PointsError(help=help) | ArtifactError(help=help):
            _print_error(str(error), help, as_json)
        case DeviceError():
            _print_error(str(error), "leave --device out to let JAX choose", as_json)
        case typer.TyperException():
            command = _read_command(error)
            _print_error(_write_sentence(error), f"see '{command} --help'", as_json)
        case _:
            return None
    return WRONG_INPUT


def print_internal_fault(error: Exception, arguments: list[str]) -> int:
    """Say that the fault is ours and where the traceback is; return 3."""
    text = "".join(traceback.format_exception(error))
    if os.environ.get("PDELANG_DEBUG"):
        print_note(text)
        where = "the traceback stands above"
    else:
        where = f"the traceback is in {_save_traceback(text)}"
    message = f"this is a fault of pdelang, not of your spec ({type(error).__name__}); {where}"
    _print_error(message, "please report it with the spec and the traceback", wants_json(arguments))
    return OUR_FAULT


def _print_error(message: str, help: str | None, as_json: bool) -> None:
    if as_json:
        print_json({"error": {"message": message, "help": help}})
        return
    print_note(f"error: {message}" + (f"\n = help: {help}" if help else ""))


def _write_sentence(error: typer.TyperException) -> str:
    sentence = error.format_message().rstrip(".").replace("Value error, ", "")
    return sentence[:1].lower() + sentence[1:]


def _read_command(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context is not None else "pdelang"


def _save_traceback(text: str) -> Path:
    with tempfile.NamedTemporaryFile(
        "w", prefix="pdelang-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    return Path(file.name)
