"""How PayPal signs webhooks, verified here without asking PayPal.

Signed is ``<transmission id>|<transmission time>|<webhook id>|<CRC-32 of the raw body, decimal>`` with RSA (PKCS #1
v1.5, SHA-256) by the key of the certificate at ``PAYPAL-CERT-URL``; self-verification is what PayPal itself prefers
(https://developer.paypal.com/api/rest/webhooks/rest/ ). The webhook id is the connection's own, never the delivery's.
A CRC-32 is no cryptographic digest: whoever has seen a delivery's headers can make another body that they fit, until
`TOLERANCE_SECONDS` are over. That is the scheme's own weakness, and a reason to keep the headers from strangers.

The certificate. Its address is the sender's word, so only ``https``, a host under ``paypal.com`` and the path that
PayPal serves certificates at are believed (``https://api.paypal.com/v1/notifications/certs/CERT-…``, also at
``api.sandbox``), and what lies there has to lead to a public root and to be for
``messageverificationcerts.paypal.com`` or ``messageverificationcerts.sandbox.paypal.com``: the rule of PayPal's own
Java SDK (``SSLUtil``); its Python SDK (``notifications.py``) asks for any name under ``paypal.com``. That SDK brings
DigiCert's intermediate along, hence PayPal may leave it out; DigiCert's for extended validation are beside this file
(`INTERMEDIATES`), each of them issued by a public root. UNVERIFIED: which intermediates PayPal serves today.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from workers.providers.certificates import trusted_leaf
from workers.providers.errors import SignatureInvalid, SignatureStale
from workers.providers.events import WebhookRequest
from workers.providers.payments.paypal.objects import moment

SIGNATURE_HEADER: Final = "PAYPAL-TRANSMISSION-SIG"
ALGORITHM: Final = "SHA256withRSA"
CERTIFICATE_NAMES: Final = (
    "messageverificationcerts.paypal.com",
    "messageverificationcerts.sandbox.paypal.com",
)
INTERMEDIATES: Final = Path(__file__).with_name("intermediates.pem").read_bytes()
# PayPal tries for three days, and does not say whether each try is signed anew: an endpoint's shorter tolerance, five
# minutes by default, could lose every event that did not arrive at once. Repeats are told by the event's id.
TOLERANCE_SECONDS: Final = 4 * 24 * 3600
_CLOCK_SKEW_SECONDS: Final = 300
_CERTIFICATE_PATH: Final = re.compile(r"/v1/notifications/certs/[A-Za-z0-9-]{1,100}")
_HOST: Final = re.compile(r"(?:[a-z0-9-]{1,63}\.){0,3}paypal\.com")
_TRANSMISSION: Final = re.compile(r"[\x21-\x7b\x7d\x7e]{1,128}")  # no |, which separates what is signed
_MOST_WEBHOOK_IDS: Final = 10


def certificate_url(headers: Mapping[str, str]) -> str:
    """Where the certificate lies.

    :raises SignatureInvalid: the delivery names no address of PayPal's.
    """
    url = headers.get("paypal-cert-url", "")
    try:
        parts = urlsplit(url)
        is_plain = parts.port is None and parts.netloc == parts.hostname
    except ValueError:
        raise SignatureInvalid("the certificate's address is none") from None
    if parts.scheme != "https" or not is_plain or not _HOST.fullmatch(parts.netloc):
        raise SignatureInvalid("the certificate's address is not PayPal's")
    if not _CERTIFICATE_PATH.fullmatch(parts.path) or url != f"https://{parts.netloc}{parts.path}":
        raise SignatureInvalid("the certificate's address is not one that PayPal serves certificates at")
    return url


def prove(request: WebhookRequest, webhook_ids: Sequence[str]) -> None:
    """Prove that PayPal sent a delivery to one of these webhooks.

    :raises SignatureInvalid, SignatureStale: see `errors`.
    """
    headers = request.headers
    certificate_url(headers)
    if headers.get("paypal-auth-algo") != ALGORITHM:
        raise SignatureInvalid(f"not signed with {ALGORITHM}")
    transmission_id, sent_at = headers.get("paypal-transmission-id", ""), headers.get("paypal-transmission-time", "")
    if not _TRANSMISSION.fullmatch(transmission_id) or not _TRANSMISSION.fullmatch(sent_at):
        raise SignatureInvalid("the transmission has no id or time")
    try:
        signature = base64.b64decode(headers.get(SIGNATURE_HEADER.lower(), ""), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureInvalid("the signature is not in Base64") from None
    if request.certificate is None:
        raise SignatureInvalid("the certificate was not fetched")
    leaf = trusted_leaf(request.certificate, CERTIFICATE_NAMES, request.received_at, intermediates=INTERMEDIATES)
    key = leaf.public_key()
    if not isinstance(key, RSAPublicKey):
        raise SignatureInvalid("the certificate's key is not an RSA key")
    beginning, checksum = f"{transmission_id}|{sent_at}|", zlib.crc32(request.body)
    messages = [f"{beginning}{webhook_id}|{checksum}" for webhook_id in webhook_ids[:_MOST_WEBHOOK_IDS] if webhook_id]
    if not any(_is_signed(key, signature, message) for message in messages):
        raise SignatureInvalid("the signature is not of this body for this webhook")
    _check_time(sent_at, request.received_at, max(request.tolerance_seconds or 0, TOLERANCE_SECONDS))


def _is_signed(key: RSAPublicKey, signature: bytes, message: str) -> bool:
    try:
        key.verify(signature, message.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _check_time(sent_at: str, received_at: datetime, allowed_seconds: int) -> None:
    try:
        age_seconds = (received_at - moment(sent_at)).total_seconds()
    except ValueError:
        raise SignatureInvalid("the transmission's time is none") from None
    if not -_CLOCK_SKEW_SECONDS <= age_seconds <= allowed_seconds:
        raise SignatureStale(f"sent {age_seconds:.0f} s before it arrived; {allowed_seconds} s are allowed")
