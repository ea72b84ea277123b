"""Checkout.com's endpoints, and what people and time do.

::

    POST /_test/hold                      {"hold": true}: captures, voids and refunds wait to be settled
    POST /_test/hosted/{page}/pay         {"token": "tok_…"}
    POST /_test/hosted/{page}/expire
    POST /_test/payments/{payment}/authenticate | decide | settle     {"outcome": "succeed" | "fail"}
    POST /_test/payments/{payment}/expire the reservation runs out
    POST /_test/payments/{payment}/dispute {"category": "fraudulent"}
    POST /_test/settlements                {"amount": 1019.12, "currency": "AED"}: money is sent to the merchant
    POST /_test/disputes/{dispute}/close  {"outcome": "succeed" (won) | "fail" (lost)}

These take the account's key like the API does; the pages ``/page/{page}`` and ``/3ds/{payment}`` need none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.payments.checkout import bodies, pages, payments, webhooks
from sandbox.payments.checkout.account import Account, Object, Payment
from sandbox.payments.checkout.errors import CheckoutError, not_found

Answer = tuple[int, Any]
Handler = Callable[["Call"], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request.

    :param body: its JSON; an empty object where there is none.
    """

    account: Account
    body: Any
    path: dict[str, str]
    query: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether a control says that something goes well."""
        if self.body.get("outcome") not in ("succeed", "fail"):
            raise CheckoutError(422, "outcome_invalid")
        return bool(self.body["outcome"] == "succeed")


def _request_payment(call: Call) -> Answer:
    request = bodies.read_payment(call.account, call.body)
    payment = payments.request_payment(call.account, request, request["token"])
    status = "Authorized" if payment.authorized else payment.status
    return payments.answer(call.account, payment, status)


def _list_payments(call: Call) -> Answer:
    reference = call.query.get("reference")
    if not reference:
        raise CheckoutError(422, "reference_required")
    limit, skip = int(call.query.get("limit", "10")), int(call.query.get("skip", "0"))
    found = [each for each in reversed(call.account.payments.values()) if each.reference == reference]
    data = [payments.details(call.account, each) for each in found[skip : skip + limit]]
    return 200, {"limit": limit, "skip": skip, "total_count": len(found), "data": data}


def _payment_details(call: Call) -> Answer:
    return 200, payments.details(call.account, call.account.payment(call.path["id"]))


def _actions(call: Call) -> Answer:
    return 200, call.account.payment(call.path["id"]).actions


def _act(act: Callable[[Account, Payment, Any], Object]) -> Handler:
    return lambda call: (202, act(call.account, call.account.payment(call.path["id"]), call.body))


def _delete_instrument(call: Call) -> Answer:
    instrument = call.account.instruments.get(call.path["id"])
    if instrument is None or instrument.forgotten:
        raise not_found()
    instrument.forgotten = True
    return 204, None


def _delete_workflow(call: Call) -> Answer:
    webhooks.delete_workflow(call.account, call.path["id"])
    return 204, None


def _hold(call: Call) -> Answer:
    call.account.hold = bool(call.body.get("hold"))
    return 200, {"hold": call.account.hold}


def _pay(call: Call) -> Answer:
    token = call.body.get("token") or pages.CARDS["pay"]
    payment = pages.pay(call.account, call.account.page(call.path["id"]), token)
    return 200, payments.details(call.account, payment)


def _expire_page(call: Call) -> Answer:
    page = call.account.page(call.path["id"])
    pages.expire(page)
    return 200, page


def _decide(call: Call) -> Answer:
    """The payer came back from 3-D Secure, or the bank made up its mind."""
    payment = call.account.payment(call.path["id"])
    decide(call.account, payment, call.passed)
    return 200, payments.details(call.account, payment)


def decide(account: Account, payment: Payment, passed: bool) -> None:
    """A pending payment is approved or refused."""
    if payment.status != "Pending":
        raise CheckoutError(422, "payment_invalid")
    if passed:
        payments.approve(account, payment)
    elif payment.challenge:
        payments.refuse(account, payment, "20151", "payment_authentication_failed")
    else:
        payments.refuse(account, payment, "20005")


def _settle(call: Call) -> Answer:
    payment = call.account.payment(call.path["id"])
    payments.settle(call.account, payment, passed=call.passed)
    return 200, payments.details(call.account, payment)


def _run_out(call: Call) -> Answer:
    payment = call.account.payment(call.path["id"])
    payments.run_out(call.account, payment)
    return 200, payments.details(call.account, payment)


def _dispute(call: Call) -> Answer:
    payment = call.account.payment(call.path["id"])
    return 200, payments.open_dispute(call.account, payment, call.body.get("category") or "fraudulent")


def _close_dispute(call: Call) -> Answer:
    dispute = call.account.disputes.get(call.path["id"])
    if dispute is None:
        raise not_found()
    call.account.emit("dispute_won" if call.passed else "dispute_lost", dispute, dispute["id"])
    return 200, dispute


API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/payments", _request_payment),
    ("GET", "/payments", _list_payments),
    ("GET", "/payments/{id}", _payment_details),
    ("GET", "/payments/{id}/actions", _actions),
    ("POST", "/payments/{id}/captures", _act(payments.capture)),
    ("POST", "/payments/{id}/voids", _act(payments.void)),
    ("POST", "/payments/{id}/refunds", _act(payments.refund)),
    ("POST", "/hosted-payments", lambda call: (201, pages.create_page(call.account, call.body))),
    ("GET", "/hosted-payments/{id}", lambda call: (200, call.account.page(call.path["id"]))),
    ("DELETE", "/instruments/{id}", _delete_instrument),
    ("POST", "/workflows", lambda call: (201, webhooks.create_workflow(call.account, call.body))),
    ("DELETE", "/workflows/{id}", _delete_workflow),
)
CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/hold", _hold),
    ("POST", "/_test/hosted/{id}/pay", _pay),
    ("POST", "/_test/hosted/{id}/expire", _expire_page),
    ("POST", "/_test/payments/{id}/authenticate", _decide),
    ("POST", "/_test/payments/{id}/decide", _decide),
    ("POST", "/_test/payments/{id}/settle", _settle),
    ("POST", "/_test/payments/{id}/expire", _run_out),
    ("POST", "/_test/payments/{id}/dispute", _dispute),
    ("POST", "/_test/settlements", lambda call: (200, payments.settle_account(call.account, call.body))),
    ("POST", "/_test/disputes/{id}/close", _close_dispute),
)
