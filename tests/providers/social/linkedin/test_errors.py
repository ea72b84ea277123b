"""What LinkedIn's refusals mean, and who has to act."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.social.linkedin.builders import (
    APP,
    FORBIDDEN,
    GONE,
    PAGE,
    TOKEN,
    Wire,
    a_comment,
    a_post,
    existing,
    linkedin,
    refusal,
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
from workers.providers.social.linkedin.errors import read_fault, seconds_to_midnight

SUNSET = refusal(426, "Requested version 20260701 is not active", code="NONEXISTENT_VERSION")
THROTTLED = "Resource level throttle limit for calls to this resource is reached."


def wrong(field: str) -> tuple[int, dict[str, Any]]:
    fault = {"code": "FIELD_INVALID", "input": {"inputPath": {"fieldPath": field}}}
    return refusal(422, "Invalid", errorDetails={"inputErrors": [fault]})


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (refusal(401, "Expired", code="EXPIRED_ACCESS_TOKEN"), AuthenticationFailed, "EXPIRED_ACCESS_TOKEN", None),
        (refusal(401, "Revoked", serviceErrorCode=65601), AuthenticationFailed, "65601", None),
        (FORBIDDEN, AuthenticationFailed, "100", None),
        (SUNSET, InvalidRequest, "NONEXISTENT_VERSION", "settings.api_version"),
        (refusal(400, "A version must be present", code="VERSION_MISSING"), InvalidRequest, "VERSION_MISSING",
         "settings.api_version"),
        (wrong("commentary"), InvalidRequest, "FIELD_INVALID", "text"),
        (wrong("/content/multiImage/images/0"), InvalidRequest, "FIELD_INVALID", "media"),
        (wrong("somewhere"), InvalidRequest, "FIELD_INVALID", None),
        (GONE, NotFound, "NOT_FOUND", None),
        (refusal(429, THROTTLED), RateLimited, None, None),
        (refusal(403, THROTTLED), RateLimited, None, None),
        (refusal(400, "Member throttle limit exceeded"), RateLimited, None, None),
        (refusal(409, "Conflict"), OutcomeUnknown, None, None),
        (refusal(500, "Internal"), OutcomeUnknown, None, None),
        ((502, None), OutcomeUnknown, None, None),
        ((503, None), OutcomeUnknown, None, None),
    ],
)  # fmt: skip
async def test_a_refused_post_says_what_is_certain(
    answer: Any, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await linkedin(Wire(answer)).publish_post(a_post(), {})
    assert type(raised.value) is kind
    assert (raised.value.provider_code, getattr(raised.value, "field", None)) == (code, field)


@pytest.mark.parametrize(
    ("call", "scope"),
    [
        (lambda it: it.publish_post(a_post(), {}), "w_organization_social for a page, w_member_social for a person"),
        (lambda it: it.list_posts(PAGE, since=None, cursor=None), "r_organization_social"),
        (lambda it: it.create_comment(a_comment()), "w_organization_social_feed"),
        (lambda it: it.get_post(existing()), "r_member_social for a person"),
    ],
    ids=["publish", "list", "comment", "get"],
)
async def test_a_missing_scope_is_named(call: Any, scope: str) -> None:
    for answer in (FORBIDDEN, refusal(400, "Organization permissions must be used when using organization as author")):
        with pytest.raises(AuthenticationFailed, match=scope):
            await call(linkedin(Wire(answer)))


async def test_a_retired_version_names_the_setting_and_it_can_be_changed() -> None:
    with pytest.raises(InvalidRequest, match=r"set another settings\.api_version"):
        await linkedin(Wire(SUNSET)).get_post(existing())
    wire = Wire(GONE)
    with pytest.raises(NotFound):
        await linkedin(wire, settings={"api_version": "202609"}).get_post(existing())
    assert wire.requests[0].headers["linkedin-version"] == "202609"
    for version in ("2026-09", "202613", "latest"):
        with pytest.raises(InvalidRequest) as refused:
            linkedin(wire, settings={"api_version": version})
        assert refused.value.field == "settings.api_version"


async def test_a_quota_lasts_until_midnight_unless_linkedin_says_otherwise() -> None:
    with pytest.raises(RateLimited) as daily:
        await linkedin(Wire(refusal(429, THROTTLED))).get_post(existing())
    assert daily.value.retry_after == pytest.approx(seconds_to_midnight(), abs=60)
    with pytest.raises(RateLimited) as short:
        await linkedin(Wire(httpx.Response(429, headers={"Retry-After": "7"}))).get_post(existing())
    assert short.value.retry_after == 7
    assert seconds_to_midnight(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == 60


async def test_a_quota_is_not_tried_again_at_once() -> None:
    wire = Wire(GONE)
    with pytest.raises(NotFound):
        await linkedin(wire).get_post(existing())
    verdict = wire.requests[0].extensions["wasl"]["retry_verdict"]
    assert verdict(httpx.Response(429)) is False
    assert verdict(httpx.Response(429, headers={"Retry-After": "1"})) is None
    assert verdict(httpx.Response(500)) is None


async def test_only_questions_and_steps_that_do_no_harm_may_be_repeated() -> None:
    wire = Wire(*[refusal(400, "No.")] * 3)
    calls = (lambda it: it.publish_post(a_post(), {}), lambda it: it.create_comment(a_comment()),
             lambda it: it.get_post(existing()))  # fmt: skip
    for call in calls:
        with pytest.raises(InvalidRequest):
            await call(linkedin(wire))
    assert [request.extensions["wasl"]["retryable"] for request in wire.requests] == [False, False, True]


async def test_linkedins_own_id_of_the_request_is_kept_for_its_support() -> None:
    answer = httpx.Response(400, json={"message": f"bad {TOKEN}"}, headers={"x-li-uuid": "AAX+1=="})
    with pytest.raises(InvalidRequest) as refused:
        await linkedin(Wire(answer)).get_post(existing())
    assert (refused.value.request_id, refused.value.message) == ("AAX+1==", "bad ****")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["message", "code", "errorDetails", "inputErrors", "input", "error"]), s)))  # fmt: skip
def test_no_body_breaks_the_reading_of_a_fault(body: Any) -> None:
    fault = read_fault(body, 400)
    assert isinstance(fault.message, str)
    assert fault.message


async def test_health_tells_wrong_tokens_from_a_provider_that_is_down() -> None:
    wire = Wire({"sub": "AbC"})
    assert (await linkedin(wire).check_health()).ok
    assert wire.lines == ["GET /v2/userinfo"]
    assert (await linkedin(Wire(refusal(401, "Revoked"))).check_health()).code == "authentication_failed"
    assert (await linkedin(Wire((503, None))).check_health()).code == "unavailable"
    assert (await linkedin(Wire(httpx.ConnectError("down"))).check_health()).code == "unavailable"
    assert (await linkedin(Wire(FORBIDDEN)).check_health()).code == "authentication_failed"


async def test_health_of_an_app_without_openid_is_what_its_token_is_good_for() -> None:
    credentials = {**APP, "access_token": TOKEN}
    for told, ok in (({"active": True, "scope": "w_organization_social"}, True), ({"active": False}, False)):
        report = await linkedin(Wire(FORBIDDEN, told), credentials=credentials).check_health()
        assert report.ok is ok


async def test_a_failed_read_did_nothing() -> None:
    for answer in (
        (500, None),
        refusal(409, "Conflict"),
        httpx.Response(200, text="<html>"),
        httpx.ReadTimeout("slow"),
    ):
        with pytest.raises(Unavailable):
            await linkedin(Wire(answer)).get_post(existing())
