"""The rows of rules, channels and maintenance windows as they go over the wire; shared by both colours."""

import base64
import secrets
from collections.abc import Mapping
from datetime import time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from wasl._arguments import listed
from wasl._requests import id_text, time_text
from wasl.errors import InvalidRequest
from wasl.models import EncryptionKey
from wasl.sealing import PublicKey, SealedCredential, seal_credential


def alert_columns(values: Mapping[str, Any], allowed: type, *, others: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return columns as they go over the wire.

    Args:
        allowed: the TypedDict of what there is.
        others: what there is beside.

    Raises:
        TypeError: there is no such column, or it is of another type; the message names it.
        InvalidRequest: an identifier is no UUID, or a time has no zone; `field` names it.
    """
    if unknown := sorted(values.keys() - allowed.__annotations__.keys() - {*others}):
        raise TypeError(f"there is no {unknown[0]!r} to set")
    return {name: _wire(name, value) for name, value in values.items()}


def new_signing_secret() -> str:
    """Return a new secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed_secrets(
    key: EncryptionKey, organization_id: UUID, channel_id: UUID, values: Mapping[str, str]
) -> list[SealedCredential]:
    """Return a channel's secrets, sealed for it alone. Of a URL the host is shown, and nothing of the others.

    Raises:
        InvalidRequest: the URL is none; the message does not repeat it.
    """
    public_key = PublicKey.from_base64url(key.id, key.public_key, key.algorithm)
    sealed = [seal_credential(public_key, organization_id, channel_id, name, value) for name, value in values.items()]
    return [{**each, "hint": _host(values["url"]) if each["name"] == "url" else None} for each in sealed]


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except (ValueError, AttributeError):
        host = None
    if not host:
        raise InvalidRequest("url must be an http(s) URL.", code="invalid_url", field="url")
    return host


def _wire(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_id"):
        return id_text(value, name)
    if name in ("starts_at", "ends_at"):
        return time_text(value, name)
    if name in ("kinds", "weekdays"):
        return listed(value, name)
    if name in ("threshold", "recover_at"):
        return str(value)
    return value.isoformat() if isinstance(value, time) else value
