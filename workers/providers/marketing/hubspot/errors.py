"""HubSpot's errors in Wasl's words.

``{"status", "message", "correlationId", "category", "subCategory", "errors": [{"message", "code", "context"}],
"context"}``, of which every field may be missing; OAuth's have ``error`` and ``error_description`` beside it. What is
wrong with properties stands as JSON within the message ("Property values were not valid: [{…}]"), a record that is
there already in ``context.existingId`` or in the message ("Existing ID: 123"). Facts from HubSpot's page on errors
(https://developers.hubspot.com/docs/api-reference/error-handling), its specifications, and public integrations' tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Unpack

import httpx
import orjson

from workers.providers.errors import (
    AuthenticationFailed,
    CallFacts,
    InvalidRequest,
    ProviderError,
    RateLimited,
    Unavailable,
    error_class,
)

LOCKED, MIGRATING = 423, 477
"""Too many writes to one thing; the account is being moved to another data centre. Both did nothing."""
_WAIT_WHEN_LOCKED: Final = 2.0
_WAIT_WHEN_MIGRATING: Final = 600.0
_WAIT_FOR_ANOTHER_DAY: Final = 3600.0
"""The day ends at midnight of the account's time zone, which an error does not tell: so it is asked hourly."""
_WAITS: Final[Mapping[str, float]] = {
    "DAILY": _WAIT_FOR_ANOTHER_DAY,
    "SECONDLY": 1.0,
    "TEN_SECONDLY_ROLLING": 10.0,
}
_EXISTING: Final = re.compile(r"Existing ID: ([0-9]+)")
_NO_SUCH_PROPERTY: Final = frozenset({"PROPERTY_DOESNT_EXIST"})
_ACCESS_LOST: Final = frozenset({"BAD_REFRESH_TOKEN", "BAD_CLIENT_ID", "BAD_CLIENT_SECRET", "invalid_client"})
_CODE_SPENT: Final = frozenset({"BAD_AUTH_CODE", "BAD_REDIRECT_URI", "invalid_grant"})
RETRYABLE_CATEGORIES: Final = frozenset({"RATE_LIMITS", "INTERNAL_ERROR", "LOCKED"})
"""Of a record's own error within a batch."""
FIELDS: Final[Mapping[str, str]] = {
    "amount": "money.amount",
    "closedate": "closes_at",
    "deal_currency_code": "money.currency",
    "dealname": "name",
    "dealstage": "stage",
    "firstname": "first_name",
    "lastname": "last_name",
    **{name: name for name in ("email", "phone", "company", "pipeline", "domain", "name", "city", "country")},
}
"""HubSpot's names of properties, and ours of the fields they come from."""


class Refused(InvalidRequest):
    """What HubSpot refuses.

    :param existing_id: the record that is there already.
    :param no_such: names of properties that the account does not have.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        existing_id: str | None = None,
        no_such: frozenset[str] = frozenset(),
        **facts: Unpack[CallFacts],
    ) -> None:
        super().__init__(message, field=field, **facts)
        self.existing_id = existing_id
        self.no_such = no_such


@dataclass(frozen=True, slots=True)
class HubSpotFault:
    """What an error's body says.

    :param code: its category, or OAuth's name of it.
    :param policy: which limit is used up. :param scopes: what the access lacks.
    :param field: the name of our input field at fault, where it is known.
    """

    code: str | None
    message: str
    request_id: str | None = None
    policy: str | None = None
    scopes: tuple[str, ...] = ()
    field: str | None = None
    existing_id: str | None = None
    no_such: frozenset[str] = frozenset()


def read_fault(body: Any, status: int) -> HubSpotFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    contexts = [_mapping(each.get("context")) for each in (fields, *_errors(fields))]
    said = _text(fields.get("message")) or _text(fields.get("error_description"))
    properties = list(_properties(said))
    names = [str(each["name"]) for each in properties]
    names += [name for context in contexts for name in _texts(context.get("propertyName"))]
    words = [text for each in properties if (text := _text(each.get("message")))] or ([said] if said else [])
    existing = next((each for context in contexts for each in _texts(context.get("existingId"))), None)
    match = _EXISTING.search(said or "")
    status_name = _text(fields.get("status"))
    code = _text(fields.get("category")) or (status_name if status_name != "error" else None)
    return HubSpotFault(
        code=code or _text(fields.get("error")),
        message="; ".join(words) or f"HubSpot answered {status}",
        request_id=_text(fields.get("correlationId")),
        policy=_text(fields.get("policyName")),
        scopes=tuple(
            sorted({name for context in contexts for key in _SCOPE_KEYS for name in _texts(context.get(key))})
        ),
        field=next((FIELDS.get(name, f"fields.{name}") for name in names), None),
        existing_id=existing or (match[1] if match else None),
        no_such=frozenset(str(each["name"]) for each in properties if each.get("error") in _NO_SUCH_PROPERTY),
    )


_SCOPE_KEYS: Final = ("requiredGranularScopes", "requiredScopes", "missingScopes")


def classify(fault: HubSpotFault, status: int, operation: str, *, write: bool) -> type[ProviderError]:
    """The kind of error."""
    if status == 429 or fault.code == "RATE_LIMITS":
        return RateLimited
    if status in (LOCKED, MIGRATING):
        return Unavailable
    if fault.code in _ACCESS_LOST or (fault.code in _CODE_SPENT and operation == "refresh_tokens"):
        return AuthenticationFailed
    if status == httpx.codes.GONE:
        return InvalidRequest
    kind = error_class(status, write=write)
    return Refused if kind is InvalidRequest else kind


def words(fault: HubSpotFault, status: int, kind: type[ProviderError]) -> str:
    """What happened, and what to do about it where that is known."""
    if fault.code == "MISSING_SCOPES":
        lacking = ", ".join(fault.scopes) or "(not named)"
        return f"the access lacks the scope {lacking}: add it to the app, and reconnect"
    if status == httpx.codes.GONE:
        return "HubSpot has ended this version of its API: change the connection's setting api_version"
    if kind is RateLimited and fault.policy:
        return f"{fault.message} ({fault.policy})"
    return fault.message


def field_of(fault: HubSpotFault, status: int) -> str | None:
    """The input field at fault, where it is known."""
    if status == httpx.codes.GONE:
        return "settings.api_version"
    if fault.code in _CODE_SPENT:
        return "redirect_uri" if fault.code == "BAD_REDIRECT_URI" else "code"
    return fault.field


def wait_seconds(fault: HubSpotFault, status: int, headers: httpx.Headers) -> float | None:
    """How long to wait where HubSpot sends no ``Retry-After``."""
    if status == LOCKED:
        return _WAIT_WHEN_LOCKED
    if status == MIGRATING:
        return _WAIT_WHEN_MIGRATING
    if status != 429 and fault.code != "RATE_LIMITS":
        return None
    if fault.policy == "DAILY" or day_is_used_up(headers):
        return _WAIT_FOR_ANOTHER_DAY
    interval = headers.get("x-hubspot-ratelimit-interval-milliseconds", "")
    if headers.get("x-hubspot-ratelimit-remaining") == "0" and re.fullmatch(r"[0-9]{1,8}", interval):
        return int(interval) / 1000
    return _WAITS.get(fault.policy or "")


def day_is_used_up(headers: httpx.Headers) -> bool:
    """Whether an answer's headers say that nothing is left of the day's calls."""
    return bool(headers.get("x-hubspot-ratelimit-daily-remaining") == "0")


def _properties(message: str | None) -> Iterator[Mapping[str, Any]]:
    """What a message says of single properties, in the JSON that ends it."""
    _, bracket, rest = (message or "").partition("[{")
    if not bracket:
        return
    try:
        listed = orjson.loads(bracket + rest)
    except orjson.JSONDecodeError:
        return
    yield from (each for each in listed if isinstance(each, dict) and _text(each.get("name")))


def _errors(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = fields.get("errors")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
