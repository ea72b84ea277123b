"""Payments and their actions: what Checkout.com does with money, without any."""

from __future__ import annotations

import re
from typing import Any

from sandbox.payments.checkout.account import Account, Instrument, Object, Payment, new_id
from sandbox.payments.checkout.errors import CheckoutError
from sandbox.payments.checkout.fields import Fields

APPROVED = ("10000", "Approved")
SUMMARIES = {
    "20005": "Declined - Do not honour",
    "20051": "Insufficient funds",
    "20054": "Expired card",
    "20087": "Bad track data",
    "20151": "Cardholder failed 3DS authentication",
    "30041": "Lost card - Pick up",
    "40101": "Risk blocked transaction",
}
_DECLINED = re.compile(r"(?:tok|src)_declined([0-9A-Z]{5})[a-z0-9]*")


def request_payment(account: Account, request: Object, token: str, page: str | None = None) -> Payment:
    """Try to take a payment with a token, or with a card that is kept."""
    kept = account.instruments.get(token)
    payment = Payment(
        id=new_id("pay"),
        amount=request["amount"],
        currency=request["currency"],
        capture=request["capture"],
        requested_on=account.time(),
        reference=request["reference"],
        metadata=request["metadata"],
        success_url=request["success_url"],
        failure_url=request["failure_url"],
        page=page,
        customer=kept.customer if kept else _customer(request["customer"]),
        source={**_CARD, **({"id": token} if token.startswith("src_") else {})},
    )
    account.payments[payment.id] = payment
    act_like = kept.token if kept else token
    if request["keep"] and kept is None:
        payment.keeps = token
    declined = _DECLINED.fullmatch(act_like)
    if declined:
        refuse(account, payment, declined[1])
    elif act_like[4:].startswith("challenge") and request["3ds"]:
        payment.challenge = True
        account.emit("payment_pending", event_data(payment, None), payment.id)
    elif act_like[4:].startswith("pending"):
        account.emit("payment_pending", event_data(payment, None), payment.id)
    elif act_like[4:].startswith("challenge") and not request["merchant_initiated"]:
        refuse(account, payment, "20154")
    else:
        approve(account, payment)
    return payment


_CARD: Object = {
    "type": "card",
    "expiry_month": 4,
    "expiry_year": 2029,
    "scheme": "VISA",
    "last4": "4242",
    "bin": "424242",
    "fingerprint": "F" * 64,
}


def _customer(told: Object | None) -> Object | None:
    """Somebody who is known by their e-mail address; each payment makes them anew here."""
    return {"id": new_id("cus"), **told} if told and "id" not in told else told


def _keep(account: Account, payment: Payment) -> None:
    """Store what was approved, where that was asked for."""
    if payment.keeps is None or payment.source is None:
        return
    instrument = Instrument(new_id("src"), payment.keeps, payment.customer or {"id": new_id("cus")})
    account.instruments[instrument.id] = instrument
    payment.source["id"], payment.customer, payment.keeps = instrument.id, instrument.customer, None


def approve(account: Account, payment: Payment) -> None:
    """The issuer reserves the money; it is captured next if that was asked for."""
    payment.status, payment.challenge, payment.authorized = "Authorized", False, payment.amount
    _keep(account, payment)
    action = _new_action(account, payment, "Authorization", payment.amount, payment.reference, {})
    _finish(action, *APPROVED)
    account.emit("payment_approved", event_data(payment, action), payment.id)
    if payment.capture:
        _new_action(account, payment, "Capture", payment.amount, payment.reference, {})
        settle_unless_held(account, payment)


def refuse(account: Account, payment: Payment, code: str, kind: str = "payment_declined") -> None:
    """The issuer, or the payer's authentication, refuses."""
    payment.status, payment.challenge = "Declined", False
    action = _new_action(account, payment, "Authorization", payment.amount, payment.reference, {})
    _finish(action, code, SUMMARIES.get(code, "Declined"))
    account.emit(kind, event_data(payment, action), payment.id)


def run_out(account: Account, payment: Payment) -> None:
    """Nobody captured in time, or the payer never came back."""
    if payment.status not in ("Pending", "Authorized"):
        raise CheckoutError(422, "payment_invalid")
    payment.status, payment.voided, payment.challenge = "Expired", payment.authorized, False
    account.emit("payment_expired", event_data(payment, None), payment.id)


def capture(account: Account, payment: Payment, body: Any) -> Object:
    """POST /payments/{id}/captures"""
    fields = Fields(body)
    asked = fields.integer("amount")
    final = fields.text("capture_type", 8, choices=("Final", "NonFinal")) != "NonFinal"
    reference, metadata = fields.text("reference", 50), fields.flat("metadata")
    fields.done()
    if payment.status not in ("Authorized", "Partially Captured") or payment.left_to_capture < 1:
        raise CheckoutError(403)
    amount = payment.left_to_capture if asked is None else asked
    if amount > payment.left_to_capture:
        raise CheckoutError(422, "capture_value_greater_than_remaining_authorized")
    action = _new_action(account, payment, "Capture", amount, reference, metadata)
    if final and amount < payment.authorized - payment.captured:
        _new_action(account, payment, "Void", payment.left_to_capture, None, {})
    return _accept(account, payment, action)


def void(account: Account, payment: Payment, body: Any) -> Object:
    """POST /payments/{id}/voids"""
    fields = Fields(body)
    reference, metadata = fields.text("reference", 50), fields.flat("metadata")
    fields.done()
    if payment.status not in ("Authorized", "Partially Captured") or payment.left_to_capture < 1:
        raise CheckoutError(403)
    action = _new_action(account, payment, "Void", payment.left_to_capture, reference, metadata)
    return _accept(account, payment, action)


def refund(account: Account, payment: Payment, body: Any) -> Object:
    """POST /payments/{id}/refunds"""
    fields = Fields(body)
    asked, reference, metadata = fields.integer("amount"), fields.text("reference", 50), fields.flat("metadata")
    fields.done()
    if payment.captured == 0 or payment.left_to_refund < 1:
        raise CheckoutError(403)
    amount = payment.amount if asked is None else asked
    if amount > payment.left_to_refund:
        raise CheckoutError(422, "refund_amount_exceeds_balance")
    return _accept(account, payment, _new_action(account, payment, "Refund", amount, reference, metadata))


def settle_unless_held(account: Account, payment: Payment) -> None:
    """Do what was accepted, except in an account that holds it."""
    if not account.hold:
        settle(account, payment, passed=True)


def settle(account: Account, payment: Payment, *, passed: bool) -> None:
    """What was accepted is done, or refused by the bank."""
    for action in payment.at_work:
        if not passed:
            _finish(action, "20006", "Error / Invalid Request Parameters")
            account.emit(_REFUSED[action["type"]], event_data(payment, action), payment.id)
            continue
        _finish(action, *APPROVED)
        if action["type"] == "Capture":
            payment.captured += action["amount"]
            payment.status = "Captured" if payment.captured == payment.authorized else "Partially Captured"
        elif action["type"] == "Void":
            payment.voided += action["amount"]
            payment.status = "Voided" if payment.captured == 0 else payment.status
        else:
            payment.refunded += action["amount"]
            payment.status = "Refunded" if payment.refunded == payment.captured else "Partially Refunded"
        account.emit(_DONE[action["type"]], event_data(payment, action), payment.id)


_DONE = {"Capture": "payment_captured", "Void": "payment_voided", "Refund": "payment_refunded"}
_REFUSED = {
    "Capture": "payment_capture_declined",
    "Void": "payment_void_declined",
    "Refund": "payment_refund_declined",
}


def settle_account(account: Account, body: Any) -> Object:
    """The day has come: the available balance is sent to the merchant's bank account."""
    details: Object = {
        "payout_id": new_id("pay"),
        "source_currency": body.get("currency", "AED"),
        "source_amount": body["amount"],
        "balance_as_of": account.time(),
        "bank_name": "Test Bank",
        "payment_instrument_id": new_id("src"),
        "billing_descriptor": "000000012KPB",
    }
    holder = {"client_id": new_id("cli"), "entity_id": new_id("ent"), "entity_name": "The Shop"}
    data: Object = {"account": holder, "settlement_details": details, "event_type": "SettlementGenerated"}
    account.emit("settlement_generated", data, details["payout_id"])
    return data


def open_dispute(account: Account, payment: Payment, category: str) -> Object:
    """The payer's bank wants the money back."""
    dispute: Object = {
        "id": new_id("dsp")[:26],
        "category": category,
        "amount": payment.captured,
        "currency": payment.currency,
        "reason_code": "10.4",
        "payment_id": payment.id,
        "payment_reference": payment.reference,
        "date": account.time(),
    }
    account.disputes[dispute["id"]] = dispute
    account.emit("dispute_evidence_required", dispute, dispute["id"])
    return dispute


# Shapes.


def details(account: Account, payment: Payment) -> Object:
    """A payment as GET shows it."""
    shown = {
        "id": payment.id,
        "requested_on": payment.requested_on,
        "source": payment.source,
        "customer": payment.customer,
        "amount": payment.amount,
        "currency": payment.currency,
        "payment_type": "Regular",
        "reference": payment.reference,
        "status": payment.status,
        "approved": payment.authorized > 0,
        "balances": payment.balances(),
        "metadata": payment.metadata,
        "_links": links(account, payment),
    }
    return {name: value for name, value in shown.items() if value is not None}


def answer(account: Account, payment: Payment, status: str) -> tuple[int, Object]:
    """The answer to a request for a payment.

    :param status: as it was before what follows by itself.
    """
    common: Object = {"id": payment.id, "status": status, "_links": links(account, payment)}
    if payment.reference is not None:
        common["reference"] = payment.reference
    if status == "Pending":
        return 202, {**common, "3ds": {"downgraded": False, "enrolled": "Y"}}
    action = payment.actions[-1]
    return 201, {
        **common,
        "action_id": action["id"],
        "amount": payment.amount,
        "currency": payment.currency,
        "approved": action["approved"],
        "response_code": action["response_code"],
        "response_summary": action["response_summary"],
        "processed_on": action["processed_on"],
        "risk": {"flagged": False},
        "source": payment.source,
        **({"customer": payment.customer} if payment.customer else {}),
    }


def links(account: Account, payment: Payment) -> Object:
    """Where to go on from a payment."""
    own = f"{account.api_url}/payments/{payment.id}"
    found: Object = {"self": {"href": own}, "actions": {"href": f"{own}/actions"}}
    if payment.challenge:
        found["redirect"] = {"href": f"{account.api_url}/3ds/{payment.id}"}
    return found


def event_data(payment: Payment, action: Object | None) -> Object:
    """What an event says: the action's own facts, and the payment's balances."""
    own = {name: value for name, value in (action or {}).items() if name not in ("id", "type", "approved", "metadata")}
    return {
        "amount": payment.amount,
        "reference": payment.reference,
        **own,
        "id": payment.id,
        "action_id": (action or {}).get("id"),
        "currency": payment.currency,
        "balances": payment.balances(),
        "source": payment.source,
        "customer": payment.customer,
        "metadata": {**payment.metadata, **(action or {}).get("metadata", {})},
    }


def _new_action(
    account: Account, payment: Payment, kind: str, amount: int, reference: str | None, metadata: Object
) -> Object:
    action: Object = {"id": new_id("act"), "type": kind, "amount": amount, "processed_on": account.time()}
    if reference is not None:
        action["reference"] = reference
    if metadata:
        action["metadata"] = metadata
    payment.actions.insert(0, action)
    return action


def _finish(action: Object, code: str, summary: str) -> None:
    action.update(approved=code.startswith("10"), response_code=code, response_summary=summary)


def _accept(account: Account, payment: Payment, action: Object) -> Object:
    settle_unless_held(account, payment)
    payment_link = {"payment": {"href": f"{account.api_url}/payments/{payment.id}"}}
    # The specification wants two links, and names no other that a card payment has.
    accepted = {"action_id": action["id"], "_links": {**payment_link, "self": payment_link["payment"]}}
    return {**accepted, "reference": action["reference"]} if "reference" in action else accepted
