"""The sandbox as one ASGI application: every provider under its key, and a control API under names with a low line.

::

    /{provider key}/…      the provider's own API
    POST   /_faults        plan a fault (see `faults.Fault`)        GET lists them, DELETE forgets them (or /{id})
    GET    /_state         what the twins hold: ?provider=stripe&payment_id=…, or shipment_id=… of a carrier's,
                           or subject=… of any other
    GET    /_deliveries    every webhook sent, with its tries       ?wait=true answers when none is under way
    GET    /_webhooks      ?to=…: the newest webhooks sent to addresses that contain the text, without the addresses
    POST   /_webhooks/{n}  send one of them again, signed anew; {"forged": true}: with a wrong signature
    DELETE /_state         forget everything
    GET    /_media/800x600.jpg     a picture to post, of that size
    PUT    /_status_pages/{provider key}     let its status page say something (see `status_pages`)
    GET    /health         200 when it is up
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.deliveries import RETRY_PAUSES_SECONDS, Deliveries
from sandbox.faults import Fault, FaultBook, FaultMiddleware
from sandbox.marketing.google_analytics import GoogleAnalyticsTwin
from sandbox.marketing.hubspot import HubSpotTwin
from sandbox.marketing.mailchimp import MailchimpTwin
from sandbox.media import picture
from sandbox.payments.aps import APSTwin
from sandbox.payments.checkout import CheckoutTwin
from sandbox.payments.ngenius import NGeniusTwin
from sandbox.payments.paypal import PayPalTwin
from sandbox.payments.paytabs import PayTabsTwin
from sandbox.payments.stripe import StripeTwin
from sandbox.payments.tabby import TabbyTwin
from sandbox.payments.tamara import TamaraTwin
from sandbox.payments.tap import TapTwin
from sandbox.payments.telr import TelrTwin
from sandbox.payments.ziina import ZiinaTwin
from sandbox.shipping.aramex import AramexTwin
from sandbox.shipping.dhl_express import DHLExpressTwin
from sandbox.shipping.dhl_tracking import DHLTrackingTwin
from sandbox.shipping.emx import EMXTwin
from sandbox.shipping.fedex import FedExTwin
from sandbox.shipping.imile import IMileTwin
from sandbox.shipping.jeebly import JeeblyTwin
from sandbox.shipping.jt import JTTwin
from sandbox.shipping.naqel import NaqelTwin
from sandbox.shipping.quiqup import QuiqupTwin
from sandbox.shipping.shipa import ShipaTwin
from sandbox.shipping.smsa import SMSATwin
from sandbox.social.facebook import FacebookTwin
from sandbox.social.instagram import InstagramTwin
from sandbox.social.linkedin import LinkedInTwin
from sandbox.status_pages import StatusPages

SHORTEST_PART_CHARS = 6
SHOWN_WEBHOOKS = 50


class Again(BaseModel):
    """How a webhook is sent once more."""

    model_config = ConfigDict(extra="forbid")

    forged: bool = False


class Twin(Protocol):
    """A provider's twin."""

    key: str

    def routes(self) -> Sequence[BaseRoute]:
        """The provider's API, as it lies under ``/{key}``."""

    def state(self, subject_id: str | None, /) -> dict[str, Any]:
        """What it holds; with the id of a payment or shipment of Wasl's, what carries that id."""

    def reset(self) -> None:
        """Forget everything."""


TWINS: tuple[Callable[[Deliveries], Twin], ...] = (
    APSTwin,
    AramexTwin,
    CheckoutTwin,
    DHLExpressTwin,
    DHLTrackingTwin,
    EMXTwin,
    FacebookTwin,
    FedExTwin,
    GoogleAnalyticsTwin,
    HubSpotTwin,
    IMileTwin,
    InstagramTwin,
    JeeblyTwin,
    JTTwin,
    LinkedInTwin,
    MailchimpTwin,
    NaqelTwin,
    NGeniusTwin,
    PayPalTwin,
    PayTabsTwin,
    QuiqupTwin,
    ShipaTwin,
    SMSATwin,
    StripeTwin,
    TabbyTwin,
    TamaraTwin,
    TapTwin,
    TelrTwin,
    ZiinaTwin,
)


class Json(Response):
    """A JSON answer."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def create_app(
    webhook_transport: httpx.AsyncBaseTransport | None = None,
    retry_pauses_seconds: tuple[float, ...] = RETRY_PAUSES_SECONDS,
) -> Starlette:
    """The sandbox, empty.

    :param webhook_transport: how webhooks reach their endpoints; the network by default.
    :param retry_pauses_seconds: how long to wait before a webhook is tried again.
    """
    book = FaultBook()
    deliveries = Deliveries(book, webhook_transport, retry_pauses_seconds)
    twins = {twin.key: twin for twin in (make(deliveries) for make in TWINS)}
    pages = StatusPages()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await deliveries.aclose()

    return Starlette(
        routes=[
            *_Control(book, deliveries, twins, pages).routes(),
            *pages.routes(),
            *(Mount(f"/{key}", routes=list(twin.routes())) for key, twin in twins.items()),
        ],
        middleware=[Middleware(FaultMiddleware, book=book)],
        lifespan=lifespan,
    )


class _Control:
    def __init__(self, book: FaultBook, deliveries: Deliveries, twins: dict[str, Twin], pages: StatusPages) -> None:
        self.book = book
        self.pages = pages
        self.deliveries = deliveries
        self.twins = twins

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/health", self.health),
            Route("/_faults", self.plan_fault, methods=["POST"]),
            Route("/_faults", self.list_faults),
            Route("/_faults", self.clear_faults, methods=["DELETE"]),
            Route("/_faults/{number:int}", self.forget_fault, methods=["DELETE"]),
            Route("/_state", self.state),
            Route("/_state", self.reset, methods=["DELETE"]),
            Route("/_deliveries", self.list_deliveries),
            Route("/_webhooks", self.list_webhooks),
            Route("/_webhooks/{number:int}", self.send_again, methods=["POST"]),
            Route("/_media/{width:int}x{height:int}.jpg", picture),
        ]

    async def health(self, _: Request) -> Response:
        return Json({"status": "ok", "providers": list(self.twins)})

    async def plan_fault(self, request: Request) -> Response:
        try:
            fault = Fault.model_validate_json(await request.body())
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            return Json({"error": faults}, status_code=422)
        if fault.provider not in self.twins:
            return Json({"error": f"no provider {fault.provider!r} here"}, status_code=422)
        return Json({"id": self.book.plan(fault)}, status_code=201)

    async def list_faults(self, _: Request) -> Response:
        return Json([{"id": number, **fault.model_dump()} for number, fault in self.book.faults.items()])

    async def clear_faults(self, _: Request) -> Response:
        self.book.clear()
        return Json({})

    async def forget_fault(self, request: Request) -> Response:
        self.book.faults.pop(request.path_params["number"], None)
        return Json({})

    async def state(self, request: Request) -> Response:
        provider = request.query_params.get("provider")
        query = request.query_params
        subject_id = query.get("payment_id") or query.get("shipment_id") or query.get("subject")
        if provider is None:
            return Json({key: twin.state(subject_id) for key, twin in self.twins.items()})
        if provider not in self.twins:
            return Json({"error": f"no provider {provider!r} here"}, status_code=404)
        return Json(self.twins[provider].state(subject_id))

    async def reset(self, _: Request) -> Response:
        self.book.clear()
        self.pages.reset()
        for twin in self.twins.values():
            twin.reset()
        return Json({})

    async def list_deliveries(self, request: Request) -> Response:
        if request.query_params.get("wait") == "true":
            await self.deliveries.drained()
        return Json(self.deliveries.as_dicts())

    async def list_webhooks(self, request: Request) -> Response:
        part = request.query_params.get("to", "")
        if len(part) < SHORTEST_PART_CHARS:
            return Json({"error": f"to: at least {SHORTEST_PART_CHARS} characters of the address"}, status_code=422)
        return Json(self.deliveries.sent_to(part)[:SHOWN_WEBHOOKS])

    async def send_again(self, request: Request) -> Response:
        try:
            again = Again.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            return Json({"error": faults}, status_code=422)
        number = self.deliveries.send_again(request.path_params["number"], forged=again.forged)
        if number is None:
            return Json({"error": "no such webhook is remembered"}, status_code=404)
        return Json({"number": number}, status_code=201)
