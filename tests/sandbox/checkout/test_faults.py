"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import a_capture, a_checkout, a_refund, now
from tests.providers.payments.checkout.builders import a_token_payment
from tests.sandbox.checkout.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money

CREATE = {"method": "POST", "path": "/payments"}
A_WHILE = timedelta(minutes=2)


@pytest.mark.parametrize(
    ("fault", "error", "charges"),
    [
        ({"kind": "rate_limited"}, RateLimited, 0),
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 503}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 502}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"currency": "xxx"}}, OutcomeUnknown, 1),
        # Done, answered 500 and not kept: the same request under the same key would be done again.
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
    ],
    ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None,
)
async def test_each_fault_is_told_for_what_it_is_and_heals_to_one_charge(
    account: Account, fault: dict[str, Any], error: type[ProviderError], charges: int
) -> None:
    request, began = a_token_payment(), now() - A_WHILE
    await account.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.create_payment(request)
    assert isinstance(raised.value, error)
    assert await account.charges(request.payment_id) == charges
    found = await account.connector.find_payment(request, attempted_at=began)
    assert found is not None
    assert (found.status, found.payment_id) == ("captured" if charges else "authorized", request.payment_id)
    assert await account.charges(request.payment_id) == 1


async def test_an_unknown_status_is_never_taken_for_success(account: Account) -> None:
    await account.fault("patched", match=CREATE, patch={"status": "Sublimated"})
    assert (await account.connector.create_payment(a_token_payment())).status == "processing"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncated", "malformed", "wrong_content_type"])
async def test_a_failed_read_is_only_unavailable(account: Account, kind: str) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    await account.fault(kind, match={"method": "GET"})
    with pytest.raises(Unavailable):
        await account.connector.get_payment(paid.provider_payment_id)
    assert (await account.connector.get_payment(paid.provider_payment_id)).status == "captured"


async def test_while_the_first_attempt_is_at_work_its_outcome_stays_unknown(account: Account) -> None:
    request = a_token_payment()
    await account.fault("slow_execution", match=CREATE, seconds=0.3)
    first = asyncio.create_task(account.connector.create_payment(request))
    await asyncio.sleep(0.1)
    with pytest.raises(OutcomeUnknown) as unknown:
        await account.connector.find_payment(request, attempted_at=now() - A_WHILE)
    assert unknown.value.http_status == 409
    made = await first
    found = await account.connector.find_payment(request, attempted_at=now())
    assert found is not None
    assert found.provider_payment_id == made.provider_payment_id
    assert await account.charges(request.payment_id) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "server_error", "malformed"])
async def test_a_page_that_got_lost_is_nothing_and_is_made_anew(account: Account, kind: str) -> None:
    request = a_checkout()
    await account.fault(kind, match={"path": "/hosted-payments"})
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_payment(request)
    assert await account.connector.find_payment(request, attempted_at=now()) is None
    opened = await account.connector.create_payment(request)
    await account.post(f"/_test/hosted/{opened.provider_payment_id}/pay")
    assert await account.charges(request.payment_id) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "kept_server_error", "malformed"])
async def test_a_lost_refund_is_found_and_made_once(account: Account, kind: str) -> None:
    payment = a_token_payment()
    paid = await account.connector.create_payment(payment)
    request = a_refund(paid.provider_payment_id, money=Money.of("30.00", "AED"))
    await account.fault(kind, match={"path": "*/refunds"}, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.refund_payment(request)
    found = await account.connector.find_refund(request, attempted_at=now() - A_WHILE)
    assert found is not None
    assert found.refund_id == request.refund_id
    actions = (await account.state(payment.payment_id))["actions"]
    assert [each["amount"] for each in actions if each["type"] == "Refund"] == [3000]


async def test_a_capture_whose_answer_got_lost_takes_no_more_the_second_time(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    request = a_capture(reserved.provider_payment_id)
    await account.fault("drop_after", match={"path": "*/captures"})
    with pytest.raises(OutcomeUnknown):
        await account.connector.capture_payment(request)
    again = await account.connector.capture_payment(request)
    assert (again.status, str(again.amount_captured)) == ("captured", "99.00")
