"""Reading a stream: page by page, each kept once, whatever becomes of the workers that read it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.support.offices import Office, a_job, settle
from tests.support.tools import hubspot
from tests.support.workplace import Row, Workplace
from workers.operations.jobs import Done, Job, Later, Outcome
from workers.operations.sync.engine import Page, SyncHandlers
from workers.providers.errors import AuthenticationFailed, InvalidRequest, RateLimited, Unavailable
from workers.store.connections import PostgresConnections
from workers.store.pool import Connection
from workers.store.sync import PostgresSync, SyncRun, apply_items

Then = Callable[[], Awaitable[None]]


def audience(number: int, name: str = "Customers") -> dict[str, Any]:
    return {"provider_audience_id": str(number), "name": name, "members": 3, "updated_at": None}


@dataclass
class Book:
    """A tool's audiences in pages; what happens on the way is the test's.

    :param pages: their numbers; the cursor is the page's place. :param at_read: what happens when a page is read, by
        its place, before it is handed over; likewise `at_apply`, after it is written and before that is committed.
    """

    pages: Sequence[Sequence[int]]
    at_read: dict[int, list[Then]] = field(default_factory=dict)
    at_apply: dict[int, list[Then]] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    runs: list[SyncRun] = field(default_factory=list)

    async def read(self, connector: object, run: SyncRun) -> Page:
        place = int(run.cursor or 0)
        self.asked.append(place)
        self.runs.append(run)
        await self._happen(self.at_read, place)
        following = str(place + 1) if place + 1 < len(self.pages) else None
        return Page([audience(number) for number in self.pages[place]], following, sum(map(len, self.pages)))

    async def apply(self, connection: Connection, run: SyncRun, page: Page) -> int:
        changed = await apply_items(connection, run, page.items)
        await self._happen(self.at_apply, int(run.cursor or 0))
        return changed

    async def _happen(self, planned: dict[int, list[Then]], place: int) -> None:
        if planned.get(place):
            await planned[place].pop(0)()


def raising(error: BaseException) -> Then:
    """Something that goes wrong."""

    async def go_wrong() -> None:
        raise error

    return go_wrong


class NoConnectors:
    """For streams that need none."""

    async def open(self, row: object, operation_id: UUID | None = None) -> Any:
        return object()


@dataclass
class Reader:
    """Workers that read one stream."""

    office: Office
    connection_id: UUID
    stream_id: UUID
    renewable: bool = False

    @property
    def hub(self) -> Workplace:
        return self.office.hub

    def job(self, **facts: Any) -> Job:
        return a_job("sync.run", self.stream_id, self.office.organization_id, {}, **facts)

    async def attempt(self, book: Book, *, seconds: float = 60.0, **facts: Any) -> Outcome:
        """One attempt of one worker. :param seconds: how long it goes on."""

        async def renew(_: UUID) -> bool:
            return self.renewable

        handlers = SyncHandlers(
            PostgresSync(self.hub.pool),
            PostgresConnections(self.hub.pool),
            cast(Any, NoConnectors()),
            cast(Any, {"audiences": book}),
            renew=renew,
            seconds=seconds,
        )
        return await settle(self.hub.pool, await handlers.run(self.job(**facts)))

    async def stream(self) -> Row:
        return await self.office.stream(self.connection_id, "audiences")

    async def kept(self) -> list[int]:
        """The numbers of what is known and not gone."""
        query = """
            select provider_audience_id::integer as number from public.marketing_audiences
            where connection_id = %s and removed_at is null order by 1"""
        return [row["number"] for row in await self.hub.all(query, self.connection_id)]


@pytest.fixture
async def reader(workplace: Workplace) -> Reader:
    office = await Office.open(workplace)
    connection_id = await office.connect(hubspot.TOOL)
    stream = await office.stream(connection_id, "audiences")
    return Reader(office, connection_id, stream["id"])


def is_over(outcome: Outcome) -> bool:
    return isinstance(outcome, Done)


def is_paced(outcome: Outcome, after_seconds: float = 0.0) -> bool:
    """Whether there is another attempt, which does not count."""
    return isinstance(outcome, Later) and not outcome.counted and outcome.after_seconds == after_seconds


async def due(reader: Reader) -> bool:
    query = "select next_run_at <= now() as due from public.sync_streams where id = %s"
    return bool((await reader.hub.one(query, reader.stream_id))["due"])


# Page by page.


async def test_it_reads_page_after_page(reader: Reader) -> None:
    book = Book([[1, 2], [3, 4], [5]])
    assert is_over(await reader.attempt(book))
    assert book.asked == [0, 1, 2]
    assert await reader.kept() == [1, 2, 3, 4, 5]
    stream = await reader.stream()
    assert (stream["status"], stream["run_mode"], stream["page_cursor"]) == ("idle", "full", None)
    assert (stream["pages"], stream["read"], stream["changed"], stream["total"]) == (3, 5, 5, 5)
    (run,) = await reader.office.runs(stream)
    assert (run["status"], run["pages"], run["read"], run["changed"], run["removed"]) == ("finished", 3, 5, 5, 0)


async def test_a_second_reading_is_of_what_changed_since_and_changes_nothing(reader: Reader) -> None:
    await reader.attempt(Book([[1, 2]]))
    first = await reader.stream()
    again = Book([[1, 2]])
    await reader.attempt(again)
    stream = await reader.stream()
    assert (stream["run_mode"], stream["read"], stream["changed"]) == ("incremental", 2, 0)
    assert again.runs[0].since == first["run_started_at"] - timedelta(minutes=2)


async def test_what_is_left_when_the_time_is_over_is_for_the_next_attempt(reader: Reader) -> None:
    book = Book([[1], [2], [3]])
    assert is_paced(await reader.attempt(book, seconds=-1))
    assert (book.asked, (await reader.stream())["page_cursor"]) == ([0], "1")
    assert is_paced(await reader.attempt(book, seconds=-1))
    assert is_over(await reader.attempt(book))
    assert (book.asked, await reader.kept()) == ([0, 1, 2], [1, 2, 3])
    assert [run["status"] for run in await reader.office.runs(await reader.stream())] == ["finished"]


# Workers that die.


@pytest.mark.parametrize(
    ("died", "asked"),
    [
        ("while it read", [0, 1, 1, 2]),
        ("before the page was committed", [0, 1, 1, 2]),
        ("after the page was committed", [0, 1, 2, 2]),
    ],
)
async def test_a_worker_that_dies_repeats_one_page_at_most(reader: Reader, died: str, asked: list[int]) -> None:
    death = [raising(asyncio.CancelledError())]
    book = Book([[1, 2], [3, 4], [5]])
    if died == "while it read":
        book.at_read[1] = death
    elif died == "before the page was committed":
        book.at_apply[1] = death
    else:
        book.at_read[2] = death
    with pytest.raises(asyncio.CancelledError):
        await reader.attempt(book)
    assert is_over(await reader.attempt(book))
    assert book.asked == asked
    assert await reader.kept() == [1, 2, 3, 4, 5]
    stream = await reader.stream()
    assert (stream["pages"], stream["read"], stream["changed"]) == (3, 5, 5)


async def test_of_two_that_believe_to_hold_the_run_one_moves_it(reader: Reader) -> None:
    both = asyncio.Barrier(2)

    async def meet() -> None:
        await both.wait()

    book = Book([[1, 2], [3]], at_read={0: [meet, meet]})
    ends = await asyncio.gather(reader.attempt(book), reader.attempt(book))
    assert sorted(map(is_over, ends)) == [False, True]
    assert any(map(is_paced, ends))
    assert (book.asked, await reader.kept()) == ([0, 0, 1], [1, 2, 3])
    stream = await reader.stream()
    assert (stream["pages"], stream["read"], stream["changed"]) == (2, 3, 3)


async def test_who_comes_when_the_run_has_ended_begins_none_by_mistake(reader: Reader) -> None:
    """A worker that was held up at the last page, which another one has read meanwhile."""
    book = Book([[1]])

    async def another_reads_it() -> None:
        assert is_over(await reader.attempt(Book([[1]])))

    book.at_read[0] = [another_reads_it]
    assert is_paced(await reader.attempt(book))
    assert [run["status"] for run in await reader.office.runs(await reader.stream())] == ["finished"]


# People and webhooks.


async def test_a_reset_gives_the_run_up_and_begins_anew(reader: Reader) -> None:
    async def reset() -> None:
        await reader.hub.call("reset_sync", connection_id=reader.connection_id, stream="audiences")

    book = Book([[1], [2], [3]], at_read={1: [reset]})
    assert is_paced(await reader.attempt(book))
    assert await reader.kept() == [1]
    assert (await reader.stream())["status"] == "idle"
    assert is_over(await reader.attempt(book))
    assert (book.asked, await reader.kept()) == ([0, 1, 0, 1, 2], [1, 2, 3])
    runs = await reader.office.runs(await reader.stream())
    assert [(run["status"], run["mode"], run["pages"]) for run in runs] == [
        ("reset", "full", 1),
        ("finished", "full", 3),
    ]


async def test_news_while_it_reads_have_it_read_again_at_once(reader: Reader) -> None:
    async def news() -> None:
        async with reader.hub.pool.connection() as connection:
            await connection.execute("select private.stream_has_news(%s, 'audiences')", [reader.connection_id])

    await reader.attempt(Book([[1]], at_read={0: [news]}))
    assert await due(reader)
    await reader.attempt(Book([[1]]))
    assert not await due(reader)


async def test_asked_for_while_it_reads_it_is_read_in_full_once_more(reader: Reader) -> None:
    async def ask() -> None:
        await reader.hub.call("run_sync", connection_id=reader.connection_id, stream="audiences", full=True)

    await reader.attempt(Book([[1]]))
    await reader.attempt(Book([[1], [2]], at_read={1: [ask]}))
    assert await due(reader)
    await reader.attempt(Book([[1]]))
    modes = [run["mode"] for run in await reader.office.runs(await reader.stream())]
    assert modes == ["full", "incremental", "full"]


async def test_a_disabled_stream_is_not_begun(reader: Reader) -> None:
    await reader.hub.call("set_sync", connection_id=reader.connection_id, stream="audiences", enabled=False)
    book = Book([[1]])
    assert is_over(await reader.attempt(book))
    assert (book.asked, (await reader.stream())["status"]) == ([], "idle")


async def test_one_that_is_disabled_while_it_reads_ends_what_it_has_begun(reader: Reader) -> None:
    async def disable() -> None:
        await reader.hub.call("set_sync", connection_id=reader.connection_id, stream="audiences", enabled=False)

    book = Book([[1], [2]], at_read={0: [disable]})
    assert is_paced(await reader.attempt(book, seconds=-1))
    assert is_over(await reader.attempt(book))
    assert (await reader.kept(), (await reader.stream())["status"]) == ([1, 2], "idle")


async def test_a_stream_that_is_gone_is_nothing_to_do(reader: Reader) -> None:
    await reader.hub.database.execute("delete from public.sync_streams where id = %s", [reader.stream_id])
    assert is_over(await reader.attempt(Book([[1]])))


# What tools refuse.


async def test_a_limit_is_waited_for_and_does_not_count(reader: Reader) -> None:
    limited = RateLimited("Too many requests", provider="hubspot", retry_after=7.0)
    book = Book([[1], [2]], at_read={1: [raising(limited), raising(limited)]})
    assert is_paced(await reader.attempt(book), 7.0)
    assert is_paced(await reader.attempt(book, attempt=20), 7.0)
    stream = await reader.stream()
    assert (stream["status"], stream["page_cursor"], stream["pages"]) == ("running", "1", 1)
    assert is_over(await reader.attempt(book))
    assert (book.asked, await reader.kept()) == ([0, 1, 1, 1], [1, 2])


async def test_a_tool_that_is_down_is_tried_again_and_at_last_shown_as_a_failure(reader: Reader) -> None:
    down = Unavailable("HubSpot does not answer", provider="hubspot")
    book = Book([[1], [2]], at_read={1: [raising(down), raising(down)]})
    later = await reader.attempt(book, attempt=19)
    assert isinstance(later, Later)
    assert later.counted
    assert is_over(await reader.attempt(book, attempt=20))
    stream = await reader.stream()
    assert (stream["status"], stream["last_error"]["code"], stream["last_finished_at"]) == (
        "failed",
        "unavailable",
        None,
    )
    assert stream["next_run_at"] > stream["run_started_at"] + timedelta(minutes=stream["every_minutes"] - 1)


async def test_a_failure_is_shown_and_the_next_run_begins_from_the_same_moment(reader: Reader) -> None:
    await reader.attempt(Book([[1]]))
    since = (await reader.stream())["since"]
    wrong = InvalidRequest("The cursor is none", provider="hubspot", field="cursor")
    assert is_over(await reader.attempt(Book([[1], [2]], at_read={1: [raising(wrong)]})))
    stream = await reader.stream()
    assert (stream["status"], stream["since"], stream["page_cursor"]) == ("failed", since, None)
    assert (stream["last_error"]["code"], stream["last_error"]["message"]) == ("invalid_request", "The cursor is none")
    run = (await reader.office.runs(stream))[-1]
    assert (run["status"], run["pages"], run["error"]["code"]) == ("failed", 1, "invalid_request")
    assert is_over(await reader.attempt(Book([[2]])))
    assert ((await reader.stream())["status"], (await reader.stream())["last_error"]) == ("idle", None)


async def test_access_that_can_be_renewed_is_waited_for(reader: Reader) -> None:
    reader.renewable = True
    refused = AuthenticationFailed("The token has expired", provider="hubspot")
    book = Book([[1], [2]], at_read={1: [raising(refused)]})
    assert isinstance(await reader.attempt(book), Later)
    assert is_over(await reader.attempt(book))
    assert await reader.kept() == [1, 2]


async def test_access_that_cannot_be_renewed_needs_a_person(reader: Reader) -> None:
    refused = AuthenticationFailed("The token was revoked", provider="hubspot")
    assert is_over(await reader.attempt(Book([[1]], at_read={0: [raising(refused)]})))
    query = "select status from public.integration_connections where id = %s"
    assert (await reader.hub.one(query, reader.connection_id))["status"] == "needs_attention"
    assert (await reader.stream())["last_error"]["code"] == "authentication_failed"


async def test_a_job_that_is_given_up_ends_the_run(reader: Reader) -> None:
    assert is_paced(await reader.attempt(Book([[1], [2]]), seconds=-1))
    dead = "insert into private.dead_jobs select (jsonb_populate_record(null::private.dead_jobs, %s)).*"
    facts = {"id": str(reader.stream_id), "kind": "sync.run", "organization_id": str(reader.office.organization_id)}
    more = {"payload": {}, "attempts": 20, "attempt": 20, "last_error": {"code": "internal_error", "message": "A bug."}}
    now = datetime.now(UTC).isoformat()
    times = {"created_at": now, "died_at": now, "run_at": now}
    await reader.hub.database.execute(dead, [Jsonb({**facts, **more, **times})])
    stream = await reader.stream()
    assert (stream["status"], stream["last_error"]["code"]) == ("failed", "internal_error")


# What is gone.


async def test_a_full_reading_finds_what_is_gone(reader: Reader) -> None:
    await reader.attempt(Book([[1, 2], [3]]))
    await reader.attempt(Book([[1]]))  # what changed
    assert await reader.kept() == [1, 2, 3]
    await reader.hub.call("run_sync", connection_id=reader.connection_id, stream="audiences", full=True)
    await reader.attempt(Book([[3], [1]]))
    stream = await reader.stream()
    assert (await reader.kept(), stream["removed"], stream["run_mode"]) == ([1, 3], 1, "full")
    await reader.hub.call("run_sync", connection_id=reader.connection_id, stream="audiences", full=True)
    await reader.attempt(Book([[1, 2, 3]]))
    assert await reader.kept() == [1, 2, 3]  # and what comes back


async def test_a_full_reading_that_failed_takes_nothing_for_gone(reader: Reader) -> None:
    await reader.attempt(Book([[1, 2]]))
    await reader.hub.call("run_sync", connection_id=reader.connection_id, stream="audiences", full=True)
    wrong = InvalidRequest("No", provider="hubspot")
    await reader.attempt(Book([[1], [2]], at_read={1: [raising(wrong)]}))
    assert (await reader.kept(), (await reader.stream())["removed"]) == ([1, 2], 0)


async def test_one_that_was_cut_off_has_seen_what_the_first_worker_saw(reader: Reader) -> None:
    await reader.attempt(Book([[1, 2, 3]]))
    await reader.hub.call("run_sync", connection_id=reader.connection_id, stream="audiences", full=True)
    book = Book([[1], [2]], at_read={1: [raising(asyncio.CancelledError())]})
    with pytest.raises(asyncio.CancelledError):
        await reader.attempt(book)
    await reader.attempt(book)
    assert (await reader.kept(), (await reader.stream())["removed"]) == ([1, 2], 1)
