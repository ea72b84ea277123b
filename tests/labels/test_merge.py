"""Carriers' labels in one file; a carrier's file is foreign, and must neither break nor exhaust the worker."""

import io
import struct
import zlib

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.labels.test_label import a_label
from tests.support.carrier_wire import barcodes
from workers.labels import merge as merging
from workers.labels import pdf
from workers.labels.merge import NotMergeable, merge
from workers.providers.shipping.models import LabelFormat

ZPL = b"^XA^FDone^FS^XZ"


def a_pdf(pages: int = 1) -> bytes:
    writer, target = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(288, 432)
    writer.write(target)
    return target.getvalue()


def a_picture() -> bytes:
    target = io.BytesIO()
    Image.new("1", (40, 60), 1).save(target, "PNG")
    return target.getvalue()


def a_picture_said_to_be(width: int, height: int) -> bytes:
    """A small file whose picture would fill the memory."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    framed = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def labelled(*numbers: str) -> bytes:
    """A file with a label for each tracking number."""
    return pdf([a_label(tracking_number=number) for number in numbers])


def picture_of(label: bytes) -> bytes:
    """A label as a carrier sends it that draws pictures."""
    target = io.BytesIO()
    pypdfium2.PdfDocument(label)[0].render(scale=3).to_pil().save(target, "PNG")
    return target.getvalue()


def test_every_label_can_be_scanned_in_its_turn() -> None:
    _, merged = merge([labelled("WSL3"), picture_of(labelled("WSL1")), labelled("WSL2A", "WSL2B")])
    assert barcodes(merged) == ["WSL3", "WSL1", "WSL2A", "WSL2B"]
    sizes = {(float(page.mediabox.width), float(page.mediabox.height)) for page in PdfReader(io.BytesIO(merged)).pages}
    assert sizes == {(288, 432)}


def test_the_same_labels_give_the_same_file() -> None:
    labels = [labelled("WSL1"), picture_of(labelled("WSL2"))]
    assert merge(labels) == merge(labels)
    assert merge(labels) != merge(labels[::-1])


def test_pages_keep_their_order_and_number() -> None:
    kind, merged = merge([a_pdf(2), a_picture(), a_pdf(1)])
    assert (kind, len(PdfReader(io.BytesIO(merged)).pages)) == (LabelFormat.PDF, 4)


def test_labels_of_a_printers_language_follow_each_other() -> None:
    assert merge([ZPL, ZPL + b"\n"]) == (LabelFormat.ZPL, ZPL + b"\n" + ZPL + b"\n")


@pytest.mark.parametrize(
    "odd",
    [
        b"a text",
        ZPL,
        b"%PDF-1.4 and nothing more",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
        b"trailer<</Root 1 0 R>>",
        b"\x89PNG\r\n\x1a\n and nothing more",
        a_picture_said_to_be(30_000, 30_000),
        a_picture_said_to_be(2**31 - 1, 1),
        a_pdf(0),
        a_pdf(merging.MOST_PAGES + 1),
    ],
    ids=["text", "zpl", "cut pdf", "no pages", "pages in a circle", "cut png", "bomb", "line", "empty", "book"],
)
def test_a_file_that_is_no_label_is_named(odd: bytes) -> None:
    with pytest.raises(NotMergeable) as refused:
        merge([a_pdf(), odd, a_pdf()])
    assert refused.value.index == 1


def test_labels_that_are_too_large_together_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MOST_BYTES", 2 * len(a_pdf()))
    assert merge([a_pdf(), a_pdf()])
    with pytest.raises(NotMergeable, match="too large") as refused:
        merge([a_pdf(), a_pdf(), b"%PDF-1.4"])
    assert refused.value.index == 2
