"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.providers.builders import a_payment, a_refund, now
from tests.sandbox.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.payments.stripe import StripeConnector
from workers.providers.registry import open_connector
from workers.transport.aiohttp_transport import open_aiohttp_transport

CREATE = {"method": "POST", "path": "/v1/payment_intents"}


@pytest.fixture(params=["httpx", "aiohttp"])
async def connector(request: pytest.FixtureRequest, account: Account) -> AsyncIterator[StripeConnector]:
    """The account's connection, once over httpx's own transport and once over the one used in production."""
    if request.param == "httpx":
        yield account.connector
        return
    async with open_aiohttp_transport() as transport:
        opened = open_connector(
            "stripe",
            credentials={"secret_key": account.key},
            base_url=f"{account.url}/stripe",
            transport=transport,
        )
        assert isinstance(opened, StripeConnector)
        yield opened


@pytest.mark.parametrize(
    ("fault", "error", "charges"),
    [
        ({"kind": "rate_limited"}, RateLimited, 0),
        ({"kind": "server_error", "status": 503}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 504}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"currency": "xxx"}}, OutcomeUnknown, 1),
    ],
    ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None,
)
async def test_each_fault_is_told_for_what_it_is_and_heals_to_one_charge(
    account: Account, connector: StripeConnector, fault: dict[str, Any], error: type[ProviderError], charges: int
) -> None:
    request, began = a_payment(), now() - timedelta(minutes=2)
    await account.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(request)
    assert isinstance(raised.value, error)
    assert len(await account.charges()) == charges
    found = await connector.find_payment(request, attempted_at=began)
    assert found is not None
    assert found.status == "captured"
    assert len(await account.charges()) == 1


async def test_an_unknown_status_is_never_taken_for_success(account: Account, connector: StripeConnector) -> None:
    await account.fault("patched", match=CREATE, patch={"status": "sublimated"})
    assert (await connector.create_payment(a_payment())).status == "processing"


@pytest.mark.parametrize("retry_after", ["7", None])
async def test_a_limit_says_how_long_to_wait_if_it_does(
    account: Account, connector: StripeConnector, retry_after: str | None
) -> None:
    await account.fault("rate_limited", retry_after=retry_after)
    with pytest.raises(RateLimited) as limited:
        await connector.get_payment("pi_1")
    assert limited.value.retry_after == (None if retry_after is None else 7.0)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncated", "malformed"])
async def test_a_failed_read_is_only_unavailable(account: Account, connector: StripeConnector, kind: str) -> None:
    paid = await connector.create_payment(a_payment())
    await account.fault(kind, match={"method": "GET"}, times=2)  # aiohttp itself asks once more on a new connection
    with pytest.raises(Unavailable):
        await connector.get_payment(paid.provider_payment_id)
    await account.http.delete(f"{account.url}/_faults")
    assert (await connector.get_payment(paid.provider_payment_id)).status == "captured"


async def test_while_the_first_attempt_is_at_work_its_outcome_stays_unknown(account: Account) -> None:
    request = a_payment()
    await account.fault("slow_execution", match=CREATE, seconds=0.3)
    first = asyncio.create_task(account.connector.create_payment(request))
    await asyncio.sleep(0.1)
    with pytest.raises(OutcomeUnknown) as unknown:
        await account.connector.create_payment(request)
    assert unknown.value.provider_code == "idempotency_key_in_use"
    assert await first == await account.connector.create_payment(request)
    assert len(await account.charges()) == 1


async def test_a_client_that_gave_up_is_still_charged_once(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    request = a_payment()
    await account.fault("slow_execution", match=CREATE, seconds=0.2)
    with monkeypatch.context() as impatient:
        impatient.setattr(StripeConnector, "timeout_seconds", 0.05)
        with pytest.raises(OutcomeUnknown):
            await account.connector.create_payment(request)
    await asyncio.sleep(0.3)
    found = await account.connector.find_payment(request, attempted_at=now())
    assert found is not None
    assert found.status == "captured"
    assert len(await account.charges()) == 1


async def test_a_lost_refund_is_found_and_made_once(account: Account, connector: StripeConnector) -> None:
    paid = await connector.create_payment(a_payment())
    request = a_refund(paid.provider_payment_id)
    await account.fault("drop_after", match={"method": "POST", "path": "/v1/refunds"})
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=now())
    assert found is not None
    assert found.refund_id == request.refund_id
    assert len((await account.get("/v1/refunds"))["data"]) == 1


async def test_latency_and_late_answers_take_their_time(account: Account) -> None:
    for kind in ("latency", "late_answer"):
        await account.fault(kind, match=CREATE, seconds=0.1)
        began = time.perf_counter()
        assert (await account.connector.create_payment(a_payment())).status == "captured"
        assert time.perf_counter() - began >= 0.1


async def test_a_fault_is_met_as_often_as_planned_and_only_where_it_matches(account: Account) -> None:
    await account.fault("rate_limited", match=CREATE, times=2, skip=1)
    results: list[str] = []
    for _ in range(4):
        try:
            results.append((await account.connector.create_payment(a_payment())).status)
        except RateLimited:
            results.append("limited")
        await account.connector.check_health()
    assert results == ["captured", "limited", "limited", "captured"]
    assert (await account.http.get(f"{account.url}/_faults")).json() == []


@pytest.mark.parametrize(
    "plan",
    [
        {"provider": "stripe", "kind": "earthquake"},
        {"provider": "nobody", "kind": "latency"},
        {"provider": "stripe", "kind": "latency", "seconds": -1},
        {"provider": "stripe", "kind": "latency", "colour": "green"},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(account: Account, plan: dict[str, Any]) -> None:
    assert (await account.http.post(f"{account.url}/_faults", json=plan)).status_code == 422
    assert (await account.http.post(f"{account.url}/_faults", content=b"{")).status_code == 422


async def test_state_shows_what_carries_a_payments_id(account: Account) -> None:
    request = a_payment()
    paid = await account.connector.create_payment(request)
    await account.connector.create_payment(a_payment())
    query = {"provider": "stripe", "payment_id": str(request.payment_id)}
    state = (await account.http.get(f"{account.url}/_state", params=query)).json()
    assert [intent["id"] for intent in state["payment_intents"]] == [paid.provider_payment_id]
    assert len(state["charges"]) == 1


async def test_faults_work_in_process_as_well() -> None:
    transport = httpx.ASGITransport(create_app())
    opened = open_connector(
        "stripe",
        credentials={"secret_key": "sk_test_inprocess"},
        base_url="http://127.0.0.1/stripe",
        transport=transport,
    )
    assert isinstance(opened, StripeConnector)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        await http.post("/_faults", json={"provider": "stripe", "kind": "drop_after", "match": CREATE})
    request = a_payment()
    with pytest.raises(OutcomeUnknown):
        await opened.create_payment(request)
    found = await opened.find_payment(request, attempted_at=now())
    assert found is not None
    assert found.status == "captured"
