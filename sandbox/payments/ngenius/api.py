"""N-Genius's endpoints, and what people and time do.

::

    POST /_test/webhooks                          {"url", "header_key", "header_value"}
    POST /_test/account                           {"unique_references" | "slow_refunds" | "linked": true | false}
    POST /_test/tokens/expire                     every token has run out
    POST /_test/orders/{order}/pay                {"outcome": "approve" | "decline" | "challenge" | "review" | "risk",
                                                   "code": "51"}
    POST /_test/orders/{order}/authenticate       {"outcome": "succeed" | "fail"}; likewise …/review
    POST /_test/orders/{order}/settle             the day is over: a purchase is no longer reversed, but refunded
    POST /_test/orders/{order}/refunds/{refund}   {"state": "SUCCESS" | "FAILED" | "VOIDED"}

These take the API key as the token endpoint does; the page ``/pay?code=…`` needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.payments.ngenius import orders
from sandbox.payments.ngenius.account import Account, Object, Order, Webhook
from sandbox.payments.ngenius.errors import NGeniusError, missing

Handler = Callable[["Call"], tuple[int, Object]]


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    account: Account
    body: Object
    path: dict[str, str]

    @property
    def order(self) -> Order:
        """The order that the path names."""
        order = self.account.order(self.path["outlet"], self.path["order"])
        if self.path.get("payment", order.payment) != order.payment:
            raise missing("Payment")
        return order

    @property
    def test_order(self) -> Order:
        """The order that a control names."""
        if self.path["order"] not in self.account.orders:
            raise missing("Order")
        return self.account.orders[self.path["order"]]


def _create(call: Call) -> tuple[int, Object]:
    order = orders.create_order(call.account, call.path["outlet"], call.body)
    return 201, call.account.order_object(order)


def _read(call: Call) -> tuple[int, Object]:
    return 200, call.account.order_object(call.order)


def _close(call: Call) -> tuple[int, Object]:
    orders.close(call.account, call.order)
    return 200, call.account.order_object(call.order)


def _capture(call: Call) -> tuple[int, Object]:
    orders.capture(call.account, call.order, call.body)
    return 201, call.account.payment_object(call.order)


def _reverse(call: Call) -> tuple[int, Object]:
    orders.reverse(call.account, call.order)
    return 200, call.account.payment_object(call.order)


def _refund(call: Call) -> tuple[int, Object]:
    orders.refund(call.account, call.order, call.path["part"], call.body)
    return 201, call.account.payment_object(call.order)


def _test_webhook(call: Call) -> tuple[int, Object]:
    body = call.body
    call.account.webhooks.append(Webhook(body["url"], body.get("header_key"), body.get("header_value")))
    return 200, {}


def _test_account(call: Call) -> tuple[int, Object]:
    for name, value in call.body.items():
        if name not in ("unique_references", "slow_refunds", "linked"):
            raise NGeniusError(400, "no such switch")
        setattr(call.account, name, bool(value))
    return 200, {}


def _test_expire(call: Call) -> tuple[int, Object]:
    call.account.tokens.clear()
    return 200, {}


def _test_pay(call: Call) -> tuple[int, Object]:
    outcome, code = call.body.get("outcome", "approve"), call.body.get("code", "51")
    orders.pay(call.account, call.test_order, outcome, code)
    return 200, call.account.order_object(call.test_order)


def _test_authenticate(call: Call) -> tuple[int, Object]:
    orders.authenticate(call.account, call.test_order, call.body.get("outcome") == "succeed")
    return 200, call.account.order_object(call.test_order)


def _test_review(call: Call) -> tuple[int, Object]:
    orders.review(call.account, call.test_order, call.body.get("outcome") == "succeed")
    return 200, call.account.order_object(call.test_order)


def _test_settle(call: Call) -> tuple[int, Object]:
    call.test_order.reversible = False
    return 200, call.account.order_object(call.test_order)


def _test_finish_refund(call: Call) -> tuple[int, Object]:
    orders.finish_refund(call.account, call.test_order, call.path["refund"], call.body["state"])
    return 200, call.account.order_object(call.test_order)


_ORDER = "/transactions/outlets/{outlet}/orders/{order}"
_PAYMENT = _ORDER + "/payments/{payment}"

API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/transactions/outlets/{outlet}/orders", _create),
    ("GET", _ORDER, _read),
    ("PUT", _ORDER + "/cancel", _close),
    ("POST", _PAYMENT + "/captures", _capture),
    ("PUT", _PAYMENT + "/cancel", _reverse),
    ("POST", _PAYMENT + "/captures/{part}/refund", _refund),
    ("POST", _PAYMENT + "/purchases/{part}/refund", _refund),
)
CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/webhooks", _test_webhook),
    ("POST", "/_test/account", _test_account),
    ("POST", "/_test/tokens/expire", _test_expire),
    ("POST", "/_test/orders/{order}/pay", _test_pay),
    ("POST", "/_test/orders/{order}/authenticate", _test_authenticate),
    ("POST", "/_test/orders/{order}/review", _test_review),
    ("POST", "/_test/orders/{order}/settle", _test_settle),
    ("POST", "/_test/orders/{order}/refunds/{refund}", _test_finish_refund),
)
