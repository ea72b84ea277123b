"""What status pages say, in the formats that machines read them in.

Statuspage's ``summary.json`` is Atlassian's status API, the same on every page; Google's ``incidents.json`` is that of
https://status.cloud.google.com/incidents.schema.json. Meta's ``orgs.json`` and PayPal's ``components`` are documented
nowhere: their shapes are taken from programs that read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from workers.providers.manifest import StatusFeed

INDICATORS: Final = ("unknown", "none", "maintenance", "minor", "major", "critical")
"""In rising order of trouble."""
_MOST_INCIDENTS: Final = 20
_LONGEST_TEXT: Final = 500
_ALL_CLEAR: Final = "No known issues"


class UnreadablePage(Exception):
    """The page is not in the format that it is said to be in."""


@dataclass(frozen=True, slots=True)
class PageReport:
    """What a page says now.

    :param indicator: one of `INDICATORS` but ``unknown``.
    :param incidents: what goes on: ``{id, name, status, impact, url, started_at, updated_at}``.
    """

    indicator: str
    description: str
    incidents: tuple[Mapping[str, str | None], ...] = ()


def read_page(feed: StatusFeed, body: bytes) -> PageReport:
    """Read a page.

    :raises UnreadablePage: it is in another format.
    """
    try:
        report = _READERS[feed.format](orjson.loads(body), feed.parts)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UnreadablePage(f"the page is not in the format of {feed.format}") from None
    return PageReport(report.indicator, report.description[:_LONGEST_TEXT], report.incidents[:_MOST_INCIDENTS])


def _worst(indicators: Iterable[str]) -> str:
    return max(indicators, key=INDICATORS.index, default="none")


def _listed(page: Any) -> list[Any]:
    if not isinstance(page, list):
        raise UnreadablePage("the page is no list")
    return page


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:_LONGEST_TEXT]


def _statuspage(page: Any, _: tuple[str, ...]) -> PageReport:
    indicator = page["status"]["indicator"]
    if indicator not in INDICATORS[1:]:
        raise UnreadablePage("the page has an indicator of its own")
    incidents = tuple(
        {
            "id": _text(each.get("id")),
            "name": _text(each["name"]),
            "status": _text(each.get("status")),
            "impact": _text(each.get("impact")),
            "url": _text(each.get("shortlink")),
            "started_at": _text(each.get("started_at") or each.get("created_at")),
            "updated_at": _text(each.get("updated_at")),
        }
        for each in page.get("incidents") or ()
    )
    return PageReport(indicator, page["status"]["description"], incidents)


_GOOGLE: Final = {"SERVICE_OUTAGE": "critical", "SERVICE_DISRUPTION": "major", "SERVICE_INFORMATION": "minor"}


def _google(page: Any, parts: tuple[str, ...]) -> PageReport:
    """An incident goes on as long as it has no end."""
    going_on = [each for each in _listed(page) if not each.get("end") and _concerns(each, parts)]
    incidents = tuple(
        {
            "id": _text(each.get("id")),
            "name": _text(each["external_desc"]),
            "status": _text((each.get("most_recent_update") or {}).get("status")),
            "impact": _text(each.get("status_impact")),
            "url": None,
            "started_at": _text(each.get("begin")),
            "updated_at": _text(each.get("modified")),
        }
        for each in going_on
    )
    worst = _worst(_GOOGLE.get(each.get("status_impact"), "minor") for each in going_on)
    return PageReport(worst, incidents[0]["name"] or "" if incidents else _ALL_CLEAR, incidents)


def _concerns(incident: Any, parts: tuple[str, ...]) -> bool:
    named = {incident.get("service_name"), *(each.get("title") for each in incident.get("affected_products") or ())}
    return not parts or any(part in named for part in parts)


def _meta(page: Any, parts: tuple[str, ...]) -> PageReport:
    found = [product for product in _listed(page) if not parts or product["id"] in parts]
    if not found:
        raise UnreadablePage("the page does not have the product any more")
    services = [
        (service["name"], service["status"], _meta_indicator(service["status"]), service.get("time"))
        for product in found
        for service in product["services"]
    ]
    return _of_services([each for each in services if each[2] != "none"])


def _meta_indicator(status: str) -> str:
    said = status.lower()
    if "no known issues" in said or "resolved" in said:
        return "none"
    return "major" if "high" in said or "major" in said or "outage" in said else "minor"


_PAYPAL: Final = {
    "operational": "none",
    "informational": "none",
    "under_maintenance": "maintenance",
    "service_disruption": "minor",
    "service_outage": "major",
}


def _paypal(page: Any, _: tuple[str, ...]) -> PageReport:
    """Its live products and APIs; its sandbox has a status of its own."""
    services = []
    for each in page["result"]:
        said = each["status"]["production"]
        services.append((each.get("name") or each["category"]["name"], said, _paypal_indicator(said), None))
    return _of_services([each for each in services if each[2] != "none"])


def _paypal_indicator(status: str) -> str:
    return _PAYPAL.get(status.lower().replace(" ", "_"), "minor")


def _of_services(troubled: list[tuple[str, str, str, Any]]) -> PageReport:
    incidents = tuple(
        {
            "id": None,
            "name": _text(name),
            "status": _text(said),
            "impact": indicator,
            "url": None,
            "started_at": _text(since),
            "updated_at": None,
        }
        for name, said, indicator, since in troubled
    )
    described = "; ".join(f"{name}: {said}" for name, said, _, _ in troubled) or _ALL_CLEAR
    return PageReport(_worst(indicator for _, _, indicator, _ in troubled), described, incidents)


_READERS: Final[Mapping[str, Callable[[Any, tuple[str, ...]], PageReport]]] = {
    "statuspage": _statuspage,
    "google": _google,
    "meta": _meta,
    "paypal": _paypal,
}
