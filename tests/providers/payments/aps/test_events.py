"""Webhooks: proved by the signature in their own body, and read."""

import contextlib
import uuid
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import now
from tests.providers.payments.aps.test_signature import NOTIFICATION, NOTIFIED
from tests.providers.payments.aps.wire import ID, REFERENCE, RESPONSE_PHRASE, feedback
from workers.providers.errors import MalformedPayload, SignatureInvalid, WebhookRejected
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.aps import APSConnector
from workers.providers.payments.aps.signature import ShaType, signature

Fields = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
REFUND = str(uuid.UUID(int=8))


def as_json(fields: Fields) -> bytes:
    return orjson.dumps(fields)


def as_form(fields: Fields) -> bytes:
    return urlencode(fields).encode()


def verify(body: bytes, secrets: list[str] | None = None, **settings: str) -> VerifiedWebhook:
    request = WebhookRequest({"content-type": "application/json"}, body, now())
    return APSConnector.verify_webhook(request, [RESPONSE_PHRASE] if secrets is None else secrets, settings)


def parse(fields: Fields) -> list[CanonicalEvent]:
    return APSConnector.parse_webhook(as_json(fields))


def only(fields: Fields) -> CanonicalEvent:
    (event,) = parse(fields)
    return event


# The proof.


@pytest.mark.parametrize("written", [as_json, as_form])
def test_a_signed_delivery_is_believed(written: Any) -> None:
    verified = verify(written(feedback("PURCHASE", "14000", customer_name="O'Hara & Söhne")))
    assert (verified.event_id, verified.event_type, verified.content_signed) == (None, "PURCHASE", True)


def test_the_official_sdks_own_notification_is_believed() -> None:
    assert verify(as_json({**NOTIFICATION, "signature": NOTIFIED}), ["PASS"]).event_type == "AUTHORIZATION"


@pytest.mark.parametrize("secrets", [["new phrase", RESPONSE_PHRASE], [RESPONSE_PHRASE, "new phrase"]])
def test_during_a_rotation_both_phrases_hold(secrets: list[str]) -> None:
    assert verify(as_json(feedback("PURCHASE", "14000")), secrets).event_type == "PURCHASE"


@pytest.mark.parametrize("sha_type", list(ShaType))
def test_the_connections_sha_type_counts(sha_type: ShaType) -> None:
    fields = {**feedback("PURCHASE", "14000")}
    fields["signature"] = signature(fields, RESPONSE_PHRASE, sha_type)
    assert verify(as_json(fields), sha_type=sha_type.value).event_type == "PURCHASE"
    other = ShaType.SHA_512 if sha_type is not ShaType.SHA_512 else ShaType.SHA_256
    with pytest.raises(SignatureInvalid):
        verify(as_json(fields), sha_type=other.value)


@pytest.mark.parametrize("empty", ["", None])
def test_empty_fields_may_have_been_signed_or_not(empty: str | None) -> None:
    fields = feedback("PURCHASE", "14000")
    signed_without = {**fields, "settlement_reference": empty}
    signed_with = {**signed_without, "signature": signature(signed_without, RESPONSE_PHRASE)}
    for each in (signed_without, signed_with):
        assert verify(as_json(each)).event_type == "PURCHASE"


@pytest.mark.parametrize("name", ["amount", "response_code", "merchant_reference", "status"])
def test_a_changed_field_is_not_believed(name: str) -> None:
    fields = feedback("PURCHASE", "14000")
    with pytest.raises(SignatureInvalid):
        verify(as_json({**fields, name: f"{fields[name]}0"}))
    with pytest.raises(SignatureInvalid):
        verify(as_json({key: value for key, value in fields.items() if key != name}))
    with pytest.raises(SignatureInvalid):
        verify(as_json({**fields, "more": "1"}))


@pytest.mark.parametrize("presented", ["", None, 7, "0" * 64, "é" * 64])
def test_another_signature_is_not_believed(presented: Any) -> None:
    with pytest.raises(SignatureInvalid):
        verify(as_json({**feedback("PURCHASE", "14000"), "signature": presented}))


@pytest.mark.parametrize("secrets", [[], [""], ["request phrase"]])
def test_without_the_right_phrase_nothing_is_believed(secrets: list[str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(as_json(feedback("PURCHASE", "14000")), secrets)


def test_an_empty_phrase_signs_nothing() -> None:
    fields = feedback("PURCHASE", "14000", phrase="")
    with pytest.raises(SignatureInvalid):
        verify(as_json(fields), [""])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"not a form", b"null", b"{}"])
def test_what_cannot_be_read_is_not_believed(body: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body)
    with pytest.raises(MalformedPayload):
        APSConnector.parse_webhook(body)


def test_a_signed_body_without_a_command_is_malformed() -> None:
    fields = {"data": "test"}
    with pytest.raises(MalformedPayload):
        verify(as_json({**fields, "signature": signature(fields, RESPONSE_PHRASE)}))


@given(body=st.binary() | st.text().map(str.encode) | st.dictionaries(st.text(), st.text()).map(orjson.dumps))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    for read in (lambda: verify(body), lambda: APSConnector.parse_webhook(body)):
        with contextlib.suppress(WebhookRejected):
            read()


# Payments.


@pytest.mark.parametrize(
    ("command", "code", "kind", "status"),
    [
        ("PURCHASE", "14000", "payment.succeeded", "captured"),
        ("AUTHORIZATION", "02000", "payment.authorized", "authorized"),
        ("PURCHASE", "13666", "payment.failed", "failed"),
        ("AUTHORIZATION", "03666", "payment.failed", "failed"),
        ("PURCHASE", "01072", "payment.failed", "failed"),
        ("PURCHASE", "13006", "payment.processing", "processing"),
        ("PURCHASE", "19000", "payment.processing", "processing"),
        ("PURCHASE", "40090", "payment.processing", "processing"),
        ("PURCHASE", "20064", "payment.requires_action", "requires_action"),
        ("PURCHASE", "01000", "payment.created", "created"),
        ("AUTHORIZATION", "08000", "payment.cancelled", "cancelled"),
        ("PURCHASE", "06000", "payment.refunded", "refunded"),
        ("PURCHASE", "99000", "payment.processing", "processing"),
    ],
)
def test_a_charge(command: str, code: str, kind: str, status: str) -> None:
    event = only(feedback(command, code))
    assert (event.type, event.provider_type) == (kind, command)
    assert (event.payment_id, event.provider_payment_id) == (uuid.UUID(REFERENCE), ID)
    assert event.payment is not None
    assert (event.payment.status, event.payment.provider_status) == (status, code)
    assert str(event.payment.money) == "AED 99.00"


def test_a_form_says_the_same() -> None:
    fields = feedback("PURCHASE", "14000")
    by_form, by_json = APSConnector.parse_webhook(as_form(fields))[0], only(fields)
    assert by_form.payment == by_json.payment


def test_a_payment_on_a_link_is_known_by_the_link_too() -> None:
    event = only(feedback("PURCHASE", "14000", payment_link_id="148708392700020346"))
    assert event.payment is not None
    assert event.payment.provider_session_id == "148708392700020346"
    assert str(event.payment.amount_captured) == "99.00"


def test_a_second_link_leads_to_the_same_payment() -> None:
    reference = f"{REFERENCE.replace('-', '')}-120"
    event = only(feedback("PURCHASE", "14000", merchant_reference=reference))
    assert (event.payment_id, event.provider_payment_id) == (uuid.UUID(REFERENCE), f"{reference}/AED/9900")


def test_a_decline_says_why() -> None:
    event = only(feedback("PURCHASE", "13666", acquirer_response_code="51", response_message="Declined"))
    assert event.payment is not None
    assert event.payment.decline is not None
    assert (event.payment.decline.reason, event.payment.decline.code) == ("insufficient_funds", "13666")


def test_a_kept_card_is_told() -> None:
    event = only(feedback("PURCHASE", "14000", token_name="Op9Vmp", remember_me="YES", agreement_id="A-17"))
    assert event.payment is not None
    assert event.payment.saved_method is not None
    assert (event.payment.saved_method.token, event.payment.saved_method.last_four) == ("Op9Vmp", "0001")
    forgotten = only(feedback("PURCHASE", "14000", token_name="Op9Vmp", remember_me="NO"))
    assert forgotten.payment is not None
    assert forgotten.payment.saved_method is None


def test_three_decimals() -> None:
    event = only(feedback("PURCHASE", "14000", amount="1500", currency="KWD"))
    assert event.payment is not None
    assert str(event.payment.money) == "KWD 1.500"


def test_a_payment_that_is_not_ours_has_no_id_of_ours() -> None:
    event = only(feedback("PURCHASE", "14000", merchant_reference="ORD-2024-001"))
    assert (event.payment_id, event.provider_payment_id) == (None, "ORD-2024-001/AED/9900")


# What became of it.


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        ("06000", "refund.succeeded", "succeeded"),
        ("07666", "refund.failed", "failed"),
        ("07006", "refund.pending", "pending"),
        ("19000", "refund.pending", "pending"),
    ],
)
def test_a_refund(code: str, kind: str, status: str) -> None:
    event = only(feedback("REFUND", code, amount="1000", maintenance_reference=REFUND))
    assert event.type == kind
    assert (event.payment_id, event.refund_id) == (uuid.UUID(REFERENCE), uuid.UUID(REFUND))
    assert event.provider_refund_id == f"{REFERENCE}/AED/1000/{REFUND}"
    assert event.refund is not None
    assert (event.refund.status, str(event.refund.money)) == (status, "AED 10.00")
    assert event.payment is None


def test_a_refund_made_in_the_dashboard() -> None:
    event = only(feedback("REFUND", "06000", amount="1000"))
    assert (event.refund_id, event.provider_refund_id) == (None, f"{REFERENCE}/AED/1000/149295435400084008")


@pytest.mark.parametrize(
    ("command", "code", "kind"),
    [("CAPTURE", "04000", "payment.succeeded"), ("VOID_AUTHORIZATION", "08000", "payment.cancelled")],
)
def test_captures_and_voids_only_say_where_to_look(command: str, code: str, kind: str) -> None:
    event = only(feedback(command, code, amount=None, currency=None))
    assert (event.type, event.payment_id) == (kind, uuid.UUID(REFERENCE))
    assert (event.payment, event.refund, event.provider_payment_id) == (None, None, None)


@pytest.mark.parametrize(("command", "code"), [("CAPTURE", "05666"), ("VOID_AUTHORIZATION", "09034")])
def test_what_failed_has_changed_nothing(command: str, code: str) -> None:
    assert parse(feedback(command, code)) == []


@pytest.mark.parametrize("command", ["TOKENIZATION", "GET_INSTALLMENTS_PLANS", None])
def test_other_operations_mean_nothing(command: str | None) -> None:
    assert APSConnector.parse_webhook(as_json({"service_command": command, "status": "18"})) == []


@pytest.mark.parametrize(
    "spoilt",
    [{"amount": "9.9"}, {"currency": "XXZ"}, {"merchant_reference": None}, {"response_code": "14"}, {"amount": None}],
)
def test_a_charge_without_its_facts_is_malformed(spoilt: Fields) -> None:
    with pytest.raises(MalformedPayload):
        parse(feedback("PURCHASE", "14000", **spoilt))
