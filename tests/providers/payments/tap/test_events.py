"""Tap's webhooks: the hashstring over seven fields, and what the rest says."""

import hashlib
import hmac
import json
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.builders import now
from tests.providers.payments.tap.builders import (
    AUTH,
    CHG,
    PAGE,
    RE,
    SECRET_KEY,
    authorization,
    charge,
    opened,
    refund,
)
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.providers.payments.tap import TapConnector
from workers.providers.payments.tap.events import signed_amount, signed_text

# The deliveries that docs/webhook shows, as far as they are signed; their key is not shown.
DOCUMENTED_CHARGE = {
    "id": "chg_TS05A4120230736x9K22710693",
    "object": "charge",
    "status": "CAPTURED",
    "amount": 1.0,
    "currency": "SAR",
    "transaction": {"created": "1698392202943"},
    "reference": {"payment": "4327230736106619650", "gateway": "mada_pg70983e7a-a686-40ba-83e2-c5e9f4074fe5"},
}
DOCUMENTED_AUTHORIZATION = {
    "id": "auth_TS04A1720230745Rt2a2710607",
    "object": "authorize",
    "status": "AUTHORIZED",
    "amount": 100.0,
    "currency": "SAR",
    "transaction": {"created": "1698392719404"},
    "reference": {"payment": "2027230745109668360", "gateway": "123456789"},
}
INVOICE = {
    "id": "inv_1",
    "object": "invoice",
    "status": "PAID",
    "amount": 2,
    "currency": "AED",
    "updated": 1698392302943,
    "created": 1698392202943,
}


def sign(text: str, key: str = SECRET_KEY) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def delivery(thing: Any, signature: str | None) -> WebhookRequest:
    body = thing if isinstance(thing, bytes) else json.dumps(thing).encode()
    return WebhookRequest({} if signature is None else {"hashstring": signature}, body, now())


def verify(thing: Any, signature: str | None, secrets: list[str] | None = None) -> VerifiedWebhook:
    return TapConnector.verify_webhook(delivery(thing, signature), [SECRET_KEY] if secrets is None else secrets)


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (
            DOCUMENTED_CHARGE,
            "x_idchg_TS05A4120230736x9K22710693x_amount1.00x_currencySAR"
            "x_gateway_referencemada_pg70983e7a-a686-40ba-83e2-c5e9f4074fe5x_payment_reference4327230736106619650"
            "x_statusCAPTUREDx_created1698392202943",
        ),
        (
            DOCUMENTED_AUTHORIZATION,
            "x_idauth_TS04A1720230745Rt2a2710607x_amount100.00x_currencySARx_gateway_reference123456789"
            "x_payment_reference2027230745109668360x_statusAUTHORIZEDx_created1698392719404",
        ),
        (
            refund(reference={"gateway": "g1", "payment": "p1"}),
            f"x_id{RE}x_amount30.00x_currencyAEDx_gateway_referenceg1x_payment_referencep1x_statusREFUNDED"
            "x_created1698392302943",
        ),
        (
            INVOICE,
            "x_idinv_1x_amount2.00x_currencyAEDx_updated1698392302943x_statusPAIDx_created1698392202943",
        ),
        (
            charge("CANCELLED", "302", amount=1.5, currency="KWD", reference={"order": "o"}),
            f"x_id{CHG}x_amount1.500x_currencyKWDx_gateway_referencex_payment_referencex_statusCANCELLED"
            "x_created1698392202943",
        ),
    ],
    ids=["charge", "authorize", "refund", "invoice", "no references, three decimals"],
)
def test_each_object_signs_fields_of_its_own(thing: dict[str, Any], text: str) -> None:
    assert signed_text(thing) == text
    verified = verify(thing, sign(text))
    assert verified.event_id == f"{thing['id']}:{thing['status']}"
    assert verified.event_type == f"{thing['object']}.{thing['status']}"
    assert not verified.content_signed, "our id, the source and the card are not among the signed fields"
    assert verify(thing, sign(text).upper()) == verified


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (2, "AED", "2.00"),
        (3, "BHD", "3.000"),
        (3, "KWD", "3.000"),
        (3, "OMR", "3.000"),
        (4, "JOD", "4.000"),
        ("125.5", "SAR", "125.50"),
        ("0.1", "USD", "0.10"),
        ("1.005", "EGP", "1.01"),
        (7, "XXZ", "7.00"),
    ],
)
def test_the_amount_is_signed_with_its_currencys_decimals(amount: Any, currency: str, text: str) -> None:
    assert signed_amount(amount, currency) == text


@pytest.mark.parametrize("field", ["id", "amount", "currency", "status", "created", "gateway", "payment"])
def test_a_signed_field_that_was_changed_is_noticed(field: str) -> None:
    thing = charge()
    signature = sign(signed_text(thing))
    changed = json.loads(json.dumps(thing))
    for holder in (changed, changed["transaction"], changed["reference"]):
        if field in holder:
            holder[field] = 98 if field == "amount" else "1" + str(holder[field])
    with pytest.raises(SignatureInvalid):
        verify(changed, signature)


def test_a_field_that_is_not_signed_proves_nothing() -> None:
    signature = sign(signed_text(charge()))
    other = charge(metadata={"wasl_payment_id": str(uuid.uuid4())})
    assert verify(other, signature).content_signed is False


def test_several_keys_are_valid_while_they_are_changed() -> None:
    thing = charge()
    signature = sign(signed_text(thing), "sk_test_old")
    assert verify(thing, signature, ["sk_test_new", "sk_test_old"]).event_type == "charge.CAPTURED"
    for secrets in (["sk_test_new"], [], [""]):
        with pytest.raises(SignatureInvalid):
            verify(thing, signature, secrets)


@pytest.mark.parametrize("signature", [None, "", "0" * 64, "ä", sign("x"), sign("", "")])
def test_a_wrong_or_missing_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        verify(charge(), signature)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"id": 1, "status": "PAID"}',
        b'{"id": "chg_1", "status": "CAPTURED"}',
        b'{"id": "chg_1", "status": "X", "amount": 1e999999999, "currency": "AED", "transaction": {"created": 1}}',
        b'{"id": "chg_1", "status": "X", "amount": NaN, "currency": "AED", "transaction": {"created": 1}}',
        b'{"id": "\\ud800", "status": "X", "amount": 1, "currency": "AED", "transaction": {"created": 1}}',
    ],
)
def test_a_body_without_the_signed_fields_cannot_be_signed(body: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body, sign(""))


def test_a_payout_is_not_signed_and_so_not_believed() -> None:
    payout = {"id": "payout_1", "status": "PAID_OUT", "date": 1698589980000, "amount": 8.16, "currency": "SAR"}
    with pytest.raises(SignatureInvalid):
        verify(payout, sign("payout_1"))


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (charge(), "payment.succeeded"),
        (charge("DECLINED", "505"), "payment.failed"),
        (charge("TIMEDOUT", "801"), "payment.failed"),
        (charge("CANCELLED", "302"), "payment.cancelled"),
        (charge("ABANDONED", "301"), "payment.expired"),
        (charge("IN_PROGRESS", "200"), "payment.processing"),
        (charge("SUBLIMATED", "999"), "payment.processing"),
        (charge("INITIATED", "100"), "payment.created"),
        (opened(), "payment.requires_action"),
        (authorization(), "payment.authorized"),
        (authorization("VOID", "601"), "payment.cancelled"),
        (refund(), "refund.succeeded"),
        (refund("PENDING", "100"), "refund.pending"),
        (refund("DECLINED", "502"), "refund.failed"),
        (refund("CANCELLED", "301"), "refund.cancelled"),
    ],
)
def test_an_object_is_an_event_by_its_status(thing: dict[str, Any], kind: str) -> None:
    (event,) = TapConnector.parse_webhook(json.dumps(thing).encode())
    assert (event.type, event.provider_type) == (kind, f"{thing['object']}.{thing['status']}")
    assert event.provider_event_id == f"{thing['id']}:{thing['status']}"


def test_an_event_says_whose_it_is() -> None:
    payment_id, refund_id = uuid.uuid4(), uuid.uuid4()
    metadata = {"wasl_payment_id": str(payment_id), "wasl_refund_id": str(refund_id)}
    (paid,) = TapConnector.parse_webhook(json.dumps(charge(metadata=metadata)).encode())
    assert (paid.payment_id, paid.provider_payment_id, paid.refund_id) == (payment_id, CHG, None)
    (given,) = TapConnector.parse_webhook(json.dumps(refund(metadata=metadata)).encode())
    assert (given.payment_id, given.refund_id, given.provider_payment_id, given.provider_refund_id) == (
        payment_id,
        refund_id,
        CHG,
        RE,
    )
    (taken,) = TapConnector.parse_webhook(json.dumps(charge(source={"id": AUTH})).encode())
    assert taken.payment is not None
    assert taken.payment.provider_data == {"authorize": AUTH}
    (waiting,) = TapConnector.parse_webhook(json.dumps(opened()).encode())
    assert waiting.payment is not None
    assert waiting.payment.checkout_url == PAGE


def test_an_event_happened_at_the_last_step() -> None:
    steps = [{"created": 1698392202943}, {"created": 1698392233453}]
    (event,) = TapConnector.parse_webhook(json.dumps(charge(activities=steps)).encode())
    assert event.occurred_at.isoformat() == "2023-10-27T07:37:13.453000+00:00"
    (event,) = TapConnector.parse_webhook(json.dumps(charge()).encode())
    assert event.occurred_at.isoformat() == "2023-10-27T07:36:42.943000+00:00"


@pytest.mark.parametrize("thing", [INVOICE, {"id": "payout_1", "status": "PAID_OUT"}, {**charge(), "object": "token"}])
def test_what_means_nothing_to_wasl_is_no_event(thing: dict[str, Any]) -> None:
    assert TapConnector.parse_webhook(json.dumps(thing).encode()) == []


@pytest.mark.parametrize(
    "thing",
    [
        [],
        {},
        charge(amount="x"),
        charge(currency="XXZ"),
        charge(transaction={}),
        charge(transaction={"created": "today"}),
        refund(created=None),
        refund(amount=-1),
    ],
)
def test_an_object_that_cannot_be_true_is_malformed(thing: Any) -> None:
    with pytest.raises(MalformedPayload):
        TapConnector.parse_webhook(json.dumps(thing).encode())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(charge())), inner, max_size=6),
    max_leaves=12,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(sorted({*charge(), *refund(), "activities"})), _JSON))
def test_no_delivery_breaks_anything(changes: dict[str, Any]) -> None:
    body = json.dumps({**charge(), **changes}).encode()
    with pytest.raises(SignatureInvalid):
        verify(body, "0" * 64)
    try:
        TapConnector.parse_webhook(body)
    except MalformedPayload:
        return
