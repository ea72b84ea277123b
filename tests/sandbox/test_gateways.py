"""Every gateway against its twin, the same way: paid once, given back once, reserved money taken or released once, and
falsehoods not believed."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatch
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund, now
from tests.support.gateways import every_gateway
from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.capabilities import CapturesPayments, CompletesPayments
from workers.providers.errors import OutcomeUnknown, ProviderError
from workers.providers.money import Money
from workers.providers.payments.models import (
    CancelRequest,
    CaptureMethod,
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


class Link(httpx.AsyncHTTPTransport):
    """The way to the gateway, on which an answer can be lost to a proxy that says 503."""

    def __init__(self) -> None:
        super().__init__(verify=False)
        self._losing: str | None = None

    def lose(self, call: str) -> None:
        """Have the next answer to a call, which is done all the same, replaced."""
        self._losing = call

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        path = "/" + request.url.path.removeprefix("/").partition("/")[2]
        if self._losing is None or not fnmatch(f"{request.method} {path}", self._losing):
            return answer
        self._losing = None
        await answer.aread()
        await answer.aclose()
        return httpx.Response(503, html="upstream connect error or disconnect/reset before headers")


@dataclass
class Shop:
    """A new account of a gateway, and the connector to it."""

    gateway: Gateway
    url: str
    http: httpx.AsyncClient
    credentials: dict[str, str]
    connector: Any
    link: Link = field(default_factory=Link)

    def money(self, amount: str) -> Money:
        """An amount in the account's currency."""
        return Money.of(amount, self.gateway.currency)

    def payment(self, amount: str = "100", capture_method: CaptureMethod = CaptureMethod.AUTOMATIC) -> PaymentRequest:
        """A payment on the gateway's page."""
        return a_checkout(money=self.money(amount), capture_method=capture_method, **self.gateway.payment)

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

    async def reserved(self, request: PaymentRequest) -> PaymentResult:
        """What the payment has come to after the payer agreed on the page, and the hub had it reserved."""
        opened = await self.connector.create_payment(request)
        await self.gateway.pay(self.http, f"{self.url}/{self.gateway.key}", self.credentials, opened)
        payment = await self.once(opened, lambda seen: seen.status is PaymentStatus.AUTHORIZED or _waits(seen))
        if _waits(payment):
            payment = await self.connector.complete_payment(_completion(payment, request))
        return payment

    async def once(self, payment: PaymentResult, holds: Callable[[PaymentResult], bool]) -> PaymentResult:
        """The payment once something holds of it, or as it is after a few looks."""
        for _ in range(LOOKS):
            if holds(payment):
                break
            await asyncio.sleep(0.02)
            payment = await self.connector.get_payment(payment.provider_payment_id)
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


def _waits(payment: PaymentResult) -> bool:
    return payment.next_action is not None and payment.next_action.type == "complete"


def _asks_for_completion(payment: PaymentResult) -> bool:
    return _waits(payment) or payment.status is PaymentStatus.AUTHORIZED


def _completion(payment: PaymentResult, request: PaymentRequest) -> CompleteRequest:
    return CompleteRequest(
        payment_id=request.payment_id,
        provider_payment_id=payment.provider_payment_id,
        provider_data=payment.provider_data,
        money=request.money,
        capture_method=request.capture_method,
        idempotency_key=str(uuid.uuid4()),
    )


RESERVING = [key for key in GATEWAYS if issubclass(CONNECTORS[key], CapturesPayments)]


@pytest.fixture(params=GATEWAYS)
async def shop(request: pytest.FixtureRequest, sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Shop]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    async with _open(GATEWAYS[request.param], sandbox_url, http) as opened:
        yield opened


@pytest.fixture(params=RESERVING)
async def reserving(request: pytest.FixtureRequest, sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Shop]:
    """A new account of a gateway that can reserve money first."""
    async with _open(GATEWAYS[request.param], sandbox_url, http) as opened:
        yield opened


@asynccontextmanager
async def _open(gateway: Gateway, sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Shop]:
    credentials = gateway.account()
    connector = open_connector(
        gateway.key,
        credentials=credentials,
        settings=gateway.settings,
        base_url=f"{sandbox_url}/{gateway.key}",
        transport=(link := Link()),
    )
    async with connector:
        yield Shop(gateway, sandbox_url, http, credentials, connector, link)
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


async def test_what_was_taken_is_given_back_whole_once(shop: Shop) -> None:
    request = shop.payment("100")
    paid = await shop.paid(request)
    same = {"payment_id": request.payment_id, "provider_data": paid.provider_data}
    refund = await shop.settled(await shop.connector.refund_payment(a_refund(paid.provider_payment_id, **same)))
    assert (refund.status, refund.money) == (RefundStatus.SUCCEEDED, request.money)
    with pytest.raises(ProviderError):
        await shop.connector.refund_payment(a_refund(paid.provider_payment_id, **same))
    assert shop.gateway.refunds(await shop.state(request)) == 1
    after = await shop.connector.get_payment(paid.provider_payment_id)
    # Some gateways go on calling it captured; what was given back is known from the refunds then.
    assert after.status in (PaymentStatus.REFUNDED, PaymentStatus.CAPTURED)


async def test_a_refund_that_was_made_although_a_proxy_says_503_is_not_made_again(shop: Shop) -> None:
    request = shop.payment("100")
    paid = await shop.paid(request)
    wanted = a_refund(
        paid.provider_payment_id,
        payment_id=request.payment_id,
        money=shop.money("40"),
        provider_data=paid.provider_data,
    )
    shop.link.lose(shop.gateway.refund_call)
    with pytest.raises(OutcomeUnknown):
        await shop.connector.refund_payment(wanted)
    found = await shop.connector.find_refund(wanted, attempted_at=now() - timedelta(minutes=10))
    assert found is not None
    assert (found.money, found.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED)) == (wanted.money, True)
    assert shop.gateway.refunds(await shop.state(request)) == 1


# Reserved money, at the gateways that can reserve.


async def test_of_reserved_money_a_part_is_taken_and_no_more(reserving: Shop) -> None:
    shop, rest = reserving, reserving.gateway.rest
    request = shop.payment("100", CaptureMethod.MANUAL)
    reserved = await shop.reserved(request)
    assert (reserved.status, reserved.money) == (PaymentStatus.AUTHORIZED, request.money)
    assert reserved.amount_captured in (None, 0)

    taken = await _capture(shop, reserved, request, "40")
    left_open = PaymentStatus.CAPTURED if rest is Rest.RELEASED else PaymentStatus.PARTIALLY_CAPTURED
    assert (taken.status, taken.amount_captured) == (left_open, 40)
    assert shop.gateway.charges(await shop.state(request)) == 1

    if rest is Rest.CANCELLABLE:
        await shop.connector.cancel_payment(_cancellation(taken, request))
        closed = await shop.once(taken, lambda seen: seen.status is PaymentStatus.CAPTURED)
        assert (closed.status, closed.amount_captured) == (PaymentStatus.CAPTURED, 40)
    elif rest is Rest.CAPTURABLE:
        with pytest.raises(ProviderError):
            await shop.connector.cancel_payment(_cancellation(taken, request))
        closed = await _capture(shop, taken, request, "60")
        assert (closed.status, closed.amount_captured) == (PaymentStatus.CAPTURED, 100)
    with pytest.raises(ProviderError):
        await _capture(shop, taken, request, "1")
    after = await shop.connector.get_payment(taken.provider_payment_id)
    assert after.amount_captured == (100 if rest is Rest.CAPTURABLE else 40)
    assert shop.gateway.charges(await shop.state(request)) == 1


async def test_more_than_is_reserved_is_not_taken(reserving: Shop) -> None:
    request = reserving.payment("100", CaptureMethod.MANUAL)
    reserved = await reserving.reserved(request)
    with pytest.raises(ProviderError):
        await _capture(reserving, reserved, request, "100.01")
    after = await reserving.connector.get_payment(reserved.provider_payment_id)
    assert (after.status, after.amount_captured or 0) == (PaymentStatus.AUTHORIZED, 0)


async def test_reserved_money_that_is_released_cannot_be_taken(reserving: Shop) -> None:
    request = reserving.payment("100", CaptureMethod.MANUAL)
    reserved = await reserving.reserved(request)
    released = await reserving.connector.cancel_payment(_cancellation(reserved, request))
    released = await reserving.once(released, lambda seen: seen.status is PaymentStatus.CANCELLED)
    assert (released.status, released.amount_captured or 0) == (PaymentStatus.CANCELLED, 0)
    with pytest.raises(ProviderError):
        await _capture(reserving, reserved, request, "100")
    assert (await reserving.connector.get_payment(reserved.provider_payment_id)).status is PaymentStatus.CANCELLED


async def _capture(shop: Shop, payment: PaymentResult, request: PaymentRequest, amount: str) -> PaymentResult:
    """The payment once the capture of a part shows."""
    before = payment.amount_captured or 0
    wanted = a_capture(
        payment.provider_payment_id,
        payment_id=request.payment_id,
        provider_data=payment.provider_data,
        money=shop.money(amount),
    )
    taken = await shop.connector.capture_payment(wanted)
    return await shop.once(taken, lambda seen: (seen.amount_captured or 0) > before)


def _cancellation(payment: PaymentResult, request: PaymentRequest) -> CancelRequest:
    return a_cancellation(
        payment.provider_payment_id, payment_id=request.payment_id, provider_data=payment.provider_data
    )


# Falsehoods.


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
