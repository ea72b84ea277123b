"""Payments from beginning to end, the connector against the twin."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.payments.tabby import payments
from sandbox.payments.tabby.account import Account as Books
from sandbox.payments.tabby.errors import TabbyError
from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tabby.wire import NEEDED, a_completion, an_instalment_payment, tabby
from tests.sandbox.tabby.conftest import Account
from workers.providers.errors import AuthenticationFailed, Declined, InvalidRequest, NotFound, NotSupported
from workers.providers.money import Money
from workers.providers.payments.tabby.requests import session_body

SOME = Money.of("40.00", "AED")


def as_customer(**changes: str) -> dict[str, Any]:
    return {"customer": {**NEEDED["customer"], **changes}}


async def test_a_payment_is_agreed_to_on_the_page_and_completed(account: Account) -> None:
    request = an_instalment_payment()
    opened = await account.connector.create_payment(request)
    page = await account.http.get(f"{opened.checkout_url}")
    assert "AED 99.00" in page.text
    sent_back = await account.http.post(f"{opened.checkout_url}", data={"outcome": "approve"})
    assert sent_back.status_code == 303
    assert sent_back.headers["Location"] == f"https://shop.example/thanks?payment_id={opened.provider_payment_id}"
    agreed = await account.connector.get_payment(opened.provider_payment_id)
    assert (agreed.status, agreed.payment_id) == ("authorized", request.payment_id)
    assert not (await account.state(request.payment_id))["captures"], "the payer's word moves no money"
    done = await account.connector.complete_payment(
        a_completion(opened.provider_payment_id, money=Money.of("99.00", "AED"))
    )
    assert (done.status, str(done.amount_captured)) == ("captured", "99.00")


async def test_completing_twice_takes_the_money_once(account: Account) -> None:
    taken = await account.taken()
    again = await account.connector.complete_payment(a_completion(taken.provider_payment_id, idempotency_key="other"))
    assert again.status == "captured"
    assert len((await account.state(taken.payment_id))["captures"]) == 1


@pytest.mark.parametrize(("outcome", "status"), [("reject", "failed"), ("cancel", "expired")])
async def test_a_payer_can_be_rejected_or_give_up(account: Account, outcome: str, status: str) -> None:
    opened = await account.opened()
    back = await account.http.post(f"{opened.checkout_url}", data={"outcome": outcome})
    assert back.headers["Location"].startswith("https://shop.example/cart?payment_id=")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == status
    assert (await account.http.post(f"{opened.checkout_url}", data={"outcome": "approve"})).status_code == 400


async def test_an_open_page_runs_out(account: Account) -> None:
    opened = await account.opened()
    with pytest.raises(NotSupported):
        await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    await account.test(f"/payments/{opened.provider_payment_id}/expire")
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "expired"
    cancelled = await account.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    assert cancelled.status == "expired"


def test_a_session_lives_twenty_minutes_and_its_payment_thirty() -> None:
    clock = [1_800_000_000.0]
    books = Books(lambda: clock[0], is_test=True)
    settings = tabby(lambda _: None).settings
    payment = payments.create(books, session_body(an_instalment_payment(), settings))
    clock[0] += 20 * 60
    with pytest.raises(TabbyError, match="over"):
        payments.pay(books, payment, "approve")
    assert books.payment(payment.id).status == "CREATED"
    clock[0] += 10 * 60
    assert books.payment(payment.id).status == "EXPIRED"


@pytest.mark.parametrize(
    ("changes", "switch", "code"),
    [
        (as_customer(phone="+971500000002"), None, "not_available"),
        ({}, "order_amount_too_high", "order_amount_too_high"),
        ({}, "order_amount_too_low", "order_amount_too_low"),
    ],
)
async def test_a_payer_can_be_rejected_at_once(account: Account, changes: Any, switch: str | None, code: str) -> None:
    await account.test("/account", reject=switch)
    with pytest.raises(Declined) as raised:
        await account.opened(**changes)
    assert raised.value.provider_code == code
    assert raised.value.provider_payment_id is not None


async def test_the_published_test_buyer_is_rejected_on_the_page(account: Account) -> None:
    opened = await account.opened(**as_customer(email="otp.rejected@tabby.ai"))
    await account.pay(opened)
    assert (await account.connector.get_payment(opened.provider_payment_id)).status == "failed"


async def test_reserved_money_is_captured_in_parts(account: Account) -> None:
    payment = await account.agreed(capture_method="manual")
    first = await account.connector.capture_payment(a_capture(payment.provider_payment_id, money=SOME))
    assert (first.status, str(first.amount_captured)) == ("partially_captured", "40.00")
    with pytest.raises(InvalidRequest):
        await account.connector.refund_payment(a_refund(payment.provider_payment_id, money=SOME))
    rest = await account.connector.capture_payment(a_capture(payment.provider_payment_id))
    assert (rest.status, str(rest.amount_captured)) == ("captured", "99.00")


async def test_what_a_part_leaves_can_be_released(account: Account) -> None:
    payment = await account.agreed(capture_method="manual")
    await account.connector.capture_payment(a_capture(payment.provider_payment_id, money=SOME))
    closed = await account.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
    assert (closed.status, str(closed.amount_captured)) == ("captured", "40.00")
    refund = await account.connector.refund_payment(a_refund(payment.provider_payment_id))
    assert str(refund.money) == "AED 40.00"


async def test_reserved_money_is_released(account: Account) -> None:
    payment = await account.agreed()
    for _ in range(2):
        done = await account.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
        assert (done.status, str(done.amount_captured)) == ("cancelled", "0.00")


async def test_tabby_captures_what_was_forgotten(account: Account) -> None:
    payment = await account.agreed()
    await account.test(f"/payments/{payment.provider_payment_id}/capture")
    done = await account.connector.complete_payment(a_completion(payment.provider_payment_id))
    assert done.status == "captured"


async def test_refunds_in_parts_until_nothing_is_left(account: Account) -> None:
    payment = await account.taken()
    request = a_refund(payment.provider_payment_id, money=SOME, reason="requested_by_customer")
    made = await account.connector.refund_payment(request)
    assert await account.connector.get_refund(made.provider_refund_id) == made
    assert (await account.connector.get_payment(payment.provider_payment_id)).status == "partially_refunded"
    await account.connector.refund_payment(a_refund(payment.provider_payment_id))
    done = await account.connector.get_payment(payment.provider_payment_id)
    assert (done.status, str(done.amount_refunded), len(done.refunds)) == ("refunded", "99.00", 2)
    with pytest.raises(InvalidRequest, match="left"):
        await account.connector.refund_payment(a_refund(payment.provider_payment_id))


async def test_a_refund_of_the_dashboard_is_seen(account: Account) -> None:
    payment = await account.taken()
    await account.test(f"/payments/{payment.provider_payment_id}/refund", amount="9.00")
    (found,) = (await account.connector.get_payment(payment.provider_payment_id)).refunds
    refund = await account.connector.get_refund(found)
    assert (refund.refund_id, str(refund.money)) == (None, "AED 9.00")


async def test_a_disputed_payment_is_not_refunded(account: Account) -> None:
    payment = await account.taken()
    await account.test(f"/payments/{payment.provider_payment_id}/dispute", status="pending")
    with pytest.raises(InvalidRequest, match="disputed"):
        await account.connector.refund_payment(a_refund(payment.provider_payment_id))
    await account.test(f"/payments/{payment.provider_payment_id}/dispute", status="approved")
    assert (await account.connector.get_payment(payment.provider_payment_id)).status == "refunded"


@pytest.mark.parametrize("strict", [False, True])
async def test_a_replayed_capture_or_refund_happens_once_however_it_is_answered(account: Account, strict: bool) -> None:
    """The connector looks first; here the twin is asked directly, as a repeat by the transport would."""
    await account.test("/account", strict_replays=strict)
    payment = await account.agreed()
    path = f"/api/v2/payments/{payment.provider_payment_id}"
    for action in ("captures", "refunds"):
        for status in (200, 400 if strict else 200):
            await account.call("POST", f"{path}/{action}", status, reference_id="same", amount="99.00")
        assert len((await account.state(payment.payment_id))[action]) == 1


async def test_the_list_has_what_somebody_agreed_to(account: Account) -> None:
    await account.opened()
    made = [await account.agreed() for _ in range(22)]
    span: dict[str, Any] = {"since": now() - timedelta(minutes=5), "until": now() + timedelta(minutes=5)}
    first = await account.connector.list_payments(**span)
    assert (len(first.payments), first.next_cursor) == (20, "20")
    second = await account.connector.list_payments(**span, cursor=first.next_cursor)
    listed = [payment.payment_id for payment in (*first.payments, *second.payments)]
    assert listed == [payment.payment_id for payment in reversed(made)]
    assert second.next_cursor is None
    past = await account.connector.list_payments(since=now() - timedelta(days=9), until=now() - timedelta(days=2))
    assert past.payments == ()


async def test_health_tells_a_wrong_key_and_a_wrong_merchant_code(account: Account) -> None:
    assert (await account.connector.check_health()).ok
    for wrong in (
        {"credentials": {"secret_key": "sk_test_invalid-key"}},
        {"credentials": {"secret_key": account.key}, "settings": {"merchant_code": "ZZ"}},
    ):
        connector = tabby(account.connector._transport, base_url=account.connector.base_url, **wrong)
        assert (await connector.check_health()).code == "authentication_failed"
        with pytest.raises(AuthenticationFailed):
            await connector.create_payment(an_instalment_payment())


async def test_the_session_takes_no_other_currency_than_the_merchant_codes(account: Account) -> None:
    settings = {"merchant_code": "SA", "country": "AE"}
    connector = tabby(
        account.connector._transport,
        base_url=account.connector.base_url,
        credentials={"secret_key": account.key},
        settings=settings,
    )
    with pytest.raises(InvalidRequest, match="only 'SAR' is supported"):
        await connector.create_payment(an_instalment_payment())


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": 99}, 400),
        ({"amount": "99.001"}, 400),
        ({"buyer": {"name": "Sara", "email": "s@example.com"}}, 400),
        ({"buyer_history": {}}, 400),
        ({"order_history": None}, 400),
        ({"shipping_address": {"city": "Dubai", "address": "x"}}, 400),
        ({"order": {"reference_id": "1", "items": [{"title": "Mug", "quantity": 1, "unit_price": "1.00"}]}}, 400),
        ({"order": {"reference_id": "1", "items": []}}, 400),
        ({}, 200),
    ],
    ids=str,
)
async def test_the_twin_is_as_strict_as_the_document(account: Account, change: Any, status: int) -> None:
    body = session_body(an_instalment_payment(), account.connector.settings)
    await account.call("POST", "/api/v2/checkout", status, **{**body, "payment": {**body["payment"], **change}})


async def test_accounts_do_not_see_each_other(account: Account) -> None:
    payment = await account.opened()
    other = tabby(
        account.connector._transport,
        base_url=account.connector.base_url,
        credentials={"secret_key": "sk_test_somebody-else"},
    )
    with pytest.raises(NotFound):
        await other.get_payment(payment.provider_payment_id)


async def test_an_order_can_get_another_reference(account: Account) -> None:
    payment = await account.taken()
    path = f"/api/v2/payments/{payment.provider_payment_id}"
    changed = await account.call("PUT", path, order={"reference_id": "1001_updated"}, amount="1.00")
    assert (changed["order"]["reference_id"], changed["amount"]) == ("1001_updated", "99.00")
