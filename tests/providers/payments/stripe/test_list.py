"""Stripe's own list of payments: which span it is asked for, and where the next page begins."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.providers.builders import stripe
from tests.providers.payments.stripe.test_requests import Wire
from tests.providers.payments.stripe.test_results import OUR_ID, a_charge, an_intent
from workers.providers.errors import Unavailable

SINCE = datetime(2026, 11, 23, 0, 0, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 24, 0, 0, 0, 500_000, tzinfo=UTC)


async def test_a_page_is_asked_for_by_time_and_read_whole() -> None:
    paid = an_intent(id="pi_2", status="succeeded", amount_received=9900, latest_charge=a_charge())
    wire = Wire({"object": "list", "has_more": True, "data": [paid, an_intent()]})
    page = await stripe(wire).list_payments(since=SINCE, until=UNTIL)
    assert wire.line == "GET /v1/payment_intents"
    assert dict(wire.requests[0].url.params) == {
        "created[gte]": str(int(SINCE.timestamp())),
        "created[lt]": str(int(UNTIL.timestamp()) + 1),
        "expand[]": "data.latest_charge",
        "limit": "100",
    }
    assert [(each.provider_payment_id, str(each.status)) for each in page.payments] == [
        ("pi_2", "captured"),
        ("pi_1", "created"),
    ]
    assert page.payments[0].payment_id == OUR_ID
    assert page.next_cursor == "pi_1"


async def test_the_next_page_begins_after_the_last_payment_and_the_last_has_none() -> None:
    wire = Wire({"object": "list", "has_more": False, "data": [an_intent(id="pi_0")]})
    page = await stripe(wire).list_payments(since=SINCE, until=UNTIL, cursor="pi_1")
    assert wire.requests[0].url.params["starting_after"] == "pi_1"
    assert page.next_cursor is None


async def test_spans_that_meet_share_no_second() -> None:
    bounds = []
    for since, until in ((SINCE, UNTIL), (UNTIL, UNTIL.replace(hour=9))):
        wire = Wire({"data": [], "has_more": False})
        await stripe(wire).list_payments(since=since, until=until)
        bounds.append(wire.requests[0].url.params)
    assert bounds[0]["created[lt]"] == bounds[1]["created[gte]"]


@pytest.mark.parametrize("body", [{}, {"data": None, "has_more": False}, {"data": [{"id": "pi_1"}], "has_more": False}])
async def test_a_list_of_another_shape_is_no_answer(body: Any) -> None:
    with pytest.raises(Unavailable):
        await stripe(lambda _: httpx.Response(200, json=body)).list_payments(since=SINCE, until=UNTIL)
