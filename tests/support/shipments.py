"""What is told of parcels when shipments are asked for, and shipments written and told about as workers do it."""

import json
from dataclasses import dataclass
from typing import Any

import psycopg

Row = dict[str, Any]

SENDER = {
    "name": "Amal",
    "company": "Shop LLC",
    "phone": "+971500000001",
    "email": "amal@shop.example",
    "line1": "Al Quoz 3, Street 8",
    "city": "Dubai",
    "emirate": "dubai",
    "country": "AE",
}
RECIPIENT = {
    "name": "Omar",
    "phone": "+971500000002",
    "line1": "Al Nahyan, Tower 5",
    "city": "Abu Dhabi",
    "country": "AE",
}
ABROAD = {"name": "Layla", "phone": "+966500000003", "line1": "King Road 1", "city": "Riyadh", "country": "SA"}
PARCEL = {"weight_kg": "1.5", "length_cm": "30", "width_cm": "20", "height_cm": "10"}
ITEM = {"description": "Shoes", "quantity": 2, "unit_value": "49.50", "weight_kg": "0.6", "origin_country": "AE"}
CUSTOMS = {"items": [ITEM], "currency": "AED", "incoterm": "DAP", "purpose": "sale"}
WITH_PEOPLE = "*,sender,recipient,instructions,signed_by"
"""What to select of shipments to have their computed columns too."""
WHOLE_SHIPMENT = """
    select s.*, public.sender(s) as sender, public.recipient(s) as recipient, public.instructions(s) as instructions,
        public.signed_by(s) as signed_by
    from public.shipments s where s.id = %s
"""
ORDER: Row = {"reference": "order-1", "recipient": RECIPIENT, "parcels": [PARCEL]}


@dataclass
class Journal:
    """Shipments of one organization, written by the database's owner and told about by a blocking worker."""

    worker: psycopg.Connection[Row]
    database: psycopg.Connection[Row]
    organization_id: str
    connection_id: str

    def shipment(self, **columns: Any) -> str:
        """A shipment that was just asked for."""
        row: Row = {"organization_id": self.organization_id, "environment": "sandbox", "reference": "r"}
        row |= {
            "sender": SENDER,
            "recipient": RECIPIENT,
            "parcels": [PARCEL],
            "ships_at": "now",
            "description": "Goods",
        }
        row |= {"currency": "AED", "created_by": "service", "connection_id": self.connection_id} | columns
        people = {name: row.pop(name, None) for name in ("sender", "recipient", "instructions")}
        values = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()}
        marks = ", ".join(f"%({name})s" for name in row)
        query = f"""
            with made as (
                insert into public.shipments ({", ".join(row)}, origin, destination)
                values ({marks}, private.without_person(%(people)s::jsonb -> 'sender'),
                    private.without_person(%(people)s::jsonb -> 'recipient'))
                returning id, organization_id
            )
            select m.id, private.keep_parties(m.organization_id, 'shipment', m.id, %(people)s) from made m
        """
        return str(self.one(self.database, query, values | {"people": json.dumps(people)})["id"])

    def made(self, **columns: Any) -> str:
        """A shipment that its carrier has taken."""
        shipment = self.shipment(**columns)
        assert self.tell(shipment, "operation", status="created", tracking_number=f"T{shipment[:8]}") == "applied"
        return shipment

    def tell(self, shipment_id: str, source: str = "webhook", **news: Any) -> str:
        """News of a shipment; says what became of it."""
        query = "select private.apply_shipment_news(%s, %s, %s, null) as said"
        return str(self.one(self.worker, query, [shipment_id, json.dumps(news), source])["said"])

    def tell_all(self, news: list[Row]) -> int:
        """A round of tracking; says how many shipments have changed."""
        query = "select private.apply_tracking(%s, 'poll') as changed"
        return int(self.one(self.worker, query, [json.dumps(news)])["changed"])

    def state(self, shipment_id: str) -> Row:
        """The shipment's row, with its computed columns."""
        return self.one(self.database, WHOLE_SHIPMENT, [shipment_id])

    def events(self, shipment_id: str) -> list[Row]:
        """What happened to it, in the order in which it was written down."""
        query = "select * from public.shipment_events where shipment_id = %s order by id"
        return self.database.execute(query, [shipment_id]).fetchall()

    def alerts(self, shipment_id: str) -> dict[str, str]:
        """The alerts about it that have been raised, by kind, with the status of the newest."""
        query = "select kind, status::text from public.alerts where detail ->> 'shipment_id' = %s order by id"
        return {row["kind"]: row["status"] for row in self.database.execute(query, [shipment_id])}

    def due_in(self, shipment_id: str) -> float | None:
        """In how many seconds it is asked about; None: not at all."""
        query = """
            select extract(epoch from due_at - clock_timestamp())::float8 as seconds
            from private.tracking_watch where shipment_id = %s
        """
        row = self.database.execute(query, [shipment_id]).fetchone()
        return None if row is None else float(row["seconds"])

    def silent_since(self, shipment_id: str, since: str) -> None:
        """Let nothing have been heard of it for an interval."""
        self.database.execute(
            "update public.shipments set created_at = now() - %(since)s::interval,"
            " last_event_at = case when last_event_at is not null then now() - %(since)s::interval end"
            " where id = %(id)s",
            {"since": since, "id": shipment_id},
        )

    @staticmethod
    def one(connection: psycopg.Connection[Row], query: str, parameters: Any) -> Row:
        """The one row that a query answers."""
        row = connection.execute(query, parameters).fetchone()
        assert row is not None
        return row
