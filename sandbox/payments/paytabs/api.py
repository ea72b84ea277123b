"""PayTabs' endpoints, and what people and time do.

::

    POST /_test/account                         {"ipn_url": "https://…"} and the switches of `account.Account`
    POST /_test/next                            {"status": "D", "code": "316"}: the next charge of a token, or follow-up
    POST /_test/transactions/{ref}/pay          {"outcome": "approve" | "decline" | "cancel" | "hold" | "error" |
                                                 "expire" | "agent", "code": "316"}
    POST /_test/transactions/{ref}/again        the payer tries again on the same page; answers with that transaction
    POST /_test/transactions/{ref}/dashboard    {"kind": "Capture" | "Void" | "Refund", "amount": "10.00"}
    POST /_test/transactions/{ref}/settle       {"paid": true | false}: a payment request
    POST /_test/transactions/{ref}/finish       {"status": "A" | "D" | "E", "code": "342"}: a pending refund

These take the server key as the API does; the page ``/payment/wr/…`` needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.payments.paytabs import transactions
from sandbox.payments.paytabs.account import Account, Transaction, listed_object, page_object, result_object
from sandbox.payments.paytabs.errors import invalid, no_transaction
from sandbox.payments.paytabs.fields import Object, read_request

Handler = Callable[["Call"], Any]
_SWITCHES = ("ipn_url", "shows_unpaid", "bare_lists", "slow_refunds", "remembers_follow_ups")


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request. :param trace: PayTabs' id of it."""

    account: Account
    body: Object
    path: dict[str, str]
    trace: str

    @property
    def transaction(self) -> Transaction:
        """The transaction that a control names."""
        return self.account.transaction(self.path["ref"])

    def shown(self, transaction: Transaction) -> Object:
        """A transaction as a query answers it."""
        return result_object(self.account, transaction, self.trace)


def _request(call: Call) -> Any:
    made = transactions.request(call.account, read_request(call.body))
    return call.shown(made) if made.status else page_object(call.account, made, call.trace)


def _query(call: Call) -> Any:
    asked = {name: value for name, value in call.body.items() if name != "profile_id"}
    if len(asked) != 1 or not asked.keys() <= {"tran_ref", "cart_id"}:
        raise invalid("Invalid request: either tran_ref or cart_id")
    if "cart_id" in asked:
        return [listed_object(call.account, each) for each in call.account.of_cart(str(asked["cart_id"]))]
    found = call.account.transaction(str(asked["tran_ref"]))
    if not found.status and not call.account.shows_unpaid:
        raise no_transaction()
    return call.shown(found)


def _query_token(call: Call) -> Any:
    made = call.account.token_of(str(call.body.get("token")))
    shown = call.shown(made)
    names = ("card_type", "card_scheme", "payment_description")
    return {
        "tran_ref": made.ref,
        "payment_info": {name: shown["payment_info"][name] for name in names},
        "customer_details": shown.get("customer_details", {}),
    }


def _delete_token(call: Call) -> Any:
    call.account.token_of(str(call.body.get("token")))
    del call.account.tokens[str(call.body["token"])]
    return {"code": 0, "message": "Token deleted", "trace": call.trace}


def _test_account(call: Call) -> Any:
    for name, value in call.body.items():
        if name not in _SWITCHES:
            raise invalid("no such switch")
        setattr(call.account, name, value)
    return {}


def _test_next(call: Call) -> Any:
    call.account.next_outcomes.append((call.body["status"], call.body.get("code", "")))
    return {}


def _test_pay(call: Call) -> Any:
    transactions.pay(call.account, call.transaction, call.body.get("outcome", "approve"), call.body.get("code", "316"))
    return call.shown(call.transaction)


def _test_again(call: Call) -> Any:
    return call.shown(transactions.attempt_again(call.account, call.transaction))


def _test_dashboard(call: Call) -> Any:
    amount = Decimal(call.body["amount"]) if "amount" in call.body else None
    return call.shown(transactions.from_dashboard(call.account, call.transaction, call.body["kind"], amount))


def _test_settle(call: Call) -> Any:
    return call.shown(transactions.settle(call.account, call.transaction, bool(call.body["paid"])))


def _test_finish(call: Call) -> Any:
    transactions.finish(call.account, call.transaction, call.body["status"], call.body.get("code", ""))
    return call.shown(call.transaction)


API: tuple[tuple[str, Handler], ...] = (
    ("/payment/request", _request),
    ("/payment/query", _query),
    ("/payment/token", _query_token),
    ("/payment/token/delete", _delete_token),
)
CONTROLS: tuple[tuple[str, Handler], ...] = (
    ("/_test/account", _test_account),
    ("/_test/next", _test_next),
    ("/_test/transactions/{ref}/pay", _test_pay),
    ("/_test/transactions/{ref}/again", _test_again),
    ("/_test/transactions/{ref}/dashboard", _test_dashboard),
    ("/_test/transactions/{ref}/settle", _test_settle),
    ("/_test/transactions/{ref}/finish", _test_finish),
)
