"""What the tokens of API keys use, in ``private.api_key_budgets`` and ``public.api_key_usage``."""

from collections.abc import Mapping
from uuid import UUID

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("api_keys")
LISTEN = QUERIES["listen"]


class PostgresApiKeys:
    """Settles what was counted."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def settle(self, requests: Mapping[UUID, int]) -> None:
        """Add requests to what their keys have used; those of keys that are gone are left out.

        :param requests: how many, by key.
        """
        counted = sorted(requests.items())  # in one order, as whoever else changes keys waits for no other
        values = {"api_key_ids": [key for key, _ in counted], "requests": [count for _, count in counted]}
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["settle"], values)
