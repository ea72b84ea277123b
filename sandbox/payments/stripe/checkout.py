"""Checkout sessions and the pages a payer sees."""

from __future__ import annotations

from html import escape

from sandbox.payments.stripe.account import Account, Object, new_id, new_intent
from sandbox.payments.stripe.errors import StripeError
from sandbox.payments.stripe.params import Params
from sandbox.payments.stripe.payments import (
    CAPTURE_METHODS,
    FUTURE_USAGES,
    OUTCOMES,
    check_amount,
    confirm_intent,
    read_amount,
    read_currency,
    read_types,
)
from sandbox.payments.stripe.saved import check_customer, new_customer, read_shipping

# Those of Stripe's that a shop in the region may ask for; Arabic is none of them.
LOCALES = ("auto", "en", "en-GB", "fr", "hi-IN", "fil")
LIFETIME_SECONDS = 24 * 3600


def create_session(account: Account, params: Params) -> Object:
    """POST /v1/checkout/sessions"""
    params.required("mode", choices=("payment",))
    success_url, cancel_url = params.required("success_url"), params.text("cancel_url")
    reference, email = params.text("client_reference_id", max_chars=200), params.text("customer_email", max_chars=800)
    customer, creation = params.text("customer"), params.text("customer_creation", choices=("always", "if_required"))
    locale, types = params.text("locale", choices=LOCALES), read_types(params)
    expires_at = params.integer("expires_at") or account.seconds() + LIFETIME_SECONDS
    amount, currency = _read_items(params)
    intent_data = params.child("payment_intent_data")
    details = {
        "capture_method": intent_data.text("capture_method", choices=CAPTURE_METHODS) or "automatic_async",
        "description": intent_data.text("description"),
        "statement_descriptor_suffix": intent_data.text("statement_descriptor_suffix", max_chars=22),
        "metadata": intent_data.metadata(),
        "setup_future_usage": intent_data.text("setup_future_usage", choices=FUTURE_USAGES),
        "shipping": read_shipping(intent_data.child("shipping")),
    }
    metadata = params.metadata()
    params.done()
    check_customer(account, customer)
    if customer and (creation or email):
        raise StripeError(400, "You may only specify one of these parameters: customer, customer_email.")
    check_amount(amount, currency, "line_items[0][price_data][unit_amount]")
    session = _new_session(account, amount, currency, expires_at)
    session.update(
        success_url=success_url,
        cancel_url=cancel_url,
        client_reference_id=reference,
        customer=customer,
        customer_creation=None if customer else creation or "if_required",
        customer_email=email,
        locale=locale,
        metadata=metadata,
        payment_method_types=types,
    )
    account.intent_details[session["id"]] = details
    return session


def _read_items(params: Params) -> tuple[int, str]:
    items = params.children("line_items")
    if not items:
        raise StripeError(400, "Missing required param: line_items.", code="parameter_missing", param="line_items")
    total, currency = 0, ""
    for item in items:
        price = item.child("price_data")
        currency = read_currency(price)
        product = price.child("product_data")
        product.required("name")
        product.texts("images")
        total += read_amount(price, "unit_amount") * (item.integer("quantity") or 1)
    return total, currency


def _new_session(account: Account, amount: int, currency: str, expires_at: int) -> Object:
    object_id = new_id("cs_test_", 58)
    session = {
        "id": object_id,
        "object": "checkout.session",
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "status": None},
        "billing_address_collection": None,
        "consent": None,
        "consent_collection": None,
        "created": account.seconds(),
        "currency": currency,
        "custom_fields": [],
        "custom_text": {"shipping_address": None, "submit": None},
        "customer": None,
        "customer_creation": "if_required",
        "customer_details": None,
        "expires_at": expires_at,
        "invoice": None,
        "livemode": False,
        "locale": None,
        "mode": "payment",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "recovered_from": None,
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"{account.pages_url}/pay/{object_id}",
    }
    account.sessions[object_id] = session
    return session


def complete_session(account: Account, session: Object, payment_method: str) -> Object:
    """The payer pays on the page.

    :raises StripeError: 402 when the card is declined: the session stays open and the payer may try again.
    """
    if session["status"] != "open":
        raise StripeError(400, f"This Checkout Session is {session['status']}.")
    intent = _session_intent(account, session)
    if session["customer_creation"] == "always":
        account_holder = {"email": session["customer_email"], "metadata": {}}
        session["customer"] = session["customer"] or new_customer(account, **account_holder)["id"]
        intent["customer"] = session["customer"]
    outcome = OUTCOMES.get(payment_method)
    # The page itself leads the payer through 3-D Secure.
    confirm_intent(account, intent, "pm_card_visa" if outcome and outcome.authenticate else payment_method, None)
    paid = intent["status"] == "succeeded"
    details = {"email": session["customer_email"], "name": None, "phone": None, "address": None}
    session.update(
        status="complete",
        payment_status="paid" if paid else "unpaid",
        customer_details={**details, "tax_exempt": "none", "tax_ids": []},
        url=None,
    )
    account.emit("checkout.session.completed", session)
    return session


def _session_intent(account: Account, session: Object) -> Object:
    if session["payment_intent"]:
        return account.payment_intent(session["payment_intent"])
    details = account.intent_details[session["id"]]
    intent = new_intent(account, session["amount_total"], session["currency"], details["capture_method"])
    intent.update(details, customer=session["customer"])
    session["payment_intent"] = intent["id"]
    account.emit("payment_intent.created", intent)
    return intent


def settle_session(account: Account, session: Object, intent: Object) -> None:
    """The delayed payment of a completed session came to its end."""
    paid = intent["status"] == "succeeded"
    session["payment_status"] = "paid" if paid else "unpaid"
    account.emit(f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)


def expire_session(account: Account, session: Object) -> Object:
    """POST /v1/checkout/sessions/{id}/expire, or time."""
    if session["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired; this one is {session["status"]}.'
        raise StripeError(400, message)
    session.update(status="expired", url=None)
    account.emit("checkout.session.expired", session)
    return session


def payment_page(session: Object, problem: str | None = None) -> str:
    """The hosted page: what is to be paid, and a button for each way it can go."""
    amount = f"{session['amount_total']} minor units of {session['currency'].upper()}"
    if session["status"] != "open":
        return _page("Checkout", f"<p>This session is {escape(session['status'])}.</p>")
    complaint = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    buttons = "".join(
        f'<button name="payment_method" value="{name}">{label}</button> '
        for name, label in (
            ("pm_card_visa", "Pay"),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", "Pay with an empty card"),
            ("cancel", "Go back"),
        )
    )
    return _page("Checkout", f'<p>{escape(amount)}</p>{complaint}<form method="post">{buttons}</form>')


def authentication_page(intent: Object) -> str:
    """The bank's page of 3-D Secure."""
    buttons = " ".join(
        f'<button name="outcome" value="{value}">{label}</button>'
        for value, label in (("succeed", "Authenticate"), ("fail", "Refuse"))
    )
    return _page("3-D Secure", f'<p>{escape(intent["id"])}</p><form method="post">{buttons}</form>')


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} (sandbox)</title></head>'
        f"<body><h1>{title}</h1>{body}</body></html>"
    )
