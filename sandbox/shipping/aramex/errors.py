"""What Aramex refuses. Its codes are not published; but for ERR01, ERR48 and ERR52, those here are the twin's."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Something that Aramex itself refuses, inside an answer of 200."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.notification = {"Code": code, "Message": message}


def envelope(*notifications: dict[str, str], **fields: Any) -> dict[str, Any]:
    """An answer; with notifications it has errors."""
    return {
        "Transaction": None,
        "Notifications": list(notifications),
        "HasErrors": bool(notifications),
        **fields,
    }
