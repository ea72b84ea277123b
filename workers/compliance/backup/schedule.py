"""Backups by the clock, taken by whoever leads. What is due follows from the store, so a new leader knows it too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
import structlog
from apscheduler.triggers.cron import CronTrigger
from psycopg_pool import PoolTimeout

from workers.compliance.backup.archive import Manifest
from workers.compliance.backup.catalog import QUERIES, of_database, open_session
from workers.compliance.backup.create import create_backup
from workers.compliance.backup.errors import BackupError
from workers.compliance.backup.kept_keys import keep_keys, keys_are_old
from workers.compliance.backup.keys import BackupKey
from workers.compliance.backup.retention import Keep, expired
from workers.compliance.backup.store import BackupStore
from workers.monitoring.metrics import Metrics
from workers.store.backup_notes import BackupNotes

_log = structlog.get_logger(__name__)
_RETRY_AFTER: Final = timedelta(minutes=15)
_CLOCKS_DIFFER: Final = timedelta(hours=1)
"""By no more than this; a backup that is dated later is none that this hub took."""


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """What is backed up, where to, and when.

    :param schedule: five cron fields, in UTC.
    """

    database_url: str = field(repr=False)
    store_url: str
    key: BackupKey
    schedule: str
    keep: Keep


def due_at(schedule: str, newest: datetime | None, now: datetime) -> datetime:
    """When the next backup is due: at the first time of the schedule after the newest one; at once if there is none."""
    if newest is None:
        return now
    trigger: Any = CronTrigger.from_crontab(schedule, timezone=UTC)
    due: datetime = trigger.get_next_fire_time(None, newest + timedelta(microseconds=1))
    return due


class ScheduledBackups:
    """Takes a backup when one is due, lets old ones go, and keeps no key any longer that was destroyed.

    :param clock: the time now, in UTC.
    :param notes: where it is noted how that goes, for those who use the hub; None: nowhere.
    """

    def __init__(
        self,
        plan: BackupPlan,
        metrics: Metrics,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        notes: BackupNotes | None = None,
    ) -> None:
        self._plan = plan
        self._metrics = metrics
        self._clock = clock
        self._notes = notes
        self._newest: datetime | None = None
        self._not_before = datetime.min.replace(tzinfo=UTC)
        self._due_since: datetime | None = None

    async def take_if_due(self) -> Manifest | None:
        """Take a backup if one is due and nobody else is taking it; after a failure, not again for 15 minutes.

        :returns: the manifest of the backup that was taken.
        :raises BackupError: it could not be taken; counted as well.
        """
        now = self._clock()
        try:
            if not self._is_due(now) or now < self._not_before:
                return None
            return await self._try(now)
        finally:
            await self._note_plan(now)

    async def _try(self, now: datetime) -> Manifest | None:
        self._not_before = now + _RETRY_AFTER
        try:
            manifest = await self._take_unless_taken(now)
        except Exception as error:
            self._metrics.backups.labels("failed").inc()
            await self._note_run(now, None)
            if not isinstance(error, BackupError):
                raise
            _log.error("the backup failed", reason=str(error), due_seconds=self._due_seconds(now))
            return None
        self._not_before = now
        if manifest is not None:
            await self._note_run(now, manifest)
        return manifest

    async def renew_keys(self) -> None:
        """Write the file of keys anew if a key was destroyed since it was written: then nothing opens any more what it
        has sealed. What fails is counted, and tried again the next time."""
        try:
            store = BackupStore.open(self._plan.store_url)
            async with await open_session(self._plan.database_url) as connection:
                if await keys_are_old(connection, store):
                    await keep_keys(connection, store, self._plan.key, None)
                    self._metrics.backups.labels("keys_renewed").inc()
        except (BackupError, psycopg.Error) as error:
            self._metrics.backups.labels("keys_failed").inc()
            reason = error if isinstance(error, BackupError) else of_database(error)
            _log.error("the keys beside the backups could not be renewed", reason=str(reason))

    async def _take_unless_taken(self, now: datetime) -> Manifest | None:
        store = BackupStore.open(self._plan.store_url)
        await self._look(store, now)
        if not self._is_due(now):
            return None
        async with await open_session(self._plan.database_url) as connection:
            [(alone,)] = await (await connection.execute(QUERIES["try_alone"])).fetchall()
            if not alone:
                return None
            manifest = await create_backup(connection, store, self._plan.key)
        self._metrics.backups.labels("taken").inc()
        self._note(manifest.taken_at)
        _log.info("backup taken", backup=manifest.id, data_bytes=manifest.data_bytes)
        await self._let_go(store)
        return manifest

    async def _look(self, store: BackupStore, now: datetime) -> None:
        taken = [each.taken_at for each in await store.manifests() if each.organization_id is None]
        newest = max((at for at in taken if at <= now + _CLOCKS_DIFFER), default=None)
        if newest is not None:
            self._note(newest)

    async def _note_run(self, began_at: datetime, manifest: Manifest | None) -> None:
        """Backups do not depend on what is noted of them: what fails is told in the log alone."""
        if self._notes is None:
            return
        try:
            if manifest is None:
                await self._notes.failed(began_at)
            else:
                await self._notes.taken(began_at, manifest.id, manifest.data_bytes)
        except (psycopg.Error, PoolTimeout) as error:
            _log.warning("a run of the backup was not noted", reason=type(error).__name__)

    async def _note_plan(self, now: datetime) -> None:
        if self._notes is None:
            return
        try:
            due = due_at(self._plan.schedule, self._newest, now)
            await self._notes.planned(self._plan.schedule, self._newest, due)
        except (psycopg.Error, PoolTimeout) as error:
            _log.warning("the plan of backups was not noted", reason=type(error).__name__)

    def _note(self, newest: datetime) -> None:
        self._newest, self._due_since = newest, None
        self._metrics.backup_taken.set(newest.timestamp())
        self._is_due(self._clock())

    def _is_due(self, now: datetime) -> bool:
        due = due_at(self._plan.schedule, self._newest, now)
        if due > now:
            self._due_since = None
        elif self._due_since is None:
            self._due_since = due
        self._metrics.backup_due_seconds.set(self._due_seconds(now))
        return due <= now

    def _due_seconds(self, now: datetime) -> float:
        return 0.0 if self._due_since is None else (now - self._due_since).total_seconds()

    async def _let_go(self, store: BackupStore) -> None:
        try:
            for manifest in expired(await store.manifests(), self._plan.keep):
                await store.remove(manifest.id)
                _log.info("old backup removed", backup=manifest.id)
            for backup_id in await store.remove_unfinished(self._clock()):
                _log.info("unfinished backup removed", backup=backup_id)
        except BackupError as error:
            _log.warning("old backups could not be removed", reason=str(error))
