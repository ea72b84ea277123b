"""What the connector sends, and what it refuses before anything is sent."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_payment, a_refund
from tests.providers.payments.tamara.builders import (
    ADDRESS,
    API_TOKEN,
    CUSTOMER,
    ITEM,
    ORDER,
    PAYMENT_ID,
    REFUND,
    Wire,
    a_captured_order,
    a_completion,
    a_pay_later,
    a_session,
    aed,
    an_order,
    tamara,
)
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.manifest import describe
from workers.providers.money import Money
from workers.providers.payments.tamara import TamaraConnector

ZERO = aed(0)


async def test_a_page_is_asked_for_with_all_that_tamara_wants() -> None:
    request, wire = a_pay_later(payment_id=PAYMENT_ID, description="Two mugs", locale="ar"), Wire(a_session())
    await tamara(wire).create_payment(request)
    (sent,) = wire.requests
    assert str(sent.url) == "https://api-sandbox.tamara.co/checkout"
    assert sent.headers["authorization"] == f"Bearer {API_TOKEN}"
    assert sent.headers["content-type"] == "application/json"
    names = {"first_name": "Sara", "last_name": "Ali"}
    assert wire.body() == {
        "order_reference_id": str(PAYMENT_ID),
        "order_number": "order-1001",
        "total_amount": aed(99),
        "description": "Two mugs",
        "country_code": "AE",
        "payment_type": "PAY_BY_INSTALMENTS",
        "locale": "ar_SA",
        "items": [
            {
                "reference_id": "MUG-1",
                "type": "Physical",
                "name": "Mug",
                "sku": "MUG-1",
                "quantity": 1,
                "unit_price": aed(99),
                "total_amount": aed(99),
            }
        ],
        "consumer": {**names, "phone_number": "+971500000001", "email": "sara@example.com"},
        "shipping_address": {
            **names,
            "line1": "Marina Walk 4",
            "region": "Dubai",
            "city": "Dubai",
            "country_code": "AE",
            "phone_number": "+971500000001",
        },
        "tax_amount": ZERO,
        "shipping_amount": ZERO,
        "merchant_url": {
            "success": "https://shop.example/thanks",
            "failure": "https://shop.example/thanks",
            "cancel": "https://shop.example/cart",
        },
    }


async def test_the_settings_and_the_webhook_address_are_sent_along() -> None:
    wire = Wire(a_session(), a_session())
    url = "https://hub.example/functions/v1/webhooks/token"
    settings = {"instalments": 4, "expires_in_minutes": 60}
    await tamara(wire, credentials={"webhook_url": url}, settings=settings).create_payment(a_pay_later())
    body = wire.body()
    assert (body["instalments"], body["expires_in_minutes"]) == (4, 60)
    assert body["merchant_url"]["notification"] == url
    await tamara(wire, settings={**settings, "payment_type": "PAY_NOW"}).create_payment(a_pay_later())
    assert wire.body()["payment_type"] == "PAY_NOW"
    assert "instalments" not in wire.body(), "PAY_NOW has none"


async def test_items_are_told_in_full_and_what_is_taken_off_is_the_discount() -> None:
    items = [
        {
            **ITEM,
            "unit_amount": "40.50",
            "quantity": 3,
            "category": "Digital",
            "image_url": "https://shop.example/mug.png",
            "product_url": "https://shop.example/mug",
        },
        {"name": "Spoon", "unit_amount": "0.50"},
        {"name": "Summer sale", "unit_amount": "-11.00", "quantity": 2},
        {"name": "Voucher", "unit_amount": "-1.00"},
    ]
    wire = Wire(a_session())
    await tamara(wire).create_payment(a_pay_later(items=items))
    mug, spoon = wire.body()["items"]
    assert (mug["unit_price"], mug["total_amount"], mug["type"]) == (aed(40.5), aed(121.5), "Digital")
    assert (mug["image_url"], mug["item_url"]) == ("https://shop.example/mug.png", "https://shop.example/mug")
    assert (spoon["reference_id"], spoon["sku"]) == ("2", "2")
    assert wire.body()["discount"] == {"name": "Summer sale", "amount": aed(23)}


@pytest.mark.parametrize(
    ("amount", "currency", "country", "written"),
    [
        ("125.50", "AED", "AE", b'{"amount":125.50,"currency":"AED"}'),
        ("1.500", "KWD", "KW", b'{"amount":1.500,"currency":"KWD"}'),
        ("0.001", "BHD", "BH", b'{"amount":0.001,"currency":"BHD"}'),
        ("7.005", "OMR", "OM", b'{"amount":7.005,"currency":"OMR"}'),
        ("250.00", "SAR", "SA", b'{"amount":250.00,"currency":"SAR"}'),
        ("250.00", "QAR", "QA", b'{"amount":250.00,"currency":"QAR"}'),
        # A floating-point number could not hold it.
        ("999999999999999.99", "AED", "AE", b'{"amount":999999999999999.99,"currency":"AED"}'),
    ],
)
async def test_amounts_are_written_digit_for_digit(amount: str, currency: str, country: str, written: bytes) -> None:
    wire = Wire(a_session())
    items = [{"name": "Mug", "unit_amount": amount}]
    opened = await tamara(wire).create_payment(a_pay_later(money=Money.of(amount, currency), items=items))
    assert b'"total_amount":' + written in wire.requests[0].content
    assert wire.body()["country_code"] == country
    assert opened.money == Money.of(amount, currency)


async def test_what_is_not_shipped_is_billed_and_names_may_be_long() -> None:
    wire = Wire(a_session())
    customer = {**CUSTOMER, "name": " Sara  bint Ahmed Al Ali "}
    billed = {**ADDRESS, "line2": "Flat 7", "postal_code": "00000"}
    request = a_pay_later(customer=customer, shipping_address=None, billing_address=billed, description=None)
    await tamara(wire).create_payment(request)
    address = wire.body()["shipping_address"]
    assert (address["first_name"], address["last_name"]) == ("Sara", "bint Ahmed Al Ali")
    assert (address["line2"], address["postal_code"]) == ("Flat 7", "00000")
    assert wire.body()["billing_address"] == address
    assert wire.body()["description"] == "order-1001"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": Money.of("99.00", "USD")}, "money.currency"),
        ({"method": "card"}, "method"),
        ({"save_payment_method": True}, "save_payment_method"),
        ({"customer": {}}, "customer.name"),
        ({"customer": {**CUSTOMER, "name": "Sara"}}, "customer.name"),
        ({"customer": {**CUSTOMER, "email": None}}, "customer.email"),
        ({"customer": {**CUSTOMER, "phone": None}}, "customer.phone"),
        ({"shipping_address": None}, "shipping_address"),
        ({"items": []}, "items"),
        ({"items": [{"name": "Sale", "unit_amount": "-1.00"}]}, "items"),
        ({"items": [{"name": "Mug", "unit_amount": "9.999"}]}, "items"),
        ({"items": [{"name": "Mug", "unit_amount": "9e99"}]}, "items"),
    ],
)
async def test_what_tamara_insists_on_is_named_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await tamara(wire).create_payment(a_pay_later(**changes))
    assert (refused.value.field, refused.value.operation) == (field, "create_payment")
    assert not wire.requests


async def test_there_is_no_direct_payment() -> None:
    with pytest.raises(InvalidRequest) as refused:
        await tamara(Wire()).create_payment(a_payment())
    assert refused.value.field == "mode"


async def test_pay_later_may_be_asked_for_by_name() -> None:
    assert (await tamara(Wire(a_session())).create_payment(a_pay_later(method="pay_later"))).checkout_url


# After the payer has agreed.


async def test_completing_authorises_and_then_captures_all_of_it() -> None:
    wire = Wire(an_order("approved"), {"status": "authorised"}, an_order("authorised"), {}, a_captured_order())
    paid = await tamara(wire).complete_payment(a_completion())
    assert (paid.status, str(paid.amount_captured)) == ("captured", "99.00")
    assert wire.lines == [
        f"GET /orders/{ORDER}",
        f"POST /orders/{ORDER}/authorise",
        f"GET /orders/{ORDER}",
        "POST /payments/capture",
        f"GET /orders/{ORDER}",
    ]
    assert wire.requests[1].content == b""
    capture = wire.body(3)
    assert capture["shipping_info"].pop("shipped_at").endswith("+00:00")
    assert capture == {"order_id": ORDER, "total_amount": aed(99), "shipping_info": {"shipping_company": "N/A"}}


async def test_completing_a_manual_capture_only_authorises() -> None:
    wire = Wire(an_order("approved"), {}, an_order("authorised"))
    held = await tamara(wire).complete_payment(a_completion(capture_method="manual"))
    assert (held.status, str(held.amount_authorized)) == ("authorized", "99.00")
    assert len(wire.requests) == 3


@pytest.mark.parametrize("status", ["authorised", "updated"])
async def test_completing_goes_on_where_it_broke_off(status: str) -> None:
    wire = Wire(an_order(status, canceled_amount=aed(9)), {}, a_captured_order(90))
    await tamara(wire).complete_payment(a_completion())
    assert wire.lines[1:2] == ["POST /payments/capture"]
    assert wire.body(1)["total_amount"] == aed(90)


@pytest.mark.parametrize(
    "status",
    ["on_hold", "declined", "expired", "canceled", "partially_captured", "fully_captured", "fully_refunded", "odd"],
)
async def test_completing_leaves_alone_what_is_not_waiting_for_it(status: str) -> None:
    wire = Wire(an_order(status))
    assert (await tamara(wire).complete_payment(a_completion())).provider_status == status
    assert len(wire.requests) == 1


async def test_a_refused_step_counts_only_if_the_order_has_not_moved() -> None:
    conflict = httpx.Response(409, json={"message": "Order was authorised already"})
    moved = Wire(an_order("approved"), conflict, an_order("fully_captured", captured_amount=aed(99)))
    assert (await tamara(moved).complete_payment(a_completion())).status == "captured"
    stuck = Wire(an_order("approved"), conflict, an_order("approved"))
    with pytest.raises(InvalidRequest, match="authorised already"):
        await tamara(stuck).complete_payment(a_completion())


async def test_a_capture_says_who_ships() -> None:
    wire = Wire(an_order("authorised"), {}, a_captured_order(40))
    connector = tamara(wire, settings={"shipping_company": "Aramex"})
    taken = await connector.capture_payment(a_capture(ORDER, money=Money.of("40.00", "AED")))
    assert (taken.status, str(taken.amount_captured)) == ("partially_captured", "40.00")
    assert wire.body(1)["shipping_info"]["shipping_company"] == "Aramex"
    assert wire.body(1)["total_amount"] == aed(40)


async def test_a_capture_without_an_amount_takes_what_is_left() -> None:
    wire = Wire(a_captured_order(40), {}, a_captured_order())
    await tamara(wire).capture_payment(a_capture(ORDER))
    assert wire.body(1)["total_amount"] == aed(59)


@pytest.mark.parametrize(
    ("order", "money", "field"),
    [
        (an_order("approved"), None, "provider_payment_id"),
        (an_order("fully_captured"), None, "provider_payment_id"),
        (an_order("authorised"), Money.of("99.01", "AED"), "money.amount"),
        (an_order("authorised"), Money.of("9.00", "SAR"), "money.currency"),
        (an_order("updated", canceled_amount=aed(90)), Money.of("9.01", "AED"), "money.amount"),
    ],
)
async def test_what_cannot_be_captured_is_refused(order: Any, money: Money | None, field: str) -> None:
    wire = Wire(order)
    with pytest.raises(InvalidRequest) as refused:
        await tamara(wire).capture_payment(a_capture(ORDER, money=money))
    assert refused.value.field == field
    assert len(wire.requests) == 1


async def test_a_cancellation_gives_up_all_that_is_left() -> None:
    wire = Wire(an_order("updated", canceled_amount=aed(9)), {}, an_order("canceled", canceled_amount=aed(99)))
    assert (await tamara(wire).cancel_payment(a_cancellation(ORDER))).status == "cancelled"
    assert wire.lines[1] == f"POST /orders/{ORDER}/cancel"
    assert wire.body(1) == {"total_amount": aed(90)}


async def test_an_approved_order_is_authorised_before_it_is_cancelled() -> None:
    wire = Wire(an_order("approved"), {}, an_order("authorised"), {}, an_order("canceled"))
    await tamara(wire).cancel_payment(a_cancellation(ORDER))
    posts = [line for line in wire.lines if line.startswith("POST")]
    assert posts == [f"POST /orders/{ORDER}/authorise", f"POST /orders/{ORDER}/cancel"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("new", NotSupported), ("on_hold", NotSupported), ("partially_captured", InvalidRequest), ("odd", NotSupported)],
)
async def test_what_cannot_be_cancelled_is_refused(status: str, kind: type[Exception]) -> None:
    wire = Wire(an_order(status))
    with pytest.raises(kind):
        await tamara(wire).cancel_payment(a_cancellation(ORDER))
    assert len(wire.requests) == 1


async def test_a_refund_carries_our_id_twice() -> None:
    wire = Wire({"order_id": ORDER, "refund_id": REFUND, "status": "partially_refunded"})
    request = a_refund(ORDER, money=Money.of("30.00", "AED"), note="The handle broke off")
    made = await tamara(wire).refund_payment(request)
    assert wire.lines == [f"POST /payments/simplified-refund/{ORDER}"]
    assert wire.body() == {
        "total_amount": aed(30),
        "comment": f"Refund {request.refund_id}: The handle broke off",
        "merchant_refund_id": str(request.refund_id),
    }
    assert (made.provider_refund_id, made.status) == (f"{ORDER}:{REFUND}", "succeeded")
    assert (made.refund_id, made.payment_id) == (request.refund_id, request.payment_id)


@pytest.mark.parametrize(("reason", "said"), [("requested_by_customer", ": requested by customer"), (None, "")])
async def test_a_refund_of_all_that_is_left_asks_how_much_that_is(reason: str | None, said: str) -> None:
    refunded = a_captured_order(99, refunded_amount=aed(30.5))
    wire = Wire(refunded, {"order_id": ORDER, "refund_id": REFUND})
    request = a_refund(ORDER, reason=reason)
    made = await tamara(wire).refund_payment(request)
    assert wire.body()["total_amount"] == aed(68.5)
    assert wire.body()["comment"] == f"Refund {request.refund_id}{said}"
    assert made.money.amount == Decimal("68.50")


@pytest.mark.parametrize("order", [an_order("authorised"), an_order("fully_captured", captured_amount=None)])
async def test_where_nothing_is_left_no_refund_is_sent(order: Any) -> None:
    wire = Wire(order)
    with pytest.raises(InvalidRequest) as refused:
        await tamara(wire).refund_payment(a_refund(ORDER))
    assert refused.value.field == "money"
    assert len(wire.requests) == 1


@pytest.mark.parametrize("wrong", ["", "../webhooks", "a b", "o" * 65, f"{ORDER}/cancel"])
async def test_no_id_reaches_a_path_that_is_none(wrong: str) -> None:
    wire = Wire()
    connector = tamara(wire)
    for call in (connector.get_payment(wrong), connector.get_refund(f"{wrong}:{REFUND}"), connector.get_refund(wrong)):
        with pytest.raises(InvalidRequest):
            await call
    assert not wire.requests


async def test_a_write_is_never_marked_as_safe_to_repeat() -> None:
    wire = Wire(a_session(), an_order("approved"), {}, an_order("authorised"), {}, a_captured_order())
    await tamara(wire).create_payment(a_pay_later())
    await tamara(wire).complete_payment(a_completion())
    retryable = {request.method: request.extensions["wasl"]["retryable"] for request in wire.requests}
    assert retryable == {"POST": False, "GET": True}


# The connection.


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"api_token": "short"}, "api_token"),
        ({"api_token": "with a space in the middle"}, "api_token"),
        ({"notification_token": "short"}, "notification_token"),
        ({"webhook_url": "hub.example/hook"}, "webhook_url"),
        ({"webhook_url": "https://hub.example/" + "x" * 240}, "webhook_url"),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_and_not_repeated(credentials: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        tamara(Wire(), credentials=credentials)
    assert refused.value.field is not None
    assert refused.value.field.endswith(field)
    assert credentials[field] not in str(refused.value)


def test_two_notification_tokens_are_taken_while_one_is_being_changed() -> None:
    tamara(Wire(), credentials={"notification_token": "the-old-one-of-tests\n the-new-one-of-tests \n"})


@pytest.mark.parametrize("settings", [{"instalments": 1}, {"instalments": 25}, {"expires_in_minutes": 4}])
def test_settings_keep_to_tamaras_limits(settings: dict[str, int]) -> None:
    with pytest.raises(InvalidRequest):
        tamara(Wire(), settings=settings)


def test_the_catalog_says_what_it_can_do() -> None:
    entry = describe(TamaraConnector)
    assert entry.capabilities == (
        "takes_payments",
        "completes_payments",
        "captures_payments",
        "cancels_payments",
        "refunds_payments",
        "sends_webhooks",
        "checks_health",
    )
    assert entry.manifest.methods == ("pay_later",)
    assert entry.manifest.idempotency_hours is None
    assert entry.manifest.poll_minutes[0] <= 2
    assert entry.manifest.webhook is not None
    assert entry.manifest.webhook.signs_content is False
