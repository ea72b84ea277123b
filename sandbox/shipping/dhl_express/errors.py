"""MyDHL's errors: one shape for all."""

from __future__ import annotations

from typing import Any


class DHLError(Exception):
    """An error as MyDHL answers it."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail

    def body(self, path: str) -> dict[str, Any]:
        """:param path: of the request."""
        return {
            "instance": f"/expressapi{path}",
            "detail": self.detail,
            "title": self.title,
            "message": self.title,
            "status": str(self.status),
        }


def bad_request(detail: str) -> DHLError:
    """What DHL's systems refuse."""
    return DHLError(400, "Bad request", detail)


def invalid(*faults: str) -> DHLError:
    """A body that is not as documented."""
    return DHLError(422, "Validation error", "; ".join(faults))


def missing_parameters(*names: str) -> DHLError:
    """A query without what it needs."""
    return DHLError(400, "Missing parameters", f"Missing mandatory parameters: {', '.join(names)}")


def no_shipments(what: str) -> DHLError:
    """Nothing is known under a number or a reference."""
    return DHLError(404, "Not data found", f"No Shipments Found for {what}")


def unauthorized() -> DHLError:
    """Keys that nobody issued."""
    return DHLError(401, "Unauthorized", "Invalid credentials")
