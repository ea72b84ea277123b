# Made by `wasl sdk sync` from wasl/_async/webhook_events.py: do not edit.
"""`hub.webhook_events`: webhooks that came in from providers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from wasl._requests import Id, id_text, optional_id
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.models import WebhookEvent
from wasl.rows import WebhookEventStatus


class WebhookEvents:
    """Webhook events of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, event_id: Id) -> WebhookEvent:
        """Return one event with its exact body; raises NotFound."""
        return self._api.one(WebhookEvent, "webhook_events", event_id, "event_id")

    def list(
        self,
        *,
        status: WebhookEventStatus | Sequence[WebhookEventStatus] | None = None,
        event_type: str | None = None,
        provider_event_id: str | None = None,
        connection_id: Id | None = None,
        endpoint_id: Id | None = None,
        received_after: datetime | None = None,
        received_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[WebhookEvent]:
        """Yield events without their bodies, newest first; pages are fetched as they are needed.

        Args:
            event_type: in the provider's words, such as ``payment_intent.succeeded``.
            received_after: exclusive, with a time zone; likewise `received_before`. Events lie in daily partitions:
                a lookup that says when is a quick one.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "event_type": event_type,
            "provider_event_id": provider_event_id,
            "connection_id": optional_id(connection_id, "connection_id"),
            "endpoint_id": optional_id(endpoint_id, "endpoint_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(
            WebhookEvent,
            "webhook_events",
            equal,
            columns=columns_of(WebhookEvent, without="body"),
            time="received_at",
            after=received_after,
            before=received_before,
            limit=limit,
        )

    def replay(self, event_ids: Iterable[Id]) -> int:
        """Have stored events processed again, all or none, and return how many; raises NotFound if one is not there."""
        identifiers = [id_text(identifier, "event_ids") for identifier in event_ids]
        return self._api.call(int, "replay_webhook_events", {"event_ids": identifiers})
