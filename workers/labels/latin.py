"""Text as the label's font can show it.

The font that comes with reportlab (Bitstream Vera) has Latin letters only, and no package in use has Arabic ones. So
Arabic is written in Latin letters, letter by letter: short vowels are seldom written in Arabic and stay out, which
leaves names that a rider can guess at and a phone number can clear up. What belongs to no known script becomes a
question mark. The label says so where it happened.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from typing import Final

_CONSONANTS: Final = dict(zip("بتثجحخدذرزسشصضطظغفقكلمنهويپچڤگکیھہے", (
    *("b", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "gh", "f", "q", "k"),
    *("l", "m", "n", "h", "w", "y", "p", "ch", "v", "g", "k", "y", "h", "h", "e"),
), strict=True))  # fmt: skip
_VOWELS: Final = {
    **{"ا": "a", "أ": "a", "إ": "i", "آ": "aa", "ٱ": "a", "ى": "a", "ة": "a", "ؤ": "u", "ئ": "i", "ء": "", "ع": "a"},
    **{"\u064e": "a", "\u064f": "u", "\u0650": "i", "\u064b": "an", "\u064c": "un", "\u064d": "in"},
    **{"\u0651": "", "\u0652": "", "\u0670": "a", "\u0640": ""},
}
_SIGNS: Final = {"،": ",", "؛": ";", "؟": "?", "٪": "%", "٫": ".", "٬": ","}
_LETTERS: Final[Mapping[str, str]] = {**_CONSONANTS, **_VOWELS, **_SIGNS}
_ARABIC_WORD: Final = re.compile(r"[\u0600-\u06ff\u0750-\u077f]+")


def latin(text: str, known: Container[int]) -> str:
    """The text in characters that a font has.

    :param known: the code points that it has.
    """
    # Presentation forms of Arabic letters, as some forms paste them, become the letters themselves.
    joined = unicodedata.normalize("NFKC", " ".join(text.split()))
    return "".join(_shown(each, known) for each in _ARABIC_WORD.sub(_word, joined))


def _word(found: re.Match[str]) -> str:
    word = found[0]
    article = "Al " if word.startswith("ال") and len(word) > 3 else ""
    spelled = "".join(_spelled(letter) for letter in (word[2:] if article else word))
    return article + spelled[:1].upper() + spelled[1:]


def _spelled(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return _LETTERS.get(letter, "?")


def _shown(character: str, known: Container[int]) -> str:
    if ord(character) in known:
        return character
    plain = "".join(each for each in unicodedata.normalize("NFKD", character) if ord(each) in known)
    return plain or ("" if unicodedata.category(character) in ("Cf", "Mn") else "?")
