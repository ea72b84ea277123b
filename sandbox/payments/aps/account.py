"""What one account at Amazon Payment Services holds."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.payments.aps.wire import APSError, Object, sign

_NUMBERS = itertools.count(169996200000000001)
CARD = {
    "payment_option": "VISA",
    "card_number": "400555******0001",
    "expiry_date": "2905",
    "authorization_code": "831000",
}


@dataclass
class Refund:
    """A refund. :param state: ``succeeded``, ``pending`` or ``failed``."""

    reference: str | None
    amount: int
    state: str


@dataclass
class Order:
    """Everything that was done under one merchant reference.

    :param fields: the parameters it was asked for with; answers and webhooks repeat them.
    :param code: the response code of the last operation on it.
    :param shown: whether it ever got as far as the bank; what did not, no query shows.
    """

    reference: str
    fields: Object
    amount: int
    currency: str
    fort_id: str = field(default_factory=lambda: str(next(_NUMBERS)))
    code: str = "00000"
    message: str = ""
    acquirer: str = "00"
    state: str = "new"
    shown: bool = True
    authorized: int = 0
    captured: int = 0
    refunds: list[Refund] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        return sum(each.amount for each in self.refunds if each.state == "succeeded")

    @property
    def given_back(self) -> int:
        """Refunds under way included."""
        return sum(each.amount for each in self.refunds if each.state != "failed")


@dataclass
class Link:
    """A payment link."""

    fields: Object
    expires: datetime
    status: str = "Open"
    id: str = field(default_factory=lambda: str(next(_NUMBERS)))
    code: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def reference(self) -> str:
        return str(self.fields["merchant_reference"])


@dataclass
class Account:
    """One account: everything made under one access code.

    :param now: the time in seconds since 1970.
    :param publish: sends a webhook; given the command and the fields.
    """

    access_code: str
    now: Callable[[], float]
    url: str = ""
    merchant_identifier: str = ""
    request_phrase: str = ""
    response_phrase: str = ""
    sha_type: str = "SHA-256"
    hold_refunds: bool = False
    orders: dict[str, Order] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    inactive_tokens: set[str] = field(default_factory=set)
    webhooks: list[tuple[str, bool]] = field(default_factory=list)
    """Where feedback goes, and whether as a form."""
    publish: Callable[[str, Object], None] = lambda command, fields: None

    def time(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def order(self, reference: str, failing: str = "00") -> Order:
        """:raises APSError: there is none, or none that a query shows."""
        order = self.orders.get(reference)
        if order is None or not order.shown:
            raise APSError(f"{failing}036")
        return order

    def link(self, reference: str) -> Link:
        """:raises APSError: there is none."""
        if reference not in self.links:
            raise APSError("11149")
        link = self.links[reference]
        if link.status == "Open" and self.time() >= link.expires:
            link.status = "Expired"
        return link

    def signed(self, fields: Object) -> Object:
        """An answer or webhook with its signature."""
        return {**fields, "signature": sign(fields, self.response_phrase, self.sha_type)}

    def feedback(self, command: str, order: Order, **more: str) -> Object:
        """What a webhook says of an operation."""
        kept = {name: value for name, value in order.fields.items() if name not in ("signature", "command")}
        return self.signed(
            {
                **kept,
                "command": command,
                "access_code": self.access_code,
                "merchant_identifier": self.merchant_identifier,
                "fort_id": order.fort_id,
                "response_code": order.code,
                "response_message": order.message,
                "status": order.code[:2],
                **more,
            }
        )
