"""A gateway that acted and did not answer, or answered nonsense: nobody is charged, refunded or captured twice."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tests.support.workplace import Row, Workplace, until
from workers.runtime import Worker

pytestmark = pytest.mark.usefixtures("no_faults")

POST = {"method": "POST"}
UNANSWERED = ["drop_after", "truncated", "malformed", "wrong_content_type"]


@pytest.fixture
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    async with workplace.working() as worker:
        yield worker


@pytest.fixture
async def gateway(workplace: Workplace, organization: UUID) -> UUID:
    return await workplace.connect_stripe(organization)


async def lose_answers(workplace: Workplace, kind: str, path: str, times: int) -> None:
    """Let the answers to the next requests to a path be lost; one request may be sent up to three times by itself."""
    await workplace.plan_fault(kind, match={**POST, "path": path}, times=times)


async def authorized(workplace: Workplace, organization: UUID) -> Row:
    payment = await workplace.payment(organization, capture_method="manual")
    assert (await workplace.finished(payment["id"]))["status"] == "succeeded"
    return payment


@pytest.mark.parametrize("fault", UNANSWERED)
async def test_a_payment_is_made_once(
    workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker, fault: str
) -> None:
    await lose_answers(workplace, fault, "/v1/payment_intents", times=4)
    payment = await workplace.payment(organization)
    operation = await workplace.finished(payment["id"])

    assert operation["status"] == "succeeded"
    assert (await workplace.payment_row(payment["id"]))["status"] == "captured"
    state = await workplace.at_stripe(payment["id"])
    assert (len(state["payment_intents"]), len(state["charges"])) == (1, 1)


async def test_an_answer_that_comes_too_late_is_found_out_about(
    workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
) -> None:
    await workplace.plan_fault("late_answer", seconds=5, match=POST)  # a call may take two
    payment = await workplace.payment(organization)
    operation = await workplace.finished(payment["id"])
    assert (operation["status"], operation["attempts"]) == ("succeeded", 2)
    assert len((await workplace.at_stripe(payment["id"]))["charges"]) == 1


async def test_a_hosted_page_is_made_once(
    workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
) -> None:
    await lose_answers(workplace, "drop_after", "/v1/checkout/sessions", times=4)
    payment = await workplace.payment(organization, payment_method=None, return_url="https://shop.example/back")
    await workplace.finished(payment["id"])
    row = await workplace.payment_row(payment["id"])
    assert row["checkout_url"] is not None
    assert len((await workplace.at_stripe(payment["id"]))["sessions"]) == 1


async def test_a_request_that_never_arrived_is_made_after_asking(
    workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
) -> None:
    await lose_answers(workplace, "drop_before", "/v1/payment_intents", times=3)
    payment = await workplace.payment(organization)
    await workplace.finished(payment["id"])
    assert len((await workplace.at_stripe(payment["id"]))["charges"]) == 1


async def test_a_refund_is_given_once(workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker) -> None:
    payment = await workplace.payment(organization)
    await workplace.finished(payment["id"])
    await lose_answers(workplace, "drop_after", "/v1/refunds", times=4)

    refund = await workplace.call("refund_payment", payment_id=payment["id"], amount="40.00")
    operation = await workplace.finished(refund["id"], "payment.refund")

    row = await workplace.payment_row(payment["id"])
    assert operation["status"] == "succeeded"
    assert (row["status"], str(row["amount_refunded"])) == ("partially_refunded", "40.00")
    assert len((await workplace.at_stripe(payment["id"]))["refunds"]) == 1


async def test_a_part_is_captured_once(workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker) -> None:
    payment = await authorized(workplace, organization)
    await lose_answers(workplace, "drop_after", "/v1/payment_intents/*/capture", times=4)

    await workplace.call("capture_payment", payment_id=payment["id"], amount="30.00")
    operation = await workplace.finished(payment["id"], "payment.capture")

    assert operation["status"] == "succeeded"
    (charge,) = (await workplace.at_stripe(payment["id"]))["charges"]
    assert charge["amount_captured"] == 3000
    assert str((await workplace.payment_row(payment["id"]))["amount_captured"]) == "30.00"


async def test_a_cancellation_is_found_out_about(
    workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
) -> None:
    payment = await authorized(workplace, organization)
    await lose_answers(workplace, "drop_after", "/v1/payment_intents/*/cancel", times=4)
    await workplace.call("cancel_payment", payment_id=payment["id"])
    assert (await workplace.finished(payment["id"], "payment.cancel"))["status"] == "succeeded"
    assert (await workplace.payment_row(payment["id"]))["status"] == "cancelled"


async def test_a_gateway_that_never_answers_again_leaves_a_dead_letter_that_can_be_taken_up(
    workplace: Workplace, organization: UUID, gateway: UUID
) -> None:
    async with workplace.working():
        await workplace.plan_fault("drop_after", match=POST, times=1000)
        payment = await workplace.payment(organization)
        operation_id = (await workplace.operation(payment["id"]))["id"]
        await workplace.database.execute("update private.jobs set max_attempts = 2 where id = %s", [operation_id])
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["error"]["code"]) == ("dead", "outcome_unknown")

    await workplace.sandbox.delete("/_faults")
    await workplace.database.execute("delete from private.circuit_breakers where connection_id = %s", [gateway])
    async with workplace.working():
        await workplace.call("retry_operation", operation_id=operation_id)
        assert (await workplace.finished(payment["id"]))["status"] == "succeeded"
    assert len((await workplace.at_stripe(payment["id"]))["charges"]) == 1


async def test_a_breaker_that_is_open_does_not_use_up_the_attempts_to_find_out(
    workplace: Workplace, organization: UUID, gateway: UUID
) -> None:
    await lose_answers(workplace, "drop_after", "/v1/payment_intents", times=4)
    last_attempt = """
        update private.jobs set run_at = now() + interval '1 hour', attempt = max_attempts - 1
        where id = %s and outcome_unknown and claim_id is null returning id"""
    async with workplace.working():
        payment = await workplace.payment(organization)
        operation_id = (await workplace.operation(payment["id"]))["id"]
        await until(lambda: workplace.all(last_attempt, operation_id))
    await workplace.sandbox.delete("/_faults")
    opened = """
        insert into private.circuit_breakers (connection_id, state, failures, opened_at, retry_at, version)
        values (%s, 'open', 5, now(), now() + interval '3 seconds', 1)
        on conflict (connection_id) do update set state = 'open', retry_at = excluded.retry_at,
            version = private.circuit_breakers.version + 1"""
    await workplace.database.execute(opened, [gateway])
    await workplace.database.execute("update private.jobs set run_at = now() where id = %s", [operation_id])
    held_back = """
        select from private.jobs where id = %s and attempt = max_attempts - 1 and claim_id is null
            and run_at > now() and last_error->>'code' = 'unavailable'"""
    async with workplace.working():
        await until(lambda: workplace.all(held_back, operation_id))
        assert (await workplace.finished(payment["id"]))["status"] == "succeeded"
    assert len((await workplace.at_stripe(payment["id"]))["charges"]) == 1
