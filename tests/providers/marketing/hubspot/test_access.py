"""Access by consent: the page, the code, the renewal, what a token is good for."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.providers.marketing.hubspot.builders import APP, TOKEN, Wire, hubspot
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotSupported, OutcomeUnknown, Unavailable
from workers.providers.marketing.hubspot.manifest import SCOPES
from workers.providers.oauth import CodeExchange, ConsentRequest
from workers.transport.redaction import redact_body

BACK = "https://hub.example/oauth/back"
EXCHANGE = CodeExchange(code="a-code-of-the-tests", redirect_uri=BACK, code_verifier="v" * 43)
TOKENS = {
    "access_token": "an-access-token",
    "refresh_token": "a-refresh-token",
    "token_type": "bearer",
    "token_use": "access_token",
    "expires_in": 1800,
    "hub_id": 62515,
    "scopes": ["oauth", "forms"],
}


def form(request: httpx.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def oauth_error(code: str, name: str) -> tuple[int, dict[str, str]]:
    """An error of the token call: OAuth's name of it, and HubSpot's."""
    said = {"status": name, "message": "refused", "correlationId": "c"}
    return 400, {**said, "error": code, "error_description": "refused"}


def test_the_page_asks_for_scopes_and_for_optional_ones_with_a_challenge() -> None:
    request = ConsentRequest(state="s-1", redirect_uri=BACK, code_verifier="v" * 43)
    url = urlsplit(hubspot(Wire(), credentials=APP).consent_url(request))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://app.hubspot.com/oauth/authorize"
    assert query["scope"].split() == list(SCOPES)
    assert query["optional_scope"].split() == ["content", "communication_preferences.read_write"]
    assert (query["client_id"], query["redirect_uri"], query["state"]) == (APP["client_id"], BACK, "s-1")
    assert query["code_challenge_method"] == "S256"
    assert "v" * 43 not in url.query


def test_the_page_needs_an_app() -> None:
    with pytest.raises(InvalidRequest) as raised:
        hubspot(Wire()).consent_url(ConsentRequest(state="s", redirect_uri=BACK))
    assert raised.value.field == "credentials.client_id"


async def test_a_code_brings_access_and_the_account() -> None:
    wire = Wire(TOKENS)
    grant = await hubspot(wire, credentials=APP).exchange_code(EXCHANGE)
    assert wire.lines == ["POST /oauth/2026-03/token"]
    assert "authorization" not in wire.requests[0].headers
    assert form(wire.requests[0]) == {
        "grant_type": "authorization_code",
        "code": "a-code-of-the-tests",
        "redirect_uri": BACK,
        "code_verifier": "v" * 43,
        **APP,
    }
    assert dict(grant.credentials) == {"access_token": "an-access-token", "refresh_token": "a-refresh-token"}
    assert dict(grant.settings) == {"portal_id": "62515"}
    assert (grant.facts.scopes, grant.facts.subject_id, grant.refreshable) == (("forms", "oauth"), "62515", True)
    assert grant.facts.expires_at is not None
    assert abs(grant.facts.expires_at - datetime.now(UTC) - timedelta(minutes=30)) < timedelta(seconds=5)


async def test_what_is_wrong_with_a_code_is_told() -> None:
    with pytest.raises(InvalidRequest) as spent:
        await hubspot(Wire(oauth_error("invalid_grant", "BAD_AUTH_CODE")), credentials=APP).exchange_code(EXCHANGE)
    with pytest.raises(InvalidRequest) as moved:
        await hubspot(Wire(oauth_error("invalid_grant", "BAD_REDIRECT_URI")), credentials=APP).exchange_code(EXCHANGE)
    assert (spent.value.field, moved.value.field) == ("code", "redirect_uri")
    with pytest.raises(AuthenticationFailed):
        await hubspot(Wire(oauth_error("invalid_client", "BAD_CLIENT_SECRET")), credentials=APP).exchange_code(EXCHANGE)
    with pytest.raises(OutcomeUnknown):
        await hubspot(Wire(httpx.ReadTimeout("late")), credentials=APP).exchange_code(EXCHANGE)


async def test_access_is_renewed_and_a_lost_answer_does_no_harm() -> None:
    wire = Wire(TOKENS)
    grant = await hubspot(wire, credentials={**APP, "refresh_token": "a-refresh-token"}).refresh_tokens()
    assert form(wire.requests[0]) == {"grant_type": "refresh_token", "refresh_token": "a-refresh-token", **APP}
    assert grant.credentials["access_token"] == "an-access-token"
    assert wire.requests[0].extensions["wasl"]["retryable"] is True
    lost = hubspot(Wire(httpx.ReadTimeout("late")), credentials={**APP, "refresh_token": "r"})
    with pytest.raises(Unavailable):
        await lost.refresh_tokens()


@pytest.mark.parametrize(("code", "name"), [("invalid_grant", "BAD_REFRESH_TOKEN"), ("invalid_grant", "")])
async def test_a_refused_renewal_needs_a_new_consent(code: str, name: str) -> None:
    connector = hubspot(Wire(oauth_error(code, name)), credentials={**APP, "refresh_token": "a-refresh-token"})
    with pytest.raises(AuthenticationFailed):
        await connector.refresh_tokens()


async def test_a_pasted_token_has_nothing_to_renew() -> None:
    with pytest.raises(NotSupported):
        await hubspot(Wire()).refresh_tokens()


async def test_an_access_token_is_introspected() -> None:
    told = {"active": True, "scopes": ["oauth"], "expires_in": 900, "hub_id": 62515, "hub_domain": "acme.ae"}
    wire = Wire(told, {"active": False})
    connector = hubspot(wire, credentials={**APP, "access_token": "an-access-token"})
    facts = await connector.inspect_token()
    assert (facts.scopes, facts.subject_id, facts.subject_name) == (("oauth",), "62515", "acme.ae")
    assert facts.expires_at is not None
    assert form(wire.requests[0]) == {"token": "an-access-token", "token_type_hint": "access_token", **APP}
    with pytest.raises(AuthenticationFailed):
        await connector.inspect_token()


@pytest.mark.parametrize("credentials", [{"access_token": TOKEN, **APP}, {"access_token": "another"}])
async def test_a_private_apps_token_has_its_own_question(credentials: dict[str, str]) -> None:
    wire = Wire({"userId": 1, "hubId": 62515, "appId": 2, "scopes": ["forms"]})
    facts = await hubspot(wire, credentials=credentials).inspect_token()
    assert (facts.scopes, facts.subject_id, facts.expires_at) == (("forms",), "62515", None)
    assert wire.lines == ["POST /oauth/v2/private-apps/get/access-token-info"]
    assert wire.body == {"tokenKey": credentials["access_token"]}


async def test_no_token_gets_into_a_record() -> None:
    wire = Wire(TOKENS, {"userId": 1, "hubId": 62515, "scopes": []})
    connector = hubspot(wire, credentials={**APP, "refresh_token": "a-refresh-token", "access_token": TOKEN})
    await connector.refresh_tokens()
    await connector.inspect_token()
    for request in wire.requests:
        kept = redact_body(request.content, request.headers["content-type"], connector.sensitive_fields) or ""
        assert not any(secret in kept for secret in (TOKEN, "a-refresh-token", APP["client_secret"]))
    body = httpx.Response(200, json=TOKENS).content
    shown = redact_body(body, "application/json", connector.sensitive_fields) or ""
    assert "an-access-token" not in shown
    assert "a-refresh-token" not in shown
