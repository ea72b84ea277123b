"""Policies stay cheap: whose rows a caller may see is asked once per query, and then looked up in an index."""

import json
from typing import Any

import psycopg
import pytest

from stack import Stack
from tests.rls.conftest import World

ORGANIZATIONS = 200
ROWS_EACH = 100

FILL = """
    with others as (
        insert into public.organizations (name, slug)
        select 'Crowd', 'crowd-' || gen_random_uuid() from generate_series(1, %(organizations)s) returning id
    )
    insert into public.payments (organization_id, environment, reference, amount, currency, created_by)
    select o.id, 'sandbox', 'r', 1, 'AED', 'service' from others o, generate_series(1, %(rows)s)
"""


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan, outermost first."""
    return [plan, *(each for child in plan.get("Plans", []) for each in nodes(child))]


@pytest.fixture
async def crowded(stack: Stack, world: World) -> Any:
    """A transaction in the owner's name, with many payments of many others, which is rolled back."""
    async with await psycopg.AsyncConnection.connect(stack.database_url) as connection:
        await connection.execute(FILL, {"organizations": ORGANIZATIONS, "rows": ROWS_EACH})
        await connection.execute("analyze public.payments")
        claims = json.dumps({"role": "authenticated", "sub": world.callers["owner"].user_id})
        await connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        await connection.execute("set local role authenticated")
        yield connection
        await connection.rollback()


async def explain(connection: psycopg.AsyncConnection[Any], query: str) -> list[dict[str, Any]]:
    row = await (await connection.execute(f"explain (analyze, buffers, format json) {query}")).fetchone()
    assert row is not None
    return nodes(row[0][0]["Plan"])


@pytest.mark.parametrize(
    "query", ["select count(*) from payments", "select * from payments order by created_at desc limit 20"]
)
async def test_the_callers_organizations_are_looked_up_once(crowded: Any, query: str) -> None:
    plan = await explain(crowded, query)

    lookups = [node for node in plan if node.get("Parent Relationship") == "InitPlan"]
    # Those that no row makes necessary, such as the connections that a bound key is kept to, are not made at all.
    assert max(node["Actual Loops"] for node in lookups) == 1


async def test_rows_of_others_are_not_even_read(crowded: Any) -> None:
    await explain(crowded, "select count(*) from payments")  # The first one reads the catalog too.
    plan = await explain(crowded, "select count(*) from payments")

    scans = [node for node in plan if node.get("Relation Name") == "payments"]
    assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}
    assert sum(node.get("Rows Removed by Filter", 0) for node in scans) < ORGANIZATIONS * ROWS_EACH / 100
    assert plan[0]["Shared Hit Blocks"] + plan[0]["Shared Read Blocks"] < 100
