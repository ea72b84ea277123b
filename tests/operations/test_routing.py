"""Routing through a real worker: asked about without sending, explained, and failed over only when it is safe."""

import json
import socket
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.operations.gateways import Till
from tests.support.gateways import checkout, stripe, ziina
from tests.support.workplace import CARD, Row, Workplace, until
from workers.operations.connectors import Connectors
from workers.operations.jobs import Done
from workers.operations.payments import PaymentHandlers
from workers.runtime import Worker, open_pipeline, open_runtime
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.store.jobs import PostgresQueue
from workers.store.payments import PostgresPayments

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    async with workplace.working() as worker:
        yield worker


@pytest.fixture
async def tills(workplace: Workplace, organization: UUID) -> list[Till]:
    """Three accounts at Stripe, considered in this order."""
    return [await Till.open(workplace, organization, stripe.GATEWAY, priority=number) for number in range(1, 4)]


async def answer(workplace: Workplace, operation: Row) -> Row:
    """An operation once it has ended."""

    async def ended() -> Row | None:
        row = await workplace.one("select * from public.operations where id = %s", operation["id"])
        return row if row["status"] != "pending" else None

    row: Row = await until(ended)
    return row


async def ask(workplace: Workplace, organization: UUID, **question: Any) -> Row:
    """The operation of a question where a payment would go, once it is answered."""
    question = {"amount": "99.00", "currency": "AED"} | question
    return await answer(workplace, await workplace.call("route_payment", organization_id=organization, **question))


async def route(workplace: Workplace, organization: UUID, **question: Any) -> dict[str, Any]:
    """Where a payment would go, and why."""
    operation = await ask(workplace, organization, **question)
    assert operation["status"] == "succeeded", operation["error"]
    why: dict[str, Any] = operation["result"]
    return why


async def set_policy(workplace: Workplace, organization: UUID, *cases: Row, **policy: Any) -> None:
    await workplace.call("set_payment_policy", organization_id=organization, cases=json.dumps(cases), **policy)


async def set_route(workplace: Workplace, till: Till, **columns: Any) -> None:
    """Change how a connection is routed to as a developer does: directly, under row-level security."""
    user = uuid4()
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user, f"{user}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, 'developer')",
        [till.organization_id, user],
    )
    async with workplace.database.transaction():
        claims = json.dumps({"role": "authenticated", "sub": str(user)})
        await workplace.database.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        await workplace.database.execute("set local role authenticated")
        assignments = ", ".join(f"{name} = %s" for name in columns)
        cursor = await workplace.database.execute(
            f"update public.payment_providers set {assignments} where connection_id = %s", [*columns.values(), till.id]
        )
        assert cursor.rowcount == 1


def order(why: dict[str, Any]) -> list[UUID]:
    """The connections of a route: the chosen one, and those that would take over."""
    return [UUID(each["connection_id"]) for each in (why["chosen"], *why["next"])]


def reasons(why: dict[str, Any]) -> dict[UUID, str]:
    """Why each connection that is out is out."""
    return {UUID(each["connection_id"]): each["reason"] for each in why["skipped"]}


class TestTheDryRun:
    async def test_without_a_policy_the_order_is_by_priority(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        why = await route(workplace, organization)
        assert order(why) == [till.id for till in tills]
        assert (why["rule"], why["policy"]) == ("priority", {"version": 0})
        assert why["reason"] == f"{await tills[0].name()} comes first by priority."

    async def test_it_sends_nothing_and_leaves_no_payment(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        operation = await ask(workplace, organization)
        assert operation["attempts"] == 1
        for table in ("payments", "payment_events", "integration_logs"):
            assert await workplace.all(f"select * from public.{table} where organization_id = %s", organization) == []
        for till in tills:
            assert (await till.ask("GET", "/v1/events")).json()["data"] == []
            assert (await till.ask("GET", "/v1/payment_intents")).json()["data"] == []

    async def test_a_policy_shares_payments_out_by_weight(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        for till, weight in zip(tills, (0, 0, 5), strict=True):
            await set_route(workplace, till, weight=weight)
        await set_policy(workplace, organization, rule="weighted")
        why = await route(workplace, organization)
        assert order(why)[0] == tills[2].id  # whatever its priority
        assert why["reason"] == f"The lot, by weight, fell on {await tills[2].name()}."
        assert (why["rule"], why["policy"]) == ("weighted", {"version": 1})

    async def test_the_lowest_fee_depends_on_the_amount(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        await set_route(workplace, tills[0], fee_percent="3.3")
        await set_route(workplace, tills[1], fee_percent="2.9", fee_fixed="1.00", fee_currency="AED")
        await set_policy(workplace, organization, rule="lowest_fee")

        small, large = await route(workplace, organization), await route(workplace, organization, amount="1000.00")

        assert order(small) == [tills[0].id, tills[1].id, tills[2].id]  # nobody knows what the third costs
        assert order(large) == [tills[1].id, tills[0].id, tills[2].id]
        assert (small["chosen"]["fee"], large["chosen"]["fee"]) == ("3.267", "30")
        assert large["reason"] == f"{await tills[1].name()} has the lowest fee."

    async def test_a_case_speaks_of_method_and_country(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        case = {
            "name": "Apple Pay at home",
            "when": {"methods": ["apple_pay"], "countries": ["AE"]},
            "connections": [str(tills[2].id)],
            "exclusive": True,
        }
        await set_policy(workplace, organization, case)

        met = await route(workplace, organization, method="apple_pay", country="AE")
        assert order(met) == [tills[2].id]
        assert met["policy"] == {"version": 1, "case": "Apple Pay at home"}
        assert "in the case “Apple Pay at home” of the policy" in met["reason"]
        assert set(reasons(met).values()) == {"the case “Apple Pay at home” of the policy names others"}
        for other in ({"method": "apple_pay", "country": "SA"}, {"method": "card", "country": "AE"}, {}):
            assert order(await route(workplace, organization, **other)) == [till.id for till in tills]

    async def test_direct_edits_take_effect_at_once(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        await set_route(workplace, tills[0], methods=["apple_pay"], countries=["AE", "SA"])
        await set_route(workplace, tills[1], currencies=["USD"])
        await set_route(workplace, tills[2], minimum_amount="100", maximum_amount="200", priority=0)

        within = await route(workplace, organization, amount="150.00", method="apple_pay", country="AE")
        assert order(within) == [tills[2].id, tills[0].id]
        assert reasons(within) == {tills[1].id: "does not take AED"}
        abroad = await route(workplace, organization, amount="150.00", method="card", country="KW")
        assert order(abroad) == [tills[2].id]
        assert reasons(abroad)[tills[0].id] == "does not take payers in KW"
        card = await route(workplace, organization, amount="150.00", method="card", country="AE")
        assert reasons(card)[tills[0].id] == "is not used for card"

    async def test_what_is_out_of_order_is_passed_over_and_says_so(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        await workplace.database.execute(
            "insert into private.circuit_breakers (connection_id, state, opened_at, retry_at)"
            " values (%s, 'open', now(), now() + interval '1 hour')",
            [tills[0].id],
        )
        await workplace.database.execute(
            "update public.integration_connections set health_state = 'down' where id = %s", [tills[1].id]
        )
        why = await route(workplace, organization)
        assert order(why) == [tills[2].id]
        assert reasons(why) == {
            tills[0].id: "its circuit breaker is open",
            tills[1].id: "its health checks fail",
        }

    async def test_a_policy_may_rule_failover_out(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        await set_policy(workplace, organization, failover=False)
        why = await route(workplace, organization)
        assert order(why) == [tills[0].id]
        assert set(reasons(why).values()) == {"the policy allows no failover"}

    async def test_when_none_can_take_it_each_says_why_not(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        await set_route(workplace, tills[0], enabled=False)
        await workplace.call("update_connection", connection_id=tills[1].id, paused=True)
        await set_route(workplace, tills[2], maximum_amount="50")
        no_keeper = await Till.open(workplace, organization, ziina.GATEWAY)

        operation = await ask(workplace, organization, save_payment_method=True)

        assert (operation["status"], operation["error"]["code"]) == ("failed", "no_connection")
        found = reasons(operation["error"])
        assert found[tills[0].id] == "switched off"
        assert found[tills[1].id] == "the connection is paused"
        assert found[tills[2].id] == "takes no more than 50"
        assert found[no_keeper.id] == "the provider keeps no payment methods"

    async def test_a_method_that_no_gateway_knows_is_nobodys(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        operation = await ask(workplace, organization, method="cowries")
        assert set(reasons(operation["error"]).values()) == {"the provider does not offer cowries"}


class TestARealPayment:
    async def test_its_operation_shows_why_by_the_same_rule(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        case = {"name": "Dear", "when": {"minimum_amount": "50"}, "connections": [str(tills[1].id)]}
        await set_policy(workplace, organization, case)
        payment = await workplace.payment(organization)
        operation = await workplace.finished(payment["id"])

        assert (operation["status"], operation["connection_id"]) == ("succeeded", tills[1].id)
        assert order(operation["why"]) == [tills[1].id, tills[0].id, tills[2].id]
        assert operation["why"]["policy"] == {"version": 1, "case": "Dear"}
        assert operation["why"]["reason"] == (
            f"{await tills[1].name()} comes first by priority in the case “Dear” of the policy."
        )

    async def test_a_method_that_nobody_knows_fails_it_by_name(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        payment = await workplace.payment(organization, method="cowries", connection_id=tills[0].id)
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
        assert operation["error"]["field"] == "method"
        assert (await workplace.payment_row(payment["id"]))["status"] == "failed"

    async def test_none_that_can_take_it_fails_it_and_each_says_why_not(
        self, workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
    ) -> None:
        for till in tills:
            await set_route(workplace, till, countries=["SA"])
        payment = await workplace.payment(organization, country="AE")
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["error"]["code"]) == ("failed", "no_connection")
        assert reasons(operation["error"]) == {till.id: "does not take payers in AE" for till in tills}


@pytest.fixture
async def pair(workplace: Workplace, organization: UUID) -> list[Till]:
    """Two gateways of different kinds, considered in this order."""
    return [
        await Till.open(workplace, organization, stripe.GATEWAY, priority=1),
        await Till.open(workplace, organization, checkout.GATEWAY, priority=2),
    ]


CREATE_PAGE = {"method": "POST", "path": "/v1/checkout/sessions"}


class TestFailover:
    """From Stripe to Checkout.com, so that a fault meets one of them only."""

    async def page(self, workplace: Workplace, organization: UUID) -> Row:
        """A payment on a page of whichever gateway takes it."""
        return await workplace.payment(organization, payment_method=None, return_url="https://shop.example/back")

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ({"kind": "rate_limited", "retry_after": "30"}, "rate_limited"),
            ({"kind": "server_error", "status": 503}, "unavailable"),
        ],
        ids=["429", "503"],
    )
    async def test_another_takes_over_from_one_that_refuses_for_now(
        self,
        workplace: Workplace,
        organization: UUID,
        pair: list[Till],
        worker: Worker,
        fault: dict[str, Any],
        code: str,
    ) -> None:
        await workplace.plan_fault(fault.pop("kind"), times=10, match=CREATE_PAGE, **fault)
        payment = await self.page(workplace, organization)
        operation = await workplace.finished(payment["id"])

        assert (operation["status"], operation["connection_id"]) == ("succeeded", pair[1].id)
        (refused,) = operation["why"]["refused_for_now"]
        assert (refused["connection_id"], refused["error"]["code"]) == (str(pair[0].id), code)
        assert operation["why"]["rule"] == "failover"
        assert operation["why"]["reason"].startswith(f"{await pair[1].name()} took over, because nothing happened")
        assert (await workplace.at_stripe(payment["id"]))["sessions"] == []

    async def test_another_takes_over_from_one_that_cannot_be_reached(
        self, workplace: Workplace, organization: UUID, pair: list[Till]
    ) -> None:
        payment = await self.page(workplace, organization)
        operation = await self._carry_out(workplace, payment, unreachable="stripe")
        assert operation["connection_id"] == pair[1].id
        (refused,) = operation["why"]["refused_for_now"]
        assert refused["error"]["code"] == "unavailable"
        assert (await workplace.payment_row(payment["id"]))["connection_id"] == pair[1].id

    async def test_nobody_takes_over_from_one_whose_outcome_is_unknown(
        self, workplace: Workplace, organization: UUID, pair: list[Till], worker: Worker
    ) -> None:
        await workplace.plan_fault("drop_after", times=3, match=CREATE_PAGE)
        payment = await self.page(workplace, organization)
        operation = await workplace.finished(payment["id"])

        assert (operation["status"], operation["connection_id"]) == ("succeeded", pair[0].id)
        assert len((await workplace.at_stripe(payment["id"]))["sessions"]) == 1
        asked = await workplace.all(
            "select * from public.integration_logs where operation_id = %s and connection_id = %s",
            operation["id"],
            pair[1].id,
        )
        assert asked == []

    async def test_what_was_unknown_and_never_happened_may_go_elsewhere(
        self, workplace: Workplace, organization: UUID, pair: list[Till], worker: Worker
    ) -> None:
        """Stripe is found out about first; that it refuses then for now is known, and so is that it did nothing."""
        await workplace.plan_fault("drop_before", times=3, match=CREATE_PAGE)
        payment = await self.page(workplace, organization)
        operation = await workplace.finished(payment["id"])
        assert operation["status"] == "succeeded"
        sessions = (await workplace.at_stripe(payment["id"]))["sessions"]
        assert len(sessions) == (1 if operation["connection_id"] == pair[0].id else 0)

    async def test_nobody_takes_over_when_the_policy_says_so(
        self, workplace: Workplace, organization: UUID, pair: list[Till], worker: Worker
    ) -> None:
        await set_policy(workplace, organization, failover=False)
        await workplace.plan_fault("rate_limited", retry_after="1", match=CREATE_PAGE)
        payment = await self.page(workplace, organization)
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["connection_id"]) == ("succeeded", pair[0].id)
        assert reasons(operation["why"]) == {pair[1].id: "the policy allows no failover"}

    async def _carry_out(self, workplace: Workplace, payment: Row, *, unreachable: str) -> Row:
        """Do the payment's job once, with nobody listening where one provider was."""
        operation_id = (await workplace.operation(payment["id"]))["id"]
        async with open_runtime(workplace.settings()) as runtime, open_pipeline(runtime) as pipeline:
            queue = PostgresQueue(runtime.pool)
            connectors = PartlyUnreachable(
                runtime.vault, pipeline, sandbox_url=str(workplace.sandbox.base_url).rstrip("/")
            )
            connectors.unreachable = unreachable
            handlers = PaymentHandlers(
                PostgresPayments(runtime.pool, safe_seconds=1.0), PostgresConnections(runtime.pool), connectors
            )
            claimed = await queue.claim(uuid4(), ["payment.create"], 100, 60.0)
            (job,) = [job for job in claimed if job.id == operation_id]
            done = await handlers.create(job)
            assert isinstance(done, Done), done
            await queue.finish_with_effect(job, done)
        return await workplace.operation(payment["id"])


class PartlyUnreachable(Connectors):
    """Opens connectors of one provider where nobody listens."""

    unreachable = ""

    def _base_url(self, row: ConnectionRow) -> str | None:
        if row.provider_key != self.unreachable:
            return super()._base_url(row)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        return f"http://127.0.0.1:{port}"


async def test_a_payment_by_token_goes_by_the_policy_too(
    workplace: Workplace, organization: UUID, tills: list[Till], worker: Worker
) -> None:
    await set_policy(workplace, organization, rule="lowest_fee")
    await set_route(workplace, tills[2], fee_percent="1")
    payment = await workplace.payment(organization, payment_method=CARD)
    operation = await workplace.finished(payment["id"])
    assert (operation["connection_id"], operation["why"]["rule"]) == (tills[2].id, "lowest_fee")
