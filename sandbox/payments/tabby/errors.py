"""Tabby's errors."""

from __future__ import annotations

from typing import Any

_TYPES = {400: "bad_data", 401: "not_authorized", 403: "no_permission", 404: "not_found", 409: "conflict"}


class TabbyError(Exception):
    """An error as Tabby answers it.

    :param field: the field at fault, such as ``$.payment.currency``; the error then has a list instead of a text.
    """

    def __init__(self, status: int, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.field = field

    def body(self) -> Any:
        """The answer's body; what goes wrong within is answered with a text only."""
        if self.status == 500:
            return str(self)
        error = {"status": "error", "errorType": _TYPES[self.status]}
        if self.field is None:
            return {**error, "error": str(self)}
        return {**error, "errors": [{"field": self.field, "code": str(self), "message": ""}]}


def no_such_payment() -> TabbyError:
    """404: no payment of this account has the id."""
    return TabbyError(404, "no such payment")


def broken() -> TabbyError:
    """500: something went wrong within."""
    return TabbyError(500, "Internal Server error")
