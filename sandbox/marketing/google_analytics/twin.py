"""Google Analytics' twin as a web application.

Every property may be read by every service account, and has every stream, until a control says otherwise. Secrets and
accounts with ``invalid`` in them are refused: by the Data API with an error, by ``/mp/collect`` with 204 and silence.

::

    POST /_test/service_accounts  {"email": …}                         answers with a key file; what it signs is checked
    POST /_test/streams           {"property_id", "measurement_id"}    the stream is this property's, and no other's
    POST /_test/viewers           {"property_id", "email", "allowed": false}
    POST /_test/quota             {"property_id", "remaining": {"tokensPerHour": 0}}
    POST /_test/tokens            {"expire": true}                     or {"revoke_key": "<private_key_id>"}
    POST /_test/clock             {"ahead_seconds": 7200}              Google's clock, as opposed to this machine's
    POST /_test/versions          {"retire": "v1beta"}
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.deliveries import Deliveries
from sandbox.marketing.google_analytics import payloads, reports
from sandbox.marketing.google_analytics.access import Access
from sandbox.marketing.google_analytics.errors import bad_request, refused
from sandbox.marketing.google_analytics.payloads import MOST_BYTES, Event, Object
from sandbox.shipping.answers import Refusal, answering, read_object

QUOTAS = {
    "tokensPerDay": 200_000,
    "tokensPerHour": 40_000,
    "tokensPerProjectPerHour": 14_000,
    "concurrentRequests": 10,
    "serverErrorsPerProjectPerHour": 10,
    "potentiallyThresholdedRequestsPerHour": 120,
}
COST = 10
_EXHAUSTED = {
    "tokensPerDay": "Exhausted property tokens per day. These quota tokens will return in under 24 hours.",
    "tokensPerHour": "Exhausted property tokens per hour. These quota tokens will return in under an hour.",
    "tokensPerProjectPerHour": "Exhausted property tokens for a project per hour. These quota tokens will return in "
    "under an hour.",
    "concurrentRequests": "Exhausted concurrent requests quota.",
}
_NO_ACCESS = (
    "User does not have sufficient permissions for this property. To learn more about Property ID, see "
    "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id."
)


class GoogleAnalyticsTwin:
    """See the module."""

    key = "google_analytics"

    def __init__(self, _: Deliveries) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.ahead_seconds = 0.0
        self.access = Access(self._time)
        self.events: list[Event] = []
        self.dropped = 0
        self.streams: dict[str, str] = {}
        self.strangers: set[tuple[str, str]] = set()
        self.remaining: dict[str, dict[str, int]] = {}
        self.hour = 0
        self.retired: set[str] = set()

    def state(self, subject_id: str | None, /) -> dict[str, Any]:
        """The events that are counted, by client; with an id, those with it as user or transaction. And how many were
        dropped without a word."""
        clients: dict[str, list[Object]] = {}
        for event in self.events:
            if subject_id in (None, event.user_id, event.params.get("transaction_id")):
                clients.setdefault(event.client_id, []).append(_shown(event))
        return {"clients": clients, "dropped": self.dropped}

    def routes(self) -> Sequence[BaseRoute]:
        """Google's APIs, as they lie under ``/google_analytics``."""
        collecting = [
            Route("/mp/collect", self._collect, methods=["POST"]),
            Route("/debug/mp/collect", self._validate, methods=["POST"]),
        ]
        controls: dict[str, Callable[[Object], Object]] = {
            "service_accounts": lambda body: dict(self.access.new_key(str(body["email"]))),
            "streams": self._link,
            "viewers": self._admit,
            "quota": self._set_quota,
            "tokens": self._spoil_tokens,
            "clock": self._set_clock,
            "versions": self._retire,
        }
        return [
            Mount("/collect", routes=collecting),
            Mount("/collect_eu", routes=collecting),
            Route("/token/token", answering(self._token), methods=["POST"]),
            Route("/{version}/properties/{property_id:int}/metadata", answering(self._metadata)),
            Route("/{version}/properties/{property_id:int}:runReport", answering(self._report), methods=["POST"]),
            *(Route(f"/_test/{name}", _control(move), methods=["POST"]) for name, move in controls.items()),
        ]

    # Events.

    async def _collect(self, request: Request) -> Response:
        """Whatever is sent, it is well."""
        raw, query = await request.body(), request.query_params
        stream, body = query.get("measurement_id", ""), _loaded(raw)
        usable = stream and query.get("api_secret") and "invalid" not in query["api_secret"] and len(raw) < MOST_BYTES
        counted = payloads.counted(stream, body, self._now()) if usable else []
        sent = len(body["events"]) if isinstance(body, dict) and isinstance(body.get("events"), list) else 0
        before = len(self.events)
        for event in counted:
            if not self._is_repeat(event):
                self.events.append(event)
        self.dropped += sent - (len(self.events) - before)
        return Response(status_code=204)

    def _is_repeat(self, event: Event) -> bool:
        number = event.params.get("transaction_id")
        return event.name == "purchase" and any(
            each.name == "purchase" and each.stream == event.stream and each.params.get("transaction_id") == number
            for each in self.events
        )

    async def _validate(self, request: Request) -> Response:
        return JSONResponse({"validationMessages": payloads.faults(_loaded(await request.body()), self._now())})

    # Reports.

    async def _token(self, request: Request) -> Response:
        # A server writes the time into each answer; here it is Google's, where that is another.
        headers = {"Date": formatdate(self._time(), usegmt=True)} if self.ahead_seconds else {}
        try:
            answer = self.access.issue(dict(parse_qsl((await request.body()).decode())))
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status, headers)
        return JSONResponse(answer, headers=headers)

    async def _metadata(self, request: Request) -> Response:
        if missing := self._missing(request):
            return missing
        return JSONResponse(reports.metadata(self._property(request)))

    async def _report(self, request: Request) -> Response:
        if missing := self._missing(request):
            return missing
        property_id = self._property(request)
        body = await read_object(request, bad_request)
        left = self._left(property_id)
        for name, text in _EXHAUSTED.items():
            if left[name] < (1 if name == "concurrentRequests" else COST):
                raise refused(429, text)
        try:
            answer = reports.answer(body, self._events_of(property_id))
        except (KeyError, TypeError, AttributeError, ValueError):
            raise bad_request("Invalid JSON payload received.") from None
        for name in ("tokensPerDay", "tokensPerHour", "tokensPerProjectPerHour"):
            left[name] -= COST
        return JSONResponse({**answer, **({"propertyQuota": _quota(left)} if body.get("returnPropertyQuota") else {})})

    def _missing(self, request: Request) -> Response | None:
        version = request.path_params["version"]
        if version not in ("v1alpha", "v1beta") or version in self.retired:
            return HTMLResponse("<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>", 404)
        return None

    def _property(self, request: Request) -> str:
        email, property_id = self.access.holder(request.headers.get("authorization", "")), request.path_params
        if email is None:
            raise refused(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")
        if (str(property_id["property_id"]), email) in self.strangers:
            raise refused(403, _NO_ACCESS)
        return str(property_id["property_id"])

    def _events_of(self, property_id: str) -> list[Event]:
        return [event for event in self.events if self.streams.get(event.stream, property_id) == property_id]

    def _left(self, property_id: str) -> dict[str, int]:
        hour = int(self._time() // 3600)
        if hour != self.hour:
            self.hour = hour
            for left in self.remaining.values():
                left |= {name: most for name, most in QUOTAS.items() if name != "tokensPerDay"}
        return self.remaining.setdefault(property_id, dict(QUOTAS))

    # What people and time do.

    def _link(self, body: Object) -> Object:
        self.streams[body["measurement_id"]] = str(body["property_id"])
        return {}

    def _admit(self, body: Object) -> Object:
        change = self.strangers.discard if body.get("allowed", True) else self.strangers.add
        change((str(body["property_id"]), body["email"]))
        return {}

    def _set_quota(self, body: Object) -> Object:
        left = self._left(str(body["property_id"]))
        left |= {name: int(value) for name, value in body["remaining"].items() if name in QUOTAS}
        return dict(left)

    def _spoil_tokens(self, body: Object) -> Object:
        if body.get("expire"):
            self.access.tokens.clear()
        if "revoke_key" in body:
            self.access.revoked.add(body["revoke_key"])
        return {}

    def _set_clock(self, body: Object) -> Object:
        self.ahead_seconds = float(body["ahead_seconds"])
        return {}

    def _retire(self, body: Object) -> Object:
        self.retired.add(body["retire"])
        return {}

    def _time(self) -> float:
        return time.time() + self.ahead_seconds

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._time(), UTC)


def _control(move: Callable[[Object], Object]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(move(await request.json()))

    return endpoint


def _loaded(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _quota(left: dict[str, int]) -> Object:
    """As Google writes it: what is 0 is left out."""
    return {
        name: {part: figure for part, figure in (("consumed", QUOTAS[name] - rest), ("remaining", rest)) if figure}
        for name, rest in left.items()
    }


def _shown(event: Event) -> Object:
    return {"name": event.name, "user_id": event.user_id, "params": event.params, "at": event.at.isoformat()}
