"""Saving a payment method with Stripe, paying with it, and having it forgotten; field by field."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout, a_payment, now, stripe
from tests.providers.payments.stripe.test_requests import ADDRESS, Wire, sent
from workers.providers.errors import InvalidRequest, OutcomeUnknown
from workers.providers.payments.stripe.objects import payment_from_intent, payment_from_session

CARD = {"brand": "visa", "last4": "4242", "exp_year": 2029, "exp_month": 4, "wallet": None}
CHARGE = {
    "id": "ch_1",
    "amount_refunded": 0,
    "currency": "aed",
    "payment_method_details": {"type": "card", "card": CARD},
}
PAID = {
    "id": "pi_1",
    "amount": 9900,
    "amount_received": 9900,
    "currency": "aed",
    "status": "succeeded",
    "customer": "cus_1",
    "payment_method": "pm_kept",
    "setup_future_usage": "off_session",
    "latest_charge": CHARGE,
    "metadata": {},
}
KEPT = {"payment_method": "pm_kept", "payment_method_data": {"customer": "cus_1"}}


async def test_what_a_direct_payment_is_paid_with_is_kept_for_a_new_customer() -> None:
    wire = Wire({"id": "cus_1", "object": "customer"}, PAID)
    customer = {"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"}
    request = a_payment(save_payment_method=True, customer=customer, billing_address=ADDRESS)
    made = await stripe(wire).create_payment(request)
    first, second = wire.requests
    assert first.url.path == "/v1/customers"
    assert first.headers["Idempotency-Key"] == f"{request.idempotency_key}:customer"
    assert b"name=Sara+Ali" in first.content
    assert b"address[line1]=Marina+Walk+4" in first.content
    assert second.url.path == "/v1/payment_intents"
    assert second.headers["Idempotency-Key"] == request.idempotency_key
    assert (wire.form["customer"], wire.form["setup_future_usage"]) == ("cus_1", "off_session")
    assert "off_session" not in wire.form
    assert made.saved_method is not None
    assert made.saved_method.model_dump(mode="json") == {
        "token": "pm_kept",
        "type": "card",
        "brand": "visa",
        "last_four": "4242",
        "expires": "2029-04",
        "provider_data": {"customer": "cus_1"},
    }


async def test_a_page_makes_the_customer_itself() -> None:
    wire = Wire()
    await sent(stripe(wire), "create_payment", a_checkout(save_payment_method=True))
    assert wire.line == "POST /v1/checkout/sessions"
    assert wire.form["customer_creation"] == "always"
    assert wire.form["payment_intent_data[setup_future_usage]"] == "off_session"


async def test_more_can_be_kept_for_the_same_customer() -> None:
    for make in (a_payment, a_checkout):
        wire = Wire()
        request = make(save_payment_method=True, payment_method_data={"customer": "cus_1"})
        await sent(stripe(wire), "create_payment", request)
        assert wire.form["customer"] == "cus_1"
        assert not {"customer_creation", "customer_email"} & wire.form.keys()
        assert len(wire.requests) == 1


async def test_without_a_way_back_a_kept_card_is_charged_while_its_payer_is_away() -> None:
    wire = Wire()
    await sent(stripe(wire), "create_payment", a_payment(**KEPT))
    assert (wire.form["customer"], wire.form["payment_method"], wire.form["off_session"]) == (
        "cus_1",
        "pm_kept",
        "true",
    )
    await sent(stripe(wire), "create_payment", a_payment(**KEPT, return_url="https://shop.example/back"))
    assert wire.form["customer"] == "cus_1"
    assert "off_session" not in wire.form


async def test_a_customer_whose_answer_is_lost_leaves_the_outcome_open_and_is_asked_for_again() -> None:
    answers = [httpx.Response(500), httpx.Response(200, json={"id": "cus_1"}), httpx.Response(200, json=PAID)]
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answers.pop(0)

    connector, request = stripe(respond), a_payment(save_payment_method=True)
    with pytest.raises(OutcomeUnknown):
        await connector.create_payment(request)
    found = await connector.find_payment(request, attempted_at=now())
    assert found is not None
    keys = [each.headers["Idempotency-Key"] for each in asked]
    assert keys == [f"{request.idempotency_key}:customer"] * 2 + [request.idempotency_key]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"status": "requires_capture"}, True),
        ({"latest_charge": "ch_1"}, True),
        ({"latest_charge": {**CHARGE, "payment_method_details": {"type": "link", "link": {}}}}, False),
        ({"status": "requires_payment_method"}, False),
        ({"status": "processing"}, False),
        ({"setup_future_usage": None}, False),
        ({"customer": None}, False),
        ({"payment_method": None}, False),
    ],
)
def test_a_method_is_kept_once_it_has_paid(changes: dict[str, Any], kept: bool) -> None:
    intent = {**PAID, **changes}
    for payment in (
        payment_from_intent(intent),
        payment_from_session({"id": "cs_1", "status": "complete", "payment_intent": intent}),
    ):
        assert (payment.saved_method is not None) is kept


@pytest.mark.parametrize(
    ("wallet", "kind"), [("apple_pay", "apple_pay"), ("google_pay", "google_pay"), ("link", "card")]
)
def test_a_wallet_is_told_from_a_card(wallet: str, kind: str) -> None:
    details = {"type": "card", "card": {**CARD, "wallet": {"type": wallet}}}
    saved = payment_from_intent({**PAID, "latest_charge": {**CHARGE, "payment_method_details": details}}).saved_method
    assert saved is not None
    assert saved.type == kind


async def test_forgetting_a_method_detaches_it() -> None:
    wire = Wire({"id": "pm_kept", "customer": None})
    await stripe(wire).delete_payment_method("pm_kept", {"customer": "cus_1"})
    assert wire.line == "POST /v1/payment_methods/pm_kept/detach"


async def test_what_is_not_there_any_more_needs_no_forgetting() -> None:
    wire = Wire()  # answers 404
    await stripe(wire).delete_payment_method("pm_gone", {})
    for customer in (None, "cus_1"):
        answers = [
            httpx.Response(400, json={"error": {"type": "invalid_request_error", "message": "not attached"}}),
            httpx.Response(200, json={"id": "pm_kept", "customer": customer}),
        ]
        forgetting = stripe(lambda _, answers=answers: answers.pop(0)).delete_payment_method("pm_kept", {})
        if customer is None:
            await forgetting
        else:
            with pytest.raises(InvalidRequest, match="not attached"):
                await forgetting


async def test_a_method_that_is_no_id_is_refused_before_any_call() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await stripe(wire).delete_payment_method("../customers", {})
    assert (refused.value.field, wire.requests) == ("token", [])


async def test_a_failure_to_forget_is_told() -> None:
    with pytest.raises(OutcomeUnknown):
        await stripe(lambda _: httpx.Response(503, headers={"Stripe-Should-Retry": "true"})).delete_payment_method(
            "pm_kept", {}
        )
