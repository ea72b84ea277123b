"""Several labels in one file, for the printer."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from workers.providers.shipping.fields import file_format
from workers.providers.shipping.models import LabelFormat

_PAGE = (4 * inch, 6 * inch)


class NotMergeable(ValueError):
    """The labels cannot be in one file. :param index: which of them is at fault."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.index = index


def merge(labels: Sequence[bytes]) -> tuple[LabelFormat, bytes]:
    """One file with all labels, in their order: PDF of PDF and PNG ones, ZPL of ZPL ones.

    :raises NotMergeable: one is neither, or cannot be read, or some are ZPL and some are not.
    """
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
            writer.append(PdfReader(io.BytesIO(label if kind is LabelFormat.PDF else _page(label))))
        except (PyPdfError, OSError, ValueError) as error:
            raise NotMergeable("A label's file cannot be read.", index) from error
    target = io.BytesIO()
    writer.write(target)
    return LabelFormat.PDF, target.getvalue()


def _page(picture: bytes) -> bytes:
    """A picture as a page of a label's size."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=_PAGE, invariant=True)
    width, height = _PAGE
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, width, height, preserveAspectRatio=True)
    canvas.save()
    return target.getvalue()
