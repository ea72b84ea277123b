"""Providers' status pages, each below ``/_status_pages/{provider key}`` in the format of the provider's own.

``PUT /_status_pages/{provider key}`` with ``{"indicator": "major", "description": "API errors"}`` changes what a page
says; ``DELETE`` makes it say that all is well again. Pages have ETags, and answer 304 to who knows them.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_WELL: Final = {"indicator": "none", "description": "All Systems Operational"}
_META: Final = {"none": "No known issues", "minor": "Low disruptions", "major": "High disruptions"}
_PAYPAL: Final = {"none": "Operational", "minor": "Service Disruption", "major": "Service Outage"}
_GOOGLE: Final = {"minor": "SERVICE_INFORMATION", "major": "SERVICE_DISRUPTION", "critical": "SERVICE_OUTAGE"}


class StatusPages:
    """What the pages say, by provider key."""

    def __init__(self) -> None:
        self._says: dict[str, dict[str, Any]] = {}

    def routes(self) -> list[BaseRoute]:
        """The pages, and what changes them."""
        return [
            Route("/_status_pages/{provider}", self.change, methods=["PUT"]),
            Route("/_status_pages/{provider}", self.forget, methods=["DELETE"]),
            Route("/_status_pages/{provider}/api/v2/summary.json", self.statuspage),
            Route("/_status_pages/{provider}/data/orgs.json", self.meta),
            Route("/_status_pages/{provider}/api/v1/components", self.paypal),
            Route("/_status_pages/{provider}/status/publisher/incidents.json", self.google),
        ]

    def reset(self) -> None:
        """Let every page say that all is well."""
        self._says.clear()

    async def change(self, request: Request) -> Response:
        """Let a page say something else."""
        self._says[request.path_params["provider"]] = {**_WELL, **orjson.loads(await request.body())}
        return Response(status_code=204)

    async def forget(self, request: Request) -> Response:
        """Let a page say that all is well."""
        self._says.pop(request.path_params["provider"], None)
        return Response(status_code=204)

    async def statuspage(self, request: Request) -> Response:
        """Atlassian's ``summary.json``."""
        says = self._of(request)
        incident = {
            "id": "p31zjtct2jer",
            "name": says["description"],
            "status": "investigating",
            "impact": says["indicator"],
            "shortlink": "https://stspg.example/p31zjtct2jer",
            "created_at": "2026-11-23T08:00:00.000Z",
            "updated_at": "2026-11-23T08:10:00.000Z",
            "incident_updates": [],
        }
        page = {
            "page": {"id": "kctbh9vrtdwd", "name": request.path_params["provider"], "time_zone": "Etc/UTC"},
            "status": {"indicator": says["indicator"], "description": says["description"]},
            "components": [],
            "incidents": [] if says["indicator"] == "none" else [incident],
            "scheduled_maintenances": [],
        }
        return _page(request, page)

    async def meta(self, request: Request) -> Response:
        """Meta's ``orgs.json``."""
        status = _META[self._of(request)["indicator"]]
        services = [{"id": 1, "name": "Graph API", "status": status, "time": "2026-11-23T08:00:00Z"}]
        others = [{"id": 9, "name": "Ads Manager", "status": "High disruptions", "time": "2026-11-23T08:00:00Z"}]
        return _page(
            request,
            [
                {"id": "ads-manager", "name": "Ads Manager", "services": others},
                {"id": "graph-api", "name": "Graph API", "services": services},
            ],
        )

    async def paypal(self, request: Request) -> Response:
        """PayPal's components; its sandbox has troubles of its own."""
        status = {"production": _PAYPAL[self._of(request)["indicator"]], "sandbox": "Service Outage"}
        return _page(request, {"result": [{"name": "Checkout", "category": {"name": "product"}, "status": status}]})

    async def google(self, request: Request) -> Response:
        """Google's ``incidents.json``: an old incident that is over, and one that goes on if the page is to say so."""
        says = self._of(request)
        product = {"title": "Google Analytics", "id": "aaaa"}
        over = {
            "id": "old",
            "begin": "2026-06-05T07:00:00+00:00",
            "end": "2026-06-06T07:00:00+00:00",
            "external_desc": "Reports were late.",
            "status_impact": "SERVICE_OUTAGE",
            "affected_products": [product],
        }
        now = {
            "id": "new",
            "begin": "2026-11-23T08:00:00+00:00",
            "modified": "2026-11-23T08:10:00+00:00",
            "external_desc": says["description"],
            "most_recent_update": {"status": _GOOGLE.get(says["indicator"])},
            "status_impact": _GOOGLE.get(says["indicator"]),
            "affected_products": [product],
        }
        return _page(request, [over] if says["indicator"] == "none" else [now, over])

    def _of(self, request: Request) -> dict[str, Any]:
        return self._says.get(request.path_params["provider"], _WELL)


def _page(request: Request, content: Any) -> Response:
    body = orjson.dumps(content)
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, media_type="application/json", headers={"ETag": etag})
