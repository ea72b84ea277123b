"""What goes over the wire to Ziina, field by field; and what never does."""

import time
import uuid
from typing import Any

import pytest

from tests.providers.builders import a_checkout, a_payment, a_refund
from tests.providers.payments.ziina.builders import INTENT, PAGE, TOKEN, Wire, intent, refund, ziina
from workers.providers.base import require
from workers.providers.capabilities import CancelsPayments, CapturesPayments, ListsPayments, SavesPaymentMethods
from workers.providers.errors import InvalidRequest, NotSupported, ProviderError
from workers.providers.money import Money
from workers.providers.payments.ziina import ZiinaConnector
from workers.providers.payments.ziina.requests import marked

PAYMENT_ID = uuid.UUID("018f7d9e-0000-7000-8000-0000000003e9")
PART = Money.of("10.50", "AED")


async def sent(connector: ZiinaConnector, call: str, *arguments: Any) -> None:
    """Make a call that the wire refuses: only the request matters."""
    with pytest.raises(ProviderError):
        await getattr(connector, call)(*arguments)


async def test_a_payment_is_an_intent_whose_page_the_payer_is_sent_to() -> None:
    wire = Wire((201, intent()))
    request = a_checkout(description="Two mugs", payment_id=PAYMENT_ID)
    opened = await ziina(wire).create_payment(request)
    assert wire.lines == ["POST /api/payment_intent"]
    assert wire.requests[0].url.host == "api-v2.ziina.com"
    assert wire.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert wire.requests[0].headers["Content-Type"] == "application/json"
    assert wire.body == {
        "amount": 9900,
        "currency_code": "AED",
        "message": "order-1001: Two mugs",
        "success_url": f"https://shop.example/thanks?wasl_payment_id={PAYMENT_ID}",
        "cancel_url": "https://shop.example/cart",
        "failure_url": "https://shop.example/thanks",
        "test": True,
        "allow_tips": False,
    }
    assert (opened.status, opened.provider_payment_id, opened.payment_id) == ("requires_action", INTENT, PAYMENT_ID)
    assert opened.next_action is not None
    assert opened.checkout_url == opened.next_action.url == PAGE


async def test_play_money_is_said_with_each_call_and_real_money_too() -> None:
    for environment, test in (("sandbox", True), ("live", False)):
        wire = Wire()
        connector = ziina(wire, environment=environment)
        await sent(connector, "create_payment", a_checkout())
        assert wire.body["test"] is test
        await sent(connector, "refund_payment", a_refund(INTENT, money=PART))
        assert '"test":true' in wire.requests[1].content.decode() or not test
        assert {request.url.host for request in wire.requests} == {"api-v2.ziina.com"}


async def test_nothing_but_documented_fields_is_sent() -> None:
    """An ``operation_id`` above all: no document has it in a request for a payment."""
    wire = Wire()
    full: dict[str, Any] = {
        "customer": {"name": "Sara", "email": "sara@example.com", "phone": "+971500000001"},
        "metadata": {"channel": "app"},
        "statement_descriptor": "ORDER 1001",
        "locale": "ar",
        "method": "apple_pay",
        "billing_address": {"line1": "1 Street", "city": "Dubai", "country": "AE"},
        "items": [{"name": "Mug", "unit_amount": "99.00"}],
    }
    await sent(ziina(wire, settings={"expires_after_minutes": 30}), "create_payment", a_checkout(**full))
    assert set(wire.body) == {
        *("amount", "currency_code", "message", "success_url", "cancel_url", "failure_url"),
        *("test", "expiry", "allow_tips"),
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/thanks", "https://shop.example/thanks?wasl_payment_id=X"),
        ("https://shop.example/thanks?order=1", "https://shop.example/thanks?order=1&wasl_payment_id=X"),
        ("https://shop.example/#/thanks", "https://shop.example/?wasl_payment_id=X#/thanks"),
        ("https://shop.example/a?b=%2F#c?d", "https://shop.example/a?b=%2F&wasl_payment_id=X#c?d"),
        ("https://s.example/?pi={PAYMENT_INTENT_ID}", "https://s.example/?pi={PAYMENT_INTENT_ID}&wasl_payment_id=X"),
    ],
)
def test_the_way_back_carries_our_id_and_is_else_as_it_was(url: str, expected: str) -> None:
    assert marked(url, PAYMENT_ID) == expected.replace("X", str(PAYMENT_ID))


async def test_the_way_back_can_be_left_alone() -> None:
    wire = Wire()
    await sent(ziina(wire, settings={"mark_return_url": False}), "create_payment", a_checkout(cancel_url=None))
    assert {wire.body[name] for name in ("success_url", "cancel_url", "failure_url")} == {"https://shop.example/thanks"}


@pytest.mark.parametrize(
    ("reference", "description", "message"),
    [
        ("order-1001", None, "order-1001"),
        ("order-1001", "Two mugs", "order-1001: Two mugs"),
        ("order-1001", "كوبان", "order-1001"),
        ("طلب-1001", "Two mugs", "Two mugs"),
        ("طلب-1001", None, None),
        ("order-1001", "Two\nmugs", "order-1001"),
        ("r" * 200, "Two mugs", "r" * 49),
        ("order-1001", "d" * 200, "order-1001: " + "d" * 37),
    ],
)
async def test_the_payer_sees_what_ziina_can_show(reference: str, description: str | None, message: str | None) -> None:
    wire = Wire()
    await sent(ziina(wire), "create_payment", a_checkout(reference=reference, description=description))
    assert wire.body.get("message") == message


async def test_a_page_runs_out_when_the_connection_says_so() -> None:
    wire = Wire()
    await sent(ziina(wire), "create_payment", a_checkout())
    assert "expiry" not in wire.body
    before = time.time()
    await sent(ziina(wire, settings={"expires_after_minutes": 30}), "create_payment", a_checkout())
    assert isinstance(wire.body["expiry"], str)
    assert before + 1800 - 1 <= int(wire.body["expiry"]) / 1000 <= time.time() + 1800


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("2.00", "AED", 200),
        ("125.50", "AED", 12550),
        ("0.01", "USD", 1),
        ("1.500", "KWD", 1500),
        ("1.230", "OMR", 1230),
        ("1.230", "BHD", 1230),
    ],
)
async def test_amounts_are_whole_minor_units(amount: str, currency: str, units: int) -> None:
    wire = Wire()
    await sent(ziina(wire), "create_payment", a_checkout(money=Money.of(amount, currency)))
    assert (wire.body["amount"], type(wire.body["amount"]), wire.body["currency_code"]) == (units, int, currency)


@pytest.mark.parametrize(
    ("request_for", "field"),
    [
        (a_checkout(money=Money.of("1.99", "AED")), "money.amount"),
        (a_checkout(money=Money.of("1.234", "OMR")), "money.amount"),
        (a_checkout(money=Money.of("99.00", "EGP")), "money.currency"),
        (a_checkout(money=Money.of("500", "JPY")), "money.currency"),
        (a_checkout(capture_method="manual"), "capture_method"),
        (a_checkout(method="knet"), "method"),
        (a_checkout(save_payment_method=True), "save_payment_method"),
        (a_payment(), "mode"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_ziina_cannot_take_is_refused_before_any_call(request_for: Any, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await ziina(wire).create_payment(request_for)
    assert refused.value.field == field
    assert not wire.requests


async def test_a_refund_is_made_under_our_own_id() -> None:
    request = a_refund(INTENT, money=PART, reason="duplicate", note="asked by phone")
    wire = Wire((201, refund(request)))
    made = await ziina(wire).refund_payment(request)
    assert wire.lines == ["POST /api/refund"]
    assert wire.body == {
        "id": str(request.refund_id),
        "payment_intent_id": INTENT,
        "amount": 1050,
        "currency_code": "AED",
        "test": True,
    }
    assert (made.status, made.provider_refund_id, str(made.money)) == ("pending", str(request.refund_id), "AED 10.50")
    assert (made.refund_id, made.payment_id) == (request.refund_id, request.payment_id)


async def test_a_refund_of_everything_says_how_much_that_is() -> None:
    request = a_refund(INTENT)
    wire = Wire(intent("completed"), (201, refund(request, amount=9900)))
    made = await ziina(wire).refund_payment(request)
    assert wire.lines == [f"GET /api/payment_intent/{INTENT}", "POST /api/refund"]
    assert (wire.body["amount"], str(made.money)) == (9900, "AED 99.00")


async def test_a_refund_that_ziina_cannot_take_exactly_is_refused_before_any_call() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await ziina(wire).refund_payment(a_refund(INTENT, money=Money.of("1.234", "KWD")))
    assert (refused.value.field, wire.requests) == ("money.amount", [])


async def test_writes_are_never_repeated_by_the_transport_and_reads_may_be() -> None:
    wire = Wire()
    connector = ziina(wire)
    await sent(connector, "create_payment", a_checkout())
    await sent(connector, "refund_payment", a_refund(INTENT, money=PART))
    await sent(connector, "get_payment", INTENT)
    await sent(connector, "get_refund", INTENT)
    marks = {line: made.extensions["wasl"]["retryable"] for line, made in zip(wire.lines, wire.requests, strict=True)}
    assert {line.split()[0]: retryable for line, retryable in marks.items()} == {"POST": False, "GET": True}


@pytest.mark.parametrize(
    "bad_id", ["../refund", f"{INTENT}/../x", f"{INTENT}?x=y", "pi 1", "ـ", "pi%2F", "é", "a" * 129]
)
async def test_an_id_cannot_lead_to_another_path(bad_id: str) -> None:
    wire = Wire()
    connector = ziina(wire)
    for call in (
        connector.get_payment(bad_id),
        connector.get_refund(bad_id),
        connector.refund_payment(a_refund(bad_id)),
        connector.refund_payment(a_refund(bad_id, money=PART)),
    ):
        with pytest.raises(InvalidRequest, match="is not an id"):
            await call
    assert not wire.requests


@pytest.mark.parametrize("capability", [CancelsPayments, CapturesPayments, ListsPayments, SavesPaymentMethods])
def test_it_does_not_claim_what_ziina_has_not(capability: Any) -> None:
    with pytest.raises(NotSupported):
        require(ziina(Wire()), capability, "this")


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        ({"credentials": {"access_token": "short"}}, "credentials.access_token"),
        ({"credentials": {"access_token": TOKEN + "\n"}}, "credentials.access_token"),
        ({"credentials": {"access_token": "a token with spaces in it"}}, "credentials.access_token"),
        ({"credentials": {"access_token": TOKEN, "webhook_secret": "guessable"}}, "credentials.webhook_secret"),
        ({"settings": {"expires_after_minutes": 1}}, "settings.expires_after_minutes"),
    ],
)
def test_a_connection_that_cannot_work_is_refused_by_field(connection: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ziina(Wire(), **connection)
    assert refused.value.field == field
    assert TOKEN not in f"{refused.value.as_dict()}"


def test_two_webhook_secrets_may_be_kept_while_one_replaces_the_other() -> None:
    two = "the-first-long-secret\nthe-second-long-secret\n"
    kept = ziina(Wire(), credentials={"access_token": TOKEN, "webhook_secret": two}).credentials.webhook_secret
    assert kept is not None
    assert kept.get_secret_value() == two
