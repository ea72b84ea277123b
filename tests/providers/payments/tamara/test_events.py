"""Tamara's webhooks: the token that has to be right, and what a notification says."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.tamara.builders import CAPTURE, ORDER, PAYMENT_ID, REFUND
from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.tamara import TamaraConnector
from workers.providers.payments.tamara.events import EVENT_TYPES

SECRET = "3f0e2b6a-notification-token-of-tests"
OTHER = "another-notification-token-of-tests!"
NOW = 1_681_215_600  # within the documented example's time
ISSUED, RUNS_OUT = 1_681_215_543, 1_681_216_443
CLAIMS: dict[str, Any] = {"exp": RUNS_OUT, "iat": ISSUED, "iss": "Tamara"}
HEADER = {"typ": "JWT", "alg": "HS256"}


def body_of(name: str = "order_approved", **changes: Any) -> bytes:
    event = {
        "order_id": ORDER,
        "order_reference_id": str(PAYMENT_ID),
        "order_number": "order-1001",
        "event_type": name,
        "data": [],
    }
    return orjson.dumps({**event, **changes})


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def token(secret: str = SECRET, header: Any = HEADER, digest: Any = hashlib.sha256, **changes: Any) -> str:
    """A token made by hand, so that it can be wrong in every way."""
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    signed = f"{encode(orjson.dumps(header))}.{encode(orjson.dumps(claims))}"
    return f"{signed}.{encode(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


def verify(
    bearer: str | None = None,
    *,
    query: dict[str, str] | None = None,
    body: bytes | None = None,
    secrets: tuple[str, ...] = (SECRET,),
    at: float = NOW,
    tolerance: int | None = None,
) -> VerifiedWebhook:
    headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
    moment = datetime.fromtimestamp(at, UTC)
    request = WebhookRequest(headers, body_of() if body is None else body, moment, query or {}, tolerance)
    return TamaraConnector.verify_webhook(request, secrets)


def test_the_token_proves_the_sender_but_not_the_content() -> None:
    for verified in (verify(token()), verify(query={"tamaraToken": token()})):
        assert (verified.event_id, verified.event_type) == (None, "order_approved")
        assert verified.content_signed is False


def test_the_documented_token_has_the_claims_that_are_asked_for() -> None:
    """The example of https://docs.tamara.co/docs/transaction-authorisation; its key is not published."""
    documented = "eyJleHAiOjE2ODEyMTY0NDMsImlhdCI6MTY4MTIxNTU0MywiaXNzIjoiVGFtYXJhIn0"
    assert token().split(".")[1] == documented
    assert token().split(".")[0] == "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"


def test_while_the_notification_token_is_changed_both_are_believed() -> None:
    for secret in (SECRET, OTHER):
        assert verify(token(secret), secrets=(OTHER, SECRET)).event_type == "order_approved"


def test_a_header_of_somebody_in_between_does_not_matter() -> None:
    """A gateway before us may use the header for itself; the query still proves."""
    assert verify(token(OTHER), query={"tamaraToken": token()}).event_type == "order_approved"
    assert verify("a-gateways-own-key", query={"tamaraToken": token()}).event_type == "order_approved"


good = token()
WRONG_TOKENS = {
    "none": None,
    "empty": "",
    "of another key": token(OTHER),
    "without a signature": good.rpartition(".")[0] + ".",
    "two parts": good.rpartition(".")[0],
    "five parts": f"{good}.x.y",
    "a flipped signature": good[:-3] + ("A" if good[-3] != "A" else "B") + good[-2:],
    "other claims under the same signature": f"{token(exp=9e9).rpartition('.')[0]}.{good.rpartition('.')[2]}",
    "alg none": token(header={"typ": "JWT", "alg": "none"}),
    "alg none, unsigned": f"{encode(orjson.dumps({'alg': 'none'}))}.{good.split('.')[1]}.",
    "alg HS512": token(header={"typ": "JWT", "alg": "HS512"}, digest=hashlib.sha512),
    "alg RS256": token(header={"typ": "JWT", "alg": "RS256"}),
    "another issuer": token(iss="Tabby"),
    "no issuer": token(iss=None),
    "no end": token(exp=None),
    "no beginning": token(iat=None),
    "an end that is no time": token(exp="tomorrow"),
    "an end that is a truth": token(exp=True),
    "not base64": "§.§.§",
    "a nested header": f"{encode(b'[' * 50_000)}.{good.split('.', 1)[1]}",
}


@pytest.mark.parametrize("presented", WRONG_TOKENS.values(), ids=WRONG_TOKENS.keys())
def test_a_wrong_token_proves_nothing(presented: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        verify(presented)
    with pytest.raises(SignatureInvalid):
        verify(query={"tamaraToken": presented or ""})


@pytest.mark.parametrize("secrets", [(), ("",), (OTHER,)])
def test_without_the_right_secret_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(token(), secrets=secrets)


def test_an_empty_secret_is_none() -> None:
    with pytest.raises(SignatureInvalid):
        verify(token(""), secrets=("",))


def test_a_basic_header_is_no_bearer() -> None:
    request = WebhookRequest({"authorization": f"Basic {token()}"}, body_of(), datetime.fromtimestamp(NOW, UTC))
    with pytest.raises(SignatureInvalid):
        TamaraConnector.verify_webhook(request, [SECRET])


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (ISSUED, True),
        (ISSUED - 59, True),
        (ISSUED - 61, False),
        (RUNS_OUT + 59, True),
        (RUNS_OUT + 60, False),
        (RUNS_OUT + 86_400, False),
    ],
)
@pytest.mark.parametrize("tolerance", [None, 30, 300, 86_400])
def test_a_token_holds_for_its_own_time_whatever_the_endpoint_wishes(
    at: float, holds: bool, tolerance: int | None
) -> None:
    if holds:
        assert verify(token(), at=at, tolerance=tolerance).event_type == "order_approved"
        return
    with pytest.raises(SignatureStale):
        verify(token(), at=at, tolerance=tolerance)


def test_a_stored_delivery_is_judged_by_when_it_arrived() -> None:
    assert datetime.now(UTC).timestamp() > RUNS_OUT
    assert verify(token(), at=NOW).event_type == "order_approved"


# What it says.


def parsed(name: str, **changes: Any) -> CanonicalEvent:
    (event,) = TamaraConnector.parse_webhook(body_of(name, **changes))
    return event


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("order_approved", "payment.requires_action"),
        ("order_on_hold", "payment.processing"),
        ("order_declined", "payment.failed"),
        ("order_expired", "payment.expired"),
        ("order_authorised", "payment.authorized"),
        ("order_updated", "payment.authorized"),
        ("order_canceled", "payment.cancelled"),
        ("order_captured", "payment.succeeded"),
        ("order_refunded", "refund.succeeded"),
    ],
)
def test_an_event_says_which_payment_it_is_about(name: str, kind: str) -> None:
    event = parsed(name)
    assert (event.type, event.provider_type) == (kind, name)
    assert (event.payment_id, event.provider_payment_id) == (PAYMENT_ID, ORDER)
    assert event.payment is None, "what nobody signed moves nothing"
    assert name in EVENT_TYPES


def test_a_refunds_event_names_the_refund() -> None:
    ours = "0190f3a0-0000-7000-8000-00000000beef"
    amount = {"amount": 1.0, "currency": "AED"}
    data = {"refund_id": REFUND, "capture_id": CAPTURE, "refunded_amount": amount, "comment": f"Refund {ours}: broken"}
    event = parsed("order_refunded", data=data)
    assert (event.refund_id, event.provider_refund_id) == (UUID(ours), f"{ORDER}:{REFUND}")
    assert parsed("order_refunded", data={**data, "comment": "GOODWILL"}).refund_id is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("approved", "payment.requires_action"),
        ("declined", "payment.failed"),
        ("expired", "payment.expired"),
        ("canceled", "payment.cancelled"),
        ("fully_captured", "payment.succeeded"),
        ("fully_refunded", "payment.refunded"),
        ("odd", "payment.processing"),
    ],
)
def test_a_payments_own_notification_has_a_status_instead_of_an_event(status: str, kind: str) -> None:
    body = orjson.dumps({"order_id": ORDER, "order_reference_id": str(PAYMENT_ID), "order_status": status, "data": {}})
    (event,) = TamaraConnector.parse_webhook(body)
    assert (event.type, event.provider_type, event.payment_id) == (kind, status, PAYMENT_ID)
    assert verify(token(), body=body).event_type == status


def test_an_orders_event_that_is_new_makes_the_order_be_looked_at() -> None:
    assert parsed("order_sublimated").type == "payment.processing"


def test_what_is_not_about_an_order_means_nothing() -> None:
    assert TamaraConnector.parse_webhook(body_of("dispute_created")) == []


def test_a_reference_that_is_not_ours_is_no_id() -> None:
    assert parsed("order_captured", order_reference_id="903961577356246").payment_id is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        orjson.dumps({"event_type": "order_approved"}),
        orjson.dumps({"order_id": ORDER}),
        orjson.dumps({"order_id": 7, "event_type": "order_approved"}),
        orjson.dumps({"order_id": ORDER, "event_type": None}),
    ],
)
def test_a_body_that_is_not_tamaras_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify(token(), body=body)
    with pytest.raises(MalformedPayload):
        TamaraConnector.parse_webhook(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["order_id", "order_reference_id", "event_type", "order_status", "data"])


@given(st.dictionaries(names, json_values, max_size=5))
def test_whatever_a_notification_holds_it_is_read_or_malformed(changes: dict[str, Any]) -> None:
    try:
        events = TamaraConnector.parse_webhook(body_of("order_refunded", **changes))
    except MalformedPayload:
        return
    assert all(event.provider_payment_id for event in events)


@given(st.text(max_size=60))
def test_whatever_is_presented_as_a_token_is_refused(presented: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(query={"tamaraToken": presented})
