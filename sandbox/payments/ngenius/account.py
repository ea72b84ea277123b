"""What one N-Genius account holds, and how its objects look on the wire."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.payments.ngenius.errors import missing

Object = dict[str, Any]
TOKEN_SECONDS = 300


@dataclass
class Part:
    """A capture, a purchase or a refund."""

    value: int
    state: str
    created: str
    reference: str = field(default_factory=lambda: str(uuid.uuid4()))
    refunded: int = 0
    """Of a capture or purchase: what was given back, requests under way included."""
    source: Part | None = None
    """Of a refund: what it was made of."""


@dataclass
class Order:
    """An order with its payment.

    :param details: what it was made with, as far as it is only shown again.
    :param reversible: whether a purchase is still of today.
    """

    outlet: str
    action: str
    value: int
    currency: str
    created: str
    details: Object
    reference: str = field(default_factory=lambda: str(uuid.uuid4()))
    payment: str = field(default_factory=lambda: str(uuid.uuid4()))
    code: str = field(default_factory=lambda: secrets.token_hex(8))
    state: str = "STARTED"
    updated: str = ""
    auth_response: Object | None = None
    three_ds: Object | None = None
    captures: list[Part] = field(default_factory=list)
    purchases: list[Part] = field(default_factory=list)
    refunds: list[Part] = field(default_factory=list)
    reversible: bool = True

    @property
    def taken(self) -> list[Part]:
        """The captures and purchases that went through."""
        return [part for part in (*self.captures, *self.purchases) if part.state == "SUCCESS"]

    @property
    def captured(self) -> int:
        return sum(part.value for part in self.taken)


@dataclass
class Webhook:
    """Where events go, and the header that goes with them."""

    url: str
    header_key: str | None
    header_value: str | None


@dataclass
class Account:
    """One account: everything made under one API key.

    :param now: the time in seconds since 1970.
    """

    now: Callable[[], float]
    api_url: str = ""
    """Where this account's API and pages lie, without a slash at the end."""
    orders: dict[str, Order] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    """When each token runs out."""
    webhooks: list[Webhook] = field(default_factory=list)
    unique_references: bool = False
    """The portal's switch "Unique merchant order reference"."""
    slow_refunds: bool = False
    """Refunds stay REQUESTED until they are finished."""
    linked: bool = True
    """Whether answers carry the links to what can be done next."""
    publish: Callable[[str, Order], None] = lambda name, order: None

    def time(self) -> str:
        """The time as N-Genius writes it."""
        moment = datetime.fromtimestamp(self.now(), UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"

    def new_token(self) -> str:
        """A token that holds five minutes."""
        token = secrets.token_urlsafe(48)
        self.tokens[token] = self.now() + TOKEN_SECONDS
        return token

    def order(self, outlet: str, reference: str) -> Order:
        """:raises NGeniusError: 404."""
        order = self.orders.get(reference)
        if order is None or order.outlet != outlet:
            raise missing("Order")
        return order

    # Shapes.

    def order_object(self, order: Order) -> Object:
        """An order as it is read."""
        here = f"{self.api_url}/transactions/outlets/{order.outlet}/orders/{order.reference}"
        links = {
            "self": here,
            "tenant-brand": f"http://config-service/config/outlets/{order.outlet}/configs/tenant-brand",
            "merchant-brand": f"http://config-service/config/outlets/{order.outlet}/configs/merchant-brand",
            "payment-authorization": f"{self.api_url}/transactions/paymentAuthorization",
        }
        if order.state == "STARTED":
            links |= {"payment": f"{self.api_url}/pay?code={order.code}", "cancel": f"{here}/cancel"}
        return {
            "_id": f"urn:order:{order.reference}",
            "_links": _links(links),
            "type": "SINGLE",
            "merchantDefinedData": {},
            "action": order.action,
            "amount": _amount(order, order.value),
            "language": "en",
            **order.details,
            "reference": order.reference,
            "outletId": order.outlet,
            "createDateTime": order.created,
            "paymentMethods": {"card": ["VISA", "MASTERCARD", "AMERICAN_EXPRESS"]},
            "referrer": f"urn:Ecom:{order.reference}",
            "formattedOrderSummary": {},
            "_embedded": {"payment": [self.payment_object(order)]},
        }

    def payment_object(self, order: Order) -> Object:
        """A payment as it is read, and as captures, reversals and refunds answer it."""
        here = f"{self.api_url}/transactions/outlets/{order.outlet}/orders/{order.reference}/payments/{order.payment}"
        payment: Object = {
            "_id": f"urn:payment:{order.payment}",
            "_links": {**_links(self._next(order, here)), "curies": [_CURIE]},
            "reference": order.payment,
            "state": order.state,
            "amount": _amount(order, order.value),
            "updateDateTime": order.updated or order.created,
            "outletId": order.outlet,
            "orderReference": order.reference,
        }
        if "merchantOrderReference" in order.details:
            payment["merchantOrderReference"] = order.details["merchantOrderReference"]
        if order.auth_response:
            method = {"expiry": "2029-04", "cardholderName": "Sara Ali", "name": "VISA", "pan": "411111******1111"}
            payment |= {"authResponse": order.auth_response, "paymentMethod": method}
        if order.three_ds:
            payment["3ds"] = order.three_ds
        parts = {
            "cnp:capture": [self._taken(order, part, f"{here}/captures") for part in order.captures],
            "cnp:purchase": [self._taken(order, part, f"{here}/purchases") for part in order.purchases],
            "cnp:refund": [self._refund(order, part, f"{here}/refunds") for part in order.refunds],
        }
        if any(parts.values()):
            payment["_embedded"] = {name: listed for name, listed in parts.items() if listed}
        return payment

    def _next(self, order: Order, here: str) -> dict[str, str]:
        """What can be done with a payment next."""
        links = {"self": here}
        if not self.linked:
            return links
        if order.state in ("AUTHORISED", "PARTIALLY_CAPTURED"):
            links["cnp:capture"] = f"{here}/captures"
        if order.state == "AUTHORISED" or (order.state == "PURCHASED" and order.reversible and not order.refunds):
            links["cnp:cancel"] = f"{here}/cancel"
        if order.state == "STARTED":
            links |= {"payment:card": f"{here}/card", "payment:saved-card": f"{here}/saved-card"}
        return links

    def _taken(self, order: Order, part: Part, folder: str) -> Object:
        links = {"self": f"{folder}/{part.reference}"}
        if part.state == "SUCCESS" and part.refunded < part.value and self.linked:
            links["cnp:refund"] = f"{folder}/{part.reference}/refund"
        return {**_part(order, part), "_links": _links(links)}

    def _refund(self, order: Order, part: Part, folder: str) -> Object:
        return {**_part(order, part), "_links": _links({"self": f"{folder}/{part.reference}"})}


_CURIE = {"name": "cnp", "href": "https://api-gateway.sandbox.ngenius-payments.com/docs/rels/{rel}", "templated": True}


def _links(addresses: dict[str, str]) -> Object:
    return {name: {"href": address} for name, address in addresses.items()}


def _amount(order: Order, value: int) -> Object:
    return {"currencyCode": order.currency, "value": value}


def _part(order: Order, part: Part) -> Object:
    return {"amount": _amount(order, part.value), "createdTime": part.created, "state": part.state}
