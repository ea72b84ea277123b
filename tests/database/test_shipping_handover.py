"""Handing parcels over: papers, drivers and the lists that drivers sign."""

import asyncio
import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tests.support.callers import GATEWAY, Caller, Refusal, Row, Workspace
from tests.support.shipments import PARCEL, RECIPIENT, SENDER, Journal

TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
READY = datetime.combine(TOMORROW, time(8), UTC).isoformat()
CLOSES = datetime.combine(TOMORROW, time(12), UTC).isoformat()
NOT_FOUND = Refusal(404, "shipment_not_found", "shipment_ids")
NO_CONNECTION = Refusal(404, "connection_not_found", "connection_id")


def label(journal: Journal, shipment_id: str) -> str:
    """A label of a shipment; its id."""
    query = """
        insert into public.shipment_documents (organization_id, shipment_id, kind, format, path, sha256, bytes)
        values (%s, %s, 'label', 'pdf', %s, repeat('0', 64), 1) returning id
    """
    row = journal.one(journal.database, query, [journal.organization_id, shipment_id, str(uuid.uuid4())])
    return str(row["id"])


@pytest.fixture
async def carrier(depot: Workspace) -> str:
    """A carrier's connection of the test's own."""
    connection = await depot.connection("probe_carrier")
    return str(connection["id"])


@pytest.fixture
def pickup(carrier: str) -> Row:
    """What is said of a driver that is sent for."""
    return {"connection_id": carrier, "ready_at": READY, "closes_at": CLOSES, "parcels": 3, "weight_kg": 4.5}


# Papers.


async def test_labels_are_printed_in_the_order_that_is_asked_for(depot: Workspace, journal: Journal) -> None:
    shipments = [journal.made() for _ in range(3)]
    for each in shipments:
        label(journal, each)
    order = [shipments[2], shipments[0], shipments[1]]

    operation = await depot.owner.call("print_labels", shipment_ids=order, idempotency_key=order[0])
    assert (operation["kind"], operation["input"]) == ("shipment.print_labels", {"shipment_ids": order})
    assert await depot.owner.call("print_labels", shipment_ids=order, idempotency_key=order[0]) == operation


async def test_only_labels_that_there_are_are_printed(depot: Workspace, journal: Journal, other: Caller) -> None:
    with_label, without = journal.made(), journal.made()
    label(journal, with_label)
    for shipments, refusal in (
        ([with_label, without], Refusal(409, "label_missing", "shipment_ids")),
        ([], Refusal(400, "invalid_shipment_ids", "shipment_ids")),
        (None, Refusal(400, "invalid_shipment_ids", "shipment_ids")),
        ([with_label] * 101, Refusal(400, "invalid_shipment_ids", "shipment_ids")),
        ([with_label, with_label], NOT_FOUND),
        ([with_label, str(uuid.uuid4())], NOT_FOUND),
    ):
        assert await depot.owner.refused("print_labels", shipment_ids=shipments) == refusal
    assert await other.refused("print_labels", shipment_ids=[with_label]) == NOT_FOUND


async def test_whoever_may_read_a_shipment_may_fetch_its_papers(
    depot: Workspace, journal: Journal, other: Caller
) -> None:
    document = label(journal, journal.made())
    for caller in (await depot.member("viewer"), await depot.api_key("shipments:read")):
        operation = await caller.call("link_document", document_id=document)
        assert (operation["kind"], operation["subject_id"]) == ("document.link", document)
    refusal = await other.refused("link_document", document_id=document)
    assert refusal == Refusal(404, "document_not_found", "document_id")


# Drivers.


async def test_a_driver_is_sent_for_to_the_default_location(depot: Workspace, pickup: Row) -> None:
    row = await depot.owner.call("schedule_pickup", **pickup, location="Reception", instructions="Gate 2")

    assert (row["status"], row["environment"], row["place"]) == ("pending", "sandbox", SENDER)
    assert (row["parcels"], row["weight_kg"]) == (3, 4.5)
    assert (row["location"], row["instructions"]) == ("Reception", "Gate 2")
    [operation] = await depot.owner.rows(f"operations?subject_id=eq.{row['id']}")
    assert (operation["kind"], operation["subject_type"]) == ("pickup.create", "pickup")
    assert operation["connection_id"] == pickup["connection_id"]


async def test_what_is_fetched_says_how_much_it_is(depot: Workspace, journal: Journal, carrier: str) -> None:
    shipments = [journal.made(connection_id=carrier, parcels=[PARCEL, PARCEL]) for _ in range(2)]
    pickup = {"connection_id": carrier, "ready_at": READY, "closes_at": CLOSES, "shipment_ids": shipments}

    row = await depot.owner.call("schedule_pickup", **pickup, place=RECIPIENT)

    assert (row["parcels"], row["weight_kg"], row["place"]) == (4, 6, RECIPIENT)
    assert {str(journal.state(each)["pickup_id"]) for each in shipments} == {row["id"]}
    refusal = await depot.owner.refused("schedule_pickup", **pickup)
    assert refusal == Refusal(409, "pickup_exists", "shipment_ids")


async def test_a_shipment_whose_driver_was_called_off_can_wait_for_another(
    depot: Workspace, journal: Journal, carrier: str
) -> None:
    pickup: Row = {"connection_id": carrier, "ready_at": READY, "closes_at": CLOSES}
    pickup["shipment_ids"] = [journal.made(connection_id=carrier)]
    first = await depot.owner.call("schedule_pickup", **pickup)
    assert (await depot.owner.call("cancel_pickup", pickup_id=first["id"]))["status"] == "cancelled"
    [operation] = await depot.owner.rows(f"operations?subject_id=eq.{first['id']}")
    assert operation["status"] == "cancelled"
    assert (await depot.owner.call("schedule_pickup", **pickup))["status"] == "pending"


async def test_two_who_send_a_driver_for_one_parcel_send_one(depot: Workspace, journal: Journal, carrier: str) -> None:
    pickup: Row = {"connection_id": carrier, "ready_at": READY, "closes_at": CLOSES}
    pickup["shipment_ids"] = [journal.made(connection_id=carrier)]
    answers = await asyncio.gather(*(depot.owner.request("POST", "rpc/schedule_pickup", json=pickup) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_one_key_sends_one_driver(depot: Workspace, pickup: Row) -> None:
    calls = (depot.owner.call("schedule_pickup", **pickup, idempotency_key=pickup["connection_id"]) for _ in range(3))
    assert len({row["id"] for row in await asyncio.gather(*calls)}) == 1


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"ready_at": "2020-01-01T08:00:00Z", "closes_at": "2020-01-01T09:00:00Z"}, "invalid_ready_at", "ready_at"),
        ({"ready_at": None}, "invalid_closes_at", "closes_at"),
        ({"closes_at": None}, "invalid_closes_at", "closes_at"),
        ({"closes_at": READY}, "invalid_closes_at", "closes_at"),
        ({"closes_at": f"{TOMORROW + timedelta(days=1)}T08:00:00Z"}, "invalid_closes_at", "closes_at"),
        ({"closes_at": f"{TOMORROW}T20:30:00Z"}, "invalid_closes_at", "closes_at"),  # past midnight in Dubai
        ({"parcels": None}, "invalid_parcels", "parcels"),
        ({"parcels": 0}, "invalid_parcels", "parcels"),
        ({"parcels": 1000}, "invalid_parcels", "parcels"),
        ({"weight_kg": None}, "invalid_weight_kg", "weight_kg"),
        ({"weight_kg": 0}, "invalid_weight_kg", "weight_kg"),
        ({"weight_kg": "NaN"}, "invalid_weight_kg", "weight_kg"),
        ({"weight_kg": 30001}, "invalid_weight_kg", "weight_kg"),
        ({"location": "x" * 81}, "invalid_location", "location"),
        ({"instructions": "x" * 256}, "invalid_instructions", "instructions"),
        ({"place": {"city": "Dubai", "country": "AE"}}, "invalid_place", "place.name"),
    ],
)
async def test_what_is_said_of_a_driver_is_checked(
    depot: Workspace, pickup: Row, change: Row, code: str, field: str
) -> None:
    assert await depot.owner.refused("schedule_pickup", **pickup | change) == Refusal(400, code, field)


async def test_a_driver_comes_for_what_waits_for_that_carrier(depot: Workspace, journal: Journal, pickup: Row) -> None:
    elsewhere = journal.made()
    fetched = journal.made(connection_id=pickup["connection_id"])
    journal.tell(fetched, events=[{"occurred_at": "2026-11-23T12:00:00Z", "status": "picked_up"}])
    for shipment in (elsewhere, fetched, str(uuid.uuid4())):
        refusal = await depot.owner.refused("schedule_pickup", **pickup, shipment_ids=[shipment])
        assert refusal == Refusal(409, "shipment_not_waiting", "shipment_ids")


async def test_a_driver_who_was_sent_is_called_off_by_a_worker_once(
    depot: Workspace, journal: Journal, pickup: Row, other: Caller
) -> None:
    row = await depot.owner.call("schedule_pickup", **pickup)
    journal.database.execute("delete from private.jobs where kind = 'pickup.create'")
    journal.database.execute(
        "update public.operations set status = 'succeeded', finished_at = now() where subject_id = %s", [row["id"]]
    )
    journal.database.execute("update public.pickups set status = 'scheduled' where id = %s", [row["id"]])

    for _ in range(2):
        assert (await depot.owner.call("cancel_pickup", pickup_id=row["id"]))["status"] == "scheduled"
    [operation] = await depot.owner.rows(f"operations?subject_id=eq.{row['id']}&status=eq.pending")
    assert operation["kind"] == "pickup.cancel"
    refusal = await other.refused("cancel_pickup", pickup_id=row["id"])
    assert refusal == Refusal(404, "pickup_not_found", "pickup_id")


@pytest.mark.parametrize("status", ["failed", "pending"])
async def test_a_driver_who_was_never_sent_is_not_called_off(
    depot: Workspace, journal: Journal, pickup: Row, status: str
) -> None:
    row = await depot.owner.call("schedule_pickup", **pickup)
    journal.database.execute(
        "update public.operations set status = 'dead', finished_at = now() where subject_id = %s", [row["id"]]
    )
    journal.database.execute("update public.pickups set status = %s where id = %s", [status, row["id"]])
    refusal = await depot.owner.refused("cancel_pickup", pickup_id=row["id"])
    assert refusal == Refusal(409, "pickup_not_cancellable", "pickup_id")


# Lists.


def on_manifests(journal: Journal, shipments: list[str]) -> list[str | None]:
    """Which manifest each stands on."""
    return [str(journal.state(each)["manifest_id"] or "") or None for each in shipments]


async def test_a_manifest_lists_what_waits_and_is_on_none(depot: Workspace, journal: Journal, carrier: str) -> None:
    waiting = [journal.made(connection_id=carrier) for _ in range(3)]
    fetched = journal.made(connection_id=carrier)
    journal.tell(fetched, events=[{"occurred_at": "2026-11-23T12:00:00Z", "status": "picked_up"}])
    others = [journal.made(), journal.shipment(connection_id=carrier), fetched]

    manifest = await depot.owner.call("close_manifest", connection_id=carrier)

    assert (manifest["shipments"], manifest["environment"]) == (3, "sandbox")
    assert on_manifests(journal, [*waiting, *others]) == [manifest["id"]] * 3 + [None] * 3
    [operation] = await depot.owner.rows(f"operations?subject_id=eq.{manifest['id']}")
    assert (operation["kind"], operation["subject_type"]) == ("manifest.create", "shipping_manifest")
    assert sorted(operation["input"]["shipment_ids"]) == sorted(waiting)
    refusal = await depot.owner.refused("close_manifest", connection_id=carrier)
    assert refusal == Refusal(409, "nothing_to_hand_over", "shipment_ids")


async def test_a_manifest_can_list_some(depot: Workspace, journal: Journal, carrier: str) -> None:
    first, second = (journal.made(connection_id=carrier) for _ in range(2))
    manifest = await depot.owner.call("close_manifest", connection_id=carrier, shipment_ids=[second])
    assert on_manifests(journal, [first, second]) == [None, manifest["id"]]
    refusal = await depot.owner.refused("close_manifest", connection_id=carrier, shipment_ids=[first, second])
    assert refusal == Refusal(409, "nothing_to_hand_over", "shipment_ids")
    refusal = await depot.owner.refused("close_manifest", connection_id=carrier, shipment_ids=[str(uuid.uuid4())])
    assert refusal == Refusal(409, "shipment_not_waiting", "shipment_ids")


async def test_many_manifests_at_once_list_each_shipment_once(depot: Workspace, journal: Journal, carrier: str) -> None:
    shipments = [journal.made(connection_id=carrier) for _ in range(12)]
    answers = await asyncio.gather(
        *(depot.owner.request("POST", "rpc/close_manifest", json={"connection_id": carrier}) for _ in range(6))
    )

    closed = [answer.json() for answer in answers if answer.is_success]
    assert {answer.json().get("code") for answer in answers} <= {None, "nothing_to_hand_over"}
    assert sum(each["shipments"] for each in closed) == len(shipments)
    listed = on_manifests(journal, shipments)
    assert {each["id"]: each["shipments"] for each in closed} == {each: listed.count(each) for each in set(listed)}


# Places.


async def test_a_carrier_is_asked_whether_it_serves_a_place(depot: Workspace, carrier: str) -> None:
    place = {"city": "Hatta", "country": "AE"}
    operation = await depot.owner.call("check_delivery_address", connection_id=carrier, place=place)
    assert (operation["kind"], operation["subject_type"]) == ("address.check", "connection")
    assert operation["input"] == {"place": place, "direction": "delivery"}
    for change, code, field in (
        ({"direction": "sideways"}, "invalid_direction", "direction"),
        ({"place": {"country": "AE"}}, "invalid_place", "place.city"),
    ):
        arguments: dict[str, Any] = {"connection_id": carrier, "place": place} | change
        assert await depot.owner.refused("check_delivery_address", **arguments) == Refusal(400, code, field)


@pytest.mark.parametrize(
    ("function", "more"),
    [
        ("close_manifest", {}),
        ("check_delivery_address", {"place": {"city": "Hatta", "country": "AE"}}),
        ("schedule_pickup", {"ready_at": READY, "closes_at": CLOSES}),
    ],
)
async def test_only_carriers_of_the_organization_are_asked(
    depot: Workspace, carrier: str, other: Caller, function: str, more: Row
) -> None:
    gateway = await depot.connection(GATEWAY)
    assert await depot.owner.refused(function, connection_id=gateway["id"], **more) == NO_CONNECTION
    assert await other.refused(function, connection_id=carrier, **more) == NO_CONNECTION
