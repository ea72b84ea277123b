"""Which key secrets are sealed to."""

from uuid import UUID

from wasl._async.api import AsyncApi
from wasl._credentials import STALE_KEY
from wasl._row import columns_of
from wasl.errors import Conflict
from wasl.models import EncryptionKey


async def active_key(api: AsyncApi, organization_id: UUID) -> EncryptionKey:
    """Return the organization's own key, else the hub's; raises Conflict when there is none."""
    query = api.table("encryption_keys", columns_of(EncryptionKey)).eq("state", "active")
    query = query.or_(f"organization_id.is.null,organization_id.eq.{organization_id}")
    keys = await api.fetch(EncryptionKey, query.order("organization_id", nullsfirst=False).limit(1))
    if not keys:
        raise Conflict(
            "The hub has no active encryption key to seal to.",
            code=STALE_KEY,
            hint="Its operator makes one with `wasl keys new`.",
        )
    return keys[0]
