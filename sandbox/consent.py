"""The consent page and the tokens of providers that are connected by OAuth, as their twins share them.

A twin mounts `ConsentDesk.page_routes` where its provider's page lies, trades codes by `ConsentDesk.redeem`, and asks
`ConsentDesk.holder` whose token a call carries. Whoever opens the page presses *Allow* or *Decline*, or posts
``decision=allow``; scopes can be left out by posting ``scope`` for each that is granted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

CODE_SECONDS = 600.0
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name} (sandbox)</title>
<h1>{name}</h1><p>The app <b>{client_id}</b> asks for:</p><ul>{scopes}</ul>
<form method="post"><button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Decline</button></form></html>"""


class ConsentRefused(Exception):
    """A code or token that is not good. :param error: as RFC 6749 names it, such as ``invalid_grant``."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody agreed to. :param login: whose account it is; the same app asks for the same one's again."""

    client_id: str
    login: str
    scopes: tuple[str, ...]


@dataclass(slots=True)
class _Code:
    consent: Consent
    redirect_uri: str
    challenge: str | None
    issued_at: float


@dataclass(slots=True)
class _Token:
    consent: Consent
    expires_at: float | None
    is_refresh: bool = False


@dataclass(slots=True)
class ConsentDesk:
    """One provider's consent page, its codes and its tokens.

    :param name: the provider's, for the page. :param scope_separator: how scopes are written in its addresses.
    :param prefix: begins its tokens. :param clock: seconds that never go back.
    """

    name: str
    scope_separator: str = " "
    prefix: str = "tok"
    clock: Callable[[], float] = time.monotonic
    _codes: dict[str, _Code] = field(default_factory=dict)
    _tokens: dict[str, _Token] = field(default_factory=dict)

    def page_routes(self, path: str) -> list[BaseRoute]:
        """The consent page at a path."""
        return [Route(path, self._show, methods=["GET"]), Route(path, self._decide, methods=["POST"])]

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str | None) -> Consent:
        """Trade a code, once.

        :raises ConsentRefused: it was used, is too old, or belongs to another app, address or challenge.
        """
        issued = self._codes.pop(code, None)
        if issued is None or self.clock() - issued.issued_at > CODE_SECONDS:
            raise ConsentRefused("invalid_grant", "The code is not valid, was used or has expired.")
        if issued.consent.client_id != client_id or issued.redirect_uri != redirect_uri:
            raise ConsentRefused("invalid_grant", "The code belongs to another app or redirect_uri.")
        if issued.challenge is not None:
            digest = hashlib.sha256((verifier or "").encode()).digest()
            expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if not hmac.compare_digest(expected, issued.challenge):
                raise ConsentRefused("invalid_grant", "The code verifier does not match.")
        return issued.consent

    def issue(self, consent: Consent, seconds: float | None, *, is_refresh: bool = False) -> str:
        """A new token. :param seconds: how long it holds; None: until it is revoked."""
        token = f"{self.prefix}_{secrets.token_hex(20)}"
        self._tokens[token] = _Token(consent, None if seconds is None else self.clock() + seconds, is_refresh)
        return token

    def holder(self, token: str, *, is_refresh: bool = False) -> Consent | None:
        """Whose token it is; None when it is unknown, revoked or has run out."""
        known = self._tokens.get(token)
        if known is None or known.is_refresh != is_refresh:
            return None
        if known.expires_at is not None and self.clock() >= known.expires_at:
            return None
        return known.consent

    def seconds_left(self, token: str) -> float | None:
        """How long it still holds; None: until it is revoked."""
        expires_at = self._tokens[token].expires_at
        return None if expires_at is None else max(0.0, expires_at - self.clock())

    def expire(self, login: str | None = None) -> int:
        """Let access tokens run out now: all, or one login's. Refresh tokens stay good."""
        return self._end(lambda token: not token.is_refresh and login in (None, token.consent.login))

    def revoke(self, login: str | None = None) -> int:
        """Take every token back: all, or one login's."""
        return self._end(lambda token: login in (None, token.consent.login))

    def reset(self) -> None:
        """Forget everything."""
        self._codes.clear()
        self._tokens.clear()

    def _end(self, ends: Callable[[_Token], bool]) -> int:
        gone = [name for name, token in self._tokens.items() if ends(token)]
        for name in gone:
            del self._tokens[name]
        return len(gone)

    async def _show(self, request: Request) -> Response:
        query = request.query_params
        if not query.get("client_id") or not query.get("redirect_uri"):
            return Response("client_id and redirect_uri are required", 400)
        if query.get("response_type", "code") != "code":
            return Response("response_type must be code", 400)
        scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in self._scopes(query.get("scope", "")))
        client_id = html.escape(query["client_id"])
        return HTMLResponse(_PAGE.format(name=html.escape(self.name), client_id=client_id, scopes=scopes))

    async def _decide(self, request: Request) -> Response:
        # Read by hand: Starlette's own way needs another package.
        query, form = request.query_params, parse_qs((await request.body()).decode())
        client_id, redirect_uri = query.get("client_id", ""), query.get("redirect_uri", "")
        if not client_id or not redirect_uri:
            return Response("client_id and redirect_uri are required", 400)
        back = {"state": query.get("state", "")}
        if form.get("decision") != ["allow"]:
            back |= {"error": "access_denied", "error_description": "The user declined."}
            return RedirectResponse(_with_query(redirect_uri, back), 303)
        asked = self._scopes(query.get("scope", ""))
        granted = form.get("scope") or asked
        consent = Consent(client_id, form.get("login", [client_id])[0], tuple(s for s in asked if s in granted))
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(consent, redirect_uri, query.get("code_challenge"), self.clock())
        return RedirectResponse(_with_query(redirect_uri, {"code": code, **back}), 303)

    def _scopes(self, text: str) -> Sequence[str]:
        return [scope for scope in text.split(self.scope_separator) if scope]


def _with_query(address: str, parameters: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query), *parameters.items()])
    return urlunsplit(parts._replace(query=query))
