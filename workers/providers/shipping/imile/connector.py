"""iMile's open API, version 1.0.0 of its envelope.

Documentation https://imiledeveloperskit.docs.apiary.io and https://developer.imile.com , neither of which could be read
in full; relied upon are public integrations that quote it: codes of errors and of tracking, countries, the signature
(with the guide's own example), the fields of an order, and what its answers hold. Every call is a signed POST (see
`envelope`) under an access token that holds two hours; codes 402, 407 and 408 have it traded once more.

Unknown outcomes. An order's number is Wasl's own reference, and iMile takes a number only once: a repeated one is
refused with 30001. So an order that was made before is never made twice; whether by `find_shipment` or by that
refusal, it is then printed again by its number (``reprintOrder``), which tells its waybill, with the label. Code 40018
or 22185 a minute after the attempt says that there is none.

Unverified: which of the names ``track/list`` has for its numbers is right (``orderNo``, as two integrations that work
elsewhere send it, against ``orderCodes``); the shape of its answer; that 40018 or 22185 is what ``reprintOrder`` says
of an unknown number; what ``pickupService`` does; whether prices are with tax; lengths. Returns (another
``orderType``) and ``/order/pick/notify``, which cannot be taken back, are not built. iMile's pushes are not signed;
parcels are polled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx

from workers.providers.base import Answer, Connector, ParsedT
from workers.providers.capabilities import HealthReport
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, OutcomeUnknown, ProviderError
from workers.providers.manifest import Environment
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
from workers.providers.shipping.imile.envelope import sealed
from workers.providers.shipping.imile.errors import (
    DUPLICATE,
    FIELDS,
    SUCCESS,
    TOKEN_CODES,
    UNSERVED,
    classify,
    code_of,
    message_of,
)
from workers.providers.shipping.imile.manifest import COUNTRIES, MANIFEST, SERVICE, IMileCredentials, IMileSettings
from workers.providers.shipping.imile.objects import (
    NUMBER,
    Record,
    labels,
    rate_from_fee,
    records_by_number,
    shipment_from_order,
    tracking_from_record,
)
from workers.providers.shipping.imile.requests import fault, order_param, price_param
from workers.providers.shipping.imile.statuses import CANCELLED
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    LabelFormat,
    Rate,
    RateRequest,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.tracking import not_found, unread
from workers.providers.tokens import AccessToken, TokenCache

_TOKEN_MARGIN_SECONDS: Final = 60.0  # longer than a call may take
_BY_WAYBILL: Final = "1"
_BY_ORDER_NO: Final = "2"
_ENGLISH: Final = "2"


class IMileConnector(Connector[IMileCredentials, IMileSettings]):
    """Parcels in the Gulf and beyond."""

    manifest = MANIFEST
    credentials_model = IMileCredentials
    settings_model = IMileSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    sensitive_fields = frozenset({"sign", "contacts", "address", "email", "imileAwb"})

    def __init__(
        self,
        credentials: IMileCredentials,
        settings: IMileSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._tokens = TokenCache(_TOKEN_MARGIN_SECONDS)

    # Shipments.

    async def get_rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """What the one service costs; nothing where iMile has none for the route, or not for this account."""
        if request.services and SERVICE not in request.services:
            return ()
        if not {request.sender.country, request.recipient.country} <= COUNTRIES.keys():
            return ()
        try:
            answer = await self._ask("get_rates", "/client/order/calShippingFee", price_param(request))
        except InvalidRequest as refused:
            if refused.provider_code in UNSERVED or "no open" in refused.message.casefold():
                return ()
            raise
        return (self._parse(answer, lambda body: rate_from_fee(body["data"])),)

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Make an order; its label comes with it."""
        operation = "create_shipment"
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)
        param = order_param(request, self.settings)
        try:
            answer = await self._ask(operation, "/client/order/v2/createOrder", param, write=True)
        except (InvalidRequest, OutcomeUnknown) as refused:
            if refused.provider_code != DUPLICATE:
                raise
            return await self._made_before(operation, request)
        return self._parse(answer, lambda body: shipment_from_order(body["data"]))

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome by printing the order with our number again."""
        operation = "find_shipment"
        try:
            return await self._printed(operation, request.own_reference, _BY_ORDER_NO, shipment_from_order)
        except NotFound:
            self._require_settled(operation, attempted_at)
            return None

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The label, which is a PDF whatever the wish."""
        operation = "get_documents"
        return await self._printed(operation, self._number(operation, shipment), _BY_WAYBILL, _label)

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Delete an order that iMile has not picked up."""
        operation = "cancel_shipment"
        param = {"orderCode": shipment.own_reference, "waybillNo": self._number(operation, shipment)}
        try:
            await self._ask(operation, "/client/order/deleteOrder", param, write=True)
        except (InvalidRequest, NotFound):
            (found,) = await self.track_shipments([shipment])
            if found.provider_status != CANCELLED:
                raise

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """What has happened to parcels, a hundred in one call."""
        numbers = [each.tracking_number for each in shipments if NUMBER.fullmatch(each.tracking_number)]
        records = await self._tracked(numbers) if numbers else {}
        return tuple(self._result(shipment, records.get(shipment.tracking_number)) for shipment in shipments)

    async def check_health(self) -> HealthReport:
        """Trade the key for a token: cheap, and refused for a wrong one."""
        return await self._report(self._new_token("check_health"))

    # How iMile is spoken to.

    async def _made_before(self, operation: str, request: ShipmentRequest) -> ShipmentResult:
        """The order whose number is taken: it can only be ours.

        :raises OutcomeUnknown: it cannot be read now.
        """
        try:
            return await self._printed(operation, request.own_reference, _BY_ORDER_NO, shipment_from_order)
        except ProviderError as error:
            message = f"the order was made before, and cannot be read now: {error.message}"
            raise self._unknown(operation, message) from error

    async def _printed(self, operation: str, code: str, kind: str, translate: Callable[[Record], ParsedT]) -> ParsedT:
        param = {"orderCode": code, "orderCodeType": kind}
        answer = await self._ask(operation, "/client/order/reprintOrder", param)
        return self._parse(answer, lambda body: translate(body["data"]))

    async def _tracked(self, numbers: Sequence[str]) -> Mapping[str, Record]:
        operation, common = "track_shipments", {"orderType": _BY_WAYBILL, "language": _ENGLISH}
        if len(numbers) > 1:
            answer = await self._ask(operation, "/client/track/list", {**common, "orderNo": list(numbers)})
            return self._parse(answer, lambda body: records_by_number(body["data"]))
        try:
            answer = await self._ask(operation, "/client/track/getOne", {**common, "orderNo": numbers[0]})
        except NotFound:
            return {}
        return self._parse(answer, lambda body: {numbers[0]: body["data"]} if body["data"] else {})

    def _result(self, shipment: ExistingShipment, record: Record | None) -> TrackingResult:
        if record is None:
            return not_found(shipment, "iMile does not know this number")
        try:
            return tracking_from_record(record, shipment)
        except (LookupError, TypeError, ValueError, AttributeError):  # the others' news are news all the same
            return unread(shipment, "iMile answered in an unknown format")

    def _number(self, operation: str, shipment: ExistingShipment) -> str:
        if not NUMBER.fullmatch(shipment.tracking_number):
            raise self._refuse(operation, "tracking_number", "is not a waybill of iMile's")
        return shipment.tracking_number

    async def _new_token(self, operation: str) -> AccessToken:
        param = {"grantType": "clientCredential"}
        answer = await self._under(None, operation, "/auth/accessToken/grant", param, write=False)
        return self._parse(answer, lambda body: _token(body["data"]))

    async def _ask(self, operation: str, path: str, param: Mapping[str, Any], *, write: bool = False) -> Answer:
        """Make a call under a token; one that is refused for its token is made again under a new one, once."""
        return await self._tokens.spend(
            lambda: self._new_token(operation),
            lambda token: self._under(token, operation, path, param, write=write),
            lambda refused: refused.provider_code in TOKEN_CODES,
        )

    async def _under(
        self, token: str | None, operation: str, path: str, param: Mapping[str, Any], *, write: bool
    ) -> Answer:
        """One call; an error inside of HTTP 200 is an error."""
        content = sealed(
            param,
            customer_id=self.credentials.customer_id.get_secret_value(),
            key=self.credentials.api_key.get_secret_value(),
            settings=self.settings,
            token=token,
            milliseconds=int(time.time() * 1000),
        )
        answer = await self._call(
            operation, "POST", path, content=content, content_type="application/json", write=write
        )
        code = self._parse(answer, code_of)
        if code != SUCCESS:
            raise self._refusal(answer, code, asks_token=token is None)
        return answer

    def _refusal(self, answer: Answer, code: str, *, asks_token: bool) -> ProviderError:
        kind = classify(code, write=answer.write)
        if asks_token and issubclass(kind, InvalidRequest | NotFound):
            kind = AuthenticationFailed
        return self._fail(kind, message_of(answer.body, code), answer, provider_code=code, field=FIELDS.get(code))


def _label(data: Record) -> tuple[Document, ...]:
    found = labels(data)
    if not found:
        raise ValueError("no label")
    return found


def _token(data: Record) -> AccessToken:
    return AccessToken.read(data["accessToken"], data.get("expiresIn", 7200))
