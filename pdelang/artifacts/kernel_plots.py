"""A diagnosis of the kernel as one picture: spectra, weights, forecast, eigenfunctions."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pdelang.artifacts.figure import new_figure, render_figure
from pdelang.kernels.spectrum import Spectrum
from pdelang.training.diagnosis.state import Diagnosis, KernelState

# Okabe and Ito's palette: told apart by colour-blind readers too.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_SIZE = (9.2, 7.2)  # inches
_ONE_PANEL = (6.4, 4.4)
_EIGENFUNCTIONS = 4
# Eigenvalues below this share of the largest are rounding, and are not drawn.
_LOWEST = 1e-16


def draw_diagnosis(diagnosis: Diagnosis) -> bytes:
    """Return four panels as PNG: eigenvalues, weights, forecast, leading eigenfunctions."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(2, 2).ravel()
    _draw_spectra(panels[0], diagnosis)
    _draw_weights(panels[1], diagnosis)
    _draw_forecast(panels[2], diagnosis)
    _draw_eigenfunctions(figure, panels[3], diagnosis.states[-1], diagnosis.coordinates)
    figure.suptitle(diagnosis.title or "Neural tangent kernel", fontsize=12)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": "pdelang"})
    return buffer.getvalue()


def draw_spectra(
    diagnosis: Diagnosis, size: tuple[float, float] | None = None, format: str = "png"
) -> bytes:
    """Return the eigenvalues of every block of the kernel as a picture, before and after training."""
    figure = new_figure(size or _ONE_PANEL)
    _draw_spectra(figure.subplots(), diagnosis)
    figure.suptitle(diagnosis.title or "Neural tangent kernel", fontsize=12)
    return render_figure(figure, format)


def _draw_spectra(axis: Axes, diagnosis: Diagnosis) -> None:
    first = diagnosis.states[0]
    lines = [(term.label, term.spectrum) for term in first.terms]
    for number, (label, spectrum) in enumerate(lines):
        _plot_eigenvalues(axis, spectrum, label, _COLORS[number % 6], "-")
    if len(lines) > 1:
        _plot_eigenvalues(axis, first.whole, "all", "black", "-")
    if len(diagnosis.states) > 1:
        for number, term in enumerate(diagnosis.states[1].terms):
            _plot_eigenvalues(axis, term.spectrum, None, _COLORS[number % 6], "--")
    suffix = ", dashed after training" if len(diagnosis.states) > 1 else ""
    axis.set(xlabel="index", ylabel="eigenvalue", xscale="log", yscale="log")
    axis.set_title(f"spectra of the kernel's blocks{suffix}", fontsize=10)
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)


def _plot_eigenvalues(
    axis: Axes, spectrum: Spectrum, label: str | None, color: str, style: str
) -> None:
    values = spectrum.eigenvalues
    shown = values[values > _LOWEST * max(spectrum.largest, 0.0)]
    axis.plot(np.arange(1, shown.size + 1), shown, style, color=color, lw=1.4, label=label)


def _draw_weights(axis: Axes, diagnosis: Diagnosis) -> None:
    state = diagnosis.states[-1]
    rules = list(state.terms[0].weights)
    height = 0.8 / len(state.terms)
    for number, term in enumerate(state.terms):
        places = np.arange(len(rules)) + height * (number - (len(state.terms) - 1) / 2)
        values = [term.weights[rule] for rule in rules]
        axis.plot(values, places, "o", color=_COLORS[number % 6], label=term.label)
    axis.set_yticks(np.arange(len(rules)), rules)
    axis.set(xlabel="weight of the term", xscale="log", ylim=(len(rules) - 0.5, -0.5))
    axis.set_title(f"weights by each rule, {state.name}", fontsize=10)
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)


def _draw_forecast(axis: Axes, diagnosis: Diagnosis) -> None:
    state = diagnosis.states[0]
    steps = np.logspace(0, np.log10(max(10.0, 10.0 * diagnosis.steps)), 80)
    for regime, style in zip(state.regimes, ("--", "-"), strict=True):
        fractions = regime.forecast.term_fractions(steps, regime.rate)
        for number, term in enumerate(state.terms):
            label = term.label if style == "-" else None
            axis.plot(
                steps, fractions[number], style, color=_COLORS[number % 6], lw=1.4, label=label
            )
    axis.axvline(diagnosis.steps, color="grey", lw=0.8, ls=":")
    axis.set(
        xlabel="step of gradient descent", ylabel="residual / first", xscale="log", yscale="log"
    )
    axis.set_title("forecast: ntk weights; dashed: unit weights", fontsize=10)
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)


def _draw_eigenfunctions(
    figure: Figure, axis: Axes, state: KernelState, coordinates: tuple[str, ...]
) -> None:
    """Draw the first eigenfunctions of the term with the most points of its own."""
    rows = state.rows
    group = max(
        (g for g in rows.groups if rows.points_of(g) is not None),
        key=lambda g: g.count,
        default=None,
    )
    if group is None:
        axis.set_axis_off()
        return
    points = rows.points_of(group)
    assert points is not None
    term = state.terms[group.term]
    first = rows.slice_of(group.term).start
    vectors = term.spectrum.vectors
    if vectors.shape[0] != rows.count:
        vectors = vectors[group.start - first : group.stop - first]
    else:
        vectors = vectors[group.start : group.stop]
    free = np.flatnonzero(np.ptp(points, axis=0) > 0)
    names = rows.assembly.terms[group.term].compiled.label
    if free.size == 1:
        order = np.argsort(points[:, free[0]])
        for number in range(min(_EIGENFUNCTIONS, vectors.shape[1])):
            axis.plot(
                points[order, free[0]],
                vectors[order, number],
                color=_COLORS[number % 6],
                lw=1.4,
                label=f"λ = {term.spectrum.eigenvalues[number]:.1e}",
            )
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
        axis.set_xlabel(coordinates[free[0]])
        axis.set_title(f"leading eigenfunctions of `{names}`", fontsize=10)
        return
    image = axis.scatter(
        points[:, free[0]], points[:, free[1]], c=vectors[:, 0], s=9, cmap="viridis", linewidths=0
    )
    axis.set_title(f"leading eigenfunction of `{names}` on its points", fontsize=10)
    axis.set(xlabel=coordinates[free[0]], ylabel=coordinates[free[1]])
    figure.colorbar(image, ax=axis)
