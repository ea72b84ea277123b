"""For receivers of webhooks: whether one comes from the hub, unaltered and just now.

>>> from wasl import webhooks
>>> message = webhooks.verify(await request.body(), request.headers, "whsec_...")
>>> if message["type"] == "payment.succeeded": ...

This is Standard Webhooks (https://www.standardwebhooks.com), so any library of it does as well.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
_SECRET_BYTES = 32
_TIMESTAMP = re.compile(r"[0-9]{1,15}")


class WebhookRefused(ValueError):
    """It is not from the hub, was altered, or is not from just now; answer with status 400 or 401."""


def verify(
    payload: bytes | str,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    *,
    tolerance_seconds: float = TOLERANCE_SECONDS,
) -> Any:
    """Return the message of a webhook, decoded, if it is from the hub.

    Args:
        payload: the body exactly as it came, before anything has parsed it.
        headers: those of the request, in whatever case.
        secret: the subscription's (``whsec_...``), or several while one takes the other's place.
        tolerance_seconds: how far its time may be off, either way.

    Raises:
        WebhookRefused: do not believe it.
        ValueError: a secret is none.
    """
    body = payload.encode() if isinstance(payload, str) else bytes(payload)
    known = {name.lower(): value for name, value in headers.items()}
    message_id, moment = known.get("webhook-id", ""), known.get("webhook-timestamp", "")
    given = known.get("webhook-signature", "")
    if not (message_id and moment and given):
        raise WebhookRefused("It lacks webhook-id, webhook-timestamp or webhook-signature.")
    if not _TIMESTAMP.fullmatch(moment) or abs(time.time() - int(moment)) > tolerance_seconds:
        raise WebhookRefused("Its time is too far from now.")
    signed = b".".join((message_id.encode(), moment.encode(), body))
    keys = [key_of(each) for each in ([secret] if isinstance(secret, str) else secret)]
    expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    if not any(hmac.compare_digest(one, other) for one in expected for other in _signatures(given)):
        raise WebhookRefused("None of its signatures is right.")
    try:
        return json.loads(body)
    except ValueError:
        raise WebhookRefused("Its body is no JSON.") from None


def new_secret() -> str:
    """Return a new signing secret: ``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Return the bytes that a secret stands for; raises ValueError, without quoting it, when it is none."""
    encoded = secret.strip().removeprefix("v1,").removeprefix(PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError(f"not a signing secret: it begins with {PREFIX}, and base64 follows")
    return key


def _signatures(header: str) -> list[bytes]:
    """Those of version 1; what is none is left out."""
    found = []
    for each in header.split():
        version, _, encoded = each.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
