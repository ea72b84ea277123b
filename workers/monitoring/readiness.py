"""Whether a process can do its work now: each thing it needs is looked at, and has a line of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import structlog

from workers.store.readiness import NEEDED_MIGRATION, PostgresReadiness
from workers.vault.errors import KeyringError, UnknownKey
from workers.vault.keyring import LocalKeyring

_log = structlog.get_logger(__name__)
_PATIENCE_SECONDS: Final = 2.0
OK: Final = "ok"

Check: TypeAlias = Callable[[], Awaitable[str | None]]
"""Returns what is wrong; None when nothing is."""


async def look(checks: Mapping[str, Check], *, patience_seconds: float = _PATIENCE_SECONDS) -> dict[str, str]:
    """Look at everything at once. :returns: by name ``ok`` or what is wrong, without anything secret."""
    found = await asyncio.gather(*(_looked_at(name, check, patience_seconds) for name, check in checks.items()))
    return dict(zip(checks, found, strict=True))


async def _looked_at(name: str, check: Check, patience_seconds: float) -> str:
    try:
        async with asyncio.timeout(patience_seconds):
            return await check() or OK
    except TimeoutError:
        return f"no answer within {patience_seconds:g} s"
    except Exception as error:  # the reason may quote an address or a user; the log is the operator's own
        _log.warning("not ready", check=name, reason=str(error).strip())
        return f"failed: {type(error).__name__}"


def database_checks(store: PostgresReadiness) -> dict[str, Check]:
    """That the database answers, and was migrated far enough."""

    async def database() -> str | None:
        await store.reachable()
        return None

    async def migrations() -> str | None:
        applied = await store.latest_migration()
        if applied is not None and applied >= NEEDED_MIGRATION:
            return None
        return f"{applied or 'none'} is applied, {NEEDED_MIGRATION} is needed"

    return {"database": database, "migrations": migrations}


def keyring_check(store: PostgresReadiness, setting: str) -> Check:
    """That the keyring can be read, and has the private half of every key of the hub's own that is in use.

    :param setting: the value of ``WASL_KEYRING``.
    """

    async def keyring() -> str | None:
        try:
            opened = await asyncio.to_thread(LocalKeyring.from_setting, setting)
        except KeyringError:
            return "it cannot be read"
        for key_id in await store.active_keys():
            try:
                await opened.public_key(key_id)
            except UnknownKey:
                return f"it lacks the key {key_id}"
        return None

    return keyring


def leader_check(store: PostgresReadiness) -> Check:
    """That some worker leads: without one nothing is done by the clock."""

    async def leader() -> str | None:
        return None if await store.somebody_leads() else "no worker leads"

    return leader
