"""An unknown outcome is settled by a look, never by trying again blindly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_refund, now
from tests.providers.payments.tamara.builders import (
    CHECKOUT,
    ORDER,
    PAYMENT_ID,
    REFUND,
    Wire,
    a_captured_order,
    a_completion,
    a_listed_refund,
    a_pay_later,
    aed,
    an_order,
    tamara,
)
from workers.providers.errors import AuthenticationFailed, NotFound, OutcomeUnknown, RateLimited, Unavailable
from workers.providers.money import Money

TEN = Money.of("10.00", "AED")
ATTEMPTED = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


async def test_an_order_is_looked_for_by_our_own_id() -> None:
    request, wire = a_pay_later(payment_id=PAYMENT_ID), Wire(an_order("approved"))
    found = await tamara(wire).find_payment(request, attempted_at=now())
    assert wire.lines == [f"GET /merchants/orders/reference-id/{PAYMENT_ID}"]
    assert found is not None
    assert (found.provider_payment_id, found.payment_id) == (ORDER, PAYMENT_ID)


@pytest.mark.parametrize("answer", [httpx.Response(404, json={}), an_order("new"), an_order("expired")])
async def test_an_order_that_nobody_can_pay_is_none(answer: Any) -> None:
    assert await tamara(Wire(answer)).find_payment(a_pay_later(payment_id=PAYMENT_ID), attempted_at=now()) is None


@pytest.mark.parametrize("status", ["approved", "authorised", "fully_captured", "declined", "canceled", "odd"])
async def test_an_order_that_somebody_saw_is_the_payment(status: str) -> None:
    request = a_pay_later(payment_id=PAYMENT_ID)
    found = await tamara(Wire(an_order(status))).find_payment(request, attempted_at=now())
    assert found is not None
    assert found.provider_status == status


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ReadTimeout("slow"), Unavailable),
        (httpx.Response(500), Unavailable),
        (httpx.Response(429), RateLimited),
        (httpx.Response(401), AuthenticationFailed),
        (httpx.Response(400, json={"message": "no"}), OutcomeUnknown),
        (httpx.Response(422, json={"message": "no"}), OutcomeUnknown),
        (an_order("approved", order_reference_id="another"), Unavailable),
        ({}, Unavailable),
    ],
)
async def test_while_tamara_cannot_be_asked_nothing_is_settled(answer: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised:
        await tamara(Wire(answer)).find_payment(a_pay_later(payment_id=PAYMENT_ID), attempted_at=now())
    assert type(raised.value) is kind


async def test_a_completion_that_was_sent_without_an_answer_is_unknown_and_can_be_called_again() -> None:
    wire = Wire(an_order("approved"), httpx.ReadTimeout("slow"))
    with pytest.raises(OutcomeUnknown):
        await tamara(wire).complete_payment(a_completion())
    wire.answers = [an_order("authorised"), {}, a_captured_order()]
    assert (await tamara(wire).complete_payment(a_completion())).status == "captured"
    assert [line for line in wire.lines if "authorise" in line] == [f"POST /orders/{ORDER}/authorise"]


async def test_after_a_step_that_cannot_be_read_its_outcome_is_unknown() -> None:
    for after in (httpx.Response(503), httpx.ReadTimeout("slow"), {"order_id": ORDER}):
        with pytest.raises(OutcomeUnknown):
            await tamara(Wire(an_order("approved"), {}, after)).complete_payment(a_completion())
        with pytest.raises(OutcomeUnknown):
            await tamara(Wire(an_order("authorised"), {}, after)).capture_payment(a_capture(ORDER))


async def test_a_refund_is_known_by_its_id_whatever_else_it_is() -> None:
    request = a_refund(ORDER, money=TEN)
    named = {"merchant_refund_id": str(request.refund_id)}
    said = {"comment": f"Refund {request.refund_id}: twice"}
    for mark in (named, said):
        order = a_captured_order(99, (a_listed_refund(10, CHECKOUT), a_listed_refund(10, **mark)))
        found = await tamara(Wire(order)).find_refund(request, attempted_at=ATTEMPTED)
        assert found is not None
        assert (found.provider_refund_id, found.refund_id) == (f"{ORDER}:{REFUND}", request.refund_id)


async def test_without_ids_a_refund_is_known_by_its_amount_and_time() -> None:
    request = a_refund(ORDER, money=TEN)
    earlier = "2026-11-23T11:58:00+00:00"
    others = (a_listed_refund(9, "r-1"), a_listed_refund(10, "r-2", created_at=earlier))
    order = a_captured_order(99, (*others, a_listed_refund(10)))
    found = await tamara(Wire(order)).find_refund(request, attempted_at=ATTEMPTED)
    assert found is not None
    assert (found.provider_refund_id, found.refund_id) == (f"{ORDER}:{REFUND}", request.refund_id)
    assert found.payment_id == request.payment_id


async def test_a_refund_that_is_somebody_elses_is_not_ours() -> None:
    other = a_listed_refund(10, merchant_refund_id="0190f3a0-0000-7000-8000-00000000beef")
    wire = Wire(a_captured_order(99, (other,)))
    assert await tamara(wire).find_refund(a_refund(ORDER, money=TEN), attempted_at=ATTEMPTED) is None


async def test_two_refunds_that_fit_are_left_to_a_person() -> None:
    order = a_captured_order(99, (a_listed_refund(10), a_listed_refund(10, CHECKOUT)))
    with pytest.raises(OutcomeUnknown, match="which is it"):
        await tamara(Wire(order)).find_refund(a_refund(ORDER, money=TEN), attempted_at=ATTEMPTED)


async def test_a_list_that_lacks_refunds_proves_nothing() -> None:
    for order in (
        a_captured_order(99, refunded_amount=aed(10)),
        a_captured_order(99, refunded_amount=aed(10), transactions=None),
        a_captured_order(99, (a_listed_refund(5),), refunded_amount=aed(15)),
    ):
        with pytest.raises(OutcomeUnknown, match="does not list all"):
            await tamara(Wire(order)).find_refund(a_refund(ORDER, money=TEN), attempted_at=ATTEMPTED)


async def test_a_refund_is_certainly_none_only_after_a_minute() -> None:
    request = a_refund(ORDER, money=TEN)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await tamara(Wire(a_captured_order())).find_refund(request, attempted_at=now() - timedelta(seconds=50))
    later = now() - timedelta(seconds=70)
    assert await tamara(Wire(a_captured_order())).find_refund(request, attempted_at=later) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ReadTimeout("slow"), Unavailable),
        (httpx.Response(400, json={"message": "no"}), OutcomeUnknown),
        (httpx.Response(404, json={"message": "no"}), NotFound),
    ],
)
async def test_while_the_order_cannot_be_read_no_refund_is_settled(answer: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await tamara(Wire(answer)).find_refund(a_refund(ORDER, money=TEN), attempted_at=ATTEMPTED)
