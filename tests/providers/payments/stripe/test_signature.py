"""Stripe's signature: what is accepted, what is not, and agreement with Stripe's own package."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import stripe as official
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale, WebhookRejected
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.providers.payments.stripe import StripeConnector

SECRET = "whsec_0123456789abcdef"
OTHER_SECRET = "whsec_fedcba9876543210"
SIGNED_AT = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
BODY = b'{"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": {"object": {}}}'


def signature(body: bytes, secret: str = SECRET, at: datetime = SIGNED_AT) -> str:
    message = b"%d." % int(at.timestamp()) + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def header(body: bytes = BODY, secret: str = SECRET, at: datetime = SIGNED_AT) -> str:
    return f"t={int(at.timestamp())},v1={signature(body, secret, at)}"


def verify(
    signature_header: str | None,
    *,
    body: bytes = BODY,
    secrets: tuple[str, ...] = (SECRET,),
    received_at: datetime = SIGNED_AT,
) -> VerifiedWebhook:
    headers = {} if signature_header is None else {"stripe-signature": signature_header}
    return StripeConnector.verify_webhook(WebhookRequest(headers, body, received_at), secrets)


def test_a_right_signature_proves_the_sender() -> None:
    verified = verify(header())
    assert (verified.event_id, verified.event_type, verified.content_signed) == (
        "evt_1",
        "payment_intent.succeeded",
        True,
    )


def test_any_of_several_signatures_will_do() -> None:
    moment = int(SIGNED_AT.timestamp())
    wrong, right = "0" * 64, signature(BODY)
    assert verify(f"t={moment},v1={wrong},v1={right},v0=ignored")
    assert verify(f"t={moment}, v1={right} ,v1={wrong}")


def test_during_a_rotation_either_secret_will_do() -> None:
    for secret in (SECRET, OTHER_SECRET):
        assert verify(header(secret=secret), secrets=(SECRET, OTHER_SECRET))
    with pytest.raises(SignatureInvalid):
        verify(header(secret="whsec_retired"), secrets=(SECRET, OTHER_SECRET))


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "",
        "t=,v1=",
        "v1=" + signature(BODY),
        f"t={int(SIGNED_AT.timestamp())}",
        f"t={int(SIGNED_AT.timestamp())},v0={signature(BODY)}",
        f"t=now,v1={signature(BODY)}",
        f"t=-1,v1={signature(BODY)}",
        f"t={'9' * 40},v1={signature(BODY)}",
        f"t={int(SIGNED_AT.timestamp())},t={int(SIGNED_AT.timestamp())},v1={signature(BODY)}",
        f"t={int(SIGNED_AT.timestamp())},v1={signature(BODY).upper()}",
        f"t={int(SIGNED_AT.timestamp())},v1={signature(BODY)[:-1]}",
        f"t={int(SIGNED_AT.timestamp())},v1=é",
        f"t={int(SIGNED_AT.timestamp()) + 1},v1={signature(BODY)}",
        f"t={int(SIGNED_AT.timestamp())}" + ",v1=00" * 11 + f",v1={signature(BODY)}",
        header(b"another body"),
        header(secret=OTHER_SECRET),
    ],
)
def test_anything_else_is_not_believed(bad: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        verify(bad)


def test_without_a_secret_nothing_is_believed() -> None:
    for secrets in ((), ("",)):
        with pytest.raises(SignatureInvalid):
            verify(header(secret=""), secrets=secrets)


@pytest.mark.parametrize(("seconds", "accepted"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_the_time_may_differ_by_five_minutes_either_way(seconds: int, accepted: bool) -> None:
    received_at = SIGNED_AT + timedelta(seconds=seconds)
    if accepted:
        assert verify(header(), received_at=received_at)
        return
    with pytest.raises(SignatureStale):
        verify(header(), received_at=received_at)


def test_a_forged_old_delivery_is_forged_not_stale() -> None:
    with pytest.raises(SignatureInvalid):
        verify(header(secret=OTHER_SECRET), received_at=SIGNED_AT + timedelta(days=1))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"evt_1"', b"\xff\xfe", b"{}", b'{"id": "evt_1"}', b'{"id": 1, "type": "x"}', b"NaN"],
)
def test_a_signed_body_that_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify(header(body), body=body)
    with pytest.raises(MalformedPayload):
        StripeConnector.parse_webhook(body)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_no_header_breaks_the_check_or_passes_it(text: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(text)


@given(st.binary(max_size=300))
def test_no_body_breaks_the_check(body: bytes) -> None:
    try:
        verify(header(body), body=body)
    except MalformedPayload:
        return
    assert isinstance(orjson.loads(body), dict)


@given(st.binary(min_size=1, max_size=300), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(body: bytes, position: int, change: int) -> None:
    changed = bytearray(body)
    changed[position % len(body)] ^= change
    with pytest.raises(SignatureInvalid):
        verify(header(body), body=bytes(changed))


SECRETS = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
EVENTS = st.fixed_dictionaries(
    {"id": st.text(min_size=1, max_size=30), "object": st.just("event"), "type": st.text(min_size=1, max_size=30)},
    optional={"data": st.dictionaries(st.text(max_size=10), st.integers(-(2**53), 2**53) | st.text(max_size=20))},
)


@given(EVENTS, SECRETS)
def test_what_stripes_package_signs_we_accept(event: dict[str, object], secret: str) -> None:
    body = orjson.dumps(event)
    moment = int(SIGNED_AT.timestamp())
    theirs = official.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", secret)
    verified = verify(f"t={moment},v1={theirs}", body=body, secrets=(secret,))
    assert (verified.event_id, verified.event_type) == (event["id"], event["type"])


@given(EVENTS, SECRETS, st.integers(min_value=0, max_value=600))
def test_what_we_accept_stripes_package_accepts(event: dict[str, object], secret: str, age_seconds: int) -> None:
    body = orjson.dumps(event)
    now = datetime.now(UTC).replace(microsecond=0)
    signed_at = now - timedelta(seconds=age_seconds)
    try:
        verify(header(body, secret, signed_at), body=body, secrets=(secret,), received_at=now)
        ours = True
    except WebhookRejected:
        ours = False
    # Stripe's package compares with the time of its own call, up to a second or two after `now`.
    if not 297 <= age_seconds <= 300:
        assert ours is _stripes_package_accepts(body, header(body, secret, signed_at), secret)


def _stripes_package_accepts(body: bytes, signature_header: str, secret: str) -> bool:
    try:
        official.Webhook.construct_event(body, signature_header, secret)
    except official.SignatureVerificationError:
        return False
    return True
