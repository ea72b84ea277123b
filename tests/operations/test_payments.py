"""Payments through a real worker, the real database and Stripe's twin."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.operations.conftest import job_row
from tests.support.workplace import DECLINED_CARD, Row, Workplace, until
from workers.operations.connectors import Connectors
from workers.operations.jobs import Done
from workers.operations.payment_looks import PaymentLooks
from workers.operations.payments import PaymentHandlers
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult, PaymentStatus, RefundResult, RefundStatus
from workers.runtime import Worker, open_pipeline, open_runtime
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.store.jobs import LeaseLost, PostgresQueue
from workers.store.payments import PostgresPayments

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    async with workplace.working() as worker:
        yield worker


@pytest.fixture
async def gateway(workplace: Workplace, organization: UUID) -> UUID:
    """A connected Stripe account."""
    return await workplace.connect_stripe(organization)


async def captured(workplace: Workplace, organization: UUID, amount: str = "99.00", **arguments: object) -> Row:
    """A payment that has been taken."""
    payment = await workplace.payment(organization, amount, **arguments)
    assert (await workplace.finished(payment["id"]))["status"] == "succeeded"
    return await workplace.payment_row(payment["id"])


class TestCreating:
    async def test_a_payment_by_card_is_taken(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, "99.00", customer='{"name": "Amal"}')
        operation = await workplace.finished(payment["id"])

        row = await workplace.payment_row(payment["id"])
        assert (row["status"], str(row["amount_captured"]), row["connection_id"]) == ("captured", "99.00", gateway)
        assert row["provider_payment_id"].startswith("pi_")
        assert (operation["status"], operation["connection_id"], operation["attempts"]) == ("succeeded", gateway, 1)
        (intent,) = (await workplace.at_stripe(payment["id"]))["payment_intents"]
        assert (intent["id"], intent["amount"], intent["currency"]) == (row["provider_payment_id"], 9900, "aed")

    async def test_why_the_connection_was_chosen_is_kept(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        chosen = await workplace.finished((await workplace.payment(organization))["id"])
        named = await workplace.finished((await workplace.payment(organization, connection_id=gateway))["id"])
        assert chosen["why"]["rule"] == "priority"
        assert chosen["why"]["chosen"]["connection_id"] == str(gateway)
        assert named["why"] == {"chosen": {"connection_id": str(gateway)}, "rule": "named by the client"}

    async def test_a_hosted_payment_gets_the_page_to_send_the_payer_to(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, payment_method=None, return_url="https://shop.example/back")
        await workplace.finished(payment["id"])
        row = await workplace.payment_row(payment["id"])
        assert row["status"] == "requires_action"
        assert row["checkout_url"].startswith("http")
        assert row["provider_session_id"].startswith("cs_")

    async def test_a_declined_payment_fails_with_the_reason(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, payment_method=DECLINED_CARD)
        operation = await workplace.finished(payment["id"])
        row = await workplace.payment_row(payment["id"])
        assert (operation["status"], operation["error"]["code"]) == ("failed", "declined")
        assert operation["error"]["provider"] == "stripe"
        assert (row["status"], row["failure"]["code"]) == ("failed", "generic_decline")
        assert row["provider_payment_id"].startswith("pi_")

    async def test_a_request_that_stripe_would_refuse_fails_and_names_the_field(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, "0.01")
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
        assert operation["error"]["field"] == "money.amount"
        row = await workplace.payment_row(payment["id"])
        assert (row["status"], row["failure"]["reason"]) == ("failed", "invalid_request")
        assert (await workplace.at_stripe(payment["id"]))["payment_intents"] == []

    async def test_wrong_credentials_fail_the_payment_and_the_connection_asks_for_attention(
        self, workplace: Workplace, organization: UUID, worker: Worker
    ) -> None:
        gateway = await workplace.connect_stripe(organization, secret_key="sk_test_invalid")
        # Named, since a health check may find the connection out first, and then it would not be chosen.
        payment = await workplace.payment(organization, connection_id=gateway)
        operation = await workplace.finished(payment["id"])
        connection = await workplace.one("select * from public.integration_connections where id = %s", gateway)
        alert = await workplace.one(
            "select * from public.alerts where group_key = %s", f"connection.needs_attention:{gateway}"
        )
        assert (operation["status"], operation["error"]["code"]) == ("failed", "authentication_failed")
        assert (connection["status"], connection["last_error"]["code"]) == ("needs_attention", "authentication_failed")
        assert (alert["kind"], alert["status"]) == ("connection.needs_attention", "open")

    async def test_no_connection_that_fits_fails_the_payment_and_says_why_not(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        await workplace.database.execute(
            "update public.payment_providers set currencies = '{USD}' where connection_id = %s", [gateway]
        )
        payment = await workplace.payment(organization)
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["error"]["code"]) == ("failed", "no_connection")
        assert operation["error"]["skipped"][0]["reason"] == "does not take AED"
        assert (await workplace.payment_row(payment["id"]))["status"] == "failed"

    async def test_the_call_is_in_the_log_under_its_operation(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization)
        operation = await workplace.finished(payment["id"])

        async def logged() -> list[Row]:
            return await workplace.all("select * from public.integration_logs where operation_id = %s", operation["id"])

        (line,) = await until(logged)
        assert (line["operation"], line["status"], line["connection_id"]) == ("create_payment", 200, gateway)


class TestFailover:
    @pytest.fixture
    async def gateways(self, workplace: Workplace, organization: UUID) -> list[UUID]:
        """Three accounts, considered in this order."""
        gateways = [await workplace.connect_stripe(organization) for _ in range(3)]
        for priority, gateway in enumerate(gateways):
            await workplace.database.execute(
                "update public.payment_providers set priority = %s where connection_id = %s", [priority, gateway]
            )
        return gateways

    async def test_a_gateway_that_refuses_for_now_is_passed_over(
        self, workplace: Workplace, organization: UUID, gateways: list[UUID], worker: Worker
    ) -> None:
        await workplace.plan_fault("rate_limited", retry_after="30", match={"method": "POST"})
        payment = await workplace.payment(organization)
        operation = await workplace.finished(payment["id"])

        assert (operation["status"], operation["connection_id"]) == ("succeeded", gateways[1])
        assert operation["why"]["rule"] == "failover"
        (refused,) = operation["why"]["refused_for_now"]
        assert (refused["connection_id"], refused["error"]["code"]) == (str(gateways[0]), "rate_limited")
        assert len((await workplace.at_stripe(payment["id"]))["payment_intents"]) == 1

    async def test_a_gateway_that_did_not_answer_is_asked_and_not_passed_over(
        self, workplace: Workplace, organization: UUID, gateways: list[UUID], worker: Worker
    ) -> None:
        for _ in range(3):  # also when the call itself is repeated under its key
            await workplace.plan_fault("drop_after", match={"method": "POST"})
        payment = await workplace.payment(organization)
        operation = await workplace.finished(payment["id"])

        assert (operation["status"], operation["connection_id"]) == ("succeeded", gateways[0])
        assert len((await workplace.at_stripe(payment["id"]))["payment_intents"]) == 1

    async def test_a_refusal_for_good_is_not_tried_elsewhere(
        self, workplace: Workplace, organization: UUID, gateways: list[UUID], worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, payment_method=DECLINED_CARD)
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["connection_id"]) == ("failed", gateways[0])

    async def test_when_all_refuse_for_now_the_payment_is_tried_again_later(
        self, workplace: Workplace, organization: UUID, gateways: list[UUID], worker: Worker
    ) -> None:
        for _ in range(3):
            await workplace.plan_fault("rate_limited", retry_after="60", match={"method": "POST"})
        payment = await workplace.payment(organization)
        operation_id = (await workplace.operation(payment["id"]))["id"]

        async def put_off() -> Row | None:
            row = await job_row(workplace, operation_id)
            return row if row is not None and row["last_error"] is not None else None

        job = await until(put_off)
        assert (job["last_error"]["code"], job["attempt"], job["outcome_unknown"]) == ("rate_limited", 0, False)
        assert (await workplace.payment_row(payment["id"]))["status"] == "pending"


class TestAfterwards:
    async def test_reserved_money_is_taken_in_part(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, capture_method="manual")
        await workplace.finished(payment["id"])
        assert (await workplace.payment_row(payment["id"]))["status"] == "authorized"

        await workplace.call("capture_payment", payment_id=payment["id"], amount="40.00")
        operation = await workplace.finished(payment["id"], "payment.capture")

        row = await workplace.payment_row(payment["id"])
        assert operation["status"] == "succeeded"
        assert str(row["amount_captured"]) == "40.00"

    async def test_reserved_money_is_released(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, capture_method="manual")
        await workplace.finished(payment["id"])
        await workplace.call("cancel_payment", payment_id=payment["id"], reason="requested_by_customer")
        assert (await workplace.finished(payment["id"], "payment.cancel"))["status"] == "succeeded"
        assert (await workplace.payment_row(payment["id"]))["status"] == "cancelled"

    async def test_a_part_and_then_the_rest_is_given_back(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await captured(workplace, organization)
        part = await workplace.call("refund_payment", payment_id=payment["id"], amount="10.00", reason="duplicate")
        await workplace.finished(part["id"], "payment.refund")
        row = await workplace.payment_row(payment["id"])
        assert (row["status"], str(row["amount_refunded"])) == ("partially_refunded", "10.00")

        rest = await workplace.call("refund_payment", payment_id=payment["id"])
        await workplace.finished(rest["id"], "payment.refund")
        row = await workplace.payment_row(payment["id"])
        assert (row["status"], str(row["amount_refunded"])) == ("refunded", "99.00")
        refund = await workplace.one("select * from public.payment_refunds where id = %s", rest["id"])
        assert (refund["status"], str(refund["amount"])) == ("succeeded", "89.00")
        assert refund["provider_refund_id"].startswith("re_")

    async def test_a_refused_refund_fails_and_frees_its_amount(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await captured(workplace, organization)
        await _behind_our_back(workplace, gateway, payment, "refunds", payment_intent="{}")
        refund = await workplace.call("refund_payment", payment_id=payment["id"], amount="99.00")
        operation = await workplace.finished(refund["id"], "payment.refund")
        row = await workplace.one("select * from public.payment_refunds where id = %s", refund["id"])
        assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
        assert (row["status"], row["failure"]["code"]) == ("failed", "charge_already_refunded")

    async def test_asking_the_gateway_brings_what_happened_there(
        self, workplace: Workplace, organization: UUID, gateway: UUID, worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, capture_method="manual")
        await workplace.finished(payment["id"])
        await _behind_our_back(workplace, gateway, payment, "payment_intents/{}/capture")

        operation = await workplace.call("sync_payment", payment_id=payment["id"])
        await workplace.finished(payment["id"], "payment.sync")

        row = await workplace.payment_row(payment["id"])
        assert (row["status"], str(row["amount_captured"])) == ("captured", "99.00")
        event = await workplace.one("select * from public.payment_events where source_id = %s", operation["id"])
        assert (event["source"], event["to_status"]) == ("sync", "captured")


class KnowsRefunds:
    """A connector whose provider lists a payment's refunds."""

    def __init__(self, payment_id: str) -> None:
        self._payment_id = payment_id

    async def open(self, row: ConnectionRow, operation_id: UUID | None = None) -> Any:
        return self

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        return PaymentResult(
            provider_payment_id=self._payment_id,
            status=PaymentStatus.PARTIALLY_REFUNDED,
            provider_status="succeeded",
            money=Money.of("99.00", "AED"),
            refunds=("re_elsewhere",),
        )

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        money = Money.of("9.00", "AED")
        return RefundResult(
            provider_refund_id=provider_refund_id,
            status=RefundStatus.SUCCEEDED,
            provider_status="succeeded",
            money=money,
        )

    async def create_payment(self, request: object) -> None: ...
    async def find_payment(self, request: object, *, attempted_at: object) -> None: ...
    async def refund_payment(self, request: object) -> None: ...
    async def find_refund(self, request: object, *, attempted_at: object) -> None: ...


async def test_asking_the_gateway_brings_refunds_made_elsewhere(
    workplace: Workplace, organization: UUID, gateway: UUID
) -> None:
    async with workplace.working():
        payment = await captured(workplace, organization)
    operation = await workplace.call("sync_payment", payment_id=payment["id"])
    queue = PostgresQueue(workplace.pool)
    (job,) = [job for job in await queue.claim(uuid4(), ["payment.sync"], 100, 60.0) if job.id == operation["id"]]
    looks = PaymentLooks(
        PostgresPayments(workplace.pool, safe_seconds=1.0),
        PostgresConnections(workplace.pool),
        KnowsRefunds(payment["provider_payment_id"]),
    )
    done = await looks.sync(job)
    assert isinstance(done, Done)
    await queue.finish_with_effect(job, done)

    row = await workplace.payment_row(payment["id"])
    (refund,) = await workplace.all("select * from public.payment_refunds where payment_id = %s", payment["id"])
    assert (row["status"], str(row["amount_refunded"])) == ("partially_refunded", "9.00")
    assert (refund["made_elsewhere"], refund["provider_refund_id"]) == (True, "re_elsewhere")


class TestCancelling:
    async def test_a_payment_that_a_worker_holds_but_has_not_sent_is_cancelled(
        self, workplace: Workplace, organization: UUID, gateway: UUID
    ) -> None:
        payment = await workplace.payment(organization)
        operation_id = (await workplace.operation(payment["id"]))["id"]
        await workplace.database.execute(
            "update private.jobs set claim_id = gen_random_uuid(), lease_until = now() where id = %s", [operation_id]
        )
        await workplace.call("cancel_operation", operation_id=operation_id)
        await workplace.database.execute("update private.jobs set claim_id = null where id = %s", [operation_id])

        async with workplace.working():
            operation = await workplace.finished(payment["id"])
        assert operation["status"] == "cancelled"
        assert (await workplace.payment_row(payment["id"]))["status"] == "cancelled"
        assert (await workplace.at_stripe(payment["id"]))["payment_intents"] == []

    async def test_a_payment_that_may_have_been_sent_is_found_out_about_first(
        self, workplace: Workplace, organization: UUID, gateway: UUID
    ) -> None:
        payment = await workplace.payment(organization)
        operation_id = (await workplace.operation(payment["id"]))["id"]
        await workplace.database.execute(
            "update private.jobs set outcome_unknown = true, cancel_requested = true,"
            " payload = jsonb_build_object('sent_to', %s::text, 'sent_at', now()) where id = %s",
            [gateway, operation_id],
        )
        async with workplace.working():
            operation = await workplace.finished(payment["id"])
        assert operation["status"] == "succeeded"
        assert (await workplace.payment_row(payment["id"]))["status"] == "captured"


async def test_a_payment_whose_lease_is_about_to_end_is_not_sent(workplace: Workplace, organization: UUID) -> None:
    """Between claiming and sending a worker may have been suspended for any time."""
    await workplace.connect_stripe(organization)
    payment = await workplace.payment(organization)
    operation_id = (await workplace.operation(payment["id"]))["id"]
    async with open_runtime(workplace.settings()) as runtime, open_pipeline(runtime) as pipeline:
        claimed = await PostgresQueue(runtime.pool).claim(uuid4(), ["payment.create"], 100, 3.0)
        handlers = PaymentHandlers(
            PostgresPayments(runtime.pool, safe_seconds=4.0),
            PostgresConnections(runtime.pool),
            Connectors(runtime.vault, pipeline, sandbox_url=str(workplace.sandbox.base_url)),
        )
        (job,) = [job for job in claimed if job.id == operation_id]
        with pytest.raises(LeaseLost):
            await handlers.create(job)
    assert (await workplace.at_stripe(payment["id"]))["payment_intents"] == []


async def _behind_our_back(workplace: Workplace, gateway: UUID, payment: Row, path: str, **form: str) -> None:
    """What a merchant does in the provider's own dashboard; ``{}`` stands for the provider's id of the payment."""
    async with open_runtime(workplace.settings()) as runtime:
        secrets = await runtime.vault.open(gateway)
    answer = await workplace.sandbox.post(
        f"/stripe/v1/{path.format(await _gateway_id(workplace, payment))}",
        data={name: value.format(await _gateway_id(workplace, payment)) for name, value in form.items()},
        headers={"Authorization": f"Bearer {secrets['secret_key']}", "Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 200, answer.text


async def _gateway_id(workplace: Workplace, payment: Row) -> str:
    return str((await workplace.payment_row(payment["id"]))["provider_payment_id"])
