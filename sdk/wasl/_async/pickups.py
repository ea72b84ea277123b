"""`hub.shipments.pickups`: drivers that are sent for."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from wasl._async.api import AsyncApi
from wasl._async.operations import AsyncOperations
from wasl._requests import Amount, Id, call_key, id_text, optional_id
from wasl._shipment_arguments import pickup_arguments
from wasl.rows import Environment
from wasl.shipment_models import Pickup
from wasl.shipment_params import Party


class AsyncPickups:
    """Pickups of the organizations that the caller belongs to."""

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations

    async def schedule(
        self,
        connection_id: Id,
        *,
        ready_at: datetime,
        closes_at: datetime,
        shipment_ids: Sequence[Id] | None = None,
        place: Party | None = None,
        parcels: int | None = None,
        weight_kg: Amount | None = None,
        location: str | None = None,
        instructions: str | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Pickup:
        """Send for a carrier's driver.

        Args:
            ready_at: from when the parcels stand ready, with a time zone, until `closes_at`.
            shipment_ids: what is fetched; `parcels` and `weight_kg` follow from them.
            place: where; the organization's default location if left out.
            location: where to find them there, such as the reception.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
            OperationFailed: with `wait`: the carrier refused; with code ``outcome_unknown`` it gave no answer: ask it.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        key = call_key(idempotency_key)
        arguments = pickup_arguments(
            connection_id=connection_id,
            ready_at=ready_at,
            closes_at=closes_at,
            shipment_ids=shipment_ids,
            place=place,
            parcels=parcels,
            weight_kg=weight_kg,
            location=location,
            instructions=instructions,
            idempotency_key=key,
        )
        pickup = await self._api.call(Pickup, "schedule_pickup", arguments)
        if wait is None:
            return pickup
        await self._operations.wait_for_call(key, pickup.organization_id, wait)
        return await self.get(pickup.id)

    async def cancel(self, pickup_id: Id) -> Pickup:
        """Call a driver off; returns the pickup as it stands. Raises NotFound, Conflict."""
        return await self._api.call(
            Pickup, "cancel_pickup", {"pickup_id": id_text(pickup_id, "pickup_id")}, repeatable=True
        )

    async def get(self, pickup_id: Id) -> Pickup:
        """Return one pickup; raises NotFound."""
        return await self._api.one(Pickup, "pickups", pickup_id, "pickup_id")

    def list(
        self,
        *,
        status: str | Sequence[str] | None = None,
        connection_id: Id | None = None,
        environment: Environment | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Pickup]:
        """Yield pickups, newest first; pages are fetched as they are needed."""
        equal = {
            "status": status,
            "connection_id": optional_id(connection_id, "connection_id"),
            "environment": environment,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Pickup, "pickups", equal, limit=limit)
