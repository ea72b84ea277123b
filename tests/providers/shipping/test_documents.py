"""Papers out of carriers' answers."""

import pytest

from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.models import DocumentKind


@pytest.mark.parametrize(
    ("content", "form"),
    [(b"%PDF-1.4 x", "pdf"), (b"\x89PNG\r\n\x1a\nx", "png"), (b"^XA^FDx^FS^XZ", "zpl")],
    ids=["pdf", "png", "zpl"],
)
def test_the_first_bytes_tell_the_format(content: bytes, form: str) -> None:
    made = document(content, "AWB1")
    assert (made.kind, made.format, made.content, made.tracking_number) == ("label", form, content, "AWB1")


def test_papers_have_their_own_kind() -> None:
    assert document(b"%PDF-1.4 x", kind=DocumentKind.COMMERCIAL_INVOICE).kind == "commercial_invoice"


@pytest.mark.parametrize("content", [b"", b"<html>no</html>", b'{"error": 1}'], ids=["empty", "html", "json"])
def test_what_is_no_file_is_no_paper(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a label"):
        document(content)


def test_base64_may_be_written_in_lines() -> None:
    assert decoded("JVBE\r\nRi0x\n") == b"%PDF-1"


@pytest.mark.parametrize("text", ["JVBERi0", "not base64!"], ids=["cut off", "other letters"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|padding|data"):
        decoded(text)
