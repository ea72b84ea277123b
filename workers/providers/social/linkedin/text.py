"""Posts' text in LinkedIn's "little text" and back.

Facts: Microsoft's page *little Text Format*. The characters of `_RESERVED` have to be escaped with a backslash where
they are meant as such; LinkedIn silently cuts a text off at one that is not, as several integrations report. A hashtag
is ``{hashtag|\\#|word}``, a mention ``@[Name](urn:li:…)``. Comments are plain text and need none of this.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RESERVED: Final = re.compile(r"[\\<>#~_|\[\]*(){}@]")
# A link is left in one piece; a hashtag has a letter in it, so that "#1" stays what it is.
_TOKEN: Final = re.compile(r"https?://\S+|(?<![\w#&])#(?=\w*[^\W\d_])(\w+)")
_ELEMENT: Final = re.compile(
    r"\\(.)|\{hashtag\|\\?[#＃]\|((?:\\.|[^|{}\\])*)\}|@\[((?:\\.|[^\]\\])*)\]\s?\(urn:[^()\s]*\)", re.DOTALL
)


def little(text: str) -> str:
    """A text as LinkedIn wants it, so that it is shown as it stands, and hashtags lead somewhere."""
    parts: list[str] = []
    done = 0
    for token in _TOKEN.finditer(text):
        parts.append(_escaped(text[done : token.start()]))
        parts.append(rf"{{hashtag|\#|{_escaped(token[1])}}}" if token[1] else _escaped(token[0]))
        done = token.end()
    return "".join((*parts, _escaped(text[done:])))


def plain(text: str) -> str:
    """A text as people see it; a mention is the name it shows."""
    return _ELEMENT.sub(_shown, text)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same to people, however their spaces and accents are written."""
    return _folded(one) == _folded(other)


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)


def _shown(element: re.Match[str]) -> str:
    if element[1] is not None:
        return element[1]
    return f"#{plain(element[2])}" if element[2] is not None else plain(element[3])


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
