"""Every carrier against everything that can go wrong on the wire while a label is bought, through the whole hub. In
every case at most one label is bought: the shipment ends with it, or, where nobody can find out, waits for a person.

Each test lets all carriers meet its fault at the same time, and tells of each by name.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest

from tests.faults.warehouse import Warehouse
from tests.support.carriers import every_carrier
from tests.support.carriers.base import Carrier
from tests.support.workplace import Workplace
from workers.providers.manifest import Category
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("worker", "no_faults")

CALL_SECONDS = 2.0
CARRIERS = every_carrier()
SILENT = frozenset({"fedex", "smsa"})
"""What they do not find they may have all the same, so it is never bought again."""

UNANSWERED: dict[str, dict[str, Any]] = {
    "cut after the purchase": {"kind": "drop_after"},
    "malformed answer": {"kind": "malformed"},
    "truncated answer": {"kind": "truncated"},
    "wrong content type": {"kind": "wrong_content_type"},
    "answered too late": {"kind": "late_answer", "seconds": CALL_SECONDS * 1.5},
}
UNCLEAR: dict[str, dict[str, Any]] = {
    "500": {"kind": "server_error", "status": 500},
    "503": {"kind": "server_error", "status": 503},
    "cut before the purchase": {"kind": "drop_before"},
}
NOTHING_DONE: dict[str, dict[str, Any]] = {
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": "1"},
    "429 without Retry-After": {"kind": "rate_limited"},
    "slow": {"kind": "latency", "seconds": CALL_SECONDS / 8},
}

Story = Callable[[Warehouse], Awaitable[None]]
AtEach = Callable[[Story], Awaitable[None]]


@pytest.fixture(scope="module")
async def worker(workplace: Workplace) -> AsyncIterator[None]:
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(call_timeout_seconds=CALL_SECONDS, poll_seconds=0.05, retry_base_seconds=0.01):
        yield


@pytest.fixture(scope="module")
async def places(workplace: Workplace) -> AsyncIterator[dict[str, Workplace]]:
    """The workplace once for each carrier, with a connection of its own."""
    async with AsyncExitStack() as life:
        yield {key: await life.enter_async_context(workplace.another()) for key in CARRIERS}


@pytest.fixture
def at_each(places: dict[str, Workplace], organization: UUID, subtests: pytest.Subtests) -> AtEach:
    """A function that lets the same happen at every carrier at the same time, each by its name."""

    async def tell(story: Story) -> None:
        async def happen(carrier: Carrier) -> None:
            await story(await Warehouse.open(places[carrier.key], organization, carrier))

        ends = await asyncio.gather(*map(happen, CARRIERS.values()), return_exceptions=True)
        for key, end in zip(CARRIERS, ends, strict=True):
            with subtests.test(key):
                if end is not None:
                    raise end

    return tell


def test_every_carrier_that_sells_labels_on_the_wire_is_among_them() -> None:
    shipping = {key: kind for key, kind in CONNECTORS.items() if kind.manifest.category is Category.SHIPPING}
    selling = {key for key, kind in shipping.items() if hasattr(kind, "create_shipment")}
    assert CARRIERS.keys() == selling - {"manual"}


@pytest.mark.parametrize("fault", UNANSWERED)
async def test_a_purchase_without_an_answer_is_found_or_is_for_a_person(at_each: AtEach, fault: str) -> None:
    async def story(warehouse: Warehouse) -> None:
        planned = await warehouse.plan(UNANSWERED[fault])
        shipment_id = await warehouse.ship()
        operation = await warehouse.ended(shipment_id)
        assert await planned.was_met()
        if warehouse.finds:
            await warehouse.has_one_label(shipment_id)
        else:
            await warehouse.waits_for_a_person(shipment_id, operation)
            await warehouse.resolve(shipment_id)

    await at_each(story)


@pytest.mark.parametrize("fault", UNCLEAR)
async def test_a_purchase_that_may_have_been_is_not_made_twice(at_each: AtEach, fault: str) -> None:
    async def story(warehouse: Warehouse) -> None:
        planned = await warehouse.plan(UNCLEAR[fault])
        shipment_id = await warehouse.ship()
        operation = await warehouse.ended(shipment_id)
        assert await planned.was_met()
        if warehouse.finds and warehouse.carrier.key not in SILENT:
            await warehouse.has_one_label(shipment_id)
        else:
            await warehouse.waits_for_a_person(shipment_id, operation)
            await warehouse.resolve(shipment_id)

    await at_each(story)


@pytest.mark.parametrize("fault", NOTHING_DONE)
async def test_a_carrier_that_is_busy_is_asked_again(at_each: AtEach, fault: str) -> None:
    async def story(warehouse: Warehouse) -> None:
        planned = await warehouse.plan(NOTHING_DONE[fault])
        shipment_id = await warehouse.ship()
        await warehouse.ended(shipment_id)
        assert await planned.was_met()
        await warehouse.has_one_label(shipment_id)

    await at_each(story)
