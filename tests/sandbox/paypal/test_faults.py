"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.providers.builders import a_refund, now
from tests.providers.payments.paypal.builders import a_completion, a_hosted, a_saved
from tests.sandbox.paypal.conftest import PayPalAccount
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.payments.paypal import PayPalConnector
from workers.providers.registry import open_connector
from workers.transport.aiohttp_transport import open_aiohttp_transport

CREATE = {"method": "POST", "path": "/v2/checkout/orders"}
COMPLETE = {"method": "POST", "path": "/v2/checkout/orders/*/capture"}
FAULTS: list[tuple[dict[str, Any], type[ProviderError]]] = [
    ({"kind": "rate_limited"}, RateLimited),
    ({"kind": "rate_limited", "retry_after": "7"}, RateLimited),
    ({"kind": "server_error", "status": 503}, OutcomeUnknown),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown),
    ({"kind": "kept_server_error"}, OutcomeUnknown),
    ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown),
    ({"kind": "drop_before"}, OutcomeUnknown),
    ({"kind": "drop_after"}, OutcomeUnknown),
    ({"kind": "truncated"}, OutcomeUnknown),
    ({"kind": "malformed"}, OutcomeUnknown),
    ({"kind": "wrong_content_type"}, OutcomeUnknown),
    ({"kind": "patched", "patch": {"purchase_units": [{"amount": {"currency_code": "XXX", "value": "1"}}]}},
     OutcomeUnknown),
]  # fmt: skip
each_fault = pytest.mark.parametrize(
    ("fault", "error"), FAULTS, ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None
)


@pytest.fixture(params=["httpx", "aiohttp"])
async def connector(request: pytest.FixtureRequest, paypal_account: PayPalAccount) -> AsyncIterator[PayPalConnector]:
    """The account's connection, once over httpx's own transport and once over the one used in production."""
    if request.param == "httpx":
        yield paypal_account.connector
        return
    async with open_aiohttp_transport() as transport:
        opened = open_connector(
            "paypal",
            credentials={"client_id": paypal_account.client_id, "client_secret": "EGn-sandbox-secret"},
            settings={"settlement_currency": "USD"},
            base_url=f"{paypal_account.url}/paypal",
            transport=transport,
        )
        assert isinstance(opened, PayPalConnector)
        yield opened


@each_fault
async def test_a_payment_from_a_saved_account_heals_to_one_charge(
    paypal_account: PayPalAccount, connector: PayPalConnector, fault: dict[str, Any], error: type[ProviderError]
) -> None:
    request, began = a_saved(), now()
    await paypal_account.fault(match=CREATE, **fault)
    with pytest.raises(error) as raised:
        await connector.create_payment(request)
    if fault.get("retry_after"):
        assert isinstance(raised.value, RateLimited)
        assert raised.value.retry_after == 7.0
    found = await connector.find_payment(request, attempted_at=began)
    assert found is not None
    assert found.status == "captured"
    assert len((await paypal_account.state(request.payment_id))["captures"]) == 1


@each_fault
async def test_completing_heals_to_one_charge(
    paypal_account: PayPalAccount, fault: dict[str, Any], error: type[ProviderError]
) -> None:
    approved = await paypal_account.approved()
    assert approved.payment_id is not None
    request = a_completion(approved.provider_payment_id, provider_data=approved.provider_data)
    await paypal_account.fault(match=COMPLETE, **fault)
    with pytest.raises(error):
        await paypal_account.connector.complete_payment(request)
    assert (await paypal_account.connector.complete_payment(request)).status == "captured"
    assert len((await paypal_account.state(approved.payment_id))["captures"]) == 1


async def test_a_hosted_payment_may_go_elsewhere_when_paypal_is_unavailable(paypal_account: PayPalAccount) -> None:
    await paypal_account.fault("server_error", status=503, match=CREATE)
    with pytest.raises(Unavailable):
        await paypal_account.connector.create_payment(a_hosted())


async def test_without_a_token_nothing_was_sent(paypal_account: PayPalAccount) -> None:
    for kind in ("drop_before", "drop_after", "malformed", "server_error"):
        await paypal_account.fault(kind, match={"path": "/v1/oauth2/token"})
        request = a_saved()
        with pytest.raises(Unavailable):
            await paypal_account.connector.create_payment(request)
        assert (await paypal_account.state(request.payment_id))["orders"] == []


async def test_an_unknown_status_is_never_taken_for_success(paypal_account: PayPalAccount) -> None:
    await paypal_account.fault("patched", match=CREATE, patch={"status": "SUBLIMATED"})
    assert (await paypal_account.connector.create_payment(a_hosted())).status == "processing"


async def test_while_the_first_attempt_is_at_work_its_outcome_stays_unknown(paypal_account: PayPalAccount) -> None:
    request = a_saved()
    await paypal_account.fault("slow_execution", match=CREATE, seconds=0.3)
    first = asyncio.create_task(paypal_account.connector.create_payment(request))
    await asyncio.sleep(0.1)
    with pytest.raises(OutcomeUnknown) as unknown:
        await paypal_account.connector.create_payment(request)
    assert unknown.value.provider_code == "PREVIOUS_REQUEST_IN_PROGRESS"
    assert await first == await paypal_account.connector.create_payment(request)
    assert len((await paypal_account.state(request.payment_id))["captures"]) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncated", "malformed"])
async def test_a_lost_refund_is_found_and_made_once(
    paypal_account: PayPalAccount, connector: PayPalConnector, kind: str
) -> None:
    paid = await paypal_account.completed()
    assert paid.payment_id is not None
    request = a_refund(paid.provider_payment_id, payment_id=paid.payment_id, provider_data=paid.provider_data)
    await paypal_account.fault(kind, match={"method": "POST", "path": "/v2/payments/captures/*/refund"})
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=now())
    assert found is not None
    assert found.refund_id == request.refund_id
    assert len((await paypal_account.state(paid.payment_id))["refunds"]) == 1
