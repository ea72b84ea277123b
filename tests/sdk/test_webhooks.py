"""Receivers: a webhook of the hub's is believed, and nothing else."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from wasl import webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type": "payment.succeeded", "data": {"name": "فاطمة"}}'


def headers(body: str = BODY, secret: str = SECRET, *, at: float | None = None) -> dict[str, str]:
    """As the official library signs."""
    moment = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", moment, body),
    }


@pytest.mark.parametrize(
    ("secret", "message_id", "moment", "body", "signature"),
    [
        (
            *(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            *("whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121),
            *('{"event_type":"ping","data":{"success":true}}', "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="),
        ),
    ],
    ids=["of the specification", "of Svix's documentation"],
)
def test_published_examples(
    monkeypatch: pytest.MonkeyPatch, secret: str, message_id: str, moment: int, body: str, signature: str
) -> None:
    monkeypatch.setattr(time, "time", lambda: moment + 10.0)
    given_headers = {"Webhook-Id": message_id, "WEBHOOK-TIMESTAMP": str(moment), "webhook-signature": signature}
    assert webhooks.verify(body, given_headers, secret) is not None
    assert webhooks.verify(body.encode(), given_headers, [webhooks.new_secret(), secret]) is not None


def test_a_message_comes_back_decoded() -> None:
    assert webhooks.verify(BODY.encode(), headers(), SECRET)["data"] == {"name": "فاطمة"}


def test_one_right_signature_of_several_is_enough() -> None:
    several = headers() | {"webhook-signature": f"v1,AAAA v1a,x {headers()['webhook-signature']} v2,y , v1,é"}
    assert webhooks.verify(BODY, several, SECRET)


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given | {"webhook-id": "msg_2"},
        lambda given: given | {"webhook-timestamp": str(int(given["webhook-timestamp"]) + 1)},
        lambda given: given | {"webhook-timestamp": "soon"},
        lambda given: given | {"webhook-timestamp": "9" * 5000},
        lambda given: given | {"webhook-timestamp": "٣"},
        lambda given: given | {"webhook-timestamp": ""},
        lambda given: given | {"webhook-signature": "v1," + base64.b64encode(b"x" * 32).decode()},
        lambda given: given | {"webhook-signature": given["webhook-signature"].replace("v1,", "v2,")},
        lambda given: given | {"webhook-signature": "é ,,, v1 v1, v1,é"},
        lambda given: {name: value for name, value in given.items() if name != "webhook-id"},
        lambda given: {name: value for name, value in given.items() if name != "webhook-signature"},
        lambda given: headers(at=time.time() - 400),
        lambda given: headers(at=time.time() + 400),
        lambda given: headers(secret=webhooks.new_secret()),
        lambda given: headers(body=BODY + " "),
    ],
)
def test_anything_else_is_refused(change: Callable[[Mapping[str, str]], Mapping[str, str]]) -> None:
    with pytest.raises(webhooks.WebhookRefused):
        webhooks.verify(BODY, change(headers()), SECRET)


NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"]


@given(st.binary(max_size=50), st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40)))
def test_no_request_makes_it_fail_otherwise(body: bytes, given_headers: dict[str, str]) -> None:
    with pytest.raises(webhooks.WebhookRefused):
        webhooks.verify(body, given_headers, SECRET)


def test_a_signed_body_that_is_no_json_is_refused() -> None:
    with pytest.raises(webhooks.WebhookRefused, match="JSON"):
        webhooks.verify("x", headers("x"), SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "not base64!", "whsec_a"])
def test_a_secret_that_is_none_is_told_without_being_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="not a signing secret") as refused:
        webhooks.verify(BODY, headers(), secret)
    assert not isinstance(refused.value, webhooks.WebhookRefused)
    assert "a!" not in str(refused.value)


def test_a_new_secret_is_one_that_every_library_knows() -> None:
    secrets = {webhooks.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert len(key) == 32
        signed = base64.b64encode(hmac.new(key, b"msg_1.1.x", hashlib.sha256).digest()).decode()
        assert Webhook(secret).sign("msg_1", datetime.fromtimestamp(1, UTC), "x") == f"v1,{signed}"


@pytest.mark.parametrize("written", [f" {SECRET}\n", f"v1,{SECRET}", SECRET.removeprefix("whsec_")])
def test_a_secret_that_was_pasted_carelessly_is_understood(written: str) -> None:
    assert webhooks.verify(BODY, headers(), written)
