"""An answer in another currency than the payment's moves nothing: it is asked about again, or it is a failed look."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.operations.conftest import job_row
from tests.support.workplace import Row, Workplace, until
from workers.runtime import Worker

pytestmark = pytest.mark.usefixtures("no_faults")
MOVES = ("status", "amount_authorized", "amount_captured", "amount_refunded", "provider_payment_id", "connection_id")


@pytest.fixture
async def worker(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Worker]:
    # It does not try again by itself for now, so that what an attempt has left can be looked at.
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    async with workplace.working(retry_base_seconds=60) as worker:
        yield worker


@pytest.fixture
async def gateway(workplace: Workplace, organization: UUID) -> UUID:
    """A connected Stripe account."""
    return await workplace.connect_stripe(organization)


async def speak_of_dollars(workplace: Workplace, method: str, path: str) -> None:
    """Let the gateway's next answer to a call name another currency."""
    await workplace.plan_fault("patched", match={"method": method, "path": path}, patch={"currency": "usd"})


async def put_off(workplace: Workplace, operation_id: UUID) -> Row:
    """The operation's job once an attempt has been put off."""

    async def failed_once() -> Row | None:
        row = await job_row(workplace, operation_id)
        return row if row is not None and row["last_error"] is not None else None

    row: Row = await until(failed_once)
    return row


async def try_again(workplace: Workplace, operation_id: UUID) -> Row:
    """Let an operation that was put off be tried again; the operation once it has ended."""
    await due(workplace, operation_id)
    return await ended(workplace, operation_id)


async def due(workplace: Workplace, operation_id: UUID) -> None:
    """Let time pass until an operation that was put off is tried again."""
    await workplace.database.execute("update private.jobs set run_at = now() where id = %s", [operation_id])


async def ended(workplace: Workplace, operation_id: UUID) -> Row:
    """The operation once it is no longer pending."""

    async def over() -> Row | None:
        row = await workplace.one("select * from public.operations where id = %s", operation_id)
        return None if row["status"] == "pending" else row

    row: Row = await until(over)
    return row


async def paid(workplace: Workplace, organization: UUID, **arguments: Any) -> Row:
    """A payment that has been made."""
    payment = await workplace.payment(organization, **arguments)
    assert (await workplace.finished(payment["id"]))["status"] == "succeeded"
    return await workplace.payment_row(payment["id"])


async def moved(workplace: Workplace, before: Row) -> dict[str, Any]:
    """What has changed in a payment since then."""
    now = await workplace.payment_row(before["id"])
    return {name: now[name] for name in MOVES if now[name] != before[name]}


class TestWrites:
    async def test_a_payment_made_in_another_currency_is_asked_about_and_made_once(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        await speak_of_dollars(workplace, "POST", "/v1/payment_intents")
        payment = await workplace.payment(organization)
        job = await put_off(workplace, (await workplace.operation(payment["id"]))["id"])

        assert (job["last_error"]["code"], job["outcome_unknown"]) == ("currency_mismatch", True)
        assert "AED" in job["last_error"]["message"]
        assert "USD" in job["last_error"]["message"]
        assert await moved(workplace, payment) == {}
        assert (await try_again(workplace, job["id"]))["status"] == "succeeded"  # it is told rightly the next time
        assert (await workplace.payment_row(payment["id"]))["status"] == "captured"
        assert len((await workplace.at_stripe(payment["id"]))["charges"]) == 1

    async def test_nor_does_another_gateway_take_over(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        another = await workplace.connect_stripe(organization)
        await speak_of_dollars(workplace, "POST", "/v1/payment_intents")
        payment = await workplace.payment(organization)
        job = await put_off(workplace, (await workplace.operation(payment["id"]))["id"])
        operation = await try_again(workplace, job["id"])
        assert operation["connection_id"] in (gateway, another)
        assert operation["why"]["rule"] == "priority"
        assert len((await workplace.at_stripe(payment["id"]))["charges"]) == 1

    async def test_a_capture_is_found_out_about(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await paid(workplace, organization, capture_method="manual")
        await speak_of_dollars(workplace, "POST", "/v1/payment_intents/*/capture")
        await workplace.call("capture_payment", payment_id=payment["id"], amount="40.00")
        job = await put_off(workplace, (await workplace.operation(payment["id"], "payment.capture"))["id"])

        assert (job["last_error"]["code"], job["outcome_unknown"]) == ("currency_mismatch", True)
        assert await moved(workplace, payment) == {}
        assert (await try_again(workplace, job["id"]))["status"] == "succeeded"
        assert str((await workplace.payment_row(payment["id"]))["amount_captured"]) == "40.00"

    async def test_a_cancellation_is_found_out_about(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await paid(workplace, organization, capture_method="manual")
        await speak_of_dollars(workplace, "POST", "/v1/payment_intents/*/cancel")
        await workplace.call("cancel_payment", payment_id=payment["id"])
        job = await put_off(workplace, (await workplace.operation(payment["id"], "payment.cancel"))["id"])

        assert job["last_error"]["code"] == "currency_mismatch"
        assert await moved(workplace, payment) == {}
        assert (await try_again(workplace, job["id"]))["status"] == "succeeded"
        assert (await workplace.payment_row(payment["id"]))["status"] == "cancelled"

    async def test_a_refund_is_found_out_about_and_made_once(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await paid(workplace, organization)
        await speak_of_dollars(workplace, "POST", "/v1/refunds")
        refund = await workplace.call("refund_payment", payment_id=payment["id"], amount="9.00")
        job = await put_off(workplace, (await workplace.operation(refund["id"], "payment.refund"))["id"])

        assert (job["last_error"]["code"], job["outcome_unknown"]) == ("currency_mismatch", True)
        assert await moved(workplace, payment) == {}
        assert (await try_again(workplace, job["id"]))["status"] == "succeeded"
        assert (await workplace.payment_row(payment["id"]))["status"] == "partially_refunded"
        assert len((await workplace.at_stripe(payment["id"]))["refunds"]) == 1

    async def test_what_is_found_out_in_another_currency_settles_nothing(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await paid(workplace, organization, capture_method="manual")
        await speak_of_dollars(workplace, "POST", "/v1/payment_intents/*/capture")
        await speak_of_dollars(workplace, "GET", "/v1/payment_intents/*")
        await workplace.call("capture_payment", payment_id=payment["id"])
        operation_id = (await workplace.operation(payment["id"], "payment.capture"))["id"]
        await put_off(workplace, operation_id)
        await due(workplace, operation_id)

        async def asked_once() -> bool:
            row = await job_row(workplace, operation_id)
            return row is not None and row["attempt"] == 2 and row["claim_id"] is None

        await until(asked_once)
        job = await job_row(workplace, operation_id)
        assert job is not None
        assert (job["last_error"]["code"], job["outcome_unknown"]) == ("currency_mismatch", True)
        assert await moved(workplace, payment) == {}


class TestReads:
    async def test_a_look_that_was_asked_for_fails(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await paid(workplace, organization, capture_method="manual")
        await speak_of_dollars(workplace, "GET", "/v1/payment_intents/*")
        await workplace.call("sync_payment", payment_id=payment["id"])
        operation = await workplace.finished(payment["id"], "payment.sync")

        assert (operation["status"], operation["error"]["code"]) == ("failed", "currency_mismatch")
        assert await moved(workplace, payment) == {}

    async def test_reconciliation_notes_a_difference_and_heals_nothing_by_it(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await paid(workplace, organization)
        # Stripe's list is told rightly, but our row is not what it was: so the payment is looked at by itself.
        await workplace.database.execute(
            "update public.payments set amount_captured = 90 where id = %s", [payment["id"]]
        )
        before = await workplace.payment_row(payment["id"])
        await speak_of_dollars(workplace, "GET", "/v1/payment_intents/pi_*")
        operation = await workplace.call("reconcile_payments", connection_id=gateway)

        await ended(workplace, operation["id"])
        found = await workplace.all("select * from public.payment_differences where payment_id = %s", payment["id"])
        assert ("amount", "AED 99", "USD 99") in [(row["kind"], row["ours"], row["theirs"]) for row in found]
        assert await moved(workplace, before) == {}
