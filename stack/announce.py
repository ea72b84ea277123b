"""What `make up` prints once everything runs."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from stack.stack import Stack

DEMO_FILE = "demo.json"
"""Written into the state directory by `wasl seed-demo`: {"email": ..., "password": ..., "organization": ...}."""

TRY_NEXT = (
    ("make demo", "a payment and a parcel, all the way through, on a stack of its own"),
    ("make down", "stop from another terminal; `make reset` also deletes the data"),
)


FIRST_PAYMENT = """\
.venv/bin/python - <<'END'
from wasl import Wasl
with Wasl("{url}", "{publishable_key}") as hub:
    hub.sign_in("{email}", "{password}")
    payment = hub.payments.create(
        amount="99.00", currency="AED", reference="order-1", payment_method="pm_card_visa", wait=10)
    print(payment.status, payment.amount_captured, payment.currency)
END
"""


def announce(stack: Stack, console: Console) -> None:
    """Print the address, the demo login, the keys and what to try next."""
    demo = _demo(stack.directory)
    facts = {
        "Wasl runs at": f"[bold cyan]{stack.url}[/bold cyan]",
        "Demo login": f"{demo['email']} / {demo['password']}" if demo else None,
        "Publishable key": stack.publishable_key,
        "Secret key": stack.secret_key,
        "Database": stack.database_url,
        "Logs": escape(str(stack.directory / "logs")),
    }
    console.print()
    for name, value in facts.items():
        if value:
            console.print(f"[bold]{name:<16}[/bold] {value}", highlight=False, soft_wrap=True)
    console.print()
    if demo:
        login = {"email": demo["email"], "password": demo["password"]}
        console.print("Take a payment: paste this into another terminal here.", highlight=False)
        print(FIRST_PAYMENT.format(url=stack.url, publishable_key=stack.publishable_key, **login))
    for command, meaning in TRY_NEXT:
        console.print(f"  [cyan]{command}[/cyan]  {meaning}", highlight=False)
    console.print("\nCtrl-C stops everything; the data stays.", highlight=False)


def _demo(directory: Path) -> dict[str, Any] | None:
    path = directory / DEMO_FILE
    if not path.exists():
        return None
    demo: dict[str, Any] = json.loads(path.read_text())
    return demo
