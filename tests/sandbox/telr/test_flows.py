"""Payments from beginning to end, the connector on one side and Telr's twin on the other."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.sandbox.telr.conftest import Account
from workers.providers.errors import AuthenticationFailed, Declined, InvalidRequest, NotFound, ProviderError
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def status_of(telr: Account, payment: PaymentResult) -> str:
    return (await telr.connector.get_payment(payment.provider_payment_id)).status.value


async def test_a_payer_pays_on_the_page(telr: Account) -> None:
    request = a_checkout(locale="ar", customer={"name": "Sara Ali", "email": "sara@example.com"})
    opened = await telr.connector.create_payment(request)
    assert await status_of(telr, opened) == "requires_action"
    shown = await telr.http.get(f"{opened.checkout_url}")
    assert "AED 99.00" in shown.text
    paid = await telr.http.post(f"{opened.checkout_url}", data={"outcome": "approve"})
    assert (paid.status_code, paid.headers["location"]) == (303, "https://shop.example/thanks")
    seen = await telr.connector.get_payment(opened.provider_payment_id)
    assert (seen.status, seen.payment_id, seen.amount_captured) == ("captured", request.payment_id, Decimal("99.00"))
    assert (await telr.http.post(f"{opened.checkout_url}", data={"outcome": "approve"})).status_code == 409


@pytest.mark.parametrize(
    ("outcome", "code", "status", "reason"),
    [
        ("decline", 41, "failed", "insufficient_funds"),
        ("decline", 62, "failed", "do_not_honor"),
        ("decline", 12, "failed", "card_expired"),
        ("cancel", 0, "cancelled", None),
        ("hold", 0, "processing", None),
    ],
)
async def test_a_payment_that_does_not_work_out(
    telr: Account, outcome: str, code: int, status: str, reason: str | None
) -> None:
    opened = await telr.connector.create_payment(a_checkout())
    await telr.pay(opened, outcome, code=code)
    seen = await telr.connector.get_payment(opened.provider_payment_id)
    assert seen.status == status
    assert (seen.decline.reason if seen.decline else None) == reason


@pytest.mark.parametrize(("outcome", "status"), [("accept", "captured"), ("reject", "failed")])
async def test_a_payment_on_hold_is_looked_at(telr: Account, outcome: str, status: str) -> None:
    opened = await telr.connector.create_payment(a_checkout())
    await telr.pay(opened, "hold")
    await telr.test(f"/orders/{opened.provider_payment_id}/review", outcome=outcome)
    assert await status_of(telr, opened) == status


async def test_a_page_runs_out(telr: Account) -> None:
    opened = await telr.connector.create_payment(a_checkout())
    with pytest.raises(InvalidRequest, match="by itself"):
        await telr.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    await telr.test(f"/orders/{opened.provider_payment_id}/expire")
    assert await status_of(telr, opened) == "expired"
    assert (await telr.connector.cancel_payment(a_cancellation(opened.provider_payment_id))).status == "expired"


async def reserved(telr: Account, **changes: Any) -> PaymentResult:
    opened = await telr.connector.create_payment(a_checkout(capture_method="manual", **changes))
    await telr.pay(opened)
    return await telr.connector.get_payment(opened.provider_payment_id)


async def test_reserved_money_is_captured_in_parts_and_refunded_from_them(telr: Account) -> None:
    payment = await reserved(telr)
    identity = payment.provider_payment_id
    assert payment.status == "authorized"
    part = await telr.connector.capture_payment(a_capture(identity, money=aed("30.00")))
    assert (part.status, part.amount_captured) == ("partially_captured", Decimal("30.00"))
    with pytest.raises(InvalidRequest):
        await telr.connector.capture_payment(a_capture(identity, money=aed("69.01")))
    whole = await telr.connector.capture_payment(a_capture(identity))
    assert (whole.status, whole.amount_captured) == ("captured", Decimal("99.00"))
    assert (await telr.connector.get_payment(identity)).status == "captured"
    for amount in ("60.00", "30.00", "9.00"):
        refund = await telr.connector.refund_payment(a_refund(identity, money=aed(amount)))
        assert (await telr.connector.get_refund(refund.provider_refund_id)).money == aed(amount)
    seen = await telr.connector.get_payment(identity)
    assert (seen.status, seen.amount_refunded, len(seen.refunds)) == ("refunded", Decimal("99.00"), 3)


async def test_reserved_money_is_released(telr: Account) -> None:
    payment = await reserved(telr)
    released = await telr.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
    assert released.status == "cancelled"
    assert await status_of(telr, payment) == "cancelled"
    with pytest.raises(InvalidRequest):
        await telr.connector.capture_payment(a_capture(payment.provider_payment_id))


async def test_a_reservation_runs_out(telr: Account) -> None:
    payment = await reserved(telr)
    order = (await telr.state(payment.payment_id))["orders"][0]
    await telr.test(f"/transactions/{order['transaction']['ref']}/expire")
    assert await status_of(telr, payment) == "expired"


async def paid(telr: Account, **changes: Any) -> PaymentResult:
    opened = await telr.connector.create_payment(a_checkout(**changes))
    await telr.pay(opened)
    return await telr.connector.get_payment(opened.provider_payment_id)


async def test_refunds_are_counted_with_those_made_by_hand(telr: Account) -> None:
    payment = await paid(telr)
    order = (await telr.state(payment.payment_id))["orders"][0]
    await telr.test(f"/transactions/{order['transaction']['ref']}/refund", amount="9.00")
    with pytest.raises(InvalidRequest, match=r"only AED 90\.00"):
        await telr.connector.refund_payment(a_refund(payment.provider_payment_id, money=aed("90.01")))
    rest = a_refund(payment.provider_payment_id)
    refund = await telr.connector.refund_payment(rest)
    assert (refund.status, refund.money, refund.refund_id) == ("succeeded", aed("90.00"), rest.refund_id)
    assert (await telr.connector.get_refund(refund.provider_refund_id)).refund_id == rest.refund_id
    assert await status_of(telr, payment) == "refunded"


async def test_without_the_service_api_telr_counts(telr: Account) -> None:
    payment = await paid(telr)
    async with telr.connection("remote") as connection:
        first = await connection.refund_payment(a_refund(payment.provider_payment_id, money=aed("30.00")))
        assert first.status == "succeeded"
        with pytest.raises(InvalidRequest) as refused:
            await connection.refund_payment(a_refund(payment.provider_payment_id))
        assert (refused.value.provider_code, refused.value.field) == ("29", "money.amount")


async def test_a_card_is_kept_charged_again_and_the_charge_refunded(telr: Account) -> None:
    first = await paid(telr, save_payment_method=True)
    assert first.saved_method is not None
    assert (first.saved_method.last_four, first.saved_method.expires) == ("1111", "2029-04")
    request = a_payment(payment_method=first.saved_method.token, money=aed("25.00"))
    charged = await telr.connector.create_payment(request)
    assert (charged.status, charged.money) == ("captured", aed("25.00"))
    again = await telr.connector.get_payment(charged.provider_payment_id)
    assert (again.status, again.payment_id, again.money) == ("captured", request.payment_id, aed("25.00"))
    await telr.connector.refund_payment(a_refund(charged.provider_payment_id, money=aed("5.00")))
    assert (await telr.connector.get_payment(charged.provider_payment_id)).status == "partially_refunded"
    assert await status_of(telr, first) == "captured"


@pytest.mark.parametrize(("code", "reason"), [(41, "insufficient_funds"), (12, "card_expired")])
async def test_a_kept_card_can_be_declined(telr: Account, code: int, reason: str) -> None:
    first = await paid(telr, save_payment_method=True)
    assert first.saved_method is not None
    await telr.test(f"/cards/{first.saved_method.token}", code=code)
    request = a_payment(payment_method=first.saved_method.token)
    with pytest.raises(Declined) as declined:
        await telr.connector.create_payment(request)
    assert declined.value.decline_code == reason
    with pytest.raises(Declined):
        await telr.connector.find_payment(request, attempted_at=now())


async def test_only_a_paid_sale_can_be_charged_again(telr: Account) -> None:
    payment = await reserved(telr)
    order = (await telr.state(payment.payment_id))["orders"][0]
    with pytest.raises(Declined) as declined:
        await telr.connector.create_payment(a_payment(payment_method=order["transaction"]["ref"]))
    assert (declined.value.provider_code, declined.value.decline_code) == ("57", "not_permitted")
    with pytest.raises(InvalidRequest) as refused:
        await telr.connector.create_payment(a_payment(payment_method="030000000000"))
    assert refused.value.provider_code == "22"


@pytest.mark.parametrize("money", [Money.of("1.234", "KWD"), Money.of("500", "JPY"), aed("0.01")], ids=str)
async def test_amounts_keep_their_decimals_all_the_way(telr: Account, money: Money) -> None:
    payment = await paid(telr, money=money)
    assert (payment.money, payment.amount_captured) == (money, money.amount)
    assert (await telr.connector.refund_payment(a_refund(payment.provider_payment_id))).money == money


async def test_each_interface_has_a_key_of_its_own(telr: Account) -> None:
    payment = await paid(telr)
    wrong = telr.connector.credentials.auth_key
    odd = telr.connection("remote", "service")
    object.__setattr__(odd, "credentials", odd.credentials.model_copy(update={"remote_key": wrong}))
    with pytest.raises(AuthenticationFailed):
        await odd.refund_payment(a_refund(payment.provider_payment_id))
    object.__setattr__(odd, "credentials", odd.credentials.model_copy(update={"service_key": wrong}))
    with pytest.raises(AuthenticationFailed):
        await odd.get_payment(payment.provider_payment_id)
    assert (await odd.check_health()).code == "authentication_failed"
    await odd.aclose()


@pytest.mark.parametrize("interfaces", [(), ("service",)])
async def test_health(telr: Account, interfaces: tuple[str, ...]) -> None:
    async with telr.connection(*interfaces) as connection:
        assert (await connection.check_health()).ok


async def test_what_telr_does_not_have_is_not_found(telr: Account) -> None:
    for call in (
        telr.connector.get_payment("A" * 64),
        telr.connector.get_payment("030000000000"),
        telr.connector.get_refund("030000000000"),
    ):
        with pytest.raises(NotFound):
            await call


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"order": {"cartid": "x" * 64}}, "E01"),
        ({"order": {"cartid": ""}}, "E03"),
        ({"order": {"amount": "1.005"}}, "E05"),
        ({"order": {"amount": "1e2"}}, "E05"),
        ({"order": {"amount": 1}}, "E05"),
        ({"order": {"amount": ""}}, "E02"),
        ({"order": {"currency": "XXX"}}, "E05"),
        ({"order": {"test": "yes"}}, "E06"),
        ({"order": {"trantype": "verify"}}, "E40"),
        ({"order": {"colour": "red"}}, "E01"),
        ({"return": {"authorised": "nowhere"}}, "E01"),
        ({"customer": {"name": {"first": "Sara"}}}, "E01"),
        ({"customer": {"address": {"country": "UAE"}}}, "E01"),
        ({"language": "fr"}, "E01"),
        ({"method": "make"}, "E01"),
        ({"authkey": "wrong"}, "E01"),
        ({"store": "x"}, "E04"),
        ({"unknown": 1}, "E01"),
    ],
)
async def test_the_twin_takes_only_what_is_documented(telr: Account, changes: dict[str, Any], code: str) -> None:
    back = "https://shop.example/"
    order = {"cartid": "c", "test": 1, "amount": "1.00", "currency": "AED", "description": "d", "trantype": "sale"}
    body: dict[str, Any] = {"method": "create", "store": int(telr.store), "authkey": f"page#{telr.store}"}
    body |= {"order": order, "return": {"authorised": back, "declined": back, "cancelled": back}}
    body = {
        **body,
        **{name: body.get(name, {}) | part if isinstance(part, dict) else part for name, part in changes.items()},
    }
    answer = await telr.http.post(f"{telr.url}/telr/gateway/order.json", json=body)
    assert answer.status_code == 200
    assert answer.json()["error"]["message"].startswith(code)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<type>refund</type>", "<type>donate</type>", "40"),
        ("<class>ecom</class>", "<class>cont</class>", "39"),
        ("<class>ecom</class>", "<class>none</class>", "39"),
        ("<currency>AED</currency>", "<currency>USD</currency>", "24"),
        ("<amount>1.00</amount>", "<amount>99.01</amount>", "29"),
        ("<amount>1.00</amount>", "", "02"),
        ("<test>1</test>", "<test>0</test>", "06"),
        ("<description>d</description>", "<description>كوب</description>", "01"),
        ("<description>d</description>", "<colour>red</colour>", "01"),
        ("</tran>", "</tran><card/>", "01"),
        ("<remote>", "<remote", "01"),
    ],
)
async def test_the_twin_takes_only_documented_transactions(telr: Account, old: str, new: str, code: str) -> None:
    payment = await paid(telr)
    order = (await telr.state(payment.payment_id))["orders"][0]
    text = (
        f"<remote><store>{telr.store}</store><key>remote#{telr.store}</key><tran><type>refund</type><class>ecom</class>"
        "<description>d</description><test>1</test><currency>AED</currency><amount>1.00</amount>"
        f"<ref>{order['transaction']['ref']}</ref></tran></remote>"
    )
    assert old in text
    url, headers = f"{telr.url}/telr/gateway/remote.xml", {"content-type": "application/xml"}
    answer = await telr.http.post(url, content=text.replace(old, new).encode(), headers=headers)
    assert f"<status>E</status><code>{code}</code>" in answer.text
    good = await telr.http.post(url, content=text.encode(), headers=headers)
    assert "<status>A</status>" in good.text


async def test_the_page_of_no_order_is_not_there(telr: Account) -> None:
    page = await telr.http.get(f"{telr.url}/telr/gateway/process.html", params={"o": "none"})
    assert page.status_code == httpx.codes.NOT_FOUND
    with pytest.raises(ProviderError):
        await telr.connector.get_payment("B" * 64)
