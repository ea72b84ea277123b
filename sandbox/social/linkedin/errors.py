"""LinkedIn's errors, in the shape of its REST API."""

from __future__ import annotations

from typing import Any


class LinkedInError(Exception):
    """An error as LinkedIn answers it."""

    def __init__(self, status: int, message: str, code: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": status, "message": message, **({"code": code} if code else {}), **more}


def invalid(message: str, field: str | None = None, code: str = "ILLEGAL_ARGUMENT") -> LinkedInError:
    """A request that is not as documented. :param field: of the body, if one is at fault."""
    if field is None:
        return LinkedInError(400, message, code)
    fault: dict[str, Any] = {"code": code, "description": message, "input": {"inputPath": {"fieldPath": field}}}
    return _wrong_input(message, fault)


def denied(resource: str) -> LinkedInError:
    """A scope or a role that is missing."""
    return LinkedInError(403, f"Not enough permissions to access: {resource}", "ACCESS_DENIED", serviceErrorCode=100)


def missing() -> LinkedInError:
    """Nothing there."""
    return LinkedInError(404, "Could not find entity", "NOT_FOUND")


def throttled() -> LinkedInError:
    """The quota of a day is used up: words say so, no header."""
    return LinkedInError(429, "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.")


def duplicate(urn: str) -> LinkedInError:
    """A post that is there already (as in Arisamiga/Linkedin-RSS #5)."""
    prefix = "com.linkedin.content.common.exception.BadRequestResponseException"
    fault: dict[str, Any] = {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
    return _wrong_input(f"{prefix}: Content is a duplicate of {urn}", fault)


def _wrong_input(message: str, fault: dict[str, Any]) -> LinkedInError:
    kind = "com.linkedin.common.error.BadRequest"
    return LinkedInError(422, message, errorDetailType=kind, errorDetails={"inputErrors": [fault]})
