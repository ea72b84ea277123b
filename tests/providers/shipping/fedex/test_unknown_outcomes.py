"""An unknown outcome is settled by what FedEx shows, and by nothing that it does not show."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.shipping.fedex.wire import ACCOUNT, NUMBER, Wire, existing, fedex, refusal, scan
from tests.support.carriers.parcels import BOX, domestic
from workers.providers.errors import InvalidRequest, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.shipping.models import ShipmentRequest, ShipmentResult, ShipmentStatus

TRIED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REQUEST = domestic(ships_at=datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
BOTH = REQUEST.model_copy(update={"parcels": (BOX, BOX)})


def parcel(number: str = NUMBER, sequence: str = "1", **changes: Any) -> dict[str, Any]:
    """One parcel's track result."""
    facts = {
        "trackingNumberInfo": {"trackingNumber": number},
        "packageDetails": {"sequenceNumber": sequence},
        "serviceDetail": {"type": "STANDARD_OVERNIGHT"},
        "scanEvents": [scan("OC")],
    }
    return {**facts, **changes}


def found(*results: dict[str, Any]) -> dict[str, Any]:
    """The answer to a search by reference."""
    return {"output": {"completeTrackResults": [{"trackingNumber": "", "trackResults": list(results)}]}}


MISSING = {"code": "TRACKING.REFERENCENUMBER.NOTFOUND", "message": "Reference number cannot be found."}


async def settle(*answers: Any, request: ShipmentRequest = REQUEST) -> ShipmentResult | None:
    return await fedex(Wire(*answers)).find_shipment(request, attempted_at=TRIED)


@pytest.mark.parametrize(
    "answer",
    [httpx.ReadTimeout("slow"), httpx.ReadError("cut"), httpx.Response(500), httpx.Response(503), httpx.Response(502)],
    ids=["timeout", "cut", "500", "503", "502"],
)
async def test_a_purchase_without_an_answer_is_unknown_and_not_tried_again(answer: Any) -> None:
    wire = Wire(answer)
    with pytest.raises(OutcomeUnknown):
        await fedex(wire).create_shipment(REQUEST)
    assert len(wire.requests) == 1
    assert wire.requests[0].extensions["wasl"]["retryable"] is False


async def test_a_lost_shipment_is_found_by_its_reference_without_its_label() -> None:
    wire = Wire(found(parcel()))
    result = await fedex(wire).find_shipment(REQUEST, attempted_at=TRIED)
    assert result is not None
    assert (result.tracking_number, result.documents, result.status) == (NUMBER, (), ShipmentStatus.CREATED)
    assert result.service == "STANDARD_OVERNIGHT"
    assert wire.lines == ["POST /track/v1/referencenumbers"]
    assert wire.body["referencesInformation"] == {
        "type": "CUSTOMER_REFERENCE",
        "value": REQUEST.own_reference,
        "accountNumber": ACCOUNT,
        "carrierCode": "FDXE",
        "shipDateBegin": "2026-11-22",
        "shipDateEnd": "2026-11-25",
        "shipDateEndDate": "2026-11-25",
    }


async def test_a_range_of_dates_is_never_longer_than_fedex_takes() -> None:
    wire = Wire(found(parcel()))
    far = REQUEST.model_copy(update={"ships_at": TRIED + timedelta(days=60)})
    await fedex(wire).find_shipment(far, attempted_at=TRIED)
    asked = wire.body["referencesInformation"]
    first, last = (datetime.fromisoformat(asked[name]) for name in ("shipDateBegin", "shipDateEnd"))
    assert last - first < timedelta(days=30)


async def test_a_lost_shipment_of_several_parcels_goes_by_the_first() -> None:
    result = await settle(found(parcel("2", "2"), parcel("1", "1")), request=BOTH)
    assert result is not None
    assert (result.tracking_number, result.parcel_tracking_numbers) == ("1", ("1", "2"))


@pytest.mark.parametrize(
    "answer",
    [
        found({"error": MISSING}),
        {"output": {"completeTrackResults": []}},
        found({"error": {"code": "TRACKING.DATA.NOTUNIQUE", "message": "Several."}}),
        found(parcel(), parcel("2", "2")),
        httpx.Response(404, json=refusal("TRACKING.REFERENCENUMBER.NOTFOUND")),
    ],
    ids=["not found", "empty", "not unique", "too many", "404"],
)
@pytest.mark.parametrize("since", [timedelta(0), timedelta(days=3)], ids=["at once", "days later"])
async def test_what_is_not_found_is_not_known_to_be_absent(answer: Any, since: timedelta) -> None:
    tried = datetime.now(UTC) - since
    with pytest.raises(OutcomeUnknown, match="proves nothing"):
        await fedex(Wire(answer)).find_shipment(REQUEST, attempted_at=tried)


async def test_a_shipment_is_not_found_while_some_of_its_parcels_are_not() -> None:
    with pytest.raises(OutcomeUnknown, match="1 of 2"):
        await settle(found(parcel()), request=BOTH)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, json=refusal("TRACKING.SHIPDATERANGE.TOOLONG")),
        refusal("TRACKING.REFERENCEDATA.INCOMPLETE"),
        httpx.Response(404, text="<html>"),
        httpx.Response(500),
        httpx.ReadTimeout("slow"),
        {"output": {}},
    ],
    ids=["400", "refused with 200", "proxy", "500", "timeout", "odd"],
)
async def test_a_question_that_fails_settles_nothing(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await settle(answer)


async def test_a_cancellation_without_an_answer_is_settled_by_asking_again() -> None:
    wire = Wire(httpx.ReadTimeout("slow"), httpx.Response(400, json=refusal("CANCELSHIPMENT.TRACKINGNUMBER.DELETED")))
    connector = fedex(wire)
    with pytest.raises(OutcomeUnknown):
        await connector.cancel_shipment(existing())
    await connector.cancel_shipment(existing())


async def test_a_refused_purchase_is_no_unknown_one() -> None:
    with pytest.raises(InvalidRequest):
        await fedex(Wire(refusal("SERVICETYPE.NOT.ALLOWED"))).create_shipment(REQUEST)


async def test_before_the_purchase_a_failure_is_certain() -> None:
    wire = Wire()
    wire.token_answer = httpx.Response(500)
    with pytest.raises(ProviderError) as raised:
        await fedex(wire).create_shipment(REQUEST)
    assert type(raised.value) is Unavailable
    assert wire.requests == []
