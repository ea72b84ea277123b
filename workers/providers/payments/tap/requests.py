"""The bodies that Tap's calls take, and what it would refuse in them.

Facts from https://developers.tap.company : reference/create-a-charge, reference/create-an-authorize,
reference/create-a-refund, reference/charges (sources), reference/charge-response-codes (limits and what is required),
docs/authorize-and-capture, docs/saved-cards, docs/merchant-initiated-transaction and a page for each local method.
OmanNet is ``src_omannet`` on its own page and on that of charges, ``src_om.omannet`` only on the older docs/redirect.

Wasl's payment id travels as ``reference.transaction`` and in the metadata, the merchant's reference as
``reference.order``, the idempotency key as ``reference.idempotent``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from workers.providers.money import Money
from workers.providers.payments.models import (
    CaptureMethod,
    CaptureRequest,
    Customer,
    PaymentMethodType,
    PaymentMode,
    PaymentRequest,
    RefundReason,
    RefundRequest,
)
from workers.providers.payments.tap.manifest import TapCredentials, TapSettings
from workers.providers.payments.tap.objects import Object, inside, money

ANY_SOURCE: Final = "src_all"
SOURCES: Final[Mapping[PaymentMethodType, str]] = {
    PaymentMethodType.CARD: "src_card",
    PaymentMethodType.APPLE_PAY: "src_apple_pay",
    PaymentMethodType.GOOGLE_PAY: "src_google_pay",
    PaymentMethodType.MADA: "src_sa.mada",
    PaymentMethodType.KNET: "src_kw.knet",
    PaymentMethodType.BENEFIT: "src_bh.benefit",
    PaymentMethodType.OMANNET: "src_omannet",
    PaymentMethodType.NAPS: "src_qa.qpay",
    PaymentMethodType.FAWRY: "src_eg.fawry",
    PaymentMethodType.PAY_LATER: "src_tabby.installement",
}
"""What the payer pays with on a page of Tap's. Samsung Pay comes only as a token. STC Pay has no page at all: the
merchant would have to ask the payer for a code and pass it on."""
ONLY_CURRENCY: Final[Mapping[PaymentMethodType, str]] = {
    PaymentMethodType.MADA: "SAR",
    PaymentMethodType.KNET: "KWD",
    PaymentMethodType.BENEFIT: "BHD",
    PaymentMethodType.OMANNET: "OMR",
    PaymentMethodType.NAPS: "QAR",
    PaymentMethodType.FAWRY: "EGP",
}
# "Authorize works only with credit cards", and KNET's page says that it does too.
_RESERVES: Final = frozenset({None, PaymentMethodType.CARD, PaymentMethodType.KNET})
TOKEN: Final = re.compile(r"tok_[A-Za-z0-9_]{1,250}")
CARD: Final = re.compile(r"card_[A-Za-z0-9_]{1,250}")
_CUSTOMER: Final = re.compile(r"cus_[A-Za-z0-9_]{1,250}")
_AGREEMENT: Final = re.compile(r"payment_agreement_[A-Za-z0-9_]{1,230}")
_REFERENCE_CHARS: Final = 99
_NAME_CHARS: Final = 149
_REASON: Final = RefundReason.REQUESTED_BY_CUSTOMER
# Country calling codes (ITU-T E.164): one digit, these of two, and three otherwise.
_CALLING_CODE: Final = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}")


def fault(request: PaymentRequest, settings: TapSettings) -> tuple[str, str] | None:
    """The input field at fault and what is wrong with it; None when the request can be sent."""
    return (
        _fault_of_customer(request)
        or (_fault_of_direct(request, settings) if request.mode is PaymentMode.DIRECT else _fault_of_page(request))
        or _fault_of_saving(request, settings)
    )


def _fault_of_customer(request: PaymentRequest) -> tuple[str, str] | None:
    known = request.payment_method_data.get("customer")
    if known is not None:
        return None if _CUSTOMER.fullmatch(known) else ("payment_method_data", "has no customer's id (cus_…)")
    if not (request.customer.name or "").strip():
        return "customer.name", "Tap asks for the payer's name"
    if request.customer.email is None and request.customer.phone is None:
        return "customer.email", "Tap asks for the payer's email address or phone number"
    return None


def _fault_of_direct(request: PaymentRequest, settings: TapSettings) -> tuple[str, str] | None:
    token = request.payment_method
    if token is None:
        return "payment_method", "is needed for a direct payment: a token (tok_…) or a saved card (card_…)"
    if not TOKEN.fullmatch(token) and not CARD.fullmatch(token):
        return "payment_method", "is neither a token (tok_…) nor a saved card (card_…)"
    if CARD.fullmatch(token) and "customer" not in request.payment_method_data:
        return "payment_method_data", "lacks the customer whose card it is"
    if not request.confirm:
        return "confirm", "Tap tries to take a direct payment at once"
    if request.return_url is None and settings.three_d_secure and agreement(request) is None:
        return "return_url", "is needed: the payer's bank may want to see them, and they have to come back"
    return None


def _fault_of_page(request: PaymentRequest) -> tuple[str, str] | None:
    method = request.method
    if method is not None and method not in SOURCES:
        return "method", f"Tap takes {method.value} only as a token"
    only = ONLY_CURRENCY.get(method) if method is not None else None
    if method is not None and only not in (None, request.money.currency):
        return "money.currency", f"{method.value} takes only {only}"
    if method is PaymentMethodType.PAY_LATER and request.customer.phone is None:
        return "customer.phone", "Tabby, which Tap offers for this, asks for it"
    if request.capture_method is CaptureMethod.MANUAL and method not in _RESERVES:
        return "capture_method", f"an amount cannot be reserved by {method.value if method else 'this method'}"
    return None


def _fault_of_saving(request: PaymentRequest, settings: TapSettings) -> tuple[str, str] | None:
    if not request.save_payment_method:
        return None
    if request.customer.phone is None and "customer" not in request.payment_method_data:
        return "customer.phone", "Tap asks for it to keep a card"
    if not settings.three_d_secure:
        return (
            "save_payment_method",
            "Tap keeps a card only after 3-D Secure, which this connection does without",
        )
    return None


def agreement(request: PaymentRequest) -> str | None:
    """The payer's standing agreement, by which a saved card is charged without them; None when they are present.

    A payer who cannot be sent back anywhere is not there.
    """
    told = request.payment_method_data.get("payment_agreement")
    is_away = request.mode is PaymentMode.DIRECT and request.return_url is None
    return told if is_away and told is not None and _AGREEMENT.fullmatch(told) else None


def payment_body(
    request: PaymentRequest, token: str | None, settings: TapSettings, credentials: TapCredentials
) -> dict[str, Any]:
    """A charge, or an authorization where the money is only to be reserved.

    :param token: what to pay with, for a direct payment.
    """
    agreed = agreement(request)
    body = {
        **_amount(request.money),
        "customer_initiated": agreed is None,
        "threeDSecure": settings.three_d_secure and agreed is None,
        "save_card": request.save_payment_method,
        "payment_agreement": _ref(agreed),
        "description": request.description,
        "statement_descriptor": request.statement_descriptor,
        "metadata": {**request.metadata, "wasl_payment_id": str(request.payment_id)},
        "reference": {
            "transaction": str(request.payment_id),
            "order": request.reference[:_REFERENCE_CHARS],
            "idempotent": request.idempotency_key,
        },
        "customer": _ref(request.payment_method_data.get("customer")) or _customer(request.customer),
        "source": {"id": token or (SOURCES[request.method] if request.method else ANY_SOURCE)},
        "redirect": _link(request.return_url),
        **_connection(settings, credentials),
    }
    if request.capture_method is CaptureMethod.MANUAL:
        at_end = "CAPTURE" if settings.capture_at_end else "VOID"
        body["auto"] = {"type": at_end, "time": settings.authorization_hours}
    elif settings.page_minutes is not None and request.mode is PaymentMode.CHECKOUT:
        body["transaction"] = {"expiry": {"period": settings.page_minutes, "type": "MINUTE"}}
    return _told(**body)


def capture_body(
    request: CaptureRequest, authorization: Object, settings: TapSettings, credentials: TapCredentials
) -> dict[str, Any]:
    """A charge that takes what is reserved. Tap wants it to be called the payer's, and with 3-D Secure."""
    reserved = money(authorization)
    back = inside(authorization, "redirect").get("url")
    return _told(
        **_amount(request.money or reserved),
        customer_initiated=True,
        threeDSecure=True,
        metadata={"wasl_payment_id": str(request.payment_id), "wasl_authorized": format(reserved.amount, "f")},
        reference={"transaction": str(request.payment_id), "idempotent": request.idempotency_key},
        customer={"id": authorization["customer"]["id"]},
        source={"id": authorization["id"]},
        redirect=_link(back) if isinstance(back, str) else None,
        **_connection(settings, credentials),
    )


def refund_body(request: RefundRequest, charge_id: str, amount: Money, credentials: TapCredentials) -> dict[str, Any]:
    """A refund. Tap insists on a reason."""
    metadata = {"wasl_payment_id": str(request.payment_id), "wasl_refund_id": str(request.refund_id)}
    return _told(
        charge_id=charge_id,
        **_amount(amount),
        reason=(request.reason or _REASON).value,
        description=request.note,
        metadata=metadata,
        reference={"merchant": str(request.refund_id), "idempotent": request.idempotency_key},
        post=_link(_webhook(credentials)),
    )


def _amount(amount: Money) -> dict[str, Any]:
    """A number in JSON with exactly the currency's decimals; no float on the way."""
    return {"amount": orjson.Fragment(format(amount.amount, "f")), "currency": amount.currency}


def _connection(settings: TapSettings, credentials: TapCredentials) -> dict[str, Any]:
    return {"merchant": _ref(settings.merchant_id), "post": _link(_webhook(credentials))}


def _webhook(credentials: TapCredentials) -> str | None:
    return credentials.webhook_url.get_secret_value() if credentials.webhook_url else None


def _customer(customer: Customer) -> dict[str, Any]:
    first, _, last = (customer.name or "").strip().partition(" ")
    return _told(
        first_name=first[:_NAME_CHARS],
        last_name=last.strip()[:_NAME_CHARS] or None,
        email=customer.email,
        phone=_phone(customer.phone),
    )


def _phone(number: str | None) -> dict[str, str] | None:
    """An E.164 number in Tap's two parts."""
    digits = (number or "").removeprefix("+")
    code = _CALLING_CODE.match(digits)
    return {"country_code": code[0], "number": digits[code.end() :]} if code else None


def _ref(identity: str | None) -> dict[str, str] | None:
    return {"id": identity} if identity else None


def _link(url: str | None) -> dict[str, str] | None:
    return {"url": url} if url else None


def _told(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
