"""The twin's webhooks, verified and read by the connector's own code."""

from collections.abc import Sequence

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tap.builders import a_page, a_token_payment, new_token
from tests.sandbox.tap.conftest import Account
from workers.providers.errors import Declined, SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.tap import TapConnector


def read(account: Account, requests: Sequence[httpx.Request]) -> list[CanonicalEvent]:
    """Deliveries, verified and in Wasl's words."""
    found: list[CanonicalEvent] = []
    for request in requests:
        headers = {name.lower(): value for name, value in request.headers.items()}
        verified = TapConnector.verify_webhook(WebhookRequest(headers, request.content, now()), [account.key])
        assert not verified.content_signed
        found.extend(TapConnector.parse_webhook(request.content))
        assert [verified.event_id] == [event.provider_event_id for event in found[-1:]]
    return found


async def types(account: Account) -> list[str]:
    return [event.type for event in read(account, await account.arrived())]


@pytest.mark.parametrize(("amount", "currency"), [("99.00", "AED"), ("1.500", "KWD"), ("0.100", "BHD"), ("7", "SAR")])
async def test_a_payments_life_arrives_as_signed_events(account: Account, amount: str, currency: str) -> None:
    request = a_page(money=Money.of(amount, currency))
    opened = await account.connector.create_payment(request)
    assert await account.arrived() == [], "nothing is sent of a page that is only open"
    await account.http.post(f"{opened.checkout_url}", data={"choice": "pay"})
    refund = a_refund(opened.provider_payment_id, payment_id=request.payment_id)
    accepted = await account.connector.refund_payment(refund)
    paid, refunded = read(account, await account.arrived())
    assert (paid.type, paid.payment_id, paid.provider_payment_id) == (
        "payment.succeeded",
        request.payment_id,
        opened.provider_payment_id,
    )
    assert (refunded.type, refunded.refund_id, refunded.payment_id) == (
        "refund.succeeded",
        refund.refund_id,
        request.payment_id,
    )
    assert refunded.provider_refund_id == accepted.provider_refund_id
    assert refunded.refund is not None
    assert refunded.refund.money == request.money


async def test_a_reservation_its_capture_and_its_release(account: Account) -> None:
    request = a_token_payment(capture_method="manual")
    reserved = await account.connector.create_payment(request)
    await account.connector.capture_payment(a_capture(reserved.provider_payment_id, payment_id=request.payment_id))
    authorized, taken = read(account, await account.arrived())
    assert (authorized.type, taken.type) == ("payment.authorized", "payment.succeeded")
    assert authorized.payment_id == taken.payment_id == request.payment_id
    other = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    await account.connector.cancel_payment(a_cancellation(other.provider_payment_id))
    assert await types(account) == ["payment.authorized", "payment.cancelled"]


async def test_what_fails_is_told_and_who_leaves_is_not(account: Account) -> None:
    with pytest.raises(Declined):
        await account.connector.create_payment(a_token_payment(payment_method=new_token("declined514")))
    (failed,) = read(account, await account.arrived())
    assert failed.type == "payment.failed"
    assert failed.payment is not None
    assert failed.payment.decline is not None
    assert failed.payment.decline.reason == "suspected_fraud"
    opened = await account.connector.create_payment(a_page())
    await account.post(f"/_test/pages/{opened.provider_payment_id}", choice="leave")
    assert await account.arrived() == []


async def test_a_refund_that_fails_is_told(account: Account) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    await account.post("/_test/hold", hold=True)
    asked = await account.connector.refund_payment(a_refund(paid.provider_payment_id))
    await account.post(f"/_test/refunds/{asked.provider_refund_id}/settle", code="502")
    assert await types(account) == ["payment.succeeded", "refund.failed"]


async def test_deliveries_double_get_lost_and_are_forged_on_demand(account: Account) -> None:
    async def received(kind: str) -> list[str]:
        await account.fault(kind, match={"event": "charge.CAPTURED"})
        await account.connector.create_payment(a_token_payment())
        return await types(account)

    assert await received("webhook_duplicated") == ["payment.succeeded", "payment.succeeded"]
    assert await received("webhook_lost") == []
    with pytest.raises(SignatureInvalid):
        await received("webhook_forged")


async def test_without_a_webhook_address_nothing_is_sent(account: Account) -> None:
    answer = await account.raw(
        "/charges",
        {
            "amount": 1,
            "currency": "AED",
            "threeDSecure": False,
            "source": {"id": new_token()},
            "customer": {"first_name": "Sara", "email": "sara@example.com"},
        },
    )
    assert answer.json()["status"] == "CAPTURED"
    assert await account.arrived() == []
