# Made by `wasl sdk sync` from wasl/_async/subscriptions.py: do not edit.
"""`hub.subscriptions`: where events are sent, signed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Unpack

from wasl import _answers, webhooks
from wasl._credentials import STALE_KEY, sealed_signing_secret
from wasl._marketing_arguments import as_json
from wasl._requests import Id, given, id_text, optional_id
from wasl._sync.api import Api
from wasl._sync.keys import active_key
from wasl._sync.operations import Operations
from wasl.errors import Conflict, InvalidRequest, OperationFailed, PermissionDenied, WaitTimeout, WaslError
from wasl.models import Operation
from wasl.rows import Environment
from wasl.webhook_models import Ping, Subscription, SubscriptionChanges, SubscriptionWithSecret

_TABLE = "webhook_subscriptions"
_CHECKED = {"url", "conditions", "enabled"}
"""What a worker looks at when it changes."""


class Subscriptions:
    """Subscriptions of the organizations that the caller belongs to."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def create(
        self,
        name: str,
        url: str,
        event_types: Sequence[str],
        *,
        connection_id: Id | None = None,
        environment: Environment | None = None,
        conditions: Sequence[str] = (),
        template: Mapping[str, Any] | None = None,
        ordered: bool = False,
        rate_per_minute: int | None = None,
        organization_id: Id | None = None,
        wait: float = 10.0,
    ) -> SubscriptionWithSecret:
        """Have events sent to an address from now on. The answer holds the secret that they are signed with, this once;
        it was made and sealed on this machine.

        Args:
            event_types: such as ``payment.succeeded``, ``payment.*`` or ``*``.
            connection_id: only events of it.
            environment: only events of connections there; of both if left out.
            conditions: JSONPath queries of the message, each of which has to find something, such as
                ``$[?number(@.amount) >= 100]``.
            template: what is sent instead of the message, with placeholders such as ``{{data.reference}}``.
            ordered: send an event only once the one before it was delivered or given up.
            rate_per_minute: at most so many attempts a minute.
            wait: seconds to wait for a worker's word on address and conditions; what is wrong with them is found out
                without it too, and then switches the subscription off.

        Raises:
            InvalidRequest: something is wrong, `field` names it, and nothing was made.
            Conflict: the hub has no active encryption key.
        """
        row = given(
            name=name,
            url=url,
            event_types=[*event_types],
            connection_id=optional_id(connection_id, "connection_id"),
            environment=environment,
            conditions=[*conditions],
            template=None if template is None else as_json(template, "template"),
            ordered=ordered,
            rate_per_minute=rate_per_minute,
            organization_id=self._api.organization(organization_id),
        )
        made = self._api.insert(Subscription, _TABLE, row)
        try:
            with_secret = self._set_secret(made, 0)
            self._check(made.id, wait)
        except WaslError:
            self.delete(made.id)
            raise
        return with_secret

    def get(self, subscription_id: Id) -> Subscription:
        """Return one subscription; raises NotFound."""
        return self._api.one(Subscription, _TABLE, subscription_id, "subscription_id")

    def list(
        self, *, enabled: bool | None = None, organization_id: Id | None = None, limit: int | None = None
    ) -> Iterator[Subscription]:
        """Yield subscriptions, newest first."""
        equal = {
            "enabled": None if enabled is None else str(enabled).lower(),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Subscription, _TABLE, equal, limit=limit)

    def update(
        self, subscription_id: Id, *, wait: float = 10.0, **changes: Unpack[SubscriptionChanges]
    ) -> Subscription:
        """Change a subscription; what is left out stays. To enable it again forgets that it failed.

        Args:
            wait: as for `create`.
            changes: see `SubscriptionChanges`.

        Raises:
            InvalidRequest: something is wrong, and `field` names it; address and conditions that a worker finds wrong
                are kept all the same, and the subscription is switched off.
            NotFound: there is no such subscription that you may change.
        """
        identifier = id_text(subscription_id, "subscription_id")
        values = {name: as_json(value, name) for name, value in changes.items()}
        found = self._api.change(Subscription, _TABLE, {"id": identifier}, values)
        changed = _answers.only(found, what="subscription", identifier=identifier)
        if _CHECKED & values.keys():
            self._check(changed.id, wait)
        return changed

    def rotate_secret(self, subscription_id: Id, *, overlap_seconds: int = 86_400) -> SubscriptionWithSecret:
        """Sign with a new secret, which is in this answer and nowhere else.

        Args:
            overlap_seconds: for how long the one before signs as well, a week at most: a receiver that knows either
                believes what it gets. 0: no longer, for a secret that leaked.
        """
        return self._set_secret(self.get(subscription_id), overlap_seconds)

    def test(self, subscription_id: Id, *, wait: float = 30.0) -> Ping:
        """Send a ping, once, be the subscription enabled or not, and return what was answered.

        Raises:
            OperationFailed: the receiver did not take it; its `error` says why.
            WaitTimeout: there is no answer yet.
        """
        arguments = {"subscription_id": id_text(subscription_id, "subscription_id")}
        operation = self._api.call(Operation, "test_webhook_subscription", arguments, repeatable=True)
        return _answers.parse(Ping, (self._operations.follow(operation, wait)).result)

    def delete(self, subscription_id: Id) -> None:
        """Send nothing to it any more; its deliveries stay to be seen.

        Raises:
            NotFound: there is none of that id, or no longer.
        """
        self._api.remove(_TABLE, subscription_id, "subscription_id")

    def _set_secret(self, subscription: Subscription, overlap_seconds: int) -> SubscriptionWithSecret:
        secret = webhooks.new_secret()
        try:
            row = self._send_secret(subscription, secret, overlap_seconds)
        except Conflict as error:
            if error.code != STALE_KEY:
                raise
            row = self._send_secret(subscription, secret, overlap_seconds)  # the key was rotated in between
        return SubscriptionWithSecret(**row.model_dump(), secret=secret)

    def _send_secret(self, subscription: Subscription, secret: str, overlap_seconds: int) -> Subscription:
        key = active_key(self._api, subscription.organization_id)
        arguments = {
            "subscription_id": str(subscription.id),
            "secret": sealed_signing_secret(key, subscription.organization_id, subscription.id, secret),
            "overlap_seconds": overlap_seconds,
        }
        return self._api.call(Subscription, "rotate_webhook_secret", arguments)

    def _check(self, subscription_id: Id, wait: float) -> None:
        """Wait for what a worker says; that there is none at work, or that the caller may not see it, is no fault."""
        try:
            self._operations.wait_for_subject(subscription_id, "subscription.check", wait)
        except OperationFailed as failure:
            raise InvalidRequest(failure.message, code=failure.code, field=failure.field) from None
        except (WaitTimeout, PermissionDenied):
            return
