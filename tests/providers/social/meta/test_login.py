"""Facebook Login: consent, tokens, what they are good for; and what never shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.social.meta.builders import (
    APP,
    CREDENTIALS,
    PROOF,
    SECRET,
    TOKEN,
    Wire,
    facebook,
    instagram,
    page_of,
    refusal,
)
from workers.providers.errors import AuthenticationFailed, InvalidRequest, OutcomeUnknown, ProviderError
from workers.providers.oauth import CodeExchange, ConsentRequest
from workers.transport.redaction import redact_body, redact_url

BACK = "https://hub.example/oauth/back"
CODE = "a-code-that-is-secret"
ME = {"id": "55", "name": "Fatima"}
GRANTED = page_of(
    {"permission": "pages_show_list", "status": "granted"}, {"permission": "pages_manage_posts", "status": "declined"}
)


def test_the_consent_page_is_facebooks_with_scopes_by_commas() -> None:
    for open_one, scope in ((facebook, "pages_manage_posts"), (instagram, "instagram_content_publish")):
        url = httpx.URL(open_one(Wire()).consent_url(ConsentRequest("state-1", BACK, code_verifier="v" * 43)))
        assert (url.host, url.path) == ("www.facebook.com", "/v25.0/dialog/oauth")
        asked = url.params
        assert (asked["client_id"], asked["redirect_uri"], asked["state"]) == (APP, BACK, "state-1")
        assert asked["response_type"] == "code"
        assert scope in asked["scope"].split(",")
        assert "code_challenge" not in asked


def test_without_an_app_there_is_nothing_to_consent_to() -> None:
    with pytest.raises(InvalidRequest) as refused:
        facebook(Wire(), credentials={}).consent_url(ConsentRequest("s", BACK))
    assert refused.value.field == "credentials.client_id"


async def test_a_code_becomes_a_long_token_with_what_was_really_granted() -> None:
    wire = Wire({"access_token": "short-token"}, {"access_token": "long-token", "expires_in": 5183944}, ME, GRANTED)
    grant = await facebook(wire, credentials={"client_id": APP, "client_secret": SECRET}).exchange_code(
        CodeExchange(CODE, BACK)
    )
    assert wire.lines == [
        "POST /oauth/access_token",
        "POST /oauth/access_token",
        "GET /me",
        "GET /me/permissions",
    ]
    assert grant.credentials == {"access_token": "long-token"}
    assert (grant.facts.scopes, grant.facts.subject_id, grant.facts.subject_name) == (
        ("pages_show_list",),
        "55",
        "Fatima",
    )
    assert grant.facts.expires_at is not None
    assert timedelta(days=59) < grant.facts.expires_at - datetime.now(UTC) < timedelta(days=61)
    assert not grant.refreshable


async def test_codes_secrets_and_tokens_stand_in_no_address_and_are_blanked_in_records() -> None:
    wire = Wire({"access_token": "short-token"}, {"access_token": "long-token"}, ME, GRANTED)
    await facebook(wire).exchange_code(CodeExchange(CODE, BACK))
    for request in wire.requests:
        fields = request.extensions["wasl"]["sensitive_fields"]
        body = redact_body(request.content, request.headers.get("content-type", ""), fields) or ""
        kept = redact_url(str(request.url), fields) + body
        assert not any(secret in kept for secret in (CODE, SECRET, "short-token", "long-token"))
        assert not any(secret in str(request.url) for secret in (CODE, SECRET, "short-token", "long-token"))


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (refusal(100, 36009, "This authorization code has been used."), InvalidRequest, "code"),
        (refusal(1, None, "Error validating client secret."), AuthenticationFailed, None),
        (refusal(101, None, "Error validating application."), AuthenticationFailed, None),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
    ],
)
async def test_a_code_that_is_not_good_is_the_callers_and_a_wrong_app_the_operators(
    answer: Any, kind: type[ProviderError], field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await facebook(Wire(answer)).exchange_code(CodeExchange(CODE, BACK))
    assert (type(raised.value), getattr(raised.value, "field", None)) == (kind, field)
    assert CODE not in raised.value.message


async def test_every_call_proves_that_it_knows_the_secret_for_its_own_token() -> None:
    wire = Wire(ME, {"id": "1", "success": True})
    connector = facebook(wire)
    assert (await connector.check_health()).ok
    assert wire.requests[0].url.params["appsecret_proof"] == PROOF
    assert wire.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(wire.requests[0].url)
    without = Wire(ME)
    await facebook(without, credentials={"access_token": TOKEN}).check_health()
    assert "appsecret_proof" not in without.requests[0].url.params


@pytest.mark.parametrize(
    ("token_ends", "data_ends", "expected"),
    [
        (0, 0, None),
        (2_000_000_000, 0, 2_000_000_000),
        (0, 1_900_000_000, 1_900_000_000),
        (2_000_000_000, 1_900_000_000, 1_900_000_000),
    ],
)
async def test_access_ends_with_the_token_or_the_data_whichever_is_first(
    token_ends: int, data_ends: int, expected: int | None
) -> None:
    data = {"is_valid": True, "scopes": ["b", "a"], "user_id": 55}
    wire = Wire({"data": {**data, "expires_at": token_ends, "data_access_expires_at": data_ends}})
    facts = await facebook(wire).inspect_token()
    assert (wire.query, wire.requests[0].headers["authorization"]) == ({"input_token": TOKEN}, f"Bearer {APP}|{SECRET}")
    assert facts.expires_at == (None if expected is None else datetime.fromtimestamp(expected, UTC))
    assert (facts.scopes, facts.subject_id) == (("a", "b"), "55")


async def test_a_token_that_is_good_for_nothing_says_why() -> None:
    wire = Wire({"data": {"is_valid": False, "error": {"message": "The session was invalidated"}}})
    with pytest.raises(AuthenticationFailed, match="session was invalidated"):
        await facebook(wire).inspect_token()


async def test_without_the_apps_secret_only_the_scopes_are_known() -> None:
    facts = await facebook(Wire(GRANTED), credentials={"access_token": TOKEN}).inspect_token()
    assert (facts.scopes, facts.expires_at) == (("pages_show_list",), None)


@pytest.mark.parametrize("open_one", [facebook, instagram])
async def test_without_access_nothing_is_sent(open_one: Any) -> None:
    wire = Wire()
    with pytest.raises(AuthenticationFailed, match="no access yet: connect it first"):
        await open_one(wire, credentials={"client_id": APP, "client_secret": SECRET}).list_accounts()
    assert (await open_one(wire, credentials={}).check_health()).code == "authentication_failed"
    assert not wire.requests


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        ({"credentials": {**CREDENTIALS, "access_token": "two words"}}, "credentials.access_token"),
        ({"credentials": {**CREDENTIALS, "client_secret": "secret\n"}}, "credentials.client_secret"),
        ({"credentials": {**CREDENTIALS, "webhook_verify_token": "short"}}, "credentials.webhook_verify_token"),
        ({"settings": {"api_version": "latest"}}, "settings.api_version"),
        ({"settings": {"login": "myspace"}}, "settings.login"),
    ],
)
def test_a_connection_that_cannot_work_is_refused_by_field(connection: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        instagram(Wire(), **connection)
    assert refused.value.field == field
