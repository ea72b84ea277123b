"""Payers' methods as PayTabs names them (``payment_methods``), and what each can do.

From PayTabs' own PHP SDK (``src/PaymentMethod/Methods``) and WooCommerce plugin (``PaytabsApi::PAYMENT_TYPES``): codes,
currencies, and whether a method can be reserved and captured later, or kept as a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workers.providers.payments.models import CaptureMethod, PaymentMethodType, PaymentRequest


@dataclass(frozen=True, slots=True)
class Method:
    """One of our methods.

    :param codes: PayTabs' codes by currency; under an empty currency those for every currency.
    """

    codes: Mapping[str, tuple[str, ...]]
    reserves: bool = False
    keeps: bool = False

    def codes_for(self, currency: str) -> tuple[str, ...]:
        """PayTabs' codes of it in a currency; empty where it does not exist there."""
        return self.codes.get(currency) or self.codes.get("", ())


def _in(currencies: str, *codes: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(currencies.split(), codes)


METHODS: Final[Mapping[PaymentMethodType, Method]] = {
    PaymentMethodType.CARD: Method({"": ("creditcard",)}, reserves=True, keeps=True),
    PaymentMethodType.APPLE_PAY: Method({"": ("applepay",)}, reserves=True, keeps=True),
    PaymentMethodType.SAMSUNG_PAY: Method(_in("AED SAR", "samsungpay"), keeps=True),
    PaymentMethodType.PAYPAL: Method(_in("AED EGP USD EUR GBP", "paypal")),
    PaymentMethodType.PAY_LATER: Method(
        {
            **_in("AED SAR", "tabby", "tamara"),
            **_in("EGP", "valu", "souhoola", "forsa", "halan", "tru", "amaninstallments"),
        }
    ),
    PaymentMethodType.MADA: Method(_in("SAR", "mada"), reserves=True, keeps=True),
    PaymentMethodType.STC_PAY: Method(_in("SAR", "stcpay")),
    PaymentMethodType.KNET: Method(_in("KWD USD", "knet")),
    PaymentMethodType.OMANNET: Method(_in("OMR", "omannet"), keeps=True),
    PaymentMethodType.FAWRY: Method(_in("EGP", "fawry")),
}


def fault_of_method(request: PaymentRequest) -> tuple[str, str] | None:
    """What the chosen method cannot do of what is asked."""
    if request.method is None or (method := METHODS.get(request.method)) is None:
        return None
    name = request.method.value
    if not method.codes_for(request.money.currency):
        return "method", f"PayTabs does not offer {name} in {request.money.currency}"
    if request.capture_method is CaptureMethod.MANUAL and not method.reserves:
        return "capture_method", f"{name} cannot be reserved first at PayTabs"
    if request.save_payment_method and not method.keeps:
        return "save_payment_method", f"PayTabs keeps no token of {name}"
    return None
