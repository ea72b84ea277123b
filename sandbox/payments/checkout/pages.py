"""Hosted payment pages, and what a payer sees."""

from __future__ import annotations

from html import escape
from typing import Any

from sandbox.payments.checkout.account import Account, Object, Payment, new_id
from sandbox.payments.checkout.bodies import read_page
from sandbox.payments.checkout.errors import CheckoutError
from sandbox.payments.checkout.payments import request_payment

CARDS = {
    "pay": "tok_approved000000000000000000",
    "empty": "tok_declined20051aaaaaaaaaaaaa",
}


def create_page(account: Account, body: Any) -> Object:
    """POST /hosted-payments"""
    request = read_page(body)
    page_id = new_id("hpp")
    links = {
        "self": {"href": f"{account.api_url}/hosted-payments/{page_id}"},
        "redirect": {"href": f"{account.api_url}/page/{page_id}"},
    }
    account.page_requests[page_id] = request
    shown = ("reference", "amount", "currency", "billing", "description", "customer", "metadata", "products")
    urls = ("success_url", "cancel_url", "failure_url")
    account.pages[page_id] = {
        "id": page_id,
        "status": "Payment Pending",
        **{name: request[name] for name in (*shown, *urls) if request[name] is not None},
        "_links": links,
    }
    answer: Object = {"id": page_id, "_links": links, "warnings": []}
    return {**answer, "reference": request["reference"]} if request["reference"] else answer


def pay(account: Account, page: Object, token: str) -> Payment:
    """The payer pays on the page; after a decline it can be tried again."""
    if page["status"] != "Payment Pending":
        raise CheckoutError(422, "page_invalid")
    # The page itself leads the payer through 3-D Secure.
    used = CARDS["pay"] if token[4:].startswith("challenge") else token
    payment = request_payment(account, account.page_requests[page["id"]], used, page["id"])
    page["payment_id"] = payment.id
    if payment.status != "Declined":
        page["status"] = "Payment Received"
    return payment


def expire(page: Object) -> None:
    """Nobody paid in time."""
    if page["status"] != "Payment Pending":
        raise CheckoutError(422, "page_invalid")
    page["status"] = "Expired"


def payment_page(page: Object) -> str:
    """The hosted page: what is to be paid, and a button for each way it can go."""
    if page["status"] != "Payment Pending":
        return _html("Payment", f"<p>{escape(page['status'])}.</p>")
    amount = f"{page['amount']} minor units of {page['currency']}"
    choices = (("pay", "Pay"), ("empty", "Pay with an empty card"), ("cancel", "Go back"))
    return _html("Payment", f"<p>{escape(amount)}</p>{_buttons('choice', choices)}")


def authentication_page(payment: Payment) -> str:
    """The bank's page of 3-D Secure."""
    choices = (("succeed", "Authenticate"), ("fail", "Refuse"))
    return _html("3-D Secure", f"<p>{escape(payment.id)}</p>{_buttons('outcome', choices)}")


def _buttons(name: str, choices: tuple[tuple[str, str], ...]) -> str:
    buttons = " ".join(f'<button name="{name}" value="{value}">{label}</button>' for value, label in choices)
    return f'<form method="post">{buttons}</form>'


def _html(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} (sandbox)</title></head>'
        f"<body><h1>{title}</h1>{body}</body></html>"
    )
