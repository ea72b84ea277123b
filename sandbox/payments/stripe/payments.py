"""Payment intents, their charges and refunds: what Stripe does with money, without any."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass

from sandbox.payments.stripe.account import Account, Object, new_charge, new_id, new_intent, new_refund
from sandbox.payments.stripe.disputes import open_dispute
from sandbox.payments.stripe.errors import StripeError, missing
from sandbox.payments.stripe.params import Params
from sandbox.payments.stripe.saved import check_customer, keep, original_of, read_shipping

MINIMUMS = {"aed": 200, "eur": 50, "gbp": 30, "inr": 50, "jpy": 50, "usd": 50}
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
CURRENCIES = THREE_DECIMALS | MINIMUMS.keys() | {"egp", "qar", "sar", "chf", "cny", "isk", "ugx", "mga", "pkr"}
FUTURE_USAGES = ("on_session", "off_session")
CAPTURE_METHODS = ("automatic", "automatic_async", "manual")
CANCELLATION_REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")
REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")
CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What paying with a test payment method comes to.

    :param decline: error code and decline code, when it is declined.
    """

    decline: tuple[str, str | None] | None = None
    authenticate: bool = False
    delayed: bool = False
    disputed: str | None = None
    refund_status: str = "succeeded"


def _declined(decline_code: str, code: str = "card_declined") -> Outcome:
    return Outcome(decline=(code, decline_code))


OUTCOMES = {
    "pm_card_visa": Outcome(),
    "pm_card_visa_debit": Outcome(),
    "pm_card_mastercard": Outcome(),
    "pm_card_amex": Outcome(),
    "pm_card_ae": Outcome(),
    "pm_card_visa_chargeDeclined": _declined("generic_decline"),
    "pm_card_chargeDeclined": _declined("generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": _declined("insufficient_funds"),
    "pm_card_chargeDeclinedInsufficientFunds": _declined("insufficient_funds"),
    "pm_card_visa_chargeDeclinedLostCard": _declined("lost_card"),
    "pm_card_visa_chargeDeclinedStolenCard": _declined("stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": Outcome(decline=("expired_card", None)),
    "pm_card_chargeDeclinedIncorrectCvc": Outcome(decline=("incorrect_cvc", None)),
    "pm_card_chargeDeclinedProcessingError": Outcome(decline=("processing_error", None)),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": _declined("card_velocity_exceeded"),
    "pm_card_chargeDeclinedFraudulent": _declined("fraudulent"),
    "pm_card_authenticationRequired": Outcome(authenticate=True),
    "pm_card_threeDSecure2Required": Outcome(authenticate=True),
    "pm_card_threeDSecureRequired": Outcome(authenticate=True),
    "pm_usBankAccount_success": Outcome(delayed=True),
    "pm_card_createDispute": Outcome(disputed="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Outcome(disputed="product_not_received"),
    "pm_card_pendingRefund": Outcome(refund_status="pending"),
    "pm_card_refundFail": Outcome(),
}
"""By test payment method; see https://docs.stripe.com/testing ."""


def create_intent(account: Account, params: Params) -> Object:
    """POST /v1/payment_intents"""
    amount, currency = read_amount(params, "amount"), read_currency(params)
    method = params.text("capture_method", choices=CAPTURE_METHODS) or "automatic_async"
    automatic = params.child("automatic_payment_methods")
    enabled, redirects = automatic.boolean("enabled"), automatic.text("allow_redirects", choices=("always", "never"))
    # An explicit list stands in place of what the account offers, and cards never redirect.
    may_redirect = redirects != "never" and "payment_method_types" not in params
    confirm, payment_method = params.boolean("confirm"), params.text("payment_method")
    return_url = params.text("return_url")
    customer = params.text("customer")
    details = {
        "description": params.text("description"),
        "receipt_email": params.text("receipt_email"),
        "statement_descriptor_suffix": params.text("statement_descriptor_suffix", max_chars=22),
        "metadata": params.metadata(),
        "customer": customer,
        "setup_future_usage": params.text("setup_future_usage", choices=FUTURE_USAGES),
        "shipping": read_shipping(params.child("shipping")),
        "payment_method_types": read_types(params),
    }
    off_session = params.boolean("off_session")
    params.done()
    check_amount(amount, currency)
    check_customer(account, customer)
    if payment_method is not None:
        _outcome(account, payment_method, customer)
    if off_session and (not confirm or details["setup_future_usage"]):
        message = "off_session needs confirm=true, and cannot be used together with setup_future_usage."
        raise StripeError(400, message, param="off_session")
    if confirm and payment_method is None:
        raise StripeError(400, "You cannot confirm without a payment method.", param="payment_method")
    if confirm and may_redirect and return_url is None:
        raise StripeError(400, "A return_url is needed when redirects are allowed.", param="return_url")
    intent = new_intent(account, amount, currency, method)
    intent.update(details)
    if enabled is not None:
        intent["automatic_payment_methods"] = {"enabled": enabled, "allow_redirects": redirects or "always"}
    if payment_method is not None:
        intent.update(payment_method=payment_method, status="requires_confirmation")
    account.emit("payment_intent.created", intent)
    if confirm and payment_method is not None:
        confirm_intent(account, intent, payment_method, return_url, off_session=bool(off_session))
    return intent


def read_types(params: Params) -> list[str]:
    """The kinds of payment methods that are asked for; the twin has cards only."""
    types = params.texts("payment_method_types") or params.texts("allowed_payment_method_types") or ["card"]
    if types != ["card"]:
        message = f"The payment method type provided: {types} is invalid."
        raise StripeError(400, message, param="payment_method_types")
    return types


def _outcome(account: Account, payment_method: str, customer: str | None) -> Outcome:
    original = original_of(account, payment_method, customer)
    if original not in OUTCOMES:
        raise missing("PaymentMethod", payment_method, "payment_method")
    return OUTCOMES[original]


def confirm_intent(
    account: Account, intent: Object, payment_method: str, return_url: str | None, *, off_session: bool = False
) -> None:
    """Try to pay.

    :param off_session: the payer is away, and cannot authenticate.
    :raises StripeError: 402, when it is declined.
    """
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise unexpected_state(intent, "confirm")
    outcome = _outcome(account, payment_method, intent["customer"])
    if outcome.authenticate and off_session:
        outcome = Outcome(decline=("authentication_required", "authentication_required"))
    intent.update(payment_method=payment_method, last_payment_error=None)
    if outcome.authenticate:
        page = f"{account.pages_url}/authenticate/{intent['id']}"
        redirect = {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": page}}
        intent.update(status="requires_action", next_action=redirect)
        account.emit("payment_intent.requires_action", intent)
    elif outcome.delayed:
        new_charge(account, intent, "pending")
        intent["status"] = "processing"
        account.emit("payment_intent.processing", intent)
    else:
        charge_intent(account, intent, outcome)


def authenticate_intent(account: Account, intent: Object, passed: bool) -> None:
    """The payer came back from 3-D Secure."""
    if intent["status"] != "requires_action":
        raise unexpected_state(intent, "authenticate")
    intent["next_action"] = None
    if passed:
        charge_intent(account, intent, Outcome())
        return
    error = {
        "type": "invalid_request_error",
        "code": "payment_intent_authentication_failure",
        "message": "The provided PaymentMethod has failed authentication.",
    }
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
    account.emit("payment_intent.payment_failed", intent)


def settle_intent(account: Account, intent: Object, passed: bool) -> None:
    """A delayed payment came to its end."""
    if intent["status"] != "processing":
        raise unexpected_state(intent, "settle")
    del account.charges[intent["latest_charge"]]
    with suppress(StripeError):  # the payer is long gone; the failure is in the event
        charge_intent(account, intent, Outcome() if passed else _declined("generic_decline"))


def charge_intent(account: Account, intent: Object, outcome: Outcome) -> None:
    """Move the money, or reserve it, or decline."""
    if outcome.decline is not None:
        raise _decline(account, intent, *outcome.decline)
    keep(account, intent, intent["payment_method"])
    charge = new_charge(account, intent, "succeeded")
    if intent["capture_method"] == "manual":
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.amount_capturable_updated", intent)
        return
    _take(charge, intent, intent["amount"])
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)
    if outcome.disputed:
        open_dispute(account, charge, outcome.disputed)


def _take(charge: Object, intent: Object, amount: int) -> None:
    charge.update(captured=True, amount_captured=amount, balance_transaction=new_id("txn_"))
    # What is not captured is released, which Stripe shows as refunded.
    charge["amount_refunded"] = charge["amount"] - amount
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)


def _decline(account: Account, intent: Object, code: str, decline_code: str | None) -> StripeError:
    message = "Your card has insufficient funds." if decline_code == "insufficient_funds" else "Your card was declined."
    charge = new_charge(account, intent, "failed")
    charge.update(failure_code=code, failure_message=message)
    charge["outcome"] = {
        "network_status": "declined_by_network",
        "reason": decline_code or code,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }
    error = {"type": "card_error", "charge": charge["id"], "code": code, "message": message}
    if decline_code:
        error["decline_code"] = decline_code
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
    return StripeError(
        402,
        message,
        kind="card_error",
        code=code,
        decline_code=decline_code,
        payment_intent=deepcopy(intent),
        kept=True,
    )


def capture_intent(account: Account, intent: Object, params: Params) -> Object:
    """POST /v1/payment_intents/{id}/capture"""
    asked = params.integer("amount_to_capture")
    metadata = params.metadata()
    params.done()
    if intent["status"] != "requires_capture":
        raise unexpected_state(intent, "capture")
    amount = intent["amount_capturable"] if asked is None else asked
    if amount < 1 or amount > intent["amount_capturable"]:
        message = "The capture amount must be more than zero and at most the capturable amount."
        raise StripeError(400, message, code="amount_too_large", param="amount_to_capture")
    intent["metadata"].update(metadata)
    charge = account.charges[intent["latest_charge"]]
    released = charge["amount"] - amount
    _take(charge, intent, amount)
    account.emit("charge.captured", charge)
    if released:  # shown as a refund that never touched the balance
        account.emit("refund.created", new_refund(account, charge, released, "succeeded"))
        account.emit("charge.refunded", charge)
    account.emit("payment_intent.succeeded", intent)
    return intent


def cancel_intent(account: Account, intent: Object, params: Params) -> Object:
    """POST /v1/payment_intents/{id}/cancel"""
    reason = params.text("cancellation_reason", choices=CANCELLATION_REASONS)
    params.done()
    give_up(account, intent, reason)
    return intent


def give_up(account: Account, intent: Object, reason: str | None) -> None:
    """Cancel, and release what is reserved."""
    if intent["status"] not in CANCELABLE:
        raise unexpected_state(intent, "cancel")
    reserved = intent["status"] == "requires_capture"
    intent.update(
        status="canceled",
        canceled_at=account.seconds(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    if reserved:
        charge = account.charges[intent["latest_charge"]]
        charge.update(refunded=True, amount_refunded=charge["amount"])
        account.emit("charge.expired" if reason == "automatic" else "charge.refunded", charge)
    account.emit("payment_intent.canceled", intent)


def create_refund(account: Account, params: Params) -> Object:
    """POST /v1/refunds"""
    intent_id, charge_id = params.text("payment_intent"), params.text("charge")
    amount, reason, metadata = (
        params.integer("amount"),
        params.text("reason", choices=REFUND_REASONS),
        params.metadata(),
    )
    params.done()
    if intent_id is None and charge_id is None:
        raise StripeError(400, "One of the following params should be provided: payment_intent or charge.")
    charge = _refundable_charge(account, intent_id, charge_id)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise StripeError(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount is not None and not 1 <= amount <= left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise StripeError(400, message, param="amount")
    used: str = charge["payment_method"]
    status = OUTCOMES.get(account.originals.get(used, used), Outcome()).refund_status
    refund = new_refund(account, charge, left if amount is None else amount, status)
    refund.update(reason=reason, metadata=metadata, balance_transaction=new_id("txn_"))
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge)
    return refund


def _refundable_charge(account: Account, intent_id: str | None, charge_id: str | None) -> Object:
    if intent_id is not None:
        intent = account.payment_intent(intent_id)
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
            raise StripeError(400, message, param="payment_intent")
        charge_id = intent["latest_charge"]
    if charge_id not in account.charges:
        raise missing("charge", charge_id or "", "charge")
    charge = account.charges[charge_id]
    if not charge["captured"]:
        raise StripeError(400, "This charge has not been captured.", param="charge")
    return charge


def finish_refund(account: Account, refund: Object, passed: bool) -> None:
    """The bank took the refund, or sent it back."""
    refund["status"] = "succeeded" if passed else "failed"
    if not passed:
        refund["failure_reason"] = "expired_or_canceled_card"
        charge = account.charges[refund["charge"]]
        charge.update(amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
        account.emit("refund.failed", refund)
    account.emit("refund.updated", refund)
    account.emit("charge.refund.updated", refund)


def read_amount(params: Params, name: str) -> int:
    """A required amount in minor units."""
    amount = params.integer(name)
    if amount is None:
        full = params.name_of(name)
        raise StripeError(400, f"Missing required param: {full}.", code="parameter_missing", param=full)
    if amount < 1:
        full = params.name_of(name)
        raise StripeError(400, "Invalid positive integer", code="parameter_invalid_integer", param=full)
    return amount


def read_currency(params: Params) -> str:
    """A required currency, in lower case."""
    currency = params.required("currency").lower()
    if currency not in CURRENCIES:
        raise StripeError(400, f"Invalid currency: {currency}", param=params.name_of("currency"))
    return currency


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse what Stripe would."""
    if amount < MINIMUMS.get(currency, 1):
        message = f"Amount must be at least {MINIMUMS[currency]} {currency}"
        raise StripeError(400, message, code="amount_too_small", param=param)
    if amount > 99_999_999:
        raise StripeError(400, "Amount must be no more than 999,999.99", code="amount_too_large", param=param)
    if currency in THREE_DECIMALS and amount % 10:
        raise StripeError(400, f"Invalid amount for {currency}: the last digit must be 0", param=param)


def unexpected_state(intent: Object, action: str) -> StripeError:
    """400: this cannot be done to an intent in this state."""
    message = f"You cannot {action} this PaymentIntent because it has a status of {intent['status']}."
    return StripeError(400, message, code="payment_intent_unexpected_state", payment_intent=deepcopy(intent))
