"""What the static site needs besides the pages: formulas as MathML, and the specs that the gallery links to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert

ROOT = Path(__file__).resolve().parent.parent
_FORMULA = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"^```(\w+) [\w.]+$", re.MULTILINE)
_SPEC = re.compile(r"\]\(\.\./specs/(\w+\.pde)\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Turn formulas into MathML, leave out the names of files at code blocks, and link to copies of specs."""
    markdown = _FORMULA.sub(lambda m: convert(m[1].strip(), display="block"), markdown)
    markdown = _NAMED.sub(r"```\1", markdown)
    return _SPEC.sub(r"](specs/\1)", markdown)


def on_files(files: Any, config: Any) -> Any:
    """Add the specs of the gallery to the site, as they are."""
    from mkdocs.structure.files import File

    for path in sorted((ROOT / "specs").glob("*.pde")):
        files.append(File.generated(config, f"specs/{path.name}", abs_src_path=str(path)))
    return files
