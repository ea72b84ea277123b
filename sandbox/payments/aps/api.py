"""What people and time do.

::

    POST /_test/account                            {"request_phrase", "response_phrase", "sha_type", "hold_refunds"}
    POST /_test/webhooks                           {"url", "form": false}
    POST /_test/links/{reference}/pay              {"outcome": "approve" | "decline" | "cancel" | "hold",
                                                    "message": "666", "acquirer": "51"}
    POST /_test/links/{reference}/expire           nobody paid in time; likewise …/close, in the dashboard
    POST /_test/orders/{reference}/decide          {"outcome": "succeed" | "fail"}: what was held, or 3-D Secure
    POST /_test/orders/{reference}/lapse           nobody captured in time
    POST /_test/orders/{reference}/capture         {"amount"}: in the dashboard; likewise …/void and …/refund
    POST /_test/orders/{reference}/settle          {"outcome": "succeed" | "fail"}: the refund that is under way

These take the access code as a bearer token; the pages ``/pay/{code}`` and ``/3ds/{id}`` need none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.payments.aps import operations
from sandbox.payments.aps.account import Account, Order
from sandbox.payments.aps.wire import APSError, Object

Handler = Callable[["Call"], Object]
_SWITCHES = ("request_phrase", "response_phrase", "sha_type", "hold_refunds")


@dataclass(frozen=True, slots=True)
class Call:
    """One control."""

    account: Account
    body: Object
    reference: str

    @property
    def order(self) -> Order:
        """The order that the path names, whether a query shows it or not."""
        if self.reference not in self.account.orders:
            raise APSError("00036")
        return self.account.orders[self.reference]

    @property
    def passed(self) -> bool:
        return bool(self.body.get("outcome") == "succeed")


def _account(call: Call) -> Object:
    for name, value in call.body.items():
        if name not in _SWITCHES:
            raise APSError("00027", name)
        setattr(call.account, name, value)
    return {}


def _webhooks(call: Call) -> Object:
    call.account.webhooks.append((call.body["url"], bool(call.body.get("form"))))
    return {}


def _pay(call: Call) -> Object:
    how = {name: call.body[name] for name in ("message", "acquirer") if name in call.body}
    link = call.account.link(call.reference)
    order = operations.pay_link(call.account, link, call.body.get("outcome", "approve"), **how)
    return {"fort_id": order.fort_id, "response_code": order.code}


def _end_link(status: str) -> Handler:
    def end(call: Call) -> Object:
        call.account.link(call.reference).status = status
        return {}

    return end


def _decide(call: Call) -> Object:
    operations.decide(call.account, call.order, call.passed)
    return {"response_code": call.order.code}


def _lapse(call: Call) -> Object:
    operations.lapse(call.order)
    return {}


def _in_dashboard(operate: Callable[[Account, Object], Object]) -> Handler:
    def act(call: Call) -> Object:
        fields = {"merchant_reference": call.reference, "currency": call.order.currency, **call.body}
        return operate(call.account, fields)

    return act


def _settle(call: Call) -> Object:
    for refund in call.order.refunds:
        if refund.state == "pending":
            operations.settle_refund(call.account, call.order, refund, call.passed)
    return {}


CONTROLS: tuple[tuple[str, Handler], ...] = (
    ("/_test/account", _account),
    ("/_test/webhooks", _webhooks),
    ("/_test/links/{reference}/pay", _pay),
    ("/_test/links/{reference}/expire", _end_link("Expired")),
    ("/_test/links/{reference}/close", _end_link("Closed")),
    ("/_test/orders/{reference}/decide", _decide),
    ("/_test/orders/{reference}/lapse", _lapse),
    ("/_test/orders/{reference}/capture", _in_dashboard(operations.capture)),
    ("/_test/orders/{reference}/void", _in_dashboard(operations.void)),
    ("/_test/orders/{reference}/refund", _in_dashboard(operations.refund)),
    ("/_test/orders/{reference}/settle", _settle),
)
