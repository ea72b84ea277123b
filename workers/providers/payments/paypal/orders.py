"""What the calls need of an answer beside its translation."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from workers.providers.payments.paypal.objects import Object, payment_from_order
from workers.providers.tokens import AccessToken


def access_token(body: Object) -> AccessToken:
    """The answer of the token endpoint."""
    token, seconds = body["access_token"], body["expires_in"]
    if not re.fullmatch(r"[\x21-\x7e]{1,4000}", token):
        raise ValueError("not a token")
    return AccessToken(token, float(seconds))


def reservation(order: Object, statuses: Collection[str]) -> Object | None:
    """The order's authorization, if it is in one of these statuses."""
    authorizations = _payments(order).get("authorizations") or ()
    return next((each for each in authorizations[-1:] if each["status"] in statuses), None)


def refunds_of(order: Object) -> Sequence[Object]:
    """Every refund that the order lists; ValueError when it is not in the known format."""
    payment_from_order(order)
    return _payments(order).get("refunds") or ()


def with_capture(order: Object, capture: Object) -> dict[str, Any]:
    """The order as it is after a capture. It is not read again: were that to fail, the capture would still be made."""
    changed = with_reservation(order, "CAPTURED" if capture.get("final_capture") else "PARTIALLY_CAPTURED")
    payments = changed["purchase_units"][0]["payments"]
    payments["captures"] = [*(payments.get("captures") or ()), capture]
    return changed


def with_reservation(order: Object, status: str) -> dict[str, Any]:
    """The order with its authorization in another status."""
    unit, payments = order["purchase_units"][0], _payments(order)
    *earlier, last = payments["authorizations"]
    changed = {**payments, "authorizations": [*earlier, {**last, "status": status}]}
    return {**order, "purchase_units": [{**unit, "payments": changed}]}


def transaction_of(body: Object, payment_id: str) -> tuple[str | None, int]:
    """The transaction with our id in its ``custom_field``, and how many pages there are."""
    infos = [detail["transaction_info"] for detail in body.get("transaction_details") or ()]
    found = next((info["transaction_id"] for info in infos if info.get("custom_field") == payment_id), None)
    return found, int(body.get("total_pages") or 1)


def _payments(order: Object) -> Object:
    payments: Object = order["purchase_units"][0].get("payments") or {}
    return payments
