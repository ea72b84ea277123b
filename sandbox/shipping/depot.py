"""What small carriers' twins have in common: the shipments that they keep, the controls that move them, and faults that
strike within the carrier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.shipping.journey import Journey, NoSuchStep, own_reference


class Travels(Protocol):
    """Whatever a carrier moves on."""

    @property
    def journey(self) -> Journey: ...


TravelsT = TypeVar("TravelsT", bound=Travels)


@dataclass
class Parcel:
    """A shipment as a twin keeps it.

    :param account: whose it is. :param number: its tracking number. :param reference: Wasl's own.
    :param body: what it was booked with; ``facts`` whatever else a carrier remembers of it.
    """

    account: str
    number: str
    reference: str
    journey: Journey
    body: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_waiting(self) -> bool:
        """Whether the carrier waits for it, so that it can be cancelled."""
        return self.journey.current == "created"


class Depot:
    """All shipments of one carrier, by tracking number."""

    def __init__(self) -> None:
        self.parcels: dict[str, Parcel] = {}

    def add(self, parcel: Parcel) -> Parcel:
        """Keep one more."""
        self.parcels[parcel.number] = parcel
        return parcel

    def find(self, account: str, number: str) -> Parcel | None:
        """An account's shipment; nobody sees another's."""
        parcel = self.parcels.get(number)
        return parcel if parcel is not None and parcel.account == account else None

    def by_reference(self, account: str, reference: str) -> Parcel | None:
        """The newest of an account's shipments with a reference."""
        ours = (each for each in reversed(self.parcels.values()) if each.account == account)
        return next((each for each in ours if each.reference == reference), None)

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Every shipment; with an id of Wasl's, those that carry it."""
        wanted = own_reference(shipment_id) if shipment_id is not None else None
        found = [each for each in self.parcels.values() if wanted in (None, each.reference)]
        return {"shipments": [_shown(each) for each in found]}

    def reset(self) -> None:
        """Forget every shipment."""
        self.parcels.clear()

    def controls(self) -> list[BaseRoute]:
        """For whoever plays the driver: see `advancing`."""
        return [advancing(self.parcels.get, _shown)]


def advancing(find: Callable[[str], TravelsT | None], show: Callable[[TravelsT], Any]) -> BaseRoute:
    """``POST /_test/shipments/{tracking number}/advance {"to": …}``; one step on without ``to``.

    :param find: what has a tracking number. :param show: it as it is answered, once it has moved on.
    """

    async def advance(request: Request) -> Response:
        found = find(request.path_params["number"])
        if found is None:
            return JSONResponse({"error": "no such shipment"}, status_code=404)
        body = await request.body()
        try:
            found.journey.advance((orjson.loads(body) if body else {}).get("to"))
        except NoSuchStep as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        return JSONResponse(show(found))

    return Route("/_test/shipments/{number}/advance", advance, methods=["POST"])


async def carry_out(request: Request, handle: Callable[[], Response]) -> Response:
    """Do what a request asks, unless a fault from within the carrier is planned for it."""
    fault: Fault | None = request.scope.get(FAULT_SCOPE_KEY)
    if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
        await asyncio.sleep(fault.seconds)
    if fault is None or fault.kind is not FaultKind.KEPT_SERVER_ERROR:
        return handle()
    if fault.applied:
        handle()
    return Response(b"Internal Server Error", status_code=500, media_type="text/plain")


def _shown(parcel: Parcel) -> dict[str, Any]:
    return {
        "tracking_number": parcel.number,
        "reference": parcel.reference,
        "status": parcel.journey.current,
        "body": parcel.body,
        **parcel.facts,
    }
