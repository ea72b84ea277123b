"""Who sends parcels and who receives them: sealed, shown to whoever may read the shipment, gone with its key."""

import json
from typing import Any

import pytest

from tests.support.callers import Caller, Refusal, Row, Workspace, key_caller
from tests.support.privacy import EMAIL, Worker, ask, carry_out
from tests.support.shipments import ORDER, PARCEL, RECIPIENT, SENDER, WITH_PEOPLE

PERSON = RECIPIENT | {"name": "Amal Saleh", "email": EMAIL, "makani": "12345 67890"}
PLACE = {"city": "Abu Dhabi", "country": "AE"}
SAID = {"recipient": PERSON, "instructions": "Ring twice", "description": "Shoes", "metadata": {"order": "7"}}
SEEN = SAID | {"sender": SENDER, "signed_by": "O. KHAN"}
COLUMNS = ("sender", "recipient", "instructions", "signed_by")
TABLES = ("public.shipments", "public.shipment_quotes", "public.operations", "private.jobs", "private.personal_values")


@pytest.fixture
async def shipping(workspace: Workspace) -> Workspace:
    """A workspace with a carrier and a default location."""
    await workspace.carrier()
    return workspace


async def signed(shipping: Workspace) -> Row:
    """A shipment that somebody has taken."""
    shipment = await shipping.shipment(**SAID)
    news = json.dumps({"signed_by": SEEN["signed_by"]})
    tell = "select private.apply_shipment_news(%s, %s, 'poll', null)"
    assert await shipping.one(tell, [shipment["id"], news]) == "applied"
    [row] = await shipping.owner.rows(f"shipments?id=eq.{shipment['id']}&select={WITH_PEOPLE}")
    return row


async def quoted(shipping: Workspace) -> Row:
    """A quote for the person, with its computed column."""
    rpc = "quote_shipment?select=*,asked"
    row: Row = await shipping.owner.call(rpc, recipient=PERSON, parcels=[PARCEL], description="Shoes")
    return row


async def sealed(shipping: Workspace, record: Row) -> Row:
    """A copy of what is kept sealed of a record, with its key."""
    query = """
        select v.subject_id, v.sealed, k.organization_id, k.key
        from private.personal_values v join private.subject_keys k using (subject_id) where v.subject_id = %s
    """
    [row] = await shipping.all(query, [record["id"]])
    return row


async def opened(shipping: Workspace, copy: Row) -> Any:
    """What a copy says, as far as the database can open it."""
    return await shipping.one("select private.unseal(%s, %s)", [copy["subject_id"], copy["sealed"]])


def told_of_people() -> set[str]:
    """All that only somebody who may read it is to see."""
    places = {*PLACE.values(), SENDER["city"], SENDER["emirate"]}
    return {*PERSON.values(), *SENDER.values(), "Ring twice", "O. KHAN"} - places


async def test_no_row_has_it_in_the_clear(shipping: Workspace) -> None:
    await signed(shipping)
    await quoted(shipping)

    query = "select to_jsonb(t)::text as row from {} t where organization_id = %s"
    rows = {table: await shipping.all(query.format(table), [shipping.id]) for table in TABLES}

    assert {table: len(found) > 0 for table, found in rows.items()} == dict.fromkeys(TABLES, True)
    text = json.dumps(rows)
    assert [each for each in told_of_people() if each in text] == []
    assert PLACE["city"] in text


async def test_whoever_may_read_a_shipment_reads_them_by_name(shipping: Workspace) -> None:
    shipment, quote = await signed(shipping), await quoted(shipping)
    viewer, key = await shipping.member("viewer"), await shipping.api_key("shipments:read")

    for caller in (viewer, key, shipping.owner):
        [row] = await caller.rows(f"shipments?id=eq.{shipment['id']}&select=*,{','.join(COLUMNS)}")
        assert {name: row[name] for name in SEEN} == SEEN
        assert (row["origin"], row["destination"]) == ({**PLACE, "city": "Dubai", "emirate": "dubai"}, PLACE)
        [row] = await caller.rows(f"shipment_quotes?id=eq.{quote['id']}&select=*,asked")
        assert (row["request"]["recipient"], row["asked"]["recipient"]) == (PLACE, PERSON)
        assert row["asked"] == row["request"] | {"sender": SENDER, "recipient": PERSON}
    [plain] = await viewer.rows(f"shipments?id=eq.{shipment['id']}")
    assert not set(COLUMNS) & plain.keys()
    assert quote["asked"]["recipient"] == PERSON, "an RPC's answer has it too"


async def test_a_forged_row_tells_nobody_else_anything(shipping: Workspace, other: Caller) -> None:
    shipment, quote = await signed(shipping), await quoted(shipping)
    live = await shipping.owner.call(
        "create_api_key", organization_id=shipping.id, name="Live", scopes=["*"], role="admin", environment="live"
    )
    narrow = await shipping.api_key("payments:read", role="admin")

    for caller in (other, narrow, key_caller(shipping.stack, shipping.http, live["id"])):
        for column in COLUMNS:
            assert await caller.call(column, shipment=shipment) is None
        assert await caller.call("asked", shipment_quote=quote) is None
    assert await shipping.owner.call("recipient", shipment={"id": shipment["id"]}) == PERSON


async def test_the_same_key_with_another_recipient_is_refused(shipping: Workspace) -> None:
    await shipping.shipment(**SAID, idempotency_key="k")
    again = ORDER | SAID | {"recipient": PERSON | {"name": "Omar"}, "idempotency_key": "k"}
    assert await shipping.owner.refused("create_shipment", **again) == Refusal(
        409, "idempotency_key_reused", "idempotency_key"
    )


async def test_a_price_asked_for_places_alone_keeps_nothing_sealed(shipping: Workspace) -> None:
    place = {"city": "Dubai", "country": "AE"}
    quote = await shipping.owner.call("quote_shipment", recipient=PLACE, sender=place, parcels=[PARCEL])
    kept = "select count(*) from private.personal_values where subject_id = %s"
    assert await shipping.one(kept, [quote["id"]]) == 0


async def test_a_carrier_is_asked_about_an_address_without_who_lives_there(shipping: Workspace) -> None:
    [carrier] = await shipping.owner.rows("integration_connections")
    operation = await shipping.owner.call("check_delivery_address", connection_id=carrier["id"], place=PERSON)
    assert operation["input"]["place"] == {
        name: value for name, value in PERSON.items() if name not in ("name", "phone", "email")
    }


async def test_erasing_leaves_the_places_and_copies_that_open_no_more(shipping: Workspace, worker: Worker) -> None:
    shipment, quote = await signed(shipping), await quoted(shipping)
    await shipping.database.execute("update shipments set status = 'delivered' where id = %s", [shipment["id"]])
    copies = [await sealed(shipping, shipment), await sealed(shipping, quote)]
    assert [(await opened(shipping, copy))["recipient"]["name"] for copy in copies] == ["Amal Saleh", "Amal Saleh"]

    assert await carry_out(worker, await ask(shipping, "erasure")) == "over"

    [row] = await shipping.owner.rows(f"shipments?id=eq.{shipment['id']}&select={WITH_PEOPLE}")
    assert (row["recipient"], row["instructions"], row["signed_by"]) == (PLACE, None, None)
    assert (row["description"], row["metadata"]) == ("[erased]", {})
    [row] = await shipping.owner.rows(f"shipment_quotes?id=eq.{quote['id']}&select=*,asked")
    assert (row["asked"]["recipient"], row["request"]["description"]) == (PLACE, "[erased]")
    assert [await opened(shipping, copy) for copy in copies] == [None, None]
    restored = "insert into private.subject_keys (subject_id, organization_id, key) values (%s, %s, %s)"
    await shipping.database.execute(restored, [copies[0][name] for name in ("subject_id", "organization_id", "key")])
    assert (await opened(shipping, copies[0]))["recipient"]["email"] == EMAIL, "only the key was missing"


async def test_a_person_is_found_as_sender_too(shipping: Workspace, worker: Worker) -> None:
    sender = SENDER | {"email": EMAIL.upper()}
    shipment = await shipping.shipment(sender=sender)
    await shipping.database.execute("update shipments set status = 'delivered' where id = %s", [shipment["id"]])

    await carry_out(worker, await ask(shipping, "erasure"))

    [row] = await shipping.owner.rows(f"shipments?id=eq.{shipment['id']}&select=sender")
    assert row["sender"] == {"city": "Dubai", "emirate": "dubai", "country": "AE"}
