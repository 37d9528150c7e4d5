"""The page of the gallery: every spec of `specs/` by group, with its equations and its source.

    python benchmarks/gallery_page.py [--results bench.json] [--output docs/gallery.md]

``bench.json`` is what ``pdelang bench specs/*.pde --format json`` printed; with it every spec has its
method, errors and seconds. The group is what the compiler derived, unless `GROUPS` names the
subject that a problem belongs to.
"""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy
from sympy.core.alphabets import greeks
from sympy.core.function import AppliedUndef

from pdelang import pipeline
from pdelang.calculus.nonlocal_notation import write_out
from pdelang.calculus.notation import format_latex
from pdelang.calculus.system import Block, Interior, System
from pdelang.pipeline import Compilation
from pdelang.syntax import tree

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT / "specs"
PAGE = ROOT / "docs" / "gallery.md"

TITLES = {
    "elliptic": "Elliptic",
    "parabolic": "Parabolic",
    "hyperbolic": "Hyperbolic",
    "fluids": "Fluids",
    "solids": "Solids",
    "waves": "Waves",
    "quantum": "Quantum mechanics",
    "finance": "Finance",
    "life": "Chemistry and biology",
    "inverse": "Inverse problems",
    "eigen": "Eigenproblems",
    "integral": "Integral equations",
    "families": "Families",
    "ode": "Ordinary differential equations",
}
"""The groups in the order of the page."""

GROUPS = {
    "black_scholes": "finance",
    "bright_soliton": "quantum",
    "burgers": "fluids",
    "burgers_steady": "fluids",
    "cavity": "fluids",
    "cooled_block": "fluids",
    "helmholtz_2d": "waves",
    "helmholtz_hole": "waves",
    "helmholtz_nonlinear_2d": "waves",
    "helmholtz_speaker": "waves",
    "kdv_two_solitons": "waves",
    "kovasznay": "fluids",
    "lotka_volterra": "life",
    "pipe_flow": "fluids",
    "plate_with_hole": "solids",
    "scattering_disk": "waves",
    "schroedinger": "quantum",
    "stokes_sphere": "fluids",
    "wave_1d": "waves",
}
"""Specs that are better known by their subject than by the type of their equations."""

# Known sides longer than this, in characters of LaTeX, are called f: the spec has them in full.
_LONGEST_SOURCE = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One spec of the page. ``equations`` are LaTeX, ``remark`` and ``source`` its first comment.

    ``fits`` are the names of what is fitted; the equations hold their first guesses.
    """

    name: str
    title: str
    group: str
    remark: str
    source: str
    equations: tuple[str, ...]
    fits: tuple[str, ...] = ()


def read_comment(text: str) -> tuple[str, str]:
    """Return what the comment before `pde 1` says of the problem, and the source it names."""
    lines = text.partition("\npde 1")[0].splitlines()
    comment = " ".join(line.lstrip("# ").strip() for line in lines if line.startswith("#"))
    remark, _, source = comment.partition("Source: ")
    return " ".join(remark.split()), source.partition(" Reference table:")[0].strip()


def describe_spec(path: Path) -> Entry:
    """Compile a spec as `check` does, and describe it."""
    compilation = pipeline.check(path)
    system = compilation.system
    if system is None:
        raise SystemExit(f"{path.name} has errors; run pdelang check {path}")
    remark, source = read_comment(path.read_text("utf-8"))
    equations = tuple(_write_equation(block, system) for block in _list_equations(system))
    title = system.problem.title or path.stem
    group = find_group(path.stem, compilation)
    fits = tuple(fit.name for fit in system.problem.fits)
    return Entry(path.stem, title, group, remark, source, equations, fits)


def find_group(name: str, compilation: Compilation) -> str:
    """Return the group of a spec: its subject if `GROUPS` knows it, else what it is made of."""
    assert compilation.tree is not None
    assert compilation.system is not None
    stated = {type(statement) for statement in compilation.tree.statements}
    kinds = {found.kind for found in compilation.system.types}
    if name in GROUPS:
        return GROUPS[name]
    if tree.Fit in stated:
        return "inverse" if tree.Data in stated else "eigen"
    if tree.Vary in stated or compilation.sweep:
        return "families"
    if tree.Domain not in stated:
        return "ode"
    if any(block.residual.nonlocals for block in _list_equations(compilation.system)):
        return "integral"
    for group in ("hyperbolic", "parabolic", "elliptic"):
        if group in kinds:
            return group
    raise SystemExit(f"{name} is {', '.join(sorted(kinds))}: name its group in GROUPS")


def format_page(entries: Sequence[Entry], results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page; ``results`` are the records of a bench by the names of their specs."""
    parts = [
        "# Gallery",
        textwrap.fill(
            f"The {len(entries)} specs of `specs/`, each with the equations that the compiler reads, and its "
            "source. Conditions, formulas that are too long for this page (written *f*) and the known "
            "solution or reference table are in the spec. `pdelang solve specs/NAME.pde` solves one, "
            "`pdelang bench specs/*.pde` all of them. `benchmarks/gallery_page.py` writes this page.",
            110,
        ),
    ]
    for group, title in TITLES.items():
        members = [entry for entry in entries if entry.group == group]
        if members:
            parts.append(f"## {title}")
        for entry in members:
            parts += _format_entry(entry, results.get(entry.name))
    return "\n\n".join(parts) + "\n"


def _format_entry(entry: Entry, result: Mapping[str, Any] | None) -> Iterator[str]:
    yield f"### {entry.title}"
    yield f"[`{entry.name}`](../specs/{entry.name}.pde)"
    rows = " \\\\\n".join(entry.equations)
    yield f"```math\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n```"
    if entry.fits:
        yield f"(with the first guess of {', '.join(f'`{name}`' for name in entry.fits)}, which is fitted)"
    if entry.remark:
        # One line: wrapped, a sign at the begin of a line would be that of a list.
        yield f"> {_escape(entry.remark)}"
    yield f"Source: {_escape(entry.source)}"
    if result is not None:
        yield _format_result(result)


def _format_result(result: Mapping[str, Any]) -> str:
    words = [f"`{result['method']}`" if "method" in result else "", str(result["status"])]
    for key, name in (("error_estimate", "estimated error"), ("error", "true error")):
        if values := result.get(key):
            words.append(f"{name} {max(values.values()):.1e}")
    if "seconds" in result:
        words.append(f"{result['seconds']:.1f} s")
    return "Solved with: " + ", ".join(word for word in words if word)


def _list_equations(system: System) -> list[Block]:
    blocks = [block for term in system.terms for block in term.blocks]
    return [block for block in blocks if isinstance(block.place, Interior)]


def _write_equation(block: Block, system: System) -> str:
    """Return a residual as an equation, the terms without unknowns on its right."""
    expression = write_out(block.residual, system, as_functions=True)
    jets = {symbol for _, symbol in system.jet_symbols}
    unknown, known = [], []
    for term in sympy.Add.make_args(expression):
        depends = bool(term.free_symbols & jets) or term.has(AppliedUndef, sympy.Integral)
        (unknown if depends else known).append(term)
    left, right = sympy.Add(*unknown), -sympy.Add(*known)
    if left.could_extract_minus_sign():
        left, right = -left, -right
    text = format_latex(right, system)
    if len(text) > _LONGEST_SOURCE:
        text = "f"
    text = f"{format_latex(left, system)} &= {text}"
    words = [u.name for u in system.problem.unknowns if u.name.isascii() and u.name.isalpha()]
    for word in words:
        if len(word) > 1 and word not in greeks:
            # LaTeX would set a word as a product of letters.
            text = re.sub(rf"(?<![\\\w]){word}(?![a-zA-Z])", rf"\\mathrm{{{word}}}", text)
    return text


def _escape(text: str) -> str:
    return "".join("\\" + c if c in "*<|[" else c for c in text)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--results", type=Path, help="what `pdelang bench --format json` printed")
    parser.add_argument("--output", type=Path, default=PAGE)
    arguments = parser.parse_args()
    records = (
        json.loads(arguments.results.read_text("utf-8"))["results"] if arguments.results else []
    )
    entries = [describe_spec(path) for path in sorted(SPECS.glob("*.pde"))]
    page = format_page(entries, {record["spec"]: record for record in records})
    arguments.output.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
