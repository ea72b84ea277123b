"""Tap's connector against its twin, over a real socket: every way a payment can go."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tap.builders import SARA, a_page, a_token_payment, new_key, new_token, tap
from tests.sandbox.tap.conftest import Account
from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    NotSupported,
)
from workers.providers.money import Money
from workers.providers.payments.models import PaymentRequest


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_a_payer_pays_on_the_page_and_comes_back(account: Account) -> None:
    request = a_page()
    opened = await account.connector.create_payment(request)
    assert (opened.status, opened.payment_id, opened.next_action and opened.next_action.type) == (
        "requires_action",
        request.payment_id,
        "redirect",
    )
    assert (await account.connector.get_payment(opened.provider_payment_id)).checkout_url == opened.checkout_url
    assert "99.00 AED" in (await account.http.get(f"{opened.checkout_url}")).text
    back = await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})
    assert back.headers["location"] == f"https://shop.example/thanks?tap_id={opened.provider_payment_id}"
    paid = await account.connector.get_payment(opened.provider_payment_id)
    assert (paid.status, str(paid.amount_captured), paid.payment_id) == ("captured", "99.00", request.payment_id)
    assert (await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})).status_code == 400


@pytest.mark.parametrize(
    ("choice", "status", "reason"),
    [
        ("empty", "failed", "insufficient_funds"),
        ("refuse", "failed", "authentication_failed"),
        ("407", "failed", "card_expired"),
        ("702", "failed", "limit_exceeded"),
        ("801", "failed", "issuer_unavailable"),
        ("cancel", "cancelled", "cancelled_by_payer"),
        ("leave", "expired", "cancelled_by_payer"),
        ("901", "processing", None),
    ],
)
async def test_a_payer_does_not_pay(account: Account, choice: str, status: str, reason: str | None) -> None:
    opened = await account.connector.create_payment(a_page())
    await account.post(f"/_test/pages/{opened.provider_payment_id}", choice=choice)
    found = await account.connector.get_payment(opened.provider_payment_id)
    assert (found.status, found.decline.reason if found.decline else None) == (status, reason)


@pytest.mark.parametrize(
    ("method", "amount", "currency"),
    [
        ("card", "99.00", "AED"),
        ("apple_pay", "99.00", "AED"),
        ("google_pay", "99.00", "AED"),
        ("mada", "99.00", "SAR"),
        ("knet", "1.500", "KWD"),
        ("benefit", "0.105", "BHD"),
        ("omannet", "2.345", "OMR"),
        ("naps", "99.00", "QAR"),
        ("fawry", "99.00", "EGP"),
        ("pay_later", "99.00", "AED"),
        (None, "4.999", "JOD"),
    ],
)
async def test_every_method_has_a_page_and_keeps_its_decimals(
    account: Account, method: str | None, amount: str, currency: str
) -> None:
    request = a_page(method=method, money=Money.of(amount, currency))
    opened = await account.connector.create_payment(request)
    assert opened.status == "requires_action"
    await account.post(f"/_test/pages/{opened.provider_payment_id}", choice="pay")
    paid = await account.connector.get_payment(opened.provider_payment_id)
    assert (paid.status, str(paid.amount_captured), str(paid.money)) == ("captured", amount, f"{currency} {amount}")


async def test_a_token_is_charged_at_once_or_after_3d_secure(account: Account) -> None:
    made = await account.connector.create_payment(a_token_payment())
    assert (made.status, str(made.amount_captured)) == ("captured", "99.00")
    request = a_token_payment(payment_method=new_token("challenge"))
    waiting = await account.connector.create_payment(request)
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    await account.http.post(f"{waiting.next_action.url}", data={"choice": "pay"})
    assert (await account.connector.get_payment(waiting.provider_payment_id)).status == "captured"
    pending = await account.connector.create_payment(a_token_payment(payment_method=new_token("waiting")))
    assert (pending.status, pending.next_action) == ("processing", None)


async def test_a_declined_token_is_an_error_that_names_the_charge(account: Account) -> None:
    with pytest.raises(Declined) as declined:
        await account.connector.create_payment(a_token_payment(payment_method=new_token("declined505")))
    error = declined.value
    assert (error.decline_code, error.provider_code) == ("insufficient_funds", "505")
    found = await account.connector.get_payment(f"{error.provider_payment_id}")
    assert (found.status, found.provider_status) == ("failed", "DECLINED")


async def test_the_same_key_charges_once(account: Account) -> None:
    request = a_token_payment()
    first, second = await account.connector.create_payment(request), await account.connector.create_payment(request)
    assert first == second
    assert await account.charges(request.payment_id) == 1


async def test_a_token_works_once(account: Account) -> None:
    token = new_token()
    await account.connector.create_payment(a_token_payment(payment_method=token))
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_payment(a_token_payment(payment_method=token))
    assert (refused.value.field, refused.value.provider_code) == ("payment_method", "1126")


async def test_reserved_money_is_captured_and_then_known_by_its_charge(account: Account) -> None:
    request = a_token_payment(capture_method="manual")
    reserved = await account.connector.create_payment(request)
    assert (reserved.status, str(reserved.amount_authorized)) == ("authorized", "99.00")
    assert reserved.provider_payment_id.startswith("auth_")
    taken = await account.connector.capture_payment(
        a_capture(reserved.provider_payment_id, payment_id=request.payment_id, money=aed("40.00"))
    )
    expected = ("captured", "40.00", "99.00", "AED 99.00", request.payment_id)
    for seen in (
        taken,
        await account.connector.get_payment(taken.provider_payment_id),
        await account.connector.get_payment(reserved.provider_payment_id),
    ):
        amounts = (str(seen.amount_captured), str(seen.amount_authorized), str(seen.money))
        assert (seen.status, *amounts, seen.payment_id) == expected
        assert seen.provider_payment_id == taken.provider_payment_id
        assert seen.provider_data == {"authorize": reserved.provider_payment_id}


async def test_a_page_can_reserve(account: Account) -> None:
    opened = await account.connector.create_payment(a_page(capture_method="manual"))
    await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "authorized"
    taken = await account.connector.capture_payment(a_capture(opened.provider_payment_id))
    assert (taken.status, str(taken.amount_captured)) == ("captured", "99.00")


async def test_more_than_was_reserved_or_twice_cannot_be_captured(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=aed("99.01")))
    assert refused.value.field == "money.amount"
    taken = await account.connector.capture_payment(a_capture(reserved.provider_payment_id))
    for payment_id in (reserved.provider_payment_id, taken.provider_payment_id):
        with pytest.raises(InvalidRequest):
            await account.connector.capture_payment(a_capture(payment_id))


async def test_a_reservation_is_released_on_demand_and_at_its_end(account: Account) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    gone = await account.connector.cancel_payment(a_cancellation(reserved.provider_payment_id))
    assert (gone.status, gone.provider_status) == ("cancelled", "VOID")
    again = await account.connector.cancel_payment(a_cancellation(reserved.provider_payment_id))
    assert again.status == "cancelled"
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    await account.post(f"/_test/authorize/{reserved.provider_payment_id}/end")
    assert (await account.connector.get_payment(reserved.provider_payment_id)).status == "cancelled"


async def test_a_connection_can_have_tap_capture_at_the_end(account: Account) -> None:
    settings = {"capture_at_end": True, "authorization_hours": 24}
    connector = tap(
        httpx.AsyncHTTPTransport(verify=False),
        credentials={"secret_key": account.key},
        settings=settings,
        base_url=f"{account.url}/tap",
    )
    async with connector:
        request = a_token_payment(capture_method="manual")
        reserved = await connector.create_payment(request)
        await account.post(f"/_test/authorize/{reserved.provider_payment_id}/end")
        taken = await connector.get_payment(reserved.provider_payment_id)
        assert (taken.status, str(taken.amount_captured), taken.payment_id) == ("captured", "99.00", request.payment_id)
        assert taken.provider_payment_id.startswith("chg_")
        refunded = await connector.refund_payment(a_refund(reserved.provider_payment_id, money=aed("9.00")))
        assert refunded.provider_payment_id == taken.provider_payment_id


async def test_what_is_paid_or_open_cannot_be_cancelled(account: Account) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    with pytest.raises(InvalidRequest):
        await account.connector.cancel_payment(a_cancellation(paid.provider_payment_id))
    opened = await account.connector.create_payment(a_page())
    with pytest.raises(NotSupported, match="runs out by itself"):
        await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))


async def test_money_is_given_back_in_parts_until_none_is_left(account: Account) -> None:
    request = a_token_payment()
    paid = await account.connector.create_payment(request)
    first = a_refund(paid.provider_payment_id, money=aed("30.00"), reason="duplicate", note="mug broke")
    accepted = await account.connector.refund_payment(first)
    assert (accepted.status, str(accepted.money), accepted.refund_id) == ("pending", "AED 30.00", first.refund_id)
    done = await account.connector.get_refund(accepted.provider_refund_id)
    assert (done.status, done.refund_id, done.payment_id) == ("succeeded", first.refund_id, first.payment_id)
    after = await account.connector.get_payment(paid.provider_payment_id)
    assert (after.status, str(after.amount_refunded)) == ("partially_refunded", "30.00")
    assert after.refunds == (done.provider_refund_id,)
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.01")))
    assert refused.value.field == "money.amount"
    rest = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(rest.money) == "AED 69.00"
    assert (await account.connector.get_payment(paid.provider_payment_id)).status == "refunded"
    with pytest.raises(InvalidRequest, match="nothing is left"):
        await account.connector.refund_payment(a_refund(paid.provider_payment_id))


async def test_a_refund_that_the_bank_refuses_gives_nothing_back(account: Account) -> None:
    await account.post("/_test/hold", hold=True)
    paid = await account.connector.create_payment(a_token_payment())
    asked = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert (await account.connector.get_refund(asked.provider_refund_id)).status == "pending"
    assert (await account.connector.get_payment(paid.provider_payment_id)).status == "captured"
    await account.post(f"/_test/refunds/{asked.provider_refund_id}/settle", code="502")
    failed = await account.connector.get_refund(asked.provider_refund_id)
    assert (failed.status, failed.failure_reason) == ("failed", "502")
    again = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(again.money) == "AED 99.00", "what failed can be given back again"


async def test_a_saved_card_is_charged_again_with_and_without_the_payer(account: Account) -> None:
    first = await account.connector.create_payment(a_token_payment(save_payment_method=True))
    saved = first.saved_method
    assert saved is not None
    assert (saved.token[:5], saved.brand, saved.last_four) == ("card_", "VISA", "1019")
    again = {"payment_method": saved.token, "payment_method_data": saved.provider_data, "customer": {}}
    assert (await account.connector.create_payment(a_token_payment(**again))).status == "captured"
    away = await account.connector.create_payment(a_token_payment(**again, return_url=None))
    assert away.status == "captured"
    await account.connector.delete_payment_method(saved.token, saved.provider_data)
    await account.connector.delete_payment_method(saved.token, saved.provider_data)
    with pytest.raises(InvalidRequest):
        await account.connector.create_payment(a_token_payment(**again))


async def test_a_page_keeps_the_card_that_was_paid_with(account: Account) -> None:
    opened = await account.connector.create_payment(a_page(save_payment_method=True))
    assert opened.saved_method is None
    await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})
    saved = (await account.connector.get_payment(opened.provider_payment_id)).saved_method
    assert saved is not None
    assert set(saved.provider_data) == {"customer", "payment_agreement"}


async def test_every_payment_of_a_time_is_listed_once(account: Account) -> None:
    begun = now()
    requests: list[PaymentRequest] = [a_token_payment() for _ in range(52)]
    for request in requests:
        await account.connector.create_payment(request)
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    captured = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    charge = await account.connector.capture_payment(a_capture(captured.provider_payment_id))
    span: dict[str, Any] = {"since": begun - timedelta(seconds=1), "until": now() + timedelta(seconds=1)}
    pages = [await account.connector.list_payments(**span)]
    while pages[-1].next_cursor:
        pages.append(await account.connector.list_payments(**span, cursor=pages[-1].next_cursor))
    assert len(pages) == 3
    ids = [each.provider_payment_id for page in pages for each in page.payments]
    assert len(ids) == len(set(ids)) == 54
    assert {reserved.provider_payment_id, charge.provider_payment_id} <= set(ids)
    assert captured.provider_payment_id not in ids, "it is there as the charge that captured it"
    nothing = await account.connector.list_payments(since=begun - timedelta(days=2), until=begun - timedelta(days=1))
    assert nothing.payments == ()


async def test_what_is_not_there_is_not_found(account: Account) -> None:
    for call, wrong in (("get_payment", "chg_none"), ("get_payment", "auth_none"), ("get_refund", "re_none")):
        with pytest.raises(NotFound):
            await getattr(account.connector, call)(wrong)


async def test_health_and_wrong_keys(account: Account) -> None:
    assert (await account.connector.check_health()).ok
    wrong = tap(
        httpx.AsyncHTTPTransport(verify=False),
        credentials={"secret_key": f"{new_key()}invalid"},
        base_url=f"{account.url}/tap",
    )
    async with wrong:
        assert (await wrong.check_health()).code == "authentication_failed"
        with pytest.raises(AuthenticationFailed):
            await wrong.create_payment(a_page())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 0}, "1117"),
        ({"amount": "99.00"}, "1117"),
        ({"amount": 1.001}, "1117"),
        ({"currency": "XXX"}, "1119"),
        ({"currency": None}, "1119"),
        ({"source": None}, "1124"),
        ({"source": {"id": "src_unknown"}}, "1125"),
        ({"source": {"id": "card_1"}}, "1125"),
        ({"source": {"id": "src_kw.knet"}}, "1119"),
        ({"customer": None}, "1129"),
        ({"customer": {"email": "sara@example.com"}}, "1130"),
        ({"customer": {"first_name": "Sara"}}, "1139"),
        ({"customer": {"first_name": "Sara", "email": "sara"}}, "1138"),
        ({"customer": {"first_name": "Sara", "phone": {"country_code": "971", "number": "x"}}}, "1137"),
        ({"redirect": None}, "1110"),
        ({"redirect": {"url": "shop"}}, "1111"),
        ({"save_card": True}, "1135"),
        ({"save_card": True, "threeDSecure": False}, "1116"),
        ({"customer_initiated": False}, "1216"),
        ({"reference": {"order": "o" * 100}}, "1122"),
        ({"reference": {"transaction": "t" * 100}}, "1123"),
        ({"metadata": {"a": "b" * 1000}}, "1128"),
        ({"description": "d" * 1000}, "1121"),
        ({"statement_descriptor": "s" * 60}, "1120"),
        ({"auto": {"type": "VOID", "time": 1}}, "1103"),
        ({"colour": "green"}, "1103"),
    ],
)
async def test_the_twin_refuses_what_tap_would(account: Account, change: dict[str, Any], code: str) -> None:
    good = {
        "amount": 99.00,
        "currency": "AED",
        "source": {"id": "src_all"},
        "customer": {"first_name": SARA["name"], "email": SARA["email"]},
        "redirect": {"url": "https://shop.example"},
    }
    assert (await account.raw("/charges", good)).status_code == 200
    refused = await account.raw("/charges", {**good, **change})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, code)
