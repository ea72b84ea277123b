"""Ten thousand contacts and leads on their way through workers that are killed and tools that fail: none is lost, and
none is there twice. And what tools say when they have had enough."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.offices import Office
from tests.support.tools import google_analytics, hubspot, mailchimp
from tests.support.tools.base import Tool
from tests.support.workplace import Row, Workplace, until
from workers.providers.errors import RateLimited
from workers.providers.marketing.models import ReportRequest

pytestmark = pytest.mark.usefixtures("no_faults")

MANY = 10_000
LEADS_TO_PUSH = 2_000
"""Fewer, since HubSpot is asked about the consent of each by itself."""
SEED = 20_261
QUICK: dict[str, Any] = {"poll_seconds": 0.05, "retry_base_seconds": 0.01}
PATIENCE_SECONDS = 240.0

# On the way to the tool or back; of a reading nothing is done twice, and to push the same again changes nothing.
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "server_error", "status": 500},
    {"kind": "server_error", "status": 503},
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "truncated"},
    {"kind": "malformed"},
    {"kind": "wrong_content_type"},
    {"kind": "rate_limited", "retry_after": "0"},
    {"kind": "rate_limited"},
)

# A worker that is gone has its jobs taken when their leases run out, and what is put off is tried after its pause; both
# are made to have passed. So is an open breaker's time, whose change workers see within a second.
LET_TIME_PASS = """
    with closed as (
        update private.circuit_breakers b set retry_at = now()
        from public.integration_connections c
        where c.id = b.connection_id and c.organization_id = %(organization_id)s and b.state = 'open'
    )
    update private.jobs j set run_at = now()
    where j.organization_id = %(organization_id)s and j.claim_id is null and j.run_at > now() + interval '0.2 s'
"""
LEASES_RUN_OUT = """
    update private.jobs set lease_until = now() where organization_id = %s and claim_id is not null"""
STATISTICS = (
    "analyze public.leads, private.lead_addresses, private.personal_values, public.lead_links, public.lead_consents"
)
"""What the server does by itself a minute after so much is new; until then some plans are those for empty tables."""
LEADS = """
    with made as (
        select (private.put_lead(l, jsonb_build_object(
            'email', 'lead' || n || '@example.ae', 'first_name', 'Lead ' || n))).id
        from generate_series(1, %(count)s) n, jsonb_populate_record(null::public.leads, jsonb_build_object(
            'organization_id', %(organization_id)s::uuid, 'source', 'api', 'status', 'active',
            'attribution', '{}'::jsonb, 'tags', '[]'::jsonb)) l
    )
    insert into public.lead_consents (organization_id, lead_id, purpose, state, source, created_by)
    select %(organization_id)s, m.id, 'marketing_email', 'given', 'api', 'service' from made m
"""
COUNTS = """
    select count(*) as links, count(distinct k.provider_contact_id) as contacts,
        count(*) filter (where k.status = 'synced' and k.error is null and k.pushed_version = l.version) as synced
    from public.lead_links k join public.leads l on l.id = k.lead_id
    where k.connection_id = %s"""

Measure = Callable[[], Awaitable[int]]


@pytest.fixture
async def office(workplace: Workplace) -> Office:
    return await Office.open(workplace)


async def import_contacts(office: Office, connection_id: UUID, count: int, prefix: str = "import") -> None:
    """Have so many contacts at the tool."""
    if office.keys[connection_id] == "hubspot":
        await office.control(connection_id, "contacts", count=count, prefix=prefix)
    else:
        audience = mailchimp.TOOL.settings["audience_id"]
        await office.control(connection_id, f"members/{audience}/import", count=count, prefix=prefix)


async def some_go_wrong(office: Office, connection_id: UUID, call: str, calls: int, seed: int) -> None:
    """Let a tenth of so many calls meet a fault, here and there."""
    chance = random.Random(seed)
    for _ in range(calls // 10):
        await office.fault(connection_id, call=call, skip=chance.randrange(calls), **chance.choice(FAULTS))


async def come_to(office: Office, measure: Measure, far: int) -> None:
    """Wait until the work has come so far; meanwhile time passes quickly."""

    async def has_come() -> bool:
        await office.hub.database.execute(LET_TIME_PASS, {"organization_id": office.organization_id})
        await office.hub.database.execute("select private.enqueue_due_pushes()")
        return await measure() >= far

    await until(has_come, seconds=PATIENCE_SECONDS, every=0.2)


async def survive(office: Office, measure: Measure, deaths: list[int], all_of_it: int) -> None:
    """Let one worker after the other work; each dies in the middle of it, but for the last.

    :param measure: how far the work has come. :param deaths: how far it is when each of them dies.
    """
    for moment in deaths:
        async with office.hub.working(dies=True, **QUICK):
            await come_to(office, measure, moment)
        await office.hub.database.execute(LEASES_RUN_OUT, [office.organization_id])
        await office.hub.database.execute(STATISTICS)
    async with office.hub.working(**QUICK):
        await come_to(office, measure, all_of_it)


def deaths(seed: int, number: int, all_of_it: int) -> list[int]:
    """When workers die: the same moments each time the test is run."""
    return sorted(random.Random(seed).sample(range(all_of_it // 20, all_of_it), number))


# Contacts on their way to the hub.


async def is_whole(office: Office, connection_id: UUID, count: int) -> None:
    """Every contact is one lead, which was told of once."""
    query = """
        select count(*) as leads, count(distinct a.email_index) as addresses, count(k.lead_id) as links
        from public.leads l left join private.lead_addresses a on a.lead_id = l.id
        left join public.lead_links k on k.lead_id = l.id and k.connection_id = %s
        where l.organization_id = %s"""
    counts = await office.hub.one(query, connection_id, office.organization_id)
    assert counts == {"leads": count, "addresses": count, "links": count}
    told = "select count(*), count(distinct subject_id) as subjects from public.events where organization_id = %s"
    counts = await office.hub.one(f"{told} and type = 'lead.captured'", office.organization_id)
    assert counts == {"count": count, "subjects": count}
    stream = await office.stream(connection_id, "contacts")
    assert (stream["status"], stream["changed"], stream["read"] >= count) == ("idle", count, True)


@pytest.mark.parametrize(
    ("tool", "count", "pages", "call"),
    [
        (hubspot.TOOL, MANY, 100, "GET /crm/v3/objects/contacts"),
        (mailchimp.TOOL, 4_000, 8, "GET /lists/*/members"),
    ],
    ids=["hubspot", "mailchimp"],
)
async def test_contacts_are_read_once_each(office: Office, tool: Tool, count: int, pages: int, call: str) -> None:
    connection_id = await office.connect(tool)
    await import_contacts(office, connection_id, count)
    await office.synchronize(connection_id, direction="pull")
    await some_go_wrong(office, connection_id, call, max(pages, 20), SEED)

    async def pages_read() -> int:
        stream = await office.stream(connection_id, "contacts")
        return pages * 2 if stream["last_finished_at"] else int(stream["pages"])

    await office.hub.call("run_sync", connection_id=connection_id, stream="contacts")
    await survive(office, pages_read, deaths(SEED, 3, pages), pages * 2)
    await is_whole(office, connection_id, count)


async def test_a_worker_process_that_is_killed_loses_nothing(office: Office, tmp_path: Path) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await import_contacts(office, connection_id, 1_000)
    await office.synchronize(connection_id, direction="pull")

    async def pages_read() -> int:
        stream = await office.stream(connection_id, "contacts")
        return 100 if stream["last_finished_at"] else int(stream["pages"])

    await office.hub.call("run_sync", connection_id=connection_id, stream="contacts")
    async with office.hub.worker_process(tmp_path, **QUICK) as worker:
        await come_to(office, pages_read, 2)
        worker.kill()
        await worker.process.wait()
    assert await pages_read() < 100
    await office.hub.database.execute(LEASES_RUN_OUT, [office.organization_id])
    await survive(office, pages_read, [], 100)
    await is_whole(office, connection_id, 1_000)


# Leads on their way to a tool.


async def everybody_is_there(office: Office, connection_id: UUID, count: int) -> None:
    """Every lead is one contact, and both sides know of it."""
    counts = await office.hub.one(COUNTS, connection_id)
    assert counts == {"links": count, "contacts": count, "synced": count}


async def test_leads_are_taken_to_a_tool_once_each(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.synchronize(connection_id)
    await office.hub.database.execute(LEADS, {"organization_id": office.organization_id, "count": LEADS_TO_PUSH})
    await office.hub.database.execute(STATISTICS)
    await some_go_wrong(office, connection_id, "POST /crm/v3/objects/contacts/batch/*", 40, SEED)

    async def synced() -> int:
        query = "select count(*) from public.lead_links where connection_id = %s and status = 'synced'"
        return int((await office.hub.one(query, connection_id))["count"])

    await survive(office, synced, deaths(SEED, 4, LEADS_TO_PUSH), LEADS_TO_PUSH)
    await everybody_is_there(office, connection_id, LEADS_TO_PUSH)
    async with office.dashboard(connection_id) as tool:
        page = await tool.list_contacts(since=None, cursor=None)
        audiences = await tool.list_audiences(cursor=None)
    assert audiences.audiences[0].members == LEADS_TO_PUSH
    assert {each.consent for each in page.contacts} == {"subscribed"}


async def test_of_a_batch_that_is_refused_as_a_whole_only_the_culprits_are_left(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.control(connection_id, "batches", whole=True)
    await office.synchronize(connection_id, mapping={"stage": "lifecyclestage"})
    spoil = """
        select private.put_lead(l, private.personal(l.id) || '{"attributes": {"stage": "no such stage"}}')
        from public.leads l where l.organization_id = %s
          and l.email in ('lead7@example.ae', 'lead60@example.ae', 'lead61@example.ae')"""
    async with office.hub.database.transaction():
        await office.hub.database.execute(LEADS, {"organization_id": office.organization_id, "count": 120})
        await office.hub.database.execute(spoil, [office.organization_id])
    async with office.hub.working(**QUICK):
        await office.pushed(connection_id)
    query = "select status::text, count(*) from public.lead_links where connection_id = %s group by status"
    counts = {row["status"]: row["count"] for row in await office.hub.all(query, connection_id)}
    assert counts == {"synced": 117, "failed": 3}
    (alert,) = await office.alerts("lead.not_synced")
    assert alert["detail"]["leads"] == 3


# What tools say when they have had enough.


async def waits(office: Office, connection_id: UUID) -> Row:
    """The job that reads contacts, once it has been refused for now; the stream is where it was."""
    stream = await office.stream(connection_id, "contacts")

    async def put_off() -> Row | None:
        rows = await office.hub.all("select * from private.jobs where id = %s and claim_id is null", stream["id"])
        return rows[0] if rows and (rows[0]["last_error"] or {}).get("code") == "rate_limited" else None

    job: Row = await until(put_off)
    assert (await office.stream(connection_id, "contacts"))["status"] == "running"
    return job


async def goes_on(office: Office, connection_id: UUID, count: int) -> None:
    """The pause is over, and so is the limit."""

    async def read() -> bool:
        await office.hub.database.execute(LET_TIME_PASS, {"organization_id": office.organization_id})
        return (await office.stream(connection_id, "contacts"))["status"] == "idle"

    await until(read)
    assert len(await office.leads()) == count
    assert len(await office.runs(await office.stream(connection_id, "contacts"))) == 1


@pytest.mark.parametrize(
    ("policy", "pause"),
    [
        ("SECONDLY", timedelta(seconds=30)),
        ("TEN_SECONDLY_ROLLING", timedelta(seconds=30)),
        ("DAILY", timedelta(hours=1)),
    ],
)
async def test_hubspots_limits(office: Office, policy: str, pause: timedelta) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await import_contacts(office, connection_id, 150)
    await office.synchronize(connection_id, direction="pull")
    await office.control(connection_id, "limit", policy=policy, times=50)
    await office.hub.call("run_sync", connection_id=connection_id, stream="contacts")
    async with office.hub.working(**QUICK):
        job = await waits(office, connection_id)
        assert (job["attempt"], job["run_at"] - datetime.now(UTC) <= pause) == (0, True)
        if policy == "DAILY":
            assert job["run_at"] - datetime.now(UTC) > pause - timedelta(minutes=2)
        await office.control(connection_id, "limit", policy=policy, times=0)
        await goes_on(office, connection_id, 150)


async def test_mailchimps_ten_calls_at_once(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    await import_contacts(office, connection_id, 150)
    await office.synchronize(connection_id, direction="pull")
    await office.control(connection_id, "busy", calls=10)
    await office.hub.call("run_sync", connection_id=connection_id, stream="contacts")
    async with office.hub.working(**QUICK):
        assert (await waits(office, connection_id))["attempt"] == 0
        await office.control(connection_id, "busy", calls=0)
        await goes_on(office, connection_id, 150)


@pytest.mark.parametrize(("quota", "most_seconds"), [("tokensPerHour", 3_600), ("tokensPerDay", 86_400)])
async def test_googles_quotas(office: Office, quota: str, most_seconds: int) -> None:
    connection_id = await office.connect(google_analytics.TOOL, settings={"property_id": str(uuid4().int % 10**9 + 1)})
    query = "select settings ->> 'property_id' as id from public.integration_connections where id = %s"
    property_id = (await office.hub.one(query, connection_id))["id"]
    body = {"property_id": property_id, "remaining": {quota: 0}}
    (await office.hub.sandbox.post("/google_analytics/_test/quota", json=body)).raise_for_status()
    today = datetime.now(UTC).date()
    async with office.dashboard(connection_id) as tool:
        with pytest.raises(RateLimited) as refused:
            await tool.run_report(ReportRequest(since=today, until=today, metrics=("eventCount",)))
    assert refused.value.provider_code == "RESOURCE_EXHAUSTED"
    assert 0 < (refused.value.retry_after or 0) <= most_seconds
