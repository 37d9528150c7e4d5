"""``report.html``: one page that says what was solved, how, why so, and how well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

import numpy as np

from pdelang.artifacts.evaluation import evaluate_fields
from pdelang.artifacts.manifest import Manifest
from pdelang.artifacts.page import embed_picture, write_list, write_page, write_table
from pdelang.artifacts.sketch import draw_sketch
from pdelang.artifacts.summary import describe_fitted, describe_status
from pdelang.calculus.mathml import format_equation
from pdelang.calculus.nonlocal_notation import write_out
from pdelang.calculus.printing import describe_place, format_functional
from pdelang.calculus.system import AtPoint, Block, System
from pdelang.training.solution import Solution

# Settings that have lines of their own.
_SHOWN = ("method", "weights", "precision", "seed")
_CAPTIONS = {
    "solution": "The solution",
    "residual": "What is left of the equations: |left − right|",
    "losses": "The course of the training",
    "animation": "The solution in time",
}

_MOTIONS = {
    "kernel_drift": "relative change of the kernel; above 0.1 forecasts from the start no longer hold",
    "parameter_drift": "relative change of the parameters",
    "linearisation_flag": "what the model linearised at the start misses, relative to its change",
    "motion_efficiency": "1 is a straight path at constant speed; small means wasted motion",
    "held_out_ratio": "residual on fresh points over that on used ones; above 1 is overfitting",
    "worst_alignment": "smallest cosine between two terms' gradients; -1 means that they fight",
}


def write_report(solution: Solution, manifest: Manifest, pictures: Mapping[str, bytes]) -> str:
    """Return the page; ``pictures`` are the contents of ``plots/`` by file name."""
    system = solution.program.system
    return write_page(
        manifest.title or "A solved problem",
        [
            *_write_head(manifest),
            *_write_accuracy(manifest),
            *_write_pictures(pictures),
            "<h2>The problem</h2>",
            *write_equations(system),
            *_write_domain(solution),
            *_write_method(manifest),
            *_write_kernel(manifest),
            *_write_training(manifest),
            *_write_record(manifest, system),
        ],
    )


def _write_head(manifest: Manifest) -> Iterator[str]:
    kind = "good" if manifest.status == "solved" else "bad"
    yield f"<h1>{escape(manifest.title or 'A solved problem')}</h1>"
    yield f'<p><span class="status {kind}">{escape(describe_status(manifest.status))}</span></p>'
    fields = ", ".join(manifest.fields)
    yield (
        f'<p class="soft">{escape(fields)} over ({escape(", ".join(manifest.coordinates))}), '
        f"{manifest.seconds:.1f} s on {escape(manifest.device)}</p>"
    )


def _write_accuracy(manifest: Manifest) -> Iterator[str]:
    yield "<h2>How well</h2>"
    names = list(dict.fromkeys([*manifest.error_estimate, *manifest.error]))
    if names:
        columns = {
            "estimated error": manifest.error_estimate,
            "standard error": manifest.standard_error,
            "true error": manifest.error,
            "tolerance": dict.fromkeys(names, manifest.tolerance),
        }
        # A column that would be empty is left out.
        columns = {title: known for title, known in columns.items() if known}
        rows = [
            [escape(n), *(f"{c[n]:.1e}" if n in c else "" for c in columns.values())] for n in names
        ]
        yield write_table(("unknown", *columns), rows, len(columns))
        yield (
            '<p class="soft">Relative L2 errors over space and time, absolute where the norm is '
            "zero. The estimate comes from solves that differ in resolution or seed, on points "
            "that none of them was fitted to"
            + (
                "; the standard error is what the noise of the readings adds"
                if manifest.standard_error
                else ""
            )
            + (
                "; the true error from the solution that the spec knows.</p>"
                if manifest.error
                else ".</p>"
            )
        )
    else:
        yield "<p>No estimate could be made.</p>"
    for text in describe_fitted(manifest):
        yield f"<p>Fitted: {escape(text)}</p>"
    if manifest.misfit:
        cells = [[escape(label), f"{value:.4g}"] for label, value in manifest.misfit.items()]
        yield write_table(("what was observed", "root mean square of what is left"), cells, 1)
    if manifest.reports:
        values = [
            [escape(name), escape(f"{value:.10g} {manifest.units.get(name, '')}".strip())]
            for name, value in manifest.reports.items()
        ]
        yield write_table(("report", "value"), values, 1)


def _write_pictures(pictures: Mapping[str, bytes]) -> Iterator[str]:
    if pictures:
        yield "<h2>Pictures</h2>"
    for name, content in pictures.items():
        stem, _, kind = name.rpartition(".")
        base, _, field = stem.partition("_")
        caption = _CAPTIONS[base] + (f", {field}" if field else "")
        yield embed_picture(content, kind, caption)


def write_equations(system: System) -> Iterator[str]:
    """Yield every equation and condition as MathML with its place, and the parameters."""
    types = {entry.label: entry.kind for entry in system.types}
    trained = [(b, types.get(t.label, "")) for t in system.terms for b in t.blocks]
    exact = [(b, "exact by construction") for b in system.hard]
    rows = _join_places([_describe(block, note, system) for block, note in trained + exact])
    rows += [
        [escape(f.name), f"{escape(format_functional(f, system))} = 0", "", "global"]
        for term in system.terms
        for f in term.functionals
    ]
    yield write_table(("", "", "where", ""), rows, name="equations")
    parameters = system.problem.parameters
    if parameters:
        values = ", ".join(f"{escape(name)} = {value:.6g}" for name, value in parameters)
        yield f'<p class="soft">{values}</p>'


def _describe(block: Block, note: str, system: System) -> list[str]:
    """Return the cells of one residual: name, formula, place, note."""
    formula = format_equation(write_out(block.residual, system, as_functions=True), system)
    if formula is None:
        formula = f"<code>{escape(block.span.text)}</code>"
    name = block.name.partition(" on ")[0]
    place = describe_place(block.place, system).removeprefix("at ").removeprefix("in ")
    return [escape(name), formula, escape(place), escape(note)]


def _join_places(rows: list[list[str]]) -> list[list[str]]:
    """Return rows with the places of one condition in one cell."""
    joined: dict[tuple[str, ...], list[str]] = {}
    for name, formula, place, note in rows:
        places = joined.setdefault((name, formula, note), [])
        if place not in places:
            places.append(place)
    return [[n, f, ", ".join(places), note] for (n, f, note), places in joined.items()]


def _write_domain(solution: Solution) -> Iterator[str]:
    problem = solution.program.system.problem
    start = [bounds.low_value for bounds in problem.extra_bounds]

    def inside(points: np.ndarray) -> np.ndarray:
        points = np.column_stack([points, np.tile(start, (len(points), 1))])
        return np.isfinite(next(iter(evaluate_fields(solution, points).values())))

    points = {
        block.name: block.place.point
        for term in solution.program.system.terms
        for block in term.blocks
        if isinstance(block.place, AtPoint)
    }
    has_space = bool(problem.domain.coordinates)
    sketch = draw_sketch(problem, inside, tuple(points.items())) if has_space else None
    coverage = problem.coverage
    colors = sketch.colors if sketch is not None else {}
    rows = [
        [_swatch(row, colors) + escape(row), *map(escape, cells)]
        for row, cells in zip(coverage.rows, coverage.cells, strict=True)
    ]
    yield "<h2>The domain</h2>"
    bounds = [
        f"{name} in {low:g} .. {high:g}"
        for name, low, high in zip(
            problem.domain.coordinates, problem.domain.box.low, problem.domain.box.high, strict=True
        )
    ]
    if problem.time is not None:
        time = problem.time
        bounds.append(f"{time.name} in {time.bounds.low_value:g} .. {time.bounds.high_value:g}")
    for varied in problem.varied:
        low, high = varied.bounds.low_value, varied.bounds.high_value
        bounds.append(f"{varied.name} in {low:g} .. {high:g}")
    yield f"<p>{escape(problem.domain.name)}: {escape(', '.join(bounds))}</p>"
    table = write_table(("part", *coverage.columns), rows)
    yield f'<div class="sketch">{sketch.svg if sketch is not None else ""}{table}</div>'


def _swatch(row: str, colors: Mapping[str, str]) -> str:
    """Return the colour of a row of the coverage: ``lid`` or ``top (lid)``."""
    part = row.partition(" (")[2].removesuffix(")") or row
    color = colors.get(part)
    return f'<span class="swatch" style="background:{color}"></span>' if color else ""


def _write_method(manifest: Manifest) -> Iterator[str]:
    yield "<h2>How it was solved, and why</h2>"
    yield write_list(manifest.messages)
    rows = [
        ["method", escape(manifest.method)],
        ["weights", escape(manifest.weights)],
        ["precision", escape(manifest.precision)],
        ["seed", str(manifest.seed)],
        *(
            [escape(key), escape(value)]
            for key, value in manifest.settings.items()
            if key not in _SHOWN
        ),
    ]
    yield write_table(("setting", "value"), rows)
    if manifest.warnings:
        yield "<p>Warnings of the checks:</p>" + write_list(manifest.warnings)


def _write_kernel(manifest: Manifest) -> Iterator[str]:
    if len(manifest.ntk) < 2:
        return
    yield "<h2>The neural tangent kernel</h2>"
    traces = [entry["trace"] for entry in manifest.ntk.values() if "trace" in entry]
    if len(traces) < len(manifest.ntk):
        weights = [[escape(n), f"{e['weight']:.3g}"] for n, e in manifest.ntk.items()]
        yield write_table(("term", "weight"), weights, 1)
        return
    rows = [
        [escape(n), f"{e['trace']:.3g}", f"{e['trace'] / sum(traces):.1%}", f"{e['weight']:.3g}"]
        for n, e in manifest.ntk.items()
    ]
    yield write_table(("term", "trace", "share", "weight"), rows, 3)
    yield (
        '<p class="soft">A term with a small trace learns slowly beside the others; its weight '
        "makes up for it.</p>"
    )


def _write_training(manifest: Manifest) -> Iterator[str]:
    """Yield how a trained network moved, each number with what it means."""
    if not manifest.dynamics:
        return
    yield "<h2>How the network moved</h2>"
    rows = [
        [escape(name.replace("_", " ")), escape(_MOTIONS.get(name, "")), f"{value:.3g}"]
        for name, value in manifest.dynamics.items()
    ]
    yield write_table(("number", "what it says", "value"), rows, 1)


def _write_record(manifest: Manifest, system: System) -> Iterator[str]:
    yield "<h2>Record</h2>"
    stages = [[escape(name), f"{s:.2f} s"] for name, s in manifest.seconds_by_stage.items()]
    yield write_table(("stage", "time"), [*stages, ["all", f"{manifest.seconds:.2f} s"]], 1)
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    yield f'<p class="soft">{escape(versions)}</p>'
    if manifest.cite:
        yield "<p>If you use this result, please cite what was used:</p>"
        yield write_list(manifest.cite)
    yield (
        f"<details><summary>The spec</summary><pre>{escape(system.problem.text)}</pre></details>"
    )
