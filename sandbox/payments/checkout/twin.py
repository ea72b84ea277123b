"""Checkout.com's twin as a web application: authentication, idempotency and pages around `api`."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.payments.checkout import pages, payments, webhooks
from sandbox.payments.checkout.account import Account, KeptAnswer, Payment, new_id
from sandbox.payments.checkout.api import API, CONTROLS, Answer, Call, Handler, decide
from sandbox.payments.checkout.errors import CheckoutError

IDEMPOTENCY_SECONDS = 24 * 3600
_KEY = re.compile(r"sk_sbox_[a-z2-7]{26}[a-z2-7*#$=]")
_WITHOUT_IDEMPOTENCY = ("/hosted-payments", "/workflows", "/_test")


class CheckoutTwin:
    """Every account of one Checkout.com.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "checkout"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the pages and the controls."""
        return [
            *(
                Route(path, self._endpoint(handler, path), methods=[method])
                for method, path, handler in (*API, *CONTROLS)
            ),
            Route("/page/{page}", self._pay, methods=["GET", "POST"]),
            Route("/3ds/{payment}", self._authenticate, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every payment and hosted page; with an id, those whose metadata carry it as ``wasl_payment_id``."""

        def ours(metadata: dict[str, Any]) -> bool:
            return payment_id is None or metadata.get("wasl_payment_id") == payment_id

        accounts = list(self.accounts.values())
        made = [(account, each) for account in accounts for each in account.payments.values() if ours(each.metadata)]
        return {
            "payments": [payments.details(account, each) for account, each in made],
            "actions": [action for _, each in made for action in each.actions],
            "hosted_payments": [
                page for account in accounts for page in account.pages.values() if ours(page.get("metadata", {}))
            ],
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    def account(self, secret_key: str) -> Account:
        """The account of a key; made at its first use."""
        if secret_key not in self.accounts:
            account = Account(self._now)
            account.publish = lambda event: webhooks.publish(account, event, self._deliveries)
            self.accounts[secret_key] = account
        return self.accounts[secret_key]

    # One call.

    def _endpoint(self, handler: Handler, path: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            request_id = new_id("req")
            try:
                account = self._authenticated(request)
                body = await request.body()
                call = Call(account, _json(body), dict(request.path_params), dict(request.query_params))
            except CheckoutError as error:
                return _respond(error.status, error.body(request_id), request_id)
            fault = request.scope.get(FAULT_SCOPE_KEY)
            key = request.headers.get("cko-idempotency-key")
            if request.method != "POST" or not key or path.startswith(_WITHOUT_IDEMPOTENCY):
                key = None
            status, answer = await self._once(handler, call, key, fault, request_id)
            return _respond(status, answer, request_id)

        return endpoint

    def _authenticated(self, request: Request) -> Account:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not _KEY.fullmatch(value) or "invalid" in value:
            raise CheckoutError(401)
        account = self.account(value)
        account.api_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return account

    async def _once(
        self, handler: Handler, call: Call, key: str | None, fault: Fault | None, request_id: str
    ) -> Answer:
        """Answer as the first successful request under the key was answered, if there was one in the last 24 hours."""
        kept = call.account.kept_answers.get(key) if key else None
        if kept is not None and self._now() - kept.kept_at < IDEMPOTENCY_SECONDS:
            if kept.status is None:
                return 409, CheckoutError(409, "duplicate_request_detected", kind="conflict").body(request_id)
            return kept.status, kept.body
        under_way = KeptAnswer(self._now())
        if key:
            call.account.kept_answers[key] = under_way
        if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
            await asyncio.sleep(fault.seconds)
        status, answer = _run(handler, call, fault, request_id)
        if status < 300:
            # Kept as it was sent: what becomes of the payment later does not change it.
            under_way.status, under_way.body = status, orjson.loads(orjson.dumps(answer))
        elif key:
            del call.account.kept_answers[key]
        return status, answer

    # Pages.

    async def _pay(self, request: Request) -> Response:
        page_id = request.path_params["page"]
        account = next((each for each in self.accounts.values() if page_id in each.pages), None)
        if account is None:
            return HTMLResponse("No such page", status_code=404)
        page = account.pages[page_id]
        if request.method == "GET":
            return HTMLResponse(pages.payment_page(page))
        choice = await _chosen(request, "choice") or "pay"
        if choice == "cancel":
            return RedirectResponse(page["cancel_url"], status_code=303)
        try:
            payment = pages.pay(account, page, pages.CARDS.get(choice, choice))
        except CheckoutError as error:
            return HTMLResponse(pages.payment_page(page), status_code=error.status)
        return _back(payment)

    async def _authenticate(self, request: Request) -> Response:
        payment_id = request.path_params["payment"]
        account = next((each for each in self.accounts.values() if payment_id in each.payments), None)
        if account is None:
            return HTMLResponse("No such payment", status_code=404)
        payment = account.payments[payment_id]
        if request.method == "GET":
            return HTMLResponse(pages.authentication_page(payment))
        try:
            decide(account, payment, await _chosen(request, "outcome") == "succeed")
        except CheckoutError as error:
            return HTMLResponse(str(error), status_code=error.status)
        return _back(payment)


def _run(handler: Handler, call: Call, fault: Fault | None, request_id: str) -> Answer:
    broken = fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR
    if broken and fault is not None and not fault.applied:
        return 500, None
    try:
        status, answer = handler(call)
    except CheckoutError as error:
        return error.status, error.body(request_id)
    return (500, None) if broken else (status, answer)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise CheckoutError(422, "request_body_malformed") from None


async def _chosen(request: Request, name: str) -> str | None:
    return next(iter(parse_qs((await request.body()).decode()).get(name, [])), None)


def _back(payment: Payment) -> Response:
    url = payment.success_url if payment.authorized else payment.failure_url
    if url is None:
        return HTMLResponse("You may close this page.")
    joint = "&" if "?" in url else "?"
    return RedirectResponse(f"{url}{joint}cko-payment-id={payment.id}", status_code=303)


def _respond(status: int, body: Any, request_id: str) -> Response:
    headers = {"cko-request-id": request_id, "cko-version": "3.33.4"}
    if body is None:
        return Response(status_code=status, headers=headers)
    return Response(orjson.dumps(body), status_code=status, media_type="application/json", headers=headers)
