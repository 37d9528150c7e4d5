"""Files that a spec names: only below its own folder, only text, only of moderate size."""

from __future__ import annotations

from pathlib import Path

from pdelang.diagnostics.span import Span
from pdelang.diagnostics.suggestion import similar
from pdelang.semantics.faults import Faults


def read_text(
    name: str, span: Span, folder: Path | None, what: str, largest: int, faults: Faults
) -> str | None:
    """Return the text of a file below ``folder``, or None after reporting E030 or E020.

    Links are followed before the place is judged, so that none can lead out of the folder.
    """
    path = locate_file(name, span, folder, what, faults)
    if path is None:
        return None
    try:
        if path.stat().st_size > largest:
            faults.add(
                "E020",
                f"the {what} `{name}` is larger than {largest // 1_000_000} MB",
                span,
                "too large",
            )
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.add("E030", f"the {what} `{name}` is not UTF-8 text", span, "unreadable")
    except OSError as error:
        faults.add(
            "E030", f"the {what} `{name}` cannot be read: {error.strerror}", span, "unreadable"
        )
    return None


def locate_file(
    name: str, span: Span, folder: Path | None, what: str, faults: Faults
) -> Path | None:
    """Return the resolved path of a file below ``folder``, or None after reporting E030."""
    if folder is None:
        faults.add(
            "E030",
            f"the {what} `{name}` cannot be found, because this spec is not in a file",
            span,
            "no folder to look in",
            help="save the spec as a file",
        )
        return None
    root = folder.resolve()
    try:
        path = (root / name).resolve()
        inside = path.is_relative_to(root)
        is_file = inside and path.is_file()
    except (OSError, ValueError, RuntimeError):
        faults.add("E030", f"`{name}` is not a usable file name", span, "unusable")
        return None
    if not inside:
        faults.add(
            "E030",
            f"the {what} `{name}` lies outside the folder of the spec",
            span,
            "outside",
            help="a spec reads only files below its own folder: move the file there",
        )
        return None
    if not is_file:
        near = similar(path.name, _list_names(path.parent)) if path != root else None
        is_folder = path.is_dir()
        faults.add(
            "E030",
            f"`{name}` is a folder, not a {what}" if is_folder else f"there is no {what} `{name}`",
            span,
            "a folder" if is_folder else "not found",
            help=f"did you mean `{path.with_name(near).relative_to(root).as_posix()}`?"
            if near
            else None,
        )
        return None
    return path


def _list_names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []
