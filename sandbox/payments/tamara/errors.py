"""Tamara's errors."""

from __future__ import annotations

from typing import Any


class TamaraError(Exception):
    """An error as Tamara answers it. :param codes: such as ``total_amount_invalid_currency``."""

    def __init__(self, status: int, message: str, *codes: str) -> None:
        super().__init__(message)
        self.status = status
        self.codes = codes

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"message": str(self), "errors": [{"error_code": code} for code in self.codes]}


def invalid(*codes: str) -> TamaraError:
    """400: the request is wrong."""
    return TamaraError(400, "Invalid request", *codes)


def missing(what: str) -> TamaraError:
    """404: no such object."""
    return TamaraError(404, f"{what} not found", f"{what.lower()}_not_found")


def wrong_state(verb: str, status: str) -> TamaraError:
    """409: the order cannot have this done to it."""
    return TamaraError(409, f"The order cannot be {verb}: it is {status}", "order_status_invalid")
