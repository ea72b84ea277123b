"""Columns that are functions of a row: who may read the row reads them, and a made-up row opens nothing.

A client can call such a function like any other, with whatever it calls a row.
"""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from psycopg.types.json import Jsonb

from tests.rls.conftest import ROLES, World
from tests.rls.test_environments import bound_key
from tests.rls.test_functions import COMPUTED
from tests.support.callers import Caller, Database, Row

PARTIES = {"sender": {"name": "Amal Saleh"}, "recipient": {"name": "Omar"}}
HOME = {"line1": "1 Marina Walk", "city": "Dubai", "country": "AE"}
PAYER = {"customer": {"name": "Amal Saleh"}, "billing_address": HOME, "shipping_address": HOME}

VALUES: dict[str, dict[str, Any]] = {
    "leads": {
        "attributes": {"size": "41"},
        "company": "Souk Trading",
        "email": "amal@example.ae",
        "first_name": "Amal",
        "last_name": "Saleh",
        "phone": "+971501234567",
    },
    "payment_links": PAYER,
    "payments": PAYER,
    "shipment_quotes": {"asked": PARTIES},
    "shipments": PARTIES | {"instructions": "Ring twice", "signed_by": "O. KHAN"},
}
"""By table: its computed columns, with what a row says there."""

READERS = ("viewer", "developer", "admin", "owner", "service_role")


class Place(NamedTuple):
    """A computed column."""

    table: str
    column: str

    @property
    def argument(self) -> str:
        """What the function calls its row."""
        return self.table.removesuffix("s")


OF_BOTH_ENVIRONMENTS = ("leads",)

PLACES = [Place(table, column) for table, columns in VALUES.items() for column in columns]


@pytest.fixture(autouse=True, scope="module")
async def sealed(world: World, database: Database) -> AsyncIterator[None]:
    """Something said in the world's row of each of these tables."""
    for table, values in VALUES.items():
        record_type = table.removeprefix("shipment_").removesuffix("s")
        given = [world.workspace.id, record_type, world.rows[table]["id"], Jsonb(values.get("asked", values))]
        await database.execute("select private.keep_personal(%s, %s, %s, %s)", given)
    yield
    for table in VALUES:
        await database.execute("select private.forget_personal(%s)", [world.rows[table]["id"]])


async def in_its_row(world: World, caller: Caller, place: Place) -> list[Row]:
    answer = await caller.request("GET", f"{place.table}?id=eq.{world.rows[place.table]['id']}&select={place.column}")
    rows: list[Row] = answer.json() if answer.is_success else []
    return rows


async def by_name(world: World, caller: Caller, place: Place) -> Any:
    """What the function answers about a row that is the caller's own, but for its id."""
    forged = {"id": str(world.rows[place.table]["id"]), "organization_id": world.workspace.id, "environment": "live"}
    answer = await caller.request("POST", f"rpc/{place.column}", json={place.argument: forged})
    return answer.json() if answer.is_success else None


async def test_no_computed_column_is_missing_here(database: Database) -> None:
    query = f"""
        select c.relname as table_name, p.proname as column_name
        from pg_proc p join pg_type r on r.oid = p.proargtypes[0] join pg_class c on c.oid = r.typrelid
        where {COMPUTED}
    """
    found = await (await database.execute(query.encode())).fetchall()

    assert {Place(row["table_name"], row["column_name"]) for row in found} == set(PLACES)


@pytest.mark.parametrize("place", PLACES, ids=".".join)
async def test_who_may_read_the_row_reads_it_and_nobody_else(world: World, place: Place) -> None:
    value = VALUES[place.table][place.column]
    for role in ROLES:
        reads = role in READERS
        caller = world.callers[role]
        assert await in_its_row(world, caller, place) == ([{place.column: value}] if reads else []), role
        assert await by_name(world, caller, place) == (value if reads else None), role


@pytest.mark.parametrize("place", [each for each in PLACES if each.table not in OF_BOTH_ENVIRONMENTS], ids=".".join)
async def test_a_key_of_the_other_environment_reads_nothing(world: World, place: Place) -> None:
    live, sandbox = await bound_key(world, "live"), await bound_key(world, "sandbox")

    assert (await in_its_row(world, live, place), await by_name(world, live, place)) == ([], None)
    assert await by_name(world, sandbox, place) == VALUES[place.table][place.column]


@pytest.mark.parametrize("place", PLACES, ids=".".join)
async def test_a_made_up_row_says_nothing(world: World, place: Place) -> None:
    owner = world.callers["owner"]
    for made_up in ({}, {place.column: "Mallory"}, {"id": world.workspace.id}):
        answer = await owner.request("POST", f"rpc/{place.column}", json={place.argument: made_up})
        assert (answer.status_code, answer.json()) == (200, None)
