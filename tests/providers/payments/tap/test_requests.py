"""What goes over the wire to Tap, field by field; and what never does."""

from decimal import Decimal
from typing import Any

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tap.builders import (
    AGREEMENT,
    AUTH,
    CARD,
    CHG,
    CUSTOMER,
    RE,
    SARA,
    SAVED,
    SECRET_KEY,
    WEBHOOK_URL,
    Wire,
    a_page,
    a_token_payment,
    authorization,
    charge,
    new_token,
    opened,
    page_of,
    refund,
    tap,
)
from workers.providers.errors import InvalidRequest, NotSupported, ProviderError
from workers.providers.money import Money
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.tap.manifest import MANIFEST
from workers.providers.payments.tap.requests import ONLY_CURRENCY, SOURCES

TOKEN = new_token()
NO_AGREEMENT = {"customer": CUSTOMER}


async def body_of(request: Any, **connection: Any) -> dict[str, Any]:
    """The body that a payment is asked for with."""
    wire = Wire(opened())
    await tap(wire, **connection).create_payment(request)
    return wire.body


async def test_a_page_is_a_charge_of_any_source() -> None:
    wire = Wire(opened())
    request = a_page(metadata={"channel": "app"}, description="Two mugs", statement_descriptor="ORDER 1001")
    await tap(wire, credentials={"webhook_url": WEBHOOK_URL}).create_payment(request)
    assert wire.lines == ["POST /charges"]
    assert wire.body == {
        "amount": Decimal("99.00"),
        "currency": "AED",
        "customer_initiated": True,
        "threeDSecure": True,
        "save_card": False,
        "description": "Two mugs",
        "statement_descriptor": "ORDER 1001",
        "metadata": {"channel": "app", "wasl_payment_id": str(request.payment_id)},
        "reference": {
            "transaction": str(request.payment_id),
            "order": "order-1001",
            "idempotent": request.idempotency_key,
        },
        "customer": {
            "first_name": "Sara",
            "last_name": "Al Ali",
            "email": "sara@example.com",
            "phone": {"country_code": "971", "number": "500000001"},
        },
        "source": {"id": "src_all"},
        "redirect": {"url": "https://shop.example/thanks"},
        "post": {"url": WEBHOOK_URL},
    }
    sent = wire.requests[0]
    assert sent.headers["Authorization"] == f"Bearer {SECRET_KEY}"
    assert "lang_code" not in sent.headers
    assert not sent.extensions["wasl"]["retryable"], "what becomes of an error under a key is documented nowhere"


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [("99", "AED", b'"amount":99.00,'), ("1.5", "KWD", b'"amount":1.500,'), ("0.1", "SAR", b'"amount":0.10,')],
)
async def test_amounts_are_numbers_with_the_currencys_decimals(amount: str, currency: str, written: bytes) -> None:
    wire = Wire(opened())
    await tap(wire).create_payment(a_page(money=Money.of(amount, currency)))
    assert written in wire.requests[0].content


@pytest.mark.parametrize("method", sorted(SOURCES))
async def test_a_method_is_a_source(method: PaymentMethodType) -> None:
    request = a_page(method=method, money=Money.of("99.00", ONLY_CURRENCY.get(method, "AED")))
    assert (await body_of(request))["source"] == {"id": SOURCES[method]}


def test_every_method_of_the_manifest_has_a_source_or_comes_as_a_token() -> None:
    assert set(MANIFEST.methods) - SOURCES.keys() == {PaymentMethodType.SAMSUNG_PAY}
    assert SOURCES.keys() <= set(MANIFEST.methods)


async def test_the_language_is_a_header() -> None:
    wire = Wire(opened())
    await tap(wire).create_payment(a_page(locale="ar"))
    assert wire.requests[0].headers["lang_code"] == "ar"


async def test_a_manual_capture_is_an_authorization_that_ends() -> None:
    wire = Wire(authorization("INITIATED", "100"), authorization("INITIATED", "100"))
    await tap(wire).create_payment(a_page(capture_method="manual", method="card"))
    assert wire.lines == ["POST /authorize"]
    assert wire.body["auto"] == {"type": "VOID", "time": 168}
    settings = {"authorization_hours": 24, "capture_at_end": True}
    await tap(wire, settings=settings).create_payment(a_page(capture_method="manual"))
    assert wire.body["auto"] == {"type": "CAPTURE", "time": 24}


async def test_a_connection_can_name_its_merchant_and_how_long_pages_are_open() -> None:
    body = await body_of(a_page(), settings={"merchant_id": "14583257", "page_minutes": 10})
    assert body["merchant"] == {"id": "14583257"}
    assert body["transaction"] == {"expiry": {"period": 10, "type": "MINUTE"}}
    direct = await body_of(a_token_payment(), settings={"page_minutes": 10})
    assert "transaction" not in direct


async def test_a_token_is_the_source_of_a_direct_payment() -> None:
    body = await body_of(a_token_payment(payment_method=TOKEN))
    assert body["source"] == {"id": TOKEN}
    assert body["redirect"] == {"url": "https://shop.example/thanks"}
    plain = await body_of(a_token_payment(return_url=None), settings={"three_d_secure": False})
    assert (plain["threeDSecure"], plain["customer_initiated"]) == (False, True)
    assert "redirect" not in plain


async def test_a_saved_card_is_paid_with_through_a_token_of_it() -> None:
    wire = Wire({"id": TOKEN, "object": "token"}, charge())
    request = a_token_payment(payment_method=CARD, payment_method_data=SAVED, customer={})
    await tap(wire).create_payment(request)
    assert wire.lines == ["POST /tokens", "POST /charges"]
    assert wire.requests[0].content == b'{"saved_card":{"card_id":"%s","customer_id":"%s"}}' % (
        CARD.encode(),
        CUSTOMER.encode(),
    )
    assert wire.requests[0].extensions["wasl"]["retryable"]
    assert (wire.body["source"], wire.body["customer"]) == ({"id": TOKEN}, {"id": CUSTOMER})
    assert (wire.body["customer_initiated"], wire.body["threeDSecure"]) == (True, True)
    assert "payment_agreement" not in wire.body


async def test_without_the_payer_a_saved_card_is_charged_by_the_agreement() -> None:
    wire = Wire({"id": TOKEN}, charge())
    request = a_token_payment(payment_method=CARD, payment_method_data=SAVED, return_url=None)
    await tap(wire).create_payment(request)
    assert wire.body["payment_agreement"] == {"id": AGREEMENT}
    assert (wire.body["customer_initiated"], wire.body["threeDSecure"]) == (False, False)


async def test_keeping_a_card_is_asked_for() -> None:
    assert (await body_of(a_page(save_payment_method=True)))["save_card"] is True


async def test_long_references_and_names_are_cut() -> None:
    body = await body_of(a_page(reference="r" * 200, customer={**SARA, "name": "S" * 200}))
    assert len(body["reference"]["order"]) == 99
    assert body["customer"]["first_name"] == "S" * 149
    assert "last_name" not in body["customer"]


@pytest.mark.parametrize(
    ("phone", "code", "number"),
    [
        ("+971500000001", "971", "500000001"),
        ("+96550000000", "965", "50000000"),
        ("+12025550123", "1", "2025550123"),
        ("+77012345678", "7", "7012345678"),
        ("+447700900123", "44", "7700900123"),
        ("+201001234567", "20", "1001234567"),
        ("+212600000000", "212", "600000000"),
        ("+96891234567", "968", "91234567"),
        ("+989121234567", "98", "9121234567"),
    ],
)
async def test_a_phone_number_is_split_at_its_country_code(phone: str, code: str, number: str) -> None:
    body = await body_of(a_page(customer={"name": "Sara", "phone": phone}))
    assert body["customer"] == {"first_name": "Sara", "phone": {"country_code": code, "number": number}}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (a_page(money=Money.of("1", "INR")), "money.currency"),
        (a_page(method="paypal"), "method"),
        (a_page(method="stc_pay", money=Money.of("1", "SAR")), "method"),
        (a_page(method="samsung_pay"), "method"),
        (a_page(method="mada"), "money.currency"),
        (a_page(method="knet"), "money.currency"),
        (a_page(method="benefit"), "money.currency"),
        (a_page(method="omannet"), "money.currency"),
        (a_page(method="naps"), "money.currency"),
        (a_page(method="fawry"), "money.currency"),
        (a_page(method="pay_later", customer={"name": "S", "email": "s@example.com"}), "customer.phone"),
        (a_page(method="benefit", money=Money.of("1", "BHD"), capture_method="manual"), "capture_method"),
        (a_page(method="mada", money=Money.of("1", "SAR"), capture_method="manual"), "capture_method"),
        (a_page(customer={}), "customer.name"),
        (a_page(customer={"name": " ", "email": "s@example.com"}), "customer.name"),
        (a_page(customer={"name": "Sara"}), "customer.email"),
        (a_page(payment_method_data={"customer": "sara"}), "payment_method_data"),
        (a_page(save_payment_method=True, customer={"name": "S", "email": "s@example.com"}), "customer.phone"),
        (a_token_payment(payment_method=None), "payment_method"),
        (a_token_payment(payment_method="src_card"), "payment_method"),
        (a_token_payment(payment_method="auth_1"), "payment_method"),
        (a_token_payment(payment_method=CARD), "payment_method_data"),
        (a_token_payment(confirm=False), "confirm"),
        (a_token_payment(return_url=None), "return_url"),
        (
            a_token_payment(payment_method=CARD, payment_method_data={"customer": CUSTOMER}, return_url=None),
            "return_url",
        ),
    ],
)
async def test_what_tap_would_refuse_is_refused_before_any_call(request_: Any, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await tap(wire).create_payment(request_)
    assert (refused.value.field, wire.requests) == (field, [])


async def test_a_card_is_not_kept_without_3d_secure() -> None:
    with pytest.raises(InvalidRequest) as refused:
        await tap(Wire(), settings={"three_d_secure": False}).create_payment(a_page(save_payment_method=True))
    assert refused.value.field == "save_payment_method"


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        ({"credentials": {"secret_key": "pk_test_abcdefghijklmnopqrstuvwx"}}, "credentials.secret_key"),
        ({"credentials": {"webhook_url": "hub.example"}}, "credentials.webhook_url"),
        ({"environment": "live"}, "credentials.secret_key"),
        ({"credentials": {"secret_key": "sk_live_abcdefghijklmnopqrstuvwx"}}, "credentials.secret_key"),
        ({"settings": {"authorization_hours": 169}}, "settings.authorization_hours"),
        ({"settings": {"page_minutes": 4}}, "settings.page_minutes"),
    ],
)
def test_a_connection_that_cannot_be_right_is_not_opened(connection: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        tap(Wire(), **connection)
    assert refused.value.field == field
    assert "abcdefghijklmnop" not in refused.value.message


async def test_a_capture_is_a_charge_whose_source_is_the_authorization() -> None:
    wire = Wire(authorization(), charge(source={"id": AUTH}))
    request = a_capture(AUTH, money=Money.of("40.00", "AED"))
    await tap(wire, credentials={"webhook_url": WEBHOOK_URL}).capture_payment(request)
    assert wire.lines == [f"GET /authorize/{AUTH}", "POST /charges"]
    assert wire.body == {
        "amount": Decimal("40.00"),
        "currency": "AED",
        "customer_initiated": True,
        "threeDSecure": True,
        "metadata": {"wasl_payment_id": str(request.payment_id), "wasl_authorized": "99.00"},
        "reference": {"transaction": str(request.payment_id), "idempotent": request.idempotency_key},
        "customer": {"id": CUSTOMER},
        "source": {"id": AUTH},
        "redirect": {"url": "https://shop.example/thanks"},
        "post": {"url": WEBHOOK_URL},
    }


async def test_a_capture_without_an_amount_takes_all() -> None:
    wire = Wire(authorization(amount=1.5, currency="KWD"), charge(amount=1.5, currency="KWD", source={"id": AUTH}))
    await tap(wire).capture_payment(a_capture(AUTH))
    assert b'"amount":1.500,' in wire.requests[1].content


async def test_a_void_is_a_post_without_a_body() -> None:
    wire = Wire(authorization(), authorization("VOID", "601"))
    await tap(wire).cancel_payment(a_cancellation(AUTH))
    assert wire.lines == [f"GET /authorize/{AUTH}", f"POST /authorize/{AUTH}/void"]
    assert wire.requests[1].content == b""


async def test_a_refund_names_its_charge_and_a_reason() -> None:
    wire = Wire(refund("PENDING", "100"), refund("PENDING", "100"))
    request = a_refund(CHG, money=Money.of("30.00", "AED"), note="mug broke", reason="fraudulent")
    connector = tap(wire, credentials={"webhook_url": WEBHOOK_URL})
    await connector.refund_payment(request)
    assert wire.lines == ["POST /refunds"]
    assert wire.body == {
        "charge_id": CHG,
        "amount": Decimal("30.00"),
        "currency": "AED",
        "reason": "fraudulent",
        "description": "mug broke",
        "metadata": {"wasl_payment_id": str(request.payment_id), "wasl_refund_id": str(request.refund_id)},
        "reference": {"merchant": str(request.refund_id), "idempotent": request.idempotency_key},
        "post": {"url": WEBHOOK_URL},
    }
    await connector.refund_payment(a_refund(CHG, money=Money.of("30.00", "AED")))
    assert wire.body["reason"] == "requested_by_customer", "Tap insists on one"


async def test_a_refund_of_the_rest_is_counted_first() -> None:
    given = [refund(), refund("PENDING", "100", id="re_2", amount=9), refund("DECLINED", "501", id="re_3")]
    wire = Wire(charge(), page_of(*given, name="refunds"), refund("PENDING", "100", amount=60))
    made = await tap(wire).refund_payment(a_refund(CHG))
    assert wire.lines == [f"GET /charges/{CHG}", "POST /refunds/list", "POST /refunds"]
    assert (wire.body["amount"], str(made.money)) == (Decimal("60.00"), "AED 60.00")


async def test_a_refund_of_an_authorization_goes_to_the_charge_that_took_it() -> None:
    took = charge(source={"id": AUTH})
    wire = Wire(
        authorization("CAPTURED", "000"), page_of(charge(id="chg_other"), took), page_of(name="refunds"), refund()
    )
    await tap(wire).refund_payment(a_refund(AUTH, money=Money.of("30.00", "AED")))
    assert wire.lines == [f"GET /authorize/{AUTH}", "POST /charges/list", "POST /refunds/list", "POST /refunds"]
    assert wire.body["charge_id"] == CHG
    with pytest.raises(InvalidRequest, match="no charge has taken"):
        await tap(Wire(authorization())).refund_payment(a_refund(AUTH, money=Money.of("30.00", "AED")))


async def test_a_saved_card_is_deleted_of_its_customer() -> None:
    wire = Wire({"deleted": True})
    await tap(wire).delete_payment_method(CARD, SAVED)
    assert wire.lines == [f"DELETE /card/{CUSTOMER}/{CARD}"]
    await tap(Wire()).delete_payment_method(CARD, SAVED)
    for token, data in ((CARD, {}), ("../charges", SAVED)):
        with pytest.raises(InvalidRequest):
            await tap(Wire()).delete_payment_method(token, data)


async def test_ids_that_are_none_of_taps_reach_no_path() -> None:
    for wrong in ("../refunds", "chg_1/void", "chg 1", "chg_1?x=1"):
        wire = Wire()
        for call, request in (
            ("get_payment", wrong),
            ("get_refund", wrong),
            ("capture_payment", a_capture(wrong)),
            ("cancel_payment", a_cancellation(wrong)),
            ("refund_payment", a_refund(wrong)),
        ):
            with pytest.raises(InvalidRequest):
                await getattr(tap(wire), call)(request)
        assert wire.requests == []


async def test_what_cannot_be_cancelled_or_captured_is_not_asked_for() -> None:
    for state in (opened(), charge("IN_PROGRESS", "200"), charge("UNKNOWN", "901")):
        with pytest.raises(NotSupported):
            await tap(Wire(state)).cancel_payment(a_cancellation(CHG))
    with pytest.raises(InvalidRequest):
        await tap(Wire(charge(), page_of(name="refunds"))).cancel_payment(a_cancellation(CHG))
    with pytest.raises(InvalidRequest):
        await tap(Wire()).capture_payment(a_capture(CHG))
    for status in ("CANCELLED", "ABANDONED", "DECLINED", "VOID"):
        gone = await tap(Wire(charge(status, "302"))).cancel_payment(a_cancellation(CHG))
        assert gone.provider_status == status


async def test_a_list_is_of_a_time_and_goes_on_where_it_ended() -> None:
    since, until = now().replace(microsecond=0), now().replace(microsecond=0)
    wire = Wire(page_of(charge(), more=True), page_of(charge()), page_of(authorization(), name="authorizes"))
    connector, cursors, cursor = tap(wire), [], None
    while wire.answers:
        cursor = (await connector.list_payments(since=since, until=until, cursor=cursor)).next_cursor
        cursors.append(cursor)
        span = {"from": int(since.timestamp() * 1000), "to": int(until.timestamp() * 1000) - 1}
        assert wire.body["period"] == {"date": span}
    assert wire.lines == ["POST /charges/list", "POST /charges/list", "POST /authorize/list"]
    assert cursors == [f"charges:{CHG}", "authorize", None]
    with pytest.raises(InvalidRequest):
        await connector.list_payments(since=since, until=until, cursor="refunds:1")


async def test_no_card_number_is_ever_taken() -> None:
    with pytest.raises(ValueError, match="card number"):
        a_token_payment(payment_method="4508750015741019")


async def test_reads_may_be_repeated_and_writes_not() -> None:
    wire = Wire()
    connector = tap(wire)
    for call in (
        lambda: connector.get_payment(CHG),
        lambda: connector.get_refund(RE),
        lambda: connector.check_health(),
        lambda: connector.list_payments(since=now(), until=now()),
        lambda: connector.refund_payment(a_refund(CHG, money=Money.of("1", "AED"))),
    ):
        try:
            await call()
        except ProviderError:
            continue
    assert [each.extensions["wasl"]["retryable"] for each in wire.requests] == [True, True, True, True, False]
