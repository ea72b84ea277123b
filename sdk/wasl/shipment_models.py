"""What the hub answers about shipments: the generated rows, with typed JSON columns."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import SkipValidation

from wasl import rows
from wasl._row import Row
from wasl.payment_models import Failure
from wasl.rows import ShipmentStatus
from wasl.shipment_params import Customs, Parcel, Party, Place, TariffLine


class Charge(Row):
    """One part of a price."""

    name: str
    amount: Decimal
    currency: str


class Rate(rows.ShipmentRates):
    """What a carrier asks for a quoted shipment; `rank` 1 is the best."""

    charges: list[Charge]
    provider_data: dict[str, Any]


class RateFailure(Row):
    """Why a carrier named no price.

    Attributes:
        code: such as ``deadline_exceeded``, ``not_eligible`` or ``unavailable``.
        message: a sentence.
    """

    connection_id: UUID
    provider: str
    code: str
    message: str
    name: str | None = None


class Quote(rows.ShipmentQuotes):
    """A question what a shipment would cost.

    Attributes:
        request: what was asked; of its sender and recipient only city, emirate, state and country.
        asked: the same with all that was said of these two, until that is erased.
        rates: the answers, the best first; empty while it is ``pending``.
        failures: the carriers that named no price, and why.
    """

    request: dict[str, Any]
    asked: dict[str, Any]
    failures: list[RateFailure]
    rates: tuple[Rate, ...] = ()

    @property
    def best(self) -> Rate | None:
        """The first of the rates; None when there is none."""
        return self.rates[0] if self.rates else None


class Shipment(rows.Shipments):
    """One shipment, of one or several parcels, with whichever carrier took it.

    Attributes:
        sender: who sends it; once that is erased, only `origin`. Likewise `recipient` and `destination`.
        origin: the city, emirate, state and country that it comes from.
        signed_by: who took it, as the carrier wrote it.
    """

    origin: SkipValidation[Place]
    destination: SkipValidation[Place]
    sender: SkipValidation[Party]
    recipient: SkipValidation[Party]
    parcels: SkipValidation[list[Parcel]]
    customs: SkipValidation[Customs | None]
    failure: Failure | None
    metadata: dict[str, str]
    provider_data: dict[str, Any]


class ShipmentEvent(rows.ShipmentEvents):
    """What a carrier reported of a shipment; `status` is None when it means nothing for where it stands."""


class ShipmentDocument(rows.ShipmentDocuments):
    """A label or another paper; the file itself is had by `hub.shipments.link`."""


class DocumentLink(Row):
    """Where a file can be had for a while, by whoever has the link.

    Attributes:
        labels: how many labels are in it, for merged ones.
    """

    url: str
    expires_at: datetime
    document_id: UUID
    labels: int | None = None


class DeliveryProof(Row):
    """Who took it, and when.

    Attributes:
        papers: how many pictures or papers the carrier has; they are among the shipment's documents then.
    """

    signed_by: str | None = None
    delivered_at: datetime | None = None
    papers: int = 0


class AddressCheck(Row):
    """Whether a carrier serves a place.

    Attributes:
        serviceable: None: it does not say.
        suggestions: how the carrier would write it.
        services: the services it offers there, by its own codes.
    """

    serviceable: bool | None
    message: str | None = None
    suggestions: tuple[dict[str, Any], ...] = ()
    services: tuple[str, ...] = ()


class Pickup(rows.Pickups):
    """A driver that was sent for."""

    place: SkipValidation[Party]
    failure: Failure | None
    provider_data: dict[str, Any]


class Manifest(rows.ShippingManifests):
    """A list of what was handed to a driver at once."""


class ShippingLocation(rows.ShippingLocations):
    """Where the organization ships from."""

    address: SkipValidation[Party]


class Carrier(rows.ShippingProviders):
    """How a carrier's connection is used: which shipments it takes, in which order, and what was agreed with it."""

    tariff: SkipValidation[list[TariffLine]]


class ParcelEvent(Row):
    """What anybody who has the tracking token may know of one event."""

    occurred_at: datetime
    status: SkipValidation[ShipmentStatus | None] = None
    detail: str | None = None
    place: str | None = None
    country: str | None = None


class TrackedParcel(Row):
    """What anybody who has the tracking token may know: nothing of who sent it, or to whom."""

    carrier: str | None = None
    tracking_number: str | None = None
    status: SkipValidation[ShipmentStatus]
    detail: str | None = None
    estimated_delivery_at: datetime | None = None
    delivered_at: datetime | None = None
    events: tuple[ParcelEvent, ...] = ()
