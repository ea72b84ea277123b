"""Both colours against the real hub, with a worker at work and Stripe's twin behind it: the wider payments."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from psycopg.types.json import Jsonb
from wasl import (
    Address,
    AsyncWasl,
    Conflict,
    InvalidRequest,
    NotFound,
    OperationFailed,
    Payment,
    PermissionDenied,
    Wasl,
    WaslError,
)

from tests.support.hubs import AnyHub, collect, done, elsewhere
from tests.support.workplace import CARD, Workplace

ORDER: dict[str, Any] = {"amount": "99.00", "currency": "AED", "reference": "order-1"}
HOME: Address = {"line1": "1 Marina Walk", "city": "Dubai", "state": "Dubai", "country": "AE"}


@pytest.fixture(scope="module", autouse=True)
async def worker(workplace: Workplace) -> AsyncIterator[None]:
    """A worker, at work all the while; it needs a keyring, which comes with the first organization."""
    await workplace.organization()
    async with workplace.working():
        yield


async def member(workplace: Workplace, organization_id: UUID, role: str) -> str:
    """The access token of a new member of an organization."""
    user_id = str(uuid4())
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, %s)",
        [organization_id, user_id, role],
    )
    return workplace.stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})


@pytest.fixture(params=[AsyncWasl, Wasl])
def colour(request: pytest.FixtureRequest) -> type[AnyHub]:
    """The class of the client."""
    kind: type[AnyHub] = request.param
    return kind


@pytest.fixture
async def hub(colour: type[AnyHub], workplace: Workplace, organization: UUID) -> AsyncIterator[AnyHub]:
    """A client of a developer of the organization."""
    token = await member(workplace, organization, "developer")
    client = colour(workplace.stack.url, workplace.stack.publishable_key, access_token=token)
    yield client
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


@pytest.fixture
async def main(workplace: Workplace, organization: UUID) -> UUID:
    """A connection to Stripe's twin."""
    return await workplace.connect_stripe(organization, name="Main")


@pytest.fixture
async def spare(workplace: Workplace, organization: UUID) -> UUID:
    """Another one."""
    return await workplace.connect_stripe(organization, name="Spare")


async def paid(hub: AnyHub, **arguments: Any) -> Payment:
    """A payment by card that has succeeded."""
    payment = await elsewhere(lambda: hub.payments.create(**ORDER | {"payment_method": CARD} | arguments, wait=20))
    assert payment.status == "captured"
    return payment


# What a payment is made with.


async def test_a_payment_keeps_its_items_and_addresses(hub: AnyHub, main: UUID) -> None:
    payment = await paid(
        hub,
        method="card",
        country="AE",
        locale="ar",
        customer={"name": "Noor", "email": None, "reference": "c-7"},
        billing_address={**HOME, "line2": None},
        shipping_address=HOME,
        items=[
            {"name": "Chair", "unit_amount": Decimal("42.00"), "quantity": 2, "reference": "chair-1"},
            {"name": "Delivery", "unit_amount": 15},
        ],
    )
    assert [(item.name, str(item.unit_amount), item.quantity) for item in payment.items] == [
        ("Chair", "42.00", 2),
        ("Delivery", "15", 1),
    ]
    assert payment.customer == {"name": "Noor", "reference": "c-7"}
    assert payment.billing_address == payment.shipping_address == HOME
    assert (payment.method, payment.country, payment.locale) == ("card", "AE", "ar")
    again = await paid(hub, items=payment.items, customer=payment.customer, billing_address=payment.billing_address)
    assert (again.items, again.billing_address) == (payment.items, HOME)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"items": [{"name": "Chair", "unit_amount": "1.001"}]}, "items.0.unit_amount"),
        ({"items": [{"name": "Chair", "unit_amount": "1.00", "quantity": 0}]}, "items.0.quantity"),
        ({"items": [{"name": "Chair", "unit_amount": "1.00", "colour": "red"}]}, "items.0.colour"),
        ({"items": [{"name": "Chair"}]}, "items.0.unit_amount"),
        ({"billing_address": {"line1": "x", "city": "Dubai"}}, "billing_address.country"),
        ({"billing_address": {**HOME, "country": "UAE"}}, "billing_address.country"),
        ({"customer": {"phone": "0501234567"}}, "customer.phone"),
        ({"method": "Visa!"}, "method"),
        ({"locale": "fr"}, "locale"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"payment_method_id": uuid4()}, "payment_method_id"),
    ],
)
@pytest.mark.parametrize("colour", [AsyncWasl])
async def test_what_a_payment_cannot_be_made_with_is_named(
    hub: AnyHub, main: UUID, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(hub.payments.create(**ORDER | {"payment_method": CARD} | changed))
    assert error.value.field == field


# Saved payment methods.


async def test_a_payment_method_is_kept_used_and_forgotten(hub: AnyHub, main: UUID) -> None:
    assert await collect(hub.payments.methods.list()) == []
    first = await paid(hub, customer={"reference": "c-7"}, save_payment_method=True)
    [method] = await collect(hub.payments.methods.list(customer_reference="c-7", environment="sandbox"))
    assert (method.type, method.last_four, method.first_payment_id) == ("card", "4242", first.id)
    assert await collect(hub.payments.methods.list(customer_reference="c-8")) == []
    again = await paid(hub, payment_method=None, payment_method_id=method.id)
    assert (again.payment_method_id, again.connection_id) == (method.id, main)
    assert (await elsewhere(lambda: hub.payments.methods.delete(method.id, wait=20))).status == "succeeded"
    assert await collect(hub.payments.methods.list()) == []
    assert [each.status for each in await collect(hub.payments.methods.list(status=None))] == ["deleted"]
    assert (await done(hub.payments.methods.get(method.id))).status == "deleted"
    with pytest.raises(NotFound) as error:
        await done(hub.payments.create(**ORDER, payment_method_id=method.id))
    assert error.value.field == "payment_method_id"


# Routing.


async def test_a_dry_run_follows_the_policy(hub: AnyHub, main: UUID, spare: UUID) -> None:
    assert await done(hub.payments.routing.policy("sandbox")) is None
    policy = await done(
        hub.payments.routing.set_policy(
            "sandbox",
            cases=[{"name": "large", "when": {"minimum_amount": Decimal("5000")}, "connections": [spare]}],
            expected_version=0,
        )
    )
    assert await done(hub.payments.routing.policy("sandbox")) == policy
    large = await elsewhere(lambda: hub.payments.routing.try_route(amount=5000, currency="AED"))
    assert (large.chosen.connection_id, large.policy.case, large.policy.version) == (spare, "large", 1)
    assert [each.connection_id for each in large.next] == [main]
    await done(hub.payments.routing.update_connection(spare, enabled=False))
    small = await elsewhere(lambda: hub.payments.routing.try_route(amount="99.00", currency="AED", method="card"))
    assert (small.chosen.connection_id, small.chosen.provider, small.policy.case) == (main, "stripe", None)
    assert [(each.connection_id, each.reason) for each in small.skipped] == [(spare, "switched off")]
    assert await collect(hub.payments.list()) == []


async def test_a_dry_run_that_ends_nowhere_says_why(hub: AnyHub, main: UUID) -> None:
    await done(hub.payments.routing.update_connection(main, currencies=["KWD"]))
    with pytest.raises(OperationFailed) as error:
        await elsewhere(lambda: hub.payments.routing.try_route(amount="99.00", currency="AED"))
    assert error.value.code == "no_connection"
    assert error.value.operation.error is not None
    [skipped] = error.value.operation.error.skipped
    assert (skipped.connection_id, skipped.reason) == (main, "does not take AED")


async def test_the_cheapest_is_known_by_fees(hub: AnyHub, main: UUID, spare: UUID) -> None:
    await done(hub.payments.routing.update_connection(main, fee_percent="2.9", fee_fixed="1.00", fee_currency="AED"))
    await done(hub.payments.routing.update_connection(spare, fee_percent=Decimal("2.5")))
    await done(hub.payments.routing.set_policy("sandbox", rule="lowest_fee"))
    route = await elsewhere(lambda: hub.payments.routing.try_route(amount="100.00", currency="AED"))
    assert [(each.connection_id, each.fee) for each in [route.chosen, *route.next]] == [
        (spare, Decimal("2.5")),
        (main, Decimal("3.9")),
    ]


async def test_a_limit_is_set_seen_and_taken_away(hub: AnyHub, main: UUID, spare: UUID) -> None:
    changed = await done(hub.payments.routing.update_connection(main, priority=50, maximum_amount=Decimal("1E+3")))
    assert (changed.priority, changed.maximum_amount, changed.enabled) == (50, Decimal("1000"), True)
    assert [each.connection_id for each in await done(hub.payments.routing.connections())] == [main, spare]
    changed = await done(hub.payments.routing.update_connection(main, maximum_amount=None))
    assert (changed.priority, changed.maximum_amount) == (50, None)
    assert await done(hub.payments.routing.update_connection(main)) == changed
    with pytest.raises(InvalidRequest, match="priority"):
        await done(hub.payments.routing.update_connection(main, priority=5000))


async def test_who_changed_a_policy_first_is_not_overwritten(hub: AnyHub, main: UUID) -> None:
    await done(hub.payments.routing.set_policy("sandbox", failover=False, expected_version=0))
    with pytest.raises(Conflict) as error:
        await done(hub.payments.routing.set_policy("sandbox", expected_version=0))
    assert (error.value.code, error.value.field) == ("policy_changed", "expected_version")


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ({"name": ""}, "cases.1.name"),
        ({"name": "x", "when": {"currencies": ["dirham"]}}, "cases.1.when.currencies"),
        ({"name": "x", "when": {"maximum_amount": "-1"}}, "cases.1.when.maximum_amount"),
        ({"name": "x", "connections": [uuid4()]}, "cases.1.connections"),
        ({"name": "x", "colour": "blue"}, "cases.1.colour"),
    ],
)
@pytest.mark.parametrize("colour", [AsyncWasl])
async def test_a_case_that_makes_no_sense_is_named(hub: AnyHub, main: UUID, case: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(hub.payments.routing.set_policy("sandbox", cases=[{"name": "cards"}, case]))
    assert error.value.field == field


# Links.


async def test_a_link_lives(hub: AnyHub, main: UUID, workplace: Workplace) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    items = [{"name": "Chair", "unit_amount": "49.50", "quantity": 2}]
    create = hub.payments.create_link
    link = await done(create(**ORDER, expires_at=tomorrow, items=items, idempotency_key="k1"))
    assert link.url == f"{workplace.stack.url}/functions/v1/pay/{link.token}"
    assert (link.status, str(link.amount), link.expires_at, link.single_use) == ("active", "99.00", tomorrow, True)
    assert await done(create(**ORDER, expires_at=tomorrow, items=items, idempotency_key="k1")) == link
    with pytest.raises(Conflict) as error:
        await done(create(**ORDER, expires_at=tomorrow, idempotency_key="k1"))
    assert error.value.code == "idempotency_key_reused"
    assert await done(hub.payments.links.get(link.id)) == link
    assert await collect(hub.payments.links.list(status=["active", "paid"], reference="order-1")) == [link]
    assert (await done(hub.payments.links.disable(link.id))).status == "disabled"
    assert await collect(hub.payments.links.list(status="active")) == []
    with pytest.raises(InvalidRequest) as refused:
        await done(create(**ORDER, expires_at=datetime(2001, 1, 1, tzinfo=UTC)))
    assert refused.value.field == "expires_at"


# Reconciliation and the ledger.


async def test_payments_that_agree_are_compared(hub: AnyHub, main: UUID) -> None:
    await paid(hub)
    run = await elsewhere(lambda: hub.payments.reconciliation.run(main, idempotency_key="k1", wait=20))
    assert (run.status, run.compared, run.differences, run.error) == ("finished", 1, 0, None)
    assert await done(hub.payments.reconciliation.get(run.id)) == run
    assert await collect(hub.payments.reconciliation.list(connection_id=main, status="finished")) == [run]
    assert await collect(hub.payments.reconciliation.differences()) == []
    again = await elsewhere(lambda: hub.payments.reconciliation.run(main, idempotency_key="k1", wait=20))
    assert again == run


async def test_a_difference_is_seen_and_dealt_with(hub: AnyHub, main: UUID, workplace: Workplace) -> None:
    payment = await paid(hub)
    await workplace.database.execute(
        "update public.payments set amount = 98, amount_captured = 98 where id = %s", [payment.id]
    )
    since = datetime.now(UTC) - timedelta(hours=1)
    run = await elsewhere(lambda: hub.payments.reconciliation.run(main, since=since, wait=20))
    found = await collect(hub.payments.reconciliation.differences(reconciliation_id=run.id))
    assert len(found) == run.differences > 0
    dismissed = await done(hub.payments.reconciliation.dismiss(found[0].id, note="Found by hand."))
    assert (dismissed.status, dismissed.note) == ("dismissed", "Found by hand.")
    assert (await done(hub.payments.reconciliation.dismiss(found[0].id))).note == "Found by hand."
    left = await collect(hub.payments.reconciliation.differences())
    assert [each.id for each in left] == [each.id for each in found[1:]]


@pytest.mark.parametrize("colour", [AsyncWasl])
async def test_a_key_that_stands_for_something_else_compares_nothing(hub: AnyHub, main: UUID, spare: UUID) -> None:
    await done(hub.payments.create(**ORDER, payment_method=CARD, idempotency_key="k1"))
    with pytest.raises(Conflict) as error:
        await done(hub.payments.reconciliation.run(main, idempotency_key="k1"))
    assert (error.value.code, error.value.field) == ("idempotency_key_reused", "idempotency_key")
    await done(hub.payments.reconciliation.run(main, idempotency_key="k2"))
    with pytest.raises(Conflict) as error:
        await done(hub.payments.reconciliation.run(spare, idempotency_key="k2"))
    assert error.value.code == "idempotency_key_reused"


@pytest.mark.parametrize("colour", [AsyncWasl])
async def test_a_span_that_makes_no_sense_is_not_compared(hub: AnyHub, main: UUID) -> None:
    now = datetime.now(UTC)
    with pytest.raises(InvalidRequest) as error:
        await done(hub.payments.reconciliation.run(main, since=now, until=now - timedelta(days=1)))
    assert error.value.field == "since"


async def test_the_ledger_holds_everything_and_tells_when_a_row_does_not(
    hub: AnyHub, main: UUID, workplace: Workplace
) -> None:
    payment = await paid(hub)
    report = await done(hub.payments.check_ledger())
    assert (report.checked, report.differences) == (1, [])
    assert (await done(hub.payments.check_ledger(since=datetime.now(UTC) + timedelta(hours=1)))).checked == 0
    await workplace.database.execute("update public.payments set status = 'failed' where id = %s", [payment.id])
    [difference] = (await done(hub.payments.check_ledger())).differences
    assert (difference.payment_id, difference.fact) == (payment.id, "status")
    assert (difference.in_row, difference.in_ledger) == ("failed", "captured")


# Disputes and payouts.


async def test_disputes_and_payouts_are_listed_once_gateways_tell_of_them(
    hub: AnyHub, main: UUID, workplace: Workplace
) -> None:
    assert await collect(hub.payments.disputes.list()) == []
    assert await collect(hub.payments.payouts.list()) == []
    payment = await paid(hub)
    told = {"provider_status": "x", "currency": "AED", "occurred_at": "2026-11-23T20:00:00Z"}
    dispute = {**told, "provider_dispute_id": "dp_1", "status": "open", "amount": "99.00", "reason": "fraudulent"}
    payout = {
        **told,
        "provider_payout_id": "po_1",
        "status": "in_transit",
        "amount": "1250.5",
        "arrives_on": "2026-11-25",
    }
    await workplace.one("select private.apply_dispute_news(%s, %s, %s, %s)", payment.id, main, Jsonb(dispute), uuid4())
    await workplace.one("select private.apply_payout_news(%s, %s)", main, Jsonb({**payout, "arrives_on": "2026-11-25"}))
    [disputed] = await collect(hub.payments.disputes.list(status="open", payment_id=payment.id, connection_id=main))
    assert (disputed.reason, str(disputed.amount), disputed.currency) == ("fraudulent", "99.00", "AED")
    assert await done(hub.payments.disputes.get(disputed.id)) == disputed
    [sent] = await collect(hub.payments.payouts.list(status=["pending", "in_transit"], currency="AED"))
    assert (str(sent.amount), sent.arrives_on) == ("1250.50", date(2026, 11, 25))
    assert await done(hub.payments.payouts.get(sent.id)) == sent
    assert await collect(hub.payments.disputes.list(status=["won", "lost"])) == []
    assert await collect(hub.payments.payouts.list(created_after=datetime.now(UTC) + timedelta(hours=1))) == []


# For everyone.


@pytest.mark.parametrize("colour", [AsyncWasl])
async def test_a_viewer_looks_and_changes_nothing(hub: AnyHub, main: UUID, workplace: Workplace) -> None:
    [connection] = await done(hub.payments.routing.connections())
    token = await member(workplace, connection.organization_id, "viewer")
    async with AsyncWasl(workplace.stack.url, workplace.stack.publishable_key, access_token=token) as viewer:
        assert await viewer.payments.routing.connections() == [connection]
        assert (await viewer.payments.routing.try_route(amount=1, currency="AED")).chosen.connection_id == main
        refused: list[tuple[Any, type[WaslError]]] = [
            (viewer.payments.routing.update_connection(main, enabled=False), NotFound),
            (viewer.payments.routing.set_policy("sandbox"), PermissionDenied),
            (viewer.payments.create_link(**ORDER), PermissionDenied),
            (viewer.payments.reconciliation.run(main), NotFound),
        ]
        for call, error in refused:
            with pytest.raises(error):
                await call
    assert await done(hub.payments.routing.connections()) == [connection]


@pytest.mark.parametrize("colour", [AsyncWasl])
async def test_the_hub_writes_money_as_strings(hub: AnyHub, main: UUID, workplace: Workplace) -> None:
    await paid(hub)
    await done(hub.payments.create_link(**ORDER))
    token = await hub._api.session.access_token()  # type: ignore[misc]
    headers = {"apikey": workplace.stack.publishable_key, "Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"{workplace.stack.url}/rest/v1", headers=headers) as http:
        changed = await http.patch(
            f"/payment_providers?connection_id=eq.{main}",
            json={"minimum_amount": "1.10", "maximum_amount": "99999999999.10", "fee_fixed": "0.30"},
            headers={"Prefer": "return=representation"},
        )
        [provider] = changed.json()
        assert (provider["minimum_amount"], provider["maximum_amount"]) == ("1.10", "99999999999.10")
        assert provider["fee_fixed"] == "0.30"
        [payment] = (await http.get("/payments")).json()
        amounts = ("amount", "amount_authorized", "amount_captured", "amount_refunded")
        assert [payment[name] for name in amounts] == ["99.00", "99.00", "99.00", "0.00"]
        [link] = (await http.get("/payment_links")).json()
        assert (link["amount"], link["input"]["amount"]) == ("99.00", "99.00")
