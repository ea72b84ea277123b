"""Keys of data subjects beside the backups: what was erased since a backup was made stays so once it is restored."""

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from stack import Stack
from tests.support.stacks import migrated_stack
from workers.store.pool import Connection, connect
from workers.store.subject_keys import keep_keys, restore_keys

Row = dict[str, Any]
Owner = psycopg.AsyncConnection[Row]


@pytest.fixture(scope="module")
async def own_stack() -> AsyncIterator[Stack]:
    """A database of these tests' own: restoring is about all organizations in one."""
    async with migrated_stack(only_database=True) as stack:
        yield stack


@pytest.fixture
async def owner(own_stack: Stack) -> AsyncIterator[Owner]:
    """The database's owner, who answers as the secret key does."""
    async with await psycopg.AsyncConnection.connect(
        own_stack.database_url, autocommit=True, row_factory=dict_row
    ) as connection:
        await connection.execute("""select set_config('request.jwt.claims', '{"role": "service_role"}', false)""")
        yield connection


@pytest.fixture
async def admin(own_stack: Stack) -> AsyncIterator[Connection]:
    """The same, as the command connects."""
    async with await connect(own_stack.database_url, application_name="test") as connection:
        yield connection


async def one(owner: Owner, query: str, *parameters: Any) -> Any:
    row = await (await owner.execute(query, parameters)).fetchone()
    assert row is not None
    return next(iter(row.values()))


async def organization(owner: Owner) -> UUID:
    query = "insert into organizations (name, slug) values ('Test', %s) returning id"
    made: UUID = await one(owner, query, f"o{uuid4().hex}")
    return made


async def sealed_evidence(owner: Owner, organization_id: UUID, email: str) -> tuple[UUID, bytes]:
    """A lead with evidence of a consent: the lead's id, and what a backup has of the evidence."""
    lead = await one(owner, "select (upsert_lead(email => %s, organization_id => %s)).id", email, organization_id)
    query = """select private.put_consent(l, 'news', 'given', 'form:a', evidence => '{"page": "https://a.example/"}')
        from leads l where l.id = %s"""
    await one(owner, query, lead)
    return lead, await one(owner, "select sealed from private.consent_evidence where lead_id = %s", lead)


async def opened(owner: Owner, lead: UUID, sealed: bytes) -> Any:
    return await one(owner, "select private.unseal(%s, %s)", lead, sealed)


async def test_a_key_that_was_destroyed_comes_back_with_no_backup(
    owner: Owner, admin: Connection, tmp_path: Path
) -> None:
    home, file = await organization(owner), tmp_path / "keys.jsonl"
    kept, sealed = await sealed_evidence(owner, home, "kept@example.ae")
    erased, backup = await sealed_evidence(owner, home, "erased@example.ae")
    key = await one(owner, "select key from private.subject_keys where subject_id = %s", erased)
    await one(owner, "select (delete_lead(%s)).id", erased)
    await keep_keys(admin, file)
    # A backup that was made before, with keys and all, is restored.
    restored = "insert into private.subject_keys (subject_id, organization_id, key) values (%s, %s, %s) returning key"
    await one(owner, restored, erased, home, key)
    assert (await opened(owner, erased, backup))["page"] == "https://a.example/"

    await restore_keys(admin, file)

    assert await opened(owner, erased, backup) is None
    assert (await opened(owner, kept, sealed))["page"] == "https://a.example/"


async def test_whoever_was_erased_since_is_erased_anew(owner: Owner, admin: Connection, tmp_path: Path) -> None:
    home, file = await organization(owner), tmp_path / "keys.jsonl"
    deleted = await one(owner, "select (upsert_lead(email => 'a@example.ae', organization_id => %s)).id", home)
    await one(owner, "select (delete_lead(%s)).id", deleted)
    query = "select private.blind_index(private.blind_key(%s), 'b@example.ae')"
    index = await one(owner, query, home)
    tombstone = (
        "insert into private.erased_subjects (organization_id, subject_index) values (%s, %s) returning erased_at"
    )
    await one(owner, tombstone, home, index)
    await keep_keys(admin, file)
    # As they were in the backup.
    await owner.execute("update leads set status = 'active' where id = %s", [deleted])
    await owner.execute('select private.keep_known(%s, %s, \'{"email": "a@example.ae"}\')', [home, deleted])
    await owner.execute("delete from private.erased_subjects where organization_id = %s", [home])
    await one(owner, "select (upsert_lead(email => 'b@example.ae', organization_id => %s)).id", home)

    made = await restore_keys(admin, file)

    assert made >= 1
    assert await one(owner, "select status::text from leads where id = %s", deleted) == "deleted"
    assert await one(owner, "select private.personal(%s)", deleted) == {}
    query = "select kind::text || ' ' || subject_indexes[1]::text from data_subject_requests where organization_id = %s"
    assert await one(owner, query, home) == f"erasure \\x{index.hex()}"
    waiting = "select count(*) from private.jobs where organization_id = %s and kind = 'privacy.request'"
    assert await one(owner, waiting, home) == 1


async def test_the_file_is_its_owners_alone_and_replaces_the_last_one(
    owner: Owner, admin: Connection, tmp_path: Path
) -> None:
    await sealed_evidence(owner, await organization(owner), "c@example.ae")
    file = tmp_path / "keys.jsonl"
    file.write_text("old")

    count = await keep_keys(admin, file)

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) == count
    assert "subject_key" in {line["kind"] for line in lines}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("text", ["no JSON", '{"a": 1}'], ids=["text", "other"])
async def test_another_file_changes_nothing(owner: Owner, admin: Connection, tmp_path: Path, text: str) -> None:
    await sealed_evidence(owner, await organization(owner), "d@example.ae")
    before = await one(owner, "select count(*) from private.subject_keys")
    file = tmp_path / "other"
    file.write_text(text)

    with pytest.raises(ValueError, match="line 1 is none of a file of keys"):
        await restore_keys(admin, file)

    assert await one(owner, "select count(*) from private.subject_keys") == before > 0
