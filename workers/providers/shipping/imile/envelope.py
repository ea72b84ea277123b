"""The envelope that every call goes in, and its signature.

Every call is a POST of ``{customerId, sign, accessToken, signMethod, format, version, timestamp, timeZone, param}``.
With ``SimpleKey`` the sign is the key. With ``MD5`` it is the digest, in capital letters, of: key, then names and
values of all fields but ``sign`` and ``param`` in the order of their names, then ``param`` as compact JSON, then key.
(That was computed once for the example in iMile's own guide, as an integration quotes it, and gave the sign printed
there.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from workers.providers.shipping.imile.manifest import MANIFEST, IMileSettings, SignMethod


def sealed(
    param: Mapping[str, Any],
    *,
    customer_id: str,
    key: str,
    settings: IMileSettings,
    token: str | None,
    milliseconds: int,
) -> bytes:
    """The body of a call, signed.

    :param token: the access token; None in the call that asks for one.
    :param milliseconds: the time since 1970.
    """
    common = {
        "customerId": customer_id,
        "signMethod": settings.sign_method.value,
        "format": "json",
        "version": f"{MANIFEST.api_version}",
        "timestamp": str(milliseconds),
        "timeZone": settings.time_zone,
    }
    if token is not None:
        common["accessToken"] = token
    sign = key if settings.sign_method is SignMethod.SIMPLE_KEY else digest(common, orjson.dumps(param), key)
    return orjson.dumps({**common, "sign": sign, "param": param})


def digest(common: Mapping[str, str], param: bytes, key: str) -> str:
    """The sign of method MD5. :param param: as it is sent."""
    fields = "".join(f"{name}{common[name]}" for name in sorted(common))
    signed = key.encode() + fields.encode() + param + key.encode()
    return hashlib.md5(signed, usedforsecurity=False).hexdigest().upper()
