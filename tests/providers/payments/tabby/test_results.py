"""Tabby's sessions, payments and refunds in Wasl's words."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.tabby.wire import (
    CAPTURE,
    PAYMENT,
    REFUND,
    SESSION,
    WEB_URL,
    Wire,
    a_captured_payment,
    a_part,
    a_payment_object,
    a_session,
    an_instalment_payment,
    tabby,
)
from workers.providers.capabilities import CompletesPayments, ListsPayments, SavesPaymentMethods
from workers.providers.errors import Declined, NotFound, Unavailable
from workers.providers.manifest import describe
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.tabby import TabbyConnector

OTHER_REFUND = "00000000-0000-4000-8000-000000000001"


async def read(payment: dict[str, Any]) -> PaymentResult:
    return await tabby(Wire(payment)).get_payment(PAYMENT)


def test_the_catalog_says_what_tabby_can_do() -> None:
    entry = describe(TabbyConnector)
    assert entry.capabilities == (
        "takes_payments",
        "completes_payments",
        "captures_payments",
        "cancels_payments",
        "refunds_payments",
        "lists_payments",
        "sends_webhooks",
        "checks_health",
    )
    assert issubclass(TabbyConnector, CompletesPayments)
    assert issubclass(TabbyConnector, ListsPayments)
    assert not issubclass(TabbyConnector, SavesPaymentMethods)
    assert entry.manifest.methods == ("pay_later",)
    assert entry.manifest.poll_minutes[0] == 2
    assert entry.manifest.idempotency_hours is None


async def test_a_new_session_sends_the_payer_to_its_page() -> None:
    request = an_instalment_payment()
    made = await tabby(Wire(a_session())).create_payment(request)
    assert (made.status, made.provider_status) == ("requires_action", "CREATED")
    assert (made.provider_payment_id, made.provider_session_id) == (PAYMENT, SESSION)
    assert made.payment_id == request.payment_id
    assert made.next_action is not None
    assert (made.next_action.type, made.next_action.url, made.checkout_url) == ("redirect", WEB_URL, WEB_URL)
    assert str(made.money) == "AED 99.00"
    assert made.amount_authorized is None


@pytest.mark.parametrize(
    ("reason", "decline_code"),
    [
        ("order_amount_too_high", "limit_exceeded"),
        ("order_amount_too_low", "not_permitted"),
        ("not_available", "do_not_honor"),
        ("something_new", "other"),
        (None, "do_not_honor"),
    ],
)
async def test_a_rejected_session_says_why_in_both_vocabularies(reason: str | None, decline_code: str) -> None:
    with pytest.raises(Declined) as raised:
        await tabby(Wire(a_session("rejected", reason))).create_payment(an_instalment_payment())
    assert raised.value.decline_code == decline_code
    assert raised.value.provider_code == (reason or "rejected")
    assert raised.value.operation == "create_payment"


async def test_a_rejected_session_need_not_say_anything_more() -> None:
    with pytest.raises(Declined) as raised:
        await tabby(Wire({"status": "rejected"})).create_payment(an_instalment_payment())
    assert raised.value.provider_payment_id is None


@pytest.mark.parametrize(
    ("payment", "status"),
    [
        (a_payment_object("CREATED"), "requires_action"),
        (a_payment_object("AUTHORIZED"), "authorized"),
        (a_payment_object("AUTHORIZED", captures=[a_part("40.00")]), "partially_captured"),
        (a_payment_object("CLOSED"), "cancelled"),
        (a_payment_object("CLOSED", captures=None), "cancelled"),
        (a_captured_payment(), "captured"),
        (a_captured_payment(captured="40.00"), "captured"),
        (a_captured_payment(a_part("40.00", None, REFUND)), "partially_refunded"),
        (a_captured_payment(a_part("99.00", None, REFUND)), "refunded"),
        (a_captured_payment(a_part("40.00", None, REFUND), captured="40.00"), "refunded"),
        (a_payment_object("REJECTED"), "failed"),
        (a_payment_object("EXPIRED"), "expired"),
        (a_payment_object("MYSTERY"), "processing"),
        (a_payment_object("authorized"), "authorized"),
        (a_payment_object("closed"), "cancelled"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_every_status_has_its_meaning(payment: dict[str, Any], status: str) -> None:
    assert (await read(payment)).status == status


async def test_a_payment_tells_its_amounts_and_refunds() -> None:
    refunds = [a_part("10.00", None, REFUND), a_part("5.5", None, OTHER_REFUND)]
    payment = await read(a_payment_object("CLOSED", captures=[a_part("40"), a_part("50.00")], refunds=refunds))
    assert payment.amount_authorized == Decimal("99.00")
    assert payment.amount_captured == Decimal("90.00")
    assert payment.amount_refunded == Decimal("15.50")
    assert payment.refunds == (f"{PAYMENT}:{REFUND}", f"{PAYMENT}:{OTHER_REFUND}")
    assert payment.created_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert payment.payment_id == UUID(int=7)


async def test_a_payment_rejected_on_the_page_is_declined_without_a_reason() -> None:
    payment = await read(a_payment_object("REJECTED"))
    assert payment.decline is not None
    assert (payment.decline.reason, payment.decline.code) == ("do_not_honor", "REJECTED")
    assert (await read(a_payment_object("EXPIRED"))).decline is None


@pytest.mark.parametrize("meta", [None, {}, {"wasl_payment_id": "order 7"}, {"wasl_payment_id": None}, "x", []])
async def test_a_payment_that_wasl_did_not_make_has_no_id_of_ours(meta: Any) -> None:
    assert (await read(a_payment_object(meta=meta))).payment_id is None


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 99.0},
        {"amount": "99.001"},
        {"amount": None},
        {"amount": "-1.00"},
        {"currency": "XXZ"},
        {"id": "../x"},
        {"id": None},
        {"status": None},
        {"status": "CLOSED", "captures": [{"id": CAPTURE, "amount": 1}]},
        {"refunds": [{"amount": "1.00"}]},
        {"created_at": "yesterday"},
        {"captures": 1},
    ],
    ids=str,
)
async def test_what_is_not_in_the_documented_shape_is_no_answer(change: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await read(a_payment_object(**change))


async def test_a_closed_payment_without_any_word_of_captures_is_not_taken_for_cancelled() -> None:
    payment = a_payment_object("CLOSED")
    del payment["captures"]
    with pytest.raises(Unavailable):
        await read(payment)


async def test_a_refund_is_read_from_its_payment() -> None:
    ours = UUID(int=9)
    listed = a_captured_payment(a_part("1.00", None, OTHER_REFUND), a_part("40.00", str(ours), REFUND))
    refund = await tabby(Wire(listed)).get_refund(f"{PAYMENT}:{REFUND}")
    assert (refund.status, str(refund.money)) == ("succeeded", "AED 40.00")
    assert (refund.refund_id, refund.payment_id) == (ours, UUID(int=7))
    assert (refund.provider_refund_id, refund.provider_payment_id) == (f"{PAYMENT}:{REFUND}", PAYMENT)
    assert refund.created_at == datetime(2026, 11, 23, 12, 10, tzinfo=UTC)
    other = await tabby(Wire(listed)).get_refund(f"{PAYMENT}:{OTHER_REFUND}")
    assert other.refund_id is None, "made on Tabby's dashboard"


@pytest.mark.parametrize("name", [f"{PAYMENT}:{REFUND}", PAYMENT, f"{PAYMENT}:"])
async def test_a_refund_that_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        await tabby(Wire(a_captured_payment())).get_refund(name)


NESTED = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["1.00", "AED", "CLOSED", PAYMENT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CHANGES = st.dictionaries(st.sampled_from(sorted(a_payment_object())), NESTED, max_size=3)


@given(change=CHANGES)
async def test_whatever_tabby_answers_is_a_payment_or_no_usable_answer(change: dict[str, Any]) -> None:
    with contextlib.suppress(Unavailable):
        assert isinstance(await read({**a_payment_object("CLOSED"), **change}), PaymentResult)
