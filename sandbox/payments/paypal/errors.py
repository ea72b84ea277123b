"""PayPal's errors."""

from __future__ import annotations

from typing import Any

_NAMES = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: ("AUTHENTICATION_FAILURE", "Authentication failed due to missing Authorization header."),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    409: ("RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business validation.",
    ),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error has occurred."),
}

_NO_SUCH = "Specified resource ID does not exist. Please check the resource ID and try again."


class PayPalError(Exception):
    """An error as PayPal answers it.

    :param field: the JSON pointer of the field at fault.
    """

    def __init__(self, status: int, issue: str, description: str, field: str | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.issue = issue
        self.description = description
        self.field = field

    def body(self, debug_id: str) -> dict[str, Any]:
        """The answer's body."""
        name, message = _NAMES[self.status]
        detail = {"issue": self.issue, "description": self.description}
        if self.field:
            detail |= {"field": self.field, "location": "body"}
        return {"name": name, "message": message, "debug_id": debug_id, "details": [detail]}


def missing() -> PayPalError:
    """404: no such object."""
    return PayPalError(404, "INVALID_RESOURCE_ID", _NO_SUCH)


def refused(issue: str, description: str, field: str | None = None) -> PayPalError:
    """422: it cannot be done as things are."""
    return PayPalError(422, issue, description, field)
