"""Tap's objects in Wasl's words: charges, authorizations and refunds.

Pure functions over decoded JSON. Facts from https://developers.tap.company (reference/charges, reference/authorize,
reference/refunds, docs/refunds and docs/webhook with their examples) and, for lists, reference/list-all-charges and its
sisters.

An authorization (``auth_…``) is captured by a charge (``chg_…``) of its own, whose ``source.id`` it is. Refunds belong
to the charge, and the charge never says that it was refunded; so from its capture on a payment is known by the charge's
id, and how much was given back is summed up from its refunds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NoReturn
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.models import (
    NextAction,
    PaymentMethodType,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
    SavedMethod,
)
from workers.providers.payments.tap.declines import decline

PAYMENT_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "INITIATED": PaymentStatus.CREATED,
    "PENDING": PaymentStatus.PROCESSING,  # docs/cards calls the first status so
    "IN_PROGRESS": PaymentStatus.PROCESSING,
    "UNKNOWN": PaymentStatus.PROCESSING,  # Tap does not know yet what the bank did
    "AUTHORIZED": PaymentStatus.AUTHORIZED,
    "CAPTURED": PaymentStatus.CAPTURED,
    "ABANDONED": PaymentStatus.EXPIRED,
    "CANCELLED": PaymentStatus.CANCELLED,
    "VOID": PaymentStatus.CANCELLED,
    "FAILED": PaymentStatus.FAILED,
    "DECLINED": PaymentStatus.FAILED,
    "RESTRICTED": PaymentStatus.FAILED,
    "TIMEDOUT": PaymentStatus.FAILED,  # the bank did not answer in time; the payment failed
}
"""Of charges and authorizations."""
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "PENDING": RefundStatus.PENDING,
    "ACCEPTED": RefundStatus.PENDING,
    "IN_PROGRESS": RefundStatus.PENDING,
    "UNKNOWN": RefundStatus.PENDING,
    "REFUNDED": RefundStatus.SUCCEEDED,
    "CANCELLED": RefundStatus.CANCELLED,
    "FAILED": RefundStatus.FAILED,
    "DECLINED": RefundStatus.FAILED,
    "RESTRICTED": RefundStatus.FAILED,
    "TIMEDOUT": RefundStatus.FAILED,
    "TIMED_OUT": RefundStatus.FAILED,
}
CHARGE: Final = re.compile(r"chg_[A-Za-z0-9_]{1,250}")
AUTHORIZATION: Final = re.compile(r"auth_[A-Za-z0-9_]{1,250}")
_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,255}")
# With an address to visit, these wait for the payer. Fawry's charges are in progress while the payer is on the way.
_OPEN: Final = frozenset({"INITIATED", "PENDING", "IN_PROGRESS"})
_REFUSED: Final = (PaymentStatus.FAILED, PaymentStatus.CANCELLED, PaymentStatus.EXPIRED)
_MADE: Final = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS: Final = re.compile(r"[0-9]{1,15}")
_FIRST_MILLISECONDS: Final = 10**11
Object = Mapping[str, Any]


def decode(raw: bytes) -> Any:
    """A body as data, its numbers exact; ValueError when it is not JSON."""
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def money(holder: Object) -> Money:
    """The amount of an object; ValueError where it cannot be one."""
    return Money.of(holder["amount"], holder["currency"].upper())


def payment(thing: Object, refunds: Iterable[RefundResult] = ()) -> PaymentResult:
    """A charge or an authorization.

    :param refunds: the charge's refunds, where they were read.
    """
    status = payment_status(thing)
    paid, listed = money(thing), list(refunds)
    reserved = authorized_before(thing)
    captured = paid.amount if status is PaymentStatus.CAPTURED and _is_charge(thing) else None
    refunded = sum((each.money.amount for each in listed if each.status is RefundStatus.SUCCEEDED), Decimal(0))
    url = _page(thing) if status is PaymentStatus.REQUIRES_ACTION else None
    return PaymentResult(
        provider_payment_id=_text(thing["id"]),
        payment_id=our_id(thing, "wasl_payment_id"),
        status=_with_refunds(status, captured, refunded),
        provider_status=thing["status"],
        money=reserved or paid,
        amount_authorized=_authorized(thing, status, reserved or paid),
        amount_captured=captured,
        amount_refunded=refunded if captured is not None and listed else None,
        checkout_url=url,
        next_action=NextAction(type="redirect", url=url) if url else None,
        decline=decline(inside(thing, "response")) if status in _REFUSED and thing["status"] != "VOID" else None,
        refunds=tuple(each.provider_refund_id for each in listed),
        saved_method=saved_method(thing) if status in _MADE else None,
        created_at=moment(inside(thing, "transaction").get("created")),
        provider_data={"authorize": thing["source"]["id"]} if authorization_of(thing) else {},
    )


def payment_status(thing: Object) -> PaymentStatus:
    """Where a payment stands. A status that is not known says that something is going on, and nothing more."""
    status = PAYMENT_STATUSES.get(thing["status"], PaymentStatus.PROCESSING)
    if thing["status"] in _OPEN and _page(thing):
        return PaymentStatus.REQUIRES_ACTION
    return status


def authorization_of(charge: Object) -> str | None:
    """The authorization that a charge captures, if it does."""
    source = inside(charge, "source").get("id")
    return source if isinstance(source, str) and AUTHORIZATION.fullmatch(source) else None


def authorized_before(charge: Object) -> Money | None:
    """How much was reserved, of a charge that captures it: the charge itself only says how much is taken."""
    told = inside(charge, "metadata").get("wasl_authorized")
    if not isinstance(told, str) or authorization_of(charge) is None:
        return None
    return Money.of(told, charge["currency"].upper())


def refund(thing: Object) -> RefundResult:
    """A refund."""
    status = REFUND_STATUSES.get(thing["status"], RefundStatus.PENDING)
    failed = status is RefundStatus.FAILED
    code = inside(thing, "response").get("code")
    return RefundResult(
        provider_refund_id=_text(thing["id"]),
        provider_payment_id=thing.get("charge_id"),
        refund_id=our_id(thing, "wasl_refund_id") or _uuid(inside(thing, "reference").get("merchant")),
        payment_id=our_id(thing, "wasl_payment_id"),
        status=status,
        provider_status=thing["status"],
        money=money(thing),
        failure_reason=code if failed and isinstance(code, str) else None,
        created_at=moment(thing.get("created")),
    )


def saved_method(thing: Object) -> SavedMethod | None:
    """The card that Tap keeps, of a payment that asked for that; None where the account may not keep cards."""
    card, customer = inside(thing, "card"), inside(thing, "customer").get("id")
    if thing.get("save_card") is not True or not card.get("id") or not customer:
        return None
    further = {"customer": customer, "payment_agreement": inside(thing, "payment_agreement").get("id")}
    is_mada = card.get("scheme") == "MADA"
    return SavedMethod(
        token=_text(card["id"]),
        type=PaymentMethodType.MADA if is_mada else PaymentMethodType.CARD,
        brand=card.get("brand"),
        last_four=card.get("last_four"),
        expires=_expiry(card),
        provider_data={name: _text(value) for name, value in further.items() if value},
    )


def listed(page: Object) -> tuple[list[Object], bool]:
    """The objects of a page of a list, and whether more follow. The list is named after what it lists."""
    lists = [each for each in page.values() if isinstance(each, list)]
    if not lists and page.get("count") == 0:
        return [], False
    (items,) = lists
    if not all(isinstance(each, dict) and _text(each["id"]) for each in items):
        raise ValueError("not a list of objects")
    return items, page.get("has_more") is True and bool(items)


def token_id(token: Object) -> str:
    """The id of a token that was made."""
    return _text(token["id"])


# Small parts.


def inside(holder: Object, name: str) -> Object:
    """An object within another; an empty one where there is none."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def our_id(holder: Object, name: str) -> UUID | None:
    """Wasl's id from metadata; anything else there, such as a merchant's own text, is no id."""
    return _uuid(inside(holder, "metadata").get(name))


def moment(told: Any) -> datetime | None:
    """A time in milliseconds, as a number or a text; older answers have seconds."""
    if told is None or told == "":
        return None
    if isinstance(told, bool) or not _MILLISECONDS.fullmatch(str(told)):
        raise ValueError("not a time")
    number = int(told)
    return _EPOCH + (timedelta(milliseconds=number) if number >= _FIRST_MILLISECONDS else timedelta(seconds=number))


def milliseconds(time: datetime) -> int:
    """A time as Tap's lists take it."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def _is_charge(thing: Object) -> bool:
    return CHARGE.fullmatch(thing["id"]) is not None


def _authorized(thing: Object, status: PaymentStatus, reserved: Money) -> Decimal | None:
    """An authorization says it itself; a charge only if it captures one."""
    is_reserved = status is PaymentStatus.AUTHORIZED or (
        status is PaymentStatus.CAPTURED and (not _is_charge(thing) or authorized_before(thing) is not None)
    )
    return reserved.amount if is_reserved else None


def _with_refunds(status: PaymentStatus, captured: Decimal | None, refunded: Decimal) -> PaymentStatus:
    if captured is None or refunded <= 0:
        return status
    return PaymentStatus.REFUNDED if refunded >= captured else PaymentStatus.PARTIALLY_REFUNDED


def _page(thing: Object) -> str | None:
    url = inside(thing, "transaction").get("url")
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else None


def _expiry(card: Object) -> str | None:
    month, year = card.get("exp_month"), card.get("exp_year")
    if not isinstance(month, int) or not isinstance(year, int) or not 1 <= month <= 12:
        return None
    return f"{year if year >= 100 else 2000 + year:04}-{month:02}"


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value or "")
    except (ValueError, TypeError, AttributeError):
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("not an id")
    return value
