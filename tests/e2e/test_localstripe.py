"""Stripe's connector against `localstripe`, a Stripe server that somebody else wrote.

It is a process of its own. What it lacks is taken out of our requests on the way (it knows no automatic payment
methods, descriptions or Checkout Sessions, and keeps no idempotency keys).
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server import serving
from tests.providers.builders import a_cancellation, a_capture, a_payment, a_refund, now
from workers.providers.errors import NotFound, ProviderError, SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.stripe import StripeConnector
from workers.providers.registry import open_connector

WEBHOOK_SECRET = "whsec_of_localstripe"
START_SECONDS = 20
# Its own command listens on every address and writes to /tmp; this does neither.
SERVER = """
import sys
from aiohttp import web
from localstripe.server import app, store
type(store).dump_to_disk = lambda store: None
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""
LACKING = ("automatic_payment_methods", "description")


class WithoutWhatItLacks(httpx.AsyncBaseTransport):
    """Takes out of a form what localstripe would refuse as unexpected."""

    def __init__(self) -> None:
        self.inner = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fields = parse_qsl((await request.aread()).decode(), keep_blank_values=True)
        kept = [(name, value) for name, value in fields if not name.startswith(LACKING)]
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"content-length"]
        return await self.inner.handle_async_request(
            httpx.Request(
                request.method,
                request.url,
                headers=headers,
                content=urlencode(kept).encode(),
                extensions=request.extensions,
            )
        )

    async def aclose(self) -> None:
        await self.inner.aclose()


@pytest.fixture(scope="module")
async def localstripe(unused_tcp_port_factory: Callable[[], int]) -> AsyncIterator[str]:
    """The server's URL."""
    port = unused_tcp_port_factory()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WASL_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(port), env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        await _answers(url, process)
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(verify=False) as http, asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            try:
                await http.get(f"{url}/v1/balance")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise AssertionError(f"localstripe ended with {process.returncode}")


@pytest.fixture(scope="module")
async def connector(localstripe: str) -> AsyncIterator[StripeConnector]:
    opened = open_connector(
        "stripe",
        credentials={"secret_key": "sk_test_localstripe"},
        base_url=localstripe,
        transport=WithoutWhatItLacks(),
    )
    assert isinstance(opened, StripeConnector)
    async with opened:
        yield opened


@dataclass
class Inbox:
    """What localstripe delivered, exactly as it came."""

    deliveries: "asyncio.Queue[WebhookRequest]"

    async def next(self, event_type: str, payment_id: str) -> tuple[WebhookRequest, CanonicalEvent]:
        """The next delivery of a kind about a payment."""
        async with asyncio.timeout(15):
            while True:
                delivery = await self.deliveries.get()
                verified = StripeConnector.verify_webhook(delivery, [WEBHOOK_SECRET])
                assert verified.event_id is not None
                for event in StripeConnector.parse_webhook(delivery.body):
                    if (event.type, event.provider_payment_id) == (event_type, payment_id):
                        return delivery, event


@pytest.fixture(scope="module")
async def inbox(localstripe: str) -> AsyncIterator[Inbox]:
    """An endpoint that localstripe sends its webhooks to."""
    received: asyncio.Queue[WebhookRequest] = asyncio.Queue()

    async def receive(request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        received.put_nowait(WebhookRequest(headers, await request.body(), now()))
        return Response()

    async with serving(Starlette(routes=[Route("/hook", receive, methods=["POST"])])) as url:
        async with httpx.AsyncClient(verify=False) as http:
            configured = {"url": f"{url}/hook", "secret": WEBHOOK_SECRET}
            (await http.post(f"{localstripe}/_config/webhooks/wasl", data=configured)).raise_for_status()
        yield Inbox(received)


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_the_credentials_are_checked(connector: StripeConnector) -> None:
    assert (await connector.check_health()).ok


async def test_a_payment_is_taken_and_given_back(connector: StripeConnector) -> None:
    request = a_payment(money=aed("99.00"))
    paid = await connector.create_payment(request)
    assert (paid.status, str(paid.money), paid.payment_id) == ("captured", "AED 99.00", request.payment_id)
    refund = a_refund(paid.provider_payment_id, money=aed("30.00"))
    refunded = await connector.refund_payment(refund)
    assert (refunded.status, str(refunded.money), refunded.refund_id) == ("succeeded", "AED 30.00", refund.refund_id)
    assert await connector.get_refund(refunded.provider_refund_id) == refunded
    after = await connector.get_payment(paid.provider_payment_id)
    assert (after.status, str(after.amount_refunded)) == ("partially_refunded", "30.00")
    await connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.00")))
    assert (await connector.get_payment(paid.provider_payment_id)).status == "refunded"


async def test_reserved_money_is_captured_or_released(connector: StripeConnector) -> None:
    reserved = await connector.create_payment(a_payment(capture_method="manual"))
    assert reserved.status == "authorized"
    assert (await connector.capture_payment(a_capture(reserved.provider_payment_id))).status == "captured"
    reserved = await connector.create_payment(a_payment(capture_method="manual"))
    assert (await connector.cancel_payment(a_cancellation(reserved.provider_payment_id))).status == "cancelled"


async def test_a_declined_card_is_an_error(connector: StripeConnector) -> None:
    with pytest.raises(ProviderError) as declined:
        await connector.create_payment(a_payment(payment_method="pm_card_chargeCustomerFail"))
    assert declined.value.http_status == 402
    assert declined.value.code == "declined"


async def test_what_is_not_there_is_not_found(connector: StripeConnector) -> None:
    with pytest.raises(NotFound):
        await connector.get_payment("pi_1234567890123456")


async def test_its_signed_webhooks_are_believed_and_forged_ones_are_not(
    connector: StripeConnector, inbox: Inbox
) -> None:
    request = a_payment()
    paid = await connector.create_payment(request)
    delivery, event = await inbox.next("payment.succeeded", paid.provider_payment_id)
    assert event.payment_id == request.payment_id
    assert event.payment is not None
    assert event.payment.money == request.money
    forged = WebhookRequest(delivery.headers, delivery.body.replace(b"9900", b"9901"), delivery.received_at)
    with pytest.raises(SignatureInvalid):
        StripeConnector.verify_webhook(forged, [WEBHOOK_SECRET])
    with pytest.raises(SignatureInvalid):
        StripeConnector.verify_webhook(delivery, ["whsec_another"])
