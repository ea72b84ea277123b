"""N-Genius's errors."""

from __future__ import annotations

from typing import Any


class NGeniusError(Exception):
    """An error as N-Genius answers it."""

    def __init__(self, status: int, message: str, code: str = "invalidRequest") -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        message = str(self)
        listed = {"message": message, "localizedMessage": message, "errorCode": self.code, "domain": "transaction"}
        return {"message": "Unprocessable request", "code": self.status, "errors": [listed]}


def missing(what: str) -> NGeniusError:
    """404: no such object."""
    return NGeniusError(404, f"{what} not found", "notFound")
