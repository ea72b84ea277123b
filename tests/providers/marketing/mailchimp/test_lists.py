"""How lists are read to their end, however they change meanwhile; and what campaigns tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.marketing.mailchimp.builders import AUDIENCE, FIELDS, Wire, mailchimp, member
from workers.providers.errors import InvalidRequest
from workers.providers.marketing.mailchimp import MailchimpConnector
from workers.providers.marketing.mailchimp.paging import Place
from workers.providers.money import Money

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)


class Shelf:
    """An audience as Mailchimp pages it. :param seconds: when each member changed, counted from the beginning."""

    def __init__(self, seconds: list[int]) -> None:
        self.changed = {f"m{number}@shop.ae": second for number, second in enumerate(seconds)}
        self.archived: dict[str, int] = {}
        self.queries: list[httpx.QueryParams] = []
        self.after: list[tuple[str, int]] = []
        """After each page: who changes then, and when."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        self.queries.append(query)
        store = self.archived if query.get("status") == "archived" else self.changed
        since = query.get("since_last_changed")
        bound = -1 if since is None else (datetime.fromisoformat(since) - BEGINNING).total_seconds()
        before = query.get("before_last_changed")
        end = 10**9 if before is None else (datetime.fromisoformat(before) - BEGINNING).total_seconds()
        found = sorted((second, email) for email, second in store.items() if bound < second <= end)
        start, count = int(query["offset"]), int(query["count"])
        members = [
            member(email, last_changed=(BEGINNING + timedelta(seconds=second)).isoformat(), merge_fields={})
            for second, email in found[start : start + count]
        ]
        if self.after:
            email, second = self.after.pop(0)
            self.changed[email] = second
        return httpx.Response(200, json={"members": members, "total_items": len(found), "list_id": AUDIENCE})


async def read(connector: MailchimpConnector, since: datetime | None = None) -> list[str | None]:
    """Every address, page by page."""
    found: list[str | None] = []
    cursor: str | None = None
    for _ in range(100):
        page = await connector.list_contacts(since=since, cursor=cursor)
        found += [contact.email for contact in page.contacts]
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor
    raise AssertionError("it never ends")


def paged(shelf: Shelf, size: int = 3) -> MailchimpConnector:
    connector = mailchimp(shelf)
    connector.page_size = size  # type: ignore[misc]
    return connector


@pytest.mark.parametrize(
    "seconds",
    [
        [],
        [1],
        list(range(1, 10)),
        [5] * 10,
        [1, 2, 2, 2, 2, 2, 3],
        [1, 1, 1, 2, 2, 2],
        [0, 0, 0],
    ],
    ids=["none", "one", "each its second", "one second", "a crowd between", "full pages", "the very beginning"],
)
async def test_everybody_is_read_and_it_ends(seconds: list[int]) -> None:
    shelf = Shelf(seconds)
    assert set(await read(paged(shelf))) == set(shelf.changed)


async def test_whoever_changes_meanwhile_may_come_twice_and_leaves_nobody_out() -> None:
    shelf = Shelf(list(range(1, 11)))
    shelf.after = [("m0@shop.ae", 50), ("m9@shop.ae", 51), ("m5@shop.ae", 52)]
    found = await read(paged(shelf))
    assert set(found) == set(shelf.changed)
    assert found.count("m0@shop.ae") == 2


async def test_nobody_is_left_out_of_a_second_that_fills_pages_while_others_leave_it() -> None:
    shelf = Shelf([5] * 12)
    shelf.after = [("m0@shop.ae", 60), ("m1@shop.ae", 61), ("m2@shop.ae", 62), ("m3@shop.ae", 63)]
    assert set(await read(paged(shelf))) == set(shelf.changed)


async def test_the_moment_asked_for_is_included_and_what_was_before_is_not() -> None:
    shelf = Shelf([1, 2, 3, 4])
    assert set(await read(paged(shelf), BEGINNING + timedelta(seconds=3))) == {"m2@shop.ae", "m3@shop.ae"}
    assert shelf.queries[0]["since_last_changed"] == "2026-11-01T00:00:02+00:00"
    assert (shelf.queries[0]["sort_field"], shelf.queries[0]["sort_dir"]) == ("last_changed", "ASC")


async def test_archived_ones_are_asked_for_apart_and_told_as_deleted() -> None:
    shelf = Shelf([1])
    shelf.archived = {"gone@shop.ae": 7}
    assert await read(paged(shelf)) == ["m0@shop.ae", "gone@shop.ae"]
    assert [query.get("status") for query in shelf.queries] == [None, "archived"]
    page = await mailchimp(Wire({"members": [member(status="archived")], "total_items": 1})).list_contacts(
        since=None, cursor=None
    )
    assert page.contacts[0].deleted


@pytest.mark.parametrize("cursor", ["", "x", "e30=x", "W10=", Place(part=7).cursor(), Place(offset=-1).cursor()])
async def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await mailchimp(Wire()).list_contacts(since=None, cursor=cursor)
    assert raised.value.field == "cursor"


async def test_fields_of_an_audience() -> None:
    first, *_, size, address = await mailchimp(Wire(FIELDS)).list_fields()
    assert (first.name, first.label, first.type, first.read_only) == ("FNAME", "First Name", "text", False)
    assert (size.choices, address.type) == (("S", "M"), "address")


async def test_audiences_by_their_age() -> None:
    made = "2026-01-05T10:00:00+00:00"
    lists = [{"id": "a1", "name": "العملاء", "date_created": made, "stats": {"member_count": 7}}]
    page = await mailchimp(Wire({"lists": lists, "total_items": 1}), settings={}).list_audiences(cursor=None)
    assert [(each.provider_audience_id, each.name, each.members) for each in page.audiences] == [("a1", "العملاء", 7)]
    assert (page.total, page.next_cursor) == (1, None)


SENT = {
    "id": "c1",
    "create_time": "2026-11-01T08:00:00+00:00",
    "send_time": "2026-11-02T08:00:00+00:00",
    "status": "sent",
    "emails_sent": 80,
    "recipients": {"list_id": AUDIENCE, "recipient_count": 82},
    "settings": {"title": "Eid", "subject_line": "عروض العيد"},
    "report_summary": {"opens": 40, "unique_opens": 30, "clicks": 10, "subscriber_clicks": 9},
}
DRAFT = {
    "id": "c2",
    "create_time": "2026-11-03T08:00:00+00:00",
    "send_time": "",
    "status": "save",
    "emails_sent": 0,
    "recipients": {"list_id": AUDIENCE, "recipient_count": 82},
    "settings": {"title": "", "subject_line": "Save the date"},
}
REPORT = {
    "id": "c1",
    "opens": {"opens_total": 41, "unique_opens": 31},
    "clicks": {"clicks_total": 12, "unique_clicks": 10, "unique_subscriber_clicks": 9},
    "bounces": {"hard_bounces": 1, "soft_bounces": 2, "syntax_errors": 0},
    "unsubscribed": 3,
    "abuse_reports": 1,
    "ecommerce": {"total_orders": 2, "total_revenue": 1250.5, "currency_code": "AED"},
}


async def test_a_campaign_has_the_figures_of_its_report() -> None:
    wire = Wire({"campaigns": [SENT, DRAFT], "total_items": 2}, {"reports": [REPORT], "total_items": 1})
    sent, draft = (await mailchimp(wire).list_campaigns(since=None, cursor=None)).campaigns
    assert wire.lines == ["GET /campaigns", "GET /reports"]
    assert wire.requests[1].url.params["since_send_time"] == "2026-11-02T07:59:59+00:00"
    assert (sent.name, sent.subject, sent.status, sent.recipients) == ("Eid", "عروض العيد", "sent", 80)
    assert (sent.opens, sent.unique_opens, sent.clicks, sent.unique_clicks) == (41, 31, 12, 9)
    assert (sent.bounces, sent.unsubscribes, sent.complaints) == (3, 3, 1)
    assert sent.revenue == Money.of("1250.50", "AED")
    assert (draft.name, draft.status, draft.provider_status, draft.recipients) == ("Save the date", "draft", "save", 82)
    assert (draft.opens, draft.bounces, draft.revenue, draft.sent_at) == (None, None, None, None)


async def test_without_a_report_the_summary_serves_and_the_rest_is_not_known() -> None:
    wire = Wire({"campaigns": [SENT], "total_items": 1}, {"reports": [], "total_items": 0})
    (sent,) = (await mailchimp(wire).list_campaigns(since=None, cursor=None)).campaigns
    assert (sent.opens, sent.unique_clicks, sent.bounces, sent.unsubscribes) == (40, 9, None, None)


async def test_campaigns_since_are_those_made_and_those_sent_since() -> None:
    empty: dict[str, Any] = {"campaigns": [], "total_items": 0}
    wire = Wire(empty, empty)
    connector = mailchimp(wire)
    first = await connector.list_campaigns(since=BEGINNING, cursor=None)
    second = await connector.list_campaigns(since=BEGINNING, cursor=first.next_cursor)
    assert second.next_cursor is None
    asked = [request.url.params for request in wire.requests]
    assert asked[0]["since_create_time"] == asked[1]["since_send_time"] == "2026-10-31T23:59:59+00:00"
    assert [query["sort_field"] for query in asked] == ["create_time", "send_time"]


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("schedule", "scheduled"),
        ("sending", "sending"),
        ("paused", "paused"),
        ("canceling", "cancelled"),
        ("canceled", "cancelled"),
    ],
)
async def test_states_of_campaigns(said: str, ours: str) -> None:
    wire = Wire({"campaigns": [{**DRAFT, "status": said}], "total_items": 1})
    (campaign,) = (await mailchimp(wire).list_campaigns(since=None, cursor=None)).campaigns
    assert (campaign.status, campaign.provider_status) == (ours, said)
