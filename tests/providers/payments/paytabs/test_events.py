"""PayTabs' notifications: what proves the sender, and what they say."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import now
from tests.providers.payments.paytabs.wire import (
    KEY,
    OLD_KEY,
    PAYMENT_ID,
    PROFILE,
    REF,
    REFUND_REF,
    TOKEN,
    a_follow_up,
    a_result,
    a_transaction,
)
from workers.providers.errors import MalformedPayload, SignatureInvalid, WebhookRejected
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.paytabs import PayTabsConnector
from workers.providers.payments.paytabs.events import signed_fields

# The form of a payer who was declined, in PHP's way of writing; its HMAC was made with OpenSSL.
RETURN_KEY = "AAAAAAAAA9-BBBBBBBBB8-CCCCCCCCC7"
RETURNED = {
    "tranRef": "TST2104500076067",
    "cartId": "cart-1001",
    "respStatus": "D",
    "respCode": "G12345",
    "respMessage": "Not authorised / a~b",
    "cartAmount": "10.00",
    "cartCurrency": "AED",
    "acquirerRRN": "",
}
RETURN_SIGNATURE = "bf5fdc36c393a0547944800a2e1628c57cdf5e04292f41de1a8fbdd47a32a47b"


def notified(kind: str = "Sale", status: str = "A", **changes: Any) -> bytes:
    """A notification of a transaction."""
    more = {"merchant_id": 2550, "profile_id": PROFILE, "tran_class": "ECom", "ipn_trace": "IPNS0201.6A8EA465.00000BED"}
    return json.dumps(a_transaction(kind, status, **{**more, **changes})).encode()


def of_follow_up(kind: str, status: str = "A", amount: str = "99.00", **changes: Any) -> bytes:
    return json.dumps({**a_follow_up(kind, amount, status, **changes), "profile_id": PROFILE}).encode()


def signature(body: bytes, key: str = KEY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def verify(
    body: bytes, *secrets: str, header: str | None = None, settings: dict[str, Any] | None = None
) -> VerifiedWebhook:
    headers = {"signature": signature(body) if header is None else header}
    request = WebhookRequest(headers, body, now())
    return PayTabsConnector.verify_webhook(request, list(secrets) or [KEY], settings)


def the_event(body: bytes) -> CanonicalEvent:
    (event,) = PayTabsConnector.parse_webhook(body)
    return event


# Who sent it.


def test_the_body_is_signed_byte_for_byte() -> None:
    body = notified()
    verified = verify(body)
    assert verified == VerifiedWebhook(event_id=f"{REF}:sale:A", event_type="sale", content_signed=True)
    with pytest.raises(SignatureInvalid):
        verify(json.dumps(json.loads(body), indent=1).encode(), header=signature(body))


def test_the_header_is_read_in_any_case() -> None:
    body = notified()
    assert verify(body, header=f" {signature(body).upper()} ").event_type == "sale"


def test_while_the_key_is_replaced_both_are_believed() -> None:
    body = notified()
    assert verify(body, OLD_KEY, KEY).event_type == "sale"
    assert verify(body, KEY, OLD_KEY, header=signature(body, OLD_KEY)).event_type == "sale"


@pytest.mark.parametrize("header", ["", "00", "g" * 64, "é" * 8, signature(b"another body")])
def test_a_wrong_signature_is_refused(header: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(notified(), header=header)


def test_a_changed_byte_a_wrong_key_and_no_key_are_refused() -> None:
    body = notified()
    with pytest.raises(SignatureInvalid):
        verify(body.replace(b"99.00", b"98.00"), header=signature(body))
    with pytest.raises(SignatureInvalid):
        verify(body, OLD_KEY)
    with pytest.raises(SignatureInvalid):
        PayTabsConnector.verify_webhook(WebhookRequest({"signature": signature(body, "")}, body, now()), ["", ""])
    with pytest.raises(SignatureInvalid):
        PayTabsConnector.verify_webhook(WebhookRequest({}, body, now()), [KEY])


def test_a_notification_of_another_profile_is_not_ours() -> None:
    assert verify(notified(), settings={"profile_id": PROFILE}).event_type == "sale"
    assert verify(notified(), settings={"profile_id": str(PROFILE)}).event_type == "sale"
    with pytest.raises(SignatureInvalid, match="another profile"):
        verify(notified(), settings={"profile_id": 1})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'"A"', notified(tran_ref=None), notified(payment_result=None)]
)
def test_what_is_rightly_signed_and_no_transaction_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify(body)
    with pytest.raises(MalformedPayload):
        PayTabsConnector.parse_webhook(body)


def test_the_payers_return_is_signed_as_php_writes_it() -> None:
    assert hmac.new(RETURN_KEY.encode(), signed_fields(RETURNED), hashlib.sha256).hexdigest() == RETURN_SIGNATURE
    body = urlencode({**RETURNED, "signature": RETURN_SIGNATURE}).encode()
    verified = verify(body, RETURN_KEY, header="")
    assert (verified.event_id, verified.event_type, verified.content_signed) == (None, "return", False)
    assert PayTabsConnector.parse_webhook(body) == []


def test_of_the_return_zero_counts_and_nothing_does_not() -> None:
    assert signed_fields({"b": "0", "a": "", "signature": "x", "c": "ش"}) == b"b=0&c=%D8%B4"


@pytest.mark.parametrize(
    "changes", [{"respStatus": "A"}, {"cartId": "another"}, {"injected": "x"}, {"signature": ""}, {"tranRef": "TST1"}]
)
def test_a_return_that_was_changed_is_refused(changes: dict[str, str]) -> None:
    body = urlencode({**RETURNED, "signature": RETURN_SIGNATURE, **changes}).encode()
    with pytest.raises(SignatureInvalid):
        verify(body, RETURN_KEY, header="")


@given(st.binary(max_size=300))
def test_noise_is_rejected_and_nothing_else_happens(body: bytes) -> None:
    with pytest.raises(WebhookRejected):
        verify(body)


# What it says.


@pytest.mark.parametrize(
    ("kind", "status", "event", "payment"),
    [
        ("Sale", "A", "payment.succeeded", "captured"),
        ("Auth", "A", "payment.authorized", "authorized"),
        ("Auth", "H", "payment.processing", "processing"),
        ("Sale", "P", "payment.processing", "processing"),
        ("Payment Request", "P", "payment.processing", "processing"),
        ("Payment Request", "X", "payment.expired", "expired"),
        ("Sale", "X", "payment.expired", "expired"),
        ("Sale", "D", "payment.failed", "failed"),
        ("Sale", "E", "payment.failed", "failed"),
        ("Sale", "C", "payment.cancelled", "cancelled"),
        ("Auth", "V", "payment.cancelled", "cancelled"),
        ("Sale", "V", "payment.refunded", "refunded"),
        ("Sale", "Q", "payment.processing", "processing"),
    ],
)
def test_a_transaction_that_pays_is_the_payment(kind: str, status: str, event: str, payment: str) -> None:
    found = the_event(notified(kind, status))
    assert found.type == event
    assert found.payment is not None
    assert found.payment.status == payment
    assert (found.payment_id, found.provider_payment_id) == (PAYMENT_ID, REF)
    assert found.occurred_at.isoformat() == "2026-10-27T13:56:20+00:00"
    assert found.provider_event_id == f"{REF}:{kind.lower().replace(' ', '_')}:{status}"


def test_the_token_of_a_saved_card_comes_with_it() -> None:
    payment = the_event(notified(token=TOKEN)).payment
    assert payment is not None
    assert payment.saved_method is not None
    assert (payment.saved_method.token, payment.saved_method.last_four) == (TOKEN, "1111")


def test_a_decline_comes_with_its_code() -> None:
    payment = the_event(notified(payment_result=a_result("D", "305", "Card security code (CVV) mismatch"))).payment
    assert payment is not None
    assert payment.decline is not None
    assert (payment.decline.code, payment.decline.reason) == ("305", "incorrect_cvc")


def test_what_was_paid_elsewhere_is_another_transaction_of_the_same_payment() -> None:
    event = the_event(notified(tran_ref="TST2530002372077", previous_tran_ref=REF))
    assert (event.type, event.payment_id, event.provider_payment_id) == (
        "payment.succeeded",
        PAYMENT_ID,
        "TST2530002372077",
    )


@pytest.mark.parametrize(
    ("kind", "described", "event", "status"),
    [
        ("Capture", "Capture 1", "payment.succeeded", "captured"),
        ("Capture", "Part capture 1", "payment.succeeded", "partially_captured"),
        ("Void", "Void 1", "payment.cancelled", "cancelled"),
        ("Release", "Void 1", "payment.cancelled", "cancelled"),  # PayTabs may carry a void out as a release
        ("Release", "Release 1", "payment.succeeded", "captured"),
    ],
)
def test_a_follow_up_of_ours_says_what_it_makes_of_the_payment(
    kind: str, described: str, event: str, status: str
) -> None:
    found = the_event(of_follow_up(kind, cart_description=described))
    assert (found.type, found.provider_payment_id, found.payment_id) == (event, REF, PAYMENT_ID)
    assert found.payment is not None
    assert (found.payment.status, found.payment.provider_payment_id) == (status, REF)
    assert found.payment.amount_captured is None  # of several captures it tells only one


@pytest.mark.parametrize("kind", ["Capture", "Void", "Release"])
def test_a_follow_up_of_the_dashboard_only_names_the_payment(kind: str) -> None:
    found = the_event(of_follow_up(kind))
    assert (found.type, found.provider_payment_id, found.payment) == ("payment.processing", REF, None)


@pytest.mark.parametrize("kind", ["Capture", "Void", "Release"])
@pytest.mark.parametrize("status", ["D", "E", "P"])
def test_a_follow_up_that_did_not_go_through_leaves_the_payment_as_it_was(kind: str, status: str) -> None:
    assert PayTabsConnector.parse_webhook(of_follow_up(kind, status)) == []


@pytest.mark.parametrize("kind", ["AuthExt", "Mystery"])
def test_what_changes_nothing_that_is_kept_is_passed_over(kind: str) -> None:
    assert PayTabsConnector.parse_webhook(of_follow_up(kind)) == []


@pytest.mark.parametrize(
    ("status", "event", "refund"),
    [
        ("A", "refund.succeeded", "succeeded"),
        ("P", "refund.pending", "pending"),
        ("D", "refund.failed", "failed"),
        ("E", "refund.failed", "failed"),
        ("C", "refund.cancelled", "cancelled"),
    ],
)
def test_a_refund_is_told_with_our_own_id(status: str, event: str, refund: str) -> None:
    described = "Refund 0192d3a4-2222-7abc-8def-0123456789ab Broken"
    found = the_event(of_follow_up("Refund", status, "10.00", cart_description=described))
    assert (found.type, str(found.refund_id)) == (event, "0192d3a4-2222-7abc-8def-0123456789ab")
    assert found.refund is not None
    assert (found.refund.status, str(found.refund.money)) == (refund, "AED 10.00")
    assert (found.provider_refund_id, found.provider_payment_id, found.payment_id) == (REFUND_REF, REF, PAYMENT_ID)


def test_a_refund_made_in_the_dashboard_has_no_id_of_ours() -> None:
    found = the_event(of_follow_up("Refund"))
    assert (found.refund_id, found.payment_id, found.provider_refund_id) == (None, PAYMENT_ID, REFUND_REF)


def test_a_page_that_was_opened_in_place_of_a_lost_one_is_the_same_payment() -> None:
    assert the_event(notified(cart_id=f"{PAYMENT_ID}-90123")).payment_id == PAYMENT_ID
    assert the_event(notified(cart_id="order-1001")).payment_id is None
