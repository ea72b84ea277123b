"""Consent by OAuth 2 (RFC 6749, with PKCE by RFC 7636), as the connectors of such providers share it.

The addresses and parameters are made and read by Authlib; the calls go through the connector's own transport, like any
other, so that limits, records and redaction hold for them as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from pydantic import BaseModel, ConfigDict, Field

_NEVER_SECONDS: Final = 0


class ConsentScheme(BaseModel):
    """How somebody lets the hub act for them at the provider (OAuth 2).

    :param scopes: what is asked for, unless the client asks for other ones.
    :param pkce: whether the provider takes a code challenge (RFC 7636, S256).
    :param parameters: further ones of the consent page's address.
    :param refreshes: whether access can be renewed without that person; some providers let some apps only.
    :param access_days: how long access holds, where that is days; then a person is asked again ahead of its end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    scopes: tuple[str, ...]
    scope_separator: str = " "
    pkce: bool
    parameters: dict[str, str] = Field(default_factory=dict)
    refreshes: bool
    access_days: int | None = None


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """What a person is asked to agree to.

    :param state: ties their coming back to this request. :param redirect_uri: where they come back to, exactly.
    :param scopes: to ask for; empty: the provider's usual ones.
    :param code_verifier: for PKCE; used where the provider supports it.
    """

    state: str
    redirect_uri: str
    scopes: tuple[str, ...] = ()
    code_verifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CodeExchange:
    """What they came back with."""

    code: str = field(repr=False)
    redirect_uri: str
    code_verifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What access is good for.

    :param scopes: what was granted; None where the provider does not say.
    :param expires_at: None: it does not run out. :param refresh_expires_at: until when it can be renewed.
    :param subject_id: whose access it is, at the provider; likewise ``subject_name``.
    """

    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    subject_id: str | None = None
    subject_name: str | None = None


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """Access that a consent or a renewal brought.

    :param credentials: to store from now on, by field name; what is not named stays.
    :param settings: of the connection, that come with it (such as the data centre of an account); likewise.
    :param refreshable: whether it can be renewed without anybody.
    """

    credentials: Mapping[str, str] = field(repr=False)
    facts: TokenFacts
    settings: Mapping[str, str] = field(default_factory=dict)
    refreshable: bool = False


def consent_url(scheme: ConsentScheme, address: str, client_id: str, request: ConsentRequest) -> str:
    """The address to send a person to.

    :param address: of the provider's consent page.
    """
    parameters: dict[str, Any] = dict(scheme.parameters)
    if scheme.pkce and request.code_verifier:
        parameters["code_challenge"] = create_s256_code_challenge(request.code_verifier)  # type: ignore[no-untyped-call]
        parameters["code_challenge_method"] = "S256"
    scope = scheme.scope_separator.join(request.scopes or scheme.scopes)
    if scope:
        parameters["scope"] = scope
    uri: str = prepare_grant_uri(
        address, client_id, "code", redirect_uri=request.redirect_uri, state=request.state, **parameters
    )
    return uri


def code_form(scheme: ConsentScheme, exchange: CodeExchange, **parameters: str) -> str:
    """The form that trades a code for access; ``parameters`` are the provider's own, such as the client's secret."""
    if scheme.pkce and exchange.code_verifier:
        parameters["code_verifier"] = exchange.code_verifier
    form: str = prepare_token_request(
        "authorization_code", redirect_uri=exchange.redirect_uri, code=exchange.code, **parameters
    )
    return form


def refresh_form(refresh_token: str, **parameters: str) -> str:
    """The form that renews access."""
    form: str = prepare_token_request("refresh_token", refresh_token=refresh_token, **parameters)
    return form


def expiry(seconds: Any, now: datetime | None = None) -> datetime | None:
    """When a token of so many seconds runs out; None for what never does: none, or 0 as some providers write it.

    :raises ValueError: it is no number of seconds.
    """
    if seconds is None or isinstance(seconds, bool) or float(seconds) <= _NEVER_SECONDS:
        return None
    return (now or datetime.now(UTC)) + timedelta(seconds=float(seconds))


def scopes_of(text: Any) -> tuple[str, ...] | None:
    """The scopes in a token's answer, however they are separated; None where there are none named."""
    if isinstance(text, str) and text.strip():
        return tuple(sorted(set(text.replace(",", " ").split())))
    return None
