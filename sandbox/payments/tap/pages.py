"""What a payer sees: one page for the payment, the bank's authentication included."""

from __future__ import annotations

from html import escape

from sandbox.payments.tap.account import Account, Object
from sandbox.payments.tap.charges import OPEN, finish, good
from sandbox.payments.tap.errors import TapError

CODES = {"empty": "505", "refuse": "503", "cancel": "302", "leave": "301"}
_CHOICES = (
    ("pay", "Pay"),
    ("empty", "Pay with an empty card"),
    ("refuse", "Fail the authentication"),
    ("cancel", "Cancel"),
)


def choose(account: Account, thing: Object, choice: str) -> Object:
    """What the payer does. :param choice: ``pay``, one of `CODES`, or a response code."""
    if thing["status"] not in OPEN:
        raise TapError("1103")
    return finish(account, thing, good(thing) if choice == "pay" else CODES.get(choice, choice))


def payment_page(thing: Object) -> str:
    """The page: what is to be paid, and a button for each way it can go."""
    if thing["status"] not in OPEN:
        return _html(f"<p>{escape(thing['status'])}.</p>")
    buttons = " ".join(f'<button name="choice" value="{value}">{label}</button>' for value, label in _CHOICES)
    amount = escape(f"{thing['amount']} {thing['currency']}")
    return _html(f'<p>{amount}</p><form method="post">{buttons}</form>')


def way_back(thing: Object) -> str | None:
    """Where the payer goes next."""
    url = (thing.get("redirect") or {}).get("url")
    return None if url is None else f"{url}{'&' if '?' in url else '?'}tap_id={thing['id']}"


def _html(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Payment (sandbox)</title></head>'
        f"<body><h1>Payment</h1>{body}</body></html>"
    )
