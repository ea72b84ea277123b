"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_refund, now
from tests.providers.payments.aps.wire import a_charge, a_link_request
from tests.sandbox.aps.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money
from workers.providers.payments.aps import APSConnector
from workers.providers.payments.models import PaymentRequest
from workers.providers.registry import open_connector
from workers.transport.aiohttp_transport import open_aiohttp_transport

LONG_AGO = timedelta(minutes=10)
SPOILT = ["drop_after", "truncated", "malformed", "wrong_content_type"]
FAULTS: list[tuple[dict[str, Any], type[ProviderError], int]] = [
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
    ({"kind": "patched", "patch": {"currency": "XXZ"}}, OutcomeUnknown, 1),
    ({"kind": "patched", "patch": {"amount": "9901"}}, OutcomeUnknown, 1),
    ({"kind": "patched", "patch": {"response_code": "99000"}}, OutcomeUnknown, 1),
    ({"kind": "patched", "patch": {"response_code": "00006"}}, OutcomeUnknown, 1),
]
IDS = [f"{fault['kind']}-{number}" for number, (fault, _, _) in enumerate(FAULTS)]


@pytest.fixture(params=["httpx", "aiohttp"])
async def connector(request: pytest.FixtureRequest, aps: Account) -> AsyncIterator[APSConnector]:
    """The account's connection, once over httpx's own transport and once over the one used in production."""
    if request.param == "httpx":
        yield aps.connector
        return
    async with open_aiohttp_transport() as transport:
        opened = open_connector("aps", credentials=aps.credentials, base_url=f"{aps.url}/aps", transport=transport)
        assert isinstance(opened, APSConnector)
        yield opened


@pytest.mark.parametrize(("fault", "error", "made"), FAULTS, ids=IDS)
async def test_a_faulty_link_heals_to_one_charge(
    aps: Account, connector: APSConnector, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request, began = a_link_request(), now() - timedelta(seconds=90)
    await aps.fault(**fault)
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(request)
    assert type(raised.value) is error
    assert len((await aps.state(request.payment_id))["links"]) == made
    found = await connector.find_payment(request, attempted_at=began)
    assert found is not None
    assert (await aps.http.post(f"{found.checkout_url}", data={"outcome": "approve"})).status_code == 303
    paid = await connector.get_payment(found.provider_payment_id)
    assert (paid.status, paid.payment_id) == ("captured", request.payment_id)
    held = await aps.state(request.payment_id)
    assert [charge["amount"] for charge in held["charges"]] == [9900], "exactly one charge"
    assert len(held["links"]) == made + 1


@pytest.mark.parametrize(("fault", "error", "made"), FAULTS, ids=IDS)
async def test_a_faulty_charge_heals_to_one_charge(
    aps: Account, connector: APSConnector, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request = a_charge()
    await aps.fault(**fault)
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(request)
    assert type(raised.value) is (OutcomeUnknown if error is Unavailable else error)  # a 503 refuses a link only
    assert len((await aps.state(request.payment_id))["charges"]) == made
    found = await connector.find_payment(request, attempted_at=now() - LONG_AGO)
    assert found is not None
    assert (found.status, str(found.amount_captured)) == ("captured", "99.00")
    assert len((await aps.state(request.payment_id))["charges"]) == 1, "exactly one charge"


async def test_a_charge_is_not_made_twice_under_one_reference(aps: Account) -> None:
    request = a_charge()
    await aps.connector.create_payment(request)
    with pytest.raises(OutcomeUnknown) as refused:
        await aps.connector.create_payment(request)
    assert refused.value.provider_code == "00007"
    assert len((await aps.state(request.payment_id))["charges"]) == 1


async def test_a_slow_charge_is_made_once(aps: Account) -> None:
    """The caller gives up while APS is still at work."""

    class Impatient(APSConnector):
        timeout_seconds = 0.2

    request: PaymentRequest = a_charge()
    impatient = Impatient(
        aps.connector.credentials,
        aps.connector.settings,
        base_url=aps.connector.base_url,
        transport=httpx.AsyncHTTPTransport(verify=False),
        environment=aps.connector.environment,
    )
    await aps.fault("slow_execution", seconds=0.6)
    async with impatient:
        with pytest.raises(OutcomeUnknown):
            await impatient.create_payment(request)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await aps.connector.find_payment(request, attempted_at=now())
    found = await aps.connector.find_payment(request, attempted_at=now() - LONG_AGO)
    assert found is not None
    assert len((await aps.state(request.payment_id))["charges"]) == 1


@pytest.mark.parametrize("patch", [{"transaction_code": "99000", "transaction_status": "99"}])
async def test_an_unknown_status_is_never_taken_for_success(
    aps: Account, connector: APSConnector, patch: dict[str, Any]
) -> None:
    paid = await connector.create_payment(a_charge())
    await aps.fault("patched", patch=patch)
    assert (await connector.get_payment(paid.provider_payment_id)).status == "processing"


@pytest.mark.parametrize("kind", ["drop_before", *SPOILT])
async def test_a_failed_read_is_only_unavailable(aps: Account, connector: APSConnector, kind: str) -> None:
    paid = await connector.create_payment(a_charge())
    await aps.fault(kind, times=2)
    with pytest.raises(Unavailable):
        await connector.get_payment(paid.provider_payment_id)
    await aps.http.delete(f"{aps.url}/_faults")
    assert (await connector.get_payment(paid.provider_payment_id)).status == "captured"


@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_capture_shows_in_the_payment(aps: Account, connector: APSConnector, kind: str) -> None:
    held = await connector.create_payment(a_charge(capture_method="manual"))
    await aps.fault(kind)
    with pytest.raises(OutcomeUnknown):
        await connector.capture_payment(a_capture(held.provider_payment_id, money=Money.of("99.00", "AED")))
    seen = await connector.get_payment(held.provider_payment_id)
    assert (seen.status, str(seen.amount_captured)) == ("captured", "99.00")


@pytest.mark.parametrize("amount", ["10.00", "99.00"])
@pytest.mark.parametrize("kind", SPOILT)
async def test_a_lost_refund_is_found_and_made_once(
    aps: Account, connector: APSConnector, kind: str, amount: str
) -> None:
    paid = await connector.create_payment(a_charge())
    request = a_refund(paid.provider_payment_id, money=Money.of(amount, "AED"))
    await aps.fault(kind)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    found = await connector.find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.status, str(found.money), found.refund_id) == ("succeeded", f"AED {amount}", request.refund_id)
    assert len((await aps.state(paid.payment_id))["refunds"]) == 1


@pytest.mark.parametrize("kind", ["drop_before", "server_error"])
async def test_a_refund_that_never_arrived_is_not_found(aps: Account, connector: APSConnector, kind: str) -> None:
    paid = await connector.create_payment(a_charge())
    request = a_refund(paid.provider_payment_id, money=Money.of("10.00", "AED"))
    await aps.fault(kind)
    with pytest.raises(OutcomeUnknown):
        await connector.refund_payment(request)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await connector.find_refund(request, attempted_at=now())
    assert await connector.find_refund(request, attempted_at=now() - LONG_AGO) is None


async def test_an_earlier_refund_of_the_same_amount_is_not_taken_for_a_lost_one(aps: Account) -> None:
    paid = await aps.connector.create_payment(a_charge())
    await aps.connector.refund_payment(a_refund(paid.provider_payment_id, money=Money.of("10.00", "AED")))
    request = a_refund(paid.provider_payment_id, money=Money.of("10.00", "AED"))
    await aps.fault("drop_before")
    with pytest.raises(OutcomeUnknown):
        await aps.connector.refund_payment(request)
    found = await aps.connector.find_refund(request, attempted_at=now())
    assert found is not None
    assert [each["amount"] for each in (await aps.state(paid.payment_id))["refunds"]] == [1000, 1000]
