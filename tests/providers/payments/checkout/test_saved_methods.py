"""Keeping a card with Checkout.com, paying with it, and having it forgotten; field by field."""

from typing import Any

import httpx
import orjson
import pytest

from tests.providers.builders import a_checkout
from tests.providers.payments.checkout.builders import PAY, Wire, a_token_payment, action, checkout, payment
from tests.providers.payments.checkout.test_requests import sent
from workers.providers.errors import InvalidRequest, OutcomeUnknown
from workers.providers.payments.checkout import CheckoutConnector
from workers.providers.payments.checkout.objects import payment_from_details

SRC = "src_wmlfc3zyhqzehihu7giusaaawu"
CUS = "cus_y3oqhf46pyzuxjbcn2giaqnb44"
SAVING = {"wasl_save_payment_method": "true"}
SOURCE = {"type": "card", "id": SRC, "scheme": "Visa", "last4": "4242", "expiry_month": 4, "expiry_year": 2029}
KEPT = {"payment_method": SRC, "payment_method_data": {"customer": CUS, "previous_payment": PAY}}


async def test_a_token_is_kept_only_where_that_is_asked_for() -> None:
    wire = Wire()
    await sent(checkout(wire), "create_payment", a_token_payment(save_payment_method=True))
    assert wire.body["source"]["store_for_future_use"] is True
    assert wire.body["metadata"].items() >= SAVING.items()
    await sent(checkout(wire), "create_payment", a_token_payment())
    assert wire.body["source"]["store_for_future_use"] is False, "Checkout.com keeps it otherwise"
    assert not wire.body["metadata"].keys() & SAVING.keys()


async def test_the_page_keeps_a_card_for_a_customer_who_is_known_by_e_mail() -> None:
    wire = Wire()
    request = a_checkout(save_payment_method=True, customer={"email": "sara@example.com"})
    await sent(checkout(wire), "create_payment", request)
    assert wire.body["payment_method_configuration"] == {"card": {"store_payment_details": "enabled"}}
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await checkout(wire).create_payment(a_checkout(save_payment_method=True))
    assert (refused.value.field, wire.requests) == ("customer.email", [])


async def test_without_a_way_back_a_kept_card_is_charged_by_the_merchant() -> None:
    wire = Wire()
    await sent(checkout(wire), "create_payment", a_token_payment(**KEPT))
    assert wire.body["source"] == {"type": "id", "id": SRC}
    assert wire.body["customer"] == {"id": CUS}
    said = {name: wire.body[name] for name in ("payment_type", "merchant_initiated", "previous_payment_id")}
    assert said == {"payment_type": "Unscheduled", "merchant_initiated": True, "previous_payment_id": PAY}
    for changes in ({"return_url": "https://shop.example/back"}, {"payment_method_data": {}}):
        await sent(checkout(wire), "create_payment", a_token_payment(**{**KEPT, **changes}))
        assert "merchant_initiated" not in wire.body


async def test_the_answer_to_a_payment_tells_what_was_kept() -> None:
    answer = {**payment("Authorized"), "source": SOURCE, "customer": {"id": CUS}}
    answer.pop("metadata")
    request = a_token_payment(save_payment_method=True)
    made = await checkout(Wire((201, answer))).create_payment(request)
    assert made.payment_id == request.payment_id
    assert made.saved_method is not None
    assert made.saved_method.model_dump(mode="json") == {
        "token": SRC,
        "type": "card",
        "brand": "Visa",
        "last_four": "4242",
        "expires": "2029-04",
        "provider_data": {"previous_payment": PAY, "customer": CUS},
    }
    made = await checkout(Wire((201, answer))).create_payment(a_token_payment())
    assert made.saved_method is None


@pytest.mark.parametrize(
    ("status", "changes", "kept"),
    [
        ("Captured", {}, True),
        ("Authorized", {}, True),
        ("Refunded", {}, True),
        ("Declined", {}, False),
        ("Pending", {}, False),
        ("Captured", {"metadata": {}}, False),
        ("Captured", {"source": {"type": "card", "last4": "4242"}}, False),
        ("Captured", {"source": {**SOURCE, "type": "knet"}}, False),
        ("Captured", {"source": None}, False),
    ],
)
def test_a_card_is_kept_once_it_was_approved(status: str, changes: dict[str, Any], kept: bool) -> None:
    shown = {**payment(status, source=SOURCE, metadata=SAVING), **changes}
    assert (payment_from_details(shown, [action("Authorization")]).saved_method is not None) is kept


@pytest.mark.parametrize(
    ("changes", "last_four", "expires"),
    [
        ({"expiry_month": "****", "expiry_year": "****"}, "4242", None),
        ({"expiry_month": "04", "expiry_year": "2029", "last4": None, "last_4": "1111"}, "1111", "2029-04"),
        ({"last4": "", "expiry_month": None}, None, None),
    ],
)
def test_what_is_masked_stays_unknown(changes: dict[str, Any], last_four: str | None, expires: str | None) -> None:
    saved = payment_from_details(payment(source={**SOURCE, **changes}, metadata=SAVING)).saved_method
    assert saved is not None
    assert (saved.last_four, saved.expires) == (last_four, expires)


@pytest.mark.parametrize(("wallet", "kind"), [("applepay", "apple_pay"), ("GooglePay", "google_pay"), (None, "card")])
def test_a_wallet_is_told_from_a_card(wallet: str | None, kind: str) -> None:
    source = {**SOURCE, "card_wallet_type": wallet}
    saved = payment_from_details(payment(source=source, metadata=SAVING)).saved_method
    assert saved is not None
    assert saved.type == kind


def test_an_approval_tells_it_too() -> None:
    data = {"id": PAY, "amount": 9900, "currency": "AED", "source": SOURCE, "metadata": SAVING}
    for kind, kept in (("payment_approved", True), ("payment_captured", True), ("payment_declined", False)):
        event = {"id": "evt_1", "type": kind, "created_on": "2026-11-23T10:00:00Z", "data": data}
        (told,) = CheckoutConnector.parse_webhook(orjson.dumps(event))
        assert told.payment is not None
        assert (told.payment.saved_method is not None) is kept


async def test_forgetting_a_card_deletes_its_instrument() -> None:
    for answer in (httpx.Response(204), httpx.Response(404)):
        wire = Wire(answer)
        await checkout(wire).delete_payment_method(SRC, {})
        assert wire.lines == [f"DELETE /instruments/{SRC}"]
    with pytest.raises(OutcomeUnknown):
        await checkout(Wire(httpx.Response(500))).delete_payment_method(SRC, {})


async def test_what_is_no_instrument_is_refused_before_any_call() -> None:
    for token in ("tok_abc", "src_../x", "pay_1"):
        wire = Wire()
        with pytest.raises(InvalidRequest) as refused:
            await checkout(wire).delete_payment_method(token, {})
        assert (refused.value.field, wire.requests) == ("token", [])
