"""Any route with any faults on it, asked for again and again: a label is bought at one carrier, once, and the shipment
says so; or nobody knows, and nothing more is bought."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.carriers import every_carrier
from tests.support.carriers.parcels import domestic
from tests.support.desks import Desk, as_arguments
from tests.support.retirement import retiring
from tests.support.workplace import Row, Workplace

CALL_SECONDS = 0.5
CARRIERS = {key: each for key, each in every_carrier().items() if each.domestic is not None and each.service is None}
ANY_TAKES_IT = domestic(**{name: value for each in CARRIERS.values() for name, value in (each.domestic or {}).items()})
"""With what any of them insists on."""

Fault = dict[str, Any]


def faults(*, most: int) -> st.SearchStrategy[list[Fault]]:
    """Some faults, one after the other."""
    kinds = st.sampled_from(
        [
            {"kind": "rate_limited", "retry_after": "1"},
            {"kind": "rate_limited"},
            {"kind": "server_error", "status": 400},
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
    """A connection on the route. :param faults: what the requests for a label meet there; ``later`` any request."""

    key: str
    faults: list[Fault]
    later: list[Fault]


@dataclass(frozen=True)
class Journey:
    """How one shipment fares. :param asked: how often the client asks for it, by one idempotency key."""

    stops: list[Stop]
    asked: int
    rule: str


STOPS = st.builds(Stop, key=st.sampled_from(sorted(CARRIERS)), faults=faults(most=2), later=faults(most=1))
JOURNEYS = st.builds(
    Journey,
    stops=st.lists(STOPS, min_size=2, max_size=3, unique_by=lambda stop: stop.key),
    asked=st.integers(1, 3),
    rule=st.sampled_from(["priority", "priority", "price"]),
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
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(journey=JOURNEYS)
async def test_one_label_at_most_is_bought_whatever_happens_on_the_route(workers: Workplace, journey: Journey) -> None:
    async with retiring(workers):
        await travel(workers, journey)
        await workers.sandbox.delete("/_faults")


async def travel(workers: Workplace, journey: Journey) -> None:
    desk = await Desk.open(workers, *(CARRIERS[stop.key] for stop in journey.stops))
    for stop in journey.stops:
        carrier = CARRIERS[stop.key]
        for fault in stop.faults:
            await desk.fault(call=carrier.create_call, carrier=carrier, **fault)
        for fault in stop.later:
            await desk.fault(call="* *", carrier=carrier, **fault, skip=2)

    wanted = {**as_arguments(ANY_TAKES_IT), "rule": journey.rule, "idempotency_key": str(uuid4())}
    asked: set[UUID] = {(await desk.order(**wanted))["id"] for _ in range(journey.asked)}
    (shipment_id,) = asked
    shipment: Row = {"id": shipment_id}
    operation = await desk.settled(shipment)
    if operation["status"] == "dead" and operation["error"]["code"] != "outcome_unknown":
        # An operator finds it once the trouble is over, and has it tried again.
        await workers.sandbox.delete("/_faults")
        await workers.call("retry_operation", operation_id=operation["id"])
        operation = await desk.settled(shipment)

    row, bought = await desk.now(shipment), await desk.bought(shipment)
    if operation["status"] == "succeeded":
        carrier = desk.contracts[row["connection_id"]].carrier
        assert (row["status"], bought) == ("created", {carrier.key: 1})
    elif operation["error"]["code"] == "outcome_unknown":
        carrier = desk.contracts[operation["connection_id"]].carrier
        assert row["status"] == "pending"
        assert bought in ({}, {carrier.key: 1})
    else:
        assert (operation["status"], row["status"], bought) == ("failed", "failed", {})
