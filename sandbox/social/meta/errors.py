"""The Graph API's errors, as Meta documents their codes."""

from __future__ import annotations

import secrets
from typing import Any


class GraphError(Exception):
    """An error as the Graph API answers it."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        told: str | None = None,
        transient: bool = False,
        kind: str = "OAuthException",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        fields = {"message": message, "type": kind, "code": code, "error_subcode": subcode, "error_user_msg": told}
        self.error: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        if transient:
            self.error["is_transient"] = True

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"error": {**self.error, "fbtrace_id": secrets.token_urlsafe(12)}}


def bad_token(subcode: int | None = None, why: str = "Invalid OAuth access token.") -> GraphError:
    """A token that is unknown, has run out (463) or was taken back (467, 458)."""
    return GraphError(190, why, subcode=subcode, status=401)


def missing(node: str) -> GraphError:
    """An object that is not there, or not to be seen."""
    text = f"Unsupported request. Object with ID '{node}' does not exist, cannot be loaded due to missing permissions"
    return GraphError(100, text, subcode=33, kind="GraphMethodException")


def bad_parameter(text: str) -> GraphError:
    """A parameter that is wrong or lacking."""
    return GraphError(100, f"(#100) {text}")


def no_permission(scope: str) -> GraphError:
    """A scope that was not granted."""
    return GraphError(200, f"(#200) Requires {scope} permission to manage the object", status=403)


def needs_page_token() -> GraphError:
    """A call that only a page may make."""
    return GraphError(210, "(#210) A page access token is required to request this resource.", status=403)


def throttled(code: int) -> GraphError:
    """Too many calls: 400, not 429."""
    return GraphError(code, f"(#{code}) Application request limit reached", transient=True)


def retired(version: str) -> GraphError:
    """A version that is no longer served."""
    text = f"(#2635) You are calling a deprecated version of the API ({version}). Please update to the latest version"
    return GraphError(2635, text)


def no_metric(names: str) -> GraphError:
    """A name among metrics that is none: the whole list is refused."""
    return GraphError(100, f"(#100) The value must be a valid insights metric: {names}")
