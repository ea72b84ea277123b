"""A service account's key, and the assertion that it signs for a token (RFC 7523, section 2.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Self

import orjson
from authlib.oauth2.rfc7523.assertion import sign_jwt_bearer_assertion
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

AUDIENCE: Final = "https://oauth2.googleapis.com/token"
SCOPE: Final = "https://www.googleapis.com/auth/analytics.readonly"
GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME_SECONDS: Final = 3600
"""The longest that Google takes."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What a key file of Google Cloud says. Its addresses are not followed: tokens come from Google's own.

    :param email: whose key it is; the address that a property's owner adds as a viewer.
    """

    email: str
    key_id: str
    private_key: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """A key out of its file.

        :raises ValueError: it is none; the text is never repeated.
        """
        try:
            fields = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise ValueError("is not the JSON of a key file") from None
        if not isinstance(fields, dict) or fields.get("type") != "service_account":
            raise ValueError('is not a service account\'s key: its "type" is another')
        email, key_id, private_key = (_text(fields, name) for name in ("client_email", "private_key_id", "private_key"))
        if "@" not in email:
            raise ValueError('has no address as "client_email"')
        if not _is_rsa_key(private_key):
            raise ValueError('has no RSA key as "private_key"')
        return cls(email, key_id, private_key)

    def assertion(self) -> str:
        """A signed request for a token, good for an hour at most.

        :raises ValueError: the numbers of the key do not fit each other.
        """
        try:
            key = RSAKey.import_key(self.private_key)
        except (JoseError, ValueError):
            raise ValueError('its "private_key" is damaged') from None
        signed: str = sign_jwt_bearer_assertion(
            key,
            self.email,
            AUDIENCE,
            alg="RS256",
            header={"kid": self.key_id},
            claims={"scope": SCOPE},
            expires_in=LIFETIME_SECONDS,
        )
        return signed


def _is_rsa_key(pem: str) -> bool:
    """Whether a text is one, by its form: that its numbers are primes is checked when it signs, which takes longer."""
    try:
        key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError):
        return False
    return isinstance(key, RSAPrivateKey)


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'lacks "{name}"')
    return value
