"""Access that was granted: kept, renewed ahead of its end, looked at, warned about, and lost."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.support.newsroom import Newsroom, Row

NOW = datetime.now(UTC)
HOUR = 3600.0
DAY = 24 * HOUR


def in_days(days: float) -> str:
    """A moment some days from now."""
    return (NOW + timedelta(days=days)).isoformat()


@pytest.fixture
async def connection(newsroom: Newsroom) -> Row:
    """A connection of its own whose client is known, without access yet."""
    row = await newsroom.workspace.connection("probe_network", active=False)
    await newsroom.workspace.set_credentials(row["id"], "client_id", "client_secret")
    return row


@pytest.fixture(autouse=True)
def others_rest(newsroom: Newsroom) -> Iterator[None]:
    """Connections of other tests are out of the way of what goes by the clock."""
    yield
    newsroom.database.execute(
        "update public.integration_connections set status = 'paused' where provider_key = 'probe_network'"
    )


async def store(newsroom: Newsroom, connection: Row, *names: str, source: str = "consent", **others: Any) -> int | None:
    """Keep what a consent brought; says the new version."""
    key = await newsroom.workspace.encryption_key()
    credentials = [{"name": name, "ciphertext": "B" * 64, "key_id": key} for name in names]
    query = "select private.store_grant(%s, %s, %s, %s, %s, %s) as version"
    row = newsroom.as_worker(
        query,
        connection["id"],
        credentials,
        others.get("settings", {}),
        others.get("facts", {}),
        source,
        others.get("expected_version"),
    )
    version: int | None = row["version"]
    return version


def shown(newsroom: Newsroom, connection: Row) -> Row:
    """The connection now."""
    return newsroom.row("public.integration_connections", connection["id"])


def grant(newsroom: Newsroom, connection: Row) -> Row:
    """What its access is good for."""
    query = "select * from public.connection_grants where connection_id = %s"
    return newsroom.one(newsroom.database, query, [connection["id"]])


def seconds_until(moment: datetime | None) -> float | None:
    """How far a moment lies ahead."""
    return None if moment is None else (moment - datetime.now(UTC)).total_seconds()


def alerts(newsroom: Newsroom, connection: Row) -> list[Row]:
    """What was told of a connection's access."""
    query = (
        "select status::text, severity::text, title, kind, detail from public.alerts where group_key = %s order by id"
    )
    return newsroom.rows(query, f"connection:{connection['id']}:access")


async def test_a_consent_makes_a_connection_active(newsroom: Newsroom, connection: Row) -> None:
    assert shown(newsroom, connection)["status"] == "pending"
    facts = {
        "scopes": ["posts"],
        "subject_id": "7",
        "subject_name": "Amal",
        "refreshable": True,
        "access_expires_at": in_days(60),
        "refresh_expires_at": in_days(365),
    }

    version = await store(
        newsroom, connection, "access_token", "refresh_token", facts=facts, settings={"data_centre": "us6"}
    )

    now = shown(newsroom, connection)
    assert (now["status"], now["credentials_version"], now["settings"]) == ("active", version, {"data_centre": "us6"})
    kept = grant(newsroom, connection)
    assert (kept["scopes"], kept["subject_id"], kept["subject_name"], kept["refreshable"]) == (
        ["posts"],
        "7",
        "Amal",
        True,
    )
    assert (kept["access_expires_at"].isoformat(), kept["refresh_expires_at"].isoformat()) == (
        in_days(60),
        in_days(365),
    )
    assert kept["granted_at"] and not kept["refreshed_at"] and not kept["revoked_at"]
    assert kept["access_expires_at"] - kept["refresh_due_at"] == timedelta(days=7)
    [line] = newsroom.rows(
        "select detail from public.audit_log where action = 'connection.authorized' and target_id = %s",
        connection["id"],
    )
    assert line["detail"] == {"credentials": ["access_token", "refresh_token"], "version": version}


async def test_what_is_not_told_stays_and_null_clears(newsroom: Newsroom, connection: Row) -> None:
    await store(newsroom, connection, "access_token", facts={"scopes": ["posts"], "subject_name": "Amal"})
    await store(newsroom, connection, source="inspection", facts={"subject_name": None, "subject_id": "7", "note": 1})

    kept = grant(newsroom, connection)
    assert (kept["scopes"], kept["subject_name"], kept["subject_id"]) == (["posts"], None, "7")
    assert kept["inspected_at"] is not None


async def test_settings_are_laid_over_those_there_are_and_checked(newsroom: Newsroom, connection: Row) -> None:
    await newsroom.owner.call("update_connection", connection_id=connection["id"], settings={"account": "a"})
    await store(newsroom, connection, "access_token", settings={"data_centre": "us6"})
    assert shown(newsroom, connection)["settings"] == {"account": "a", "data_centre": "us6"}
    with pytest.raises(psycopg.Error, match="no setting named"):
        await store(newsroom, connection, "access_token", settings={"colour": "red"})
    with pytest.raises(psycopg.Error, match="no credential named"):
        await store(newsroom, connection, "password")


@pytest.mark.parametrize(
    ("lifetime_seconds", "refreshable", "due_in"),
    [
        (60 * DAY, True, 53 * DAY),
        (8 * DAY, True, 6 * DAY),
        (HOUR, True, 0.75 * HOUR),
        (400, True, 280),
        (100, True, 50),
        (HOUR, False, None),
        (None, True, None),
    ],
)
async def test_access_is_renewed_ahead_of_its_end(
    newsroom: Newsroom, connection: Row, lifetime_seconds: float | None, refreshable: bool, due_in: float | None
) -> None:
    now = datetime.now(UTC)
    expires = None if lifetime_seconds is None else (now + timedelta(seconds=lifetime_seconds)).isoformat()
    facts = {"refreshable": refreshable, "access_expires_at": expires}
    await store(newsroom, connection, "access_token", "refresh_token", facts=facts)

    due = seconds_until(grant(newsroom, connection)["refresh_due_at"])
    assert due == (None if due_in is None else pytest.approx(due_in, abs=20))


async def test_to_be_looked_at_makes_access_no_younger(newsroom: Newsroom, connection: Row) -> None:
    facts = {"refreshable": True, "access_expires_at": in_days(60)}
    await store(newsroom, connection, "access_token", facts=facts)
    newsroom.database.execute(
        "update public.connection_grants set refresh_due_at = now() + interval '1 hour' where connection_id = %s",
        [connection["id"]],
    )
    await store(newsroom, connection, source="inspection", facts=facts)
    assert seconds_until(grant(newsroom, connection)["refresh_due_at"]) == pytest.approx(HOUR, abs=20)


async def test_a_newer_consent_stands(newsroom: Newsroom, connection: Row) -> None:
    version = await store(newsroom, connection, "access_token", facts={"subject_id": "1"})
    assert await store(newsroom, connection, "access_token", source="refresh", expected_version=version) == version + 1
    assert (
        await store(
            newsroom, connection, "access_token", source="refresh", expected_version=version, facts={"subject_id": "2"}
        )
        is None
    )
    assert grant(newsroom, connection)["subject_id"] == "1"


async def test_an_inspection_changes_no_version(newsroom: Newsroom, connection: Row) -> None:
    version = await store(newsroom, connection, "access_token")
    assert await store(newsroom, connection, source="inspection", facts={"scopes": []}) == version


async def test_a_paused_connection_stays_paused_and_a_disconnected_one_takes_nothing(
    newsroom: Newsroom, connection: Row
) -> None:
    await newsroom.owner.call("update_connection", connection_id=connection["id"], paused=True)
    assert await store(newsroom, connection, "access_token") is not None
    assert shown(newsroom, connection)["status"] == "paused"

    await newsroom.owner.call("disconnect_connection", connection_id=connection["id"])
    assert newsroom.rows("select 1 from public.connection_grants where connection_id = %s", connection["id"]) == []
    assert await store(newsroom, connection, "access_token") is None


async def test_only_a_person_is_audited(newsroom: Newsroom, connection: Row) -> None:
    lines = "select count(*) as n from public.audit_log where organization_id = %s"
    before = newsroom.rows(lines, newsroom.workspace.id)
    await store(newsroom, connection, "access_token", source="refresh")
    await store(newsroom, connection, source="inspection")
    assert newsroom.rows(lines, newsroom.workspace.id) == before


async def test_lines_of_renewals_do_not_stay_for_ever(newsroom: Newsroom, connection: Row) -> None:
    for _ in range(3):
        await store(newsroom, connection, "access_token", source="refresh")
    newsroom.database.execute(
        "update private.sealed_credentials set superseded_at = now() - interval '31 days'"
        " where superseded_at is not null"
    )
    await store(newsroom, connection, "access_token", source="refresh")
    history = await newsroom.owner.call("credential_history", connection_id=connection["id"])
    assert [each["version"] for each in history if each["name"] == "access_token"] == [4, 3]


async def test_a_token_that_somebody_types_is_not_what_was_granted(newsroom: Newsroom, connection: Row) -> None:
    await store(newsroom, connection, "access_token", facts={"refreshable": True, "access_expires_at": in_days(1)})
    await newsroom.workspace.set_credentials(connection["id"], "client_secret")
    assert grant(newsroom, connection)["refreshable"]
    await newsroom.workspace.set_credentials(connection["id"], "access_token")
    assert newsroom.rows("select 1 from public.connection_grants where connection_id = %s", connection["id"]) == []


def fail(newsroom: Newsroom, connection: Row, code: str) -> None:
    """A renewal that was refused."""
    error = {"code": code, "message": "No"}
    newsroom.as_worker("select private.note_access_failure(%s, %s)", connection["id"], error)


async def test_access_that_is_lost_asks_for_a_person(newsroom: Newsroom, connection: Row) -> None:
    await store(newsroom, connection, "access_token", facts={"refreshable": True, "access_expires_at": in_days(1)})

    fail(newsroom, connection, "authentication_failed")

    lost = grant(newsroom, connection)
    assert (lost["last_error"]["code"], lost["refresh_due_at"]) == ("authentication_failed", None)
    assert lost["revoked_at"] is not None
    assert shown(newsroom, connection)["status"] == "needs_attention"
    [alert] = alerts(newsroom, connection)
    assert alert["title"] == f"{connection['name']}: sign in again"
    assert (alert["kind"], alert["severity"]) == ("connection.reauthorize", "critical")
    assert newsroom.as_worker("select private.request_refresh(%s) as can", connection["id"]) == {"can": False}

    await store(newsroom, connection, "access_token", facts={"access_expires_at": in_days(60)})
    assert (shown(newsroom, connection)["status"], alerts(newsroom, connection)[0]["status"]) == ("active", "resolved")
    assert grant(newsroom, connection)["revoked_at"] is None


async def test_a_renewal_that_failed_otherwise_is_tried_again(newsroom: Newsroom, connection: Row) -> None:
    await store(newsroom, connection, "access_token", facts={"refreshable": True, "access_expires_at": in_days(1)})
    fail(newsroom, connection, "unavailable")
    kept = grant(newsroom, connection)
    assert (kept["revoked_at"], kept["refresh_due_at"] is not None) == (None, True)


async def test_nobody_is_asked_for_a_connection_that_is_paused(newsroom: Newsroom, connection: Row) -> None:
    await newsroom.owner.call("update_connection", connection_id=connection["id"], paused=True)
    fail(newsroom, connection, "authentication_failed")
    assert (shown(newsroom, connection)["status"], alerts(newsroom, connection)) == ("paused", [])


async def test_a_refresh_is_asked_for_once(newsroom: Newsroom, connection: Row) -> None:
    assert newsroom.as_worker("select private.request_refresh(%s) as can", connection["id"]) == {"can": False}
    version = await store(newsroom, connection, "access_token", facts={"refreshable": True})
    for _ in range(2):
        assert newsroom.as_worker("select private.request_refresh(%s) as can", connection["id"]) == {"can": True}

    [job] = newsroom.jobs("connection.refresh", connection_id=connection["id"])
    assert (job["payload"]["version"], job["priority"], job["max_attempts"]) == (version, 0, 5)
    query = "select private.derived_id(%s, 'refresh') as id"
    assert job["id"] == newsroom.as_worker(query, connection["id"])["id"]


async def test_a_job_that_is_ending_is_not_waited_for(newsroom: Newsroom, connection: Row) -> None:
    await store(newsroom, connection, "access_token", facts={"refreshable": True})
    query = "select private.request_refresh(%s) as can"
    newsroom.as_worker(query, connection["id"])
    with psycopg.connect(newsroom.database.info.dsn, password=newsroom.database.info.password) as ending:
        ending.execute("delete from private.jobs where payload ->> 'connection_id' = %s", [connection["id"]])
        newsroom.worker.execute("set lock_timeout = '200ms'")
        assert newsroom.as_worker(query, connection["id"]) == {"can": True}
        newsroom.worker.execute("reset lock_timeout")


async def test_the_clock_renews_what_is_due(newsroom: Newsroom, connection: Row) -> None:
    paused = await newsroom.workspace.network()
    for each in (connection, paused):
        await store(newsroom, each, "access_token", facts={"refreshable": True, "access_expires_at": in_days(60)})
    await newsroom.owner.call("update_connection", connection_id=paused["id"], paused=True)
    query = "select private.enqueue_due_refreshes() as n"
    assert newsroom.as_worker(query)["n"] == 0
    newsroom.database.execute("update public.connection_grants set refresh_due_at = now() where refreshable")

    assert [newsroom.as_worker(query)["n"] for _ in range(2)] == [1, 0]

    assert len(newsroom.jobs("connection.refresh", connection_id=connection["id"])) == 1
    assert newsroom.jobs("connection.refresh", connection_id=paused["id"]) == []
    assert seconds_until(grant(newsroom, connection)["refresh_due_at"]) == pytest.approx(300, abs=20)


async def test_each_token_is_looked_at_once_a_day(newsroom: Newsroom, connection: Row) -> None:
    query = "select private.enqueue_inspections() as n"
    newsroom.as_worker(query)
    await newsroom.workspace.set_credentials(connection["id"], "access_token")

    assert [newsroom.as_worker(query)["n"] for _ in range(2)] == [1, 0]
    [job] = newsroom.jobs("connection.inspect", connection_id=connection["id"])
    assert job["payload"]["version"] == shown(newsroom, connection)["credentials_version"]

    newsroom.database.execute(
        "update public.connection_grants set inspected_at = now() - interval '1 day' where connection_id = %s",
        [connection["id"]],
    )
    assert newsroom.as_worker(query)["n"] == 0, "it is there already"
    newsroom.database.execute("delete from private.jobs where id = %s", [job["id"]])
    newsroom.database.execute(
        "update public.connection_grants set inspected_at = now() - interval '1 day' where connection_id = %s",
        [connection["id"]],
    )
    assert newsroom.as_worker(query)["n"] == 1


def warn(newsroom: Newsroom) -> int:
    """What the clock does; says how many alerts are new."""
    return int(newsroom.as_worker("select private.warn_of_ending_access() as n")["n"])


@pytest.mark.parametrize(
    ("facts", "severity", "status"),
    [
        ({"access_expires_at": in_days(11)}, None, "active"),
        ({"access_expires_at": in_days(9)}, "warning", "active"),
        ({"access_expires_at": in_days(1.9)}, "critical", "active"),
        ({"access_expires_at": in_days(-0.1)}, "critical", "needs_attention"),
        ({"access_expires_at": None}, None, "active"),
        ({"access_expires_at": in_days(1), "refreshable": True}, None, "active"),
        ({"access_expires_at": in_days(1), "refreshable": True, "refresh_expires_at": in_days(9)}, "warning", "active"),
        ({"access_expires_at": in_days(1), "refreshable": True, "refresh_expires_at": in_days(90)}, None, "active"),
    ],
    ids=["later", "soon", "very-soon", "ended", "never", "renewable", "renewable-for-days", "renewable-for-long"],
)
async def test_people_are_warned_of_access_that_nobody_can_renew(
    newsroom: Newsroom, connection: Row, facts: Row, severity: str | None, status: str
) -> None:
    await store(newsroom, connection, "access_token", facts=facts)

    assert warn(newsroom) == (severity is not None)
    assert warn(newsroom) == 0

    assert [each["severity"] for each in alerts(newsroom, connection)] == ([severity] if severity else [])
    assert shown(newsroom, connection)["status"] == status
    for alert in alerts(newsroom, connection):
        assert alert["detail"]["connection_id"] == connection["id"]
        assert alert["detail"]["name"] == connection["name"]
        assert datetime.fromisoformat(alert["detail"]["ends_at"]) is not None


async def test_a_warning_becomes_critical_and_is_over_with_new_access(newsroom: Newsroom, connection: Row) -> None:
    await store(newsroom, connection, "access_token", facts={"access_expires_at": in_days(5)})
    warn(newsroom)
    await store(newsroom, connection, source="inspection", facts={"access_expires_at": in_days(1)})
    assert alerts(newsroom, connection)[0]["status"] == "open", "to have looked ends nothing"
    assert warn(newsroom) == 1
    assert [each["severity"] for each in alerts(newsroom, connection)] == ["critical"]

    await store(newsroom, connection, "access_token", facts={"access_expires_at": in_days(60)})
    assert [each["status"] for each in alerts(newsroom, connection)] == ["resolved"]


async def test_nobody_is_warned_for_a_paused_connection(newsroom: Newsroom, connection: Row) -> None:
    await store(newsroom, connection, "access_token", facts={"access_expires_at": in_days(1)})
    await newsroom.owner.call("update_connection", connection_id=connection["id"], paused=True)
    assert warn(newsroom) == 0


async def test_two_who_store_at_once_do_not_both(newsroom: Newsroom, connection: Row) -> None:
    version = await store(newsroom, connection, "access_token")
    key = await newsroom.workspace.encryption_key()
    credentials = json.dumps([{"name": "access_token", "ciphertext": "C" * 64, "key_id": key}])
    query = "select private.store_grant(%s, %s, '{}', '{}', 'refresh', %s)"
    dsn, password = newsroom.worker.info.dsn, newsroom.worker.info.password

    async def renew() -> int | None:
        async with await psycopg.AsyncConnection.connect(dsn, password=password) as worker:
            row = await (await worker.execute(query, [connection["id"], credentials, version])).fetchone()
            assert row is not None
            return int(row[0]) if row[0] is not None else None

    assert version is not None
    assert sorted([await each for each in asyncio.as_completed([renew(), renew()])], key=str) == [version + 1, None]
