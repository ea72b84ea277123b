"""A warehouse that ships through one carrier of the hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.faults.shop import LET_TIME_PASS, PATIENCE_SECONDS, PlannedFault
from tests.support.carriers.base import Carrier
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, tomorrow
from tests.support.workplace import Row, Workplace, until
from workers.providers.registry import CONNECTORS

# Limits and open breakers let nothing through for a while, which has passed.
LET_LIMITS_PASS = (
    "update private.circuit_breakers set retry_at = now() where connection_id = %s and state = 'open'",
    "update public.rate_limits set tokens = capacity, blocked_until = null where connection_id = %s",
)


@dataclass
class Warehouse:
    """A new account of a carrier, connected to an organization."""

    workplace: Workplace
    organization_id: UUID
    carrier: Carrier
    credentials: dict[str, str]
    connection_id: UUID

    @classmethod
    async def open(cls, workplace: Workplace, organization_id: UUID, carrier: Carrier) -> Warehouse:
        """Open one."""
        credentials = carrier.account()
        connection_id = await workplace.connect(organization_id, carrier, credentials)
        # A health check would meet the faults that are meant for shipments.
        await workplace.database.execute(
            "update public.integration_connections set next_health_check_at = 'infinity' where id = %s", [connection_id]
        )
        return cls(workplace, organization_id, carrier, credentials, connection_id)

    @property
    def finds(self) -> bool:
        """Whether the carrier can be asked for a shipment whose answer got lost."""
        facts = CONNECTORS[self.carrier.key].manifest.carrier
        return facts is not None and facts.finds_by_reference

    async def ship(self, **arguments: Any) -> UUID:
        """Ask for a label within the Emirates."""
        insisted = {name: value for name, value in (self.carrier.domestic or {}).items() if name == "declared_value"}
        given = {
            "reference": "order-1",
            "sender": Jsonb(DUBAI.model_dump(mode="json", exclude_none=True)),
            "recipient": Jsonb(ABU_DHABI.model_dump(mode="json", exclude_none=True)),
            "parcels": Jsonb([BOX.model_dump(mode="json", exclude_none=True)]),
            "ships_at": tomorrow(),
            "description": "Silicone phone cases",
            "connection_id": self.connection_id,
            **{name: str(value.amount) for name, value in insisted.items()},
            **arguments,
        }
        row = await self.workplace.call("create_shipment", organization_id=self.organization_id, **given)
        shipment_id: UUID = row["id"]
        return shipment_id

    async def plan(self, fault: Mapping[str, Any], call: str | None = None) -> PlannedFault:
        """Let a call meet a fault; the one that buys, unless another is named."""
        method, path = (call or self.carrier.create_call).split(" ")
        planned = {"times": 1, **fault}
        match = {"method": method, "path": path}
        number = await self.workplace.plan_fault(**planned, provider=self.carrier.key, match=match)
        return PlannedFault(self.workplace, number, planned["times"])

    async def ended(self, shipment_id: UUID) -> Row:
        """The operation that buys, once it has ended; meanwhile time passes quickly."""

        async def over() -> Row | None:
            for statement in LET_LIMITS_PASS:
                await self.workplace.database.execute(statement, [self.connection_id])
            rows = await self.workplace.database.execute(LET_TIME_PASS, {"payment_id": shipment_id})
            operations = [row for row in await rows.fetchall() if row["kind"] == "shipment.create"]
            return None if any(each["status"] == "pending" for each in operations) else operations[0]

        row: Row = await until(over, seconds=PATIENCE_SECONDS, every=0.05)
        return row

    async def row(self, shipment_id: UUID) -> Row:
        """The shipment as it stands."""
        return await self.workplace.one("select * from public.shipments where id = %s", shipment_id)

    async def bought(self, shipment_id: UUID) -> int:
        """How many labels the carrier has sold for it."""
        parameters = {"provider": self.carrier.key, "shipment_id": str(shipment_id)}
        answer = await self.workplace.sandbox.get("/_state", params=parameters)
        return self.carrier.bought(answer.json())

    async def has_one_label(self, shipment_id: UUID) -> None:
        """One label was bought, and the shipment says so."""
        row = await self.row(shipment_id)
        told = (self.carrier.key, await self.bought(shipment_id), row["status"], row["tracking_number"] is not None)
        assert told == (self.carrier.key, 1, "created", True)

    async def waits_for_a_person(self, shipment_id: UUID, operation: Row) -> None:
        """Nobody knows what became of the label: at most one was bought, nothing more is, and people are told."""
        row = await self.row(shipment_id)
        told = (row["status"], row["tracking_number"], operation["error"]["code"])
        assert told == ("pending", None, "outcome_unknown"), (self.carrier.key, told, operation["error"])
        assert await self.bought(shipment_id) <= 1, self.carrier.key
        alerts = await self.workplace.all(
            "select kind from public.alerts where organization_id = %s and status = 'open' and group_key = any (%s)",
            self.organization_id,
            [f"shipment:{shipment_id}:outcome", f"operation.dead:{operation['id']}"],
        )
        assert alerts, self.carrier.key

    async def resolve(self, shipment_id: UUID) -> None:
        """A person looks at the carrier, and says what is there."""
        made = await self.bought(shipment_id)
        number = f"FOUND{shipment_id.hex[:8]}" if made else None
        row = await self.workplace.call("resolve_shipment", shipment_id=shipment_id, tracking_number=number)
        assert (row["status"], row["tracking_number"]) == (("created", number) if made else ("failed", None))
        assert await self.bought(shipment_id) == made
