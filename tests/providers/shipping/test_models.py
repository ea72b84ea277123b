"""The unified shipping model: what is refused by name, and what identifiers are left alone."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from tests.support.carriers.parcels import BOX, DUBAI, LONDON, PHONE_CASES, SHIPMENT_ID, cash, domestic, international
from workers.providers.money import Money
from workers.providers.shipping.fields import address_lines, file_format, grams, phone_parts, whole
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    LabelFormat,
    Party,
    ShipmentResult,
    TrackingEvent,
    TrackingResult,
    own_reference,
)
from workers.providers.shipping.places import Emirate, emirate_of

CARD = "4242424242424242"


def party(**changes: Any) -> Party:
    return Party(**{**DUBAI.model_dump(exclude_none=True), **changes})


def fault(**changes: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        party(**changes)
    (error,) = caught.value.errors(include_url=False, include_context=False, include_input=False)
    return ".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"phone": "0501110001"}, "phone", "is written with its country code, like +971500000001"),
        ({"phone": "+97150"}, "phone", "is not a phone number that can exist"),
        ({"country": "UAE"}, "country", "String should match pattern"),
        ({"makani": "12345"}, "makani", "String should match pattern"),
        ({"line1": CARD}, "line1", "looks like a payment card number"),
        ({"email": "nobody"}, "email", "String should match pattern"),
    ],
)
def test_a_wrong_party_is_refused_by_the_field(changes: dict[str, Any], field: str, says: str) -> None:
    named, told = fault(**changes)
    assert named == field
    assert says in told


def test_a_phone_number_is_put_into_e164() -> None:
    assert party(phone="+971 50-111 0001").phone == "+971501110001"


def test_a_phone_number_that_passes_for_a_cards_is_one_all_the_same() -> None:
    german = "+4915123456787"
    assert party(phone=german, country="DE").phone == german


@pytest.mark.parametrize(
    ("city", "emirate"),
    [
        ("Dubai", "dubai"),
        ("AL AIN", "abu_dhabi"),
        ("Al-Ain", "abu_dhabi"),
        ("Ras al-Khaimah", "ras_al_khaimah"),
        ("الشارقة", "sharjah"),
        ("Khor Fakkan", "sharjah"),
        ("Umm Al Qaiwain", "umm_al_quwain"),
        ("Fujairah", "fujairah"),
        ("Ajman", "ajman"),
    ],
)
def test_the_emirate_follows_from_the_city(city: str, emirate: str) -> None:
    assert emirate_of(city) is Emirate(emirate)
    assert party(city=city, emirate=None).emirate is Emirate(emirate)


def test_other_countries_have_no_emirate() -> None:
    assert LONDON.emirate is None
    assert Party(**{**DUBAI.model_dump(), "country": "BH", "city": "Manama"}).emirate is None


def test_a_shipment_knows_its_weight_value_and_whether_customs_want_to_know() -> None:
    home = domestic(parcels=(BOX, BOX))
    abroad = international()
    assert home.weight_kg == Decimal("2.4")
    assert (home.is_domestic, home.is_dutiable) == (True, False)
    assert (abroad.is_domestic, abroad.is_dutiable) == (False, True)
    assert abroad.value == PHONE_CASES.total == Money.of("240.00", "AED")
    assert international(contents="documents").is_dutiable is False


def test_nothing_is_not_collected_at_the_door() -> None:
    with pytest.raises(ValidationError, match="more than zero"):
        domestic(cash_on_delivery=cash("0.00"))


def test_our_own_reference_is_short_and_of_one_shipment() -> None:
    reference = own_reference(SHIPMENT_ID)
    assert len(reference) == 26
    assert reference.isalnum()
    assert domestic().own_reference == reference != own_reference(UUID(int=SHIPMENT_ID.int + 1))


def test_numbers_of_carriers_are_not_taken_for_cards() -> None:
    result = ShipmentResult(
        tracking_number=CARD, parcel_tracking_numbers=(CARD,), provider_shipment_id=CARD, provider_data={"awb": CARD}
    )
    assert result.tracking_number == result.provider_data["awb"] == result.parcel_tracking_numbers[0] == CARD
    assert ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=CARD).tracking_number == CARD
    assert TrackingResult(tracking_number=CARD).tracking_number == CARD


def test_what_a_carrier_says_in_words_is_masked() -> None:
    moment = "2026-11-01T08:00:00Z"
    event = TrackingEvent.model_validate({"occurred_at": moment, "status": None, "description": f"paid with {CARD}"})
    assert CARD not in (event.description or "")


def test_a_documents_content_is_base64_in_json_and_shown_nowhere_else() -> None:
    document = Document.model_validate({"kind": "label", "format": "pdf", "content": b"%PDF-1.4\xff\xfe\xfb"})
    told = document.model_dump_json()
    assert json.loads(told)["content"] == "JVBERi0xLjT//vs="
    assert Document.model_validate_json(told) == document
    assert "PDF-1" not in repr(document)


def test_address_lines_break_between_words_and_are_never_cut() -> None:
    place = party(line1="Warehouse 4, Al Quoz Industrial Area 3, Street 12", area="Al Quoz", makani="12345 67890")
    assert address_lines(place, width=35, count=3) == [
        "Warehouse 4, Al Quoz Industrial",
        "Area 3, Street 12",
        "Makani 12345 67890",
    ]
    with pytest.raises(ValueError, match="2 lines of 20 characters"):
        address_lines(place, width=20, count=2)


def test_parts_and_units() -> None:
    assert phone_parts("+971501110001") == (971, "501110001")
    assert (whole(Decimal("10.01")), whole(Decimal(10)), grams(Decimal("1.2345"))) == (11, 10, 1235)


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"%PDF-1.7 ...", LabelFormat.PDF),
        (b"\x89PNG\r\n\x1a\n...", LabelFormat.PNG),
        (b"^XA^FO..^XZ", LabelFormat.ZPL),
        (b"\n^xa", LabelFormat.ZPL),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(content: bytes, format: LabelFormat | None) -> None:
    assert file_format(content) is format
