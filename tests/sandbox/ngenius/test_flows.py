"""N-Genius's connector against its twin, over a real socket: every way a payment can go."""

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund
from tests.sandbox.ngenius.conftest import Account, order_of
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound
from workers.providers.money import Money
from workers.providers.payments.ngenius import NGeniusConnector
from workers.providers.registry import open_connector


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_a_payment_goes_from_the_page_to_a_refund(ngenius: Account) -> None:
    request = a_checkout(customer={"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"})
    opened = await ngenius.connector.create_payment(request)
    assert (opened.status, opened.payment_id) == ("requires_action", request.payment_id)
    assert opened.checkout_url is not None
    page = await ngenius.http.get(opened.checkout_url)
    assert "9900 minor units of AED" in page.text
    back = await ngenius.http.post(opened.checkout_url, data={"outcome": "approve"})
    assert back.headers["location"] == f"https://shop.example/thanks?ref={order_of(opened)}"
    paid = await ngenius.connector.get_payment(opened.provider_payment_id)
    assert (paid.status, str(paid.amount_captured), paid.checkout_url) == ("captured", "99.00", None)
    refund = await ngenius.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("30.00")))
    assert (refund.status, str(refund.money), refund.payment_id) == ("succeeded", "AED 30.00", request.payment_id)
    assert await ngenius.connector.get_refund(refund.provider_refund_id) == refund
    part = await ngenius.connector.get_payment(paid.provider_payment_id)
    assert (part.status, str(part.amount_refunded)) == ("partially_refunded", "30.00")
    with pytest.raises(InvalidRequest) as refused:
        await ngenius.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("69.01")))
    assert refused.value.field == "money.amount"
    rest = await ngenius.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(rest.money) == "AED 69.00"
    after = await ngenius.connector.get_payment(paid.provider_payment_id)
    assert (after.status, after.refunds) == ("refunded", (refund.provider_refund_id, rest.provider_refund_id))


@pytest.mark.parametrize(("amount", "currency", "units"), [("1.500", "KWD", 1500), ("500", "JPY", 500)])
async def test_currencies_keep_their_decimals(ngenius: Account, amount: str, currency: str, units: int) -> None:
    request = a_checkout(money=Money.of(amount, currency))
    opened = await ngenius.connector.create_payment(request)
    await ngenius.pay(opened)
    paid = await ngenius.connector.get_payment(opened.provider_payment_id)
    assert str(paid.amount_captured) == amount
    assert [charge["value"] for charge in (await ngenius.state(request.payment_id))["charges"]] == [units]


@pytest.mark.parametrize("linked", [True, False])
async def test_reserved_money_is_captured_in_parts_and_given_back(ngenius: Account, linked: bool) -> None:
    await ngenius.test("/account", linked=linked)
    opened = await ngenius.connector.create_payment(a_checkout(capture_method="manual"))
    await ngenius.pay(opened)
    payment_id = opened.provider_payment_id
    reserved = await ngenius.connector.get_payment(payment_id)
    assert (reserved.status, str(reserved.amount_authorized), str(reserved.amount_captured)) == (
        "authorized",
        "99.00",
        "0.00",
    )
    part = await ngenius.connector.capture_payment(a_capture(payment_id, money=aed("40.00")))
    assert (part.status, str(part.amount_captured)) == ("partially_captured", "40.00")
    with pytest.raises(InvalidRequest) as refused:
        await ngenius.connector.capture_payment(a_capture(payment_id, money=aed("59.01")))
    assert refused.value.field == "money.amount"
    whole = await ngenius.connector.capture_payment(a_capture(payment_id))
    assert (whole.status, str(whole.amount_captured)) == ("captured", "99.00")
    for amount in ("40.00", "59.00"):
        await ngenius.connector.refund_payment(a_refund(payment_id, money=aed(amount)))
    assert (await ngenius.connector.get_payment(payment_id)).status == "refunded"


async def test_a_capture_that_is_used_up_gives_way_to_the_next(ngenius: Account) -> None:
    opened = await ngenius.connector.create_payment(a_checkout(capture_method="manual"))
    await ngenius.pay(opened)
    for amount in ("40.00", "50.00"):
        await ngenius.connector.capture_payment(a_capture(opened.provider_payment_id, money=aed(amount)))
    for _ in range(2):
        refund = await ngenius.connector.refund_payment(a_refund(opened.provider_payment_id, money=aed("35.00")))
        assert refund.status == "succeeded"


async def test_a_reservation_is_released_and_an_open_order_closed(ngenius: Account) -> None:
    reserved = await ngenius.connector.create_payment(a_checkout(capture_method="manual"))
    await ngenius.pay(reserved)
    open_order = await ngenius.connector.create_payment(a_checkout())
    for payment in (reserved, open_order):
        given_up = await ngenius.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
        assert (given_up.status, given_up.checkout_url) == ("cancelled", None)
        assert (await ngenius.connector.get_payment(payment.provider_payment_id)).status == "cancelled"
        assert (
            await ngenius.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
        ).status == "cancelled"
    paid = await ngenius.connector.create_payment(a_checkout())
    await ngenius.pay(paid)
    with pytest.raises(InvalidRequest):
        await ngenius.connector.cancel_payment(a_cancellation(paid.provider_payment_id))
    await ngenius.connector.get_payment(paid.provider_payment_id)


async def test_a_purchase_is_reversed_today_and_refunded_tomorrow(ngenius: Account) -> None:
    connector = ngenius.connection(sale_action="PURCHASE")
    for settled, expected in ((False, "reversal"), (True, None)):
        opened = await connector.create_payment(a_checkout())
        await ngenius.pay(opened)
        assert (await connector.get_payment(opened.provider_payment_id)).status == "captured"
        if settled:
            await ngenius.test(f"/orders/{order_of(opened)}/settle")
        refund = await connector.refund_payment(a_refund(opened.provider_payment_id, money=aed("99.00")))
        assert refund.status == "succeeded"
        assert (refund.provider_refund_id.rpartition("/")[2] == "reversal") == (expected == "reversal")
        after = await connector.get_payment(opened.provider_payment_id)
        assert (after.status, str(after.amount_refunded)) == ("refunded", "99.00")
    await connector.aclose()


@pytest.mark.parametrize(("end", "status"), [("SUCCESS", "succeeded"), ("FAILED", "failed"), ("VOIDED", "cancelled")])
async def test_a_refund_can_take_its_time(ngenius: Account, end: str, status: str) -> None:
    await ngenius.test("/account", slow_refunds=True)
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.pay(opened)
    refund = await ngenius.connector.refund_payment(a_refund(opened.provider_payment_id, money=aed("99.00")))
    assert refund.status == "pending"
    reference = refund.provider_refund_id.rpartition("/")[2]
    await ngenius.test(f"/orders/{order_of(opened)}/refunds/{reference}", state=end)
    assert (await ngenius.connector.get_refund(refund.provider_refund_id)).status == status
    after = await ngenius.connector.get_payment(opened.provider_payment_id)
    assert after.status == ("refunded" if end == "SUCCESS" else "captured")


@pytest.mark.parametrize(
    ("code", "reason"), [("51", "insufficient_funds"), ("05", "do_not_honor"), ("54", "card_expired")]
)
async def test_a_decline_says_why(ngenius: Account, code: str, reason: str) -> None:
    request = a_checkout()
    opened = await ngenius.connector.create_payment(request)
    await ngenius.pay(opened, "decline", code=code)
    failed = await ngenius.connector.get_payment(opened.provider_payment_id)
    assert failed.decline is not None
    assert (failed.status, failed.decline.reason, failed.decline.code) == ("failed", reason, code)
    assert not (await ngenius.state(request.payment_id))["charges"]


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "captured"), ("fail", "failed")])
async def test_the_payer_authenticates_and_somebody_may_look_at_it(ngenius: Account, outcome: str, status: str) -> None:
    for way, step, waiting in (("challenge", "authenticate", "requires_action"), ("review", "review", "processing")):
        opened = await ngenius.connector.create_payment(a_checkout())
        await ngenius.pay(opened, way)
        assert (await ngenius.connector.get_payment(opened.provider_payment_id)).status == waiting
        await ngenius.test(f"/orders/{order_of(opened)}/{step}", outcome=outcome)
        assert (await ngenius.connector.get_payment(opened.provider_payment_id)).status == status


async def test_a_token_that_ran_out_is_renewed_on_the_way(ngenius: Account) -> None:
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.test("/tokens/expire")
    assert (await ngenius.connector.get_payment(opened.provider_payment_id)).status == "requires_action"


async def test_what_is_not_there_is_not_found(ngenius: Account) -> None:
    nowhere = f"{ngenius.outlet}/none"
    for call in (
        ngenius.connector.get_payment(nowhere),
        ngenius.connector.capture_payment(a_capture(nowhere)),
        ngenius.connector.get_refund(f"{nowhere}/none"),
    ):
        with pytest.raises(NotFound):
            await call


async def test_one_account_sees_nothing_of_another(ngenius: Account, sandbox_url: str) -> None:
    opened = await ngenius.connector.create_payment(a_checkout())
    stranger = open_connector(
        "ngenius",
        credentials={"api_key": "c3RyYW5nZXI6c2VjcmV0"},
        settings={"outlets": ngenius.outlet},
        base_url=f"{sandbox_url}/ngenius",
    )
    assert isinstance(stranger, NGeniusConnector)
    async with stranger:
        with pytest.raises(NotFound):
            await stranger.get_payment(opened.provider_payment_id)


async def test_health_follows_the_credentials(ngenius: Account, sandbox_url: str) -> None:
    assert (await ngenius.connector.check_health()).ok
    wrong = open_connector(
        "ngenius",
        credentials={"api_key": "invalidinvalidinvalid"},
        settings={"outlets": ngenius.outlet},
        base_url=f"{sandbox_url}/ngenius",
    )
    assert isinstance(wrong, NGeniusConnector)
    async with wrong:
        assert (await wrong.check_health()).code == "authentication_failed"
        with pytest.raises(AuthenticationFailed):
            await wrong.create_payment(a_checkout())


async def test_the_twin_is_as_strict_as_the_reference(ngenius: Account) -> None:
    identity = f"{ngenius.url}/ngenius/identity/auth/access-token"
    basic = {"Authorization": f"Basic {ngenius.key}"}
    assert (await ngenius.http.post(identity, headers=basic)).status_code == 415
    typed = {**basic, "Content-Type": "application/vnd.ni-identity.v1+json"}
    token = (await ngenius.http.post(identity, headers=typed)).json()["access_token"]
    media = "application/vnd.ni-payment.v2+json"
    right = {"Authorization": f"Bearer {token}", "Accept": media, "Content-Type": media}
    good = {"action": "SALE", "amount": {"currencyCode": "AED", "value": 100}}

    async def create(headers: dict[str, str], **changes: object) -> httpx.Response:
        url = f"{ngenius.url}/ngenius/transactions/outlets/{ngenius.outlet}/orders"
        return await ngenius.http.post(url, json={**good, **changes}, headers=headers)

    assert (await create(right)).status_code == 201
    assert (await create({**right, "Authorization": "Bearer x"})).status_code == 401
    assert (await create({**right, "Accept": "application/json"})).status_code == 406
    assert (await create({**right, "Content-Type": "application/json"})).status_code == 415
    for changes in (
        {"colour": "green"},
        {"action": "GIFT"},
        {"amount": {"currencyCode": "AED", "value": 1.5}},
        {"amount": {"currencyCode": "AED", "value": 0}},
        {"amount": {"currencyCode": "XXX", "value": 1}},
        {"merchantOrderReference": "order #1"},
        {"billingAddress": {"firstName": "Sara"}},
    ):
        assert (await create(right, **changes)).status_code == 422
