"""FedEx's webhooks (Advanced Integrated Visibility): the signature, and deliveries in Wasl's words.

Header ``fdx-signature``: HMAC-SHA256 over the raw body, keyed with the security token of the webhook project. FedEx's
page "Business Rules" says Base64 (in words and in its Java sample), and hexadecimal in its pseudocode: both are read.
No time is signed and a delivery has no id: two with the same body are one. A delivery is shaped as an answer of the
Track API (``output.completeTrackResults``, by the published schema of the test webhook, ``TestWebhookOutputVO``).
Updates come out of order, and the scans' times tell the right one; which scans are in a delivery is not documented.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.shipping.fedex.tracking import newest
from workers.providers.shipping.models import ShipmentEventType, TrackingResult
from workers.providers.signatures import any_equal

SIGNATURE_HEADER: Final = "fdx-signature"
EVENT_TYPE: Final = "tracking"
"""FedEx gives its deliveries no name."""


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that FedEx sent a delivery.

    :param secrets: those that are valid now.
    :raises SignatureInvalid: the header is none that they make.
    """
    header = request.headers.get(SIGNATURE_HEADER, "").strip()
    presented = [text.encode("utf-8", "surrogateescape") for text in (header, header.lower())]
    expected: list[bytes] = []
    for secret in filter(None, secrets):
        digest = hmac.digest(secret.encode(), request.body, "sha256")
        expected += (base64.b64encode(digest), digest.hex().encode())
    if not any_equal(expected, presented):
        raise SignatureInvalid("the signature in the header does not match the body")
    return VerifiedWebhook(event_id=None, event_type=EVENT_TYPE)


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says of each parcel; nothing of those that nothing has happened to.

    :raises MalformedPayload: not a delivery as FedEx documents it.
    """
    try:
        told = orjson.loads(body)
        results = [newest(complete) for complete in told["output"]["completeTrackResults"]]
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise MalformedPayload(f"{type(fault).__name__} in the delivery") from None
    return [_event(result) for result in results if result is not None and result.events]


def _event(result: TrackingResult) -> CanonicalEvent:
    last: Any = result.events[-1]
    return CanonicalEvent(
        type=ShipmentEventType.SHIPMENT_UPDATED.value,
        occurred_at=min(last.occurred_at, datetime.now(UTC)),
        provider_type=result.provider_status or last.code or EVENT_TYPE,
        tracking=result,
    )
