"""The migrations on an empty database that is made as a hosted project's is, by a role that is no superuser."""

import asyncio
import os
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from stack import Stack
from stack.toolchain import ROOT, find_toolchain

MIGRATIONS = sorted(path.name.partition("_")[0] for path in (ROOT / "supabase/migrations").glob("*.sql"))

# Less than hosted Supabase has: of auth only what the migrations need. The grants by default are those of a project
# that was made when hosted Supabase still gave them.
HOSTED = """
    create schema extensions authorization postgres;
    create extension pgcrypto with schema extensions;
    create schema auth authorization supabase_auth_admin;
    grant usage on schema auth to postgres, anon, authenticated, service_role;
    grant usage on schema public to anon, authenticated, service_role;
    create table auth.users (id uuid primary key, email varchar(255));
    create table auth.identities (id uuid primary key, user_id uuid not null references auth.users on delete cascade);
    create function auth.jwt() returns jsonb language sql stable
        as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
    create function auth.uid() returns uuid language sql stable as $$ select (auth.jwt() ->> 'sub')::uuid $$;
    create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
    alter table auth.users owner to supabase_auth_admin;
    alter table auth.identities owner to supabase_auth_admin;
    alter function auth.jwt() owner to supabase_auth_admin;
    alter function auth.uid() owner to supabase_auth_admin;
    alter function auth.role() owner to supabase_auth_admin;
    grant select, references on auth.users to postgres;
    grant select on auth.identities to postgres;
    alter default privileges for role postgres in schema public
        grant all on tables to postgres, anon, authenticated, service_role;
    alter default privileges for role postgres in schema public
        grant all on sequences to postgres, anon, authenticated, service_role;
    alter default privileges for role postgres in schema public
        grant all on functions to postgres, anon, authenticated, service_role;
"""


@dataclass(frozen=True)
class EmptyProject:
    """A database nobody has migrated yet."""

    url: str
    """As `postgres`."""

    async def supabase(self, *arguments: str | Path) -> tuple[int | None, str]:
        """Run the Supabase CLI on it; its exit status and what it printed."""
        return await supabase(*arguments, f"--remote={self.url}")


async def supabase(*arguments: str | Path) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        find_toolchain().supabase,
        *arguments,
        *("--workdir", ROOT, "--yes"),
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(Path.home()), "DO_NOT_TRACK": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.fixture(scope="module")
async def project(stack: Stack) -> AsyncIterator[EmptyProject]:
    """A database of its own in the stack's cluster."""
    name = f"project_{uuid.uuid4().hex[:12]}"
    identifier = sql.Identifier(name)
    async with await psycopg.AsyncConnection.connect(stack.admin_database_url, autocommit=True) as admin:
        await admin.execute(sql.SQL("create database {} owner postgres").format(identifier))
        try:
            async with await psycopg.AsyncConnection.connect(stack.admin_database_url, dbname=name) as inside:
                await inside.execute(HOSTED)
            yield EmptyProject(re.sub(r"/postgres(\?|$)", rf"/{name}\1", stack.database_url))
        finally:
            await admin.execute(sql.SQL("drop database {} with (force)").format(identifier))


async def one(url: str, query: str) -> object:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute(query)).fetchone()
        assert row is not None
        return row[0]


async def test_the_role_that_migrates_has_what_hosted_supabase_gives_it(stack: Stack) -> None:
    attributes = (
        "select array[rolsuper, rolcreaterole, rolcreatedb, rolbypassrls] from pg_roles where rolname = 'postgres'"
    )

    assert await one(stack.database_url, attributes) == [False, True, True, True]


async def test_all_migrations_apply_and_are_recorded(project: EmptyProject) -> None:
    status, output = await project.supabase("migration", "up")
    assert status == 0, output

    recorded = "select array_agg(version order by version) from supabase_migrations.schema_migrations"
    assert await one(project.url, recorded) == MIGRATIONS
    status, output = await project.supabase("migration", "up")
    assert status == 0, output


async def test_nothing_is_reachable_that_was_granted_by_default(project: EmptyProject) -> None:
    by_anon = """
        select count(*) from pg_class c, aclexplode(relacl) a
        where relnamespace = 'public'::regnamespace and a.grantee = 'anon'::regrole
    """
    assert await one(project.url, by_anon) == 0
    callable_by_anon = """
        select string_agg(proname, ' ') from pg_proc
        where pronamespace = 'public'::regnamespace and has_function_privilege('anon', oid, 'execute')
    """
    assert await one(project.url, callable_by_anon) == "track_parcel"


async def test_the_stacks_database_has_the_same_schema(project: EmptyProject, stack: Stack) -> None:
    """Nothing that the stack supplies beyond hosted Supabase has become part of ours."""
    described = """
        select md5(string_agg(line, ',' order by line)) from (
            select format('%s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod)) as line
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
            union all
            select p.oid::regprocedure::text || md5(p.prosrc) || p.proacl::text from pg_proc p
            where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            union all
            select c.relname || c.relacl::text from pg_class c
            where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
              and not c.relispartition
        ) as lines
    """

    assert await one(project.url, described) == await one(stack.database_url, described)


async def test_the_seed_can_be_applied_again_and_again(project: EmptyProject) -> None:
    seed = (ROOT / "supabase/seed.sql").read_bytes()
    async with await psycopg.AsyncConnection.connect(project.url) as connection:
        await connection.execute(seed)
        await connection.execute(seed)


async def test_supabases_advisors_find_nothing_worth_a_warning(stack: Stack) -> None:
    arguments = ("db", "advisors", f"--remote={stack.database_url}", "--level", "warn", "--fail-on", "warn")

    status, output = await supabase(*arguments)

    assert status == 0, output


async def test_the_advisors_would_have_told(project: EmptyProject) -> None:
    async with await psycopg.AsyncConnection.connect(project.url) as connection:
        await connection.execute("create table public.unprotected (id integer primary key)")
        await connection.execute("grant select on public.unprotected to anon")

    status, output = await project.supabase("db", "advisors", "--level", "warn", "--fail-on", "warn")

    assert status != 0
    assert "rls_disabled_in_public" in output
