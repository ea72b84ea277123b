"""A manifest: what is handed to a carrier's driver at once, for signing."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from workers.labels.fonts import BOLD, KNOWN, REGULAR
from workers.labels.latin import latin

_DUBAI: Final = ZoneInfo("Asia/Dubai")
_HEAD: Final = ("", "Tracking number", "Reference", "To", "Parcels", "kg", "Cash to collect")
_WIDTHS: Final = tuple(each * mm for each in (9, 48, 38, 38, 15, 16, 26))


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One shipment. :param cash: what the driver collects, as amount and currency."""

    tracking_number: str
    reference: str
    destination: str
    parcels: int
    weight_kg: Decimal
    cash: tuple[Decimal, str] | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole list. :param number: for finding it again."""

    number: str
    carrier: str
    sender: str
    created_at: datetime
    lines: Sequence[ManifestLine]


def manifest_pdf(manifest: Manifest) -> bytes:
    """The list as PDF, on as many A4 pages as it takes; the same manifest always gives the same file."""
    target = io.BytesIO()
    margin = 10 * mm
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=f"Manifest {manifest.number}",
        invariant=1,
    )
    styles = getSampleStyleSheet()
    for name, font in (("Title", BOLD), ("Normal", REGULAR), ("Heading4", BOLD)):
        styles[name].fontName = font
    day = manifest.created_at.astimezone(_DUBAI)
    document.build(
        [
            Paragraph(f"Manifest for {_escaped(manifest.carrier, 60)}", styles["Title"]),
            Paragraph(f"{day:%d %B %Y, %H:%M} (Dubai) &nbsp; No. {_escaped(manifest.number, 60)}", styles["Normal"]),
            Paragraph(f"From: {_escaped(manifest.sender, 110)}", styles["Normal"]),
            Spacer(1, 6 * mm),
            _table(manifest.lines),
            Spacer(1, 6 * mm),
            Paragraph(_totals(manifest.lines), styles["Heading4"]),
            Spacer(1, 16 * mm),
            _signatures(),
        ]
    )
    return target.getvalue()


def _table(lines: Sequence[ManifestLine]) -> Table:
    rows = [
        (
            str(number),
            _line(line.tracking_number, width=26),
            _line(line.reference, width=22),
            _line(line.destination, width=22),
            str(line.parcels),
            f"{line.weight_kg:f}",
            f"{line.cash[0]:f} {line.cash[1]}" if line.cash else "",
        )
        for number, line in enumerate(lines, start=1)
    ]
    table = Table([_HEAD, *rows], colWidths=_WIDTHS, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("FONTNAME", (0, 0), (-1, 0), BOLD),
                ("FONTSIZE", (0, 0), (-1, -1), 7),
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.grey),
                ("ALIGN", (4, 0), (-1, -1), "RIGHT"),
            ]
        )
    )
    return table


def _totals(lines: Sequence[ManifestLine]) -> str:
    cash: Counter[str] = Counter()
    for line in lines:
        if line.cash:
            cash[line.cash[1]] += line.cash[0]  # type: ignore[assignment]
    told = [
        f"{len(lines)} shipments",
        f"{sum(line.parcels for line in lines)} parcels",
        f"{sum((line.weight_kg for line in lines), Decimal(0)):f} kg",
        *(f"{amount:f} {currency} to collect" for currency, amount in sorted(cash.items())),
    ]
    return ", ".join(told)


def _signatures() -> Table:
    table = Table([("Driver: name, signature, time", "", "Handed over by")], colWidths=(80 * mm, 20 * mm, 80 * mm))
    table.setStyle(
        TableStyle(
            [
                ("LINEABOVE", (0, 0), (0, 0), 0.5, colors.black),
                ("LINEABOVE", (2, 0), (2, 0), 0.5, colors.black),
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("FONTSIZE", (0, 0), (-1, -1), 8),
            ]
        )
    )
    return table


def _line(text: str, *, width: int) -> str:
    """The text in letters that the font has; a longer one ends in three dots, since the label has it whole."""
    shown = latin(text, KNOWN)
    return shown if len(shown) <= width else shown[: width - 3] + "..."


def _escaped(text: str, width: int) -> str:
    """For the small markup of paragraphs."""
    return _line(text, width=width).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
