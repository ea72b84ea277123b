"""Quiqup's answers in Wasl's words."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.conftest import SPECS
from tests.providers.shipping.quiqup.builders import ORDER_ID, existing, order, quiqup
from tests.support.carriers.parcels import domestic
from workers.providers.errors import InvalidRequest, NotFound, OutcomeUnknown, Unavailable
from workers.providers.shipping.models import DocumentKind, LabelFormat, ShipmentStatus, TrackingDetail
from workers.providers.shipping.quiqup.objects import shipment_from_order
from workers.providers.shipping.quiqup.statuses import MEANINGS

RECORDED = SPECS / "quiqup" / "get-lastmile-order.cassette.json"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GONE = (404, {"error": "Sorry, one the resources you requested could not be found."})


async def test_a_shipment_is_an_order_that_was_made_and_sent_off() -> None:
    connector, wire = quiqup((201, order()), order("ready_for_collection"))
    made = await connector.create_shipment(domestic())
    assert wire.lines == ["POST /orders", f"PUT /orders/{ORDER_ID}/ready_for_collection"]
    assert (made.tracking_number, made.provider_shipment_id) == (str(ORDER_ID), str(ORDER_ID))
    assert made.parcel_tracking_numbers == (f"{ORDER_ID}-1",)
    assert (made.status, made.service) == (ShipmentStatus.CREATED, "partner_next_day")
    assert made.tracking_url == "https://track-parcel.quiqup.com/abc"
    assert (made.documents, made.cost) == ((), None)


async def test_sending_off_may_be_answered_with_nothing() -> None:
    connector, _ = quiqup((201, order()), httpx.Response(204))
    assert (await connector.create_shipment(domestic())).status is ShipmentStatus.CREATED


@pytest.mark.parametrize("wrong", [{"partner_order_id": "another"}, {"id": None}, {"id": "x1"}, {"state": None}])
async def test_an_answer_about_something_else_is_none(wrong: dict[str, Any]) -> None:
    connector, _ = quiqup((201, order(**wrong)))
    with pytest.raises(OutcomeUnknown):
        await connector.create_shipment(domestic())


async def test_the_recorded_order_is_read() -> None:
    if not Path(RECORDED).is_file():
        pytest.skip("the recorded answer is not here")
    answer = json.loads(RECORDED.read_text(encoding="utf-8"))
    connector, _ = quiqup(answer)
    (found,) = await connector.track_shipments([existing()])
    delivered = datetime(2026, 5, 3, 8, 8, 28, tzinfo=UTC)
    assert (found.status, found.provider_status) == (ShipmentStatus.DELIVERED, "delivery_complete")
    assert (found.delivered_at, found.events[0].occurred_at) == (delivered, delivered)
    assert found.estimated_delivery_at == datetime(2026, 5, 4, 19, 0, tzinfo=UTC)
    shipment = shipment_from_order({**answer["order"], "id": "25286218"})
    assert shipment.parcel_tracking_numbers == ("25286218-1",)
    assert shipment.service == "partner_same_day"  # re-routed: it was bought as partner_next_day


async def test_why_a_delivery_failed_is_told() -> None:
    connector, _ = quiqup(order("delivery_failed", delivery_failure_reason="Customer not available"))
    (found,) = await connector.track_shipments([existing()])
    assert (found.status, found.detail) == (ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED)
    assert found.events[0].description == "Customer not available"


async def test_a_state_that_nobody_knows_moves_nothing() -> None:
    connector, _ = quiqup(order("teleported"))
    (found,) = await connector.track_shipments([existing()])
    assert (found.found, found.status, found.provider_status) == (True, None, "teleported")
    assert found.events[0].code == "teleported"


@pytest.mark.parametrize("missing", [GONE, {"order": None}])
async def test_one_that_is_not_there_does_not_spoil_the_others(missing: Any) -> None:
    connector, wire = quiqup(missing, order("collected"))
    unknown, odd, known = await connector.track_shipments([existing("1"), existing("AWB-1"), existing()])
    assert [each.found for each in (unknown, odd, known)] == [False, False, True]
    assert unknown.message
    assert known.status is ShipmentStatus.PICKED_UP
    assert len(wire.requests) == 2


@pytest.mark.parametrize("wrong", [{"state_updated_at": "2026-05-03T12:08:28"}, {"state_updated_at": None}, {"id": 1}])
async def test_what_cannot_be_read_is_not_guessed(wrong: dict[str, Any]) -> None:
    connector, _ = quiqup(order("collected", **wrong))
    with pytest.raises(Unavailable):
        await connector.track_shipments([existing()])


async def test_the_label_is_fetched_as_it_is() -> None:
    connector, wire = quiqup(httpx.Response(200, content=PDF, headers={"content-type": "application/pdf"}))
    (label,) = await connector.get_documents(existing(), LabelFormat.ZPL)
    assert (label.kind, label.format, label.content) == (DocumentKind.LABEL, LabelFormat.PDF, PDF)
    assert wire.lines == [f"GET /order_label/{ORDER_ID}"]


async def test_what_is_no_label_is_not_taken_for_one() -> None:
    connector, _ = quiqup({"url": "https://elsewhere.example/label.pdf"}, httpx.Response(200, text="<html>"), GONE)
    for error in (Unavailable, Unavailable, NotFound):
        with pytest.raises(error):
            await connector.get_documents(existing(), LabelFormat.PDF)


async def test_an_order_can_be_cancelled_until_somebody_is_on_the_way() -> None:
    connector, wire = quiqup(order("ready_for_collection"), [order("cancelled")["order"]], order("cancelled"))
    await connector.cancel_shipment(existing())
    assert wire.lines[1] == "PUT /orders/batch/set_cancelled"
    assert json.loads(wire.requests[1].content) == {"order_ids": [ORDER_ID]}
    again, wire = quiqup(order("cancelled"))
    await again.cancel_shipment(existing())
    assert len(wire.requests) == 1
    for state in MEANINGS.keys() - {"pending", "ready_for_collection", "cancelled"}:
        late, wire = quiqup(order(state))
        with pytest.raises(InvalidRequest, match="too late"):
            await late.cancel_shipment(existing())
        assert len(wire.requests) == 1


async def test_a_cancellation_that_does_not_show_is_not_believed() -> None:
    connector, _ = quiqup(order("ready_for_collection"), [], order("out_for_collection"))
    with pytest.raises(OutcomeUnknown):
        await connector.cancel_shipment(existing())
