"""Jeebly.

Its API description is handed to clients as a Postman collection and is not public. Relied upon: public clients of
``/customer/…`` that agree with each other, among them one of 2026 with answers recorded from the demo host, for paths,
fields, messages and the shapes of answers. All is POST of JSON under the headers ``X-API-KEY`` and ``client_key``.
Answers carry ``success`` as text, with HTTP 200 or 400 when it is ``"false"``, and are JSON whatever their content type
(text/html was seen); labels are the file itself.

Unknown outcomes. Nothing is idempotent, and nothing public shows a shipment looked up by the client's reference: one
without an answer stays unknown until somebody looks into Jeebly's portal.

The unit of ``weight``: two clients send whole kilograms, rounded up, one of them on the word of Jeebly's support;
others pass on what their shops have, some in grams. The connection's settings decide; kilograms unless they say grams.

Unverified: how a city is to be written; whether an event's ``Z`` is UTC (so taken); label formats beside PDF (pictures
were seen; JPEG is none that Wasl keeps). The health check cannot tell a wrong client key where Jeebly answers "Invalid
Customer Key Or Shipment Number".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import InvalidRequest, NotFound, OutcomeUnknown, ProviderError
from workers.providers.manifest import Environment
from workers.providers.shipping.documents import document
from workers.providers.shipping.fields import FILES_LIMIT_BYTES, file_format
from workers.providers.shipping.jeebly.errors import (
    ALREADY_CANCELLED,
    NO_SHIPMENT,
    classify,
    field_of,
    message_of,
    names_shipment,
    succeeded,
)
from workers.providers.shipping.jeebly.manifest import MANIFEST, JeeblyCredentials, JeeblySettings
from workers.providers.shipping.jeebly.objects import shipment_from_answer, tracking_from_answer
from workers.providers.shipping.jeebly.requests import fault, shipment_body
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    LabelFormat,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.tracking import not_found


class JeeblyConnector(Connector[JeeblyCredentials, JeeblySettings]):
    """Shipments, labels, returns, cancellations and tracking."""

    manifest = MANIFEST
    credentials_model = JeeblyCredentials
    settings_model = JeeblySettings
    response_limit_bytes = FILES_LIMIT_BYTES
    sensitive_fields = frozenset(
        {"rider_name", "pod_image", "signature_image"}
        | {
            f"{end}_address_{part}"
            for end in ("origin", "destination")
            for part in ("name", "house_no", "building_name", "landmark")
        }
    )

    def __init__(
        self,
        credentials: JeeblyCredentials,
        settings: JeeblySettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._headers = {
            "X-API-KEY": credentials.api_key.get_secret_value(),
            "client_key": credentials.client_key.get_secret_value(),
        }

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Book a shipment, or a return where it is one. Its label has to be fetched."""
        return await self._book("create_shipment", request)

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """Have goods fetched from the customer."""
        return await self._book("create_return", request.model_copy(update={"is_return": True}))

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Cannot be told: see the module's text. :raises OutcomeUnknown: always."""
        raise self._unknown("find_shipment", "Jeebly cannot be asked for a shipment by its reference; see its portal")

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The label, as PDF, or as the picture that Jeebly makes instead."""
        number = shipment.tracking_number
        answer = await self._post("get_documents", "generate_shipment_label", {"reference_number": number}, write=False)
        return (self._parse(answer, lambda content: document(content, number)),)

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Give it up before it is fetched."""
        try:
            await self._post("cancel_shipment", "cancel_shipment", {"reference_number": shipment.tracking_number})
        except InvalidRequest as refused:
            if not ALREADY_CANCELLED.search(refused.message):
                raise

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each of them stands, one call each."""
        return tuple([await self._track(shipment) for shipment in shipments])

    async def check_health(self) -> HealthReport:
        """Ask for a shipment that there is not: cheap, and refused otherwise for wrong keys."""
        return await self._report(self._ask_for_nothing())

    # How Jeebly is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _decode(self, raw: bytes) -> Any:
        """JSON, or a label as it is."""
        return raw if file_format(raw) else super()._decode(raw)

    def _error(self, answer: Answer) -> ProviderError:
        message = message_of(answer.body, answer.status)
        kind = classify(message, answer.status, write=answer.write)
        if answer.write and names_shipment(answer.body):
            kind = OutcomeUnknown
        return self._fail(kind, message, answer, field=field_of(message))

    async def _post(self, operation: str, path: str, body: Mapping[str, Any], *, write: bool = True) -> Answer:
        """The answer, if it says that it worked."""
        answer = await self._call(
            operation,
            "POST",
            f"/customer/{path}",
            content=orjson.dumps(body),
            content_type="application/json",
            write=write,
        )
        if isinstance(answer.body, bytes) or self._parse(answer, succeeded):
            return answer
        raise self._error(answer)

    async def _book(self, operation: str, request: ShipmentRequest) -> ShipmentResult:
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)
        body = shipment_body(request, self.settings)
        answer = await self._post(operation, "create_shipment", body)
        return self._parse(answer, lambda made: shipment_from_answer(made, body["delivery_type"]))

    async def _track(self, shipment: ExistingShipment) -> TrackingResult:
        try:
            answer = await self._ask_for(shipment.tracking_number, "track_shipments")
        except (NotFound, InvalidRequest) as error:
            return not_found(shipment, error.message)
        return self._parse(answer, lambda body: tracking_from_answer(body, shipment))

    async def _ask_for(self, number: str, operation: str) -> Answer:
        return await self._post(operation, "track_shipment", {"reference_number": number}, write=False)

    async def _ask_for_nothing(self) -> None:
        try:
            await self._ask_for("NONE", "check_health")
        except NotFound as absent:
            if not NO_SHIPMENT.search(absent.message):  # somebody else's 404: the address is wrong
                raise
