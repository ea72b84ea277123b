"""Any route with any faults on it, asked for again and again: a payment is charged at one gateway, once, and its row
says so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.faults.shop import PRICE, Shop, as_arguments
from tests.support.gateways import every_gateway
from tests.support.retirement import retiring
from tests.support.workplace import Workplace

CALL_SECONDS = 0.5
GATEWAYS = {key: each for key, each in every_gateway().items() if each.currency == "AED"}
WANTED = as_arguments(GATEWAYS["tamara"]) | as_arguments(GATEWAYS["tabby"])
"""The two that lend want to know more of a payer and a purchase than all others together."""

Fault = dict[str, Any]


def faults(*, most: int) -> st.SearchStrategy[list[Fault]]:
    """Some faults, one after the other."""
    kinds = st.sampled_from(
        [
            {"kind": "rate_limited", "retry_after": "1"},
            {"kind": "rate_limited"},
            {"kind": "server_error", "status": 500},
            {"kind": "server_error", "status": 503},
            {"kind": "drop_before"},
            {"kind": "drop_after"},
            {"kind": "truncated"},
            {"kind": "malformed"},
            {"kind": "wrong_content_type"},
            {"kind": "late_answer", "seconds": CALL_SECONDS * 1.5},
        ]
    )
    repeated = st.builds(lambda kind, times: {**kind, "times": times}, kinds, st.sampled_from([1, 3]))
    return st.lists(repeated, max_size=most)


@dataclass(frozen=True)
class Stop:
    """A connection on the route. :param faults: what the requests for a payment meet there."""

    key: str
    priority: int
    faults: list[Fault]


@dataclass(frozen=True)
class Journey:
    """How one payment fares.

    :param asked: how often the client asks for it, by one idempotency key.
    :param later: what is met, by whatever call, at the gateway that has the payment, once the payer has paid.
    """

    stops: list[Stop]
    asked: int
    later: list[Fault]


STOPS = st.builds(Stop, key=st.sampled_from(sorted(GATEWAYS)), priority=st.integers(0, 2), faults=faults(most=2))
JOURNEYS = st.builds(
    Journey,
    stops=st.lists(STOPS, min_size=2, max_size=3, unique_by=lambda stop: stop.key),
    asked=st.integers(1, 3),
    later=faults(most=2),
)


@pytest.fixture(scope="module")
async def workers(workplace: Workplace) -> AsyncIterator[Workplace]:
    """Two workers; an attempt is cut short soon after a call would be."""
    await workplace.organization()
    quick = {"call_timeout_seconds": CALL_SECONDS, "poll_seconds": 0.05, "retry_base_seconds": 0.01}
    async with (
        workplace.working(**quick, job_timeout_seconds=1.5),
        workplace.working(**quick, job_timeout_seconds=1.5),
    ):
        yield workplace


# Nothing is shrunk: an example takes seconds. What failed is shown as it was, and is met again in every run.
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(journey=JOURNEYS)
async def test_a_payment_is_charged_once_whatever_happens_on_its_route(workers: Workplace, journey: Journey) -> None:
    async with retiring(workers):
        await travel(workers, journey)


async def travel(workers: Workplace, journey: Journey) -> None:
    await workers.sandbox.delete("/_faults")
    organization_id = await workers.organization()
    shops: dict[UUID, Shop] = {}
    for stop in journey.stops:
        shop = await Shop.open(workers, organization_id, GATEWAYS[stop.key])
        shops[shop.connection_id] = shop
        await workers.database.execute(
            "update public.payment_providers set priority = %s where connection_id = %s",
            [stop.priority, shop.connection_id],
        )
        for fault in stop.faults:
            await shop.plan(fault, shop.gateway.create_call)

    client, key = next(iter(shops.values())), str(uuid4())
    asked = [await client.sell(connection_id=None, idempotency_key=key, **WANTED) for _ in range(journey.asked)]
    (payment_id,) = set(asked)
    await client.idle(payment_id)
    await take_up_what_was_given_up(client, payment_id)
    assert await charges(shops, payment_id) == {}

    shop = shops[(await workers.payment_row(payment_id))["connection_id"]]
    await shop.pay(payment_id)
    for fault in journey.later:
        await shop.plan(fault, "* *")
    row = await shop.captured(payment_id)
    if row["status"] != "captured":
        await workers.sandbox.delete("/_faults")
        await take_up_what_was_given_up(client, payment_id)
        row = await shop.captured(payment_id)

    assert await charges(shops, payment_id) == {shop.gateway.key: 1}
    assert (row["status"], row["amount_captured"]) == ("captured", Decimal(PRICE))
    assert row["connection_id"] == shop.connection_id
    await shop.ledger_agrees(payment_id)


async def charges(shops: dict[UUID, Shop], payment_id: UUID) -> dict[str, int]:
    """How often each gateway has charged the payer, where it has."""
    found = {shop.gateway.key: await shop.charges(payment_id) for shop in shops.values()}
    return {key: number for key, number in found.items() if number}


async def take_up_what_was_given_up(shop: Shop, payment_id: UUID) -> None:
    """An operator finds the dead letters once the trouble is over, and has them tried again."""
    dead = [each["id"] for each in await shop.idle(payment_id) if each["status"] == "dead"]
    if dead:
        await shop.workplace.sandbox.delete("/_faults")
    for operation_id in dead:
        await shop.workplace.call("retry_operation", operation_id=operation_id)
    await shop.idle(payment_id)
