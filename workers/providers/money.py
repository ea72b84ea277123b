"""Money: a decimal amount and an ISO 4217 currency, and its conversion to minor units inside connectors.

At every surface of Wasl an amount is a decimal string (``"99.00"``); a float is refused, because it has already lost
what it stood for.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

# Active ISO 4217 codes by number of decimals (list one, without funds codes and metals).
_ZERO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

CURRENCY_DECIMALS: Final[dict[str, int]] = {
    code: decimals
    for decimals, codes in ((0, _ZERO_DECIMALS), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS))
    for code in codes.split()
}

MAX_AMOUNT: Final = Decimal(10) ** 15
_PLAIN_DECIMAL: Final = re.compile(r"-?[0-9]{1,32}(\.[0-9]{1,32})?")


def _known_currency(code: str) -> str:
    if code not in CURRENCY_DECIMALS:
        raise ValueError("is not an ISO 4217 currency code in capital letters, such as AED")
    return code


def _exact_decimal(value: Any) -> Any:
    if isinstance(value, bool | float):
        raise ValueError('must be a decimal string such as "99.00", not a floating-point number')
    return value


def _plain(value: Decimal) -> str:
    return format(value, "f")


Currency = Annotated[str, AfterValidator(_known_currency)]
"""An ISO 4217 alphabetic code."""

Amount = Annotated[Decimal, BeforeValidator(_exact_decimal), PlainSerializer(_plain, return_type=str, when_used="json")]
"""An exact decimal number, written as a plain string in JSON."""


class Money(BaseModel):
    """An amount of at least zero in one currency, with exactly the currency's decimals (KWD three, AED two, JPY none).

    :raises pydantic.ValidationError: unknown currency; a float, negative, infinite or over-precise amount.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    currency: Currency
    amount: Amount

    @field_validator("amount", mode="before")
    @classmethod
    def _fit(cls, value: Any, info: ValidationInfo) -> Any:
        """Bring the amount to the currency's decimals where that loses nothing."""
        currency = info.data.get("currency")
        if currency is None or isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            return value
        return _fitted(value, currency)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """``Money.of("99.00", "AED")``."""
        return cls.model_validate({"amount": amount, "currency": currency})

    @classmethod
    def from_minor(cls, minor_units: int, currency: str, decimals: int | None = None) -> Money:
        """Money from an integer of minor units.

        :param decimals: digits after the point in the provider's convention, where it differs from ISO 4217.
        """
        code = currency.upper()
        shift = CURRENCY_DECIMALS.get(code, 2) if decimals is None else decimals
        return cls.of(Decimal(minor_units).scaleb(-shift), code)

    def to_minor(self, decimals: int | None = None) -> int:
        """The amount as an integer of minor units: AED 99.00 is 9900, KWD 1.500 is 1500, JPY 500 is 500.

        :param decimals: digits after the point in the provider's convention, where it differs from ISO 4217.
        """
        shift = self.decimals if decimals is None else decimals
        scaled = self.amount.scaleb(shift)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{self} has more than {shift} decimals")
        return int(scaled)

    @cached_property
    def decimals(self) -> int:
        """Digits after the decimal point in this currency."""
        return CURRENCY_DECIMALS[self.currency]

    def __str__(self) -> str:
        return f"{self.currency} {_plain(self.amount)}"


def _fitted(amount: str | int | Decimal, currency: str) -> Decimal:
    if isinstance(amount, str) and not _PLAIN_DECIMAL.fullmatch(amount):
        raise ValueError('is not a plain decimal number such as "99.00"')
    exact = Decimal(amount)
    if not exact.is_finite():
        raise ValueError("is not a finite number")
    if exact.is_signed() and exact != 0:
        raise ValueError("is negative")
    if exact >= MAX_AMOUNT:
        raise ValueError("is too large")
    decimals = CURRENCY_DECIMALS[currency]
    # The default context rounds to 28 digits; under MAX_AMOUNT a fitted amount needs 18 at most.
    fitted = abs(exact).quantize(Decimal(1).scaleb(-decimals))
    if fitted != exact:
        raise ValueError(f"has more than the {decimals} decimals of {currency}")
    return fitted
