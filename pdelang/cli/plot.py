"""``pdelang plot``: pictures of a solution, as the user wants to see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdelang import pipeline
from pdelang.artifacts.load import load_manifest
from pdelang.artifacts.plots import draw_kind
from pdelang.artifacts.video import VideoError
from pdelang.artifacts.view import View, ViewError
from pdelang.cli.console import print_text
from pdelang.cli.failure import ArgumentError
from pdelang.cli.numbers import read_number, read_numbers

_FORMATS = ("png", "svg", "pdf")


@dataclass(frozen=True, slots=True)
class PlotArguments:
    """The options of ``pdelang plot`` as they were typed."""

    kind: str
    out: Path | None
    fields: tuple[str, ...]
    times: str | None
    slices: tuple[str, ...]
    size: str | None
    format: str | None


def plot_artifact(artifact: Path, arguments: PlotArguments) -> int:
    """Draw one picture beside the artifact, or as ``out``, and print its name."""
    load_manifest(artifact)
    view = View(
        tuple(name.strip() for text in arguments.fields for name in text.split(",")),
        read_numbers("--time", arguments.times) if arguments.times else (),
        _read_slices(arguments.slices),
    )
    size = _read_size(arguments.size) if arguments.size else None
    format = _choose_format(arguments)
    name = artifact.resolve().name.removesuffix(".solution")
    suffix = "" if arguments.kind == "solution" else f".{arguments.kind}"
    target = arguments.out or artifact.resolve().with_name(f"{name}{suffix}.{format}")
    if arguments.out is None and target.exists():
        raise ArgumentError(f"'{target}' exists", f"name the file: -o {target.name}")
    try:
        content = _draw(artifact, arguments.kind, view, size, format)
    except (ViewError, VideoError) as error:
        raise ArgumentError(str(error), error.help) from None
    if content is None:
        raise ArgumentError(f"this solution has no picture of its {arguments.kind}")
    try:
        target.write_bytes(content)
    except OSError as error:
        raise ArgumentError(f"'{target}' cannot be written ({error.strerror})") from None
    print_text(str(target))
    return 0


def _draw(
    artifact: Path, kind: str, view: View, size: tuple[float, float] | None, format: str
) -> bytes | None:
    if kind != "spectra":
        return draw_kind(pipeline.load(artifact).solution, kind, view, size, format)
    if view != View():
        raise ViewError("the spectra of the kernel have no field, time or slice", "leave that out")
    from pdelang.artifacts.kernel_plots import draw_spectra

    return draw_spectra(pipeline.diagnose_artifact(artifact), size, format)


def _choose_format(arguments: PlotArguments) -> str:
    """Return the format of ``--format``, else that of the file's name, else PNG or GIF."""
    allowed = ("gif", "mp4") if arguments.kind == "animation" else _FORMATS
    named = arguments.out.suffix.removeprefix(".").lower() if arguments.out else ""
    format = arguments.format or named or allowed[0]
    if format not in allowed:
        raise ArgumentError(
            f"a picture of the {arguments.kind} is no '{format}'", f"choose {', '.join(allowed)}"
        )
    return format


def _read_slices(texts: tuple[str, ...]) -> dict[str, float]:
    held: dict[str, float] = {}
    for item in (item for text in texts for item in text.split(",")):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not (name and equals):
            raise ArgumentError(f"--slice '{item}' is not of the form x=0.5")
        held[name] = read_number("--slice", value)
    return held


def _read_size(text: str) -> tuple[float, float]:
    width, cross, height = text.partition("x")
    if not cross:
        raise ArgumentError(f"--size '{text}' is not of the form 8x5", "width x height in inches")
    size = read_number("--size", width), read_number("--size", height)
    if not all(1 <= length <= 100 for length in size):
        raise ArgumentError("--size takes 1 to 100 inches")
    return size
