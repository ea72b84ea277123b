"""The program that reads a stranger's picture or film: its size and length, as JSON, for `workers.media.probe`.

Parsers of media have holes, and this one is a C++ library. So it runs in a process of its own that holds no secret, and
that, once the libraries are loaded, can open neither file nor connection, wherever a film refers to (QuickTime's can
refer to other files and to URLs). It imports nothing of Wasl's.

Standard input is the file; the argument is its content type.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import IO, Any, Final

from PIL import Image, MpoImagePlugin, WebPImagePlugin
from pymediainfo import MediaInfo

_MEMORY_BYTES: Final = 1024**3
_CPU_SECONDS: Final = 10
_PILLOW_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
_PLUGINS: Final = (MpoImagePlugin, WebPImagePlugin)
"""Beside those of `Image.preinit`: many a telephone's JPEG is an MPO, and nothing can be loaded once confined."""
_ORIENTATION: Final = 0x0112
"""EXIF's tag. From 5 on the picture lies on its side."""


def confine() -> None:
    """Give up, for good, what reading needs no more."""
    Image.preinit()
    MediaInfo.can_parse()
    for what, most in (
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def picture(file: IO[bytes], format_name: str) -> dict[str, Any]:
    """Width and height in pixels, as it is shown; only the head of the file is read."""
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(file, formats=(format_name,)) as image:
        width, height = image.size
        if image.getexif().get(_ORIENTATION, 1) >= 5:
            width, height = height, width
    return {"width": width, "height": height}


def film(file: IO[bytes]) -> dict[str, Any]:
    """Width and height in pixels, as it is shown, and the length in seconds; what is not told is None."""
    found = MediaInfo.parse(file)
    pictured = [*found.video_tracks, *found.image_tracks]
    lengths = [track.duration for track in [*found.video_tracks, *found.general_tracks] if track.duration]
    facts: dict[str, Any] = {"seconds": float(lengths[0]) / 1000 if lengths else None}
    if pictured:
        sides = [pictured[0].width, pictured[0].height]
        if round(float(pictured[0].rotation or 0)) % 180 == 90:
            sides.reverse()
        facts["width"], facts["height"] = sides
    return facts


def main() -> None:
    """Read what is on standard input."""
    content_type = sys.argv[1]
    confine()
    if content_type in _PILLOW_FORMATS:
        facts = picture(sys.stdin.buffer, _PILLOW_FORMATS[content_type])
    else:
        facts = film(sys.stdin.buffer)
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
