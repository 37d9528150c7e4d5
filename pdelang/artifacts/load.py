"""Reading an artifact back: its files, checked, before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pdelang.artifacts.export_format import SUFFIXES, TIMES_SUFFIX
from pdelang.artifacts.failure import ArtifactError
from pdelang.artifacts.folder import MANIFEST, list_sweep
from pdelang.artifacts.manifest import Manifest, hash_bytes, read_manifest

if TYPE_CHECKING:
    from pdelang.lowering.program import Program
    from pdelang.training.inverse.fitted import FittedValue
    from pdelang.training.solution import History, Solution

SPEC = "spec.pde"
PARAMETERS = "parameters.safetensors"
HISTORY = "history.csv"
FIELD = "field.stablehlo"
FIELDS = "fields"  # and a suffix per format, or a folder of files per time
REPORT = "report.html"
PLOTS = "plots/"
_OURS = {SPEC, PARAMETERS, HISTORY, FIELD, REPORT}
_OURS |= {FIELDS + suffix for suffix in (*SUFFIXES.values(), TIMES_SUFFIX)}
_OUR_FOLDERS = (PLOTS, f"{FIELDS}/")

_SOLVE_AGAIN = "solve the spec again to make the artifact anew"


@dataclass(frozen=True, slots=True, eq=False)
class StoredArtifact:
    """The files of an artifact, read and checked, not yet compiled.

    ``has_tables`` says that every table that the spec names still lies in the artifact.
    """

    folder: Path
    manifest: Manifest
    spec: str
    arrays: dict[str, np.ndarray]
    history: History
    has_tables: bool


def load_manifest(folder: Path) -> Manifest:
    """Return the manifest of the artifact at ``folder``.

    Raises:
        ArtifactError: no folder, no manifest, or a damaged one.
    """
    if not folder.is_dir():
        raise ArtifactError(folder, "is a file" if folder.exists() else "there is no such folder")
    path = folder / MANIFEST
    if not path.is_file():
        if swept := list_sweep(folder):
            raise ArtifactError(
                folder,
                f"holds the {len(swept)} artifacts of a sweep",
                help=f"name one of them, such as {folder / swept[0]}",
            )
        raise ArtifactError(folder, f"is not an artifact of pdelang: it has no {MANIFEST}")
    try:
        return read_manifest(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise ArtifactError(folder, f"{MANIFEST} is damaged: it is not UTF-8") from None
    except ValueError as error:
        raise ArtifactError(folder, f"{MANIFEST} is damaged: {error}", help=_SOLVE_AGAIN) from None


def read_artifact(folder: Path) -> StoredArtifact:
    """Return the checked content of an artifact. Nothing in it is executed.

    Raises:
        ArtifactError: a file is missing, changed since it was written, or unreadable.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    from pdelang.artifacts.history import read_history

    manifest = load_manifest(folder)
    spec = _read_checked(folder, manifest, SPEC)
    try:
        arrays = load(_read_checked(folder, manifest, PARAMETERS))
    except (SafetensorError, ValueError, KeyError) as error:
        raise ArtifactError(
            folder, f"{PARAMETERS} is damaged: {error}", help=_SOLVE_AGAIN
        ) from None
    try:
        history = read_history(_read(folder, HISTORY).decode("utf-8"))
    except ValueError as error:
        raise ArtifactError(folder, f"{HISTORY} is damaged: {error}", help=_SOLVE_AGAIN) from None
    tables = [
        name for name in manifest.files if name not in _OURS and not name.startswith(_OUR_FOLDERS)
    ]
    has_tables = all(
        (folder / name).is_file()
        and hash_bytes((folder / name).read_bytes()) == manifest.files[name]
        for name in tables
    )
    return StoredArtifact(folder, manifest, spec.decode("utf-8"), arrays, history, has_tables)


def read_stored_fits(stored: StoredArtifact) -> dict[str, FittedValue]:
    """Return what the fits of the spec turned out to be; raises ArtifactError."""
    from pdelang.artifacts.fitted import read_fitted

    try:
        return read_fitted(stored.manifest.fitted)
    except ValueError as error:
        raise ArtifactError(
            stored.folder, f"{MANIFEST} is damaged: {error}", help=_SOLVE_AGAIN
        ) from None


def restore_solution(stored: StoredArtifact, program: Program) -> Solution:
    """Return the solution of an artifact, given the program that its spec compiles to.

    Raises:
        ArtifactError: the parameters are not those of the network that the settings describe.
    """
    from pdelang.artifacts.parameters import restore_parameters
    from pdelang.networks.model import FieldModel
    from pdelang.training.precision import numeric_context, read_dtype
    from pdelang.training.solution import Solution, Status

    manifest = stored.manifest
    settings = program.system.problem.settings
    model = FieldModel.from_program(program, settings)
    try:
        with numeric_context(manifest.precision):
            template = model.template(read_dtype(manifest.precision))
        parameters = restore_parameters(stored.arrays, template)
        status = Status(manifest.status)
    except KeyError:
        fault = f"{MANIFEST} is damaged: the entry 'precision' is '{manifest.precision}'"
        raise ArtifactError(stored.folder, fault, help=_SOLVE_AGAIN) from None
    except ValueError as error:
        raise ArtifactError(stored.folder, str(error), help=_SOLVE_AGAIN) from None
    return Solution(
        program=program,
        model=model,
        parameters=parameters,
        status=status,
        method=manifest.method,
        weights=manifest.weights,
        settings=settings,
        precision=manifest.precision,
        error_estimate=manifest.error_estimate,
        error=manifest.error,
        reports=manifest.reports,
        history=stored.history,
        seconds=manifest.seconds_by_stage,
        messages=manifest.messages,
        ntk=manifest.ntk,
        dynamics=manifest.dynamics,
        fitted=read_stored_fits(stored),
        misfit=manifest.misfit,
        standard_error=manifest.standard_error,
    )


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        fault = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise ArtifactError(folder, f"{name} {fault}", help=_SOLVE_AGAIN) from None


def _read_checked(folder: Path, manifest: Manifest, name: str) -> bytes:
    content = _read(folder, name)
    if hash_bytes(content) != manifest.files.get(name):
        raise ArtifactError(
            folder, f"{name} is not the file that the manifest describes", help=_SOLVE_AGAIN
        )
    return content
