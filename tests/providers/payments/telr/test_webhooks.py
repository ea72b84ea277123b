"""Telr's webhooks: a hash among the fields of a form, what it proves, and what a form says."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.telr.wire import ORDER, PAYMENT_ID, REFUND, SALE, STORE
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import describe
from workers.providers.payments.telr import TelrConnector

SECRET, OTHER = "a-data-integrity-key", "another-integrity-key"
# A worked example, computed apart from the code that is tested.
EXAMPLE = {
    "tran_store": "15164",
    "tran_type": "sale",
    "tran_class": "ecom",
    "tran_test": "1",
    "tran_ref": "030100000001",
    "tran_prevref": "030100000001",
    "tran_firstref": "030100000001",
    "tran_currency": "AED",
    "tran_amount": "99.00",
    "tran_cartid": "00000000-0000-0000-0000-000000000007",
    "tran_desc": "Two mugs & a café",
    "tran_status": "A",
    "tran_authcode": "tst123",
    "tran_authmessage": "Authorised",
}
WITH_ORDER = (*tuple(EXAMPLE)[:7], "tran_order", *tuple(EXAMPLE)[7:])
EXAMPLE_TEXT = (
    "a-data-integrity-key:15164:sale:ecom:1:030100000001:030100000001:030100000001:AED:99.00:"
    "00000000-0000-0000-0000-000000000007:Two mugs & a café:A:tst123:Authorised"
)
EXAMPLE_CHECK = hashlib.sha1(EXAMPLE_TEXT.encode(), usedforsecurity=False).hexdigest()


def signed(secret: str = SECRET, names: tuple[str, ...] = tuple(EXAMPLE), **changes: str) -> dict[str, str]:
    """A form of the example with changes. :param names: what the hash covers."""
    form = {**EXAMPLE, **changes}
    text = ":".join((secret, *(form.get(name, "") for name in names)))
    return {**form, "tran_check": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}


def encoded(form: dict[str, str]) -> bytes:
    return urlencode(form).encode()


def verify(form: dict[str, str] | bytes, secrets: tuple[str, ...] = (SECRET,), settings: Any = None) -> VerifiedWebhook:
    body = form if isinstance(form, bytes) else encoded(form)
    return TelrConnector.verify_webhook(WebhookRequest({}, body, datetime(2026, 11, 23, tzinfo=UTC)), secrets, settings)


def event(**changes: str) -> CanonicalEvent:
    (found,) = TelrConnector.parse_webhook(encoded(signed(SECRET, tuple(EXAMPLE), **changes)))
    return found


def test_the_hash_proves_the_sender_but_its_contents_are_a_hint() -> None:
    verified = verify({**EXAMPLE, "tran_check": EXAMPLE_CHECK})
    assert (verified.event_id, verified.event_type) == (f"{SALE}:sale:A", "sale")
    assert verified.content_signed is False
    webhook = describe(TelrConnector).manifest.webhook
    assert webhook is not None
    assert (webhook.signs_content, webhook.algorithm, webhook.signing_credential) == (False, "sha1", "webhook_secret")
    assert "polled" in webhook.retries


def test_a_hash_in_capitals_is_the_same() -> None:
    assert verify({**EXAMPLE, "tran_check": EXAMPLE_CHECK.upper()}).event_type == "sale"


def test_the_orders_reference_may_be_in_the_hash_or_not() -> None:
    assert verify(signed(SECRET, WITH_ORDER, tran_order=ORDER)).event_type == "sale"
    assert verify({**signed(), "tran_order": ORDER}).event_type == "sale"


def test_a_field_that_is_missing_counts_as_empty() -> None:
    form = signed(tran_authmessage="", tran_prevref="")
    del form["tran_authmessage"], form["tran_prevref"]
    assert verify(form).event_type == "sale"


def test_during_a_rotation_either_key_will_do() -> None:
    for secret in (SECRET, OTHER):
        assert verify(signed(secret), (SECRET, OTHER)).event_type == "sale"
    with pytest.raises(SignatureInvalid):
        verify(signed("a-third-key"), (SECRET, OTHER))


@pytest.mark.parametrize("name", EXAMPLE)
def test_no_field_that_is_covered_can_be_changed(name: str) -> None:
    for changed in ({name: EXAMPLE[name] + "0"}, {name: ""}):
        with pytest.raises(SignatureInvalid):
            verify({**signed(), **changed})


@pytest.mark.parametrize("check", ["", "0" * 40, EXAMPLE_CHECK[:-1], EXAMPLE_CHECK + "0", "é" * 40, SECRET])
def test_no_other_hash_will_do(check: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify({**EXAMPLE, "tran_check": check})


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_without_a_key_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(signed(), secrets)
    with pytest.raises(SignatureInvalid):
        verify(signed(""), secrets)


def test_another_stores_delivery_is_refused() -> None:
    assert verify(signed(), settings={"store_id": STORE}).event_type == "sale"
    with pytest.raises(SignatureInvalid, match="another store"):
        verify(signed(), settings={"store_id": "999"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"tran_store",
        b"\xff\xfe",
        encoded(signed()) + b"&tran_status=D",
        encoded(signed()) + b"&tran_check=" + b"0" * 40,
        b"&".join(b"a%d=1" % number for number in range(300)),
        b"tran_desc=%ff&" + encoded(signed()),
    ],
)
def test_a_body_that_is_no_plain_form_proves_nothing(body: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body)
    with pytest.raises(MalformedPayload):
        TelrConnector.parse_webhook(body)


def test_an_update_without_a_hash_is_refused() -> None:
    """What Telr posts to an ivp_update_url, as its plugins read it."""
    with pytest.raises(SignatureInvalid):
        verify({"tran_cartid": str(PAYMENT_ID), "tran_type": "1", "tran_authstatus": "A", "tran_ref": SALE})


def test_a_form_that_is_not_about_a_transaction_is_malformed() -> None:
    for name in ("tran_ref", "tran_type", "tran_status"):
        with pytest.raises(MalformedPayload):
            verify(signed(SECRET, tuple(EXAMPLE), **{name: ""}))


@given(st.dictionaries(st.sampled_from([*EXAMPLE, "tran_check", "tran_order", "x"]), st.text(max_size=50)))
def test_no_form_without_the_key_is_believed(form: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(urlencode(form, errors="surrogatepass").encode())


def test_the_weakness_that_keeps_contents_from_being_believed() -> None:
    """Colons in a field are not told from those between fields: one hash, two meanings."""
    declined = signed(tran_desc="mugs:A:1:x", tran_status="D", tran_authcode="41", tran_authmessage="Empty")
    moved = {
        **declined,
        "tran_desc": "mugs",
        "tran_status": "A",
        "tran_authcode": "1",
        "tran_authmessage": "x:D:41:Empty",
    }
    assert verify(moved).content_signed is False


def test_an_event_tells_which_payment_it_is_about() -> None:
    told = event()
    assert (told.type, told.payment_id, told.provider_payment_id) == ("payment.succeeded", PAYMENT_ID, None)
    assert (told.provider_type, told.provider_event_id) == ("sale", f"{SALE}:sale:A")
    assert (told.payment, told.refund) == (None, None)
    (with_order,) = TelrConnector.parse_webhook(encoded(signed(SECRET, WITH_ORDER, tran_order=ORDER)))
    assert with_order.provider_payment_id == ORDER
    assert event(tran_class="cont").provider_payment_id == SALE
    assert event(tran_class="cont", tran_type="refund", tran_ref=REFUND).provider_payment_id is None
    assert event(tran_cartid=f"{PAYMENT_ID}-123-keep").payment_id == PAYMENT_ID
    assert event(tran_cartid="order-1001").payment_id is None


@pytest.mark.parametrize(
    ("kind", "status", "type_"),
    [
        ("sale", "A", "payment.succeeded"),
        ("1", "A", "payment.succeeded"),
        ("sale", "H", "payment.processing"),
        ("sale", "D", "payment.failed"),
        ("sale", "E", "payment.failed"),
        ("sale", "C", "payment.cancelled"),
        ("sale", "X", "payment.expired"),
        ("sale", "?", "payment.processing"),
        ("auth", "A", "payment.authorized"),
        ("4", "A", "payment.authorized"),
        ("auth", "X", "payment.expired"),
        ("capture", "A", "payment.succeeded"),
        ("7", "A", "payment.succeeded"),
        ("capture", "D", "payment.processing"),
        ("release", "A", "payment.cancelled"),
        ("void", "A", "payment.cancelled"),
        ("2", "A", "payment.cancelled"),
        ("6", "A", "payment.cancelled"),
        ("8", "A", "payment.cancelled"),
        ("void", "D", "payment.processing"),
        ("refund", "A", "refund.succeeded"),
        ("3", "A", "refund.succeeded"),
        ("refund", "H", "refund.pending"),
        ("refund", "D", "refund.failed"),
        ("refund", "C", "refund.cancelled"),
        ("Refund Reversal", "A", "refund.failed"),
        ("Capture Reversal", "A", "payment.processing"),
        ("verify", "A", "payment.processing"),
    ],
)
def test_every_type_and_status_has_a_name(kind: str, status: str, type_: str) -> None:
    told = event(tran_type=kind, tran_status=status)
    assert told.type == type_
    assert told.provider_refund_id == (SALE if kind in ("refund", "3") else None)
