"""Google's errors in Wasl's words."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.providers.marketing.google_analytics.builders import analytics, asked, question, refusal
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.marketing.google_analytics.errors import wait_seconds
from workers.transport.calls import CallInfo
from workers.transport.judgement import judge_response

VIEWER = "Add reports@souk-online.iam.gserviceaccount.com as a viewer of property 123456789"


async def error_of(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await analytics(asked(answer, answer)).run_report(question())
    return raised.value


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (400, "INVALID_ARGUMENT", InvalidRequest),
        (401, "UNAUTHENTICATED", AuthenticationFailed),
        (403, "PERMISSION_DENIED", AuthenticationFailed),
        (404, "NOT_FOUND", NotFound),
        (429, "RESOURCE_EXHAUSTED", RateLimited),
        (403, "RESOURCE_EXHAUSTED", RateLimited),
        (500, "INTERNAL", Unavailable),
        (503, "UNAVAILABLE", Unavailable),
    ],
)
async def test_the_status_tells_the_kind(code: int, status: str, kind: type[ProviderError]) -> None:
    error = await error_of(refusal(code, status, "Said by Google."))
    assert type(error) is kind
    assert (error.message.startswith("Said by Google."), error.provider_code, error.http_status) == (True, status, code)


@pytest.mark.parametrize("body", ["", "<html>", {}, [], {"error": 3}, {"error": {"message": 3, "details": 4}}])
async def test_an_error_of_any_shape_is_one(body: Any) -> None:
    assert type(await error_of((400, body))) is InvalidRequest
    assert type(await error_of((502, body))) is Unavailable


@pytest.mark.parametrize("kind", ["dimension", "metric"])
async def test_an_unknown_field_is_told_by_our_name(kind: str) -> None:
    error = await error_of(refusal(400, "INVALID_ARGUMENT", f"Field pagePathh is not a valid {kind}. For a list …"))
    assert isinstance(error, InvalidRequest)
    assert error.field == f"{kind}s"


@pytest.mark.parametrize(
    ("message", "reason", "says"),
    [
        ("User does not have sufficient permissions for this property.", None, VIEWER),
        ("Google Analytics Data API has not been used in project 1 before.", "SERVICE_DISABLED", "Enable the Google"),
        ("Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "analytics.readonly"),
    ],
)
async def test_a_denied_permission_says_what_to_do(message: str, reason: str | None, says: str) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    error = await error_of(refusal(403, "PERMISSION_DENIED", message, details=details))
    assert isinstance(error, AuthenticationFailed)
    assert says in error.message


async def test_a_limit_that_comes_as_403_is_one() -> None:
    details = [{"reason": "RATE_LIMIT_EXCEEDED"}]
    error = await error_of(
        refusal(403, "PERMISSION_DENIED", "Quota exceeded for 'Requests per minute'", details=details)
    )
    assert isinstance(error, RateLimited)
    assert error.retry_after == 60


@pytest.mark.parametrize(
    ("message", "moment", "seconds"),
    [
        ("Exhausted property tokens for a project per hour. … return in under an hour.", "10:20:00", 2400),
        ("Exhausted property tokens per day. … return in under 24 hours.", "10:20:00", 21 * 3600 + 2400),
        ("Exhausted property tokens per day. … return in under 24 hours.", "07:30:00", 1800),
        ("Exhausted client errors quota. … return in under 15 minutes.", "10:20:00", 900),
        ("Exhausted concurrent requests quota.", "10:20:00", 10),
        ("Exhausted something new.", "10:59:30", 30),
    ],
)
def test_quotas_come_back_by_the_hour_unless_said_otherwise(message: str, moment: str, seconds: float) -> None:
    assert wait_seconds(message, datetime.fromisoformat(f"2026-11-23T{moment}+00:00")) == seconds


async def test_a_used_up_quota_says_when_it_is_there_again() -> None:
    error = await error_of(refusal(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens per hour."))
    assert isinstance(error, RateLimited)
    assert error.retry_after is not None
    now = datetime.now(UTC)
    assert abs(error.retry_after - (3600 - now.minute * 60 - now.second)) % 3600 < 5
    said = httpx.Response(429, json=refusal(429, "RESOURCE_EXHAUSTED", "x")[1], headers={"retry-after": "7"})
    told = await error_of(said)
    assert isinstance(told, RateLimited)
    assert told.retry_after == 7


@pytest.mark.parametrize(("status", "again"), [(429, False), (403, False), (500, True), (503, True)])
async def test_a_call_waits_out_no_quota(status: int, again: bool) -> None:
    wire = asked((200, {"metrics": []}))
    await analytics(wire).check_health()
    (request,) = wire.requests
    call = CallInfo.of(request)
    assert judge_response(httpx.Response(status, request=request), call).may_repeat is again


async def test_a_version_that_is_gone_is_told_by_its_setting() -> None:
    with pytest.raises(InvalidRequest) as refused:
        await analytics(asked((404, "<!DOCTYPE html>")), api_version="v1alpha").run_report(question())
    assert refused.value.field == "settings.api_version"
    assert "v1alpha" in refused.value.message
