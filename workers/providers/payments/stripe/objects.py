"""Stripe's objects in Wasl's words: payment intents, checkout sessions, charges, refunds, disputes and payouts.

Pure functions over decoded JSON. Facts from https://docs.stripe.com/api (payment_intents, checkout/sessions, charges,
refunds, disputes, payouts), https://docs.stripe.com/declines/codes and https://docs.stripe.com/currencies .
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from workers.providers.money import CURRENCY_DECIMALS, Money
from workers.providers.payments.models import (
    Decline,
    DeclineReason,
    DisputeResult,
    NextAction,
    PaymentMethodType,
    PaymentPage,
    PaymentResult,
    PaymentStatus,
    PayoutResult,
    PayoutStatus,
    RefundResult,
    RefundStatus,
    SavedMethod,
)

CUSTOMER: Final = "customer"
"""The name of the customer's id in `SavedMethod.provider_data`: a saved payment method only works together with it."""
# Where Stripe's minor units differ from ISO 4217: ISK and UGX are still sent with two decimals, MGA with none.
STRIPE_DECIMALS: Final[Mapping[str, int]] = {**CURRENCY_DECIMALS, "ISK": 2, "UGX": 2, "MGA": 0}

PAYMENT_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "requires_payment_method": PaymentStatus.CREATED,
    "requires_confirmation": PaymentStatus.CREATED,
    "requires_action": PaymentStatus.REQUIRES_ACTION,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.AUTHORIZED,
    "succeeded": PaymentStatus.CAPTURED,
    "canceled": PaymentStatus.CANCELLED,
}
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELLED,
}
PAYOUT_STATUSES: Final[Mapping[str, PayoutStatus]] = {
    "pending": PayoutStatus.PENDING,
    "in_transit": PayoutStatus.IN_TRANSIT,
    "paid": PayoutStatus.PAID,
    "failed": PayoutStatus.FAILED,
    "canceled": PayoutStatus.CANCELLED,
}
_WALLETS: Final[Mapping[str, PaymentMethodType]] = {
    "apple_pay": PaymentMethodType.APPLE_PAY,
    "google_pay": PaymentMethodType.GOOGLE_PAY,
    "samsung_pay": PaymentMethodType.SAMSUNG_PAY,
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Cancellations that nobody asked for: the authorization ran out.
_RAN_OUT: Final = frozenset({"automatic", "expired"})

_DECLINE_CODES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.INSUFFICIENT_FUNDS: "insufficient_funds",
    DeclineReason.LIMIT_EXCEEDED: "card_velocity_exceeded withdrawal_count_limit_exceeded",
    DeclineReason.CARD_EXPIRED: "expired_card",
    DeclineReason.INCORRECT_CVC: "incorrect_cvc invalid_cvc",
    DeclineReason.INVALID_CARD: (
        "incorrect_number invalid_number invalid_expiry_month invalid_expiry_year invalid_account "
        "new_account_information_available invalid_amount testmode_decline live_mode_test_card"
    ),
    DeclineReason.CARD_BLOCKED: "lost_card stolen_card pickup_card restricted_card",
    DeclineReason.AUTHENTICATION_REQUIRED: "authentication_required authentication_not_handled",
    DeclineReason.AUTHENTICATION_FAILED: (
        "payment_intent_authentication_failure incorrect_pin invalid_pin pin_try_exceeded incorrect_zip "
        "incorrect_address offline_pin_required online_or_offline_pin_required"
    ),
    DeclineReason.SUSPECTED_FRAUD: "fraudulent merchant_blacklist security_violation highest_risk_level",
    DeclineReason.NOT_PERMITTED: (
        "card_not_supported transaction_not_allowed service_not_allowed not_permitted stop_payment_order "
        "revocation_of_authorization revocation_of_all_authorizations no_action_taken"
    ),
    DeclineReason.CURRENCY_NOT_SUPPORTED: "currency_not_supported",
    DeclineReason.DUPLICATE: "duplicate_transaction",
    DeclineReason.ISSUER_UNAVAILABLE: "issuer_not_available try_again_later reenter_transaction",
    DeclineReason.PROCESSING_ERROR: "processing_error approve_with_id",
    DeclineReason.DO_NOT_HONOR: "do_not_honor do_not_try_again call_issuer generic_decline card_declined",
}
DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    code: reason for reason, codes in _DECLINE_CODES.items() for code in codes.split()
}


def money(minor_units: int, currency: str) -> Money:
    """An amount in Stripe's minor units."""
    return Money.from_minor(minor_units, currency, STRIPE_DECIMALS.get(currency.upper()))


def minor_units(amount: Money) -> int:
    """An amount as Stripe wants it; ValueError where Stripe cannot take it exactly."""
    units = amount.to_minor(STRIPE_DECIMALS[amount.currency])
    if amount.decimals == 3 and units % 10:
        raise ValueError(f"Stripe takes {amount.currency} only in steps of 0.010")
    return units


def moment(seconds: float) -> datetime:
    """A time in Stripe's seconds since 1970; ArithmeticError for one that no calendar has."""
    return _EPOCH + timedelta(seconds=seconds)


def decline_reason(code: str | None) -> DeclineReason:
    """Wasl's reason for a decline code."""
    return DECLINE_REASONS.get(code or "", DeclineReason.OTHER)


def payment_from_intent(intent: Mapping[str, Any]) -> PaymentResult:
    """A payment intent, with its latest charge when that is expanded."""
    charge = intent.get("latest_charge")
    expanded = charge if isinstance(charge, Mapping) else None
    asked, nothing = money(intent["amount"], intent["currency"]), money(0, intent["currency"]).amount
    received = _amount(intent, "amount_received")
    refunded = _refunded(expanded, asked.amount, received, intent["currency"])
    reserved = intent["status"] in ("requires_capture", "succeeded")
    return PaymentResult(
        provider_payment_id=intent["id"],
        payment_id=our_id(intent, "wasl_payment_id"),
        status=_intent_status(intent, asked.amount if received is None else received, refunded),
        provider_status=intent["status"],
        money=asked,
        amount_authorized=asked.amount if reserved else nothing,
        amount_captured=received,
        amount_refunded=refunded,
        client_secret=intent.get("client_secret"),
        next_action=_next_action(intent.get("next_action")),
        decline=_decline(intent.get("last_payment_error")),
        refunds=_refund_ids(expanded),
        saved_method=_saved_method(intent, expanded) if reserved else None,
        fee=_fee(expanded),
        created_at=_time(intent.get("created")),
        provider_data=_charge_id(charge),
    )


def _intent_status(intent: Mapping[str, Any], received: Decimal, refunded: Decimal | None) -> PaymentStatus:
    # A status that did not exist when this was written: something is going on, and nothing is certain.
    status = PAYMENT_STATUSES.get(intent["status"], PaymentStatus.PROCESSING)
    if intent["status"] == "requires_payment_method" and intent.get("last_payment_error"):
        return PaymentStatus.FAILED
    if status is PaymentStatus.CANCELLED and intent.get("cancellation_reason") in _RAN_OUT:
        return PaymentStatus.EXPIRED
    return _after_refunds(received, refunded) if status is PaymentStatus.CAPTURED else status


def _after_refunds(captured: Decimal, refunded: Decimal | None) -> PaymentStatus:
    if not refunded:
        return PaymentStatus.CAPTURED
    return PaymentStatus.REFUNDED if refunded >= captured else PaymentStatus.PARTIALLY_REFUNDED


def _refunded(
    charge: Mapping[str, Any] | None, asked: Decimal, captured: Decimal | None, currency: str
) -> Decimal | None:
    """What was given back of what was captured; None when only the charge could tell.

    Stripe counts the rest that a partial capture released as refunded, too: capturing 203.00 of 206.75 shows 3.75 in
    ``amount_refunded`` (seen in woocommerce/woocommerce-gateway-stripe issue 1073).
    """
    nothing = money(0, currency).amount
    if captured == nothing:
        return nothing
    if charge is None:
        return None
    shown = money(charge.get("amount_refunded") or 0, currency).amount
    return max(shown - (asked - (asked if captured is None else captured)), nothing)


def _saved_method(intent: Mapping[str, Any], charge: Mapping[str, Any] | None) -> SavedMethod | None:
    """What Stripe keeps of a payment method that was to be saved. A kind that has no name here, such as Link, is none
    that Wasl can tell of; without the charge, as in an event, only its id is known."""
    customer, token = _id_of(intent.get("customer")), _id_of(intent.get("payment_method"))
    details = (charge or {}).get("payment_method_details") or {}
    if intent.get("setup_future_usage") != "off_session" or not customer or not token:
        return None
    if details.get("type", "card") != "card":
        return None
    card = details.get("card") or {}
    return SavedMethod(
        token=token,
        type=_WALLETS.get((card.get("wallet") or {}).get("type") or "", PaymentMethodType.CARD),
        brand=card.get("brand"),
        last_four=card.get("last4"),
        expires=f"{card['exp_year']:04d}-{card['exp_month']:02d}" if card.get("exp_year") else None,
        provider_data={CUSTOMER: customer},
    )


def _fee(charge: Mapping[str, Any] | None) -> Decimal | None:
    """Stripe's fee, told only where the balance transaction is expanded, and only in the currency of settlement."""
    booked = (charge or {}).get("balance_transaction")
    if charge is None or not isinstance(booked, Mapping) or booked.get("currency") != charge["currency"]:
        return None
    return money(booked["fee"], booked["currency"]).amount


def ids_and_metadata(page: Mapping[str, Any]) -> tuple[list[tuple[str, Mapping[str, str]]], bool]:
    """What is needed of a page of a list to find an object of ours in it, and whether there are more."""
    return [(item["id"], dict(item.get("metadata") or {})) for item in page["data"]], bool(page["has_more"])


def payments_from_list(page: Mapping[str, Any]) -> PaymentPage:
    """A page of a list of payment intents."""
    payments = tuple(payment_from_intent(intent) for intent in page["data"])
    more = page["has_more"] and payments
    return PaymentPage(payments=payments, next_cursor=payments[-1].provider_payment_id if more else None)


def payment_from_session(session: Mapping[str, Any]) -> PaymentResult:
    """A checkout session, with its payment intent when that is expanded."""
    intent = session.get("payment_intent")
    if isinstance(intent, Mapping) and session.get("status") != "open":
        paid = payment_from_intent(intent)
        return paid.model_copy(update={"provider_session_id": session["id"]})
    expanded = intent if isinstance(intent, Mapping) else None
    asked = money(session["amount_total"], session["currency"])
    status = _session_status(session)
    url = session.get("url") if status is PaymentStatus.REQUIRES_ACTION else None
    return PaymentResult(
        provider_payment_id=(expanded["id"] if expanded else intent) or session["id"],
        provider_session_id=session["id"],
        payment_id=our_id(session, "wasl_payment_id"),
        status=status,
        provider_status=f"{session.get('status')}/{session.get('payment_status')}",
        money=asked,
        amount_captured=asked.amount if status is PaymentStatus.CAPTURED else None,
        checkout_url=url,
        next_action=NextAction(type="redirect", url=url) if url else None,
        decline=_decline(expanded.get("last_payment_error")) if expanded else None,
        created_at=_time(session.get("created")),
    )


def _session_status(session: Mapping[str, Any]) -> PaymentStatus:
    if session.get("status") == "open":
        return PaymentStatus.REQUIRES_ACTION
    if session.get("status") == "expired":
        return PaymentStatus.EXPIRED
    # Complete but unpaid: a delayed method still on its way, or an authorization waiting for its capture.
    return PaymentStatus.CAPTURED if session.get("payment_status") == "paid" else PaymentStatus.PROCESSING


def payment_from_charge(charge: Mapping[str, Any]) -> PaymentResult:
    """A charge, which is one attempt of a payment intent."""
    currency = charge["currency"]
    asked = money(charge["amount"], currency)
    captured = _amount(charge, "amount_captured")
    refunded = _refunded(charge, asked.amount, captured, currency)
    return PaymentResult(
        provider_payment_id=charge.get("payment_intent") or charge["id"],
        payment_id=our_id(charge, "wasl_payment_id"),
        status=_charge_status(charge, asked.amount if captured is None else captured, refunded),
        provider_status=charge["status"],
        money=asked,
        amount_authorized=asked.amount if charge["status"] == "succeeded" else None,
        amount_captured=captured,
        amount_refunded=refunded,
        decline=_charge_decline(charge),
        refunds=_refund_ids(charge),
        fee=_fee(charge),
        created_at=_time(charge.get("created")),
        provider_data=_charge_id(charge["id"]),
    )


def _charge_status(charge: Mapping[str, Any], captured: Decimal, refunded: Decimal | None) -> PaymentStatus:
    if charge["status"] == "failed":
        return PaymentStatus.FAILED
    if charge["status"] != "succeeded":
        return PaymentStatus.PROCESSING
    if charge.get("captured"):
        return _after_refunds(captured, refunded)
    # Releasing an authorization shows as a refund of a charge that was never captured.
    return PaymentStatus.CANCELLED if charge.get("refunded") else PaymentStatus.AUTHORIZED


def _charge_decline(charge: Mapping[str, Any]) -> Decline | None:
    if charge["status"] != "failed":
        return None
    outcome = charge.get("outcome") or {}
    code = outcome.get("reason") or charge.get("failure_code")
    return Decline(reason=decline_reason(code), code=code, message=charge.get("failure_message"))


def refund_from_object(refund: Mapping[str, Any]) -> RefundResult:
    """A refund."""
    status = refund.get("status") or "pending"
    return RefundResult(
        provider_refund_id=refund["id"],
        provider_payment_id=_id_of(refund.get("payment_intent")) or _id_of(refund.get("charge")),
        refund_id=our_id(refund, "wasl_refund_id"),
        payment_id=our_id(refund, "wasl_payment_id"),
        status=REFUND_STATUSES.get(status, RefundStatus.PENDING),
        provider_status=status,
        money=money(refund["amount"], refund["currency"]),
        failure_reason=refund.get("failure_reason"),
        created_at=_time(refund.get("created")),
        provider_data=_charge_id(refund.get("charge")),
    )


def is_release(refund: Mapping[str, Any]) -> bool:
    """Whether this "refund" only released what a partial capture left over: it never touched the balance."""
    return (
        refund.get("status") == "succeeded"
        and refund.get("balance_transaction") is None
        and our_id(refund, "wasl_refund_id") is None
    )


def dispute_from_object(dispute: Mapping[str, Any]) -> DisputeResult:
    """A dispute."""
    return DisputeResult(
        provider_dispute_id=dispute["id"],
        provider_payment_id=_id_of(dispute.get("payment_intent")) or _id_of(dispute.get("charge")),
        provider_status=dispute["status"],
        reason=dispute.get("reason"),
        money=money(dispute["amount"], dispute["currency"]),
        evidence_due_by=_time((dispute.get("evidence_details") or {}).get("due_by")),
    )


def payout_from_object(payout: Mapping[str, Any]) -> PayoutResult:
    """A payout to the merchant's bank account. A status that is not known says that it is still on its way."""
    arrives_at = _time(payout.get("arrival_date"))
    return PayoutResult(
        provider_payout_id=payout["id"],
        status=PAYOUT_STATUSES.get(payout["status"], PayoutStatus.PENDING),
        provider_status=payout["status"],
        money=money(payout["amount"], payout["currency"]),
        arrives_on=arrives_at.date() if arrives_at else None,
        failure_reason=payout.get("failure_code"),
    )


# Small parts.


def our_id(holder: Mapping[str, Any], name: str) -> UUID | None:
    """Wasl's id from metadata; anything else there, such as a merchant's own text, is no id."""
    try:
        return UUID((holder.get("metadata") or {}).get(name) or "")
    except (ValueError, TypeError, AttributeError):
        return None


def _amount(holder: Mapping[str, Any], name: str) -> Decimal | None:
    """An amount that an answer may leave out."""
    units = holder.get(name)
    return None if units is None else money(units, holder["currency"]).amount


def _id_of(reference: Any) -> str | None:
    """The id of an object that may be expanded."""
    found = reference.get("id") if isinstance(reference, Mapping) else reference
    return found if isinstance(found, str) else None


def _charge_id(charge: Any) -> dict[str, str]:
    found = _id_of(charge)
    return {"charge": found} if found else {}


def _refund_ids(charge: Mapping[str, Any] | None) -> tuple[str, ...]:
    listed = ((charge or {}).get("refunds") or {}).get("data") or ()
    return tuple(refund["id"] for refund in listed if not is_release(refund))


def _next_action(action: Mapping[str, Any] | None) -> NextAction | None:
    if not action:
        return None
    if action.get("type") == "redirect_to_url":
        return NextAction(type="redirect", url=action["redirect_to_url"]["url"])
    return NextAction(type="use_provider_sdk")


def _decline(error: Mapping[str, Any] | None) -> Decline | None:
    if not error:
        return None
    code = error.get("decline_code") or error.get("code")
    return Decline(reason=decline_reason(code), code=code, message=error.get("message"))


def _time(seconds: int | None) -> datetime | None:
    return moment(seconds) if seconds is not None else None
