"""Status pages in the formats that machines read them in."""

import json
from typing import Any

import pytest

from workers.monitoring.status_formats import UnreadablePage, read_page
from workers.providers.manifest import StatusFeed
from workers.providers.registry import CONNECTORS

URL = "https://status.example/feed.json"
STATUSPAGE = StatusFeed(format="statuspage", url=URL)
GOOGLE = StatusFeed(format="google", url=URL, parts=("Google Analytics",))
META = StatusFeed(format="meta", url=URL, parts=("graph-api",))
PAYPAL = StatusFeed(format="paypal", url=URL)


def read(feed: StatusFeed, page: Any) -> tuple[str, str, list[str | None]]:
    report = read_page(feed, json.dumps(page).encode())
    return report.indicator, report.description, [each["name"] for each in report.incidents]


def statuspage(indicator: str, *incidents: dict[str, Any]) -> dict[str, Any]:
    return {"status": {"indicator": indicator, "description": "As said"}, "incidents": list(incidents)}


@pytest.mark.parametrize("indicator", ["none", "minor", "major", "critical", "maintenance"])
def test_statuspage_says_it_itself(indicator: str) -> None:
    assert read(STATUSPAGE, statuspage(indicator)) == (indicator, "As said", [])


def test_incidents_on_a_statuspage() -> None:
    incident = {
        "id": "p1",
        "name": "API errors",
        "status": "identified",
        "impact": "major",
        "shortlink": "https://s/p1",
    }
    report = read_page(STATUSPAGE, json.dumps(statuspage("major", incident)).encode())
    assert report.incidents == (
        {
            "id": "p1",
            "name": "API errors",
            "status": "identified",
            "impact": "major",
            "url": "https://s/p1",
            "started_at": None,
            "updated_at": None,
        },
    )


def google(impact: str, *, product: str = "Google Analytics", end: str | None = None) -> dict[str, Any]:
    incident = {"id": "1", "begin": "2026-11-23T08:00:00Z", "external_desc": "Late", "status_impact": impact}
    return incident | {"affected_products": [{"title": product}]} | ({"end": end} if end else {})


@pytest.mark.parametrize(
    ("incidents", "indicator"),
    [
        ([], "none"),
        ([google("SERVICE_OUTAGE", end="2026-11-23T09:00:00Z")], "none"),
        ([google("SERVICE_OUTAGE", product="AdSense")], "none"),
        ([google("SERVICE_INFORMATION")], "minor"),
        ([google("SERVICE_INFORMATION"), google("SERVICE_DISRUPTION")], "major"),
        ([google("SERVICE_OUTAGE")], "critical"),
    ],
)
def test_google_tells_incidents_of_all_products(incidents: list[dict[str, Any]], indicator: str) -> None:
    assert read(GOOGLE, incidents)[0] == indicator


@pytest.mark.parametrize(
    ("said", "indicator"),
    [
        ("No known issues", "none"),
        ("Resolved", "none"),
        ("Low disruptions", "minor"),
        ("Medium disruptions", "minor"),
        ("High disruptions", "major"),
    ],
)
def test_meta_tells_services_of_products(said: str, indicator: str) -> None:
    page = [
        {"id": "ads-manager", "services": [{"name": "Ads", "status": "High disruptions"}]},
        {"id": "graph-api", "services": [{"name": "Graph API", "status": said}]},
    ]
    assert read(META, page)[0] == indicator


@pytest.mark.parametrize(
    ("said", "indicator"),
    [
        ("Operational", "none"),
        ("informational", "none"),
        ("Under Maintenance", "maintenance"),
        ("Service Disruption", "minor"),
        ("service_outage", "major"),
        ("Something New", "minor"),
    ],
)
def test_paypal_tells_components(said: str, indicator: str) -> None:
    component = {"name": "Checkout", "category": {"name": "product"}}
    page = {"result": [{**component, "status": {"production": said, "sandbox": "Service Outage"}}]}
    troubled = [] if indicator == "none" else ["Checkout"]
    assert read(PAYPAL, page) == (indicator, f"Checkout: {said}" if troubled else "No known issues", troubled)


@pytest.mark.parametrize("feed", [STATUSPAGE, GOOGLE, META, PAYPAL], ids=lambda feed: feed.format)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"{}", b"null", b'{"status": "fine"}', b'{"result": [{}]}'])
def test_what_is_something_else(feed: StatusFeed, body: bytes) -> None:
    with pytest.raises(UnreadablePage):
        read_page(feed, body)


def test_a_product_that_is_not_on_the_page_any_more_is_not_well() -> None:
    with pytest.raises(UnreadablePage):
        read(META, [{"id": "ads-manager", "services": []}])


def test_an_indicator_of_the_pages_own() -> None:
    with pytest.raises(UnreadablePage):
        read(STATUSPAGE, statuspage("apocalyptic"))


@pytest.mark.parametrize("key", [key for key, each in CONNECTORS.items() if each.manifest.status_feed])
def test_a_provider_with_a_feed_has_a_page_for_people(key: str) -> None:
    manifest = CONNECTORS[key].manifest
    assert manifest.status_page_url is not None
    assert manifest.status_feed is not None
    assert manifest.status_feed.url.startswith("https://")
