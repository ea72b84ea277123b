"""What senders are told. A refusal says which kind it is and nothing more: whoever forges learns nothing from it.

`supabase/functions/webhooks` gives the same answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from workers.providers.events import ChallengeAnswer

ALLOWED_METHODS: Final = "POST, GET, HEAD, OPTIONS"

AsgiMessage: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response, as the two ASGI messages that send it."""

    status: int
    start: AsgiMessage
    body: AsgiMessage


def answer(
    status: int, content: bytes, headers: Mapping[str, str] | None = None, *, content_type: str = "application/json"
) -> Answer:
    """Make a response."""
    fields = {"content-type": content_type, "content-length": str(len(content)), **(headers or {})}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    return Answer(
        status,
        {"type": "http.response.start", "status": status, "headers": raw},
        {"type": "http.response.body", "body": content},
    )


def _refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    return answer(status, orjson.dumps({"code": code, "message": message}), headers)


ACCEPTED: Final = answer(200, b'{"status":"accepted"}')
"""It is kept, durably."""
DUPLICATE: Final = answer(200, b'{"status":"duplicate"}')
"""It had been kept before."""
HEALTHY: Final = answer(200, b'{"status":"ok"}')
REACHED: Final = answer(200, b"")
"""For HEAD: there is such an address."""
OPTIONS: Final = Answer(
    204,
    {"type": "http.response.start", "status": 204, "headers": [(b"allow", ALLOWED_METHODS.encode())]},
    {"type": "http.response.body", "body": b""},
)

MALFORMED: Final = _refusal(400, "malformed_payload", "The body is not in the provider's format.")
UNAUTHORIZED: Final = _refusal(401, "signature_refused", "The signature is missing, wrong or too old.")
NOT_ALLOWED: Final = _refusal(403, "address_not_allowed", "Not from this address.")
NOT_FOUND: Final = _refusal(404, "not_found", "Not found.")
METHOD_NOT_ALLOWED: Final = _refusal(405, "method_not_allowed", "Send webhooks with POST.", {"allow": ALLOWED_METHODS})
BODY_INCOMPLETE: Final = _refusal(408, "body_incomplete", "The body did not arrive in time.", {"connection": "close"})
BODY_TOO_LARGE: Final = _refusal(413, "body_too_large", "The body is too large.")
FAILED: Final = _refusal(500, "internal_error", "The webhook was not kept. Send it again.")
UNAVAILABLE: Final = _refusal(503, "unavailable", "The webhook was not kept. Send it again.", {"retry-after": "5"})


def too_fast(wait_seconds: float) -> Answer:
    """The answer to what comes faster than its endpoint takes it.

    :param wait_seconds: when to come again.
    """
    headers = {"retry-after": str(max(1, math.ceil(wait_seconds)))}
    return _refusal(429, "rate_limited", "Too many webhooks. Send it again later.", headers)


def challenge(given: ChallengeAnswer) -> Answer:
    """The answer to a provider that checks the address first."""
    return answer(given.status, given.body, content_type=given.content_type)
