"""The calls that buy and give up: how each is sent, how its unknown outcome is found out, and what follows from it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cached_property
from typing import Final
from uuid import UUID

import structlog

from workers.operations.calls import AnyConnector, Call, News
from workers.operations.jobs import Done
from workers.operations.shipping.news import failed_news, made_news
from workers.operations.shipping.requests import (
    Choice,
    existing_pickup,
    existing_shipment,
    pickup_request,
    shipment_request,
)
from workers.providers.base import require
from workers.providers.capabilities import (
    CancelsShipments,
    MakesReturns,
    PrintsLabels,
    SchedulesPickups,
    ShipsParcels,
)
from workers.providers.errors import OutcomeUnknown, ProviderError
from workers.providers.shipping.models import (
    DocumentKind,
    ExistingPickup,
    ExistingShipment,
    PickupRequest,
    PickupResult,
    ShipmentRequest,
    ShipmentResult,
)
from workers.store.documents import keep_documents
from workers.store.pool import Connection
from workers.store.shipments import PickupWork, ShipmentWork, apply_shipment_news, move_pickup, plan_label

_log = structlog.get_logger(__name__)
_LABEL_SECONDS: Final = 5.0
"""How long the label of what has been bought is waited for; then it is fetched later."""


class CreateShipment(Call[ShipmentRequest, ShipmentResult]):
    """Buy a label.

    :param choice: what was decided for the carrier that is asked.
    """

    operation = "create_shipment"

    def __init__(self, work: ShipmentWork, choice: Choice) -> None:
        self.work = work
        self.choice = choice

    @cached_property
    def request(self) -> ShipmentRequest:
        return shipment_request(self.work, self.choice)

    @property
    def cancel_requested(self) -> bool:
        return self.work.cancel_requested

    @property
    def sent(self) -> News:
        return self.choice.as_dict()

    async def send(self, connector: AnyConnector) -> ShipmentResult:
        if self.request.is_return:
            return await require(connector, MakesReturns, "create_return").create_return(self.request)
        return await require(connector, ShipsParcels, self.operation).create_shipment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> ShipmentResult | None:
        shipper = require(connector, ShipsParcels, "find_shipment")
        return await shipper.find_shipment(self.request, attempted_at=since)

    def done(self, result: ShipmentResult, connection_id: UUID) -> Done:
        """The label is bought: the shipment says so, and its papers are safe, in one transaction."""
        work = self.work
        news = made_news(result, self.choice, connection_id)
        has_label = any(document.kind is DocumentKind.LABEL for document in result.documents)

        async def write(connection: Connection) -> None:
            await self.write(connection, news)
            await keep_documents(connection, work.organization_id, work.shipment_id, result.documents)
            if not has_label:
                await plan_label(connection, work.organization_id, work.shipment_id)

        return Done(effect=write)

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News:
        return failed_news(error)

    def news_of_cancellation(self) -> News:
        return {"status": "cancelled"}

    async def write(self, connection: Connection, news: News) -> None:
        await apply_shipment_news(connection, self.work.shipment_id, news, "operation", self.work.operation_id)

    async def complete(self, connector: AnyConnector, result: ShipmentResult) -> ShipmentResult:
        """The shipment with its papers, where they are had by asking. It is bought whatever comes of that: a label that
        cannot be had now is fetched later."""
        if result.documents or not isinstance(connector, PrintsLabels):
            return result
        shipment = ExistingShipment(
            shipment_id=self.work.shipment_id,
            tracking_number=result.tracking_number,
            provider_shipment_id=result.provider_shipment_id,
            provider_data=result.provider_data,
            reference=self.work.reference,
            created_at=self.work.created_at,
        )
        try:
            async with asyncio.timeout(_LABEL_SECONDS):
                documents = await connector.get_documents(shipment, self.request.label_format)
        except (ProviderError, TimeoutError):
            return result
        except Exception:
            _log.exception("a label could not be fetched", shipment_id=str(self.work.shipment_id))
            return result
        return result.model_copy(update={"documents": documents})


class CancelShipment(Call[ExistingShipment, None]):
    """Give a shipment up. To ask twice does no harm, so an unknown outcome is asked again."""

    operation = "cancel_shipment"

    def __init__(self, work: ShipmentWork) -> None:
        self.work = work

    @cached_property
    def request(self) -> ExistingShipment:
        return existing_shipment(self.work)

    @property
    def cancel_requested(self) -> bool:
        return self.work.cancel_requested

    async def send(self, connector: AnyConnector) -> None:
        await require(connector, CancelsShipments, self.operation).cancel_shipment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> None:
        return None

    def news(self, result: None, connection_id: UUID) -> News:
        return {"events": [{"occurred_at": datetime.now(UTC).isoformat(), "status": "cancelled"}]}

    async def write(self, connection: Connection, news: News) -> None:
        await apply_shipment_news(connection, self.work.shipment_id, news, "operation", self.work.operation_id)


class SchedulePickup(Call[PickupRequest, PickupResult]):
    """Send for a driver. Carriers cannot be asked whether one was ordered, so a lost answer stays a question."""

    operation = "schedule_pickup"

    def __init__(self, work: PickupWork) -> None:
        self.work = work

    @cached_property
    def request(self) -> PickupRequest:
        return pickup_request(self.work)

    @property
    def cancel_requested(self) -> bool:
        return self.work.cancel_requested

    async def find(self, connector: AnyConnector, since: datetime) -> PickupResult | None:
        raise OutcomeUnknown("The carrier cannot be asked whether a driver is on the way.")

    async def send(self, connector: AnyConnector) -> PickupResult:
        return await require(connector, SchedulesPickups, self.operation).schedule_pickup(self.request)

    def done(self, result: PickupResult, connection_id: UUID) -> Done:
        async def write(connection: Connection) -> None:
            await move_pickup(
                connection,
                self.work.pickup_id,
                "scheduled",
                provider_pickup_id=result.provider_pickup_id,
                provider_data=result.provider_data,
            )

        message = {"message": result.message} if result.message else None
        return Done(effect=write, result=message)

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News:
        return {"status": "failed", "failure": {"code": error.provider_code or error.code, "message": error.message}}

    def news_of_cancellation(self) -> News:
        return {"status": "cancelled"}

    async def write(self, connection: Connection, news: News) -> None:
        await move_pickup(connection, self.work.pickup_id, news["status"], failure=news.get("failure"))


class CancelPickup(Call[ExistingPickup, None]):
    """Call a driver off; to ask twice does no harm."""

    operation = "cancel_pickup"

    def __init__(self, work: PickupWork) -> None:
        self.work = work

    @cached_property
    def request(self) -> ExistingPickup:
        return existing_pickup(self.work)

    @property
    def cancel_requested(self) -> bool:
        return self.work.cancel_requested

    async def send(self, connector: AnyConnector) -> None:
        await require(connector, SchedulesPickups, self.operation).cancel_pickup(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> None:
        return None

    def news(self, result: None, connection_id: UUID) -> News:
        return {"status": "cancelled"}

    async def write(self, connection: Connection, news: News) -> None:
        await move_pickup(connection, self.work.pickup_id, news["status"])
