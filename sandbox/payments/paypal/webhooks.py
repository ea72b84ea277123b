"""Webhooks, PayPal's signature, and the certificate it is made with."""

from __future__ import annotations

import base64
import uuid
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.deliveries import Deliveries, Delivery
from sandbox.payments.paypal.account import Account, Object, new_id
from sandbox.payments.paypal.errors import PayPalError

CERTIFICATE_NAME: Final = "messageverificationcerts.sandbox.paypal.com"
CERTIFICATE_PATH: Final = "/v1/notifications/certs/CERT-360caa42-fca2a594-5a29e601"


class Authority:
    """The twin's own certificate authority, made when it is first needed."""

    @cached_property
    def _root_key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """What webhooks are signed with."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def root(self) -> bytes:
        """The root's certificate, in PEM."""
        return self._root.public_bytes(Encoding.PEM)

    @cached_property
    def _root(self) -> x509.Certificate:
        name, key = _name("Sandbox Root"), self._root_key.public_key()
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return (
            _builder(name, name)
            .public_key(key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .sign(self._root_key, SHA256())
        )

    @cached_property
    def certificate(self) -> bytes:
        """The signer's certificate, in PEM."""
        issuer_key = self._root_key.public_key()
        leaf = (
            _builder(_name(CERTIFICATE_NAME), self._root.subject)
            .public_key(self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(CERTIFICATE_NAME)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
            .sign(self._root_key, SHA256())
        )
        return leaf.public_bytes(Encoding.PEM)

    def sign(self, body: bytes, webhook_id: str, sent_at: str) -> Mapping[str, str]:
        """The headers that prove that PayPal sent it."""
        transmission_id = str(uuid.uuid4())
        message = f"{transmission_id}|{sent_at}|{webhook_id}|{zlib.crc32(body)}".encode()
        signature = self.key.sign(message, padding.PKCS1v15(), SHA256())
        return {
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-auth-version": "v2",
            "paypal-cert-url": f"https://api.sandbox.paypal.com{CERTIFICATE_PATH}",
            "paypal-transmission-id": transmission_id,
            "paypal-transmission-sig": base64.b64encode(signature).decode(),
            "paypal-transmission-time": sent_at,
        }


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(subject: x509.Name, issuer: x509.Name) -> x509.CertificateBuilder:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=30))
        .not_valid_after(today + timedelta(days=365))
    )


def create_webhook(account: Account, given: Object) -> Object:
    """POST /v1/notifications/webhooks"""
    url, names = given.get("url"), [each.get("name") for each in given.get("event_types") or ()]
    if not isinstance(url, str) or not url.startswith("https://") or not names:
        raise PayPalError(400, "VALIDATION_ERROR", "Not a valid webhook URL, or no events.", "/url")
    webhook: Object = {"id": new_id(), "url": url, "event_types": [{"name": name} for name in names]}
    account.webhooks[webhook["id"]] = webhook
    return webhook


def publish(account: Account, event: Object, authority: Authority, deliveries: Deliveries) -> None:
    """Send an event to every webhook that wants it."""
    body = orjson.dumps(event)
    for webhook_id, webhook in account.webhooks.items():
        if not {event["event_type"], "*"} & {each["name"] for each in webhook["event_types"]}:
            continue

        def sign(signed: bytes, webhook_id: str = webhook_id) -> Mapping[str, str]:
            return authority.sign(signed, webhook_id, account.timestamp())

        deliveries.send(Delivery("paypal", event["id"], event["event_type"], webhook["url"], body, sign))
