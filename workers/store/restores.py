"""Whether the hub may be worked in: one that was restored is held until an operator lets it go on."""

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("restores")


class HubHeld(Exception):
    """The hub was restored from a backup and not resumed."""


async def refuse_if_held(pool: Pool) -> None:
    """Raise HubHeld, which says what to do, while the hub is held."""
    async with pool.connection() as connection:
        row = await (await connection.execute(QUERIES["held_hub"])).fetchone()
    if row is not None:
        raise HubHeld(
            f"This hub was restored from {row[0]} and is held: once nothing else works with its accounts at providers "
            "any more, `wasl backup resume` lets it go on."
        )
