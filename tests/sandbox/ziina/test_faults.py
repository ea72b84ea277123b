"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import a_checkout, a_refund, now
from tests.sandbox.ziina.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money

A_WHILE = timedelta(minutes=2)
PART = Money.of("30.00", "AED")
FAULTS: list[tuple[dict[str, Any], type[ProviderError], int]] = [
    ({"kind": "rate_limited"}, RateLimited, 0),
    ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
    ({"kind": "server_error", "status": 503}, Unavailable, 0),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
    ({"kind": "server_error", "status": 502}, OutcomeUnknown, 0),
    ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
    ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
    ({"kind": "drop_before"}, OutcomeUnknown, 0),
    ({"kind": "drop_after"}, OutcomeUnknown, 1),
    ({"kind": "truncated"}, OutcomeUnknown, 1),
    ({"kind": "malformed"}, OutcomeUnknown, 1),
    ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
    ({"kind": "patched", "patch": {"currency_code": "XXZ"}}, OutcomeUnknown, 1),
]
by_kind = pytest.mark.parametrize(
    ("fault", "error", "made"), FAULTS, ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None
)


@by_kind
async def test_a_payment_that_got_lost_is_nothing_and_is_made_anew(
    account: Account, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request = a_checkout()
    await account.fault(match={"method": "POST", "path": "/payment_intent"}, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.create_payment(request)
    assert type(raised.value) is error
    assert len((await account.state(request.payment_id))["payment_intents"]) == made
    assert await account.connector.find_payment(request, attempted_at=now()) is None
    opened = await account.connector.create_payment(request)
    await account.move(opened, "pay")
    assert await account.charges(request.payment_id) == 1


@by_kind
async def test_a_refund_that_got_lost_is_found_if_it_was_made_and_made_once(
    account: Account, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    payment = a_checkout()
    opened = await account.connector.create_payment(payment)
    await account.move(opened, "pay")
    request = a_refund(opened.provider_payment_id, money=PART)
    await account.fault(match={"method": "POST", "path": "/refund"}, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.refund_payment(request)
    assert type(raised.value) is (OutcomeUnknown if error is Unavailable else error)  # a 503 refuses a page only
    assert len((await account.state(payment.payment_id))["refunds"]) == made
    found = await account.connector.find_refund(request, attempted_at=now() - A_WHILE)
    assert (found is not None) == bool(made)
    again = await account.connector.refund_payment(request)
    assert again.refund_id == request.refund_id
    assert len((await account.state(payment.payment_id))["refunds"]) == 1


async def test_while_a_refund_is_at_work_nobody_says_that_there_is_none(account: Account) -> None:
    paid = await account.paid()
    request = a_refund(paid.provider_payment_id, money=PART)
    await account.fault("slow_execution", match={"path": "/refund"}, seconds=0.3)
    first = asyncio.create_task(account.connector.refund_payment(request))
    await asyncio.sleep(0.1)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await account.connector.find_refund(request, attempted_at=now())
    made = await first
    found = await account.connector.find_refund(request, attempted_at=now())
    assert found is not None
    assert found.provider_refund_id == made.provider_refund_id


async def test_an_unknown_status_is_never_taken_for_success(account: Account) -> None:
    paid = await account.paid()
    await account.fault("patched", match={"method": "GET"}, patch={"status": "Sublimated"})
    assert (await account.connector.get_payment(paid.provider_payment_id)).status == "processing"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncated", "malformed", "wrong_content_type"])
async def test_a_failed_read_is_only_unavailable(account: Account, kind: str) -> None:
    paid = await account.paid()
    await account.fault(kind, match={"method": "GET"})
    with pytest.raises(Unavailable):
        await account.connector.get_payment(paid.provider_payment_id)
    assert (await account.connector.get_payment(paid.provider_payment_id)).status == "captured"
