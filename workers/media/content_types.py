"""What a file is, by its first bytes: neither its name nor what its server says of it is believed."""

from __future__ import annotations

from typing import Final

from workers.providers.social.models import MediaKind

SNIFFED_BYTES: Final = 32
"""As many bytes as are needed, if the file has them."""

_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
_BRANDS: Final = {
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"M4A ": None,  # sound alone
    b"M4B ": None,
}
_OLD_QUICKTIME: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})


def content_type_of(beginning: bytes) -> str | None:
    """The type of a picture or film, such as ``image/jpeg``; None for anything else.

    Boxes and brands are those of ISO 14496-12 and of https://developer.apple.com/documentation/quicktime-file-format ,
    the rest the formats' own magic numbers.
    """
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    if beginning[4:8] == b"ftyp":
        return _BRANDS.get(beginning[8:12], "video/mp4")
    if beginning[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    return next((content_type for start, content_type in _STARTS if beginning.startswith(start)), None)


def kind_of(content_type: str) -> MediaKind:
    """Whether it is a picture or a film."""
    return MediaKind.VIDEO if content_type.startswith("video/") else MediaKind.IMAGE
