"""Files that are not rows: labels and other papers, in a folder or in Supabase Storage, with links that expire."""

from workers.objects.store import NoStore, ObjectMissing, ObjectStore, StoreUnavailable

__all__ = ["NoStore", "ObjectMissing", "ObjectStore", "StoreUnavailable"]
