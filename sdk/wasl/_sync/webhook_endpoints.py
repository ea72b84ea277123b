# Made by `wasl sdk sync` from wasl/_async/webhook_endpoints.py: do not edit.
"""`hub.webhook_endpoints`: the addresses that providers send to, what they let in, and what they turned away."""

from collections.abc import Iterator
from datetime import datetime
from typing import Unpack

from wasl import _answers
from wasl._arguments import endpoint_changes
from wasl._requests import Id, id_text, optional_id
from wasl._sync.api import Api
from wasl.models import WebhookEndpoint, WebhookRequest
from wasl.params import EndpointChanges

_ENDPOINTS = "webhook_endpoints"


class WebhookEndpoints:
    """Addresses of the caller's organizations; `hub.connections.create_webhook_endpoint` makes one."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, endpoint_id: Id) -> WebhookEndpoint:
        """Return one endpoint; raises NotFound."""
        return self._api.one(WebhookEndpoint, _ENDPOINTS, endpoint_id, "endpoint_id")

    def list(
        self,
        *,
        connection_id: Id | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[WebhookEndpoint]:
        """Yield endpoints, newest first."""
        equal = {
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(WebhookEndpoint, _ENDPOINTS, equal, limit=limit)

    def update(self, endpoint_id: Id, **changes: Unpack[EndpointChanges]) -> WebhookEndpoint:
        """Change what an endpoint lets in; what is left out stays, and None takes a limit away.

        It holds within seconds.

        Args:
            changes: see `EndpointChanges`.

        Raises:
            NotFound: there is no such endpoint that you may change.
            InvalidRequest: a value is out of its bounds, no network or no pattern, and `field` names it.
            TypeError: there is nothing of that name to change, or a list is none.
        """
        identifier = id_text(endpoint_id, "endpoint_id")
        found = self._api.change(WebhookEndpoint, _ENDPOINTS, {"id": identifier}, endpoint_changes(changes))
        return _answers.only(found, what="endpoint", identifier=identifier)

    def requests(
        self,
        endpoint_id: Id,
        *,
        reason: str | None = None,
        received_after: datetime | None = None,
        received_before: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[WebhookRequest]:
        """Yield requests to an endpoint that became no event, newest first: refused ones, and repeats of an event.

        The newest 500 are kept, for 30 days, and of many in one second only some; `refused_count` counts all. What was
        let in is among `hub.webhook_events`.

        Args:
            reason: such as ``signature_invalid``, ``rate_limited``, ``address_not_allowed`` or ``duplicate``.
            received_after: exclusive, with a time zone; likewise `received_before`.
        """
        equal = {"endpoint_id": id_text(endpoint_id, "endpoint_id"), "reason": reason}
        return self._api.newest(
            WebhookRequest,
            "webhook_requests",
            equal,
            time="received_at",
            after=received_after,
            before=received_before,
            limit=limit,
        )
