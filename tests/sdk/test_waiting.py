"""Waiting for workers: soon at first, then less often, and never for ever."""

from collections.abc import Callable
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest
from wasl import NotFound, OperationFailed, PermissionDenied, WaitTimeout
from wasl._pauses import between_polls

from tests.support.hubs import AnyHub, FakeHub, done
from tests.support.sdk_rows import operation_row, payment_row

ORDER: dict[str, Any] = {"amount": "99.00", "currency": "AED", "reference": "order-1", "payment_method": "pm_card_visa"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Advances the time that waiting goes by, at every look, by what it is given."""
    now, step = 0.0, 0.0

    def monotonic() -> float:
        nonlocal now
        now += step
        return now

    def tick(seconds: float) -> None:
        nonlocal step
        step = seconds

    monkeypatch.setattr("wasl._async.operations.monotonic", monotonic)
    monkeypatch.setattr("wasl._sync.operations.monotonic", monotonic)
    return tick


def test_looks_are_frequent_at_first() -> None:
    pauses = [*islice(between_polls(), 20)]
    assert pauses[0] == 0.05
    assert pauses == sorted(pauses)
    assert pauses[-1] == 1.0


async def test_waiting_ends_with_success(hub: AnyHub, server: FakeHub) -> None:
    row = operation_row()
    server.will_answer([row])
    server.will_answer([row])
    server.will_answer([row | {"status": "succeeded", "result": {"ok": True}}])
    operation = await done(hub.operations.wait(row["id"]))
    assert operation.result == {"ok": True}
    assert hub.pauses == [0.05, 0.05 * 1.5]  # type: ignore[union-attr]


@pytest.mark.parametrize("status", ["failed", "dead", "cancelled"])
async def test_waiting_ends_with_failure(hub: AnyHub, server: FakeHub, status: str) -> None:
    server.will_answer([operation_row(status=status)])
    with pytest.raises(OperationFailed) as error:
        await done(hub.operations.wait(uuid4()))
    assert error.value.operation.status == status


async def test_waiting_ends_in_time(hub: AnyHub, server: FakeHub, clock: Callable[[float], None]) -> None:
    clock(0.4)
    for _ in range(3):
        server.will_answer([operation_row()])
    with pytest.raises(WaitTimeout) as error:
        await done(hub.operations.wait(uuid4(), 1.0))
    assert error.value.operation.status == "pending"


async def test_waiting_for_nothing_is_an_error(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([])
    with pytest.raises(NotFound, match="no operation"):
        await done(hub.operations.wait(uuid4()))


async def test_a_payment_that_is_waited_for_comes_back_carried_out(hub: AnyHub, server: FakeHub) -> None:
    row = payment_row()
    server.will_answer(row)
    server.will_answer([operation_row(status="succeeded", subject_id=row["id"])])
    server.will_answer([row | {"status": "captured"}])
    payment = await done(hub.payments.create(**ORDER, wait=5, idempotency_key="mine"))
    assert payment.status == "captured"
    created, polled, read = server.requests
    assert b'"idempotency_key":"mine"' in created.content
    assert polled.url.params["idempotency_key"] == "eq.mine"
    assert polled.url.params["organization_id"] == f"eq.{row['organization_id']}"
    assert read.url.params["id"] == f"eq.{row['id']}"


async def test_a_caller_who_may_not_see_operations_cannot_wait(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row())
    server.will_answer([])
    with pytest.raises(PermissionDenied, match="operations:read") as error:
        await done(hub.payments.create(**ORDER, wait=5))
    assert error.value.field == "wait"


async def test_a_payment_that_is_cancelled_already_is_not_waited_for(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row(status="cancelled"))
    assert (await done(hub.payments.cancel(uuid4(), wait=5))).status == "cancelled"
