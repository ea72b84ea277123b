"""PostgreSQL: a cluster in the state directory, set up as a hosted Supabase database is."""

import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from stack.account import Account, can_enter, can_read, database_account, give, succeeds_as
from stack.errors import StackError
from stack.ports import HOST
from stack.processes import Command, Supervisor, run
from stack.state import LOGIN_ROLES, State

BOOTSTRAP = Path(__file__).with_name("bootstrap.sql")
SUPERUSER = "supabase_admin"
SYSTEM_STATE = Path("/var/lib/wasl")
"""Where root puts PostgreSQL's files when the account it drops to cannot enter the checkout (under /root, say)."""

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # Socket paths are limited to 107 bytes; checkouts are not.
    "max_connections": "200",
    "shared_buffers": "256MB",
    "shared_preload_libraries": "pg_stat_statements",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%a ",
    # Statements may carry secrets as parameters: never write those to the log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """The database server of one stack."""

    def __init__(self, state: State, home: Path, *, durable: bool) -> None:
        self._state = state
        self._durable = durable
        self._account = database_account()
        self._runtime = state.runtime_directory or _runtime_directory(state.directory, self._account)
        self._home = _readable_home(home, self._account)

    @property
    def data_directory(self) -> Path:
        """The cluster's files."""
        return self._runtime / "postgres"

    async def start(self, supervisor: Supervisor) -> None:
        """Create the cluster on the first run, then start the server and wait until it answers."""
        fresh = self._state.runtime_directory is None
        if fresh:
            await self._create_cluster()
        await supervisor.start_ready(self._server(), self._answers, timeout_seconds=60)
        if fresh:
            await self._bootstrap()
            self._state.runtime_directory = self._runtime
            self._state.save()

    async def _create_cluster(self) -> None:
        """A new, empty cluster; what an interrupted attempt left behind is removed."""
        shutil.rmtree(self.data_directory, ignore_errors=True)
        self._runtime.mkdir(parents=True, exist_ok=True)
        if self._runtime.parent == SYSTEM_STATE:
            open_path(self._runtime)
        self.data_directory.mkdir(mode=0o700)
        password_file = self._runtime / "initdb-password"
        password_file.write_text(self._state.passwords[SUPERUSER])
        password_file.chmod(0o600)
        if self._account:
            give(self.data_directory, self._account)
            give(password_file, self._account)
        arguments: list[str | Path] = [
            "--pgdata",
            self.data_directory,
            "--username",
            SUPERUSER,
            "--pwfile",
            password_file,
            "--no-sync",
        ]
        arguments += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        try:
            await run(self._command("initdb", [self._home / "bin/initdb", *arguments]))
        finally:
            password_file.unlink()

    def _server(self) -> Command:
        settings = SETTINGS | {"port": str(self._state.ports["postgres"])}
        if not self._durable:
            settings |= WITHOUT_DURABILITY
        options = [f"--{name}={value}" for name, value in settings.items()]
        return self._command("postgres", [self._home / "bin/postgres", "-D", self.data_directory, *options])

    def _command(self, name: str, arguments: list[str | Path]) -> Command:
        return Command(
            name,
            arguments,
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            directory=self.data_directory,
            account=self._account,
            stop_signal=signal.SIGINT,  # PostgreSQL's "fast shutdown".
            stop_seconds=30,
        )

    async def _answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self._state.login_url(SUPERUSER), connect_timeout=5)
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    async def _bootstrap(self) -> None:
        """Run `bootstrap.sql` and give each login role that exists now its password."""
        url = self._state.login_url(SUPERUSER)
        async with await psycopg.AsyncConnection.connect(url) as connection:
            await connection.execute(BOOTSTRAP.read_bytes())
            for role in LOGIN_ROLES[1:-1]:
                await connection.execute(password_statement(role, self._state.passwords[role]))


def password_statement(role: str, password: str) -> sql.Composed:
    """`ALTER ROLE role LOGIN PASSWORD ...` (a utility statement takes no parameters, so the literal is quoted)."""
    return sql.SQL("alter role {} with login password {}").format(sql.Identifier(role), sql.Literal(password))


async def allow_worker_login(state: State) -> None:
    """Give `wasl_worker` its password, if the project's migrations made that role (they make it without a login)."""
    async with await psycopg.AsyncConnection.connect(state.database_url) as connection:
        found = await connection.execute("select from pg_roles where rolname = 'wasl_worker'")
        if not found.rowcount:
            return
        await connection.execute(password_statement("wasl_worker", state.passwords["wasl_worker"]))


def remove_cluster(state: State) -> None:
    """Delete the cluster's files, wherever they lie."""
    if state.runtime_directory is None:
        return
    shutil.rmtree(state.runtime_directory / "postgres", ignore_errors=True)
    if state.runtime_directory.parent == SYSTEM_STATE:
        shutil.rmtree(state.runtime_directory, ignore_errors=True)


def open_path(directory: Path) -> None:
    """Let other accounts pass through a directory under `SYSTEM_STATE` without listing it."""
    for each in (SYSTEM_STATE, directory):
        each.chmod(each.stat().st_mode | 0o011)


def _runtime_directory(state_directory: Path, account: Account | None) -> Path:
    """The state directory, or one under `SYSTEM_STATE` when the account cannot enter it."""
    if account is None or can_enter(account, state_directory):
        return state_directory
    digest = hashlib.sha256(str(state_directory).encode()).hexdigest()[:16]
    return SYSTEM_STATE / digest


def _readable_home(home: Path, account: Account | None) -> Path:
    """PostgreSQL's programs, copied to `SYSTEM_STATE` when the account cannot run them where they are."""
    if account is None or _runs(home, account):
        return home
    version = subprocess.run([home / "bin/postgres", "--version"], capture_output=True, text=True, check=True).stdout
    copy = SYSTEM_STATE / f"postgresql-{hashlib.sha256((version + str(home)).encode()).hexdigest()[:16]}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(home, draft, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
        open_path(draft)
        draft.rename(copy)
    if not _runs(copy, account):
        raise StackError(f"The account {account.name} can run PostgreSQL neither in {home} nor in {copy}.")
    return copy


def _runs(home: Path, account: Account) -> bool:
    readable = can_read(account, home / "share/postgresql/postgres.bki")
    return readable and succeeds_as(account, [str(home / "bin/postgres"), "--version"])
