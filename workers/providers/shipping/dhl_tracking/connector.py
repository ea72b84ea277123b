"""DHL Shipment Tracking - Unified: where parcels of all of DHL's divisions are.

One call tells of one number (``GET /track/shipments?trackingNumber=``); the key goes in the header ``DHL-API-Key``. A
new number is known after 10 to 30 minutes, and forgotten after about 90 days; until then and after it DHL answers 404.
Webhooks are in `events`. It takes no shipments: those of DHL Express are made with `dhl_express`.

Relied upon: developer.dhl.com/api-reference/shipment-tracking and …/shipment-tracking-unified-push; karrio's recorded
answer. Unverified: whether DHL Express is pushed for every account; how soon and how often a delivery is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import InvalidRequest, NotFound, ProviderError, error_class
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import Environment
from workers.providers.shipping.dhl_tracking import events
from workers.providers.shipping.dhl_tracking.manifest import (
    MANIFEST,
    DHLTrackingCredentials,
    DHLTrackingSettings,
    Service,
)
from workers.providers.shipping.dhl_tracking.objects import chosen, result_from_shipment
from workers.providers.shipping.models import ExistingShipment, TrackingResult

_PATH: Final = "/track/shipments"
_SOME_NUMBER: Final = "7777777770"
"""The number in DHL's own examples: known or not, the answer shows whether the key is."""


class DHLTrackingConnector(Connector[DHLTrackingCredentials, DHLTrackingSettings]):
    """Tracking of all of DHL's divisions."""

    manifest = MANIFEST
    credentials_model = DHLTrackingCredentials
    settings_model = DHLTrackingSettings
    sensitive_fields = frozenset({"signed", "givenName", "familyName", "signatureUrl", "documentUrl"})

    def __init__(
        self,
        credentials: DHLTrackingCredentials,
        settings: DHLTrackingSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._headers = {"DHL-API-Key": credentials.api_key.get_secret_value()}

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each stands, one call for each."""
        return tuple([await self._track(shipment) for shipment in shipments])

    async def check_health(self) -> HealthReport:
        """Ask about some number: whether it is known or not, the key is good."""
        return await self._report(self._require_key())

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`; the header is the one that the connection's settings name."""
        return events.verify(request, secrets, (settings or {}).get("webhook_header") or events.WEBHOOK_HEADER)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _error(self, answer: Answer) -> ProviderError:
        """The words of ``{title, detail, status}``, judged by the status."""
        body: Mapping[str, Any] = answer.body if isinstance(answer.body, dict) else {}
        said = body.get("detail") or body.get("title")
        message = said if isinstance(said, str) else f"DHL answered {answer.status}"
        kind = error_class(answer.status, write=answer.write)
        return self._fail(kind, message, answer, field="tracking_number")

    async def _track(self, shipment: ExistingShipment) -> TrackingResult:
        asked, own = shipment.tracking_number, shipment.shipment_id
        try:
            answer = await self._ask("track_shipments", asked)
        except (NotFound, InvalidRequest) as refused:
            return TrackingResult(tracking_number=asked, shipment_id=own, found=False, message=refused.message)
        found = self._parse(answer, lambda told: chosen(told, asked))
        if found is None:
            message = "DHL shows several parcels, and none of this number"
            return TrackingResult(tracking_number=asked, shipment_id=own, found=False, message=message)
        return self._parse(answer, lambda _: result_from_shipment(found, asked, own))

    async def _ask(self, operation: str, tracking_number: str) -> Answer:
        query = [
            ("trackingNumber", tracking_number),
            ("requesterCountryCode", self.settings.requester_country),
            ("language", "en"),
        ]
        if self.settings.service is not Service.ANY:
            query.append(("service", self.settings.service.value))
        return await self._call(operation, "GET", _PATH, query=query)

    async def _require_key(self) -> None:
        try:
            await self._ask("check_health", _SOME_NUMBER)
        except NotFound as unknown:
            if unknown.http_status != httpx.codes.NOT_FOUND:
                raise
