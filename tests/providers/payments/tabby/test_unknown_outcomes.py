"""An unknown outcome is settled: a lost session is left to run out, everything else by looking at the payment."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tabby.wire import (
    PAYMENT,
    PAYMENT_PATH,
    REFUND,
    Wire,
    a_captured_payment,
    a_completion,
    a_part,
    a_payment_object,
    a_session,
    an_instalment_payment,
    refusal,
    tabby,
)
from workers.providers.errors import InvalidRequest, OutcomeUnknown, Unavailable
from workers.providers.money import Money
from workers.providers.payments.tabby.connector import TabbyConnector

SOME = Money.of("40.00", "AED")
LATER = timedelta(minutes=2)
LOST = [
    httpx.ReadTimeout("slow"),
    httpx.Response(500),
    httpx.Response(200, text="<html>"),
    httpx.Response(200, text="{"),
]


@pytest.mark.parametrize(
    "answer",
    [
        *LOST,
        {},
        [],
        a_session(amount="99.01"),
        a_session(currency="SAR"),
        {**a_session(), "configuration": {"available_products": None}},
        {**a_session(), "configuration": {"available_products": {"installments": []}}},
        {**a_session(), "id": None},
    ],
    ids=str,
)
async def test_a_session_without_a_usable_answer_is_unknown(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await tabby(Wire(answer)).create_payment(an_instalment_payment())


async def test_a_lost_session_cannot_be_paid_so_there_is_none() -> None:
    wire = Wire(refusal())
    assert await tabby(wire).find_payment(an_instalment_payment(), attempted_at=now()) is None
    assert not wire.requests


async def act(connector: TabbyConnector, action: str) -> Any:
    if action == "complete":
        return await connector.complete_payment(a_completion())
    if action == "capture":
        return await connector.capture_payment(a_capture(PAYMENT, idempotency_key="key-1"))
    if action == "cancel":
        return await connector.cancel_payment(a_cancellation(PAYMENT))
    return await connector.refund_payment(a_refund(PAYMENT, money=SOME))


RESERVED = a_payment_object("AUTHORIZED")
BEFORE = {"complete": RESERVED, "capture": RESERVED, "cancel": RESERVED, "refund": a_captured_payment()}


@pytest.mark.parametrize("answer", LOST, ids=str)
@pytest.mark.parametrize("action", BEFORE)
async def test_a_write_without_a_usable_answer_is_unknown(action: str, answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await act(tabby(Wire(BEFORE[action], answer)), action)


@pytest.mark.parametrize("answer", [*LOST, httpx.Response(503)], ids=str)
@pytest.mark.parametrize("action", BEFORE)
async def test_before_the_write_a_failure_is_certain(action: str, answer: Any) -> None:
    wire = Wire(answer)
    with pytest.raises(Unavailable):
        await act(tabby(wire), action)
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


@pytest.mark.parametrize("answer", LOST, ids=str)
@pytest.mark.parametrize("action", BEFORE)
async def test_refused_and_then_unreadable_is_unknown(action: str, answer: Any) -> None:
    with pytest.raises(OutcomeUnknown, match="refused, but"):
        await act(tabby(Wire(BEFORE[action], refusal(), answer)), action)


@pytest.mark.parametrize("action", ["complete", "capture"])
async def test_a_capture_that_was_made_before_its_refusal_has_been_made(action: str) -> None:
    wire = Wire(RESERVED, refusal(400, "could not capture not authorized payments"), a_captured_payment())
    assert (await act(tabby(wire), action)).status == "captured"
    assert [line.rsplit("/", 1)[1] for line in wire.lines] == [PAYMENT, "captures", PAYMENT]


async def test_a_capture_under_our_reference_is_not_made_again() -> None:
    wire = Wire(a_payment_object("AUTHORIZED", captures=[a_part("40.00", "key-1")]))
    seen = await tabby(wire).capture_payment(a_capture(PAYMENT, money=SOME, idempotency_key="key-1"))
    assert (seen.status, str(seen.amount_captured)) == ("partially_captured", "40.00")
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


async def test_a_refused_capture_of_which_only_others_are_listed_is_refused() -> None:
    others = a_payment_object("AUTHORIZED", captures=[a_part("40.00", "another"), a_part("1.00", None)])
    with pytest.raises(InvalidRequest):
        await act(tabby(Wire(others, refusal(), others)), "capture")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RESERVED, a_payment_object("CLOSED")),
        (a_payment_object("AUTHORIZED", captures=[a_part("40.00")]), a_captured_payment(captured="40.00")),
    ],
    ids=["nothing captured", "a part captured"],
)
async def test_already_closed_is_what_closing_wanted(before: Any, after: Any) -> None:
    done = await act(tabby(Wire(before, refusal(400, "already closed"), after)), "cancel")
    assert done.provider_status == "CLOSED"


async def test_closed_by_a_capture_meanwhile_is_not_cancelled() -> None:
    with pytest.raises(InvalidRequest, match="already closed"):
        await act(tabby(Wire(RESERVED, refusal(400, "already closed"), a_captured_payment())), "cancel")


async def test_a_refund_under_our_reference_is_not_made_again() -> None:
    request = a_refund(PAYMENT, money=SOME)
    wire = Wire(a_captured_payment(a_part("40.00", str(request.refund_id), REFUND)))
    made = await tabby(wire).refund_payment(request)
    assert (made.provider_refund_id, made.status) == (f"{PAYMENT}:{REFUND}", "succeeded")
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


async def test_a_refund_that_was_made_before_its_refusal_has_been_made() -> None:
    request = a_refund(PAYMENT, money=SOME)
    made = a_captured_payment(a_part("40.00", str(request.refund_id), REFUND))
    found = await tabby(Wire(a_captured_payment(), refusal(), made)).refund_payment(request)
    assert found.refund_id == request.refund_id


async def test_a_refund_that_is_not_in_its_answer_is_unknown() -> None:
    others = a_captured_payment(a_part("40.00", None, REFUND))
    with pytest.raises(OutcomeUnknown):
        await tabby(Wire(others, others)).refund_payment(a_refund(PAYMENT, money=SOME))


async def test_a_lost_refund_is_found_by_its_reference() -> None:
    request = a_refund(PAYMENT)
    wire = Wire(a_captured_payment(a_part("99.00", str(request.refund_id), REFUND)))
    found = await tabby(wire).find_refund(request, attempted_at=now())
    assert found is not None
    assert found.refund_id == request.refund_id
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


async def test_a_refund_that_never_arrived_is_asked_for_again_under_the_same_reference() -> None:
    request = a_refund(PAYMENT, money=SOME)
    made = a_captured_payment(a_part("40.00", str(request.refund_id), REFUND))
    wire = Wire(a_captured_payment(), made)
    found = await tabby(wire).find_refund(request, attempted_at=now())
    assert found is not None
    assert wire.body["reference_id"] == str(request.refund_id)


@pytest.mark.parametrize(("ago", "kind"), [(timedelta(0), OutcomeUnknown), (LATER, InvalidRequest)])
async def test_a_refusal_settles_it_only_when_the_first_attempt_must_be_over(
    ago: timedelta, kind: type[Exception]
) -> None:
    wire = Wire(a_captured_payment(), refusal(409, "payment is disputed", "conflict"), a_captured_payment())
    with pytest.raises(kind, match="disputed"):
        await tabby(wire).find_refund(a_refund(PAYMENT, money=SOME), attempted_at=now() - ago)


@pytest.mark.parametrize("answer", LOST, ids=str)
async def test_while_tabby_cannot_be_asked_nothing_is_settled(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await tabby(Wire(answer)).find_refund(a_refund(PAYMENT, money=SOME), attempted_at=now() - LATER)
    with pytest.raises(OutcomeUnknown):
        await tabby(Wire(a_captured_payment(), answer)).find_refund(
            a_refund(PAYMENT, money=SOME), attempted_at=now() - LATER
        )


async def test_only_what_tabby_makes_once_may_be_sent_again_by_the_transport() -> None:
    wire = Wire(a_session())
    await tabby(wire).create_payment(an_instalment_payment())
    assert wire.requests[0].extensions["wasl"]["retryable"] is False
    for action, name in (("complete", "captures"), ("capture", "captures"), ("cancel", "close"), ("refund", "refunds")):
        wire = Wire(BEFORE[action], httpx.Response(500))
        with pytest.raises(OutcomeUnknown):
            await act(tabby(wire), action)
        assert wire.requests[1].url.path.endswith(name)
        assert wire.requests[1].extensions["wasl"]["retryable"] is True
        assert "idempotency-key" not in wire.requests[1].headers
