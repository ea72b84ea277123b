"""Every carrier against everything that can go wrong on the wire, through the whole hub: asked for by RPC, bought by a
worker. In every case at most one label is bought. The shipment ends with it; or where the carrier cannot be asked what
became of it, with an alert, and a person who has looked there says so.

Each test lets all carriers meet its fault at the same time, and tells of each by name.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stack.ports import free_ports
from tests.faults.shop import Line, open_line
from tests.support.carriers import every_carrier
from tests.support.carriers.base import Carrier
from tests.support.desks import Desk
from tests.support.workplace import Row, Workplace, until
from workers.providers.capabilities import PrintsLabels, ShipsParcels
from workers.providers.manifest import Category
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("no_faults")

CALL_SECONDS = 2.0
CARRIERS = every_carrier()
SILENT = frozenset({"fedex", "smsa"})
"""What they do not find they may have all the same, so it is never bought again."""
QUICK: dict[str, Any] = {"call_timeout_seconds": CALL_SECONDS, "poll_seconds": 0.05, "retry_base_seconds": 0.01}

# No carrier's create call is repeated by itself once it may have been received; one that certainly was not is, twice.
BOUGHT_UNHEARD: dict[str, dict[str, Any]] = {
    "cut after the sale": {"kind": "drop_after"},
    "malformed": {"kind": "malformed"},
    "truncated": {"kind": "truncated"},
    "wrong content type": {"kind": "wrong_content_type"},
    "answered too late": {"kind": "late_answer", "seconds": CALL_SECONDS * 1.5},
}
NOT_BOUGHT: dict[str, dict[str, Any]] = {
    "500": {"kind": "server_error", "status": 500},
    "503": {"kind": "server_error", "status": 503},
    "cut before the sale": {"kind": "drop_before"},
}
"""The hub cannot know it: a proxy may answer 503 also when it has lost the server that had the request."""
REFUSED_FOR_NOW: dict[str, dict[str, Any]] = {
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": "1", "times": 2},
    "429 without Retry-After": {"kind": "rate_limited", "times": 3},
    "slow": {"kind": "latency", "seconds": CALL_SECONDS / 8},
}

LEASES_RUN_OUT = "update private.jobs set lease_until = now() where claim_id is not null and created_at >= %s"

Story = Callable[[Desk], Awaitable[None]]
AtEach = Callable[[dict[str, Carrier], Story], Awaitable[None]]


@pytest.fixture(scope="module")
async def line(workplace: Workplace) -> AsyncIterator[Line]:
    (port,) = free_ports(1)
    async with open_line(workplace, port) as line:
        yield line


@pytest.fixture
async def worker(workplace: Workplace, line: Line) -> AsyncIterator[None]:
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(sandbox_url=line.url, **QUICK):
        yield


@pytest.fixture(scope="module")
async def places(workplace: Workplace) -> AsyncIterator[dict[str, Workplace]]:
    """The workplace once for each carrier, with a connection of its own."""
    async with AsyncExitStack() as life:
        yield {key: await life.enter_async_context(workplace.another()) for key in CARRIERS}


@pytest.fixture
def at_each(workplace: Workplace, places: dict[str, Workplace], subtests: pytest.Subtests) -> AtEach:
    """A function that lets the same happen at several carriers at the same time, each by its name."""

    async def tell(carriers: dict[str, Carrier], story: Story) -> None:
        async def happen(carrier: Carrier, organization_id: UUID) -> None:
            await story(await Desk.open(places[carrier.key], carrier, organization_id=organization_id))

        organizations = [await workplace.organization() for _ in carriers]
        ends = await asyncio.gather(*map(happen, carriers.values(), organizations), return_exceptions=True)
        for key, end in zip(carriers, ends, strict=True):
            with subtests.test(key):
                if end is not None:
                    raise end

    return tell


def test_every_carrier_that_sells_labels_on_the_wire_is_among_them() -> None:
    shipping = {key: kind for key, kind in CONNECTORS.items() if kind.manifest.category is Category.SHIPPING}
    assert CARRIERS.keys() == {key for key, kind in shipping.items() if issubclass(kind, ShipsParcels)} - {"manual"}


def can_be_asked(carrier: Carrier) -> bool:
    """Whether what became of a shipment can be found out."""
    facts = CONNECTORS[carrier.key].manifest.carrier
    assert facts is not None
    return facts.finds_by_reference


async def has_its_label(desk: Desk, shipment: Row, *, was_lost: bool = False) -> None:
    """One label was bought, and the shipment has it; people are told of one whose carrier prints none again.

    :param was_lost: whether the answer that had it was.
    """
    row, key = await desk.now(shipment), desk.first.carrier.key
    labels = [each["sha256"] for each in await desk.documents(shipment) if each["kind"] == "label"]
    assert (row["status"], await desk.bought(shipment)) == ("created", {key: 1})
    assert row["tracking_number"]
    assert row["connection_id"] == desk.first.connection_id
    if was_lost and not issubclass(CONNECTORS[key], PrintsLabels):
        told = [each["kind"] for each in await desk.alerts(shipment) if each["status"] == "open"]
        assert (labels, told) == ([], ["shipment.label_missing"])
    else:
        assert len(labels) == len(set(labels)) == 1


async def is_left_to_a_person(desk: Desk, shipment: Row, operation: Row, *, bought: int) -> None:
    """Nobody knows what became of it, somebody is told, nothing more is bought; and whoever has looked says so."""
    key, query = desk.first.carrier.key, "select * from public.alerts where organization_id = %s and status = 'open'"
    assert (await desk.now(shipment))["status"] == "pending"
    assert operation["error"]["code"] == "outcome_unknown"
    assert await desk.bought(shipment) == ({key: bought} if bought else {})
    told = {each["kind"] for each in await desk.hub.all(query, desk.organization_id)}
    assert told & {"shipment.outcome_unknown", "operation.dead"}, told

    number = "LOOKED-UP-1" if bought else None
    await desk.hub.call("resolve_shipment", shipment_id=shipment["id"], tracking_number=number)
    row = await desk.now(shipment)
    assert (row["status"], row["tracking_number"]) == ("created" if bought else "failed", number)
    assert await desk.bought(shipment) == ({key: bought} if bought else {})
    assert await desk.hub.all(query, desk.organization_id) == []


@pytest.mark.parametrize("fault", BOUGHT_UNHEARD)
@pytest.mark.usefixtures("worker")
async def test_a_sale_whose_answer_is_lost(at_each: AtEach, fault: str) -> None:
    async def story(desk: Desk) -> None:
        carrier = desk.first.carrier
        await desk.fault(call=carrier.create_call, **BOUGHT_UNHEARD[fault])
        shipment = await desk.order()
        operation = await desk.settled(shipment)
        if can_be_asked(carrier):
            await has_its_label(desk, shipment, was_lost=True)
        else:
            await is_left_to_a_person(desk, shipment, operation, bought=1)

    await at_each(CARRIERS, story)


@pytest.mark.parametrize("fault", NOT_BOUGHT)
@pytest.mark.usefixtures("worker")
async def test_a_sale_that_may_have_happened_and_has_not(at_each: AtEach, fault: str) -> None:
    async def story(desk: Desk) -> None:
        await desk.fault(call=desk.first.carrier.create_call, **NOT_BOUGHT[fault])
        shipment = await desk.order()
        operation = await desk.settled(shipment)
        carrier = desk.first.carrier
        if can_be_asked(carrier) and carrier.key not in SILENT:
            await has_its_label(desk, shipment)
        else:
            await is_left_to_a_person(desk, shipment, operation, bought=0)

    await at_each(CARRIERS, story)


@pytest.mark.parametrize("fault", REFUSED_FOR_NOW)
@pytest.mark.usefixtures("worker")
async def test_a_sale_that_certainly_has_not_happened_is_tried_again(at_each: AtEach, fault: str) -> None:
    async def story(desk: Desk) -> None:
        number = await desk.fault(call=desk.first.carrier.create_call, **REFUSED_FOR_NOW[fault])
        shipment = await desk.order()
        await desk.settled(shipment)
        waiting = (await desk.hub.sandbox.get("/_faults")).json()
        assert number not in [each["id"] for each in waiting]
        await has_its_label(desk, shipment)

    await at_each(CARRIERS, story)


@pytest.mark.usefixtures("worker")
async def test_connections_that_are_refused(at_each: AtEach, line: Line) -> None:
    refused = asyncio.Barrier(len(CARRIERS) + 1)

    async def story(desk: Desk) -> None:
        shipment = await desk.order()

        async def noticed() -> bool:
            error = (await desk.hub.operation(shipment["id"], "shipment.create"))["error"]
            return error is not None and error["code"] == "unavailable"

        try:
            await until(noticed)
        finally:
            await refused.wait()
        await desk.settled(shipment)
        await has_its_label(desk, shipment)

    async def repair() -> None:
        await refused.wait()
        await line.join()

    await line.cut()
    await asyncio.gather(repair(), at_each(CARRIERS, story))


async def test_a_worker_that_is_killed_after_it_has_sent(workplace: Workplace, at_each: AtEach, tmp_path: Path) -> None:
    sent, killed = asyncio.Barrier(len(CARRIERS) + 1), asyncio.Event()

    async def story(desk: Desk) -> None:
        carrier = desk.first.carrier
        await desk.fault("late_answer", carrier.create_call, seconds=20)
        shipment = await desk.order()
        try:
            await until(lambda: desk.bought(shipment))
        finally:
            await sent.wait()
        await killed.wait()
        operation = await desk.settled(shipment)
        if can_be_asked(carrier):
            await has_its_label(desk, shipment, was_lost=True)
        else:
            await is_left_to_a_person(desk, shipment, operation, bought=1)

    async def kill_it() -> None:
        patient = {**QUICK, "call_timeout_seconds": 20, "lease_seconds": 60}
        async with workplace.worker_process(tmp_path, **patient) as first:
            await sent.wait()
            first.kill()
            await first.process.wait()
        await workplace.database.execute(LEASES_RUN_OUT, [workplace.opened_at])
        async with workplace.working(**QUICK):
            killed.set()
            await over.wait()

    async def tell() -> None:
        try:
            await at_each(CARRIERS, story)
        finally:
            over.set()

    over = asyncio.Event()
    await workplace.organization()  # whose key is the first in the keyring
    await asyncio.gather(kill_it(), tell())
