"""Payments through the connector against the twin, from the page to the last refund."""

import re
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund
from tests.sandbox.paytabs.conftest import PROFILE, Account
from workers.providers.errors import AuthenticationFailed, Declined, InvalidRequest, NotFound, NotSupported
from workers.providers.money import Money
from workers.providers.payments.models import PaymentRequest, PaymentResult, SavedMethod
from workers.providers.payments.paytabs import PayTabsConnector
from workers.providers.payments.paytabs.events import signed_fields
from workers.providers.registry import open_connector
from workers.providers.signatures import hmac_sha256_hex


def with_card(saved: SavedMethod, **changes: Any) -> PaymentRequest:
    """A charge of a saved card."""
    return a_payment(payment_method=saved.token, payment_method_data=saved.provider_data, **changes)


async def reserved(account: Account) -> PaymentResult:
    """AED 99.00, reserved on the page."""
    opened = await account.connector.create_payment(a_checkout(capture_method="manual"))
    await account.pay(opened)
    return await account.connector.get_payment(opened.provider_payment_id)


async def paid(account: Account, **changes: Any) -> PaymentResult:
    """AED 99.00, taken on the page."""
    opened = await account.connector.create_payment(a_checkout(**changes))
    await account.pay(opened)
    return await account.connector.get_payment(opened.provider_payment_id)


async def test_a_payer_pays_on_the_page_and_comes_back_with_a_signed_form(account: Account) -> None:
    request = a_checkout()
    opened = await account.connector.create_payment(request)
    assert opened.checkout_url is not None
    shown = await account.http.get(opened.checkout_url)
    assert "AED 99.00" in shown.text
    back = await account.http.post(opened.checkout_url, data={"outcome": "approve"})
    assert f'action="{request.return_url}"' in back.text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', back.text))
    assert (fields["cartId"], fields["respStatus"]) == (str(request.payment_id), "A")
    assert fields["signature"].encode() == hmac_sha256_hex(account.key.encode(), signed_fields(fields))
    payment = await account.connector.get_payment(opened.provider_payment_id)
    assert (payment.status, payment.payment_id, payment.money) == ("captured", request.payment_id, request.money)


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        ("decline", "failed", "insufficient_funds"),
        ("error", "failed", "issuer_unavailable"),
        ("cancel", "cancelled", "cancelled_by_payer"),
        ("expire", "expired", None),
        ("hold", "processing", None),
        ("agent", "processing", None),
    ],
)
async def test_a_payment_can_end_otherwise(account: Account, outcome: str, status: str, reason: str | None) -> None:
    opened = await account.connector.create_payment(a_checkout())
    await account.pay(opened, outcome)
    payment = await account.connector.get_payment(opened.provider_payment_id)
    assert (payment.status, payment.decline and payment.decline.reason) == (status, reason)


async def test_a_page_that_nobody_paid_on_has_no_transaction(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    with pytest.raises(NotFound):
        await account.connector.get_payment(opened.provider_payment_id)
    with pytest.raises(NotSupported):
        await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    await account.test("/account", shows_unpaid=True)
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "created"


async def test_a_payer_who_tries_again_on_the_page_has_paid(account: Account) -> None:
    request = a_checkout()
    opened = await account.connector.create_payment(request)
    await account.pay(opened, "decline")
    again = await account.test(f"/transactions/{opened.provider_payment_id}/again")
    await account.test(f"/transactions/{again['tran_ref']}/pay", outcome="approve")
    payment = await account.connector.get_payment(opened.provider_payment_id)
    assert (payment.status, payment.provider_payment_id) == ("captured", again["tran_ref"])


async def test_what_is_paid_at_an_agent_is_settled_by_another_transaction(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout(method="fawry", money=Money.of("150.00", "EGP")))
    await account.pay(opened, "agent")
    settled = await account.test(f"/transactions/{opened.provider_payment_id}/settle", paid=True)
    payment = await account.connector.get_payment(opened.provider_payment_id)
    assert (payment.status, payment.provider_payment_id) == ("captured", settled["tran_ref"])


async def test_money_is_reserved_captured_in_parts_and_the_rest_released(account: Account) -> None:
    payment = await reserved(account)
    assert (payment.status, str(payment.amount_authorized)) == ("authorized", "99.00")
    first = a_capture(payment.provider_payment_id, money=Money.of("40.00", "AED"))
    captured = await account.connector.capture_payment(first)
    assert (captured.status, str(captured.amount_captured)) == ("partially_captured", "40.00")
    again = await account.connector.capture_payment(first)
    assert str(again.amount_captured) == "40.00"
    await account.connector.capture_payment(a_capture(payment.provider_payment_id, money=Money.of("9.00", "AED")))
    released = await account.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
    assert (released.status, str(released.amount_captured)) == ("captured", "49.00")
    assert await account.connector.get_payment(payment.provider_payment_id) == released
    with pytest.raises(InvalidRequest):
        await account.connector.capture_payment(a_capture(payment.provider_payment_id))


@pytest.mark.parametrize("bare", [False, True])
async def test_all_of_it_is_captured_and_given_back_capture_by_capture(account: Account, bare: bool) -> None:
    await account.test("/account", bare_lists=bare)
    payment = await reserved(account)
    captured = await account.connector.capture_payment(a_capture(payment.provider_payment_id))
    assert captured.status == "captured"
    part = a_refund(payment.provider_payment_id, money=Money.of("30.00", "AED"))
    refund = await account.connector.refund_payment(part)
    assert (refund.status, refund.provider_payment_id) == ("succeeded", payment.provider_payment_id)
    assert (await account.connector.get_refund(refund.provider_refund_id)).refund_id == part.refund_id
    assert (await account.connector.get_payment(payment.provider_payment_id)).status == "partially_refunded"
    await account.connector.refund_payment(a_refund(payment.provider_payment_id))
    ended = await account.connector.get_payment(payment.provider_payment_id)
    assert (ended.status, str(ended.amount_refunded), len(ended.refunds)) == ("refunded", "99.00", 2)


async def test_a_reservation_is_voided(account: Account) -> None:
    payment = await reserved(account)
    request = a_cancellation(payment.provider_payment_id)
    assert (await account.connector.cancel_payment(request)).status == "cancelled"
    assert (await account.connector.get_payment(payment.provider_payment_id)).status == "cancelled"
    assert (await account.connector.cancel_payment(request)).status == "cancelled"


async def test_a_refund_may_take_its_time_and_fail(account: Account) -> None:
    payment = await paid(account)
    await account.test("/account", slow_refunds=True)
    request = a_refund(payment.provider_payment_id, money=Money.of("30.00", "AED"))
    refund = await account.connector.refund_payment(request)
    assert refund.status == "pending"
    with pytest.raises(InvalidRequest, match=r"only AED 69\.00"):
        await account.connector.refund_payment(a_refund(payment.provider_payment_id, money=payment.money))
    await account.test(f"/transactions/{refund.provider_refund_id}/finish", status="D", code="342")
    failed = await account.connector.get_refund(refund.provider_refund_id)
    assert (failed.status, failed.failure_reason) == ("failed", "342")
    assert (await account.connector.get_payment(payment.provider_payment_id)).status == "captured"
    assert (await account.connector.refund_payment(request)).provider_refund_id != refund.provider_refund_id


async def test_what_is_on_hold_is_decided_in_the_dashboard(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    await account.pay(opened, "hold")
    ref = opened.provider_payment_id
    with pytest.raises(InvalidRequest, match="on hold"):
        await account.connector.cancel_payment(a_cancellation(ref))
    await account.test(f"/transactions/{ref}/dashboard", kind="Capture")
    assert (await account.connector.get_payment(ref)).status == "captured"
    opened = await account.connector.create_payment(a_checkout())
    await account.pay(opened, "hold")
    await account.test(f"/transactions/{opened.provider_payment_id}/dashboard", kind="Void")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "cancelled"


async def test_a_refund_made_in_the_dashboard_is_seen(account: Account) -> None:
    payment = await paid(account)
    made = await account.test(f"/transactions/{payment.provider_payment_id}/dashboard", kind="Refund", amount="30.00")
    seen = await account.connector.get_payment(payment.provider_payment_id)
    assert (seen.status, seen.refunds) == ("partially_refunded", (made["tran_ref"],))


async def test_a_saved_card_is_charged_declined_and_forgotten(account: Account) -> None:
    saved = await account.save_a_card()
    request = with_card(saved, capture_method="manual")
    charged = await account.connector.create_payment(request)
    assert (charged.status, charged.payment_id) == ("authorized", request.payment_id)
    assert (await account.connector.capture_payment(a_capture(charged.provider_payment_id))).status == "captured"
    await account.test("/next", status="D", code="316")
    with pytest.raises(Declined) as declined:
        await account.connector.create_payment(with_card(saved))
    assert declined.value.decline_code == "insufficient_funds"
    await account.connector.delete_payment_method(saved.token, saved.provider_data)
    await account.connector.delete_payment_method(saved.token, saved.provider_data)
    with pytest.raises(NotFound):
        await account.connector.create_payment(with_card(saved))


@pytest.mark.parametrize(("amount", "currency"), [("1.500", "KWD"), ("0.01", "AED"), ("12345678.905", "JOD")])
async def test_amounts_survive_the_whole_way(account: Account, amount: str, currency: str) -> None:
    payment = await paid(account, money=Money.of(amount, currency))
    assert payment.money == Money.of(amount, currency)
    refund = await account.connector.refund_payment(a_refund(payment.provider_payment_id))
    assert refund.money == payment.money


async def test_a_wrong_key_or_profile_is_an_authentication_failure(account: Account) -> None:
    assert (await account.connector.check_health()).ok
    wrong = account.connection(server_key="AAAAINVALID-AAAAAAAAAA-AAAAAAAAAA")
    with pytest.raises(AuthenticationFailed):
        await wrong.create_payment(a_checkout())
    assert (await wrong.check_health()).code == "authentication_failed"
    other = open_connector(
        "paytabs",
        credentials={"server_key": account.key},
        settings={"profile_id": PROFILE + 1},
        base_url=f"{account.url}/paytabs",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(other, PayTabsConnector)
    assert not (await other.check_health()).ok


# The twin's own strictness.

GOOD = {
    "profile_id": PROFILE,
    "tran_type": "sale",
    "tran_class": "ecom",
    "cart_id": "order-1",
    "cart_description": "An order",
    "cart_currency": "AED",
    "cart_amount": 12.3,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"tran_type": "steal"},
        {"tran_type": "register"},
        {"tran_class": "moto"},
        {"cart_id": 1},
        {"cart_id": "x" * 65},
        {"cart_description": ""},
        {"cart_description": "x" * 129},
        {"cart_currency": "XXZ"},
        {"cart_amount": "12.30"},
        {"cart_amount": 0},
        {"cart_amount": 12.345},
        {"callback": "http://localhost/x"},
        {"callback": "nowhere"},
        {"return": f"https://shop.example/{'x' * 250}"},
        {"paypage_lang": "fr"},
        {"payment_methods": ["gold"]},
        {"payment_methods": []},
        {"tokenise": 7},
        {"hide_shipping": "yes"},
        {"customer_details": {"nickname": "S"}},
        {"customer_details": {"country": "Emirates"}},
        {"surprise": True},
        {"tran_ref": "TST000000"},
        {"tran_type": "capture"},
        {"tran_class": "recurring"},
    ],
    ids=str,
)
async def test_the_twin_refuses_what_the_documents_do_not_allow(account: Account, changes: dict[str, Any]) -> None:
    answer = await account.post("/payment/request", **{**GOOD, **changes})
    assert (answer.status_code, set(answer.json())) == (400, {"code", "message", "trace"})


async def test_the_twin_refuses_a_duplicate_within_two_minutes(account: Account) -> None:
    assert (await account.post("/payment/request", **GOOD)).status_code == 200
    duplicate = await account.post("/payment/request", **GOOD)
    assert (duplicate.status_code, duplicate.json()["code"]) == (409, 4)
    assert (await account.post("/payment/request", **{**GOOD, "cart_amount": 12.31})).status_code == 200


@pytest.mark.parametrize("about", [{}, {"tran_ref": "TST1", "cart_id": "1"}, {"name": "x"}])
async def test_the_twin_answers_one_question_at_a_time(account: Account, about: dict[str, str]) -> None:
    assert (await account.post("/payment/query", profile_id=PROFILE, **about)).status_code == 400
