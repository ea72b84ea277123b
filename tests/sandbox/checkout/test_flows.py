"""Checkout.com's connector against its twin, over a real socket: every way a payment can go."""

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund
from tests.providers.payments.checkout.builders import CHALLENGE, a_token_payment, checkout, declined, new_key
from tests.sandbox.checkout.conftest import Account
from workers.providers.errors import AuthenticationFailed, Declined, InvalidRequest, NotFound, NotSupported
from workers.providers.money import Money


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_a_direct_payment_is_reserved_and_then_taken_by_itself(account: Account) -> None:
    request = a_token_payment()
    made = await account.connector.create_payment(request)
    assert (made.status, made.payment_id) == ("authorized", request.payment_id), "not taken yet when it is answered"
    taken = await account.connector.get_payment(made.provider_payment_id)
    assert (taken.status, str(taken.amount_captured), taken.payment_id) == ("captured", "99.00", request.payment_id)
    assert await account.charges(request.payment_id) == 1


@pytest.mark.parametrize(
    ("amount", "currency", "units"), [("1.500", "KWD", 1500), ("500", "JPY", 500), ("2", "CLP", 200)]
)
async def test_currencies_keep_their_decimals(account: Account, amount: str, currency: str, units: int) -> None:
    request = a_token_payment(money=Money.of(amount, currency))
    made = await account.connector.create_payment(request)
    taken = await account.connector.get_payment(made.provider_payment_id)
    assert (str(taken.amount_captured), taken.money.currency) == (amount, currency)
    assert [each["amount"] for each in (await account.state(request.payment_id))["payments"]] == [units]


async def test_the_same_key_charges_once(account: Account) -> None:
    request = a_token_payment()
    first, second = await account.connector.create_payment(request), await account.connector.create_payment(request)
    assert first == second
    assert await account.charges(request.payment_id) == 1


async def test_reserved_money_is_captured_in_full_or_in_part(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    assert reserved.status == "authorized"
    taken = await account.connector.capture_payment(a_capture(reserved.provider_payment_id))
    assert (taken.status, str(taken.amount_captured)) == ("captured", "99.00")
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    part = await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=aed("40.00")))
    assert (part.status, str(part.amount_captured)) == ("captured", "40.00"), "the rest is released"
    with pytest.raises(InvalidRequest):
        await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=aed("1.00")))


async def test_an_account_can_capture_several_times(account: Account) -> None:
    several = checkout(
        httpx.AsyncHTTPTransport(verify=False),
        credentials={"secret_key": account.key},
        settings={"several_captures": True},
        base_url=f"{account.url}/checkout",
    )
    async with several:
        reserved = await several.create_payment(a_token_payment(capture_method="manual"))
        first = a_capture(reserved.provider_payment_id, money=aed("40.00"))
        for _ in range(2):
            part = await several.capture_payment(first)
            assert (part.status, str(part.amount_captured)) == ("partially_captured", "40.00")
        rest = await several.capture_payment(a_capture(reserved.provider_payment_id))
        assert (rest.status, str(rest.amount_captured)) == ("captured", "99.00")


async def test_a_capture_or_a_void_that_is_only_accepted_changes_nothing_yet(account: Account) -> None:
    await account.post("/_test/hold", hold=True)
    for call, request, outcome, status in (
        ("capture_payment", a_capture, "succeed", "captured"),
        ("capture_payment", a_capture, "fail", "authorized"),
        ("cancel_payment", a_cancellation, "succeed", "cancelled"),
        ("cancel_payment", a_cancellation, "fail", "authorized"),
    ):
        reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
        accepted = await getattr(account.connector, call)(request(reserved.provider_payment_id))
        assert accepted.status == "authorized"
        await account.post(f"/_test/payments/{reserved.provider_payment_id}/settle", outcome=outcome)
        assert (await account.connector.get_payment(reserved.provider_payment_id)).status == status


async def test_more_than_was_reserved_cannot_be_captured(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=aed("99.01")))
    assert refused.value.field == "money.amount"


async def test_a_payment_is_cancelled_before_money_is_taken_and_not_after(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    assert (await account.connector.cancel_payment(a_cancellation(reserved.provider_payment_id))).status == "cancelled"
    paid = await account.connector.create_payment(a_token_payment())
    with pytest.raises(InvalidRequest):
        await account.connector.cancel_payment(a_cancellation(paid.provider_payment_id))


async def test_a_reservation_runs_out(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    await account.post(f"/_test/payments/{reserved.provider_payment_id}/expire")
    assert (await account.connector.get_payment(reserved.provider_payment_id)).status == "expired"


async def test_money_is_given_back_in_parts_until_none_is_left(account: Account) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    first = a_refund(paid.provider_payment_id, money=aed("30.00"), reason="requested_by_customer", note="mug broke")
    accepted = await account.connector.refund_payment(first)
    assert (accepted.status, str(accepted.money), accepted.refund_id) == ("pending", "AED 30.00", first.refund_id)
    refund = await account.connector.get_refund(accepted.provider_refund_id)
    assert (refund.status, str(refund.money), refund.refund_id) == ("succeeded", "AED 30.00", first.refund_id)
    after = await account.connector.get_payment(paid.provider_payment_id)
    assert (after.status, after.refunds) == ("partially_refunded", (refund.provider_refund_id,))
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.01")))
    assert refused.value.field == "money.amount"
    rest = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(rest.money) == "AED 69.00"
    after = await account.connector.get_payment(paid.provider_payment_id)
    assert (after.status, str(after.amount_refunded)) == ("refunded", "99.00")
    with pytest.raises(InvalidRequest):
        await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("1.00")))


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("fail", "failed")])
async def test_a_refund_takes_its_time_and_can_be_refused(account: Account, outcome: str, status: str) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    await account.post("/_test/hold", hold=True)
    accepted = await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("30.00")))
    waiting = await account.connector.get_refund(accepted.provider_refund_id)
    assert (accepted.status, waiting.status) == ("pending", "pending")
    await account.post(f"/_test/payments/{paid.provider_payment_id}/settle", outcome=outcome)
    assert (await account.connector.get_refund(accepted.provider_refund_id)).status == status


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("20051", "insufficient_funds"),
        ("20087", "incorrect_cvc"),
        ("30041", "card_blocked"),
        ("40101", "suspected_fraud"),
    ],
)
async def test_a_decline_says_why(account: Account, code: str, reason: str) -> None:
    request = a_token_payment(payment_method=declined(code))
    with pytest.raises(Declined) as refused:
        await account.connector.create_payment(request)
    assert (refused.value.decline_code, refused.value.provider_code) == (reason, code)
    assert refused.value.provider_payment_id is not None
    failed = await account.connector.get_payment(refused.value.provider_payment_id)
    assert (failed.status, failed.payment_id) == ("failed", request.payment_id)
    assert failed.decline is not None
    assert failed.decline.reason == reason
    assert await account.charges(request.payment_id) == 0


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "captured"), ("fail", "failed")])
async def test_the_payer_authenticates_on_the_banks_page(account: Account, outcome: str, status: str) -> None:
    request = a_token_payment(payment_method=CHALLENGE, return_url="https://shop.example/back")
    waiting = await account.connector.create_payment(request)
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    assert waiting.next_action.url is not None
    assert "3-D Secure" in (await account.http.get(waiting.next_action.url)).text
    back = await account.http.post(waiting.next_action.url, data={"outcome": outcome})
    assert back.headers["location"].startswith("https://shop.example/back?cko-payment-id=pay_")
    assert (await account.connector.get_payment(waiting.provider_payment_id)).status == status


async def test_a_payment_that_the_bank_decides_later_is_processing_until_then(account: Account) -> None:
    made = await account.connector.create_payment(a_token_payment(payment_method="tok_pending".ljust(30, "0")))
    assert made.status == "processing"
    await account.post(f"/_test/payments/{made.provider_payment_id}/decide", outcome="succeed")
    assert (await account.connector.get_payment(made.provider_payment_id)).status == "captured"


async def test_a_hosted_payment_from_page_to_refund(account: Account) -> None:
    request = a_checkout(customer={"email": "sara@example.com"})
    opened = await account.connector.create_payment(request)
    assert (opened.status, opened.payment_id) == ("requires_action", request.payment_id)
    assert opened.checkout_url is not None
    assert "9900 minor units of AED" in (await account.http.get(opened.checkout_url)).text
    refused = await account.http.post(opened.checkout_url, data={"choice": "empty"})
    assert refused.headers["location"].startswith("https://shop.example/thanks?")
    tried = await account.connector.get_payment(opened.provider_payment_id)
    assert (tried.status, tried.provider_session_id) == ("failed", opened.provider_session_id)
    await account.http.post(opened.checkout_url, data={"choice": "pay"})
    paid = await account.connector.get_payment(opened.provider_payment_id)
    assert (paid.status, paid.payment_id) == ("captured", request.payment_id)
    assert paid.provider_payment_id.startswith("pay_")
    assert paid.provider_session_id == opened.provider_session_id
    for payment_id in (opened.provider_payment_id, paid.provider_payment_id):
        await account.connector.refund_payment(a_refund(payment_id, money=aed("10.00")))
    assert str((await account.connector.get_payment(opened.provider_payment_id)).amount_refunded) == "20.00"


async def test_a_hosted_payment_can_be_reserved_and_captured_later(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout(capture_method="manual"))
    await account.post(f"/_test/hosted/{opened.provider_payment_id}/pay")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "authorized"
    taken = await account.connector.capture_payment(a_capture(opened.provider_payment_id))
    assert (taken.status, str(taken.amount_captured)) == ("captured", "99.00")


async def test_an_open_page_cannot_be_closed_but_runs_out(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    with pytest.raises(NotSupported):
        await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    assert opened.checkout_url is not None
    back = await account.http.post(opened.checkout_url, data={"choice": "cancel"})
    assert back.headers["location"] == "https://shop.example/cart"
    await account.post(f"/_test/hosted/{opened.provider_payment_id}/expire")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "expired"
    assert (await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))).status == "expired"


async def test_what_is_not_there_is_not_found(account: Account) -> None:
    for call in (
        account.connector.get_payment("pay_none"),
        account.connector.get_payment("hpp_none"),
        account.connector.get_refund("pay_none:act_none"),
        account.connector.capture_payment(a_capture("pay_none")),
    ):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_payment(a_token_payment(payment_method="tok_unknown".ljust(30, "0")))
    assert refused.value.field == "payment_method"


async def test_one_account_sees_nothing_of_another_and_wrong_keys_nothing_at_all(account: Account) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    assert (await account.connector.check_health()).ok
    url = f"{account.url}/checkout"
    for key, error, health in (
        (new_key(), NotFound, "ok"),
        (f"sk_sbox_invalid{new_key()[15:]}", AuthenticationFailed, "authentication_failed"),
    ):
        transport = httpx.AsyncHTTPTransport(verify=False)
        async with checkout(transport, credentials={"secret_key": key}, base_url=url) as stranger:
            with pytest.raises(error) as refused:
                await stranger.get_payment(paid.provider_payment_id)
            assert key not in str(refused.value)
            assert (await stranger.check_health()).code == health


async def test_a_kept_card_pays_again_until_it_is_forgotten(account: Account) -> None:
    first = await account.connector.create_payment(a_token_payment(save_payment_method=True))
    kept = first.saved_method
    assert kept is not None
    assert (kept.brand, kept.last_four, kept.expires) == ("VISA", "4242", "2029-04")
    assert (await account.connector.get_payment(first.provider_payment_id)).saved_method == kept
    again = a_token_payment(payment_method=kept.token, payment_method_data=kept.provider_data)
    made = await account.connector.create_payment(again)
    assert (await account.connector.get_payment(made.provider_payment_id)).status == "captured"
    for _ in range(2):
        await account.connector.delete_payment_method(kept.token, kept.provider_data)
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_payment(again.model_copy(update={"idempotency_key": "another"}))
    assert refused.value.field == "payment_method"


async def test_the_page_keeps_a_card_too(account: Account) -> None:
    request = a_checkout(
        save_payment_method=True,
        customer={"email": "sara@example.com"},
        method="card",
        locale="ar",
        items=[{"name": "Mug", "quantity": 3, "unit_amount": "33.00"}],
        billing_address={"line1": "Marina Walk 4", "city": "Dubai", "country": "AE"},
        shipping_address={"line1": "Marina Walk 4", "city": "Dubai", "country": "AE"},
    )
    opened = await account.connector.create_payment(request)
    await account.post(f"/_test/hosted/{opened.provider_payment_id}/pay")
    kept = (await account.connector.get_payment(opened.provider_payment_id)).saved_method
    assert kept is not None
    assert kept.provider_data.keys() == {"customer", "previous_payment"}


async def test_a_card_whose_payer_authenticated_once_is_charged_without_them(account: Account) -> None:
    request = a_token_payment(
        payment_method=CHALLENGE, return_url="https://shop.example/back", save_payment_method=True
    )
    waiting = await account.connector.create_payment(request)
    assert waiting.saved_method is None
    await account.post(f"/_test/payments/{waiting.provider_payment_id}/authenticate", outcome="succeed")
    kept = (await account.connector.get_payment(waiting.provider_payment_id)).saved_method
    assert kept is not None
    again = a_token_payment(payment_method=kept.token, payment_method_data=kept.provider_data)
    assert (await account.connector.create_payment(again)).status == "authorized"
    with_the_payer = again.model_copy(update={"return_url": "https://shop.example/back", "idempotency_key": "another"})
    assert (await account.connector.create_payment(with_the_payer)).status == "requires_action"
