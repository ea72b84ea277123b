"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.sandbox.telr.conftest import Account
from tests.support.gateways.telr import GATEWAY
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.telr import TelrConnector
from workers.transport.aiohttp_transport import open_aiohttp_transport

ORDERS = {"method": "POST", "path": "/gateway/order.json"}
REMOTE = {"method": "POST", "path": "/gateway/remote.xml"}
SERVICE = {"method": "GET", "path": "/tools/*"}
SPOILT = ["drop_after", "truncated", "malformed", "wrong_content_type"]
LONG_AGO = timedelta(minutes=10)
TEN = Money.of("10.00", "AED")


@pytest.fixture(params=["httpx", "aiohttp"])
async def connector(request: pytest.FixtureRequest, telr: Account) -> AsyncIterator[TelrConnector]:
    """The store's connection, once over httpx's own transport and once over the one used in production."""
    if request.param == "httpx":
        yield telr.connector
        return
    async with open_aiohttp_transport() as transport:
        yield telr.connection("remote", "service", transport=transport)


@pytest.mark.parametrize(
    ("fault", "error", "orders"),
    [
        ({"kind": "rate_limited"}, RateLimited, 0),
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 503}, Unavailable, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 504}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error", "applied": False}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"order": {"ref": "A" * 64, "url": ""}}}, OutcomeUnknown, 1),
    ],
    ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None,
)
async def test_each_fault_is_told_for_what_it_is_and_heals_to_one_charge(
    telr: Account, connector: TelrConnector, fault: dict[str, Any], error: type[ProviderError], orders: int
) -> None:
    request, began = a_checkout(), now() - LONG_AGO
    await telr.fault(match=ORDERS, **fault)
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(request)
    assert type(raised.value) is error
    assert len((await telr.state(request.payment_id))["orders"]) == orders
    found = await connector.find_payment(request, attempted_at=began)
    assert found is not None
    assert found.checkout_url is not None
    paid = await telr.http.post(found.checkout_url, data={"outcome": "approve"})
    assert paid.status_code == 303
    assert (await connector.get_payment(found.provider_payment_id)).status == "captured"
    held = await telr.state(request.payment_id)
    assert [charge["amount"] for charge in held["charges"]] == ["99.00"], "exactly one charge"
    assert len(held["orders"]) == orders + 1


async def test_an_order_that_is_sent_twice_is_not_opened_twice_under_one_cart_id(telr: Account) -> None:
    request = a_checkout()
    await telr.connector.create_payment(request)
    with pytest.raises(OutcomeUnknown) as unknown:
        await telr.connector.create_payment(request)
    assert unknown.value.provider_code == "56"
    assert len((await telr.state(request.payment_id))["orders"]) == 1


@pytest.mark.parametrize("patch", [GATEWAY.unknown_status, GATEWAY.unknown_currency])
async def test_what_nobody_knows_is_never_taken_for_success(
    telr: Account, connector: TelrConnector, patch: Any
) -> None:
    payment = await paid(telr, connector)
    await telr.fault("patched", match=ORDERS, patch=dict(patch.change))
    if patch is GATEWAY.unknown_status:
        assert (await connector.get_payment(payment.provider_payment_id)).status == "processing"
    else:
        with pytest.raises(Unavailable):
            await connector.get_payment(payment.provider_payment_id)


@pytest.mark.parametrize("match", [ORDERS, SERVICE])
@pytest.mark.parametrize("kind", ["drop_before", *SPOILT])
async def test_a_failed_read_is_only_unavailable(
    telr: Account, connector: TelrConnector, kind: str, match: dict[str, str]
) -> None:
    payment = await paid(telr, connector)
    await telr.fault(kind, match=match, times=2)  # aiohttp itself asks once more on a new connection
    with pytest.raises(Unavailable):
        await connector.get_payment(payment.provider_payment_id)
    await telr.http.delete(f"{telr.url}/_faults")
    assert (await connector.get_payment(payment.provider_payment_id)).status == "captured"


async def paid(telr: Account, connector: TelrConnector, **changes: Any) -> PaymentResult:
    opened = await connector.create_payment(a_checkout(**changes))
    await telr.pay(opened)
    return opened


async def kept_card(telr: Account, connector: TelrConnector) -> str:
    payment = await paid(telr, connector, save_payment_method=True)
    saved = (await connector.get_payment(payment.provider_payment_id)).saved_method
    assert saved is not None
    return saved.token


@pytest.mark.parametrize("kind", [*SPOILT, "kept_server_error"])
async def test_a_lost_charge_of_a_kept_card_is_found_and_made_once(
    telr: Account, connector: TelrConnector, kind: str
) -> None:
    request = a_payment(payment_method=await kept_card(telr, connector))
    await telr.fault(kind, match=REMOTE, applied=True)
    with pytest.raises(OutcomeUnknown):
        await connector.create_payment(request)
    found = await connector.find_payment(request, attempted_at=now())
    assert found is not None
    assert (found.status, found.payment_id) == ("captured", request.payment_id)
    assert len((await telr.state(request.payment_id))["charges"]) == 1


@pytest.mark.parametrize("kind", ["drop_before", "server_error", "kept_server_error"])
async def test_a_charge_that_never_arrived_is_made_only_once_that_is_certain(
    telr: Account, connector: TelrConnector, kind: str
) -> None:
    request = a_payment(payment_method=await kept_card(telr, connector))
    await telr.fault(kind, match=REMOTE)
    with pytest.raises(OutcomeUnknown):
        await connector.create_payment(request)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await connector.find_payment(request, attempted_at=now())
    assert await connector.find_payment(request, attempted_at=now() - LONG_AGO) is None
    await connector.create_payment(request)
    assert len((await telr.state(request.payment_id))["charges"]) == 1


@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_capture_or_release_shows_in_the_payment(
    telr: Account, connector: TelrConnector, kind: str
) -> None:
    captured = await paid(telr, connector, capture_method="manual")
    released = await paid(telr, connector, capture_method="manual")
    await telr.fault(kind, match=REMOTE)
    with pytest.raises(OutcomeUnknown):
        await connector.capture_payment(a_capture(captured.provider_payment_id))
    await telr.fault(kind, match=REMOTE)
    with pytest.raises(OutcomeUnknown):
        await connector.cancel_payment(a_cancellation(released.provider_payment_id))
    assert (await connector.get_payment(captured.provider_payment_id)).status == "captured"
    assert (await connector.get_payment(released.provider_payment_id)).status == "cancelled"


@pytest.mark.parametrize("shows_descriptions", [True, False])
@pytest.mark.parametrize("kind", [*SPOILT, "kept_server_error"])
async def test_a_lost_refund_is_found_and_made_once(
    telr: Account, connector: TelrConnector, kind: str, shows_descriptions: bool
) -> None:
    await telr.test("/switches", shows_descriptions=shows_descriptions)
    payment = await paid(telr, connector)
    began, request = now(), a_refund(payment.provider_payment_id, money=TEN)
    await telr.fault(kind, match=REMOTE, applied=True)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=began)
    assert found is not None
    assert (found.status, found.money, found.refund_id) == ("succeeded", TEN, request.refund_id)
    assert len((await connector.get_payment(payment.provider_payment_id)).refunds) == 1


@pytest.mark.parametrize("kind", ["drop_before", "server_error", "kept_server_error"])
async def test_a_refund_that_never_arrived_is_not_found(telr: Account, connector: TelrConnector, kind: str) -> None:
    payment = await paid(telr, connector)
    await connector.refund_payment(a_refund(payment.provider_payment_id, money=TEN))
    request = a_refund(payment.provider_payment_id, money=TEN)
    await telr.fault(kind, match=REMOTE)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await connector.find_refund(request, attempted_at=now())
    assert await connector.find_refund(request, attempted_at=now() - LONG_AGO) is None


async def test_where_neither_description_nor_amount_tells_two_refunds_apart_it_stays_unknown(telr: Account) -> None:
    await telr.test("/switches", shows_descriptions=False)
    payment = await paid(telr, telr.connector)
    request = a_refund(payment.provider_payment_id, money=TEN)
    await telr.connector.refund_payment(a_refund(payment.provider_payment_id, money=TEN))
    await telr.fault("drop_after", match=REMOTE)
    with pytest.raises(OutcomeUnknown):
        await telr.connector.refund_payment(request)
    with pytest.raises(OutcomeUnknown, match="which is it"):
        await telr.connector.find_refund(request, attempted_at=now() - LONG_AGO)


async def test_without_the_service_api_a_lost_refund_stays_unknown(telr: Account) -> None:
    payment = await paid(telr, telr.connector)
    request = a_refund(payment.provider_payment_id, payment_id=payment.payment_id, money=TEN)
    async with telr.connection("remote") as connection:
        await telr.fault("drop_after", match=REMOTE)
        with pytest.raises(OutcomeUnknown):
            await connection.refund_payment(request)
        with pytest.raises(OutcomeUnknown, match="Service API"):
            await connection.find_refund(request, attempted_at=now() - LONG_AGO)
    assert GATEWAY.refunds(await telr.state(payment.payment_id)) == 1


async def test_a_slow_telr_is_still_at_work_when_it_is_asked(telr: Account) -> None:
    request = a_payment(payment_method=await kept_card(telr, telr.connector))
    telr.connector.timeout_seconds = 0.05  # type: ignore[misc]
    await telr.fault("slow_execution", match=REMOTE, seconds=0.3)
    with pytest.raises(OutcomeUnknown):
        await telr.connector.create_payment(request)
    telr.connector.timeout_seconds = 30.0  # type: ignore[misc]
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await telr.connector.find_payment(request, attempted_at=now())


async def test_the_payer_pays_as_the_suites_over_all_gateways_do(telr: Account) -> None:
    payment = await telr.connector.create_payment(a_checkout())
    await GATEWAY.pay(telr.http, f"{telr.url}/telr", {}, payment)
    state = await telr.state(payment.payment_id)
    assert (GATEWAY.charges(state), GATEWAY.refunds(state)) == (1, 0)
    assert set(GATEWAY.account()) == {"auth_key", "remote_key", "service_key"}
