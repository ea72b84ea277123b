"""Where an account lives, what a call carries, how it is connected, and what refusals mean."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.providers.marketing.mailchimp.builders import (
    AUDIENCE,
    KEY,
    NOT_FOUND,
    TOKEN,
    Wire,
    a_contact,
    mailchimp,
    member,
    problem,
)
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.oauth import CodeExchange, ConsentRequest

PING = {"health_status": "Everything's Chimpy!"}
APP = {"client_id": "app-1", "client_secret": "secret-of-the-app"}
TOKENS = {"access_token": TOKEN, "expires_in": 0, "scope": None}
METADATA = {"dc": "us19", "user_id": 42, "accountname": "سوق", "api_endpoint": "https://evil.example"}
EXCHANGE = CodeExchange("a-code", "https://hub.example/oauth")


async def test_an_api_key_names_its_data_centre_and_goes_as_basic() -> None:
    wire = Wire(PING)
    assert (await mailchimp(wire, settings={"data_center": "us1"}).check_health()).ok
    assert str(wire.requests[0].url) == "https://us21.api.mailchimp.com/3.0/ping"
    scheme, _, given = wire.requests[0].headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(given).decode().partition(":")[2]) == ("Basic", KEY)


async def test_an_access_token_goes_as_bearer_to_the_data_centre_of_the_settings() -> None:
    wire = Wire(PING)
    connector = mailchimp(wire, credentials={"access_token": TOKEN}, settings={"data_center": "us19"})
    assert (await connector.check_health()).ok
    assert str(wire.requests[0].url) == "https://us19.api.mailchimp.com/3.0/ping"
    assert wire.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_chosen_address_is_kept_whatever_the_data_centre() -> None:
    wire = Wire(PING)
    assert (await mailchimp(wire, base_url="http://127.0.0.1:1/mailchimp").check_health()).ok
    assert str(wire.requests[0].url) == "http://127.0.0.1:1/mailchimp/ping"


@pytest.mark.parametrize("name", ["evil.example/", "us21.evil", "US21", "21", "us"])
def test_nothing_but_a_data_centre_is_one(name: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        mailchimp(Wire(), settings={"data_center": name})
    assert raised.value.field == "settings.data_center"


async def test_a_key_with_an_odd_end_goes_nowhere() -> None:
    wire = Wire(PING)
    connector = mailchimp(wire, credentials={"access_token": "0123456789abcdef-us21.evil.example"}, settings={})
    report = await connector.check_health()
    assert (report.ok, report.code, wire.lines) == (False, "invalid_request", [])
    assert "settings.data_center" in report.detail


async def test_without_access_nothing_is_sent() -> None:
    wire = Wire()
    connector = mailchimp(wire, credentials=APP)
    for call in (connector.upsert_contacts([a_contact()]), connector.list_audiences(cursor=None)):
        with pytest.raises(AuthenticationFailed, match="connect it first"):
            await call
    assert wire.lines == []


# Consent.


def test_the_consent_page_asks_for_no_scopes() -> None:
    url = mailchimp(Wire(), credentials=APP).consent_url(ConsentRequest("state-1", "https://hub.example/oauth"))
    assert url.startswith("https://login.mailchimp.com/oauth2/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["app-1"],
        "redirect_uri": ["https://hub.example/oauth"],
        "state": ["state-1"],
    }


async def test_a_code_brings_a_token_that_never_runs_out_and_the_data_centre() -> None:
    wire = Wire(TOKENS, METADATA)
    grant = await mailchimp(wire, credentials=APP, settings={}).exchange_code(EXCHANGE)
    assert [str(request.url) for request in wire.requests] == [
        "https://login.mailchimp.com/oauth2/token",
        "https://login.mailchimp.com/oauth2/metadata",
    ]
    assert parse_qs(wire.requests[0].content.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["a-code"],
        "redirect_uri": ["https://hub.example/oauth"],
        "client_id": ["app-1"],
        "client_secret": ["secret-of-the-app"],
    }
    assert "Authorization" not in wire.requests[0].headers
    assert wire.requests[1].headers["Authorization"] == f"OAuth {TOKEN}"
    assert (dict(grant.credentials), dict(grant.settings)) == ({"access_token": TOKEN}, {"data_center": "us19"})
    assert (grant.facts.expires_at, grant.facts.scopes, grant.refreshable) == (None, None, False)
    assert (grant.facts.subject_id, grant.facts.subject_name) == ("42", "سوق")
    assert TOKEN not in repr(grant)


async def test_what_was_connected_before_is_connected_again_the_same_way() -> None:
    wire = Wire(TOKENS, METADATA)
    grant = await mailchimp(wire, credentials={**APP, "access_token": KEY}).exchange_code(EXCHANGE)
    assert wire.requests[0].url.host == "login.mailchimp.com"
    assert "Authorization" not in wire.requests[0].headers, "the old access is no proof of the app"
    assert grant.settings == {"data_center": "us19"}


@pytest.mark.parametrize(
    ("answers", "kind", "field"),
    [
        ([(400, {"error": "invalid_grant", "error_description": "used"})], InvalidRequest, "code"),
        ([(401, {"error": "invalid_client"})], AuthenticationFailed, None),
        ([(200, {"token": "?"})], OutcomeUnknown, None),
        ([TOKENS, (200, {**METADATA, "dc": "us19.evil.example"})], Unavailable, None),
        ([TOKENS, (401, {"error": "invalid_token"})], AuthenticationFailed, None),
    ],
)
async def test_codes_that_are_no_good(answers: list[Any], kind: type[ProviderError], field: str | None) -> None:
    with pytest.raises(kind) as raised:
        await mailchimp(Wire(*answers), credentials=APP).exchange_code(EXCHANGE)
    assert getattr(raised.value, "field", None) == field
    assert "a-code" not in str(raised.value)


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_consent_needs_an_app(name: str) -> None:
    app = {key: value for key, value in APP.items() if key != name}
    with pytest.raises(InvalidRequest) as raised:
        mailchimp(Wire(), credentials=app).consent_url(ConsentRequest("s", "https://hub.example"))
    assert raised.value.field == f"credentials.{name}"


# Refusals.


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (problem(401, "API Key Invalid"), AuthenticationFailed, None),
        (problem(403, "User Disabled"), AuthenticationFailed, None),
        (problem(403, "Forbidden", "You don't have permission."), AuthenticationFailed, None),
        (problem(403, "WrongDatacenter"), InvalidRequest, "settings.data_center"),
        (problem(429, "Too Many Requests"), RateLimited, None),
        (httpx.Response(403, text="<html>Forbidden</html>"), RateLimited, None),
        (httpx.Response(429), RateLimited, None),
        (problem(500, "Internal Server Error"), Unavailable, None),
        (httpx.Response(502, text="Bad Gateway"), Unavailable, None),
        (NOT_FOUND, NotFound, None),
        (httpx.ConnectError("no"), Unavailable, None),
        ({"id": 1}, Unavailable, None),
    ],
)
async def test_refusals_of_a_question(answer: Any, kind: type[ProviderError], field: str | None) -> None:
    with pytest.raises(kind) as raised:
        await mailchimp(Wire(answer)).find_contact("sara@shop.ae")
    assert type(raised.value) is kind
    assert getattr(raised.value, "field", None) == field
    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(500, "Internal Server Error"), OutcomeUnknown),
        (httpx.ReadError("cut"), OutcomeUnknown),
        (httpx.Response(403, text=""), RateLimited),
        (httpx.ConnectTimeout("no"), Unavailable),
        (NOT_FOUND, NotFound),
    ],
)
async def test_refusals_of_a_write(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await mailchimp(Wire(answer)).tag_contact("sara@shop.ae", ["VIP"], [])


async def test_a_refusal_tells_mailchimps_own_words_and_id() -> None:
    with pytest.raises(AuthenticationFailed) as raised:
        await mailchimp(Wire(problem(403, "Forbidden", "لا إذن"))).find_contact("sara@shop.ae")
    assert raised.value.message == "لا إذن"
    assert (raised.value.provider_code, raised.value.request_id) == (
        "Forbidden",
        "995c5cb0-3280-4a6e-808b-3b096d0bb219",
    )


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        (httpx.Response(403, text="<html>"), True),
        (httpx.Response(403, json={"title": "Forbidden"}), None),
        (httpx.Response(429), None),
        (httpx.Response(400, text=""), None),
    ],
)
async def test_a_bare_403_may_be_sent_again(response: httpx.Response, verdict: bool | None) -> None:
    wire = Wire(member())
    await mailchimp(wire).find_contact("sara@shop.ae")
    assert wire.requests[0].extensions["wasl"]["retry_verdict"](response) is verdict


async def test_health_tells_wrong_credentials_from_an_outage() -> None:
    reports = [
        await mailchimp(Wire(answer)).check_health()
        for answer in (PING, problem(401, "API Key Invalid"), httpx.ConnectError("no"), httpx.Response(403))
    ]
    assert [report.code for report in reports] == ["ok", "authentication_failed", "unavailable", "rate_limited"]


def test_the_limits_keep_fewer_than_ten_calls_under_way() -> None:
    limit = mailchimp(Wire()).manifest.rate_limits.live
    assert limit.capacity + limit.refill_per_second < 10, "in calls that take a second"


async def test_people_are_not_written_into_records() -> None:
    wire = Wire(member())
    await mailchimp(wire).upsert_contacts([a_contact()])
    assert {"merge_fields", "email_address"} <= wire.requests[0].extensions["wasl"]["sensitive_fields"]
    assert AUDIENCE in str(wire.requests[0].url)
