"""The unified shipping model: what every carrier is asked, and what every carrier answers.

Weights are kilograms, lengths centimetres, times aware and UTC unless a field says otherwise. The enumerations' values
are those of the database and of the client's surface.
"""

from __future__ import annotations

import base64
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

import phonenumbers
from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from workers.providers.models import Country, Input, Metadata, Output, ShortText, Text, Url
from workers.providers.money import Amount, Currency, Money
from workers.providers.shipping.places import Emirate, emirate_of


class ShipmentStatus(StrEnum):
    """Where a shipment stands."""

    PENDING = "pending"
    """Accepted by Wasl; no carrier has it yet."""
    CREATED = "created"
    """There is a label, and the carrier waits for the parcel."""
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    """Something is in the way; `TrackingDetail` says what. It may still go on."""
    RETURNED = "returned"
    """Back with the sender."""
    CANCELLED = "cancelled"
    """Given up before the carrier had it."""
    FAILED = "failed"
    """No carrier took it."""


class TrackingDetail(StrEnum):
    """What lies behind a status, where the carrier says it."""

    AWAITING_COLLECTION = "awaiting_collection"
    """The recipient has to fetch it."""
    CUSTOMS_HOLD = "customs_hold"
    PARTIAL = "partial"
    """Some of its parcels are delivered."""
    DAMAGED = "damaged"
    LOST = "lost"
    ATTEMPT_FAILED = "attempt_failed"
    """Nobody was there, or the door was shut."""
    ADDRESS_PROBLEM = "address_problem"
    REFUSED = "refused"
    """The recipient does not want it, or did not pay at the door."""
    DELAYED = "delayed"
    ON_HOLD = "on_hold"
    PICKUP_FAILED = "pickup_failed"
    RETURN_IN_PROGRESS = "return_in_progress"


class ServiceLevel(StrEnum):
    """How fast a carrier's service is, so that services of different carriers can be compared."""

    SAME_DAY = "same_day"
    NEXT_DAY = "next_day"
    EXPRESS = "express"
    """The fastest across borders."""
    STANDARD = "standard"
    ECONOMY = "economy"
    FREIGHT = "freight"


class LabelFormat(StrEnum):
    """How a document is encoded."""

    PDF = "pdf"
    ZPL = "zpl"
    PNG = "png"


class DocumentKind(StrEnum):
    """What a document is for."""

    LABEL = "label"
    COMMERCIAL_INVOICE = "commercial_invoice"
    WAYBILL = "waybill"
    """A copy of the waybill, for the sender's files."""
    RECEIPT = "receipt"
    PROOF_OF_DELIVERY = "proof_of_delivery"
    OTHER = "other"


class Contents(StrEnum):
    """What customs and prices tell apart."""

    GOODS = "goods"
    DOCUMENTS = "documents"


class Incoterm(StrEnum):
    """Who pays for carriage, duties and taxes (Incoterms 2020)."""

    EXW = "EXW"
    FCA = "FCA"
    CPT = "CPT"
    CIP = "CIP"
    DAP = "DAP"
    """The recipient pays duties and taxes."""
    DPU = "DPU"
    DDP = "DDP"
    """The sender pays duties and taxes."""


class ExportPurpose(StrEnum):
    """Why goods cross a border."""

    SALE = "sale"
    GIFT = "gift"
    SAMPLE = "sample"
    RETURN = "return"
    REPAIR = "repair"
    PERSONAL = "personal"


class Direction(StrEnum):
    """Which end of a shipment an address is."""

    PICKUP = "pickup"
    DELIVERY = "delivery"


def _e164(value: object) -> object:
    """A phone number in E.164, also from one that is written with spaces or hyphens."""
    if not isinstance(value, str):
        return value
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        raise ValueError("is written with its country code, like +971500000001") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("is not a phone number that can exist")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _from_base64(value: object) -> object:
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


def _to_base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


Phone = Annotated[str, BeforeValidator(_e164)]
"""A phone number in E.164, such as ``+971500000001``."""
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
TrackingNumber = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,80}$")]
"""As the carrier writes it: the air waybill."""
File = Annotated[bytes, BeforeValidator(_from_base64), PlainSerializer(_to_base64, return_type=str, when_used="json")]
"""A file's bytes; in JSON base64 (RFC 4648, the usual alphabet)."""
Kilograms = Annotated[Amount, Field(gt=0, le=Decimal(30_000), max_digits=9, decimal_places=3)]
Centimetres = Annotated[Amount, Field(gt=0, le=Decimal(2_000), max_digits=6, decimal_places=2)]
ProviderData = dict[str, str]
"""Further ids of the carrier's that later calls need."""


class Place(Input):
    """Where something is fetched or delivered, as far as a price needs it.

    :param area: the district or community, such as Al Quoz 3.
    :param emirate: in the Emirates; found by the city where it is left out and the city is known.
    :param state: the province or county elsewhere.
    :param makani: the ten digits of a Makani number, which names a building's entrance in Dubai.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"phone"})

    line1: ShortText | None = None
    line2: ShortText | None = None
    area: ShortText | None = None
    city: ShortText
    country: Country
    emirate: Annotated[Emirate | None, Field(validate_default=True)] = None
    state: ShortText | None = None
    postal_code: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    makani: Annotated[str, StringConstraints(pattern=r"^[0-9]{5} ?[0-9]{5}$")] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None

    @field_validator("emirate")
    @classmethod
    def _by_city(cls, emirate: Emirate | None, info: ValidationInfo) -> Emirate | None:
        if info.data.get("country") != "AE":
            return None
        return emirate or emirate_of(info.data.get("city", ""))

    @property
    def is_in_emirates(self) -> bool:
        return self.country == "AE"


class Party(Place):
    """Somebody at a place: the sender or the recipient.

    :param name: of the person.
    :param tax_number: such as the fifteen digits of a TRN.
    """

    name: ShortText
    company: ShortText | None = None
    phone: Phone
    email: Email | None = None
    line1: ShortText
    tax_number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{4,30}$")] | None = None


class Parcel(Input):
    """One box. :param reference: the merchant's own; it stands on the label where the carrier prints it."""

    weight_kg: Kilograms
    length_cm: Centimetres | None = None
    width_cm: Centimetres | None = None
    height_cm: Centimetres | None = None
    reference: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    description: ShortText | None = None


class CustomsItem(Input):
    """One line of what customs is told.

    :param unit_value: the value of one, in the customs currency.
    :param weight_kg: the net weight of one.
    :param hs_code: of the Harmonized System, 6 to 12 digits.
    """

    description: ShortText
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    unit_value: Annotated[Amount, Field(gt=0)]
    weight_kg: Kilograms
    hs_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")] | None = None
    origin_country: Country
    sku: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None


class Customs(Input):
    """What customs wants to know of goods that cross a border."""

    items: tuple[CustomsItem, ...] = Field(min_length=1, max_length=200)
    currency: Currency
    incoterm: Incoterm = Incoterm.DAP
    purpose: ExportPurpose = ExportPurpose.SALE
    invoice_number: Annotated[str, StringConstraints(min_length=1, max_length=35)] | None = None
    invoice_date: date | None = None

    @property
    def total(self) -> Money:
        """The value of everything."""
        value = sum((item.unit_value * item.quantity for item in self.items), Decimal(0))
        return Money.of(value.quantize(Decimal("0.01")), self.currency)


class ShipmentDetails(Input):
    """What a price depends on.

    :param ships_at: when the parcel can be taken; with time zone.
    :param customs: needed for goods that cross a border, except to ask a price with ``declared_value`` alone.
    :param cash_on_delivery: what the carrier collects at the door.
    :param declared_value: what the contents are worth; of customs' items where there are some.
    :param insured_value: what to insure it for; None: not at all.
    """

    sender: Place
    recipient: Place
    parcels: tuple[Parcel, ...] = Field(min_length=1, max_length=99)
    ships_at: AwareDatetime
    contents: Contents = Contents.GOODS
    description: Text
    """What it is, in English: customs and carriers refuse order numbers."""
    customs: Customs | None = None
    cash_on_delivery: Money | None = None
    declared_value: Money | None = None
    insured_value: Money | None = None
    signature_required: bool = False

    @property
    def is_domestic(self) -> bool:
        return self.sender.country == self.recipient.country

    @property
    def is_dutiable(self) -> bool:
        return not self.is_domestic and self.contents is Contents.GOODS

    @property
    def weight_kg(self) -> Decimal:
        """Of all parcels."""
        return sum((parcel.weight_kg for parcel in self.parcels), Decimal(0))

    @property
    def value(self) -> Money | None:
        """What the contents are worth, however that was told."""
        return self.declared_value or (self.customs.total if self.customs else None)


class RateRequest(ShipmentDetails):
    """A question for prices.

    :param services: only these of the carrier's services; empty: all.
    :param currency: the currency in which the carrier should answer, where it can choose.
    """

    services: tuple[ShortText, ...] = ()
    currency: Currency = "AED"


class ShipmentRequest(ShipmentDetails):
    """A shipment to make.

    :param shipment_id: Wasl's id; `own_reference` stands for it at the carrier.
    :param reference: the merchant's own reference, such as an order number.
    :param service: the carrier's code of the service; None leaves it to the connector's default for the route.
    :param rate_data: what the chosen `Rate` had in ``provider_data``.
    :param is_return: whether it brings goods back: the sender is the merchant's customer.
    :param instructions: for the driver.
    """

    shipment_id: UUID
    reference: ShortText
    sender: Party
    recipient: Party
    service: ShortText | None = None
    rate_data: ProviderData = Field(default_factory=dict)
    label_format: LabelFormat = LabelFormat.PDF
    is_return: bool = False
    instructions: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)

    @field_validator("cash_on_delivery")
    @classmethod
    def _more_than_nothing(cls, money: Money | None) -> Money | None:
        if money is not None and money.amount <= 0:
            raise ValueError("amount must be more than zero")
        return money

    @property
    def own_reference(self) -> str:
        """Wasl's id as 26 letters and digits, short enough for every carrier: what a lost answer is looked up by."""
        return own_reference(self.shipment_id)


def own_reference(shipment_id: UUID) -> str:
    """See `ShipmentRequest.own_reference`."""
    return base64.b32encode(shipment_id.bytes).decode("ascii").rstrip("=")


class ExistingShipment(Input):
    """What every request about an existing shipment says of it.

    :param provider_shipment_id: as `ShipmentResult` gave it, likewise ``provider_data``.
    :param reference: the merchant's own.
    :param created_at: when it was made, for carriers that want to know where to look.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"tracking_number", "provider_shipment_id", "provider_data"})

    shipment_id: UUID
    tracking_number: TrackingNumber
    provider_shipment_id: ShortText | None = None
    provider_data: ProviderData = Field(default_factory=dict)
    reference: ShortText | None = None
    created_at: AwareDatetime | None = None

    @property
    def own_reference(self) -> str:
        """See `ShipmentRequest.own_reference`."""
        return own_reference(self.shipment_id)


class PickupRequest(Input):
    """A driver to be sent.

    :param ready_at: from when the parcels stand ready, until ``closes_at``; both on one day.
    :param parcels: how many there are, and ``weight_kg`` all of them weigh.
    :param shipments: those that are to be fetched, where they are known.
    :param location: where to find them, such as the reception.
    """

    pickup_id: UUID
    place: Party
    ready_at: AwareDatetime
    closes_at: AwareDatetime
    parcels: Annotated[int, Field(ge=1, le=999)]
    weight_kg: Kilograms
    is_domestic: bool = True
    shipments: tuple[ExistingShipment, ...] = ()
    location: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    instructions: ShortText | None = None

    @field_validator("closes_at")
    @classmethod
    def _after_ready(cls, closes_at: datetime, info: ValidationInfo) -> datetime:
        ready_at = info.data.get("ready_at")
        if ready_at is not None and closes_at <= ready_at:
            raise ValueError("must be after ready_at")
        return closes_at


class ExistingPickup(Input):
    """A pickup that was ordered, as `PickupResult` gave it."""

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_pickup_id", "provider_data"})

    pickup_id: UUID
    provider_pickup_id: ShortText
    provider_data: ProviderData = Field(default_factory=dict)
    ready_at: AwareDatetime
    reason: ShortText | None = None


class AddressCheckRequest(Input):
    """A question whether a carrier serves a place."""

    place: Place
    direction: Direction = Direction.DELIVERY


class Charge(Output):
    """One part of a price, such as a fuel surcharge."""

    name: str
    money: Money


class Rate(Output):
    """What a service costs.

    :param service: the carrier's code, for `ShipmentRequest.service`.
    :param total: everything the sender pays, taxes included.
    :param tax: what of it is tax, where the carrier tells.
    :param transit_days: working days in the carrier's counting.
    :param provider_data: for `ShipmentRequest.rate_data`.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_data"})

    service: str
    service_name: str
    level: ServiceLevel
    total: Money
    tax: Money | None = None
    charges: tuple[Charge, ...] = ()
    transit_days: int | None = None
    estimated_delivery_at: datetime | None = None
    provider_data: ProviderData = Field(default_factory=dict)


class Document(Output):
    """A label or another paper.

    :param content: the file itself; base64 in JSON.
    :param tracking_number: of the parcel it is for, where each has its own.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"content", "tracking_number"})

    kind: DocumentKind
    format: LabelFormat
    content: File = Field(repr=False)
    tracking_number: str | None = None


class ShipmentResult(Output):
    """A shipment as its carrier has it.

    :param tracking_number: of the whole shipment; ``parcel_tracking_numbers`` of its parcels, where they have own ones.
    :param provider_shipment_id: where the carrier calls it otherwise than by its tracking number.
    :param documents: labels and papers that came with the answer; empty where they have to be fetched
        (`capabilities.PrintsLabels`).
    :param cost: what the carrier says it charges; None where it does not.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset(
        {"tracking_number", "provider_shipment_id", "parcel_tracking_numbers", "provider_data", "tracking_url"}
    )

    tracking_number: str
    provider_shipment_id: str | None = None
    parcel_tracking_numbers: tuple[str, ...] = ()
    status: ShipmentStatus = ShipmentStatus.CREATED
    service: str | None = None
    documents: tuple[Document, ...] = ()
    cost: Money | None = None
    estimated_delivery_at: datetime | None = None
    tracking_url: Url | None = None
    provider_data: ProviderData = Field(default_factory=dict)


class TrackingEvent(Output):
    """Something that happened to a parcel.

    :param occurred_at: in UTC.
    :param status: what it means for the shipment; None: nothing, or nobody knows.
    :param code: the carrier's own code; the text, where it has none.
    :param place: as the carrier writes it; ``country`` is an ISO code.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"code"})

    occurred_at: datetime
    status: ShipmentStatus | None
    detail: TrackingDetail | None = None
    code: str | None = None
    description: str | None = None
    place: str | None = None
    country: str | None = None


class TrackingResult(Output):
    """How a shipment stands.

    :param shipment_id: Wasl's, when it was asked about; a webhook does not know it.
    :param found: False: the carrier does not know the number (yet); ``message`` then has its words.
    :param status: None: the carrier does not tell yet, or in words that nobody knows.
    :param events: all that the carrier tells, the oldest first.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"tracking_number", "provider_status"})

    tracking_number: str
    shipment_id: UUID | None = None
    found: bool = True
    status: ShipmentStatus | None = None
    detail: TrackingDetail | None = None
    provider_status: str | None = None
    events: tuple[TrackingEvent, ...] = ()
    estimated_delivery_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_by: str | None = None
    message: str | None = None


class ProofOfDelivery(Output):
    """Who took it, and when. :param documents: pictures or papers, where the carrier has some."""

    signed_by: str | None = None
    delivered_at: datetime | None = None
    documents: tuple[Document, ...] = ()


class PickupResult(Output):
    """A pickup that the carrier has accepted."""

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_pickup_id", "provider_data"})

    provider_pickup_id: str
    ready_at: datetime | None = None
    message: str | None = None
    provider_data: ProviderData = Field(default_factory=dict)


class AddressCheck(Output):
    """Whether a carrier serves a place.

    :param serviceable: None: it does not say.
    :param suggestions: how the carrier would write it.
    :param services: the services it offers there, by its own codes.
    """

    serviceable: bool | None
    message: str | None = None
    suggestions: tuple[Place, ...] = ()
    services: tuple[str, ...] = ()


class ShipmentEventType(StrEnum):
    """What can happen to a shipment (`events.CanonicalEvent.type`): news of where it stands, whatever they are."""

    SHIPMENT_UPDATED = "shipment.updated"
