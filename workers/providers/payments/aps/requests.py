"""Requests as Amazon Payment Services wants them, before they are signed; and what it would refuse.

Parameters, their lengths and special characters: the copy of the former official documentation (invoicingparameters.md
for payment links; merchantpage-, recurring-, maintenance- and tokenizationparameters.md) and the official PHP SDK's
models. Amounts are strings of minor units, at most ten digits.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.aps.manifest import MANIFEST, APSSettings
from workers.providers.payments.models import CaptureMethod, PaymentMethodType, PaymentMode, PaymentRequest
from workers.providers.payments.suitability import unsuitable

Body = dict[str, Any]
MAX_AMOUNT_DIGITS: Final = 10
_EMAIL: Final = re.compile(r"[A-Za-z0-9_.@+-]{1,254}")
_RETURN_URL: Final = re.compile(r"[A-Za-z0-9$!=?#&_/:.-]{1,400}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
_IP: Final = re.compile(r"[0-9A-Fa-f.:]{2,45}")
_AGREEMENT: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SETTLEMENT_REFERENCE: Final = re.compile(r"[A-Za-z0-9._-]{1,34}")
_PAYMENT_OPTIONS: Final = {
    PaymentMethodType.MADA: "MADA",
    PaymentMethodType.KNET: "KNET",
    PaymentMethodType.NAPS: "NAPS",
}
"""A card is no option there, only each of its brands: for it the choice stays with the payer."""


def fault(request: PaymentRequest) -> tuple[str, str] | None:
    """The field at fault and what is wrong with it; None when the payment can be asked for."""
    if wrong := unsuitable(request, MANIFEST, saves_methods=True):
        return wrong
    if request.money.to_minor() >= 10**MAX_AMOUNT_DIGITS:
        return "money.amount", f"has more than {MAX_AMOUNT_DIGITS} digits of minor units"
    if not _EMAIL.fullmatch(request.customer.email or ""):
        return "customer.email", "is needed, of letters, digits and _ . - + @ only"
    if request.return_url is not None and not _RETURN_URL.fullmatch(request.return_url):
        return "return_url", "may have at most 400 characters: letters, digits and $ ! = ? # & _ / : . -"
    if request.capture_method is CaptureMethod.MANUAL and request.method in _PAYMENT_OPTIONS:
        return "capture_method", f"{request.method} takes the money at once"
    return _link_fault(request) if request.mode is PaymentMode.CHECKOUT else _direct_fault(request)


def _link_fault(request: PaymentRequest) -> tuple[str, str] | None:
    if request.save_payment_method:
        return "save_payment_method", "a payment link keeps no payment method; use a direct payment with a token"
    return None


def _direct_fault(request: PaymentRequest) -> tuple[str, str] | None:
    if not _TOKEN.fullmatch(request.payment_method or ""):
        return "payment_method", "is needed: the token_name of a card, as tokenization in the browser gave it"
    if not request.confirm:
        return "confirm", "a direct payment is tried at once"
    if request.method not in (None, PaymentMethodType.CARD, PaymentMethodType.MADA):
        return "method", "a token is of a card"
    if request.return_url is None and request.capture_method is CaptureMethod.MANUAL:
        return "capture_method", "without a return_url it is a recurring payment, which takes the money at once"
    data = request.payment_method_data
    for name, pattern in (("customer_ip", _IP), ("agreement_id", _AGREEMENT)):
        if name in data and not pattern.fullmatch(data[name]):
            return f"payment_method_data.{name}", "is not one"
    return None


def reference(payment_id: UUID, seconds_since: int | None = None) -> str:
    """The merchant's reference of a payment, at most 40 characters.

    :param seconds_since: for a link that takes the place of a lost one, how long ago that was first asked for.
    """
    return str(payment_id) if seconds_since is None else f"{payment_id.hex}-{min(seconds_since, 9_999_999)}"


def link_body(request: PaymentRequest, settings: APSSettings, merchant_reference: str, now: datetime) -> Body:
    """A payment link: nobody is told of it but us."""
    expires = (now + timedelta(hours=settings.link_hours)).isoformat(timespec="seconds")
    return _known(
        {
            "service_command": "PAYMENT_LINK",
            "link_command": _command(request),
            **_charge(request, settings, merchant_reference),
            "customer_phone": request.customer.phone.replace("+", "00") if request.customer.phone else None,
            "request_expiry_date": expires,
            "notification_type": "NONE",
            "return_url": request.return_url,
        }
    )


def direct_body(request: PaymentRequest, settings: APSSettings, merchant_reference: str) -> Body:
    """A charge by token: with a return URL the payer is there, and may be sent to 3-D Secure; without, not."""
    present = request.return_url is not None
    return _known(
        {
            "command": _command(request),
            **_charge(request, settings, merchant_reference),
            "eci": "ECOMMERCE" if present else "RECURRING",
            "token_name": request.payment_method,
            "customer_ip": request.payment_method_data.get("customer_ip"),
            "agreement_id": request.payment_method_data.get("agreement_id"),
            "phone_number": request.customer.phone,
            "remember_me": "YES" if request.save_payment_method else None,
            "settlement_reference": request.reference if _SETTLEMENT_REFERENCE.fullmatch(request.reference) else None,
            "return_url": request.return_url,
        }
    )


def _command(request: PaymentRequest) -> str:
    return "PURCHASE" if request.capture_method is CaptureMethod.AUTOMATIC else "AUTHORIZATION"


def _charge(request: PaymentRequest, settings: APSSettings, merchant_reference: str) -> Body:
    """What a link and a direct charge have in common."""
    words = f"{request.reference}: {request.description}" if request.description else request.reference
    return {
        "merchant_reference": merchant_reference,
        **amount_of(request.money),
        "language": request.locale or settings.language.value,
        "customer_email": request.customer.email,
        "customer_name": clean(request.customer.name, r"_\/.'-", 40),
        "order_description": description(words),
        "payment_option": _PAYMENT_OPTIONS.get(request.method) if request.method else None,
    }


def amount_of(money: Money) -> dict[str, str]:
    """An amount as every request has it."""
    return {"amount": str(money.to_minor()), "currency": money.currency}


def description(words: str | None) -> str | None:
    """A text for ``order_description``."""
    return clean(words, "'/._-#:$", 150)


def clean(text: str | None, also: str, limit: int) -> str | None:
    """A text of letters, digits, spaces and some other characters only; None where nothing is left of it."""
    kept = "".join(each if each.isalnum() or each in also else " " for each in text or "")
    return " ".join(kept.split())[:limit].strip() or None


def _known(fields: Body) -> Body:
    return {name: value for name, value in fields.items() if value is not None}
