"""The stack as one object: start everything in order, know its addresses and keys, stop everything."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from stack.auth import start_auth
from stack.config import read_config
from stack.control import claim, remove_abandoned
from stack.dashboard import build_dashboard
from stack.errors import StackError
from stack.functions import start_functions
from stack.gateway_process import start_gateway
from stack.keys import Jwk
from stack.migrate import migrate
from stack.ports import free_ports
from stack.postgres import Postgres, allow_worker_login, remove_cluster
from stack.postgrest import start_postgrest
from stack.processes import Child, Supervisor
from stack.services import environment, start_services
from stack.state import State, load, load_or_create
from stack.toolchain import ROOT, find_toolchain


class Stack:
    """One Supabase stack. `async with Stack(directory) as stack:` starts it and stops it again.

    `state_directory` keeps data, keys and logs; an `ephemeral` stack takes a free port and deletes it all at the end.
    `port` is the gateway's, remembered for the next run. `durable=False` gives up crash safety for speed, in tests.
    `with_workers` also runs what `stack.services` lists; `only_database` ends after the migrations.
    `with_dashboard` builds the dashboard first, if its sources have changed; else the gateway serves what is built.
    `project` is the Supabase project to serve: config.toml, migrations, functions. `report` is told each step.
    """

    def __init__(
        self,
        state_directory: Path,
        *,
        port: int | None = None,
        ephemeral: bool = False,
        durable: bool = True,
        with_workers: bool = False,
        only_database: bool = False,
        with_dashboard: bool = False,
        project: Path = ROOT / "supabase",
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._directory = state_directory.resolve()
        self._port = port
        self._ephemeral = ephemeral
        self._durable = durable
        self._with_workers = with_workers
        self._only_database = only_database
        self._with_dashboard = with_dashboard
        self._project = project
        self._report = report
        self._supervisor = Supervisor(self._directory / "logs")
        self._lock: IO[str] | None = None
        self._state: State | None = None

    @property
    def state(self) -> State:
        """Keys, passwords and ports."""
        if self._state is None:
            raise StackError("The stack is not started.")
        return self._state

    @property
    def directory(self) -> Path:
        """The state directory."""
        return self._directory

    @property
    def url(self) -> str:
        """The one address of the stack: the Supabase URL for clients."""
        return self.state.url

    @property
    def publishable_key(self) -> str:
        """The API key for browsers: role `anon` until a user signs in."""
        return self.state.publishable_key

    @property
    def secret_key(self) -> str:
        """The API key for servers: role `service_role`, which row-level security does not hold back."""
        return self.state.secret_key

    @property
    def database_url(self) -> str:
        """The database as `postgres`, the role that owns it and runs migrations."""
        return self.state.database_url

    @property
    def worker_database_url(self) -> str:
        """The database as `wasl_worker`."""
        return self.state.worker_database_url

    @property
    def admin_database_url(self) -> str:
        """The database as its superuser, `supabase_admin`."""
        return self.state.login_url("supabase_admin")

    @property
    def jwks(self) -> dict[str, list[Jwk]]:
        """The public keys that verify the stack's tokens."""
        return self.state.jwks

    def mint_jwt(self, claims: Mapping[str, Any], *, lifetime_seconds: int = 3600) -> str:
        """An ES256 token the stack trusts, with `iss`, `iat` and `exp` added to `claims`."""
        return self.state.mint_jwt(claims, lifetime_seconds=lifetime_seconds)

    @property
    def children(self) -> list[Child]:
        """The processes this object started, in order; none when it is attached to another process's stack."""
        return self._supervisor.children

    def worker_environment(self) -> dict[str, str]:
        """The environment for a `wasl` command that works in this stack."""
        return environment(self.state)

    @classmethod
    def attach(cls, state_directory: Path) -> Self:
        """The addresses and keys of a stack that another process runs; it is neither started nor stopped here."""
        stack = cls(state_directory)
        stack._state = load(stack._directory)
        return stack

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything. Raises `StackError` with one clear sentence when that is not possible."""
        config, toolchain = read_config(self._project), find_toolchain()
        self._claim_directory()
        self._state = state = load_or_create(self._directory, port=self._gateway_port())
        state.serves_ingress = self._with_workers
        state.save()
        supervisor = self._supervisor

        if self._with_dashboard:
            await build_dashboard(toolchain, self._report)
        self._report("PostgreSQL")
        await Postgres(state, toolchain.postgres_home, durable=self._durable).start(supervisor)
        self._report("Auth")
        await start_auth(supervisor, state, config, toolchain)
        self._report("Migrations")
        await migrate(state, config, toolchain)
        await allow_worker_login(state)
        if self._only_database:
            return
        self._report("PostgREST, functions, gateway")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(start_postgrest(supervisor, state, config, toolchain))
                group.create_task(start_functions(supervisor, state, config, toolchain))
                group.create_task(start_gateway(supervisor, state, config, toolchain))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        if self._with_workers:
            self._report("Workers")
            await start_services(supervisor, state, toolchain)

    async def stop(self) -> None:
        """Stop everything in reverse order; an ephemeral stack leaves no file behind."""
        await self._supervisor.stop(immediately=False)
        if self._ephemeral and self._lock is not None:
            if self._state is not None:
                remove_cluster(self._state)
            shutil.rmtree(self._directory, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def wait(self) -> None:
        """Wait until a process ends that should not; raises `StackError` that names it."""
        ended = await self._supervisor.watch()
        raise StackError(f"{ended.command.name} ended by itself. The end of {ended.log_path}:\n{ended.log_tail()}")

    def _gateway_port(self) -> int | None:
        """The port asked for; an ephemeral stack without a wish takes any free one."""
        return free_ports(1)[0] if self._ephemeral and self._port is None else self._port

    def _claim_directory(self) -> None:
        """Create the state directory and lock it: one stack per directory."""
        if self._ephemeral:
            remove_abandoned(self._directory.parent)
        self._directory.mkdir(parents=True, exist_ok=True)
        # Every file in it is for its owner alone; PostgreSQL's account (when we are root) must pass through to its own.
        self._directory.chmod(0o711)
        self._lock = claim(self._directory)
