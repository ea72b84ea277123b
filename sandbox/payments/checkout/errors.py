"""Checkout.com's errors."""

from __future__ import annotations

from typing import Any


class CheckoutError(Exception):
    """An error as Checkout.com answers it; one without codes has no body."""

    def __init__(self, status: int, *codes: str, kind: str = "request_invalid") -> None:
        super().__init__(", ".join(codes) or str(status))
        self.status = status
        self.codes = codes
        self.kind = kind

    def body(self, request_id: str) -> dict[str, Any] | None:
        """The answer's body."""
        if not self.codes:
            return None
        return {"request_id": request_id, "error_type": self.kind, "error_codes": list(self.codes)}


def not_found() -> CheckoutError:
    """404: no such object, without a body."""
    return CheckoutError(404)
