"""The object store that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from workers.config import Settings
from workers.objects.folder import FolderStore
from workers.objects.store import NoStore, ObjectStore
from workers.objects.supabase import SupabaseStore


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[ObjectStore]:
    """The store, open for the length of an ``async with`` block."""
    if settings.files is None:
        yield NoStore()
    elif settings.files == "supabase":
        assert settings.supabase_url is not None
        assert settings.supabase_secret_key is not None
        key = settings.supabase_secret_key.get_secret_value()
        store = SupabaseStore(settings.supabase_url, key, bucket=settings.files_bucket)
        try:
            yield store
        finally:
            await store.aclose()
    else:
        yield open_folder(settings)


def open_folder(settings: Settings) -> FolderStore:
    """The folder of files that the settings name."""
    assert settings.files is not None
    return FolderStore(Path(settings.files), bucket=settings.files_bucket, public_url=settings.public_url or "")
