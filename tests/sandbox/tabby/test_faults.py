"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.providers.builders import a_cancellation, a_refund, now
from tests.providers.payments.tabby.wire import a_completion, an_instalment_payment, tabby
from tests.sandbox.tabby.conftest import Account
from tests.support.gateways.tabby import GATEWAY
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money
from workers.providers.payments.tabby import TabbyConnector
from workers.transport.aiohttp_transport import open_aiohttp_transport

CREATE = {"method": "POST", "path": "/api/v2/checkout"}
CAPTURE = {"method": "POST", "path": "*/captures"}
CLOSE = {"method": "POST", "path": "*/close"}
REFUND = {"method": "POST", "path": "*/refunds"}
SPOILT = ["drop_after", "truncated", "malformed", "wrong_content_type"]
NOT_DONE = [{"kind": "drop_before"}, {"kind": "server_error"}, {"kind": "kept_server_error"}]
SOME = Money.of("40.00", "AED")


@pytest.fixture(params=["httpx", "aiohttp"])
async def connector(request: pytest.FixtureRequest, account: Account) -> AsyncIterator[TabbyConnector]:
    """The account's connection, once over httpx's own transport and once over the one used in production."""
    if request.param == "httpx":
        yield account.connector
        return
    async with open_aiohttp_transport() as transport:
        yield tabby(transport, credentials={"secret_key": account.key}, base_url=account.connector.base_url)


@pytest.mark.parametrize(
    ("fault", "error", "sessions"),
    [
        ({"kind": "rate_limited"}, RateLimited, 0),
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 503}, Unavailable, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
        ({"kind": "kept_server_error", "applied": False}, OutcomeUnknown, 0),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"configuration": None}}, OutcomeUnknown, 1),
    ],
    ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None,
)
async def test_each_fault_is_told_for_what_it_is_and_heals_to_one_charge(
    account: Account, connector: TabbyConnector, fault: dict[str, Any], error: type[ProviderError], sessions: int
) -> None:
    request = an_instalment_payment()
    await account.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(request)
    assert type(raised.value) is error
    assert len((await account.state(request.payment_id))["payments"]) == sessions
    assert await connector.find_payment(request, attempted_at=now()) is None
    opened = await connector.create_payment(request)
    await account.pay(opened)
    await connector.complete_payment(a_completion(opened.provider_payment_id))
    state = await account.state(request.payment_id)
    assert GATEWAY.charges(state) == len(state["captures"]) == 1, "exactly one charge"
    assert len(state["payments"]) == sessions + 1


@pytest.mark.parametrize("kind", ["drop_before", *SPOILT])
async def test_a_failed_read_is_only_unavailable(account: Account, connector: TabbyConnector, kind: str) -> None:
    opened = await connector.create_payment(an_instalment_payment())
    await account.fault(kind, match={"method": "GET"}, times=2)  # aiohttp itself asks once more on a new connection
    with pytest.raises(Unavailable):
        await connector.get_payment(opened.provider_payment_id)
    await account.http.delete(f"{account.url}/_faults")
    assert (await connector.get_payment(opened.provider_payment_id)).status == "requires_action"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_capture_was_made_once(
    account: Account, connector: TabbyConnector, kind: str, strict: bool
) -> None:
    await account.test("/account", strict_replays=strict)
    payment = await account.agreed()
    request = a_completion(payment.provider_payment_id, payment_id=payment.payment_id)
    await account.fault(kind, match=CAPTURE)
    with pytest.raises(OutcomeUnknown):
        await connector.complete_payment(request)
    assert (await connector.get_payment(payment.provider_payment_id)).status == "captured"
    assert (await connector.complete_payment(request)).status == "captured"
    assert len((await account.state(payment.payment_id))["captures"]) == 1


@pytest.mark.parametrize("fault", NOT_DONE, ids=str)
async def test_a_capture_that_was_not_made_is_made(account: Account, connector: TabbyConnector, fault: Any) -> None:
    payment = await account.agreed()
    request = a_completion(payment.provider_payment_id)
    await account.fault(match=CAPTURE, **fault)
    with pytest.raises(OutcomeUnknown):
        await connector.complete_payment(request)
    assert (await connector.complete_payment(request)).status == "captured"
    assert len((await account.state(payment.payment_id))["captures"]) == 1


@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_closing_shows_in_the_payment(account: Account, connector: TabbyConnector, kind: str) -> None:
    payment = await account.agreed()
    await account.fault(kind, match=CLOSE)
    with pytest.raises(OutcomeUnknown):
        await connector.cancel_payment(a_cancellation(payment.provider_payment_id))
    assert (await connector.get_payment(payment.provider_payment_id)).status == "cancelled"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_refund_is_found_and_made_once(
    account: Account, connector: TabbyConnector, kind: str, strict: bool
) -> None:
    await account.test("/account", strict_replays=strict)
    payment = await account.taken()
    began, request = now(), a_refund(payment.provider_payment_id, money=SOME)
    await account.fault(kind, match=REFUND)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=began)
    assert found is not None
    assert (found.refund_id, found.status, str(found.money)) == (request.refund_id, "succeeded", "AED 40.00")
    assert len((await account.state(payment.payment_id))["refunds"]) == 1


@pytest.mark.parametrize("fault", NOT_DONE, ids=str)
async def test_a_refund_that_was_not_made_is_made(account: Account, connector: TabbyConnector, fault: Any) -> None:
    payment = await account.taken()
    request = a_refund(payment.provider_payment_id, money=SOME)
    await account.fault(match=REFUND, **fault)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    assert await connector.find_refund(request, attempted_at=now()) is not None
    assert len((await account.state(payment.payment_id))["refunds"]) == 1


async def test_a_refund_that_tabby_delays_stays_unknown_and_is_not_made_twice(account: Account) -> None:
    payment = await account.taken()
    request = a_refund(payment.provider_payment_id, money=SOME)
    await account.test("/account", delayed_refunds=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.refund_payment(request)
    with pytest.raises(OutcomeUnknown):
        await account.connector.find_refund(request, attempted_at=now())
    assert not (await account.state(payment.payment_id))["refunds"]


async def test_an_unknown_status_is_never_taken_for_success(account: Account, connector: TabbyConnector) -> None:
    payment = await account.taken()
    await account.fault("patched", match={"method": "GET"}, patch=dict(GATEWAY.unknown_status.change))
    assert (await connector.get_payment(payment.provider_payment_id)).status == "processing"
    await account.fault("patched", match={"method": "GET"}, patch=dict(GATEWAY.unknown_currency.change))
    with pytest.raises(Unavailable):
        await connector.get_payment(payment.provider_payment_id)


async def test_two_at_once_take_the_money_once(account: Account) -> None:
    payment = await account.agreed()
    request = a_completion(payment.provider_payment_id)
    await account.fault("slow_execution", match=CAPTURE, seconds=0.05)
    first, second = await asyncio.gather(*(account.connector.complete_payment(request) for _ in range(2)))
    assert first.status == second.status == "captured"
    assert len((await account.state(payment.payment_id))["captures"]) == 1
