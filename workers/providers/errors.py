"""Everything that can go wrong between Wasl and a provider.

::

    ProviderError                     who must act   what happened at the provider
    ├── AuthenticationFailed          operator       nothing: the credentials were refused
    ├── InvalidRequest(field)         caller         nothing: the request was refused, here or there
    ├── Declined(decline_code)        payer          the payment was refused by its issuer or by risk rules
    ├── NotFound                      caller         nothing: there is no such object
    ├── NotSupported                  caller         nothing: the provider has no such operation
    ├── RateLimited(retry_after)      nobody         nothing: refused for now; try again later or elsewhere
    ├── Unavailable(retry_after)      provider       nothing: refused for now; try again later or elsewhere
    └── OutcomeUnknown                nobody         unknown: sent, but no usable answer; ask before doing anything

    WebhookRejected                   nobody         a delivery that is not believed
    ├── SignatureInvalid                             not signed by the holder of a known secret
    ├── SignatureStale                               rightly signed, but at a time outside the tolerance
    └── MalformedPayload                             rightly signed, but not in the provider's format
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypedDict, Unpack

from workers.card_data import mask_card_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError

MESSAGE_LIMIT_CHARS = 500


class Actor(StrEnum):
    """Who has to do something before the call can succeed."""

    CALLER = "caller"
    """The client of Wasl: another input is needed."""
    PAYER = "payer"
    """The person paying: another means of payment, or a word with their bank."""
    OPERATOR = "operator"
    """Whoever keeps the connection: its credentials or settings are wrong."""
    PROVIDER = "provider"
    """The provider: it is out of order."""
    NOBODY = "nobody"
    """No one: Wasl tries again, or finds out, by itself."""


class CallFacts(TypedDict, total=False):
    """What every error knows of the call.

    ``provider`` is the provider's key, ``operation`` the operation asked for, ``http_status`` the answer's status when
    there was an answer, ``provider_code`` the provider's own error code, ``request_id`` the provider's id of the
    request, for its support.
    """

    provider: str
    operation: str
    http_status: int | None
    provider_code: str | None
    request_id: str | None


def _masked(word: str | None) -> str | None:
    """A provider's word without any card data. Some codes are numbers, whatever their type says."""
    return word if word is None else mask_card_data(str(word))


class ProviderError(Exception):
    """A call to a provider that did not succeed.

    :param message: what happened, safe to show to a client: no credential. Card data in it is masked, as in every
        word of the provider's.
    :param facts: see `CallFacts`.
    """

    code: ClassVar[str] = "provider_error"
    actor: ClassVar[Actor] = Actor.PROVIDER
    retryable: ClassVar[bool] = False
    """True when it is certain that nothing happened and a later or another attempt may succeed."""

    def __init__(self, message: str, **facts: Unpack[CallFacts]) -> None:
        self.message = mask_card_data(message)[:MESSAGE_LIMIT_CHARS]
        super().__init__(self.message)
        self.provider = facts.get("provider", "")
        self.operation = facts.get("operation", "")
        self.http_status = facts.get("http_status")
        self.provider_code = _masked(facts.get("provider_code"))
        self.request_id = _masked(facts.get("request_id"))

    def as_dict(self) -> dict[str, object]:
        """The error as clients see it: the same keys for every provider, absent facts left out."""
        known: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "actor": self.actor.value,
            "retryable": self.retryable,
            "provider": self.provider,
            "operation": self.operation,
            "http_status": self.http_status,
            "provider_code": self.provider_code,
            "request_id": self.request_id,
            **self._details(),
        }
        return {key: value for key, value in known.items() if value is not None and value != ""}

    def _details(self) -> dict[str, object]:
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.provider}.{self.operation}: {self.message})"


class AuthenticationFailed(ProviderError):
    """The provider refused the credentials, or they may not do this."""

    code = "authentication_failed"
    actor = Actor.OPERATOR


class InvalidRequest(ProviderError):
    """The request is wrong and would be wrong again.

    :param field: the input field at fault, dotted (``"money.amount"``), when it is known.
    """

    code = "invalid_request"
    actor = Actor.CALLER

    def __init__(self, message: str, *, field: str | None = None, **facts: Unpack[CallFacts]) -> None:
        super().__init__(message, **facts)
        self.field = _masked(field)

    @classmethod
    def from_validation(cls, error: ValidationError, *, provider: str, operation: str) -> InvalidRequest:
        """The first fault pydantic found, named by field; the offending value is never repeated."""
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in fault["loc"]) or None
        reason = fault["msg"].removeprefix("Value error, ")
        message = f"{field}: {reason}" if field else reason
        return cls(message, field=field, provider=provider, operation=operation)

    def _details(self) -> dict[str, object]:
        return {"field": self.field}


class Declined(ProviderError):
    """The payment was refused by the payer's bank or by risk rules. Sending it again would be refused again.

    :param decline_code: Wasl's reason, a value of `payments.models.DeclineReason`; the provider's own code is
        ``provider_code``.
    :param provider_payment_id: the payment at the provider that was declined, when it made one.
    """

    code = "declined"
    actor = Actor.PAYER

    def __init__(
        self,
        message: str,
        *,
        decline_code: str = "other",
        provider_payment_id: str | None = None,
        **facts: Unpack[CallFacts],
    ) -> None:
        super().__init__(message, **facts)
        self.decline_code = decline_code
        self.provider_payment_id = _masked(provider_payment_id)

    def _details(self) -> dict[str, object]:
        return {"decline_code": self.decline_code, "provider_payment_id": self.provider_payment_id}


class NotFound(ProviderError):
    """The provider has no such object under these credentials."""

    code = "not_found"
    actor = Actor.CALLER


class NotSupported(ProviderError):
    """The provider, or its connector, has no such operation."""

    code = "not_supported"
    actor = Actor.CALLER


class RefusedForNow(ProviderError):
    """Certain that nothing happened: the call may be repeated later, or made elsewhere, without asking first.

    :param retry_after: seconds to wait, when the provider or our own limiter said so.
    """

    retryable = True

    def __init__(self, message: str, *, retry_after: float | None = None, **facts: Unpack[CallFacts]) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after

    def _details(self) -> dict[str, object]:
        return {"retry_after": self.retry_after}


class RateLimited(RefusedForNow):
    """Too many calls: said by the provider, or by our own budget before it had to."""

    code = "rate_limited"
    actor = Actor.NOBODY


class Unavailable(RefusedForNow):
    """The provider could not be reached, refused everything for now, or could not answer a question."""

    code = "unavailable"
    actor = Actor.PROVIDER


class OutcomeUnknown(ProviderError):
    """The request was sent and no usable answer came: it may or may not have taken effect."""

    code = "outcome_unknown"
    actor = Actor.NOBODY


class WebhookRejected(Exception):
    """A delivery that is not believed. The text is for our log; the sender is told nothing of it."""

    code: ClassVar[str] = "webhook_rejected"


class SignatureInvalid(WebhookRejected):
    """No known secret made this signature for this body, or there is none."""

    code = "signature_invalid"


class SignatureStale(WebhookRejected):
    """The signature is right, but its time lies outside the tolerance: a replay, or a clock that is wrong."""

    code = "signature_stale"


class MalformedPayload(WebhookRejected):
    """The signature is right, but the body is not in the provider's format."""

    code = "malformed_payload"


HTTP_ERRORS: Mapping[int, type[ProviderError]] = {
    400: InvalidRequest,
    401: AuthenticationFailed,
    402: Declined,
    403: AuthenticationFailed,
    404: NotFound,
    405: NotSupported,
    409: InvalidRequest,
    410: NotFound,
    422: InvalidRequest,
    429: RateLimited,
    501: NotSupported,
}
"""What a status means where the provider says nothing better."""


def error_class(status: int, *, write: bool) -> type[ProviderError]:
    """The error for an HTTP status.

    :param status: the answer's status, not 2xx.
    :param write: whether the call could have changed something. A 5xx (and 408, 424 and a redirect) to a write leaves
        its outcome unknown; to a read it only means "not now". That holds for 503, too: proxies answer it also when
        they lost the server after it had been given the request.
    """
    if status in HTTP_ERRORS:
        return HTTP_ERRORS[status]
    if 400 <= status < 500 and status not in (408, 424):
        return InvalidRequest
    return OutcomeUnknown if write else Unavailable
