"""The failures of artifacts: a folder that cannot be read, or must not be written."""

from __future__ import annotations

from pathlib import Path


class ArtifactError(Exception):
    """A folder that is no artifact of ours, or one that is damaged; the text names what is wrong.

    ``help`` is a change to make, where one is known.
    """

    def __init__(self, folder: Path, fault: str, help: str | None = None) -> None:
        self.folder = folder
        self.fault = fault
        self.help = help
        super().__init__(f"{folder}: {fault}")


class TargetError(ArtifactError):
    """A folder that an artifact must not replace, or that cannot be written."""
