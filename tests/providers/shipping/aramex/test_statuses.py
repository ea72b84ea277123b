"""Every code that is known has one meaning, and its words do not say otherwise."""

import pytest

from workers.providers.shipping.aramex.statuses import CODES, meaning
from workers.providers.shipping.models import ShipmentStatus

# Codes and words as DigitalCloud/aramex ships them, of what a parcel can go through.
WORDS = {
    "SH001": "Under processing at operations facility",
    "SH003": "Out for Delivery",
    "SH005": "Delivered",
    "SH006": "Collected by Consignee",
    "SH007": "Will be Delivered by Postal Services",
    "SH012": "Picked Up From Shipper",
    "SH014": "Record created.",
    "SH022": "Departed Operations facility – In Transit",
    "SH041": "Cleared from Customs",
    "SH069": "Returned to Shipper",
    "SH160": "Under processing at operations facility",
    "SH236": "Document delivered.",
    "SH239": "Shipment charges paid",
    "SH247": "Supporting Document Returned to Shipper",
    "SH313": "Pickup Cancelled",
    "SH407": "Returned to Shipper",
    "SH474": "To be Returned to Shipper",
    "SH496": "Shipment Picked up by Consignee",
}


@pytest.mark.parametrize(("code", "words"), WORDS.items(), ids=WORDS)
def test_a_code_means_what_its_words_say(code: str, words: str) -> None:
    assert meaning(code, words).status == meaning(None, words).status


@pytest.mark.parametrize(
    ("words", "status", "detail"),
    [
        ("Attempted Delivery - Consignee Rejected the Shipment Due to Delay", "exception", "refused"),
        ("Attempted Delivery - Wrong Address", "exception", "address_problem"),
        ("Attempted Delivery - Customer not available", "exception", "attempt_failed"),
        ("Attempted Delivery", "exception", "attempt_failed"),
        ("", "exception", "attempt_failed"),
    ],
)
def test_the_words_of_an_attempt_tell_why_it_failed(words: str, status: str, detail: str) -> None:
    assert meaning("SH033", words) == (status, detail)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Shipment received at destination warehouse", ShipmentStatus.IN_TRANSIT),
        ("Documents Delivered to Broker", None),
        ("A word that nobody has heard", None),
    ],
)
def test_a_code_that_is_not_known_is_read_by_its_words(words: str, status: ShipmentStatus | None) -> None:
    assert meaning("SH999", words).status == status


def test_codes_are_written_alike() -> None:
    assert all(code == code.upper() and len(code) == 5 for code in CODES)
    assert meaning(" sh005 ", None).status is ShipmentStatus.DELIVERED


def test_only_hand_overs_are_deliveries() -> None:
    """Aramex has papers delivered, parts delivered, and parcels that will be delivered by others."""
    delivered = {code for code, said in CODES.items() if said.status is ShipmentStatus.DELIVERED}
    assert delivered == {"SH005", "SH006", "SH234", "SH496", "SH534"}
