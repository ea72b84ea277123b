"""The envelope of every call, and its signature."""

import hashlib
import json
import time
from typing import Any

import pytest

from tests.providers.shipping.imile.builders import CREDENTIALS, KEY, imile, no, ok, record
from tests.providers.shipping.imile.builders import existing as waybill
from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError
from workers.providers.registry import open_connector
from workers.providers.shipping.imile.envelope import digest

FRESH = ok({"accessToken": "a-fresh-token", "expiresIn": 7200})


async def test_a_call_carries_the_customer_the_key_the_token_and_the_time() -> None:
    connector, wire = imile(ok(record()))
    await connector.track_shipments([waybill()])
    sent = wire.body
    assert abs(int(sent.pop("timestamp")) / 1000 - time.time()) < 60
    assert sent == {
        "customerId": "C21099999",
        "signMethod": "SimpleKey",
        "sign": KEY,
        "format": "json",
        "version": "1.0.0",
        "timeZone": "+4",
        "accessToken": "a-token-of-the-unit-tests",
        "param": {"orderType": "1", "language": "2", "orderNo": "6082824250179"},
    }
    asked = json.loads(wire.tokens[0].content)
    assert asked["param"] == {"grantType": "clientCredential"}
    assert "accessToken" not in asked


def test_the_digest_is_of_the_fields_in_order_between_the_key() -> None:
    common = {"timeZone": "+8", "customerId": "C1", "accessToken": "t", "format": "json"}
    signed = 'secretaccessTokentcustomerIdC1formatjsontimeZone+8{"a":"1"}secret'
    assert digest(common, b'{"a":"1"}', "secret") == hashlib.md5(signed.encode()).hexdigest().upper()


async def test_with_md5_the_key_stays_here() -> None:
    connector, wire = imile(ok(record()), sign_method="MD5")
    await connector.track_shipments([waybill()])
    for request in (*wire.tokens, *wire.requests):
        sent = json.loads(request.content)
        assert KEY.encode() not in request.content
        param = json.dumps(sent.pop("param"), separators=(",", ":")).encode()
        assert param in request.content, "what is signed is what is sent"
        assert sent.pop("sign") == digest(sent, param, KEY)
        assert sent["signMethod"] == "MD5"


@pytest.mark.parametrize("code", ["402", 407, "408"])
async def test_a_token_that_is_refused_is_traded_once_more_and_no_oftener(code: str | int) -> None:
    connector, wire = imile(no(code), ok(record()), no(code), no(code))
    assert (await connector.track_shipments([waybill()]))[0].found
    assert len(wire.tokens) == 2
    with pytest.raises(ProviderError):
        await connector.track_shipments([waybill()])
    assert (len(wire.tokens), wire.answers) == (3, [])


async def test_a_token_is_kept() -> None:
    connector, wire = imile(ok(record()), ok(record()))
    for _ in range(2):
        await connector.track_shipments([waybill()])
    assert len(wire.tokens) == 1


@pytest.mark.parametrize("token", [no("401"), no(403), no("400"), no("410")])
async def test_wrong_credentials_are_told_and_not_repeated(token: Any) -> None:
    connector, wire = imile(token={**token, "message": f"bad sign {KEY}"})
    report = await connector.check_health()
    assert (report.ok, report.code) == (False, "authentication_failed")
    assert KEY not in report.detail
    with pytest.raises(AuthenticationFailed):
        await connector.track_shipments([waybill()])
    assert not wire.requests


async def test_health_is_a_new_token() -> None:
    connector, wire = imile(token=FRESH)
    assert (await connector.check_health()).ok
    assert (len(wire.tokens), len(wire.requests)) == (1, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("customer_id", ""), ("customer_id", "C 1"), ("api_key", "short"), ("api_key", "has spaces in it, and many")],
)
def test_credentials_that_cannot_be_right_are_named(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("imile", credentials={**CREDENTIALS, name: value})
    assert refused.value.field == f"credentials.{name}"
    assert not value or value not in refused.value.message
