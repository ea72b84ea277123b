"""An event on its way to whoever is led by it: automations, and the subscriptions whose conditions it meets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from workers.operations.jobs import Done, Handler, Handlers, Job, Outcome
from workers.operations.rules import RuleFault, Texts
from workers.store.automations import EventRow, PostgresAutomations
from workers.store.deliveries import Listener, PostgresDeliveries
from workers.webhooks.conditions import ConditionFault, all_hold
from workers.webhooks.message import message_of, payload_of


class EventRouter:
    """Handles ``event.route``. Whoever routes an event once more begins nothing anew.

    :param follow: begins what automations do about an event.
    """

    def __init__(
        self,
        events: PostgresAutomations,
        follow: Callable[[EventRow], Awaitable[None]],
        deliveries: PostgresDeliveries,
    ) -> None:
        self._events = events
        self._follow = follow
        self._deliveries = deliveries
        self._texts = Texts(as_json=True)

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {"event.route": Handler(self.route)}

    async def route(self, job: Job) -> Outcome:
        """Tell of an event, ``{created_at}``, under the event's own id."""
        event = await self._events.load_event(job.id, job.payload["created_at"])
        if event is not None:
            await self._deliver(event)
            await self._follow(event)
        return Done()

    async def _deliver(self, event: EventRow) -> None:
        payloads: dict[UUID, str] = {}
        for listener in await self._deliveries.listeners(event.event_id, event.created_at):
            try:
                if all_hold(listener.conditions, message_of(event)):
                    payloads[listener.subscription_id] = payload_of(event, listener.template, self._texts)
            except (ConditionFault, RuleFault) as fault:
                await self._switch_off(listener, fault)
        if payloads:
            await self._deliveries.add(event.event_id, event.created_at, payloads)

    async def _switch_off(self, listener: Listener, fault: ConditionFault | RuleFault) -> None:
        """It was changed a moment ago, and no worker has checked it yet."""
        await self._deliveries.disable(listener.subscription_id, {"field": fault.field, "message": fault.message})
