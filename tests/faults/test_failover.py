"""The database dies for good and its standby is promoted: workers find it, and nothing is lost or done twice."""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from stack import Stack
from stack.control import ephemeral_directory, remove_state
from stack.postgres import Postgres
from stack.processes import Supervisor
from stack.toolchain import ROOT, find_toolchain
from tests.faults.test_database_lost import JOBS, Work, _begun, _jobs, executing
from tests.operations.conftest import ENQUEUE
from tests.support.stacks import copy_stopped, end_database, migrated_stack
from tests.support.workplace import until


@dataclass(frozen=True)
class Pair:
    """A database and its standby, which has whatever the first one has acknowledged."""

    stack: Stack
    standby_port: int

    def url(self, role_url: str) -> str:
        """An address that names both and wants the one that can be written to."""
        facts = {name: str(value) for name, value in conninfo_to_dict(role_url).items()}
        hosts = {"host": f"{facts['host']},{facts['host']}", "port": f"{facts['port']},{self.standby_port}"}
        return make_conninfo(**facts | hosts | {"target_session_attrs": "read-write"})

    async def fail_over(self) -> None:
        """End the first as a power cut does, and let the other take over."""
        first = next(child for child in self.stack.children if child.command.name == "postgres")
        os.killpg(first.pid, signal.SIGKILL)
        await first.process.wait()
        standby = make_conninfo(self.stack.admin_database_url, port=self.standby_port)
        async with await psycopg.AsyncConnection.connect(standby, autocommit=True) as connection:
            await connection.execute("select pg_promote(true, 60)")


@asynccontextmanager
async def replicated() -> AsyncIterator[Pair]:
    async with migrated_stack(durable=True, only_database=True) as stack:
        home, directory = find_toolchain().postgres_home, ephemeral_directory(ROOT / ".wasl")
        directory.mkdir(parents=True)
        directory.chmod(0o711)
        second = Supervisor(directory / "logs")
        try:
            await end_database(stack)
            copied = copy_stopped(stack.state, directory)
            standby = Postgres(copied, home, durable=True)
            _follow(standby, stack)
            await Postgres(stack.state, home, durable=True).start(stack._supervisor)
            await standby.start(second)
            await _replicate_synchronously(stack)
            yield Pair(stack, copied.ports["postgres"])
        finally:
            await second.stop(immediately=True)
            remove_state(directory)
            shutil.rmtree(directory, ignore_errors=True)


def _follow(standby: Postgres, stack: Stack) -> None:
    """Make a copied cluster one that follows the first."""
    facts = {name: str(value) for name, value in conninfo_to_dict(stack.admin_database_url).items()}
    primary = make_conninfo(**{name: facts[name] for name in ("host", "port", "user", "password")})
    with (standby.data_directory / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"primary_conninfo = '{primary}'\n")
    (standby.data_directory / "standby.signal").touch()
    shutil.copystat(standby.data_directory / "PG_VERSION", standby.data_directory / "standby.signal")


async def _replicate_synchronously(stack: Stack) -> None:
    url = stack.admin_database_url
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("alter system set synchronous_standby_names = '*'")
        await connection.execute("select pg_reload_conf()")

        async def follows() -> Any:
            cursor = await connection.execute("select from pg_stat_replication where sync_state = 'sync'")
            return cursor.rowcount

        await until(follows)


async def test_workers_go_on_at_the_standby() -> None:
    async with replicated() as pair:
        work, organization = Work(), uuid4()
        owner = pair.url(pair.stack.database_url)
        async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as database:
            await database.execute("insert into public.organizations values (%s, 'Test', 'test')", [organization])
            await database.execute(ENQUEUE, _jobs(organization, JOBS))

        worker_url = pair.url(pair.stack.worker_database_url)
        async with executing(worker_url, work):
            await until(lambda: _begun(work, JOBS // 3))
            await pair.fail_over()

            async def all_done() -> bool:
                async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as database:
                    query = "select status::text, count(*) from public.operations group by 1"
                    return await (await database.execute(query)).fetchall() == [("succeeded", JOBS)]

            await until(all_done)
        assert len(work.begun) == JOBS
        assert sum(work.begun.values()) <= JOBS + 16  # what was under way may have been begun anew
