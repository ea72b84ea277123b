"""The seed, applied by the stack, is the catalog that clients read; applying it again changes nothing."""

from typing import Any

import psycopg

from workers.commands.providers import SEED
from workers.providers.manifest import FormField
from workers.providers.registry import catalog


async def test_clients_read_what_the_manifests_say(database: psycopg.AsyncConnection[Any]) -> None:
    rows = await (await database.execute("select * from public.integration_providers")).fetchall()
    seeded = {row["key"]: row for row in rows}  # beside what other tests have added
    for entry in catalog():
        manifest = entry.manifest
        row = seeded[manifest.key]
        assert (row["name"], row["category"]) == (manifest.name, manifest.category)
        assert row["capabilities"] == list(entry.capabilities)
        assert row["currencies"] == list(manifest.currencies)
        assert row["credential_fields"] == [_shown(field) for field in entry.credential_fields]
        assert row["rate_limits"] == manifest.rate_limits.model_dump(mode="json")


def _shown(field: FormField) -> dict[str, Any]:
    return field.model_dump(mode="json", exclude_none=True)


async def test_the_seed_can_be_applied_again(database: psycopg.AsyncConnection[Any]) -> None:
    before = await (await database.execute("select * from public.integration_providers order by key")).fetchall()
    await database.execute(SEED.read_bytes())
    after = await (await database.execute("select * from public.integration_providers order by key")).fetchall()
    assert before == after


async def test_a_provider_that_the_hub_cannot_serve_yet_is_switched_off(database: psycopg.AsyncConnection[Any]) -> None:
    rows = await (await database.execute("select key, enabled from public.integration_providers")).fetchall()
    enabled = {row["key"]: row["enabled"] for row in rows}
    assert {entry.manifest.key: enabled[entry.manifest.key] for entry in catalog()} == {
        entry.manifest.key: entry.manifest.awaits is None for entry in catalog()
    }
