"""API keys and JSON Web Tokens as Supabase issues them: opaque keys at the gateway, ES256 tokens behind it."""

import base64
import hashlib
import json
import secrets
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

Jwk = dict[str, Any]

PUBLISHABLE_PREFIX = "sb_publishable_"
SECRET_PREFIX = "sb_secret_"  # noqa: S105


def new_api_key(prefix: str) -> str:
    """A new opaque API key in Supabase's shape: prefix, 22 random characters, `_`, 8 characters of checksum."""
    body = prefix + base64.urlsafe_b64encode(secrets.token_bytes(17)).decode()[:22]
    checksum = hashlib.sha256(f"supabase-self-hosted|{body}".encode()).digest()
    return f"{body}_{base64.urlsafe_b64encode(checksum).decode()[:8]}"


def new_signing_key() -> Jwk:
    """A new ES256 (P-256) signing key as a private JSON Web Key."""
    key = ec.generate_private_key(ec.SECP256R1())
    jwk: Jwk = ECAlgorithm.to_jwk(key, as_dict=True)
    return jwk | {"kid": str(uuid.uuid4()), "alg": "ES256", "use": "sig"}


def public_key_set(signing_key: Jwk) -> dict[str, list[Jwk]]:
    """The JSON Web Key Set that verifies what `signing_key` signs."""
    public = {name: value for name, value in signing_key.items() if name != "d"}
    return {"keys": [public | {"key_ops": ["verify"]}]}


def sign(signing_key: Jwk, claims: dict[str, Any]) -> str:
    """A signed ES256 token with exactly these claims."""
    key = ECAlgorithm.from_jwk(json.dumps(signing_key))
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": signing_key["kid"]})  # type: ignore[arg-type]


def mint(signing_key: Jwk, *, issuer: str, lifetime_seconds: int = 3600, **claims: Any) -> str:
    """A signed token with the usual time claims added to `claims`; times are Unix seconds."""
    now = int(time.time())
    return sign(signing_key, {"iss": issuer, "iat": now, "exp": now + lifetime_seconds} | claims)
