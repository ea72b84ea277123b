"""EMX, Emirates Post's courier: its "generic API".

No reference of it is public but for the page on pushes (https://developers.emiratespost.ae/customerendpoint.html ).
Everything else is relied upon as public integrations use it: bookings and prices in JSON by several of them (a shop
system, an Odoo module, two web shops, a mobile app), tracking and printing a label again in SOAP by two and one. The
account's number and password go into headers, and into SOAP's header for SOAP.

What there is not, or nobody has shown: cancelling, returns, insurance, several parcels of one booking, a lookup by
reference. So an unknown outcome stays unknown: a person has to look it up at EMX, where ``ReferenceNo`` is the
merchant's reference. A pickup is ordered with the booking.

Unverified: where prices have ``serviceResult`` and its messages (wrong logins are told by words in them); what tells
``RequestType`` Booking from Shipment; the ``PaymentType`` of cash at the door (integrations disagree, so it is a
setting); product codes and ``NatureType``; how customs' lines are written in JSON (here as in SOAP); whether
abroad is priced in JSON with ``ShipmentType`` ALL, as it is in SOAP; whether prices include VAT; how tracking writes
times (several ways are read; any other is an unreadable answer), and which words it uses. One integration is
written for another address (api.emiratespost.ae, with a cancellation), and says itself that it is to be confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import InvalidRequest, ProviderError
from workers.providers.manifest import Environment
from workers.providers.shipping.emx.errors import refusal
from workers.providers.shipping.emx.manifest import MANIFEST, EMXCredentials, EMXSettings, Service
from workers.providers.shipping.emx.objects import (
    AWB,
    SERVICE,
    label_from_answer,
    rates_from_answer,
    shipment_from_answer,
    tracking_from_answer,
)
from workers.providers.shipping.emx.places import ABU_DHABI, Where, city_id, country_id, in_emirates
from workers.providers.shipping.emx.requests import (
    ALL_SERVICES,
    BOOKING,
    TRACKING,
    booking_body,
    booking_fault,
    content_type,
    details_fault,
    label_body,
    rate_body,
    tracking_body,
)
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
from workers.providers.shipping.models import (
    AddressCheck,
    AddressCheckRequest,
    Direction,
    Document,
    ExistingShipment,
    LabelFormat,
    Parcel,
    Place,
    Rate,
    RateRequest,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.tracking import not_found
from workers.providers.xml import SOAP_CONTENT_TYPE, soap_answer

_TRIAL_PARCEL: Final = Parcel(
    weight_kg=Decimal(1), length_cm=Decimal(10), width_cm=Decimal(10), height_cm=Decimal(10), description="Sample"
)
_UNLISTED: Final[Mapping[str, str]] = {
    "country": "EMX does not list this country",
    "city": "is not among EMX's cities of that country",
}


class EMXConnector(Connector[EMXCredentials, EMXSettings]):
    """Prices, bookings with their labels, and tracking."""

    manifest = MANIFEST
    credentials_model = EMXCredentials
    settings_model = EMXSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    # Accounts have been seen whose password is their number.
    sensitive_fields = frozenset(
        {
            *("AccountNo", "accountno", "Password", "password", "AWBLabel", "Latitude", "Longitude"),
            *("SenderContactName", "SenderCompanyName", "SenderAddress", "SenderEmail"),
            *("ReceiverContactName", "ReceiverCompanyName", "ReceiverAddress", "ReceiverEmail"),
        }
    )

    def __init__(
        self,
        credentials: EMXCredentials,
        settings: EMXSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._login = (credentials.account_no.get_secret_value(), credentials.password.get_secret_value())

    # Prices and places.

    async def get_rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """What each service costs: within the Emirates those that are asked for, else the connection's own; abroad all
        that EMX has."""
        operation = "get_rates"
        if wrong := details_fault(request):
            raise self._refuse(operation, *wrong)
        where = in_emirates(request.recipient) or await self._country(operation, request.recipient.country)
        usual = self.settings.service.value if request.is_domestic else ALL_SERVICES
        services = [each for each in request.services if each in list(Service)] if request.services else [usual]
        if where is None:
            return ()
        found = [await self._price(operation, request, where, service) for service in services]
        return tuple(rate for rates in found for rate in rates)

    async def check_address(self, request: AddressCheckRequest) -> AddressCheck:
        """Whether a place is among those that EMX lists; the Emirates are known without asking."""
        place = request.place
        if place.is_in_emirates:
            known = in_emirates(place) is not None
            return AddressCheck(serviceable=known or None, message=None if known else "the emirate is not known")
        if request.direction is Direction.PICKUP:
            return AddressCheck(serviceable=False, message="EMX picks up in the Emirates only")
        found = await self._abroad("check_address", place)
        return AddressCheck(serviceable=not isinstance(found, str), message=_UNLISTED.get(str(found)))

    # Shipments.

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Book it, with its label and, as the connection's settings say, a driver."""
        operation = "create_shipment"
        if wrong := booking_fault(request, self.settings):
            raise self._refuse(operation, *wrong)
        destination = in_emirates(request.recipient) or await self._abroad(operation, request.recipient)
        if isinstance(destination, str):
            raise self._refuse(operation, f"recipient.{destination}", _UNLISTED[destination])
        body = booking_body(request, self.settings, destination)
        answer = await self._post(operation, "/booking/rest/CreateBooking", body, write=True)
        return self._parse(answer, lambda made: shipment_from_answer(made, body["BookingRequest"]["ShipmentType"]))

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """EMX cannot be asked.

        :raises OutcomeUnknown: always.
        """
        raise self._unknown("find_shipment", f"look {request.reference} up at EMX, whose API finds no references")

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The label again, as PDF."""
        self._require_awb("get_documents", shipment.tracking_number)
        body = label_body(*self._login, shipment.tracking_number, shipment.provider_data.get(SERVICE))
        answer = await self._soap("get_documents", "/booking", f"{BOOKING}PrintLabel", body)
        return (self._parse(answer, lambda printed: label_from_answer(printed, shipment.tracking_number)),)

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each of them stands, by a call for each."""
        return tuple([await self._track(shipment) for shipment in shipments])

    async def check_health(self) -> HealthReport:
        """Ask the price of a parcel from Dubai to Abu Dhabi: the lists of places are open to anybody."""
        asked = RateRequest(
            sender=Place(city="Dubai", country="AE"),
            recipient=Place(city="Abu Dhabi", country="AE"),
            parcels=(_TRIAL_PARCEL,),
            ships_at=datetime.now(UTC),
            description="Sample",
        )
        return await self._report(self._price("check_health", asked, ABU_DHABI, self.settings.service.value))

    # How EMX is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        account_no, password = self._login
        return {"AccountNo": account_no, "Password": password}

    def _decode(self, raw: bytes) -> Any:
        return soap_answer(raw) if raw.lstrip().startswith(b"<") else super()._decode(raw)

    def _error(self, answer: Answer) -> ProviderError:
        usual = super()._error(answer)
        said = refusal(answer.body)
        kind = said.kind(write=False) if said and not answer.write else type(usual)
        code = said.code if said else None
        return self._fail(kind, said.message if said else usual.message, answer, provider_code=code)

    async def _post(self, operation: str, path: str, body: Mapping[str, Any], *, write: bool) -> Answer:
        answer = await self._call(
            operation, "POST", path, content=orjson.dumps(body), content_type="application/json", write=write
        )
        return self._accepted(answer)

    async def _soap(self, operation: str, path: str, action: str, body: bytes) -> Answer:
        answer = await self._call(
            operation,
            "POST",
            path,
            content=body,
            content_type=SOAP_CONTENT_TYPE,
            headers={"SOAPAction": action, "Accept": "text/xml"},
            write=False,
        )
        return self._accepted(answer)

    def _accepted(self, answer: Answer) -> Answer:
        """The answer, unless it refuses what was asked although its status is good."""
        if said := refusal(answer.body):
            raise self._fail(said.kind(write=answer.write), said.message, answer, provider_code=said.code)
        return answer

    async def _price(self, operation: str, request: RateRequest, where: Where, service: str) -> tuple[Rate, ...]:
        body = rate_body(request, self.settings, where, service)
        answer = await self._post(operation, "/ratecalculator/rest/CalculatePriceRate", body, write=False)
        kind, domestic = content_type(request), request.is_domestic
        return self._parse(answer, lambda told: rates_from_answer(told, kind, domestic=domestic))

    async def _track(self, shipment: ExistingShipment) -> TrackingResult:
        number = shipment.tracking_number
        self._require_awb("track_shipments", number)
        body = tracking_body(*self._login, number)
        try:
            answer = await self._soap("track_shipments", "/tracking", f"{TRACKING}TrackShipmentByAwbNo", body)
        except InvalidRequest as unknown:
            return not_found(shipment, unknown.message)
        return self._parse(answer, lambda told: tracking_from_answer(told, shipment))

    async def _country(self, operation: str, code: str) -> Where | None:
        """A country in EMX's ids; None when it does not deliver there."""
        answer = self._accepted(await self._call(operation, "GET", "/lookups/rest/GetCountries"))
        found = self._parse(answer, lambda body: country_id(body, code))
        return None if found is None else Where(found, None, "")

    async def _abroad(self, operation: str, place: Place) -> Where | str:
        """A place abroad in EMX's ids, or the name of the field that is not in its lists (`_UNLISTED`)."""
        country = await self._country(operation, place.country)
        if country is None:
            return "country"
        query = [("CountryId", str(country.country))]
        cities = await self._call(operation, "GET", "/lookups/rest/GetCitiesByCountryId", query=query)
        city = self._parse(self._accepted(cities), lambda body: city_id(body, place.city))
        return "city" if city is None else Where(country.country, city, place.state or place.city)

    def _require_awb(self, operation: str, number: str) -> None:
        if not AWB.fullmatch(number):
            raise self._refuse(operation, "tracking_number", "is not an air waybill of EMX's")
