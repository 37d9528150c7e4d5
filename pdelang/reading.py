"""From a path or a text to a `Source`: what a spec file may be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdelang.diagnostics.message import Diagnostic
from pdelang.diagnostics.span import Source
from pdelang.syntax.limits import SIZE_LIMIT

TEXT_NAME = "<spec>"


@dataclass(frozen=True, slots=True)
class SpecText:
    """A spec as text. ``folder`` is where the files that it names lie; None for bare text."""

    source: Source
    folder: Path | None


def read_spec(spec: str | Path) -> tuple[SpecText | None, tuple[Diagnostic, ...]]:
    """Read a spec: a string with a line end is the text itself, everything else a path.

    A byte order mark is dropped and line ends become ``\\n``. Reports E030 for a file that is
    missing, unreadable or not UTF-8. Of a file over 1 MB only the first MB is read, enough for
    the parser to refuse it (E020).
    """
    if isinstance(spec, str) and "\n" in spec:
        return SpecText(Source(TEXT_NAME, _normalise(spec)), None), ()
    path = Path(spec)
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        return None, (_report(f"there is no file '{path}'", _suggest(path)),)
    except IsADirectoryError:
        return None, (_report(f"'{path}' is a folder, not a spec", _suggest(path)),)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, (_report(f"'{path}' cannot be read ({reason})"),)
    too_large = len(content) > SIZE_LIMIT
    try:
        text = content.decode("utf-8", errors="replace" if too_large else "strict")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        fault = f"'{path}' is not UTF-8 text (byte {error.start + 1}, line {line})"
        return None, (_report(fault, "save the file as UTF-8"),)
    return SpecText(Source(str(path), text if too_large else _normalise(text)), path.parent), ()


def _normalise(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _report(message: str, help: str | None = None) -> Diagnostic:
    return Diagnostic("E030", message[0].upper() + message[1:], None, help=help)


def _suggest(path: Path) -> str | None:
    """Return help with a spec that lies where the missing one was looked for."""
    from pdelang.diagnostics.suggestion import similar

    if path.is_dir():
        specs = sorted(entry.name for entry in path.glob("*.pde"))
        return f"name one of its specs, such as '{path / specs[0]}'" if specs else None
    if not path.suffix and path.with_suffix(".pde").is_file():
        return f"did you mean '{path.with_suffix('.pde')}'?"
    if path.parent.is_dir():
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix == ".pde"]
        if (name := similar(path.name, names)) is not None:
            return f"did you mean '{path.with_name(name)}'?"
    return None
