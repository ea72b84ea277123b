"""Labels as carriers print them, 4 by 6 inches, with a barcode of the tracking number that scanners read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw
from reportlab.graphics.barcode import code128
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas

PAGE = (4 * inch, 6 * inch)
_DOTS_PER_INCH = 203


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label.

    :param sender: lines; likewise ``recipient``.
    :param piece: which of how many, such as ``(1, 2)``.
    :param notes: further lines, such as the cash to collect.
    """

    carrier: str
    service: str
    tracking_number: str
    sender: Sequence[str]
    recipient: Sequence[str]
    piece: tuple[int, int] = (1, 1)
    weight_kg: str = ""
    reference: str = ""
    notes: Sequence[str] = ()


def pdf(labels: Sequence[Label]) -> bytes:
    """The labels, a page each."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=PAGE, invariant=True)
    for label in labels:
        _draw(canvas, label)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def paper(title: str, lines: Sequence[str]) -> bytes:
    """A page of text as PDF, such as a commercial invoice or a proof of delivery."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=True)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(inch, 10.5 * inch, title)
    canvas.setFont("Helvetica", 10)
    for number, line in enumerate(lines):
        canvas.drawString(inch, 10 * inch - number * 14, line)
    canvas.save()
    return target.getvalue()


def zpl(labels: Sequence[Label]) -> bytes:
    """The labels in the printers' own language (ZPL II)."""
    return "".join(_zpl(label) for label in labels).encode()


def png(label: Label) -> bytes:
    """One label as a picture at 203 dots per inch."""
    image = Image.new("1", (4 * _DOTS_PER_INCH, 6 * _DOTS_PER_INCH), 1)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(_lines(label)):
        draw.text((20, 20 + number * 28), line, fill=0, font_size=22)
    _draw_bars(draw, label.tracking_number, top=900, height=220, left=60)
    draw.text((60, 1130), label.tracking_number, fill=0, font_size=26)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _lines(label: Label) -> list[str]:
    piece, pieces = label.piece
    return [
        f"{label.carrier}  {label.service}",
        f"Piece {piece} of {pieces}  {label.weight_kg}",
        *(f"From: {line}" if number == 0 else f"      {line}" for number, line in enumerate(label.sender)),
        *(f"To:   {line}" if number == 0 else f"      {line}" for number, line in enumerate(label.recipient)),
        f"Ref: {label.reference}",
        *label.notes,
    ]


def _draw(canvas: Canvas, label: Label) -> None:
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(14, PAGE[1] - 24, f"{label.carrier}  {label.service}"[:44])
    canvas.setFont("Helvetica", 9)
    for number, line in enumerate(_lines(label)[1:]):
        canvas.drawString(14, PAGE[1] - 42 - number * 12, line[:56])
    bars = code128.Code128(label.tracking_number, barHeight=1.1 * inch, barWidth=_bar_width(label.tracking_number))
    bars.drawOn(canvas, (PAGE[0] - bars.width) / 2, 0.55 * inch)
    canvas.setFont("Courier-Bold", 12)
    canvas.drawCentredString(PAGE[0] / 2, 0.35 * inch, label.tracking_number)


def _bar_width(text: str) -> float:
    """As wide as the label allows, for scanners' sake."""
    return float(min(1.4, (PAGE[0] - 0.5 * inch) / (11 * (len(text) + 3) + 20)))


def _draw_bars(draw: ImageDraw.ImageDraw, text: str, *, top: int, height: int, left: int) -> None:
    symbol = code128.Code128(text)
    symbol.validate()  # type: ignore[no-untyped-call]
    symbol.encode()  # type: ignore[no-untyped-call]
    symbol.decompose()  # type: ignore[no-untyped-call]
    module, x = 2, left
    for element in symbol.decomposed:
        width = (ord(element.lower()) - ord("a") + 1) * module
        if element.isupper():
            draw.rectangle((x, top, x + width - 1, top + height), fill=0)
        x += width


def _zpl(label: Label) -> str:
    lines = "".join(
        f"^FO30,{30 + number * 34}^A0N,28,28^FD{line.replace('^', ' ').replace('~', ' ')}^FS"
        for number, line in enumerate(_lines(label))
    )
    return f"^XA^CI28^PW812^LL1218{lines}^FO60,900^BY2^BCN,200,Y,N,N^FD{label.tracking_number}^FS^XZ\n"
