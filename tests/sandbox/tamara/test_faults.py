"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tamara.builders import a_completion, a_pay_later
from tests.sandbox.tamara.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.tamara import TamaraConnector
from workers.transport.aiohttp_transport import open_aiohttp_transport

CREATE = {"method": "POST", "path": "/checkout"}
AUTHORISE = {"method": "POST", "path": "*/authorise"}
CAPTURE = {"method": "POST", "path": "/payments/capture"}
CANCEL = {"method": "POST", "path": "/orders/*/cancel"}
REFUND = {"method": "POST", "path": "/payments/simplified-refund/*"}
SPOILT = ["drop_after", "truncated", "malformed", "wrong_content_type"]
TEN = Money.of("10.00", "AED")


@pytest.fixture(params=["httpx", "aiohttp"])
async def connector(request: pytest.FixtureRequest, account: Account) -> AsyncIterator[TamaraConnector]:
    """The account's connection, once over httpx's own transport and once over the one used in production."""
    if request.param == "httpx":
        yield account.connector
        return
    async with open_aiohttp_transport() as transport:
        yield account.connection(transport)


@pytest.mark.parametrize(
    ("fault", "error", "orders"),
    [
        ({"kind": "rate_limited"}, RateLimited, 0),
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 503}, Unavailable, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 504}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"checkout_url": None}}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"order_id": 7}}, OutcomeUnknown, 1),
    ],
    ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None,
)
async def test_each_fault_is_told_for_what_it_is_and_heals_to_one_charge(
    account: Account, connector: TamaraConnector, fault: dict[str, Any], error: type[ProviderError], orders: int
) -> None:
    request = a_pay_later()
    await account.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(request)
    assert type(raised.value) is error
    assert len((await account.state(request.payment_id))["orders"]) == orders
    assert await connector.find_payment(request, attempted_at=now()) is None, "nobody was given a page to pay on"
    opened = await connector.create_payment(request)
    assert opened.checkout_url is not None
    assert (await account.http.post(opened.checkout_url, data={"outcome": "approve"})).status_code == 303
    paid = await connector.complete_payment(a_completion(opened.provider_payment_id))
    assert paid.status == "captured"
    assert len((await account.state(request.payment_id))["charges"]) == 1


async def test_what_somebody_has_agreed_to_is_found_and_not_made_again(account: Account) -> None:
    opened = await account.agreed()
    request = a_pay_later(payment_id=opened.payment_id)
    found = await account.connector.find_payment(request, attempted_at=now())
    assert found is not None
    assert (found.provider_payment_id, found.provider_status) == (opened.provider_payment_id, "approved")


async def test_an_unknown_status_is_never_taken_for_success(account: Account, connector: TamaraConnector) -> None:
    opened = await account.agreed()
    await account.fault("patched", match={"method": "GET"}, patch={"status": "sublimated"}, times=2)
    seen = await connector.get_payment(opened.provider_payment_id)
    assert (seen.status, seen.provider_status, seen.next_action) == ("processing", "sublimated", None)
    assert (await connector.complete_payment(a_completion(opened.provider_payment_id))).status == "processing"
    assert not (await account.state(opened.payment_id))["charges"]


@pytest.mark.parametrize("kind", ["drop_before", *SPOILT])
async def test_a_failed_read_is_only_unavailable(account: Account, connector: TamaraConnector, kind: str) -> None:
    opened = await connector.create_payment(a_pay_later())
    await account.fault(kind, match={"method": "GET"}, times=2)  # aiohttp itself asks once more on a new connection
    with pytest.raises(Unavailable):
        await connector.get_payment(opened.provider_payment_id)
    await account.http.delete(f"{account.url}/_faults")
    assert (await connector.get_payment(opened.provider_payment_id)).status == "requires_action"


@pytest.mark.parametrize("step", [AUTHORISE, CAPTURE], ids=["authorise", "capture"])
@pytest.mark.parametrize("kind", ["drop_before", "kept_server_error", *SPOILT])
async def test_a_completion_that_broke_off_is_gone_on_with(
    account: Account, connector: TamaraConnector, step: dict[str, str], kind: str
) -> None:
    opened = await account.agreed()
    await account.fault(kind, match=step, applied=True)
    for _ in range(2):
        try:
            paid = await connector.complete_payment(a_completion(opened.provider_payment_id))
            break
        except OutcomeUnknown:
            continue
    assert (paid.status, str(paid.amount_captured)) == ("captured", "99.00")
    assert len((await account.state(opened.payment_id))["captures"]) == 1


async def test_a_step_whose_result_cannot_be_read_stays_unknown(account: Account) -> None:
    opened = await account.agreed()
    await account.fault("server_error", status=503, match={"method": "GET"}, skip=1)
    with pytest.raises(OutcomeUnknown):
        await account.connector.complete_payment(a_completion(opened.provider_payment_id))
    assert (await account.connector.complete_payment(a_completion(opened.provider_payment_id))).status == "captured"


async def reserved(account: Account) -> PaymentResult:
    opened = await account.agreed()
    await account.connector.complete_payment(a_completion(opened.provider_payment_id, capture_method="manual"))
    return opened


async def paid(account: Account) -> PaymentResult:
    opened = await account.agreed()
    await account.connector.complete_payment(a_completion(opened.provider_payment_id))
    return opened


@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_capture_shows_in_the_order(account: Account, connector: TamaraConnector, kind: str) -> None:
    payment = await reserved(account)
    await account.fault(kind, match=CAPTURE)
    with pytest.raises(OutcomeUnknown):
        await connector.capture_payment(a_capture(payment.provider_payment_id))
    seen = await connector.get_payment(payment.provider_payment_id)
    assert (seen.status, str(seen.amount_captured)) == ("captured", "99.00")


@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_cancellation_shows_in_the_order(account: Account, kind: str) -> None:
    payment = await reserved(account)
    await account.fault(kind, match=CANCEL)
    with pytest.raises(OutcomeUnknown):
        await account.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
    assert (await account.connector.get_payment(payment.provider_payment_id)).status == "cancelled"


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_refund_is_found_and_made_once(
    account: Account, connector: TamaraConnector, kind: str, named: bool
) -> None:
    await account.test("/account", names_refunds=named)
    payment = await paid(account)
    began, request = now(), a_refund(payment.provider_payment_id, money=TEN)
    await account.fault(kind, match=REFUND)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=began)
    assert found is not None
    assert (found.status, found.money, found.refund_id) == ("succeeded", TEN, request.refund_id)
    assert len((await account.state(payment.payment_id))["refunds"]) == 1


@pytest.mark.parametrize("named", [True, False])
async def test_of_two_refunds_of_one_amount_only_a_name_tells_which_is_ours(account: Account, named: bool) -> None:
    await account.test("/account", names_refunds=named)
    payment = await paid(account)
    began, requests = now(), [a_refund(payment.provider_payment_id, money=TEN) for _ in "12"]
    made = [await account.connector.refund_payment(request) for request in requests]
    if not named:
        with pytest.raises(OutcomeUnknown, match="which is it"):
            await account.connector.find_refund(requests[0], attempted_at=began)
        return
    for request, refund in zip(requests, made, strict=True):
        found = await account.connector.find_refund(request, attempted_at=began)
        assert found is not None
        assert found.provider_refund_id == refund.provider_refund_id


@pytest.mark.parametrize("kind", ["drop_before", "server_error"])
async def test_a_refund_that_never_arrived_is_not_found(account: Account, kind: str) -> None:
    payment = await paid(account)
    request = a_refund(payment.provider_payment_id, money=TEN)
    await account.fault(kind, match=REFUND)
    with pytest.raises(OutcomeUnknown):
        await account.connector.refund_payment(request)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await account.connector.find_refund(request, attempted_at=now())
    assert await account.connector.find_refund(request, attempted_at=now() - timedelta(minutes=2)) is None
