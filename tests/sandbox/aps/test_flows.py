"""Whole payments between the connector and the twin, over a socket."""

import uuid
from typing import Any

import httpx
import orjson
import pytest

from sandbox.payments.aps.wire import sign
from tests.providers.builders import a_cancellation, a_capture, a_refund
from tests.providers.payments.aps.wire import a_charge, a_link_request
from tests.sandbox.aps.conftest import Account, reference_of
from workers.providers.errors import Declined, InvalidRequest, NotFound, NotSupported
from workers.providers.money import Money


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


# On the hosted page.


async def test_a_payer_pays_on_the_page(aps: Account) -> None:
    request = a_link_request()
    opened = await aps.connector.create_payment(request)
    assert (await aps.connector.get_payment(opened.provider_payment_id)).status == "requires_action"
    page = await aps.http.get(f"{opened.checkout_url}")
    assert "9900 minor units of AED" in page.text
    back = await aps.http.post(f"{opened.checkout_url}", data={"outcome": "approve"})
    assert back.status_code == 303
    assert back.headers["location"].startswith(f"https://shop.example/thanks?merchant_reference={request.payment_id}")
    paid = await aps.connector.get_payment(opened.provider_payment_id)
    assert (paid.status, str(paid.amount_captured), paid.payment_id) == ("captured", "99.00", request.payment_id)


async def test_after_a_decline_the_payer_may_try_again(aps: Account) -> None:
    opened = await aps.connector.create_payment(a_link_request())
    await aps.pay(opened, "decline")
    failed = await aps.connector.get_payment(opened.provider_payment_id)
    assert failed.status == "failed"
    assert failed.decline is not None
    assert failed.decline.reason == "insufficient_funds"
    await aps.pay(opened)
    assert (await aps.connector.get_payment(opened.provider_payment_id)).status == "captured"


async def test_a_payer_gives_up(aps: Account) -> None:
    opened = await aps.connector.create_payment(a_link_request())
    await aps.http.post(f"{opened.checkout_url}", data={"outcome": "cancel"})
    failed = await aps.connector.get_payment(opened.provider_payment_id)
    assert failed.decline is not None
    assert (failed.status, failed.decline.reason) == ("failed", "cancelled_by_payer")


@pytest.mark.parametrize(("how", "status"), [("expire", "expired"), ("close", "cancelled")])
async def test_a_page_that_has_ended(aps: Account, how: str, status: str) -> None:
    opened = await aps.connector.create_payment(a_link_request())
    await aps.test(f"/links/{reference_of(opened)}/{how}")
    ended = await aps.connector.get_payment(opened.provider_payment_id)
    assert ended.status == status
    assert (await aps.http.post(f"{opened.checkout_url}", data={"outcome": "approve"})).status_code == 409
    assert (await aps.connector.cancel_payment(a_cancellation(opened.provider_payment_id))).status == status


async def test_a_page_is_paid_once(aps: Account) -> None:
    request = a_link_request()
    opened = await aps.connector.create_payment(request)
    answers = [(await aps.http.post(f"{opened.checkout_url}", data={"outcome": "approve"})).status_code for _ in "12"]
    assert answers == [303, 409]
    assert len((await aps.state(request.payment_id))["charges"]) == 1


async def test_an_open_page_runs_out_by_itself(aps: Account) -> None:
    opened = await aps.connector.create_payment(a_link_request())
    with pytest.raises(NotSupported):
        await aps.connector.cancel_payment(a_cancellation(opened.provider_payment_id))


async def test_a_late_decision(aps: Account) -> None:
    opened = await aps.connector.create_payment(a_link_request())
    await aps.pay(opened, "hold")
    assert (await aps.connector.get_payment(opened.provider_payment_id)).status == "processing"
    await aps.test(f"/orders/{reference_of(opened)}/decide", outcome="succeed")
    assert (await aps.connector.get_payment(opened.provider_payment_id)).status == "captured"


@pytest.mark.parametrize(("amount", "currency"), [("1.500", "KWD"), ("0.010", "BHD"), ("125.50", "SAR")])
async def test_other_currencies(aps: Account, amount: str, currency: str) -> None:
    opened = await aps.connector.create_payment(a_link_request(money=Money.of(amount, currency)))
    await aps.pay(opened)
    paid = await aps.connector.get_payment(opened.provider_payment_id)
    assert (str(paid.money), str(paid.amount_captured)) == (f"{currency} {amount}", amount)


# By token.


async def test_a_charge_by_token(aps: Account) -> None:
    paid = await aps.connector.create_payment(a_charge(save_payment_method=True))
    assert (paid.status, str(paid.amount_captured)) == ("captured", "99.00")
    assert paid.saved_method is not None
    again = await aps.connector.create_payment(a_charge(payment_method=paid.saved_method.token, return_url=None))
    assert again.status == "captured"


async def test_a_forgotten_token_charges_nobody(aps: Account) -> None:
    await aps.connector.delete_payment_method("Op9Vmp", {})
    with pytest.raises(InvalidRequest) as refused:
        await aps.connector.create_payment(a_charge())
    assert refused.value.field == "payment_method"
    await aps.connector.delete_payment_method("unknownToken", {})


async def test_a_decline(aps: Account) -> None:
    request = a_charge(payment_method="declined54")
    with pytest.raises(Declined) as declined:
        await aps.connector.create_payment(request)
    assert (declined.value.decline_code, declined.value.provider_code) == ("card_expired", "13666")
    seen = await aps.connector.get_payment(f"{declined.value.provider_payment_id}")
    assert seen.status == "failed"


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "captured"), ("fail", "failed")])
async def test_three_d_secure(aps: Account, outcome: str, status: str) -> None:
    waiting = await aps.connector.create_payment(a_charge(payment_method="challenge1"))
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    with pytest.raises(NotFound):  # no query shows what has not been authenticated
        await aps.connector.get_payment(waiting.provider_payment_id)
    back = await aps.http.post(f"{waiting.next_action.url}", data={"outcome": outcome})
    assert back.status_code == 303
    assert (await aps.connector.get_payment(waiting.provider_payment_id)).status == status


@pytest.mark.parametrize(("token", "later"), [("held1", "processing"), ("uncertain1", "captured")])
async def test_what_is_not_certain_is_processing(aps: Account, token: str, later: str) -> None:
    payment = await aps.connector.create_payment(a_charge(payment_method=token))
    assert payment.status == "processing"
    assert (await aps.connector.get_payment(payment.provider_payment_id)).status == later


# Reserving, taking, giving back.


async def test_a_reservation_taken_in_parts(aps: Account) -> None:
    held = await aps.connector.create_payment(a_charge(capture_method="manual"))
    assert held.status == "authorized"
    part = await aps.connector.capture_payment(a_capture(held.provider_payment_id, money=aed("40.00")))
    assert (part.status, str(part.amount_captured)) == ("partially_captured", "40.00")
    whole = await aps.connector.capture_payment(a_capture(held.provider_payment_id))
    assert (whole.status, str(whole.amount_captured)) == ("captured", "99.00")
    with pytest.raises(InvalidRequest):
        await aps.connector.capture_payment(a_capture(held.provider_payment_id))


async def test_too_much_is_not_captured(aps: Account) -> None:
    held = await aps.connector.create_payment(a_charge(capture_method="manual"))
    with pytest.raises(InvalidRequest) as refused:
        await aps.connector.capture_payment(a_capture(held.provider_payment_id, money=aed("99.01")))
    assert (refused.value.field, refused.value.provider_code) == ("money.amount", "05042")


async def test_a_reservation_released(aps: Account) -> None:
    opened = await aps.connector.create_payment(a_link_request(capture_method="manual"))
    await aps.pay(opened)
    for _ in "12":
        released = await aps.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
        assert released.status == "cancelled"


async def test_a_reservation_that_ran_out(aps: Account) -> None:
    held = await aps.connector.create_payment(a_charge(capture_method="manual"))
    await aps.test(f"/orders/{reference_of(held)}/lapse")
    assert (await aps.connector.get_payment(held.provider_payment_id)).status == "cancelled"


async def test_refunds_in_parts(aps: Account) -> None:
    paid = await aps.connector.create_payment(a_charge())
    first = await aps.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("10.00")))
    assert first.status == "succeeded"
    assert (await aps.connector.get_refund(first.provider_refund_id)).status == "succeeded"
    assert (await aps.connector.get_payment(paid.provider_payment_id)).status == "partially_refunded"
    rest = await aps.connector.refund_payment(a_refund(paid.provider_payment_id))
    assert str(rest.money) == "AED 89.00"
    given = await aps.connector.get_payment(paid.provider_payment_id)
    assert (given.status, str(given.amount_refunded)) == ("refunded", "99.00")
    with pytest.raises(InvalidRequest):
        await aps.connector.refund_payment(a_refund(paid.provider_payment_id))


async def test_too_much_is_not_refunded(aps: Account) -> None:
    paid = await aps.connector.create_payment(a_charge())
    with pytest.raises(InvalidRequest) as refused:
        await aps.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("99.01")))
    assert (refused.value.field, refused.value.provider_code) == ("money.amount", "07048")


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("fail", "failed")])
async def test_a_slow_refund(aps: Account, outcome: str, status: str) -> None:
    await aps.test("/account", hold_refunds=True)
    paid = await aps.connector.create_payment(a_charge())
    refund = await aps.connector.refund_payment(a_refund(paid.provider_payment_id, money=aed("10.00")))
    assert refund.status == "pending"
    assert (await aps.connector.get_refund(refund.provider_refund_id)).status == "pending"
    await aps.test(f"/orders/{reference_of(paid)}/settle", outcome=outcome)
    assert (await aps.connector.get_refund(refund.provider_refund_id)).status == status


# Health and credentials.


async def test_health(aps: Account) -> None:
    report = await aps.connector.check_health()
    assert (report.ok, report.code) == (True, "ok")


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_code": "invalid"},
        {"merchant_identifier": "invalid"},
        {"request_phrase": "wrong"},
        {"response_phrase": "wrong"},
    ],
)
async def test_wrong_credentials(aps: Account, wrong: dict[str, str]) -> None:
    async with aps.connection(wrong) as connector:
        report = await connector.check_health()
    assert (report.ok, report.code) == (False, "authentication_failed")


@pytest.mark.parametrize("sha_type", ["SHA-256", "SHA-512", "HMAC-256", "HMAC-512"])
async def test_every_sha_type(aps: Account, sha_type: str) -> None:
    await aps.test("/account", sha_type=sha_type)
    async with aps.connection(sha_type=sha_type) as connector:
        assert (await connector.check_health()).ok
        assert (await connector.create_payment(a_charge())).status == "captured"


# The twin on its own.


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "48000"),
        ({"amount": None}, "00001"),
        ({"customer_email": ""}, "00001"),
        ({"amount": "99.00"}, "00002"),
        ({"amount": 9900}, "00002"),
        ({"currency": "aed"}, "00002"),
        ({"return_url": "https://shop.example/a b"}, "00002"),
        ({"token_name": "Op9Vmp"}, "00027"),
        ({"service_command": "PAYMENT_LINKS"}, "00004"),
        ({"notification_type": "SMS"}, "49001"),
        ({"request_expiry_date": "2020-01-01T00:00:00+00:00"}, "49033"),
        ({"signature": "0" * 64}, "00008"),
        ({"merchant_identifier": "invalid"}, "00009"),
        ({"access_code": "invalid"}, "00010"),
    ],
)
async def test_the_twin_is_strict(aps: Account, changes: dict[str, Any], code: str) -> None:
    fields = {
        "service_command": "PAYMENT_LINK",
        "access_code": aps.credentials["access_code"],
        "merchant_identifier": aps.credentials["merchant_identifier"],
        "merchant_reference": uuid.uuid4().hex,
        "amount": "9900",
        "currency": "AED",
        "language": "en",
        "customer_email": "sara@example.com",
        "request_expiry_date": "2099-01-01T00:00:00+04:00",
        "notification_type": "NONE",
    }
    sent = {name: value for name, value in {**fields, **changes}.items() if value is not None}
    signed = {"signature": sign(sent, aps.credentials["request_phrase"], "SHA-256"), **sent}
    answer = await aps.http.post(f"{aps.url}/aps/FortAPI/paymentApi", json=signed)
    assert answer.status_code == 200
    assert (answer.json()["response_code"], answer.json()["status"]) == (code, code[:2])


@pytest.mark.parametrize("content", [b"", b"[]", b"{"])
async def test_the_twin_wants_an_object_of_json(aps: Account, content: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        headers = {"content-type": kind}
        answer = await aps.http.post(f"{aps.url}/aps/FortAPI/paymentApi", content=content, headers=headers)
        assert orjson.loads(answer.content)["response_code"] == "00073"


@pytest.mark.parametrize("path", ["pay/nothing", "3ds/0"])
async def test_pages_that_are_not_there(aps: Account, path: str) -> None:
    answer: httpx.Response = await aps.http.get(f"{aps.url}/aps/{path}")
    assert answer.status_code == 404
