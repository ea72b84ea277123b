"""FedEx's twin as a web application: tokens, the calls of its APIs, webhooks, and what people and time do.

A client id of ``<name>``, ``<name>-ship`` or ``<name>-track`` is a project of the account ``<name>``; one of ``-ship``
may not track, as with projects that lack the Track API. Ids or secrets with ``invalid`` in them are refused.

::

    POST /_test/shipments/{number}/advance   {"to": "delivered"}
    POST /_test/webhooks                     {"client_id", "url", "secret"}
    POST /_test/account                      {"client_id", "expire_tokens": true, "hide_references": true}
"""

from __future__ import annotations

import base64
import hmac
import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries, Delivery
from sandbox.shipping.depot import advancing
from sandbox.shipping.fedex import bodies, tracking
from sandbox.shipping.fedex.errors import FedExError, refused
from sandbox.shipping.fedex.parcels import Pickup, Shipment, Store, ship_output
from sandbox.shipping.fedex.prices import name_of, rate_details
from sandbox.shipping.journey import Journey, own_reference

Object = dict[str, Any]
Handler = Callable[["Project", Object], Object]

TOKEN_SECONDS = 3600
MOST_TRACKED = 30


@dataclass
class Account:
    """What belongs to a merchant: where webhooks go, and how the twin plays."""

    name: str
    webhooks: list[tuple[str, str]] = field(default_factory=list)
    hide_references: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """Whose token a call carries."""

    account: Account
    may_track: bool


class FedExTwin:
    """See the module."""

    key = "fedex"

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.store = Store()
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, tuple[Project, float]] = {}

    def state(self, subject_id: str | None, /) -> dict[str, Any]:
        """The shipments, of one of Wasl's if its id is given; and the pickups."""
        wanted = own_reference(subject_id) if subject_id else None
        shipments = [
            _shown(each)
            for each in self.store.each_shipment()
            if wanted in (None, each.reference("CUSTOMER_REFERENCE"))
        ]
        pickups = [{"code": each.code, "cancelled": each.cancelled} for each in self.store.pickups.values()]
        return {"shipments": shipments, "pickups": [] if subject_id else pickups}

    def routes(self) -> Sequence[BaseRoute]:
        """FedEx's API, as it lies under ``/fedex``."""
        calls: list[tuple[str, str, Handler]] = [
            ("POST", "/rate/v1/rates/quotes", self._rates),
            ("POST", "/ship/v1/shipments", self._ship),
            ("PUT", "/ship/v1/shipments/cancel", self._cancel),
            ("POST", "/track/v1/trackingnumbers", self._track),
            ("POST", "/track/v1/referencenumbers", self._track_reference),
            ("POST", "/track/v1/trackingdocuments", self._proof),
            ("POST", "/pickup/v1/pickups", self._pick_up),
            ("PUT", "/pickup/v1/pickups/cancel", self._cancel_pickup),
            ("POST", "/availability/v1/packageandserviceoptions", self._availability),
        ]
        return [
            Route("/oauth/token", self._token, methods=["POST"]),
            *(Route(path, self._authenticated(handler), methods=[method]) for method, path, handler in calls),
            advancing(self._shipment, self._moved),
            Route("/_test/webhooks", self._test_webhook, methods=["POST"]),
            Route("/_test/account", self._test_account, methods=["POST"]),
        ]

    # Tokens.

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if form.get("grant_type") != "client_credentials" or not client or not secret or "invalid" in client + secret:
            wrong = FedExError(401, "NOT.AUTHORIZED.ERROR", "The given client credentials were not valid.")
            return JSONResponse(wrong.body(), wrong.status)
        token = secrets.token_urlsafe(32)
        project = Project(self._account(client), may_track=not client.endswith("-ship"))
        self.tokens[token] = (project, time.time() + TOKEN_SECONDS)
        facts = {"token_type": "bearer", "expires_in": TOKEN_SECONDS - 1, "scope": "CXS"}
        return JSONResponse({"access_token": token, **facts})

    def _account(self, client_id: str) -> Account:
        name = client_id.removesuffix("-track").removesuffix("-ship")
        return self.accounts.setdefault(name, Account(name))

    def _authenticated(self, handler: Handler) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            try:
                project = self._project(request)
                if request.url.path.rpartition("/fedex")[2].startswith("/track") and not project.may_track:
                    raise FedExError(403, "FORBIDDEN.ERROR", "We could not authorize your credentials.")
                output = handler(project, _body(await request.body()))
            except FedExError as error:
                return JSONResponse(error.body(), error.status)
            except (KeyError, TypeError, IndexError, AttributeError):
                return JSONResponse(refused("INVALID.INPUT.EXCEPTION", "Invalid field value in the input").body(), 400)
            return JSONResponse({"transactionId": str(uuid.uuid4()), "output": output})

        return handle

    def _project(self, request: Request) -> Project:
        project, until = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "), (None, 0.0))
        if project is None or until <= time.time():
            raise FedExError(401, "NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request.")
        return project

    # Prices and shipments.

    def _rates(self, _: Project, body: Object) -> Object:
        bodies.account_number(body)
        bodies.check_rate(body["requestedShipment"])
        return {"rateReplyDetails": rate_details(body["requestedShipment"]), "quoteDate": _today()}

    def _ship(self, project: Project, body: Object) -> Object:
        bodies.account_number(body)
        requested = body["requestedShipment"]
        if body["labelResponseOptions"] != "LABEL":
            raise refused("LABELRESPONSEOPTIONS.INVALID", "Only labels in the answer are sold here.")
        bodies.check_shipment(requested)
        numbers = [str(next(self.store.numbers)) for _ in requested["requestedPackageLineItems"]]
        journey = Journey(time.time, _city(requested["shipper"]), _city(requested["recipients"][0]))
        shipment = Shipment(project.account.name, numbers[0], numbers, requested, journey)
        self.store.shipments |= dict.fromkeys(numbers, shipment)
        self._publish(shipment)
        return ship_output(shipment)

    def _cancel(self, project: Project, body: Object) -> Object:
        bodies.account_number(body)
        shipment = self.store.shipments.get(body["trackingNumber"])
        if shipment is None or shipment.account != project.account.name:
            raise refused("TRACKINGNUMBER.NOT.FOUND", "The tracking number is not one of this account.")
        if shipment.journey.current == "cancelled":
            raise refused("CANCELSHIPMENT.TRACKINGNUMBER.DELETED", "Tracking number is already deleted.")
        if shipment.journey.current != "created":
            return {"cancelledShipment": False, "cancelledHistory": False, "message": "Shipment is already tendered"}
        shipment.journey.advance("cancelled")
        self._publish(shipment)
        return {"cancelledShipment": True, "cancelledHistory": True, "message": "Shipment is successfully cancelled"}

    # Tracking.

    def _track(self, _: Project, body: Object) -> Object:
        numbers = [each["trackingNumberInfo"]["trackingNumber"] for each in body["trackingInfo"]]
        if not 1 <= len(numbers) <= MOST_TRACKED:
            raise refused("TRACKING.TRACKINGNUMBER.LIMIT", "Between 1 and 30 tracking numbers are allowed.")
        return {"completeTrackResults": [self._complete(number) for number in numbers]}

    def _complete(self, number: str) -> Object:
        shipment = self._shipment(number)
        if shipment is None:
            return tracking.missing(
                number, "TRACKING.TRACKINGNUMBER.NOTFOUND", "Tracking number cannot be found. Please correct it."
            )
        return tracking.complete(shipment, number)

    def _track_reference(self, project: Project, body: Object) -> Object:
        asked = body["referencesInformation"]
        first, last = (datetime.fromisoformat(asked[name]) for name in ("shipDateBegin", "shipDateEnd"))
        if last - first > timedelta(days=30):
            raise refused("TRACKING.SHIPDATERANGE.TOOLONG", "The ship date range is too long.")
        bodies.account_number({"accountNumber": {"value": asked["accountNumber"]}})
        found = [
            tracking.complete(shipment, number)
            for shipment in self.store.each_shipment()
            if shipment.account == project.account.name and not project.account.hide_references
            if shipment.reference(asked["type"]) == asked["value"]
            if first <= datetime.fromisoformat(shipment.body["shipDatestamp"]) <= last
            for number in shipment.numbers
        ]
        if not found:
            found = [tracking.missing("", "TRACKING.REFERENCENUMBER.NOTFOUND", "Reference number cannot be found.")]
        return {"completeTrackResults": found}

    def _proof(self, _: Project, body: Object) -> Object:
        number = body["trackDocumentSpecification"][0]["trackingNumberInfo"]["trackingNumber"]
        shipment = self._shipment(number)
        if shipment is None or shipment.journey.current != "delivered":
            raise FedExError(404, "TRACKINGDOCUMENT.DOCUMENT.UNAVAILABLE", "The document is not available.")
        return tracking.proof(shipment)

    # Pickups and places.

    def _pick_up(self, project: Project, body: Object) -> Object:
        bodies.account_number(body, "associatedAccountNumber")
        origin = body["originDetail"]
        ready, closes = origin["readyDateTimestamp"], origin["customerCloseTime"]
        if not origin["pickupLocation"]["contact"].get("phoneNumber"):
            raise refused("PICKUP.PHONENUMBER.MISSING", "Phone number is missing.")
        if ready[:10] < _today():
            raise refused("PICKUP.REQUESTED.PREVIOUS.DAY", "Cannot schedule a pickup requested for a previous day.")
        if ready[11:] >= closes or len(body.get("remarks", "")) > 60:
            raise refused("READY.TIME.INVALID", "Invalid ready time")
        code = f"DXBA{next(self.store.codes)}"
        self.store.pickups[code] = Pickup(project.account.name, code, "DXBA", ready[:10], body)
        return {"pickupConfirmationCode": code, "message": "Courier on the way", "location": "DXBA"}

    def _cancel_pickup(self, project: Project, body: Object) -> Object:
        bodies.account_number(body, "associatedAccountNumber")
        pickup = self.store.pickups.get(body["pickupConfirmationCode"])
        if pickup is None or pickup.account != project.account.name:
            raise refused("PICKUP.NUMBER.INVALID", "PICKUP MORE THAN 4 DAYS OLD")
        if (pickup.date, pickup.location) != (body["scheduledDate"], body.get("location")):
            raise refused("PICKUP.LOCATION.INVALID", "Scheduled date or location do not fit the confirmation code.")
        if pickup.cancelled:
            raise refused("DUPLICATE.REQUEST.CANCEL", "Duplicate cancel request")
        pickup.cancelled = True
        message = "Requested pickup has been cancelled Successfully."
        return {"pickupConfirmationCode": pickup.code, "cancelConfirmationMessage": message}

    def _availability(self, _: Project, body: Object) -> Object:
        asked = body["requestedShipment"]
        services = bodies.services_between(asked["shipper"]["address"], asked["recipients"][0]["address"])
        options = [
            {
                "serviceType": {"key": service, "displayText": name_of(service)},
                "packageType": {"key": "YOUR_PACKAGING", "displayText": "Your Packaging"},
            }
            for service in services
        ]
        return {"packageOptions": options, "oneRate": False}

    # What people and time do.

    def _shipment(self, number: str) -> Shipment | None:
        return self.store.shipments.get(number)

    def _moved(self, shipment: Shipment) -> Object:
        self._publish(shipment)
        return _shown(shipment)

    async def _test_webhook(self, request: Request) -> Response:
        body = _body(await request.body())
        self._account(body["client_id"]).webhooks.append((body["url"], body["secret"]))
        return JSONResponse({})

    async def _test_account(self, request: Request) -> Response:
        body = _body(await request.body())
        account = self._account(body["client_id"])
        account.hide_references = bool(body.get("hide_references", account.hide_references))
        if body.get("expire_tokens"):
            self.tokens = {token: held for token, held in self.tokens.items() if held[0].account is not account}
        return JSONResponse({})

    def _publish(self, shipment: Shipment) -> None:
        """Tell the account's webhooks how a shipment stands."""
        output = {"completeTrackResults": [tracking.complete(shipment, shipment.number)]}
        body = orjson.dumps({"outputMetaData": [{"attempt": 1}], "output": output})
        for url, secret in self._account(shipment.account).webhooks:

            def sign(signed: bytes, secret: str = secret) -> dict[str, str]:
                return {"fdx-signature": base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()}

            self._deliveries.send(Delivery(self.key, str(uuid.uuid4()), shipment.journey.current, url, body, sign))


def _shown(shipment: Shipment) -> Object:
    return {
        "tracking_number": shipment.number,
        "tracking_numbers": shipment.numbers,
        "service": shipment.body["serviceType"],
        "status": shipment.journey.current,
        "is_return": shipment.is_return,
        "references": shipment.body["requestedPackageLineItems"][0].get("customerReferences") or [],
    }


def _body(raw: bytes) -> Object:
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise refused("INVALID.INPUT.EXCEPTION", "The body is not a JSON object")
    return body


def _city(someone: Object) -> str:
    return f"{someone['address']['city']} {someone['address']['countryCode']}"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
