"""Comparing our payments with the gateways' own: with gateways that have a list, and with such that have none."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.providers.builders import a_capture, a_payment, a_refund
from tests.support.shops import Shop, Street, open_street
from tests.support.workplace import CARD, Row, Workplace, until
from workers.providers.money import Money
from workers.providers.payments.stripe import connector as stripe
from workers.runtime import Worker
from workers.store.jobs import LeaseLost
from workers.store.reconciliation import PostgresReconciliations, Step, advance

LISTING, ASKED_ONE_BY_ONE = ("stripe", "tap"), ("ngenius", "checkout")
RETURN = {"return_url": "https://shop.example/back"}
READ_ORDER = "GET /transactions/outlets/*/orders/*"


@pytest.fixture(scope="module")
async def street(workplace: Workplace) -> AsyncIterator[Street]:
    async with open_street(workplace) as street:
        yield street


@pytest.fixture(scope="module", autouse=True)
async def worker(street: Street) -> AsyncIterator[Worker]:
    async with street.hub.working() as worker:
        yield worker


@pytest.fixture
async def shop(street: Street, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """A shop of which no webhook arrives: what the hub knows, it was answered."""
    shop = await street.shop(request.param)
    await shop.lose_webhooks()
    yield shop
    await shop.faults_are_over()


each_gateway = pytest.mark.parametrize("shop", [*LISTING, *ASKED_ONE_BY_ONE], indirect=True)
of_stripe = pytest.mark.parametrize("shop", ["stripe"], indirect=True)
of_ngenius = pytest.mark.parametrize("shop", ["ngenius"], indirect=True)


async def compared(shop: Shop, **span: Any) -> Row:
    """A comparison, once it has ended."""
    operation = await shop.hub.call("reconcile_payments", connection_id=shop.connection_id, **span)
    return await ended(shop, operation["subject_id"])


async def ended(shop: Shop, reconciliation_id: UUID) -> Row:
    async def over() -> Row | None:
        row = await shop.hub.one("select * from public.payment_reconciliations where id = %s", reconciliation_id)
        return None if row["status"] == "running" else row

    run: Row = await until(over)
    return run


def counts(run: Row) -> tuple[int, int, int, int]:
    """Compared, healed, different and strangers, of a comparison that could be made."""
    assert run["status"] == "finished", run["error"]
    return run["compared"], run["healed"], run["differences"], run["strangers"]


async def differences(shop: Shop, status: str = "open") -> list[Row]:
    query = "select * from public.payment_differences where connection_id = %s and status = %s order by kind, id"
    return await shop.hub.all(query, shop.connection_id, status)


async def alerts(shop: Shop) -> list[Row]:
    query = "select * from public.alerts where organization_id = %s and kind = 'payment.reconciliation' order by id"
    return await shop.hub.all(query, shop.organization_id)


async def paid(shop: Shop, **arguments: Any) -> Row:
    """A payment that is captured, and known to be."""
    payment = await shop.payment(**arguments)
    await shop.pay(payment)
    await shop.hub.call("sync_payment", payment_id=payment["id"])
    return await shop.reaches(payment, "captured")


# What has fallen behind is brought up to date.


@each_gateway
async def test_in_step_there_is_nothing_to_say(shop: Shop) -> None:
    await paid(shop)
    await shop.payment()
    run = await compared(shop)
    assert counts(run) == (2, 0, 0, 0)
    assert (await differences(shop), await alerts(shop)) == ([], [])
    result = (await shop.hub.one("select * from public.operations where id = %s", run["operation_id"]))["result"]
    assert result == {"compared": 2, "healed": 0, "differences": 0, "strangers": 0}
    kept = "select count(*) as count from private.listed_payments where reconciliation_id = %s"
    assert (await shop.hub.one(kept, run["id"]))["count"] == 0


@each_gateway
async def test_what_no_webhook_has_told_is_healed(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.pay(payment)
    assert counts(await compared(shop)) == (1, 1, 0, 0)
    assert (await shop.now(payment))["status"] == "captured"
    assert counts(await compared(shop)) == (1, 0, 0, 0)


@each_gateway
async def test_a_refund_at_the_gateways_dashboard_is_healed(shop: Shop) -> None:
    payment = await paid(shop)
    async with shop.dashboard() as connector:
        part = Money.of("30.00", "AED")
        known = {"money": part, "provider_data": payment["provider_data"]}
        await connector.refund_payment(a_refund(payment["provider_payment_id"], **known))
    assert counts(await compared(shop)) == (1, 1, 0, 0)
    now = await shop.now(payment)
    assert (now["status"], str(now["amount_refunded"])) == ("partially_refunded", "30.00")
    (refund,) = await shop.hub.all("select * from public.payment_refunds where payment_id = %s", payment["id"])
    assert refund["made_elsewhere"]


CAPTURES = [("stripe", "99.00"), ("stripe", "40.00"), ("ngenius", "40.00"), ("tap", "99.00")]


@pytest.mark.parametrize(("shop", "part"), CAPTURES, indirect=["shop"])
async def test_a_capture_at_the_gateways_dashboard_is_healed(shop: Shop, part: str) -> None:
    payment = await shop.payment(capture_method="manual")
    await shop.pay(payment)
    assert counts(await compared(shop)) == (1, 1, 0, 0)
    payment = await shop.now(payment)
    assert payment["status"] == "authorized"
    async with shop.dashboard() as connector:
        known = {"payment_id": payment["id"], "provider_data": payment["provider_data"], "money": Money.of(part, "AED")}
        await connector.capture_payment(a_capture(payment["provider_payment_id"], **known))
    assert counts(await compared(shop)) == (1, 1, 0, 0)
    now = await shop.now(payment)
    assert now["status"] in ("captured", "partially_captured")
    assert str(now["amount_captured"]) == part
    assert counts(await compared(shop)) == (1, 0, 0, 0)


@of_stripe
async def test_a_payment_whose_making_was_never_answered_is_healed(shop: Shop) -> None:
    payment = await shop.payment(payment_method=CARD)
    await shop.hub.database.execute(
        """update public.payments set status = 'pending', provider_payment_id = null, provider_data = '{}',
           connection_id = null, amount_captured = 0, amount_authorized = 0 where id = %s""",
        [payment["id"]],
    )
    assert counts(await compared(shop)) == (1, 1, 0, 0)
    now = await shop.now(payment)
    assert (now["status"], now["connection_id"]) == ("captured", shop.connection_id)
    assert now["provider_payment_id"] == payment["provider_payment_id"]


# What differs stays until it agrees, or a person has dealt with it.


@of_ngenius
async def test_a_difference_that_stays_is_one_row_and_one_alert_until_it_heals(shop: Shop) -> None:
    payment = await paid(shop)
    await shop.fault("patched", READ_ORDER, patch={"amount": {"currencyCode": "AED", "value": 5000}}, times=99)
    first = await compared(shop)
    assert counts(first) == (1, 0, 1, 0)
    (row,) = await differences(shop)
    assert (row["kind"], row["ours"], row["theirs"]) == ("amount", "AED 99", "AED 50")
    assert (row["payment_id"], row["reconciliation_id"]) == (payment["id"], first["id"])

    # The payment is out of the span by now, but what differs is not forgotten.
    long_ago = "update public.payments set created_at = now() - interval '10 days' where id = %s"
    await shop.hub.database.execute(long_ago, [payment["id"]])
    second = await compared(shop)
    assert counts(second) == (1, 0, 1, 0)
    (again,) = await differences(shop)
    assert (again["id"], again["reconciliation_id"]) == (row["id"], second["id"])
    assert again["last_seen_at"] > row["last_seen_at"]
    (alert,) = await alerts(shop)
    assert (alert["status"], alert["occurrences"], alert["severity"]) == ("open", 2, "warning")

    await shop.faults_are_over()
    assert counts(await compared(shop)) == (1, 0, 0, 0)
    assert await differences(shop) == []
    (healed,) = await differences(shop, "healed")
    assert (healed["id"], healed["resolved_by"]) == (row["id"], "worker")
    (alert,) = await alerts(shop)
    assert alert["status"] == "resolved"


@of_ngenius
async def test_an_open_difference_keeps_its_alert_when_others_agree(shop: Shop) -> None:
    first = await paid(shop)
    falsehood = "update public.payments set amount = 98 where id = %s"
    await shop.hub.database.execute(falsehood, [first["id"]])
    await compared(shop)
    await shop.hub.database.execute("delete from public.payments where id = %s", [first["id"]])
    await paid(shop)
    assert counts(await compared(shop)) == (1, 0, 0, 0)
    assert [alert["status"] for alert in await alerts(shop)] == ["open"]


@of_ngenius
async def test_what_a_person_has_dealt_with_does_not_come_back_unless_it_changes(shop: Shop) -> None:
    payment = await paid(shop)
    say = "update public.payments set amount = %s where id = %s"
    await shop.hub.database.execute(say, [98, payment["id"]])
    await compared(shop)
    (row,) = await differences(shop)
    await shop.hub.call("dismiss_payment_difference", difference_id=row["id"], note="agreed on the phone")
    assert [alert["status"] for alert in await alerts(shop)] == ["resolved"]
    assert counts(await compared(shop)) == (1, 0, 0, 0)
    await shop.hub.database.execute(say, [97, payment["id"]])
    assert counts(await compared(shop)) == (1, 0, 1, 0)
    assert [row["ours"] for row in await differences(shop)] == ["AED 97"]


@of_ngenius
async def test_an_answer_in_another_currency_is_a_difference_and_moves_nothing(shop: Shop) -> None:
    payment = await paid(shop)
    async with shop.dashboard() as connector:
        known = {"money": Money.of("30.00", "AED"), "provider_data": payment["provider_data"]}
        await connector.refund_payment(a_refund(payment["provider_payment_id"], **known))
    await shop.fault("patched", READ_ORDER, patch={"amount": {"currencyCode": "USD", "value": 9900}}, times=99)
    assert counts(await compared(shop))[1:3] == (0, 2)
    assert [(row["kind"], row["theirs"]) for row in await differences(shop)] == [
        ("amount", "USD 99"),
        ("refunded", "30"),
    ]
    assert (await shop.now(payment))["amount_refunded"] == 0


@of_ngenius
async def test_a_payment_that_the_gateway_does_not_know_is_missing_there(shop: Shop) -> None:
    payment = await paid(shop)
    outlet = payment["provider_payment_id"].partition("/")[0]
    rename = "update public.payments set provider_payment_id = %s where id = %s"
    await shop.hub.database.execute(rename, [f"{outlet}/{uuid.uuid4()}", payment["id"]])
    assert counts(await compared(shop)) == (1, 0, 1, 0)
    (row,) = await differences(shop)
    assert (row["kind"], row["ours"], row["payment_id"]) == ("missing_there", "captured", payment["id"])
    await shop.hub.database.execute(rename, [payment["provider_payment_id"], payment["id"]])
    assert counts(await compared(shop)) == (1, 0, 0, 0)
    assert await differences(shop) == []


@pytest.mark.parametrize("shop", LISTING, indirect=True)
async def test_a_payment_that_the_gateway_calls_ours_and_we_do_not_have_is_missing_here(shop: Shop) -> None:
    payment = await paid(shop)
    await shop.hub.database.execute("delete from public.payments where id = %s", [payment["id"]])
    assert counts(await compared(shop)) == (0, 0, 1, 0)
    (row,) = await differences(shop)
    assert (row["kind"], row["provider_payment_id"]) == ("missing_here", payment["provider_payment_id"])
    assert (row["payment_id"], row["ours"]) == (None, None)


@of_stripe
async def test_a_second_charge_for_one_payment_of_ours_is_missing_here(shop: Shop) -> None:
    payment = await paid(shop)
    async with shop.dashboard() as connector:
        twice = await connector.create_payment(a_payment(payment_id=payment["id"]))
    run = await compared(shop)
    assert run["differences"] == 1
    (row,) = await differences(shop)
    assert (row["kind"], row["provider_payment_id"]) == ("missing_here", twice.provider_payment_id)
    assert row["payment_id"] == payment["id"]
    assert (await shop.now(payment))["provider_payment_id"] == payment["provider_payment_id"]


@pytest.mark.parametrize("shop", LISTING, indirect=True)
async def test_payments_that_are_none_of_ours_are_counted_only(shop: Shop) -> None:
    await paid(shop)
    headers = {"Authorization": f"Bearer {shop.account['secret_key']}"}
    if shop.gateway.key == "stripe":
        form = {"amount": 500, "currency": "aed", "payment_method": CARD, "confirm": "true", **RETURN}
        await shop.ask("POST", "/v1/payment_intents", headers=headers, data=form)
    else:
        source = {"source": {"id": "src_all"}, "redirect": {"url": "https://shop.example/back"}}
        payer = {"customer": {"first_name": "Sara", "email": "sara@example.com"}}
        body = {"amount": 5, "currency": "AED", **source, **payer}
        await shop.ask("POST", "/charges", headers=headers, json=body)
    await asyncio.sleep(0.005)  # the span ends now, and of Tap's list its last millisecond is not a part
    assert counts(await compared(shop)) == (1, 0, 0, 1)


@of_stripe
async def test_payments_of_an_earlier_connection_to_the_same_account_are_left_to_it(shop: Shop) -> None:
    await paid(shop)
    later = await shop.hub.connect_stripe(shop.organization_id, secret_key=shop.account["secret_key"])
    shop.connection_id = later
    assert counts(await compared(shop)) == (0, 0, 0, 0)


# Going on after something came in between.


@of_stripe
async def test_every_page_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "PAGE_SIZE", 2)
    for _ in range(5):
        await shop.payment(payment_method=CARD)
    assert counts(await compared(shop)) == (5, 0, 0, 0)


@of_ngenius
async def test_a_throttled_comparison_goes_on_where_it_was(shop: Shop) -> None:
    for _ in range(3):
        await shop.pay(await shop.payment())
    await shop.fault("rate_limited", READ_ORDER, skip=2, retry_after="0")
    assert counts(await compared(shop)) == (3, 3, 0, 0)


@of_ngenius
async def test_a_comparison_whose_lease_is_lost_counts_nothing_twice(shop: Shop) -> None:
    for _ in range(3):
        await shop.pay(await shop.payment())
    await shop.fault("late_answer", READ_ORDER, skip=1, seconds=1)
    operation = await shop.hub.call("reconcile_payments", connection_id=shop.connection_id)

    async def begun() -> Row:
        query = "select * from public.payment_reconciliations where id = %s and compared = 1"
        return (await shop.hub.all(query, operation["subject_id"]) or [{}])[0]

    await until(begun)
    lost = "update private.jobs set claim_id = null, lease_until = null where id = %s returning id"
    assert await shop.hub.all(lost, operation["id"])
    assert counts(await ended(shop, operation["subject_id"])) == (3, 3, 0, 0)
    await asyncio.sleep(1)  # whoever had lost it wakes up, and is too late
    assert counts(await ended(shop, operation["subject_id"])) == (3, 3, 0, 0)


@of_ngenius
async def test_a_step_is_made_once(shop: Shop) -> None:
    store = PostgresReconciliations(shop.hub.pool)
    async with shop.hub.database.transaction():
        call = "select set_config('request.jwt.claims', '{\"role\": \"service_role\"}', true)"
        await shop.hub.database.execute(call)
        begin = "select o.* from public.reconcile_payments(%s) o"
        operation = await shop.hub.one(begin, shop.connection_id)
        await shop.hub.database.execute("delete from private.jobs where id = %s", [operation["id"]])
    run = await store.load(operation["id"])
    assert run is not None
    async with store.transaction() as connection:
        onward = await advance(connection, run, Step("2", listed=False, compared=3, strangers=1))
    with pytest.raises(LeaseLost):
        async with store.transaction() as connection:
            await advance(connection, run, Step("2", listed=False, compared=3, strangers=1))
    assert onward == await store.load(operation["id"])
    assert await store.outcome(onward) == {"compared": 3, "healed": 0, "differences": 0, "strangers": 1}


@pytest.mark.parametrize("shop", ["stripe", "ngenius"], indirect=True)
async def test_wrong_credentials_fail_it_and_the_connection_asks_for_attention(shop: Shop) -> None:
    await shop.payment()
    wrong = {"stripe": {"secret_key": "sk_test_invalid"}, "ngenius": {"api_key": "invalidinvalidinvalid"}}
    await shop.set_credentials(**wrong[shop.gateway.key])
    run = await compared(shop)
    assert (run["status"], run["error"]["code"]) == ("failed", "authentication_failed")
    operation = await shop.hub.one("select * from public.operations where id = %s", run["operation_id"])
    assert (operation["status"], operation["error"]["code"]) == ("failed", "authentication_failed")
    connection = await shop.hub.one("select * from public.integration_connections where id = %s", shop.connection_id)
    assert connection["status"] == "needs_attention"
    (alert,) = await alerts(shop)
    assert alert["detail"]["error"]["code"] == "authentication_failed"

    await shop.set_credentials(**shop.account)
    assert counts(await compared(shop)) == (1, 0, 0, 0)
    (alert,) = await alerts(shop)
    assert alert["status"] == "resolved"


# By the clock.


@of_ngenius
async def test_each_connection_is_compared_once_a_day(shop: Shop) -> None:
    payment = await shop.payment()
    store = PostgresReconciliations(shop.hub.pool)

    async def runs() -> list[Row]:
        query = "select * from public.payment_reconciliations where connection_id = %s order by started_at, id"
        return await shop.hub.all(query, shop.connection_id)

    await store.begin_due()
    assert await runs() == [], "nothing was made in the span"
    earlier = "update public.payments set created_at = now() - interval '2 days' where id = %s"
    await shop.hub.database.execute(earlier, [payment["id"]])
    assert counts(await compared(shop)) == (0, 0, 0, 0)
    await asyncio.gather(*(store.begin_due() for _ in range(4)))
    assert len(await runs()) == 2, "a shorter one does not stand in for it"
    assert counts(await ended(shop, (await runs())[1]["id"])) == (1, 0, 0, 0)
    await store.begin_due()
    assert len(await runs()) == 2

    yesterday = (
        "update public.payment_reconciliations set started_at = now() - interval '1 day' where connection_id = %s"
    )
    await shop.hub.database.execute(yesterday, [shop.connection_id])
    await shop.hub.call("update_connection", connection_id=shop.connection_id, paused=True)
    await store.begin_due()
    assert len(await runs()) == 2
    await shop.hub.call("update_connection", connection_id=shop.connection_id, paused=False)
    await store.begin_due()
    assert len(await runs()) == 3
    await ended(shop, (await runs())[2]["id"])
