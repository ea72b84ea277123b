"""Stripe's twin as a web application: authentication, idempotency and pages around `api`."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.payments.stripe import checkout, payments, webhooks
from sandbox.payments.stripe.account import API_VERSION, Account, KeptAnswer, Object, new_id
from sandbox.payments.stripe.api import API, CONTROLS, Call, Handler
from sandbox.payments.stripe.errors import StripeError
from sandbox.payments.stripe.params import Params, parse_form

IDEMPOTENCY_SECONDS = 24 * 3600


class StripeTwin:
    """Every account of one Stripe.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "stripe"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the pages and the controls."""
        api = [Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in (*API, *CONTROLS)]
        return [
            *api,
            Route("/pay/{session}", self._pay, methods=["GET", "POST"]),
            Route("/authenticate/{intent}", self._authenticate, methods=["GET", "POST"]),
            Route("/{rest:path}", self._unknown, methods=["GET", "POST", "DELETE", "PUT", "PATCH"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every object; with an id, those whose metadata carry it as ``wasl_payment_id``."""
        return {
            kind: [
                item
                for account in self.accounts.values()
                for item in getattr(account, kind).values()
                if payment_id is None or item["metadata"].get("wasl_payment_id") == payment_id
            ]
            for kind in ("payment_intents", "charges", "refunds", "sessions")
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

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            request_id = new_id("req_", 14)
            try:
                account = self._authenticated(request)
                body = await request.body()
                call = _call(request, account, body)
            except StripeError as error:
                return _json(error.status, error.body(), request_id)
            key = request.headers.get("idempotency-key")
            if request.method != "POST" or not key:
                return _json(*_run(handler, call), request_id)
            fingerprint = hashlib.sha256(request.url.path.encode() + b"\n" + body).hexdigest()
            fault = request.scope.get(FAULT_SCOPE_KEY)
            return await self._once(handler, call, key=key, fingerprint=fingerprint, request_id=request_id, fault=fault)

        return endpoint

    def _authenticated(self, request: Request) -> Account:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            value = base64.b64decode(value, validate=False).decode("utf-8", "replace").split(":", 1)[0]
        if not value.startswith(("sk_test_", "rk_test_")) or "invalid" in value:
            shown = f"{value[:8]}****{value[-4:]}" if len(value) > 12 else "****"
            raise StripeError(401, f"Invalid API Key provided: {shown}")
        account = self.account(value)
        account.pages_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return account

    async def _once(
        self, handler: Handler, call: Call, *, key: str, fingerprint: str, request_id: str, fault: Fault | None
    ) -> Response:
        """Answer as the first request under the key was answered, if there was one in the last 24 hours."""
        account, now = call.account, self._now()
        kept = account.kept_answers.get(key)
        if kept is not None and now - kept.kept_at < IDEMPOTENCY_SECONDS:
            return _replay(kept, fingerprint, request_id)
        answer = account.kept_answers[key] = KeptAnswer(fingerprint, now, request_id)
        if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
            await asyncio.sleep(fault.seconds)
        broken = fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR
        status, body = (500, _SERVER_ERROR) if broken and fault and not fault.applied else _run(handler, call)
        if broken:
            status, body = 500, _SERVER_ERROR
        if status < 300 or status in (402, 500):
            answer.status, answer.body = status, body
        else:  # a failed validation is not kept
            del account.kept_answers[key]
        return _json(status, body, request_id, {"idempotency-key": key})

    async def _unknown(self, request: Request) -> Response:
        message = f"Unrecognized request URL ({request.method}: {request.url.path})."
        return _json(404, StripeError(404, message).body(), new_id("req_", 14))

    # Pages.

    async def _pay(self, request: Request) -> Response:
        found = self._holder("sessions", request.path_params["session"])
        if found is None:
            return HTMLResponse("No such session", status_code=404)
        account, session = found
        if request.method == "GET":
            return HTMLResponse(checkout.payment_page(session))
        choice = parse_form((await request.body()).decode()).get("payment_method", "pm_card_visa")
        if choice == "cancel":
            return RedirectResponse(session["cancel_url"] or session["success_url"], status_code=303)
        try:
            checkout.complete_session(account, session, choice)
        except StripeError as error:
            return HTMLResponse(checkout.payment_page(session, str(error)), status_code=error.status)
        back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        return RedirectResponse(back, status_code=303)

    async def _authenticate(self, request: Request) -> Response:
        found = self._holder("payment_intents", request.path_params["intent"])
        if found is None:
            return HTMLResponse("No such payment", status_code=404)
        account, intent = found
        if request.method == "GET":
            return HTMLResponse(checkout.authentication_page(intent))
        action = intent["next_action"] or {}
        back = (action.get("redirect_to_url") or {}).get("return_url")
        outcome = parse_form((await request.body()).decode()).get("outcome")
        try:
            payments.authenticate_intent(account, intent, outcome == "succeed")
        except StripeError as error:
            return HTMLResponse(str(error), status_code=error.status)
        return RedirectResponse(back, status_code=303) if back else HTMLResponse("You may close this page.")

    def _holder(self, kind: str, object_id: str) -> tuple[Account, Object] | None:
        for account in self.accounts.values():
            if object_id in getattr(account, kind):
                return account, getattr(account, kind)[object_id]
        return None


_SERVER_ERROR = {"error": {"type": "api_error", "message": "An unknown error occurred"}}


def _call(request: Request, account: Account, body: bytes) -> Call:
    query = request.url.query
    try:
        tree = parse_form(body.decode("utf-8") if request.method == "POST" else query)
    except UnicodeDecodeError:
        raise StripeError(400, "Invalid request: the body is not UTF-8") from None
    expand = tree.pop("expand", [])
    if not isinstance(expand, list) or not all(isinstance(path, str) for path in expand):
        raise StripeError(400, "Invalid array", param="expand")
    return Call(account, Params(tree), expand, dict(request.path_params))


def _run(handler: Handler, call: Call) -> tuple[int, Object]:
    try:
        return 200, call.account.expanded(handler(call), call.expand)
    except StripeError as error:
        return error.status, error.body()


def _replay(kept: KeptAnswer, fingerprint: str, request_id: str) -> Response:
    if kept.fingerprint != fingerprint:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        error = StripeError(400, message, kind="idempotency_error")
        return _json(400, error.body(), request_id)
    replayed = {"idempotent-replayed": "true", "original-request": kept.request_id}
    if kept.status is None or kept.body is None:
        error = StripeError(
            409,
            "There is currently another in-progress request using this key.",
            kind="idempotency_error",
            code="idempotency_key_in_use",
        )
        return _json(409, error.body(), request_id, {"stripe-should-retry": "true"})
    return _json(kept.status, kept.body, request_id, replayed)


def _json(status: int, body: Object, request_id: str, headers: dict[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(body, option=orjson.OPT_INDENT_2),
        status_code=status,
        media_type="application/json",
        headers={"request-id": request_id, "stripe-version": API_VERSION, **(headers or {})},
    )
