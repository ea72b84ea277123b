"""The signature that every request, answer and webhook of Amazon Payment Services carries in its own body.

All fields but ``signature`` itself, sorted by name, as ``name=value`` with nothing between, and the phrase before and
after; of that SHA-256 or SHA-512, in lower-case hexadecimal. Requests are signed with the request phrase, answers and
webhooks with the response phrase (https://paymentservices.amazon.com/docs/developer-resources/signature). The HMAC
types hash the same text, phrases included, keyed with the phrase (official Magento plugin 708923f). How objects and
lists are written, and that ``installment_detail`` is left out, is from the official PHP SDK f8d2366 and .NET SDK
46e454a, whose tests' vectors this agrees with.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final


class ShaType(StrEnum):
    """What the dashboard offers under Security Settings; SHA-128 is advised against there, and not offered here."""

    SHA_256 = "SHA-256"
    SHA_512 = "SHA-512"
    HMAC_256 = "HMAC-256"
    HMAC_512 = "HMAC-512"


_UNSIGNED: Final = frozenset({"signature", "installment_detail"})
_HASHES: Final[Mapping[ShaType, str]] = {
    ShaType.SHA_256: "sha256",
    ShaType.SHA_512: "sha512",
    ShaType.HMAC_256: "sha256",
    ShaType.HMAC_512: "sha512",
}


def signature(fields: Mapping[str, Any], phrase: str, sha_type: ShaType = ShaType.SHA_256) -> str:
    """The signature of a request, an answer or a webhook.

    :param fields: its fields; one called ``signature`` is left out.
    """
    named = ((name, fields[name]) for name in sorted(fields) if name not in _UNSIGNED)
    text = "".join([phrase, *(f"{name}={_written(value)}" for name, value in named), phrase]).encode()
    if sha_type in (ShaType.HMAC_256, ShaType.HMAC_512):
        return hmac.digest(phrase.encode(), text, _HASHES[sha_type]).hex()
    return hashlib.new(_HASHES[sha_type], text).hexdigest()


def accepted_signatures(fields: Mapping[str, Any], phrase: str, sha_type: ShaType) -> list[bytes]:
    """The signatures that a message may carry: the official SDKs disagree on whether empty fields are signed."""
    filled = {name: value for name, value in fields.items() if value not in (None, "")}
    return [signature(each, phrase, sha_type).encode() for each in (fields, filled)]


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}={_written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
