"""Which backups are kept: the newest of each of the last days, weeks and months that have one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from workers.compliance.backup.archive import Manifest


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, ISO weeks and months, all in UTC, keep a backup of theirs; empty ones are not counted."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12


def expired(manifests: Iterable[Manifest], keep: Keep) -> list[Manifest]:
    """The backups of the hub that may go, the oldest first. The newest always stays, and so does any organization's."""
    newest_first = sorted(
        (manifest for manifest in manifests if manifest.organization_id is None),
        key=lambda manifest: manifest.taken_at,
        reverse=True,
    )
    kept = {manifest.id for manifest in newest_first[:1]}
    kept |= _newest_of_each(newest_first, keep.daily, lambda at: (at.year, at.month, at.day))
    kept |= _newest_of_each(newest_first, keep.weekly, lambda at: at.isocalendar()[:2])
    kept |= _newest_of_each(newest_first, keep.monthly, lambda at: (at.year, at.month))
    return [manifest for manifest in reversed(newest_first) if manifest.id not in kept]


def _newest_of_each(newest_first: list[Manifest], number: int, span: Callable[[datetime], object]) -> set[str]:
    kept: dict[object, str] = {}
    for manifest in newest_first:
        if len(kept) < number:
            kept.setdefault(span(manifest.taken_at), manifest.id)
    return set(kept.values())
