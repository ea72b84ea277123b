"""Ziina's connector against its twin, over a real socket: every way a payment can go."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout, a_refund
from tests.providers.payments.ziina.builders import new_token, ziina
from tests.sandbox.ziina.conftest import Account
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult

LATIN_LIMIT = "d" * 200


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def look(account: Account, payment: PaymentResult) -> PaymentResult:
    return await account.connector.get_payment(payment.provider_payment_id)


async def test_a_payment_is_paid_on_the_page_and_the_payer_comes_back(account: Account) -> None:
    request = a_checkout(description=LATIN_LIMIT)
    opened = await account.connector.create_payment(request)
    assert (opened.status, opened.payment_id) == ("requires_action", request.payment_id)
    assert (await look(account, opened)).checkout_url == opened.checkout_url
    page = await account.http.get(f"{opened.checkout_url}")
    assert "9900 minor units of AED" in page.text
    back = await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})
    assert back.headers["location"] == f"https://shop.example/thanks?wasl_payment_id={request.payment_id}"
    taken = await look(account, opened)
    assert (taken.status, taken.payment_id, str(taken.money)) == ("captured", request.payment_id, "AED 99.00")
    assert str(taken.fee) == "3.57"
    assert taken.created_at is not None
    assert await account.charges(request.payment_id) == 1


@pytest.mark.parametrize(
    ("choice", "status", "back"),
    [("decline", "failed", "https://shop.example/thanks"), ("cancel", "cancelled", "https://shop.example/cart")],
)
async def test_a_payment_that_is_refused_or_given_up_takes_nothing(
    account: Account, choice: str, status: str, back: str
) -> None:
    request = a_checkout()
    opened = await account.connector.create_payment(request)
    answer = await account.http.post(f"{opened.checkout_url}", data={"choice": choice})
    assert answer.headers["location"] == back
    ended = await look(account, opened)
    assert (ended.status, ended.checkout_url) == (status, None)
    assert (await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})).status_code == 400
    assert await account.charges(request.payment_id) == 0


async def test_a_decline_says_why(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    await account.move(opened, "decline", code="CARD_EXPIRED", message="Your card has expired.")
    declined = (await look(account, opened)).decline
    assert declined is not None
    assert (declined.reason, declined.code) == ("card_expired", "CARD_EXPIRED")


@pytest.mark.parametrize(
    ("moves", "statuses"),
    [
        (["challenge", "pay"], ["requires_action", "captured"]),
        (["challenge", "pend", "pay"], ["requires_action", "processing", "captured"]),
        (["pend", "decline"], ["processing", "failed"]),
        (["stumble", "pay"], ["requires_action", "captured"]),
        (["expire"], ["cancelled"]),
    ],
)
async def test_every_way_leads_somewhere(account: Account, moves: list[str], statuses: list[str]) -> None:
    opened = await account.connector.create_payment(a_checkout())
    seen = []
    for move in moves:
        await account.move(opened, move)
        seen.append((await look(account, opened)).status.value)
    assert seen == statuses


async def test_a_challenge_on_the_page_keeps_it_open(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    page = await account.http.post(f"{opened.checkout_url}", data={"choice": "challenge"})
    assert "requires_user_action" in page.text
    assert (await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})).status_code == 303


async def test_ziina_fills_its_own_id_into_the_way_back(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout(return_url="https://s.example/?pi={PAYMENT_INTENT_ID}"))
    back = await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})
    assert back.headers["location"].startswith(f"https://s.example/?pi={opened.provider_payment_id}&wasl_payment_id=")


@pytest.mark.parametrize(("amount", "currency", "units"), [("1.500", "KWD", 1500), ("0.50", "USD", 50)])
async def test_currencies_keep_their_decimals(account: Account, amount: str, currency: str, units: int) -> None:
    request = a_checkout(money=Money.of(amount, currency))
    made = await account.connector.create_payment(request)
    assert (await look(account, made)).money == request.money
    assert [each["amount"] for each in (await account.state(request.payment_id))["payment_intents"]] == [units]


async def test_money_is_given_back_in_parts_until_none_is_left(account: Account) -> None:
    paid = await account.paid()
    first = a_refund(paid.provider_payment_id, money=aed("30.00"), reason="requested_by_customer", note="mug broke")
    accepted = await account.connector.refund_payment(first)
    assert (accepted.status, str(accepted.money), accepted.refund_id) == ("pending", "AED 30.00", first.refund_id)
    done = await account.connector.get_refund(accepted.provider_refund_id)
    assert (done.status, str(done.money), done.refund_id) == ("succeeded", "AED 30.00", first.refund_id)
    assert done.provider_payment_id == paid.provider_payment_id
    with pytest.raises(InvalidRequest):
        await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.01")))
    await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.00")))
    with pytest.raises(InvalidRequest):
        await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("1.00")))
    assert (await look(account, paid)).status == "captured", "Ziina tells of refunds only in the refunds"


async def test_everything_is_given_back_without_an_amount(account: Account) -> None:
    paid = await account.paid()
    assert str((await account.connector.refund_payment(a_refund(paid.provider_payment_id))).money) == "AED 99.00"


async def test_the_same_refund_is_made_once(account: Account) -> None:
    paid = await account.paid()
    request = a_refund(paid.provider_payment_id, money=aed("30.00"))
    first, second = [await account.connector.refund_payment(request) for _ in range(2)]
    assert (first.status, second.status) == ("pending", "succeeded")
    assert first.provider_refund_id == second.provider_refund_id
    await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.00")))


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("fail", "failed")])
async def test_a_refund_takes_its_time_and_can_be_refused(account: Account, outcome: str, status: str) -> None:
    paid = await account.paid()
    await account.post("/_test/hold", hold=True)
    accepted = await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("30.00")))
    waiting = await account.connector.get_refund(accepted.provider_refund_id)
    assert (accepted.status, waiting.status) == ("pending", "pending")
    await account.post(f"/_test/refund/{accepted.provider_refund_id}/settle", outcome=outcome)
    ended = await account.connector.get_refund(accepted.provider_refund_id)
    assert (ended.status, ended.failure_reason is None) == (status, outcome == "succeed")


async def test_what_nobody_has_paid_cannot_be_given_back(account: Account) -> None:
    opened = await account.connector.create_payment(a_checkout())
    with pytest.raises(InvalidRequest):
        await account.connector.refund_payment(a_refund(opened.provider_payment_id, money=aed("1.00")))
    with pytest.raises(NotFound):
        await account.connector.refund_payment(a_refund("none", money=aed("1.00")))


async def test_what_is_not_there_is_not_found(account: Account) -> None:
    for call in (account.connector.get_payment("none"), account.connector.get_refund("none")):
        with pytest.raises(NotFound):
            await call


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "amount must be a number"),
        ({"amount": "9900", "currency_code": "AED"}, "amount must be a number"),
        ({"amount": 9900.5, "currency_code": "AED"}, "amount must be a number"),
        ({"amount": 9900, "currency_code": "EGP"}, "currency_code must be one of"),
        ({"amount": 199, "currency_code": "AED"}, "TRANSFER_UNDER_MINIMUM"),
        ({"amount": 9_000_001, "currency_code": "AED"}, "TRANSFER_EXCEEDS_LIMIT"),
        ({"amount": 1234, "currency_code": "KWD"}, "divisible by 10"),
        ({"amount": 9900, "currency_code": "AED", "message": "m" * 51}, "MESSAGE_LENGTH_INVALID"),
        ({"amount": 9900, "currency_code": "AED", "expiry": "1"}, "expiry must be a future date"),
        ({"amount": 9900, "currency_code": "AED", "expiry": 1}, "expiry must be"),
        ({"amount": 9900, "currency_code": "AED", "test": "yes"}, "test must be a boolean"),
        ({"amount": 9900, "currency_code": "AED", "success_url": "shop"}, "success_url must be a URL"),
        ({"amount": 9900, "currency_code": "AED", "operation_id": "1"}, "property operation_id should not exist"),
        ([], "body must be an object"),
    ],
)
async def test_the_twin_takes_only_what_is_documented(account: Account, body: Any, said: str) -> None:
    answer = await account.http.post(f"{account.url}/ziina/payment_intent", json=body, headers=account.headers)
    assert answer.status_code == 400
    assert said in answer.text


async def test_the_same_payment_asked_for_twice_is_two_intents_but_one_charge(account: Account) -> None:
    request = a_checkout()
    first, second = [await account.connector.create_payment(request) for _ in range(2)]
    assert first.provider_payment_id != second.provider_payment_id
    await account.move(second, "pay")
    assert await account.charges(request.payment_id) == 1


async def test_one_account_sees_nothing_of_another_and_wrong_tokens_nothing_at_all(account: Account) -> None:
    paid = await account.paid()
    assert (await account.connector.check_health()).ok
    for token, error, health in (
        (new_token(), NotFound, "ok"),
        (f"invalid-{new_token()}", AuthenticationFailed, "authentication_failed"),
    ):
        transport = httpx.AsyncHTTPTransport(verify=False)
        credentials = {"access_token": token}
        async with ziina(transport, credentials=credentials, base_url=f"{account.url}/ziina") as stranger:
            with pytest.raises(error) as refused:
                await stranger.get_payment(paid.provider_payment_id)
            assert token not in str(refused.value)
            assert (await stranger.check_health()).code == health


async def test_a_locked_account_is_not_healthy(account: Account) -> None:
    await account.post("/_test/account", status="locked")
    assert (await account.connector.check_health()).code == "authentication_failed"


async def test_the_service_says_that_it_is_up_to_anybody(account: Account) -> None:
    assert (await account.http.get(f"{account.url}/ziina/status")).status_code == 200
