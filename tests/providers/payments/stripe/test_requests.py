"""What goes over the wire to Stripe, field by field; and what never does."""

from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import SECRET_KEY, a_cancellation, a_capture, a_checkout, a_payment, a_refund, stripe
from workers.providers.errors import InvalidRequest, ProviderError
from workers.providers.forms import encode_brackets
from workers.providers.money import Money
from workers.providers.payments.stripe import StripeConnector

SESSION = {
    "id": "cs_test_1",
    "object": "checkout.session",
    "amount_total": 9900,
    "currency": "aed",
    "status": "open",
    "payment_status": "unpaid",
    "payment_intent": None,
    "url": "https://checkout.stripe.com/c/pay/cs_test_1",
}


class Wire:
    """Records requests; answers with what the test put there, else with a refusal."""

    def __init__(self, *answers: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        body = self.answers.pop(0) if self.answers else None
        return httpx.Response(404, json={}) if body is None else httpx.Response(200, json=body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.requests[-1].content.decode(), keep_blank_values=True))

    @property
    def line(self) -> str:
        return f"{self.requests[-1].method} {self.requests[-1].url.path}"


async def sent(connector: StripeConnector, call: str, *arguments: Any) -> None:
    """Make a call that the wire refuses: only the request matters."""
    with pytest.raises(ProviderError):
        await getattr(connector, call)(*arguments)


async def test_a_direct_payment_is_a_confirmed_payment_intent() -> None:
    wire = Wire()
    request = a_payment(
        metadata={"channel": "app"}, customer={"email": "sara@example.com"}, statement_descriptor="ORDER 1001"
    )
    await sent(stripe(wire), "create_payment", request)
    assert wire.line == "POST /v1/payment_intents"
    assert wire.form == {
        "amount": "9900",
        "currency": "aed",
        "capture_method": "automatic",
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "never",
        "payment_method": "pm_card_visa",
        "confirm": "true",
        "description": "order-1001",
        "statement_descriptor_suffix": "ORDER 1001",
        "metadata[channel]": "app",
        "metadata[wasl_payment_id]": str(request.payment_id),
        "expand[0]": "latest_charge",
    }


async def test_a_direct_payment_may_send_the_payer_away_only_if_there_is_a_way_back() -> None:
    wire = Wire()
    await sent(stripe(wire), "create_payment", a_payment(return_url="https://shop.example/back"))
    assert wire.form["return_url"] == "https://shop.example/back"
    assert "automatic_payment_methods[allow_redirects]" not in wire.form


async def test_a_payment_can_be_made_without_trying_it() -> None:
    for changes in ({"confirm": False}, {"payment_method": None}):
        wire = Wire()
        await sent(stripe(wire), "create_payment", a_payment(**changes))
        assert not {"confirm", "return_url"} & wire.form.keys()


async def test_receipts_are_mailed_only_where_the_merchant_wants_them() -> None:
    request = a_payment(customer={"email": "sara@example.com"})
    for settings, expected in (({}, None), ({"email_receipts": True}, "sara@example.com")):
        wire = Wire()
        await sent(stripe(wire, settings=settings), "create_payment", request)
        assert wire.form.get("receipt_email") == expected


async def test_a_hosted_payment_is_a_checkout_session() -> None:
    wire = Wire()
    request = a_checkout(customer={"email": "sara@example.com"}, capture_method="manual", description="Two mugs")
    await sent(stripe(wire), "create_payment", request)
    assert wire.line == "POST /v1/checkout/sessions"
    assert wire.form == {
        "mode": "payment",
        "success_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/cart",
        "client_reference_id": "order-1001",
        "customer_email": "sara@example.com",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "aed",
        "line_items[0][price_data][unit_amount]": "9900",
        "line_items[0][price_data][product_data][name]": "Two mugs",
        "metadata[wasl_payment_id]": str(request.payment_id),
        "payment_intent_data[capture_method]": "manual",
        "payment_intent_data[description]": "Two mugs",
        "payment_intent_data[metadata][wasl_payment_id]": str(request.payment_id),
        "expand[0]": "payment_intent.latest_charge",
    }


ITEMS = [
    {"name": "Mug", "quantity": 2, "unit_amount": "40.00", "image_url": "https://shop.example/mug.png"},
    {"name": "Delivery", "unit_amount": "19.00"},
]
ADDRESS = {"line1": "Marina Walk 4", "city": "Dubai", "state": "Dubai", "country": "AE"}


async def test_an_orders_lines_are_shown_when_they_add_up() -> None:
    wire = Wire()
    await sent(stripe(wire), "create_payment", a_checkout(items=ITEMS))
    assert {name: value for name, value in wire.form.items() if name.startswith("line_items")} == {
        "line_items[0][quantity]": "2",
        "line_items[0][price_data][currency]": "aed",
        "line_items[0][price_data][unit_amount]": "4000",
        "line_items[0][price_data][product_data][name]": "Mug",
        "line_items[0][price_data][product_data][images][0]": "https://shop.example/mug.png",
        "line_items[1][quantity]": "1",
        "line_items[1][price_data][currency]": "aed",
        "line_items[1][price_data][unit_amount]": "1900",
        "line_items[1][price_data][product_data][name]": "Delivery",
    }


@pytest.mark.parametrize(
    ("money", "items"),
    [
        (Money.of("98.00", "AED"), ITEMS),
        (Money.of("79.00", "AED"), [ITEMS[0], {"name": "Discount", "unit_amount": "-1.00"}]),
        (Money.of("0.330", "KWD"), [{"name": "Half", "quantity": 2, "unit_amount": "0.165"}]),
        (Money.of("2.00", "AED"), [{"name": "Third", "quantity": 3, "unit_amount": "0.6667"}]),
    ],
)
async def test_lines_that_do_not_come_to_the_payments_amount_are_one_line(money: Money, items: Any) -> None:
    wire = Wire()
    await sent(stripe(wire), "create_payment", a_checkout(money=money, items=items))
    assert wire.form["line_items[0][price_data][product_data][name]"] == "order-1001"
    assert "line_items[1][quantity]" not in wire.form


async def test_where_goods_go_is_told_with_a_name() -> None:
    for make, prefix in ((a_payment, "shipping"), (a_checkout, "payment_intent_data[shipping]")):
        wire = Wire()
        await sent(stripe(wire), "create_payment", make(shipping_address=ADDRESS, customer={"name": "Sara Ali"}))
        assert wire.form[f"{prefix}[name]"] == "Sara Ali"
        assert wire.form[f"{prefix}[address][line1]"] == "Marina Walk 4"
        assert wire.form[f"{prefix}[address][country]"] == "AE"
        await sent(stripe(wire), "create_payment", make(shipping_address=ADDRESS))
        assert f"{prefix}[address][line1]" not in wire.form, "Stripe takes no address without a name"


async def test_the_page_speaks_english_or_what_the_payers_browser_does() -> None:
    wire = Wire()
    await sent(stripe(wire), "create_payment", a_checkout(locale="en"))
    assert wire.form["locale"] == "en"
    await sent(stripe(wire), "create_payment", a_checkout(locale="ar"))
    assert "locale" not in wire.form


@pytest.mark.parametrize("method", ["card", "apple_pay", "google_pay"])
async def test_a_method_limits_what_the_payer_can_pay_with(method: str) -> None:
    for make in (a_payment, a_checkout):
        wire = Wire()
        await sent(stripe(wire), "create_payment", make(method=method))
        assert wire.form["payment_method_types[0]"] == "card"
        assert "automatic_payment_methods[enabled]" not in wire.form


async def test_newer_versions_filter_what_they_offer_instead() -> None:
    for make in (a_payment, a_checkout):
        wire = Wire()
        await sent(stripe(wire, settings={"api_version": "2026-10-28.endive"}), "create_payment", make(method="card"))
        assert wire.form["allowed_payment_method_types[0]"] == "card"
        assert "payment_method_types[0]" not in wire.form
        assert ("automatic_payment_methods[enabled]" in wire.form) is (make is a_payment)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"method": "knet"}, "method"),
        ({"method": "pay_later"}, "method"),
        ({"money": Money.of("99.00", "IRR")}, "money.currency"),
        ({"money": Money.of("99.000", "IQD")}, "money.currency"),
    ],
)
async def test_what_stripe_does_not_offer_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    for make in (a_payment, a_checkout):
        with pytest.raises(InvalidRequest) as refused:
            await stripe(wire).create_payment(make(**changes))
        assert refused.value.field == field
    assert not wire.requests


async def test_every_write_carries_its_idempotency_key_and_every_call_the_version() -> None:
    wire = Wire()
    connector = stripe(wire)
    requests = {
        "create_payment": a_payment(),
        "capture_payment": a_capture("pi_1"),
        "cancel_payment": a_cancellation("pi_1"),
        "refund_payment": a_refund("pi_1"),
    }
    for operation, request in requests.items():
        await sent(connector, operation, request)
        assert wire.requests[-1].headers["Idempotency-Key"] == request.idempotency_key
    await sent(connector, "get_payment", "pi_1")
    assert "Idempotency-Key" not in wire.requests[-1].headers
    for made in wire.requests:
        assert made.headers["Authorization"] == f"Bearer {SECRET_KEY}"
        assert made.headers["Stripe-Version"] == "2026-06-24.dahlia"
        assert "Stripe-Account" not in made.headers


async def test_settings_choose_the_version_and_the_account() -> None:
    wire = Wire()
    settings = {"api_version": "2026-10-28.endive", "account": "acct_1Connected"}
    await sent(stripe(wire, settings=settings), "get_payment", "pi_1")
    assert wire.requests[-1].headers["Stripe-Version"] == "2026-10-28.endive"
    assert wire.requests[-1].headers["Stripe-Account"] == "acct_1Connected"


async def test_captures_cancellations_and_refunds_say_how_much_and_why() -> None:
    wire = Wire()
    connector = stripe(wire)
    await sent(connector, "capture_payment", a_capture("pi_1", money=Money.of("40.00", "AED")))
    assert wire.line == "POST /v1/payment_intents/pi_1/capture"
    assert wire.form["amount_to_capture"] == "4000"
    await sent(connector, "cancel_payment", a_cancellation("pi_1", reason="abandoned"))
    assert wire.line == "POST /v1/payment_intents/pi_1/cancel"
    assert wire.form["cancellation_reason"] == "abandoned"
    refund = a_refund("pi_1", money=Money.of("10.50", "AED"), reason="duplicate", note="asked by phone")
    await sent(connector, "refund_payment", refund)
    assert wire.line == "POST /v1/refunds"
    assert wire.form == {
        "payment_intent": "pi_1",
        "amount": "1050",
        "reason": "duplicate",
        "metadata[wasl_payment_id]": str(refund.payment_id),
        "metadata[wasl_refund_id]": str(refund.refund_id),
        "metadata[note]": "asked by phone",
    }
    await sent(connector, "refund_payment", a_refund("pi_1"))
    assert "amount" not in wire.form


async def test_a_session_is_asked_for_its_payment_before_money_moves() -> None:
    paid = {**SESSION, "status": "complete", "payment_status": "paid", "payment_intent": "pi_9"}
    for operation, request in (("capture_payment", a_capture("cs_test_1")), ("refund_payment", a_refund("cs_test_1"))):
        wire = Wire(paid)
        await sent(stripe(wire), operation, request)
        assert wire.requests[0].url.path == "/v1/checkout/sessions/cs_test_1"
        assert "pi_9" in f"{wire.line} {wire.form}"


async def test_an_unpaid_session_has_nothing_to_refund() -> None:
    wire = Wire(SESSION)
    with pytest.raises(InvalidRequest, match="nothing has been paid") as refused:
        await stripe(wire).refund_payment(a_refund("cs_test_1"))
    assert refused.value.field == "provider_payment_id"
    assert len(wire.requests) == 1


async def test_cancelling_an_open_session_expires_it() -> None:
    wire = Wire(SESSION, {**SESSION, "status": "expired", "url": None})
    result = await stripe(wire).cancel_payment(a_cancellation("cs_test_1"))
    assert wire.line == "POST /v1/checkout/sessions/cs_test_1/expire"
    assert result.status == "cancelled"


async def test_cancelling_a_completed_session_cancels_its_payment() -> None:
    intent = {"id": "pi_9", "amount": 9900, "currency": "aed", "status": "requires_capture", "metadata": {}}
    wire = Wire({**SESSION, "status": "complete", "payment_intent": intent}, {**intent, "status": "canceled"})
    result = await stripe(wire).cancel_payment(a_cancellation("cs_test_1"))
    assert wire.line == "POST /v1/payment_intents/pi_9/cancel"
    assert result.status == "cancelled"


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("2.00", "AED", 200),
        ("1.500", "KWD", 1500),
        ("1.500", "TND", 1500),
        ("500", "JPY", 500),
        ("5", "ISK", 500),
        ("1000", "UGX", 100000),
        ("500", "MGA", 500),
    ],
)
async def test_amounts_are_in_stripes_minor_units(amount: str, currency: str, units: int) -> None:
    wire = Wire()
    await sent(stripe(wire), "create_payment", a_payment(money=Money.of(amount, currency)))
    assert wire.form["amount"] == str(units)


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        ("1.99", "AED", "minimum of AED 2.00"),
        ("0.49", "USD", "minimum of USD 0.50"),
        ("49", "JPY", "minimum of JPY 50"),
        ("1.005", "KWD", "steps of 0.010"),
        ("1.001", "OMR", "steps of 0.010"),
        ("5.50", "MGA", "more than 0 decimals"),
    ],
)
async def test_an_amount_that_stripe_cannot_take_is_refused_before_any_call(
    amount: str, currency: str, reason: str
) -> None:
    wire = Wire()
    for make in (a_payment, a_checkout):
        with pytest.raises(InvalidRequest, match=reason) as refused:
            await stripe(wire).create_payment(make(money=Money.of(amount, currency)))
        assert refused.value.field == "money.amount"
    assert not wire.requests


async def test_small_captures_and_refunds_are_allowed() -> None:
    wire = Wire()
    await sent(stripe(wire), "refund_payment", a_refund("pi_1", money=Money.of("0.01", "AED")))
    assert wire.form["amount"] == "1"


@pytest.mark.parametrize("bad_id", ["../balance", "pi_1/../../balance", "pi_1?expand[]=x", "pi 1", "ـ", "pi_1%2F"])
async def test_an_id_cannot_lead_to_another_path(bad_id: str) -> None:
    wire = Wire()
    connector = stripe(wire)
    for call in (
        connector.get_payment(bad_id),
        connector.get_refund(bad_id),
        connector.capture_payment(a_capture(bad_id)),
        connector.cancel_payment(a_cancellation(bad_id)),
        connector.refund_payment(a_refund(bad_id)),
    ):
        with pytest.raises(InvalidRequest, match="is not an id"):
            await call
    assert not wire.requests


def test_brackets_encode_nested_data() -> None:
    fields = {"a": 1, "b": {"c": True, "d": None, "e": [{"f": "x y&z"}, {"f": "ع"}]}}
    assert encode_brackets(fields) == b"a=1&b[c]=true&b[e][0][f]=x+y%26z&b[e][1][f]=%D8%B9"


@given(st.dictionaries(st.text(alphabet="abcdef_", min_size=1, max_size=10), st.text(max_size=50), max_size=10))
def test_any_text_survives_the_form(metadata: dict[str, str]) -> None:
    encoded = encode_brackets({"metadata": metadata}).decode("ascii")
    decoded = parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(metadata))
    assert decoded == [(f"metadata[{name}]", value) for name, value in metadata.items()]
