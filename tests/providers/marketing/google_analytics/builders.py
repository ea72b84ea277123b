"""Google Analytics with answers of the test's, and events to send."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from tests.support.carrier_wire import Wire
from tests.support.tools.google_analytics import SETTINGS, key_file
from workers.providers.marketing.google_analytics import GoogleAnalyticsConnector
from workers.providers.marketing.models import Item, ReportRequest, TrackedEvent
from workers.providers.money import Money
from workers.providers.registry import open_connector

API_SECRET = "mp-secret-0123456789"
TOKEN = {"access_token": "ya29.unit-tests", "expires_in": 3599, "token_type": "Bearer"}
COLLECTED = (204, "")
CLIENT = "1122334455.1767225600"


def analytics(
    wire: Wire | httpx.AsyncBaseTransport, credentials: dict[str, str] | None = None, **settings: Any
) -> GoogleAnalyticsConnector:
    """A connection with both credentials, unless others are given. A setting of None is not set."""
    both = {"service_account_key": key_file(), "api_secret": API_SECRET}
    connector = open_connector(
        "google_analytics",
        credentials=both if credentials is None else credentials,
        settings={name: value for name, value in {**SETTINGS, **settings}.items() if value is not None},
        transport=httpx.MockTransport(wire) if isinstance(wire, Wire) else wire,
    )
    assert isinstance(connector, GoogleAnalyticsConnector)
    return connector


def asked(*answers: Any) -> Wire:
    """A wire that gives tokens, and these answers to everything else."""
    return Wire(*answers, token=TOKEN)


def event(**changes: Any) -> TrackedEvent:
    """Somebody signed up, a minute ago."""
    given: dict[str, Any] = {
        "name": "sign_up",
        "client_id": CLIENT,
        "occurred_at": datetime.now(UTC) - timedelta(minutes=1),
    }
    return TrackedEvent.model_validate({**given, **changes})


def purchase(**changes: Any) -> TrackedEvent:
    """AED 149.50 for an abaya."""
    given: dict[str, Any] = {
        "name": "purchase",
        "money": Money.of("149.50", "AED"),
        "reference": "SO-1001",
        "session_id": "1767225600",
        "items": (Item(id="SKU1", name="عباءة سوداء", price="149.50"),),
    }
    return event(**{**given, **changes})


def question(**changes: Any) -> ReportRequest:
    """How many events of each name there were, day by day."""
    given: dict[str, Any] = {
        "since": date(2026, 11, 1),
        "until": date(2026, 11, 7),
        "metrics": ("eventCount", "purchaseRevenue"),
        "dimensions": ("date", "eventName"),
    }
    return ReportRequest.model_validate({**given, **changes})


def rows(*found: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """An answer to `question`."""
    return {
        "dimensionHeaders": [{"name": "date"}, {"name": "eventName"}],
        "metricHeaders": [
            {"name": "eventCount", "type": "TYPE_INTEGER"},
            {"name": "purchaseRevenue", "type": "TYPE_CURRENCY"},
        ],
        "rows": [
            {
                "dimensionValues": [{"value": value} for value in row[:2]],
                "metricValues": [{"value": value} for value in row[2:]],
            }
            for row in found
        ],
        "rowCount": len(found),
        "metadata": {"currencyCode": "AED", "timeZone": "Asia/Dubai"},
        "kind": "analyticsData#runReport",
        **more,
    }


def refusal(code: int, status: str, message: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """An error of the Data API."""
    return code, {"error": {"code": code, "message": message, "status": status, **more}}
