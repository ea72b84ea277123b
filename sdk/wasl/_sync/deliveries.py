# Made by `wasl sdk sync` from wasl/_async/deliveries.py: do not edit.
"""`hub.deliveries`: events on their way to subscriptions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from wasl._requests import Id, call_key, given, id_text, optional_id, time_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.models import Operation
from wasl.rows import DeliveryStatus
from wasl.webhook_models import Delivery, DeliveryAttempt

_TABLE = "webhook_deliveries"


class Deliveries:
    """Deliveries to subscriptions of the organizations that the caller belongs to."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def get(self, delivery_id: Id) -> Delivery:
        """Return one delivery with what is sent; raises NotFound."""
        return self._api.one(Delivery, _TABLE, delivery_id, "delivery_id")

    def list(
        self,
        *,
        subscription_id: Id | None = None,
        status: DeliveryStatus | Sequence[DeliveryStatus] | None = None,
        event_type: str | None = None,
        event_id: Id | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Delivery]:
        """Yield deliveries without what is sent, newest first; pages are fetched as they are needed.

        Args:
            status: ``pending``, ``delivered`` or ``dead``.
            created_after: exclusive, with a time zone; likewise `created_before`. Deliveries lie in daily partitions:
                a lookup that says when is a quick one.
            limit: how many to yield at most.
        """
        equal = {
            "subscription_id": optional_id(subscription_id, "subscription_id"),
            "status": status,
            "event_type": event_type,
            "event_id": optional_id(event_id, "event_id"),
            "organization_id": self._api.organization(organization_id),
        }
        columns = columns_of(Delivery, without="payload")
        return self._api.newest(
            Delivery, _TABLE, equal, columns=columns, after=created_after, before=created_before, limit=limit
        )

    def attempts(self, delivery_id: Id, *, limit: int | None = None) -> Iterator[DeliveryAttempt]:
        """Yield the times that a delivery was sent, the last first: what was answered, and how soon."""
        equal = {"delivery_id": id_text(delivery_id, "delivery_id")}
        return self._api.newest(DeliveryAttempt, "webhook_delivery_attempts", equal, limit=limit)

    def resend(self, delivery_ids: Iterable[Id]) -> int:
        """Send deliveries anew under their former ``webhook-id``, all or none.

        Returns:
            How many were not on their way already.

        Raises:
            NotFound: one of them is not there.
            Conflict: the subscription of one of them is gone.
        """
        identifiers = [id_text(identifier, "delivery_ids") for identifier in delivery_ids]
        return self._api.call(int, "resend_webhook_deliveries", {"delivery_ids": identifiers})

    def replay(
        self,
        subscription_id: Id,
        since: datetime,
        until: datetime | None = None,
        *,
        status: Sequence[DeliveryStatus] | None = None,
        event_types: Sequence[str] | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Operation:
        """Send a subscription's deliveries of a span of time anew. The answer's `result` tells how far that is:
        ``{total, done, replayed}``.

        Args:
            since: by when their events happened, with a time zone; likewise `until`, which is now if left out.
            status: only ``delivered`` or ``dead`` ones.
            event_types: only of these types, such as ``payment.*``.
            wait: seconds to wait for all of them to be on their way; None returns at once.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
            WaitTimeout: with `wait`: it is still going on.
        """
        wanted = given(
            status=None if status is None else [*status], event_types=None if event_types is None else [*event_types]
        )
        arguments = given(
            subscription_id=id_text(subscription_id, "subscription_id"),
            since=time_text(since, "since"),
            until=time_text(until, "until"),
            filter=wanted,
            idempotency_key=call_key(idempotency_key),
        )
        operation = self._api.call(Operation, "replay_webhook_deliveries", arguments)
        return self._operations.follow(operation, wait)

    def recover(self, subscription_id: Id, since: datetime, *, wait: float | None = None) -> Operation:
        """Send everything anew that was given up since a moment; as `replay` does."""
        return self.replay(subscription_id, since, status=["dead"], wait=wait)
