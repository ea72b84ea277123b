"""FedEx's REST API.

Relied upon: FedEx's OpenAPI documents of Ship, Rates, Track, Pickup Request, Service Availability and Authorization
(all v1, as copied by ShipStream/fedex-rest-php-sdk and karrioapi/karrio), its API reference guide (currencies, services
of the region, status codes, reference types), its pages on Advanced Integrated Visibility. What others recorded or
found out is named where it is used.

Tokens. A project's key pair is traded for a token that holds an hour; the token endpoint is throttled by address (403
for ten minutes, say integrators), so one token serves all calls until shortly before its end, and one that is refused
is renewed once. Tracking may need a project, and so keys, of its own.

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
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import httpx
import orjson

from workers.providers.base import Answer, Connector, retry_after_seconds
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    RefusedForNow,
    error_class,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.manifest import Environment
from workers.providers.shipping.fedex import events, inquiries, objects, tracking
from workers.providers.shipping.fedex.errors import (
    CANCELLED,
    NO_DOCUMENT,
    NOT_SERVED,
    PICKUP_CANCELLED,
    has_errors,
    read_fault,
    was_made,
)
from workers.providers.shipping.fedex.manifest import MANIFEST, FedExCredentials, FedExSettings
from workers.providers.shipping.fedex.parties import Unfit, local
from workers.providers.shipping.fedex.requests import rate_body, ship_body
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
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
from workers.providers.tokens import AccessToken, TokenCache

BuiltT = TypeVar("BuiltT")

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105
RATES, SHIPMENTS, TRACK = "/rate/v1/rates/quotes", "/ship/v1/shipments", "/track/v1/trackingnumbers"
_TOKEN_MARGIN_SECONDS: Final = 300.0
_THROTTLED_SECONDS: Final = 600.0
_JSON: Final = "application/json"


class _Keys:
    """A project's key pair, and the token it has been traded for."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self.tokens = TokenCache(_TOKEN_MARGIN_SECONDS)


class FedExConnector(Connector[FedExCredentials, FedExSettings]):
    """Parcels with FedEx Express."""

    manifest = MANIFEST
    credentials_model = FedExCredentials
    settings_model = FedExSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    timeout_seconds = 60.0
    sensitive_fields = frozenset(
        {"client_id", "document", "documents", "emailAddress", "encodedLabel", "personName", "streetLines"}
        | {"receivedByName", "signedByName", "tins"}
    )

    def __init__(
        self,
        credentials: FedExCredentials,
        settings: FedExSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._keys = _Keys(credentials.client_id.get_secret_value(), credentials.client_secret.get_secret_value())
        self._track_keys = self._keys
        if credentials.track_client_id and credentials.track_client_secret:
            self._track_keys = _Keys(
                credentials.track_client_id.get_secret_value(), credentials.track_client_secret.get_secret_value()
            )

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

    # How FedEx is spoken to.

    def _error(self, answer: Answer) -> ProviderError:
        """Also for a refusal that comes with a good status."""
        fault = read_fault(answer.body, answer.status)
        kind = InvalidRequest if answer.status < 300 else error_class(answer.status, write=answer.write)
        if issubclass(kind, InvalidRequest) and fault.about_account:
            kind = AuthenticationFailed
        if answer.write and was_made(answer.body):
            kind = OutcomeUnknown
        details: dict[str, Any] = {}
        if issubclass(kind, InvalidRequest):
            details = {"field": fault.field}
        elif issubclass(kind, RefusedForNow):
            details = {"retry_after": retry_after_seconds(answer.headers)}
        return self._fail(kind, fault.message, answer, provider_code=fault.code, request_id=fault.request_id, **details)

    async def _ask(self, operation: str, path: str, body: Mapping[str, Any], keys: _Keys | None = None) -> Answer:
        """Ask a question, which FedEx takes by POST as well."""
        return await self._exchange(operation, "POST", path, body, keys=keys, write=False)

    async def _exchange(
        self,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any],
        *,
        keys: _Keys | None = None,
        write: bool = True,
        reference: str | None = None,
    ) -> Answer:
        """Make a call under a token; one that is refused for its token is made again under a new one, once.

        :param reference: goes with the call for FedEx's support.
        """
        keys = keys or self._keys

        async def under(token: str) -> Answer:
            headers = {"Authorization": f"Bearer {token}", "X-locale": "en_US"}
            if reference:
                headers["x-customer-transaction-id"] = reference
            content = orjson.dumps(body)
            return await self._call(
                operation, method, path, content=content, content_type=_JSON, headers=headers, write=write
            )

        token = await keys.tokens.get(lambda: self._new_token(operation, keys))
        try:
            answer = await under(token)
        except AuthenticationFailed as refused:
            if refused.http_status != httpx.codes.UNAUTHORIZED:
                raise
            keys.tokens.forget(token)
            answer = await under(await keys.tokens.get(lambda: self._new_token(operation, keys)))
        if has_errors(answer.body):
            raise self._error(answer)
        return answer

    async def _new_token(self, operation: str, keys: _Keys) -> AccessToken:
        form = {
            "grant_type": "client_credentials",
            "client_id": keys.client_id,
            "client_secret": keys.client_secret,
        }
        try:
            answer = await self._call(
                operation,
                "POST",
                TOKEN_PATH,
                content=urlencode(form).encode(),
                content_type=FORM_CONTENT_TYPE,
                write=False,
            )
        except AuthenticationFailed as refused:
            if refused.http_status != httpx.codes.FORBIDDEN:
                raise
            # Too many tokens were asked for from this address; wrong keys are a 401.
            raise RateLimited(refused.message, retry_after=_THROTTLED_SECONDS, **_facts_of(refused)) from None
        except (InvalidRequest, NotFound) as refused:
            raise AuthenticationFailed(refused.message, **_facts_of(refused)) from None
        return self._parse(answer, lambda body: AccessToken(str(body["access_token"]), float(body["expires_in"])))

    async def _buy(self, operation: str, request: ShipmentRequest, *, is_return: bool) -> ShipmentResult:
        body = self._fit(operation, lambda: ship_body(request, self.settings, is_return=is_return))
        answer = await self._exchange(operation, "POST", SHIPMENTS, body, reference=request.own_reference)
        return self._parse(answer, lambda body: objects.shipment(body, request))

    async def _prove(self) -> None:
        """A new token of each pair of keys, and a call that the account is needed for."""
        if self._track_keys is not self._keys:
            await self._new_token("check_health", self._track_keys)
        fresh = _Keys(self._keys.client_id, self._keys.client_secret)
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


def _facts_of(error: ProviderError) -> Any:
    names = ("provider", "operation", "http_status", "provider_code", "request_id")
    return {name: getattr(error, name) for name in names}


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
