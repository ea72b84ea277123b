"""Google's refusals.

The Data API: ``{"error": {"code", "message", "status", "details": [{"reason"}]}}`` (google.rpc.Status as JSON). The
token endpoint: ``{"error", "error_description"}`` (RFC 6749). Texts of quotas and of the token endpoint as public
integrations recorded them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

EXHAUSTED: Final = "RESOURCE_EXHAUSTED"
_QUOTA_REASONS: Final = frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "quotaExceeded"})
_SECONDS: Final = (
    (re.compile(r"15 minutes"), 900.0),
    (re.compile(r"per minute"), 60.0),
    (re.compile(r"concurrent", re.IGNORECASE), 10.0),
)
_A_DAY: Final = re.compile(r"per day|24 hours|tomorrow", re.IGNORECASE)
_DAYS_BEGIN_AT: Final = 8
"""Quotas of a day come back at midnight in California (UTC-8, in summer an hour sooner)."""
_FIELD: Final = re.compile(r"valid (dimension|metric)\b")
_WORTH_TELLING_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error's body says.

    :param status: Google's name of the kind of error, such as ``PERMISSION_DENIED``. :param reason: a finer one.
    :param is_token: whether the token endpoint speaks.
    """

    message: str
    status: str | None
    reason: str | None
    is_token: bool = False

    @property
    def is_quota(self) -> bool:
        """Whether a quota is used up, whatever the HTTP status."""
        return self.status == EXHAUSTED or self.reason in _QUOTA_REASONS

    @property
    def field(self) -> str | None:
        """Our input field that is at fault, where Google's words tell."""
        named = _FIELD.search(self.message)
        return f"{named[1]}s" if named else None


def read_fault(body: Any, http_status: int) -> Fault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return Fault(_text(body.get("error_description")) or error, error, None, is_token=True)
    fields = error if isinstance(error, dict) else {}
    lists = [fields.get(name) for name in ("details", "errors")]
    details = [each for found in lists if isinstance(found, list) for each in found if isinstance(each, dict)]
    reason = next((text for each in details if (text := _text(each.get("reason")))), None)
    message = _text(fields.get("message")) or f"Google answered {http_status}"
    return Fault(message.strip(), _text(fields.get("status")), reason)


def wait_seconds(message: str, now: datetime) -> float:
    """How long until a quota is there again, by what is said of it; most are counted by the hour."""
    said = next((seconds for words, seconds in _SECONDS if words.search(message)), None)
    if said is not None:
        return said
    if _A_DAY.search(message):
        begins = now.astimezone(UTC).replace(hour=_DAYS_BEGIN_AT, minute=0, second=0, microsecond=0)
        return (begins + timedelta(days=0 if begins > now else 1) - now).total_seconds()
    return 3600.0 - (now.minute * 60 + now.second + now.microsecond / 1e6)


def denied(fault: Fault, email: str, property_id: str | None) -> str:
    """What a 403 means, and what to do about it."""
    if fault.reason == "SERVICE_DISABLED" or "has not been used in project" in fault.message:
        return f"{fault.message} Enable the Google Analytics Data API in the project of {email}"
    if fault.reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
        return f"{fault.message} The scope analytics.readonly is missing"
    return f"{fault.message} Add {email} as a viewer of property {property_id} (Admin > Property access management)"


def token_refusal(fault: Fault, date_header: str | None, now: datetime) -> str:
    """Why the token endpoint refuses a service account, and what to do about it."""
    message = fault.message.rstrip(".")
    if "iat and exp" in message or "timeframe" in message:
        return f"{message}. {_skew(date_header, now)}"
    if "Signature" in message:
        return f"{message}. The key was deleted or is another account's: make a new one, and paste all of its file"
    if "account not found" in message:
        return f"{message}. The service account was deleted"
    return f"Google gives no token: {message}"


def _skew(date_header: str | None, now: datetime) -> str:
    try:
        ahead = (now - parsedate_to_datetime(date_header or "")).total_seconds()
    except (ValueError, TypeError):
        ahead = 0.0
    if abs(ahead) < _WORTH_TELLING_SECONDS:
        return "This machine's clock was wrong when it signed: keep it set by NTP"
    direction = "ahead of" if ahead > 0 else "behind"
    return f"This machine's clock is {abs(ahead):.0f} seconds {direction} Google's: set it by NTP"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
