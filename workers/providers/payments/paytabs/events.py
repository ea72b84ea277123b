"""PayTabs' notifications: the signature, and transactions in Wasl's words.

Header ``Signature``: HMAC-SHA256 in hexadecimal over the raw body, keyed with the profile's server key. The same
notification comes to the address that a payment was made with (``callback``) and to the one set in the dashboard
(IPN). There is no name and no id of an event: what it is follows from the transaction in it, and that transaction in
that state is the event. No time is signed. Facts: https://docs.paytabs.com (HPP step 6), the PHP SDK (``Callback``,
``AbstractBrowser``, whose recorded notifications the tests follow) and the WooCommerce plugin (``is_valid_ipn``,
``is_valid_redirect``).

The form that sends the payer's browser back (``return``) is signed differently: its fields without ``signature`` and
without empty ones, sorted by name and written as a query the way PHP does (``~`` escaped), have the HMAC in the field
``signature``. It says nothing that the notification does not; one that reaches the webhook is verified and passed over.

A capture, void or release tells what it moved, but not of how much. Those that Wasl made say so by their description
(see `requests`); of those made in the dashboard only that something happened is told here, and reading the payment
tells the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import PaymentEventType, PaymentResult, PaymentStatus, RefundStatus
from workers.providers.payments.paytabs.objects import Ledger, refund_result
from workers.providers.payments.paytabs.requests import (
    CAPTURE_MARK,
    PART_CAPTURE_MARK,
    RELEASE_MARK,
    VOID_MARK,
    mark_of,
)
from workers.providers.payments.paytabs.transactions import (
    APPROVED,
    CAPTURE,
    PAYMENTS,
    REFUND,
    RELEASE,
    VOID,
    Transaction,
)
from workers.providers.signatures import any_equal, hmac_sha256_hex

SIGNATURE_HEADER: Final = "Signature"
EVENT_TYPES: Final = ("auth", "capture", "payment_request", "refund", "release", "sale", "void")
"""What can be notified of: the types of transactions. There is nothing to subscribe to."""
_RETURN: Final = "return"

_STATUS_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.CREATED: PaymentEventType.PAYMENT_CREATED,
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.PARTIALLY_CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.REFUNDED: PaymentEventType.PAYMENT_REFUNDED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
    PaymentStatus.EXPIRED: PaymentEventType.PAYMENT_EXPIRED,
}
_REFUND_EVENTS: Final[Mapping[RefundStatus, PaymentEventType]] = {
    RefundStatus.PENDING: PaymentEventType.REFUND_PENDING,
    RefundStatus.SUCCEEDED: PaymentEventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: PaymentEventType.REFUND_FAILED,
    RefundStatus.CANCELLED: PaymentEventType.REFUND_CANCELLED,
}
_MARKED: Final[Mapping[str, PaymentStatus]] = {
    CAPTURE_MARK: PaymentStatus.CAPTURED,
    PART_CAPTURE_MARK: PaymentStatus.PARTIALLY_CAPTURED,
    VOID_MARK: PaymentStatus.CANCELLED,
    RELEASE_MARK: PaymentStatus.CAPTURED,
}


def verify(request: WebhookRequest, secrets: Sequence[str], profile_id: object = None) -> VerifiedWebhook:
    """Prove that PayTabs sent a delivery.

    :param secrets: the server keys that are valid now.
    :param profile_id: the connection's; a notification of another profile is not ours.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    keys = [secret.encode() for secret in secrets if secret]
    form = _form(request.body)
    if form:
        _require_signed([hmac_sha256_hex(key, signed_fields(form)) for key in keys], form.get("signature", ""))
        return VerifiedWebhook(event_id=None, event_type=_RETURN, content_signed=False)
    presented = request.headers.get(SIGNATURE_HEADER.lower(), "")
    _require_signed([hmac_sha256_hex(key, request.body) for key in keys], presented)
    body, transaction = _notified(request.body)
    if profile_id is not None and str(body.get("profile_id", profile_id)) != str(profile_id):
        raise SignatureInvalid("the notification is about another profile")
    return VerifiedWebhook(event_id=_event_id(transaction), event_type=_event_type(transaction))


def signed_fields(form: Mapping[str, str]) -> bytes:
    """What the signature of the payer's return covers."""
    named = sorted((name, value) for name, value in form.items() if name != "signature" and value)
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in named).encode()


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for what changes nothing that Wasl keeps.

    :raises MalformedPayload: not a transaction.
    """
    if _form(body):
        return []
    transaction = _notified(body)[1]
    if transaction.kind in PAYMENTS:
        return [_of_payment(transaction)]
    if transaction.kind == REFUND:
        return [_of_refund(transaction)]
    follows = transaction.kind in (CAPTURE, VOID, RELEASE) and transaction.previous is not None
    # One that was refused leaves the payment as it was.
    return [_of_follow_up(transaction)] if follows and transaction.status == APPROVED else []


def _of_payment(transaction: Transaction) -> CanonicalEvent:
    payment = Ledger(transaction).payment()
    return CanonicalEvent(
        type=_STATUS_EVENTS[payment.status],
        payment_id=payment.payment_id,
        provider_payment_id=payment.provider_payment_id,
        payment=payment,
        **_envelope(transaction),
    )


def _of_refund(transaction: Transaction) -> CanonicalEvent:
    refund = refund_result(transaction)
    return CanonicalEvent(
        type=_REFUND_EVENTS[refund.status],
        payment_id=refund.payment_id,
        refund_id=refund.refund_id,
        provider_payment_id=refund.provider_payment_id,
        provider_refund_id=refund.provider_refund_id,
        refund=refund,
        **_envelope(transaction),
    )


def _of_follow_up(transaction: Transaction) -> CanonicalEvent:
    about = {"payment_id": transaction.payment_id, "provider_payment_id": transaction.previous}
    status = _MARKED.get(mark_of(transaction.description) or "")
    if status is None:
        return CanonicalEvent(type=PaymentEventType.PAYMENT_PROCESSING, **about, **_envelope(transaction))
    payment = PaymentResult.model_validate(
        {
            **about,
            "status": status,
            "provider_status": f"{transaction.kind} {transaction.status}",
            "money": transaction.money,
        }
    )
    return CanonicalEvent(type=_STATUS_EVENTS[status], payment=payment, **about, **_envelope(transaction))


def _envelope(transaction: Transaction) -> dict[str, Any]:
    return {
        "occurred_at": _occurred_at(transaction),
        "provider_type": _event_type(transaction),
        "provider_event_id": _event_id(transaction),
    }


def _event_id(transaction: Transaction) -> str:
    return f"{transaction.ref}:{_event_type(transaction)}:{transaction.status}"


def _event_type(transaction: Transaction) -> str:
    return transaction.kind.replace(" ", "_") or "transaction"


def _occurred_at(transaction: Transaction) -> datetime:
    if transaction.at is None:
        raise MalformedPayload("the transaction has no time")
    return transaction.at


def _notified(raw: bytes) -> tuple[dict[str, Any], Transaction]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(body, dict):
        raise MalformedPayload("the body is not a transaction")
    try:
        transaction = Transaction.of(body)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise MalformedPayload(f"{type(fault).__name__} in the transaction") from None
    if not transaction.status:
        raise MalformedPayload("the transaction has no result")
    return body, transaction


def _form(raw: bytes) -> dict[str, str]:
    """The fields of the payer's return; empty when the body is none."""
    if raw.lstrip()[:1] in (b"{", b"[", b""):
        return {}
    try:
        fields = dict(parse_qsl(raw.decode("utf-8"), keep_blank_values=True))
    except ValueError:
        return {}
    return fields if "tranRef" in fields else {}


def _escaped(text: str) -> str:
    return quote_plus(text, safe="").replace("~", "%7E")


def _require_signed(expected: list[bytes], presented: str) -> None:
    if not any_equal(expected, [presented.strip().lower().encode("utf-8", "surrogateescape")]):
        raise SignatureInvalid("the signature does not match the body")
