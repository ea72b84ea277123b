"""PayPal's connector against its twin, over a real socket: every way a payment can go."""

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund
from tests.providers.payments.paypal.builders import a_completion, a_hosted, a_saved
from tests.sandbox.paypal.conftest import PayPalAccount
from workers.providers.errors import Declined, InvalidRequest, NotFound
from workers.providers.money import Money


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


async def test_a_hosted_payment_is_agreed_to_and_then_completed(paypal_account: PayPalAccount) -> None:
    connector, request = paypal_account.connector, a_hosted()
    made = await connector.create_payment(request)
    assert (made.status, made.payment_id) == ("requires_action", request.payment_id)
    assert made.checkout_url is not None
    page = await paypal_account.http.get(made.checkout_url)
    assert "USD 99.00" in page.text
    back = await paypal_account.http.post(made.checkout_url, data={"funding": "ok"})
    assert back.headers["location"].startswith("https://shop.example/thanks?token=")
    approved = await connector.get_payment(made.provider_payment_id)
    assert approved.next_action is not None
    assert (approved.status, approved.next_action.type) == ("requires_action", "complete")
    assert (await paypal_account.state(request.payment_id))["captures"] == []
    completion = a_completion(made.provider_payment_id, provider_data=approved.provider_data)
    paid = await connector.complete_payment(completion)
    assert (paid.status, str(paid.amount_captured), str(paid.amount_refunded)) == ("captured", "99.00", "0.00")
    assert await connector.get_payment(made.provider_payment_id) == paid
    assert await connector.complete_payment(completion) == paid
    assert await connector.complete_payment(a_completion(made.provider_payment_id)) == paid
    assert len((await paypal_account.state(request.payment_id))["captures"]) == 1


async def test_a_payer_can_turn_back(paypal_account: PayPalAccount) -> None:
    made = await paypal_account.connector.create_payment(a_hosted())
    assert made.checkout_url is not None
    back = await paypal_account.http.post(made.checkout_url, data={"funding": "cancel"})
    assert back.headers["location"].startswith("https://shop.example/cart?token=")
    with pytest.raises(InvalidRequest) as refused:
        await paypal_account.connector.complete_payment(a_completion(made.provider_payment_id))
    assert refused.value.provider_code == "ORDER_NOT_APPROVED"
    given_up = await paypal_account.connector.cancel_payment(a_cancellation(made.provider_payment_id))
    assert given_up.status == "cancelled"


async def test_a_saved_account_pays_at_once_and_the_same_key_charges_once(paypal_account: PayPalAccount) -> None:
    request = a_saved()
    first, second = [await paypal_account.connector.create_payment(request) for _ in range(2)]
    assert first == second
    assert first.status == "captured"
    assert len((await paypal_account.state(request.payment_id))["captures"]) == 1


async def test_two_orders_of_one_payment_cannot_both_be_paid(paypal_account: PayPalAccount) -> None:
    request = a_saved()
    await paypal_account.connector.create_payment(request)
    with pytest.raises(InvalidRequest) as refused:
        await paypal_account.connector.create_payment(request.model_copy(update={"idempotency_key": "another"}))
    assert (refused.value.field, refused.value.provider_code) == ("reference", "DUPLICATE_INVOICE_ID")


async def test_declines_say_why(paypal_account: PayPalAccount) -> None:
    for attempt in (
        paypal_account.connector.create_payment(a_saved(payment_method="vault_decline")),
        paypal_account.completed("decline"),
    ):
        with pytest.raises(Declined) as declined:
            await attempt
        assert (declined.value.decline_code, declined.value.provider_code) == ("do_not_honor", "INSTRUMENT_DECLINED")
    failed = await paypal_account.completed("refuse_capture")
    assert failed.decline is not None
    assert (failed.status, failed.decline.reason) == ("failed", "insufficient_funds")


@pytest.mark.parametrize(("outcome", "status"), [("complete", "captured"), ("decline", "failed")])
async def test_an_echeck_takes_its_time(paypal_account: PayPalAccount, outcome: str, status: str) -> None:
    pending = await paypal_account.completed("pending")
    assert (pending.status, pending.provider_status) == ("processing", "COMPLETED/PENDING/ECHECK")
    await paypal_account.post(f"/_test/captures/{pending.provider_data['captures']}/settle", outcome=outcome)
    assert (await paypal_account.connector.get_payment(pending.provider_payment_id)).status == status


async def test_reserved_money_is_captured_in_parts_and_the_rest_released(paypal_account: PayPalAccount) -> None:
    connector = paypal_account.connector
    reserved = await paypal_account.completed(capture_method="manual")
    order_id = reserved.provider_payment_id
    assert (reserved.status, str(reserved.amount_authorized)) == ("authorized", "99.00")
    part = await connector.capture_payment(a_capture(order_id, money=usd("40.00")))
    assert (part.status, str(part.amount_captured)) == ("partially_captured", "40.00")
    assert await connector.get_payment(order_id) == part
    with pytest.raises(InvalidRequest) as refused:
        await connector.capture_payment(a_capture(order_id, money=usd("59.01")))
    assert refused.value.field == "money.amount"
    released = await connector.cancel_payment(a_cancellation(order_id))
    assert (released.status, str(released.amount_captured)) == ("captured", "40.00")
    assert await connector.get_payment(order_id) == released


async def test_reserved_money_is_captured_whole_voided_or_runs_out(paypal_account: PayPalAccount) -> None:
    connector = paypal_account.connector
    whole = await paypal_account.completed(capture_method="manual")
    taken = await connector.capture_payment(a_capture(whole.provider_payment_id))
    assert (taken.status, str(taken.amount_captured)) == ("captured", "99.00")
    with pytest.raises(InvalidRequest, match="nothing is reserved"):
        await connector.capture_payment(a_capture(whole.provider_payment_id))
    with pytest.raises(InvalidRequest, match="cannot be cancelled"):
        await connector.cancel_payment(a_cancellation(whole.provider_payment_id))
    given_up = await paypal_account.completed(capture_method="manual")
    for _ in range(2):
        assert (await connector.cancel_payment(a_cancellation(given_up.provider_payment_id))).status == "cancelled"


async def test_money_is_given_back_in_parts_until_none_is_left(paypal_account: PayPalAccount) -> None:
    connector, paid = paypal_account.connector, await paypal_account.completed()
    known = {"provider_data": paid.provider_data}
    first = a_refund(paid.provider_payment_id, money=usd("30.00"), note="mug broke", **known)
    refund = await connector.refund_payment(first)
    assert (refund.status, str(refund.money), refund.refund_id) == ("succeeded", "USD 30.00", first.refund_id)
    again = await connector.refund_payment(first)
    assert again == refund
    read = await connector.get_refund(refund.provider_refund_id)
    assert read.model_copy(update={"provider_payment_id": paid.provider_payment_id}) == refund
    after = await connector.get_payment(paid.provider_payment_id)
    assert (after.status, str(after.amount_refunded)) == ("partially_refunded", "30.00")
    with pytest.raises(InvalidRequest) as refused:
        await connector.refund_payment(a_refund(paid.provider_payment_id, money=usd("69.01")))
    assert refused.value.field == "money.amount"
    rest = await connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(rest.money) == "USD 69.00"
    after = await connector.get_payment(paid.provider_payment_id)
    assert (after.status, str(after.amount_refunded)) == ("refunded", "99.00")
    with pytest.raises(InvalidRequest) as refused:
        await connector.refund_payment(a_refund(paid.provider_payment_id))
    assert refused.value.provider_code == "CAPTURE_FULLY_REFUNDED"


async def test_a_refund_of_two_captures_finds_the_one_that_has_enough(paypal_account: PayPalAccount) -> None:
    connector, reserved = paypal_account.connector, await paypal_account.completed(capture_method="manual")
    order_id = reserved.provider_payment_id
    await connector.capture_payment(a_capture(order_id, money=usd("19.00")))
    taken = await connector.capture_payment(a_capture(order_id))
    await connector.refund_payment(a_refund(order_id, money=usd("60.00"), provider_data=taken.provider_data))
    await connector.refund_payment(a_refund(order_id, money=usd("19.00"), provider_data=taken.provider_data))
    after = await connector.get_payment(order_id)
    assert (after.status, str(after.amount_refunded)) == ("partially_refunded", "79.00")


@pytest.mark.parametrize(("outcome", "status"), [("complete", "succeeded"), ("decline", "failed")])
async def test_a_refund_can_take_its_time_and_can_bounce(
    paypal_account: PayPalAccount, outcome: str, status: str
) -> None:
    paid = await paypal_account.completed("pending_refund")
    refund = await paypal_account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert refund.status == "pending"
    await paypal_account.post(f"/_test/refunds/{refund.provider_refund_id}/finish", outcome=outcome)
    assert (await paypal_account.connector.get_refund(refund.provider_refund_id)).status == status


async def test_a_revoked_token_is_renewed(paypal_account: PayPalAccount) -> None:
    made = await paypal_account.connector.create_payment(a_hosted())
    await paypal_account.post("/_test/tokens/revoke")
    assert (await paypal_account.connector.get_payment(made.provider_payment_id)) == made


async def test_health_tells_wrong_credentials_from_right_ones(paypal_account: PayPalAccount) -> None:
    assert (await paypal_account.connector.check_health()).ok
    await paypal_account.fault("server_error", status=503, match={"method": "GET"})
    assert (await paypal_account.connector.check_health()).code == "unavailable"
    with pytest.raises(NotFound):
        await paypal_account.connector.get_payment("0NOSUCHORDER")


async def test_a_currency_that_paypal_has_not_is_refused_by_the_twin_too(paypal_account: PayPalAccount) -> None:
    body = {"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "AED", "value": "1.00"}}]}
    answer = await paypal_account.http.post(
        f"{paypal_account.url}/paypal/v2/checkout/orders", json=body, headers=await paypal_account.headers()
    )
    assert (answer.status_code, answer.json()["details"][0]["issue"]) == (422, "INVALID_CURRENCY_CODE")


async def test_without_a_token_nothing_is_answered(paypal_account: PayPalAccount, http: httpx.AsyncClient) -> None:
    answer = await http.get(f"{paypal_account.url}/paypal/v2/checkout/orders/x")
    assert answer.status_code == 401


async def test_an_account_that_paid_is_saved_and_pays_again_until_it_is_forgotten(
    paypal_account: PayPalAccount,
) -> None:
    connector = paypal_account.connector
    approved = await paypal_account.approved(save_payment_method=True)
    assert approved.saved_method is None, "nothing is saved before it has paid"
    paid = await connector.complete_payment(a_completion(approved.provider_payment_id))
    kept = paid.saved_method
    assert kept is not None
    assert (kept.type, kept.provider_data.keys()) == ("paypal", {"customer"})
    assert (await connector.get_payment(paid.provider_payment_id)).saved_method == kept
    again = a_saved(payment_method=kept.token, payment_method_data=kept.provider_data)
    assert (await connector.create_payment(again)).status == "captured"
    for _ in range(2):
        await connector.delete_payment_method(kept.token, kept.provider_data)
    with pytest.raises(InvalidRequest) as refused:
        await connector.create_payment(a_saved(payment_method=kept.token))
    assert (refused.value.field, refused.value.provider_code) == ("payment_method", "TOKEN_ID_NOT_FOUND")


async def test_items_addresses_and_a_language_are_taken(paypal_account: PayPalAccount) -> None:
    address = {"line1": "Marina Walk 4", "city": "Dubai", "country": "AE"}
    items = [{"name": "Mug", "quantity": 3, "unit_amount": "33.00", "reference": "SKU-1"}]
    paid = await paypal_account.completed(
        items=items, billing_address=address, shipping_address=address, locale="ar", customer={"name": "Sara Ali"}
    )
    assert (paid.status, str(paid.amount_captured)) == ("captured", "99.00")


async def test_paypals_fee_is_told_once_the_money_was_taken(paypal_account: PayPalAccount) -> None:
    paid = await paypal_account.completed()
    assert str(paid.fee) == "3.67"
    pending = await paypal_account.completed("pending")
    assert pending.fee is None
    await paypal_account.post(f"/_test/captures/{pending.provider_data['captures']}/settle", outcome="complete")
    assert str((await paypal_account.connector.get_payment(pending.provider_payment_id)).fee) == "3.67"
