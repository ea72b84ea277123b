"""An order is made and sent off in two calls, and either may get lost. Nothing is bought twice, no draft is left."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.shipping.quiqup.builders import ORDER_ID, now, order, page, quiqup
from tests.support.carriers.parcels import domestic
from workers.providers.errors import InvalidRequest, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.shipping.models import ShipmentStatus
from workers.providers.shipping.quiqup.statuses import MEANINGS

A_WHILE_AGO = timedelta(minutes=5)
LOST = httpx.ReadTimeout("no answer")
REFUSED = (422, {"error": "[destination] is not served"})
BROKEN = (500, {"error": "Internal Server Error"})
READY = "ready_for_collection"
SEND_OFF = f"PUT /orders/{ORDER_ID}/ready_for_collection"
CANCEL = "PUT /orders/batch/set_cancelled"


@pytest.mark.parametrize(
    "answer", [LOST, httpx.ReadError("cut"), httpx.Response(201, text="<html>"), BROKEN, (503, None)]
)
async def test_an_order_without_a_usable_answer_is_unknown(answer: Any) -> None:
    connector, _ = quiqup(answer)
    with pytest.raises(OutcomeUnknown):
        await connector.create_shipment(domestic())


async def test_what_was_never_sent_or_refused_for_now_did_nothing() -> None:
    for answer in (httpx.ConnectError("refused"), (429, {"error": "slow down"})):
        connector, _ = quiqup(answer)
        with pytest.raises(ProviderError) as raised:
            await connector.create_shipment(domestic())
        assert raised.value.retryable
    connector, wire = quiqup(token=BROKEN)
    with pytest.raises(Unavailable):
        await connector.create_shipment(domestic())
    assert not wire.requests


@pytest.mark.parametrize("answer", [LOST, BROKEN, (429, {"error": "slow down"}), (403, None), (404, None)])
async def test_a_draft_whose_sending_off_got_lost_is_unknown_whatever_the_error(answer: Any) -> None:
    """Else the hub would take it for refused, and buy another one."""
    connector, _ = quiqup((201, order()), answer)
    with pytest.raises(OutcomeUnknown, match=f"order {ORDER_ID} is made"):
        await connector.create_shipment(domestic())


async def test_a_draft_that_may_not_be_sent_off_is_cancelled_and_the_refusal_told() -> None:
    connector, wire = quiqup((201, order()), REFUSED, order(), [], order("cancelled"))
    with pytest.raises(InvalidRequest) as refused:
        await connector.create_shipment(domestic())
    assert refused.value.field == "recipient"
    assert wire.lines[1:] == [SEND_OFF, f"GET /orders/{ORDER_ID}", CANCEL, f"GET /orders/{ORDER_ID}"]


@pytest.mark.parametrize("cancelling", [(LOST,), (BROKEN,), (REFUSED,), ([], order())])
async def test_a_draft_that_cannot_be_cancelled_either_is_unknown(cancelling: tuple[Any, ...]) -> None:
    connector, _ = quiqup((201, order()), REFUSED, order(), *cancelling)
    with pytest.raises(OutcomeUnknown):
        await connector.create_shipment(domestic())


async def test_a_lost_order_is_found_by_our_reference_and_sent_off() -> None:
    stranger = order(id=1, partner_order_id="another")
    pages = page(stranger, number=1, of=2), page(order(), number=2, of=2)
    connector, wire = quiqup(*pages, order(), order(READY))
    found = await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)
    assert found is not None
    assert (found.tracking_number, found.status) == (str(ORDER_ID), ShipmentStatus.CREATED)
    assert wire.lines == ["GET /orders", "GET /orders", f"GET /orders/{ORDER_ID}", SEND_OFF]
    assert wire.requests[1].url.params["page"] == "2"


async def test_an_order_that_is_on_its_way_is_left_alone() -> None:
    connector, wire = quiqup(page(), page(order("collected")), order("collected"))
    found = await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)
    assert found is not None
    assert found.status is ShipmentStatus.PICKED_UP
    assert "PUT" not in " ".join(wire.lines)


async def test_two_that_send_off_the_same_draft_do_not_cancel_it() -> None:
    connector, wire = quiqup(page(order()), order(), REFUSED, order(READY))
    found = await connector.find_shipment(domestic(), attempted_at=now())
    assert found is not None
    assert CANCEL not in wire.lines


async def test_a_draft_that_is_found_and_refused_is_settled() -> None:
    connector, wire = quiqup(page(order()), order(), REFUSED, order(), [], order("cancelled"))
    with pytest.raises(InvalidRequest):
        await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)
    assert CANCEL in wire.lines


async def test_there_is_none_when_no_state_lists_it_and_a_minute_has_passed() -> None:
    connector, wire = quiqup(*[page() for _ in MEANINGS])
    assert await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO) is None
    assert [each.url.params["filters[state]"] for each in wire.requests] == list(MEANINGS)
    asked = wire.requests[0].url.params
    assert asked["from"] < f"{now():%Y-%m-%d}" < asked["to"]
    connector, _ = quiqup(*[page() for _ in MEANINGS])
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await connector.find_shipment(domestic(), attempted_at=now())


@pytest.mark.parametrize("answer", [LOST, (400, {"error": "no"}), (404, None), {"results": None}, BROKEN])
async def test_a_list_that_cannot_be_read_settles_nothing(answer: Any) -> None:
    connector, _ = quiqup(page(), answer)
    with pytest.raises(Unavailable):
        await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)


async def test_a_list_without_end_settles_nothing() -> None:
    connector, _ = quiqup(*[page(number=number, of=99) for number in range(1, 41)])
    with pytest.raises(OutcomeUnknown, match="too many"):
        await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)
