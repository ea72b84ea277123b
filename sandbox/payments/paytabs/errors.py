"""PayTabs' errors."""

from __future__ import annotations

from typing import Any


class PayTabsError(Exception):
    """An error as PayTabs answers it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self, trace: str) -> dict[str, Any]:
        """The answer's body."""
        return {"code": self.code, "message": str(self), "trace": trace}


def invalid(message: str, code: int = 2) -> PayTabsError:
    """A request that cannot be carried out."""
    return PayTabsError(400, code, message)


def no_transaction() -> PayTabsError:
    """There is no such transaction, or not yet."""
    return invalid("Invalid transaction reference", 113)


def unauthorized() -> PayTabsError:
    """The key, or the region, is wrong."""
    return PayTabsError(401, 1, "Authentication failed. Check authentication header.")
