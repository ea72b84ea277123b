"""Carriers that know every parcel: FedEx's and DHL Express's tracking, as fast as one core allows.

Run as ``python -m benchmarks.stub_carriers``; it prints its address once it listens. ``GET /calls`` tells how many
calls of tracking it has had since it was asked last, and how many parcels they were about.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server import serving

_counted = {"calls": 0, "parcels": 0}
_DAY = "2026-11-24"


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


async def fedex_token(_: Request) -> Response:
    """``POST /oauth/token``"""
    return _json({"access_token": "bench", "token_type": "bearer", "expires_in": 3599, "scope": "CXS"})


async def fedex_track(request: Request) -> Response:
    """``POST /track/v1/trackingnumbers``: three scans each."""
    asked = orjson.loads(await request.body())["trackingInfo"]
    numbers = [each["trackingNumberInfo"]["trackingNumber"] for each in asked]
    _count(len(numbers))
    return _json({"output": {"completeTrackResults": [_fedex_parcel(number) for number in numbers]}})


async def dhl_track(request: Request) -> Response:
    """``GET /tracking``: three checkpoints each."""
    numbers = request.query_params.getlist("shipmentTrackingNumber")
    _count(len(numbers))
    return _json({"shipments": [_dhl_parcel(number) for number in numbers]})


async def dhl_track_one(request: Request) -> Response:
    """``GET /shipments/{number}/tracking``: the same of one."""
    _count(1)
    return _json({"shipments": [_dhl_parcel(request.path_params["number"])]})


async def calls(_: Request) -> Response:
    """What was counted since the last time."""
    counted = dict(_counted)
    _counted.update(calls=0, parcels=0)
    return _json(counted)


def _count(parcels: int) -> None:
    _counted["calls"] += 1
    _counted["parcels"] += parcels


def _fedex_parcel(number: str) -> dict[str, Any]:
    scans = [("OC", "08"), ("PU", "10"), ("IT", "15")]
    place = {"city": "DUBAI", "countryCode": "AE"}
    events = [
        {
            "date": f"{_DAY}T{hour}:00:00+04:00",
            "eventType": code,
            "derivedStatusCode": code,
            "eventDescription": f"Scan {code}",
            "scanLocation": place,
        }
        for code, hour in reversed(scans)
    ]
    result = {
        "trackingNumberInfo": {"trackingNumber": number},
        "latestStatusDetail": {"code": "IT", "derivedCode": "IT", "statusByLocale": "In transit"},
        "scanEvents": events,
        "dateAndTimes": [{"type": "ESTIMATED_DELIVERY", "dateTime": "2026-11-26T18:00:00+04:00"}],
    }
    return {"trackingNumber": number, "trackResults": [result]}


def _dhl_parcel(number: str) -> dict[str, Any]:
    events = [
        {
            "date": _DAY,
            "time": f"{hour}:00:00",
            "GMTOffset": "+04:00",
            "typeCode": code,
            "description": f"Checkpoint {code}",
            "serviceArea": [{"code": "DXB", "description": "Dubai-AE"}],
        }
        for code, hour in (("DF", "15"), ("PL", "12"), ("PU", "10"))
    ]
    return {
        "shipmentTrackingNumber": number,
        "status": "Success",
        "description": "",
        "shipmentTimestamp": f"{_DAY}T08:00:00",
        "productCode": "N",
        "events": events,
        "estimatedDeliveryDate": "2026-11-26",
    }


async def main() -> None:
    """Serve until told to stop."""
    app = Starlette(
        routes=[
            Route("/fedex/oauth/token", fedex_token, methods=["POST"]),
            Route("/fedex/track/v1/trackingnumbers", fedex_track, methods=["POST"]),
            Route("/dhl_express/tracking", dhl_track),
            Route("/dhl_express/shipments/{number}/tracking", dhl_track_one),
            Route("/calls", calls),
        ]
    )
    async with serving(app) as url:
        print(url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
