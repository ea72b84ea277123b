"""Amazon Payment Services' twin as a web application: signatures, pages and webhooks around `operations`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.payments.aps import operations
from sandbox.payments.aps.account import Account, Link, Order
from sandbox.payments.aps.api import CONTROLS, Call, Handler
from sandbox.payments.aps.wire import MESSAGES, APSError, Object, check, command_of, sign

_FORM = "application/x-www-form-urlencoded"


class APSTwin:
    """Every account at one Amazon Payment Services.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "aps"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the pages and the controls."""
        return [
            Route("/FortAPI/paymentApi", self._api, methods=["POST"]),
            *(Route(path, self._control(handler), methods=["POST"]) for path, handler in CONTROLS),
            Route("/pay/{code}", self._pay, methods=["GET", "POST"]),
            Route("/3ds/{fort_id}", self._authenticate, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every order and link; with an id, those under it or a reference that begins with it."""

        def ours(reference: str) -> bool:
            return payment_id is None or reference.replace("-", "").startswith(payment_id.replace("-", ""))

        accounts = list(self.accounts.values())
        orders = [each for account in accounts for each in account.orders.values() if ours(each.reference)]
        links = [each for account in accounts for each in account.links.values() if ours(each.reference)]
        return {
            "orders": [_shown(order) for order in orders],
            "links": [{"reference": each.reference, "status": each.status, **each.fields} for each in links],
            "charges": [{"reference": each.reference, "amount": each.amount} for each in orders if each.authorized],
            "refunds": [
                {"reference": refund.reference, "amount": refund.amount, "state": refund.state}
                for order in orders
                for refund in order.refunds
            ],
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    # The API.

    async def _api(self, request: Request) -> Response:
        fault = request.scope.get(FAULT_SCOPE_KEY)
        fields: Object = {}
        try:
            if request.headers.get("content-type") != "application/json":
                raise APSError("00073")
            fields = _json_object(await request.body())
            account = self._account(str(fields.get("access_code", "")), request)
            _check_sender(account, fields)
            check(fields)
        except APSError as error:
            return _json({**_repeated(fields), **_result(error.code, str(error))})
        if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
            await asyncio.sleep(fault.seconds)
        return _answered(account, fields, fault)

    def _account(self, access_code: str, request: Request) -> Account:
        """The account of an access code; made at its first use."""
        if not access_code or "invalid" in access_code:
            raise APSError("00010")
        if access_code not in self.accounts:
            account = Account(
                access_code, self._now, request_phrase=f"IN{access_code}", response_phrase=f"OUT{access_code}"
            )
            account.publish = lambda command, fields: self._publish(account, command, fields)
            self.accounts[access_code] = account
        self.accounts[access_code].url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return self.accounts[access_code]

    def _control(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def control(request: Request) -> Response:
            try:
                account = self._account(request.headers.get("authorization", "").removeprefix("Bearer "), request)
                body = _json_object(await request.body() or b"{}")
                return _json(handler(Call(account, body, request.path_params.get("reference", ""))))
            except APSError as error:
                return _json(_result(error.code, str(error)), 409)

        return control

    # Pages.

    async def _pay(self, request: Request) -> Response:
        found = [
            (account, link)
            for account in self.accounts.values()
            for link in account.links.values()
            if link.code == request.path_params["code"]
        ]
        if not found:
            return HTMLResponse("No such payment link", status_code=404)
        account, link = found[0]
        account.link(link.reference)  # it may have run out
        if request.method == "GET":
            return HTMLResponse(_payment_page(link))
        try:
            order = operations.pay_link(account, link, await _chosen(request) or "approve")
        except APSError as error:
            return HTMLResponse(escape(str(error)), status_code=409)
        return _back(account, order)

    async def _authenticate(self, request: Request) -> Response:
        found = [
            (account, order)
            for account in self.accounts.values()
            for order in account.orders.values()
            if order.fort_id == request.path_params["fort_id"]
        ]
        if not found:
            return HTMLResponse("No such payment", status_code=404)
        account, order = found[0]
        if request.method == "GET":
            return HTMLResponse(_html("3-D Secure", _buttons(("succeed", "Authenticate"), ("fail", "Refuse"))))
        try:
            operations.decide(account, order, await _chosen(request) == "succeed")
        except APSError as error:
            return HTMLResponse(escape(str(error)), status_code=409)
        return _back(account, order)

    # Webhooks.

    def _publish(self, account: Account, command: str, fields: Object) -> None:
        for url, form in account.webhooks:

            def headers(_: bytes, form: bool = form) -> Mapping[str, str]:
                return {"content-type": _FORM} if form else {}

            forged = {**fields, "signature": sign(fields, "guessed", account.sha_type)}
            body, forgery = (urlencode(each).encode() if form else orjson.dumps(each) for each in (fields, forged))
            event_id = f"{fields['fort_id']}:{command}:{fields['response_code']}"
            self._deliveries.send(Delivery(self.key, event_id, command, url, body, headers, forgery=forgery))


def _check_sender(account: Account, fields: Object) -> None:
    merchant = str(fields.get("merchant_identifier", ""))
    if not merchant or "invalid" in merchant or account.merchant_identifier not in ("", merchant):
        raise APSError("00009")
    if fields.get("signature") != sign(fields, account.request_phrase, account.sha_type):
        raise APSError("00008")
    account.merchant_identifier = merchant


def _answered(account: Account, fields: Object, fault: Fault | None) -> Response:
    broken = fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR
    if broken and fault is not None and not fault.applied:
        return HTMLResponse("Internal server error", status_code=500)
    try:
        done = operations.OPERATIONS[command_of(fields)](account, fields)
        code = done["response_code"]
        result = {**done, **_result(code, MESSAGES.get(code[2:], "Success"))}
    except APSError as error:
        result = _result(error.code, str(error))
    if broken:
        return HTMLResponse("Internal server error", status_code=500)
    return _json(account.signed({**_repeated(fields), **result}))


def _repeated(fields: Object) -> Object:
    """Every parameter that was sent comes back."""
    return {name: value for name, value in fields.items() if name != "signature"}


def _result(code: str, message: str) -> Object:
    return {"response_code": code, "response_message": message, "status": code[:2]}


def _json_object(raw: bytes) -> Object:
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise APSError("00073") from None
    if not isinstance(fields, dict):
        raise APSError("00073")
    return fields


def _json(body: Object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")


async def _chosen(request: Request) -> str | None:
    return dict(parse_qsl((await request.body()).decode())).get("outcome")


def _back(account: Account, order: Order) -> Response:
    """Back to the shop, with the signed result (which APS posts as a form)."""
    url = order.fields.get("return_url")
    if not url:
        return HTMLResponse("You may close this page.")
    result = account.signed({"merchant_reference": order.reference, **_result(order.code, order.message)})
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *result.items()])
    return RedirectResponse(parts._replace(query=query).geturl(), status_code=303)


def _shown(order: Order) -> Object:
    return {
        "reference": order.reference,
        "fort_id": order.fort_id,
        "state": order.state,
        "code": order.code,
        "authorized": order.authorized,
        "captured": order.captured,
        "refunded": order.refunded,
        "fields": order.fields,
    }


def _payment_page(link: Link) -> str:
    """The hosted page: what is to be paid, and a button for each way it can go."""
    if link.status != "Open":
        return _html("Payment", f"<p>This payment link is {escape(link.status)}.</p>")
    amount = f"{link.fields['amount']} minor units of {link.fields['currency']}"
    choices = _buttons(("approve", "Pay"), ("decline", "Pay with an empty card"), ("cancel", "Cancel"))
    return _html("Payment", f"<p>{escape(amount)}</p>{choices}")


def _buttons(*choices: tuple[str, str]) -> str:
    buttons = " ".join(f'<button name="outcome" value="{value}">{label}</button>' for value, label in choices)
    return f'<form method="post">{buttons}</form>'


def _html(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} (sandbox)</title></head>'
        f"<body><h1>{title}</h1>{body}</body></html>"
    )
