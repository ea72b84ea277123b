"""J&T Express in the Middle East, on its open platform.

Relied upon: the pages of Egypt's platform (https://open.jtjms-eg.com , public; copies of September 2026) for
``order/addOrder``, ``getOrders``, ``cancelOrder`` and ``logistics/trace``, for codes, samples and the signature, whose
sample was reproduced; public clients of Egypt and Saudi Arabia for ``order/printOrder``, ``vip/checkCusPwd`` and what
Saudi Arabia wants otherwise. Every call is a POST of the form field ``bizContent``, a JSON text, signed by headers;
every answer is HTTP 200 with ``{code, msg, data}``.

UNVERIFIED: the Emirates. No client and no page of J&T's platform there was found; its address, its country code and
its service are inferred from the two others. Ask J&T before you rely on it.

Unknown outcomes. The order number is Wasl's reference, and J&T takes each once: a second booking is refused with a code
of its own (145003101, 145002001), upon which the first is looked up and answered. So is an unknown outcome, by
``order/getOrders``. Some accounts lack the right to that call; theirs stay unknown.

Unverified further: which states can be cancelled; the zone of scan times (the market's); whether a label may come as an
address instead of the file (it is then unreadable). Tracking can be pushed to an address that J&T is given by hand;
shipments are asked about instead.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import InvalidRequest, NotFound, OutcomeUnknown, ProviderError
from workers.providers.manifest import Environment
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
from workers.providers.shipping.jt.errors import (
    ALREADY_CANCELLED,
    DUPLICATES,
    NO_DATA,
    SUCCESS,
    classify,
    code_of,
    field_of,
    message_of,
)
from workers.providers.shipping.jt.manifest import MANIFEST, MARKETS, JTCredentials, JTSettings, platform_url
from workers.providers.shipping.jt.objects import (
    WAYBILL,
    found_order,
    label_from_answer,
    shipment_from_order,
    tracking_from_answer,
)
from workers.providers.shipping.jt.requests import (
    cancel_content,
    fault,
    order_content,
    print_content,
    query_content,
)
from workers.providers.shipping.jt.signature import content_digest, customer_digest
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    LabelFormat,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.tracking import not_found


class JTConnector(Connector[JTCredentials, JTSettings]):
    """Shipments, labels, cancellations and tracking."""

    manifest = MANIFEST
    credentials_model = JTCredentials
    settings_model = JTSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    # Contents carry a signature and people's numbers in a text that cannot be read into: they are not kept at all.
    sensitive_fields = frozenset(
        {"bizContent", "digest", "apiaccount", "sender", "receiver", "desc", "base64EncodeContent"}
    )

    def __init__(
        self,
        credentials: JTCredentials,
        settings: JTSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        if base_url == MANIFEST.base_url(environment):  # nobody chose another: the market's own
            base_url = platform_url(settings.market, environment)
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._private_key = credentials.private_key.get_secret_value()
        customer_code = credentials.customer_code.get_secret_value()
        password = credentials.password.get_secret_value()
        self._customer = {
            "customerCode": customer_code,
            "digest": customer_digest(customer_code, password, self._private_key),
        }

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Book a shipment; one that is booked already is answered as it is. Its label has to be fetched."""
        operation = "create_shipment"
        if wrong := fault(request, self.settings):
            raise self._refuse(operation, *wrong)
        content = {**self._customer, **order_content(request, self.settings)}
        try:
            answer = await self._post(operation, "order/addOrder", content, write=True)
        except (InvalidRequest, OutcomeUnknown) as refused:
            if refused.provider_code in DUPLICATES:
                return await self._booked_before(request, refused)
            raise
        made = self._parse(answer, lambda body: shipment_from_order(body["data"], request.own_reference))
        return made.model_copy(update={"service": content["expressType"]})

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome, as the module's text says."""
        found = await self._look_up("find_shipment", request)
        if found is None:
            self._require_settled("find_shipment", attempted_at)
        return found

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The waybill to stick on, as PDF."""
        content = {**self._customer, **print_content(shipment)}
        answer = await self._post("get_documents", "order/printOrder", content)
        return (self._parse(answer, lambda body: label_from_answer(body["data"], shipment.tracking_number)),)

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Give it up before it is picked up."""
        content = {**self._customer, **cancel_content(shipment)}
        try:
            await self._post("cancel_shipment", "order/cancelOrder", content, write=True)
        except InvalidRequest as refused:
            if refused.provider_code != ALREADY_CANCELLED:
                raise

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each of them stands."""
        if any(not WAYBILL.fullmatch(shipment.tracking_number) for shipment in shipments):
            raise self._refuse("track_shipments", "tracking_number", "is not a waybill number of J&T's")
        numbers = ",".join(shipment.tracking_number for shipment in shipments)
        try:
            answer = await self._post("track_shipments", "logistics/trace", {"billCodes": numbers})
        except (NotFound, InvalidRequest) as error:
            if len(shipments) == 1:
                return (not_found(shipments[0], error.message),)
            # One that it does not like spoils the others.
            return tuple([(await self.track_shipments([shipment]))[0] for shipment in shipments])
        zone = MARKETS[self.settings.market].zone
        return self._parse(answer, lambda body: tracking_from_answer(body.get("data"), shipments, zone))

    async def check_health(self) -> HealthReport:
        """Have the customer's code and password checked, and with them both signatures."""
        return await self._report(self._post("check_health", "vip/checkCusPwd", self._customer))

    # How J&T is spoken to.

    def _error(self, answer: Answer) -> ProviderError:
        is_order = answer.operation == "create_shipment"
        kind = classify(answer.body, answer.status, write=answer.write, orders=is_order)
        code = code_of(answer.body)
        return self._fail(
            kind, message_of(answer.body, answer.status), answer, provider_code=code, field=field_of(code)
        )

    async def _post(self, operation: str, path: str, content: Mapping[str, Any], *, write: bool = False) -> Answer:
        """The answer, if it is a good one. What is signed is the very text that is sent."""
        text = orjson.dumps(content).decode()
        answer = await self._call(
            operation,
            "POST",
            f"/{path}",
            content=urlencode({"bizContent": text}).encode(),
            content_type="application/x-www-form-urlencoded",
            headers={
                "apiAccount": self.credentials.api_account.get_secret_value(),
                "digest": content_digest(text, self._private_key),
                "timestamp": str(time.time_ns() // 1_000_000),
            },
            write=write,
        )
        if code_of(answer.body) != SUCCESS:
            raise self._error(answer)
        return answer

    async def _look_up(self, operation: str, request: ShipmentRequest) -> ShipmentResult | None:
        content = {**self._customer, **query_content(request.own_reference)}
        try:
            answer = await self._post(operation, "order/getOrders", content)
        except NotFound as absent:
            if absent.provider_code == NO_DATA:
                return None
            raise
        return self._parse(answer, lambda body: found_order(body["data"], request.own_reference))

    async def _booked_before(self, request: ShipmentRequest, refused: ProviderError) -> ShipmentResult:
        """The shipment that stands under our number already.

        :raises OutcomeUnknown: it cannot be looked up now.
        """
        try:
            found = await self._look_up("find_shipment", request)
        except ProviderError as error:
            raise self._unknown("create_shipment", f"booked before, but it cannot be found: {error.message}") from error
        if found is None:
            raise self._unknown("create_shipment", f"booked before, but it cannot be found: {refused.message}")
        return found
