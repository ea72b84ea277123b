"""Disputes and payouts: told by Stripe's twin, signed, through the Supabase function and a worker, in any order."""

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.operations.gateways import Till
from tests.support.gateways import stripe
from tests.support.webhooks import a_dispute, an_event, signature
from tests.support.workplace import Row, Workplace, until
from workers.providers.manifest import Manifest
from workers.providers.payments.stripe import StripeConnector
from workers.runtime import Worker

pytestmark = pytest.mark.usefixtures("no_faults")


class Desk:
    """A Stripe account whose webhooks come to the hub."""

    def __init__(self, till: Till, url: str, secret: str) -> None:
        self.till, self.url, self.secret = till, url, secret
        self.workplace = till.workplace

    @classmethod
    async def open(cls, till: Till) -> "Desk":
        endpoint = await till.workplace.call("create_webhook_endpoint", connection_id=till.id)
        url = till.workplace.stack.url + endpoint["create_webhook_endpoint"]["path"]
        answer = await till.ask("POST", "/v1/webhook_endpoints", **{"url": url, "enabled_events[0]": "*"})
        assert answer.status_code == 200, answer.text
        secret = answer.json()["secret"]
        await till.workplace.set_credentials(till.organization_id, till.id, {"webhook_secret": secret})
        return cls(till, url, secret)

    async def tell(self, type_: str, subject: Row, at: int) -> None:
        """What Stripe tells, at a moment of its clock; returns once it has been processed."""
        body = an_event(type_, subject, created=at)
        async with httpx.AsyncClient() as http:
            answer = await http.post(self.url, content=body, headers={"stripe-signature": signature(body, self.secret)})
        assert answer.status_code == 200, answer.text
        await self.settled()

    async def settled(self) -> None:
        """Wait until everything that came has been processed."""

        async def done() -> bool:
            rows = await self.workplace.all(
                "select status::text as status from public.webhook_events where connection_id = %s", self.till.id
            )
            jobs = await self.workplace.all(
                "select 1 from private.jobs where kind = 'webhook.process' and organization_id = %s",
                self.till.organization_id,
            )
            assert not [row for row in rows if row["status"] in ("refused", "dead")]
            return bool(rows) and not jobs

        await until(done)

    async def delivered(self) -> None:
        """Wait until the twin has delivered all that it had to this account's address, and it has been processed."""

        async def arrived() -> bool:
            records = (await self.workplace.sandbox.get("/_deliveries")).json()
            ours = [record for record in records if record["url"] == self.url]
            assert not [each["tries"] for each in ours if each["done"] and not each["delivered"]]
            return bool(ours) and all(record["delivered"] for record in ours)

        await until(arrived)
        await self.settled()

    async def disputed(self, payment: Row) -> Row:
        """The payment's only dispute."""
        return await self.workplace.one("select * from public.payment_disputes where payment_id = %s", payment["id"])

    async def lines(self, payment: Row) -> list[str]:
        """What the ledger says of its disputes, and whether the payment moved with them."""
        rows = await self.workplace.all(
            "select type from public.payment_events where payment_id = %s and applied"
            " and (type like 'dispute.%%' or from_status = 'disputed' or to_status = 'disputed') order by id",
            payment["id"],
        )
        return [row["type"] for row in rows]

    async def alerts(self, dispute: Row) -> list[Row]:
        return await self.workplace.all(
            "select * from public.alerts where group_key = %s", f"payment.disputed:{dispute['id']}"
        )

    async def ledger_differences(self) -> list[Any]:
        row = await self.workplace.call("check_payment_ledger", organization_id=self.till.organization_id)
        return list(row["check_payment_ledger"]["differences"])


@pytest.fixture
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    async with workplace.working() as worker:
        yield worker


@pytest.fixture
async def desk(workplace: Workplace, organization: UUID, worker: Worker) -> Desk:
    return await Desk.open(await Till.open(workplace, organization, stripe.GATEWAY))


@pytest.fixture
async def payment(workplace: Workplace, desk: Desk) -> Row:
    """A payment that was taken, and told to be."""
    row = await workplace.payment(desk.till.organization_id)
    assert (await workplace.finished(row["id"]))["status"] == "succeeded"
    await desk.delivered()
    return await workplace.payment_row(row["id"])


async def next_second() -> None:
    """Stripe counts whole seconds; between the opening of a dispute and its end there is at least one."""
    began = int(time.time())

    async def later() -> bool:
        return int(time.time()) > began

    await until(later)


class TestAtTheTwin:
    async def test_a_dispute_takes_the_payment_along_and_a_won_one_gives_it_back(
        self, workplace: Workplace, desk: Desk, payment: Row
    ) -> None:
        opened = await desk.till.control(
            f"/payment_intents/{payment['provider_payment_id']}/dispute", reason="fraudulent"
        )
        await desk.delivered()

        row = await desk.disputed(payment)
        assert (row["provider_dispute_id"], row["status"], row["reason"]) == (opened["id"], "open", "fraudulent")
        assert (str(row["amount"]), row["currency"], row["connection_id"]) == ("99.00", "AED", desk.till.id)
        assert int(row["evidence_due_by"].timestamp()) == opened["evidence_details"]["due_by"]
        assert (await workplace.payment_row(payment["id"]))["status"] == "disputed"
        (alert,) = await desk.alerts(row)
        assert (alert["kind"], alert["severity"], alert["status"]) == ("payment.disputed", "critical", "open")
        assert alert["title"] == "Payment order-1 is disputed: 99.00 AED"
        assert alert["detail"]["payment_id"] == str(payment["id"])

        await next_second()
        await desk.till.control(f"/disputes/{opened['id']}/close", outcome="succeed")
        await desk.delivered()

        row = await desk.disputed(payment)
        assert (row["status"], row["provider_status"]) == ("won", "won")
        assert (await workplace.payment_row(payment["id"]))["status"] == "captured"
        assert [alert["status"] for alert in await desk.alerts(row)] == ["resolved"]
        assert await desk.lines(payment) == ["dispute.open", "payment.disputed", "dispute.won", "payment.captured"]
        assert await desk.ledger_differences() == []

    async def test_a_lost_one_leaves_it_disputed_and_ends_the_alarm(
        self, workplace: Workplace, desk: Desk, payment: Row
    ) -> None:
        opened = await desk.till.control(f"/payment_intents/{payment['provider_payment_id']}/dispute", reason="general")
        await next_second()
        await desk.till.control(f"/disputes/{opened['id']}/close", outcome="fail")
        await desk.delivered()

        row = await desk.disputed(payment)
        assert row["status"] == "lost"
        assert (await workplace.payment_row(payment["id"]))["status"] == "disputed"
        assert {alert["status"] for alert in await desk.alerts(row)} <= {"resolved"}
        assert await desk.ledger_differences() == []

    async def test_a_payout_is_followed_to_the_account(self, workplace: Workplace, desk: Desk) -> None:
        sent = await desk.till.control("/payouts", amount="9900", currency="aed")
        await desk.delivered()
        row = await workplace.one("select * from public.payouts where connection_id = %s", desk.till.id)
        assert (row["provider_payout_id"], row["status"], row["provider_status"]) == (
            sent["id"],
            "in_transit",
            "in_transit",
        )
        assert (str(row["amount"]), row["currency"], row["failure_reason"]) == ("99.00", "AED", None)
        assert row["arrives_on"] is not None

        await desk.till.control(f"/payouts/{sent['id']}/finish", outcome="succeed")
        await desk.delivered()
        row = await workplace.one("select * from public.payouts where connection_id = %s", desk.till.id)
        assert (row["status"], row["organization_id"]) == ("paid", desk.till.organization_id)

    async def test_a_payout_that_the_bank_sent_back_says_why(self, workplace: Workplace, desk: Desk) -> None:
        sent = await desk.till.control("/payouts", amount="9900", currency="aed")
        await desk.till.control(f"/payouts/{sent['id']}/finish", outcome="fail")
        await desk.delivered()
        row = await workplace.one("select * from public.payouts where connection_id = %s", desk.till.id)
        assert row["status"] == "failed"
        assert "closed" in row["failure_reason"]


CREATED, UPDATED, REINSTATED, CLOSED = (
    ("charge.dispute.created", "needs_response", 10),
    ("charge.dispute.updated", "under_review", 20),
    ("charge.dispute.funds_reinstated", "won", 40),
    ("charge.dispute.closed", "won", 30),
)


class TestInAnyOrder:
    @pytest.mark.parametrize(
        "story",
        [
            [CREATED, UPDATED, CLOSED, REINSTATED],
            [CREATED, CREATED, CLOSED, CLOSED, UPDATED],
            [CLOSED, UPDATED, CREATED],
            [UPDATED, CREATED, CLOSED],
            [CREATED, REINSTATED, CLOSED],  # what was told later came before the end
            [REINSTATED, CLOSED, CREATED],
        ],
        ids=["in order", "repeated", "backwards", "opened late", "end overtaken", "end overtaken, opened late"],
    )
    async def test_a_won_dispute_ends_won(
        self, workplace: Workplace, desk: Desk, payment: Row, story: list[tuple[str, str, int]]
    ) -> None:
        dispute = a_dispute({"id": payment["provider_payment_id"], "currency": "aed"})
        now = int(time.time())
        for type_, status, second in story:
            await desk.tell(type_, dispute | {"status": status}, now + second)

        row = await desk.disputed(payment)
        assert row["status"] == "won"
        assert [alert["status"] for alert in await desk.alerts(row) if alert["status"] != "resolved"] == []
        assert (await workplace.payment_row(payment["id"]))["status"] == "captured"
        assert (await desk.lines(payment)).count("dispute.won") == 1
        assert await desk.ledger_differences() == []

    async def test_a_payment_stays_disputed_until_its_last_dispute_is_won(
        self, workplace: Workplace, desk: Desk, payment: Row
    ) -> None:
        intent = {"id": payment["provider_payment_id"], "currency": "aed"}
        first, second = a_dispute(intent, amount=4_000), a_dispute(intent, amount=5_900)
        now = int(time.time())
        await desk.tell("charge.dispute.created", first, now + 10)
        await desk.tell("charge.dispute.created", second, now + 11)
        await desk.tell("charge.dispute.closed", first | {"status": "won"}, now + 12)
        assert (await workplace.payment_row(payment["id"]))["status"] == "disputed"

        await desk.tell("charge.dispute.closed", second | {"status": "won"}, now + 13)
        assert (await workplace.payment_row(payment["id"]))["status"] == "captured"
        assert await desk.ledger_differences() == []

    @pytest.mark.parametrize(
        "order", [(0, 1, 2), (2, 1, 0), (1, 0, 2, 1, 0)], ids=["in order", "backwards", "repeated"]
    )
    async def test_a_payout_never_goes_back(self, workplace: Workplace, desk: Desk, order: tuple[int, ...]) -> None:
        payout = {
            "id": f"po_{uuid4().hex}",
            "object": "payout",
            "amount": 9900,
            "currency": "aed",
            "arrival_date": int(time.time()) + 86_400,
            "failure_code": None,
            "failure_message": None,
        }
        story = [("payout.created", "in_transit"), ("payout.updated", "paid"), ("payout.paid", "paid")]
        now = int(time.time())
        for step in order:
            type_, status = story[step]
            await desk.tell(type_, payout | {"status": status}, now + step)
        row = await workplace.one("select * from public.payouts where connection_id = %s", desk.till.id)
        assert (row["status"], row["told_at"].timestamp()) == ("paid", now + 2)

    async def test_unsigned_news_of_a_payout_is_not_believed(
        self, workplace: Workplace, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scheme = StripeConnector.manifest.webhook
        assert scheme is not None
        unsigned: Manifest = StripeConnector.manifest.model_copy(
            update={"webhook": scheme.model_copy(update={"signs_content": False})}
        )
        monkeypatch.setattr(StripeConnector, "manifest", unsigned)
        await desk.till.control("/payouts", amount="9900", currency="aed")
        await desk.delivered()
        assert await workplace.all("select * from public.payouts where connection_id = %s", desk.till.id) == []
        (event,) = await workplace.all("select * from public.webhook_events where connection_id = %s", desk.till.id)
        assert event["status"] == "ignored"
