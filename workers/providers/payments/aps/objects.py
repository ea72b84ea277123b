"""Answers and webhooks of Amazon Payment Services as Wasl's results.

A payment is known there by the merchant's own reference, which is Wasl's payment id. `CHECK_STATUS` tells neither what
was asked for nor in which currency, so the id that Wasl keeps carries both: ``<reference>/<currency>/<minor units>``.
A refund has no id of its own, only the reference it was asked for with; its id is ``<reference>/<currency>/<minor
units of the refund>/<refund reference>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.aps.codes import KNOWN_STATUSES, UNCERTAIN, decline, payment_status
from workers.providers.payments.models import (
    NextAction,
    PaymentMethodType,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
    SavedMethod,
)

Fields = Mapping[str, Any]
LINK_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "OPEN": PaymentStatus.REQUIRES_ACTION,
    "PAID": PaymentStatus.PROCESSING,  # how it was paid only the payment itself tells
    "EXPIRED": PaymentStatus.EXPIRED,
    "CLOSED": PaymentStatus.CANCELLED,
}
_REFERENCE: Final = r"[A-Za-z0-9._-]{1,40}"
_PLACE: Final = re.compile(rf"({_REFERENCE})/([A-Z]{{3}})/([0-9]{{1,10}})")
_REFUND: Final = re.compile(rf"{_PLACE.pattern}/([A-Za-z0-9._-]{{1,200}})")
_OURS: Final = re.compile(r"([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-[0-9]{1,7})?")
_CODE: Final = re.compile(r"[0-9]{5}")
_URL: Final = re.compile(r"https?://[^\s]+")
_LAST_FOUR: Final = re.compile(r".*\*([0-9]{4})")
_EXPIRY: Final = re.compile(r"([0-9]{2})(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Place:
    """A reference at Amazon Payment Services, and the money that it is about."""

    reference: str
    money: Money

    @property
    def id(self) -> str:
        """As Wasl keeps it."""
        return f"{self.reference}/{self.money.currency}/{self.money.to_minor()}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that an id names; None when it is no such id."""
        found = _PLACE.fullmatch(text)
        return _place(found) if found else None


def read_refund_id(text: str) -> tuple[Place, str] | None:
    """The place and the refund reference that a refund's id names; the money is the refund's."""
    found = _REFUND.fullmatch(text)
    place = _place(found) if found else None
    return (place, found[4]) if found and place else None


def _place(found: re.Match[str]) -> Place | None:
    try:
        return Place(found[1], Money.from_minor(int(found[3]), found[2]))
    except ValueError:
        return None


def our_id(reference: object) -> UUID | None:
    """Wasl's id in a reference, if it is one of Wasl's: a payment's may end in ``-<seconds>``, see `connector`."""
    found = _OURS.fullmatch(str(reference or ""))
    return UUID(found[1]) if found else None


def response_code(fields: Fields) -> str:
    """The five digits of an answer; ValueError where there are none."""
    code = str(fields["response_code"])
    if not _CODE.fullmatch(code):
        raise ValueError("not a response code")
    return code


def transaction_place(fields: Fields) -> Place:
    """What a charge, or a link to one, is about."""
    reference = str(fields["merchant_reference"])
    if not re.fullmatch(_REFERENCE, reference):
        raise ValueError("not a reference")
    return Place(reference, Money.from_minor(_units(fields["amount"]), str(fields["currency"])))


def _units(value: object) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,12}", str(value)):
        raise ValueError("not an amount")
    return int(str(value))


def _amount(fields: Fields, name: str, currency: str) -> Decimal | None:
    """One of a query's totals; None when it does not tell."""
    value = fields.get(name)
    return None if value in (None, "") else Money.from_minor(_units(value), currency).amount


# Payments.


def payment_from_link(fields: Fields) -> PaymentResult:
    """A new payment link, which the payer is sent to."""
    place, url = transaction_place(fields), _url(fields["payment_link"])
    if url is None:
        raise ValueError("no page")
    return PaymentResult(
        provider_payment_id=place.id,
        provider_session_id=_text(fields.get("payment_link_id")),
        payment_id=our_id(place.reference),
        status=PaymentStatus.REQUIRES_ACTION,
        provider_status=response_code(fields),
        money=place.money,
        checkout_url=url,
        next_action=NextAction(type="redirect", url=url),
    )


def payment_from_transaction(fields: Fields) -> PaymentResult:
    """The answer to a charge, or the webhook that tells of one."""
    place, code = transaction_place(fields), response_code(fields)
    status, money = payment_status(code), place.money
    three_d_secure = _url(fields.get("3ds_url")) if status is PaymentStatus.REQUIRES_ACTION else None
    return PaymentResult(
        provider_payment_id=place.id,
        provider_session_id=_text(fields.get("payment_link_id")),
        payment_id=our_id(place.reference),
        status=status,
        provider_status=code,
        money=money,
        amount_authorized=money.amount if status in (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED) else None,
        amount_captured=money.amount if status is PaymentStatus.CAPTURED else None,
        next_action=NextAction(type="redirect", url=three_d_secure) if three_d_secure else None,
        decline=decline(code, *_words(fields, "response_message")) if status is PaymentStatus.FAILED else None,
        saved_method=_saved_method(fields) if fields.get("remember_me") == "YES" else None,
        provider_data=_provider_data(fields),
    )


def payment_from_status(fields: Fields, place: Place) -> PaymentResult:
    """The answer to `CHECK_STATUS`: how the last operation went, and the totals, which say more.

    :param place: what the question was about.
    """
    currency, code = place.money.currency, _transaction_code(fields)
    if fields.get("currency", currency) != currency:
        raise ValueError("another currency")
    authorized = _amount(fields, "authorized_amount", currency)
    captured = _amount(fields, "captured_amount", currency)
    refunded = _amount(fields, "refunded_amount", currency)
    status = _status_by_totals(code, place.money.amount, authorized, captured, refunded)
    return PaymentResult(
        provider_payment_id=place.id,
        payment_id=our_id(place.reference),
        status=status,
        provider_status=code,
        money=place.money,
        amount_authorized=authorized or None,
        amount_captured=captured or None,
        amount_refunded=refunded,
        decline=decline(code, *_words(fields, "transaction_message")) if status is PaymentStatus.FAILED else None,
        provider_data=_provider_data(fields),
    )


def _transaction_code(fields: Fields) -> str:
    code = fields.get("transaction_code")
    code = code if code not in (None, "") else f"{fields['transaction_status']}000"
    if not _CODE.fullmatch(str(code)):
        raise ValueError("not a transaction code")
    return str(code)


def _status_by_totals(
    code: str, whole: Decimal, authorized: Decimal | None, captured: Decimal | None, refunded: Decimal | None
) -> PaymentStatus:
    told = payment_status(code)
    if code[:2] not in KNOWN_STATUSES:
        return told
    if not captured and told not in (PaymentStatus.CAPTURED, PaymentStatus.REFUNDED):
        return told
    taken = captured or whole  # a purchase is whole, should its total be left out
    if refunded:
        return PaymentStatus.REFUNDED if refunded >= taken else PaymentStatus.PARTIALLY_REFUNDED
    if not captured:
        return told
    rest_is_reserved = authorized is not None and captured < authorized and code[:2] != "08"
    return PaymentStatus.PARTIALLY_CAPTURED if rest_is_reserved else PaymentStatus.CAPTURED


def taken_amount(payment: PaymentResult) -> Decimal:
    """How much was taken; a total that is left out is the whole of a purchase."""
    if payment.amount_captured is not None:
        return payment.amount_captured
    taken = (PaymentStatus.CAPTURED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)
    return payment.money.amount if payment.status in taken else Decimal(0)


def payment_from_link_status(fields: Fields, place: Place) -> PaymentResult:
    """The answer to `CHECK_PAYMENT_LINK_STATUS`, for a link that nobody has paid."""
    told = fields["payment_link_status"]
    if not isinstance(told, str):
        raise ValueError("not a status")
    return PaymentResult(
        provider_payment_id=place.id,
        provider_session_id=_text(fields.get("payment_link_id")),
        payment_id=our_id(place.reference),
        status=LINK_STATUSES.get(told.upper(), PaymentStatus.PROCESSING),
        provider_status=told,
        money=place.money,
    )


# Refunds.


def refund_from_transaction(fields: Fields) -> RefundResult:
    """The answer to a refund, or the webhook that tells of one; one made in the dashboard has no
    reference of its own, but only the payment's id there."""
    place, code = transaction_place(fields), response_code(fields)
    asked_as = _text(fields.get("maintenance_reference"))
    status = refund_status(code)
    return RefundResult(
        provider_refund_id=f"{place.id}/{asked_as or fields['fort_id']}",
        refund_id=our_id(asked_as),
        payment_id=our_id(place.reference),
        status=status,
        provider_status=code,
        money=place.money,
        failure_reason=code if status is RefundStatus.FAILED else None,
    )


def refund_status(code: str) -> RefundStatus:
    """Where a refund stands after an operation with this response code."""
    if code[:2] == "06":
        return RefundStatus.SUCCEEDED
    failed = code[:2] == "07" and code[2:] not in UNCERTAIN
    return RefundStatus.FAILED if failed else RefundStatus.PENDING


# Parts.


def _saved_method(fields: Fields) -> SavedMethod | None:
    token = _text(fields.get("token_name"))
    if token is None:
        return None
    brand = _text(fields.get("payment_option"))
    digits = _LAST_FOUR.fullmatch(str(fields.get("card_number") or ""))
    expiry = _EXPIRY.fullmatch(str(fields.get("expiry_date") or ""))
    agreement = _text(fields.get("agreement_id"))
    return SavedMethod(
        token=token,
        type=PaymentMethodType.MADA if brand == "MADA" else PaymentMethodType.CARD,
        brand=brand,
        last_four=digits[1] if digits else None,
        expires=f"20{expiry[1]}-{expiry[2]}" if expiry else None,
        provider_data={"agreement_id": agreement} if agreement else {},
    )


def _words(fields: Fields, message: str) -> tuple[str | None, str | None]:
    return _text(fields.get(message)), _text(fields.get("acquirer_response_code"))


def _provider_data(fields: Fields) -> dict[str, str]:
    fort_id = _text(fields.get("fort_id"))
    return {"fort_id": fort_id} if fort_id else {}


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _url(value: object) -> str | None:
    return value if isinstance(value, str) and _URL.fullmatch(value) else None
