"""Tamara's webhooks: the token that they carry, and what they say.

Every notification carries a JWT (HS256, signed with the notification token; claims ``iss`` "Tamara", ``iat`` and
``exp``, 15 minutes later in the documented example) twice: as ``Authorization: Bearer …`` and as ``tamaraToken`` in the
query. It proves who called, and nothing of the body (``content_signed=False``): what the body says is a hint, and the
order is read before anything moves. The algorithm is fixed here; what the token's header says of it is not asked.

There are two kinds of body, which differ in one name: a webhook of the partner portal has ``event_type``, a
notification to a payment's own ``merchant_url.notification`` has ``order_status`` (Tamara's PHP SDK: `WebhookMessage`,
`AuthoriseMessage`). Neither has an id or a time. A refund's ``data`` has ``refund_id``, ``capture_id``,
``refunded_amount`` and ``comment`` (seen in juspay/hyperswitch-prism #2232).

Facts from https://docs.tamara.co/docs/transaction-authorisation and …/reference/getting-started-with-webhooks . The
events of type ``dispute`` are not described anywhere; they are accepted and mean nothing to Wasl.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import jwt
import orjson
from jwt.types import Options

from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import PaymentEventType
from workers.providers.payments.tamara.objects import our_id, our_refund_id, refund_id

QUERY_PARAMETER: Final = "tamaraToken"
ISSUER: Final = "Tamara"
TOKEN_SECONDS: Final = 900
CLOCK_SKEW_SECONDS: Final = 60
# The times are judged by when a delivery arrived, not by now: a stored one can be verified later.
_OPTIONS: Final[Options] = {
    "require": ["exp", "iat", "iss"],
    **{"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False, "verify_iss": False},
}
_TYPES: Final[Mapping[str, PaymentEventType]] = {
    "order_approved": PaymentEventType.PAYMENT_REQUIRES_ACTION,
    "order_on_hold": PaymentEventType.PAYMENT_PROCESSING,
    "order_declined": PaymentEventType.PAYMENT_FAILED,
    "order_expired": PaymentEventType.PAYMENT_EXPIRED,
    "order_authorised": PaymentEventType.PAYMENT_AUTHORIZED,
    "order_updated": PaymentEventType.PAYMENT_AUTHORIZED,
    "order_canceled": PaymentEventType.PAYMENT_CANCELLED,
    "order_captured": PaymentEventType.PAYMENT_SUCCEEDED,
    "order_refunded": PaymentEventType.REFUND_SUCCEEDED,
}
EVENT_TYPES: Final = tuple(_TYPES)
_STATUS_TYPES: Final[Mapping[str, PaymentEventType]] = {
    "new": PaymentEventType.PAYMENT_CREATED,
    "partially_captured": PaymentEventType.PAYMENT_PROCESSING,
    "fully_captured": PaymentEventType.PAYMENT_SUCCEEDED,
    "partially_refunded": PaymentEventType.PAYMENT_PARTIALLY_REFUNDED,
    "fully_refunded": PaymentEventType.PAYMENT_REFUNDED,
    **{name.removeprefix("order_"): kind for name, kind in _TYPES.items()},
}


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Whether Tamara sent it.

    :param secrets: the notification tokens that are valid now.
    :raises SignatureInvalid: no token, or none that was made with one of the secrets.
    :raises SignatureStale: a token that has run out, or lies in the future.
    :raises MalformedPayload: the body is none of Tamara's.
    """
    claims = next(_proved(request, secrets), None)
    if claims is None:
        raise SignatureInvalid("no token that was signed with a known notification token")
    if claims["iss"] != ISSUER:
        raise SignatureInvalid("a token of another issuer")
    _check_times(claims, request)
    event = _read(request.body)
    return VerifiedWebhook(event_id=None, event_type=_name(event), content_signed=False)


def _proved(request: WebhookRequest, secrets: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The claims of every token in the request that one of the secrets made."""
    for token in _presented(request):
        for secret in secrets:
            try:
                yield jwt.decode(token, secret, algorithms=["HS256"], options=_OPTIONS)
            except (jwt.PyJWTError, ValueError, RecursionError):
                continue


def _presented(request: WebhookRequest) -> list[str]:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    found = [value.strip() if scheme.lower() == "bearer" else "", request.query.get(QUERY_PARAMETER, "")]
    return [token for token in dict.fromkeys(found) if token]


def _check_times(claims: Mapping[str, Any], request: WebhookRequest) -> None:
    """A token holds from when it was made until it runs out; unequal clocks are allowed a minute.

    An endpoint's own tolerance, five minutes by default, is shorter and not applied: whether Tamara makes a new token
    when it tries again is not known, and a repeat only makes the order be read.
    """
    now, issued, expires = request.received_at.timestamp(), claims["iat"], claims["exp"]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (issued, expires)):
        raise SignatureInvalid("a token whose times are no times")
    if now >= expires + CLOCK_SKEW_SECONDS or now < issued - CLOCK_SKEW_SECONDS:
        raise SignatureStale("the token does not hold at this time")


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a notification is about. An order's event that is not known yet still makes the order be looked at."""
    event = _read(body)
    name = _name(event)
    kind = _TYPES.get(name) if "event_type" in event else _STATUS_TYPES.get(name)
    if kind is None and "event_type" in event and not name.startswith("order_"):
        return []
    order_id, data = event["order_id"], event.get("data")
    details: Mapping[str, Any] = data if isinstance(data, dict) else {}
    given_back = details.get("refund_id")
    return [
        CanonicalEvent(
            type=kind or PaymentEventType.PAYMENT_PROCESSING,
            occurred_at=datetime.now(UTC),  # Tamara does not say
            provider_type=name,
            payment_id=our_id(event.get("order_reference_id")),
            refund_id=our_refund_id(details),
            provider_payment_id=order_id,
            provider_refund_id=refund_id(order_id, given_back) if isinstance(given_back, str) else None,
        )
    ]


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("not JSON") from None
    if not isinstance(event, dict) or not isinstance(event.get("order_id"), str) or not event["order_id"]:
        raise MalformedPayload("names no order")
    if not _name(event):
        raise MalformedPayload("has neither an event type nor an order status")
    return event


def _name(event: Mapping[str, Any]) -> str:
    name = event["event_type"] if "event_type" in event else event.get("order_status")
    return name if isinstance(name, str) else ""
