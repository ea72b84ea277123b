"""FedEx's own codes of currencies: it calls the dirham DHS and the pound UKL, and knows not every currency.

The table "Currency Codes" of FedEx's API reference guide. The ISO codes of the renamed ones "can only be used as a
preferred currency in rate requests"; values of goods and what FedEx charges come in its own codes. Both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from workers.providers.money import CURRENCY_DECIMALS, Money

_RENAMED: Final[Mapping[str, str]] = {
    "AED": "DHS",
    "ARS": "ARN",
    "CHF": "SFR",
    "CLP": "CHP",
    "DOP": "RDD",
    "GBP": "UKL",
    "JMD": "JAD",
    "JPY": "JYE",
    "KRW": "WON",
    "KWD": "KUD",
    "KYD": "CID",
    "MXN": "NMP",
    "SGD": "SID",
    "TWD": "NTD",
    "XCD": "ECD",
}
_SAME: Final = (
    "ANG AUD AWG BBD BHD BMD BND BRL BSD CAD CNY COP CRC CZK DKK EGP EUR GTQ HKD HUF IDR ILS INR KES KZT LYD MOP MUR "
    "MYR MZN NOK NZD PAB PHP PKR PLN RON RUB SAR SBD SEK THB TOP TRY TTD UGX USD UYU VND WST ZAR"
)
_ALIKE: Final = frozenset(_SAME.split())
_ISO: Final = {theirs: iso for iso, theirs in _RENAMED.items()}


def knows(currency: str) -> bool:
    """Whether FedEx has a currency at all: it has neither OMR nor QAR."""
    return currency in _RENAMED or currency in _ALIKE


def money_object(money: Money) -> dict[str, Any]:
    """An amount as FedEx takes it: ``{"amount": 240.0, "currency": "DHS"}``.

    :raises ValueError: FedEx has no such currency.
    """
    if not knows(money.currency):
        raise ValueError(f"is in {money.currency}, a currency that FedEx does not have")
    return {"amount": float(money.amount), "currency": _RENAMED.get(money.currency, money.currency)}


def money_of(amount: Any, currency: str) -> Money:
    """An amount of FedEx's; its JSON numbers are rounded to the currency's decimals.

    :raises ValueError, ArithmeticError, pydantic.ValidationError: not an amount, or an unknown currency.
    """
    code = _ISO.get(currency, currency)
    if isinstance(amount, bool) or not isinstance(amount, int | float | str):
        raise ValueError("is not an amount")
    exact = Decimal(str(amount)).quantize(Decimal(1).scaleb(-CURRENCY_DECIMALS[code]), ROUND_HALF_UP)
    return Money.of(exact, code)
