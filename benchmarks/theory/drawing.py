"""What every check of this folder does at its edges: read ``--plot``, write a picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind readers too.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def make_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows ``--plot PATH``; ``description`` is the module's docstring."""
    first = (description or "").strip().partition("\n")[0]
    parser = argparse.ArgumentParser(description=first)
    parser.add_argument("--plot", type=Path, help="write the picture to this file")
    return parser


def new_figure(columns: int) -> Figure:
    """Return a figure with a row of panels, to be made with ``figure.subplots``."""
    figure = Figure(figsize=(4.6 * columns, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, title: str, path: Path | None) -> None:
    """Write a figure where a path is given, and say so."""
    if path is None:
        return
    figure.suptitle(title, fontsize=12)
    figure.savefig(path, dpi=110)
    print(f"plot: {path}")


def say(verdict: str, holds: bool) -> int:
    """Print the verdict and return the exit code: 0 where what the theory says was seen."""
    print(f"verdict: {'agrees' if holds else 'DISAGREES'}: {verdict}")
    return 0 if holds else 1
