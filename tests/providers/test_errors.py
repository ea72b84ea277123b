"""Errors say what happened, who must act and what may be done next; and never a secret."""

import pytest
from pydantic import BaseModel, ConfigDict

from workers.providers import errors
from workers.providers.errors import (
    Actor,
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
    error_class,
)


def test_only_what_certainly_did_nothing_is_retryable() -> None:
    kinds = (AuthenticationFailed, InvalidRequest, Declined, NotFound, NotSupported, OutcomeUnknown)
    assert not any(kind.retryable for kind in kinds)
    assert RateLimited.retryable
    assert Unavailable.retryable


def test_codes_are_stable() -> None:
    codes = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ProviderError) and kind is not ProviderError
    }
    assert codes == {
        "authentication_failed",
        "declined",
        "invalid_request",
        "not_found",
        "not_supported",
        "outcome_unknown",
        "provider_error",
        "rate_limited",
        "unavailable",
    }


def test_the_public_form_has_only_what_is_known() -> None:
    error = Declined(
        "Your card has insufficient funds.",
        decline_code="insufficient_funds",
        provider_payment_id="pi_1",
        provider="stripe",
        operation="create_payment",
        http_status=402,
        provider_code="insufficient_funds",
        request_id="req_1",
    )
    assert error.as_dict() == {
        "code": "declined",
        "message": "Your card has insufficient funds.",
        "actor": "payer",
        "retryable": False,
        "provider": "stripe",
        "operation": "create_payment",
        "http_status": 402,
        "provider_code": "insufficient_funds",
        "request_id": "req_1",
        "decline_code": "insufficient_funds",
        "provider_payment_id": "pi_1",
    }
    assert RateLimited("slow down", retry_after=0.0).as_dict() == {
        "code": "rate_limited",
        "message": "slow down",
        "actor": "nobody",
        "retryable": True,
        "retry_after": 0.0,
    }


def test_who_must_act_is_part_of_the_error() -> None:
    assert AuthenticationFailed.actor is Actor.OPERATOR
    assert Declined.actor is Actor.PAYER
    assert InvalidRequest.actor is Actor.CALLER
    assert Unavailable.actor is Actor.PROVIDER
    assert OutcomeUnknown.actor is Actor.NOBODY


def test_long_messages_are_cut() -> None:
    assert len(NotFound("x" * 10_000).message) == errors.MESSAGE_LIMIT_CHARS


@pytest.mark.parametrize(
    ("status", "on_write", "on_read"),
    [
        (302, OutcomeUnknown, Unavailable),
        (400, InvalidRequest, InvalidRequest),
        (401, AuthenticationFailed, AuthenticationFailed),
        (402, Declined, Declined),
        (403, AuthenticationFailed, AuthenticationFailed),
        (404, NotFound, NotFound),
        (405, NotSupported, NotSupported),
        (408, OutcomeUnknown, Unavailable),
        (418, InvalidRequest, InvalidRequest),
        (422, InvalidRequest, InvalidRequest),
        (424, OutcomeUnknown, Unavailable),
        (429, RateLimited, RateLimited),
        (500, OutcomeUnknown, Unavailable),
        (502, OutcomeUnknown, Unavailable),
        (503, OutcomeUnknown, Unavailable),  # a proxy says so, too, when the server was lost on the way
        (504, OutcomeUnknown, Unavailable),
    ],
)
def test_statuses_mean_what_the_table_says(
    status: int, on_write: type[ProviderError], on_read: type[ProviderError]
) -> None:
    assert error_class(status, write=True) is on_write
    assert error_class(status, write=False) is on_read


def test_a_validation_error_names_the_field_and_hides_the_value() -> None:
    class Inner(BaseModel):
        model_config = ConfigDict(extra="forbid")
        pin: int

    class Outer(BaseModel):
        inner: Inner

    with pytest.raises(ValueError, match="inner") as raised:
        Outer.model_validate({"inner": {"pin": "hunter2-secret"}})
    error = InvalidRequest.from_validation(raised.value, provider="p", operation="o")  # type: ignore[arg-type]
    assert error.field == "inner.pin"
    assert "hunter2-secret" not in str(error.as_dict())
    assert "hunter2-secret" not in repr(error)
