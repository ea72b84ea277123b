"""Everything that a call to the hub can end in, other than its answer.

::

    WaslError                       who must act
    ├── AuthenticationError         caller      not signed in, or the key, password or token is not accepted
    ├── PermissionDenied            caller      signed in, but without the role or the scope for this
    ├── InvalidRequest              caller      an argument is wrong, and `field` names it
    ├── NotFound                    caller      there is no such thing, or it is another organization's
    ├── Conflict                    caller      as things stand it cannot be done; `message` says why
    ├── RateLimited(retry_after)    nobody      too many calls; try again later
    ├── ServerError                 operator    the hub is at fault
    ├── ConnectionFailed            network     no answer from the hub
    ├── OperationFailed(operation)  see its `error`  the operation waited for did not succeed
    └── WaitTimeout(operation)      nobody      the operation waited for is still going on
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wasl._complaints import argument_at_fault

if TYPE_CHECKING:
    from wasl.models import Operation


class WaslError(Exception):
    """A call that did not end in its answer.

    Attributes:
        code: stable and made for programs, such as ``invalid_amount``.
        message: a sentence for people.
        field: the argument at fault, if one is; dotted below it, such as ``credentials.name``.
        hint: what to do about it, if there is something to say.
        status: the HTTP status; None where no answer came or none was asked for.
        retryable: whether the same call may succeed later without anything being changed.
        idempotency_key: the key that the call went out with. Where it is not certain whether the call took effect,
            repeating it with this key is safe.
    """

    retryable = False

    def __init__(
        self,
        message: str,
        *,
        code: str,
        field: str | None = None,
        hint: str | None = None,
        status: int | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.hint = hint
        self.status = status
        self.idempotency_key = idempotency_key

    def __str__(self) -> str:
        about = f"{self.code}, {self.field}" if self.field else self.code
        return f"{self.message} ({about})" + (f" {self.hint}" if self.hint else "")


class AuthenticationError(WaslError):
    """Not signed in, or the API key, password or token is not accepted."""


class PermissionDenied(WaslError):
    """The caller is known, but has not the role or the scope for this."""


class InvalidRequest(WaslError):
    """An argument is wrong; `field` names it."""


class NotFound(WaslError):
    """There is no such thing, or it belongs to an organization that is not the caller's."""


class Conflict(WaslError):
    """As things stand it cannot be done: wrong state, name taken, idempotency key used for something else."""


class RateLimited(WaslError):
    """Too many calls. `retry_after` is in seconds, None where the hub did not say."""

    retryable = True

    def __init__(self, message: str, *, retry_after: float | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after


class ServerError(WaslError):
    """The hub is at fault. `retryable` when it says so itself: 502, 503, 504, or a database that is busy."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retryable = self.status in UNAVAILABLE or bool(_PASSING_SQLSTATE.match(self.code))


class ConnectionFailed(WaslError):
    """No answer came. Code ``not_sent``: the hub was not reached; ``no_answer``: it may have acted."""

    retryable = True


class OperationFailed(WaslError):
    """The operation that was waited for failed, was cancelled or was given up; `code` is that of its error."""

    def __init__(self, operation: "Operation") -> None:
        error = operation.error
        message = error.message if error and error.message else f"The operation is {operation.status}."
        super().__init__(message, code=error.code if error else operation.status, field=error.field if error else None)
        self.operation = operation


class WaitTimeout(WaslError):
    """The operation that was waited for is still going on; nothing is lost, and it can be waited for again."""

    retryable = True

    def __init__(self, operation: "Operation", seconds: float) -> None:
        super().__init__(
            f"Operation {operation.id} is still going on after {seconds:g} s.",
            code="wait_timeout",
            hint="It goes on without you: operations.wait() waits again.",
        )
        self.operation = operation


UNAVAILABLE = frozenset({502, 503, 504, 520, 522, 524})

BY_STATUS: Mapping[int, type[WaslError]] = {
    400: InvalidRequest,
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    405: InvalidRequest,
    406: InvalidRequest,
    409: Conflict,
    413: InvalidRequest,
    415: InvalidRequest,
    416: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
}

BY_CODE: Mapping[str, type[WaslError]] = {
    # PostgREST: a function, column or table that this SDK knows and the hub does not.
    "PGRST202": ServerError,
    "PGRST204": ServerError,
    "PGRST205": ServerError,
    # OAuth (RFC 6749, 5.2) answers this with 400 or 401.
    "invalid_client": AuthenticationError,
}

BY_AUTH_CODE: Mapping[str, type[WaslError]] = {
    # Supabase auth answers these with 400 or 422.
    "invalid_credentials": AuthenticationError,
    "email_not_confirmed": AuthenticationError,
    "refresh_token_not_found": AuthenticationError,
    "refresh_token_already_used": AuthenticationError,
    "session_not_found": AuthenticationError,
    "user_already_exists": Conflict,
    "email_exists": Conflict,
}

AUTH_FIELDS: Mapping[str, str] = {
    "user_already_exists": "email",
    "email_exists": "email",
    "email_address_invalid": "email",
    "weak_password": "password",
}
"""Auth itself names no field."""

_FIELD = re.compile(r"[a-z_][a-zA-Z0-9_.]*")
_PASSING_SQLSTATE = re.compile(r"(40001|40P01|53\w{3}|57P0\w|57014|55P03)$")


def error_from(
    status: int,
    body: Any,
    *,
    retry_after: float | None = None,
    idempotency_key: str | None = None,
    sent: Mapping[str, Any] | None = None,
    of_auth: bool = False,
) -> WaslError:
    """Return the error that an answer stands for.

    Args:
        status: the HTTP status, 400 or above.
        body: the decoded body: PostgREST's, auth's, a function's or an OAuth error, or anything else.
        retry_after: seconds from the header of that name.
        idempotency_key: the key that the request carried.
        sent: what the request said, to find the argument that Postgres itself complains of.
        of_auth: whether Supabase auth answered, some of whose codes the hub uses for something else.
    """
    told = body if isinstance(body, dict) else {}
    code = _text(told, "error_code", "code", "error") or f"http_{status}"
    message = _text(told, "message", "msg", "error_description") or f"The hub answered with status {status}."
    field = AUTH_FIELDS.get(code) if of_auth else _text(told, "details")  # where PostgREST itself writes prose
    kind = (
        (BY_AUTH_CODE if of_auth else BY_CODE).get(code)
        or BY_STATUS.get(status)
        or (ServerError if status >= 500 else InvalidRequest)
    )
    facts: dict[str, Any] = {
        "code": code,
        "field": field if field and _FIELD.fullmatch(field) else argument_at_fault(message, sent or {}),
        "hint": _text(told, "hint"),
        "status": status,
        "idempotency_key": idempotency_key,
    }
    if kind is RateLimited:
        facts["retry_after"] = retry_after
    return kind(message, **facts)


def _text(told: Mapping[str, Any], *names: str) -> str | None:
    return next((told[name] for name in names if isinstance(told.get(name), str) and told[name]), None)
