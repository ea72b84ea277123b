"""SMSA Express, its e-commerce API.

Relied upon: a public copy of SMSA's own API page (https://ecom.smsaexpress.com/docs/api ) for addresses, fields,
lengths and the shapes of good answers. It says nothing of errors; those, and which of a shipment's numbers can be
tracked, are from public clients. All is JSON under the header ``ApiKey``, except a cancellation and an invoice, which
are answered in plain text.

What there is not. A shipment to a customer (B2C) cannot be cancelled, only a return (C2B). There are no prices, no
pickups and no insurance. SMSA can be set to push scans, but how it proves that it was SMSA is documented nowhere, so
shipments are asked about.

Unknown outcomes. Nothing is idempotent. ``OrderNumber`` is Wasl's reference, and ``GET /api/track/reference`` finds a
shipment to a customer by it. That one is not there proves nothing, at no time: the call is one of tracking, and whether
it knows a shipment before its first scan is not documented. So `find_shipment` never answers None.

Goods that cross a border are followed by their invoice (``POST /api/invoice``). The label is bought by then, so a
failure is told in ``provider_data["customs_invoice"]``, and does not fail the shipment.

Unverified: whether an invoice's ``ItemValue`` is that
of one piece (so taken) or of the line; how a cancelled return answers a second cancellation; the bulk call's limit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    InvalidRequest,
    NotFound,
    NotSupported,
    ProviderError,
    Unavailable,
    error_class,
)
from workers.providers.manifest import Environment
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    LabelFormat,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.smsa.errors import read_fault
from workers.providers.shipping.smsa.manifest import MANIFEST, SMSACredentials, SMSASettings
from workers.providers.shipping.smsa.objects import (
    AWB,
    KIND,
    by_number,
    documents_from_answer,
    shipment_from_answer,
    tracking_from_answer,
    tracking_number_of,
)
from workers.providers.shipping.smsa.requests import fault, invoice_body, return_body, shipment_body
from workers.providers.shipping.tracking import not_found

_INVOICE_SECONDS: Final = 10.0
_Body = Callable[[ShipmentRequest, SMSASettings], dict[str, Any]]
_QUERIES: Final = {"b2c": "/api/shipment/b2c/query", "c2b": "/api/c2b/query"}


class SMSAConnector(Connector[SMSACredentials, SMSASettings]):
    """Shipments, labels, returns and tracking."""

    manifest = MANIFEST
    credentials_model = SMSACredentials
    settings_model = SMSASettings
    sensitive_fields = frozenset(
        {"ContactName", "AddressLine1", "AddressLine2", "Coordinates", "ReceivedBy", "awbFile"}
    )
    response_limit_bytes = FILES_LIMIT_BYTES

    def __init__(
        self,
        credentials: SMSACredentials,
        settings: SMSASettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._headers = {"ApiKey": credentials.api_key.get_secret_value()}

    # Shipments.

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Book a shipment, or a return where it is one, with its labels."""
        if request.is_return:
            return await self._book("create_shipment", request, "/api/c2b/new", return_body, "c2b")
        since = time.monotonic()
        booked = await self._book("create_shipment", request, "/api/shipment/b2c/new", shipment_body, "b2c")
        return await self._with_invoice(booked, request, self._left(since, _INVOICE_SECONDS))

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """Have goods fetched from the customer."""
        request = request.model_copy(update={"is_return": True})
        return await self._book("create_return", request, "/api/c2b/new", return_body, "c2b")

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome, as the module's text says: found, or still unknown; never None."""
        operation = "find_shipment"
        try:
            answer = await self._call(operation, "GET", f"/api/track/reference/{request.own_reference}")
        except NotFound as absent:
            raise self._unknown(operation, f"not found by its reference, which proves nothing: {absent}") from absent
        number = self._parse(answer, lambda body: tracking_number_of(body, request.own_reference))
        kind = "c2b" if request.is_return else "b2c"
        found = await self._found(operation, number, kind)
        return found if request.is_return else await self._with_invoice(found, request, _INVOICE_SECONDS)

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The labels again, in the format in which they were first asked for."""
        answer = await self._query("get_documents", shipment.tracking_number, shipment.provider_data.get(KIND, "b2c"))
        documents = self._parse(answer, documents_from_answer)
        if not documents:
            raise self._fail(NotFound, "SMSA keeps no label of this shipment", answer)
        return documents

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Call a return off.

        :raises NotSupported: it is a shipment to a customer, which SMSA cannot cancel.
        """
        operation = "cancel_shipment"
        self._require_awb(operation, shipment.tracking_number)
        if shipment.provider_data.get(KIND) != "c2b":
            raise NotSupported(
                "SMSA cancels only returns that it fetches from customers", provider=MANIFEST.key, operation=operation
            )
        try:
            answer = await self._call(operation, "POST", f"/api/c2b/cancel/{shipment.tracking_number}")
        except InvalidRequest as refused:
            if _says_cancelled(refused.message):
                return
            raise
        if not _says_cancelled(str(answer.body)):
            raise self._fail(InvalidRequest, read_fault(answer.body, answer.status).message, answer)

    # Tracking.

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each of them stands."""
        if len(shipments) == 1:
            return (await self._track_one(shipments[0]),)
        content = orjson.dumps([shipment.tracking_number for shipment in shipments])
        try:
            answer = await self._post("track_shipments", "/api/track/bulk/", content, write=False)
        except (NotFound, InvalidRequest):  # one that it does not know may spoil the others
            return tuple([await self._track_one(shipment) for shipment in shipments])
        return self._parse(answer, lambda body: _each(by_number(body), shipments))

    async def check_health(self) -> HealthReport:
        """Ask for the account's services: cheap, and refused for a wrong key."""
        return await self._probe("GET", "/api/lookUp/ServiceTypes")

    # How SMSA is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _decode(self, raw: bytes) -> Any:
        """JSON, or the plain text in which some calls are answered; a page of HTML is neither."""
        try:
            return super()._decode(raw)
        except ValueError:
            text = raw.decode()
            if text.lstrip().startswith(("<", "{", "[")):
                raise
            return text

    def _error(self, answer: Answer) -> ProviderError:
        kind = error_class(answer.status, write=answer.write)
        if kind is NotFound and isinstance(answer.body, str) and "shipment" not in answer.body.lower():
            kind = Unavailable  # a 404 that is not SMSA's may be a proxy's
        said = read_fault(answer.body, answer.status)
        return self._fail(kind, said.message, answer, field=said.field)

    async def _post(self, operation: str, path: str, content: bytes, *, write: bool = True) -> Answer:
        return await self._call(operation, "POST", path, content=content, content_type="application/json", write=write)

    async def _book(
        self, operation: str, request: ShipmentRequest, path: str, body: _Body, kind: str
    ) -> ShipmentResult:
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)
        wanted = body(request, self.settings)
        answer = await self._post(operation, path, orjson.dumps(wanted))
        booked = self._parse(answer, lambda made: shipment_from_answer(made, kind))
        return booked.model_copy(update={"service": wanted.get("ServiceCode")})

    async def _with_invoice(self, booked: ShipmentResult, request: ShipmentRequest, seconds: float) -> ShipmentResult:
        """The shipment, after its invoice for customs where it needs one. :param seconds: how long that may take."""
        if not request.is_dutiable or request.customs is None:
            return booked
        content = orjson.dumps(invoice_body(booked.tracking_number, request.customs))
        try:
            async with asyncio.timeout(seconds):
                await self._post("create_shipment", "/api/invoice", content)
            told = "sent"
        except TimeoutError:
            told = "not known: no answer in time"
        except ProviderError as error:
            told = f"not sent: {error.message}"
        return booked.model_copy(update={"provider_data": {**booked.provider_data, "customs_invoice": told}})

    async def _query(self, operation: str, number: str, kind: str) -> Answer:
        self._require_awb(operation, number)
        return await self._call(operation, "GET", f"{_QUERIES.get(kind, _QUERIES['b2c'])}/{number}")

    async def _found(self, operation: str, number: str, kind: str) -> ShipmentResult:
        """A shipment that exists, with its labels where SMSA hands them out."""
        try:
            answer = await self._query(operation, number, kind)
        except NotFound:
            return ShipmentResult(tracking_number=number, provider_data={KIND: kind})
        return self._parse(answer, lambda body: shipment_from_answer(body, kind))

    async def _track_one(self, shipment: ExistingShipment) -> TrackingResult:
        self._require_awb("track_shipments", shipment.tracking_number)
        try:
            answer = await self._call("track_shipments", "GET", f"/api/track/single/{shipment.tracking_number}")
        except (NotFound, InvalidRequest) as error:
            return not_found(shipment, error.message)
        return self._parse(answer, lambda body: tracking_from_answer(body, shipment))

    def _require_awb(self, operation: str, number: str) -> None:
        if not AWB.fullmatch(number):
            raise self._refuse(operation, "tracking_number", "is not an air waybill of SMSA's")


def _each(known: Mapping[str, Any], shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
    found = ((known.get(shipment.tracking_number), shipment) for shipment in shipments)
    return tuple(
        tracking_from_answer(told, each) if told else not_found(each, "SMSA does not know it") for told, each in found
    )


def _says_cancelled(text: str) -> bool:
    words = text.lower()
    return "cancelled successfully" in words or "already cancel" in words
