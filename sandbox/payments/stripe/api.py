"""Stripe's endpoints, and what people and time do.

::

    POST /_test/checkout/{session}/complete      payment_method=pm_card_visa
    POST /_test/checkout/{session}/expire
    POST /_test/payment_intents/{intent}/authenticate | settle     outcome=succeed | fail
    POST /_test/payment_intents/{intent}/expire   the authorization runs out
    POST /_test/payment_intents/{intent}/dispute  reason=fraudulent
    POST /_test/refunds/{refund}/finish           outcome=succeed | fail
    POST /_test/disputes/{dispute}/close          outcome=succeed (won) | fail (lost)
    POST /_test/payouts                           amount=9900 currency=aed
    POST /_test/payouts/{payout}/finish           outcome=succeed | fail
    POST /_test/webhook_endpoints/{endpoint}/roll → the new secret; both sign from then on

These take the account's key like the API does; the pages ``/pay/{session}`` and ``/authenticate/{intent}`` need none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.payments.stripe import checkout, disputes, payments, payouts, saved, webhooks
from sandbox.payments.stripe.account import Account, Object
from sandbox.payments.stripe.errors import StripeError, missing
from sandbox.payments.stripe.params import Params

Handler = Callable[["Call"], Object]


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request.

    :param params: its parameters, ``expand`` taken out.
    """

    account: Account
    params: Params
    expand: list[str]
    path: dict[str, str]


def _retrieve(kind: str, what: str) -> Handler:
    def handler(call: Call) -> Object:
        call.params.done()
        objects = getattr(call.account, kind)
        object_id = call.path["id"]
        if object_id not in objects:
            raise missing(what, object_id)
        found: Object = objects[object_id]
        return found

    return handler


def _list(kind: str, url: str, *filters: str) -> Handler:
    def handler(call: Call) -> Object:
        params = call.params
        limit, after = params.integer("limit") or 10, params.text("starting_after")
        created = params.child("created")
        bounds = {name: created.integer(name) for name in ("gt", "gte", "lt", "lte")}
        wanted = {name: value for name in filters if (value := params.text(name)) is not None}
        params.done()
        if not 1 <= limit <= 100:
            raise StripeError(400, "This value must be between 1 and 100.", param="limit")
        found = [item for item in reversed(getattr(call.account, kind).values()) if _is_in(item["created"], bounds)]
        found = [item for item in found if all(item.get(name) == value for name, value in wanted.items())]
        if after is not None:
            ids = [item["id"] for item in found]
            if after not in ids:
                raise missing(kind, after, "starting_after")
            found = found[ids.index(after) + 1 :]
        return {"object": "list", "url": url, "has_more": len(found) > limit, "data": found[:limit]}

    return handler


def _is_in(moment: int, bounds: dict[str, int | None]) -> bool:
    gt, gte, lt, lte = bounds["gt"], bounds["gte"], bounds["lt"], bounds["lte"]
    return (
        (gt is None or moment > gt)
        and (gte is None or moment >= gte)
        and (lt is None or moment < lt)
        and (lte is None or moment <= lte)
    )


def _confirm(call: Call) -> Object:
    intent = call.account.payment_intent(call.path["id"])
    payment_method = call.params.text("payment_method") or intent["payment_method"]
    return_url = call.params.text("return_url")
    call.params.done()
    if payment_method is None:
        raise StripeError(400, "You cannot confirm without a payment method.", param="payment_method")
    payments.confirm_intent(call.account, intent, payment_method, return_url)
    return intent


def _balance(call: Call) -> Object:
    call.params.done()
    sums: dict[str, int] = {"aed": 0}
    for charge in call.account.charges.values():
        if charge["captured"]:
            left = charge["amount"] - charge["amount_refunded"]
            sums[charge["currency"]] = sums.get(charge["currency"], 0) + left
    amounts = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}} for currency, amount in sums.items()
    ]
    return {"object": "balance", "available": amounts, "livemode": False, "pending": [{"amount": 0, "currency": "aed"}]}


def _passed(call: Call) -> bool:
    passed = call.params.required("outcome", choices=("succeed", "fail")) == "succeed"
    call.params.done()
    return passed


def _test_complete(call: Call) -> Object:
    session = call.account.session(call.path["id"])
    return checkout.complete_session(call.account, session, call.params.text("payment_method") or "pm_card_visa")


def _test_authenticate(call: Call) -> Object:
    intent = call.account.payment_intent(call.path["id"])
    payments.authenticate_intent(call.account, intent, _passed(call))
    return intent


def _test_settle(call: Call) -> Object:
    account, intent = call.account, call.account.payment_intent(call.path["id"])
    payments.settle_intent(account, intent, _passed(call))
    for session in account.sessions.values():
        if session["payment_intent"] == intent["id"]:
            checkout.settle_session(account, session, intent)
    return intent


def _test_run_out(call: Call) -> Object:
    intent = call.account.payment_intent(call.path["id"])
    payments.give_up(call.account, intent, "automatic")
    return intent


def _test_dispute(call: Call) -> Object:
    intent = call.account.payment_intent(call.path["id"])
    charge = call.account.charges[intent["latest_charge"]]
    return disputes.open_dispute(call.account, charge, call.params.text("reason") or "fraudulent")


def _test_finish_refund(call: Call) -> Object:
    refund: Object = _retrieve_unread(call, "refunds")
    payments.finish_refund(call.account, refund, _passed(call))
    return refund


def _test_close_dispute(call: Call) -> Object:
    dispute: Object = _retrieve_unread(call, "disputes")
    disputes.close_dispute(call.account, dispute, _passed(call))
    return dispute


def _test_finish_payout(call: Call) -> Object:
    payout: Object = _retrieve_unread(call, "payouts")
    payouts.finish_payout(call.account, payout, _passed(call))
    return payout


def _retrieve_unread(call: Call, kind: str) -> Object:
    objects: dict[str, Object] = getattr(call.account, kind)
    if call.path["id"] not in objects:
        raise missing(kind, call.path["id"])
    return objects[call.path["id"]]


API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/v1/payment_intents", lambda call: payments.create_intent(call.account, call.params)),
    ("GET", "/v1/payment_intents", _list("payment_intents", "/v1/payment_intents")),
    ("GET", "/v1/payment_intents/{id}", _retrieve("payment_intents", "payment_intent")),
    ("POST", "/v1/payment_intents/{id}/confirm", _confirm),
    (
        "POST",
        "/v1/payment_intents/{id}/capture",
        lambda call: payments.capture_intent(call.account, call.account.payment_intent(call.path["id"]), call.params),
    ),
    (
        "POST",
        "/v1/payment_intents/{id}/cancel",
        lambda call: payments.cancel_intent(call.account, call.account.payment_intent(call.path["id"]), call.params),
    ),
    ("POST", "/v1/checkout/sessions", lambda call: checkout.create_session(call.account, call.params)),
    ("GET", "/v1/checkout/sessions", _list("sessions", "/v1/checkout/sessions", "payment_intent")),
    ("GET", "/v1/checkout/sessions/{id}", _retrieve("sessions", "checkout.session")),
    (
        "POST",
        "/v1/checkout/sessions/{id}/expire",
        lambda call: checkout.expire_session(call.account, call.account.session(call.path["id"])),
    ),
    ("GET", "/v1/charges", _list("charges", "/v1/charges", "payment_intent")),
    ("GET", "/v1/charges/{id}", _retrieve("charges", "charge")),
    ("POST", "/v1/refunds", lambda call: payments.create_refund(call.account, call.params)),
    ("GET", "/v1/refunds", _list("refunds", "/v1/refunds", "payment_intent", "charge")),
    ("GET", "/v1/refunds/{id}", _retrieve("refunds", "refund")),
    ("GET", "/v1/disputes", _list("disputes", "/v1/disputes", "payment_intent", "charge")),
    ("GET", "/v1/disputes/{id}", _retrieve("disputes", "dispute")),
    ("POST", "/v1/customers", lambda call: saved.create_customer(call.account, call.params)),
    ("GET", "/v1/customers/{id}", _retrieve("customers", "customer")),
    ("GET", "/v1/payment_methods/{id}", lambda call: saved.retrieve(call.account, call.path["id"])),
    (
        "POST",
        "/v1/payment_methods/{id}/detach",
        lambda call: saved.detach(call.account, call.path["id"], call.params),
    ),
    ("GET", "/v1/payouts", _list("payouts", "/v1/payouts")),
    ("GET", "/v1/payouts/{id}", _retrieve("payouts", "payout")),
    ("GET", "/v1/balance", _balance),
    ("GET", "/v1/events", _list("events", "/v1/events", "type")),
    ("GET", "/v1/events/{id}", _retrieve("events", "event")),
    ("POST", "/v1/webhook_endpoints", lambda call: webhooks.create_endpoint(call.account, call.params)),
    ("GET", "/v1/webhook_endpoints", _list("webhook_endpoints", "/v1/webhook_endpoints")),
    ("GET", "/v1/webhook_endpoints/{id}", _retrieve("webhook_endpoints", "webhook endpoint")),
    (
        "DELETE",
        "/v1/webhook_endpoints/{id}",
        lambda call: webhooks.delete_endpoint(call.account, call.path["id"]),
    ),
)
CONTROLS: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/_test/checkout/{id}/complete", _test_complete),
    (
        "POST",
        "/_test/checkout/{id}/expire",
        lambda call: checkout.expire_session(call.account, call.account.session(call.path["id"])),
    ),
    ("POST", "/_test/payment_intents/{id}/authenticate", _test_authenticate),
    ("POST", "/_test/payment_intents/{id}/settle", _test_settle),
    ("POST", "/_test/payment_intents/{id}/expire", _test_run_out),
    ("POST", "/_test/payment_intents/{id}/dispute", _test_dispute),
    ("POST", "/_test/refunds/{id}/finish", _test_finish_refund),
    ("POST", "/_test/disputes/{id}/close", _test_close_dispute),
    ("POST", "/_test/payouts", lambda call: payouts.create_payout(call.account, call.params)),
    ("POST", "/_test/payouts/{id}/finish", _test_finish_payout),
    (
        "POST",
        "/_test/webhook_endpoints/{id}/roll",
        lambda call: {"secret": webhooks.roll_secret(call.account, call.path["id"])},
    ),
)
