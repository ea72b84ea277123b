"""iMile's codes in Wasl's words.

iMile answers HTTP 200 whatever it thinks of a call: ``{"code", "message", "data"}``, and only code 200 is a success.
The codes are those of its developer's kit, as an integration lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)

SUCCESS: Final = "200"
DUPLICATE: Final = "30001"
"""There is an order of this number."""
TOKEN_CODES: Final = frozenset({"402", "407", "408"})
"""The token is missing (402, which is said of other missing fields as well), wrong, or too old."""
UNSERVED: Final = frozenset({"40011", "40012"})
"""There is no service, or no city, for the route."""

_KINDS: Final[Mapping[str, type[ProviderError]]] = {
    **dict.fromkeys(("401", "403", "407", "408", "410"), AuthenticationFailed),
    "404": NotSupported,
    "412": RateLimited,
    **dict.fromkeys(("22185", "40018"), NotFound),
}
# Another of the same kind is under way, the server is out of order, or the label could not be made.
_UNCERTAIN: Final = frozenset({"405", "500", "501", "40014", "40015"})
FIELDS: Final[Mapping[str, str]] = {
    DUPLICATE: "shipment_id",
    "30034": "settings.pickup",
    "40011": "recipient.city",
    "40012": "recipient.city",
    "40019": "sender.phone",
    "40021": "sender.city",
    "40022": "sender.area",
    "40023": "recipient.phone",
    "40025": "recipient.city",
    "40026": "recipient.area",
    "40027": "recipient.area",
    "40028": "recipient.area",
    "40029": "contents",
    "40030": "parcels",
    "40031": "parcels",
}
"""Our input field that a code speaks of."""


def code_of(body: Any) -> str:
    """The code of an answer; KeyError, TypeError or ValueError where it has none."""
    code = body["code"]
    if isinstance(code, bool) or not isinstance(code, str | int) or not str(code):
        raise ValueError("not a code")
    return str(code)


def classify(code: str, *, write: bool) -> type[ProviderError]:
    """The kind of error a code is."""
    if code in _UNCERTAIN:
        return OutcomeUnknown if write else Unavailable
    return _KINDS.get(code, InvalidRequest)


def message_of(body: Mapping[str, Any], code: str) -> str:
    """iMile's own words, with the code."""
    said = body.get("message")
    return f"{said} ({code})" if isinstance(said, str) and said else f"iMile answered {code}"
