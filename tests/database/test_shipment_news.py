"""Where the news leaves a shipment, in the database's own functions: events in any order, late and repeated."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack import Stack
from tests.support.callers import Row
from tests.support.shipments import RECIPIENT, SENDER, Journal
from workers.providers.shipping.models import ShipmentStatus, TrackingDetail, TrackingEvent
from workers.providers.shipping.statuses import current, delivered_at, in_order

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(minutes: int, status: str | None, detail: str | None = None, **others: Any) -> Row:
    """Something that happened some minutes after noon."""
    return {
        "occurred_at": (NOON + timedelta(minutes=minutes)).isoformat(),
        "status": status,
        "detail": detail,
        **others,
    }


def test_a_shipment_goes_its_usual_way(journal: Journal) -> None:
    shipment = journal.shipment(connection_id=None)

    assert (
        journal.tell(
            shipment,
            "operation",
            status="created",
            connection_id=journal.connection_id,
            service="P",
            level="express",
            tracking_number="AWB1",
            parcel_tracking_numbers=["AWB1", "AWB2"],
            provider_shipment_id="S-1",
            provider_data={"job": "7"},
            tracking_url="https://carrier.example/AWB1",
            cost="20",
            cost_currency="AED",
        )
        == "applied"
    )
    journal.tell(shipment, events=[event(1, "picked_up"), event(2, "in_transit"), event(3, "out_for_delivery")])
    journal.tell(shipment, events=[event(9, "delivered")], signed_by="OMAR", provider_data={"pod": "8"})

    state = journal.state(shipment)
    assert (state["status"], state["delivered_at"]) == ("delivered", NOON + timedelta(minutes=9))
    assert (str(state["connection_id"]), state["service"], state["level"]) == (journal.connection_id, "P", "express")
    assert (state["tracking_number"], state["parcel_tracking_numbers"]) == ("AWB1", ["AWB1", "AWB2"])
    assert (state["provider_shipment_id"], state["provider_data"]) == ("S-1", {"job": "7", "pod": "8"})
    assert (state["tracking_url"], state["signed_by"]) == ("https://carrier.example/AWB1", "OMAR")
    assert (state["sender"], state["recipient"]) == (SENDER, RECIPIENT)
    assert (str(state["cost"]), state["cost_currency"]) == ("20.00", "AED")
    assert [(each["status"], each["source"]) for each in journal.events(shipment)] == [
        ("created", "operation"),
        ("picked_up", "webhook"),
        ("in_transit", "webhook"),
        ("out_for_delivery", "webhook"),
        ("delivered", "webhook"),
    ]


def test_news_of_a_shipment_nobody_knows_changes_nothing(journal: Journal) -> None:
    assert journal.tell(str(uuid.uuid4()), events=[event(1, "delivered")]) == "unknown"


@pytest.mark.parametrize("status", ["created", None])
def test_repeated_news_changes_nothing(journal: Journal, status: str | None) -> None:
    shipment = journal.shipment()
    facts = {"tracking_number": "AWB1", "provider_data": {"a": "b"}, "cost": "20.00", "signed_by": "OMAR"}
    news = {**facts, "estimated_delivery_at": NOON.isoformat(), "events": [event(1, "in_transit", place="DXB")]}
    journal.tell(shipment, "operation", status=status, **news)
    before, written = journal.state(shipment), journal.events(shipment)

    assert journal.tell(shipment, "operation", status=status, **news) == "unchanged"
    assert (journal.state(shipment), journal.events(shipment)) == (before, written)


def test_news_without_news_changes_nothing(journal: Journal) -> None:
    shipment = journal.made()
    before = journal.state(shipment)
    assert journal.tell(shipment, events=None, provider_data=None, parcel_tracking_numbers=[]) == "unchanged"
    assert journal.tell(shipment, events=[]) == "unchanged"
    assert journal.state(shipment) == before


def test_an_event_without_a_status_is_kept_and_moves_nothing(journal: Journal) -> None:
    shipment = journal.made()
    assert journal.tell(shipment, events=[event(5, None, provider_code="X9", description="?")]) == "applied"

    state = journal.state(shipment)
    assert (state["status"], journal.events(shipment)[-1]["provider_code"]) == ("created", "X9")


def test_two_parcels_of_one_moment_are_two_events(journal: Journal) -> None:
    shipment = journal.made()
    journal.tell(shipment, events=[event(1, "in_transit", place="DXB"), event(1, "in_transit", place="AUH")])
    journal.tell(shipment, events=[event(1, "in_transit", place="AUH"), event(1, "in_transit", place="AUH")])
    assert [each["place"] for each in journal.events(shipment)] == [None, "DXB", "AUH"]


def test_that_it_was_made_comes_first_whatever_the_carriers_clock_says(journal: Journal) -> None:
    """A lost answer is found after the first webhooks, and some carriers tell the day only."""
    shipment = journal.shipment()
    journal.tell(shipment, events=[event(1, "in_transit")])
    assert journal.tell(shipment, "operation", status="created", tracking_number="AWB1") == "applied"

    state = journal.state(shipment)
    assert (state["status"], state["tracking_number"]) == ("in_transit", "AWB1")


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_one_that_no_carrier_has_can_end(journal: Journal, status: str) -> None:
    shipment = journal.shipment()
    failure = {"code": "invalid_request", "message": "No such city"}
    assert journal.tell(shipment, "operation", status=status, failure=failure) == "applied"
    state = journal.state(shipment)
    assert (state["status"], state["failure"], journal.events(shipment)) == (status, failure, [])


def test_one_that_failed_and_is_found_after_all_goes_on(journal: Journal) -> None:
    shipment = journal.shipment()
    journal.tell(shipment, "operation", status="failed", failure={"code": "unavailable", "message": "Down"})
    journal.tell(shipment, events=[event(1, "picked_up")])
    state = journal.state(shipment)
    assert (state["status"], state["failure"]) == ("picked_up", None)


def test_a_carrier_that_has_it_does_not_fail_it(journal: Journal) -> None:
    shipment = journal.made()
    assert journal.tell(shipment, "operation", status="failed") == "unchanged"
    assert journal.state(shipment)["status"] == "created"


def test_a_cancelled_shipment_stays_cancelled(journal: Journal) -> None:
    shipment = journal.made()
    assert journal.tell(shipment, "operation", status="cancelled") == "applied"
    journal.tell(shipment, events=[event(10**6, "in_transit")])
    assert journal.state(shipment)["status"] == "cancelled"
    assert journal.tell(shipment, "operation", status="cancelled") == "unchanged"


def test_a_cancellation_that_comes_after_the_driver_changes_nothing(journal: Journal) -> None:
    shipment = journal.made()
    journal.tell(shipment, events=[event(1, "picked_up")])
    assert journal.tell(shipment, "operation", status="cancelled") == "unchanged"
    assert journal.state(shipment)["status"] == "picked_up"


def test_a_parcel_stays_with_the_carrier_that_has_it(journal: Journal) -> None:
    shipment = journal.made()
    journal.tell(shipment, connection_id=str(uuid.uuid4()))
    assert str(journal.state(shipment)["connection_id"]) == journal.connection_id


def test_the_carriers_own_time_of_delivery_counts(journal: Journal) -> None:
    shipment = journal.made()
    told = NOON + timedelta(minutes=3)
    journal.tell(shipment, events=[event(4, "delivered")], delivered_at=told.isoformat())
    assert journal.state(shipment)["delivered_at"] == told
    journal.tell(shipment, events=[event(9, "returned")])
    assert (journal.state(shipment)["status"], journal.state(shipment)["delivered_at"]) == ("returned", None)


def test_a_cost_has_the_decimals_of_its_currency(journal: Journal) -> None:
    shipment = journal.shipment()
    journal.tell(shipment, cost="7.5", cost_currency="KWD")
    assert journal.state(shipment)["cost"] == Decimal("7.500")


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([None, *(each for each in ShipmentStatus if each.value not in ("pending", "failed"))]),
        st.sampled_from([None, *TrackingDetail]),
    ),
    max_size=7,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=EVENTS, data=st.data())
def test_any_order_and_repetition_of_events_leaves_a_shipment_where_the_connectors_say(
    journal: Journal, told: list[tuple[ShipmentStatus | None, TrackingDetail | None]], data: st.DataObject
) -> None:
    events = [
        TrackingEvent(occurred_at=NOON + timedelta(minutes=turn), status=status, detail=detail)
        for turn, (status, detail) in enumerate(told)
    ]
    made = TrackingEvent(occurred_at=NOON - timedelta(days=1), status=ShipmentStatus.CREATED)
    standing = current([made, *in_order(events)])
    rounds = data.draw(st.lists(st.permutations(range(len(events))), min_size=1, max_size=3)) if events else []
    shipment = journal.made()

    for turns in rounds:
        cut = data.draw(st.integers(0, len(turns)))
        for part in (turns[:cut], turns[cut:]):
            journal.tell(shipment, events=[event(turn, *told[turn]) for turn in part])

    state = journal.state(shipment)
    assert standing is not None
    assert (state["status"], state["detail"]) == (standing.status, standing.detail)
    assert state["delivered_at"] == delivered_at([made, *in_order(events)])
    assert len(journal.events(shipment)) == len(events) + 1


@given(rank=st.permutations(["in_transit", "exception", "out_for_delivery"]))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_carriers_order_decides_between_events_of_one_moment(journal: Journal, rank: list[str]) -> None:
    shipment = journal.made()
    journal.tell(shipment, events=[event(1, status, provider_code=status) for status in rank])
    assert journal.state(shipment)["status"] == rank[-1]


def test_an_exception_raises_an_alert_until_it_is_over(journal: Journal) -> None:
    shipment = journal.made(reference="order-9")
    journal.tell(shipment, events=[event(1, "exception", "customs_hold")])

    query = "select title, severity::text, occurrences from public.alerts where detail ->> 'shipment_id' = %s"
    assert journal.one(journal.database, query, [shipment]) == {
        "title": "Shipment order-9: customs hold",
        "severity": "warning",
        "occurrences": 1,
    }
    journal.tell(shipment, events=[event(2, "exception", "customs_hold")])
    journal.tell(shipment, events=[event(3, "exception", "address_problem")])
    assert journal.one(journal.database, query, [shipment])["occurrences"] == 2
    assert journal.alerts(shipment) == {"shipment.exception": "open"}

    journal.tell(shipment, events=[event(4, "out_for_delivery")])
    assert journal.alerts(shipment) == {"shipment.exception": "resolved"}


def test_two_who_tell_at_once_lose_nothing(journal: Journal, stack: Stack) -> None:
    """The second waits for the first, and then sees the first one's events."""
    shipment = journal.made()
    told = "select private.apply_shipment_news(%s, %s, 'webhook', null)"
    with psycopg.connect(stack.worker_database_url) as first:
        first.execute(told, [shipment, f'{{"events": [{{"occurred_at": "{NOON}", "status": "delivered"}}]}}'])
        with pytest.raises(psycopg.errors.LockNotAvailable), psycopg.connect(stack.worker_database_url) as second:
            second.execute("set lock_timeout = '50ms'")
            second.execute(told, [shipment, f'{{"events": [{{"occurred_at": "{NOON}", "status": "in_transit"}}]}}'])
    assert journal.state(shipment)["status"] == "delivered"


@pytest.fixture(autouse=True)
def nothing_left_open(journal: Journal) -> Iterator[None]:
    """Each test leaves both connections as it found them."""
    yield
    assert journal.worker.info.transaction_status == journal.database.info.transaction_status == 0


def test_what_happened_is_never_rewritten(journal: Journal) -> None:
    shipment = journal.made()
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        journal.database.execute("update public.shipment_events set place = 'x' where shipment_id = %s", [shipment])
