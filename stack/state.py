"""What a stack remembers between runs: keys, passwords and ports, in one file that only its owner can read."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.keys import PUBLISHABLE_PREFIX, SECRET_PREFIX, Jwk, mint, new_api_key, new_signing_key, public_key_set
from stack.ports import HOST, free_ports, is_free

DEFAULT_GATEWAY_PORT = 54321
DATABASE = "postgres"
INTERNAL_PORTS = ("postgres", "postgrest", "postgrest_admin", "auth", "functions", "ingress", "sandbox")
LOGIN_ROLES = ("supabase_admin", "postgres", "authenticator", "supabase_auth_admin", "wasl_worker")
STATE_FILE = "state.json"


@dataclass
class State:
    """The facts of one stack. Create with `load_or_create`; every secret in it is random."""

    directory: Path
    gateway_port: int
    ports: dict[str, int]
    passwords: dict[str, str] = field(repr=False)
    publishable_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    signing_key: Jwk = field(repr=False)
    auth_secret: str = field(repr=False)
    runtime_directory: Path | None = None
    """Where PostgreSQL's files lie; set once the cluster exists."""
    serves_ingress: bool = False
    """Whether the Python ingress and the sandbox run (else webhooks go to the Supabase function of that name)."""

    @property
    def url(self) -> str:
        """The one address of the stack, as a client's Supabase URL."""
        return f"http://{HOST}:{self.gateway_port}"

    @property
    def issuer(self) -> str:
        """The `iss` claim of the stack's tokens."""
        return f"{self.url}/auth/v1"

    @property
    def jwks(self) -> dict[str, list[Jwk]]:
        """The public keys that verify the stack's tokens."""
        return public_key_set(self.signing_key)

    def internal_url(self, name: str) -> str:
        """The address of one internal server, by its name in `INTERNAL_PORTS`."""
        return f"http://{HOST}:{self.ports[name]}"

    @property
    def database_url(self) -> str:
        """The URL of the database as `postgres`, the role that owns it and runs migrations."""
        return self.login_url("postgres")

    @property
    def worker_database_url(self) -> str:
        """The URL of the database as `wasl_worker`."""
        return self.login_url("wasl_worker")

    def login_url(self, role: str) -> str:
        """The libpq URL to log in as one of `LOGIN_ROLES`."""
        return f"postgresql://{role}:{self.passwords[role]}@{HOST}:{self.ports['postgres']}/{DATABASE}?sslmode=disable"

    def mint_jwt(self, claims: Mapping[str, Any], *, lifetime_seconds: int = 3600) -> str:
        """An ES256 token that the stack trusts, with `iss`, `iat` and `exp` added."""
        return mint(self.signing_key, issuer=self.issuer, lifetime_seconds=lifetime_seconds, **claims)

    def save(self) -> None:
        """Write the state file (mode 0600) in one step."""
        record = asdict(self) | {"directory": None}
        record["runtime_directory"] = str(self.runtime_directory) if self.runtime_directory else None
        target = self.directory / STATE_FILE
        draft = target.with_suffix(".draft")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(record, file, indent=2)
        draft.replace(target)


def load(directory: Path) -> State:
    """The state kept in `directory`. Raises `StackError` when there is none or it is unreadable."""
    directory = directory.resolve()
    path = directory / STATE_FILE
    try:
        record = json.loads(path.read_text())
        runtime = record.pop("runtime_directory")
        return State(**record | {"directory": directory, "runtime_directory": Path(runtime) if runtime else None})
    except FileNotFoundError:
        raise StackError(f"There is no stack in {directory}: start one with `make up`.") from None
    except (ValueError, TypeError, KeyError) as error:
        raise StackError(f"{path} is damaged ({error}): start afresh with `make reset`.") from None


def load_or_create(directory: Path, *, port: int | None) -> State:
    """The state kept in `directory`, or a new one; `port` (when given) is the gateway's from now on.

    Internal ports that are taken meanwhile are replaced. Raises `StackError` when the gateway's port is taken.
    """
    if (directory / STATE_FILE).exists():
        state = load(directory)
        state.gateway_port = port or state.gateway_port
    else:
        state = _create(directory, port or DEFAULT_GATEWAY_PORT)
    if not is_free(state.gateway_port):
        raise StackError(f"Port {state.gateway_port} is taken: choose another one with `make up PORT=...`.")
    _replace_taken_ports(state)
    state.save()
    return state


def _create(directory: Path, port: int) -> State:
    return State(
        directory=directory,
        gateway_port=port,
        ports=dict(zip(INTERNAL_PORTS, free_ports(len(INTERNAL_PORTS)), strict=True)),
        passwords={role: secrets.token_urlsafe(24) for role in LOGIN_ROLES},
        publishable_key=new_api_key(PUBLISHABLE_PREFIX),
        secret_key=new_api_key(SECRET_PREFIX),
        signing_key=new_signing_key(),
        auth_secret=secrets.token_urlsafe(48),
    )


def _replace_taken_ports(state: State) -> None:
    known = {name: port for name, port in state.ports.items() if name in INTERNAL_PORTS}
    taken = [name for name in INTERNAL_PORTS if name not in known or not is_free(known[name])]
    state.ports = known | dict(zip(taken, free_ports(len(taken)), strict=True))
