"""HubSpot's errors in Wasl's words: who has to act, and when to try again."""

from typing import Any

import httpx
import pytest

from tests.providers.marketing.hubspot.builders import TOKEN, Wire, a_contact, a_deal, fault, found, hubspot, pipelines
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)


def answered(status: int, body: Any = None, **headers: str) -> httpx.Response:
    """An answer with headers; names with low lines for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body or fault(status, "X", "no")[1], headers=named)


async def reading(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await hubspot(Wire(answer)).find_contact("omar@example.ae")
    return raised.value


async def writing(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await hubspot(Wire(answer)).upsert_contacts([a_contact()])
    return raised.value


@pytest.mark.parametrize(
    ("category", "message"),
    [("EXPIRED_AUTHENTICATION", "The OAuth token used expired."), ("INVALID_AUTHENTICATION", "not found")],
)
async def test_a_refused_token_is_told_as_such(category: str, message: str) -> None:
    error = await reading(fault(401, category, message))
    assert isinstance(error, AuthenticationFailed)
    assert (error.provider_code, error.message) == (category, message)
    assert error.request_id == "a43683b0-5717-4ceb-80b4-104d02915d8c"


@pytest.mark.parametrize("key", ["requiredGranularScopes", "requiredScopes", "missingScopes"])
async def test_a_missing_scope_is_named(key: str) -> None:
    errors = [{"message": "One or more …", "context": {key: ["crm.objects.contacts.read"]}}]
    error = await reading(fault(403, "MISSING_SCOPES", "hasn't been granted", errors=errors))
    assert isinstance(error, AuthenticationFailed)
    assert "crm.objects.contacts.read" in error.message


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (fault(429, "RATE_LIMITS", "x", policyName="TEN_SECONDLY_ROLLING"), 10.0),
        (fault(429, "RATE_LIMITS", "x", policyName="SECONDLY"), 1.0),
        (fault(429, "RATE_LIMITS", "x", policyName="DAILY"), 3600.0),
        (answered(429, retry_after="7"), 7.0),
        (answered(429, x_hubspot_ratelimit_daily_remaining="0"), 3600.0),
        (
            answered(429, x_hubspot_ratelimit_remaining="0", x_hubspot_ratelimit_interval_milliseconds="10000"),
            10.0,
        ),
        (answered(429), None),
        (fault(400, "RATE_LIMITS", "x", policyName="SECONDLY"), 1.0),
    ],
    ids=["rolling", "second", "day", "told", "day by its header", "interval", "unsaid", "another status"],
)
async def test_limits_say_how_long_to_wait(answer: Any, seconds: float | None) -> None:
    for error in (await reading(answer), await writing(answer)):
        assert isinstance(error, RateLimited)
        assert error.retry_after == seconds


async def test_a_limits_policy_is_told() -> None:
    error = await reading(fault(429, "RATE_LIMITS", "You have reached your daily limit.", policyName="DAILY"))
    assert error.message == "You have reached your daily limit. (DAILY)"


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (fault(423, "LOCKED", "x"), 2.0),
        (fault(477, "MIGRATION", "x"), 600.0),
        (answered(477, retry_after="86400"), 86400.0),
    ],
    ids=["locked", "migration", "migration with its time"],
)
async def test_a_lock_or_a_move_of_the_account_did_nothing(answer: Any, seconds: float) -> None:
    for error in (await reading(answer), await writing(answer)):
        assert isinstance(error, Unavailable)
        assert error.retry_after == seconds


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521, 523, 524, 530])
async def test_breakdowns_leave_a_write_unknown_and_a_read_for_later(status: int) -> None:
    page = httpx.Response(status, text="<html>cloudflare</html>")
    assert isinstance(await reading(page), Unavailable)
    assert isinstance(await writing(page), OutcomeUnknown)


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        (answered(429, x_hubspot_ratelimit_daily_remaining="0"), False),
        (answered(429, x_hubspot_ratelimit_daily_remaining="5"), None),
        (answered(530), False),
        (answered(502), None),
    ],
    ids=["day used up", "second used up", "530", "502"],
)
async def test_whether_sending_again_at_once_is_worth_it(response: httpx.Response, verdict: bool | None) -> None:
    wire = Wire(found())
    with pytest.raises(NotFound):
        await hubspot(wire).find_contact("omar@example.ae")
    assert wire.requests[0].extensions["wasl"]["retry_verdict"](response) is verdict


async def test_an_ended_version_names_the_setting() -> None:
    for ask in (reading, writing):
        error = await ask(fault(410, "GONE", "gone"))
        assert isinstance(error, InvalidRequest)
        assert error.field == "settings.api_version"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("firstname", "first_name"),
        ("amount", "money.amount"),
        ("deal_currency_code", "money.currency"),
        ("closedate", "closes_at"),
        ("colour", "fields.colour"),
    ],
)
async def test_a_wrong_property_is_told_by_our_fields_name(name: str, field: str) -> None:
    said = f'Property values were not valid: [{{"isValid":false,"message":"wrong","error":"INVALID","name":"{name}"}}]'
    with pytest.raises(InvalidRequest) as raised:
        await hubspot(Wire(pipelines(), found(), fault(400, "VALIDATION_ERROR", said))).upsert_deal(a_deal())
    assert (raised.value.field, raised.value.message) == (field, "wrong")


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"message": 5, "errors": "x", "context": []},
        {"message": "Property values were not valid: [{]", "errors": [1, {"context": 2}]},
        {"errors": [{"context": {"propertyName": [None], "existingId": {}}}]},
    ],
)
async def test_misshapen_errors_are_errors_all_the_same(body: Any) -> None:
    error = await reading((400, body))
    assert isinstance(error, InvalidRequest)
    assert error.message


@pytest.mark.parametrize(
    "body", [{"results": [{"id": "1"}]}, {"results": "x"}, [], {"results": [{"id": "", "properties": {}}]}]
)
async def test_answers_without_the_promised_shape_are_none(body: Any) -> None:
    assert isinstance(await reading(body), Unavailable)
    assert isinstance(await writing(body), OutcomeUnknown)


async def test_an_echoed_token_is_blanked() -> None:
    error = await reading(fault(401, "INVALID_AUTHENTICATION", f"the token {TOKEN} is not known"))
    assert TOKEN not in f"{error!r} {error.as_dict()}"


async def test_health_tells_wrong_credentials_from_an_outage() -> None:
    good = await hubspot(Wire({"portalId": 62515})).check_health()
    refused = await hubspot(Wire(fault(401, "INVALID_AUTHENTICATION", "no"))).check_health()
    down = await hubspot(Wire(httpx.ConnectError("no"))).check_health()
    unconnected = await hubspot(Wire(), credentials={}).check_health()
    assert [each.code for each in (good, refused, down, unconnected)] == [
        "ok",
        "authentication_failed",
        "unavailable",
        "authentication_failed",
    ]
