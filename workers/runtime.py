"""The composition root: the only place that wires parts together, and owns their life."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from workers.config import Settings
from workers.store.credentials import PostgresCredentials
from workers.store.pool import Pool, open_pool
from workers.vault.credentials import CredentialVault
from workers.vault.keyring import LocalKeyring


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a worker process is made of."""

    settings: Settings
    pool: Pool
    vault: CredentialVault


@asynccontextmanager
async def open_runtime(settings: Settings, *, name: str = "wasl worker") -> AsyncIterator[Runtime]:
    """Open everything a worker process needs, in order, and close it in reverse order.

    :param name: the process's name in ``pg_stat_activity``.
    """
    keyring = LocalKeyring.from_setting(settings.keyring.get_secret_value())
    async with open_pool(
        settings.database_url.get_secret_value(), application_name=name, max_size=settings.pool_size
    ) as pool:
        vault = CredentialVault(keyring, PostgresCredentials(pool))
        try:
            yield Runtime(settings, pool, vault)
        finally:
            await vault.flush_use()
            vault.forget()


def run_worker(settings: Settings) -> int:
    """Run a worker until it is told to stop; returns the process's exit status."""
    raise NotImplementedError
