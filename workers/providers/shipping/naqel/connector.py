"""Naqel Express, its ``XMLShippingService`` (SOAP), version 9.0.

Relied upon: Naqel's own PHP library (https://github.com/naqel/naqel-php : names, enumerations, cities and stations) and
public integrations (an OpenCart and a Magento module, three carriers' hubs, a tracker) for what is answered and for the
order of fields. The client's number and password stand in every body.

A waybill is answered without its label, which ``GetWaybillSticker`` prints. Tracking is ``TraceByMultiWaybillNo``:
the library's ``MultiWayBillTracking`` answers the last state only, in fields that no public code reads.

Unknown outcomes. Nothing is idempotent. The library mentions ``GetWaybillNoByRefNo``, but has no such call, and nobody
shows what it answers; so a lost waybill needs a person, who finds it by ``RefNo`` (Wasl's reference) or ``Reference1``
(the merchant's). A SOAP fault of the client's says that the request could not be read, and nothing was made.

Not offered, since nobody shows how: cancelling a waybill or a pickup (the service has ``CancelWaybill`` and
``CancelBooking``), returns (``CreateRTOWaybill``), prices, and countries beyond the Emirates and Saudi Arabia, whose
cities' codes are not public.

Unverified: the words of refusals (wrong logins are told by them); in which zone times are (Riyadh's is taken);
most event codes (Naqel publishes no table); whether Saudi customs wants the consignee's national id; how exact
``PicesCount`` of a pickup for several destinations has to be (the first shipment's station is named).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    AuthenticationFailed,
    NotFound,
    NotSupported,
    ProviderError,
)
from workers.providers.manifest import Environment
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
from workers.providers.shipping.models import (
    Document,
    ExistingPickup,
    ExistingShipment,
    LabelFormat,
    PickupRequest,
    PickupResult,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.naqel.errors import Fault, refusal, soap_fault
from workers.providers.shipping.naqel.manifest import MANIFEST, NaqelCredentials, NaqelSettings
from workers.providers.shipping.naqel.objects import (
    WAYBILL_NO,
    label_from_answer,
    pickup_from_result,
    result_of,
    shipment_from_result,
    traces,
    tracking_of,
)
from workers.providers.shipping.naqel.places import where
from workers.providers.shipping.naqel.requests import (
    NAMESPACE,
    STATION,
    load_type,
    pickup,
    pickup_fault,
    sticker,
    trace,
    waybill,
    waybill_fault,
)
from workers.providers.xml import SOAP_CONTENT_TYPE, Element, soap_answer

_PATH: Final = "/XMLShippingService.asmx"
_NO_WAYBILL: Final = "10000"


class NaqelConnector(Connector[NaqelCredentials, NaqelSettings]):
    """Waybills, labels, tracking and pickups."""

    manifest = MANIFEST
    credentials_model = NaqelCredentials
    settings_model = NaqelSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    sensitive_fields = frozenset(
        {
            *("ClientID", "Password", "Consignee", "ConsigneeName", "ConsigneeEmail", "ContactPerson"),
            *("Name", "Email", "Address", "FirstAddress", "Near", "Latitude", "Longitude", "GetWaybillStickerResult"),
        }
    )

    def __init__(
        self,
        credentials: NaqelCredentials,
        settings: NaqelSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._login: Mapping[str, Any] = {
            "ClientID": credentials.client_id.get_secret_value(),
            "Password": credentials.password.get_secret_value(),
            "Version": settings.version,
        }

    # Shipments.

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Make a waybill."""
        operation = "create_shipment"
        if wrong := waybill_fault(request):
            raise self._refuse(operation, *wrong)
        body = waybill(request, self.settings, self._login)
        answer = await self._soap(operation, "CreateWaybill", body, write=True)
        made = self._parse(self._accepted(answer, "CreateWaybillResult"), shipment_from_result)
        there = where(request.recipient)
        stations = {STATION: str(there.station)} if there else {}
        service = str(load_type(request, self.settings))
        return made.model_copy(update={"service": service, "provider_data": {**made.provider_data, **stations}})

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Naqel cannot be asked.

        :raises OutcomeUnknown: always.
        """
        raise self._unknown("find_shipment", f"look {request.reference} up at Naqel, whose API finds no references")

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The label, as PDF in the connection's size."""
        operation, number = "get_documents", shipment.tracking_number
        self._require_waybill_no(operation, number)
        body = sticker(number, self.settings, self._login)
        answer = await self._soap(operation, "GetWaybillSticker", body, write=False)
        label = self._parse(answer, lambda printed: label_from_answer(printed, number))
        if label is None:
            raise self._fail(NotFound, "Naqel has no label of this waybill", answer)
        return (label,)

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each of them stands."""
        for shipment in shipments:
            self._require_waybill_no("track_shipments", shipment.tracking_number)
        answer = await self._trace("track_shipments", [shipment.tracking_number for shipment in shipments])
        return self._parse(answer, lambda told: _each(told, shipments))

    # Pickups.

    async def schedule_pickup(self, request: PickupRequest) -> PickupResult:
        """Order a driver."""
        operation = "schedule_pickup"
        if wrong := pickup_fault(request):
            raise self._refuse(operation, *wrong)
        answer = await self._soap(operation, "CreateBooking", pickup(request, self.settings, self._login), write=True)
        booked = self._parse(self._accepted(answer, "CreateBookingResult"), pickup_from_result)
        return booked.model_copy(update={"ready_at": request.ready_at})

    async def cancel_pickup(self, pickup: ExistingPickup) -> None:
        """Nobody shows how.

        :raises NotSupported: always.
        """
        raise NotSupported(
            f"call pickup {pickup.provider_pickup_id} off at Naqel itself",
            provider=MANIFEST.key,
            operation="cancel_pickup",
        )

    async def check_health(self) -> HealthReport:
        """Ask after a waybill that does not exist: cheap, and refused for a wrong login."""
        return await self._report(self._trace("check_health", [_NO_WAYBILL]))

    # How Naqel is spoken to.

    def _decode(self, raw: bytes) -> Any:
        return soap_answer(raw)

    def _error(self, answer: Answer) -> ProviderError:
        if said := soap_fault(answer.body):
            return self._of(said, answer)
        return super()._error(answer)

    async def _soap(self, operation: str, name: str, body: bytes, *, write: bool) -> Answer:
        answer = await self._call(
            operation,
            "POST",
            _PATH,
            content=body,
            content_type=SOAP_CONTENT_TYPE,
            headers={"SOAPAction": f"{NAMESPACE}{name}", "Accept": "text/xml"},
            write=write,
        )
        if said := soap_fault(answer.body):
            raise self._of(said, answer)
        return answer

    async def _trace(self, operation: str, numbers: Sequence[str]) -> Answer:
        """Ask for the events of some waybills. :raises AuthenticationFailed: that is what is wrong with them all."""
        answer = await self._soap(operation, "TraceByMultiWaybillNo", trace(numbers, self._login), write=False)
        for line in self._parse(answer, traces):
            said = refusal(line)
            if said is not None and said.kind(write=False) is AuthenticationFailed:
                raise self._of(said, answer)
        return answer

    def _accepted(self, answer: Answer, name: str) -> Answer:
        """The answer with only its result, unless that refuses what was asked."""
        result: Element = self._parse(answer, lambda body: result_of(body, name))
        if said := refusal(result):
            raise self._of(said, answer)
        return Answer(answer.operation, answer.status, answer.headers, result, answer.write)

    def _of(self, said: Fault, answer: Answer) -> ProviderError:
        return self._fail(said.kind(write=answer.write), said.message, answer, provider_code=said.code)

    def _require_waybill_no(self, operation: str, number: str) -> None:
        if not WAYBILL_NO.fullmatch(number):
            raise self._refuse(operation, "tracking_number", "is not a waybill's number of Naqel's")


def _each(answer: Element, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
    lines = traces(answer)
    return tuple(tracking_of(lines, shipment) for shipment in shipments)
