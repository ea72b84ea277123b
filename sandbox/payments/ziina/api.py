"""Ziina's endpoints, and what people and time do.

::

    POST /_test/hold                            {"hold": true}: refunds wait to be settled
    POST /_test/account                         {"status": "locked"}
    POST /_test/payment_intent/{intent}/pay | challenge | pend | cancel | expire
    POST /_test/payment_intent/{intent}/decline | stumble
                                                {"code": …, "message": …}; after a stumble the payer can try again
    POST /_test/refund/{refund}/settle          {"outcome": "succeed" | "fail"}

These take the account's token like the API does; the page ``/pay/payment_intent/{intent}`` needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.payments.ziina.account import CARD_DECLINED, Account
from sandbox.payments.ziina.errors import invalid, refused
from sandbox.payments.ziina.fields import read_webhook

Answer = tuple[int, Any]
Handler = Callable[["Call"], Answer]

MOVES: Mapping[str, str] = {
    "pay": "completed",
    "challenge": "requires_user_action",
    "pend": "pending",
    "decline": "failed",
    "stumble": "requires_payment_instrument",
    "cancel": "canceled",
    "expire": "canceled",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request.

    :param body: its JSON; an empty object where there is none.
    """

    account: Account
    body: Any
    path: dict[str, str]


def _set_webhook(call: Call) -> Answer:
    call.account.webhook = read_webhook(call.body)
    return 201, {"success": True}


def _delete_webhook(call: Call) -> Answer:
    call.account.webhook = None
    return 200, {"success": True}


def _account(call: Call) -> Answer:
    return 200, {
        "account_id": call.account.id,
        "account_type": "business",
        "status": call.account.status,
        "ziiname": "ziina_user",
        "display_name": "John Doe",
        "profile_picture_url": "https://example.com/profile.jpg",
    }


def _hold(call: Call) -> Answer:
    call.account.hold = bool(call.body.get("hold"))
    return 200, {"hold": call.account.hold}


def _set_account(call: Call) -> Answer:
    call.account.status = str(call.body["status"])
    return 200, {"status": call.account.status}


def _move(call: Call) -> Answer:
    intent, move = call.account.intent(call.path["id"]), call.path["move"]
    if move not in MOVES:
        raise refused("NO_SUCH_MOVE", f"one of {', '.join(MOVES)}")
    error = (call.body or CARD_DECLINED) if move in ("decline", "stumble") else None
    call.account.move(intent, MOVES[move], error)
    return 200, call.account.show(intent)


def _settle(call: Call) -> Answer:
    if call.body.get("outcome") not in ("succeed", "fail"):
        raise invalid("outcome must be succeed or fail")
    refund = call.account.refund(call.path["id"])
    call.account.settle(refund, passed=call.body["outcome"] == "succeed")
    return 200, refund


API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/payment_intent", lambda call: (201, call.account.create_intent(call.body))),
    ("GET", "/payment_intent/{id}", lambda call: (200, call.account.show(call.account.intent(call.path["id"])))),
    ("POST", "/refund", lambda call: (201, call.account.create_refund(call.body))),
    ("GET", "/refund/{id}", lambda call: (200, call.account.refund(call.path["id"]))),
    ("POST", "/webhook", _set_webhook),
    ("DELETE", "/webhook", _delete_webhook),
    ("GET", "/account", _account),
)
CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/hold", _hold),
    ("POST", "/_test/account", _set_account),
    ("POST", "/_test/payment_intent/{id}/{move}", _move),
    ("POST", "/_test/refund/{id}/settle", _settle),
)
