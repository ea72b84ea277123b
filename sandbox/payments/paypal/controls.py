"""What payers, banks and time do::

    POST /_test/orders/{id}/approve              {"funding": "ok"}, or decline (refused when it is completed), pending
                                                 (an eCheck), refuse_capture (completed, and the capture declined),
                                                 pending_refund
    POST /_test/orders/{id}/reverse              the agreement ran out
    POST /_test/authorizations/{id}/expire       the reservation ran out
    POST /_test/captures/{id}/settle             {"outcome": "complete" | "decline"}
    POST /_test/captures/{id}/reverse
    POST /_test/captures/{id}/dispute            {"reason": "UNAUTHORISED"}
    POST /_test/disputes/{id}/resolve            {"outcome": "RESOLVED_SELLER_FAVOUR"}
    POST /_test/refunds/{id}/finish              {"outcome": "complete" | "decline"}
    POST /_test/tokens/revoke                    every token of the account is refused from now on

They take the account's token as the API does. A saved account is a payment token that an order gave, or ``vault_`` and
one of the fundings: ``vault_ok``.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.payments.paypal import orders, payments
from sandbox.payments.paypal.account import Account, Object
from sandbox.payments.paypal.errors import PayPalError

Control = Callable[[Account, str, Object], Object]


def _approve(account: Account, object_id: str, given: Object) -> Object:
    funding = given.get("funding", "ok")
    if funding not in orders.FUNDING:
        raise PayPalError(400, "INVALID_PARAMETER_VALUE", "No such funding.", "/funding")
    order = account.find("orders", object_id)
    orders.approve_order(account, order, funding)
    return orders.shown(order)


def _reverse_approval(account: Account, object_id: str, _: Object) -> Object:
    order = account.find("orders", object_id)
    orders.reverse_approval(account, order)
    return orders.shown(order)


def _expire(account: Account, object_id: str, _: Object) -> Object:
    authorization = account.find("authorizations", object_id)
    authorization["expiration_time"] = account.timestamp()
    return payments.void_authorization(account, authorization)


def _settle(account: Account, object_id: str, given: Object) -> Object:
    capture = account.find("captures", object_id)
    payments.settle_capture(account, capture, succeeds=given.get("outcome") == "complete")
    return capture


def _reverse(account: Account, object_id: str, _: Object) -> Object:
    capture = account.find("captures", object_id)
    payments.reverse_capture(account, capture)
    return capture


def _dispute(account: Account, object_id: str, given: Object) -> Object:
    capture = account.find("captures", object_id)
    return payments.open_dispute(account, capture, given.get("reason", "UNAUTHORISED"))


def _resolve(account: Account, object_id: str, given: Object) -> Object:
    dispute = account.find("disputes", object_id)
    payments.resolve_dispute(account, dispute, given.get("outcome", "RESOLVED_SELLER_FAVOUR"))
    return dispute


def _finish_refund(account: Account, object_id: str, given: Object) -> Object:
    refund = account.find("refunds", object_id)
    payments.finish_refund(account, refund, succeeds=given.get("outcome") == "complete")
    return refund


CONTROLS: dict[str, Control] = {
    "/_test/orders/{id}/approve": _approve,
    "/_test/orders/{id}/reverse": _reverse_approval,
    "/_test/authorizations/{id}/expire": _expire,
    "/_test/captures/{id}/settle": _settle,
    "/_test/captures/{id}/reverse": _reverse,
    "/_test/captures/{id}/dispute": _dispute,
    "/_test/disputes/{id}/resolve": _resolve,
    "/_test/refunds/{id}/finish": _finish_refund,
}
