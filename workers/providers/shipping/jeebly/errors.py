"""Jeebly's refusals in Wasl's words.

``{"success": "false", "message": …}`` with status 200 or 400. There are no codes; the messages are those that public
clients have met.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, ProviderError, error_class

ALREADY_CANCELLED: Final = re.compile(r"already cancel", re.IGNORECASE)
NO_SHIPMENT: Final = re.compile(r"shipment number", re.IGNORECASE)
_WRONG_KEYS: Final = re.compile(r"api token|customer key|api key", re.IGNORECASE)
_FIELDS: Final[Sequence[tuple[str, str]]] = (
    ("same day", "service"),
    ("delivery type", "service"),
    ("delivery_type", "service"),
    ("load type", "contents"),
    ("load_type", "contents"),
    ("cod", "cash_on_delivery"),
    ("sunday", "ships_at"),
    ("pickup", "ships_at"),
    ("weight", "parcels"),
    ("pieces", "parcels"),
    ("destination", "recipient"),
    ("origin", "sender"),
)


def succeeded(body: Any) -> bool:
    """Whether an answer says that it worked; ValueError when it does not say."""
    said = str(body["success"]).lower()
    if said not in ("true", "false"):
        raise ValueError("neither success nor failure")
    return said == "true"


def names_shipment(body: Any) -> bool:
    """Whether an answer has a shipment's number, whatever else it says."""
    return isinstance(body, dict) and bool(body.get("AWB No"))


def message_of(body: Any, status: int) -> str:
    """What Jeebly says."""
    said = body.get("message") if isinstance(body, dict) else None
    return f"Jeebly: {said}" if isinstance(said, str) and said.strip() else f"Jeebly answered {status}"


def classify(message: str, status: int, *, write: bool) -> type[ProviderError]:
    """The kind of error. :param status: the answer's, 200 included."""
    if status >= 500 or status in (408, 429):
        return error_class(status, write=write)
    if NO_SHIPMENT.search(message):
        return NotFound
    if _WRONG_KEYS.search(message):
        return AuthenticationFailed
    return InvalidRequest if status < 400 else error_class(status, write=write)


def field_of(message: str) -> str | None:
    """The input field that a message is about, where it can be told."""
    words = message.casefold()
    return next((field for word, field in _FIELDS if word in words), None)
