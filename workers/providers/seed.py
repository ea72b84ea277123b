"""The provider catalog as SQL, written from the connectors' manifests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from workers.providers.manifest import CatalogEntry

_HEADER = """\
-- The provider catalog. Written by `wasl providers seed` from the connectors' manifests; do not edit.
-- Repeatable: what is there already is brought up to date. A provider that was switched off stays so.
"""
_COLUMNS = (
    "key",
    "name",
    "category",
    "description",
    "countries",
    "currencies",
    "methods",
    "poll_minutes",
    "carrier",
    "social",
    "marketing",
    "consent",
    "capabilities",
    "auth_scheme",
    "credential_fields",
    "settings_fields",
    "rate_limits",
    "sandbox_base_url",
    "live_base_url",
    "documentation_url",
    "status_page_url",
    "webhook_scheme",
    "api_version",
    "enabled",
)


def catalog_sql(entries: Iterable[CatalogEntry]) -> str:
    """One statement that inserts or updates every provider; the same manifests always give the same text."""
    rows = ",\n".join(_row(entry) for entry in entries)
    updates = ",\n".join(f"    {column} = excluded.{column}" for column in _COLUMNS[1:-1])
    updates += ",\n    enabled = integration_providers.enabled and excluded.enabled"
    return (
        f"{_HEADER}\ninsert into public.integration_providers (\n    {', '.join(_COLUMNS)}\n) values\n{rows}\n"  # nosec B608
        f"on conflict (key) do update set\n{updates};\n"
    )


def _row(entry: CatalogEntry) -> str:
    manifest = entry.manifest
    webhook = manifest.webhook.model_dump(mode="json", exclude_none=True) if manifest.webhook else None
    values = (
        _text(manifest.key),
        _text(manifest.name),
        _text(manifest.category.value),
        _text(manifest.description),
        _array(manifest.countries),
        _array(manifest.currencies),
        _array([method.value for method in manifest.methods]),
        f"array{list(manifest.poll_minutes)}::integer[]",
        *(
            _json(facts.model_dump(mode="json") if facts else None)
            for facts in (manifest.carrier, manifest.social, manifest.marketing, manifest.consent)
        ),
        _array(entry.capabilities),
        _text(manifest.auth_scheme),
        _json([field.model_dump(mode="json", exclude_none=True) for field in entry.credential_fields]),
        _json([field.model_dump(mode="json", exclude_none=True) for field in entry.settings_fields]),
        _json(manifest.rate_limits.model_dump(mode="json")),
        _text(manifest.sandbox_base_url),
        _text(manifest.live_base_url),
        _text(manifest.documentation_url),
        _text(manifest.status_page_url),
        _json(webhook),
        _text(manifest.api_version),
        "false" if manifest.awaits else "true",
    )
    return "(\n" + ",\n".join(f"    {value}" for value in values) + "\n)"


def _text(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def _array(values: Sequence[str]) -> str:
    return f"array[{', '.join(_text(value) for value in values)}]::text[]"


def _json(value: Any) -> str:
    if value is None:
        return "null"
    return _text(json.dumps(value, ensure_ascii=False, sort_keys=True)) + "::jsonb"
