"""What SMSA's refusals mean, who has to act, and how an unknown outcome is settled: nothing is booked twice."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import now
from tests.providers.shipping.smsa.builders import (
    ABSENT,
    AWB,
    KEY,
    booked,
    existing,
    parcel,
    smsa,
    tracked,
)
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import international
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.shipping.models import LabelFormat
from workers.providers.shipping.smsa.errors import read_fault

LOST = httpx.ReadTimeout("no answer")
PDF = LabelFormat.PDF
A_MOMENT_AGO, A_WHILE_AGO = timedelta(seconds=2), timedelta(minutes=5)


def problem(field: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    """A refusal as ASP.NET writes it."""
    return status, {"title": "One or more validation errors occurred.", "status": status, "errors": {field: ["Bad."]}}


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (problem("ConsigneeAddress.City"), InvalidRequest, "recipient.city"),
        (problem("ShipperAddress.ContactPhoneNumber"), InvalidRequest, "sender.phone"),
        (problem("PickupAddress"), InvalidRequest, "sender"),
        (problem("CODAmount"), InvalidRequest, "cash_on_delivery"),
        (problem("ServiceCode", 422), InvalidRequest, "service"),
        (problem("Colour"), InvalidRequest, None),
        ((400, {"message": "Invalid request data"}), InvalidRequest, None),
        ((400, "Invalid Service Code"), InvalidRequest, None),
        ((401, {"message": "Unauthorized"}), AuthenticationFailed, None),
        ((403, ""), AuthenticationFailed, None),
        ((429, None), RateLimited, None),
        ((500, "Internal Server Error"), OutcomeUnknown, None),
        ((503, None), OutcomeUnknown, None),
        (LOST, OutcomeUnknown, None),
        (httpx.ReadError("cut"), OutcomeUnknown, None),
        (httpx.ConnectError("refused"), Unavailable, None),
        ({}, OutcomeUnknown, None),
        ([], OutcomeUnknown, None),
        ("Booked!", OutcomeUnknown, None),
        ("<html>busy</html>", OutcomeUnknown, None),
        ({**booked(), "waybills": []}, OutcomeUnknown, None),
        ({**booked(), "sawb": None}, OutcomeUnknown, None),
    ],
)
async def test_a_booking_that_did_not_work_says_what_is_certain(
    answer: Any, kind: type[ProviderError], field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await smsa(Wire(answer)).create_shipment(parcel())
    error = raised.value
    assert type(error) is kind
    assert getattr(error, "field", None) == field
    assert error.message


async def test_smsas_words_are_shown_but_never_the_key() -> None:
    with pytest.raises(InvalidRequest, match="City: Bad"):
        await smsa(Wire(problem("ConsigneeAddress.City"))).create_shipment(parcel())
    with pytest.raises(ProviderError) as raised:
        await smsa(Wire((400, {"message": f"bad key {KEY}"}))).create_shipment(parcel())
    assert KEY not in raised.value.message


async def test_a_lost_booking_is_found_by_our_reference_with_its_label() -> None:
    request = parcel()
    wire = Wire(LOST, tracked(), booked())
    connector = smsa(wire)
    with pytest.raises(OutcomeUnknown):
        await connector.create_shipment(request)
    found = await connector.find_shipment(request, attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert (found.tracking_number, len(found.documents), found.provider_data) == (AWB, 1, {"kind": "b2c"})
    assert wire.lines[1:] == [
        f"GET /api/track/reference/{request.own_reference}",
        f"GET /api/shipment/b2c/query/{AWB}",
    ]


async def test_a_found_booking_without_label_or_invoice_yet_is_found() -> None:
    found = await smsa(Wire(tracked(), ABSENT)).find_shipment(parcel(), attempted_at=now())
    assert found is not None
    assert (found.tracking_number, found.documents) == (AWB, ())
    wire = Wire(tracked(), booked(), "Invoice logged successfully")
    abroad = await smsa(wire).find_shipment(international(), attempted_at=now())
    assert abroad is not None
    assert abroad.provider_data["customs_invoice"] == "sent"
    assert wire.lines[-1] == "POST /api/invoice"


@pytest.mark.parametrize("is_return", [False, True], ids=["shipment", "return"])
async def test_that_tracking_does_not_know_it_yet_proves_nothing(is_return: bool) -> None:
    with pytest.raises(OutcomeUnknown, match="proves nothing"):
        await smsa(Wire(ABSENT)).find_shipment(parcel(is_return=is_return), attempted_at=now() - A_WHILE_AGO)


async def test_a_return_is_found_among_returns() -> None:
    wire = Wire(tracked(), booked())
    found = await smsa(wire).find_shipment(parcel(is_return=True), attempted_at=now())
    assert found is not None
    assert (found.provider_data, wire.lines[-1]) == ({"kind": "c2b"}, f"GET /api/c2b/query/{AWB}")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((404, "Not Found"), Unavailable),  # a proxy's words, not SMSA's
        ((404, None), Unavailable),
        ((400, {"message": "no"}), Unavailable),
        ((500, None), Unavailable),
        ((401, None), AuthenticationFailed),
        (tracked(Reference="ANOTHER"), Unavailable),
        ([], Unavailable),
        (LOST, Unavailable),
    ],
)
async def test_while_it_cannot_be_asked_about_a_booking_stays_unknown(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await smsa(Wire(answer)).find_shipment(parcel(), attempted_at=now() - A_WHILE_AGO)


@pytest.mark.parametrize("answer", ["Shipment Cancelled Successfully!", (400, "Shipment already cancelled")])
async def test_a_return_that_is_cancelled_already_is_no_error(answer: Any) -> None:
    await smsa(Wire(answer)).cancel_shipment(existing("c2b"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Shipment cannot be cancelled", InvalidRequest),
        ((400, "Shipment cannot be cancelled"), InvalidRequest),
        ((404, "No Shipment found"), NotFound),
        ((500, None), OutcomeUnknown),
        (LOST, OutcomeUnknown),
    ],
)
async def test_a_cancellation_that_smsa_does_not_confirm_is_none(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await smsa(Wire(answer)).cancel_shipment(existing("c2b"))


@pytest.mark.parametrize("answer", [(500, None), LOST, httpx.Response(200, text="<html>")])
async def test_a_failed_question_did_nothing(answer: Any) -> None:
    for call in (smsa(Wire(answer)).track_shipments([existing()]), smsa(Wire(answer)).get_documents(existing(), PDF)):
        with pytest.raises(Unavailable):
            await call


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["message", "errors", "title", "ConsigneeAddress.City"]), s), max_leaves=12))  # fmt: skip
def test_no_body_breaks_the_reading_of_a_fault(body: Any) -> None:
    assert read_fault(body, 400).message


async def test_health_tells_wrong_keys_from_a_carrier_that_is_down() -> None:
    wire = Wire([])
    assert (await smsa(wire).check_health()).ok
    assert wire.lines == ["GET /api/lookUp/ServiceTypes"]
    assert (await smsa(Wire((401, None))).check_health()).code == "authentication_failed"
    assert (await smsa(Wire((500, None))).check_health()).code == "unavailable"
