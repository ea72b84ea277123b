"""Tabby's twin as a web application: authentication, the page and webhooks around `api`."""

from __future__ import annotations

import asyncio
import re
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
from sandbox.payments.tabby import payments
from sandbox.payments.tabby.account import Account, Object, Payment, new_id
from sandbox.payments.tabby.api import API, CONTROLS, Call, Handler
from sandbox.payments.tabby.errors import TabbyError, broken

_KEY = re.compile(r"sk_[A-Za-z0-9_-]{8,}")


class TabbyTwin:
    """Every account of one Tabby.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "tabby"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the page and the controls."""
        return [
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in (*API, *CONTROLS)),
            Route("/pay", self._pay, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every payment, and what was taken and given back; with an id, those whose ``meta`` carries it as
        ``wasl_payment_id``."""
        found = [
            account.payment_object(payment)
            for account in self.accounts.values()
            for payment in account.payments.values()
            if payment_id is None or (payment.asked.get("meta") or {}).get("wasl_payment_id") == payment_id
        ]
        return {
            "payments": found,
            "captures": [part for payment in found for part in payment["captures"]],
            "refunds": [part for payment in found for part in payment["refunds"]],
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    # Calls.

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                account = self._authenticated(request)
                call = Call(
                    account,
                    _body(await request.body()),
                    dict(request.path_params),
                    dict(request.query_params),
                    request.headers,
                )
                return _json(200, await _run(handler, call, request.scope.get(FAULT_SCOPE_KEY)))
            except TabbyError as error:
                return _json(error.status, error.body())

        return endpoint

    def _authenticated(self, request: Request) -> Account:
        """The account of a secret key; made at its first use."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            raise TabbyError(401, "missing Bearer scheme")
        if not _KEY.fullmatch(key) or "invalid" in key:
            raise TabbyError(401, "auth: provided key doesn't exist")
        if key not in self.accounts:
            self.accounts[key] = account = Account(self._now, is_test=key.startswith("sk_test_"))
            account.publish = lambda status, payment: self._publish(account, status, payment)
            account.dispute = lambda status, payment: self._publish_dispute(account, status, payment)
        self.accounts[key].api_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return self.accounts[key]

    # The payment page.

    async def _pay(self, request: Request) -> Response:
        found = self._by_session(request.query_params.get("sessionId", ""))
        if found is None:
            return HTMLResponse("No such session", status_code=404)
        account, payment = found
        if request.method == "GET":
            return HTMLResponse(_page(payment))
        choice = dict(parse_qsl((await request.body()).decode())).get("outcome", "approve")
        try:
            back = payments.pay(account, payment, choice)
        except TabbyError as error:
            return HTMLResponse(escape(str(error)), status_code=error.status)
        return RedirectResponse(_with_query(back, payment_id=payment.id), status_code=303)

    def _by_session(self, session_id: str) -> tuple[Account, Payment] | None:
        for account in self.accounts.values():
            for payment in account.payments.values():
                if payment.session_id == session_id and payment.rejection is None:
                    return account, account.payment(payment.id)
        return None

    # Webhooks.

    def _publish(self, account: Account, status: str, payment: Payment) -> None:
        self._send(account, payment, status, account.event_object(payment, status))

    def _publish_dispute(self, account: Account, status: str, payment: Payment) -> None:
        dispute_id = payment.id[::-1].replace("-", "")  # one dispute for each payment will do
        event = {
            "status": status,
            "dispute_id": "-".join((dispute_id[:8], *(dispute_id[at : at + 4] for at in (8, 12, 16)), dispute_id[20:])),
            "payment_id": payment.id,
            "amount": payment.written(payment.captured),
            "currency": payment.currency,
            "created_at": payment.created_at,
        }
        self._send(account, payment, f"dispute.{status}", event)

    def _send(self, account: Account, payment: Payment, name: str, event: Object) -> None:
        body = orjson.dumps(event)
        for webhook in account.webhooks:
            if webhook.merchant_code != payment.session["merchant_code"]:
                continue
            title, value = webhook.title, webhook.value or ""

            def sign(signed: bytes, title: str | None = title, value: str = value) -> Mapping[str, str]:
                """The header as it was registered; a delivery that is to be forged asks for another body's."""
                return {title: value if signed == body else "guessed"} if title else {}

            self._deliveries.send(Delivery(self.key, new_id(), name, webhook.url, body, sign))


async def _run(handler: Handler, call: Call, fault: Fault | None) -> Any:
    """Answer a call; Tabby keeps no answer of its own, so a 500 from within is not kept either."""
    if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
        await asyncio.sleep(fault.seconds)
    breaks = fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR
    if breaks and fault is not None and not fault.applied:
        raise broken()
    answer = handler(call)
    if breaks:
        raise broken()
    return answer


def _body(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise TabbyError(400, "could not decode request") from None


def _json(status: int, body: Any) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")


def _with_query(url: str, **values: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])).geturl()


def _page(payment: Payment) -> str:
    """The hosted page: what is to be paid, and a button for each way it can go."""
    if payment.status != "CREATED":
        body = f"<p>This payment is {escape(payment.status)}.</p>"
    else:
        buttons = " ".join(
            f'<button name="outcome" value="{value}">{label}</button>'
            for value, label in (("approve", "Agree to instalments"), ("reject", "Be rejected"), ("cancel", "Go back"))
        )
        amount = f"{payment.currency} {payment.written(payment.amount)}"
        body = f'<p>{escape(amount)}</p><form method="post">{buttons}</form>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tabby (sandbox)</title></head>'
        f"<body><h1>Payment</h1>{body}</body></html>"
    )
