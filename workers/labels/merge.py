"""Several labels in one file, for the printer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from workers.providers.shipping.fields import file_format
from workers.providers.shipping.models import LabelFormat

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of all labels together."""
MOST_PAGES: Final = 300
"""Of one label: those of 99 parcels have fewer."""
MOST_PIXELS: Final = 30_000_000
"""Of one picture: one of 4 by 6 inches has a third of that at 600 dots per inch."""
_PAGE = (4 * inch, 6 * inch)


class NotMergeable(ValueError):
    """The labels cannot be in one file. :param index: which of them is at fault."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.index = index


def merge(labels: Sequence[bytes]) -> tuple[LabelFormat, bytes]:
    """One file with all labels, in their order: PDF of PDF and PNG ones, ZPL of ZPL ones.

    :raises NotMergeable: one is neither, cannot be read, or has more than a label has; they are too large together; or
        some are ZPL and some are not.
    """
    require_size(labels)
    formats = [file_format(label) for label in labels]
    if not labels or None in formats:
        raise NotMergeable("A label is no PDF, PNG or ZPL file.", formats.index(None) if labels else 0)
    if all(each is LabelFormat.ZPL for each in formats):
        return LabelFormat.ZPL, b"\n".join(label.strip() for label in labels) + b"\n"
    if LabelFormat.ZPL in formats:
        raise NotMergeable(
            "ZPL labels go to the printer as they are, and not into one file with others.",
            formats.index(LabelFormat.ZPL),
        )
    writer = PdfWriter()
    for index, (label, kind) in enumerate(zip(labels, formats, strict=True)):
        try:
            reader = PdfReader(io.BytesIO(label if kind is LabelFormat.PDF else _page(label)))
            if not 0 < len(reader.pages) <= MOST_PAGES:
                raise ValueError("not the pages of a label")
            writer.append(reader, import_outline=False)
        except Exception as error:  # a carrier's file is foreign, and what reading it can raise has no end
            raise NotMergeable("A label's file cannot be read.", index) from error
    target = io.BytesIO()
    writer.write(target)
    return LabelFormat.PDF, target.getvalue()


def require_size(labels: Sequence[bytes]) -> None:
    """:raises NotMergeable: the labels are too large together; it names the one that is too much."""
    total = 0
    for index, label in enumerate(labels):
        total += len(label)
        if total > MOST_BYTES:
            raise NotMergeable("The labels are too large for one file.", index)


def _page(picture: bytes) -> bytes:
    """A picture as a page of a label's size."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=_PAGE, invariant=True)
    width, height = _PAGE
    image = Image.open(io.BytesIO(picture))  # reads no more than how large it is
    if image.width * image.height > MOST_PIXELS:
        raise ValueError("larger than a label")
    canvas.drawImage(ImageReader(image), 0, 0, width, height, preserveAspectRatio=True)
    canvas.save()
    return target.getvalue()
