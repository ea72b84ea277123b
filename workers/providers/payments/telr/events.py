"""Telr's webhooks ("transaction advice"): the hash that they carry, and events in Wasl's words.

A form, posted for each transaction. ``tran_check`` is the SHA-1, in hexadecimal, of the secret key and fourteen
fields in a fixed order, joined by colons; missing ones count as empty. Where the form has ``tran_order`` (the order's
reference, which an account can have switched on), it stands before the currency, by one account of it; without it, by
all the others; either is accepted. Sources: docs.telr.com (webhook, transaction-advice-service) as several independent
integrations implement it, and Telr's WooCommerce plugin b2fd81a for the numbers of types.

What the hash is worth. It proves that the sender knows the key, or holds such a form; it does not prove the contents
well enough to move money by them. The key comes first and nothing follows the message, so a SHA-1 of this build can
be extended by whoever has seen one; colons inside a field are not told from those between fields, so a status can be
moved into another place; ``card_…`` and ``bill_…`` have hashes of their own; no time is signed, so a form can be sent
again. Hence ``content_signed=False``: what it says is a hint, and Telr is asked. What Telr posts to an
``ivp_update_url`` carries no hash in its own plugins, and is refused here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import PaymentEventType
from workers.providers.payments.telr.ledger import Kind, kind_of
from workers.providers.payments.telr.references import payment_of_cart
from workers.providers.signatures import any_equal

CHECK_FIELD: Final = "tran_check"
ORDER_FIELD: Final = "tran_order"
SIGNED_FIELDS: Final = (
    *("tran_store", "tran_type", "tran_class", "tran_test", "tran_ref", "tran_prevref", "tran_firstref"),
    *("tran_currency", "tran_amount", "tran_cartid", "tran_desc", "tran_status", "tran_authcode", "tran_authmessage"),
)
_WITH_ORDER: Final = (*SIGNED_FIELDS[:7], ORDER_FIELD, *SIGNED_FIELDS[7:])
EVENT_TYPES: Final = ("Sale", "Auth", "Capture", "Release", "Void", "Refund", "Refund Reversal", "Capture Reversal")
"""The transaction types to select in Telr's form."""

_MOST_FIELDS: Final = 200
_HASH: Final = re.compile(rb"[0-9a-f]{40}")
_TYPE_NUMBERS: Final[Mapping[str, Kind]] = {"2": Kind.VOID, "4": Kind.AUTH, "6": Kind.VOID, "8": Kind.RELEASE}
"""As a hint, these will do; which of them is which, only the portal knows."""

_BEGUN: Final[Mapping[str, PaymentEventType]] = {
    "H": PaymentEventType.PAYMENT_PROCESSING,
    "D": PaymentEventType.PAYMENT_FAILED,
    "E": PaymentEventType.PAYMENT_FAILED,
    "C": PaymentEventType.PAYMENT_CANCELLED,
    "X": PaymentEventType.PAYMENT_EXPIRED,
}
_REFUNDED: Final[Mapping[str, PaymentEventType]] = {
    "A": PaymentEventType.REFUND_SUCCEEDED,
    "D": PaymentEventType.REFUND_FAILED,
    "E": PaymentEventType.REFUND_FAILED,
    "C": PaymentEventType.REFUND_CANCELLED,
    "X": PaymentEventType.REFUND_FAILED,
}
_DONE: Final[Mapping[Kind, PaymentEventType]] = {
    Kind.SALE: PaymentEventType.PAYMENT_SUCCEEDED,
    Kind.AUTH: PaymentEventType.PAYMENT_AUTHORIZED,
    Kind.CAPTURE: PaymentEventType.PAYMENT_SUCCEEDED,
    Kind.RELEASE: PaymentEventType.PAYMENT_CANCELLED,
    Kind.VOID: PaymentEventType.PAYMENT_CANCELLED,
    Kind.REFUND_REVERSAL: PaymentEventType.REFUND_FAILED,
}

Form = Mapping[str, str]


def verify(
    request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
) -> VerifiedWebhook:
    """Prove that the sender knows the secret key.

    :param settings: with the ``store_id`` that the delivery has to be about.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    try:
        form = _form(request.body)
    except MalformedPayload:
        raise SignatureInvalid("the body is not a form, so there is nothing that could be signed") from None
    presented = form.get(CHECK_FIELD, "").strip().lower().encode("utf-8", "surrogateescape")
    orders = (SIGNED_FIELDS, _WITH_ORDER) if ORDER_FIELD in form else (SIGNED_FIELDS,)
    expected = [check_value(secret, form, fields) for secret in secrets if secret for fields in orders]
    if not any_equal(expected, [presented]) or not _HASH.fullmatch(presented):
        raise SignatureInvalid(f"{CHECK_FIELD} does not match the form's fields")
    store = (settings or {}).get("store_id")
    if store is not None and form.get("tran_store") != store:
        raise SignatureInvalid("the delivery is about another store")
    reference, kind, status = _named(form)
    # Telr gives its deliveries no id. A transaction that was on hold comes again with another status.
    return VerifiedWebhook(event_id=f"{reference}:{kind}:{status}", event_type=kind, content_signed=False)


def check_value(secret: str, form: Form, fields: Sequence[str] = SIGNED_FIELDS) -> bytes:
    """The hash of a form's fields, as ASCII."""
    text = ":".join((secret, *(form.get(name, "") for name in fields)))
    return hashlib.sha1(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest().encode("ascii")


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a delivery says, as far as a hint can: which payment it is about, and what seems to have happened.

    :raises MalformedPayload: not a transaction as Telr documents it.
    """
    form = _form(body)
    reference, name, status = _named(form)
    kind = kind_of(name)
    kind = _TYPE_NUMBERS.get(name, Kind.UNKNOWN) if kind is Kind.UNKNOWN else kind
    charged_again = form.get("tran_class", "").lower().startswith("cont") and kind is Kind.SALE
    order = form.get(ORDER_FIELD) or None
    return [
        CanonicalEvent(
            type=_event_type(kind, status),
            occurred_at=datetime.now(UTC),  # Telr tells no time
            provider_type=name,
            provider_event_id=f"{reference}:{name}:{status}",
            payment_id=payment_of_cart(form.get("tran_cartid")),
            provider_payment_id=reference if charged_again else order,
            provider_refund_id=reference if kind is Kind.REFUND else None,
        )
    ]


def _event_type(kind: Kind, status: str) -> PaymentEventType:
    if kind is Kind.REFUND:
        return _REFUNDED.get(status, PaymentEventType.REFUND_PENDING)
    if status == "A":
        return _DONE.get(kind, PaymentEventType.PAYMENT_PROCESSING)
    if kind in (Kind.SALE, Kind.AUTH):
        return _BEGUN.get(status, PaymentEventType.PAYMENT_PROCESSING)
    return PaymentEventType.PAYMENT_PROCESSING  # a capture or release was refused: the payment stands as it stood


def _named(form: Form) -> tuple[str, str, str]:
    """A transaction's reference, type and status."""
    reference, kind = form.get("tran_ref", "").strip(), form.get("tran_type", "").strip()
    status = form.get("tran_status", "").strip().upper()
    if not reference or not kind or not status:
        raise MalformedPayload("the form is not about a transaction: no tran_ref, tran_type or tran_status")
    return reference, kind, status


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise MalformedPayload("the body is not a form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise MalformedPayload("a field stands twice in the form")
    return form
