"""Reading what the hub answers: rows, or the error that an answer stands for."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import lru_cache
from time import time
from typing import Any, TypeVar, cast

import httpx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from supabase_auth.errors import AuthError, AuthRetryableError

from wasl._row import Row
from wasl._tokens import Token
from wasl.errors import AuthenticationError, ConnectionFailed, NotFound, ServerError, WaslError, error_from

R = TypeVar("R", bound=Row)
T = TypeVar("T")

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def read(response: httpx.Response, *, idempotency_key: str | None = None, sent: Mapping[str, Any] | None = None) -> Any:
    """Return the decoded JSON of a success (None if it is empty); raise the error that anything else stands for.

    Args:
        sent: what the request said, for errors to name what is at fault.
    """
    body, is_json = _decode(response)
    if response.is_redirect:
        raise not_understood("a redirection", status=response.status_code)
    if not response.is_success:
        raise error_from(
            response.status_code,
            body,
            retry_after=_retry_after(response),
            idempotency_key=idempotency_key,
            sent=sent,
        )
    if not is_json:
        raise not_understood("not JSON", status=response.status_code)
    return body


def parse(shape: type[T], value: Any) -> T:
    """Return `value` as `shape`; raises ServerError when it is something else."""
    try:
        parsed: T = _adapter(cast(Any, shape)).validate_python(value)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False, include_url=False)
        place = ".".join(str(part) for part in faults[0]["loc"])
        raise not_understood(f"{place or 'the whole'}: {faults[0]['msg']}") from None
    return parsed


@lru_cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def only(rows: Iterable[R], *, what: str, identifier: object) -> R:
    """Return the one row that was asked for; raises NotFound when there is none."""
    for row in rows:
        return row
    code = f"{what.replace(' ', '_')}_not_found"
    raise NotFound(f"There is no {what} {identifier} of yours.", code=code, status=404)


def not_understood(why: str, *, status: int | None = None) -> ServerError:
    """Return the error for an answer that makes no sense to this SDK."""
    return ServerError(
        f"The hub's answer is not understood: {why}.",
        code="unexpected_answer",
        status=status,
        hint="The address may be another server's, or SDK and hub may be of different versions.",
    )


def no_answer(
    error: httpx.TransportError, *, idempotency_key: str | None = None, harmless: bool = False
) -> ConnectionFailed:
    """Return the error for a request that got no answer; `harmless` when it could not have had any effect."""
    kind = type(error).__name__
    if harmless or isinstance(error, _NEVER_SENT):
        return ConnectionFailed(f"The hub was not reached ({kind}).", code="not_sent", idempotency_key=idempotency_key)
    hint = "It may have taken effect: repeat it with the same idempotency_key." if idempotency_key else None
    return ConnectionFailed(
        f"The hub did not answer ({kind}).", code="no_answer", hint=hint, idempotency_key=idempotency_key
    )


def from_auth(error: AuthError) -> WaslError:
    """Return our error for one of supabase-auth's."""
    status = getattr(error, "status", None) or 0
    if status < 400 and isinstance(error, AuthRetryableError):
        return ConnectionFailed(f"Auth was not reached: {error.message}", code="not_sent")
    if status < 400:
        return not_understood(type(error).__name__)
    return error_from(status, {"code": error.code, "message": error.message}, of_auth=True)


def session_lost(error: AuthError) -> WaslError:
    """Return the error for a session that auth does not renew."""
    told = from_auth(error)
    if told.status is None or told.retryable or told.status >= 500:
        return told
    return AuthenticationError(told.message, code=told.code, status=told.status, hint="Sign in again.")


def not_confirmed() -> AuthenticationError:
    """Return the error for a user who has signed up and cannot sign in yet."""
    return AuthenticationError(
        "The address has to be confirmed first.",
        code="email_not_confirmed",
        field="email",
        hint="Follow the link in the message that was sent there, then sign in.",
    )


def token(answer: Any) -> Token:
    """Return the access token in an answer of the token endpoint (RFC 6749, 5.1)."""
    told = parse(_TokenAnswer, answer)
    return Token.lasting(told.access_token, told.expires_in)


class _TokenAnswer(BaseModel):
    access_token: str = Field(repr=False)
    expires_in: float = Field(gt=0)


def _decode(response: httpx.Response) -> tuple[Any, bool]:
    if not response.content:
        return None, True
    try:
        return json.loads(response.content, parse_float=Decimal), True
    except ValueError:
        return None, False


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds of a `Retry-After` header in either of its forms (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except ValueError:
        return None
