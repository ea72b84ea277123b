"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import a_capture, a_checkout, a_refund, now
from tests.sandbox.ngenius.conftest import Account, order_of
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.ngenius import NGeniusConnector
from workers.providers.registry import open_connector
from workers.transport.aiohttp_transport import open_aiohttp_transport

CREATE = {"method": "POST", "path": "/transactions/outlets/*/orders"}
CAPTURE = {"method": "POST", "path": "*/captures"}
REFUND = {"method": "POST", "path": "*/refund"}
SPOILT = ["drop_after", "truncated", "malformed", "wrong_content_type"]


@pytest.fixture(params=["httpx", "aiohttp"])
async def connector(request: pytest.FixtureRequest, ngenius: Account) -> AsyncIterator[NGeniusConnector]:
    """The account's connection, once over httpx's own transport and once over the one used in production."""
    if request.param == "httpx":
        yield ngenius.connector
        return
    async with open_aiohttp_transport() as transport:
        opened = open_connector(
            "ngenius",
            credentials={"api_key": ngenius.key},
            settings={"outlets": ngenius.outlet},
            base_url=f"{ngenius.url}/ngenius",
            transport=transport,
        )
        assert isinstance(opened, NGeniusConnector)
        yield opened


@pytest.mark.parametrize(
    ("fault", "error", "orders"),
    [
        ({"kind": "rate_limited"}, RateLimited, 0),
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 503}, Unavailable, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 504}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"amount": {"currencyCode": "XXX", "value": 9900}}}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"amount": {"currencyCode": "USD", "value": 9900}}}, OutcomeUnknown, 1),
    ],
    ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None,
)
@pytest.mark.parametrize("unique", [False, True])
async def test_each_fault_is_told_for_what_it_is_and_heals_to_one_charge(
    ngenius: Account,
    connector: NGeniusConnector,
    fault: dict[str, Any],
    error: type[ProviderError],
    orders: int,
    unique: bool,
) -> None:
    await ngenius.test("/account", unique_references=unique)
    request, began = a_checkout(), now() - timedelta(minutes=2)
    await ngenius.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(request)
    assert type(raised.value) is error
    assert len((await ngenius.state(request.payment_id))["orders"]) == orders
    found = await connector.find_payment(request, attempted_at=began)
    assert found is not None
    assert found.checkout_url is not None
    paid = await ngenius.http.post(found.checkout_url, data={"outcome": "approve"})
    assert paid.status_code == 303
    assert (await connector.get_payment(found.provider_payment_id)).status == "captured"
    held = await ngenius.state(request.payment_id)
    assert [charge["value"] for charge in held["charges"]] == [9900], "exactly one charge"
    assert len(held["orders"]) == orders + 1


async def test_an_unknown_state_is_never_taken_for_success(ngenius: Account, connector: NGeniusConnector) -> None:
    opened = await connector.create_payment(a_checkout())
    embedded = (await ngenius.pay(opened))["_embedded"]
    embedded["payment"][0]["state"] = "SUBLIMATED"
    await ngenius.fault("patched", match={"method": "GET"}, patch={"_embedded": embedded})
    assert (await connector.get_payment(opened.provider_payment_id)).status == "processing"


@pytest.mark.parametrize("kind", ["drop_before", *SPOILT])
async def test_a_failed_read_is_only_unavailable(ngenius: Account, connector: NGeniusConnector, kind: str) -> None:
    opened = await connector.create_payment(a_checkout())
    await ngenius.fault(kind, match={"method": "GET"}, times=2)  # aiohttp itself asks once more on a new connection
    with pytest.raises(Unavailable):
        await connector.get_payment(opened.provider_payment_id)
    await ngenius.http.delete(f"{ngenius.url}/_faults")
    assert (await connector.get_payment(opened.provider_payment_id)).status == "requires_action"


@pytest.mark.parametrize("kind", ["rate_limited", "server_error", "drop_after", "malformed"])
async def test_without_a_token_nothing_happens(ngenius: Account, connector: NGeniusConnector, kind: str) -> None:
    request = a_checkout()
    await ngenius.fault(kind, match={"path": "/identity/*"}, times=2)
    with pytest.raises((RateLimited, Unavailable)):
        await connector.create_payment(request)
    assert not (await ngenius.state(request.payment_id))["orders"]


async def reserved(ngenius: Account, connector: NGeniusConnector, capture_method: str = "manual") -> PaymentResult:
    opened = await connector.create_payment(a_checkout(capture_method=capture_method))
    await ngenius.pay(opened)
    return opened


@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_capture_shows_in_the_order(ngenius: Account, connector: NGeniusConnector, kind: str) -> None:
    payment = await reserved(ngenius, connector)
    await ngenius.fault(kind, match=CAPTURE)
    with pytest.raises(OutcomeUnknown):
        await connector.capture_payment(a_capture(payment.provider_payment_id))
    seen = await connector.get_payment(payment.provider_payment_id)
    assert (seen.status, str(seen.amount_captured)) == ("captured", "99.00")
    assert len((await ngenius.state(payment.payment_id))["charges"]) == 1


@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_refund_is_found_and_made_once(ngenius: Account, connector: NGeniusConnector, kind: str) -> None:
    payment = await reserved(ngenius, connector, "automatic")
    began, request = now(), a_refund(payment.provider_payment_id, money=Money.of("10.00", "AED"))
    await ngenius.fault(kind, match=REFUND)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=began)
    assert found is not None
    assert (found.status, str(found.money)) == ("succeeded", "AED 10.00")
    assert len((await connector.get_payment(payment.provider_payment_id)).refunds) == 1


@pytest.mark.parametrize("kind", ["drop_before", "server_error"])
async def test_a_refund_that_never_arrived_is_not_found(
    ngenius: Account, connector: NGeniusConnector, kind: str
) -> None:
    payment = await reserved(ngenius, connector, "automatic")
    request = a_refund(payment.provider_payment_id, money=Money.of("10.00", "AED"))
    await ngenius.fault(kind, match=REFUND)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await connector.find_refund(request, attempted_at=now())
    assert await connector.find_refund(request, attempted_at=now() - timedelta(minutes=2)) is None


async def test_a_payer_cannot_pay_an_order_twice(ngenius: Account) -> None:
    request = a_checkout()
    opened = await ngenius.connector.create_payment(request)
    assert opened.checkout_url is not None
    answers = [(await ngenius.http.post(opened.checkout_url, data={"outcome": "approve"})).status_code for _ in "12"]
    assert answers == [303, 409]
    assert len((await ngenius.state(request.payment_id))["charges"]) == 1
    assert order_of(opened) == (await ngenius.state(request.payment_id))["charges"][0]["order"]
