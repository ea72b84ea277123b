"""Telr as a test plays it: every answer is the test's."""

import uuid
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as Xml

import httpx
import orjson

from workers.providers.manifest import Environment
from workers.providers.payments.telr import TelrConnector
from workers.providers.registry import open_connector

STORE = "15164"
AUTH_KEY, REMOTE_KEY, SERVICE_KEY = "page-key-of-a-test", "remote-key-of-a-test", "service-key-of-a-test"
ORDER = "869748BD7502CD7535765D3951855B92AAEE0478D8FF0A41FCFDE86AED79A4F9"
SALE, AUTH, CAPTURE, REFUND = "030100000001", "030100000002", "030100000003", "030100000004"
PAYMENT_ID = uuid.UUID(int=7)
PAGE = f"https://secure.telr.com/gateway/process.html?o={ORDER}"
ORDERS, REMOTE, SERVICE = "/gateway/order.json", "/gateway/remote.xml", "/tools/api/xml/transaction"


class Wire:
    """Answers in the order that the test says: a dict is JSON, bytes are XML."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(404)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            return httpx.Response(200, content=answer, headers={"content-type": "application/xml"})
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def json(self, place: int = -1) -> Any:
        return orjson.loads(self.requests[place].content)

    def tran(self, place: int = -1) -> dict[str, str]:
        """The fields of a remote transaction."""
        tran = Xml.fromstring(self.requests[place].content).find("tran")
        assert tran is not None
        return {each.tag: each.text or "" for each in tran}


def telr(
    respond: Any, *, keys: str = "remote service", environment: Environment = Environment.SANDBOX, **settings: Any
) -> TelrConnector:
    """A connection whose answers are the test's. :param keys: which it has beside the page's."""
    more = {"remote": REMOTE_KEY, "service": SERVICE_KEY}
    connector = open_connector(
        "telr",
        credentials={"auth_key": AUTH_KEY, **{f"{name}_key": more[name] for name in keys.split()}},
        settings={"store_id": STORE, **settings},
        environment=environment,
        transport=httpx.MockTransport(respond),
    )
    assert isinstance(connector, TelrConnector)
    return connector


def an_opened_order(**changes: Any) -> dict[str, Any]:
    return {"method": "create", "trace": "4001/7932/5eb93cca", "order": {"ref": ORDER, "url": PAGE, **changes}}


def a_tried(kind: str = "sale", status: str = "A", **changes: Any) -> dict[str, Any]:
    """What was tried on an order."""
    tried = {"ref": SALE, "date": "2026-11-23 12:00:00", "type": kind, "class": "ecom", "status": status}
    return {**tried, "code": "tst123", "message": "Authorised", **changes}


def an_order(code: int = 3, tried: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An order as it is checked."""
    order = {
        "ref": ORDER,
        "cartid": str(PAYMENT_ID),
        "test": 1,
        "amount": "99.00",
        "currency": "AED",
        "description": "Order order-1001",
        "status": {"code": code, "text": "Told by Telr"},
    }
    if code != 1:
        order["transaction"] = a_tried() if tried is None else dict(tried)
    return {"method": "check", "trace": "4001/7932/5eb93ccb", "order": {**order, **changes}}


def refused(message: str, note: str | None = None) -> dict[str, Any]:
    return {"method": "create", "error": {"message": message, **({"note": note} if note else {})}}


def an_auth(status: str = "A", tranref: str | None = REFUND, **fields: str) -> bytes:
    """An answer of the Remote API."""
    told = {"status": status, "code": "213807", "message": "Authorised", **fields}
    if tranref:
        told["tranref"] = tranref
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<remote><auth>{inside}</auth></remote>'.encode()


def a_transaction(reference: str, kind: str, amount: str = "99.00", **changes: str) -> str:
    """A transaction as the Service API shows it."""
    told = {"status": "A", "previous": "", "description": "", "cart": str(PAYMENT_ID), "currency": "AED"} | changes
    return (
        f"<transaction><id>{reference}</id><prev_id>{told['previous']}</prev_id><init_id/>"
        f"<type><name>{kind}</name><code>{told.get('type_code', '')}</code></type>"
        f"<class><name>E-Commerce</name><code>ecom</code></class>"
        f"<auth><status>{told['status']}</status><code>{told.get('code', '1')}</code><message>Told</message></auth>"
        f"<amount>{amount}</amount><currency>{told['currency']}</currency>"
        f"<description>{told['description']}</description><cartid>{told['cart']}</cartid><test>1</test>"
        f"<date>{told.get('date', '2026-11-23 12:00:00')}</date></transaction>"
    )


def a_list(*transactions: str, count: int | None = None) -> bytes:
    number = len(transactions) if count is None else count
    return f"<transactions><trancount>{number}</trancount>{''.join(transactions)}</transactions>".encode()


def a_sold(*followers: str) -> tuple[dict[str, Any], bytes]:
    """The two answers by which a paid sale of AED 99.00 is read."""
    return an_order(), a_list(a_transaction(SALE, "Sale"), *followers)


def a_reserved(*followers: str) -> tuple[dict[str, Any], bytes]:
    """The two answers by which an authorization of AED 99.00 is read."""
    return an_order(2, a_tried("auth", ref=AUTH)), a_list(a_transaction(AUTH, "Auth"), *followers)
