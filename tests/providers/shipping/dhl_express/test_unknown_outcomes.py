"""An unknown outcome is settled by asking for our reference. No label is bought twice."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.shipping.dhl_express.builders import (
    NOTHING_FOUND,
    NUMBER,
    Wire,
    dhl,
    document,
    event,
    made,
    refusal,
    tracked,
)
from tests.support.carriers.parcels import domestic
from workers.providers.errors import AuthenticationFailed, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.shipping.models import ShipmentResult

LOST = httpx.ReadTimeout("no answer")
A_WHILE_AGO = timedelta(hours=1)
A_MOMENT_AGO = timedelta(minutes=2)
OURS = [{"value": domestic().own_reference, "typeCode": "CU"}]


async def find(answer: Any, age: timedelta = A_WHILE_AGO, **connection: Any) -> ShipmentResult | None:
    """What is found of a shipment that was asked for."""
    return await dhl(Wire(answer), **connection).find_shipment(domestic(), attempted_at=now() - age)


@pytest.mark.parametrize(
    "answer",
    [
        LOST,
        httpx.ReadError("cut"),
        httpx.Response(201, text="<html>"),
        (201, {}),
        made(shipmentTrackingNumber=None),
        refusal("", 503),
        refusal("999: Process failure", 500),
    ],
    ids=lambda value: "",
)
async def test_a_shipment_without_a_usable_answer_is_unknown_and_sent_once(answer: Any) -> None:
    wire = Wire(answer)
    with pytest.raises(OutcomeUnknown):
        await dhl(wire).create_shipment(domestic())
    assert len(wire.requests) == 1
    assert wire.requests[0].extensions["wasl"]["retryable"] is False


@pytest.mark.parametrize(
    "answer",
    [
        made(documents=[]),
        made(documents=[document(b"a picture")]),
        made(documents=[{**document(), "content": "base64 encoded document"}]),
        made(documents=["no document"]),
        made(shipmentCharges=[{"currencyType": "BILLC", "priceCurrency": "XXZ", "price": 1}]),
        made(estimatedDeliveryDate="soon"),
    ],
    ids=["no papers", "odd paper", "no base64", "no document", "odd price", "odd date"],
)
async def test_a_shipment_with_a_number_is_bought_whatever_else_cannot_be_read(answer: Any) -> None:
    bought = await dhl(Wire(answer)).create_shipment(domestic())
    assert bought.tracking_number == made()[1]["shipmentTrackingNumber"]


async def test_what_was_never_sent_is_refused_for_now() -> None:
    with pytest.raises(Unavailable):
        await dhl(Wire(httpx.ConnectError("refused"))).create_shipment(domestic())


async def test_a_lost_shipment_is_found_by_our_reference() -> None:
    pieces = [{"trackingNumber": "JD1", "events": []}]
    wire = Wire({"shipments": [tracked(shipperReferences=OURS, pieces=pieces, productCode="N")]})
    found = await dhl(wire).find_shipment(domestic(), attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert (found.tracking_number, found.parcel_tracking_numbers, found.service) == (NUMBER, ("JD1",), "N")
    assert (found.status, found.documents) == ("created", ())
    query = dict(wire.query)
    assert query["shipmentReference"] == domestic().own_reference
    assert query["shipperAccountNumber"] == "400000001"
    assert query["dateRangeFrom"] < f"{now():%Y-%m-%d}" < query["dateRangeTo"]
    assert f"{domestic().ships_at:%Y-%m-%d}" <= query["dateRangeTo"]


async def test_a_found_shipment_may_be_under_way() -> None:
    found = await find({"shipments": [tracked(event("PU", "2026-11-29"))]})
    assert found is not None
    assert found.status == "picked_up"


async def test_a_return_is_looked_for_where_it_was_billed() -> None:
    wire = Wire(NOTHING_FOUND)
    connector = dhl(wire, settings={"import_account_number": "950000003"})
    await connector.find_shipment(domestic(is_return=True), attempted_at=now() - A_WHILE_AGO)
    assert dict(wire.query)["shipperAccountNumber"] == "950000003"


@pytest.mark.parametrize(
    "answer",
    [NOTHING_FOUND, {"shipments": []}, {"shipments": [tracked(shipperReferences=[{"value": "another"}])]}],
    ids=["not found", "empty", "another's"],
)
async def test_what_is_not_there_after_a_while_was_not_made(answer: Any) -> None:
    assert await find(answer) is None
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await find(answer, A_MOMENT_AGO)


async def test_the_test_environment_proves_nothing() -> None:
    with pytest.raises(OutcomeUnknown, match="test environment"):
        await find(NOTHING_FOUND, environment="sandbox")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal("Missing mandatory parameters: shipperAccountNumber"), Unavailable),
        (refusal("Invalid credentials", 401), AuthenticationFailed),
        ((404, None), OutcomeUnknown),
        ((404, {"error": "no route"}), OutcomeUnknown),
        (httpx.Response(404, text="<html>"), OutcomeUnknown),
        (refusal("999: Process failure", 500), Unavailable),
        (LOST, Unavailable),
        ({}, Unavailable),
    ],
    ids=lambda value: "" if isinstance(value, tuple | dict | Exception | httpx.Response) else None,
)
async def test_while_it_cannot_be_asked_about_it_stays_unknown(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await find(answer)
