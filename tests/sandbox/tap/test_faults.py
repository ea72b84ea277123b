"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tap.builders import a_page, a_token_payment
from tests.sandbox.tap.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money

CREATE = {"method": "POST", "path": "/charges"}
A_WHILE = timedelta(minutes=2)


@pytest.mark.parametrize("make", [a_token_payment, a_page], ids=["direct", "page"])
@pytest.mark.parametrize(
    ("fault", "error", "made"),
    [
        ({"kind": "rate_limited"}, RateLimited, 0),
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 503}, Unavailable, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 502}, OutcomeUnknown, 0),
        ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"currency": "XXZ"}}, OutcomeUnknown, 1),
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
    ],
    ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None,
)
async def test_each_fault_is_told_for_what_it_is_and_heals_to_one_charge(
    account: Account, make: Any, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request, began = make(), now() - A_WHILE
    await account.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.create_payment(request)
    refuses_a_page_only = error is Unavailable and make is a_token_payment
    assert isinstance(raised.value, OutcomeUnknown if refuses_a_page_only else error)
    assert len((await account.state(request.payment_id))["charges"]) == made
    found = await account.connector.find_payment(request, attempted_at=began)
    assert found is not None
    assert (found.status, found.payment_id) == (
        "captured" if make is a_token_payment else "requires_action",
        request.payment_id,
    )
    if found.checkout_url:
        await account.http.post(found.checkout_url, data={"choice": "pay"})
    assert await account.charges(request.payment_id) == 1
    assert len((await account.state(request.payment_id))["charges"]) == 1


async def test_a_lost_page_is_found_at_once_since_nobody_can_have_paid_it(account: Account) -> None:
    request = a_page()
    await account.fault("drop_after", match=CREATE)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_payment(request)
    found = await account.connector.find_payment(request, attempted_at=now())
    assert found is not None
    assert found.checkout_url


async def test_an_unknown_status_is_never_taken_for_success(account: Account) -> None:
    await account.fault("patched", match=CREATE, patch={"status": "SUBLIMATED"})
    assert (await account.connector.create_payment(a_token_payment())).status == "processing"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncated", "malformed", "wrong_content_type"])
async def test_a_failed_read_is_only_unavailable(account: Account, kind: str) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    for match in ({"method": "GET"}, {"path": "/refunds/list"}):
        await account.fault(kind, match=match)
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


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "kept_server_error", "malformed"])
async def test_a_lost_refund_is_found_and_made_once(account: Account, kind: str) -> None:
    payment = a_token_payment()
    paid = await account.connector.create_payment(payment)
    request = a_refund(paid.provider_payment_id, payment_id=payment.payment_id, money=Money.of("30.00", "AED"))
    await account.fault(kind, match={"path": "/refunds"}, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.refund_payment(request)
    found = await account.connector.find_refund(request, attempted_at=now() - A_WHILE)
    assert found is not None
    assert found.refund_id == request.refund_id
    assert [each["amount"] for each in (await account.state(payment.payment_id))["refunds"]] == [30.00]


@pytest.mark.parametrize("kind", ["drop_after", "kept_server_error"])
async def test_a_capture_whose_answer_got_lost_takes_no_more_the_second_time(account: Account, kind: str) -> None:
    payment = a_token_payment(capture_method="manual")
    reserved = await account.connector.create_payment(payment)
    request = a_capture(reserved.provider_payment_id, payment_id=payment.payment_id)
    await account.fault(kind, match=CREATE, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.capture_payment(request)
    looked_at = await account.connector.get_payment(reserved.provider_payment_id)
    assert (looked_at.status, str(looked_at.amount_captured)) == ("captured", "99.00")
    again = await account.connector.capture_payment(request)
    assert again.provider_payment_id == looked_at.provider_payment_id
    assert len((await account.state(payment.payment_id))["charges"]) == 1


async def test_a_lost_void_is_settled_by_looking(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    await account.fault("drop_after", match={"path": "*/void"})
    with pytest.raises(OutcomeUnknown):
        await account.connector.cancel_payment(a_cancellation(reserved.provider_payment_id))
    assert (await account.connector.get_payment(reserved.provider_payment_id)).status == "cancelled"


async def test_a_token_of_a_saved_card_moves_nothing_and_may_be_made_anew(account: Account) -> None:
    saved = (await account.connector.create_payment(a_token_payment(save_payment_method=True))).saved_method
    assert saved is not None
    request = a_token_payment(payment_method=saved.token, payment_method_data=saved.provider_data)
    await account.fault("drop_after", match={"path": "/tokens"})
    with pytest.raises(Unavailable):
        await account.connector.create_payment(request)
    assert (await account.connector.create_payment(request)).status == "captured"
