"""What calls take, and rows give back, as dicts: their keys, for readers and for type checkers.

A key whose value is None is left out of the request, as an argument that is None is.
"""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from wasl._requests import Amount, Id
from wasl.rows import PaymentRoutingRule

CaptureMethod: TypeAlias = Literal["automatic", "manual"]
CancelReason: TypeAlias = Literal["duplicate", "fraudulent", "requested_by_customer", "abandoned"]
Locale: TypeAlias = Literal["en", "ar"]


class Customer(TypedDict, total=False):
    """Who pays.

    Attributes:
        name: as the payer writes it.
        email: where receipts go.
        phone: E.164, such as ``+971500000001``.
        reference: the merchant's own name for the payer; saved payment methods are found by it.
    """

    name: str | None
    email: str | None
    phone: str | None
    reference: str | None


class Address(TypedDict):
    """Where somebody lives, or something is sent.

    Attributes:
        country: ISO 3166-1 alpha-2, such as ``AE``.
        state: in the UAE the emirate.
    """

    line1: str
    line2: NotRequired[str | None]
    city: str
    state: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    country: str


class ItemParams(TypedDict):
    """A line of an order.

    Attributes:
        unit_amount: what one costs, in the payment's currency; no float.
        quantity: 1 if left out.
        reference: the merchant's own, such as a stock number.
    """

    name: str
    unit_amount: Amount
    quantity: NotRequired[int | None]
    reference: NotRequired[str | None]
    category: NotRequired[str | None]
    image_url: NotRequired[str | None]
    product_url: NotRequired[str | None]


class PolicyConditions(TypedDict, total=False):
    """Which payments a case of a routing policy is about: those that meet all that is said.

    Attributes:
        countries: where the payer is.
        methods: what the payer is to pay with, such as ``card``.
        minimum_amount: in the payment's own currency, inclusive, as is `maximum_amount`.
    """

    currencies: Sequence[str] | None
    countries: Sequence[str] | None
    methods: Sequence[str] | None
    minimum_amount: Amount | None
    maximum_amount: Amount | None


class PolicyCase(TypedDict):
    """A case of a routing policy. The first that a payment meets counts.

    Attributes:
        name: what explanations of a choice call it.
        when: left out, it is about every payment.
        rule: instead of the policy's own.
        connections: which come first, in this order.
        exclusive: let no other connections in.
    """

    name: str
    when: NotRequired[PolicyConditions | None]
    rule: NotRequired[PaymentRoutingRule | None]
    connections: NotRequired[Sequence[Id] | None]
    exclusive: NotRequired[bool | None]


class EndpointChanges(TypedDict, total=False):
    """What may be changed of a webhook endpoint. What is left out stays; None takes a limit away.

    Attributes:
        enabled: whether there is such an address at all.
        record_only: keep events without acting on them; `hub.webhook_events.replay` acts on one.
        max_body_bytes: 1 KB to 10 MB.
        tolerance_seconds: how old a signed time may be.
        rate_per_second: deliveries taken in the long run; more are answered 429. A number.
        rate_burst: how many may come at once; None: a second's worth.
        allowed_networks: where deliveries may come from, such as ``203.0.113.0/24``; empty: anywhere.
        ignored_event_types: patterns of the provider's event types, such as ``invoice.*``: kept, and not acted on.
        body_retention_days: after how many days, 1 to 90, only a digest of the body is kept; None: with the event.
    """

    description: str
    enabled: bool
    record_only: bool
    max_body_bytes: int
    tolerance_seconds: int
    rate_per_second: float | None
    rate_burst: int | None
    allowed_networks: Sequence[str]
    ignored_event_types: Sequence[str]
    body_retention_days: int | None


class RoutingChanges(TypedDict, total=False):
    """What may be changed of how a connection takes part in routing. What is left out stays; None takes a limit away.

    Attributes:
        enabled: whether it takes payments at all.
        priority: 0 to 1000; the lowest comes first.
        weight: its share, 0 to 1000, among connections of one priority, or of all by the rule ``weighted``.
        currencies: the only ones that it is used for; empty: whatever the provider takes. Likewise `countries` and
            `methods`.
        minimum_amount: in the payment's own currency, inclusive, as is `maximum_amount`.
        fee_percent: what the provider charges, for the rule ``lowest_fee``: a percentage of the amount, no float.
        fee_fixed: and on top of it, in `fee_currency`.
        settlement_currency: what the provider pays out in.
    """

    enabled: bool
    priority: int
    weight: int
    currencies: Sequence[str]
    countries: Sequence[str]
    methods: Sequence[str]
    minimum_amount: Amount | None
    maximum_amount: Amount | None
    fee_percent: Amount | None
    fee_fixed: Amount | None
    fee_currency: str | None
    settlement_currency: str | None
