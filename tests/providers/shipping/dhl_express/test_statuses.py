"""What DHL's checkpoint codes mean, and when they happened."""

from datetime import UTC, datetime

import pytest

from workers.providers.shipping.dhl_express.statuses import MEANINGS
from workers.providers.shipping.dhl_express.times import read, written
from workers.providers.shipping.models import ShipmentStatus
from workers.providers.shipping.statuses import Meaning

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ("PU SA", "picked_up"),
        ("PL DF AF AR TR IC CR BR RR SC FD SM TP AD PY CC 102", "in_transit"),
        ("WC", "out_for_delivery"),
        ("OK DD 101", "delivered"),
        ("PD BA BN CA CD UD CM MC MD MS ND NH OH HP RD SS DS 103", "exception"),
        ("RT", "returned"),
        ("104", "created"),
        ("CS", None),
    ],
)
def test_every_code_has_one_status(codes: str, status: str | None) -> None:
    assert {MEANINGS[code].status for code in codes.split()} == {status}


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("CC", "awaiting_collection"),
        ("DD", "damaged"),
        ("PD", "partial"),
        ("CD", "customs_hold"),
        ("BA", "address_problem"),
        ("NH", "attempt_failed"),
        ("RD", "refused"),
        ("MS", "delayed"),
        ("OH", "on_hold"),
    ],
)
def test_what_lies_behind_a_code(code: str, detail: str) -> None:
    assert MEANINGS[code].detail == detail


def test_no_code_says_that_a_shipment_was_voided() -> None:
    assert Meaning(ShipmentStatus.CANCELLED) not in MEANINGS.values(), "DHL has no such thing"


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("AE", "2026-07-01T16:00:00 GMT+04:00"),
        ("SA", "2026-07-01T15:00:00 GMT+03:00"),
        ("GB", "2026-07-01T13:00:00 GMT+01:00"),
        ("IN", "2026-07-01T17:30:00 GMT+05:30"),
        ("US", "2026-07-01T08:00:00 GMT-04:00"),
    ],
)
def test_a_moment_is_written_and_read_as_its_place_has_it(country: str, text: str) -> None:
    assert written(NOON, country) == text
    assert len(text) <= 29
    assert read(text[:19], country=country) == NOON
    assert read(text[:19], offset=text[-6:], country="AE") == NOON


def test_a_day_ends_shortly_before_midnight() -> None:
    assert read("2026-07-01", country="AE") == datetime(2026, 7, 1, 19, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month"):
        read(text)
