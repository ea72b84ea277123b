"""Faults on demand, seen from the connector: whatever goes wrong, one charge at most, and the truth in the end."""

from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.sandbox.paytabs.conftest import Account
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.money import Money

REQUEST = {"path": "/payment/request"}
QUERY = {"path": "/payment/query"}
A_WHILE = timedelta(minutes=10)
LOST = ["drop_after", "truncated", "malformed", "wrong_content_type"]
FAULTS: list[tuple[dict[str, Any], type[ProviderError], int]] = [
    ({"kind": "rate_limited"}, RateLimited, 0),
    ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
    ({"kind": "server_error", "status": 503}, OutcomeUnknown, 0),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
    ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
    ({"kind": "drop_before"}, OutcomeUnknown, 0),
    *(({"kind": kind}, OutcomeUnknown, 1) for kind in LOST),
    ({"kind": "patched", "patch": {"cart_currency": "XXZ"}}, OutcomeUnknown, 1),
    ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
]


@pytest.mark.parametrize(("fault", "error", "charges"), FAULTS, ids=lambda value: str(value))
async def test_each_fault_of_a_charge_is_told_for_what_it_is_and_heals_to_one(
    account: Account, fault: dict[str, Any], error: type[ProviderError], charges: int
) -> None:
    saved = await account.save_a_card()
    request = a_payment(payment_method=saved.token, payment_method_data=saved.provider_data)
    await account.fault(match=REQUEST, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.create_payment(request)
    assert type(raised.value) is error
    assert len((await account.state(request.payment_id))["charges"]) == charges
    found = await account.connector.find_payment(request, attempted_at=now() - A_WHILE)
    assert (found is not None) == bool(charges)
    if found is None:
        found = await account.connector.create_payment(request)
    assert (found.status, found.payment_id) == ("captured", request.payment_id)
    assert len((await account.state(request.payment_id))["charges"]) == 1


async def test_a_charge_under_way_is_not_sent_again(account: Account) -> None:
    saved = await account.save_a_card()
    request = a_payment(payment_method=saved.token)
    await account.fault("drop_after", match=REQUEST)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_payment(request)
    with pytest.raises(OutcomeUnknown):  # PayTabs' own refusal of duplicates proves nothing either
        await account.connector.create_payment(request)
    assert len((await account.state(request.payment_id))["charges"]) == 1


@pytest.mark.parametrize("kind", ["drop_before", "server_error", "kept_server_error", *LOST])
async def test_a_page_that_got_lost_is_opened_anew_and_paid_once(account: Account, kind: str) -> None:
    request = a_checkout()
    await account.fault(kind, match=REQUEST, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_payment(request)
    opened = await account.connector.find_payment(request, attempted_at=now() - timedelta(seconds=5))
    assert opened is not None
    await account.pay(opened)
    payment = await account.connector.get_payment(opened.provider_payment_id)
    assert (payment.status, payment.payment_id) == ("captured", request.payment_id)
    assert len((await account.state(request.payment_id))["charges"]) == 1
    await account.connector.refund_payment(a_refund(opened.provider_payment_id))
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "refunded"


@pytest.mark.parametrize("kind", ["kept_server_error", *LOST])
async def test_a_lost_refund_is_found_and_made_once(account: Account, kind: str) -> None:
    payment = a_checkout()
    opened = await account.connector.create_payment(payment)
    await account.pay(opened)
    request = a_refund(opened.provider_payment_id, money=Money.of("30.00", "AED"))
    await account.fault(kind, match=REQUEST, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.refund_payment(request)
    found = await account.connector.find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.refund_id, found.status) == (request.refund_id, "succeeded")
    assert (await account.connector.refund_payment(request)).provider_refund_id == found.provider_refund_id
    assert len((await account.state(payment.payment_id))["refunds"]) == 1


@pytest.mark.parametrize("kind", ["drop_before", "server_error"])
async def test_a_refund_that_never_arrived_is_none(account: Account, kind: str) -> None:
    opened = await account.connector.create_payment(a_checkout())
    await account.pay(opened)
    request = a_refund(opened.provider_payment_id)
    await account.fault(kind, match=REQUEST)
    with pytest.raises(OutcomeUnknown):
        await account.connector.refund_payment(request)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await account.connector.find_refund(request, attempted_at=now())
    assert await account.connector.find_refund(request, attempted_at=now() - A_WHILE) is None


async def test_should_follow_ups_count_as_duplicates_nothing_is_made_twice(account: Account) -> None:
    await account.test("/account", remembers_follow_ups=True)
    payment = a_checkout(capture_method="manual")
    opened = await account.connector.create_payment(payment)
    await account.pay(opened)
    with pytest.raises(OutcomeUnknown):
        await account.connector.capture_payment(a_capture(opened.provider_payment_id))
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "authorized"


@pytest.mark.parametrize("kind", LOST)
async def test_a_lost_capture_or_void_is_seen_by_reading_the_payment(account: Account, kind: str) -> None:
    for call, request, status in (
        (account.connector.capture_payment, a_capture, "captured"),
        (account.connector.cancel_payment, a_cancellation, "cancelled"),
    ):
        opened = await account.connector.create_payment(a_checkout(capture_method="manual"))
        await account.pay(opened)
        await account.fault(kind, match=REQUEST)
        with pytest.raises(OutcomeUnknown):
            await call(request(opened.provider_payment_id))  # type: ignore[arg-type]
        assert (await account.connector.get_payment(opened.provider_payment_id)).status == status


@pytest.mark.parametrize("kind", ["drop_before", *LOST])
async def test_a_failed_read_is_only_unavailable(account: Account, kind: str) -> None:
    opened = await account.connector.create_payment(a_checkout())
    await account.pay(opened)
    await account.fault(kind, match=QUERY)
    with pytest.raises(Unavailable):
        await account.connector.get_payment(opened.provider_payment_id)
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "captured"


async def test_an_unknown_status_is_never_taken_for_success(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    await account.pay(opened)
    await account.fault("patched", match=QUERY, patch={"payment_result": {"response_status": "Q"}})
    payment = await account.connector.get_payment(opened.provider_payment_id)
    assert (payment.status, payment.amount_captured) == ("processing", None)
