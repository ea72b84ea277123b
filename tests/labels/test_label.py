"""A label can be read by a person and by a scanner, whatever is written on it."""

from typing import Any

import pypdfium2
import pytest
import zxingcpp

from workers.labels import Address, Label, LabelTooFull, pdf
from workers.labels.latin import latin

SENDER = Address(name="Sara Khan", phone="+971501110001", lines=("Warehouse 4, Al Quoz 3",), place="Dubai, AE")
RECIPIENT = Address(
    name="Omar Ali",
    company="Ali and Sons",
    phone="+971501110002",
    lines=("Villa 12", "Street 5"),
    area="Khalifa City",
    place="Abu Dhabi, AE",
    makani="12345 67890",
)
ASCII = range(32, 127)


def a_label(**changes: Any) -> Label:
    facts: dict[str, Any] = {
        "carrier": "Fast Riders",
        "carrier_phone": "+971501234567",
        "tracking_number": "WSL3GWMR445VQFU",
        "sender": SENDER,
        "recipient": RECIPIENT,
        "weight": "1.2 kg",
        "reference": "ORD-1001",
        "contents": "Silicone phone cases",
    }
    return Label(**{**facts, **changes})


def pages(content: bytes) -> list[tuple[str, str]]:
    """Of each page: what a scanner at 203 dots per inch reads, and the text."""
    document = pypdfium2.PdfDocument(content)
    read = []
    for page in document:
        (code,) = zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())
        assert code.format == zxingcpp.BarcodeFormat.Code128
        read.append((code.text, page.get_textpage().get_text_range()))
    return read


def text_of(**changes: Any) -> str:
    return pages(pdf([a_label(**changes)]))[0][1]


def test_everything_stands_on_it_and_the_bars_are_the_number() -> None:
    label = a_label(piece=(2, 3), cash="AED 150.00", title="RETURN", instructions="Ring twice")
    ((code, text),) = pages(pdf([label]))
    assert code == label.tracking_number
    for said in (
        *("Fast Riders", "+971501234567", "RETURN", "Piece 2 of 3, 1.2 kg", "From: Sara Khan", "To: Omar Ali"),
        *("Ali and Sons", "Villa 12", "Street 5", "Khalifa City", "Abu Dhabi, AE", "Makani 12345 67890"),
        *("+971501110002", "CASH TO COLLECT: AED 150.00", "Ref: ORD-1001", "Silicone phone cases", "Ring twice"),
    ):
        assert said in text
    assert "own letters" not in text


def test_without_cash_it_says_so() -> None:
    assert "No cash to collect" in text_of()


def test_it_is_four_by_six_inches_and_the_same_every_time() -> None:
    content = pdf([a_label(), a_label(piece=(2, 2))])
    document = pypdfium2.PdfDocument(content)
    assert [page.get_size() for page in document] == [(288, 432)] * 2
    assert content == pdf([a_label(), a_label(piece=(2, 2))])


@pytest.mark.parametrize("number", ["1", "123456789012", "W" * 26, "ab-CD_12.3/4"])
def test_numbers_of_every_length_can_be_scanned(number: str) -> None:
    assert pages(pdf([a_label(tracking_number=number)]))[0][0] == number


def test_arabic_is_written_in_latin_letters_and_the_label_says_so() -> None:
    omar = Address(name="محمد علي", phone="+971501110002", lines=("فيلا ١٢",), place="دبي, AE")
    text = text_of(recipient=omar)
    assert "To: Mhmd Aly" in text
    assert "Fyla 12" in text
    assert "not shown in its own letters" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ali", "Ali"),
        ("الشارقة", "Al Sharqa"),
        ("مُحَمَّد", "Muhamad"),
        ("خـــان، ٠٥٠", "Khan, 050"),
        ("ﻋﻠﻲ", "Aly"),
        ("Zoë Çelik", "Zoe Celik"),
        ("a\u200fb", "ab"),
        ("李", "?"),
        ("two\n lines", "two lines"),
    ],
)
def test_text_becomes_what_the_font_has(text: str, shown: str) -> None:
    assert latin(text, ASCII) == shown


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"recipient": Address(name="n" * 255, phone="+1", lines=("l" * 255,) * 9, place="p" * 255)}, "recipient"),
        ({"sender": Address(name="n" * 255, phone="+1", lines=("l" * 255,) * 9, place="p" * 255)}, "sender"),
        ({"instructions": "W" * 600}, "instructions"),
        ({"tracking_number": "W" * 40}, "tracking_number"),
    ],
    ids=["recipient", "sender", "instructions", "number"],
)
def test_what_does_not_fit_is_named_and_never_cut_off(changes: dict[str, Any], part: str) -> None:
    with pytest.raises(LabelTooFull) as refused:
        pdf([a_label(**changes)])
    assert refused.value.part == part


def test_the_longest_address_that_can_be_asked_for_fits() -> None:
    line = "Apartment 1204, Tower B, behind the old post office, second entrance " * 3
    long = Address(name=line[:50], company=line[:50], phone="+971501110002", lines=(line, line), place="Dubai, AE")
    text = " ".join(text_of(sender=long, recipient=long, instructions=line).split())
    assert text.count("second entrance") == 15
