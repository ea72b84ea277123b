"""What payments and payment links say of people: nowhere in the clear, opened for who may see it, gone with its key."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.support.callers import PAYER, Caller, Database, Row, Workspace
from tests.support.privacy import EMAIL, Worker, ask, carry_out

HOME = {"line1": "1 Marina Walk", "city": "Dubai", "country": "AE"}
SAID: Row = {
    "customer": {"name": "Amal Saleh", "email": EMAIL, "phone": "+971501234567", "reference": "c-7"},
    "billing_address": HOME,
    "shipping_address": HOME | {"line1": "2 Marina Walk"},
}
NOTHING: Row = {"customer": {}, "billing_address": None, "shipping_address": None}
INVOICE = {"amount": "99.00", "currency": "AED", "reference": "INV-7"}
TABLES = """
    select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
      and not c.relispartition and a.attname = 'organization_id'
"""


@pytest.fixture
async def paying(workspace: Workspace) -> Workspace:
    """A workspace with an active gateway."""
    await workspace.connection()
    return workspace


async def make_link(workspace: Workspace, **arguments: Any) -> Row:
    link: Row = await workspace.owner.call(
        f"create_payment_link?select={PAYER}", organization_id=workspace.id, **INVOICE | arguments
    )
    return link


async def follow(workspace: Workspace, server: Caller, link: Row) -> Row:
    """The payment that somebody who follows a link makes."""
    opened = await server.call("open_payment_link", token=link["token"], page_url="https://hub.example/pay")
    [payment] = await workspace.owner.rows(f"payments?id=eq.{opened['payment_id']}&select={PAYER}")
    return payment


def said_by(row: Row) -> Row:
    return {name: row[name] for name in SAID}


async def captured(worker: Worker, payment: Row) -> None:
    news = {"status": "captured", "amount_captured": "99.00"}
    await worker.execute("select private.apply_payment_news(%s, %s, 'operation', null)", [payment["id"], Jsonb(news)])


async def test_no_table_but_that_of_events_holds_it_in_the_clear(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    payment = await paying.payment(**SAID, idempotency_key="a")
    await follow(paying, server, await make_link(paying, **SAID, idempotency_key="b"))
    await captured(worker, payment)

    clear = set()
    for table in await paying.all(TABLES):
        rows = await paying.all(
            f"select to_jsonb(t)::text as row from {table['name']} t where organization_id = %s", [paying.id]
        )
        if any(word in row["row"] for row in rows for word in ("Amal", EMAIL, "971501234567", "Marina")):
            clear.add(table["name"])
    assert clear == {"events"}


async def test_who_may_see_the_payment_sees_it(paying: Workspace, other: Caller) -> None:
    payment = await paying.payment(**SAID)
    path = f"payments?id=eq.{payment['id']}&select={PAYER}"

    for caller in (paying.owner, await paying.member("viewer"), await paying.api_key("payments:read")):
        [row] = await caller.rows(path)
        assert said_by(row) == SAID
    assert await other.rows(path) == []


async def test_the_same_call_again_answers_with_it_and_another_customer_is_another_call(paying: Workspace) -> None:
    order = INVOICE | {"return_url": "https://shop.example", "idempotency_key": "k", **SAID}
    first = await paying.owner.call(f"create_payment?select={PAYER}", **order)

    assert await paying.owner.call(f"create_payment?select={PAYER}", **order) == first
    assert said_by(first) == SAID
    refusal = await paying.owner.refused("create_payment", **order | {"customer": {"name": "Omar"}})
    assert refusal.code == "idempotency_key_reused"


async def test_a_link_says_it_to_its_payments(paying: Workspace, server: Caller) -> None:
    link = await make_link(paying, **SAID, idempotency_key="k")

    assert said_by(link) == SAID
    assert link["input"].keys().isdisjoint(SAID)
    assert await make_link(paying, **SAID, idempotency_key="k") == link
    assert said_by(await follow(paying, server, link)) == SAID


async def test_who_says_nothing_of_anybody_costs_no_key(paying: Workspace, server: Caller) -> None:
    link = await make_link(paying)
    payment = await follow(paying, server, link)

    assert (said_by(link), said_by(payment)) == (NOTHING, NOTHING)
    for table in ("subject_keys", "personal_values"):
        assert await paying.one(f"select count(*) from private.{table} where organization_id = %s", [paying.id]) == 0


async def test_erasing_leaves_nothing_that_opens_and_the_key_of_a_backup_would(
    paying: Workspace, worker: Worker, database: Database
) -> None:
    payment = await paying.payment(**SAID, description="For Amal")
    await captured(worker, payment)
    old = "update payments set created_at = now() - interval '9 years' where id = %s"
    await database.execute(old, [payment["id"]])
    [backup] = await paying.all(
        "select v.sealed, k.key from private.personal_values v join private.subject_keys k using (subject_id)"
        " where subject_id = %s",
        [payment["id"]],
    )
    opened = "select private.unseal(%s, %s)"

    await carry_out(worker, await ask(paying, "erasure"))

    [row] = await paying.owner.rows(f"payments?id=eq.{payment['id']}&select={PAYER}")
    assert (said_by(row), row["description"], row["amount"]) == (NOTHING, None, "99.00")
    assert await paying.one(opened, [payment["id"], backup["sealed"]]) is None
    restore = "insert into private.subject_keys (subject_id, organization_id, key) values (%s, %s, %s)"
    await database.execute(restore, [payment["id"], paying.id, backup["key"]])
    assert await paying.one(opened, [payment["id"], backup["sealed"]]) == SAID


async def test_a_link_whose_payer_was_erased_can_still_be_paid(
    paying: Workspace, server: Caller, worker: Worker, database: Database
) -> None:
    link = await make_link(paying, **SAID, metadata={"order": "7"}, single_use=False)
    old = "update payment_links set created_at = now() - interval '9 years' where id = %s"
    await database.execute(old, [link["id"]])

    await carry_out(worker, await ask(paying, "erasure"))

    payment = await follow(paying, server, link)
    assert (said_by(payment), payment["metadata"], payment["amount"]) == (NOTHING, {}, "99.00")
