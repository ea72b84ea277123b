"""What goes over the wire to Checkout.com, field by field; and what never does."""

from typing import Any

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund
from tests.providers.payments.checkout.builders import (
    ACT,
    APPROVED,
    HPP,
    PAGE,
    PAY,
    SECRET_KEY,
    Wire,
    a_token_payment,
    action,
    checkout,
    payment,
)
from workers.providers.errors import InvalidRequest, NotFound, NotSupported, OutcomeUnknown, ProviderError
from workers.providers.money import Money
from workers.providers.payments.checkout import CheckoutConnector
from workers.providers.payments.checkout.objects import our_refund_id

ACCEPTED = (202, {"action_id": ACT})
CHANNEL = "pc_q4dbxom5jbgudnjzjpz7j2z6uq"


async def sent(connector: CheckoutConnector, call: str, *arguments: Any) -> None:
    """Make a call that the wire refuses: only the request matters."""
    with pytest.raises(ProviderError):
        await getattr(connector, call)(*arguments)


async def test_a_direct_payment_carries_a_token_or_an_instrument() -> None:
    wire = Wire()
    request = a_token_payment(metadata={"channel": "app"}, customer={"email": "sara@example.com", "name": "Sara"})
    await sent(checkout(wire), "create_payment", request)
    assert wire.lines == ["POST /payments"]
    assert wire.body == {
        "source": {"type": "token", "token": APPROVED, "store_for_future_use": False},
        "amount": 9900,
        "currency": "AED",
        "reference": "order-1001",
        "description": "order-1001",
        "capture": True,
        "customer": {"email": "sara@example.com", "name": "Sara"},
        "metadata": {"channel": "app", "wasl_payment_id": str(request.payment_id)},
        "3ds": {"enabled": False},
    }
    await sent(checkout(wire), "create_payment", a_token_payment(payment_method="src_wmlfc3zyhqzehihu7giusaaawu"))
    assert wire.body["source"] == {"type": "id", "id": "src_wmlfc3zyhqzehihu7giusaaawu"}


async def test_a_payer_is_sent_to_the_bank_only_if_there_is_a_way_back() -> None:
    wire = Wire()
    request = a_token_payment(return_url="https://shop.example/back")
    await sent(checkout(wire), "create_payment", request)
    assert wire.body["3ds"] == {"enabled": True}
    assert (wire.body["success_url"], wire.body["failure_url"]) == ("https://shop.example/back",) * 2
    await sent(checkout(wire, settings={"three_d_secure": False}), "create_payment", request)
    assert wire.body["3ds"] == {"enabled": False}


async def test_a_hosted_payment_is_a_page() -> None:
    wire = Wire()
    request = a_checkout(capture_method="manual", description="Two mugs", cancel_url=None)
    settings = {"processing_channel_id": CHANNEL, "billing_country": "SA"}
    await sent(checkout(wire, settings=settings), "create_payment", request)
    assert wire.lines == ["POST /hosted-payments"]
    assert wire.body == {
        "amount": 9900,
        "currency": "AED",
        "reference": "order-1001",
        "description": "Two mugs",
        "capture": False,
        "processing_channel_id": CHANNEL,
        "metadata": {"wasl_payment_id": str(request.payment_id)},
        "3ds": {"enabled": True},
        "billing": {"address": {"country": "SA"}},
        "success_url": "https://shop.example/thanks",
        "failure_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/thanks",
    }


ADDRESS = {"line1": "Marina Walk 4", "city": "Dubai", "state": "Dubai", "postal_code": "0000", "country": "AE"}
ON_THE_WIRE = {
    "address_line1": "Marina Walk 4",
    "city": "Dubai",
    "state": "Dubai",
    "zip": "0000",
    "country": "AE",
}
ITEMS = [{"name": "Mug", "quantity": 2, "unit_amount": "40.00"}, {"name": "Delivery", "unit_amount": "19.00"}]


async def test_a_page_begins_with_the_payers_own_country_and_address() -> None:
    for changes, address in (
        ({}, {"country": "SA"}),
        ({"country": "KW"}, {"country": "KW"}),
        ({"country": "KW", "billing_address": ADDRESS}, ON_THE_WIRE),
    ):
        wire = Wire()
        await sent(checkout(wire, settings={"billing_country": "SA"}), "create_payment", a_checkout(**changes))
        assert wire.body["billing"] == {"address": address}


async def test_addresses_go_where_they_belong() -> None:
    wire = Wire()
    addresses = {"billing_address": ADDRESS, "shipping_address": ADDRESS}
    await sent(checkout(wire), "create_payment", a_token_payment(**addresses))
    assert wire.body["source"]["billing_address"] == ON_THE_WIRE
    assert wire.body["shipping"] == {"address": ON_THE_WIRE}
    await sent(checkout(wire), "create_payment", a_checkout(**addresses))
    assert wire.body["shipping"] == {"address": ON_THE_WIRE}


@pytest.mark.parametrize(("locale", "sent_as"), [("en", "en-GB"), ("ar", "ar")])
async def test_the_page_speaks_the_payers_language(locale: str, sent_as: str) -> None:
    wire = Wire()
    await sent(checkout(wire), "create_payment", a_checkout(locale=locale))
    assert wire.body["locale"] == sent_as


@pytest.mark.parametrize(
    ("method", "allowed"),
    [
        ("card", ["card"]),
        ("apple_pay", ["applepay"]),
        ("pay_later", ["tabby", "tamara"]),
        ("knet", ["knet"]),
        ("naps", ["qpay"]),
        ("mada", ["card"]),
    ],
)
async def test_a_method_limits_what_the_page_offers(method: str, allowed: list[str]) -> None:
    wire = Wire()
    await sent(checkout(wire), "create_payment", a_checkout(method=method))
    assert wire.body["allow_payment_methods"] == allowed


async def test_the_page_shows_what_is_paid_for_when_it_adds_up() -> None:
    wire = Wire()
    await sent(checkout(wire), "create_payment", a_checkout(items=ITEMS))
    assert wire.body["products"] == [
        {"name": "Mug", "quantity": 2, "price": 4000},
        {"name": "Delivery", "quantity": 1, "price": 1900},
    ]
    for changes in (
        {"money": Money.of("98.00", "AED")},
        {
            "money": Money.of("99.000", "KWD"),
            "items": [{"name": "Mug", "quantity": 2, "unit_amount": "49.495"}, {"name": "Tip", "unit_amount": "0.010"}],
        },
    ):
        await sent(checkout(wire), "create_payment", a_checkout(**{"items": ITEMS, **changes}))
        assert "products" not in wire.body


async def test_long_references_and_descriptions_are_cut_to_what_every_card_takes() -> None:
    wire = Wire()
    await sent(checkout(wire), "create_payment", a_token_payment(reference="r" * 200))
    assert (len(wire.body["reference"]), len(wire.body["description"])) == (30, 100)


async def test_writes_carry_their_key_but_are_never_repeated_by_the_transport() -> None:
    wire = Wire()
    connector = checkout(wire)
    requests: dict[str, Any] = {
        "create_payment": a_token_payment(),
        "capture_payment": a_capture(PAY),
        "cancel_payment": a_cancellation(PAY),
        "refund_payment": a_refund(PAY, money=Money.of("1.00", "AED")),
    }
    for operation, request in requests.items():
        await sent(connector, operation, request)
        assert wire.requests[-1].headers["Cko-Idempotency-Key"] == request.idempotency_key
        assert wire.requests[-1].extensions["wasl"]["retryable"] is False
    await sent(connector, "create_payment", a_checkout())
    assert "Cko-Idempotency-Key" not in wire.requests[-1].headers, "hosted pages know no such key"
    await sent(connector, "get_payment", PAY)
    assert wire.requests[-1].extensions["wasl"]["retryable"] is True
    assert {made.headers["Authorization"] for made in wire.requests} == {f"Bearer {SECRET_KEY}"}


async def test_the_accounts_own_address_is_used_unless_another_was_given() -> None:
    for connection, host in (
        ({}, "api.sandbox.checkout.com"),
        ({"settings": {"url_prefix": "vkuhvk4v"}}, "vkuhvk4v.api.sandbox.checkout.com"),
        ({"settings": {"url_prefix": "vkuhvk4v"}, "base_url": "http://sandbox.test/checkout"}, "sandbox.test"),
    ):
        wire = Wire()
        await sent(checkout(wire, **connection), "get_payment", PAY)
        assert wire.requests[0].url.host == host


async def test_a_capture_is_asked_for_and_the_payment_is_looked_at() -> None:
    wire = Wire(ACCEPTED, payment("Authorized"))
    request = a_capture(PAY, money=Money.of("40.00", "AED"))
    result = await checkout(wire).capture_payment(request)
    assert wire.lines == [f"POST /payments/{PAY}/captures", f"GET /payments/{PAY}"]
    assert (result.status, str(result.amount_captured)) == ("authorized", "0.00"), "accepted is not captured"
    wire.requests.pop()
    assert wire.body["amount"] == 4000
    assert wire.body["capture_type"] == "Final"
    await sent(checkout(wire), "capture_payment", a_capture(PAY))
    assert "amount" not in wire.body


async def test_several_captures_keep_the_rest_and_none_is_made_twice() -> None:
    settings = {"several_captures": True}
    request = a_capture(PAY, money=Money.of("40.00", "AED"))
    wire = Wire([action("Authorization")], ACCEPTED, payment("Authorized"))
    await checkout(wire, settings=settings).capture_payment(request)
    assert wire.lines[:2] == [f"GET /payments/{PAY}/actions", f"POST /payments/{PAY}/captures"]
    wire.requests.pop()
    assert wire.body["capture_type"] == "NonFinal"
    made = action("Capture", amount=4000, reference=wire.body["reference"])
    again = Wire([made], payment("Partially Captured"), [made])
    await checkout(again, settings=settings).capture_payment(request)
    assert not any(line.startswith("POST") for line in again.lines)


async def test_what_is_accepted_but_cannot_be_read_back_is_unknown() -> None:
    for call, request in (("capture_payment", a_capture(PAY)), ("cancel_payment", a_cancellation(PAY))):
        with pytest.raises(OutcomeUnknown, match="accepted, but"):
            await getattr(checkout(Wire(ACCEPTED, (503, None))), call)(request)


async def test_a_refund_says_whose_it_is_twice() -> None:
    wire = Wire(ACCEPTED)
    request = a_refund(PAY, money=Money.of("10.50", "AED"), reason="duplicate", note="asked by phone")
    result = await checkout(wire).refund_payment(request)
    assert wire.lines == [f"POST /payments/{PAY}/refunds"]
    assert wire.body["amount"] == 1050
    assert wire.body["metadata"] == {
        "wasl_payment_id": str(request.payment_id),
        "wasl_refund_id": str(request.refund_id),
        "reason": "duplicate",
        "note": "asked by phone",
    }
    assert wire.body["reference"].isalnum()
    assert len(wire.body["reference"]) <= 30
    assert our_refund_id({"reference": wire.body["reference"]}) == request.refund_id
    assert (result.status, result.provider_refund_id, str(result.money)) == ("pending", f"{PAY}:{ACT}", "AED 10.50")


async def test_a_refund_of_all_that_is_left_asks_how_much_that_is() -> None:
    left = {"available_to_refund": 6900}
    wire = Wire(payment("Partially Refunded", balances=left), ACCEPTED)
    result = await checkout(wire).refund_payment(a_refund(PAY))
    assert wire.body["amount"] == 6900
    assert str(result.money) == "AED 69.00"
    with pytest.raises(InvalidRequest, match="nothing is left"):
        await checkout(Wire(payment("Refunded", balances={"available_to_refund": 0}))).refund_payment(a_refund(PAY))


async def test_a_page_is_asked_for_its_payment_before_money_moves() -> None:
    paid = {**PAGE, "status": "Payment Received", "payment_id": PAY}
    money = Money.of("1.00", "AED")
    for call, request, path in (
        ("capture_payment", a_capture(HPP), "captures"),
        ("cancel_payment", a_cancellation(HPP), "voids"),
        ("refund_payment", a_refund(HPP, money=money), "refunds"),
    ):
        wire = Wire(paid, payment("Authorized"))
        await sent(checkout(wire), call, request)
        assert wire.lines[0] == f"GET /hosted-payments/{HPP}"
        assert wire.lines[-1] == f"POST /payments/{PAY}/{path}"


async def test_an_unpaid_page_has_nothing_to_move_and_cannot_be_closed() -> None:
    for call, request in (("capture_payment", a_capture(HPP)), ("refund_payment", a_refund(HPP))):
        with pytest.raises(InvalidRequest, match="nothing has been paid") as refused:
            await getattr(checkout(Wire(PAGE)), call)(request)
        assert refused.value.field == "provider_payment_id"
    with pytest.raises(NotSupported, match="runs out by itself"):
        await checkout(Wire(PAGE)).cancel_payment(a_cancellation(HPP))
    expired = await checkout(Wire({**PAGE, "status": "Expired"})).cancel_payment(a_cancellation(HPP))
    assert expired.status == "expired"


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("0.01", "AED", 1),
        ("125.50", "AED", 12550),
        ("1.500", "KWD", 1500),
        ("1.500", "TND", 1500),
        ("500", "JPY", 500),
        ("500", "CLP", 50000),
        ("5", "ISK", 5),
    ],
)
async def test_amounts_are_in_checkouts_minor_units(amount: str, currency: str, units: int) -> None:
    wire = Wire()
    await sent(checkout(wire), "create_payment", a_token_payment(money=Money.of(amount, currency)))
    assert wire.body["amount"] == units


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": Money.of("1.005", "KWD")}, "money.amount"),
        ({"money": Money.of("10000000.00", "AED")}, "money.amount"),
        ({"money": Money.of("1.00", "XCG")}, "money.currency"),
        ({"method": "samsung_pay"}, "method"),
        ({"method": "knet"}, "method"),
        ({"payment_method": None}, "payment_method"),
        ({"payment_method": "pm_card_visa"}, "payment_method"),
        ({"payment_method": "tok_../x"}, "payment_method"),
        ({"confirm": False}, "confirm"),
        ({"statement_descriptor": "ORDER 1001"}, "statement_descriptor"),
        ({"return_url": "https://shop.example/" + "x" * 250}, "return_url"),
    ],
)
async def test_what_checkout_cannot_take_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await checkout(wire).create_payment(a_token_payment(**changes))
    assert refused.value.field == field
    assert not wire.requests


async def test_a_statement_descriptor_goes_with_the_connections_city() -> None:
    wire = Wire()
    request = a_token_payment(statement_descriptor="ORDER 1001")
    await sent(checkout(wire, settings={"statement_city": "Dubai"}), "create_payment", request)
    assert wire.body["billing_descriptor"] == {"name": "ORDER 1001", "city": "Dubai"}


@pytest.mark.parametrize("bad_id", ["../payments", f"{PAY}/../../x", f"{PAY}?x=y", "pay 1", "ـ", "pay_1%2F", "pay_é"])
async def test_an_id_cannot_lead_to_another_path(bad_id: str) -> None:
    wire = Wire()
    connector = checkout(wire)
    for call in (
        connector.get_payment(bad_id),
        connector.get_refund(bad_id),
        connector.get_refund(f"{bad_id}:{ACT}"),
        connector.capture_payment(a_capture(bad_id)),
        connector.cancel_payment(a_cancellation(bad_id)),
        connector.refund_payment(a_refund(bad_id)),
    ):
        with pytest.raises(InvalidRequest, match="is not"):
            await call
    assert not wire.requests


async def test_an_id_in_an_answer_cannot_lead_to_another_path_either() -> None:
    wire = Wire({**PAGE, "payment_id": "../workflows"})
    await sent(checkout(wire), "get_payment", HPP)
    assert len(wire.requests) == 1


async def test_a_refund_is_read_from_the_actions_of_its_payment() -> None:
    wire = Wire([action("Refund"), action("Capture")], payment("Refunded"))
    refund = await checkout(wire).get_refund(f"{PAY}:{ACT}")
    assert (refund.status, str(refund.money), refund.provider_payment_id) == ("succeeded", "AED 99.00", PAY)
    assert wire.lines == [f"GET /payments/{PAY}/actions", f"GET /payments/{PAY}"]
    with pytest.raises(NotFound):
        await checkout(Wire([action("Capture")])).get_refund(f"{PAY}:{ACT}")


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        ({"credentials": {"secret_key": "pk_sbox_abcdefghijklmnopqrstuvwxyz2"}}, "credentials.secret_key"),
        ({"credentials": {"secret_key": "sk_test_0b9b5db6-f223-49d0-b68f-f6643dd4f808"}}, "credentials.secret_key"),
        ({"credentials": {"secret_key": SECRET_KEY + "\n"}}, "credentials.secret_key"),
        ({"environment": "live"}, "credentials.secret_key"),
        ({"credentials": {"secret_key": SECRET_KEY.replace("sbox_", "")}}, "credentials.secret_key"),
        ({"settings": {"url_prefix": "evil.example/"}}, "settings.url_prefix"),
        ({"settings": {"processing_channel_id": "pc_1"}}, "settings.processing_channel_id"),
        ({"settings": {"billing_country": "Dubai"}}, "settings.billing_country"),
    ],
)
def test_a_connection_that_cannot_work_is_refused_by_field(connection: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checkout(Wire(), **connection)
    assert refused.value.field == field
    assert "abcdefghij" not in f"{refused.value.as_dict()}"
