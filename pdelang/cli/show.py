"""``pdelang show`` and ``pdelang explain``: what is known already."""

from __future__ import annotations

import sys
from pathlib import Path

from pdelang.artifacts.load import load_manifest
from pdelang.artifacts.summary import FACT_COLUMN, summarize
from pdelang.cli.console import print_entries, print_json, print_text
from pdelang.cli.failure import ArgumentError
from pdelang.diagnostics.explain import UnknownCode, explain


def show_artifact(artifact: Path, as_json: bool) -> int:
    """Print what an artifact's manifest says."""
    manifest = load_manifest(artifact)
    if as_json:
        print_json({**manifest.to_record(), "artifact": str(artifact)})
    else:
        print_entries(summarize(manifest, artifact), sys.stdout, FACT_COLUMN)
    return 0


def explain_code(code: str) -> int:
    """Print the page of a code of the catalogue."""
    try:
        print_text(explain(code).rstrip("\n"))
    except UnknownCode as error:
        near = f"did you mean {error.similar}?" if error.similar else "codes look like E201"
        raise ArgumentError(f"there is no code '{error.code}'", near) from None
    return 0
