"""The twin's webhooks, verified and read by the connector's own code."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.sandbox.conftest import Inbox
from tests.sandbox.shipping.fedex.conftest import Account
from tests.support.carriers.parcels import domestic
from workers.providers.errors import SignatureInvalid
from workers.providers.events import WebhookRequest
from workers.providers.shipping.fedex import FedExConnector

NewInbox = Callable[[], tuple[str, Inbox]]
SECRET = "a-security-token-of-our-own"


async def deliveries(fedex: Account, inbox: Inbox) -> list[WebhookRequest]:
    """Everything that arrived."""
    await fedex.http.get(f"{fedex.url}/_deliveries", params={"wait": "true"})
    return [
        WebhookRequest(
            {name.lower(): value for name, value in request.headers.items()}, request.content, datetime.now(UTC)
        )
        for request in inbox.requests
    ]


async def test_a_parcels_way_arrives_step_by_step(fedex: Account, new_inbox: NewInbox) -> None:
    url, inbox = new_inbox()
    await fedex.test("/webhooks", url=url, secret=SECRET)
    made = await fedex.connector.create_shipment(domestic(shipment_id=uuid.uuid4()))
    for step in ("picked_up", "delivered"):
        await fedex.advance(made.tracking_number, step)
    told = []
    for delivery in await deliveries(fedex, inbox):
        assert FedExConnector.verify_webhook(delivery, [SECRET]).content_signed
        (event,) = FedExConnector.parse_webhook(delivery.body)
        assert event.tracking is not None
        assert event.tracking.tracking_number == made.tracking_number
        told.append((event.occurred_at, event.tracking.status))
    assert {status for _, status in told} == {"created", "picked_up", "delivered"}


async def test_a_forged_delivery_is_not_believed(fedex: Account, new_inbox: NewInbox) -> None:
    url, inbox = new_inbox()
    await fedex.test("/webhooks", url=url, secret=SECRET)
    await fedex.fault("webhook_forged")
    await fedex.connector.create_shipment(domestic(shipment_id=uuid.uuid4()))
    (delivery,) = await deliveries(fedex, inbox)
    with pytest.raises(SignatureInvalid):
        FedExConnector.verify_webhook(delivery, [SECRET])
