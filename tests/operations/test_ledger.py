"""The ledger: payments can be rebuilt from it after whatever happened to them, and it cannot be rewritten."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.operations.gateways import Till
from tests.support.gateways import stripe
from tests.support.workplace import Row, Workplace
from workers.runtime import Worker
from workers.store.payments import PostgresPayments


@pytest.fixture
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    async with workplace.working() as worker:
        yield worker


@pytest.fixture
async def till(workplace: Workplace, organization: UUID) -> Till:
    return await Till.open(workplace, organization, stripe.GATEWAY)


async def paid(till: Till, **arguments: Any) -> Row:
    payment = await till.workplace.payment(till.organization_id, **arguments)
    assert (await till.workplace.finished(payment["id"]))["status"] == "succeeded"
    return await till.workplace.payment_row(payment["id"])


async def check(till: Till) -> dict[str, Any]:
    """What the check says of the organization."""
    row = await till.workplace.call("check_payment_ledger", organization_id=till.organization_id)
    report: dict[str, Any] = row["check_payment_ledger"]
    return report


async def alerts(till: Till) -> list[Row]:
    return await till.workplace.all(
        "select * from public.alerts where organization_id = %s and kind = 'payment.ledger_differs'",
        till.organization_id,
    )


async def test_it_is_clean_after_a_life_with_everything_in_it(workplace: Workplace, till: Till, worker: Worker) -> None:
    payment = await paid(till, capture_method="manual")
    await workplace.call("capture_payment", payment_id=payment["id"], amount="80.00")
    assert (await workplace.finished(payment["id"], "payment.capture"))["status"] == "succeeded"
    for amount in ("10.00", "20.00"):
        refund = await workplace.call("refund_payment", payment_id=payment["id"], amount=amount)
        assert (await workplace.finished(refund["id"], "payment.refund"))["status"] == "succeeded"
    await till.control(f"/payment_intents/{payment['provider_payment_id']}/dispute", reason="fraudulent")
    await workplace.call("sync_payment", payment_id=payment["id"])
    await workplace.finished(payment["id"], "payment.sync")
    await paid(till)
    failed = await workplace.payment(till.organization_id, payment_method="pm_card_chargeDeclined")
    await workplace.finished(failed["id"])

    row = await workplace.payment_row(payment["id"])
    assert (str(row["amount_captured"]), str(row["amount_refunded"])) == ("80.00", "30.00")
    assert await check(till) == {"checked": 3, "differences": []}


@pytest.mark.parametrize(
    ("change", "fact", "in_row", "in_ledger"),
    [
        ("status = 'refunded'", "status", "refunded", "captured"),
        ("amount_captured = 98.99", "amount_captured", "98.99", "99"),
        ("amount_refunded = 1", "amount_refunded", "1", "0"),
        ("amount = 9900", "amount", "9900", "99"),
        ("provider_payment_id = 'pi_another'", "provider_payment_id", "pi_another", "{provider_payment_id}"),
    ],
    ids=["status", "captured", "refunded", "amount", "gateway's id"],
)
async def test_a_row_that_was_tampered_with_is_found(
    workplace: Workplace, till: Till, worker: Worker, change: str, fact: str, in_row: str, in_ledger: str
) -> None:
    payment, other = await paid(till), await paid(till)
    await workplace.database.execute(f"update public.payments set {change} where id = %s".encode(), [payment["id"]])

    report = await check(till)

    told = {"payment_id": str(payment["id"]), "fact": fact, "in_row": in_row, "in_ledger": in_ledger.format(**payment)}
    assert report == {"checked": 2, "differences": [told]}
    assert other["id"] != payment["id"]


async def test_nobody_rewrites_it_not_even_the_databases_owner(
    workplace: Workplace, till: Till, worker: Worker
) -> None:
    payment = await paid(till)
    for change in ("to_status = 'failed'", "amount = 1", "detail = '{}'", "applied = applied"):
        with pytest.raises(psycopg.errors.RaiseException, match="payment_events is append-only"):
            await workplace.database.execute(
                f"update public.payment_events set {change} where payment_id = %s".encode(), [payment["id"]]
            )
    assert (await check(till))["differences"] == []


async def test_by_the_clock_a_difference_is_one_alert_however_often_it_is_seen(
    workplace: Workplace, till: Till, worker: Worker
) -> None:
    payments = PostgresPayments(workplace.pool, safe_seconds=1.0)
    payment = await paid(till)
    await payments.check_recent_ledgers()
    assert await alerts(till) == []

    await workplace.database.execute("update public.payments set amount_captured = 1 where id = %s", [payment["id"]])
    for _ in range(2):
        await payments.check_recent_ledgers()

    (alert,) = await alerts(till)
    assert (alert["severity"], alert["status"], alert["occurrences"]) == ("critical", "open", 2)
    assert [each["payment_id"] for each in alert["detail"]["differences"]] == [str(payment["id"])]
    await workplace.database.execute(  # the stack is shared: other tests look at all recent payments too
        "update public.payments set amount_captured = 99 where id = %s", [payment["id"]]
    )
