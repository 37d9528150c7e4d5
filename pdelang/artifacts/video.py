"""Pictures as an MP4 (H.264), by the program ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

# H.264 as every player reads it has an even number of pixels along both sides.
_EVEN = "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white"
_QUALITY = "18"  # of x264, where 0 is lossless and 51 worst


class VideoError(Exception):
    """There is no ffmpeg, or it refuses; ``help`` is a change to make."""

    def __init__(self, message: str, help: str) -> None:
        self.help = help
        super().__init__(message)


def encode_mp4(pictures: Sequence[Image.Image], rate: float) -> bytes:
    """Return ``pictures``, all of one size, as an MP4 of ``rate`` frames a second.

    Raises:
        VideoError: there is no ffmpeg, or it has no encoder for H.264.
    """
    width, height = pictures[0].size
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.mp4"
        source = [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{width}x{height}",
            "-r",
            f"{rate:g}",
        ]
        encoding = ["-vf", _EVEN, "-c:v", "libx264", "-crf", _QUALITY, "-pix_fmt", "yuv420p"]
        command = [_find_ffmpeg(), "-v", "error", *source, "-i", "-", *encoding]
        command += ["-movflags", "+faststart", "-fflags", "+bitexact", str(target)]
        content = b"".join(picture.tobytes() for picture in pictures)
        done = subprocess.run(command, input=content, capture_output=True)
        if done.returncode != 0 or not target.is_file():
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise VideoError(
                f"ffmpeg could not write the MP4 ({''.join(last) or 'it gives no reason'})",
                "write a GIF instead: --format gif",
            )
        return target.read_bytes()


def _find_ffmpeg() -> str:
    """Return the program of the system, else the one that the package imageio-ffmpeg brings."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        raise VideoError(
            "an MP4 needs ffmpeg, which is not installed",
            "install it, or `pip install 'pdelang[video]'`, or write a GIF: --format gif",
        ) from None
