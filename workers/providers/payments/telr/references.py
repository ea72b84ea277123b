"""What Wasl's own ids look like at Telr, which has no metadata: in the cart id, and in a refund's description.

A cart id takes 63 characters and has to be unique for each order, so it is Wasl's payment id, with a suffix where an
order is opened anew or the card is to be kept.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from workers.providers.payments.models import PaymentRequest

_CART: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-[0-9]{1,13})?(-keep)?")
_REFUND: Final = re.compile(r"refund ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def cart_id(request: PaymentRequest, anew: int | None = None) -> str:
    """The cart id of a payment. :param anew: a number that tells a later order of the same payment from the first."""
    again = "" if anew is None else f"-{anew}"
    return f"{request.payment_id}{again}{'-keep' if request.save_payment_method else ''}"


def payment_of_cart(cart: object) -> UUID | None:
    """Wasl's id of the payment; None for a cart that Wasl did not make."""
    found = _CART.fullmatch(cart) if isinstance(cart, str) else None
    return UUID(found[1]) if found else None


def keeps_card(cart: object) -> bool:
    """Whether the payer's card was asked to be kept for later."""
    found = _CART.fullmatch(cart) if isinstance(cart, str) else None
    return bool(found and found[2])


def refund_description(refund_id: UUID) -> str:
    """What a refund is described by, so that it can be found again."""
    return f"refund {refund_id}"


def refund_of_description(description: str | None) -> UUID | None:
    """Wasl's id of the refund that a description names."""
    found = _REFUND.search(description or "")
    return UUID(found[1]) if found else None
