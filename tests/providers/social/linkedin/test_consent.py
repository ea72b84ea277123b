"""Access: asked for, traded, inspected, renewed; and kept out of everything else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.providers.social.linkedin.builders import APP, FORBIDDEN, TOKEN, Wire, linkedin, now, refusal
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotSupported, OutcomeUnknown, Unavailable
from workers.providers.oauth import CodeExchange, ConsentRequest
from workers.transport.redaction import redact_body, redact_url

ASKED = ConsentRequest(state="s-1", redirect_uri="https://hub.example/back", code_verifier="v" * 43)
CAME_BACK = CodeExchange(code="AQcode", redirect_uri="https://hub.example/back", code_verifier="v" * 43)
GRANTED = {"access_token": "AQtoken", "expires_in": 5_184_000, "scope": "openid,profile,w_member_social"}
PARTNERS = {**GRANTED, "refresh_token": "AQrefresh", "refresh_token_expires_in": 31_536_000}
WHO = {"sub": "AbC_12", "name": "Mariam"}


def test_the_consent_page_is_asked_without_a_challenge() -> None:
    url = httpx.URL(linkedin(Wire(), credentials=APP).consent_url(ASKED))
    assert (url.host, url.path) == ("www.linkedin.com", "/oauth/v2/authorization")
    assert dict(url.params) == {
        "response_type": "code",
        "client_id": APP["client_id"],
        "redirect_uri": "https://hub.example/back",
        "state": "s-1",
        "scope": "openid profile w_member_social w_organization_social r_organization_social rw_organization_admin "
        "w_organization_social_feed r_organization_social_feed",
    }


def test_only_what_the_app_may_ask_for_is_asked_for() -> None:
    people = linkedin(Wire(), credentials=APP, settings={"organizations": False})
    assert httpx.URL(people.consent_url(ASKED)).params["scope"] == "openid profile w_member_social"
    wished = ConsentRequest(state="s", redirect_uri="https://hub.example/back", scopes=("r_member_postAnalytics",))
    assert httpx.URL(people.consent_url(wished)).params["scope"] == "r_member_postAnalytics"


async def test_consent_needs_the_apps_keys() -> None:
    for lacking in ("client_id", "client_secret"):
        credentials = {name: value for name, value in APP.items() if name != lacking}
        connector = linkedin(Wire(), credentials=credentials)
        with pytest.raises(InvalidRequest) as refused:
            await connector.exchange_code(CAME_BACK)
        assert refused.value.field == f"credentials.{lacking}"


async def test_a_code_is_traded_for_access() -> None:
    wire = Wire(GRANTED, WHO)
    grant = await linkedin(wire, credentials=APP).exchange_code(CAME_BACK)
    assert dict(grant.credentials) == {"access_token": "AQtoken"}
    assert not grant.refreshable
    assert grant.facts.scopes == ("openid", "profile", "w_member_social")
    assert (grant.facts.subject_id, grant.facts.subject_name) == ("urn:li:person:AbC_12", "Mariam")
    assert grant.facts.expires_at is not None
    assert timedelta(days=59) < grant.facts.expires_at - now() <= timedelta(days=60)
    trade, who = wire.requests
    assert str(trade.url) == "https://www.linkedin.com/oauth/v2/accessToken"
    assert {name: values[0] for name, values in parse_qs(trade.content.decode()).items()} == {
        "grant_type": "authorization_code",
        "code": "AQcode",
        "redirect_uri": "https://hub.example/back",
        **APP,
    }
    assert (str(who.url), who.headers["authorization"]) == ("https://api.linkedin.com/v2/userinfo", "Bearer AQtoken")


async def test_access_is_not_given_up_for_a_name() -> None:
    for answer in (FORBIDDEN, (503, None), httpx.ReadTimeout("slow")):
        grant = await linkedin(Wire(GRANTED, answer), credentials=APP).exchange_code(CAME_BACK)
        assert (grant.credentials["access_token"], grant.facts.subject_id) == ("AQtoken", None)


async def test_partners_get_access_that_can_be_renewed() -> None:
    grant = await linkedin(Wire(PARTNERS, WHO), credentials=APP).exchange_code(CAME_BACK)
    assert (grant.credentials["refresh_token"], grant.refreshable) == ("AQrefresh", True)
    assert grant.facts.refresh_expires_at is not None
    wire = Wire(PARTNERS)
    renewed = await linkedin(wire, credentials={**APP, "refresh_token": "AQrefresh"}).refresh_tokens()
    assert renewed.credentials["access_token"] == "AQtoken"
    sent = parse_qs(wire.requests[0].content.decode())
    assert (sent["grant_type"], sent["refresh_token"]) == (["refresh_token"], ["AQrefresh"])
    assert wire.requests[0].extensions["wasl"]["retryable"], "to renew again does no harm"


async def test_all_others_have_to_be_asked_again() -> None:
    wire = Wire()
    with pytest.raises(NotSupported, match="partners only"):
        await linkedin(wire, credentials={**APP, "access_token": TOKEN}).refresh_tokens()
    assert not wire.requests


@pytest.mark.parametrize(
    ("answer", "error", "field"),
    [
        (
            (400, {"error": "invalid_request", "error_description": "AQcode has expired"}),
            InvalidRequest,
            "code",
        ),
        ((400, {"error": "invalid_redirect_uri", "error_description": "no"}), InvalidRequest, "redirect_uri"),
        ((401, {"error": "invalid_client", "error_description": "no"}), AuthenticationFailed, None),
        ((400, {"error": "invalid_client_id", "error_description": "no"}), AuthenticationFailed, None),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
        ((200, {"expires_in": 1}), OutcomeUnknown, None),
    ],
)
async def test_a_code_that_is_no_good(answer: Any, error: type[Exception], field: str | None) -> None:
    with pytest.raises(error) as raised:
        await linkedin(Wire(answer), credentials=APP).exchange_code(CAME_BACK)
    assert getattr(raised.value, "field", None) == field
    assert "AQcode" not in str(raised.value)
    assert APP["client_secret"] not in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, {"error": "invalid_request", "error_description": "refresh token revoked"}), AuthenticationFailed),
        ((503, None), Unavailable),
        (httpx.ReadTimeout("slow"), Unavailable),
    ],
)
async def test_a_renewal_that_fails(answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        await linkedin(Wire(answer), credentials={**APP, "refresh_token": "AQrefresh"}).refresh_tokens()


async def test_what_access_is_good_for() -> None:
    told = {"active": True, "status": "active", "scope": "openid,w_member_social", "expires_at": 1795608000}
    wire = Wire(told, WHO)
    facts = await linkedin(wire, credentials={**APP, "access_token": TOKEN}).inspect_token()
    assert facts.scopes == ("openid", "w_member_social")
    assert facts.expires_at == datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    assert facts.subject_id == "urn:li:person:AbC_12"
    sent = {name: values[0] for name, values in parse_qs(wire.requests[0].content.decode()).items()}
    assert sent == {**APP, "token": TOKEN}
    assert "authorization" not in wire.requests[0].headers


async def test_access_that_has_ended() -> None:
    for status in ("expired", "revoked"):
        wire = Wire({"active": False, "status": status})
        with pytest.raises(AuthenticationFailed, match=status):
            await linkedin(wire, credentials={**APP, "access_token": TOKEN}).inspect_token()
    with pytest.raises(AuthenticationFailed, match="Client authentication failed"):
        wire = Wire((401, {"error": "invalid_client", "error_description": "Client authentication failed"}))
        await linkedin(wire, credentials={**APP, "access_token": TOKEN}).inspect_token()


def test_nothing_secret_is_recorded() -> None:
    names = linkedin(Wire()).sensitive_fields
    upload = "https://www.linkedin.com/dms-uploads/x/0?ca=feed&m=AQsecret-1&ut=secret-2"
    answer = {"value": {"uploadUrl": upload, "image": "urn:li:image:C4E", "uploadToken": "secret-3"}}
    form = f"code=secret-4&client_secret={APP['client_secret']}&token={TOKEN}&refresh_token=secret-5"
    kept = [
        redact_url(upload, names),
        redact_body(json.dumps(answer).encode(), "application/json", names),
        redact_body(json.dumps({**PARTNERS, **WHO, "email": "m@example.ae"}).encode(), "application/json", names),
        redact_body(form.encode(), "application/x-www-form-urlencoded", names),
    ]
    for secret in ("secret-", APP["client_secret"], TOKEN, "AQtoken", "AQrefresh", "m@example.ae"):
        assert not any(secret in (text or "") for text in kept), secret
    assert "urn:li:image:C4E" in (kept[1] or ""), "what is no secret stays readable"


async def test_a_pasted_token_can_be_inspected_by_whose_it_is() -> None:
    facts = await linkedin(Wire(WHO)).inspect_token()
    assert (facts.subject_id, facts.scopes, facts.expires_at) == ("urn:li:person:AbC_12", None, None)
    assert (await linkedin(Wire(FORBIDDEN)).inspect_token()).subject_id is None
    with pytest.raises(AuthenticationFailed):
        await linkedin(Wire(refusal(401, "Revoked"))).inspect_token()
