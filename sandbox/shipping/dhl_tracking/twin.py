"""The twin as a web application: tracking, subscriptions and controls."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries, Delivery
from sandbox.shipping.depot import advancing
from sandbox.shipping.dhl_tracking.shipments import SERVICES, Shipment
from sandbox.shipping.journey import Journey

PUSH = "/tracking/push/v1"
EVENTS = ("Pre-Transit", "Transit", "Delivered", "Failure", "Unknown")

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class Subscription:
    """Somebody who is told. :param key: the API key it was made with."""

    id: str
    key: str
    request: dict[str, Any]
    secret: str
    active: bool = False

    def wants(self, shipment: Shipment) -> bool:
        """Whether news of a shipment are for it."""
        named = self.request["type"] == "Account" or shipment.number in self.request["shipmentIDs"]
        heard = shipment.code in (event.lower() for event in self.request["events"])
        return self.active and named and heard and self.request["service"] == shipment.service


class TrackingError(Exception):
    """An error as DHL answers it."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"title": title, "detail": detail, "status": status}


class DHLTrackingTwin:
    """DHL's unified tracking, of which every key sees every shipment.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "dhl_tracking"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.shipments: dict[str, Shipment] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        return [
            Route("/track/shipments", self._guarded(self._track)),
            Route(f"{PUSH}/subscription", self._guarded(self._subscribe), methods=["POST"]),
            Route(f"{PUSH}/subscriptions", self._guarded(self._list)),
            Route(f"{PUSH}/subscription/{{id}}", self._guarded(self._activate), methods=["POST"]),
            Route(f"{PUSH}/subscription/{{id}}", self._guarded(self._unsubscribe), methods=["DELETE"]),
            Route("/_test/shipments", self._put, methods=["POST"]),
            advancing(self.shipments.get, self._moved),
        ]

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Every shipment and subscription. No shipment carries an id of Wasl's: it was made with another carrier."""
        if shipment_id is not None:
            return {"shipments": []}
        return {
            "shipments": [shipment.show() for shipment in self.shipments.values()],
            "subscriptions": [_shown(each) for each in self.subscriptions.values()],
        }

    def reset(self) -> None:
        """Forget everything."""
        self.shipments.clear()
        self.subscriptions.clear()

    # The API.

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            try:
                _key(request)
                return await endpoint(request)
            except TrackingError as error:
                return JSONResponse(error.body, error.status)

        return guarded

    async def _track(self, request: Request) -> Response:
        number, service = request.query_params.get("trackingNumber"), request.query_params.get("service")
        if not number:
            raise TrackingError(400, "Bad Request", "trackingNumber is required")
        if service is not None and service not in SERVICES:
            raise TrackingError(400, "Bad Request", f"service must be one of {', '.join(SERVICES)}")
        shipment = self.shipments.get(number)
        if shipment is None or (service is not None and shipment.service != service):
            raise TrackingError(404, "No result found", "No shipment with given tracking number found.")
        return JSONResponse({"shipments": [shipment.show()]})

    async def _subscribe(self, request: Request) -> Response:
        body = orjson.loads(await request.body() or b"{}")
        if faults := list(_faults(body)):
            raise TrackingError(400, "Bad Request", "; ".join(faults))
        subscription = Subscription(str(uuid.uuid4()), _key(request), body, uuid.uuid4().hex)
        self.subscriptions[subscription.id] = subscription
        self._tell(subscription, {"scope": "subscription.validate", "secret": subscription.secret})
        return JSONResponse(_shown(subscription), 201)

    async def _activate(self, request: Request) -> Response:
        subscription = self._subscription(request)
        if request.headers.get("dhl-api-hook-secret") != subscription.secret:
            raise TrackingError(401, "Unauthorized", "The hook secret is wrong")
        subscription.active = True
        self._tell(subscription, {"scope": "subscription.ready"})
        return Response(status_code=204)

    async def _unsubscribe(self, request: Request) -> Response:
        del self.subscriptions[self._subscription(request).id]
        return Response(status_code=204)

    async def _list(self, request: Request) -> Response:
        key = _key(request)
        return JSONResponse([_shown(each) for each in self.subscriptions.values() if each.key == key])

    def _subscription(self, request: Request) -> Subscription:
        found = self.subscriptions.get(request.path_params["id"])
        if found is None or found.key != _key(request):
            raise TrackingError(404, "Not Found", "No such subscription")
        return found

    # What others do.

    async def _put(self, request: Request) -> Response:
        body = orjson.loads(await request.body())
        shipment = Shipment(
            body["trackingNumber"], body.get("service", "express"), Journey(self._now, "DUBAI", "ABU DHABI")
        )
        self.shipments[shipment.number] = shipment
        return JSONResponse(shipment.show(), 201)

    def _moved(self, shipment: Shipment) -> dict[str, Any]:
        """Tell who wants to know."""
        for subscription in self.subscriptions.values():
            if subscription.wants(shipment):
                self._tell(
                    subscription, {"scope": "subscription.push", "shipments": [shipment.show(with_events=False)]}
                )
        return shipment.show()

    def _tell(self, subscription: Subscription, news: dict[str, Any]) -> None:
        hook = subscription.request["hook"]
        guard = hook.get("authentication", {})
        self._deliveries.send(
            Delivery(
                provider=self.key,
                event_id=str(uuid.uuid4()),
                event_type=news["scope"],
                url=hook["uri"],
                body=orjson.dumps({**news, "self": f"{PUSH}/subscription/{subscription.id}"}),
                sign=lambda body: _header(guard, forged=body == b"another body"),
            )
        )


def _header(guard: Mapping[str, str], *, forged: bool) -> Mapping[str, str]:
    """The header that proves DHL sent it; a forger does not know the token."""
    if not guard:
        return {}
    return {guard["header"]: "a guess" if forged else guard["token"]}


def _key(request: Request) -> str:
    key = request.headers.get("dhl-api-key", "")
    if not key or "invalid" in key:
        raise TrackingError(401, "Unauthorized", "Unauthorized for given resource.")
    return key


def _faults(body: dict[str, Any]) -> Iterator[str]:
    hook = body.get("hook")
    if not isinstance(hook, dict) or not str(hook.get("uri", "")).startswith("https://"):
        yield "hook.uri must be an https address"
    elif (guard := hook.get("authentication")) and not _is_guard(guard):
        yield "hook.authentication needs type, header and token"
    if body.get("format") != "Default":
        yield "format must be Default"
    if body.get("service") not in SERVICES:
        yield "service is not known"
    if not body.get("events") or not set(body["events"]) <= set(EVENTS):
        yield f"events must be some of {', '.join(EVENTS)}"
    if {"Shipment": "shipmentIDs", "Account": "accountID"}.get(body.get("type", ""), "\0") not in body:
        yield "type must be Shipment with shipmentIDs or Account with accountID"


def _is_guard(guard: Mapping[str, Any]) -> bool:
    return guard.get("type") == "ApiKeyAuthentication" and bool(guard.get("header") and guard.get("token"))


def _shown(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "self": f"{PUSH}/subscription/{subscription.id}",
        "status": "active" if subscription.active else "pending",
        "type": subscription.request["type"],
    }
