"""Tap's webhooks: the signature, and events in Wasl's words.

A delivery is the charge, authorization or refund itself, POSTed to the ``post.url`` that it was made with. Header
``hashstring``: HMAC-SHA256 in hexadecimal, keyed with the secret API key, over seven of its fields written behind each
other with their names, the amount with exactly its currency's decimals (https://developers.tap.company/docs/webhook). A
refund's time is its own ``created``; an invoice has ``updated`` in place of the two references; a reference that is
missing is an empty text. The header ``hash`` beside it is documented nowhere and not looked at.

The other fields are not signed: our id in the metadata, the source, the card, the reason of a decline. Somebody who has
seen one delivery could put another payment's id into it. So a delivery proves only that something happened to the
object it names, and the hub asks Tap for the rest.

Deliveries have no id. A charge is delivered again with another number of attempts in its body; what happened to an
object is told apart by its status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.money import CURRENCY_DECIMALS, MAX_AMOUNT
from workers.providers.payments.models import PaymentEventType, PaymentStatus, RefundStatus
from workers.providers.payments.tap.objects import Object, decode, inside, moment, payment, refund
from workers.providers.signatures import any_equal, hmac_sha256_hex

SIGNATURE_HEADER: Final = "hashstring"
_KINDS: Final = ("charge", "authorize", "refund", "invoice")
_FAULTS: Final = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that Tap sent a delivery.

    :param secrets: the secret API keys that are valid now.
    :raises SignatureInvalid: no key made this signature for these fields, or there are no such fields.
    """
    try:
        thing = _object(request.body)
        message = signed_text(thing).encode()
    except _FAULTS:
        raise SignatureInvalid("the body has not the fields that Tap signs") from None
    presented = request.headers.get(SIGNATURE_HEADER, "").strip().lower().encode()
    expected = [hmac_sha256_hex(secret.encode(), message) for secret in secrets if secret]
    if not any_equal(expected, [presented]):
        raise SignatureInvalid("the hashstring in the header does not match the body")
    return VerifiedWebhook(f"{thing['id']}:{thing['status']}", _event_type(thing), content_signed=False)


def signed_text(thing: Object) -> str:
    """What Tap signs of an object."""
    kind = _kind(thing)
    head = f"x_id{thing['id']}x_amount{signed_amount(thing['amount'], thing['currency'])}x_currency{thing['currency']}"
    if kind == "invoice":
        return f"{head}x_updated{thing['updated']}x_status{thing['status']}x_created{thing['created']}"
    reference = inside(thing, "reference")
    created = thing["created"] if kind == "refund" else thing["transaction"]["created"]
    return (
        f"{head}x_gateway_reference{_or_empty(reference.get('gateway'))}"
        f"x_payment_reference{_or_empty(reference.get('payment'))}x_status{thing['status']}x_created{created}"
    )


def signed_amount(amount: Any, currency: str) -> str:
    """An amount with exactly its currency's decimals: ``2.00`` of AED, ``3.000`` of KWD."""
    exact = Decimal(amount)
    if not exact.is_finite() or abs(exact) >= MAX_AMOUNT:
        raise ValueError("not an amount")
    unit = Decimal(1).scaleb(-CURRENCY_DECIMALS.get(currency, 2))
    return format(exact.quantize(unit, rounding=ROUND_HALF_UP), "f")


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for invoices and what else Wasl has no use for.

    :raises MalformedPayload: not an object as Tap documents it.
    """
    try:
        thing = _object(body)
        translate = _TRANSLATIONS.get(_kind(thing))
        return [translate(thing)] if translate else []
    except _FAULTS as fault:
        raise MalformedPayload(f"{type(fault).__name__} in the delivered object") from None


_PAYMENT_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.CREATED: PaymentEventType.PAYMENT_CREATED,
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.EXPIRED: PaymentEventType.PAYMENT_EXPIRED,
}
_REFUND_EVENTS: Final[Mapping[RefundStatus, PaymentEventType]] = {
    RefundStatus.PENDING: PaymentEventType.REFUND_PENDING,
    RefundStatus.SUCCEEDED: PaymentEventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: PaymentEventType.REFUND_FAILED,
    RefundStatus.CANCELLED: PaymentEventType.REFUND_CANCELLED,
}


def _payment_event(thing: Object) -> CanonicalEvent:
    told = payment(thing)
    return CanonicalEvent(
        type=_PAYMENT_EVENTS[told.status],
        payment_id=told.payment_id,
        provider_payment_id=told.provider_payment_id,
        payment=told,
        **_envelope(thing, _last_activity(thing) or inside(thing, "transaction").get("created")),
    )


def _refund_event(thing: Object) -> CanonicalEvent:
    told = refund(thing)
    return CanonicalEvent(
        type=_REFUND_EVENTS[told.status],
        payment_id=told.payment_id,
        refund_id=told.refund_id,
        provider_payment_id=told.provider_payment_id,
        provider_refund_id=told.provider_refund_id,
        refund=told,
        **_envelope(thing, thing.get("created")),
    )


_TRANSLATIONS: Final[Mapping[str, Callable[[Object], CanonicalEvent]]] = {
    "charge": _payment_event,
    "authorize": _payment_event,
    "refund": _refund_event,
}


def _envelope(thing: Object, time: Any) -> dict[str, Any]:
    return {
        "occurred_at": _time(time),
        "provider_type": _event_type(thing),
        "provider_event_id": f"{thing['id']}:{thing['status']}",
    }


def _time(told: Any) -> datetime:
    found = moment(told)
    if found is None:
        raise ValueError("no time")
    return found


def _last_activity(thing: Object) -> Any:
    """When the last of the steps of a charge was taken, where it lists them."""
    times = [each["created"] for each in thing.get("activities") or [] if isinstance(each.get("created"), int)]
    return max(times, default=None)


def _object(body: bytes) -> Object:
    thing = decode(body)
    if not isinstance(thing, dict) or not all(isinstance(thing.get(name), str) for name in ("id", "status")):
        raise ValueError("not an object with id and status")
    return thing


def _kind(thing: Object) -> str:
    kind = thing.get("object")
    return kind if kind in _KINDS else ""


def _event_type(thing: Object) -> str:
    return f"{_kind(thing) or 'object'}.{thing['status']}"


def _or_empty(value: Any) -> str:
    return "" if value is None else str(value)
