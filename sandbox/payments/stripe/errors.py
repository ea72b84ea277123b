"""Stripe's errors."""

from __future__ import annotations

from typing import Any


class StripeError(Exception):
    """An error as Stripe answers it.

    :param kept: whether the answer is kept under the idempotency key; a failed validation is not.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        payment_intent: dict[str, Any] | None = None,
        kept: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.fields = {
            "type": kind,
            "message": message,
            "code": code,
            "param": param,
            "decline_code": decline_code,
            "payment_intent": payment_intent,
        }

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"error": {name: value for name, value in self.fields.items() if value is not None}}


def missing(what: str, object_id: str, param: str = "id") -> StripeError:
    """404: no such object."""
    return StripeError(404, f"No such {what}: '{object_id}'", code="resource_missing", param=param)
