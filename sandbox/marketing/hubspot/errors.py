"""HubSpot's errors."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson


class HubSpotError(Exception):
    """An error as HubSpot answers it."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = dict(body)
        self.headers = dict(headers or {})

    def within(self, trace: str | None) -> dict[str, Any]:
        """The error as it stands among others of a batch."""
        context = {**self.body.get("context", {}), **({"objectWriteTraceId": [trace]} if trace else {})}
        kept = {name: self.body[name] for name in ("category", "message")}
        return {"status": "error", **kept, "context": context, "errors": [], "links": {}}


def error(status: int, category: str, message: str, **more: Any) -> HubSpotError:
    """Any error."""
    body = {"status": "error", "message": message, "correlationId": str(uuid.uuid4()), "category": category, **more}
    return HubSpotError(status, body)


def invalid(message: str, **more: Any) -> HubSpotError:
    """A request that is not as documented."""
    return error(400, "VALIDATION_ERROR", message, **more)


def wrong_properties(faults: Sequence[tuple[str, str, str]]) -> HubSpotError:
    """Properties that are not valid: name, code and message of each."""
    listed = [
        {"isValid": False, "message": message, "error": code, "name": name, "localizedErrorMessage": message}
        for name, code, message in faults
    ]
    return invalid(f"Property values were not valid: {orjson.dumps(listed).decode()}")


def missing(what: str = "resource not found") -> HubSpotError:
    """Nothing there."""
    return error(404, "OBJECT_NOT_FOUND", what)


def conflict(record_id: str) -> HubSpotError:
    """A contact that is there already."""
    message = f"Contact already exists. Existing ID: {record_id}"
    return error(409, "CONFLICT", message, context={"existingId": [record_id]})


def lacking(scopes: Sequence[str]) -> HubSpotError:
    """A call that the access may not make."""
    details = [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": list(scopes)},
        }
    ]
    message = "This app hasn't been granted all required scopes to make this call."
    return error(403, "MISSING_SCOPES", message, errors=details, links={})


def limited(policy: str) -> HubSpotError:
    """Too many calls."""
    words = {"DAILY": "daily", "SECONDLY": "secondly"}.get(policy, "ten_secondly_rolling")
    body = {
        "status": "error",
        "message": f"You have reached your {words} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid.uuid4()),
        "category": "RATE_LIMITS",
        "policyName": policy,
    }
    return HubSpotError(429, body)


def oauth(status: int, code: str, name: str, message: str) -> HubSpotError:
    """An error of OAuth's. :param code: as RFC 6749 names it. :param name: as HubSpot does."""
    body = {
        "status": name,
        "message": message,
        "correlationId": str(uuid.uuid4()),
        "error": code,
        "error_description": message,
        "category": name,
    }
    return HubSpotError(status, body)
