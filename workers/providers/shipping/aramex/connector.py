"""Aramex, by the JSON twins of its SOAP services (``…/ShippingAPI.V2/<service>/Service_1_0.svc/json/<operation>``).

What this relies on. Fields and types: the services' own schemas (live and of three SDKs), against which
`tests/contract` checks every body. Meanings and widths: Aramex's manuals as moharrum/aramex-php, go-aramex-sdk and
others quote them. Products, services, label templates and the customs properties: Aramex's own Magento plugin
(aramexapps/magento2shipping). Answers, dates, errors and tracking: recorded answers in public integrations. Everything
is a POST with the credentials in the body; without ``Accept: application/json`` the answer would be XML.

Unknown outcomes. Nothing looks a shipment up by its reference: integrations send references to TrackShipments and
call an operation TrackShipmentsByRef, but no schema has it, and none says what it finds. So a shipment without an
answer stays unknown until a person has looked at Aramex. Wasl's reference goes into ``ForeignHAWB``, which the manual
wants "unique for each shipment": should Aramex refuse a repetition, that is told as unknown, not as refused.

Returns. Within the country the product RTC, across borders the service RTRN; either is collect, billed to the
recipient's account (PaymentType C, ARCC), which is the merchant's. That is how integrations make them; Aramex's manual
does not speak of it. There is no way to void a shipment, only to call off a pickup.

Unverified, until somebody has an account: whether the milliseconds of tracking dates are UTC, as .NET has it; whether
an item's customs value is meant for one or for all (it is sent for one, like Aramex's plugin does); whether COD needs
both the service CODS and the amount (both are sent); how long a label's address lives (it is fetched at once); the
address of the page that shows a shipment to people; how Aramex tells of too many calls.
"""

from __future__ import annotations

import asyncio
import difflib
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from workers.providers.base import Answer
from workers.providers.capabilities import HealthReport
from workers.providers.errors import InvalidRequest, OutcomeUnknown, ProviderError
from workers.providers.shipping.aramex import objects, requests
from workers.providers.shipping.aramex.errors import first, read_fault
from workers.providers.shipping.aramex.parts import address
from workers.providers.shipping.aramex.products import group_of
from workers.providers.shipping.aramex.wire import AramexWire
from workers.providers.shipping.documents import document
from workers.providers.shipping.models import (
    AddressCheck,
    AddressCheckRequest,
    Document,
    DocumentKind,
    ExistingPickup,
    ExistingShipment,
    LabelFormat,
    PickupRequest,
    PickupResult,
    Place,
    Rate,
    RateRequest,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)

_NO_SHIPMENT: Final = "00000000000"
_CALLED_OFF: Final = re.compile(r"already.{0,20}cancel|cancell?ed (already|before)|is cancell?ed", re.I)

_PAPERS_SECONDS: Final = 8.0
"""How long the papers of what has been bought are waited for; then they are asked for later."""


class AramexConnector(AramexWire):
    """Prices, shipments, labels, returns, pickups, tracking and addresses."""

    # Prices.

    async def get_rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """Ask for each product, all at once. One that Aramex refuses is left out; where all are, it is an error."""
        for end, place in (("sender", request.sender), ("recipient", request.recipient)):
            self._require_address("get_rates", end, place)
        products = requests.products_to_ask(request, self.settings)
        answers = await asyncio.gather(*(self._rate(request, product) for product in products))
        errors = [each for each in answers if isinstance(each, ProviderError)]
        if errors and len(errors) == len(answers):
            raise first(errors)
        return tuple(each for each in answers if isinstance(each, Rate))

    async def _rate(self, request: RateRequest, product: str) -> Rate | ProviderError | None:
        body = requests.rate_body(request, product, self.settings)
        try:
            answer = await self._ask("get_rates", "RateCalculator", "CalculateRate", body)
            return self._parse(answer, lambda told: objects.rate(told, product))
        except ProviderError as error:
            return error

    # Shipments.

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Buy it, with its label."""
        return await self._buy("create_shipment", request, returning=request.is_return)

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """Buy the way back, billed to the account."""
        return await self._buy("create_return", request, returning=True)

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Nothing tells, as the module's text says.

        :raises OutcomeUnknown: always.
        """
        message = f"Aramex cannot be asked for a shipment by its reference; look for {request.own_reference} there"
        raise self._unknown("find_shipment", message)

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """Print the label again; always PDF."""
        body = requests.label_body(shipment, self.settings)
        answer = await self._ask("get_documents", "Shipping", "PrintLabel", body)
        label = self._parse(answer, objects.label)
        content = label.content or (await self._download("get_documents", label.url) if label.url else None)
        if content is None:
            raise self._unreadable(answer)
        return (self._parse(answer, lambda _: document(content, shipment.tracking_number)),)

    # Tracking.

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """Ask for all of them at once."""
        if not shipments:
            return ()
        numbers = [shipment.tracking_number for shipment in shipments]
        answer = await self._ask("track_shipments", "Tracking", "TrackShipments", _tracking_body(numbers))
        return self._parse(answer, lambda told: objects.tracked(told, shipments))

    # Pickups.

    async def schedule_pickup(self, request: PickupRequest) -> PickupResult:
        """Order a driver."""
        operation = "schedule_pickup"
        if wrong := requests.place_fault(request.place):
            raise self._refuse(operation, *wrong)
        body = requests.pickup_body(request, self.settings)
        answer = await self._ask(operation, "Shipping", "CreatePickup", body, write=True)
        return self._parse(answer, lambda told: objects.pickup(told, request.ready_at))

    async def cancel_pickup(self, pickup: ExistingPickup) -> None:
        """Call the driver off."""
        body = {"PickupGUID": pickup.provider_pickup_id, "Comments": pickup.reason or ""}
        answer = await self._post("cancel_pickup", "Shipping", "CancelPickup", body, write=True)
        fault = read_fault(answer.body)
        if fault is not None and not _CALLED_OFF.search(fault.message):
            raise self._refused(fault, answer)

    # Addresses.

    async def check_address(self, request: AddressCheckRequest) -> AddressCheck:
        """Have the address validated; for one that is refused, look for cities of a like name."""
        operation, place = "check_address", request.place
        self._require_address(operation, "place", place)
        body = {"Address": _plain_address(place)}
        answer = await self._post(operation, "Location", "ValidateAddress", body)
        fault = read_fault(answer.body)
        if fault is None:
            return AddressCheck(serviceable=True)
        refused = self._refused(fault, answer)
        if not isinstance(refused, InvalidRequest):
            raise refused
        suggestions = self._parse(answer, objects.suggested) or await self._like_cities(operation, place)
        return AddressCheck(serviceable=False, message=refused.message, suggestions=tuple(suggestions))

    async def _like_cities(self, operation: str, place: Place) -> list[Place]:
        body = {"CountryCode": place.country, "State": None, "NameStartsWith": place.city[:1]}
        answer = await self._post(operation, "Location", "FetchCities", body)
        if read_fault(answer.body) is not None:
            return []
        names = {name.casefold(): name for name in self._parse(answer, objects.cities)}
        near = difflib.get_close_matches(place.city.casefold(), names, n=3)
        return [Place(city=names[each], country=place.country) for each in near]

    # Health.

    async def check_health(self) -> HealthReport:
        """Track a number that does not exist, which proves the login; in the Emirates also ask for a price, which
        proves the account's PIN and entity."""
        return await self._report(self._try_credentials())

    async def _try_credentials(self) -> None:
        operation = "check_health"
        await self._ask(operation, "Tracking", "TrackShipments", _tracking_body([_NO_SHIPMENT]))
        if self.settings.account_country_code != "AE":
            return
        try:
            await self._ask(operation, "RateCalculator", "CalculateRate", requests.probe_body(self.settings))
        except InvalidRequest:
            return  # the account has no such product, but it is one

    # Steps of the above.

    async def _buy(self, operation: str, request: ShipmentRequest, *, returning: bool) -> ShipmentResult:
        if wrong := requests.fault(request, self.settings, returning=returning):
            raise self._refuse(operation, *wrong)
        product = requests.product_for(request, self.settings, returning=returning) or ""
        body = requests.shipment_body(request, product, self.settings, returning=returning)
        since = time.monotonic()
        answer = await self._post(operation, "Shipping", "CreateShipments", body, write=True)
        made = self._parse(answer, lambda told: self._made(told, answer))
        entity = self.settings.account_entity
        result = self._parse(
            answer, lambda _: objects.shipment_result(made, request, product, group_of(request), entity)
        )
        papers = await self._papers(operation, made, result.tracking_number, self._left(since, _PAPERS_SECONDS))
        return result.model_copy(update={"documents": papers})

    def _made(self, body: Mapping[str, Any], answer: Answer) -> Mapping[str, Any]:
        """The shipment that an answer tells of, unless it is refused."""
        shipments = objects.processed(body)
        fault = read_fault(body, *shipments)
        numbers = [number for each in shipments if (number := objects.number(each))]
        if fault is not None and (numbers or fault.was_made_before):
            about = f"shipment {', '.join(numbers)}" if numbers else "a shipment under this reference"
            raise self._fail(OutcomeUnknown, f"Aramex may have {about}: {fault.message}", answer)
        if fault is not None:
            raise self._refused(fault, answer)
        (made,) = shipments
        return made

    async def _papers(
        self, operation: str, made: Mapping[str, Any], number: str, seconds: float
    ) -> tuple[Document, ...]:
        """The label and the invoices. What cannot be had now can be asked for again; the shipment is made.

        :param seconds: how long it may take.
        """
        papers: list[Document] = []
        with suppress(ProviderError, ValueError, TimeoutError):
            async with asyncio.timeout(seconds):
                label = objects.label(made)
                content = label.content or (await self._download(operation, label.url) if label.url else None)
                if content is not None:
                    papers.append(document(content, number))
                for url in objects.invoices(made):
                    invoice = await self._download(operation, url)
                    papers.append(document(invoice, number, DocumentKind.COMMERCIAL_INVOICE))
        return tuple(papers)

    def _require_address(self, operation: str, field: str, place: Place) -> None:
        try:
            address(place)
        except ValueError as error:
            raise self._refuse(operation, f"{field}.line1", str(error)) from None


def _tracking_body(numbers: Sequence[str]) -> dict[str, Any]:
    return {"Shipments": list(numbers), "GetLastTrackingUpdateOnly": False}


def _plain_address(place: Place) -> dict[str, Any]:
    """Without the point on the map: not every version of the service knows it."""
    return {name: value for name, value in address(place).items() if name not in ("Longitude", "Latitude")}
