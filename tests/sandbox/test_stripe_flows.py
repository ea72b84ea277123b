"""Stripe's connector against its twin, over a real socket: every way a payment can go."""

from datetime import timedelta

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.sandbox.conftest import Account
from workers.providers.errors import AuthenticationFailed, Declined, InvalidRequest, NotFound, OutcomeUnknown
from workers.providers.money import Money
from workers.providers.registry import open_connector


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_a_direct_payment_is_taken_at_once(account: Account) -> None:
    request = a_payment(money=aed("99.00"))
    paid = await account.connector.create_payment(request)
    assert (paid.status, str(paid.amount_captured), str(paid.amount_refunded)) == ("captured", "99.00", "0.00")
    assert paid.payment_id == request.payment_id
    assert await account.connector.get_payment(paid.provider_payment_id) == paid
    assert [charge["amount"] for charge in await account.charges()] == [9900]


@pytest.mark.parametrize(
    ("amount", "currency", "units"), [("1.500", "KWD", 1500), ("500", "JPY", 500), ("2.00", "AED", 200)]
)
async def test_currencies_keep_their_decimals(account: Account, amount: str, currency: str, units: int) -> None:
    paid = await account.connector.create_payment(a_payment(money=Money.of(amount, currency)))
    assert (str(paid.amount_captured), paid.money.currency) == (amount, currency)
    assert [charge["amount"] for charge in await account.charges()] == [units]


async def test_the_same_key_charges_once(account: Account) -> None:
    request = a_payment()
    first, second = await account.connector.create_payment(request), await account.connector.create_payment(request)
    assert first == second
    assert len(await account.charges()) == 1


async def test_the_same_key_for_something_else_is_refused(account: Account) -> None:
    request = a_payment()
    await account.connector.create_payment(request)
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_payment(request.model_copy(update={"money": aed("100.00")}))
    assert refused.value.field == "idempotency_key"


async def test_reserved_money_is_captured_in_full_or_in_part(account: Account) -> None:
    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    assert (reserved.status, str(reserved.amount_authorized), str(reserved.amount_captured)) == (
        "authorized",
        "99.00",
        "0.00",
    )
    taken = await account.connector.capture_payment(a_capture(reserved.provider_payment_id))
    assert (taken.status, str(taken.amount_captured)) == ("captured", "99.00")

    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    part = await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=aed("40.00")))
    assert (part.status, str(part.amount_captured), str(part.amount_refunded)) == ("captured", "40.00", "0.00")


async def test_more_than_was_reserved_cannot_be_captured(account: Account) -> None:
    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=aed("99.01")))
    assert (refused.value.field, refused.value.provider_code) == ("money.amount", "amount_too_large")


async def test_a_payment_is_cancelled_before_money_is_taken_and_not_after(account: Account) -> None:
    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    given_up = await account.connector.cancel_payment(a_cancellation(reserved.provider_payment_id, reason="abandoned"))
    assert (given_up.status, str(given_up.amount_captured), str(given_up.amount_refunded)) == (
        "cancelled",
        "0.00",
        "0.00",
    )
    paid = await account.connector.create_payment(a_payment())
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.cancel_payment(a_cancellation(paid.provider_payment_id))
    assert refused.value.provider_code == "payment_intent_unexpected_state"


async def test_an_authorization_runs_out(account: Account) -> None:
    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    await account.post(f"/_test/payment_intents/{reserved.provider_payment_id}/expire")
    assert (await account.connector.get_payment(reserved.provider_payment_id)).status == "expired"


async def test_money_is_given_back_in_parts_until_none_is_left(account: Account) -> None:
    paid = await account.connector.create_payment(a_payment())
    first = a_refund(paid.provider_payment_id, money=aed("30.00"), reason="requested_by_customer", note="mug broke")
    refund = await account.connector.refund_payment(first)
    assert (refund.status, str(refund.money), refund.refund_id) == ("succeeded", "AED 30.00", first.refund_id)
    assert await account.connector.get_refund(refund.provider_refund_id) == refund
    assert (await account.connector.get_payment(paid.provider_payment_id)).status == "partially_refunded"
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.01")))
    assert refused.value.field == "money.amount"
    rest = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(rest.money) == "AED 69.00"
    after = await account.connector.get_payment(paid.provider_payment_id)
    assert (after.status, str(after.amount_refunded)) == ("refunded", "99.00")
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert refused.value.provider_code == "charge_already_refunded"


async def test_only_what_was_captured_can_be_refunded(account: Account) -> None:
    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=aed("40.00")))
    with pytest.raises(InvalidRequest):
        await account.connector.refund_payment(a_refund(reserved.provider_payment_id, money=aed("40.01")))
    await account.connector.refund_payment(a_refund(reserved.provider_payment_id, money=aed("10.00")))
    after = await account.connector.get_payment(reserved.provider_payment_id)
    assert (after.status, str(after.amount_refunded)) == ("partially_refunded", "10.00")


async def test_a_refund_can_take_its_time_and_can_bounce(account: Account) -> None:
    paid = await account.connector.create_payment(a_payment(payment_method="pm_card_pendingRefund"))
    refund = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert refund.status == "pending"
    await account.post(f"/_test/refunds/{refund.provider_refund_id}/finish", outcome="fail")
    bounced = await account.connector.get_refund(refund.provider_refund_id)
    assert (bounced.status, bounced.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (await account.connector.get_payment(paid.provider_payment_id)).status == "captured"


@pytest.mark.parametrize(
    ("payment_method", "reason", "code"),
    [
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_blocked", "lost_card"),
        ("pm_card_chargeDeclinedExpiredCard", "card_expired", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "limit_exceeded", "card_velocity_exceeded"),
        ("pm_card_chargeDeclinedFraudulent", "suspected_fraud", "fraudulent"),
        ("pm_card_visa_chargeDeclined", "do_not_honor", "generic_decline"),
    ],
)
async def test_a_decline_says_why(account: Account, payment_method: str, reason: str, code: str) -> None:
    request = a_payment(payment_method=payment_method)
    with pytest.raises(Declined) as declined:
        await account.connector.create_payment(request)
    assert (declined.value.decline_code, declined.value.provider_code) == (reason, code)
    assert declined.value.provider_payment_id is not None
    failed = await account.connector.get_payment(declined.value.provider_payment_id)
    assert (failed.status, failed.payment_id) == ("failed", request.payment_id)
    assert failed.decline is not None
    assert failed.decline.reason == reason
    assert not await account.charges()


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "captured"), ("fail", "failed")])
async def test_the_payer_authenticates_on_the_banks_page(account: Account, outcome: str, status: str) -> None:
    request = a_payment(payment_method="pm_card_authenticationRequired", return_url="https://shop.example/back")
    waiting = await account.connector.create_payment(request)
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    assert waiting.next_action.url is not None
    assert "3-D Secure" in (await account.http.get(waiting.next_action.url)).text
    back = await account.http.post(waiting.next_action.url, data={"outcome": outcome})
    assert (back.status_code, back.headers["location"]) == (303, "https://shop.example/back")
    assert (await account.connector.get_payment(waiting.provider_payment_id)).status == status


async def test_a_hosted_payment_goes_from_the_page_to_a_refund(account: Account) -> None:
    request = a_checkout(return_url="https://shop.example/thanks?s={CHECKOUT_SESSION_ID}")
    opened = await account.connector.create_payment(request)
    assert (opened.status, opened.provider_payment_id) == ("requires_action", opened.provider_session_id)
    assert opened.checkout_url is not None
    page = await account.http.get(opened.checkout_url)
    assert "9900 minor units of AED" in page.text

    declined = await account.http.post(
        opened.checkout_url, data={"payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds"}
    )
    assert (declined.status_code, "insufficient funds" in declined.text) == (402, True)
    still_open = await account.connector.get_payment(opened.provider_payment_id)
    assert still_open.status == "requires_action"
    assert still_open.decline is not None

    back = await account.http.post(opened.checkout_url, data={"payment_method": "pm_card_visa"})
    assert back.headers["location"] == f"https://shop.example/thanks?s={opened.provider_session_id}"
    paid = await account.connector.get_payment(opened.provider_payment_id)
    assert (paid.status, paid.payment_id) == ("captured", request.payment_id)
    assert paid.provider_payment_id.startswith("pi_")
    assert paid.provider_session_id == opened.provider_session_id
    for payment_id in (opened.provider_payment_id, paid.provider_payment_id):
        await account.connector.refund_payment(a_refund(payment_id, money=aed("10.00")))
    assert str((await account.connector.get_payment(opened.provider_payment_id)).amount_refunded) == "20.00"


async def test_a_hosted_payment_can_be_reserved_and_captured_later(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout(capture_method="manual"))
    await account.post(f"/_test/checkout/{opened.provider_payment_id}/complete")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "authorized"
    taken = await account.connector.capture_payment(a_capture(opened.provider_payment_id, money=aed("40.00")))
    assert (taken.status, str(taken.amount_captured)) == ("captured", "40.00")


async def test_a_delayed_method_is_processing_until_it_is_settled(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    path = f"/_test/checkout/{opened.provider_payment_id}/complete"
    await account.post(path, payment_method="pm_usBankAccount_success")
    waiting = await account.connector.get_payment(opened.provider_payment_id)
    assert waiting.status == "processing"
    await account.post(f"/_test/payment_intents/{waiting.provider_payment_id}/settle", outcome="succeed")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "captured"


async def test_an_open_page_can_be_closed_and_can_run_out(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    closed = await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    assert (closed.status, closed.checkout_url) == ("cancelled", None)
    opened = await account.connector.create_payment(a_checkout())
    await account.post(f"/_test/checkout/{opened.provider_payment_id}/expire")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "expired"
    assert (await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))).status == "expired"
    assert not await account.charges()


async def test_going_back_from_the_page_pays_nothing(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    assert opened.checkout_url is not None
    back = await account.http.post(opened.checkout_url, data={"payment_method": "cancel"})
    assert back.headers["location"] == "https://shop.example/cart"
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "requires_action"


async def test_what_is_not_there_is_not_found(account: Account) -> None:
    for call in (
        account.connector.get_payment("pi_none"),
        account.connector.get_payment("cs_none"),
        account.connector.get_refund("re_none"),
        account.connector.capture_payment(a_capture("pi_none")),
    ):
        with pytest.raises(NotFound):
            await call


async def test_an_unknown_token_is_the_callers_fault(account: Account) -> None:
    with pytest.raises((InvalidRequest, NotFound)):
        await account.connector.create_payment(a_payment(payment_method="pm_nobody"))


async def test_one_account_sees_nothing_of_another(account: Account, sandbox_url: str) -> None:
    paid = await account.connector.create_payment(a_payment())
    stranger = open_connector(
        "stripe", credentials={"secret_key": "sk_test_stranger"}, base_url=f"{sandbox_url}/stripe"
    )
    async with stranger:
        with pytest.raises(NotFound):
            await stranger.get_payment(paid.provider_payment_id)  # type: ignore[attr-defined]


async def test_health_follows_the_credentials(account: Account, sandbox_url: str) -> None:
    assert (await account.connector.check_health()).ok
    wrong = open_connector("stripe", credentials={"secret_key": "sk_test_invalid1"}, base_url=f"{sandbox_url}/stripe")
    async with wrong:
        report = await wrong.check_health()  # type: ignore[attr-defined]
        assert (report.ok, report.code) == (False, "authentication_failed")
        with pytest.raises(AuthenticationFailed) as refused:
            await wrong.create_payment(a_payment())  # type: ignore[attr-defined]
        assert "sk_test_invalid1" not in str(refused.value)


async def test_a_closed_port_is_an_unavailable_provider(unused_tcp_port: int) -> None:
    nobody = open_connector(
        "stripe",
        credentials={"secret_key": "sk_test_1234"},
        base_url=f"http://127.0.0.1:{unused_tcp_port}/stripe",
        transport=httpx.AsyncHTTPTransport(),
    )
    async with nobody:
        report = await nobody.check_health()  # type: ignore[attr-defined]
        assert (report.ok, report.code) == (False, "unavailable")


async def test_a_saved_card_pays_again_until_it_is_forgotten(account: Account) -> None:
    first = await account.connector.create_payment(a_payment(save_payment_method=True))
    kept = first.saved_method
    assert kept is not None
    assert (kept.brand, kept.last_four, kept.expires) == ("visa", "4242", "2029-04")
    again = a_payment(payment_method=kept.token, payment_method_data=kept.provider_data)
    assert (await account.connector.create_payment(again)).status == "captured"
    assert len(await account.charges()) == 2
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_payment(a_payment(payment_method=kept.token))
    assert refused.value.field == "payment_method", "a kept card is of no use without its customer"
    for _ in range(2):
        await account.connector.delete_payment_method(kept.token, kept.provider_data)
    with pytest.raises(InvalidRequest):
        await account.connector.create_payment(again.model_copy(update={"idempotency_key": "another"}))
    assert len(await account.charges()) == 2


async def test_the_page_saves_a_card_too(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout(save_payment_method=True, method="card", locale="en"))
    assert opened.saved_method is None
    await account.post(f"/_test/checkout/{opened.provider_payment_id}/complete")
    kept = (await account.connector.get_payment(opened.provider_payment_id)).saved_method
    assert kept is not None
    again = a_payment(payment_method=kept.token, payment_method_data=kept.provider_data)
    assert (await account.connector.create_payment(again)).status == "captured"


async def test_a_saved_card_whose_bank_wants_its_payer_is_declined_while_they_are_away(account: Account) -> None:
    request = a_payment(
        payment_method="pm_card_authenticationRequired",
        save_payment_method=True,
        return_url="https://shop.example/back",
    )
    waiting = await account.connector.create_payment(request)
    await account.post(f"/_test/payment_intents/{waiting.provider_payment_id}/authenticate", outcome="succeed")
    kept = (await account.connector.get_payment(waiting.provider_payment_id)).saved_method
    assert kept is not None
    with pytest.raises(Declined) as declined:
        await account.connector.create_payment(
            a_payment(payment_method=kept.token, payment_method_data=kept.provider_data)
        )
    assert declined.value.decline_code == "authentication_required"


async def test_a_payment_that_saves_its_card_is_made_once(account: Account) -> None:
    request = a_payment(save_payment_method=True)
    await account.fault("kept_server_error", applied=True, match={"method": "POST", "path": "/v1/customers"})
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_payment(request)
    assert not await account.charges()
    found = await account.connector.find_payment(request, attempted_at=now() - timedelta(minutes=2))
    assert found is not None
    assert (found.status, found.saved_method is not None) == ("captured", True)
    assert len(await account.charges()) == 1


async def test_every_payment_of_a_time_is_listed_page_by_page(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.providers.payments.stripe.connector.PAGE_SIZE", 2)
    requests = [a_payment() for _ in range(5)]
    for request in requests:
        await account.connector.create_payment(request)
    await account.connector.create_payment(a_checkout())
    since, until = now() - timedelta(minutes=5), now() + timedelta(minutes=5)
    seen, cursor = [], None
    while True:
        page = await account.connector.list_payments(since=since, until=until, cursor=cursor)
        seen += [(payment.payment_id, payment.status) for payment in page.payments]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [(request.payment_id, "captured") for request in reversed(requests)]
    earlier = await account.connector.list_payments(since=since - timedelta(hours=1), until=since)
    assert (earlier.payments, earlier.next_cursor) == ((), None)
