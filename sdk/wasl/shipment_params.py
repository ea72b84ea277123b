"""What calls about shipments take as dicts: their keys, for readers and for type checkers.

A key whose value is None is left out of the request. Weights are kilograms, lengths centimetres: decimals, no floats.
"""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from wasl._requests import Amount
from wasl.rows import ServiceLevel

Emirate: TypeAlias = Literal["abu_dhabi", "dubai", "sharjah", "ajman", "umm_al_quwain", "ras_al_khaimah", "fujairah"]
Contents: TypeAlias = Literal["goods", "documents"]
LabelFormat: TypeAlias = Literal["pdf", "zpl", "png"]
Incoterm: TypeAlias = Literal["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP"]
ExportPurpose: TypeAlias = Literal["sale", "gift", "sample", "return", "repair", "personal"]


class Place(TypedDict):
    """Where something is fetched or delivered, as far as a price needs it.

    Attributes:
        area: the district or community, such as ``Al Quoz 3``.
        emirate: in the Emirates; known cities say it themselves. There are no postal codes there.
        country: ISO 3166-1 alpha-2, such as ``AE``.
        makani: ten digits that name a building's entrance in Dubai.
    """

    city: str
    country: str
    line1: NotRequired[str | None]
    line2: NotRequired[str | None]
    area: NotRequired[str | None]
    emirate: NotRequired[Emirate | None]
    state: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    makani: NotRequired[str | None]
    latitude: NotRequired[float | None]
    longitude: NotRequired[float | None]


class Party(Place):
    """Somebody at a place: the sender or the recipient. To buy a label, `line1` is needed too.

    Attributes:
        phone: E.164, such as ``+971500000001``.
        tax_number: such as the fifteen digits of a TRN.
    """

    name: str
    phone: str
    company: NotRequired[str | None]
    email: NotRequired[str | None]
    tax_number: NotRequired[str | None]


class Parcel(TypedDict):
    """One box."""

    weight_kg: Amount
    length_cm: NotRequired[Amount | None]
    width_cm: NotRequired[Amount | None]
    height_cm: NotRequired[Amount | None]
    reference: NotRequired[str | None]
    description: NotRequired[str | None]


class CustomsItem(TypedDict):
    """One line of what customs is told.

    Attributes:
        unit_value: the value of one, in the currency of the customs data.
        weight_kg: the net weight of one.
        hs_code: of the Harmonized System, 6 to 12 digits.
        origin_country: where it was made.
    """

    description: str
    unit_value: Amount
    weight_kg: Amount
    origin_country: str
    quantity: NotRequired[int | None]
    hs_code: NotRequired[str | None]
    sku: NotRequired[str | None]


class Customs(TypedDict):
    """What customs wants to know of goods that cross a border.

    Attributes:
        incoterm: ``DAP`` (the recipient pays duties) if left out; with ``DDP`` the sender does.
        purpose: ``sale`` if left out.
    """

    items: Sequence[CustomsItem]
    currency: str
    incoterm: NotRequired[Incoterm | None]
    purpose: NotRequired[ExportPurpose | None]
    invoice_number: NotRequired[str | None]
    invoice_date: NotRequired[str | None]


class TariffLine(TypedDict):
    """An agreed price, for a carrier that cannot be asked.

    Attributes:
        countries: destinations it is for; all if left out. Likewise `emirates`.
        base_amount: the price up to `base_kg`; every begun `step_kg` (1 if left out) beyond costs `step_amount`.
        cash_amount: what collecting cash costs on top.
    """

    service: str
    level: ServiceLevel
    base_amount: Amount
    currency: str
    name: NotRequired[str | None]
    countries: NotRequired[Sequence[str] | None]
    emirates: NotRequired[Sequence[Emirate] | None]
    base_kg: NotRequired[Amount | None]
    step_kg: NotRequired[Amount | None]
    step_amount: NotRequired[Amount | None]
    cash_amount: NotRequired[Amount | None]
    transit_days: NotRequired[int | None]


class CarrierChanges(TypedDict, total=False):
    """What to change of how a carrier's connection is used; None takes a limit away."""

    enabled: bool
    priority: int
    countries: Sequence[str]
    emirates: Sequence[Emirate]
    services: Sequence[str]
    levels: Sequence[ServiceLevel]
    default_service: str | None
    cash_on_delivery: bool
    minimum_weight_kg: Amount | None
    maximum_weight_kg: Amount | None
    tariff: Sequence[TariffLine]
    stalled_after_hours: int
