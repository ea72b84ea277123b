"""Service accounts and the tokens that are given for what they sign."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.shipping.answers import Refusal

AUDIENCE = "https://oauth2.googleapis.com/token"
SCOPES = ("https://www.googleapis.com/auth/analytics.readonly", "https://www.googleapis.com/auth/analytics")
TOKEN_SECONDS = 3600
SKEW_SECONDS = 300
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_BAD_TIME = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp "
    "values in the JWT claim."
)


@dataclass(slots=True)
class Access:
    """Whose keys and tokens there are.

    A key that was made here is held against what it signs. Any other is believed, as long as nothing about it says
    ``invalid``: so somebody can begin with a key of their own making.

    :param clock: Unix time.
    """

    clock: Callable[[], float]
    keys: dict[str, Any] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def new_key(self, email: str) -> dict[str, str]:
        """A key file of a service account."""
        private, key_id = rsa.generate_private_key(65537, 2048), uuid.uuid4().hex
        self.keys[key_id] = private.public_key()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "wasl-sandbox",
            "private_key_id": key_id,
            "private_key": pem.decode(),
            "client_email": email,
            "client_id": "100000000000000000001",
            "token_uri": AUDIENCE,
        }

    def issue(self, form: dict[str, str]) -> dict[str, Any]:
        """A token for an assertion."""
        if form.get("grant_type") != _GRANT:
            raise _refused("unsupported_grant_type", "Invalid grant_type: " + form.get("grant_type", ""))
        claims = self._claims(form.get("assertion", ""))
        token = f"ya29.{secrets.token_urlsafe(40)}"
        self.tokens[token] = (str(claims["iss"]), self.clock() + TOKEN_SECONDS)
        return {"access_token": token, "expires_in": TOKEN_SECONDS - 1, "token_type": "Bearer"}

    def holder(self, authorization: str) -> str | None:
        """Whose token a call carries; None when it is none, or has run out."""
        email, until = self.tokens.get(authorization.removeprefix("Bearer "), (None, 0.0))
        return email if until > self.clock() else None

    def _claims(self, assertion: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(assertion)
            claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            raise _refused("invalid_grant", "Bad Request") from None
        email, key_id = str(claims.get("iss", "")), str(header.get("kid", ""))
        if "@" not in email or "invalid" in email:
            raise _refused("invalid_grant", "Invalid grant: account not found")
        if header.get("alg") != "RS256" or key_id in self.revoked or not self._is_signed(assertion, key_id):
            raise _refused("invalid_grant", "Invalid JWT Signature.")
        if claims.get("aud") != AUDIENCE:
            raise _refused("invalid_grant", "Invalid JWT: Failed audience check.")
        issued, ends, now = claims.get("iat"), claims.get("exp"), self.clock()
        if not isinstance(issued, int) or not isinstance(ends, int) or not now < ends <= issued + TOKEN_SECONDS:
            raise _refused("invalid_grant", _BAD_TIME)
        if issued > now + SKEW_SECONDS:
            raise _refused("invalid_grant", _BAD_TIME)
        if claims.get("scope") not in SCOPES:
            raise _refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return claims

    def _is_signed(self, assertion: str, key_id: str) -> bool:
        if key_id not in self.keys:
            return True
        try:
            options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
            jwt.decode(assertion, self.keys[key_id], algorithms=["RS256"], options=options)
        except jwt.InvalidTokenError:
            return False
        return True


def _refused(error: str, description: str) -> Refusal:
    return Refusal(400, {"error": error, "error_description": description})
