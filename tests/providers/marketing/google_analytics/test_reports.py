"""What is asked of the Data API, and what its answers say."""

from datetime import date
from typing import Any

import pytest

from tests.providers.marketing.google_analytics.builders import API_SECRET, analytics, asked, question, refusal, rows
from workers.providers.errors import AuthenticationFailed, InvalidRequest, Unavailable
from workers.providers.marketing.models import Report

NEEDED = {"name": "properties/123456789/metadata", "dimensions": [], "metrics": []}


async def told(answer: Any, **changes: Any) -> Report:
    return await analytics(asked(answer)).run_report(question(**changes))


async def test_a_question_is_asked_in_one_order_so_that_pages_fit() -> None:
    wire = asked(rows())
    await analytics(wire, currency="SAR").run_report(question(limit=500, offset=1000))
    (request,) = wire.requests
    assert str(request.url) == "https://analyticsdata.googleapis.com/v1beta/properties/123456789:runReport"
    assert request.headers["authorization"] == "Bearer ya29.unit-tests"
    assert wire.body == {
        "dateRanges": [{"startDate": "2026-11-01", "endDate": "2026-11-07"}],
        "dimensions": [{"name": "date"}, {"name": "eventName"}],
        "metrics": [{"name": "eventCount"}, {"name": "purchaseRevenue"}],
        "orderBys": [
            {"metric": {"metricName": "eventCount"}, "desc": True},
            {"dimension": {"dimensionName": "date"}},
            {"dimension": {"dimensionName": "eventName"}},
        ],
        "limit": "500",
        "offset": "1000",
        "currencyCode": "SAR",
        "returnPropertyQuota": True,
    }
    assert request.extensions["wasl"]["retryable"] is True


async def test_filters_are_exact_and_all_of_them() -> None:
    wire = asked(rows(), rows())
    connector = analytics(wire)
    await connector.run_report(question(filters={"sessionSource": "إنستغرام"}))
    exact = {"matchType": "EXACT", "value": "إنستغرام", "caseSensitive": True}
    one = {"filter": {"fieldName": "sessionSource", "stringFilter": exact}}
    assert wire.body["dimensionFilter"] == one
    await connector.run_report(question(filters={"sessionSource": "إنستغرام", "eventName": "purchase"}))
    assert [each["filter"]["fieldName"] for each in wire.body["dimensionFilter"]["andGroup"]["expressions"]] == [
        "sessionSource",
        "eventName",
    ]


async def test_an_answer_is_rows_of_texts_below_their_columns() -> None:
    answer = rows(
        ("20261101", "purchase", "3", "448.5"),
        ("20261101", "sign_up", "1", "0"),
        rowCount=40,
        propertyQuota={"tokensPerDay": {"consumed": 10, "remaining": 199_990}, "tokensPerHour": {"consumed": 40_000}},
    )
    report = await told(answer)
    assert report.columns == ("date", "eventName", "eventCount", "purchaseRevenue")
    assert report.rows == (("20261101", "purchase", "3", "448.5"), ("20261101", "sign_up", "1", "0"))
    assert (report.total, report.time_zone, report.currency, report.is_sampled) == (40, "Asia/Dubai", "AED", False)
    assert report.quota == {"tokensPerDay": 199_990, "tokensPerHour": 0}


async def test_what_google_leaves_out_is_nothing() -> None:
    answer = rows()
    report = await told({"metricHeaders": answer["metricHeaders"]}, dimensions=())
    assert (report.columns, report.rows, report.total) == (("eventCount", "purchaseRevenue"), (), 0)
    assert (report.time_zone, report.quota) == (None, {})


async def test_an_estimate_says_so() -> None:
    sampled = {"samplingMetadatas": [{"samplesReadCount": "1", "samplingSpaceSize": "2"}]}
    assert (await told(rows(metadata=sampled))).is_sampled


@pytest.mark.parametrize(
    "answer", [{}, [], "<html>", rows(("20261101", "purchase", "3")), rows(rowCount="many"), {"rows": [1]}]
)
async def test_an_answer_of_another_shape_is_none(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await told(answer)


async def test_an_end_before_the_beginning_is_refused_before_any_call() -> None:
    wire = asked()
    with pytest.raises(InvalidRequest) as refused:
        await analytics(wire).run_report(question(until=date(2026, 10, 31)))
    assert (refused.value.field, wire.requests, wire.tokens) == ("until", [], [])


async def test_what_a_connection_lacks_is_asked_for_by_name() -> None:
    with pytest.raises(AuthenticationFailed, match="service_account_key is missing"):
        await analytics(asked(), {"api_secret": API_SECRET}).run_report(question())
    with pytest.raises(InvalidRequest) as refused:
        await analytics(asked(), property_id=None).run_report(question())
    assert refused.value.field == "settings.property_id"


# Health.


async def test_health_reads_the_propertys_metadata() -> None:
    wire = asked(NEEDED)
    assert (await analytics(wire).check_health()).ok
    assert wire.lines == ["GET /v1beta/properties/123456789/metadata"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal(403, "PERMISSION_DENIED", "User does not have sufficient permissions."), "authentication_failed"),
        (refusal(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens per hour."), "rate_limited"),
        (refusal(500, "INTERNAL", "An internal error has occurred."), "unavailable"),
        ({}, "unavailable"),
    ],
)
async def test_health_tells_wrong_keys_from_an_outage(answer: Any, code: str) -> None:
    health = await analytics(asked(answer)).check_health()
    assert (health.ok, health.code) == (False, code)


async def test_a_connection_that_only_sends_asks_the_validation_server_and_claims_no_more() -> None:
    wire = asked({"validationMessages": []})
    health = await analytics(wire, {"api_secret": API_SECRET}).check_health()
    assert (health.ok, wire.lines) == (True, ["POST /debug/mp/collect"])
    assert "neither the API secret nor the measurement ID" in health.detail
    lacking = await analytics(asked(), {"api_secret": API_SECRET}, measurement_id=None).check_health()
    assert (lacking.code, "settings.measurement_id" in lacking.detail) == ("invalid_request", True)
    assert (await analytics(asked((503, "")), {"api_secret": API_SECRET}).check_health()).code == "unavailable"
