"""`wasl deploy`: what a self-hosted installation needs once, its secrets and the workers' login."""

import asyncio
import json
import secrets
import time
from typing import Annotated, Any

import jwt
import typer
from rich.console import Console

from stack.keys import new_signing_key, public_key_set
from workers.store.pool import connect
from workers.store.roles import BACKUP_ROLE, WORKER_ROLE, set_role_password

app = typer.Typer(help="Prepare a self-hosted installation.", no_args_is_help=True)

TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600


@app.command()
def env(
    public_url: Annotated[str, typer.Option(help="Where the hub will be reached.")] = "http://localhost:8000",
) -> None:
    """Print a new .env for docker compose: every secret made anew. Keep the file to yourself (mode 0600)."""
    for name, value in environment(public_url).items():
        quoted = f"'{value}'" if "{" in value else value
        print(f"{name}={quoted}")


AdminDatabaseUrl = Annotated[str, typer.Option(envvar="WASL_ADMIN_DATABASE_URL", help="Logs in as postgres.")]


@app.command("worker-role")
def worker_role(
    admin_database_url: AdminDatabaseUrl,
    worker_password: Annotated[str, typer.Option(envvar="WASL_WORKER_PASSWORD", help="At least 16 characters.")],
) -> None:
    """Let the role wasl_worker log in with the password in WASL_WORKER_PASSWORD."""
    _let_log_in(admin_database_url, WORKER_ROLE, worker_password, "WASL_WORKER_PASSWORD")


@app.command("backup-role")
def backup_role(
    admin_database_url: AdminDatabaseUrl,
    backup_password: Annotated[str, typer.Option(envvar="WASL_BACKUP_PASSWORD", help="At least 16 characters.")],
) -> None:
    """Let the role wasl_backup, which reads everything, log in with the password in WASL_BACKUP_PASSWORD."""
    _let_log_in(admin_database_url, BACKUP_ROLE, backup_password, "WASL_BACKUP_PASSWORD")


def _let_log_in(database_url: str, role: str, password: str, variable: str) -> None:
    if len(password) < 16:
        raise typer.BadParameter(f"{variable} must have at least 16 characters.")
    asyncio.run(_set_password(database_url, role, password))
    Console(stderr=True).print(f"{role} may log in.")


async def _set_password(database_url: str, role: str, password: str) -> None:
    async with await connect(database_url, application_name="wasl deploy", prepare_threshold=None) as connection:
        await set_role_password(connection, role, password)


def environment(public_url: str) -> dict[str, str]:
    """The variables that docker-compose.yml reads, with new secrets.

    Users' tokens are signed with JWT_SECRET by auth, API keys' tokens with WASL_JWT_SIGNING_KEY by the token
    function; PostgREST trusts both through JWT_KEY_SET.
    """
    jwt_secret = secrets.token_hex(32)
    signing_key = new_signing_key()
    key_set = public_key_set(signing_key)
    key_set["keys"].append({"kty": "oct", "alg": "HS256", "k": _base64url(jwt_secret.encode())})
    return {
        "WASL_PUBLIC_URL": public_url.rstrip("/"),
        "POSTGRES_PASSWORD": secrets.token_hex(24),
        "WASL_WORKER_PASSWORD": secrets.token_hex(24),
        "JWT_SECRET": jwt_secret,
        "JWT_KEY_SET": json.dumps(key_set, separators=(",", ":")),
        "WASL_JWT_SIGNING_KEY": json.dumps(signing_key, separators=(",", ":")),
        "ANON_KEY": _role_token("anon", jwt_secret),
        "SERVICE_ROLE_KEY": _role_token("service_role", jwt_secret),
    }


def _role_token(role: str, secret: str) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {"role": role, "iss": "supabase", "iat": now, "exp": now + TEN_YEARS_SECONDS}
    return jwt.encode(claims, secret, algorithm="HS256")


def _base64url(data: bytes) -> str:
    return jwt.utils.base64url_encode(data).decode()
