"""The webhooks of DHL's unified tracking: the header that they carry, and events in Wasl's words.

Nothing is signed. Whoever subscribes names a header and a token, and each delivery carries them; so they prove who sent
it as long as the token stays secret, and say nothing of the body (``content_signed=False``: what it says is a hint, and
DHL is asked before anything moves). Bodies are ``{"scope", "self", …}``: ``subscription.validate`` brings a secret that
activates the subscription, ``subscription.ready`` says that it is on, ``subscription.push`` has ``shipments``. They
have no id; the same body twice is one event.

Facts from https://developer.dhl.com/api-reference/shipment-tracking-unified-push , its Postman collection of July 2025,
and two integrations that take these deliveries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.shipping.dhl_tracking.objects import result_from_shipment
from workers.providers.shipping.models import ShipmentEventType
from workers.providers.signatures import any_equal

WEBHOOK_HEADER: Final = "X-Wasl-Webhook-Secret"
"""The header that a connection proposes; any other can be set."""
PUSH: Final = "subscription.push"
EVENT_TYPES: Final = ("Pre-Transit", "Transit", "Delivered", "Failure", "Unknown")
"""What can be subscribed to."""


def verify(request: WebhookRequest, secrets: Sequence[str], header: str = WEBHOOK_HEADER) -> VerifiedWebhook:
    """Prove that the sender knows the token.

    :param header: the one that was subscribed with.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    presented = request.headers.get(header.lower(), "").encode("utf-8", "surrogateescape")
    if not any_equal([secret.encode() for secret in secrets if secret], [presented]):
        raise SignatureInvalid(f"the header {header} does not carry a secret that is known")
    return VerifiedWebhook(event_id=None, event_type=_event(request.body)["scope"], content_signed=False)


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a delivery says: one event for each shipment; none for what concerns the subscription itself.

    :raises MalformedPayload: not as DHL documents it.
    """
    told = _event(body)
    if told["scope"] != PUSH:
        return []
    try:
        return [_shipment_event(shipment) for shipment in told["shipments"]]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as fault:
        raise MalformedPayload(f"{PUSH}: {type(fault).__name__} in the event") from None


def _shipment_event(shipment: Mapping[str, Any]) -> CanonicalEvent:
    result = result_from_shipment(shipment)
    return CanonicalEvent(
        type=ShipmentEventType.SHIPMENT_UPDATED,
        occurred_at=result.events[-1].occurred_at,
        provider_type=PUSH,
        tracking=result,
    )


def _event(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(told, dict) or not isinstance(told.get("scope"), str) or not told["scope"]:
        raise MalformedPayload("the body is not an event: it has no scope")
    return told
