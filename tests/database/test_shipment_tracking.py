"""When parcels are asked about, and who is told that one is silent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.callers import COURIER, Refusal, Row, Workspace
from tests.support.shipments import ABROAD, CUSTOMS, Journal

MINUTE, HOUR, DAY = 60, 3600, 86400
NOW = datetime.now(UTC)


def event(status: str | None, *, minutes_ago: int = 0, detail: str | None = None) -> dict[str, Any]:
    """Something that has happened lately."""
    return {
        "occurred_at": (NOW - timedelta(minutes=minutes_ago)).isoformat(),
        "status": status,
        "detail": detail,
        "provider_code": f"{status}-{detail}",
    }


@pytest.mark.parametrize(
    ("status", "detail", "silent_days", "seconds"),
    [
        ("created", None, 0, 4 * HOUR),
        ("created", None, 3.1, 12 * HOUR),
        ("picked_up", None, 0, 2 * HOUR),
        ("in_transit", None, 1.9, 2 * HOUR),
        ("in_transit", None, 2.1, 6 * HOUR),
        ("in_transit", None, 5.1, 12 * HOUR),
        ("in_transit", "awaiting_collection", 0, 6 * HOUR),
        ("out_for_delivery", None, 0, 20 * MINUTE),
        ("out_for_delivery", None, 2.1, 6 * HOUR),
        ("exception", "customs_hold", 0, 2 * HOUR),
        ("exception", "customs_hold", 2.1, 6 * HOUR),
        ("in_transit", None, 45.1, None),
        *((status, None, 0, None) for status in ("pending", "delivered", "returned", "cancelled", "failed")),
    ],
)
def test_what_moves_is_asked_about_often(
    journal: Journal, status: str, detail: str | None, silent_days: float, seconds: int | None
) -> None:
    query = """
        select extract(epoch from private.tracking_interval(%s, %s, make_interval(secs => %s)))::float8 as seconds
    """
    row = journal.one(journal.worker, query, [status, detail, silent_days * DAY])
    assert row["seconds"] == seconds


def test_a_parcel_is_asked_about_until_it_has_arrived(journal: Journal) -> None:
    shipment = journal.shipment()
    assert journal.due_in(shipment) is None
    journal.tell(shipment, "operation", status="created", tracking_number="AWB1")
    assert journal.due_in(shipment) == pytest.approx(4 * HOUR, rel=0.11)
    journal.tell(shipment, events=[event("out_for_delivery")])
    assert journal.due_in(shipment) == pytest.approx(20 * MINUTE, rel=0.12)
    journal.tell(shipment, events=[event("delivered")])
    assert journal.due_in(shipment) is None


def test_what_was_made_together_is_not_asked_about_together(journal: Journal) -> None:
    due = [journal.due_in(journal.made()) or 0 for _ in range(8)]
    assert max(due) - min(due) > MINUTE


async def test_carriers_that_tell_nothing_are_not_asked(depot: Workspace, journal: Journal) -> None:
    courier = await depot.connection(COURIER)
    assert journal.due_in(journal.made(connection_id=courier["id"])) is None


def test_a_round_plans_the_next_look_also_where_there_is_no_news(journal: Journal) -> None:
    moved, silent, unknown = journal.made(), journal.made(), journal.made()
    journal.database.execute("update private.tracking_watch set due_at = now() - interval '1 minute'")
    journal.silent_since(unknown, "4 days")

    news: list[Row] = [
        {"shipment_id": moved, "news": {"events": [event("in_transit")]}},
        {"shipment_id": silent, "news": {"events": []}},
        {"shipment_id": unknown, "news": None},
    ]
    assert journal.tell_all(news) == 1
    assert journal.tell_all(news) == 0

    assert journal.state(moved)["status"] == "in_transit"
    assert journal.events(moved)[-1]["source"] == "poll"
    due = [journal.due_in(each) for each in (moved, silent, unknown)]
    assert due == [pytest.approx(each * HOUR, rel=0.11) for each in (2, 4, 12)]


def test_a_round_of_many_parcels_without_news_changes_no_shipment(journal: Journal) -> None:
    shipments = [journal.made() for _ in range(20)]
    before = [journal.state(each)["updated_at"] for each in shipments]
    assert journal.tell_all([{"shipment_id": each, "news": {"events": []}} for each in shipments]) == 0
    assert [journal.state(each)["updated_at"] for each in shipments] == before


def test_what_nobody_heard_of_for_long_is_given_up_until_it_is_heard_of(journal: Journal) -> None:
    shipment = journal.made()
    journal.silent_since(shipment, "46 days")
    journal.tell_all([{"shipment_id": shipment, "news": {}}])
    assert (journal.due_in(shipment), journal.alerts(shipment)) == (None, {"shipment.untracked": "open"})

    journal.tell(shipment, events=[event("in_transit")])
    assert journal.due_in(shipment) is not None
    assert journal.alerts(shipment) == {"shipment.untracked": "resolved"}


async def test_a_client_has_a_parcel_asked_about_once_a_minute(depot: Workspace, journal: Journal) -> None:
    shipment = journal.made()
    jobs = """
        select count(*) as jobs, min(max_attempts) as attempts, min(priority) as priority,
            max(payload ->> 'connection_id') as connection_id
        from private.jobs where kind = 'shipment.track' and payload -> 'shipment_ids' = jsonb_build_array(%s::text)
    """

    for _ in range(3):
        assert (await depot.owner.call("track_shipment", shipment_id=shipment))["id"] == shipment
    asked = {"jobs": 1, "attempts": 3, "priority": 0, "connection_id": journal.connection_id}
    assert journal.one(journal.database, jobs, [shipment]) == asked
    due = journal.due_in(shipment)
    assert due is not None and due <= MINUTE  # Should the job be lost, the clock asks.

    journal.database.execute(
        "update private.tracking_watch set asked_at = now() - interval '1 minute' where shipment_id = %s", [shipment]
    )
    await depot.owner.call("track_shipment", shipment_id=shipment)
    assert journal.one(journal.database, jobs, [shipment])["jobs"] == 2


async def test_what_has_arrived_is_not_asked_about(depot: Workspace, journal: Journal) -> None:
    shipment = journal.made()
    journal.tell(shipment, events=[event("delivered")])
    assert (await depot.owner.call("track_shipment", shipment_id=shipment))["status"] == "delivered"
    assert journal.due_in(shipment) is None


async def test_without_a_carrier_to_ask_there_is_nothing_to_track(depot: Workspace, journal: Journal) -> None:
    courier = await depot.connection(COURIER)
    for shipment in (journal.shipment(), journal.made(connection_id=courier["id"])):
        refusal = await depot.owner.refused("track_shipment", shipment_id=shipment)
        assert refusal == Refusal(409, "shipment_not_trackable", "shipment_id")


def find_stalled(journal: Journal) -> int:
    """What the clock has workers do; says how many alerts are new."""
    return int(journal.one(journal.worker, "select private.find_stalled_shipments() as raised", [])["raised"])


@pytest.mark.parametrize("status", ["picked_up", "in_transit", "out_for_delivery", "exception"])
def test_a_parcel_that_is_silent_on_its_way_raises_one_alert(journal: Journal, status: str) -> None:
    shipment = journal.made()
    journal.tell(shipment, events=[event(status)])
    find_stalled(journal)
    assert "shipment.stalled" not in journal.alerts(shipment)

    journal.silent_since(shipment, "49 hours")
    assert find_stalled(journal) == 1
    assert find_stalled(journal) == 0
    assert journal.alerts(shipment)["shipment.stalled"] == "open"

    journal.tell(shipment, events=[event("in_transit", minutes_ago=60 * 24 * 5, detail="delayed")])
    assert journal.alerts(shipment)["shipment.stalled"] == "open", "of old"
    journal.tell(shipment, events=[event("in_transit", detail="awaiting_collection")])
    assert journal.alerts(shipment)["shipment.stalled"] == "resolved"


def test_delivery_ends_every_alert(journal: Journal) -> None:
    shipment = journal.made()
    journal.tell(shipment, events=[event("exception", minutes_ago=5)])
    journal.silent_since(shipment, "49 hours")
    find_stalled(journal)
    journal.tell(shipment, events=[event("delivered")])
    assert journal.alerts(shipment) == {"shipment.exception": "resolved", "shipment.stalled": "resolved"}


def test_abroad_takes_three_times_as_long(journal: Journal) -> None:
    shipment = journal.made(recipient=ABROAD, customs=CUSTOMS)
    journal.tell(shipment, events=[event("in_transit")])
    journal.silent_since(shipment, "143 hours")
    find_stalled(journal)
    assert journal.alerts(shipment) == {}
    journal.silent_since(shipment, "145 hours")
    find_stalled(journal)
    assert journal.alerts(shipment) == {"shipment.stalled": "open"}


async def test_how_long_is_too_long_is_the_merchants_to_say(depot: Workspace, journal: Journal) -> None:
    carrier = await depot.connection("probe_carrier")
    shipment = journal.made(connection_id=carrier["id"])
    journal.tell(shipment, events=[event("in_transit")])
    journal.silent_since(shipment, "5 hours")
    path = f"shipping_providers?connection_id=eq.{carrier['id']}"
    await depot.owner.request("PATCH", path, json={"stalled_after_hours": 4})
    find_stalled(journal)
    assert journal.alerts(shipment) == {"shipment.stalled": "open"}


def test_what_nobody_comes_for_is_told(journal: Journal) -> None:
    shipment = journal.made(ships_at=(NOW - timedelta(hours=73)).isoformat())
    waiting = journal.made(ships_at=(NOW - timedelta(hours=70)).isoformat())
    find_stalled(journal)
    assert journal.alerts(shipment) == {"shipment.not_picked_up": "open"}
    assert journal.alerts(waiting) == {}

    journal.tell(shipment, events=[event("created")])
    assert journal.alerts(shipment) == {"shipment.not_picked_up": "open"}
    journal.tell(shipment, events=[event("picked_up")])
    assert journal.alerts(shipment) == {"shipment.not_picked_up": "resolved"}
