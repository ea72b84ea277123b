"""Tamara's connector against its twin, over a real socket: every way a payment can go."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund
from tests.providers.payments.tamara.builders import a_completion, a_pay_later
from tests.sandbox.tamara.conftest import Account
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, NotSupported
from workers.providers.money import Money


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_a_payment_goes_from_the_page_over_its_completion_to_a_refund(account: Account) -> None:
    request = a_pay_later(locale="ar", description="A mug")
    opened = await account.connector.create_payment(request)
    assert (opened.status, opened.payment_id) == ("requires_action", request.payment_id)
    assert opened.checkout_url is not None
    assert "AED 99.00" in (await account.http.get(opened.checkout_url)).text
    back = await account.http.post(opened.checkout_url, data={"outcome": "approve"})
    assert back.status_code == 303
    assert back.headers["location"].startswith("https://shop.example/thanks?paymentStatus=approved&orderId=")

    agreed = await account.connector.get_payment(opened.provider_payment_id)
    assert (agreed.status, agreed.amount_authorized) == ("requires_action", None)
    assert agreed.next_action is not None
    assert agreed.next_action.type == "complete"
    assert not (await account.state(request.payment_id))["charges"], "nothing is taken before it is completed"

    paid = await account.connector.complete_payment(a_completion(opened.provider_payment_id, money=request.money))
    assert (paid.status, str(paid.amount_captured), paid.payment_id) == ("captured", "99.00", request.payment_id)
    refund = await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("30.00")))
    assert (refund.status, str(refund.money)) == ("succeeded", "AED 30.00")
    part = await account.connector.get_payment(paid.provider_payment_id)
    assert (part.status, str(part.amount_refunded)) == ("partially_refunded", "30.00")
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.01")))
    assert refused.value.field == "money.amount"
    rest = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(rest.money) == "AED 69.00"
    after = await account.connector.get_payment(paid.provider_payment_id)
    assert (after.status, after.refunds) == ("refunded", (refund.provider_refund_id, rest.provider_refund_id))
    with pytest.raises(InvalidRequest):
        await account.connector.refund_payment(a_refund(paid.provider_payment_id))


async def test_completing_again_changes_nothing(account: Account) -> None:
    opened = await account.agreed()
    for _ in range(3):
        paid = await account.connector.complete_payment(a_completion(opened.provider_payment_id))
        assert (paid.status, str(paid.amount_captured)) == ("captured", "99.00")
    assert len((await account.state(opened.payment_id))["captures"]) == 1


async def test_what_the_payer_has_not_agreed_to_cannot_be_completed(account: Account) -> None:
    opened = await account.connector.create_payment(a_pay_later())
    with pytest.raises(InvalidRequest, match="not agreed"):
        await account.connector.complete_payment(a_completion(opened.provider_payment_id))
    await account.test(f"/orders/{opened.provider_payment_id}/pay", outcome="decline")
    declined = await account.connector.complete_payment(a_completion(opened.provider_payment_id))
    assert declined.status == "failed"


async def test_another_amount_than_the_payers_is_never_authorised(account: Account) -> None:
    opened = await account.agreed()
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.complete_payment(a_completion(opened.provider_payment_id, money=aed("98.00")))
    assert refused.value.field == "money"
    assert (await account.connector.get_payment(opened.provider_payment_id)).provider_status == "approved"


async def test_a_manual_capture_only_reserves_and_is_taken_in_parts(account: Account) -> None:
    opened = await account.agreed()
    payment_id = opened.provider_payment_id
    reserved = await account.connector.complete_payment(a_completion(payment_id, capture_method="manual"))
    assert (reserved.status, str(reserved.amount_authorized), str(reserved.amount_captured)) == (
        "authorized",
        "99.00",
        "0.00",
    )
    assert reserved.next_action is None
    part = await account.connector.capture_payment(a_capture(payment_id, money=aed("40.00")))
    assert (part.status, str(part.amount_captured)) == ("partially_captured", "40.00")
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.capture_payment(a_capture(payment_id, money=aed("59.01")))
    assert refused.value.field == "money.amount"
    whole = await account.connector.capture_payment(a_capture(payment_id))
    assert (whole.status, str(whole.amount_captured)) == ("captured", "99.00")
    with pytest.raises(InvalidRequest, match="fully_captured"):
        await account.connector.capture_payment(a_capture(payment_id))


@pytest.mark.parametrize("authorised", [True, False])
async def test_an_agreement_is_given_up_authorised_or_not(account: Account, authorised: bool) -> None:
    opened = await account.agreed()
    if authorised:
        await account.connector.complete_payment(a_completion(opened.provider_payment_id, capture_method="manual"))
    for _ in range(2):
        given_up = await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
        assert (given_up.status, given_up.provider_status) == ("cancelled", "canceled")
    assert not (await account.state(opened.payment_id))["charges"]


async def test_an_open_page_cannot_be_closed_and_a_paid_order_not_be_cancelled(account: Account) -> None:
    opened = await account.connector.create_payment(a_pay_later())
    with pytest.raises(NotSupported):
        await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    await account.test(f"/orders/{opened.provider_payment_id}/expire")
    gone = await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    assert gone.status == "expired"
    paid = await account.agreed()
    await account.connector.complete_payment(a_completion(paid.provider_payment_id))
    with pytest.raises(InvalidRequest, match="refund"):
        await account.connector.cancel_payment(a_cancellation(paid.provider_payment_id))


@pytest.mark.parametrize(
    ("switches", "status"),
    [
        ({"auto_authorise": True}, "authorised"),
        ({"auto_authorise": True, "auto_capture": True}, "fully_captured"),
        ({"auto_capture": True}, "approved"),
    ],
)
async def test_an_account_may_do_some_of_it_by_itself(account: Account, switches: dict[str, bool], status: str) -> None:
    await account.test("/account", **switches)
    opened = await account.agreed()
    seen = await account.connector.get_payment(opened.provider_payment_id)
    assert seen.provider_status == status
    paid = await account.connector.complete_payment(a_completion(opened.provider_payment_id))
    assert (paid.status, str(paid.amount_captured)) == ("captured", "99.00")
    assert len((await account.state(opened.payment_id))["captures"]) == 1


async def test_where_tamara_captures_by_itself_a_reservation_is_taken_and_says_so(account: Account) -> None:
    await account.test("/account", auto_capture=True)
    opened = await account.agreed()
    taken = await account.connector.complete_payment(a_completion(opened.provider_payment_id, capture_method="manual"))
    assert taken.status == "captured"


async def test_tamara_captures_what_nobody_captured_in_time(account: Account) -> None:
    opened = await account.agreed()
    await account.connector.complete_payment(a_completion(opened.provider_payment_id, capture_method="manual"))
    await account.test(f"/orders/{opened.provider_payment_id}/capture")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "captured"


async def test_a_part_cancelled_in_the_portal_is_not_captured(account: Account) -> None:
    opened = await account.agreed()
    payment_id = opened.provider_payment_id
    await account.connector.complete_payment(a_completion(payment_id, capture_method="manual"))
    await account.test(f"/orders/{payment_id}/cancel", total_amount={"amount": 9, "currency": "AED"})
    seen = await account.connector.get_payment(payment_id)
    assert (seen.status, seen.provider_status, str(seen.amount_authorized)) == ("authorized", "updated", "90.00")
    taken = await account.connector.capture_payment(a_capture(payment_id))
    assert (taken.status, str(taken.amount_captured)) == ("captured", "90.00")


@pytest.mark.parametrize(
    ("outcome", "status", "provider_status"),
    [("decline", "failed", "declined"), ("hold", "processing", "on_hold")],
)
async def test_a_refusal_and_a_doubt_of_tamaras_are_told(
    account: Account, outcome: str, status: str, provider_status: str
) -> None:
    opened = await account.connector.create_payment(a_pay_later())
    await account.test(f"/orders/{opened.provider_payment_id}/pay", outcome=outcome)
    seen = await account.connector.get_payment(opened.provider_payment_id)
    assert (seen.status, seen.provider_status) == (status, provider_status)
    assert (seen.decline is not None) == (status == "failed")


@pytest.mark.parametrize(
    ("amount", "currency", "country"),
    [("1.500", "KWD", "KW"), ("12.345", "BHD", "BH"), ("7.005", "OMR", "OM"), ("250.05", "SAR", "SA")],
)
async def test_currencies_keep_their_decimals(account: Account, amount: str, currency: str, country: str) -> None:
    request = a_pay_later(money=Money.of(amount, currency), items=[{"name": "Mug", "unit_amount": amount}])
    opened = await account.connector.create_payment(request)
    await account.test(f"/orders/{opened.provider_payment_id}/pay")
    paid = await account.connector.complete_payment(a_completion(opened.provider_payment_id, money=request.money))
    assert (str(paid.money), str(paid.amount_captured)) == (f"{currency} {amount}", amount)
    refund = await account.connector.refund_payment(a_refund(opened.provider_payment_id))
    assert str(refund.money) == f"{currency} {amount}"


async def test_what_cannot_be_read_is_told(account: Account) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(NotFound):
        await account.connector.get_payment(missing)
    with pytest.raises(NotFound):
        await account.connector.get_refund(f"{(await account.agreed()).provider_payment_id}:{missing}")


@pytest.mark.parametrize("named", [True, False])
async def test_a_refund_is_read_from_its_order(account: Account, named: bool) -> None:
    await account.test("/account", names_refunds=named)
    opened = await account.agreed()
    await account.connector.complete_payment(a_completion(opened.provider_payment_id))
    made = await account.connector.refund_payment(a_refund(opened.provider_payment_id, money=aed("5.00")))
    read = await account.connector.get_refund(made.provider_refund_id)
    assert (read.status, read.money, read.payment_id) == ("succeeded", aed("5.00"), opened.payment_id)
    assert read.refund_id == (made.refund_id if named else None)


async def test_health_tells_wrong_tokens_from_good_ones(account: Account) -> None:
    assert (await account.connector.check_health()).ok
    wrong = account.connection(
        httpx.AsyncHTTPTransport(verify=False), credentials={"api_token": "an-invalid-token-of-nobody"}
    )
    async with wrong:
        assert (await wrong.check_health()).code == "authentication_failed"
        with pytest.raises(AuthenticationFailed):
            await wrong.create_payment(a_pay_later())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"order_reference_id": None}, "order_reference_id_empty"),
        ({"total_amount": {"amount": "99.00", "currency": "AED"}}, "total_amount_invalid"),
        ({"total_amount": {"amount": 0, "currency": "AED"}}, "total_amount_invalid"),
        ({"total_amount": {"amount": 9.999, "currency": "AED"}}, "total_amount_invalid_decimals"),
        ({"total_amount": {"amount": 99, "currency": "USD"}}, "total_amount_invalid_currency"),
        ({"country_code": "SA"}, "total_amount_invalid_currency"),
        ({"total_amount": {"amount": 100001, "currency": "AED"}}, "total_amount_invalid_limit"),
        ({"payment_type": "PAY_TOMORROW"}, "payment_type_invalid"),
        ({"locale": "fr_FR"}, "locale_invalid"),
        ({"instalments": 25}, "instalments_invalid"),
        ({"consumer": {"first_name": "Sara"}}, "consumer_empty_last_name"),
        ({"items": []}, "items_empty"),
        ({"colour": "green"}, "colour_unknown"),
        ({"merchant_url": {"success": "here", "failure": "x", "cancel": "x"}}, "merchant_url_invalid_success"),
    ],
)
async def test_the_twin_is_as_strict_as_the_documents(account: Account, changes: dict[str, Any], code: str) -> None:
    money = {"amount": 99, "currency": "AED"}
    address = {"first_name": "Sara", "last_name": "Ali", "line1": "Walk 4", "city": "Dubai", "country_code": "AE"}
    good = {
        "order_reference_id": "ref-1",
        "total_amount": money,
        "description": "A mug",
        "country_code": "AE",
        "payment_type": "PAY_BY_INSTALMENTS",
        "items": [
            {"reference_id": "1", "type": "Physical", "name": "Mug", "sku": "1", "quantity": 1, "total_amount": money}
        ],
        "consumer": {"first_name": "Sara", "last_name": "Ali", "phone_number": "+971500000001", "email": "s@x.example"},
        "shipping_address": address,
        "tax_amount": {"amount": 0, "currency": "AED"},
        "shipping_amount": {"amount": 0, "currency": "AED"},
        "merchant_url": dict.fromkeys(("success", "failure", "cancel"), "https://x.example"),
    }
    await account.call("POST", "/checkout", **good)
    headers = {"Authorization": f"Bearer {account.token}"}
    answer = await account.http.post(f"{account.url}/tamara/checkout", json={**good, **changes}, headers=headers)
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"error_code": code}])
