"""The service account: what key is taken, what it signs, and what becomes of the token."""

import json
import time
from email.utils import formatdate
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.providers.marketing.google_analytics.builders import (
    API_SECRET,
    TOKEN,
    analytics,
    asked,
    question,
    refusal,
    rows,
)
from tests.support.carrier_wire import Wire
from tests.support.tools.google_analytics import SETTINGS, key_file, private_key
from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError, RateLimited, Unavailable
from workers.providers.registry import open_connector
from workers.transport.redaction import redact_body

BAD_TIME = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp "
    "values in the JWT claim."
)


async def refused_token(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await analytics(Wire(token=answer)).run_report(question())
    return raised.value


async def test_the_assertion_is_what_google_asks_for() -> None:
    wire = asked(rows())
    await analytics(wire).run_report(question())
    (request,) = wire.tokens
    assert str(request.url) == "https://oauth2.googleapis.com/token"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    form = dict(pair.split("=") for pair in request.content.decode().split("&"))
    assert form["grant_type"] == "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    assert jwt.get_unverified_header(form["assertion"]) == {
        "typ": "JWT",
        "alg": "RS256",
        "kid": "0123456789abcdef0123456789abcdef01234567",
    }
    public: Any = load_pem_private_key(private_key().encode(), None).public_key()
    audience = "https://oauth2.googleapis.com/token"
    claims = jwt.decode(form["assertion"], public, algorithms=["RS256"], audience=audience)
    assert claims["iss"] == "reports@souk-online.iam.gserviceaccount.com"
    assert claims["scope"] == "https://www.googleapis.com/auth/analytics.readonly"
    assert claims["exp"] == claims["iat"] + 3600
    assert abs(claims["iat"] - time.time()) < 10


async def test_one_token_serves_all_calls_and_one_that_is_refused_is_renewed_once() -> None:
    wire = asked(rows(), rows(), refusal(401, "UNAUTHENTICATED", "expired"), rows())
    connector = analytics(wire)
    await connector.run_report(question())
    await connector.run_report(question())
    assert len(wire.tokens) == 1
    await connector.run_report(question())
    assert len(wire.tokens) == 2
    again = asked(*[refusal(401, "UNAUTHENTICATED", "no")] * 2)
    with pytest.raises(AuthenticationFailed):
        await analytics(again).run_report(question())
    assert len(again.requests) == len(again.tokens) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((500, ""), Unavailable),
        ((429, ""), RateLimited),
        ((200, "<html>"), Unavailable),
        ({**TOKEN, "access_token": "line\nbreak"}, Unavailable),
        ({"access_token": "ya29.x"}, Unavailable),
        ((401, {"error": "invalid_client", "error_description": "no"}), AuthenticationFailed),
        ((400, {"error": "invalid_scope"}), AuthenticationFailed),
    ],
)
async def test_what_comes_instead_of_a_token(answer: Any, kind: type[ProviderError]) -> None:
    assert type(await refused_token(answer)) is kind


@pytest.mark.parametrize(
    ("ahead", "says"),
    [(7200, "7200 seconds ahead of"), (-900, "900 seconds behind"), (0, "clock was wrong when it signed")],
)
async def test_a_wrong_clock_is_told_as_one(ahead: int, says: str) -> None:
    body = {"error": "invalid_grant", "error_description": BAD_TIME}
    date = formatdate(time.time() - ahead, usegmt=True)
    error = await refused_token(httpx.Response(400, json=body, headers={"date": date}))
    assert isinstance(error, AuthenticationFailed)
    number, _, rest = says.partition(" ")
    if number.isdecimal():
        measured = int(error.message.partition("clock is ")[2].partition(" ")[0])
        assert abs(measured - int(number)) <= 2
    assert rest in error.message
    assert "NTP" in error.message
    assert error.provider_code == "invalid_grant"


@pytest.mark.parametrize("date", ["", "yesterday"])
async def test_a_wrong_clock_is_told_without_googles_time_too(date: str) -> None:
    body = {"error": "invalid_grant", "error_description": BAD_TIME}
    error = await refused_token(httpx.Response(400, json=body, headers={"date": date} if date else {}))
    assert "set by NTP" in error.message


@pytest.mark.parametrize(
    ("description", "says"),
    [
        ("Invalid JWT Signature.", "make a new one"),
        ("Invalid grant: account not found", "The service account was deleted"),
        ("Something else", "Google gives no token: Something else"),
    ],
)
async def test_a_refused_key_says_what_to_do(description: str, says: str) -> None:
    error = await refused_token((400, {"error": "invalid_grant", "error_description": description}))
    assert isinstance(error, AuthenticationFailed)
    assert says in error.message


# What is taken as credentials and settings.


@pytest.mark.parametrize(
    ("credentials", "says"),
    [
        ({}, "service_account_key (for reports) or api_secret (for events) is needed"),
        ({"service_account_key": "not json"}, "is not the JSON of a key file"),
        ({"service_account_key": "[]"}, "is not a service account's key"),
        ({"service_account_key": key_file(type="authorized_user")}, "is not a service account's key"),
        ({"service_account_key": key_file(private_key_id="")}, 'lacks "private_key_id"'),
        ({"service_account_key": key_file(client_email="nobody")}, "client_email"),
        ({"service_account_key": key_file(private_key="secret words")}, 'has no RSA key as "private_key"'),
        ({"api_secret": "two words"}, "is not an API secret"),
    ],
    ids=["nothing", "no json", "a list", "a person's", "no id", "no address", "no key", "no secret"],
)
def test_a_credential_that_cannot_be_right_is_refused_by_name(credentials: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("google_analytics", credentials=credentials)
    assert says in refused.value.message
    assert (refused.value.field or "").startswith("credentials")
    assert "secret words" not in refused.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("measurement_id", "UA-12345-1"),
        ("property_id", "properties/1"),
        ("region", "us"),
        ("currency", "Dirham"),
        ("api_version", "../v1"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("google_analytics", credentials={"api_secret": API_SECRET}, settings={**SETTINGS, name: value})
    assert refused.value.field == f"settings.{name}"


async def test_a_damaged_key_is_told_when_it_has_to_sign() -> None:
    good: Any = load_pem_private_key(private_key().encode(), None)
    numbers = good.private_numbers()
    names = ("p", "q", "d", "dmp1", "dmq1", "iqmp")
    parts = {name: getattr(numbers, name) for name in names} | {"dmp1": numbers.dmp1 + 2}
    damaged = rsa.RSAPrivateNumbers(public_numbers=numbers.public_numbers, **parts).private_key(
        unsafe_skip_rsa_key_validation=True
    )
    pem = damaged.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    wire = asked()
    health = await analytics(wire, {"service_account_key": key_file(private_key=pem)}).check_health()
    assert (health.code, wire.tokens) == ("authentication_failed", [])
    assert 'service_account_key: its "private_key" is damaged' in health.detail


async def test_the_addresses_in_a_key_file_are_not_followed() -> None:
    wire = asked(rows())
    key = key_file(token_uri="https://attacker.example/token")
    await analytics(wire, {"service_account_key": key}).run_report(question())
    assert wire.tokens[0].url.host == "oauth2.googleapis.com"


async def test_neither_key_nor_assertion_nor_token_is_in_a_record() -> None:
    wire = asked(rows())
    connector = analytics(wire)
    await connector.run_report(question())
    (request,) = wire.tokens
    sensitive = request.extensions["wasl"]["sensitive_fields"]
    kept = redact_body(request.content, "application/x-www-form-urlencoded", sensitive) or ""
    assertion = request.content.decode().partition("assertion=")[2]
    assert assertion[:20] not in kept
    answer = redact_body(json.dumps(TOKEN).encode(), "application/json", sensitive) or ""
    assert "ya29" not in answer
    assert private_key()[40:80] not in repr(connector.credentials) + repr(connector._account)
