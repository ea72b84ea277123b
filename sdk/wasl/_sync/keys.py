# Made by `wasl sdk sync` from wasl/_async/keys.py: do not edit.
"""Which key secrets are sealed to."""

from uuid import UUID

from wasl._credentials import STALE_KEY
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.errors import Conflict
from wasl.models import EncryptionKey


def active_key(api: Api, organization_id: UUID) -> EncryptionKey:
    """Return the organization's own key, else the hub's; raises Conflict when there is none."""
    query = api.table("encryption_keys", columns_of(EncryptionKey)).eq("state", "active")
    query = query.or_(f"organization_id.is.null,organization_id.eq.{organization_id}")
    keys = api.fetch(EncryptionKey, query.order("organization_id", nullsfirst=False).limit(1))
    if not keys:
        raise Conflict(
            "The hub has no active encryption key to seal to.",
            code=STALE_KEY,
            hint="Its operator makes one with `wasl keys new`.",
        )
    return keys[0]
