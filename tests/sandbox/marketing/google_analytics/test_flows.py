"""Events that are sent and found in reports, through the real connector against the twin."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.providers.marketing.google_analytics.builders import event, purchase
from tests.sandbox.marketing.google_analytics.conftest import EMAIL, Account
from tests.support.tools.google_analytics import TOOL, key_file
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)
from workers.providers.marketing.models import Report, ReportRequest
from workers.providers.money import Money


async def report(account: Account, *metrics: str, **changes: Any) -> Report:
    today = datetime.now(ZoneInfo("Asia/Dubai")).date()
    given = {"since": today - timedelta(days=4), "until": today, "metrics": metrics or ("eventCount",), **changes}
    return await account.connect().run_report(ReportRequest.model_validate(given))


async def test_a_purchase_is_sent_and_stands_in_the_report(account: Account) -> None:
    await account.connect().send_events(
        [
            event(name="page_view", session_id="7", properties={"source": "instagram", "medium": "social"}),
            purchase(session_id="7"),
            purchase(session_id="8", client_id="9.9", reference="SO-1002", money=Money.of("100.00", "USD")),
        ]
    )
    found = await report(
        account,
        *("purchaseRevenue", "transactions", "keyEvents", "totalUsers", "eventCount"),
        dimensions=("sessionSource", "eventName"),
    )
    assert found.columns[:3] == ("sessionSource", "eventName", "purchaseRevenue")
    assert found.rows == (
        ("(direct)", "purchase", "367.25", "1", "1", "1", "1"),
        ("instagram", "purchase", "149.5", "1", "1", "1", "1"),
        ("instagram", "page_view", "0", "0", "0", "1", "1"),
    )
    assert (found.total, found.currency, found.time_zone) == (3, "AED", "Asia/Dubai")
    assert found.quota["tokensPerHour"] == 39_990
    only = await report(account, "purchaseRevenue", filters={"sessionSource": "instagram", "eventName": "purchase"})
    assert only.rows == (("149.5",),)
    in_dollars = await account.connect(currency="USD").run_report(
        ReportRequest(since=date(2020, 1, 1), until=date(2100, 1, 1), metrics=("purchaseRevenue",))
    )
    assert in_dollars.rows == (("140.707965",),)


async def test_reading_on_reads_every_row_once(account: Account) -> None:
    names = [f"step_{number}" for number in range(7)]
    await account.connect().send_events([event(name=name) for name in names])
    read: list[str] = []
    for offset in (0, 3, 6):
        page = await report(account, dimensions=("eventName",), limit=3, offset=offset)
        assert page.total == 7
        read += [row[0] for row in page.rows]
    assert read == names


async def test_days_are_those_of_the_property(account: Account) -> None:
    late = datetime.now(UTC).replace(hour=21, minute=30, second=0, microsecond=0) - timedelta(days=2)
    await account.connect().send_events([event(occurred_at=late)])
    found = await report(account, dimensions=("date",))
    assert found.rows == (((late + timedelta(days=1)).strftime("%Y%m%d"), "1"),)


async def test_an_order_is_counted_once_however_often_it_is_sent(account: Account) -> None:
    connector = account.connect()
    for _ in range(2):
        await connector.send_events([purchase(), event()])
    assert (await report(account, "transactions", "eventCount")).rows == (("1", "3"),)
    state = await account.state()
    assert state["dropped"] == 1
    assert TOOL.kept(state) == []


async def test_arabic_arrives_as_it_is(account: Account) -> None:
    await account.connect().send_events([purchase(properties={"campaign": "عروض الشتاء 🎉"})])
    ((kept,),) = (await account.state("SO-1001"))["clients"].values()
    assert kept["params"]["campaign"] == "عروض الشتاء 🎉"
    assert kept["params"]["items"][0]["item_name"] == "عباءة سوداء"
    assert (await account.state("SO-9"))["clients"] == {}


async def test_a_wrong_secret_is_answered_like_a_right_one_and_nothing_is_counted(account: Account) -> None:
    wrong = account.connect({"api_secret": "invalid-secret"})
    await wrong.send_events([event()])
    assert (await wrong.check_health()).ok, "it cannot be known"
    assert await account.state() == {"clients": {}, "dropped": 1}


async def test_both_regions_collect(account: Account) -> None:
    await account.connect(region="eu").send_events([event()])
    assert (await report(account)).rows == (("1",),)


async def test_the_validation_server_counts_nothing(account: Account) -> None:
    connector = account.connect()
    assert await connector.check_events([event(), purchase(), purchase(client_id=None, user_id="u-1")]) == ()
    (found,) = await connector.check_events([event(), event(properties={"value": 3})])
    assert (found.event, found.code) == (1, "VALUE_REQUIRED")
    assert (await account.state())["clients"] == {}


@pytest.mark.parametrize("body", [b"nonsense", b"[]", b"{}", b'{"client_id": "1.1", "events": [{"name": "_x"}]}'])
async def test_the_twin_takes_nonsense_and_drops_it(account: Account, body: bytes) -> None:
    query = {"measurement_id": "G-WASL12345", "api_secret": "secret"}
    answer = await account.http.post("/google_analytics/collect/mp/collect", params=query, content=body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await account.state())["clients"] == {}
    found = await account.http.post("/google_analytics/collect/debug/mp/collect", params=query, content=body)
    assert found.json()["validationMessages"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({f"p{number}": 1 for number in range(26)}, "EXCEEDED_MAX_ENTITIES"),
        ({"plan": "x" * 101}, "VALUE_OUT_OF_BOUNDS"),
        ({"ga_plan": 1}, "NAME_RESERVED"),
        ({"session_id": "abc"}, "VALUE_OUT_OF_BOUNDS"),
        ({"timestamp_micros": 1}, "VALUE_INVALID"),
    ],
    ids=["parameters", "value", "name", "session", "time"],
)
async def test_the_twin_is_strict_when_it_is_told_to_be(account: Account, params: dict[str, Any], code: str) -> None:
    body = {"client_id": "1.1", "events": [{"name": "sign_up", "params": params}]}
    address = "/google_analytics/collect/debug/mp/collect"
    assert (await account.http.post(address, json=body)).json() == {"validationMessages": []}
    strict = await account.http.post(address, json={**body, "validation_behavior": "ENFORCE_RECOMMENDATIONS"})
    assert {message["validationCode"] for message in strict.json()["validationMessages"]} == {code}


# Access.


async def test_any_key_of_a_newcomers_own_is_taken_but_not_a_wrong_one(account: Account) -> None:
    own = account.connect(TOOL.account())
    assert (await own.check_health()).ok
    wrong = account.connect({"service_account_key": key_file(client_email="invalid@souk.iam.gserviceaccount.com")})
    assert (await wrong.check_health()).code == "authentication_failed"
    # Another's signature under the name of a key that the twin has made.
    made = await account.control("service_accounts", email=EMAIL)
    forged = account.connect({"service_account_key": key_file(private_key_id=made["private_key_id"])})
    health = await forged.check_health()
    assert (health.code, "make a new one" in health.detail) == ("authentication_failed", True)


async def test_a_key_of_the_twins_making_works_until_it_is_deleted(account: Account) -> None:
    made = await account.control("service_accounts", email=EMAIL)
    assert (await account.connect({"service_account_key": json.dumps(made)}).check_health()).ok
    await account.control("tokens", revoke_key=made["private_key_id"])
    gone = account.connect({"service_account_key": json.dumps(made)})
    with pytest.raises(AuthenticationFailed, match="make a new one"):
        await gone.run_report(ReportRequest(since=date(2026, 1, 1), until=date(2026, 1, 2), metrics=("eventCount",)))


async def test_a_token_that_ran_out_is_replaced_unnoticed(account: Account) -> None:
    connector = account.connect()
    assert (await connector.check_health()).ok
    await account.control("tokens", expire=True)
    assert (await connector.check_health()).ok


async def test_whoever_is_no_viewer_is_told_whom_to_add(account: Account) -> None:
    await account.control("viewers", property_id="123456789", email=EMAIL, allowed=False)
    with pytest.raises(AuthenticationFailed, match=f"Add {EMAIL} as a viewer of property 123456789"):
        await report(account)
    assert (await account.connect(property_id="987654321").check_health()).ok
    await account.control("viewers", property_id="123456789", email=EMAIL, allowed=True)
    assert (await account.connect().check_health()).ok


async def test_a_wrong_clock_is_explained(account: Account) -> None:
    await account.control("clock", ahead_seconds=7200)
    health = await account.connect().check_health()
    assert health.code == "authentication_failed"
    assert "behind Google's: set it by NTP" in health.detail


# Reports that are refused.


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dimensions": ("pagePathh",)}, "dimensions"),
        ({"metrics": ("eventCountt",)}, "metrics"),
        ({"filters": {"campaignn": "x"}}, "dimensions"),
    ],
)
async def test_what_the_property_does_not_have(account: Account, changes: dict[str, Any], field: str) -> None:
    await account.connect().send_events([event()])
    with pytest.raises(InvalidRequest) as refused:
        await report(account, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "body",
    [
        {"dateRange": []},
        {"dimensions": [{"name": "date"}]},
        {"dateRanges": [{"startDate": "soon", "endDate": "later"}], "metrics": [{"name": "eventCount"}]},
        {"metrics": [{"name": "eventCount"}], "limit": 10},
        {"dimensions": [{"name": "date"}] * 10},
        {"metrics": [{"name": "eventCount"}], "orderBys": [{"metric": {"metricName": "sessions"}}]},
        {"metrics": "eventCount"},
    ],
)
async def test_the_twin_refuses_what_google_refuses(account: Account, body: dict[str, Any]) -> None:
    connector = account.connect()
    await connector.send_events([event()])
    ranges = {"dateRanges": [{"startDate": "2026-01-01", "endDate": "2100-01-01"}]}
    whole = body if "dateRange" in body or "dateRanges" in body or "dimensions" in body else {**ranges, **body}
    with pytest.raises(InvalidRequest):
        await connector._ask("run_report", "POST", "/properties/123456789:runReport", whole)


async def test_a_used_up_quota_comes_back(account: Account) -> None:
    await account.control("quota", property_id="123456789", remaining={"tokensPerHour": 15})
    found = await report(account)
    assert (found.quota["tokensPerHour"], found.quota["concurrentRequests"]) == (5, 10)
    with pytest.raises(RateLimited) as refused:
        await report(account)
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 3600
    await account.control("quota", property_id="123456789", remaining={"tokensPerHour": 10})
    assert (await report(account)).quota["tokensPerHour"] == 0


async def test_streams_belong_to_properties(account: Account) -> None:
    await account.control("streams", property_id="987654321", measurement_id="G-WASL12345")
    await account.connect().send_events([event()])
    assert (await report(account)).rows == ()
    asked = ReportRequest(since=date(2020, 1, 1), until=date(2100, 1, 1), metrics=("eventCount",))
    assert (await account.connect(property_id="987654321").run_report(asked)).rows == (("1",),)


async def test_a_retired_version_is_told_by_its_setting(account: Account) -> None:
    await account.control("versions", retire="v1beta")
    with pytest.raises(InvalidRequest) as refused:
        await report(account)
    assert refused.value.field == "settings.api_version"
    assert (await account.connect(api_version="v1alpha").check_health()).ok


# What goes wrong on the way.


@pytest.mark.parametrize(("kind", "counted"), [("drop_after", 1), ("drop_before", 0), ("server_error", 0)])
async def test_events_whose_answer_is_lost_may_be_counted(account: Account, kind: str, counted: int) -> None:
    await account.fault(kind, "/collect/mp/collect")
    with pytest.raises(OutcomeUnknown):
        await account.connect().send_events([event()])
    assert sum(map(len, (await account.state())["clients"].values())) == counted


async def test_a_purchase_whose_answer_was_lost_can_be_sent_again(account: Account) -> None:
    await account.fault("drop_after", "/collect/mp/collect")
    with pytest.raises(OutcomeUnknown):
        await account.connect().send_events([purchase()])
    await account.connect().send_events([purchase()])
    assert (await report(account, "transactions", "purchaseRevenue")).rows == (("1", "149.5"),)


async def test_a_part_that_was_sent_is_told(account: Account) -> None:
    await account.fault("rate_limited", "/collect/mp/collect", skip=1)
    with pytest.raises(OutcomeUnknown, match="1 of 2 events were sent"):
        await account.connect().send_events([event(), event(client_id="9.9")])


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "truncated", "malformed", "server_error"])
@pytest.mark.parametrize("path", ["/token/token", "/v1beta/*"])
async def test_a_report_that_is_lost_can_be_asked_for_again(account: Account, kind: str, path: str) -> None:
    await account.fault(kind, path)
    with pytest.raises(Unavailable):
        await report(account)
    assert (await report(account)).rows == ()


async def test_a_throttled_report_waits(account: Account) -> None:
    await account.fault("rate_limited", "/v1beta/*", retry_after="3")
    with pytest.raises(RateLimited) as throttled:
        await report(account)
    assert throttled.value.retry_after == 3


async def test_everything_is_forgotten_when_told_to(account: Account) -> None:
    await account.connect().send_events([event()])
    await account.http.delete("/_state")
    assert await account.state() == {"clients": {}, "dropped": 0}
