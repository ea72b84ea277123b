"""`hub.shipments`: asking for prices, buying labels, following parcels."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from wasl import _answers
from wasl._async.api import AsyncApi
from wasl._async.operations import AsyncOperations
from wasl._async.pickups import AsyncPickups
from wasl._async.shipping_setup import AsyncCarriers, AsyncShippingLocations
from wasl._requests import Amount, Id, call_key, id_text, optional_id, text
from wasl._row import columns_of
from wasl._shipment_arguments import shipment_arguments
from wasl.models import Operation
from wasl.rows import Environment, ServiceLevel, ShipmentStatus, ShippingRule
from wasl.shipment_models import (
    DeliveryProof,
    DocumentLink,
    Manifest,
    Quote,
    Rate,
    Shipment,
    ShipmentDocument,
    ShipmentEvent,
    TrackedParcel,
)
from wasl.shipment_params import Contents, Customs, LabelFormat, Parcel, Party, Place


class AsyncShipments:
    """Shipments of the organizations that the caller belongs to.

    Calls that buy something carry an `idempotency_key`, a new one unless it is given. The same key never takes effect
    twice, so such a call is repeated by itself when the connection breaks; where that did not help either, the error
    has the key, and the caller can go on repeating.

    With `wait` (seconds) a call returns when a worker has carried it out, or raises OperationFailed or WaitTimeout.

    Attributes:
        pickups: drivers that are sent for.
        locations: where the organization ships from.
        carriers: how each carrier's connection is used, and what was agreed with it.
    """

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations
        self.pickups = AsyncPickups(api, operations)
        self.locations = AsyncShippingLocations(api)
        self.carriers = AsyncCarriers(api, operations)

    async def quote(
        self,
        *,
        recipient: Place | Party,
        parcels: Sequence[Parcel],
        sender: Place | Party | None = None,
        ships_at: datetime | None = None,
        contents: Contents | None = None,
        description: str | None = None,
        customs: Customs | None = None,
        cash_on_delivery_amount: Amount | None = None,
        declared_value: Amount | None = None,
        insured_value: Amount | None = None,
        currency: str | None = None,
        signature_required: bool | None = None,
        rank_by: ShippingRule | None = None,
        levels: Sequence[ServiceLevel] | None = None,
        connection_ids: Sequence[Id] | None = None,
        deadline_seconds: float | None = None,
        environment: Environment | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
        wait: float | None = 60.0,
    ) -> Quote:
        """Ask every carrier at once what a shipment would cost.

        Args:
            recipient: where it goes; names and streets are not needed for a price.
            sender: where it is fetched; the organization's default location if left out.
            ships_at: from when it can be fetched, with a time zone; now if left out.
            contents: ``goods`` (the default) or ``documents``.
            description: what it is, in English.
            cash_on_delivery_amount: to be collected at the door. It, `declared_value` and `insured_value` are in
                `currency` (``AED`` if left out), which prices should be in too.
            rank_by: ``price`` (the default), ``speed`` or ``priority``.
            levels: only services as fast as these, such as ``same_day``.
            connection_ids: only these carriers.
            deadline_seconds: how long carriers have to answer (5 if left out).
            wait: seconds to wait for the answers; None returns at once, with the quote ``pending``.

        Returns:
            The quote, its rates the best first. Buy one with `create`, by its `rate_id`.

        Raises:
            TypeError: an amount or a weight is a float; the message names it.
            InvalidRequest: an argument is wrong, and `field` names it, such as ``parcels.0.weight_kg``.
            Conflict: no carrier is connected.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        key = call_key(idempotency_key)
        arguments = shipment_arguments(
            recipient=recipient,
            parcels=parcels,
            sender=sender,
            ships_at=ships_at,
            contents=contents,
            description=description,
            customs=customs,
            cash_on_delivery_amount=cash_on_delivery_amount,
            declared_value=declared_value,
            insured_value=insured_value,
            currency=currency,
            signature_required=signature_required,
            rank_by=rank_by,
            levels=levels,
            connection_ids=connection_ids,
            deadline_seconds=deadline_seconds,
            environment=environment,
            idempotency_key=key,
            organization_id=self._api.organization(organization_id),
        )
        quote = await self._api.call(Quote, "quote_shipment", arguments)
        if wait is None:
            return quote
        await self._operations.wait_for_call(key, quote.organization_id, wait)
        return await self.get_quote(quote.id)

    async def get_quote(self, quote_id: Id) -> Quote:
        """Return a quote with its rates; raises NotFound."""
        columns = columns_of(Quote, without="rates")
        quote = await self._api.one(Quote, "shipment_quotes", quote_id, "quote_id", columns=columns)
        query = self._api.table("shipment_rates", columns_of(Rate)).eq("quote_id", str(quote.id)).order("rank")
        return quote.model_copy(update={"rates": tuple(await self._api.fetch(Rate, query))})

    async def create(
        self,
        *,
        reference: str,
        recipient: Party | None = None,
        parcels: Sequence[Parcel] | None = None,
        sender: Party | None = None,
        rate_id: Id | None = None,
        connection_id: Id | None = None,
        service: str | None = None,
        level: ServiceLevel | None = None,
        rule: ShippingRule | None = None,
        ships_at: datetime | None = None,
        contents: Contents | None = None,
        description: str | None = None,
        customs: Customs | None = None,
        cash_on_delivery_amount: Amount | None = None,
        declared_value: Amount | None = None,
        insured_value: Amount | None = None,
        currency: str | None = None,
        signature_required: bool | None = None,
        instructions: str | None = None,
        label_format: LabelFormat | None = None,
        metadata: Mapping[str, str] | None = None,
        environment: Environment | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
        wait: float | None = None,
    ) -> Shipment:
        """Buy a label.

        Args:
            reference: the merchant's own, such as an order number.
            rate_id: a quoted rate to buy; what is not given otherwise is taken from its quote.
            connection_id: the carrier to use; without it and without a rate the hub chooses, by `rule`.
            service: the carrier's own code of the service.
            level: how fast it has to be, where the hub chooses.
            rule: ``priority`` (the default: as the carriers are ordered), ``price`` or ``speed``.
            customs: needed for goods that cross a border.
            instructions: for the driver.
            label_format: ``pdf`` (the default), ``zpl`` or ``png``.
            metadata: up to forty facts of the merchant's own, strings by name.
            wait: seconds to wait for the carrier's answer; None returns at once, with the shipment ``pending``.

        The other arguments are those of `quote`.

        Raises:
            TypeError: an amount or a weight is a float; the message names it.
            InvalidRequest: an argument is wrong, and `field` names it.
            NotFound: there is no such connection or rate of yours.
            Conflict: no carrier is connected, the rate is bought already or has run out, or the idempotency key stands
                for something else.
            OperationFailed: with `wait`: the carrier refused, or no carrier takes it.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        key = call_key(idempotency_key)
        arguments = shipment_arguments(
            reference=reference,
            recipient=recipient,
            parcels=parcels,
            sender=sender,
            rate_id=rate_id,
            connection_id=connection_id,
            service=service,
            level=level,
            rule=rule,
            ships_at=ships_at,
            contents=contents,
            description=description,
            customs=customs,
            cash_on_delivery_amount=cash_on_delivery_amount,
            declared_value=declared_value,
            insured_value=insured_value,
            currency=currency,
            signature_required=signature_required,
            instructions=instructions,
            label_format=label_format,
            metadata=metadata,
            environment=environment,
            idempotency_key=key,
            organization_id=self._api.organization(organization_id),
        )
        return await self._settled(await self._api.call(Shipment, "create_shipment", arguments), key, wait)

    async def return_(
        self,
        shipment_id: Id,
        *,
        parcels: Sequence[Parcel] | None = None,
        connection_id: Id | None = None,
        service: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Shipment:
        """Buy a label that brings a shipment's goods back, by the carrier that took them unless another is named.

        Raises:
            Conflict: it has not been sent yet.
            NotFound, InvalidRequest, OperationFailed, WaitTimeout: as `create` does.
        """
        key = call_key(idempotency_key)
        arguments = shipment_arguments(
            shipment_id=shipment_id,
            parcels=parcels,
            connection_id=connection_id,
            service=service,
            reason=reason,
            idempotency_key=key,
        )
        return await self._settled(await self._api.call(Shipment, "return_shipment", arguments), key, wait)

    async def cancel(
        self, shipment_id: Id, *, idempotency_key: str | None = None, wait: float | None = None
    ) -> Shipment:
        """Give a shipment up before it is picked up; one that is cancelled already is returned as it is.

        Raises:
            Conflict: the carrier has the parcel.
            OperationFailed: with `wait`; with code ``not_supported``: the carrier cannot take a label back.
            NotFound, WaitTimeout: as `create` does.
        """
        key = call_key(idempotency_key)
        arguments = shipment_arguments(shipment_id=shipment_id, idempotency_key=key)
        shipment = await self._api.call(Shipment, "cancel_shipment", arguments)
        return shipment if shipment.status == "cancelled" else await self._settled(shipment, key, wait)

    async def get(self, shipment_id: Id) -> Shipment:
        """Return one shipment; raises NotFound."""
        return await self._api.one(Shipment, "shipments", shipment_id, "shipment_id")

    def list(
        self,
        *,
        status: ShipmentStatus | Sequence[ShipmentStatus] | None = None,
        reference: str | None = None,
        tracking_number: str | None = None,
        connection_id: Id | None = None,
        environment: Environment | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Shipment]:
        """Yield shipments, newest first; pages are fetched as they are needed.

        Args:
            status: one status or several.
            created_after: exclusive, with a time zone; likewise `created_before`.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "reference": reference,
            "tracking_number": tracking_number,
            "connection_id": optional_id(connection_id, "connection_id"),
            "environment": environment,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Shipment, "shipments", equal, after=created_after, before=created_before, limit=limit)

    async def track(self, shipment_id: Id) -> Shipment:
        """Have the carrier asked now where a shipment is, and return it as it stands; `events` tells what it says.

        Parcels are followed without being asked for; this is for those who cannot wait. At most once a minute each.
        """
        return await self._api.call(
            Shipment, "track_shipment", shipment_arguments(shipment_id=shipment_id), repeatable=True
        )

    async def events(self, shipment_id: Id) -> Sequence[ShipmentEvent]:
        """Return what carriers reported of a shipment, the oldest first."""
        query = self._api.table("shipment_events", columns_of(ShipmentEvent))
        query = query.eq("shipment_id", id_text(shipment_id, "shipment_id")).order("occurred_at").order("id")
        return await self._api.fetch(ShipmentEvent, query)

    async def record_event(
        self,
        shipment_id: Id,
        status: ShipmentStatus,
        *,
        description: str | None = None,
        place: str | None = None,
        occurred_at: datetime | None = None,
        detail: str | None = None,
    ) -> Shipment:
        """Say what has happened to a shipment whose carrier tells nothing, such as an own rider's.

        Raises:
            Conflict: nothing can happen to it: it is pending, failed or cancelled.
            InvalidRequest: it is a status that only the hub gives, or the time lies in the future.
        """
        arguments = shipment_arguments(
            shipment_id=shipment_id,
            status=status,
            description=description,
            place=place,
            occurred_at=occurred_at,
            detail=detail,
        )
        return await self._api.call(Shipment, "record_shipment_event", arguments)

    async def resolve(self, shipment_id: Id, tracking_number: str | None = None) -> Shipment:
        """Say what became of a label whose carrier gave no answer and cannot be asked; for admins.

        Args:
            tracking_number: it was made, and this is its number; None: the carrier has none.

        Raises:
            Conflict: its outcome is known.
        """
        arguments = shipment_arguments(shipment_id=shipment_id, tracking_number=tracking_number)
        return await self._api.call(Shipment, "resolve_shipment", arguments)

    async def label(self, shipment_id: Id, *, wait: float = 30.0) -> DocumentLink:
        """Return a link to a shipment's label, which expires; raises as `labels`."""
        return await self.labels([id_text(shipment_id, "shipment_id")], wait=wait)

    async def labels(self, shipment_ids: Sequence[Id], *, wait: float = 30.0) -> DocumentLink:
        """Return a link to the labels of up to a hundred shipments in one file, in their order.

        Raises:
            Conflict: one has no label yet.
            NotFound: one is not yours.
            OperationFailed: they cannot be put into one file: some are ZPL and some are not.
            WaitTimeout: there is no answer yet.
        """
        arguments = shipment_arguments(shipment_ids=shipment_ids)
        operation = await self._api.call(Operation, "print_labels", arguments, repeatable=True)
        return _answers.parse(DocumentLink, (await self._operations.follow(operation, wait)).result)

    async def documents(self, shipment_id: Id) -> Sequence[ShipmentDocument]:
        """Return a shipment's papers, the first one first."""
        query = self._api.table("shipment_documents", columns_of(ShipmentDocument))
        query = query.eq("shipment_id", id_text(shipment_id, "shipment_id")).order("created_at").order("id")
        return await self._api.fetch(ShipmentDocument, query)

    async def link(self, document_id: Id, *, wait: float = 30.0) -> DocumentLink:
        """Return a link to a file, which expires; raises NotFound, WaitTimeout."""
        arguments = {"document_id": id_text(document_id, "document_id")}
        operation = await self._api.call(Operation, "link_document", arguments, repeatable=True)
        return _answers.parse(DocumentLink, (await self._operations.follow(operation, wait)).result)

    async def prove_delivery(self, shipment_id: Id, *, wait: float = 30.0) -> DeliveryProof:
        """Ask the carrier who took a shipment.

        Raises:
            OperationFailed: with code ``not_found``: there is no proof yet; ``not_supported``: the carrier has none.
            NotFound, WaitTimeout: as `create` does.
        """
        arguments = shipment_arguments(shipment_id=shipment_id)
        operation = await self._api.call(Operation, "prove_delivery", arguments, repeatable=True)
        return _answers.parse(DeliveryProof, (await self._operations.follow(operation, wait)).result)

    async def close_manifest(
        self, connection_id: Id, shipment_ids: Sequence[Id] | None = None, *, wait: float | None = 30.0
    ) -> Manifest:
        """List what is handed to a carrier's driver: all that waits for it, or the named shipments.

        The list itself is among `manifest_documents`.

        Raises:
            Conflict: there is nothing to hand over.
        """
        arguments = shipment_arguments(connection_id=connection_id, shipment_ids=shipment_ids)
        manifest = await self._api.call(Manifest, "close_manifest", arguments)
        if wait is not None:
            query = self._api.table("operations", columns_of(Operation)).eq("subject_id", str(manifest.id))
            for operation in await self._api.fetch(Operation, query):
                await self._operations.follow(operation, wait)
        return manifest

    async def manifest_documents(self, manifest_id: Id) -> Sequence[ShipmentDocument]:
        """Return a manifest's papers."""
        query = self._api.table("shipment_documents", columns_of(ShipmentDocument))
        query = query.eq("manifest_id", id_text(manifest_id, "manifest_id")).order("created_at").order("id")
        return await self._api.fetch(ShipmentDocument, query)

    async def parcel(self, tracking_token: str) -> TrackedParcel:
        """Return what anybody who has a shipment's `tracking_token` may know of it; nobody need be signed in.

        Raises:
            NotFound: no shipment has that token.
        """
        return await self._api.call_openly(
            TrackedParcel, "track_parcel", {"token": text(tracking_token, "tracking_token")}
        )

    async def _settled(self, shipment: Shipment, idempotency_key: str, wait: float | None) -> Shipment:
        """The shipment once the call with this key is carried out; at once if nobody waits."""
        if wait is None:
            return shipment
        await self._operations.wait_for_call(idempotency_key, shipment.organization_id, wait)
        return await self.get(shipment.id)
