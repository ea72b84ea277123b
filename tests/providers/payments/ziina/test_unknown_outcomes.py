"""An unknown outcome is settled by asking. Nobody pays twice, and nothing is given back twice."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout, a_refund, now
from tests.providers.payments.ziina.builders import INTENT, NO_INTENT, NO_REFUND, Wire, intent, refund, refusal, ziina
from workers.providers.errors import AuthenticationFailed, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.money import Money

A_MOMENT_AGO = timedelta(seconds=2)
A_WHILE_AGO = timedelta(minutes=5)
PART = Money.of("10.50", "AED")
LOST = httpx.ReadTimeout("no answer")


@pytest.mark.parametrize(
    "answer",
    [
        LOST,
        httpx.ReadError("cut"),
        httpx.Response(201, text="<html>"),
        (201, {}),
        (201, []),
        (201, intent(redirect_url=None)),
        (201, intent("completed")),
        (201, intent(amount=990000)),
        (201, intent(currency_code="USD")),
        (201, intent(currency_code="XXZ")),
        (500, None),
    ],
)
async def test_a_payment_without_a_usable_answer_is_unknown_not_failed(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await ziina(Wire(answer)).create_payment(a_checkout())


async def test_what_was_never_sent_is_refused_for_now() -> None:
    with pytest.raises(Unavailable):
        await ziina(Wire(httpx.ConnectError("refused"))).create_payment(a_checkout())


async def test_an_intent_whose_page_nobody_knows_is_no_payment() -> None:
    wire = Wire()
    for age in (A_MOMENT_AGO, A_WHILE_AGO, timedelta(days=30)):
        assert await ziina(wire).find_payment(a_checkout(), attempted_at=now() - age) is None
    assert not wire.requests, "Ziina has nothing to ask by"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "018f7d9e-0000-7000-8000-0000000003e9"},
        {"payment_intent_id": "another"},
        {"amount": 105000},
        {"currency_code": "USD"},
        {"status": None},
    ],
)
async def test_a_refund_whose_answer_is_about_something_else_is_unknown(changes: dict[str, Any]) -> None:
    request = a_refund(INTENT, money=PART)
    with pytest.raises(OutcomeUnknown):
        await ziina(Wire((201, refund(request, **changes)))).refund_payment(request)


async def test_a_lost_refund_is_found_by_our_id() -> None:
    request = a_refund(INTENT, money=PART)
    wire = Wire(LOST, refund(request, "completed"))
    connector = ziina(wire)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert (found.status, found.refund_id, found.payment_id) == ("succeeded", request.refund_id, request.payment_id)
    assert wire.lines == ["POST /api/refund", f"GET /api/refund/{request.refund_id}"]


@pytest.mark.parametrize("absent", [NO_REFUND, NO_INTENT, refusal("SOMETHING_NEW")])
async def test_a_refund_that_is_not_there_after_a_while_was_not_made(absent: Any) -> None:
    request = a_refund(INTENT, money=PART)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await ziina(Wire(absent)).find_refund(request, attempted_at=now() - A_MOMENT_AGO)
    wire = Wire(absent)
    assert await ziina(wire).find_refund(request, attempted_at=now() - A_WHILE_AGO) is None
    assert [line.split()[0] for line in wire.lines] == ["GET"], "it is only asked about"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((500, None), Unavailable),
        ((503, None), Unavailable),
        ((401, None), AuthenticationFailed),
        ((404, None), OutcomeUnknown),  # no word of Ziina's, which answers 400 with a code
        (LOST, Unavailable),
        ({}, Unavailable),
    ],
)
async def test_while_it_cannot_be_asked_about_a_refund_stays_unknown(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await ziina(Wire(answer)).find_refund(a_refund(INTENT, money=PART), attempted_at=now() - A_WHILE_AGO)


async def test_a_refund_that_is_refused_because_it_was_made_is_made() -> None:
    """What Ziina answers to the same id again is documented nowhere."""
    request = a_refund(INTENT, money=PART)
    found = await ziina(Wire(refusal("DUPLICATE"), refund(request, "completed"))).refund_payment(request)
    assert (found.status, found.refund_id, found.payment_id) == ("succeeded", request.refund_id, request.payment_id)


async def test_a_refusal_is_not_believed_while_it_cannot_be_checked() -> None:
    request = a_refund(INTENT, money=PART)
    for answer in ((500, None), LOST, refund(request, payment_intent_id="another")):
        with pytest.raises(OutcomeUnknown):
            await ziina(Wire(refusal("DUPLICATE"), answer)).refund_payment(request)
