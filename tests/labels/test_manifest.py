"""The list that a driver signs."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from workers.labels.manifest import Manifest, ManifestLine, manifest_pdf


def line(number: int, **facts: object) -> ManifestLine:
    plain = ManifestLine(f"WSL{number:06}", f"order-{number}", "Abu Dhabi, AE", 1, Decimal("1.2"))
    return replace(plain, **facts)  # type: ignore[arg-type]


def manifest(*lines: ManifestLine) -> Manifest:
    made = datetime(2026, 11, 29, 20, 30, tzinfo=UTC)
    return Manifest("01936d2e", "Warehouse (FedEx)", "Souk Online LLC, Al Quoz 3, Dubai", made, lines)


def text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_every_shipment_stands_on_it_with_its_totals() -> None:
    said = text(manifest_pdf(manifest(line(1, parcels=2), line(2, weight_kg=Decimal("2.5")), line(3))))
    for number in (1, 2, 3):
        assert f"WSL{number:06}" in said
        assert f"order-{number}" in said
    assert "4.9" in said, "kilograms of all"
    assert "Souk Online LLC" in said
    assert "FedEx" in said


def test_cash_is_added_up_by_currency() -> None:
    dirhams, riyals = (Decimal("150.00"), "AED"), (Decimal("80.00"), "SAR")
    said = text(manifest_pdf(manifest(line(1, cash=dirhams), line(2, cash=dirhams), line(3, cash=riyals), line(4))))
    assert "300.00 AED to collect" in said
    assert "80.00 SAR to collect" in said


def test_a_long_one_goes_over_several_pages() -> None:
    content = manifest_pdf(manifest(*(line(number) for number in range(200))))
    said = text(content)
    assert len(PdfReader(io.BytesIO(content)).pages) > 2
    assert all(f"WSL{number:06}" in said for number in range(200))


def test_the_day_is_that_of_dubai() -> None:
    said = text(manifest_pdf(manifest(line(1))))
    assert "30 November 2026, 00:30" in said


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"reference": "<b>bold</b> & more"}, "<b>bold</b> & more"),
        ({"destination": "دبي, AE"}, "AE"),
        ({"reference": "x" * 200}, "..."),
    ],
    ids=["looks like markup", "Arabic", "very long"],
)
def test_whatever_is_written_on_it_can_be_printed(facts: dict[str, str], shown: str) -> None:
    said = text(manifest_pdf(manifest(line(1, **facts))))
    assert shown in said
    assert "WSL000001" in said


def test_the_same_manifest_gives_the_same_file() -> None:
    assert manifest_pdf(manifest(line(1))) == manifest_pdf(manifest(line(1)))
