# Made by `wasl sdk sync` from wasl/_async/streams.py: do not edit.
"""`hub.streams`: what is read from outside, and how far that has come."""

from collections.abc import Sequence

from wasl import _answers
from wasl._requests import Id, given, id_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.marketing_models import Stream, SyncRun


class Streams:
    """Streams of the organizations that the caller belongs to: contacts, audiences, campaigns, deals, posts …"""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, connection_id: Id) -> Sequence[Stream]:
        """Return a connection's streams, with how far each has come."""
        query = self._api.table("sync_streams", columns_of(Stream))
        query = query.eq("connection_id", id_text(connection_id, "connection_id")).order("stream")
        return self._api.fetch(Stream, query)

    def get(self, connection_id: Id, stream: str) -> Stream:
        """Return one stream; raises NotFound."""
        query = self._api.table("sync_streams", columns_of(Stream)).eq("stream", stream)
        query = query.eq("connection_id", id_text(connection_id, "connection_id"))
        return _answers.only(self._api.fetch(Stream, query), what="stream", identifier=stream)

    def run(self, connection_id: Id, stream: str, *, full: bool = False) -> Stream:
        """Have a stream read now.

        Args:
            full: everything, and not only what changed: what is gone there goes here too.

        Raises:
            Conflict: the stream is switched off, or the connection is not active.
        """
        return self._change("run_sync", connection_id, stream, full=full)

    def reset(self, connection_id: Id, stream: str) -> Stream:
        """Forget how far a stream has been read; a reading that is going on begins anew."""
        return self._change("reset_sync", connection_id, stream)

    def set(
        self,
        connection_id: Id,
        stream: str,
        *,
        enabled: bool | None = None,
        every_minutes: int | None = None,
        full_every_hours: int | None = None,
    ) -> Stream:
        """Say whether and how often a stream is read; what is left out stays.

        Args:
            full_every_hours: how often everything of it; 0: only when that is asked for.
        """
        return self._change(
            "set_sync",
            connection_id,
            stream,
            enabled=enabled,
            every_minutes=every_minutes,
            full_every_hours=full_every_hours,
        )

    def runs(self, stream_id: Id, *, limit: int = 50) -> Sequence[SyncRun]:
        """Return a stream's last readings, newest first."""
        query = self._api.table("sync_runs", columns_of(SyncRun)).eq("stream_id", id_text(stream_id, "stream_id"))
        return self._api.fetch(SyncRun, query.order("started_at", desc=True).limit(limit))

    def _change(self, function: str, connection_id: Id, stream: str, **arguments: bool | int | None) -> Stream:
        known = given(connection_id=id_text(connection_id, "connection_id"), stream=stream, **arguments)
        return self._api.call(Stream, function, known, repeatable=True)
