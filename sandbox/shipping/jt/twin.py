"""J&T's twin as a web application."""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, tzinfo
from itertools import count
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping import labels
from sandbox.shipping.depot import Depot, Parcel, carry_out
from sandbox.shipping.journey import Journey, Step
from sandbox.shipping.jt.fields import Object, Refused, customer_signature, header_signature, read_order

SCANS = {
    "picked_up": ("Pickup scan", "快件揽收"),
    "in_transit": ("Sending scan", "发件扫描"),
    "out_for_delivery": ("Delivery scan", "派件扫描"),
    "delivered": ("Signing scan", "快件签收"),
    "exception": ("Scanning for problems", "问题件扫描"),
    "returned": ("Return signature", "退件签收"),
}
_ZONES = {"UAE": ZoneInfo("Asia/Dubai"), "KSA": ZoneInfo("Asia/Riyadh"), "EGY": ZoneInfo("Africa/Cairo")}
_MOST_WAYBILLS = 30

Handler = Callable[[str, Object], Any]


class JTTwin:
    """Every account of one J&T.

    :param now: the time in seconds since 1970.
    """

    key = "jt"

    def __init__(self, _: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._depot = Depot()
        self._now = now
        self._numbers = count(1)
        self.state = self._depot.state
        self.reset = self._depot.reset

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        orders: tuple[tuple[str, Handler], ...] = (
            ("/order/addOrder", self._book),
            ("/order/getOrders", self._look_up),
            ("/order/cancelOrder", self._cancel),
            ("/order/printOrder", self._print),
            ("/vip/checkCusPwd", lambda *_: None),
        )
        return [
            *(Route(path, self._endpoint(_for_customers(handler)), methods=["POST"]) for path, handler in orders),
            Route("/logistics/trace", self._endpoint(self._trace), methods=["POST"]),
            *self._depot.controls(),
        ]

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            raw = await request.body()

            def handle() -> Response:
                account, content = _authenticated(request, raw)
                return JSONResponse({"code": "1", "msg": "success", "data": handler(account, content)})

            try:
                return await carry_out(request, handle)
            except Refused as refused:
                return JSONResponse({"code": refused.code, "msg": refused.message})

        return endpoint

    def _book(self, account: str, content: Object) -> Object:
        order = read_order(content)
        if self._depot.by_reference(account, order["txlogisticId"]) is not None:
            raise Refused("145003101", "Customer order number already exists, cannot place an order!")
        kept = {name: value for name, value in order.items() if name != "digest"}
        parcel = Parcel(
            account=account,
            number=f"U{order['receiver']['countryCode'][:2]}{next(self._numbers):012d}",
            reference=order["txlogisticId"],
            journey=Journey(self._now, order["sender"]["city"], order["receiver"]["city"]),
            body=kept,
        )
        self._depot.add(parcel)
        return {
            "txlogisticId": parcel.reference,
            "billCode": parcel.number,
            "sortingCode": "20,J01-01,000",
            "createOrderTime": _local(parcel.journey.steps[0].at, _zone(parcel)),
            "lastCenterName": f"{order['receiver']['city']}Hub",
        }

    def _look_up(self, account: str, content: Object) -> list[Object]:
        if content.get("command") != 1 or not isinstance(content.get("serialNumber"), list):
            raise Refused("145003050", "Illegal parameters")
        found = (self._depot.by_reference(account, str(each)) for each in content["serialNumber"])
        return [_order(parcel) for parcel in found if parcel is not None]

    def _cancel(self, account: str, content: Object) -> Object:
        if not content.get("reason"):
            raise Refused("145003089", "Cancellation reason cannot be empty")
        parcel = self._depot.by_reference(account, str(content.get("txlogisticId")))
        if parcel is None:
            raise Refused("145003064", "Data not found")
        if parcel.journey.current == "cancelled":
            raise Refused("145003202", "Cancelled status can not be modified")
        if not parcel.is_waiting:
            raise Refused("145003201", "Picked up status can not be modified")
        parcel.journey.advance("cancelled")
        return {"txlogisticId": parcel.reference, "billCode": parcel.number}

    def _print(self, account: str, content: Object) -> Object:
        parcel = self._depot.find(account, str(content.get("billCode")))
        if parcel is None:
            raise Refused("145003100", "Illegal waybill number")
        return {"billCode": parcel.number, "base64EncodeContent": base64.b64encode(_label(parcel)).decode()}

    def _trace(self, account: str, content: Object) -> list[Object]:
        numbers = [each for each in str(content.get("billCodes", "")).split(",") if each]
        if not 0 < len(numbers) <= _MOST_WAYBILLS:
            raise Refused("145003502", "The quantity of the waybill number exceeds 30")
        found = (self._depot.find(account, number) for number in numbers)
        return [{"billCode": each.number, "details": _scans(each)} for each in found if each is not None]


def _for_customers(handler: Handler) -> Handler:
    """A call about orders, which carries the customer's own signature too."""

    def handle(account: str, content: Object) -> Any:
        code = str(content.get("customerCode"))
        if "invalid" in code or content.get("digest") != customer_signature(code, account):
            raise Refused("145003031", "Business parameter signature verification failed")
        return handler(account, content)

    return handle


def _authenticated(request: Request, raw: bytes) -> tuple[str, Object]:
    account, stamp = request.headers.get("apiaccount", ""), request.headers.get("timestamp", "")
    if not account:
        raise Refused("145003071", "apiAccount is empty")
    if len(stamp) != 13 or not stamp.isdigit():
        raise Refused("145003053", "timestamp is empty")
    text = next(iter(parse_qs(raw.decode()).get("bizContent", [])), "")
    if "invalid" in account or request.headers.get("digest") != header_signature(text, account):
        raise Refused("145003030", "Headers signature verification failed")
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        raise Refused("145003050", "Illegal parameters")
    return account, content


def _order(parcel: Parcel) -> Object:
    status = {"created": 100, "cancelled": 104}.get(parcel.journey.current, 103)
    order = {name: value for name, value in parcel.body.items() if name != "customerCode"}
    return {**order, "billCode": parcel.number, "sortingCode": "20,J01-01,000", "orderStatus": status}


def _scans(parcel: Parcel) -> list[Object]:
    zone = _zone(parcel)
    steps = [step for step in parcel.journey.steps if step.name in SCANS]
    return [_scan(step, zone) for step in reversed(steps)]  # the newest first


def _scan(step: Step, zone: tzinfo) -> Object:
    name, chinese = SCANS[step.name]
    return {
        "scanTime": _local(step.at, zone),
        "desc": f"【{step.place}】J&T courier Ahmed(0500000000): {name}",
        "scanType": name,
        "scanNetworkName": f"{step.place} BR",
        "scanNetworkCity": step.place,
        "staffName": "Ahmed",
        "staffContact": "0500000000",
        "problemReason": chinese,
    }


def _label(parcel: Parcel) -> bytes:
    order = parcel.body
    cash = [f"COD {order['priceCurrency']} {order['itemsValue']}"] if "itemsValue" in order else []
    label = labels.Label(
        carrier="J&T Express",
        service=order["expressType"],
        tracking_number=parcel.number,
        sender=_lines(order["sender"]),
        recipient=_lines(order["receiver"]),
        weight_kg=f"{order['weight']} kg",
        reference=parcel.reference,
        notes=["20,J01-01,000", *([order["remark"]] if "remark" in order else []), *cash],
    )
    return labels.pdf([label])


def _lines(party: Object) -> list[str]:
    return [party["name"], party["street"], f"{party['area']}, {party['city']}, {party['prov']}", party["mobile"]]


def _zone(parcel: Parcel) -> tzinfo:
    return _ZONES[parcel.body["receiver"]["countryCode"]]


def _local(at: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(int(at), zone).strftime("%Y-%m-%d %H:%M:%S")
