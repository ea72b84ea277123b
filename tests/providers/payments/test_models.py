"""Requests refuse what no gateway should see, and name the field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund
from tests.support.card_data import CODE, CODE_NAMES, NUMBERS, found_in, spellings
from workers.providers.errors import Declined, InvalidRequest
from workers.providers.money import Money
from workers.providers.payments.models import (
    Decline,
    DeclineReason,
    DisputeResult,
    NextAction,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
    SavedMethod,
)

CARD = "4242 4242 4242 4242"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": CARD}, ("reference",)),
        ({"reference": "4242424242424242"}, ("reference",)),
        ({"payment_method": "4242424242424242"}, ("payment_method",)),
        ({"description": f"Card {CARD} by phone"}, ("description",)),
        ({"customer": {"name": CARD}}, ("customer", "name")),
        ({"metadata": {"card": CARD}}, ("metadata",)),
        ({"metadata": {"4242424242424242": "card"}}, ("metadata",)),
        ({"idempotency_key": "4242424242424242"}, ("idempotency_key",)),
        ({"statement_descriptor": "4242424242424242"}, ("statement_descriptor",)),
        ({"return_url": f"https://shop.example/?card={CARD.replace(' ', '')}"}, ("return_url",)),
    ],
)
def test_a_card_number_is_refused_in_any_field(changes: dict[str, Any], field: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        a_payment(**changes)
    assert refused.value.errors()[0]["loc"] == field
    assert "card number" in refused.value.errors()[0]["msg"]
    assert "4242" not in str(refused.value)


@pytest.mark.parametrize("name", CODE_NAMES)
def test_a_security_code_is_refused_by_its_name_and_in_words(name: str) -> None:
    for metadata in ({name: "x"}, {"note": f"{name}={CODE}"}, {"note": json.dumps({name: CODE})}):
        with pytest.raises(ValidationError) as refused:
            a_payment(metadata=metadata)
        assert refused.value.errors()[0]["loc"] == ("metadata",)
        assert CODE not in str(refused.value)


SPELLED = st.sampled_from([*spellings(NUMBERS["Visa"]).values(), *(f"{name}: {CODE}" for name in CODE_NAMES)])


@given(SPELLED, st.text(max_size=10), st.text(max_size=10))
def test_no_answer_repeats_what_a_gateway_should_not_tell(spelled: str, before: str, after: str) -> None:
    told = f"{before} {spelled} {after}"
    answers: list[Any] = [
        PaymentResult(
            provider_payment_id=told,
            provider_session_id=told,
            status=PaymentStatus.FAILED,
            provider_status=told,
            money=Money.of("1", "AED"),
            checkout_url=told,
            client_secret=told,
            next_action=NextAction(type=told, url=told),
            decline=Decline(reason=DeclineReason.OTHER, code=told, message=told),
            refunds=(told,),
            saved_method=SavedMethod(token=told, brand=told, provider_data={"a": told, told: "b", "cvv": CODE}),
            provider_data={"a": told, told: "b", "cvc": CODE},
        ),
        RefundResult(
            provider_refund_id=told,
            status=RefundStatus.FAILED,
            provider_status=told,
            money=Money.of("1", "AED"),
            failure_reason=told,
        ),
        DisputeResult(provider_dispute_id=told, provider_status=told, reason=told, money=Money.of("1", "AED")),
    ]
    assert found_in(json.dumps([each.model_dump(mode="json") for each in answers]).encode()) == ()
    errors = [
        Declined(told, decline_code="other", provider_payment_id=told, provider_code=told, request_id=told),
        InvalidRequest(told, provider_code=told, request_id=told, field="a"),
    ]
    for error in errors:
        assert found_in(f"{error!r} {error} {json.dumps(error.as_dict())}".encode()) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": {"amount": "0.00", "currency": "AED"}}, ("money",)),
        ({"money": {"amount": "-5.00", "currency": "AED"}}, ("money", "amount")),
        ({"money": {"amount": "5.005", "currency": "AED"}}, ("money", "amount")),
        ({"money": {"amount": "5.00", "currency": "AEDX"}}, ("money", "currency")),
        ({"reference": ""}, ("reference",)),
        ({"reference": "x" * 256}, ("reference",)),
        ({"payment_id": "42"}, ("payment_id",)),
        ({"customer": {"email": "nobody"}}, ("customer", "email")),
        ({"customer": {"phone": "0500000001"}}, ("customer", "phone")),
        ({"return_url": "javascript:alert(1)"}, ("return_url",)),
        ({"metadata": {"wasl_payment_id": "x"}}, ("metadata",)),
        ({"metadata": {str(number): "x" for number in range(41)}}, ("metadata",)),
        ({"metadata": {"note": "x" * 501}}, ("metadata", "note")),
        ({"idempotency_key": "two\nlines"}, ("idempotency_key",)),
        ({"idempotency_key": ""}, ("idempotency_key",)),
        ({"statement_descriptor": "x" * 23}, ("statement_descriptor",)),
        ({"capture_method": "later"}, ("capture_method",)),
        ({"card_number": "4111"}, ("card_number",)),
        ({"cvv": "123"}, ("cvv",)),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], field: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        a_payment(**changes)
    assert refused.value.errors()[0]["loc"] == field


@pytest.mark.parametrize("changes", [{"return_url": None}, {"payment_method": "pm_1"}])
def test_a_checkout_needs_somewhere_to_come_back_to_and_no_token(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        a_checkout(**changes)
    assert [fault["loc"] for fault in refused.value.errors()] == [tuple(changes)]


def test_a_way_back_is_needed_even_if_it_is_left_out() -> None:
    given = a_checkout().model_dump(exclude={"return_url"})
    with pytest.raises(ValidationError, match="return_url"):
        PaymentRequest.model_validate(given)


def test_an_amount_of_nothing_cannot_be_captured_or_refunded() -> None:
    for make in (a_capture, a_refund):
        with pytest.raises(ValidationError, match="more than zero"):
            make("pi_1", money=Money.of("0", "AED"))
        assert make("pi_1").money is None


def test_requests_do_not_change() -> None:
    for request in (a_payment(), a_cancellation("pi_1")):
        with pytest.raises(ValidationError):
            request.idempotency_key = "other"


def test_arabic_text_is_welcome() -> None:
    request = a_payment(reference="طلب-١٠٠١", description="قهوة عربية", customer={"name": "سارة علي"})
    assert request.customer.name == "سارة علي"
