"""Text on paper: a font that has Arabic letters would be better; until then nothing is lost that can be kept."""

from __future__ import annotations

import unicodedata


def printable(text: str | None, *, width: int) -> str:
    """A line for the standard fonts of PDF, which know Western European letters only: others lose their accents, and
    what has no such letter becomes a question mark.

    :param width: how many characters fit; a longer line ends in three dots.
    """
    kept = "".join(_letter(each) for each in text or "")
    line = " ".join(kept.split())
    return line if len(line) <= width else line[: width - 3] + "..."


def _letter(character: str) -> str:
    if character.isspace():
        return " "
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
        return plain or ("" if unicodedata.combining(character) else "?")
    return character if character.isprintable() else ""
