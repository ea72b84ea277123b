"""`/readyz` tells the truth: each thing a process needs is taken away, and its line, and no other, says so."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from stack.ports import free_ports
from stack.toolchain import ROOT
from tests.support.workplace import Workplace, until
from workers.monitoring import server
from workers.monitoring.metrics import Metrics
from workers.monitoring.readiness import OK, database_checks, keyring_check, leader_check, look
from workers.store.pool import open_pool
from workers.store.readiness import NEEDED_MIGRATION, PostgresReadiness

ALL_WELL = dict.fromkeys(("database", "migrations", "keyring", "leader", "queue"), OK)


@asynccontextmanager
async def watched(workplace: Workplace, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    (port,) = free_ports(1)
    async with (
        workplace.working(metrics_port=port, **settings),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield client


async def checks(client: httpx.AsyncClient) -> dict[str, str]:
    try:
        found: dict[str, str] = (await client.get("/readyz")).json()["checks"]
    except httpx.TransportError:
        return {}
    return found


async def test_a_worker_that_has_all_it_needs_is_ready(workplace: Workplace, organization: object) -> None:
    async with watched(workplace) as client:

        async def ready() -> bool:
            return await checks(client) == ALL_WELL

        await until(ready)
        assert (await client.get("/readyz")).status_code == 200


async def test_without_its_keyring_it_is_not(workplace: Workplace, organization: object, tmp_path: Path) -> None:
    keyring = tmp_path / "keyring.json"
    keyring.write_bytes(workplace.keyring.read_bytes())
    keyring.chmod(0o600)
    async with watched(workplace, keyring=keyring) as client:
        keyring.unlink()

        async def told() -> bool:
            return await checks(client) == ALL_WELL | {"keyring": "it cannot be read"}

        await until(told)


async def test_a_keyring_that_lacks_a_key_in_use_is_told(workplace: Workplace, organization: object) -> None:
    store = PostgresReadiness(workplace.pool)
    key = "insert into public.encryption_keys (id, public_key) values ('key-of-nobody', %s)"
    check = keyring_check(store, str(workplace.keyring))

    # In one transaction's time only: others look at the hub's keys too.
    await workplace.database.execute(key, ["B" * 43])
    try:
        said = await check()
    finally:
        await workplace.database.execute("delete from public.encryption_keys where id = 'key-of-nobody'")

    assert said == "it lacks the key key-of-nobody"
    assert await check() is None


async def test_an_older_schema_is_told(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PostgresReadiness(workplace.pool)
    monkeypatch.setattr("workers.monitoring.readiness.NEEDED_MIGRATION", "20991231000000")

    found = await look(database_checks(store))

    told = f"{await store.latest_migration()} is applied, 20991231000000 is needed"
    assert found == {"database": OK, "migrations": told}


def test_the_needed_migration_is_the_newest() -> None:
    newest = max(path.name.split("_")[0] for path in (ROOT / "supabase/migrations").glob("*.sql"))

    assert newest == NEEDED_MIGRATION


async def test_without_a_database_nothing_that_needs_it_is_well(workplace: Workplace) -> None:
    url = workplace.stack.worker_database_url
    async with open_pool(url, application_name="readiness under test", max_size=2, wait_seconds=5) as pool:
        store = PostgresReadiness(pool)
        assert (await look(database_checks(store)))["database"] == OK
        await workplace.database.execute("alter role wasl_worker nologin")
        try:
            whose = "select pid from pg_stat_activity where application_name = 'readiness under test'"
            await workplace.database.execute(f"select pg_terminate_backend(pid) from ({whose}) of_test")
            found = await look(database_checks(store), patience_seconds=0.5)
        finally:
            await workplace.database.execute("alter role wasl_worker login")

    assert set(found) == {"database", "migrations"}
    assert OK not in found.values()
    assert "wasl_worker" not in json.dumps(found)


async def test_without_a_leader_it_is_told(workplace: Workplace) -> None:
    check = leader_check(PostgresReadiness(workplace.pool))

    async def told() -> bool:
        return await check() == "no worker leads"

    await until(told)
    held = await psycopg.AsyncConnection.connect(workplace.stack.worker_database_url, autocommit=True)
    async with held:
        await held.execute("select pg_advisory_lock(hashtextextended('wasl.leader', 0))")
        assert await check() is None


async def test_a_check_that_hangs_does_not_hang_the_probe() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    async def fails() -> None:
        raise psycopg.OperationalError("host secret.internal, user somebody")

    found = await look({"hangs": hangs, "fails": fails}, patience_seconds=0.01)

    assert found == {"hangs": "no answer within 0.01 s", "fails": "failed: OperationalError"}


async def test_a_loop_whose_pulse_has_stopped_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    lags: list[float] = []
    pulse = server.Pulse(lags.append, every_seconds=0.01)
    app = server.create_app(Metrics(), checks={}, facts=dict, pulse=pulse)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://worker") as client:
        beating = asyncio.create_task(pulse.run())

        async def beats() -> bool:
            return bool(lags)

        await until(beats)
        alive = await client.get("/healthz")
        beating.cancel()
        monkeypatch.setattr(server, "_STUCK_SECONDS", 0.0)
        stuck = await client.get("/healthz")

    assert (alive.status_code, alive.json()["status"]) == (200, "ok")
    assert (stuck.status_code, stuck.json()["status"]) == (503, "stuck")
