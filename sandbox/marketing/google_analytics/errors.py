"""Refusals as the Data API writes them."""

from __future__ import annotations

from typing import Any

from sandbox.shipping.answers import Refusal

_SCHEMA = "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED"}


def refused(code: int, message: str, **more: Any) -> Refusal:
    """A refusal by its HTTP status."""
    return Refusal(code, {"error": {"code": code, "message": message, "status": _STATUSES[code], **more}})


def bad_request(message: str) -> Refusal:
    """The request is wrong."""
    return refused(400, message)


def bad_field(name: str, kind: str) -> Refusal:
    """A dimension or metric that there is not."""
    return bad_request(
        f"Field {name} is not a valid {kind}. For a list of valid dimensions and metrics, see {_SCHEMA} "
    )
