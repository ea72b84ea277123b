"""Merchants' dispatch desks: they ask the hub to ship, by carriers whose twins are in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.support.carriers.base import Carrier
from tests.support.carriers.parcels import domestic, international
from tests.support.shipments import WHOLE_SHIPMENT
from tests.support.workplace import Row, Workplace, until
from workers.providers.money import Money
from workers.providers.shipping.models import ShipmentRequest
from workers.store.shipments import PostgresShipments

_PATIENCE_SECONDS = 30.0
_OUT_OF_THE_WAY = (
    "update public.integration_connections set next_health_check_at = now() + interval '1 day' where id = %s",
    "update public.rate_limits set capacity = 1000, refill_per_second = 1000 where connection_id = %s",
)
_WHOLE_QUOTE = "select q.*, public.asked(q) as asked from public.shipment_quotes q where q.id = %s"
_ALERTS = "select * from public.alerts where organization_id = %s and group_key like %s order by id"

# Some carriers know a shipment only a while after it was made; and an open breaker lets nothing through for a while.
# What waits is made to have waited. Workers see an open breaker's change within a second.
_LET_TIME_PASS = """
    with about as materialized (select o.* from public.operations o where o.subject_id = %(shipment_id)s),
    left_to_do as materialized (
        select j.id, o.connection_id
        from about o
        join private.jobs j on j.id = o.id or j.id = %(shipment_id)s
    ),
    open as (
        update private.circuit_breakers b
        set retry_at = now()
        from left_to_do l
        where b.connection_id = l.connection_id and b.state = 'open'
        returning l.id
    ),
    waited as (
        update private.jobs j
        set run_at = case when j.id in (select id from open) then least(j.run_at, now() + interval '1.1 s')
                          else now() end,
            payload = case when j.payload ? 'sent_at' then j.payload || jsonb_build_object(
                'sent_at', (j.payload ->> 'sent_at')::timestamptz - interval '6 minutes') else j.payload end
        where j.claim_id is null and j.run_at > now() and j.id in (select l.id from left_to_do l)
        returning j.id
    )
    select * from about order by created_at
"""


@dataclass
class Contract:
    """A new account of a carrier's, connected. :param url: of the carrier's twin."""

    carrier: Carrier
    connection_id: UUID
    account: dict[str, str]
    url: str


@dataclass
class Desk:
    """One organization and its carriers.

    :param contracts: by the connection's id, in the order in which they were made.
    """

    hub: Workplace
    organization_id: UUID
    contracts: dict[UUID, Contract] = field(default_factory=dict)

    @classmethod
    async def open(cls, hub: Workplace, *carriers: Carrier, organization_id: UUID | None = None) -> Desk:
        """An organization, a new one by default, with these carriers, considered in this order."""
        desk = cls(hub, organization_id or await hub.organization())
        for carrier in carriers:
            await desk.connect(carrier)
        return desk

    async def connect(self, carrier: Carrier, **columns: Any) -> UUID:
        """Connect a carrier, after those that are there. The hub's own limit does not slow it, and no health check
        meets faults that are meant for shipments.

        :param columns: of its row in ``shipping_providers``.
        """
        account = carrier.account()
        async with self.hub.database.transaction():  # so that no health check comes in between
            connection_id = await self.hub.connect(self.organization_id, carrier, account)
            url = f"{str(self.hub.sandbox.base_url).rstrip('/')}/{carrier.key}"
            self.contracts[connection_id] = Contract(carrier, connection_id, account, url)
            await self.use(connection_id, **{"priority": len(self.contracts), **columns})
            for query in _OUT_OF_THE_WAY:
                await self.hub.database.execute(query, [connection_id])
        return connection_id

    async def use(self, connection_id: UUID, **columns: Any) -> None:
        """Change how a carrier is used, by the columns of ``shipping_providers``."""
        assigned = ", ".join(f"{name} = %({name})s" for name in columns)
        query = f"update public.shipping_providers set {assigned} where connection_id = %(connection_id)s"
        await self.hub.database.execute(query, {**columns, "connection_id": connection_id})

    @property
    def first(self) -> Contract:
        """The carrier that is considered first."""
        return next(iter(self.contracts.values()))

    # What the desk asks of the hub.

    async def order(self, **arguments: Any) -> Row:
        """A shipment just asked for, such as the first carrier takes."""
        wanted = {**as_arguments(request_for(self.first.carrier)), **arguments}
        return await self.hub.call("create_shipment", organization_id=self.organization_id, **wanted)

    async def shipped(self, **arguments: Any) -> Row:
        """A shipment that its carrier has."""
        ordered = await self.order(**arguments)
        operation = await self.hub.finished(ordered["id"], "shipment.create")
        assert operation["status"] == "succeeded", operation["error"]
        return await self.now(ordered)

    async def quoted(self, **arguments: Any) -> Row:
        """A quote with all its answers, and its rates in their order under ``rates``."""
        facts = as_arguments(request_for(self.first.carrier))
        unasked = ("reference", "service", "label_format", "metadata", "instructions")
        wanted = {name: value for name, value in facts.items() if name not in unasked} | arguments
        quote = await self.hub.call("quote_shipment", organization_id=self.organization_id, **wanted)
        assert (await self.hub.finished(quote["id"], "shipment.quote"))["status"] == "succeeded"
        row = await self.hub.one(_WHOLE_QUOTE, quote["id"])
        rates = await self.hub.all("select * from public.shipment_rates where quote_id = %s order by rank", quote["id"])
        return {**row, "rates": rates}

    async def now(self, shipment: Row) -> Row:
        """A shipment as it stands, with its computed columns."""
        return await self.hub.one(WHOLE_SHIPMENT, shipment["id"])

    async def reaches(self, shipment: Row, status: str) -> Row:
        """The shipment once it has a status."""

        async def reached() -> Row | None:
            row = await self.now(shipment)
            return row if row["status"] == status else None

        found: Row = await until(reached)
        return found

    async def events(self, shipment: Row) -> list[Row]:
        """What happened to a shipment, by the carrier's clock."""
        query = "select * from public.shipment_events where shipment_id = %s order by occurred_at, id"
        return await self.hub.all(query, shipment["id"])

    async def documents(self, shipment: Row) -> list[Row]:
        """A shipment's papers, with their ``content`` while it is in the database."""
        query = """
            select d.*, c.content
            from public.shipment_documents d left join private.document_contents c on c.document_id = d.id
            where d.shipment_id = %s order by d.created_at, d.id"""
        return await self.hub.all(query, shipment["id"])

    async def alerts(self, shipment: Row, trouble: str = "%") -> list[Row]:
        """The alerts about a shipment."""
        return await self.hub.all(_ALERTS, self.organization_id, f"shipment:{shipment['id']}:{trouble}")

    async def settled(self, shipment: Row) -> Row:
        """The operation that buys the label once it is over, and nothing that follows from it is left to do; meanwhile
        time passes quickly."""

        async def ended() -> Row | None:
            cursor = await self.hub.database.execute(_LET_TIME_PASS, {"shipment_id": shipment["id"]})
            operations = await cursor.fetchall()
            left = await self.hub.all("select 1 from private.jobs where id = %s", shipment["id"])
            return None if left or operations[0]["status"] == "pending" else operations[0]

        operation: Row = await until(ended, seconds=_PATIENCE_SECONDS, every=0.05)
        return operation

    async def clock_strikes(self, *shipments: Row) -> int:
        """Parcels are due to be asked about, and the clock has struck; returns how many calls that takes."""
        await self.becomes_due(*shipments)
        return await PostgresShipments(self.hub.pool, safe_seconds=1).enqueue_due_tracking()

    async def becomes_due(self, *shipments: Row) -> None:
        """Parcels are due to be asked about."""
        query = "update private.tracking_watch set due_at = now() where shipment_id = any (%s)"
        await self.hub.database.execute(query, [[each["id"] for each in shipments]])

    async def jobs_done(self, *kinds: str) -> None:
        """Wait until the organization has no such job left; of any kind, when none is named."""

        async def none_left() -> bool:
            return not await self.hub.all(
                "select 1 from private.jobs where organization_id = %s and (kind = any (%s) or %s)",
                self.organization_id,
                list(kinds),
                not kinds,
            )

        await until(none_left)

    # What happens at the carriers.

    async def advance(self, shipment: Row, step: str) -> None:
        """A parcel goes on, to a step of `sandbox.shipping.journey`."""
        contract = self.contracts[shipment["connection_id"]]
        number = shipment["tracking_number"]
        await contract.carrier.advance(self.hub.sandbox, contract.url, contract.account, number, step)

    async def fault(self, kind: str, call: str, carrier: Carrier | None = None, **details: Any) -> int:
        """Plan a fault for the next request like ``call``, at the first carrier unless one is named; its number."""
        method, _, path = call.partition(" ")
        key = (carrier or self.first.carrier).key
        return await self.hub.plan_fault(kind, provider=key, match={"method": method, "path": path}, **details)

    async def bought(self, shipment: Row) -> dict[str, int]:
        """How many labels each carrier has sold for a shipment, by its key; those that have sold none are left out."""
        found = {}
        for carrier in {each.carrier.key: each.carrier for each in self.contracts.values()}.values():
            found[carrier.key] = carrier.bought(await self.hub.at(carrier.key, shipment["id"]))
        return {key: number for key, number in found.items() if number}


def request_for(carrier: Carrier) -> ShipmentRequest:
    """A shipment that a carrier takes: within the Emirates where it can."""
    if carrier.domestic is not None:
        return domestic(**{"service": carrier.service, **carrier.domestic})
    assert carrier.international is not None, carrier.key
    return international(**carrier.international)


def as_arguments(request: ShipmentRequest) -> Row:
    """A shipment's facts as ``create_shipment`` takes them."""
    said = request.model_dump(mode="json", exclude_none=True, exclude={"shipment_id", "is_return", "rate_data"})
    moneys = {name: said.pop(name, None) for name in ("cash_on_delivery", "declared_value", "insured_value")}
    return {
        **{name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in said.items()},
        **money_arguments(moneys),
    }


def money_arguments(moneys: dict[str, Any]) -> Row:
    """Amounts, all in one currency, as ``create_shipment`` takes them."""
    names = {"cash_on_delivery": "cash_on_delivery_amount"}
    arguments: Row = {}
    for name, value in moneys.items():
        if value:
            money = Money.of(**value)
            arguments |= {names.get(name, name): f"{money.amount:f}", "currency": money.currency}
    return arguments
