# Made by `wasl sdk sync` from wasl/_async/alert_channels.py: do not edit.
"""`hub.alert_channels`: where alerts are sent."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from typing_extensions import Unpack

from wasl import _answers
from wasl._alert_arguments import alert_columns, new_signing_secret, sealed_secrets
from wasl._credentials import STALE_KEY
from wasl._requests import Id, id_text, optional_id
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.keys import active_key
from wasl._sync.operations import Operations
from wasl.alert_models import AlertChannel, AlertEscalation, NewAlertChannel
from wasl.alert_params import AlertChannelChanges, AlertChannelKind, AlertChannelOptions
from wasl.errors import Conflict, InvalidRequest, WaslError
from wasl.models import Operation
from wasl.rows import AlertSeverity


class AlertChannels:
    """Channels of the organizations that the caller belongs to. Each organization begins with its inbox."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def create(
        self,
        name: str,
        kind: AlertChannelKind,
        *,
        url: str | None = None,
        organization_id: Id | None = None,
        **options: Unpack[AlertChannelOptions],
    ) -> NewAlertChannel:
        """Make a channel.

        Args:
            kind: an ``email`` channel has its addresses in ``target``; the others, but for ``in_app``, a URL.
            url: sealed on this machine; nobody reads it back.
            options: such as ``minimum_severity``, ``kinds`` (``["connection.*"]``) or ``repeat_minutes``.

        Raises:
            InvalidRequest: something cannot be right; `field` names it.
            Conflict: there is a channel of that name.
        """
        if (url is None) is (kind in ("webhook", "slack", "teams")):
            raise InvalidRequest("A webhook, Slack or Teams channel has a URL.", code="invalid_url", field="url")
        row = {"name": name, "kind": kind, **options}
        row["organization_id"] = self._api.own_organization(organization_id)
        columns = alert_columns(row, AlertChannelChanges, others=("kind", "organization_id"))
        channel = self._api.insert(AlertChannel, "alert_channels", columns)
        if url is None:
            return NewAlertChannel(channel=channel)
        secret = new_signing_secret() if kind == "webhook" else None
        try:
            channel = self._seal(channel, {"url": url} | ({} if secret is None else {"signing_secret": secret}))
        except (WaslError, ValueError, TypeError):
            self.delete(channel.id)
            raise
        return NewAlertChannel(channel=channel, signing_secret=secret)

    def get(self, channel_id: Id) -> AlertChannel:
        """Return one channel; raises NotFound."""
        return self._api.one(AlertChannel, "alert_channels", channel_id, "channel_id")

    def list(
        self, *, kind: AlertChannelKind | None = None, organization_id: Id | None = None, limit: int | None = None
    ) -> Iterator[AlertChannel]:
        """Yield channels, newest first; `failing_since` and `last_error` say which do not get through."""
        equal = {"kind": kind, "organization_id": self._api.organization(organization_id)}
        return self._api.newest(AlertChannel, "alert_channels", equal, limit=limit)

    def update(self, channel_id: Id, **changes: Unpack[AlertChannelChanges]) -> AlertChannel:
        """Change a channel; what is left out stays as it is. Its URL is changed by `set_url`.

        Raises:
            InvalidRequest: something cannot be right; `field` names it.
            NotFound: there is no such channel of the caller's.
        """
        known = id_text(channel_id, "channel_id")
        columns = alert_columns(changes, AlertChannelChanges)
        rows = self._api.change(AlertChannel, "alert_channels", {"id": known}, columns)
        return _answers.only(rows, what="channel", identifier=known)

    def set_url(self, channel_id: Id, url: str) -> AlertChannel:
        """Seal another URL on this machine and store it; raises NotFound, InvalidRequest."""
        return self._seal(self.get(channel_id), {"url": url})

    def rotate_signing_secret(self, channel_id: Id) -> str:
        """Make a webhook another signing secret, which counts at once; returns it, this once."""
        secret = new_signing_secret()
        self._seal(self.get(channel_id), {"signing_secret": secret})
        return secret

    def test(self, channel_id: Id, *, wait: float | None = None) -> Operation:
        """Have a message sent to a channel now; returns the operation that does so.

        Args:
            wait: seconds to wait for its end; None returns at once.

        Raises:
            OperationFailed: with `wait`: the channel did not take it.
        """
        arguments = {"channel_id": id_text(channel_id, "channel_id")}
        operation = self._api.call(Operation, "test_alert_channel", arguments, repeatable=True)
        return self._operations.follow(operation, wait)

    def delete(self, channel_id: Id) -> None:
        """Remove a channel with what waits for it and its escalations; raises NotFound."""
        self._api.remove("alert_channels", channel_id, "channel_id")

    def add_escalation(
        self, channel_id: Id, after_minutes: int, *, minimum_severity: AlertSeverity = "critical"
    ) -> AlertEscalation:
        """Have a channel told of what nobody has acknowledged for so long.

        Args:
            after_minutes: 1 to 10080, from when channels were first told.
            minimum_severity: lesser alerts are not escalated.
        """
        channel = self.get(channel_id)
        row = {
            "organization_id": str(channel.organization_id),
            "channel_id": str(channel.id),
            "after_minutes": after_minutes,
            "minimum_severity": minimum_severity,
        }
        return self._api.insert(AlertEscalation, "alert_escalations", row)

    def escalations(self, channel_id: Id | None = None) -> Sequence[AlertEscalation]:
        """Return the escalations, of one channel or all, the earliest first."""
        query = self._api.table("alert_escalations", columns_of(AlertEscalation)).order("after_minutes")
        known = optional_id(channel_id, "channel_id")
        return self._api.fetch(AlertEscalation, query if known is None else query.eq("channel_id", known))

    def remove_escalation(self, escalation_id: Id) -> None:
        """Remove an escalation; raises NotFound."""
        self._api.remove("alert_escalations", escalation_id, "escalation_id")

    def _seal(self, channel: AlertChannel, values: dict[str, str]) -> AlertChannel:
        try:
            return self._store(channel.organization_id, channel.id, values)
        except Conflict as error:
            if error.code != STALE_KEY:
                raise
            return self._store(channel.organization_id, channel.id, values)  # the key was rotated in between

    def _store(self, organization_id: UUID, channel_id: UUID, values: dict[str, str]) -> AlertChannel:
        key = active_key(self._api, organization_id)
        sealed = sealed_secrets(key, organization_id, channel_id, values)
        arguments = {"channel_id": str(channel_id), "credentials": sealed}
        return self._api.call(AlertChannel, "set_alert_channel_secrets", arguments)
