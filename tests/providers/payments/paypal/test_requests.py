"""What goes over the wire to PayPal, field by field; and what never does."""

import base64
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund
from tests.providers.payments.paypal.builders import (
    CREDENTIALS,
    Wire,
    a_capture_object,
    a_completion,
    a_hosted,
    a_refund_object,
    a_saved,
    an_authorization,
    an_order,
    paypal,
    refusal,
    usd,
)
from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError
from workers.providers.money import Money
from workers.providers.payments.paypal.objects import PayPalCurrency
from workers.providers.registry import open_connector


async def test_a_hosted_payment_is_an_order_with_a_way_back() -> None:
    wire = Wire(httpx.Response(201, json=an_order()))
    request = a_hosted(customer={"email": "sara@example.com"}, description="Two mugs", statement_descriptor="MUGS")
    made = await paypal(wire, settings={"brand_name": "Mug Shop"}).create_payment(request)
    assert wire.line == "POST /v2/checkout/orders"
    assert wire.body == {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "amount": usd("99.00"),
                "custom_id": str(request.payment_id),
                "invoice_id": f"order-1001-{request.payment_id.hex[-12:]}",
                "description": "Two mugs",
                "soft_descriptor": "MUGS",
            }
        ],
        "payment_source": {
            "paypal": {
                "email_address": "sara@example.com",
                "experience_context": {
                    "return_url": "https://shop.example/thanks",
                    "cancel_url": "https://shop.example/cart",
                    "user_action": "PAY_NOW",
                    "shipping_preference": "NO_SHIPPING",
                    "brand_name": "Mug Shop",
                },
            }
        },
    }
    assert (made.status, made.checkout_url) == ("requires_action", "https://www.paypal.com/checkoutnow?token=5O19")
    assert made.next_action is not None
    assert made.next_action.type == "redirect"


ADDRESS = {"line1": "Marina Walk 4", "line2": "7", "city": "Dubai", "state": "Dubai", "country": "AE"}
ON_THE_WIRE = {
    "address_line_1": "Marina Walk 4",
    "address_line_2": "7",
    "admin_area_2": "Dubai",
    "admin_area_1": "Dubai",
    "country_code": "AE",
}
ITEMS = [
    {"name": "Mug", "quantity": 2, "unit_amount": "40.00", "reference": "SKU-1"},
    {"name": "Delivery", "unit_amount": "19.00"},
]


async def test_items_are_listed_when_they_come_to_the_payments_amount() -> None:
    wire = Wire(httpx.Response(201, json=an_order()))
    await paypal(wire).create_payment(a_hosted(items=ITEMS))
    (unit,) = wire.body["purchase_units"]
    assert unit["amount"] == {**usd("99.00"), "breakdown": {"item_total": usd("99.00")}}
    assert unit["items"] == [
        {"name": "Mug", "quantity": "2", "unit_amount": usd("40.00"), "sku": "SKU-1"},
        {"name": "Delivery", "quantity": "1", "unit_amount": usd("19.00")},
    ]


@pytest.mark.parametrize(
    ("money", "items"),
    [
        (Money.of("98.00", "USD"), ITEMS),
        (Money.of("79.00", "USD"), [ITEMS[0], {"name": "Discount", "unit_amount": "-1.00"}]),
        (Money.of("30.00", "TWD"), [{"name": "Half", "quantity": 4, "unit_amount": "7.50"}]),
    ],
)
async def test_items_that_do_not_add_up_are_left_out(money: Money, items: Any) -> None:
    wire = Wire(httpx.Response(201, json=an_order()))
    await paypal(wire, money.currency).create_payment(a_hosted(money=money, items=items))
    (unit,) = wire.body["purchase_units"]
    assert "items" not in unit
    assert "breakdown" not in unit["amount"]


async def test_addresses_go_where_they_belong() -> None:
    wire = Wire(httpx.Response(201, json=an_order()))
    request = a_hosted(billing_address=ADDRESS, shipping_address=ADDRESS, customer={"name": "Sara Ali"})
    await paypal(wire, settings={"collect_shipping_address": True}).create_payment(request)
    assert wire.body["purchase_units"][0]["shipping"] == {"name": {"full_name": "Sara Ali"}, "address": ON_THE_WIRE}
    wallet = wire.body["payment_source"]["paypal"]
    assert wallet["address"] == ON_THE_WIRE
    assert wallet["experience_context"]["shipping_preference"] == "SET_PROVIDED_ADDRESS"


@pytest.mark.parametrize(("locale", "sent_as"), [("en", "en-AE"), ("ar", "ar-AE")])
async def test_the_page_speaks_the_payers_language(locale: str, sent_as: str) -> None:
    wire = Wire(httpx.Response(201, json=an_order()))
    await paypal(wire).create_payment(a_hosted(locale=locale))
    assert wire.body["payment_source"]["paypal"]["experience_context"]["locale"] == sent_as


async def test_another_method_than_paypal_is_refused_before_any_call() -> None:
    wire = Wire()
    for request in (a_hosted(method="card"), a_saved(method="apple_pay")):
        with pytest.raises(InvalidRequest) as refused:
            await paypal(wire).create_payment(request)
        assert refused.value.field == "method"
    assert not wire.requests


async def test_a_saved_account_pays_at_once() -> None:
    wire = Wire(httpx.Response(201, json=an_order("COMPLETED", captures=[a_capture_object()])))
    made = await paypal(wire).create_payment(a_saved(capture_method="manual"))
    assert (wire.body["intent"], wire.body["payment_source"]) == ("AUTHORIZE", {"paypal": {"vault_id": "vault_ok"}})
    assert (made.status, str(made.amount_captured)) == ("captured", "99.00")


@pytest.mark.parametrize("currency", ["AED", "SAR", "KWD", "EUR"])
async def test_another_currency_than_the_settlement_currency_is_refused_before_any_call(currency: str) -> None:
    wire = Wire()
    for request in (a_hosted, a_saved):
        message = "settles in USD; Wasl converts nothing" if currency == "EUR" else f"does not take {currency}"
        with pytest.raises(InvalidRequest, match=message) as refused:
            await paypal(wire).create_payment(request(money=Money.of("99.00", currency)))
        assert refused.value.field == "money.currency"
    assert not wire.requests + wire.token_requests


@pytest.mark.parametrize("currency", [None, "AED", "usd"])
def test_a_connection_needs_a_settlement_currency_that_paypal_has(currency: str | None) -> None:
    settings = {} if currency is None else {"settlement_currency": currency}
    with pytest.raises(InvalidRequest) as refused:
        open_connector("paypal", credentials=CREDENTIALS, settings=settings)
    assert refused.value.field == "settings.settlement_currency"
    assert "AED" not in set(PayPalCurrency)


@pytest.mark.parametrize(
    ("amount", "currency", "value"),
    [("34.20", "USD", "34.20"), ("500", "JPY", "500"), ("1200.00", "HUF", "1200"), ("30.00", "TWD", "30")],
)
async def test_amounts_are_decimal_texts(amount: str, currency: str, value: str) -> None:
    wire = Wire()
    with pytest.raises(ProviderError):
        await paypal(wire, currency).create_payment(a_hosted(money=Money.of(amount, currency)))
    assert wire.body["purchase_units"][0]["amount"] == {"currency_code": currency, "value": value}


@pytest.mark.parametrize("currency", ["HUF", "TWD"])
async def test_decimals_where_paypal_takes_none_are_refused_before_any_call(currency: str) -> None:
    wire, money = Wire(), Money.of("30.50", currency)
    connector = paypal(wire, currency)
    for call in (
        connector.create_payment(a_hosted(money=money)),
        connector.refund_payment(a_refund("5O19", money=money)),
    ):
        with pytest.raises(InvalidRequest, match="without decimals") as refused:
            await call
        assert refused.value.field == "money.amount"
    assert not wire.requests


async def test_the_token_is_kept_and_traded_for_the_app_credentials() -> None:
    wire = Wire(an_order(), an_order())
    connector = paypal(wire)
    for _ in range(2):
        await connector.get_payment("5O19")
    (exchange,) = wire.token_requests
    assert exchange.content == b"grant_type=client_credentials"
    expected = base64.b64encode(":".join(CREDENTIALS.values()).encode()).decode()
    assert exchange.headers["Authorization"] == f"Basic {expected}"
    assert {request.headers["Authorization"] for request in wire.requests} == {"Bearer A21AA1"}


async def test_a_refused_token_is_renewed_once() -> None:
    refused = httpx.Response(401, json={"error": "invalid_token", "error_description": "Token signature verification"})
    wire = Wire(refused, httpx.Response(201, json=an_order()))
    request = a_hosted()
    await paypal(wire).create_payment(request)
    assert [made.headers["Authorization"] for made in wire.requests] == ["Bearer A21AA1", "Bearer A21AA2"]
    assert {made.headers["PayPal-Request-Id"] for made in wire.requests} == {request.idempotency_key}
    wire = Wire(refused, refused, refused)
    with pytest.raises(AuthenticationFailed):
        await paypal(wire).get_payment("5O19")
    assert len(wire.requests) == 2


async def test_wrong_credentials_are_told_and_not_tried_again() -> None:
    asked: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(
            401, json={"error": "invalid_client", "error_description": "Client Authentication failed"}
        )

    with pytest.raises(AuthenticationFailed) as refused:
        await paypal(refuse).create_payment(a_hosted())
    assert (len(asked), refused.value.provider_code) == (1, "invalid_client")
    report = await paypal(refuse).check_health()
    assert (report.ok, report.code) == (False, "authentication_failed")


async def test_an_approved_order_is_completed_as_its_intent_says() -> None:
    for intent, verb in (("CAPTURE", "capture"), ("AUTHORIZE", "authorize")):
        wire = Wire(httpx.Response(201, json=an_order("COMPLETED", captures=[a_capture_object()])))
        request = a_completion("5O19", provider_data={"intent": intent})
        await paypal(wire).complete_payment(request)
        assert (wire.lines, wire.body) == ([f"POST /v2/checkout/orders/5O19/{verb}"], {})
        assert wire.requests[0].headers["PayPal-Request-Id"] == request.idempotency_key
        wire = Wire({**an_order("APPROVED"), "intent": intent})
        with pytest.raises(ProviderError):
            await paypal(wire).complete_payment(a_completion("5O19"))
        assert wire.lines == ["GET /v2/checkout/orders/5O19", f"POST /v2/checkout/orders/5O19/{verb}"]


async def test_what_has_been_completed_already_is_read() -> None:
    wire = Wire(refusal(422, "ORDER_ALREADY_CAPTURED"), an_order("COMPLETED", captures=[a_capture_object()]))
    done = await paypal(wire).complete_payment(a_completion("5O19", provider_data={"intent": "CAPTURE"}))
    assert done.status == "captured"


async def test_reading_an_approved_order_does_not_complete_it() -> None:
    wire = Wire(an_order("APPROVED"))
    read = await paypal(wire).get_payment("5O19")
    assert wire.lines == ["GET /v2/checkout/orders/5O19"]
    assert (read.status, read.provider_status, read.checkout_url) == ("requires_action", "APPROVED", None)
    assert read.next_action is not None
    assert read.next_action.type == "complete"


async def test_a_reservation_is_captured_in_parts_until_none_is_left() -> None:
    reserved = an_order("COMPLETED", authorizations=[an_authorization()])
    taken = a_capture_object(value="40.00", final_capture=False)
    wire = Wire(reserved, httpx.Response(201, json=taken))
    part = await paypal(wire).capture_payment(a_capture("5O19", money=Money.of("40.00", "USD")))
    assert wire.line == "POST /v2/payments/authorizations/0VF5/capture"
    assert wire.body == {"amount": usd("40.00"), "final_capture": False}
    assert (part.status, str(part.amount_captured), part.provider_data["captures"]) == (
        "partially_captured",
        "40.00",
        "3C67",
    )
    partly = an_order("COMPLETED", authorizations=[an_authorization("PARTIALLY_CAPTURED")], captures=[taken])
    wire = Wire(partly, httpx.Response(201, json=a_capture_object(value="59.00", id="4D78")))
    whole = await paypal(wire).capture_payment(a_capture("5O19"))
    assert wire.body == {"amount": usd("59.00"), "final_capture": True}
    assert (whole.status, str(whole.amount_captured), whole.provider_data["captures"]) == (
        "captured",
        "99.00",
        "3C67 4D78",
    )


@pytest.mark.parametrize("order", [an_order("APPROVED"), an_order("COMPLETED", captures=[a_capture_object()])])
async def test_without_a_reservation_nothing_is_captured(order: dict[str, Any]) -> None:
    wire = Wire(order)
    with pytest.raises(InvalidRequest, match="nothing is reserved"):
        await paypal(wire).capture_payment(a_capture("5O19"))
    assert len(wire.requests) == 1


async def test_a_reservation_is_voided_without_a_request_id() -> None:
    wire = Wire(an_order("COMPLETED", authorizations=[an_authorization()]), {"id": "0VF5", "status": "VOIDED"})
    given_up = await paypal(wire).cancel_payment(a_cancellation("5O19"))
    assert wire.line == "POST /v2/payments/authorizations/0VF5/void"
    assert "PayPal-Request-Id" not in wire.requests[-1].headers
    assert wire.requests[-1].extensions["wasl"]["retryable"] is False
    assert given_up.status == "cancelled"
    wire = Wire(an_order("COMPLETED", authorizations=[an_authorization()]), refusal(422, "PREVIOUSLY_VOIDED"))
    assert (await paypal(wire).cancel_payment(a_cancellation("5O19"))).status == "cancelled"


@pytest.mark.parametrize("status", ["CREATED", "PAYER_ACTION_REQUIRED", "APPROVED"])
async def test_an_order_that_nobody_completed_is_given_up_without_a_call(status: str) -> None:
    wire = Wire(an_order(status))
    given_up = await paypal(wire).cancel_payment(a_cancellation("5O19"))
    assert (given_up.status, given_up.checkout_url, given_up.next_action) == ("cancelled", None, None)
    assert wire.lines == ["GET /v2/checkout/orders/5O19"]


async def test_money_that_was_taken_cannot_be_cancelled() -> None:
    with pytest.raises(InvalidRequest, match="cannot be cancelled"):
        await paypal(Wire(an_order("COMPLETED", captures=[a_capture_object()]))).cancel_payment(a_cancellation("5O19"))


async def test_a_refund_goes_to_the_capture_and_carries_both_ids() -> None:
    wire = Wire(httpx.Response(201, json=a_refund_object()))
    request = a_refund("5O19", money=Money.of("10.00", "USD"), note="mug broke", provider_data={"captures": "3C67"})
    made = await paypal(wire).refund_payment(request)
    assert wire.lines == ["POST /v2/payments/captures/3C67/refund"]
    assert wire.body == {
        "amount": usd("10.00"),
        "custom_id": f"{request.payment_id}.{request.refund_id}",
        "note_to_payer": "mug broke",
    }
    assert (made.status, made.provider_payment_id, made.provider_data) == ("succeeded", "5O19", {"capture": "3C67"})


async def test_of_several_captures_the_first_that_has_enough_left_is_refunded_each_under_its_own_key() -> None:
    wire = Wire(refusal(422, "REFUND_AMOUNT_EXCEEDED"), httpx.Response(201, json=a_refund_object()))
    request = a_refund("5O19", money=Money.of("10.00", "USD"), provider_data={"captures": "3C67 4D78"})
    await paypal(wire).refund_payment(request)
    assert wire.lines == ["POST /v2/payments/captures/3C67/refund", "POST /v2/payments/captures/4D78/refund"]
    keys = [made.headers["PayPal-Request-Id"] for made in wire.requests]
    assert keys == [request.idempotency_key, f"{request.idempotency_key}:2"]
    with pytest.raises(InvalidRequest, match="several parts"):
        await paypal(Wire()).refund_payment(a_refund("5O19", provider_data={"captures": "3C67 4D78"}))


async def test_without_a_capture_there_is_nothing_to_refund() -> None:
    with pytest.raises(InvalidRequest, match="nothing has been captured"):
        await paypal(Wire(an_order())).refund_payment(a_refund("5O19"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payment_method": None}, "payment_method"),
        ({"payment_method": "card/1"}, "payment_method"),
        ({"confirm": False}, "confirm"),
        ({"idempotency_key": "k" * 109}, "idempotency_key"),
    ],
)
async def test_what_cannot_be_right_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await paypal(wire).create_payment(a_saved(**changes))
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize("bad_id", ["../x", "5O19/capture", "5O19?x=1", "5O 19", "ـ", "5O19%2F", "a" * 51])
async def test_an_id_cannot_lead_to_another_path(bad_id: str) -> None:
    wire = Wire()
    connector = paypal(wire)
    for call in (
        connector.get_payment(bad_id),
        connector.get_refund(bad_id),
        connector.complete_payment(a_completion(bad_id)),
        connector.capture_payment(a_capture(bad_id)),
        connector.cancel_payment(a_cancellation(bad_id)),
        connector.refund_payment(a_refund("5O19", provider_data={"captures": bad_id.replace(" ", "/")})),
    ):
        with pytest.raises(InvalidRequest, match="is not an id"):
            await call
    assert not wire.requests


async def test_long_texts_are_cut_to_paypals_limits() -> None:
    wire = Wire()
    with pytest.raises(ProviderError):
        await paypal(wire).create_payment(a_hosted(reference="r" * 255, description="كوب" * 60))
    (unit,) = wire.body["purchase_units"]
    assert len(unit["invoice_id"]) == 127
    assert 120 < len(unit["description"].encode()) <= 127


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"client_id": "short", "client_secret": CREDENTIALS["client_secret"]}, "credentials.client_id"),
        ({"client_id": CREDENTIALS["client_id"], "client_secret": "with a space"}, "credentials.client_secret"),
        ({**CREDENTIALS, "webhook_id": "WEBHOOK_ID"}, "credentials.webhook_id"),
        ({**CREDENTIALS, "webhook_id": "4JH86294D6297924G\nnonsense"}, "credentials.webhook_id"),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_by_field(credentials: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("paypal", credentials=credentials, settings={"settlement_currency": "USD"})
    assert refused.value.field == field
    assert "nonsense" not in f"{refused.value!r}"
