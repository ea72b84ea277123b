"""Telling people of alerts: what waits for a channel is sent in order, at least once, whoever dies meanwhile.

The outbox (`alert_notifications`) is the truth, jobs only carry it: a job ends with whatever it came across, and the
clock makes another one for what still waits. So no channel's failure becomes a dead letter, which would be an alert.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol
from uuid import UUID, uuid4

import structlog
from prometheus_client import Counter

from workers.monitoring.channels.notice import Message, Notice
from workers.monitoring.channels.sending import ChannelSender, Destination, NotTaken
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Outcome
from workers.store.alerts import ChannelRow, PendingNotification, PostgresAlerts
from workers.vault.credentials import SealedValue
from workers.vault.errors import VaultError

_log = structlog.get_logger(__name__)
RETRY_SECONDS: Final = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0)
"""After each attempt that failed; after the last one a message is given up: eight hours in all."""
_JOB_SECONDS: Final = 60.0
"""Then a job makes room for others' work."""


class OpensSecrets(Protocol):
    """See `workers.vault.credentials.CredentialVault`."""

    async def open_value(self, organization_id: UUID, place_id: UUID, value: SealedValue) -> str:
        """Open what was sealed for one place."""


class AlertHandlers:
    """Handles ``alert.send`` and ``alert.test``.

    :param public_url: the hub's own address, for links; None: messages have none.
    :param counted: messages by the channel's kind and how they ended.
    """

    def __init__(
        self,
        store: PostgresAlerts,
        vault: OpensSecrets,
        sender: ChannelSender,
        counted: Counter,
        *,
        public_url: str | None = None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._sender = sender
        self._counted = counted
        self._public_url = public_url

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {"alert.send": Handler(self.send), "alert.test": Handler(self.test)}

    async def send(self, job: Job) -> Outcome:
        """Send what waits for a channel until nothing is due, or it takes no more."""
        channel = await self._store.channel(UUID(job.payload["channel_id"]))
        if channel is None:
            return Done()
        if not channel.is_open:
            await self._store.drop_pending(channel.id)
            return Done()
        ends_at = time.monotonic() + _JOB_SECONDS
        while time.monotonic() < ends_at:
            batch = await self._next_batch(channel.id)
            if not batch or not await self._send_batch(channel, batch):
                break
        return Done()

    async def test(self, job: Job) -> Outcome:
        """Send a message that says that it is a test; whoever asked wants to know now."""
        channel = await self._store.channel_of_operation(job.id)
        if channel is None:
            return Done(EndStatus.FAILED, error={"code": "not_found", "message": "The channel is gone."})
        now = datetime.now(UTC)
        title = f"Alerts of {channel.organization_name} reach this channel."
        notice = Notice("test", job.id, "alert.test", "info", "open", title, now, now)
        message = Message(job.id, channel.organization_id, channel.organization_name, (notice,), now, channel.language)
        try:
            await self._deliver(channel, message)
        except NotTaken as error:
            return Done(EndStatus.FAILED, error=error.as_dict())
        return Done(result={"sent": True})

    async def _next_batch(self, channel_id: UUID) -> Sequence[PendingNotification]:
        """What goes into one message: what was begun before, one notification, or all when there are many."""
        pending = await self._store.pending(channel_id)
        if not pending or not pending[0].is_due:
            return ()
        first = pending[0]
        if first.message_id is not None:
            return [each for each in pending if each.message_id == first.message_id]
        room, seconds = await self._store.room_this_minute(channel_id)
        if room <= 0:
            await self._store.put_off(channel_id, seconds)
            return ()
        return pending[:1] if len(pending) <= room else pending

    async def _send_batch(self, channel: ChannelRow, batch: Sequence[PendingNotification]) -> bool:
        """Send one message; answers whether more may be sent now."""
        message_id = batch[0].message_id or uuid4()
        await self._store.begin_message(message_id, [each.id for each in batch])
        notices = tuple(self._notice(each) for each in batch)
        message = Message(
            message_id,
            channel.organization_id,
            channel.organization_name,
            notices,
            batch[0].created_at,
            channel.language,
        )
        try:
            await self._deliver(channel, message)
        except NotTaken as error:
            again_in = _again_in(error, batch[0].attempts + 1)
            await self._store.message_failed(channel.id, message_id, error.as_dict(), again_in)
            self._counted.labels(channel.kind, "put_off" if again_in is not None else "given_up").inc()
            _log.warning(
                "a channel does not take an alert", channel_id=str(channel.id), kind=channel.kind, code=error.code
            )
            return again_in is None
        await self._store.message_sent(channel.id, message_id)
        self._counted.labels(channel.kind, "sent").inc()
        return True

    async def _deliver(self, channel: ChannelRow, message: Message) -> None:
        try:
            sealed = await self._store.secrets(channel.id)
            secrets = {
                each.name: await self._vault.open_value(channel.organization_id, channel.id, each) for each in sealed
            }
        except VaultError:
            text = "The channel's URL cannot be opened with the workers' keys: set it again."
            raise NotTaken("secret_unreadable", text) from None
        try:
            await self._sender.send(Destination(channel.kind, channel.target or "", **secrets), message)
        except NotTaken:
            raise
        except Exception:  # one message that cannot be made must not hold up the others for ever
            _log.exception("a message about an alert cannot be made", channel_id=str(channel.id))
            raise NotTaken("internal_error", "The message could not be made.") from None

    def _notice(self, pending: PendingNotification) -> Notice:
        return Notice(
            transition=pending.transition.split(".")[0],
            alert_id=pending.alert_id,
            kind=pending.kind,
            severity=pending.severity,
            status=pending.status,
            title=pending.title,
            first_seen_at=pending.first_seen_at,
            last_seen_at=pending.last_seen_at,
            occurrences=pending.occurrences,
            resolved_at=pending.resolved_at,
            connection_id=pending.connection_id,
            connection_name=pending.connection_name,
            detail=pending.detail,
            url=None if self._public_url is None else f"{self._public_url}/alerts/{pending.alert_id}",
        )


def _again_in(error: NotTaken, attempts: int) -> float | None:
    """In how many seconds to try again after so many attempts; None: never."""
    if error.is_final or attempts > len(RETRY_SECONDS):
        return None
    return max(RETRY_SECONDS[attempts - 1], error.after_seconds or 0.0)
