"""DHL Express through the MyDHL API.

Relied upon: DHL's OpenAPI document of the MyDHL API, 3.1.1 (developer.dhl.com/api-reference/dhl-express-mydhl-api); its
table of events for the checkpoint codes; answers recorded by sonnenglas/mydhl-php-sdk; karrio's connector for the
service codes SF (direct signature), DD (duties and taxes paid) and WY (paperless trade).

No call is idempotent. A shipment without an answer is looked up by our reference (``GET /tracking?shipmentReference=``,
which wants the account and a range of days). How soon a new shipment can be found like that is not documented: one that
is not there ten minutes after the attempt, our own caution, is taken not to be made. Were it made after all, its label
was seen by nobody, and DHL invoices what it carries. DHL's test environment tracks nothing but its sample numbers, as
the document says; there the outcome stays unknown. A found shipment has no label: MyDHL hands out waybills and invoices
again (``get-image``), but no transport label, so papers are kept from the first answer or not at all.

There is no call that voids a shipment. A return is a shipment from the customer with an invoice of the type "returns",
paid by the import account; pickups and labels are as for any other. MyDHL wants no number of its own for it.

Unverified: that several numbers go into one tracking call as repeated parameters (as the document says; others join
them by commas) and are told apart only by being there or not; that a pickup that is called off twice is answered with
404 or with 400 "already cancelled"; the way returns are billed within the Emirates; the offset of checkpoints' times
where many are asked about (see `times`).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import InvalidRequest, NotFound, ProviderError
from workers.providers.manifest import Environment
from workers.providers.shipping.dhl_express import objects, requests, tracking
from workers.providers.shipping.dhl_express.errors import (
    NO_SUCH_PLACE,
    NO_SUCH_PRODUCT,
    classify,
    read_fault,
    says_nothing_is_there,
)
from workers.providers.shipping.dhl_express.manifest import (
    MANIFEST,
    MOST_TRACKED,
    TEST_URL,
    DHLExpressCredentials,
    DHLExpressSettings,
)
from workers.providers.shipping.dhl_express.requests import Body
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
from workers.providers.shipping.models import (
    AddressCheck,
    AddressCheckRequest,
    Direction,
    Document,
    ExistingPickup,
    ExistingShipment,
    PickupRequest,
    PickupResult,
    Place,
    ProofOfDelivery,
    Rate,
    RateRequest,
    ShipmentDetails,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)

_SETTLING: Final = timedelta(minutes=10)
_A_DAY: Final = timedelta(days=1)


class DHLExpressConnector(Connector[DHLExpressCredentials, DHLExpressSettings]):
    """Express shipments, their papers, tracking and pickups."""

    manifest = MANIFEST
    credentials_model = DHLExpressCredentials
    settings_model = DHLExpressSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    timeout_seconds = 60.0  # labels take their time
    sensitive_fields = frozenset(
        {"fullName", "companyName", "addressLine1", "addressLine2", "addressLine3", "signedBy"}
    )

    def __init__(
        self,
        credentials: DHLExpressCredentials,
        settings: DHLExpressSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        pair = f"{credentials.api_key.get_secret_value()}:{credentials.api_secret.get_secret_value()}"
        self._headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "x-version": settings.api_version,
        }

    # Prices and shipments.

    async def get_rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """What each product for the route costs the account, in its own currency."""
        body = self._body("get_rates", request, lambda now: requests.rate_body(request, self.settings, now))
        try:
            answer = await self._post("get_rates", "/rates", body, write=False)
        except (InvalidRequest, NotFound) as refused:
            if refused.provider_code in NO_SUCH_PRODUCT:
                return ()
            raise
        rates = self._parse(answer, lambda told: objects.rates_from_answer(told, request.recipient.country))
        return tuple(rate for rate in rates if not request.services or rate.service in request.services)

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Make a shipment; label and invoice come with the answer."""
        return await self._create("create_shipment", request, is_return=request.is_return)

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """Make a shipment from the merchant's customer, paid by the account for what comes in."""
        return await self._create("create_return", request, is_return=True)

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome of `create_shipment`, as the module's text says."""
        operation = "find_shipment"
        now = datetime.now(UTC)
        query = [
            ("shipmentReference", request.own_reference),
            ("shipmentReferenceType", requests.REFERENCE_TYPE),
            ("shipperAccountNumber", self._account(request.is_return)),
            ("dateRangeFrom", (attempted_at.astimezone(UTC) - _A_DAY).date().isoformat()),
            ("dateRangeTo", (max(now, request.ships_at) + _A_DAY).astimezone(UTC).date().isoformat()),
            ("levelOfDetail", "all"),
        ]
        try:
            answer = await self._call(operation, "GET", "/tracking", query=query)
        except NotFound:
            found = None
        else:
            found = self._parse(answer, lambda told: tracking.found_by_reference(told, request.own_reference))
        if found is None and self.base_url == TEST_URL:
            raise self._unknown(operation, "DHL's test environment finds no shipment that was made in it")
        if found is None:
            self._require_settled(operation, attempted_at, _SETTLING)
        return found

    # Where parcels are.

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each stands. One alone is asked about by itself: only then DHL tells the offset of its times."""
        operation = "track_shipments"
        if len(shipments) > MOST_TRACKED:
            raise self._refuse(operation, "shipments", f"DHL is asked about {MOST_TRACKED} at a time")
        askable = [each for each in shipments if tracking.is_air_waybill(each.tracking_number)]
        told = {each.tracking_number: result for each, result in await self._track(operation, askable)}
        wrong = "is not a number of DHL's"
        return tuple(
            told[each.tracking_number].model_copy(update={"shipment_id": each.shipment_id})
            if each.tracking_number in told
            else tracking.unknown(each, wrong)
            for each in shipments
        )

    async def get_proof_of_delivery(self, shipment: ExistingShipment) -> ProofOfDelivery:
        """Who signed and when, and DHL's paper, which it has for some shipments only."""
        operation = "get_proof_of_delivery"
        self._require_air_waybill(operation, shipment)
        ((_, stands),) = await self._track(operation, [shipment])
        if stands.delivered_at is None:
            message = "it is not delivered" if stands.found else tracking.NOT_FOUND
            raise NotFound(message, provider=self.manifest.key, operation=operation)
        path = f"/shipments/{shipment.tracking_number}/proof-of-delivery"
        query = [("shipperAccountNumber", self.settings.account_number), ("content", "epod-summary")]
        try:
            answer = await self._call(operation, "GET", path, query=query)
        except NotFound:
            documents: tuple[Document, ...] = ()
        else:
            documents = self._parse(answer, lambda told: tuple(objects.documents_from(told.get("documents"))))
        return ProofOfDelivery(signed_by=stands.signed_by, delivered_at=stands.delivered_at, documents=documents)

    # Pickups, addresses, health.

    async def schedule_pickup(self, request: PickupRequest) -> PickupResult:
        """Send a driver."""
        operation = "schedule_pickup"
        body = self._fitting(operation, lambda: requests.pickup_body(request, self.settings))
        answer = await self._post(operation, "/pickups", body, reference=str(request.pickup_id))
        return self._parse(answer, lambda told: objects.pickup_from_answer(told, request))

    async def cancel_pickup(self, pickup: ExistingPickup) -> None:
        """Call a pickup off; DHL calls off the whole stop where it has put several pickups together."""
        path = f"/pickups/{quote(pickup.provider_pickup_id, safe='')}"
        requestor = pickup.provider_data.get(objects.REQUESTOR) or "Shipper"
        query = [("requestorName", requestor), ("reason", pickup.reason or "Not needed any more")]
        try:
            await self._call("cancel_pickup", "DELETE", path, query=query)
        except NotFound as missing:
            if missing.http_status != httpx.codes.NOT_FOUND or "not found" not in missing.message.lower():
                raise
        except InvalidRequest as refused:
            if "already cancel" not in refused.message.lower():
                raise

    async def check_address(self, request: AddressCheckRequest) -> AddressCheck:
        """Whether DHL picks up or delivers there."""
        try:
            answer = await self._validate("check_address", request.place, request.direction)
        except (InvalidRequest, NotFound) as refused:
            if refused.provider_code in NO_SUCH_PLACE or isinstance(refused, NotFound):
                return AddressCheck(serviceable=False, message=refused.message)
            raise
        return self._parse(answer, objects.address_check_from_answer)

    async def check_health(self) -> HealthReport:
        """Ask whether DHL delivers in Dubai: cheap, and refused for wrong keys. It proves no account number."""
        dubai = Place(city="Dubai", country="AE")
        return await self._report(self._validate("check_health", dubai, Direction.DELIVERY))

    # How MyDHL is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _error(self, answer: Answer) -> ProviderError:
        said = read_fault(answer.body, answer.status)
        kind = classify(said, answer.status, write=answer.write)
        if kind is NotFound and answer.operation == "find_shipment" and not says_nothing_is_there(answer.body):
            return self._unknown("find_shipment", f"not DHL's word: {said.message}")
        return self._fail(kind, said.message, answer, provider_code=said.code, field=said.field)

    async def _create(self, operation: str, request: ShipmentRequest, *, is_return: bool) -> ShipmentResult:
        body = self._body(
            operation, request, lambda now: requests.shipment_body(request, self.settings, now, is_return=is_return)
        )
        # Where a route has no paperless trade the shipment is made all the same, and the printed invoice goes along.
        paperless = any(each["serviceCode"] == "WY" for each in body.get("valueAddedServices", ()))
        query = [("bypassPLTError", "true")] if paperless else []
        answer = await self._post(operation, "/shipments", body, query=query, reference=str(request.shipment_id))
        return self._parse(answer, lambda told: objects.shipment_from_answer(told, request, body["productCode"]))

    async def _track(
        self, operation: str, shipments: Sequence[ExistingShipment]
    ) -> list[tuple[ExistingShipment, TrackingResult]]:
        if not shipments:
            return []
        numbers = list(dict.fromkeys(each.tracking_number for each in shipments))
        view = [("trackingView", "all-checkpoints"), ("levelOfDetail", "shipment")]
        if len(numbers) == 1:
            path, query = f"/shipments/{numbers[0]}/tracking", [*view, ("requestGMTOffsetPerEvent", "true")]
        else:
            path, query = "/tracking", [*(("shipmentTrackingNumber", number) for number in numbers), *view]
        try:
            answer = await self._call(operation, "GET", path, query=query)
        except NotFound:
            return [(each, tracking.unknown(each)) for each in shipments]
        results = self._parse(answer, lambda told: tracking.results_from_answer(told, shipments))
        return list(zip(shipments, results, strict=True))

    async def _validate(self, operation: str, place: Place, direction: Direction) -> Answer:
        query = [
            ("type", direction.value),
            ("countryCode", place.country),
            ("cityName", place.city),
            ("strictValidation", "false"),
        ]
        if place.postal_code:
            query.append(("postalCode", place.postal_code))
        return await self._call(operation, "GET", "/address-validate", query=query)

    async def _post(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        *,
        query: Sequence[tuple[str, str]] = (),
        reference: str | None = None,
        write: bool = True,
    ) -> Answer:
        """:param reference: DHL's support finds the call by it."""
        return await self._call(
            operation,
            "POST",
            path,
            query=query,
            content=orjson.dumps(body),
            content_type="application/json",
            headers={"Message-Reference": reference} if reference else None,
            write=write,
        )

    def _body(self, operation: str, details: ShipmentDetails, make: Callable[[datetime], Body]) -> Body:
        now = datetime.now(UTC)

        def fitting() -> Body:
            requests.require_fit(details, now)
            return make(now)

        return self._fitting(operation, fitting)

    def _fitting(self, operation: str, make: Callable[[], Body]) -> Body:
        try:
            return make()
        except requests.Unfit as unfit:
            raise self._refuse(operation, unfit.field, str(unfit)) from None

    def _account(self, is_return: bool) -> str:
        own = self.settings.account_number
        return (self.settings.import_account_number or own) if is_return else own

    def _require_air_waybill(self, operation: str, shipment: ExistingShipment) -> None:
        if not tracking.is_air_waybill(shipment.tracking_number):
            raise self._refuse(operation, "tracking_number", "is not a number of DHL's")
