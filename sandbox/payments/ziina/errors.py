"""Ziina's errors: its own, with a code, and those of the framework before it, with a list of texts."""

from __future__ import annotations

from typing import Any


class ZiinaError(Exception):
    """An error as Ziina answers it."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def refused(code: str, message: str) -> ZiinaError:
    """What Ziina itself does not do; always 400. Seen elsewhere: TRANSFER_UNDER_MINIMUM, TRANSFER_EXCEEDS_LIMIT,
    PAYMENT_INTENT_NOT_FOUND and MESSAGE_LENGTH_INVALID; the other codes are the twin's."""
    return ZiinaError(400, {"code": code, "message": message})


def invalid(*texts: str) -> ZiinaError:
    """A body that is not as documented."""
    return ZiinaError(400, {"statusCode": 400, "message": list(texts), "error": "Bad Request"})


def unauthorized() -> ZiinaError:
    """A token that nobody issued."""
    return ZiinaError(401, {"message": "Unauthorized", "statusCode": 401})


def no_intent() -> ZiinaError:
    """No such payment intent; 400, not 404."""
    return refused("PAYMENT_INTENT_NOT_FOUND", "The payment was not found. Please try a different payment")


def no_refund() -> ZiinaError:
    """No such refund."""
    return refused("REFUND_NOT_FOUND", "The refund was not found")
