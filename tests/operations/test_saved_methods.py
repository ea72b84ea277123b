"""Payment methods that payers agreed to have kept: kept by the gateway, called by our id, and forgotten when asked."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.operations.conftest import job_row
from tests.operations.gateways import Till
from tests.support.gateways import checkout, stripe
from tests.support.workplace import Row, Workplace, until
from workers.runtime import Worker

pytestmark = pytest.mark.usefixtures("no_faults")
CUSTOMER = '{"reference": "customer-7", "email": "sara@example.com"}'


@pytest.fixture
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    async with workplace.working() as worker:
        yield worker


@pytest.fixture(params=[stripe.GATEWAY, checkout.GATEWAY], ids=["stripe", "checkout"])
async def till(request: pytest.FixtureRequest, workplace: Workplace, organization: UUID) -> Till:
    """A gateway that keeps payment methods."""
    return await Till.open(workplace, organization, request.param)


@pytest.fixture
async def stripe_till(workplace: Workplace, organization: UUID) -> Till:
    return await Till.open(workplace, organization, stripe.GATEWAY)


async def kept(till: Till, **arguments: Any) -> Row:
    """The payment method that a paid checkout has left."""
    payment = await till.page(save_payment_method=True, customer=CUSTOMER, **arguments)
    await till.pay(payment)
    await till.captured(payment)
    return await till.workplace.one("select * from public.payment_methods where first_payment_id = %s", payment["id"])


async def token_of(till: Till, method: Row) -> str:
    """What the gateway calls it."""
    row = await till.workplace.one(
        "select token from private.payment_method_tokens where payment_method_id = %s", method["id"]
    )
    return str(row["token"])


async def forgotten_behind_our_back(till: Till, token: str) -> bool:
    """Have the gateway forget it, as in its own dashboard; False when it does not keep it any more."""
    path = f"/v1/payment_methods/{token}/detach" if till.gateway.key == "stripe" else f"/instruments/{token}"
    return (await till.ask("POST" if till.gateway.key == "stripe" else "DELETE", path)).is_success


async def forget(till: Till, method: Row) -> Row:
    """Have it deleted; the operation once it has ended."""
    await till.workplace.call("delete_payment_method", payment_method_id=method["id"])
    return await till.workplace.finished(method["id"], "payment_method.delete")


async def test_a_paid_checkout_keeps_the_card_and_shows_no_token(till: Till, worker: Worker) -> None:
    method = await kept(till)

    assert (method["type"], method["last_four"], method["expires"]) == ("card", "4242", "2029-04")
    assert method["brand"].lower() == "visa"
    assert (method["customer_reference"], method["status"]) == ("customer-7", "active")
    assert (method["connection_id"], method["organization_id"]) == (till.id, till.organization_id)
    token = await token_of(till, method)
    for table in ("payment_methods", "payments", "payment_events", "operations"):
        rows = await till.workplace.all(
            f"select r::text as row from public.{table} r where r.organization_id = %s", till.organization_id
        )
        assert not [row for row in rows if token in row["row"]], table


async def test_without_the_wish_nothing_is_kept(stripe_till: Till, workplace: Workplace, worker: Worker) -> None:
    payment = await stripe_till.page()
    await stripe_till.pay(payment)
    await stripe_till.captured(payment)
    assert await workplace.all("select * from public.payment_methods where connection_id = %s", stripe_till.id) == []


async def test_it_is_kept_once_however_often_it_is_told(
    stripe_till: Till, workplace: Workplace, worker: Worker
) -> None:
    method = await kept(stripe_till)
    for _ in range(2):
        await workplace.call("sync_payment", payment_id=method["first_payment_id"])
        await workplace.finished(method["first_payment_id"], "payment.sync")
    assert (
        len(await workplace.all("select * from public.payment_methods where connection_id = %s", stripe_till.id)) == 1
    )


async def test_it_pays_again_while_the_payer_is_away(till: Till, workplace: Workplace, worker: Worker) -> None:
    another = await workplace.connect_stripe(till.organization_id)
    method = await kept(till, connection_id=till.id)

    again = await workplace.payment(till.organization_id, "20.00", payment_method=None, payment_method_id=method["id"])
    assert again["connection_id"] == till.id != another
    assert (await workplace.finished(again["id"]))["status"] == "succeeded"
    row = await till.captured(again)
    assert (str(row["amount_captured"]), row["checkout_url"]) == ("20.00", None)
    state = (
        await workplace.sandbox.get("/_state", params={"provider": till.gateway.key, "payment_id": str(again["id"])})
    ).json()
    assert till.gateway.charges(state) == 1


async def test_a_deleted_one_is_gone_at_the_gateway_and_here(till: Till, workplace: Workplace, worker: Worker) -> None:
    method = await kept(till)
    token = await token_of(till, method)

    assert (await forget(till, method))["status"] == "succeeded"

    assert not await forgotten_behind_our_back(till, token)
    row = await workplace.one("select status from public.payment_methods where id = %s", method["id"])
    assert row["status"] == "deleted"
    tokens = await workplace.all(
        "select * from private.payment_method_tokens where payment_method_id = %s", method["id"]
    )
    assert tokens == []
    with pytest.raises(psycopg.Error, match="no such saved payment method"):
        await workplace.payment(till.organization_id, payment_method=None, payment_method_id=method["id"])


async def test_to_delete_it_twice_does_no_harm(stripe_till: Till, worker: Worker) -> None:
    method = await kept(stripe_till)
    assert [(await forget(stripe_till, method))["status"] for _ in range(2)] == ["succeeded", "succeeded"]


async def test_one_that_the_gateway_forgot_by_itself_is_forgotten_here_too(till: Till, worker: Worker) -> None:
    method = await kept(till)
    token = await token_of(till, method)
    assert await forgotten_behind_our_back(till, token)
    assert (await forget(till, method))["status"] == "succeeded"


async def test_a_payment_with_one_that_only_the_gateway_forgot_is_refused_and_says_so(
    stripe_till: Till, workplace: Workplace, worker: Worker
) -> None:
    method = await kept(stripe_till)
    token = await token_of(stripe_till, method)
    assert await forgotten_behind_our_back(stripe_till, token)

    payment = await workplace.payment(stripe_till.organization_id, payment_method=None, payment_method_id=method["id"])
    operation = await workplace.finished(payment["id"])

    assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
    assert operation["error"]["field"] == "payment_method"
    assert (await workplace.payment_row(payment["id"]))["status"] == "failed"


async def test_another_organizations_is_not_found(stripe_till: Till, workplace: Workplace, worker: Worker) -> None:
    method = await kept(stripe_till)
    stranger = await workplace.organization()
    await workplace.connect_stripe(stranger)
    with pytest.raises(psycopg.Error, match="no such saved payment method"):
        await workplace.payment(stranger, payment_method=None, payment_method_id=method["id"])


async def test_it_is_deleted_only_once_the_payments_before_have_been_made(
    stripe_till: Till, workplace: Workplace
) -> None:
    """A payment whose answer was lost is found out about by sending it again: with the method it was sent with."""
    async with workplace.working():
        method = await kept(stripe_till)
    payment = await workplace.payment(stripe_till.organization_id, payment_method=None, payment_method_id=method["id"])
    deletion = await workplace.call("delete_payment_method", payment_method_id=method["id"])
    later = "update private.jobs set run_at = now() + interval '1 hour' where id = %s"
    await workplace.database.execute(later, [(await workplace.operation(payment["id"]))["id"]])
    for _ in range(3):  # also when the call itself is repeated
        await workplace.plan_fault("drop_after", match={"method": "POST", "path": "/v1/payment_intents"})

    async with workplace.working():

        async def put_off() -> bool:
            row = await job_row(workplace, deletion["id"])
            return row is not None and (row["last_error"] or {}).get("code") == "payment_method_in_use"

        await until(put_off)
        assert (await workplace.operation(method["id"], "payment_method.delete"))["status"] == "pending"
        await workplace.database.execute(
            "update private.jobs set run_at = now() where id = %s", [(await workplace.operation(payment["id"]))["id"]]
        )
        assert (await workplace.finished(payment["id"]))["status"] == "succeeded"
        assert (await workplace.finished(method["id"], "payment_method.delete"))["status"] == "succeeded"
    assert (await workplace.payment_row(payment["id"]))["status"] == "captured"
    assert len((await workplace.at_stripe(payment["id"]))["charges"]) == 1


async def test_a_payment_that_may_have_been_made_does_not_fail_because_its_method_is_gone(
    stripe_till: Till, workplace: Workplace
) -> None:
    async with workplace.working():
        method = await kept(stripe_till)
    payment = await workplace.payment(stripe_till.organization_id, payment_method=None, payment_method_id=method["id"])
    operation_id = (await workplace.operation(payment["id"]))["id"]
    await workplace.database.execute(
        "update private.jobs set outcome_unknown = true,"
        " payload = jsonb_build_object('sent_to', %s::text, 'sent_at', now()) where id = %s",
        [stripe_till.id, operation_id],
    )
    await workplace.database.execute("select private.forget_payment_method(%s)", [method["id"]])

    async with workplace.working(retry_base_seconds=30):

        async def put_off() -> Row | None:
            row = await job_row(workplace, operation_id)
            return row if row is not None and row["last_error"] else None

        job = await until(put_off)
    assert (job["last_error"]["field"], job["outcome_unknown"]) == ("payment_method_id", True)
    assert (await workplace.payment_row(payment["id"]))["status"] == "pending"
