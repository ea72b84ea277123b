"""What Meta's refusals mean: by their codes, whatever the status is."""

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.social.meta.builders import (
    MISSING,
    TOKEN,
    Wire,
    a_comment,
    a_post,
    existing,
    facebook,
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
from workers.providers.social.meta.errors import classify, read_fault

BUSY = '{"77":[{"type":"pages","estimated_time_to_regain_access":5},{"estimated_time_to_regain_access":12}]}'


@pytest.mark.parametrize(
    ("answer", "reading", "writing", "code", "field"),
    [
        (refusal(1), Unavailable, OutcomeUnknown, "1", None),
        (refusal(2, is_transient=True, status=500), Unavailable, OutcomeUnknown, "2", None),
        (refusal(4), RateLimited, RateLimited, "4", None),
        (refusal(17, 2446079), RateLimited, RateLimited, "17/2446079", None),
        (refusal(32, status=403), RateLimited, RateLimited, "32", None),
        (refusal(613), RateLimited, RateLimited, "613", None),
        (refusal(80001), RateLimited, RateLimited, "80001", None),
        (refusal(80002), RateLimited, RateLimited, "80002", None),
        (refusal(368), RateLimited, RateLimited, "368", None),
        (refusal(100, 1390008), RateLimited, RateLimited, "100/1390008", None),
        (refusal(190, 463, status=401), AuthenticationFailed, AuthenticationFailed, "190/463", None),
        (refusal(190, 458), AuthenticationFailed, AuthenticationFailed, "190/458", None),
        (refusal(102), AuthenticationFailed, AuthenticationFailed, "102", None),
        (refusal(3), AuthenticationFailed, AuthenticationFailed, "3", None),
        (refusal(10, status=403), AuthenticationFailed, AuthenticationFailed, "10", None),
        (refusal(200, status=403), AuthenticationFailed, AuthenticationFailed, "200", None),
        (refusal(299), AuthenticationFailed, AuthenticationFailed, "299", None),
        (refusal(100, 1404112), AuthenticationFailed, AuthenticationFailed, "100/1404112", None),
        (refusal(25, 2207050), AuthenticationFailed, AuthenticationFailed, "25/2207050", None),
        (MISSING, NotFound, NotFound, "100/33", None),
        (refusal(803, status=404), NotFound, NotFound, "803", None),
        (refusal(100), InvalidRequest, InvalidRequest, "100", None),
        (refusal(324, 1366046), InvalidRequest, InvalidRequest, "324/1366046", "media"),
        (refusal(1609005), InvalidRequest, InvalidRequest, "1609005", "link"),
        (refusal(9004, 2207052), InvalidRequest, InvalidRequest, "9004/2207052", "media"),
        (refusal(9007, 2207027), Unavailable, Unavailable, "9007/2207027", None),
        (refusal(9, 2207042), RateLimited, RateLimited, "9/2207042", None),
        (refusal(24, 2207008), Unavailable, OutcomeUnknown, "24/2207008", None),
        (refusal(2635), InvalidRequest, InvalidRequest, "2635", "settings.api_version"),
        (refusal(2500, message="Unknown path components: /v99.0/me"), InvalidRequest, InvalidRequest, "2500",
         "settings.api_version"),
        ((502, None), Unavailable, OutcomeUnknown, None, None),
        ((429, {"error": {"message": "slow down"}}), RateLimited, RateLimited, None, None),
    ],
)  # fmt: skip
async def test_a_refusal_says_what_is_certain(
    answer: Any, reading: type[ProviderError], writing: type[ProviderError], code: str | None, field: str | None
) -> None:
    for kind, call in (
        (reading, facebook(Wire(answer)).get_lead("9")),
        (writing, facebook(Wire(answer, answer)).create_comment(a_comment())),
    ):
        with pytest.raises(ProviderError) as raised:
            await call
        assert type(raised.value) is kind
        assert (raised.value.provider_code, getattr(raised.value, "field", None)) == (code, field)
        assert raised.value.request_id == ("trace-1" if code else None)


async def test_a_limit_says_how_long_to_wait_where_meta_does() -> None:
    status, body = refusal(80001)
    answer = httpx.Response(status, json=body, headers={"X-Business-Use-Case-Usage": BUSY})
    with pytest.raises(RateLimited) as limited:
        await facebook(Wire(answer)).list_accounts()
    assert limited.value.retry_after == 12 * 60
    for code, wait in ((4, None), (368, 3600)):
        with pytest.raises(RateLimited) as limited:
            await facebook(Wire(refusal(code))).list_accounts()
        assert limited.value.retry_after == wait


async def test_a_missing_scope_is_named() -> None:
    for call, scope in (
        (facebook(Wire(refusal(200))).list_accounts(), "pages_show_list"),
        (facebook(Wire(refusal(10))).get_lead("9"), "leads_retrieval"),
        (facebook(Wire(refusal(200))).publish_post(a_post(), {}), "pages_manage_posts"),
    ):
        with pytest.raises(AuthenticationFailed, match=f"needs the scope {scope}"):
            await call


async def test_a_retired_version_says_which_setting_to_change() -> None:
    with pytest.raises(InvalidRequest, match=r"does not serve v25.0 any more: raise the setting api_version"):
        await facebook(Wire(refusal(2635))).list_accounts()


async def test_meta_words_for_people_are_shown_and_echoed_tokens_are_not() -> None:
    with pytest.raises(InvalidRequest) as raised:
        await facebook(Wire(refusal(100, message=f"bad {TOKEN}", error_user_msg="Choose another."))).list_accounts()
    assert raised.value.message == "bad **** Choose another."


async def test_what_says_that_it_was_not_done_was_not_done() -> None:
    with pytest.raises(InvalidRequest, match="not done"):
        await facebook(Wire({"success": False})).delete_post(existing())


@pytest.mark.parametrize("answer", [{}, [], {"data": {}}, {"data": [1]}, {"data": [{"id": True}]}, {"data": [{}]}])
async def test_an_answer_of_another_shape_is_none(answer: Any) -> None:
    with pytest.raises(Unavailable, match="unknown format"):
        await facebook(Wire(answer)).list_accounts()


async def test_health_tells_wrong_tokens_from_an_outage() -> None:
    assert (await facebook(Wire({"id": "5"})).check_health()).ok
    assert (await facebook(Wire(refusal(190))).check_health()).code == "authentication_failed"
    assert (await facebook(Wire((503, None))).check_health()).code == "unavailable"
    assert (await facebook(Wire(refusal(4))).check_health()).code == "rate_limited"


@settings(max_examples=40)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["error", "message", "code", "error_subcode", "is_transient", "error_message"]), s)))  # fmt: skip
def test_no_body_breaks_the_reading_of_a_fault(body: Any) -> None:
    fault = read_fault(body, 400, "Facebook")
    assert fault.message
    assert issubclass(classify(fault, 400, write=True), ProviderError)
