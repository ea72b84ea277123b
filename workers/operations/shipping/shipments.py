"""The handlers of shipments. Whatever they do, no label is bought twice.

Of the carriers that may take a shipment the next one is asked when one took nothing for certain, because it could not
be reached or does not want it. See `sending` for how an unknown outcome is found out; where the carrier cannot be
asked, a person is called, and nothing more is bought.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from workers.monitoring.health import OpensConnectors
from workers.operations import resolve
from workers.operations.failover import named_by_client
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.sending import AnyCall, Sending, later
from workers.operations.shipping.calls import CancelPickup, CancelShipment, CreateShipment, SchedulePickup
from workers.operations.shipping.rates import ask_all, ranked
from workers.operations.shipping.requests import Choice, question_of, rate_request
from workers.operations.shipping.routing import CarrierRoute, Option, ParcelFacts, eligible
from workers.providers.base import Connector
from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError, RefusedForNow
from workers.providers.shipping.models import own_reference
from workers.store.connections import PostgresConnections
from workers.store.pool import Connection
from workers.store.shipments import (
    Carrier,
    PostgresShipments,
    QuoteWork,
    ShipmentWork,
    call_for_a_person,
    finish_quote,
)

_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}
_CHOICE_SECONDS: Final = 8.0
"""How long carriers are asked for prices when a shipment is to go by the best of them."""


class ShipmentHandlers:
    """Handles ``shipment.quote``, ``.create`` and ``.cancel``, ``pickup.create`` and ``.cancel``.

    :param send_seconds: how long it may take to send a request and get its answer, whatever calls that takes: less than
        what `PostgresShipments.marks` makes sure of before.
    """

    def __init__(
        self,
        shipments: PostgresShipments,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        *,
        send_seconds: float = 30.0,
    ) -> None:
        self._shipments = shipments
        self._connections = connections
        self._connectors = connectors
        self._sending = Sending(shipments.marks, connections, connectors, seconds=send_seconds)

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "shipment.quote": Handler(self.quote),
            "shipment.create": Handler(self.create, writes=True),
            "shipment.cancel": Handler(self.cancel, writes=True),
            "pickup.create": Handler(self.schedule_pickup, writes=True),
            "pickup.cancel": Handler(self.cancel_pickup, writes=True),
        }

    # Prices.

    async def quote(self, job: Job) -> Outcome:
        """Ask every carrier that may take it, and keep what came in time."""
        work = await self._shipments.load_quote(job.id)
        if work is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        try:
            request = rate_request(work.request)
        except ValidationError as error:
            fault = InvalidRequest.from_validation(error, provider="", operation="quote_shipment")
            return Done(EndStatus.FAILED, error=fault.as_dict(), effect=partial(_close_quote, work, [], []))
        carriers = await self._shipments.carriers(work.organization_id, work.environment)
        usable, skipped = eligible(ParcelFacts.of(request), carriers, work.request.get("connection_ids") or ())
        answers = await ask_all(
            usable,
            request,
            partial(self._open, operation_id=job.id),
            seconds=float(work.request.get("deadline_seconds", 5)),
            levels=work.request.get("levels") or (),
        )
        offers = ranked(answers.offers, work.rank_by, request.currency, request.ships_at)
        rates = [offer.as_row(rank) for rank, offer in enumerate(offers, start=1)]
        failures = [
            *answers.failures,
            *({**each, "code": "not_eligible", "message": each["reason"]} for each in skipped),
        ]
        return Done(effect=partial(_close_quote, work, rates, failures))

    # Shipments.

    async def create(self, job: Job) -> Outcome:
        """Buy a label from the carrier that was named, or from the first that takes the shipment."""
        work = await self._shipments.load(job.id)
        if work is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        sent_to = resolve.sent_to(job)
        choice = Choice.from_dict(resolve.what_was_sent(job)) if sent_to else _bought_rate(work)
        call = CreateShipment(work, choice)
        if (ready := await self._sending.before(job, call)) is not None:
            return ready if sent_to is None else await self._or_a_person(ready, work, sent_to)
        if work.connection_id is not None:
            return await self._to_named(job, work, work.connection_id)
        return await self._to_first(job, work)

    async def cancel(self, job: Job) -> Outcome:
        """Give a shipment up at its carrier."""
        work = await self._shipments.load(job.id)
        if work is None or work.connection_id is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        return await self._on_existing(job, CancelShipment(work), work.connection_id)

    async def _to_named(self, job: Job, work: ShipmentWork, connection_id: UUID) -> Outcome:
        carriers = await self._shipments.carriers(work.organization_id, work.environment)
        carrier = next((each for each in carriers if each.id == connection_id), None)
        choice = _bought_rate(work)
        if choice.service is None and carrier is not None:
            choice = Choice(carrier.default_service)
        return await self._sending.to_one(
            job, CreateShipment(work, choice), connection_id, named_by_client(connection_id)
        )

    async def _to_first(self, job: Job, work: ShipmentWork) -> Outcome:
        route = await self._route(job, work)
        refused: list[dict[str, Any]] = []
        refusals: list[RefusedForNow] = []
        last: tuple[CreateShipment, ProviderError] | None = None
        for option in route.order:
            call = CreateShipment(work, option.choice)
            try:
                return await self._sending.send(job, call, option.carrier, route.why(option, refused))
            except ProviderError as error:
                refused.append({"connection_id": str(option.carrier.id), "error": error.as_dict()})
                last = call, error
                if isinstance(error, RefusedForNow):
                    refusals.append(error)
                elif isinstance(error, AuthenticationFailed):
                    await self._connections.note_refusal(option.carrier.id, error.as_dict())
        if refusals:
            return later(refusals)
        if (silent := route.silent_for_now) is not None:
            return Later(silent, outcome_unknown=False)
        return _taken_by_nobody(work, route, refused, last)

    async def _route(self, job: Job, work: ShipmentWork) -> CarrierRoute:
        request = question_of(work)
        facts = ParcelFacts.of(
            request, label_format=work.label_format, is_return=work.return_of is not None, level=work.level
        )
        carriers = await self._shipments.carriers(work.organization_id, work.environment)
        usable, skipped = eligible(facts, carriers)
        if work.rule == "priority" and work.level is None:
            options = [Option(each, Choice(work.service or each.default_service)) for each in usable]
            return CarrierRoute(tuple(options), tuple(skipped), work.rule)
        levels = [work.level] if work.level else []
        opened = partial(self._open, operation_id=job.id)
        answers = await ask_all(usable, request, opened, seconds=_CHOICE_SECONDS, levels=levels)
        best: dict[UUID, Option] = {}
        for offer in ranked(answers.offers, work.rule, work.currency, work.ships_at):
            total = offer.rate.total
            cost = {"amount": f"{total.amount:f}", "currency": total.currency}
            choice = Choice(offer.rate.service, offer.rate.provider_data, cost)
            best.setdefault(offer.carrier.id, Option(offer.carrier, choice))
        silent = [{**each, "reason": each["message"]} for each in answers.failures]
        return CarrierRoute(tuple(best.values()), (*skipped, *silent), work.rule)

    async def _or_a_person(self, outcome: Outcome, work: ShipmentWork, connection_id: UUID) -> Outcome:
        """The outcome of finding out; when the carrier cannot be asked, the end, and an alert."""
        if not isinstance(outcome, Later) or await self._finds_by_reference(work, connection_id):
            return outcome
        reference = own_reference(work.shipment_id)

        async def call(connection: Connection) -> None:
            await call_for_a_person(connection, work.shipment_id, connection_id, reference)

        message = (
            f"The carrier did not answer and cannot be asked: look there for {reference}, then resolve the shipment."
        )
        return Done(EndStatus.FAILED, error={"code": "outcome_unknown", "message": message}, effect=call)

    async def _finds_by_reference(self, work: ShipmentWork, connection_id: UUID) -> bool:
        carriers = await self._shipments.carriers(work.organization_id, work.environment)
        return any(each.id == connection_id and each.facts["finds_by_reference"] for each in carriers)

    # Drivers.

    async def schedule_pickup(self, job: Job) -> Outcome:
        """Send for a driver. Whether one comes cannot be found out when there was no answer: that is for a person."""
        work = await self._shipments.load_pickup(job.id)
        if work is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        call = SchedulePickup(work)
        outcome = await self._on_existing(job, call, work.connection_id)
        if isinstance(outcome, Later) and outcome.outcome_unknown:
            error = {"code": "outcome_unknown", "message": "The carrier did not answer: ask it whether a driver comes."}

            async def note(connection: Connection) -> None:
                await call.write(connection, {"status": "failed", "failure": error})

            return Done(EndStatus.FAILED, error=error, effect=note)
        return outcome

    async def cancel_pickup(self, job: Job) -> Outcome:
        """Call a driver off."""
        work = await self._shipments.load_pickup(job.id)
        if work is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        return await self._on_existing(job, CancelPickup(work), work.connection_id)

    async def _on_existing(self, job: Job, call: AnyCall, connection_id: UUID) -> Outcome:
        if (ready := await self._sending.before(job, call)) is not None:
            return ready
        return await self._sending.to_one(job, call, connection_id, named_by_client(connection_id))

    async def _open(self, carrier: Carrier, operation_id: UUID) -> Connector[Any, Any]:
        return await self._connectors.open(carrier, operation_id)


async def _close_quote(
    work: QuoteWork, rates: Sequence[dict[str, Any]], failures: Sequence[dict[str, Any]], connection: Connection
) -> None:
    await finish_quote(connection, work.quote_id, rates, failures)


def _bought_rate(work: ShipmentWork) -> Choice:
    """What was decided when the shipment was asked for: a quoted rate, a service, or nothing."""
    if work.rate_amount is None or work.rate_currency is None:
        return Choice(work.service)
    cost = {"amount": f"{work.rate_amount:f}", "currency": work.rate_currency}
    return Choice(work.service, work.rate_data, cost)


def _taken_by_nobody(
    work: ShipmentWork,
    route: CarrierRoute,
    refused: Sequence[dict[str, Any]],
    last: tuple[CreateShipment, ProviderError] | None,
) -> Done:
    if last is not None and len(refused) == 1:
        call, error = last
        return call.refused(error, UUID(refused[0]["connection_id"]))
    fault = InvalidRequest("No carrier takes this shipment.", field="connection_id")
    done = CreateShipment(work, Choice()).refused(fault, None)
    done.error = {
        **fault.as_dict(),
        "code": "no_carrier",
        "refused": list(refused),
        "skipped": list(route.skipped),
    }
    return done
