# Made by `wasl sdk sync` from wasl/_async/shipping_setup.py: do not edit.
"""`hub.shipments.locations` and `hub.shipments.carriers`: where is shipped from, and how carriers are used."""

from collections.abc import Sequence
from typing import Literal, Unpack

from wasl import _answers
from wasl._requests import Id, id_text
from wasl._row import columns_of
from wasl._shipment_arguments import carrier_changes, pickup_arguments, shipment_arguments
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.models import Operation
from wasl.shipment_models import AddressCheck, Carrier, ShippingLocation
from wasl.shipment_params import CarrierChanges, Party, Place


class ShippingLocations:
    """Where the organizations that the caller belongs to ship from."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def set(
        self, name: str, address: Party, *, is_default: bool = False, organization_id: Id | None = None
    ) -> ShippingLocation:
        """Add a location, or change the one of that name.

        Args:
            is_default: whether shipments that name no sender are sent from there; no other is then.

        Raises:
            InvalidRequest: the address is wrong, and `field` names the part.
        """
        arguments = shipment_arguments(
            name=name,
            address=address,
            is_default=is_default,
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(ShippingLocation, "set_shipping_location", arguments, repeatable=True)

    def list(self, *, organization_id: Id | None = None) -> Sequence[ShippingLocation]:
        """Return the locations by name."""
        query = self._api.table("shipping_locations", columns_of(ShippingLocation)).order("name")
        whose = self._api.organization(organization_id)
        return self._api.fetch(ShippingLocation, query if whose is None else query.eq("organization_id", whose))

    def delete(self, location_id: Id) -> None:
        """Remove a location; raises NotFound."""
        arguments = {"location_id": id_text(location_id, "location_id")}
        self._api.call(object, "delete_shipping_location", arguments)


class Carriers:
    """How the carriers' connections of the caller's organizations are used."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def get(self, connection_id: Id) -> Carrier:
        """Return how a connection is used; raises NotFound."""
        known = id_text(connection_id, "connection_id")
        query = self._api.table("shipping_providers", columns_of(Carrier)).eq("connection_id", known)
        return _answers.only(self._api.fetch(Carrier, query), what="carrier", identifier=known)

    def list(self, *, organization_id: Id | None = None) -> Sequence[Carrier]:
        """Return all of them, by priority."""
        query = self._api.table("shipping_providers", columns_of(Carrier)).order("priority").order("connection_id")
        whose = self._api.organization(organization_id)
        return self._api.fetch(Carrier, query if whose is None else query.eq("organization_id", whose))

    def set(self, connection_id: Id, **changes: Unpack[CarrierChanges]) -> Carrier:
        """Change how a connection is used, for whoever may; what is not named stays.

        Raises:
            TypeError: there is no such part, or an amount is a float.
            InvalidRequest: a value is out of its range, or a line of the tariff is wrong.
            NotFound: there is no such connection of yours.
        """
        known = id_text(connection_id, "connection_id")
        equal = {"connection_id": known}
        rows = self._api.change(Carrier, "shipping_providers", equal, carrier_changes(changes))
        return _answers.only(rows, what="carrier", identifier=known)

    def check_address(
        self,
        connection_id: Id,
        place: Place | Party,
        *,
        direction: Literal["pickup", "delivery"] | None = None,
        wait: float = 30.0,
    ) -> AddressCheck:
        """Ask a carrier whether it serves a place.

        Raises:
            OperationFailed: with code ``not_supported``: it cannot be asked.
            WaitTimeout: there is no answer yet.
        """
        arguments = pickup_arguments(connection_id=connection_id, place=place, direction=direction)
        operation = self._api.call(Operation, "check_delivery_address", arguments, repeatable=True)
        return _answers.parse(AddressCheck, (self._operations.follow(operation, wait)).result)
