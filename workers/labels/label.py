"""A shipping label of 4 by 6 inches, with a barcode of the tracking number (Code 128)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.graphics.barcode import code128
from reportlab.lib.units import inch
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from workers.labels.fonts import BOLD, KNOWN, REGULAR
from workers.labels.latin import latin

PAGE: Final = (4 * inch, 6 * inch)
_MARGIN: Final = 12.0
_WIDTH: Final = PAGE[0] - 2 * _MARGIN
_SPACING: Final = 1.15
_NARROWEST_BAR: Final = 0.72  # 10 mil, which any scanner reads


class LabelTooFull(ValueError):
    """Something does not fit on the label, and nothing of it may be left out. :param part: what it is."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} does not fit on the label")
        self.part = part


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody at a place. :param lines: the street; ``place``: city, emirate or state, postal code, country."""

    name: str
    phone: str
    lines: Sequence[str]
    place: str
    company: str | None = None
    area: str | None = None
    makani: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label.

    :param carrier: who carries it, and ``carrier_phone`` to call them.
    :param title: in the corner, such as the service or ``RETURN``.
    :param piece: which of how many.
    :param weight: with its unit.
    :param cash: to collect at the door, such as ``AED 150.00``; None: nothing.
    """

    carrier: str
    tracking_number: str
    sender: Address
    recipient: Address
    piece: tuple[int, int] = (1, 1)
    weight: str = ""
    title: str = ""
    carrier_phone: str = ""
    cash: str | None = None
    reference: str = ""
    contents: str = ""
    instructions: str = ""


def pdf(labels: Sequence[Label]) -> bytes:
    """The labels, a page each; the same labels give the same bytes.

    :raises LabelTooFull: an address, the instructions or the number are too long.
    """
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=PAGE, invariant=True)
    for label in labels:
        canvas.setTitle(label.tracking_number)
        _Page(canvas, label).draw()
        canvas.showPage()
    canvas.save()
    return target.getvalue()


class _Page:
    """Draws one label from the top down."""

    def __init__(self, canvas: Canvas, label: Label) -> None:
        self.canvas = canvas
        self.label = label
        self.spelled = False
        """Whether something had to be written in other letters."""

    def draw(self) -> None:
        label = self.label
        self._head()
        self._block("sender", 387, 70, _lines("From", label.sender), largest=8)
        self._rule(315)
        self._block("recipient", 311, 121, _lines("To", label.recipient), largest=12)
        self._cash(168)
        self._block("instructions", 163, 50, self._notes(), largest=8)
        self._barcode()

    def _head(self) -> None:
        label = self.label
        piece, pieces = label.piece
        self._text(_MARGIN, 412, label.carrier, bold=True, size=14, width=_WIDTH * 0.62)
        self._text(PAGE[0] - _MARGIN, 412, label.title, bold=True, size=12, width=_WIDTH * 0.36, right=True)
        self._text(_MARGIN, 398, label.carrier_phone, size=9, width=_WIDTH * 0.5)
        counted = f"Piece {piece} of {pieces}, {label.weight}" if label.weight else f"Piece {piece} of {pieces}"
        self._text(PAGE[0] - _MARGIN, 398, counted, bold=True, size=9, width=_WIDTH * 0.5, right=True)
        self._rule(390)

    def _cash(self, top: float) -> None:
        text = f"CASH TO COLLECT: {self.label.cash}" if self.label.cash else "No cash to collect"
        if self.label.cash:
            self.canvas.rect(_MARGIN, top, _WIDTH, 20, fill=1)
            self.canvas.setFillGray(1)
        self._text(_MARGIN + 6, top + 6, text, bold=bool(self.label.cash), size=12, width=_WIDTH - 12)
        self.canvas.setFillGray(0)

    def _notes(self) -> list[tuple[str, bool]]:
        label = self.label
        contents = self._shown(label.contents)
        notes = (
            ("Ref: ", label.reference),
            ("Contents: ", contents if len(contents) <= 100 else f"{contents[:99]}…"),  # the invoice tells all
            ("", label.instructions),
        )
        return [(f"{name}{text}", not name) for name, text in notes if text]

    def _barcode(self) -> None:
        number = self.label.tracking_number
        modules = 11 * (len(number) + 3) + 2  # at most; two digits share one sign
        bar = min(1.4, (_WIDTH - 12) / modules)
        bars = code128.Code128(number, barHeight=64, barWidth=bar, quiet=False)
        if bar < _NARROWEST_BAR:
            raise LabelTooFull("tracking_number")
        bars.drawOn(self.canvas, (PAGE[0] - bars.width) / 2, 44)
        self._text(PAGE[0] / 2, 30, number, bold=True, size=12, width=_WIDTH, centred=True)
        if self.spelled:
            note = "Some text is not shown in its own letters: call if in doubt."
            self._text(PAGE[0] / 2, 16, note, size=6, width=_WIDTH, centred=True)

    def _block(
        self, part: str, top: float, height: float, lines: Sequence[tuple[str, bool]], *, largest: float
    ) -> None:
        """Lines as large as they fit, broken between words. :raises LabelTooFull: not even small."""
        shown = [(self._shown(text), bold) for text, bold in lines]
        size = largest
        while size >= 5:
            broken = [(row, bold) for text, bold in shown for row in _rows(text, bold, size)]
            if len(broken) * size * _SPACING <= height:
                break
            size -= 0.5
        else:
            raise LabelTooFull(part)
        for number, (row, bold) in enumerate(broken, 1):
            self.canvas.setFont(_name(bold), size)
            self.canvas.drawString(_MARGIN, top - number * size * _SPACING + size * 0.2, row)

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        width: float,
        bold: bool = False,
        right: bool = False,
        centred: bool = False,
    ) -> None:
        """One line, drawn smaller where it is too long."""
        shown, font = self._shown(text), _name(bold)
        wide = pdfmetrics.stringWidth(shown, font, size)
        self.canvas.setFont(font, size * min(1.0, width / wide) if wide else size)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        (self.canvas.drawCentredString if centred else draw)(x, y, shown)

    def _rule(self, y: float) -> None:
        self.canvas.line(_MARGIN, y, PAGE[0] - _MARGIN, y)

    def _shown(self, text: str) -> str:
        shown = latin(text, KNOWN)
        self.spelled = self.spelled or shown != " ".join(text.split())
        return shown


def _lines(heading: str, address: Address) -> list[tuple[str, bool]]:
    """The lines of an address, and whether they are bold."""
    makani = f"Makani {address.makani}" if address.makani else None
    lines = (
        (f"{heading}: {address.name}", True),
        (address.company, False),
        *((line, False) for line in address.lines),
        (address.area, False),
        (address.place, True),
        (makani, True),
        (address.phone, True),
    )
    return [(line, bold) for line, bold in lines if line]


def _rows(text: str, bold: bool, size: float) -> list[str]:
    """A text in rows; a word that is wider than the label is broken, too."""
    rows: list[str] = simpleSplit(text, _name(bold), size, _WIDTH)
    return [part for row in rows for part in _pieces(row, bold, size)]


def _pieces(row: str, bold: bool, size: float) -> list[str]:
    wide = pdfmetrics.stringWidth(row, _name(bold), size)
    if wide <= _WIDTH:
        return [row]
    most = max(1, int(len(row) * _WIDTH / wide) - 1)
    return [row[start : start + most] for start in range(0, len(row), most)]


def _name(bold: bool) -> str:
    return BOLD if bold else REGULAR
