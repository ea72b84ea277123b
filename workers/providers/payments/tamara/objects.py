"""What Tamara answers, in Wasl's words.

Fields of an order from the modelled OpenAPI documents and Tamara's own PHP SDK (tamara-solution/php-sdk b30fda3,
`GetOrderByReferenceIdResponse`, `Transactions`, `RefundItem`); statuses from
https://docs.tamara.co/docs/online-order-status-flow . Amounts are ``{"amount": 125.5, "currency": "AED"}`` in whole
units; `read` keeps them exact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.models import (
    Decline,
    DeclineReason,
    NextAction,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
)

NEW: Final = "new"
APPROVED: Final = "approved"
STATUSES: Final[Mapping[str, PaymentStatus]] = {
    NEW: PaymentStatus.REQUIRES_ACTION,
    "on_hold": PaymentStatus.PROCESSING,
    APPROVED: PaymentStatus.REQUIRES_ACTION,  # of us: it has to be authorised within 72 hours
    "declined": PaymentStatus.FAILED,
    "expired": PaymentStatus.EXPIRED,
    "authorised": PaymentStatus.AUTHORIZED,
    "updated": PaymentStatus.AUTHORIZED,  # a part was cancelled, the rest can still be captured
    "canceled": PaymentStatus.CANCELLED,
    "partially_captured": PaymentStatus.PARTIALLY_CAPTURED,
    "fully_captured": PaymentStatus.CAPTURED,
    "partially_refunded": PaymentStatus.PARTIALLY_REFUNDED,
    "fully_refunded": PaymentStatus.REFUNDED,
}
"""Every documented status of an order; any other says that something is going on, and nothing more."""
_RESERVED: Final = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED, PaymentStatus.CAPTURED)
_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def read(raw: bytes) -> Any:
    """A body's JSON, with exact numbers; ValueError when it is none."""
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_no_number) if raw else None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def money(value: Mapping[str, Any]) -> Money:
    """An amount of Tamara's."""
    return Money.of(value["amount"], value["currency"])


def payment_from_order(order: Mapping[str, Any]) -> PaymentResult:
    """An order. Reading one never shows the address of its page."""
    status = STATUSES.get(order["status"], PaymentStatus.PROCESSING)
    asked, order_id = money(order["total_amount"]), _text(order["order_id"])
    return PaymentResult(
        provider_payment_id=order_id,
        payment_id=our_id(order.get("order_reference_id")),
        status=status,
        provider_status=order["status"],
        money=asked,
        amount_authorized=asked.amount - _amount(order, "canceled_amount", asked) if status in _RESERVED else None,
        amount_captured=_told(order, "captured_amount", asked),
        amount_refunded=_told(order, "refunded_amount", asked),
        next_action=NextAction(type="complete") if order["status"] == APPROVED else None,
        decline=_DECLINED if status is PaymentStatus.FAILED else None,
        refunds=tuple(refund_id(order_id, _text(each["refund_id"])) for each in _refunds(order)),
        created_at=moment(order.get("created_at")),
    )


# Why, Tamara does not tell.
_DECLINED: Final = Decline(
    reason=DeclineReason.DO_NOT_HONOR, code="declined", message="Tamara does not lend for this payment."
)


def opened_payment(session: Mapping[str, Any], asked: Money) -> PaymentResult:
    """The answer to a request for a page: an order that nobody has paid yet."""
    url = session["checkout_url"]
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise ValueError("not an address")
    return PaymentResult(
        provider_payment_id=_text(session["order_id"]),
        provider_session_id=_text(session["checkout_id"]),
        status=PaymentStatus.REQUIRES_ACTION,
        provider_status=session.get("status") or NEW,
        money=asked,
        checkout_url=url,
        next_action=NextAction(type="redirect", url=url),
    )


def left_to_capture(order: Mapping[str, Any]) -> Money:
    """What of an order has been neither captured nor cancelled."""
    asked = money(order["total_amount"])
    gone = _amount(order, "captured_amount", asked) + _amount(order, "canceled_amount", asked)
    return Money.of(max(asked.amount - gone, Decimal(0)), asked.currency)


def left_to_refund(order: Mapping[str, Any]) -> Money | None:
    """What of an order has been captured and not given back; None where it does not tell."""
    asked = money(order["total_amount"])
    captured = _told(order, "captured_amount", asked)
    if captured is None:
        return None
    return Money.of(max(captured - _amount(order, "refunded_amount", asked), Decimal(0)), asked.currency)


# Refunds.


def new_refund(made: Mapping[str, Any], order_id: str, amount: Money) -> RefundResult:
    """The answer to a request for a refund, which is done when it is answered. Its status is the order's."""
    return RefundResult(
        provider_refund_id=refund_id(order_id, _text(made["refund_id"])),
        provider_payment_id=order_id,
        status=RefundStatus.SUCCEEDED,
        provider_status=made.get("status") or "refunded",
        money=amount,
    )


def listed_refunds(order: Mapping[str, Any]) -> list[RefundResult]:
    """The refunds that an order lists among its transactions."""
    order_id = _text(order["order_id"])
    return [
        RefundResult(
            provider_refund_id=refund_id(order_id, _text(each["refund_id"])),
            provider_payment_id=order_id,
            refund_id=our_refund_id(each),
            payment_id=our_id(order.get("order_reference_id")),
            status=RefundStatus.SUCCEEDED,
            provider_status="refunded",
            money=money(each["total_amount"]),
            created_at=moment(each.get("created_at")),
        )
        for each in _refunds(order)
    ]


def is_every_refund_listed(order: Mapping[str, Any]) -> bool:
    """Whether the listed refunds are all that the order says were made."""
    listed = sum((money(each["total_amount"]).amount for each in _refunds(order)), Decimal(0))
    return listed == _amount(order, "refunded_amount", money(order["total_amount"]))


def our_refund_id(holder: Mapping[str, Any]) -> UUID | None:
    """Wasl's id of a refund, from the field for it or from the comment; not every answer of Tamara's has either."""
    found = our_id(holder.get("merchant_refund_id"))
    comment = holder.get("comment")
    if found is None and isinstance(comment, str) and (match := _UUID.search(comment)):
        found = our_id(match.group())
    return found


def refund_id(order_id: str, of_tamara: str) -> str:
    """The id under which a refund can be read again: Tamara shows it only within its order."""
    return f"{order_id}:{of_tamara}"


# Small parts.


def our_id(value: Any) -> UUID | None:
    """Wasl's id; anything else, such as a merchant's own reference, is none."""
    return UUID(value) if isinstance(value, str) and _UUID.fullmatch(value) else None


def moment(text: Any) -> datetime | None:
    """A time in ISO 8601; in UTC where it does not say."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _refunds(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (order.get("transactions") or {}).get("refunds") or []


def _told(order: Mapping[str, Any], name: str, asked: Money) -> Decimal | None:
    """An amount that an answer may leave out."""
    value = order.get(name)
    if not value:
        return None
    found = money(value)
    if found.currency != asked.currency:
        raise ValueError("amounts in two currencies")
    return found.amount


def _amount(order: Mapping[str, Any], name: str, asked: Money) -> Decimal:
    return _told(order, name, asked) or Decimal(0)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("not an id")
    return value
