"""Which error an answer stands for, and what it says."""

import contextlib
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from supabase_auth.errors import AuthApiError, AuthRetryableError, AuthUnknownError
from wasl import (
    AuthenticationError,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    OperationFailed,
    PermissionDenied,
    RateLimited,
    ServerError,
    WaitTimeout,
    WaslError,
)
from wasl._answers import from_auth, no_answer, read
from wasl.errors import error_from
from wasl.models import Operation

from tests.support.sdk_rows import operation_row


@pytest.mark.parametrize(
    ("status", "code", "expected", "retryable"),
    [
        (400, "invalid_amount", InvalidRequest, False),
        (400, "22P02", InvalidRequest, False),
        (401, "PGRST301", AuthenticationError, False),
        (401, "42501", AuthenticationError, False),
        (403, "forbidden", PermissionDenied, False),
        (403, "42501", PermissionDenied, False),
        (404, "payment_not_found", NotFound, False),
        (404, "PGRST202", ServerError, False),
        (404, "PGRST205", ServerError, False),
        (406, "PGRST116", InvalidRequest, False),
        (409, "idempotency_key_reused", Conflict, False),
        (413, "body_too_large", InvalidRequest, False),
        (418, "teapot", InvalidRequest, False),
        (429, "too_many", RateLimited, True),
        (500, "57014", ServerError, True),
        (500, "40001", ServerError, True),
        (500, "XX000", ServerError, False),
        (503, "PGRST001", ServerError, True),
        (504, "PGRST003", ServerError, True),
    ],
)
def test_status_and_code_decide(status: int, code: str, expected: type[WaslError], retryable: bool) -> None:
    error = error_from(status, {"code": code, "message": "No.", "details": None, "hint": None})
    assert type(error) is expected
    assert (error.status, error.code, error.message, error.retryable) == (status, code, "No.", retryable)


def test_a_refusal_names_the_field() -> None:
    body = {"code": "invalid_amount", "message": "No such amount.", "details": "amount", "hint": "Send 99.00."}
    error = error_from(400, body)
    assert (error.field, error.hint) == ("amount", "Send 99.00.")
    assert str(error) == "No such amount. (invalid_amount, amount) Send 99.00."


def test_the_prose_of_postgrest_is_no_field() -> None:
    error = error_from(409, {"code": "23505", "message": "duplicate", "details": "Key (name)=(x) already exists."})
    assert error.field is None


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": "invalid_client", "error_description": "Unknown."}, "invalid_client", "Unknown."),
        ({"code": 422, "error_code": "weak_password", "msg": "Weak."}, "weak_password", "Weak."),
        ({"code": "NOT_FOUND", "message": "No function"}, "NOT_FOUND", "No function"),
        ("a page", "http_400", "The hub answered with status 400."),
        (None, "http_400", "The hub answered with status 400."),
        ([], "http_400", "The hub answered with status 400."),
        ({"code": 7, "message": ["x"]}, "http_400", "The hub answered with status 400."),
    ],
)
def test_every_shape_of_refusal_is_understood(body: Any, code: str, message: str) -> None:
    error = error_from(400, body)
    assert (error.code, error.message) == (code, message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "message", "details", "hint", "error", "msg"]), inner)
    ),
    max_leaves=8,
)


@given(status=st.integers(400, 599), body=JSON, of_auth=st.booleans())
def test_whatever_is_answered_is_an_error_with_a_code(status: int, body: Any, of_auth: bool) -> None:
    error = error_from(status, body, of_auth=of_auth)
    assert error.code and error.message and str(error)
    assert error.field is None or isinstance(error.field, str)


@given(st.integers(200, 599), st.binary(max_size=200))
def test_whatever_bytes_are_answered_are_rows_or_an_error(status: int, content: bytes) -> None:
    with contextlib.suppress(WaslError):
        read(httpx.Response(status, content=content))


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("", None), ("soon", None)])
def test_retry_after_is_read(header: str, seconds: float | None) -> None:
    with pytest.raises(RateLimited) as error:
        read(httpx.Response(429, json={}, headers={"Retry-After": header}))
    assert error.value.retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    with pytest.raises(RateLimited) as error:
        read(httpx.Response(429, headers={"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}))
    assert error.value.retry_after == 0


def test_a_page_of_html_is_an_error_without_its_text() -> None:
    with pytest.raises(ServerError, match="status 502") as error:
        read(httpx.Response(502, text="<html>secret</html>"))
    assert error.value.retryable
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (httpx.ConnectError("x"), "not_sent"),
        (httpx.ConnectTimeout("x"), "not_sent"),
        (httpx.PoolTimeout("x"), "not_sent"),
        (httpx.ReadTimeout("x"), "no_answer"),
        (httpx.RemoteProtocolError("x"), "no_answer"),
        (httpx.WriteError("x"), "no_answer"),
    ],
)
def test_no_answer_says_whether_the_hub_was_reached(failure: httpx.TransportError, code: str) -> None:
    error = no_answer(failure)
    assert (type(error), error.code, error.retryable) == (ConnectionFailed, code, True)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AuthApiError("No.", 400, "invalid_credentials"), AuthenticationError),
        (AuthApiError("No.", 429, "over_request_rate_limit"), RateLimited),
        (AuthApiError("No.", 500, "unexpected_failure"), ServerError),
        (AuthRetryableError("No.", 503), ServerError),
        (AuthRetryableError("No.", 0), ConnectionFailed),
        (AuthUnknownError("No.", ValueError()), ServerError),
    ],
)
def test_errors_of_auth_are_ours(error: Any, expected: type[WaslError]) -> None:
    assert type(from_auth(error)) is expected


def test_a_failed_operation_tells_its_own_error() -> None:
    facts = {"code": "declined", "message": "Your card was declined.", "provider": "stripe"}
    error = OperationFailed(Operation.model_validate(operation_row(status="failed", error=facts)))
    assert (error.code, error.message) == ("declined", "Your card was declined.")
    assert error.operation.error is not None and error.operation.error.provider == "stripe"


def test_a_cancelled_operation_failed_too() -> None:
    error = OperationFailed(Operation.model_validate(operation_row(status="cancelled")))
    assert (error.code, error.message) == ("cancelled", "The operation is cancelled.")


def test_a_wait_that_ended_can_go_on() -> None:
    error = WaitTimeout(Operation.model_validate(operation_row()), 1.5)
    assert (error.code, error.retryable) == ("wait_timeout", True)
    assert "1.5 s" in str(error)
