"""What a suite that runs over every gateway has to know of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from workers.providers.payments.models import PaymentResult

State = dict[str, Any]
"""What the sandbox's ``GET /_state?provider=…&payment_id=…`` shows of one payment."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A falsehood in an answer. :param call: the request whose answer has it. :param change: laid over its JSON."""

    call: str
    change: Mapping[str, Any]


class Rest(StrEnum):
    """What becomes of reserved money of which a part is captured."""

    RELEASED = "released"
    """The capture lets it go."""
    CANCELLABLE = "cancellable"
    """It stays reserved, until it is captured or cancelled."""
    CAPTURABLE = "capturable"
    """It stays reserved, and can be captured, but not cancelled on its own."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway and its twin in the sandbox.

    Calls are written as method and path pattern below ``/{key}``, such as ``POST /v1/payments/*/refunds``.

    :param account: credentials of a new account of the twin.
    :param pay: what the payer does on the page of a payment (``checkout_url``) so that it succeeds; given a client,
        the twin's URL (with the key, without a slash at the end), the account's credentials and the payment.
    :param charges: how often the payer's money has been reserved or taken for one payment of ours.
    :param refunds: how many refunds of it there are that succeeded or may.
    :param create_call: the request that makes a payment.
    :param refund_call: the request that makes a refund.
    :param payment: fields of a `PaymentRequest` that it insists on, beyond what every payment has.
    :param first_token: the token of a payment method to pay with, where a page keeps none for later.
    :param rest: what becomes of the rest when a part of a reservation is captured.
    :param unknown_status: an answer with a status that nobody knows; likewise ``unknown_currency``.
    """

    key: str
    currency: str
    account: Callable[[], dict[str, str]]
    pay: Callable[[httpx.AsyncClient, str, Mapping[str, str], PaymentResult], Awaitable[None]]
    charges: Callable[[State], int]
    refunds: Callable[[State], int]
    create_call: str
    refund_call: str
    unknown_status: Patch
    unknown_currency: Patch
    settings: Mapping[str, Any] = field(default_factory=dict)
    payment: Mapping[str, Any] = field(default_factory=dict)
    first_token: str | None = None
    rest: Rest = Rest.RELEASED
