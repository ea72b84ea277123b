"""An unknown outcome is settled: a lost order by another one, everything else by reading the order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from tests.providers.builders import a_capture, a_checkout, a_refund, now
from tests.providers.payments.ngenius.wire import (
    ID,
    PAYMENT,
    REFUND,
    Wire,
    a_captured_order,
    a_part,
    a_payment_object,
    an_order,
    fils,
    ngenius,
)
from workers.providers.errors import InvalidRequest, OutcomeUnknown, Unavailable
from workers.providers.money import Money

TEN = Money.of("10.00", "AED")
ATTEMPTED = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


async def test_a_lost_order_is_left_to_lie_and_another_opened_under_a_reference_of_its_own() -> None:
    request = a_checkout()
    wire = Wire(an_order(), an_order())
    for _ in range(2):
        found = await ngenius(wire).find_payment(request, attempted_at=now() - timedelta(seconds=90))
        assert found is not None
        assert found.checkout_url is not None
    bodies = [orjson.loads(sent.content) for sent in wire.requests]
    assert all(body["merchantOrderReference"].startswith(f"{request.payment_id}-9") for body in bodies)
    assert all(body["merchantDefinedData"]["wasl_payment_id"] == str(request.payment_id) for body in bodies)


async def test_clocks_that_differ_make_no_odd_reference() -> None:
    request = a_checkout()
    wire = Wire(an_order())
    await ngenius(wire).find_payment(request, attempted_at=now() + timedelta(minutes=5))
    assert orjson.loads(wire.requests[0].content)["merchantOrderReference"] == f"{request.payment_id}-1"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.Response(503), Unavailable),
        (httpx.Response(422, json={}), InvalidRequest),
    ],
)
async def test_while_n_genius_cannot_be_asked_nothing_is_settled(answer: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await ngenius(Wire(answer)).find_payment(a_checkout(), attempted_at=now())


@pytest.mark.parametrize(
    "answer",
    [
        an_order(_links={}),
        an_order(amount=fils(9901)),
        an_order(amount=fils(9900, "USD"), payment=a_payment_object(amount=fils(9900, "USD"))),
        {},
        [],
        httpx.Response(201, text="<html>"),
        httpx.Response(204),
    ],
    ids=str,
)
async def test_an_order_that_is_not_the_one_asked_for_is_no_usable_answer(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await ngenius(Wire(answer)).create_payment(a_checkout())


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.Response(204),
        httpx.Response(200, text="{"),
        a_payment_object("CAPTURED", _id="urn:payment:another"),
        a_payment_object("CAPTURED", amount=None),
        {"_id": f"urn:payment:{PAYMENT}"},
    ],
    ids=str,
)
async def test_a_capture_without_a_usable_answer_is_unknown(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await ngenius(Wire(an_order("AUTHORISED"), answer)).capture_payment(a_capture(ID))


async def test_before_the_write_a_failure_is_certain() -> None:
    with pytest.raises(Unavailable):
        await ngenius(Wire(httpx.ReadTimeout("slow"))).capture_payment(a_capture(ID))


@pytest.mark.parametrize("listed", [[], [a_part("old", 1000, "refunds")]])
async def test_a_refund_that_is_not_in_its_answer_is_unknown(listed: list[dict[str, Any]]) -> None:
    before = a_captured_order(refunds=listed)
    with pytest.raises(OutcomeUnknown):
        await ngenius(Wire(before, before["_embedded"]["payment"][0])).refund_payment(a_refund(ID, money=TEN))


def made_at(moment: datetime, value: int = 1000, reference: str = REFUND, state: str = "SUCCESS") -> dict[str, Any]:
    return a_part(reference, value, "refunds", state, createdTime=moment.isoformat())


async def settle(*refunds: dict[str, Any], attempted_at: datetime = ATTEMPTED) -> Any:
    wire = Wire(a_captured_order(refunds=list(refunds)))
    return await ngenius(wire).find_refund(a_refund(ID, money=TEN), attempted_at=attempted_at)


async def test_a_lost_refund_is_known_by_its_amount_and_time() -> None:
    earlier = made_at(ATTEMPTED - timedelta(hours=1), reference="earlier")
    larger = made_at(ATTEMPTED + timedelta(seconds=1), value=2000, reference="larger")
    found = await settle(earlier, larger, made_at(ATTEMPTED + timedelta(seconds=2)))
    assert found.provider_refund_id == f"{ID}/{REFUND}"
    assert await settle(earlier, larger) is None


async def test_a_refund_that_failed_counts_only_where_no_other_was_made() -> None:
    failed = made_at(ATTEMPTED, reference="failed", state="FAILED")
    assert (await settle(failed)).status == "failed"
    assert (await settle(failed, made_at(ATTEMPTED))).status == "succeeded"


async def test_where_two_fit_nobody_can_tell() -> None:
    with pytest.raises(OutcomeUnknown, match="which is it"):
        await settle(made_at(ATTEMPTED), made_at(ATTEMPTED, reference="twin"))


async def test_too_soon_after_the_attempt_absence_proves_nothing() -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await settle(attempted_at=now())


async def test_a_lost_reversal_is_found() -> None:
    wire = Wire(an_order("REVERSED", action="PURCHASE"))
    request = a_refund(ID, money=Money.of("99.00", "AED"))
    found = await ngenius(wire).find_refund(request, attempted_at=ATTEMPTED)
    assert found is not None
    assert (found.provider_refund_id, found.status) == (f"{ID}/reversal", "succeeded")
