"""Reading on: by the time of the last change, by ids where many changed at once, and all of them with the archived."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.marketing.hubspot.builders import Wire, found, hubspot, pipelines, record
from workers.providers.errors import InvalidRequest
from workers.providers.marketing.hubspot import HubSpotConnector
from workers.providers.marketing.models import ContactResult

SINCE = datetime(2026, 11, 1, 8, tzinfo=UTC)
SEARCH = "POST /crm/v3/objects/contacts/search"


def changed(number: int, moment: datetime) -> dict[str, Any]:
    return record(str(number), email=f"{number}@example.ae", lastmodifieddate=moment.isoformat())


async def test_the_first_page_begins_a_minute_early_since_search_lags() -> None:
    wire = Wire(found(changed(1, SINCE), total=1))
    page = await hubspot(wire).list_contacts(since=SINCE, cursor=None)
    assert wire.lines == [SEARCH]
    assert (page.total, page.next_cursor) == (1, None)
    body = wire.body
    names = body.pop("properties")
    assert {"email", "firstname", "lastmodifieddate", "hs_email_optout", "jobtitle"} <= set(names)
    assert body == {
        "filterGroups": [
            {
                "filters": [
                    {
                        "propertyName": "lastmodifieddate",
                        "operator": "GTE",
                        "value": str(int((SINCE - timedelta(minutes=1)).timestamp() * 1000)),
                    }
                ]
            }
        ],
        "sorts": ["lastmodifieddate"],
        "limit": 200,
        "after": "0",
    }


async def test_a_full_page_goes_on_from_its_last_change_and_never_by_number() -> None:
    rows = [changed(number, SINCE + timedelta(seconds=number)) for number in range(200)]
    wire = Wire(found(*rows, after="200", total=9000), found(rows[-1], total=1))
    connector = hubspot(wire)
    first = await connector.list_contacts(since=SINCE, cursor=None)
    second = await connector.list_contacts(since=SINCE, cursor=first.next_cursor)
    (wanted,) = wire.body["filterGroups"][0]["filters"]
    assert (wanted["operator"], int(wanted["value"])) == ("GTE", int((SINCE.timestamp() + 199) * 1000))
    assert wire.body["after"] == "0"
    assert (first.total, second.total, second.next_cursor) == (9000, None, None)


async def test_a_page_of_one_and_the_same_time_is_read_by_ids_and_then_on() -> None:
    tied = [changed(number, SINCE) for number in range(400)]
    wire = Wire(found(*tied[:200]), found(*tied[:200]), found(*tied[:200]), found(*tied[200:399]), found())
    connector = hubspot(wire)
    cursor, questions = None, []
    for _ in range(5):
        page = await connector.list_contacts(since=SINCE, cursor=cursor)
        filters = wire.body["filterGroups"][0]["filters"]
        questions.append(([each["operator"] for each in filters], filters[-1]["value"], wire.body["sorts"]))
        cursor = page.next_cursor
    moment = int(SINCE.timestamp() * 1000)
    assert questions[1:] == [
        (["GTE"], str(moment), ["lastmodifieddate"]),
        (["EQ", "GT"], "0", ["hs_object_id"]),
        (["EQ", "GT"], "199", ["hs_object_id"]),
        (["GTE"], str(moment + 1), ["lastmodifieddate"]),
    ]
    assert cursor is None


class Search:
    """A search that holds records by their last change; one of those still to come changes after each page."""

    def __init__(self, moments: list[int]) -> None:
        self.moments = dict(enumerate(moments, 1))
        self.now = max(moments) + 1
        self.changes = [3, 205, 210, 700]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        wire = Wire()
        wire.requests.append(request)
        body = wire.body
        rows = list(self.moments.items())
        for wanted in body["filterGroups"][0]["filters"]:
            place = 0 if wanted["propertyName"] == "hs_object_id" else 1
            value = int(wanted["value"])
            keep = {"GTE": value.__le__, "EQ": value.__eq__, "GT": value.__lt__}[wanted["operator"]]
            rows = [row for row in rows if keep(row[place])]
        rows.sort(key=lambda row: row[0 if body["sorts"] == ["hs_object_id"] else 1])
        shown = [changed(number, datetime.fromtimestamp(moment / 1000, UTC)) for number, moment in rows[:200]]
        if self.changes:
            self.now += 1
            self.moments[self.changes.pop(0)] = self.now
        return httpx.Response(200, json=found(*shown, total=len(rows)))


async def read_all(connector: HubSpotConnector, since: datetime | None) -> list[ContactResult]:
    contacts: list[ContactResult] = []
    cursor = None
    for _ in range(100):
        page = await connector.list_contacts(since=since, cursor=cursor)
        contacts += page.contacts
        cursor = page.next_cursor
        if cursor is None:
            return contacts
    raise AssertionError("it does not end")


@pytest.mark.parametrize("spread", [0, 1, 150, 450], ids=lambda spread: f"{spread} at one time")
async def test_every_record_is_read_although_some_change_meanwhile(spread: int) -> None:
    base = int(SINCE.timestamp() * 1000)
    moments = [base + 500] * spread + [base + 1000 + number for number in range(900 - spread)]
    read = await read_all(hubspot(Search(moments)), SINCE)
    assert {each.provider_contact_id for each in read} == {str(number) for number in range(1, 901)}
    latest = {each.provider_contact_id: each.updated_at for each in read}
    assert latest["700"] is not None
    assert latest["700"].timestamp() * 1000 > max(moments)


async def test_a_full_reading_takes_the_list_and_then_the_archived() -> None:
    wire = Wire(found(record("1"), after="1"), found(record("2")), found(record("9", email="x@example.ae")))
    read = await read_all(hubspot(wire), None)
    assert [(each.provider_contact_id, each.deleted) for each in read] == [("1", False), ("2", False), ("9", True)]
    queries = [dict(request.url.params) for request in wire.requests]
    assert [(each["archived"], each.get("after")) for each in queries] == [
        ("false", None),
        ("false", "1"),
        ("true", None),
    ]
    assert all(each["limit"] == "100" and "email" in each["properties"].split(",") for each in queries)
    assert wire.lines == ["GET /crm/v3/objects/contacts"] * 3


async def test_a_dated_version_has_other_paths_and_further_properties_can_be_named() -> None:
    wire = Wire(found())
    settings = {"api_version": "2026-03", "read_fields": "hs_language,vip"}
    await hubspot(wire, settings=settings).list_contacts(since=None, cursor=None)
    assert wire.lines == ["GET /crm/objects/2026-03/contacts"]
    assert wire.requests[0].url.params["properties"].endswith("hs_language,vip")


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "WyJjaGFuZ2VkIiwiMSIsMV0=", "WyJnb25lIiwxLCIiXQ=="])
async def test_a_cursor_of_nobodys_is_refused(cursor: str) -> None:
    for read in (hubspot(Wire()).list_contacts, hubspot(Wire()).list_deals, hubspot(Wire()).list_campaigns):
        with pytest.raises(InvalidRequest) as raised:
            await read(since=None, cursor=cursor)
        assert raised.value.field == "cursor"


async def test_deals_are_read_with_their_contacts_stages_and_references() -> None:
    deal = record(
        "31",
        dealname="Order 1001",
        amount="99.00",
        deal_currency_code="AED",
        pipeline="default",
        dealstage="closedwon",
        wasl_reference="payment-1",
        hs_lastmodifieddate=SINCE.isoformat(),
    )
    to = {"results": [{"from": {"id": "31"}, "to": [{"toObjectId": 11}, {"toObjectId": "12"}]}]}
    wire = Wire(pipelines(), found(deal, total=1), to)
    page = await hubspot(wire).list_deals(since=SINCE, cursor=None)
    assert wire.lines == [
        "GET /crm/v3/pipelines/0-3",
        "POST /crm/v3/objects/0-3/search",
        "POST /crm/v4/associations/0-3/0-1/batch/read",
    ]
    assert wire.bodies[1]["sorts"] == ["hs_lastmodifieddate"]
    (read,) = page.deals
    assert (read.reference, str(read.amount), read.stage, read.pipeline) == (
        "payment-1",
        "99.00",
        "Closed Won",
        "Sales Pipeline",
    )
    assert (read.is_closed, read.is_won, read.contact_ids) == (True, True, ("11", "12"))


async def test_all_deals_come_with_their_contacts_from_the_list() -> None:
    listed = {**record("31", dealname="x", dealstage="gone", hs_is_closed="false", amount="a lot")}
    listed["associations"] = {"contacts": {"results": [{"id": "11"}, {"id": "11"}]}}
    wire = Wire(pipelines(), found(listed))
    (read,) = (await hubspot(wire).list_deals(since=None, cursor=None)).deals
    assert (read.contact_ids, read.stage, read.is_closed, read.is_won, read.amount) == (
        ("11",),
        "gone",
        False,
        None,
        None,
    )
    assert wire.requests[1].url.params["associations"] == "contacts"
