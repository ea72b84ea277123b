"""Tamara's endpoints, and what people and time do.

::

    POST /_test/account                 {"notification_token": "…", "auto_authorise" | "auto_capture" | "names_refunds":
                                         true | false}
    POST /_test/orders/{order}/pay      {"outcome": "approve" | "decline" | "hold"}
    POST /_test/orders/{order}/expire   nobody paid, authorised or captured in time
    POST /_test/orders/{order}/capture  nobody captured in 21 days: Tamara does
    POST /_test/orders/{order}/cancel   {"total_amount": {…}}  somebody cancels a part in the portal

These take the API token as every call does; the page ``/pay/{checkout}`` needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.payments.tamara import fields, orders
from sandbox.payments.tamara.account import Account, Order, Webhook
from sandbox.payments.tamara.errors import TamaraError, invalid, missing
from sandbox.payments.tamara.fields import Object

Handler = Callable[["Call"], Object]
_SWITCHES = ("auto_authorise", "auto_capture", "names_refunds")


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    account: Account
    body: Object
    path: dict[str, str]

    @property
    def order(self) -> Order:
        """The order that the path names."""
        return self.account.order(self.path["order"])


def _configs(call: Call) -> Object:
    return {"public_key": call.account.id}


def _create(call: Call) -> Object:
    order = orders.create(call.account, call.body)
    url = f"{call.account.pages_url}/pay/{order.checkout_id}"
    return {"order_id": order.id, "checkout_id": order.checkout_id, "checkout_url": url, "status": order.status}


def _read(call: Call) -> Object:
    return call.account.order_object(call.order)


def _find(call: Call) -> Object:
    return call.account.order_object(call.account.by_reference(call.path["reference"]))


def _rename(call: Call) -> Object:
    fields.only(call.body, ("order_reference_id",))
    call.order.request["order_reference_id"] = fields.text(call.body, "order_reference_id")
    return {"message": "Order reference id was updated successfully"}


def _authorise(call: Call) -> Object:
    order, capture = call.order, orders.authorise(call.account, call.order)
    return {
        "order_id": order.id,
        "status": order.status,
        "order_expiry_time": call.account.time(),
        "payment_type": order.request["payment_type"],
        "auto_captured": capture is not None,
        "authorized_amount": order.money(order.value),
        **({"capture_id": capture.id} if capture else {}),
    }


def _capture(call: Call) -> Object:
    order = call.account.order(fields.text(call.body, "order_id"))
    made = orders.capture(call.account, order, call.body)
    amount = order.money(made.value)
    return {"capture_id": made.id, "order_id": order.id, "status": order.status, "captured_amount": amount}


def _cancel(call: Call) -> Object:
    order, made = call.order, orders.cancel(call.account, call.order, call.body)
    amount = order.money(made.value)
    return {"cancel_id": made.id, "order_id": order.id, "status": order.status, "canceled_amount": amount}


def _refund(call: Call) -> Object:
    order, made = call.order, orders.refund(call.account, call.order, call.body)
    return {
        "order_id": order.id,
        "refund_id": made.id,
        "capture_id": order.captures[0].id,
        "comment": call.body["comment"],
        "status": order.status,
        "refunded_amount": order.money(made.value),
    }


def _register(call: Call) -> Object:
    body = fields.only(call.body, ("type", "url", "events"), frozenset({"headers"}))
    if body["type"] not in ("order", "dispute"):
        raise invalid("type_invalid")
    if len(str(fields.url(body, "url", "webhook_"))) > 255:
        raise invalid("webhook_invalid_url")
    if any(each.url == body["url"] for each in call.account.webhooks.values()):
        raise TamaraError(400, "This webhook is registered already", "webhook_already_registered")
    made = Webhook(body["type"], body["url"], list(body["events"]), dict(body.get("headers", {})))
    call.account.webhooks[made.id] = made
    return made.shown(call.account.id)


def _webhook(call: Call) -> Webhook:
    if call.path["webhook"] not in call.account.webhooks:
        raise missing("Webhook")
    return call.account.webhooks[call.path["webhook"]]


def _read_webhook(call: Call) -> Object:
    return _webhook(call).shown(call.account.id)


def _change_webhook(call: Call) -> Object:
    webhook = _webhook(call)
    body = fields.only(call.body, ("url", "events"), frozenset({"headers"}))
    webhook.url, webhook.events = str(body["url"]), list(body["events"])
    webhook.headers = dict(body.get("headers", {}))
    return webhook.shown(call.account.id)


def _remove_webhook(call: Call) -> Object:
    del call.account.webhooks[_webhook(call).id]
    return {}


def _test_account(call: Call) -> Object:
    for name, value in call.body.items():
        if name == "notification_token":
            call.account.notification_token = str(value)
        elif name in _SWITCHES:
            setattr(call.account, name, bool(value))
        else:
            raise TamaraError(400, "no such switch")
    return {}


def _test_pay(call: Call) -> Object:
    orders.pay(call.account, call.order, call.body.get("outcome", "approve"))
    return _read(call)


def _test_expire(call: Call) -> Object:
    orders.expire(call.account, call.order)
    return _read(call)


def _test_capture(call: Call) -> Object:
    orders.capture_by_itself(call.account, call.order)
    return _read(call)


API: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/merchants/configs", _configs),
    ("POST", "/checkout", _create),
    ("GET", "/orders/{order}", _read),
    ("GET", "/merchants/orders/{order}", _read),
    ("GET", "/merchants/orders/reference-id/{reference}", _find),
    ("PUT", "/orders/{order}/reference-id", _rename),
    ("POST", "/orders/{order}/authorise", _authorise),
    ("POST", "/orders/{order}/cancel", _cancel),
    ("POST", "/payments/capture", _capture),
    ("POST", "/payments/simplified-refund/{order}", _refund),
    ("POST", "/webhooks", _register),
    ("GET", "/webhooks/{webhook}", _read_webhook),
    ("PUT", "/webhooks/{webhook}", _change_webhook),
    ("DELETE", "/webhooks/{webhook}", _remove_webhook),
)
CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/account", _test_account),
    ("POST", "/_test/orders/{order}/pay", _test_pay),
    ("POST", "/_test/orders/{order}/expire", _test_expire),
    ("POST", "/_test/orders/{order}/capture", _test_capture),
    ("POST", "/_test/orders/{order}/cancel", _cancel),
)
