"""Ziina's twin as a web application: authentication, webhooks and the payment page around `api`."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.payments.ziina.account import CARD_DECLINED, OPEN, Account, Intent
from sandbox.payments.ziina.api import API, CONTROLS, MOVES, Answer, Call, Handler
from sandbox.payments.ziina.errors import ZiinaError, invalid, unauthorized
from sandbox.payments.ziina.fields import Object

MARK = "wasl_payment_id"
_TOKEN = re.compile(r"[\x21-\x7e]{20,4096}")
_CHOICES = (("pay", "Pay"), ("challenge", "Pay with 3-D Secure"), ("decline", "Pay with an empty card"))
_SERVER_ERROR: Answer = (500, {"statusCode": 500, "message": "Internal server error"})


class ZiinaTwin:
    """Every account of one Ziina.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "ziina"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the page and the controls."""
        return [
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in (*API, *CONTROLS)),
            Route("/status", _status, methods=["GET"]),
            Route("/pay/payment_intent/{intent}", self._page, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every payment intent and refund; with an id, those whose return URL carries it as ``wasl_payment_id``."""

        def ours(intent: Intent) -> bool:
            return payment_id is None or f"{MARK}={payment_id}" in intent.request.get("success_url", "")

        made = [(account, each) for account in self.accounts.values() for each in account.intents.values()]
        found = {each.id: account.show(each) for account, each in made if ours(each)}
        refunds = [refund for account in self.accounts.values() for refund in account.refunds.values()]
        return {
            "payment_intents": list(found.values()),
            "refunds": [refund for refund in refunds if refund["payment_intent_id"] in found],
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    def account(self, token: str) -> Account:
        """The account of a token; made at its first use."""
        if token not in self.accounts:
            account = Account(self._now)
            account.publish = lambda name, data: self._publish(account, name, data)
            self.accounts[token] = account
        return self.accounts[token]

    # One call.

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fault = request.scope.get(FAULT_SCOPE_KEY)
            try:
                account = self._authenticated(request)
                call = Call(account, _json(await request.body()), dict(request.path_params))
                status, answer = await _run(handler, call, fault)
            except ZiinaError as error:
                status, answer = error.status, error.body
            return Response(orjson.dumps(answer), status_code=status, media_type="application/json")

        return endpoint

    def _authenticated(self, request: Request) -> Account:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not _TOKEN.fullmatch(token) or "invalid" in token:
            raise unauthorized()
        account = self.account(token)
        account.api_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return account

    def _publish(self, account: Account, name: str, data: Object) -> None:
        if account.webhook is None:
            return
        secret = account.webhook.get("secret", "")
        self._deliveries.send(
            Delivery(
                provider=self.key,
                event_id=str(uuid.uuid4()),
                event_type=name,
                url=account.webhook["url"],
                body=orjson.dumps({"event": name, "data": data}),
                sign=lambda body: sign(body, secret),
            )
        )

    # The page.

    async def _page(self, request: Request) -> Response:
        intent_id = request.path_params["intent"]
        account = next((each for each in self.accounts.values() if intent_id in each.intents), None)
        if account is None:
            return HTMLResponse("No such payment", status_code=404)
        intent = account.intents[intent_id]
        if request.method == "GET":
            return HTMLResponse(_html(intent))
        choice = next(iter(parse_qs((await request.body()).decode()).get("choice", [])), "pay")
        if choice not in MOVES or not intent.is_open:
            return HTMLResponse(_html(intent), status_code=400)
        account.move(intent, MOVES[choice], CARD_DECLINED if choice in ("decline", "stumble") else None)
        return HTMLResponse(_html(intent)) if MOVES[choice] in OPEN else _back(intent)


def sign(body: bytes, secret: str) -> Mapping[str, str]:
    """The header that proves Ziina sent it; none where no secret was registered."""
    return {"x-hmac-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()} if secret else {}


async def _run(handler: Handler, call: Call, fault: Fault | None) -> Answer:
    if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
        await asyncio.sleep(fault.seconds)
    if fault is None or fault.kind is not FaultKind.KEPT_SERVER_ERROR:
        return handler(call)
    if fault.applied:
        handler(call)
    return _SERVER_ERROR


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise invalid("body must be JSON") from None


async def _status(_: Request) -> Response:
    return Response(status_code=200)


def _back(intent: Intent) -> Response:
    name = {"completed": "success_url", "canceled": "cancel_url"}.get(intent.status, "failure_url")
    url = intent.request.get(name)
    if url is None:
        return HTMLResponse("You may close this page.")
    return RedirectResponse(url.replace("{PAYMENT_INTENT_ID}", intent.id), status_code=303)


def _html(intent: Intent) -> str:
    shown = f"{intent.amount} minor units of {intent.request['currency_code']}: {intent.status}"
    choices = (*_CHOICES, ("cancel", "Go back")) if intent.is_open else ()
    buttons = " ".join(f'<button name="choice" value="{value}">{label}</button>' for value, label in choices)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ziina (sandbox)</title></head><body>'
        f"<h1>{escape(intent.request.get('message', 'Payment'))}</h1><p>{escape(shown)}</p>"
        f'<form method="post">{buttons}</form></body></html>'
    )
