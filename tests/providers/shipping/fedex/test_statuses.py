"""FedEx's codes, and what they mean."""

import pytest

from workers.providers.shipping.fedex.statuses import EVENTS, STATUSES, meaning_of
from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning

# "Status Code and Statuses for Webhook Tracking Events", in FedEx's API reference guide.
WEBHOOK_CODES = (
    "OC DO LC DS PD CA PU US RD IP HP RG RP RS AR AF AC IT OX PM DP DR CP EA IN MD TR CC RC CH OD DL DD DE SE CD AE AO "
    "DY RR RM HA RT RA PR AS"
)


@pytest.mark.parametrize("code", WEBHOOK_CODES.split())
def test_every_code_of_a_webhook_has_a_meaning(code: str) -> None:
    assert code in EVENTS


@pytest.mark.parametrize(
    ("event", "derived", "status"),
    [
        ("OD", "IT", ShipmentStatus.OUT_FOR_DELIVERY),
        ("OC", "IN", ShipmentStatus.CREATED),
        ("AR", "IT", ShipmentStatus.IN_TRANSIT),
        ("ZZ", "DL", ShipmentStatus.DELIVERED),
        ("", "IN", ShipmentStatus.CREATED),
        (None, None, None),
        ("ZZ", "ZZ", None),
        ("Ow", "", ShipmentStatus.IN_TRANSIT),
    ],
)
def test_what_happened_decides_and_what_it_comes_to_helps_out(
    event: str | None, derived: str | None, status: ShipmentStatus | None
) -> None:
    assert meaning_of(event, derived, "", None).status is status


@pytest.mark.parametrize("code", ["AO", "AE", "RR", "RG", "IN"])
def test_forecasts_and_papers_move_nothing(code: str) -> None:
    assert meaning_of(code, "IT", "", None) == NOTHING


@pytest.mark.parametrize(
    ("code", "why", "detail"),
    [
        ("DE", "Customer not available or business closed", TrackingDetail.ATTEMPT_FAILED),
        ("DE", "Incorrect address", TrackingDetail.ADDRESS_PROBLEM),
        ("SE", "Package damaged", TrackingDetail.DAMAGED),
        ("DE", "Refused by recipient", TrackingDetail.REFUSED),
        ("DE", "", None),
        ("CD", "Package available for clearance", TrackingDetail.CUSTOMS_HOLD),
        ("DY", "", TrackingDetail.DELAYED),
    ],
)
def test_an_exception_says_why(code: str, why: str, detail: TrackingDetail | None) -> None:
    assert meaning_of(code, code, "Words", why) == Meaning(ShipmentStatus.EXCEPTION, detail)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Returning package to shipper", ShipmentStatus.EXCEPTION),
        ("Return to Shipper", ShipmentStatus.EXCEPTION),
        ("Package returned to shipper", ShipmentStatus.RETURNED),
    ],
)
def test_a_parcel_on_its_way_back_is_not_back_yet(said: str, status: ShipmentStatus) -> None:
    assert meaning_of("RS", "RS", said, None).status is status


def test_a_status_knows_one_code_otherwise_than_a_scan() -> None:
    assert {code for code in STATUSES if STATUSES[code] != EVENTS.get(code)} == {"IN"}
