"""FedEx's errors."""

from __future__ import annotations

import uuid
from typing import Any


class FedExError(Exception):
    """An error as FedEx answers it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"transactionId": str(uuid.uuid4()), "errors": [{"code": self.code, "message": str(self)}]}


def refused(code: str, message: str) -> FedExError:
    """400: the request is wrong."""
    return FedExError(400, code, message)
