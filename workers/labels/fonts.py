"""The fonts of Wasl's papers: Bitstream Vera, which comes with reportlab and is embedded in every file."""

from __future__ import annotations

from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "WaslVera"
BOLD: Final = "WaslVeraBold"
_FONTS: Final = (TTFont(REGULAR, "Vera.ttf"), TTFont(BOLD, "VeraBd.ttf"))
for _font in _FONTS:
    pdfmetrics.registerFont(_font)

KNOWN: Final = frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in _FONTS))
"""The code points that both of them have."""
