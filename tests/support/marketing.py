"""A marketing tool as workers see it: leads on their way to it, and contacts on their way from it."""

from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from tests.support.callers import TOOL, Database, Row, Workspace


@dataclass
class Tool:
    """One connection to a marketing tool that keeps contacts, and a worker who looks after it.

    :param worker: a connection as `wasl_worker`.
    """

    workspace: Workspace
    worker: Database
    id: str
    sent: dict[str, str] = field(default_factory=dict)
    """By which settings each lead was last handed out."""

    async def value(self, query: str, *parameters: Any) -> Any:
        """The one value that a query of the worker's answers."""
        row = await (await self.worker.execute(query, parameters)).fetchone()
        assert row is not None
        return next(iter(row.values()))

    async def sync(self, **arguments: Any) -> Row:
        """Keep leads alike with it."""
        row: Row = await self.workspace.owner.call("set_lead_sync", connection_id=self.id, **arguments)
        return row

    async def due(self, most: int = 100) -> list[Row]:
        """What is to be pushed."""
        query = "select * from private.leads_to_push(%s, %s)"
        due = await (await self.worker.execute(query, (self.id, most))).fetchall()
        self.sent |= {str(each["lead_id"]): each["settings"] for each in due}
        return due

    async def note(self, *outcomes: Row) -> Any:
        """Say what came of it."""
        told = [{"settings": self.sent.get(each["lead_id"])} | each for each in outcomes]
        return await self.value("select private.note_pushes(%s, %s)", self.id, Jsonb(told))

    async def push(self) -> list[Row]:
        """Have all that is due taken, with a contact's id made of the lead's."""
        due = await self.due()
        await self.note(*({"lead_id": str(each["lead_id"]), "version": each["version"],
                           "provider_contact_id": f"c-{each['lead_id']}"} for each in due))  # fmt: skip
        return due

    async def tell(self, contact_id: str, **contact: Any) -> Any:
        """Have a contact applied, as the tool has it."""
        told = {"provider_contact_id": contact_id} | contact
        return await self.value("select private.apply_contact(%s, %s)", self.id, Jsonb(told))

    async def link(self, lead: Row) -> Row:
        """Where a lead stands there; empty: nowhere."""
        query = "select * from public.lead_links where lead_id = %s and connection_id = %s"
        rows = await self.workspace.all(query, [lead["id"], self.id])
        return rows[0] if rows else {}

    async def make_due(self) -> None:
        """Let every pause be over."""
        query = "update public.lead_links set next_try_at = now() where connection_id = %s and next_try_at is not null"
        await self.workspace.database.execute(query, [self.id])

    async def jobs(self) -> int:
        """How many jobs to push are there; they are then done, so to speak."""
        query = """
            with done as (
                delete from private.jobs where kind = 'lead.push' and payload ->> 'connection_id' = %s returning 1
            )
            select count(*) from done
        """
        count: int = await self.workspace.one(query, [self.id])
        return count


async def connect_tool(workspace: Workspace, worker: Database, **options: Any) -> Tool:
    """A new connection to a marketing tool."""
    connection = await workspace.connection(TOOL, **options)
    return Tool(workspace, worker, connection["id"])
