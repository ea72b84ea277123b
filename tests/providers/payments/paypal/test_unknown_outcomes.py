"""An unknown outcome is settled by the same POST under the same id, then by looking. Nothing is charged twice."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_refund, now
from tests.providers.payments.paypal.builders import (
    Wire,
    a_capture_object,
    a_hosted,
    a_refund_object,
    a_saved,
    an_order,
    paypal,
    refusal,
)
from workers.providers.errors import Declined, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.money import Money

A_MOMENT_AGO, LONG_AGO = timedelta(seconds=2), timedelta(hours=30)
PAID = an_order("COMPLETED", captures=[a_capture_object()])


def transactions(*infos: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    return {"transaction_details": [{"transaction_info": info} for info in infos], "total_pages": pages}


@pytest.mark.parametrize("build", [a_hosted, a_saved])
async def test_within_six_hours_the_same_post_is_sent_again_under_the_same_id(build: Any) -> None:
    request, wire = build(), Wire(httpx.Response(200, json=PAID))
    found = await paypal(wire).find_payment(request, attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert found.status == "captured"
    assert wire.lines == ["POST /v2/checkout/orders"]
    assert wire.requests[0].headers["PayPal-Request-Id"] == request.idempotency_key


async def test_the_same_request_is_the_same_bytes() -> None:
    request, wire = a_hosted(), Wire(an_order(), an_order())
    connector = paypal(wire)
    await connector.create_payment(request)
    await connector.find_payment(request, attempted_at=now())
    assert wire.requests[0].content == wire.requests[1].content


async def test_a_refusal_settles_it() -> None:
    with pytest.raises(Declined):
        await paypal(Wire(refusal(422, "INSTRUMENT_DECLINED"))).find_payment(a_saved(), attempted_at=now())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(409, "PREVIOUS_REQUEST_IN_PROGRESS"), OutcomeUnknown),
        (httpx.Response(500, json={}), OutcomeUnknown),
        (httpx.Response(200, text="<html>"), OutcomeUnknown),
        (httpx.Response(429, json={}), ProviderError),
    ],
)
async def test_while_paypal_cannot_be_asked_the_outcome_stays_unknown(
    answer: httpx.Response, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await paypal(Wire(answer)).find_payment(a_saved(), attempted_at=now())


async def test_an_order_whose_link_nobody_has_need_not_be_found() -> None:
    wire = Wire()
    assert await paypal(wire).find_payment(a_hosted(), attempted_at=now() - LONG_AGO) is None
    assert not wire.requests


async def test_later_a_payment_from_a_saved_account_is_looked_for_among_the_transactions() -> None:
    request = a_saved()
    other, ours = {"transaction_id": "X1"}, {"transaction_id": "3C67", "custom_field": str(request.payment_id)}
    wire = Wire(transactions(other, pages=2), transactions(ours, pages=2), a_capture_object(), PAID)
    attempted_at = now() - LONG_AGO
    found = await paypal(wire).find_payment(request, attempted_at=attempted_at)
    assert found is not None
    assert found.status == "captured"
    assert wire.lines[1:] == [
        "GET /v1/reporting/transactions",
        "GET /v2/payments/captures/3C67",
        "GET /v2/checkout/orders/5O19",
    ]
    query = wire.requests[0].url.params
    assert query["start_date"] < attempted_at.strftime("%Y-%m-%dT%H:%M:%SZ") < query["end_date"]


async def test_the_transactions_are_not_believed_before_they_can_be_complete() -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await paypal(Wire(transactions())).find_payment(a_saved(), attempted_at=now() - timedelta(hours=7))
    assert await paypal(Wire(transactions())).find_payment(a_saved(), attempted_at=now() - LONG_AGO) is None


async def test_transactions_without_end_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.providers.payments.paypal.connector.MAX_PAGES", 2)
    wire = Wire(transactions(pages=9), transactions(pages=9))
    with pytest.raises(OutcomeUnknown, match="there are more"):
        await paypal(wire).find_payment(a_saved(), attempted_at=now() - LONG_AGO)


async def test_a_refund_is_looked_for_before_it_is_sent_again() -> None:
    request = a_refund("5O19", money=Money.of("10.00", "USD"))
    ours = a_refund_object(custom_id=f"{request.payment_id}.{request.refund_id}")
    listed = an_order("COMPLETED", captures=[a_capture_object()], refunds=[a_refund_object(id="2KV1"), ours])
    wire = Wire(listed)
    found = await paypal(wire).find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.refund_id, found.provider_payment_id) == (request.refund_id, "5O19")
    assert wire.lines == ["GET /v2/checkout/orders/5O19"]

    wire = Wire(PAID, PAID, httpx.Response(201, json=ours))
    assert await paypal(wire).find_refund(request, attempted_at=now()) is not None
    assert wire.requests[-1].headers["PayPal-Request-Id"] == request.idempotency_key

    assert await paypal(Wire(PAID)).find_refund(request, attempted_at=now() - timedelta(days=50)) is None
    with pytest.raises(Unavailable):
        await paypal(Wire(httpx.Response(500, json={}))).find_refund(request, attempted_at=now())
