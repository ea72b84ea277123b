"""PayTabs' twin as a web application: the server key, the page and notifications around `api`."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, FaultKind
from sandbox.payments.paytabs import transactions
from sandbox.payments.paytabs.account import Account, Transaction, notification_object, result_object, return_fields
from sandbox.payments.paytabs.api import API, CONTROLS, Call, Handler
from sandbox.payments.paytabs.errors import PayTabsError, invalid, unauthorized
from sandbox.payments.paytabs.fields import Object


class PayTabsTwin:
    """Every account of one PayTabs.

    :param deliveries: sends the notifications.
    :param now: the time in seconds since 1970.
    """

    key = "paytabs"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the page and the controls."""
        return [
            *(Route(path, self._endpoint(handler), methods=["POST"]) for path, handler in API),
            *(Route(path, self._endpoint(handler, control=True), methods=["POST"]) for path, handler in CONTROLS),
            Route("/payment/wr/{page}", self._pay, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every transaction, and those that moved the payer's money; with an id, those of its carts."""
        found = [
            (account, each)
            for account in self.accounts.values()
            for each in account.transactions.values()
            if payment_id is None or each.cart_id.startswith(payment_id)
        ]
        return {
            "transactions": [result_object(account, each, "") for account, each in found],
            "charges": [each.ref for _, each in found if each.reserved],
            "refunds": [each.ref for _, each in found if each.kind == "Refund" and each.status in ("A", "P")],
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    # Calls.

    def _endpoint(self, handler: Handler, *, control: bool = False) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fault, trace = request.scope.get(FAULT_SCOPE_KEY), _trace("PMNT")
            try:
                body = _body(request, await request.body())
                account = self._account(request, body, control=control)
                if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
                    await asyncio.sleep(fault.seconds)
                broken = fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR
                if broken and fault is not None and not fault.applied:
                    raise PayTabsError(500, 400, "Internal system error")
                answer = handler(Call(account, body, dict(request.path_params), trace))
                if broken:
                    raise PayTabsError(500, 400, "Internal system error")
            except PayTabsError as error:
                return _json(error.status, error.body(trace))
            return _json(200, answer)

        return endpoint

    def _account(self, request: Request, body: Object, *, control: bool) -> Account:
        """The account of a server key; made at its first use, for the profile that it is used with."""
        key = request.headers.get("authorization", "")
        if not key or " " in key or "INVALID" in key:
            raise unauthorized()
        account = self.accounts.get(key)
        if account is None:
            self.accounts[key] = account = Account(key, self._now)
            account.publish = lambda transaction: self._publish(account, transaction)
        if not control:
            profile = body.get("profile_id")
            if isinstance(profile, bool) or not isinstance(profile, int) or account.profile_id not in (None, profile):
                raise unauthorized()
            account.profile_id = profile
        account.api_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return account

    # The payment page.

    async def _pay(self, request: Request) -> Response:
        found = self._by_page(request.path_params["page"])
        if found is None:
            return HTMLResponse("No such payment page", status_code=404)
        account, transaction = found
        if request.method == "GET":
            return HTMLResponse(_page(transaction))
        outcome = dict(parse_qsl((await request.body()).decode())).get("outcome", "approve")
        try:
            transactions.pay(account, transaction, outcome)
        except PayTabsError as error:
            return HTMLResponse(escape(str(error)), status_code=error.status)
        return HTMLResponse(_way_back(account, transaction))

    def _by_page(self, page: str) -> tuple[Account, Transaction] | None:
        for account in self.accounts.values():
            for transaction in account.transactions.values():
                if transaction.page == page:
                    return account, transaction
        return None

    # Notifications.

    def _publish(self, account: Account, transaction: Transaction) -> None:
        body = orjson.dumps(notification_object(account, transaction, _trace("IPNS")))
        name = transaction.kind.lower().replace(" ", "_")
        for url in filter(None, (transaction.callback, account.ipn_url)):
            event_id = f"{transaction.ref}:{name}:{transaction.status}"
            # PayTabs sends nothing but the fact to an address that is not secure.
            content = body if url.startswith("https://") else b""
            self._deliveries.send(
                Delivery(self.key, event_id, name, url, content, lambda signed: _signature(account, signed))
            )


def _signature(account: Account, body: bytes) -> Mapping[str, str]:
    return {"signature": hmac.new(account.server_key.encode(), body, hashlib.sha256).hexdigest()}


def _way_back(account: Account, transaction: Transaction) -> str:
    """The form that sends the payer's browser back, signed."""
    url = transaction.wanted.get("return")
    if not url:
        return _html("<p>You may close this page.</p>")
    fields = return_fields(transaction)
    signed = "&".join(f"{name}={_escaped(value)}" for name, value in sorted(fields.items()) if value)
    fields["signature"] = _signature(account, signed.encode())["signature"]
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value, quote=True)}">' for name, value in fields.items()
    )
    return _html(f'<form method="post" action="{escape(url, quote=True)}">{inputs}<button>Go back</button></form>')


def _escaped(value: str) -> str:
    """As PHP's ``urlencode`` writes it."""
    return quote_plus(value, safe="").replace("~", "%7E")


def _body(request: Request, raw: bytes) -> Object:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise invalid("Invalid request: not JSON")
    try:
        body = json.loads(raw, parse_float=Decimal) if raw else {}
    except ValueError:
        raise invalid("Invalid request: not JSON") from None
    if not isinstance(body, dict):
        raise invalid("Invalid request: not an object")
    return body


def _json(status: int, body: Any) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")


def _trace(prefix: str) -> str:
    return f"{prefix}0101.{secrets.token_hex(4).upper()}.{secrets.token_hex(4).upper()}"


def _page(transaction: Transaction) -> str:
    """The hosted page: what is to be paid, and a button for each way it can go."""
    if transaction.status:
        return _html("<p>This payment has been processed.</p>")
    buttons = " ".join(
        f'<button name="outcome" value="{value}">{label}</button>'
        for value, label in (("approve", "Pay"), ("decline", "Pay with an empty card"), ("cancel", "Cancel"))
    )
    amount = f"{transaction.currency} {transaction.amount}"
    return _html(f'<p>{escape(amount)}</p><form method="post">{buttons}</form>')


def _html(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>PayTabs (sandbox)</title></head>'
        f"<body><h1>Payment</h1>{body}</body></html>"
    )
