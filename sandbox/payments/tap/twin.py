"""Tap's twin as a web application: authentication, idempotency and the page around `api`."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.payments.tap import pages, refunds, webhooks
from sandbox.payments.tap.account import Account, KeptAnswer, Object, to_json
from sandbox.payments.tap.api import API, CONTROLS, IDEMPOTENT, Call, Handler
from sandbox.payments.tap.errors import TapError

_KEY = re.compile(r"sk_(test|live)_[A-Za-z0-9]{16,64}")


class TapTwin:
    """Every account of one Tap.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "tap"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the controls and the page."""
        return [
            *(
                Route(path, self._endpoint(handler, path), methods=[method])
                for method, path, handler in (*API, *CONTROLS)
            ),
            Route("/page/{id}", self._page, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every charge, authorization and refund; with an id, those whose metadata carry it as ``wasl_payment_id``."""

        def ours(things: dict[str, Object]) -> list[Object]:
            found = [each for each in things.values() if payment_id is None or _our_id(each) == payment_id]
            shown: list[Object] = json.loads(to_json(found))
            return shown

        accounts = self.accounts.values()
        return {
            "charges": [each for account in accounts for each in ours(account.charges)],
            "authorizations": [each for account in accounts for each in ours(account.authorizations)],
            "refunds": [each for account in accounts for each in ours(account.refunds)],
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    def account(self, secret_key: str) -> Account:
        """The account of a key; made at its first use."""
        if secret_key not in self.accounts:
            account = Account(secret_key, self._now)
            account.publish = lambda thing: webhooks.publish(thing, secret_key, self._deliveries)
            self.accounts[secret_key] = account
        return self.accounts[secret_key]

    # One call.

    def _endpoint(self, handler: Handler, path: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                account = self._authenticated(request)
                call = Call(account, _json(await request.body()), dict(request.path_params))
            except TapError as error:
                return _respond(error.status, to_json(error.body()))
            status, answer = await self._once(handler, call, path, request.scope.get(FAULT_SCOPE_KEY))
            return _respond(status, answer)

        return endpoint

    def _authenticated(self, request: Request) -> Account:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            raise TapError("2107", 401)
        if not _KEY.fullmatch(value) or "invalid" in value:
            raise TapError("2104", 401)
        account = self.account(value)
        account.api_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return account

    async def _once(self, handler: Handler, call: Call, path: str, fault: Fault | None) -> tuple[int, bytes]:
        """Answer as the first request with the idempotent string was answered, if there was one in 24 hours."""
        idempotent = _idempotent(call.body) if path in IDEMPOTENT else None
        if idempotent is None:
            return await self._run(handler, call, path, fault)
        kept = call.account.kept(path, idempotent)
        if kept is not None:
            # That a conflict is answered 409 is documented, but not when there is one.
            return (409, b'{"errors":[]}') if kept.body is None else (200, kept.body)
        under_way = KeptAnswer(self._now())
        call.account.kept_answers[(path, idempotent)] = under_way
        status, answer = await self._run(handler, call, path, fault, under_way)
        if under_way.body is None:
            del call.account.kept_answers[(path, idempotent)]
        return status, answer

    async def _run(
        self, handler: Handler, call: Call, path: str, fault: Fault | None, kept: KeptAnswer | None = None
    ) -> tuple[int, bytes]:
        if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
            await asyncio.sleep(fault.seconds)
        broken = fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR
        if broken and fault is not None and not fault.applied:
            return 500, b""
        try:
            thing = handler(call)
        except TapError as error:
            return error.status, to_json(error.body())
        # What was made is what its first answer says, even if that answer was never sent.
        answer = to_json(thing)
        if kept is not None:
            kept.body = answer
        if path == "/refunds" and not call.account.hold:
            refunds.settle(call.account, thing)
        return (500, b"") if broken else (200, answer)

    # The page.

    async def _page(self, request: Request) -> Response:
        thing_id = request.path_params["id"]
        for account in self.accounts.values():
            thing = account.charges.get(thing_id) or account.authorizations.get(thing_id)
            if thing is not None:
                return await self._visit(request, account, thing)
        return HTMLResponse("No such page", status_code=404)

    async def _visit(self, request: Request, account: Account, thing: Object) -> Response:
        if request.method == "GET":
            return HTMLResponse(pages.payment_page(thing))
        choice = next(iter(parse_qs((await request.body()).decode()).get("choice", [])), "pay")
        try:
            pages.choose(account, thing, choice)
        except TapError as error:
            return HTMLResponse(pages.payment_page(thing), status_code=error.status)
        url = pages.way_back(thing)
        return RedirectResponse(url, status_code=303) if url else HTMLResponse("You may close this page.")


def _our_id(thing: Object) -> str | None:
    found: str | None = thing.get("metadata", {}).get("wasl_payment_id")
    return found


def _idempotent(body: Any) -> str | None:
    reference = body.get("reference") if isinstance(body, dict) else None
    found = reference.get("idempotent") if isinstance(reference, dict) else None
    return found if isinstance(found, str) and found else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal) if body else {}
    except ValueError:
        raise TapError("2100") from None


def _respond(status: int, body: bytes) -> Response:
    return Response(body, status_code=status, media_type="application/json" if body else None)
