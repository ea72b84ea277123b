"""`hub.events`: what happened, in the hub's words, and telling it what happened elsewhere."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from wasl._async.api import AsyncApi
from wasl._marketing_arguments import marketing_arguments
from wasl._requests import Amount, Id, call_key, optional_id
from wasl.marketing_models import Event
from wasl.marketing_params import EventConsent, EventItem
from wasl.rows import Environment


class AsyncEvents:
    """Events of the organizations that the caller belongs to; automations are led by them."""

    def __init__(self, api: AsyncApi) -> None:
        self._api = api

    async def track(
        self,
        name: str,
        *,
        properties: Mapping[str, Any] | None = None,
        client_id: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        email: str | None = None,
        lead_id: Id | None = None,
        amount: Amount | None = None,
        currency: str | None = None,
        reference: str | None = None,
        items: Sequence[EventItem] | None = None,
        consent: EventConsent | None = None,
        occurred_at: datetime | None = None,
        connection_ids: Sequence[Id] | None = None,
        environment: Environment | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
    ) -> Event:
        """Tell what a visitor or customer did. The analytics tools count it, and automations may be led by it.

        Args:
            name: such as ``sign_up`` or ``purchase``; the event's type is ``track.`` and this.
            client_id: the browser's id in the analytics tool, of its cookie; or a `user_id` of your own.
            email: whose it is, likewise `lead_id`; for automations, and never told to the analytics tools.
            reference: by which a repeat is told, such as the number of an order.
            occurred_at: with a time zone, not more than 72 hours ago; now if left out.
            connection_ids: the analytics tools that count it; every active one if left out.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
        """
        arguments = marketing_arguments(
            name=name,
            properties=properties,
            client_id=client_id,
            user_id=user_id,
            session_id=session_id,
            email=email,
            lead_id=lead_id,
            amount=amount,
            currency=currency,
            reference=reference,
            items=items,
            consent=consent,
            occurred_at=occurred_at,
            connection_ids=connection_ids,
            environment=environment,
            idempotency_key=call_key(idempotency_key),
            organization_id=self._api.organization(organization_id),
        )
        return await self._api.call(Event, "track_event", arguments)

    async def get(self, event_id: Id) -> Event:
        """Return one event; raises NotFound."""
        return await self._api.one(Event, "events", event_id, "event_id")

    def list(
        self,
        *,
        type: str | Sequence[str] | None = None,
        subject_id: Id | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Event]:
        """Yield events, newest first; pages are fetched as they are needed.

        Args:
            type: such as ``payment.succeeded``.
            subject_id: what it is about, such as a payment.
            created_after: exclusive, with a time zone. Events lie in daily partitions: saying when makes it quick.
        """
        equal = {
            "type": type,
            "subject_id": optional_id(subject_id, "subject_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Event, "events", equal, after=created_after, before=created_before, limit=limit)
