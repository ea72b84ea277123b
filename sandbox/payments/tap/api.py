"""Tap's endpoints, and what people and time do.

::

    POST /_test/hold                      {"hold": true}: refunds wait to be settled
    POST /_test/pages/{id}                {"choice": "pay" | "empty" | "refuse" | "cancel" | "leave" | a response code}
    POST /_test/authorize/{id}/end        the hours of an authorization are over
    POST /_test/refunds/{id}/settle       {"code": "000" | "502" …}

These take the account's key like the API does; the page ``/page/{id}`` needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.payments.tap import cards, charges, lists, pages, refunds
from sandbox.payments.tap.account import Account, Object

Handler = Callable[["Call"], Object]


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request. :param body: its JSON; an empty object where there is none."""

    account: Account
    body: Any
    path: dict[str, str]


def _choose(call: Call) -> Object:
    thing = charges.either(call.account, call.path["id"])
    return pages.choose(call.account, thing, call.body.get("choice") or "pay")


def _hold(call: Call) -> Object:
    call.account.hold = bool(call.body.get("hold"))
    return {"hold": call.account.hold}


def _settle(call: Call) -> Object:
    made = refunds.refund(call.account, call.path["id"])
    return refunds.settle(call.account, made, call.body.get("code") or "000")


def _charge(call: Call) -> Object:
    return charges.charge(call.account, call.path["id"])


def _authorization(call: Call) -> Object:
    return charges.authorization(call.account, call.path["id"])


API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/charges", lambda call: charges.create(call.account, call.body, "charge")),
    ("POST", "/charges/list", lambda call: lists.charges(call.account, call.body)),
    ("GET", "/charges/{id}", _charge),
    ("POST", "/authorize", lambda call: charges.create(call.account, call.body, "authorize")),
    ("POST", "/authorize/list", lambda call: lists.authorizations(call.account, call.body)),
    ("GET", "/authorize/{id}", _authorization),
    ("POST", "/authorize/{id}/void", lambda call: charges.void(call.account, call.path["id"])),
    ("POST", "/refunds", lambda call: refunds.create(call.account, call.body)),
    ("POST", "/refunds/list", lambda call: lists.refunds(call.account, call.body)),
    ("GET", "/refunds/{id}", lambda call: refunds.refund(call.account, call.path["id"])),
    ("POST", "/tokens", lambda call: cards.create_token(call.account, call.body)),
    ("GET", "/card/{customer}/{card_id}", lambda call: cards.card(call.account, **call.path)),
    ("DELETE", "/card/{customer}/{card_id}", lambda call: cards.delete(call.account, **call.path)),
)
CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/hold", _hold),
    ("POST", "/_test/pages/{id}", _choose),
    ("POST", "/_test/authorize/{id}/end", lambda call: charges.end(call.account, _authorization(call))),
    ("POST", "/_test/refunds/{id}/settle", _settle),
)
IDEMPOTENT = ("/charges", "/authorize", "/refunds")
"""Where ``reference.idempotent`` is heeded."""
