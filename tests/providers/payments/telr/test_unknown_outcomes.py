"""An unknown outcome is settled: a lost order by another one, a charge, a capture and a refund by asking."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_checkout, a_payment, a_refund, now
from tests.providers.payments.telr.wire import (
    CAPTURE,
    ORDER,
    ORDERS,
    REFUND,
    SALE,
    SERVICE,
    Wire,
    a_list,
    a_reserved,
    a_sold,
    a_transaction,
    an_auth,
    an_opened_order,
    an_order,
    refused,
    telr,
)
from workers.providers.errors import Declined, InvalidRequest, NotSupported, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.money import Money
from workers.providers.payments.models import PaymentRequest, RefundRequest, RefundResult

TEN = Money.of("10.00", "AED")
ATTEMPTED = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = timedelta(minutes=10)


async def test_a_lost_order_is_left_to_lie_and_another_opened() -> None:
    request = a_checkout()
    wire = Wire(httpx.ReadTimeout("slow"), an_opened_order())
    with pytest.raises(OutcomeUnknown):
        await telr(wire).create_payment(request)
    found = await telr(wire).find_payment(request, attempted_at=now() - LONG_AGO)
    assert found is not None
    assert (found.checkout_url is not None, found.payment_id) == (True, request.payment_id)
    assert wire.lines == [f"POST {ORDERS}"] * 2
    first, second = (wire.json(place)["order"]["cartid"] for place in (0, 1))
    assert (first, second.startswith(f"{first}-6")) == (str(request.payment_id), True)


async def test_clocks_that_differ_make_no_odd_cart_id() -> None:
    request, wire = a_checkout(), Wire(an_opened_order())
    await telr(wire).find_payment(request, attempted_at=now() + LONG_AGO)
    assert wire.json()["order"]["cartid"] == f"{request.payment_id}-1"


@pytest.mark.parametrize(
    "answer",
    [
        an_opened_order(url=None),
        an_opened_order(url="javascript:alert(1)"),
        an_opened_order(ref=""),
        an_opened_order(ref="../x"),
        an_opened_order(cartid="another"),
        an_opened_order(amount="98.00"),
        an_opened_order(currency="USD"),
        {"order": None},
        {},
        [],
        b"<html>We will be right back.</html>",
        httpx.Response(200, text='{"order'),
        httpx.Response(204),
    ],
    ids=str,
)
async def test_an_order_that_is_not_the_one_asked_for_is_no_usable_answer(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await telr(Wire(answer)).create_payment(a_checkout())


async def test_an_amount_that_is_written_as_a_number_is_the_same_amount() -> None:
    opened = await telr(Wire(an_opened_order(amount=99, currency="AED"))).create_payment(a_checkout())
    assert opened.money == Money.of("99.00", "AED")


@pytest.mark.parametrize(
    "answer",
    [
        an_auth("A", None),
        an_auth("A", "not a reference"),
        an_auth("?"),
        an_auth(""),
        b"<remote/>",
        b"<remote><auth/></remote>",
        b"<html>We will be right back.</html>",
        b"<remote><auth>",
        {"status": "A"},
        httpx.Response(204),
        httpx.ReadTimeout("slow"),
    ],
    ids=str,
)
async def test_a_transaction_without_a_usable_answer_is_unknown(answer: Any) -> None:
    for call in (
        telr(Wire(answer)).create_payment(a_payment(payment_method=SALE)),
        telr(Wire(*a_sold(), answer)).refund_payment(a_refund(ORDER)),
        telr(Wire(*a_reserved(), answer)).capture_payment(a_capture(ORDER)),
    ):
        with pytest.raises(OutcomeUnknown):
            await call


async def test_before_the_write_a_failure_is_certain() -> None:
    for answers in ((httpx.ReadTimeout("slow"),), (an_order(), httpx.ReadTimeout("slow"))):
        with pytest.raises(Unavailable):
            await telr(Wire(*answers)).refund_payment(a_refund(ORDER))


@pytest.mark.parametrize(
    "answers",
    [
        (an_order(ref="1" * 64),),
        (an_order(amount=None),),
        (an_order(currency="XXZ"),),
        (an_order(status=None),),
        (an_order(status={"code": "paid"}),),
        (an_order(), b"<transactions/>"),
        (an_order(), a_list(a_transaction(SALE, "Sale"), count=2)),
        (an_order(), a_list(a_transaction(SALE, "Sale", currency="USD"), a_transaction(REFUND, "Refund"))),
        (an_order(), a_list(a_transaction(SALE, "Sale", "many"))),
        (an_order(), b"<html/>"),
        (an_order(), {"transactions": []}),
    ],
    ids=str,
)
async def test_an_answer_that_makes_no_sense_is_none(answers: Any) -> None:
    with pytest.raises(Unavailable):
        await telr(Wire(*answers)).get_payment(ORDER)


# Charges of saved cards.


async def settle(request: PaymentRequest, *listed: str, ago: timedelta = LONG_AGO, wire: Wire | None = None) -> Any:
    wire = wire or Wire(a_list(*listed))
    return await telr(wire).find_payment(request, attempted_at=now() - ago)


async def test_a_lost_charge_is_found_by_its_cart_id() -> None:
    request = a_payment(payment_method=SALE)
    wire = Wire(a_list(a_transaction("030100000099", "Sale", cart=str(request.payment_id))))
    found = await settle(request, wire=wire)
    assert (found.provider_payment_id, found.status, found.payment_id) == (
        "030100000099",
        "captured",
        request.payment_id,
    )
    assert wire.lines == [f"GET {SERVICE}/{request.payment_id}/cart"]


async def test_a_charge_that_never_arrived_is_not_found_but_only_after_a_while() -> None:
    request = a_payment(payment_method=SALE)
    assert await settle(request) is None
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await settle(request, ago=timedelta(seconds=100))


async def test_a_lost_charge_that_was_declined_is_declined() -> None:
    request = a_payment(payment_method=SALE)
    with pytest.raises(Declined) as declined:
        await settle(request, a_transaction(REFUND, "Sale", status="D", code="41", cart=str(request.payment_id)))
    assert (declined.value.decline_code, declined.value.provider_payment_id) == ("insufficient_funds", REFUND)


@pytest.mark.parametrize(
    "listed",
    [
        [("Sale", "99.00", "A"), ("Sale", "99.00", "A")],
        [("Sale", "98.00", "A")],
        [("Sublimation", "99.00", "A")],
        [("Sale", "99.00", "A"), ("Sublimation", "99.00", "H")],
    ],
)
async def test_what_is_not_just_the_one_charge_settles_nothing(listed: list[tuple[str, str, str]]) -> None:
    request = a_payment(payment_method=SALE)
    cart = str(request.payment_id)
    found = [a_transaction(f"0301000000{n:02}", k, a, status=s, cart=cart) for n, (k, a, s) in enumerate(listed)]
    with pytest.raises(OutcomeUnknown, match="not just the charge"):
        await settle(request, *found)


@pytest.mark.parametrize("answer", [httpx.Response(400), httpx.Response(404), httpx.Response(403), b"<html/>"])
async def test_while_telr_cannot_be_asked_no_charge_is_settled(answer: Any) -> None:
    with pytest.raises(ProviderError) as raised:
        await settle(a_payment(payment_method=SALE), wire=Wire(answer))
    assert not isinstance(raised.value, Declined | InvalidRequest)


async def test_a_key_that_was_taken_away_settles_nothing() -> None:
    with pytest.raises(NotSupported):
        await telr(Wire(), keys="remote").find_payment(a_payment(payment_method=SALE), attempted_at=now() - LONG_AGO)


async def test_a_lost_capture_shows_when_the_payment_is_read() -> None:
    captured = a_transaction(CAPTURE, "Capture", "99.00", previous="030100000002")
    assert (await telr(Wire(*a_reserved(captured))).get_payment(ORDER)).status == "captured"


# Refunds.


def made_at(moment: datetime, amount: str = "10.00", reference: str = REFUND, **changes: str) -> str:
    return a_transaction(reference, "Refund", amount, previous=SALE, date=moment.isoformat(" ", "seconds"), **changes)


async def find(
    *refunds: str, attempted_at: datetime = ATTEMPTED, request: RefundRequest | None = None
) -> RefundResult | None:
    asked = request or a_refund(ORDER, money=TEN)
    return await telr(Wire(*a_sold(*refunds))).find_refund(asked, attempted_at=attempted_at)


async def test_a_lost_refund_is_known_by_wasls_id() -> None:
    request = a_refund(ORDER, money=TEN)
    ours = made_at(ATTEMPTED, description=f"refund {request.refund_id}")
    twin = made_at(ATTEMPTED, reference="030100000005", description=f"refund {a_refund(ORDER).refund_id}")
    by_hand = made_at(ATTEMPTED, reference="030100000006", description="by hand")
    found = await find(twin, by_hand, ours, request=request)
    assert found is not None
    assert (found.provider_refund_id, found.refund_id) == (REFUND, request.refund_id)
    assert (found.payment_id, found.provider_payment_id) == (request.payment_id, ORDER)
    assert await find(twin, request=request) is None


async def test_where_telr_shows_no_description_a_refund_is_known_by_amount_and_time() -> None:
    earlier = made_at(ATTEMPTED - timedelta(hours=1), reference="030100000005")
    larger = made_at(ATTEMPTED, "20.00", reference="030100000006")
    found = await find(earlier, larger, made_at(ATTEMPTED + timedelta(seconds=2)))
    assert found is not None
    assert found.provider_refund_id == REFUND
    assert await find(earlier, larger) is None


async def test_where_two_fit_nobody_can_tell() -> None:
    with pytest.raises(OutcomeUnknown, match="which is it"):
        await find(made_at(ATTEMPTED), made_at(ATTEMPTED, reference="030100000005"))


async def test_a_refund_whose_time_cannot_be_read_may_be_the_one() -> None:
    undated = a_transaction(REFUND, "Refund", "10.00", previous=SALE, date="yesterday")
    found = await find(undated)
    assert found is not None
    assert found.provider_refund_id == REFUND


async def test_a_refused_refund_counts_only_where_no_other_was_made() -> None:
    request = a_refund(ORDER, money=TEN)
    named = {"description": f"refund {request.refund_id}"}
    failed = made_at(ATTEMPTED, reference="030100000005", status="D", **named)
    found = await find(failed, request=request)
    assert found is not None
    assert found.status == "failed"
    found = await find(failed, made_at(ATTEMPTED, **named), request=request)
    assert found is not None
    assert found.status == "succeeded"


async def test_too_soon_after_the_attempt_absence_proves_nothing() -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await find(attempted_at=now())


async def test_among_transactions_of_unknown_types_absence_proves_nothing() -> None:
    with pytest.raises(OutcomeUnknown, match="not known"):
        await find(a_transaction(REFUND, "Sublimation", "10.00", previous=SALE))


async def test_without_the_service_api_an_unknown_refund_stays_unknown() -> None:
    wire = Wire()
    with pytest.raises(OutcomeUnknown, match="Service API"):
        await telr(wire, keys="remote").find_refund(a_refund(ORDER, money=TEN), attempted_at=ATTEMPTED)
    assert wire.requests == []


@pytest.mark.parametrize(
    "answers",
    [
        (refused("E22:Invalid transaction reference"),),
        (refused("E01:Invalid request", "order"),),
        (httpx.Response(400),),
        (an_order(1),),
        (an_order(), httpx.Response(404)),
        (an_order(), httpx.Response(400)),
        (an_order(), b"<html/>"),
    ],
    ids=str,
)
async def test_a_refused_question_never_passes_for_a_refused_refund(answers: Any) -> None:
    with pytest.raises(ProviderError) as raised:
        await telr(Wire(*answers)).find_refund(a_refund(ORDER, money=TEN), attempted_at=ATTEMPTED)
    assert not isinstance(raised.value, Declined | InvalidRequest)
