"""What goes over the wire to Tabby, and what is refused before any call."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_cancellation, a_capture, a_payment, a_refund
from tests.providers.payments.tabby.wire import (
    NEEDED,
    PAYMENT,
    PAYMENT_PATH,
    REFUND,
    SECRET_KEY,
    Wire,
    a_captured_payment,
    a_completion,
    a_part,
    a_payment_object,
    a_session,
    an_instalment_payment,
    tabby,
)
from workers.providers.errors import Declined, InvalidRequest, NotSupported
from workers.providers.money import Money
from workers.providers.registry import open_connector

SOME = Money.of("40.00", "AED")
SPAN: dict[str, Any] = {"since": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2027, 1, 1, tzinfo=UTC)}
ANOTHER = "00000000-0000-4000-8000-000000000001"


async def test_a_payment_is_a_session_with_all_that_tabby_wants() -> None:
    wire = Wire(a_session())
    request = an_instalment_payment(
        description="Two mugs",
        metadata={"channel": "app"},
        locale="ar",
        method="pay_later",
        shipping_address={
            "line1": "Marina Walk 4",
            "line2": "Flat 9",
            "city": "Dubai",
            "postal_code": "11111",
            "country": "AE",
        },
        items=[
            {
                "name": "Mug",
                "quantity": 2,
                "unit_amount": "49.5",
                "category": "Home",
                "reference": "sku-1",
                "image_url": "https://shop.example/mug.png",
                "product_url": "https://shop.example/mug",
            }
        ],
    )
    await tabby(wire, settings={"merchant_code": "AE_STORE"}).create_payment(request)
    assert wire.lines == ["POST /api/v2/checkout"]
    assert wire.requests[0].url.host == "api.tabby.ai"
    assert wire.requests[0].headers["Authorization"] == f"Bearer {SECRET_KEY}"
    assert wire.requests[0].headers["Content-Type"] == "application/json"
    sent = wire.body
    registered = datetime.fromisoformat(sent["payment"]["buyer_history"].pop("registered_since"))
    assert abs((datetime.now(UTC) - registered).total_seconds()) < 60
    assert sent == {
        "payment": {
            "amount": "99.00",
            "currency": "AED",
            "description": "Two mugs",
            "buyer": {"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"},
            "shipping_address": {"city": "Dubai", "address": "Marina Walk 4, Flat 9", "zip": "11111"},
            "order": {
                "reference_id": "order-1001",
                "items": [
                    {
                        "title": "Mug",
                        "quantity": 2,
                        "unit_price": "49.50",
                        "category": "Home",
                        "reference_id": "sku-1",
                        "image_url": "https://shop.example/mug.png",
                        "product_url": "https://shop.example/mug",
                    }
                ],
            },
            "buyer_history": {"loyalty_level": 0},
            "order_history": [],
            "meta": {"order_id": "order-1001", "channel": "app", "wasl_payment_id": str(request.payment_id)},
        },
        "lang": "ar",
        "merchant_code": "AE_STORE",
        "merchant_urls": {
            "success": "https://shop.example/thanks",
            "cancel": "https://shop.example/cart",
            "failure": "https://shop.example/cart",
        },
    }


async def test_what_the_payment_does_not_say_is_filled_in_where_tabby_insists() -> None:
    wire = Wire(a_session())
    request = an_instalment_payment(
        cancel_url=None,
        shipping_address=None,
        billing_address=NEEDED["shipping_address"],
        items=[{"name": "Mug", "unit_amount": "99"}],
    )
    await tabby(wire, settings={"language": "ar", "item_category": "Home"}).create_payment(request)
    payment = wire.body["payment"]
    assert payment["description"] == "order-1001"
    assert payment["shipping_address"] == {"city": "Dubai", "address": "Marina Walk 4", "zip": "00000"}
    assert payment["order"]["items"] == [{"title": "Mug", "quantity": 1, "unit_price": "99.00", "category": "Home"}]
    assert wire.body["lang"] == "ar"
    assert set(wire.body["merchant_urls"].values()) == {"https://shop.example/thanks"}


async def test_texts_are_cut_to_what_tabby_takes() -> None:
    wire = Wire(a_session())
    address = {"line1": "a" * 255, "line2": "b" * 255, "city": "Dubai", "country": "AE"}
    await tabby(wire).create_payment(
        an_instalment_payment(description="d" * 500, metadata={"note": "n" * 500}, shipping_address=address)
    )
    payment = wire.body["payment"]
    for text in (payment["description"], payment["meta"]["note"], payment["shipping_address"]["address"]):
        assert len(text) == 255


@pytest.mark.parametrize(
    ("country", "currency", "amount", "host"),
    [
        ("AE", "AED", "125.50", "api.tabby.ai"),
        ("KW", "KWD", "1.500", "api.tabby.ai"),
        ("SA", "SAR", "125.50", "api.tabby.sa"),
    ],
)
async def test_each_country_has_its_currency_and_address(country: str, currency: str, amount: str, host: str) -> None:
    wire = Wire(a_session(amount=amount, currency=currency))
    items = [{"name": "Mug", "unit_amount": amount, "category": "Home"}]
    request = an_instalment_payment(money=Money.of(amount, currency), items=items)
    paid = await tabby(wire, settings={"country": country}).create_payment(request)
    assert wire.requests[0].url.host == host
    payment = wire.body["payment"]
    assert (payment["amount"], payment["order"]["items"][0]["unit_price"]) == (amount, amount)
    assert str(paid.money) == f"{currency} {amount}"


def test_another_address_is_used_as_it_is_given() -> None:
    connector = tabby(Wire(), settings={"country": "SA"}, base_url="http://127.0.0.1:1/tabby")
    assert connector.base_url == "http://127.0.0.1:1/tabby"


@given(fils=st.integers(min_value=1, max_value=10**14))
async def test_every_amount_survives_the_way_there_and_back(fils: int) -> None:
    money = Money.from_minor(fils, "AED")
    wire = Wire(a_session(amount=format(money.amount, "f")))
    assert (await tabby(wire).create_payment(an_instalment_payment(money=money))).money == money
    assert Money.of(wire.body["payment"]["amount"], "AED") == money


# What is refused before any call.


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": Money.of("9.00", "USD")}, "money.currency"),
        ({"money": Money.of("9.00", "SAR")}, "money.currency"),
        ({"method": "card"}, "method"),
        ({"save_payment_method": True}, "save_payment_method"),
        ({"customer": {"email": "s@example.com", "phone": "+971500000001"}}, "customer.name"),
        ({"customer": {"name": "Sara", "phone": "+971500000001"}}, "customer.email"),
        ({"customer": {"name": "Sara", "email": "s@example.com"}}, "customer.phone"),
        ({"shipping_address": None}, "shipping_address"),
        ({"items": []}, "items"),
        ({"items": [*NEEDED["items"], {"name": "Mug", "unit_amount": "1"}]}, "items.1.category"),
        ({"items": [{"name": "Mug", "unit_amount": "0.005", "category": "Home"}]}, "items.0.unit_amount"),
        ({"items": [{"name": "Mug", "unit_amount": "-1", "category": "Home"}]}, "items.0.unit_amount"),
    ],
)
async def test_what_tabby_would_refuse_is_refused_by_name_before_any_call(changes: Any, field: str) -> None:
    wire = Wire(a_session())
    with pytest.raises(InvalidRequest) as raised:
        await tabby(wire).create_payment(an_instalment_payment(**changes))
    assert raised.value.field == field
    assert not wire.requests


async def test_direct_payments_are_refused() -> None:
    wire = Wire(a_session())
    with pytest.raises(InvalidRequest) as raised:
        await tabby(wire).create_payment(a_payment(**NEEDED))
    assert raised.value.field == "mode"
    assert not wire.requests


@pytest.mark.parametrize("wrong", ["", "6b9b2f11", "../checkout", f"{PAYMENT}/close", f"{PAYMENT}?x=1", "é" * 36])
async def test_what_is_no_id_reaches_no_path(wrong: str) -> None:
    wire = Wire(a_payment_object())
    connector = tabby(wire)
    with pytest.raises(InvalidRequest) as raised:
        await connector.get_payment(wrong)
    assert raised.value.field == "provider_payment_id"
    with pytest.raises(InvalidRequest) as raised:
        await connector.get_refund(f"{wrong}:{REFUND}")
    assert raised.value.field == "provider_refund_id"
    assert not wire.requests


# Connections.


@pytest.mark.parametrize(
    ("key", "environment"), [("sk_live-looking-key", "sandbox"), ("sk_test_unit-tests-only", "live")]
)
def test_a_key_of_the_other_environment_is_refused(key: str, environment: str) -> None:
    with pytest.raises(InvalidRequest, match=r"secret_key") as raised:
        tabby(Wire(), credentials={"secret_key": key}, environment=environment)
    assert raised.value.field == "credentials.secret_key"


@pytest.mark.parametrize(
    ("group", "values", "field"),
    [
        ("credentials", {"secret_key": "pk_test_for-browsers"}, "credentials.secret_key"),
        ("credentials", {"secret_key": "sk_test_with spaces"}, "credentials.secret_key"),
        ("credentials", {"secret_key": SECRET_KEY, "webhook_secret": "too short"}, "credentials.webhook_secret"),
        ("settings", {"merchant_code": ""}, "settings.merchant_code"),
        ("settings", {"merchant_code": "AE", "country": "QA"}, "settings.country"),
        ("settings", {"merchant_code": "AE", "webhook_header": "Authorization"}, "settings.webhook_header"),
        ("settings", {}, "settings.merchant_code"),
    ],
)
def test_what_cannot_be_right_is_refused_when_the_connection_is_made(group: str, values: Any, field: str) -> None:
    given: dict[str, Any] = {"credentials": {"secret_key": SECRET_KEY}, "settings": {"merchant_code": "AE"}}
    with pytest.raises(InvalidRequest) as raised:
        open_connector("tabby", **{**given, group: values})
    assert raised.value.field == field


async def test_health_asks_for_the_webhooks_of_the_merchant_code() -> None:
    wire = Wire(None)
    report = await tabby(wire, settings={"merchant_code": "AE_STORE"}).check_health()
    assert (report.ok, report.code) == (True, "ok")
    assert wire.lines == ["GET /api/v1/webhooks"]
    assert wire.requests[0].headers["X-Merchant-Code"] == "AE_STORE"


# Captures, closing and refunds.


async def test_completing_captures_all_that_the_payer_agreed_to() -> None:
    wire = Wire(a_payment_object("AUTHORIZED"), a_captured_payment())
    done = await tabby(wire).complete_payment(a_completion(money=Money.of("99.00", "AED")))
    assert wire.lines == [f"GET {PAYMENT_PATH}", f"POST {PAYMENT_PATH}/captures"]
    assert wire.body == {"amount": "99.00", "reference_id": "key-1"}
    assert done.status == "captured"


async def test_for_a_manual_capture_there_is_nothing_to_complete() -> None:
    wire = Wire(a_payment_object("AUTHORIZED"))
    done = await tabby(wire).complete_payment(a_completion(capture_method="manual"))
    assert wire.lines == [f"GET {PAYMENT_PATH}"]
    assert done.status == "authorized"


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        (a_captured_payment(), "captured"),
        (a_payment_object("CLOSED"), "cancelled"),
        (a_payment_object("REJECTED"), "failed"),
        (a_payment_object("EXPIRED"), "expired"),
    ],
    ids=["captured", "cancelled", "rejected", "expired"],
)
async def test_what_is_decided_is_not_completed_again(seen: Any, status: str) -> None:
    wire = Wire(seen)
    assert (await tabby(wire).complete_payment(a_completion())).status == status
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


@pytest.mark.parametrize("status", ["CREATED", "MYSTERY"])
async def test_before_the_payer_has_agreed_nothing_is_completed(status: str) -> None:
    wire = Wire(a_payment_object(status))
    with pytest.raises(InvalidRequest, match="agreed"):
        await tabby(wire).complete_payment(a_completion())
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


async def test_another_amount_than_was_agreed_to_is_not_completed() -> None:
    wire = Wire(a_payment_object("AUTHORIZED"))
    with pytest.raises(InvalidRequest) as raised:
        await tabby(wire).complete_payment(a_completion(money=Money.of("99.01", "AED")))
    assert raised.value.field == "money"
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


@pytest.mark.parametrize(("money", "sent"), [(None, "59.00"), (SOME, "40.00")])
async def test_a_capture_takes_a_part_or_all_that_is_left(money: Money | None, sent: str) -> None:
    earlier = a_part("40.00", "earlier")
    wire = Wire(a_payment_object("AUTHORIZED", captures=[earlier]), a_captured_payment())
    request = a_capture(PAYMENT, money=money)
    await tabby(wire).capture_payment(request)
    assert wire.lines[1:] == [f"POST {PAYMENT_PATH}/captures"]
    assert wire.body == {"amount": sent, "reference_id": request.idempotency_key}


@pytest.mark.parametrize(
    ("seen", "money", "field"),
    [
        (a_payment_object("CREATED"), None, "provider_payment_id"),
        (a_payment_object("CLOSED"), None, "provider_payment_id"),
        (a_payment_object("AUTHORIZED"), Money.of("99.01", "AED"), "money.amount"),
        (a_payment_object("AUTHORIZED"), Money.of("9.00", "SAR"), "money.currency"),
    ],
    ids=["nobody agreed", "closed", "too much", "another currency"],
)
async def test_what_cannot_be_captured_is_not_asked_for(seen: Any, money: Money | None, field: str) -> None:
    wire = Wire(seen)
    with pytest.raises(InvalidRequest) as raised:
        await tabby(wire).capture_payment(a_capture(PAYMENT, money=money))
    assert raised.value.field == field
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


async def test_cancelling_closes_the_payment() -> None:
    wire = Wire(a_payment_object("AUTHORIZED"), a_payment_object("CLOSED"))
    done = await tabby(wire).cancel_payment(a_cancellation(PAYMENT))
    assert wire.lines == [f"GET {PAYMENT_PATH}", f"POST {PAYMENT_PATH}/close"]
    assert wire.requests[1].content == b""
    assert done.status == "cancelled"


async def test_after_a_partial_capture_cancelling_releases_the_rest() -> None:
    wire = Wire(a_payment_object("AUTHORIZED", captures=[a_part("40.00")]), a_captured_payment(captured="40.00"))
    done = await tabby(wire).cancel_payment(a_cancellation(PAYMENT))
    assert (done.status, str(done.amount_captured)) == ("captured", "40.00")


@pytest.mark.parametrize("status", ["CLOSED", "REJECTED", "EXPIRED"])
async def test_what_is_given_up_already_is_only_read(status: str) -> None:
    wire = Wire(a_payment_object(status))
    assert (await tabby(wire).cancel_payment(a_cancellation(PAYMENT))).provider_status == status
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


async def test_an_open_page_cannot_be_closed() -> None:
    wire = Wire(a_payment_object("CREATED"))
    with pytest.raises(NotSupported, match="runs out"):
        await tabby(wire).cancel_payment(a_cancellation(PAYMENT))
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


@pytest.mark.parametrize("seen", [a_captured_payment(), a_payment_object("MYSTERY")], ids=["captured", "unknown"])
async def test_what_was_captured_or_is_not_known_is_not_cancelled(seen: Any) -> None:
    wire = Wire(seen)
    with pytest.raises(InvalidRequest):
        await tabby(wire).cancel_payment(a_cancellation(PAYMENT))
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


@pytest.mark.parametrize(
    ("money", "note", "reason", "sent"),
    [
        (None, None, None, {"amount": "89.00"}),
        (SOME, None, "duplicate", {"amount": "40.00", "reason": "duplicate"}),
        (SOME, "came back", "duplicate", {"amount": "40.00", "reason": "came back"}),
    ],
)
async def test_a_refund_gives_a_part_or_all_that_is_left(money: Any, note: Any, reason: Any, sent: Any) -> None:
    request = a_refund(PAYMENT, money=money, note=note, reason=reason)
    earlier = a_part("10.00", "earlier", ANOTHER)
    made = a_part(sent["amount"], str(request.refund_id), REFUND)
    wire = Wire(a_captured_payment(earlier), a_captured_payment(earlier, made))
    done = await tabby(wire).refund_payment(request)
    assert wire.lines == [f"GET {PAYMENT_PATH}", f"POST {PAYMENT_PATH}/refunds"]
    assert wire.body == {**sent, "reference_id": str(request.refund_id)}
    assert (done.provider_refund_id, done.refund_id) == (f"{PAYMENT}:{REFUND}", request.refund_id)
    assert (done.status, str(done.money.amount)) == ("succeeded", sent["amount"])


@pytest.mark.parametrize(
    ("seen", "money", "field"),
    [
        (a_payment_object("CREATED"), SOME, "money.amount"),
        (a_payment_object("AUTHORIZED", captures=[a_part("40.00")]), SOME, "provider_payment_id"),
        (a_captured_payment(captured="39.99"), SOME, "money.amount"),
        (a_captured_payment(a_part("99.00", None, REFUND)), None, "money.amount"),
        (a_captured_payment(), Money.of("9.00", "SAR"), "money.currency"),
    ],
    ids=["nothing taken", "not closed", "too much", "nothing left", "another currency"],
)
async def test_what_cannot_be_refunded_is_not_asked_for(seen: Any, money: Money | None, field: str) -> None:
    wire = Wire(seen)
    with pytest.raises(InvalidRequest) as raised:
        await tabby(wire).refund_payment(a_refund(PAYMENT, money=money))
    assert raised.value.field == field
    assert wire.lines == [f"GET {PAYMENT_PATH}"]


# The list.


async def test_the_list_asks_for_whole_days_and_leaves_out_the_rest() -> None:
    inside = a_payment_object("AUTHORIZED", created_at="2026-11-23T12:00:00Z")
    before = a_payment_object("AUTHORIZED", created_at="2026-11-23T11:59:59Z")
    after = a_payment_object("AUTHORIZED", created_at="2026-11-24T10:00:00Z")
    wire = Wire({"payments": [after, inside, before], "pagination": {"limit": 20, "offset": 0, "total_count": 3}})
    since, until = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)
    page = await tabby(wire).list_payments(since=since, until=until)
    assert dict(wire.requests[0].url.params) == {
        "created_at__gte": "2026-11-23",
        "created_at__lte": "2026-11-25",
        "limit": "20",
        "offset": "0",
    }
    assert [payment.created_at for payment in page.payments] == [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    assert page.next_cursor is None


async def test_a_full_page_has_a_next_one() -> None:
    wire = Wire({"payments": [a_payment_object("AUTHORIZED")] * 20}, {"payments": None})
    connector = tabby(wire)
    first = await connector.list_payments(**SPAN)
    assert (len(first.payments), first.next_cursor) == (20, "20")
    second = await connector.list_payments(**SPAN, cursor=first.next_cursor)
    assert (second.payments, second.next_cursor) == ((), None)
    assert wire.requests[1].url.params["offset"] == "20"


@pytest.mark.parametrize("cursor", ["", "-1", "1.5", "²", "next"])
async def test_a_cursor_that_no_list_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await tabby(Wire({"payments": []})).list_payments(**SPAN, cursor=cursor)
    assert raised.value.field == "cursor"


async def test_a_rejected_session_is_a_decline() -> None:
    with pytest.raises(Declined) as raised:
        await tabby(Wire(a_session("rejected", "order_amount_too_high"))).create_payment(an_instalment_payment())
    assert raised.value.provider_payment_id == PAYMENT
