"""Meta's refusals in Wasl's words: by their codes, since a limit comes as 400 and a missing permission may as well.

``{"error": {"message", "type", "code", "error_subcode", "error_user_title", "error_user_msg", "is_transient",
"fbtrace_id"}}``; api.instagram.com has ``{"error_type", "code", "error_message"}`` instead. Codes by Meta's pages on
error handling, rate limits and Instagram's error codes (as of June 2026); subcodes of Facebook's as Postiz has met
them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson

from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
    error_class,
)

VERSION_FIELD: Final = "settings.api_version"
BLOCKED_SECONDS: Final = 3600.0
"""Our own guess for blocks of which Meta only says that they pass."""

_UNAUTHORIZED: Final = frozenset({101, 102, 190})
_PERMISSION: Final = frozenset({3, 10, *range(200, 300)})
_THROTTLED: Final = frozenset({4, 9, 17, 32, 341, 613, *range(80000, 80007), 80008})
_BLOCKED: Final = frozenset({368})
_BLOCKED_SUBCODES: Final = frozenset({1390008, 2207042, 2207051})
_RESTRICTED: Final = frozenset({25, 1404078, 1404112, 4854002, 2207050})
"""The account itself may not; only somebody who keeps it can change that. As code or subcode."""
_TRANSIENT: Final = frozenset({-1, 1, 2})
_TRANSIENT_SUBCODES: Final = frozenset({1363047, 1609010, 2207003, 2207008, 2207082})
_NOT_READY: Final = frozenset({9007})
_MISSING: Final = frozenset({(100, 33), (803, None)})
_RETIRED: Final = re.compile(r"deprecated version|unknown path components: /v[0-9]", re.IGNORECASE)
_CLIENT: Final = re.compile(
    r"client secret|validating application|invalid (client|platform app)|appsecret_proof", re.IGNORECASE
)
_FIELDS: Final[Mapping[int, str]] = {
    506: "text",
    9004: "media",
    352: "media",
    36000: "media",
    36001: "media",
    36003: "media",
    36004: "text",
    1366046: "media",
    1366051: "media",
    2207004: "media",
    2207005: "media",
    2207009: "media",
    2207010: "text",
    2207026: "media",
    2207028: "media",
    2207052: "media",
    1609005: "link",
    1609008: "link",
    2061006: "link",
}
_SESSIONS: Final[Mapping[int, str]] = {
    458: "the app was removed from the login",
    459: "the login needs a check on facebook.com",
    460: "the password was changed",
    463: "the access has run out",
    464: "the login needs a check on facebook.com",
    467: "the access was taken back",
}


@dataclass(frozen=True, slots=True)
class GraphFault:
    """What an error's body says. :param trace_id: Meta's id of the request, for its support."""

    message: str
    code: int | None = None
    subcode: int | None = None
    transient: bool = False
    trace_id: str | None = None

    @property
    def named(self) -> str | None:
        """The code, with the subcode where there is one."""
        if self.code is None:
            return None
        return f"{self.code}/{self.subcode}" if self.subcode is not None else str(self.code)

    @property
    def is_about_a_permission(self) -> bool:
        """Whether a scope or a role is missing."""
        return self.code in _PERMISSION

    @property
    def is_about_the_version(self) -> bool:
        """Whether the version of the API in the path is the fault."""
        return self.code == 2635 or bool(_RETIRED.search(self.message))

    @property
    def field(self) -> str | None:
        """The name of our input field at fault, where it is known."""
        if self.is_about_the_version:
            return VERSION_FIELD
        return _FIELDS.get(self.subcode or 0) or _FIELDS.get(self.code or 0)


def read_fault(body: Any, status: int, name: str) -> GraphFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty.

    :param name: the network's, for where there are no words.
    """
    said = body.get("error") if isinstance(body, dict) else None
    if not isinstance(said, dict):
        flat = body if isinstance(body, dict) else {}
        return GraphFault(_text(flat.get("error_message")) or f"{name} answered {status}")
    code, subcode = _whole(said.get("code")), _whole(said.get("error_subcode"))
    told = [_text(said.get("message")), _text(said.get("error_user_msg"))]
    message = " ".join(dict.fromkeys(text for text in told if text)) or f"{name} answered {status}"
    if code == 190:
        message = f"{_SESSIONS.get(subcode or 0, 'the access is not good')}: connect again ({message})"
    return GraphFault(message, code, subcode, said.get("is_transient") is True, _text(said.get("fbtrace_id")))


def classify(fault: GraphFault, status: int, *, write: bool) -> type[ProviderError]:
    """The kind of error. What is temporary may have been done, if it was a write."""
    code, subcode = fault.code, fault.subcode
    if fault.is_about_the_version:
        return InvalidRequest
    if _CLIENT.search(fault.message):
        return AuthenticationFailed
    if code is None:
        return error_class(status, write=write)
    if code in _NOT_READY:
        return Unavailable
    if {code, subcode} & _RESTRICTED:
        return AuthenticationFailed
    if code in _THROTTLED or code in _BLOCKED or subcode in _BLOCKED_SUBCODES:
        return RateLimited
    if code in _UNAUTHORIZED or code in _PERMISSION:
        return AuthenticationFailed
    if (code, subcode) in _MISSING:
        return NotFound
    if fault.transient or code in _TRANSIENT or subcode in _TRANSIENT_SUBCODES or status >= 500:
        return OutcomeUnknown if write else Unavailable
    return error_class(status, write=write)


def wait_seconds(fault: GraphFault, headers: httpx.Headers) -> float | None:
    """How long to wait after a refusal for a limit: what ``X-Business-Use-Case-Usage`` says in minutes."""
    minutes = [*_minutes_until_regained(headers.get("x-business-use-case-usage"))]
    if minutes:
        return max(minutes) * 60.0
    return BLOCKED_SECONDS if fault.code in _BLOCKED or fault.subcode in _BLOCKED_SUBCODES else None


def is_duplicate(error: ProviderError) -> bool:
    """Whether the network refused a post because it has the same one."""
    return (error.provider_code or "").partition("/")[0] == "506"


def names_a_metric(error: ProviderError) -> bool:
    """Whether a question was refused for the name of a metric: one that is not, or no longer, known fails them all."""
    return re.search(r"\bmetrics?\b", error.message, re.IGNORECASE) is not None


def _minutes_until_regained(header: str | None) -> list[float]:
    try:
        usage = orjson.loads(header or "{}")
        entries = [each for entries in usage.values() for each in entries]
        waits = [float(each.get("estimated_time_to_regain_access") or 0) for each in entries]
    except (ValueError, AttributeError, TypeError):
        return []
    return [minutes for minutes in waits if minutes > 0]


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None
