"""Who may call: apps, what people agreed to, tokens of logins and of pages, and the proof of a call."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from starlette.requests import Request

from sandbox.consent import Consent, ConsentDesk, ConsentRefused
from sandbox.social.meta.errors import GraphError, bad_parameter, bad_token
from sandbox.social.meta.fields import Node

LONG_SECONDS, SHORT_SECONDS = 60 * 86400.0, 3600.0
PASTED = "sandbox_"


@dataclass
class World:
    """What one login sees. :param nodes: everything in it, by id, the oldest first."""

    login: str
    nodes: dict[str, Node] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def of_kind(self, kind: str, **same: Any) -> list[Node]:
        """The nodes of a kind, with these fields, the newest first."""
        found = [node for node in self.nodes.values() if node["kind"] == kind]
        return [node for node in reversed(found) if all(node.get(name) == value for name, value in same.items())]


WorldT = TypeVar("WorldT", bound=World)


class Access(Generic[WorldT]):
    """The logins of a network of Meta's.

    :param now: the time in seconds since 1970.
    """

    scopes: tuple[str, ...] = ()

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.desk = ConsentDesk("Facebook", scope_separator=",", prefix="EAA")
        self.forget()

    def forget(self) -> None:
        """Forget every login, app and token."""
        self.worlds: dict[str, WorldT] = {}
        self.apps: dict[str, str] = {}
        self.ended: dict[str, int] = {}
        self.page_tokens: dict[str, tuple[str, str, Consent]] = {}
        self.desk.reset()

    def new_world(self, login: str) -> WorldT:
        """A login's world, with its accounts."""
        raise NotImplementedError

    def world(self, login: str) -> WorldT:
        """A login's world; made at its first use."""
        if login not in self.worlds:
            self.worlds[login] = self.new_world(login)
        return self.worlds[login]

    def holder(self, token: str) -> tuple[Consent, str | None]:
        """Whose token it is, and of which page, if it is a page's own.

        :raises GraphError: it is not good, or not any more.
        """
        if token in self.page_tokens:
            login, page, consent = self.page_tokens[token]
            if self.ended.get(login, 463) != 463 or page in self.world(login).removed:
                raise bad_token(460, "Error validating access token: The session has been invalidated.")
            return consent, page
        if token.startswith(PASTED) and "invalid" not in token:
            consent = Consent("", token, self.scopes)
        elif (found := self.desk.holder(token)) is not None:
            consent = found
        else:
            raise bad_token(None if "invalid" in token else 463 if token.startswith(self.desk.prefix) else 467)
        if subcode := self.ended.get(consent.login) if token.startswith(PASTED) else None:
            raise bad_token(subcode, "Error validating access token: Session has expired.")
        return consent, None

    def page_token(self, consent: Consent, account: str | None, page: str) -> str | None:
        """A page's own token, for whoever may work with it."""
        if account not in (None, page):
            return None
        login = consent.login
        for token, (owner, owned, _) in self.page_tokens.items():
            if (owner, owned) == (login, page):
                return token
        token = f"EAAPage{secrets.token_hex(16)}"
        self.page_tokens[token] = (login, page, consent)
        return token

    def _end(self, subcode: int, login: str | None) -> Node:
        """Let access end; the tokens of pages, which have no clock, die only when it is taken back."""
        ended = [each for each in self.worlds if login in (None, each)]
        self.ended |= {each: subcode for each in ended if each.startswith(PASTED)}
        count_of = self.desk.expire(login) if subcode == 463 else self.desk.revoke(login)
        gone = [token for token, (owner, _, _) in self.page_tokens.items() if owner in ended and subcode != 463]
        for token in gone:
            del self.page_tokens[token]
        return {"ended": count_of + len(ended)}

    def judge_proof(self, proof: str | None, token: str, app_id: str) -> None:
        if proof is None:
            return
        secret = self.apps.get(app_id)
        right = secret is None or hmac.compare_digest(proof, hmac_hex(secret, token.encode()))
        if not re.fullmatch(r"[0-9a-f]{64}", proof) or not right:
            raise bad_parameter("Invalid appsecret_proof provided in the API argument")

    async def trade(self, request: Request, parameters: Mapping[str, str]) -> Node:
        """A code for a short token, or a short token for a long one."""
        app_id, secret = parameters.get("client_id", ""), parameters.get("client_secret", "")
        self.judge_app(app_id, secret)
        if parameters.get("grant_type") == "fb_exchange_token":
            consent = self.desk.holder(parameters.get("fb_exchange_token", ""))
            if consent is None or consent.client_id != app_id:
                raise bad_token(463)
            return _issued(self.desk.issue(consent, LONG_SECONDS), LONG_SECONDS)
        consent = self.redeemed(self.desk, parameters)
        return _issued(self.desk.issue(consent, SHORT_SECONDS), SHORT_SECONDS)

    def redeemed(self, desk: ConsentDesk, parameters: Mapping[str, str]) -> Consent:
        """What somebody agreed to."""
        try:
            return desk.redeem(parameters.get("code", ""), parameters["client_id"], parameters["redirect_uri"], None)
        except (ConsentRefused, KeyError):
            raise GraphError(100, "This authorization code has been used or has expired.", subcode=36009) from None

    def judge_app(self, app_id: str, secret: str) -> None:
        """An app's secret is what it was first used with."""
        if not app_id or "invalid" in app_id:
            raise GraphError(101, "Error validating application. Cannot get application info")
        if not secret or "invalid" in secret or self.apps.setdefault(app_id, secret) != secret:
            raise GraphError(1, "Error validating client secret.")

    async def debug(self, request: Request, parameters: Mapping[str, str]) -> Node:
        app_id, _, secret = token_of(request, parameters).partition("|")
        self.judge_app(app_id, secret)
        token = parameters.get("input_token", "")
        try:
            consent, page = self.holder(token)
        except GraphError as error:
            return {"data": {"app_id": app_id, "is_valid": False, "error": error.error, "scopes": []}}
        left = None if token.startswith(PASTED) or page else self.desk.seconds_left(token)
        return {
            "data": {
                "app_id": app_id,
                "type": "PAGE" if page else "USER",
                "is_valid": True,
                "scopes": list(consent.scopes),
                "expires_at": 0 if left is None else int(self.now() + left),
                "data_access_expires_at": int(self.now() + 90 * 86400),
                "user_id": "1000",
            }
        }


def hmac_hex(secret: str, message: bytes) -> str:
    """HMAC-SHA256 in hexadecimal."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _issued(token: str, seconds: float) -> Node:
    return {"access_token": token, "token_type": "bearer", "expires_in": int(seconds)}


def token_of(request: Request, parameters: Mapping[str, str]) -> str:
    """The token that a call carries."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token if scheme in ("Bearer", "OAuth") else parameters.get("access_token", "")
    if not token:
        raise GraphError(104, "An access token is required to request this resource.", status=401)
    return token
