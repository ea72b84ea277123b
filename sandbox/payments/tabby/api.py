"""Tabby's endpoints, and what people and time do.

::

    POST /_test/account                   {"reject": "order_amount_too_high" | …, "tells_expiry" | "strict_replays" |
                                           "delayed_refunds": true | false}
    POST /_test/payments/{payment}/pay       {"outcome": "approve" | "reject" | "cancel"}
    POST /_test/payments/{payment}/expire    the payer took too long
    POST /_test/payments/{payment}/capture   Tabby captures what is left, as it does after 21 days
    POST /_test/payments/{payment}/refund    {"amount"}: the merchant refunds on the dashboard
    POST /_test/payments/{payment}/dispute   {"status": "pending" | "arbitration" | "evidence_merchant" | "approved" |
                                              "declined" | "cancelled"}

These take the secret key as the API does; the page ``/pay?sessionId=…`` needs none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.payments.tabby import payments
from sandbox.payments.tabby.account import Account, Object, Payment, Webhook, webhook_object
from sandbox.payments.tabby.errors import TabbyError
from sandbox.payments.tabby.fields import Fields

Handler = Callable[["Call"], Any]
MAX_PAGE = 20
MAX_WEBHOOKS = 4
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STATUSES: Mapping[str, Callable[[Payment], bool]] = {
    "": lambda payment: payment.status in ("AUTHORIZED", "CLOSED"),
    "authorized": lambda payment: payment.status == "AUTHORIZED",
    "new": lambda payment: payment.status == "AUTHORIZED",
    "closed": lambda payment: payment.status == "CLOSED",
    "captured": lambda payment: payment.status == "CLOSED" and bool(payment.captures) and not payment.refunds,
    "refunded": lambda payment: bool(payment.refunds) and payment.refunded >= payment.captured,
    "cancelled": lambda payment: payment.status == "CLOSED" and not payment.captures,
    "rejected": lambda payment: payment.status == "REJECTED",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    account: Account
    body: Any
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def payment(self) -> Payment:
        """The payment that the path names."""
        if not _UUID.fullmatch(self.path["payment"]):
            raise TabbyError(400, "invalid payment id")
        return self.account.payment(self.path["payment"])

    @property
    def merchant_code(self) -> str:
        """The header that webhooks are managed with."""
        code = self.headers.get("x-merchant-code", "")
        try:
            payments.merchant_currency(code)
        except TabbyError:
            raise TabbyError(401, "authorization") from None
        return code

    @property
    def webhook(self) -> Webhook:
        """The webhook that the path names."""
        code, wanted = self.merchant_code, self.path["webhook"]
        for webhook in self.account.webhooks:
            if webhook.id == wanted and webhook.merchant_code == code:
                return webhook
        raise TabbyError(404, "no such webhook")


def _create(call: Call) -> Object:
    return call.account.session_object(payments.create(call.account, call.body))


def _read_session(call: Call) -> Object:
    for payment in call.account.payments.values():
        if payment.session_id == call.path["session"]:
            return call.account.session_object(payment)
    raise TabbyError(404, "no such session")


def _read(call: Call) -> Object:
    return call.account.payment_object(call.payment)


def _update(call: Call) -> Object:
    payments.update(call.account, call.payment, call.body)
    return _read(call)


def _capture(call: Call) -> Object:
    payments.capture(call.account, call.payment, call.body)
    return _read(call)


def _refund(call: Call) -> Object:
    payments.refund(call.account, call.payment, call.body)
    return _read(call)


def _close(call: Call) -> Object:
    payments.close(call.account, call.payment)
    return _read(call)


def _list(call: Call) -> Object:
    limit, offset = _whole(call, "limit", MAX_PAGE), _whole(call, "offset", 0)
    if not 1 <= limit <= MAX_PAGE or call.query.get("status", "") not in _STATUSES:
        raise TabbyError(400, "failed to decode request")
    since, until = _day(call, "created_at__gte", "0000-00-00"), _day(call, "created_at__lte", "9999-99-99")
    chosen = _STATUSES[call.query.get("status", "")]
    found = [
        payment
        for payment in reversed(list(call.account.payments.values()))
        if since <= payment.created_at <= until and chosen(payment)
    ]
    shown = [call.account.payment_object(payment) for payment in found[offset : offset + limit]]
    return {"payments": shown, "pagination": {"limit": limit, "offset": offset, "total_count": len(found)}}


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdigit():
        raise TabbyError(400, "failed to decode request")
    return int(text)


def _day(call: Call, name: str, default: str) -> str:
    """A day; it stands for its beginning."""
    text = call.query.get(name, default)
    if not _DAY.fullmatch(text):
        raise TabbyError(400, "failed to decode request")
    return f"{text}T00:00:00Z"


# Webhooks.


def _register(call: Call) -> Object:
    mine = [each for each in call.account.webhooks if each.merchant_code == call.merchant_code]
    if len(mine) >= MAX_WEBHOOKS:
        raise TabbyError(400, "bad_request")
    webhook = Webhook(call.merchant_code, *_webhook_fields(call.body))
    call.account.webhooks.append(webhook)
    return webhook_object(call.account, webhook)


def _webhook_fields(body: Any) -> tuple[str, str | None, str | None]:
    fields = Fields(body)
    header = Fields(body.get("header") or {})
    url = fields.text("url", pattern=re.compile(r"https?://[^\s]+"))
    return str(url), header.text("title", required=False), header.text("value", required=False)


def _list_webhooks(call: Call) -> Any:
    code = call.merchant_code
    found = [webhook_object(call.account, each) for each in call.account.webhooks if each.merchant_code == code]
    return found or None


def _read_webhook(call: Call) -> Object:
    return webhook_object(call.account, call.webhook)


def _change_webhook(call: Call) -> Object:
    webhook = call.webhook
    webhook.url, webhook.title, webhook.value = _webhook_fields(call.body)
    return webhook_object(call.account, webhook)


def _remove_webhook(call: Call) -> Object:
    call.account.webhooks.remove(call.webhook)
    return {"status": "ok"}


# What people and time do.


def _test_account(call: Call) -> Object:
    for name, value in call.body.items():
        if name not in ("reject", "tells_expiry", "strict_replays", "delayed_refunds"):
            raise TabbyError(400, "no such switch")
        setattr(call.account, name, value)
    return {}


def _test_pay(call: Call) -> Object:
    payments.pay(call.account, call.payment, call.body.get("outcome", "approve"))
    return _read(call)


def _test_expire(call: Call) -> Object:
    payments.expire(call.account, call.payment)
    return _read(call)


def _test_capture(call: Call) -> Object:
    payments.capture_after_21_days(call.account, call.payment)
    return _read(call)


def _test_refund(call: Call) -> Object:
    payments.refund_on_dashboard(call.account, call.payment, call.body["amount"])
    return _read(call)


def _test_dispute(call: Call) -> Object:
    payments.dispute(call.account, call.payment, call.body.get("status", "pending"))
    return _read(call)


API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/api/v2/checkout", _create),
    ("GET", "/api/v2/checkout/{session}", _read_session),
    ("GET", "/api/v2/payments", _list),
    ("GET", "/api/v2/payments/{payment}", _read),
    ("PUT", "/api/v2/payments/{payment}", _update),
    ("POST", "/api/v2/payments/{payment}/captures", _capture),
    ("POST", "/api/v2/payments/{payment}/refunds", _refund),
    ("POST", "/api/v2/payments/{payment}/close", _close),
    ("POST", "/api/v1/webhooks", _register),
    ("GET", "/api/v1/webhooks", _list_webhooks),
    ("GET", "/api/v1/webhooks/{webhook}", _read_webhook),
    ("PUT", "/api/v1/webhooks/{webhook}", _change_webhook),
    ("DELETE", "/api/v1/webhooks/{webhook}", _remove_webhook),
)
CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/account", _test_account),
    ("POST", "/_test/payments/{payment}/pay", _test_pay),
    ("POST", "/_test/payments/{payment}/expire", _test_expire),
    ("POST", "/_test/payments/{payment}/capture", _test_capture),
    ("POST", "/_test/payments/{payment}/refund", _test_refund),
    ("POST", "/_test/payments/{payment}/dispute", _test_dispute),
)
