"""Every gateway against everything that can go wrong on the wire, through the whole hub: asked for by RPC, made by a
worker, paid by the payer on the page, looked at, completed where that is the hub's part. In every case there is exactly
one charge, and the payment's row and ledger say what is true.

Each test lets all gateways meet its fault at the same time, and tells of each by name.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest

from stack.ports import free_ports
from tests.faults.shop import PART, Line, Shop, open_line
from tests.support.gateways import every_gateway
from tests.support.gateways.base import Gateway, Patch
from tests.support.workplace import Workplace, until
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("worker", "no_faults")

CALL_SECONDS = 1.0
GATEWAYS = every_gateway()
COMPLETING = {key: each for key, each in GATEWAYS.items() if hasattr(CONNECTORS[key], "complete_payment")}
SAVING = {key: each for key, each in GATEWAYS.items() if hasattr(CONNECTORS[key], "delete_payment_method")}

# A request is repeated up to three times by itself where that is safe; what is met three times gets past that.
UNANSWERED: dict[str, dict[str, Any]] = {
    "cut after the charge": {"kind": "drop_after", "times": 3},
    "malformed JSON": {"kind": "malformed", "times": 3},
    "truncated JSON": {"kind": "truncated", "times": 3},
    "wrong content type": {"kind": "wrong_content_type", "times": 3},
    "answered too late": {"kind": "late_answer", "seconds": CALL_SECONDS * 1.5},
}
NOTHING_DONE: dict[str, dict[str, Any]] = {
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": "1", "times": 2},
    "429 without Retry-After": {"kind": "rate_limited", "times": 3},
    "500": {"kind": "server_error", "status": 500, "times": 3},
    "503": {"kind": "server_error", "status": 503, "times": 3},
    "cut before the charge": {"kind": "drop_before", "times": 3},
    "slow": {"kind": "latency", "seconds": CALL_SECONDS / 4},
}
FAULTS = UNANSWERED | NOTHING_DONE
DANGEROUS = [
    "cut after the charge",
    "malformed JSON",
    "truncated JSON",
    "answered too late",
    "500",
    "cut before the charge",
]
"""What leaves the hub without knowing what became of a call that moves money."""


@pytest.fixture(scope="module")
async def line(workplace: Workplace) -> AsyncIterator[Line]:
    (port,) = free_ports(1)
    async with open_line(workplace, port) as line:
        yield line


@pytest.fixture(scope="module")
async def worker(workplace: Workplace, line: Line) -> AsyncIterator[None]:
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(
        sandbox_url=line.url, call_timeout_seconds=CALL_SECONDS, poll_seconds=0.05, retry_base_seconds=0.01
    ):
        yield


Story = Callable[[Shop], Awaitable[None]]
AtEach = Callable[[dict[str, Gateway], Story], Awaitable[None]]


@pytest.fixture(scope="module")
async def places(workplace: Workplace) -> AsyncIterator[dict[str, Workplace]]:
    """The workplace once for each gateway, with a connection of its own. A new one for each story would have to learn
    the database's functions first, which takes longer than the story."""
    async with AsyncExitStack() as life:
        yield {key: await life.enter_async_context(workplace.another()) for key in GATEWAYS}


@pytest.fixture
def at_each(places: dict[str, Workplace], organization: UUID, subtests: pytest.Subtests) -> AtEach:
    """A function that lets the same happen at several gateways at the same time, each by its name."""

    async def tell(gateways: dict[str, Gateway], story: Story) -> None:
        async def happen(gateway: Gateway) -> None:
            await story(await Shop.open(places[gateway.key], organization, gateway))

        ends = await asyncio.gather(*map(happen, gateways.values()), return_exceptions=True)
        for key, end in zip(gateways, ends, strict=True):
            with subtests.test(key):
                if end is not None:
                    raise end

    return tell


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_payment_on_a_page_is_taken_once(at_each: AtEach, fault: str) -> None:
    async def story(shop: Shop) -> None:
        planned = await shop.plan(FAULTS[fault], shop.gateway.create_call)
        payment_id = await shop.sell()
        await shop.idle(payment_id)
        assert await planned.was_met()
        assert await shop.charges(payment_id) == 0
        await shop.pay(payment_id)
        await shop.captured(payment_id)
        await shop.has_charged_once(payment_id)

    await at_each(GATEWAYS, story)


async def test_connections_that_are_refused(at_each: AtEach, line: Line) -> None:
    refused = asyncio.Barrier(len(GATEWAYS) + 1)

    async def story(shop: Shop) -> None:
        payment_id = await shop.sell()

        async def noticed() -> bool:
            error = (await shop.workplace.operation(payment_id))["error"]
            return error is not None and error["code"] == "unavailable"

        try:
            await until(noticed)
        finally:
            await refused.wait()
        await shop.idle(payment_id)
        await shop.pay(payment_id)
        await shop.captured(payment_id)
        await shop.has_charged_once(payment_id)

    async def repair() -> None:
        await refused.wait()
        await line.join()

    await line.cut()
    await asyncio.gather(repair(), at_each(GATEWAYS, story))


@pytest.mark.parametrize("name", ["unknown_status", "unknown_currency"])
async def test_what_nobody_knows_is_not_believed(at_each: AtEach, name: str) -> None:
    async def story(shop: Shop) -> None:
        falsehood: Patch = getattr(shop.gateway, name)
        payment_id = await shop.sell()
        await shop.idle(payment_id)
        await shop.pay(payment_id)
        planned = await shop.plan({"kind": "patched", "patch": dict(falsehood.change)}, falsehood.call)
        row = await shop.look(payment_id)
        assert await planned.was_met()
        assert row["status"] in ("requires_action", "processing", "created", "captured"), row["status"]
        await shop.captured(payment_id)
        await shop.has_charged_once(payment_id)

    await at_each(GATEWAYS, story)


@pytest.mark.parametrize("fault", DANGEROUS)
async def test_what_a_payer_has_agreed_to_is_taken_once(at_each: AtEach, fault: str) -> None:
    async def story(shop: Shop) -> None:
        payment_id = await shop.sell()
        await shop.idle(payment_id)
        await shop.pay(payment_id)
        planned = await shop.plan(FAULTS[fault], "POST *")
        await shop.captured(payment_id)
        assert await planned.was_met()
        await shop.has_charged_once(payment_id)

    await at_each(COMPLETING, story)


@pytest.mark.parametrize("fault", DANGEROUS)
async def test_a_saved_payment_method_is_charged_once(at_each: AtEach, fault: str) -> None:
    async def story(shop: Shop) -> None:
        method_id = await shop.saved_method()
        planned = await shop.plan(FAULTS[fault], "POST *")
        payment_id = await shop.sell(payment_method_id=method_id, return_url=None)
        await shop.idle(payment_id)
        assert await planned.was_met()
        await shop.captured(payment_id)
        await shop.has_charged_once(payment_id)

    await at_each(SAVING, story)


@pytest.mark.parametrize("fault", DANGEROUS)
async def test_a_refund_is_given_once(at_each: AtEach, fault: str) -> None:
    async def story(shop: Shop) -> None:
        payment_id = await shop.sold()
        planned = await shop.plan(FAULTS[fault], shop.gateway.refund_call)
        await shop.workplace.call("refund_payment", payment_id=payment_id, amount=PART)
        await shop.idle(payment_id)
        assert await planned.was_met()
        await shop.has_refunded_once(payment_id)

    await at_each(GATEWAYS, story)
