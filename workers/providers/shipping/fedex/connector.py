"""FedEx's REST API.

Relied upon: FedEx's OpenAPI documents of Ship, Rates, Track, Pickup Request, Service Availability and Authorization
(all v1, as copied by ShipStream/fedex-rest-php-sdk and karrioapi/karrio), its API reference guide (currencies, services
of the region, status codes, reference types), its pages on Advanced Integrated Visibility. What others recorded or
found out is named where it is used.

Sandbox. FedEx's own sandbox is virtualised: it answers samples, tracks only its mock numbers, and finds no reference.

Unknown outcomes. ``x-customer-transaction-id`` is for support, not a key against doing things twice. A shipment carries
Wasl's reference as CUSTOMER_REFERENCE on each parcel, and POST /track/v1/referencenumbers finds it by that: what is
found settles a lost answer, though without its label, which FedEx prints once only. That nothing is found proves
nothing, at no time: when a label reaches tracking is not documented (integrators say up to a day), and one reports a
reference that FedEx's website finds and this API does not. So `find_shipment` never answers None. FedEx does not refuse
a repeated reference either. Cancelling is settled by cancelling again: FedEx says that it is done already.

Unverified: which services an account has within the Emirates (FedEx lists FIRST, PRIORITY and STANDARD_OVERNIGHT for
the region); that a signature can be asked for outside the United States, Canada and Europe; that delivery instructions
are read for Express; FedEx's codes of the emirates, from one integration; which of two names the end of the reference
search's range has (both are sent), and whether "not found" comes there with 200 or 404 (both are read); the value of
documents to customs (told as zero where none is declared); how a parcel that came back is told (see `statuses`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    InvalidRequest,
    NotFound,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.shipping.fedex import events, inquiries, objects, tracking
from workers.providers.shipping.fedex.errors import (
    CANCELLED,
    NO_DOCUMENT,
    NOT_SERVED,
    PICKUP_CANCELLED,
)
from workers.providers.shipping.fedex.parties import Unfit, local
from workers.providers.shipping.fedex.requests import rate_body, ship_body
from workers.providers.shipping.fedex.wire import FedExWire, Keys
from workers.providers.shipping.models import (
    AddressCheck,
    AddressCheckRequest,
    ExistingPickup,
    ExistingShipment,
    PickupRequest,
    PickupResult,
    ProofOfDelivery,
    Rate,
    RateRequest,
    ShipmentRequest,
    ShipmentResult,
    ShipmentStatus,
    TrackingResult,
)

BuiltT = TypeVar("BuiltT")

RATES, SHIPMENTS, TRACK = "/rate/v1/rates/quotes", "/ship/v1/shipments", "/track/v1/trackingnumbers"


class FedExConnector(FedExWire):
    """Parcels with FedEx Express."""

    # Prices and shipments.

    async def get_rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """What each service costs, in the wished currency where FedEx has it."""
        body = self._fit("get_rates", lambda: rate_body(request, self.settings))
        try:
            answer = await self._ask("get_rates", RATES, body)
        except InvalidRequest as refused:
            if refused.provider_code in NOT_SERVED:
                return ()
            raise
        return self._parse(answer, lambda body: objects.rates(body, request))

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Buy a shipment, with a label for each parcel, and the commercial invoice for customs."""
        return await self._buy("create_shipment", request, is_return=request.is_return)

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """Buy a label that the customer sticks on what comes back; the merchant's account pays."""
        return await self._buy("create_return", request, is_return=True)

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome of buying, as the module's text says: found, or still unknown; never None."""
        operation = "find_shipment"
        body = inquiries.reference_body(request, self.settings, attempted_at)
        try:
            answer = await self._ask(operation, "/track/v1/referencenumbers", body, self._track_keys)
        except NotFound as missing:
            raise self._unknown(operation, f"not found by its reference, which proves nothing: {missing}") from missing
        parcels = self._parse(answer, objects.parcels_found)
        if len(parcels) != len(request.parcels):
            message = f"{len(parcels)} of {len(request.parcels)} parcels found by its reference, which proves nothing"
            raise self._unknown(operation, message)
        return self._parse(answer, lambda _: objects.found_shipment(parcels, request))

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Give a shipment up, with all its parcels. ``cancelledShipment: false`` is a refusal, whatever the status."""
        operation = "cancel_shipment"
        body = inquiries.cancel_body(shipment, self.settings)
        try:
            answer = await self._exchange(operation, "PUT", f"{SHIPMENTS}/cancel", body)
        except InvalidRequest as refused:
            if refused.provider_code in CANCELLED:
                return
            raise
        done, message = self._parse(answer, lambda body: _cancellation(body["output"]))
        if not done:
            raise self._fail(InvalidRequest, message, answer, field="tracking_number")

    # Tracking.

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How up to thirty shipments stand; an error that FedEx has for one number is that one's."""
        if not shipments:
            return ()
        body = inquiries.track_body(shipment.tracking_number for shipment in shipments)
        answer = await self._ask("track_shipments", TRACK, body, self._track_keys)
        found = self._parse(answer, tracking.results_by_number)
        return tuple(_result_of(shipment, found) for shipment in shipments)

    async def get_proof_of_delivery(self, shipment: ExistingShipment) -> ProofOfDelivery:
        """Who signed, and FedEx's letter with the signature, where it has one."""
        operation = "get_proof_of_delivery"
        answer = await self._ask(operation, TRACK, inquiries.track_body([shipment.tracking_number]), self._track_keys)
        result = self._parse(answer, tracking.results_by_number).get(shipment.tracking_number)
        if result is None or result.status is not ShipmentStatus.DELIVERED:
            raise self._fail(NotFound, "it is not delivered yet", answer)
        body = inquiries.proof_body(shipment, self.settings)
        try:
            answer = await self._ask(operation, "/track/v1/trackingdocuments", body, self._track_keys)
            documents = self._parse(answer, objects.proof_documents)
        except (InvalidRequest, NotFound) as refused:
            if refused.provider_code not in NO_DOCUMENT:
                raise
            documents = ()
        return ProofOfDelivery(signed_by=result.signed_by, delivered_at=result.delivered_at, documents=documents)

    # Pickups and places.

    async def schedule_pickup(self, request: PickupRequest) -> PickupResult:
        """Order a driver of FedEx Express."""
        operation = "schedule_pickup"
        body = self._fit(operation, lambda: inquiries.pickup_body(request, self.settings))
        answer = await self._exchange(operation, "POST", "/pickup/v1/pickups", body, reference=request.pickup_id.hex)
        day = local(request.ready_at, request.place).date().isoformat()
        return self._parse(answer, lambda body: _pickup(body["output"], request, day))

    async def cancel_pickup(self, pickup: ExistingPickup) -> None:
        """Call a driver off."""
        body = self._fit("cancel_pickup", lambda: inquiries.cancel_pickup_body(pickup, self.settings))
        try:
            await self._exchange("cancel_pickup", "PUT", "/pickup/v1/pickups/cancel", body)
        except InvalidRequest as refused:
            if refused.provider_code not in PICKUP_CANCELLED:
                raise

    async def check_address(self, request: AddressCheckRequest) -> AddressCheck:
        """Which services go between a place and the city one ships from. FedEx judges cities, not streets."""
        operation = "check_address"
        body = self._fit(operation, lambda: inquiries.availability_body(request, self.settings))
        try:
            answer = await self._ask(operation, "/availability/v1/packageandserviceoptions", body)
        except InvalidRequest as refused:
            if refused.provider_code not in NOT_SERVED:
                raise
            return AddressCheck(serviceable=False, message=refused.message)
        offered = self._parse(answer, objects.services)
        return AddressCheck(serviceable=bool(offered), services=offered)

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Trade the keys for tokens, and ask for a price, which only the account's own number gets."""
        return await self._report(self._prove())

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`."""
        return events.verify(request, secrets)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # Steps of the above.

    async def _buy(self, operation: str, request: ShipmentRequest, *, is_return: bool) -> ShipmentResult:
        body = self._fit(operation, lambda: ship_body(request, self.settings, is_return=is_return))
        answer = await self._exchange(operation, "POST", SHIPMENTS, body, reference=request.own_reference)
        return self._parse(answer, lambda body: objects.shipment(body, request))

    async def _prove(self) -> None:
        """A new token of each pair of keys, and a call that the account is needed for."""
        if self._track_keys is not self._keys:
            await self._new_token("check_health", self._track_keys)
        fresh = Keys(self._keys.client_id, self._keys.client_secret)
        try:
            await self._ask("check_health", RATES, inquiries.probe_body(self.settings), fresh)
        except InvalidRequest:
            return  # whatever is wrong with the question, keys and account are not

    def _fit(self, operation: str, build: Callable[[], BuiltT]) -> BuiltT:
        """What is built of a request, unless FedEx would refuse it."""
        try:
            return build()
        except Unfit as wrong:
            raise self._refuse(operation, wrong.field, str(wrong)) from None


def _cancellation(output: Mapping[str, Any]) -> tuple[bool, str]:
    done = output["cancelledShipment"]
    if not isinstance(done, bool):
        raise ValueError("cancelledShipment is not true or false")
    return done, str(output.get("message") or "FedEx did not cancel the shipment")


def _result_of(shipment: ExistingShipment, found: Mapping[str, TrackingResult]) -> TrackingResult:
    number = shipment.tracking_number
    result = found.get(number) or TrackingResult(tracking_number=number, message="FedEx did not answer for this number")
    return result.model_copy(update={"shipment_id": shipment.shipment_id})


def _pickup(output: Mapping[str, Any], request: PickupRequest, day: str) -> PickupResult:
    return PickupResult(
        provider_pickup_id=str(output["pickupConfirmationCode"]),
        ready_at=request.ready_at,
        message=output.get("message"),
        provider_data={"location": str(output.get("location") or ""), "date": day},
    )
