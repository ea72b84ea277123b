"""Shipa Delivery, version 2 of its API.

Its documentation (developer.shipadelivery.com) is not public. Relied upon: what public integrations send and read alike
(five of them, found by the API's address; one names Shipa's own OpenAPI document as its source). Whether the service
goes on as it was is unverified, and so is whatever a single integration alone says: the names in `statuses`, the codes
there, that ``cancel`` wants one of the reasons 15, 16 and 17, how an unknown order is answered (404 is expected; any
other refusal of a look settles nothing). Orders abroad (``Cross Border``) and ``Pickup`` orders exist, but what they
take is not known. Its webhooks carry no proof that is known of, so parcels are polled.

The key travels in the address of every call (``apikey``). The recorder blanks it by its name, errors by its value; it
has only characters that an address leaves as they are.

Unknown outcomes. An order's ``customerRef`` is Wasl's own reference, and ``GET /orders/{ref}`` reads an order by that
as well as by Shipa's number. Found: it is the shipment. Not found a minute after the attempt: there is none. Whether
Shipa refuses a ``customerRef`` that was there before is not known, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import InvalidRequest, NotFound, ProviderError
from workers.providers.shipping.documents import document
from workers.providers.shipping.fields import FILES_LIMIT_BYTES, file_format
from workers.providers.shipping.models import (
    AddressCheck,
    AddressCheckRequest,
    Document,
    ExistingShipment,
    LabelFormat,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.shipa.errors import is_refusal, read_fault
from workers.providers.shipping.shipa.manifest import MANIFEST, ShipaCredentials, ShipaSettings
from workers.providers.shipping.shipa.objects import (
    NUMBER,
    cities_of,
    shipment_from_order,
    status_of,
    tracking_from_story,
)
from workers.providers.shipping.shipa.requests import COUNTRY, city_of, fault, order_body
from workers.providers.shipping.tracking import not_found

_OTHER_REASON: Final = 17


class ShipaConnector(Connector[ShipaCredentials, ShipaSettings]):
    """Parcels within the Emirates."""

    manifest = MANIFEST
    credentials_model = ShipaCredentials
    settings_model = ShipaSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    sensitive_fields = frozenset({"apikey", "contactName", "contactNo", "address", "email"})

    # Shipments.

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Make an order and confirm it; its label is fetched by `get_documents`."""
        operation = "create_shipment"
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)
        answer = await self._ask(operation, "POST", "/orders", body=order_body(request, self.settings))
        return self._parse(answer, lambda order: shipment_from_order(order, request.own_reference))

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome by reading the order with our reference."""
        operation = "find_shipment"
        try:
            answer = await self._ask(operation, "GET", f"/orders/{request.own_reference}")
        except NotFound:
            self._require_settled(operation, attempted_at)
            return None
        return self._parse(answer, lambda order: shipment_from_order(order, request.own_reference))

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The label, which is a PDF whatever the wish."""
        operation = "get_documents"
        query = (("template", self.settings.label_template), ("copies", "1"), ("mode", "stream"))
        path = f"/orders/{self._number(operation, shipment)}/pdf"
        answer = await self._ask(operation, "GET", path, query=query, accept="application/pdf")
        return (self._parse(answer, document),)

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Cancel an order that Shipa has not picked up."""
        operation = "cancel_shipment"
        path = f"/orders/{self._number(operation, shipment)}"
        status = self._parse(await self._ask(operation, "GET", path), status_of)
        if status is None or "cancel" not in status.casefold():
            await self._ask(operation, "POST", f"{path}/cancel", body={"cancelReasonId": _OTHER_REASON})

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """What has happened to orders; each is one call."""
        return tuple([await self._track(shipment) for shipment in shipments])

    # Places and health.

    async def check_address(self, request: AddressCheckRequest) -> AddressCheck:
        """Whether a place lies in one of the cities that Shipa names."""
        place = request.place
        if not place.is_in_emirates:
            return AddressCheck(serviceable=False, message="Wasl ships with Shipa Delivery within the Emirates only")
        city = city_of(place)
        if city is None:
            return AddressCheck(serviceable=None, message="the city is not known; say the emirate")
        answer = await self._ask("check_address", "GET", f"/countries/{COUNTRY}")
        served = {each.casefold() for each in self._parse(answer, cities_of)}
        if city.casefold() not in served:
            return AddressCheck(serviceable=False, message=f"Shipa Delivery does not name {city} among its cities")
        return AddressCheck(
            serviceable=True, suggestions=() if city == place.city else (place.model_copy(update={"city": city}),)
        )

    async def check_health(self) -> HealthReport:
        """Read the list of countries: cheap, and refused for a wrong key."""
        return await self._report(self._ask("check_health", "GET", "/countries"))

    # How Shipa is spoken to.

    async def _track(self, shipment: ExistingShipment) -> TrackingResult:
        operation = "track_shipments"
        try:
            answer = await self._ask(operation, "GET", f"/orders/{self._number(operation, shipment)}/story")
        except (NotFound, InvalidRequest) as missing:
            return not_found(shipment, missing.message)
        return self._parse(answer, lambda story: tracking_from_story(story, shipment))

    async def _ask(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Sequence[tuple[str, str]] = (),
        accept: str = "application/json",
    ) -> Answer:
        """Make a call with the key; an error inside of HTTP 200 is an error."""
        answer = await self._call(
            operation,
            method,
            path,
            query=(("apikey", self.credentials.api_key.get_secret_value()), *query),
            content=b"" if body is None else orjson.dumps(body),
            content_type=None if body is None else "application/json",
            headers={"Accept": accept},
        )
        if is_refusal(answer.body):
            said = read_fault(answer.body, answer.status)
            raise self._fail(InvalidRequest, said.message, answer, provider_code=said.code, field=said.field)
        return answer

    def _decode(self, raw: bytes) -> Any:
        return raw if file_format(raw) is LabelFormat.PDF else super()._decode(raw)

    def _error(self, answer: Answer) -> ProviderError:
        usual = super()._error(answer)
        said = read_fault(answer.body, answer.status)
        return self._fail(type(usual), said.message, answer, provider_code=said.code, field=said.field)

    def _number(self, operation: str, shipment: ExistingShipment) -> str:
        if not NUMBER.fullmatch(shipment.tracking_number):
            raise self._refuse(operation, "tracking_number", "is not a number of Shipa's")
        return shipment.tracking_number
