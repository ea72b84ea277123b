"""Every gateway against its twin, the same way: paid once, given back in part once, and falsehoods not believed."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout, a_refund
from tests.support.gateways import every_gateway
from tests.support.gateways.base import Gateway, Patch, State
from workers.providers.capabilities import CompletesPayments
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.payments.models import (
    CompleteRequest,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
)
from workers.providers.registry import CONNECTORS, open_connector

LOOKS = 5
"""How often something that settles by itself is looked at."""
GATEWAYS = every_gateway()


@dataclass
class Shop:
    """A new account of a gateway, and the connector to it."""

    gateway: Gateway
    url: str
    http: httpx.AsyncClient
    credentials: dict[str, str]
    connector: Any

    def payment(self, amount: str = "100") -> PaymentRequest:
        """A payment on the gateway's page."""
        return a_checkout(money=Money.of(amount, self.gateway.currency), **self.gateway.payment)

    async def paid(self, request: PaymentRequest) -> PaymentResult:
        """What the payment has come to after the payer paid on the page, and the hub did its part."""
        opened = await self.connector.create_payment(request)
        assert opened.checkout_url, "a hosted payment has a page"
        await self.gateway.pay(self.http, f"{self.url}/{self.gateway.key}", self.credentials, opened)
        return await self.captured(opened.provider_payment_id, request)

    async def captured(self, provider_payment_id: str, request: PaymentRequest) -> PaymentResult:
        """The payment once it is captured, or as it is after a few looks."""
        for _ in range(LOOKS):
            payment: PaymentResult = await self.connector.get_payment(provider_payment_id)
            if isinstance(self.connector, CompletesPayments) and _asks_for_completion(payment):
                payment = await self.connector.complete_payment(_completion(payment, request))
            if payment.status is PaymentStatus.CAPTURED:
                break
            await asyncio.sleep(0.02)
        return payment

    async def settled(self, refund: RefundResult) -> RefundResult:
        """The refund once it has ended, or as it is after a few looks."""
        for _ in range(LOOKS):
            if refund.status is not RefundStatus.PENDING:
                break
            await asyncio.sleep(0.02)
            refund = await self.connector.get_refund(refund.provider_refund_id)
        return refund

    async def state(self, request: PaymentRequest) -> State:
        """What the twin holds of a payment."""
        query = {"provider": self.gateway.key, "payment_id": str(request.payment_id)}
        held: State = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return held

    async def lie(self, patch: Patch) -> None:
        """Have the next answer to a call say something that is not true."""
        method, path = patch.call.split(" ")
        fault = {"provider": self.gateway.key, "kind": "patched", "match": {"method": method, "path": path}}
        planned = await self.http.post(f"{self.url}/_faults", json={**fault, "patch": dict(patch.change)})
        assert planned.status_code == 201, planned.text


def _asks_for_completion(payment: PaymentResult) -> bool:
    asked = payment.next_action is not None and payment.next_action.type == "complete"
    return asked or payment.status is PaymentStatus.AUTHORIZED


def _completion(payment: PaymentResult, request: PaymentRequest) -> CompleteRequest:
    return CompleteRequest(
        payment_id=request.payment_id,
        provider_payment_id=payment.provider_payment_id,
        provider_data=payment.provider_data,
        money=request.money,
        idempotency_key=str(uuid.uuid4()),
    )


@pytest.fixture(params=GATEWAYS)
async def shop(request: pytest.FixtureRequest, sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Shop]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    gateway = GATEWAYS[request.param]
    credentials = gateway.account()
    connector = open_connector(
        gateway.key,
        credentials=credentials,
        settings=gateway.settings,
        base_url=f"{sandbox_url}/{gateway.key}",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    async with connector:
        yield Shop(gateway, sandbox_url, http, credentials, connector)
    await http.delete(f"{sandbox_url}/_faults")


def test_modules_are_named_like_what_they_describe() -> None:
    assert {name: gateway.key for name, gateway in GATEWAYS.items()} == {name: name for name in GATEWAYS}
    assert GATEWAYS.keys() <= CONNECTORS.keys()


async def test_a_payment_is_taken_once_and_given_back_in_part_once(shop: Shop) -> None:
    request = shop.payment("100")
    paid = await shop.paid(request)
    assert (paid.status, paid.payment_id, paid.money) == (PaymentStatus.CAPTURED, request.payment_id, request.money)
    assert paid.amount_captured in (None, request.money.amount)
    assert shop.gateway.charges(await shop.state(request)) == 1
    assert shop.gateway.refunds(await shop.state(request)) == 0

    part = Money.of("40", shop.gateway.currency)
    wanted = a_refund(
        paid.provider_payment_id, payment_id=request.payment_id, money=part, provider_data=paid.provider_data
    )
    refund = await shop.settled(await shop.connector.refund_payment(wanted))
    assert (refund.status, refund.money) == (RefundStatus.SUCCEEDED, part)
    assert shop.gateway.refunds(await shop.state(request)) == 1
    assert shop.gateway.charges(await shop.state(request)) == 1
    after = await shop.connector.get_payment(paid.provider_payment_id)
    # Some gateways go on calling it captured; what was given back is known from the refunds then.
    assert after.status in (PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.CAPTURED)


async def test_a_status_that_nobody_knows_is_no_end_of_a_payment(shop: Shop) -> None:
    opened = await shop.connector.create_payment(shop.payment())
    await shop.gateway.pay(shop.http, f"{shop.url}/{shop.gateway.key}", shop.credentials, opened)
    await shop.lie(shop.gateway.unknown_status)
    found = await shop.connector.get_payment(opened.provider_payment_id)
    assert found.status in (PaymentStatus.PROCESSING, PaymentStatus.REQUIRES_ACTION, PaymentStatus.CREATED)


async def test_a_currency_that_nobody_knows_is_no_answer(shop: Shop) -> None:
    request = shop.payment()
    paid = await shop.paid(request)
    asked = paid.provider_session_id or paid.provider_payment_id
    await shop.lie(shop.gateway.unknown_currency)
    with pytest.raises(ProviderError):
        await shop.connector.get_payment(asked)
    assert (await shop.connector.get_payment(asked)).status is PaymentStatus.CAPTURED
