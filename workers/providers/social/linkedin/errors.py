"""LinkedIn's errors in Wasl's words.

``{"status", "message", "code" | "serviceErrorCode"}`` from the API, ``errorDetails.inputErrors`` beside it where a body
is at fault, ``{"error", "error_description"}`` from the token's addresses (Microsoft's pages *Error Handling* and
*Authorization Code Flow*). A text that was posted before is refused with 422 and ``Content is a duplicate of
urn:li:share:…`` (Arisamiga/Linkedin-RSS #5); what it names may be gone for long (ComposioHQ/composio #2710). A retired
version is 426 NONEXISTENT_VERSION (postiz #2005, pipedream #21823). Quotas end at 00:00 UTC; there are no headers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote

from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
    error_class,
)

_DUPLICATE: Final = "DUPLICATE_POST"
_DUPLICATE_OF: Final = re.compile(r"duplicate of (urn(?::|%3A)li(?::|%3A)\w+(?::|%3A)[\w-]+)", re.IGNORECASE)
_VERSION_CODES: Final = frozenset({"NONEXISTENT_VERSION", "VERSION_DEPRECATED", "VERSION_MISSING", "INVALID_VERSION"})
_FIELDS: Final[Mapping[str, str]] = {
    "author": "account.id",
    "commentary": "text",
    "message": "text",
    "content": "media",
    "article": "link",
}
_SCOPES: Final[Mapping[str, str]] = {
    "list_accounts": "openid and profile, or rw_organization_admin",
    "check_health": "openid and profile",
    "inspect_token": "openid and profile",
    "prepare_post": "w_organization_social for a page, w_member_social for a person",
    "publish_post": "w_organization_social for a page, w_member_social for a person",
    "edit_post": "w_organization_social for a page, w_member_social for a person",
    "delete_post": "w_organization_social for a page, w_member_social for a person",
    "find_post": "r_organization_social for a page, r_member_social for a person",
    "get_post": "r_organization_social for a page, r_member_social for a person",
    "list_posts": "r_organization_social for a page, r_member_social for a person",
    "list_comments": "r_organization_social_feed for a page, r_member_social_feed for a person",
    "find_comment": "r_organization_social_feed for a page, r_member_social_feed for a person",
    "create_comment": "w_organization_social_feed for a page, w_member_social_feed for a person",
    "delete_comment": "w_organization_social_feed for a page, w_member_social_feed for a person",
    "measure_posts": "rw_organization_admin for a page, r_member_postAnalytics for a person",
    "measure_account": "rw_organization_admin for a page, r_member_profileAnalytics for a person",
}


class DuplicatePost(InvalidRequest):
    """LinkedIn has this post already. :ivar duplicate_of: the URN of the one it means."""

    duplicate_of: str = ""


@dataclass(frozen=True, slots=True)
class LinkedInFault:
    """What an error's body says. :param field: our input field at fault, where it is known."""

    code: str | None
    message: str
    field: str | None = None
    duplicate_of: str | None = None


def read_fault(body: Any, status: int) -> LinkedInFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    said: Mapping[str, Any] = body if isinstance(body, dict) else {}
    details = said.get("errorDetails")
    listed = details.get("inputErrors") if isinstance(details, dict) else None
    inputs = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    message = _text(said.get("message")) or _text(said.get("error_description"))
    code = next((text for each in inputs if (text := _text(each.get("code")))), None)
    code = code or _text(said.get("code")) or _text(said.get("error")) or _text(said.get("serviceErrorCode"))
    named = _DUPLICATE_OF.search(message or "")
    if named is not None:
        code = _DUPLICATE
    return LinkedInFault(
        code=code,
        message=message or (f"LinkedIn answered {status}: {code}" if code else f"LinkedIn answered {status}"),
        field="text" if code == _DUPLICATE else next((field for each in inputs if (field := _field(each))), None),
        duplicate_of=unquote(named[1]) if named else None,
    )


def judge(
    fault: LinkedInFault, status: int, operation: str, *, write: bool
) -> tuple[type[ProviderError], str, str | None]:
    """The kind of an error, what to say, and the field at fault."""
    words = fault.message.lower()
    if status == 426 or fault.code in _VERSION_CODES:
        message = f"{fault.message}: set another settings.api_version, such as the newest of LinkedIn's migration table"
        return InvalidRequest, message, "settings.api_version"
    if status < 500 and "throttle" in words:
        return RateLimited, fault.message, None
    if status == 401:
        return AuthenticationFailed, f"LinkedIn does not take the access token: {fault.message}; connect it again", None
    if status == 403 or "permissions must be used" in words:
        needs = _SCOPES.get(operation)
        hint = f"; needed is the scope {needs}, and a role on the page" if needs else ""
        return AuthenticationFailed, f"{fault.message}{hint}", None
    if fault.duplicate_of is not None and status == 422:
        return DuplicatePost, f"LinkedIn has this post already: {fault.message}", "text"
    if status == 409:
        return (OutcomeUnknown if write else Unavailable), fault.message, None
    return error_class(status, write=write), fault.message, fault.field


def judge_token(
    fault: LinkedInFault, status: int, operation: str, *, write: bool
) -> tuple[type[ProviderError], str, str | None]:
    """Likewise of the token's addresses: a code that is no good is the caller's, all else the credentials' fault."""
    if status == 429 or status >= 500:
        return error_class(status, write=write), fault.message, None
    app = status in (401, 403) or (fault.code or "").startswith(("invalid_client", "unauthorized_client"))
    if operation == "exchange_code" and not app:
        field = "redirect_uri" if "redirect" in f"{fault.code} {fault.message}".lower() else "code"
        return InvalidRequest, fault.message, field
    return AuthenticationFailed, fault.message, None


def seconds_to_midnight(now: datetime | None = None) -> float:
    """When the quotas of the day end: at 00:00 UTC."""
    moment = now or datetime.now(UTC)
    return ((moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0) - moment).total_seconds()


def _field(error: Mapping[str, Any]) -> str | None:
    path: Any = error
    for name in ("input", "inputPath", "fieldPath"):
        path = path.get(name) if isinstance(path, dict) else None
    parts = [part for part in re.split(r"[/.\[\]]+", path) if part] if isinstance(path, str) else []
    return next((_FIELDS[part] for part in reversed(parts) if part in _FIELDS), None)


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
