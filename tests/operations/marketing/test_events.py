"""Tracked events on their way to Google Analytics: each is counted once at most, and purchases exactly once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.support.offices import Office
from tests.support.tools import google_analytics
from tests.support.workplace import Row

pytestmark = pytest.mark.usefixtures("worker", "no_faults")

CALL = "POST /collect/mp/collect"


async def connect(office: Office) -> UUID:
    return await office.connect(google_analytics.TOOL, settings={"measurement_id": f"G-{uuid4().hex[:10].upper()}"})


async def tracked(office: Office, name: str = "sign_up", **facts: Any) -> tuple[str, Row]:
    """An event of a new user's, and its operation once it is over."""
    user = facts.pop("user_id", f"user-{uuid4().hex}")
    event = await office.track(name, user_id=user, **facts)
    return user, await office.hub.finished(event["id"], "event.track")


async def counted(office: Office, user: str) -> list[Row]:
    """What was counted of a user's."""
    answer = await office.hub.sandbox.get("/_state", params={"provider": "google_analytics", "payment_id": user})
    return [event for events in answer.json()["clients"].values() for event in events]


async def test_an_event_is_counted(office: Office) -> None:
    await connect(office)
    properties, email = {"plan": "pro", "seats": 3}, "ayesha@example.ae"
    user, operation = await tracked(office, "SignUp", properties=properties, session_id="77", email=email)
    assert (operation["status"], operation["attempts"]) == ("succeeded", 1)
    (event,) = await counted(office, user)
    assert event["name"] == "sign_up"
    params = event["params"]
    assert (params["plan"], params["seats"], params["session_id"]) == ("pro", 3, "77")
    assert email not in str(event)  # who somebody is, is none of its business


async def test_a_purchase_has_its_value_its_things_and_its_number(office: Office) -> None:
    await connect(office)
    number = f"order-{uuid4().hex}"
    items = [{"id": "A1", "name": "Dates", "price": "45.25", "quantity": 2}]
    user, operation = await tracked(
        office, "purchase", reference=number, amount="90.50", currency="AED", items=items, consent={"user_data": True}
    )
    assert operation["status"] == "succeeded", operation["error"]
    (event,) = await counted(office, user)
    params = event["params"]
    assert (params["value"], params["currency"], params["transaction_id"]) == (90.5, "AED", number)
    assert params["items"] == [{"item_id": "A1", "item_name": "Dates", "price": 45.25, "quantity": 2}]


async def test_it_is_counted_by_every_connection_that_counts_such_or_by_those_named(office: Office) -> None:
    first, _ = await connect(office), await connect(office)
    user = f"user-{uuid4().hex}"
    event = await office.track(user_id=user)
    query = "select * from public.operations where subject_id = %s and kind = 'event.track'"
    operations = [await office.over(each) for each in await office.hub.all(query, event["id"])]
    assert [each["status"] for each in operations] == ["succeeded"] * 2
    assert len(await counted(office, user)) == 2
    named, _ = await tracked(office, connection_ids=[first])
    assert len(await counted(office, named)) == 1


async def test_the_same_told_again_by_its_key_is_counted_once(office: Office) -> None:
    await connect(office)
    user = f"user-{uuid4().hex}"
    events = [await office.track(user_id=user, idempotency_key="once") for _ in range(3)]
    assert len({each["id"] for each in events}) == 1
    assert (await office.hub.finished(events[0]["id"], "event.track"))["status"] == "succeeded"
    assert len(await counted(office, user)) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_a_purchase_without_an_answer_is_sent_again_and_counts_once(office: Office, fault: str) -> None:
    connection_id = await connect(office)
    await office.fault(connection_id, fault, CALL)
    facts = {"reference": f"order-{uuid4().hex}", "amount": "10", "currency": "AED"}
    user, operation = await tracked(office, "purchase", **facts)
    assert operation["status"] == "succeeded", operation["error"]
    assert len(await counted(office, user)) == 1


@pytest.mark.parametrize(("fault", "times"), [("drop_before", 0), ("drop_after", 1)])
async def test_another_event_without_an_answer_is_not_sent_again(office: Office, fault: str, times: int) -> None:
    connection_id = await connect(office)
    await office.fault(connection_id, fault, CALL)
    user, operation = await tracked(office)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "outcome_unknown")
    assert len(await counted(office, user)) == times


async def test_a_limit_is_waited_for_and_does_not_count(office: Office) -> None:
    connection_id = await connect(office)
    await office.fault(connection_id, "rate_limited", CALL, retry_after="0", times=4)
    user, operation = await tracked(office)
    assert (operation["status"], operation["attempts"]) == ("succeeded", 1)
    assert len(await counted(office, user)) == 1


async def test_what_lies_more_than_72_hours_back_is_refused_at_once(office: Office) -> None:
    await connect(office)
    now = datetime.now(UTC)
    with pytest.raises(psycopg.Error, match="72 hours"):
        await office.track(user_id="somebody", occurred_at=now - timedelta(hours=73))
    user, operation = await tracked(office, occurred_at=now - timedelta(hours=71))
    assert operation["status"] == "succeeded", operation["error"]
    (event,) = await counted(office, user)
    assert abs(datetime.fromisoformat(event["at"]) - (now - timedelta(hours=71))) < timedelta(seconds=1)


async def test_one_that_has_become_too_old_meanwhile_is_refused_by_its_field(office: Office) -> None:
    await connect(office)
    user = f"user-{uuid4().hex}"
    async with office.hub.database.transaction():
        event = await office.track(user_id=user)
        old = "update public.events set occurred_at = now() - interval '73 hours' where id = %s"
        await office.hub.database.execute(old, [event["id"]])
    operation = await office.hub.finished(event["id"], "event.track")
    assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
    assert "occurred_at" in str(operation["error"])
    assert await counted(office, user) == []


async def test_an_event_of_nobody_is_refused(office: Office) -> None:
    await connect(office)
    event = await office.track("page_view")
    operation = await office.hub.finished(event["id"], "event.track")
    assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
    assert "client_id" in str(operation["error"])


async def test_without_anything_that_counts_it_is_an_event_all_the_same(office: Office) -> None:
    event = await office.track("sign_up", user_id="somebody")
    assert (event["type"], event["data"]["user_id"]) == ("track.sign_up", "somebody")
    assert await office.hub.all("select 1 from public.operations where subject_id = %s", event["id"]) == []
