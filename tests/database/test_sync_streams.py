"""What is read of providers: which streams there are, how a read goes on page by page, and what it leaves behind."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.support.callers import CARRIER, GATEWAY, TOOL, Caller, Database, Refusal, Row, Workspace
from tests.support.marketing import Tool, connect_tool

MISSING = Refusal(404, "stream_not_found", "stream")


@pytest.fixture
async def tool(workspace: Workspace, worker: Database) -> Tool:
    """A marketing tool of the workspace."""
    return await connect_tool(workspace, worker)


async def stream_of(workspace: Workspace, connection_id: str, stream: str) -> Row:
    """A stream as it is now."""
    query = f"sync_streams?connection_id=eq.{connection_id}&stream=eq.{stream}"
    [row] = await workspace.owner.rows(query)
    return row


async def begin(tool: Tool, stream: str) -> Row:
    """Begin a run, or go on with the one under way."""
    row = await stream_of(tool.workspace, tool.id, stream)
    cursor = await tool.worker.execute("select (private.begin_sync(%s)).*", [row["id"]])
    began = await cursor.fetchone()
    assert began
    return began


async def advance(tool: Tool, run: Row, at: str | None, to: str | None, **counts: int | None) -> bool:
    """Keep a page."""
    counted = [counts.get(each, 0) for each in ("read", "changed", "total")]
    query = "select private.advance_sync(%s, %s, %s, %s, %s, %s, %s)"
    kept: bool = await tool.value(query, run["id"], run["run_id"], at, to, *counted)
    return kept


async def finish(tool: Tool, run: Row, error: Row | None = None) -> bool:
    """End a run."""
    query = "select private.finish_sync(%s, %s, %s)"
    ended: bool = await tool.value(query, run["id"], run["run_id"], Jsonb(error) if error else None)
    return ended


async def read_all(tool: Tool, stream: str) -> Row:
    """A run of one page, from beginning to end; the stream after it."""
    run = await begin(tool, stream)
    await advance(tool, run, None, None, read=1)
    await finish(tool, run)
    return await stream_of(tool.workspace, tool.id, stream)


async def runs_of(workspace: Workspace, stream: Row) -> list[Row]:
    return await workspace.owner.rows(f"sync_runs?stream_id=eq.{stream['id']}&order=started_at")


class TestStreams:
    @pytest.mark.parametrize(
        ("provider", "streams"),
        [
            (
                TOOL,
                {
                    "audiences": (True, 360, 24),
                    "campaigns": (True, 60, 24),
                    "contacts": (False, 15, 24),
                    "deals": (True, 60, 24),
                },
            ),
            (CARRIER, {}),
            (GATEWAY, {}),
        ],
    )
    async def test_an_active_connection_has_those_its_provider_can_fill(
        self, workspace: Workspace, provider: str, streams: dict[str, Any]
    ) -> None:
        connection = await workspace.connection(provider, active=False)
        query = f"sync_streams?connection_id=eq.{connection['id']}&order=stream"
        assert await workspace.owner.rows(query) == []
        await workspace.set_credentials(connection["id"], "secret_key")
        found = await workspace.owner.rows(query)
        assert {
            each["stream"]: (each["enabled"], each["every_minutes"], each["full_every_hours"]) for each in found
        } == streams

    async def test_a_tool_that_tells_of_deletions_needs_no_full_reads(self, workspace: Workspace) -> None:
        async with workspace.database.transaction(force_rollback=True):
            await workspace.database.execute(
                "update public.integration_providers set marketing = '{\"tells_deletions\": true}' where key = %s",
                [TOOL],
            )
            cursor = await workspace.database.execute(
                "insert into public.integration_connections (organization_id, provider_key, name, environment, status)"
                " values (%s, %s, 'Told', 'sandbox', 'active') returning id",
                [workspace.id, TOOL],
            )
            row = await cursor.fetchone()
            assert row
            streams = await workspace.all(
                "select stream, full_every_hours from public.sync_streams where connection_id = %s", [row["id"]]
            )
        assert {each["stream"]: each["full_every_hours"] for each in streams} == {
            "audiences": 24,
            "campaigns": 24,
            "contacts": None,
            "deals": None,
        }

    async def test_contacts_are_read_once_leads_are_pulled(self, tool: Tool) -> None:
        owner = tool.workspace.owner
        asked = {"connection_id": tool.id, "stream": "contacts"}
        assert (await owner.refused("run_sync", **asked)).code == "sync_disabled"
        required = Refusal(409, "lead_sync_required", "enabled")
        assert await owner.refused("set_sync", **asked, enabled=True) == required
        for direction, enabled in (("push", False), ("both", True), ("push", False), ("pull", True)):
            await tool.sync(direction=direction)
            assert (await stream_of(tool.workspace, tool.id, "contacts"))["enabled"] is enabled

    async def test_a_sync_that_was_set_before_counts_when_the_connection_becomes_active(
        self, workspace: Workspace, worker: Database
    ) -> None:
        tool = await connect_tool(workspace, worker, active=False)
        await tool.sync(direction="both")
        await workspace.set_credentials(tool.id, "secret_key")
        assert (await stream_of(workspace, tool.id, "contacts"))["enabled"] is True


class TestSetting:
    async def test_how_often_it_is_read(self, tool: Tool) -> None:
        asked = {"connection_id": tool.id, "stream": "deals"}
        changed = await tool.workspace.owner.call("set_sync", **asked, every_minutes=5, full_every_hours=0)
        assert (changed["enabled"], changed["every_minutes"], changed["full_every_hours"]) == (True, 5, None)
        changed = await tool.workspace.owner.call("set_sync", **asked, enabled=False)
        assert (changed["enabled"], changed["every_minutes"]) == (False, 5)

    @pytest.mark.parametrize(
        "arguments",
        [{"every_minutes": 0}, {"every_minutes": 10081}, {"full_every_hours": -1}, {"full_every_hours": 8761}],
    )
    async def test_what_makes_no_sense_is_refused(self, tool: Tool, arguments: dict[str, int]) -> None:
        refusal = await tool.workspace.owner.refused("set_sync", connection_id=tool.id, stream="deals", **arguments)
        assert (refusal.status, refusal.field) == (400, next(iter(arguments)))

    async def test_who_may(self, tool: Tool, other: Caller) -> None:
        asked = {"connection_id": tool.id, "stream": "deals"}
        for caller in (await tool.workspace.member("viewer"), await tool.workspace.api_key("connections:read"), other):
            for rpc in ("run_sync", "reset_sync", "set_sync"):
                assert await caller.refused(rpc, **asked) == MISSING
        key = await tool.workspace.api_key("connections:write")
        assert (await key.call("run_sync", **asked))["stream"] == "deals"
        assert await key.refused("run_sync", connection_id=tool.id, stream="posts") == MISSING


class TestRuns:
    async def test_a_run_goes_on_page_by_page(self, tool: Tool) -> None:
        run = await begin(tool, "campaigns")
        assert (run["status"], run["run_mode"], run["page_cursor"]) == ("running", "full", None)
        assert await advance(tool, run, None, "p2", read=100, changed=7, total=150)
        again = await begin(tool, "campaigns")
        assert (again["run_id"], again["page_cursor"], again["pages"], again["read"]) == (run["run_id"], "p2", 1, 100)
        assert await advance(tool, run, "p2", None, read=50, changed=1, total=None)
        assert await finish(tool, run)

        stream = await stream_of(tool.workspace, tool.id, "campaigns")
        counted = ("status", "page_cursor", "pages", "read", "changed", "removed", "total", "last_error")
        assert [stream[each] for each in counted] == ["idle", None, 2, 150, 8, 0, 150, None]
        [kept] = await runs_of(tool.workspace, stream)
        assert (kept["id"], kept["mode"], kept["status"], kept["read"]) == (str(run["run_id"]), "full", "finished", 150)
        behind = "select run_started_at - since as behind from public.sync_streams where id = %s"
        assert (await tool.workspace.one(behind, [stream["id"]])).total_seconds() == 120

    async def test_a_page_is_kept_once_and_by_the_run_it_is_of(self, tool: Tool) -> None:
        run = await begin(tool, "deals")
        assert await advance(tool, run, None, "p2")
        assert not await advance(tool, run, None, "p2")
        other = run | {"run_id": await tool.value("select gen_random_uuid()")}
        assert not await advance(tool, other, "p2", "p3")
        assert not await finish(tool, other)
        assert await finish(tool, run)
        assert not await advance(tool, run, "p2", "p3")
        assert not await finish(tool, run)

    async def test_after_a_full_read_only_changes_are_read_until_the_next_full_one(self, tool: Tool) -> None:
        first = await read_all(tool, "deals")
        second = await begin(tool, "deals")
        assert second["run_mode"] == "incremental"
        await finish(tool, second)
        after = await stream_of(tool.workspace, tool.id, "deals")
        assert after["next_full_at"] == first["next_full_at"]
        await tool.workspace.database.execute(
            "update public.sync_streams set next_full_at = now() where id = %s", [first["id"]]
        )
        assert (await begin(tool, "deals"))["run_mode"] == "full"

    async def test_one_that_fails_begins_anew_after_its_time(self, tool: Tool) -> None:
        run = await begin(tool, "deals")
        await advance(tool, run, None, "p2", read=10)
        error = {"code": "unavailable", "message": "Later."}
        assert await finish(tool, run, error)
        stream = await stream_of(tool.workspace, tool.id, "deals")
        assert (stream["status"], stream["since"], stream["last_error"]) == ("failed", None, error)
        [kept] = await runs_of(tool.workspace, stream)
        assert (kept["status"], kept["error"], kept["read"]) == ("failed", error, 10)
        again = await begin(tool, "deals")
        assert (again["run_mode"], again["page_cursor"], again["read"]) == ("full", None, 0)
        assert again["run_id"] != run["run_id"]

    async def test_a_reset_ends_the_run_and_has_everything_read(self, tool: Tool) -> None:
        await read_all(tool, "deals")
        run = await begin(tool, "deals")
        await tool.workspace.owner.call("reset_sync", connection_id=tool.id, stream="deals")
        assert not await advance(tool, run, None, "p2")
        assert not await finish(tool, run)
        fresh = await begin(tool, "deals")
        assert (fresh["run_mode"], fresh["since"]) == ("full", None)
        assert [each["status"] for each in await runs_of(tool.workspace, fresh)] == ["finished", "reset", "running"]

    async def test_a_job_that_was_given_up_ends_its_run(self, tool: Tool) -> None:
        run = await begin(tool, "deals")
        await tool.worker.execute(
            "insert into private.dead_jobs (id, kind, organization_id, payload, attempt, last_error, created_at)"
            " values (%s, 'sync.run', %s, '{}', 20, '{\"code\": \"unavailable\"}', now())",
            [run["id"], tool.workspace.id],
        )
        stream = await stream_of(tool.workspace, tool.id, "deals")
        assert (stream["status"], stream["last_error"]) == ("failed", {"code": "unavailable"})


class TestWhenItIsDue:
    async def test_the_clock_plans_a_job_for_each_that_is_due(self, tool: Tool) -> None:
        job = (
            "select count(*) from private.jobs where id = %s and kind = 'sync.run' and payload = '{}' and priority = 5"
        )
        deals = await stream_of(tool.workspace, tool.id, "deals")
        contacts = await stream_of(tool.workspace, tool.id, "contacts")
        for _ in range(2):
            await tool.value("select private.enqueue_due_syncs()")
        assert await tool.workspace.one(job, [deals["id"]]) == 1
        assert await tool.workspace.one(job, [contacts["id"]]) == 0

        await tool.worker.execute("delete from private.jobs where id = %s", [deals["id"]])
        await read_all(tool, "deals")
        await tool.value("select private.enqueue_due_syncs()")
        assert await tool.workspace.one(job, [deals["id"]]) == 0
        await tool.workspace.owner.call("run_sync", connection_id=tool.id, stream="deals", full=True)
        assert await tool.workspace.one(job, [deals["id"]]) == 1
        assert (await begin(tool, "deals"))["run_mode"] == "full"

    async def test_not_while_the_connection_is_paused(self, tool: Tool) -> None:
        await tool.workspace.owner.call("update_connection", connection_id=tool.id, paused=True)
        deals = await stream_of(tool.workspace, tool.id, "deals")
        await tool.value("select private.enqueue_due_syncs()")
        assert await tool.workspace.one("select count(*) from private.jobs where id = %s", [deals["id"]]) == 0
        refusal = await tool.workspace.owner.refused("run_sync", connection_id=tool.id, stream="deals")
        assert refusal == Refusal(409, "connection_not_active", "connection_id")

    async def test_news_that_comes_during_a_read_is_read_after_it(self, tool: Tool) -> None:
        due = "select next_run_at <= clock_timestamp() from public.sync_streams where id = %s"
        news = "select private.stream_has_news(%s, 'deals')"
        quiet = await read_all(tool, "deals")
        assert await tool.workspace.one(due, [quiet["id"]]) is False
        assert await tool.value(news, tool.id) is True
        run = await begin(tool, "deals")
        await finish(tool, run)
        assert await tool.workspace.one(due, [quiet["id"]]) is False
        await tool.value(news, tool.id)
        run = await begin(tool, "deals")
        await tool.value(news, tool.id)
        await finish(tool, run)
        assert await tool.workspace.one(due, [quiet["id"]]) is True
        assert await tool.value("select private.stream_has_news(%s, 'contacts')", tool.id) is False

    async def test_old_runs_are_forgotten(self, tool: Tool) -> None:
        stream = await read_all(tool, "deals")
        await tool.workspace.database.execute(
            "update public.sync_runs set started_at = now() - interval '31 days' where stream_id = %s", [stream["id"]]
        )
        await tool.value("select private.enqueue_due_syncs()")
        assert await runs_of(tool.workspace, stream) == []


CAMPAIGN = {
    "provider_campaign_id": "k-1",
    "name": "Eid",
    "status": "sending",
    "provider_status": "SENDING",
    "recipients": 100,
    "opens": 10,
    "revenue": {"amount": "99", "currency": "AED"},
}
DEAL = {
    "provider_deal_id": "d-1",
    "name": "Shoes",
    "amount": "99.5",
    "currency": "AED",
    "is_won": False,
    "contact_ids": ["c-1"],
}
AUDIENCE = {"provider_audience_id": "a-1", "name": "Everybody", "members": 10}


async def apply(tool: Tool, what: str, *items: Row, run_id: Any = None) -> int:
    """Have a page applied; says how many have changed."""
    changed: int = await tool.value(f"select private.apply_{what}(%s, %s, %s)", tool.id, run_id, Jsonb(items))
    return changed


class TestWhatIsRead:
    @pytest.mark.parametrize(
        ("what", "item", "change", "columns"),
        [
            ("audiences", AUDIENCE, {"members": 11}, {"name": "Everybody", "members": 11}),
            ("campaigns", CAMPAIGN, {"opens": 11}, {"status": "sending", "opens": 11, "revenue": "99.00"}),
            ("deals", DEAL, {"stage": "won"}, {"amount": "99.50", "currency": "AED", "contact_ids": ["c-1"]}),
        ],
    )
    async def test_only_what_differs_is_a_change(
        self, tool: Tool, what: str, item: Row, change: Row, columns: Row
    ) -> None:
        assert [await apply(tool, what, each) for each in (item, item, item | change)] == [1, 0, 1]
        [row] = await tool.workspace.owner.rows(f"marketing_{what}?connection_id=eq.{tool.id}")
        assert {name: row[name] for name in columns} == columns

    @pytest.mark.parametrize(
        ("what", "item", "key"),
        [
            ("audiences", AUDIENCE, "provider_audience_id"),
            ("campaigns", CAMPAIGN, "provider_campaign_id"),
            ("deals", DEAL, "provider_deal_id"),
        ],
    )
    async def test_what_a_full_read_does_not_see_is_gone_until_it_is_seen_again(
        self, tool: Tool, what: str, item: Row, key: str
    ) -> None:
        first = await begin(tool, what)
        await apply(tool, what, item, item | {key: "gone"}, run_id=first["run_id"])
        await finish(tool, first)
        await tool.workspace.owner.call("run_sync", connection_id=tool.id, stream=what, full=True)
        second = await begin(tool, what)
        assert await apply(tool, what, item, run_id=second["run_id"]) == 0
        await finish(tool, second)

        query = f"marketing_{what}?connection_id=eq.{tool.id}&removed_at=not.is.null&select={key}"
        assert await tool.workspace.owner.rows(query) == [{key: "gone"}]
        assert (await stream_of(tool.workspace, tool.id, what))["removed"] == 1
        assert await apply(tool, what, item | {key: "gone"}) == 1
        assert await tool.workspace.owner.rows(query) == []

    async def test_an_incremental_read_says_nothing_of_what_it_does_not_have(self, tool: Tool) -> None:
        first = await begin(tool, "deals")
        await apply(tool, "deals", DEAL, run_id=first["run_id"])
        await finish(tool, first)
        await finish(tool, await begin(tool, "deals"))
        assert (
            await tool.workspace.owner.rows(f"marketing_deals?connection_id=eq.{tool.id}&removed_at=not.is.null") == []
        )

    async def test_a_deal_that_is_deleted_there_is_gone(self, tool: Tool) -> None:
        deleted = DEAL | {"deleted": True}
        assert await apply(tool, "deals", deleted) == 0
        assert [await apply(tool, "deals", each) for each in (DEAL, deleted, deleted)] == [1, 1, 0]
        [row] = await tool.workspace.owner.rows(f"marketing_deals?connection_id=eq.{tool.id}")
        assert row["removed_at"]

    async def test_figures_are_kept_for_each_day(self, tool: Tool) -> None:
        await apply(tool, "campaigns", CAMPAIGN)
        await tool.workspace.database.execute(
            "update public.marketing_campaign_figures set day = day - 1 where organization_id = %s", [tool.workspace.id]
        )
        await apply(tool, "campaigns", CAMPAIGN | {"opens": 20})
        await apply(tool, "campaigns", CAMPAIGN | {"opens": 30})
        figures = await tool.workspace.owner.rows("marketing_campaign_figures?order=day&select=opens,clicks,revenue")
        assert figures == [
            {"opens": 10, "clicks": None, "revenue": "99.00"},
            {"opens": 30, "clicks": None, "revenue": "99.00"},
        ]

    async def test_a_contact_that_a_full_read_does_not_see_is_gone_there(self, tool: Tool) -> None:
        await tool.sync(direction="both")
        seen, gone = [await tool.workspace.lead(consents=[{"purpose": "marketing_email"}]) for _ in range(2)]
        await tool.push()
        run = await begin(tool, "contacts")
        pushed_meanwhile = await tool.workspace.lead(consents=[{"purpose": "marketing_email"}])
        await tool.push()
        assert await tool.tell(f"c-{seen['id']}", email=seen["email"]) == "unchanged"
        await finish(tool, run)

        assert [bool(await tool.link(each)) for each in (seen, gone, pushed_meanwhile)] == [True, False, True]
        stream = await stream_of(tool.workspace, tool.id, "contacts")
        assert stream["removed"] == 1


class TestWhatIsTold:
    async def types(self, tool: Tool) -> list[str]:
        """What has been told of the tool's campaigns and deals."""
        query = """
            select type from public.events where organization_id = %s and type ~ '^(campaign|deal)' order by created_at
        """
        return [each["type"] for each in await tool.workspace.all(query, [tool.workspace.id])]

    async def test_that_a_campaign_was_sent_and_a_deal_won(self, tool: Tool) -> None:
        sent = CAMPAIGN | {"status": "sent", "sent_at": "2026-11-23T12:00:00Z"}
        won = DEAL | {"is_won": True}
        for campaign in (CAMPAIGN, sent, sent | {"opens": 99}):
            await apply(tool, "campaigns", campaign)
        for deal in (DEAL, won, won | {"stage": "delivered"}):
            await apply(tool, "deals", deal)
        assert await self.types(tool) == ["campaign.sent", "deal.won"]
        [event] = await tool.workspace.all(
            "select * from public.events where organization_id = %s and type = 'deal.won'", [tool.workspace.id]
        )
        assert (event["subject_type"], event["environment"], event["data"]["amount"]) == (
            *("marketing_deal", "sandbox"),
            "99.50",
        )

    async def test_the_first_read_tells_history_and_no_news(self, tool: Tool) -> None:
        sent = CAMPAIGN | {"status": "sent", "sent_at": "2026-01-01T00:00:00Z"}
        won = DEAL | {"is_won": True, "updated_at": "2026-01-01T00:00:00Z"}
        await apply(tool, "campaigns", sent)
        await apply(tool, "deals", won)
        assert await self.types(tool) == []
        for stream in ("campaigns", "deals"):
            await read_all(tool, stream)
        await apply(tool, "campaigns", sent | {"provider_campaign_id": "k-2", "sent_at": "2999-01-01T00:00:00Z"})
        await apply(tool, "deals", won | {"provider_deal_id": "d-2", "updated_at": "2999-01-01T00:00:00Z"})
        assert await self.types(tool) == ["campaign.sent", "deal.won"]
