"""Quiqup, the last-mile API.

Relied upon: https://api-docs.quiqup.com (token, creating orders, webhooks), and where it is silent or old, what
Zombiemelon/quiqup-mcp found on staging and live in April and May 2026 (docs/quiqup-api/references, lib/tools, evals and
a recorded order). An OAuth client's id and secret are traded for a bearer token; for how long it holds is told
differently (an hour, seven days), so ``expires_in`` decides, and a 401 has it traded once more.

Two steps. ``POST /orders`` makes an order that is ``pending``: a draft that nobody collects or bills. ``PUT
/orders/{id}/ready_for_collection`` sends it off. A shipment is both. When the second step is refused, the draft is
cancelled, and the refusal is what is raised: nothing is left behind. When it gets lost, the outcome is unknown, and
`find_shipment` takes up where it ended: a draft is sent off, an order that is on its way is left alone.

Unknown outcomes. An order carries Wasl's reference as ``partner_order_id``. No documented call looks it up (one
integration tries ``filters[partner_order_id]``, and does not rely on it), so the list of orders is read, state by state
in the order of an order's life, for the days around the attempt. That list wants all of state, span and page. Whether
``from`` and ``to`` mean the day of making or of the last change is not said; the span covers both.

Cancelling works while an order is pending or ready for collection; later Quiqup answers 500 or a text, so the state is
read first, and read again afterwards. Staging's and live's list of states, the label's barcode (taken for the parcel's
own, ``<order id>-<n>``) and limits of lengths are unverified.

Not built: webhooks. They are signed (``X-Signature: sha1=`` with the HMAC-SHA1 of the body), but what is in them is
published nowhere that could be read; so parcels are polled. Orders abroad (``partner_export``) go by another API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector, ParsedT
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    InvalidRequest,
    NotFound,
    ProviderError,
)
from workers.providers.manifest import Environment
from workers.providers.shipping.documents import document
from workers.providers.shipping.fields import FILES_LIMIT_BYTES, file_format
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    LabelFormat,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)
from workers.providers.shipping.quiqup.errors import read_fault
from workers.providers.shipping.quiqup.manifest import MANIFEST, QuiqupCredentials, QuiqupSettings
from workers.providers.shipping.quiqup.objects import (
    Order,
    ids_by_reference,
    order_in,
    shipment_from_order,
    tracking_from_order,
)
from workers.providers.shipping.quiqup.requests import fault, order_body
from workers.providers.shipping.quiqup.statuses import CANCELLABLE, CANCELLED, MEANINGS, PENDING, READY
from workers.providers.shipping.tracking import not_found
from workers.providers.tokens import AccessToken, TokenCache

_TOKEN_MARGIN_SECONDS: Final = 45.0  # longer than a call may take
_DAY: Final = timedelta(days=1)
_PER_PAGE: Final = 50
_MOST_PAGES: Final = 40


class QuiqupConnector(Connector[QuiqupCredentials, QuiqupSettings]):
    """Parcels within the Emirates."""

    manifest = MANIFEST
    credentials_model = QuiqupCredentials
    settings_model = QuiqupSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    sensitive_fields = frozenset(
        {"client_id", "contact_name", "contact_email", "address1", "address2", "tracking_url", "otp_code"}
    )

    def __init__(
        self,
        credentials: QuiqupCredentials,
        settings: QuiqupSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._tokens = TokenCache(_TOKEN_MARGIN_SECONDS)

    # Shipments.

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Make an order and send it off; its label is fetched by `get_documents`."""
        return await self._buy("create_shipment", request)

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """The same from the customer to the merchant."""
        return await self._buy("create_return", request)

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome by the list of orders; a draft that is found is sent off.

        :raises InvalidRequest: Quiqup does not let the draft be sent off; it is cancelled.
        """
        operation = "find_shipment"
        order_id = await self._look_up(operation, request.own_reference, attempted_at)
        if order_id is not None:
            return await self._sent_off(operation, await self._read(operation, order_id))
        self._require_settled(operation, attempted_at)
        return None

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The label of all parcels, which is a PDF whatever the wish."""
        path = f"/order_label/{self._id('get_documents', shipment)}"
        answer = await self._exchange("get_documents", "GET", path, accept="application/pdf")
        return (self._parse(answer, document),)

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Cancel an order that nobody is on the way to collect."""
        operation = "cancel_shipment"
        order = await self._read(operation, self._id(operation, shipment))
        if order["state"] == CANCELLED:
            return
        if order["state"] not in CANCELLABLE:
            raise self._refuse(operation, "tracking_number", f"it is too late to cancel it ({order['state']})")
        await self._give_up(operation, order["id"])

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """Where orders stand; each is one call."""
        return tuple([await self._track(shipment) for shipment in shipments])

    async def check_health(self) -> HealthReport:
        """Trade the client's id and secret for a token: cheap, and refused for wrong ones."""
        return await self._report(self._new_token("check_health"))

    # The two steps.

    async def _buy(self, operation: str, request: ShipmentRequest) -> ShipmentResult:
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)
        answer = await self._exchange(operation, "POST", "/orders", order_body(request, self.settings))
        order = self._parse(answer, order_in)
        if order.get("partner_order_id") != request.own_reference:
            raise self._unreadable(answer)
        return await self._sent_off(operation, order)

    async def _sent_off(self, operation: str, order: Order) -> ShipmentResult:
        """The order as a shipment, sent off if it is not yet.

        :raises InvalidRequest: it may not be sent off, and is cancelled.
        :raises OutcomeUnknown: it is made, and may or may not be sent off.
        """
        if order["state"] != PENDING:
            return shipment_from_order(order)
        try:
            done = await self._made_ready(operation, order)
        except ProviderError as error:
            message = f"order {order['id']} is made, but it cannot be told whether it is sent off: {error.message}"
            raise self._unknown(operation, message) from error
        if isinstance(done, InvalidRequest):
            raise done
        return shipment_from_order(done)

    async def _made_ready(self, operation: str, order: Order) -> Order | InvalidRequest:
        """The order, ready for collection; or why it may not be, and then it is cancelled."""
        try:
            answer = await self._exchange(operation, "PUT", f"/orders/{order['id']}/ready_for_collection")
        except InvalidRequest as refused:
            now = await self._read(operation, order["id"])
            if now["state"] != PENDING:  # an attempt before this one got through
                return now
            await self._give_up(operation, order["id"])
            return refused
        if not answer.body:  # some deployments answer 204
            return {**order, "state": READY}
        return self._parse(answer, order_in)

    async def _give_up(self, operation: str, order_id: str) -> None:
        """Cancel an order, and see that it is."""
        await self._exchange(operation, "PUT", "/orders/batch/set_cancelled", {"order_ids": [int(order_id)]})
        if (await self._read(operation, order_id))["state"] != CANCELLED:
            raise self._unknown(operation, f"order {order_id} was to be cancelled, but does not say that it is")

    # Reading.

    async def _read(self, operation: str, order_id: str) -> Order:
        return await self._read_as(operation, order_id, lambda order: order)

    async def _read_as(self, operation: str, order_id: str, translate: Callable[[Order], ParsedT]) -> ParsedT:
        answer = await self._exchange(operation, "GET", f"/orders/{order_id}")
        if isinstance(answer.body, dict) and answer.body.get("order", answer.body) is None:
            raise self._fail(NotFound, "Quiqup has no such order", answer)
        return self._parse(answer, lambda body: translate(order_in(body, order_id)))

    async def _look_up(self, operation: str, reference: str, attempted_at: datetime) -> str | None:
        """The id of the order with a reference, among all that may have been made by an attempt."""
        span = [("from", f"{attempted_at - _DAY:%Y-%m-%d}"), ("to", f"{datetime.now(UTC) + _DAY:%Y-%m-%d}")]
        for state in MEANINGS:
            for number in range(1, _MOST_PAGES + 1):
                page = [("page", str(number)), ("per_page", str(_PER_PAGE))]
                query = [("filters[state]", state), *span, *page]
                answer = await self._exchange(operation, "GET", "/orders", query=query)
                ids, is_last = self._parse(answer, ids_by_reference)
                if reference in ids:
                    return ids[reference]
                if is_last:
                    break
            else:
                raise self._unknown(operation, f"there are too many orders ({state}) to look through")
        return None

    async def _track(self, shipment: ExistingShipment) -> TrackingResult:
        operation = "track_shipments"
        try:
            order_id = self._id(operation, shipment)
            return await self._read_as(operation, order_id, lambda order: tracking_from_order(order, shipment))
        except (NotFound, InvalidRequest) as missing:
            return not_found(shipment, missing.message)

    def _id(self, operation: str, shipment: ExistingShipment) -> str:
        order_id = shipment.provider_shipment_id or shipment.tracking_number
        if not order_id.isascii() or not order_id.isdigit():
            raise self._refuse(operation, "tracking_number", "is not a number of Quiqup's")
        return order_id

    # How Quiqup is spoken to.

    def _decode(self, raw: bytes) -> Any:
        return raw if file_format(raw) is LabelFormat.PDF else super()._decode(raw)

    def _error(self, answer: Answer) -> ProviderError:
        usual = super()._error(answer)
        said = read_fault(answer.body, answer.status)
        return self._fail(type(usual), said.message, answer, provider_code=said.code, field=said.field)

    async def _new_token(self, operation: str) -> AccessToken:
        credentials = self.credentials
        query = (
            ("grant_type", "client_credentials"),
            ("client_id", credentials.client_id.get_secret_value()),
            ("client_secret", credentials.client_secret.get_secret_value()),
        )
        answer = await self._call(
            operation,
            "POST",
            "/oauth/token",
            query=query,
            content=b"{}",
            content_type="application/json",
            write=False,  # no parcel depends on it
        )
        return self._parse(answer, lambda body: AccessToken.read(body["access_token"], body.get("expires_in", 3600)))

    async def _exchange(
        self,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Sequence[tuple[str, str]] = (),
        accept: str = "application/json",
    ) -> Answer:
        """Make a call under a token; one that is refused for its token is made again under a new one, once."""

        async def under(token: str) -> Answer:
            return await self._call(
                operation,
                method,
                path,
                query=query,
                content=b"" if body is None else orjson.dumps(body),
                content_type=None if body is None else "application/json",
                headers={"Authorization": f"Bearer {token}", "Accept": accept},
            )

        return await self._tokens.spend(lambda: self._new_token(operation), under)
