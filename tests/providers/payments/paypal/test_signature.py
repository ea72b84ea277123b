"""PayPal's signature: only its own certificate, only for our webhook, only over these bytes. And agreement
with PayPal's own (retired) package."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from paypalrestsdk.notifications import WebhookEvent as Official

from sandbox.payments.paypal.webhooks import Authority
from tests.providers.builders import now
from workers.providers.capabilities import SendsWebhooks, SignsWithCertificates
from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale
from workers.providers.events import SigningCertificate, WebhookRequest
from workers.providers.payments.paypal import PayPalConnector
from workers.providers.payments.paypal.signature import INTERMEDIATES

WEBHOOK_ID = "4JH86294D6297924G"
BODY = orjson.dumps({"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "3C67"}})
AUTHORITY = Authority()
CERT_URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5a29e601"


def stamp(age: timedelta = timedelta()) -> str:
    return (now() - age).strftime("%Y-%m-%dT%H:%M:%SZ")


def a_delivery(
    body: bytes = BODY, age: timedelta = timedelta(), headers: Mapping[str, str] | None = None
) -> WebhookRequest:
    signed = {**AUTHORITY.sign(body, WEBHOOK_ID, stamp(age)), **(headers or {})}
    certificate = SigningCertificate(AUTHORITY.certificate, AUTHORITY.root)
    return WebhookRequest(signed, body, now(), certificate=certificate)


def verify(request: WebhookRequest, *webhook_ids: str) -> Any:
    return PayPalConnector.verify_webhook(request, webhook_ids or (WEBHOOK_ID,))


def test_what_paypal_signed_is_believed() -> None:
    verified = verify(a_delivery())
    assert (verified.event_id, verified.event_type) == ("WH-1", "PAYMENT.CAPTURE.COMPLETED")
    assert verified.content_signed is True
    assert issubclass(PayPalConnector, SendsWebhooks)
    assert issubclass(PayPalConnector, SignsWithCertificates)


def test_while_a_webhook_is_replaced_both_ids_are_good() -> None:
    verify(a_delivery(), "ANOTHERWEBHOOK", WEBHOOK_ID)
    for ids in (("ANOTHERWEBHOOK",), ("", "WEBHOOK_ID")):
        with pytest.raises(SignatureInvalid):
            verify(a_delivery(), *ids)
    with pytest.raises(SignatureInvalid):
        PayPalConnector.verify_webhook(a_delivery(), [])


def test_the_signature_is_over_the_documented_text() -> None:
    sent_at = stamp()
    message = f"t-1|{sent_at}|{WEBHOOK_ID}|{zlib.crc32(BODY)}".encode()
    signature = base64.b64encode(AUTHORITY.key.sign(message, padding.PKCS1v15(), SHA256())).decode()
    headers = {
        "paypal-transmission-id": "t-1",
        "paypal-transmission-time": sent_at,
        "paypal-transmission-sig": signature,
        "paypal-auth-algo": "SHA256withRSA",
        "paypal-cert-url": CERT_URL,
    }
    verify(replace(a_delivery(), headers=headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"paypal-transmission-id": "another"},
        {"paypal-transmission-id": "a|b"},
        {"paypal-transmission-id": ""},
        {"paypal-transmission-time": "2026-01-01T00:00:00Z"},
        {"paypal-transmission-time": ""},
        {"paypal-transmission-sig": ""},
        {"paypal-transmission-sig": "no base64!"},
        {"paypal-transmission-sig": base64.b64encode(b"x" * 256).decode()},
        {"paypal-auth-algo": "SHA1withRSA"},
        {"paypal-auth-algo": ""},
        {"paypal-cert-url": "https://evil.example/v1/notifications/certs/CERT-1"},
    ],
)
def test_any_other_header_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(a_delivery(headers=headers))


def test_another_body_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        verify(replace(a_delivery(), body=BODY.replace(b"3C67", b"3C68")))


def test_a_delivery_without_headers_or_certificate_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        verify(WebhookRequest({}, BODY, now()))
    with pytest.raises(SignatureInvalid, match="was not fetched"):
        verify(replace(a_delivery(), certificate=None))


def test_a_signed_body_that_is_no_event_is_malformed() -> None:
    with pytest.raises(MalformedPayload):
        verify(a_delivery(b"[]"))


@pytest.mark.parametrize("age", [timedelta(days=5), timedelta(minutes=-10)])
def test_another_time_is_stale(age: timedelta) -> None:
    with pytest.raises(SignatureStale):
        verify(a_delivery(age=age))


def test_paypals_retries_of_three_days_are_in_time_whatever_the_endpoint_allows_others() -> None:
    for tolerance_seconds in (None, 300, 10**9):
        verify(replace(a_delivery(age=timedelta(days=3)), tolerance_seconds=tolerance_seconds))


# The certificate.


@pytest.mark.parametrize(
    "certificate",
    [
        SigningCertificate(AUTHORITY.certificate),  # leads to no public root
        SigningCertificate(AUTHORITY.certificate, Authority().root),
        SigningCertificate(Authority().certificate, AUTHORITY.root),
        SigningCertificate(AUTHORITY.root, AUTHORITY.root),
        SigningCertificate(b"", AUTHORITY.root),
        SigningCertificate(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", AUTHORITY.root),
        SigningCertificate(AUTHORITY.certificate * 9, AUTHORITY.root),
    ],
)
def test_a_certificate_that_is_not_paypals_is_refused(certificate: SigningCertificate) -> None:
    with pytest.raises(SignatureInvalid):
        verify(replace(a_delivery(), certificate=certificate))


def test_a_certificate_is_judged_at_the_time_of_the_delivery() -> None:
    later = replace(a_delivery(), received_at=now() + timedelta(days=400), tolerance_seconds=10**9)
    with pytest.raises(SignatureInvalid, match="out of date"):
        verify(later)


@pytest.mark.parametrize(
    "url",
    [
        CERT_URL,
        "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-df8cd2d5",
        "https://api-m.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        "https://paypal.com/v1/notifications/certs/CERT-1",
    ],
)
def test_a_certificate_is_fetched_from_paypal(url: str) -> None:
    assert PayPalConnector.certificate_url(WebhookRequest({"paypal-cert-url": url}, b"", now())) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
        "https://evilpaypal.com/v1/notifications/certs/CERT-1",
        "https://evil.example/api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://user@api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:x/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../redirect",
        "https://api.paypal.com/redirect?to=https://evil.example",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?x=1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1#x",
        "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
        "https://API.PAYPAL.COM\\@evil.example/v1/notifications/certs/CERT-1",
        "https://[::1]/v1/notifications/certs/CERT-1",
        "https://[/v1",
    ],
)
def test_a_certificate_is_fetched_from_nobody_else(url: str) -> None:
    with pytest.raises(SignatureInvalid):
        PayPalConnector.certificate_url(WebhookRequest({"paypal-cert-url": url}, b"", now()))


@given(st.text(max_size=60))
def test_no_other_text_is_an_address(url: str) -> None:
    with pytest.raises(SignatureInvalid):
        PayPalConnector.certificate_url(WebhookRequest({"paypal-cert-url": url}, b"", now()))


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=20))
def test_any_body_that_is_signed_is_proved_and_none_that_is_not(body: bytes, more: bytes) -> None:
    request = a_delivery(body)
    with pytest.raises(MalformedPayload):  # proved, and then no event
        verify(request if body != BODY else replace(request, body=b""))
    with pytest.raises(SignatureInvalid):
        verify(replace(request, body=body + more))


def test_the_intermediates_beside_are_certificate_authorities() -> None:
    found = x509.load_pem_x509_certificates(INTERMEDIATES)
    assert [each.subject.rfc4514_string().split(",")[0] for each in found] == [
        "CN=DigiCert EV RSA CA G2",
        "CN=DigiCert SHA2 Extended Validation Server CA",
    ]
    assert all(each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca for each in found)


PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
TRANSMISSIONS = st.text(alphabet=PRINTABLE, min_size=1, max_size=128).filter(lambda text: "|" not in text)
WEBHOOK_IDS = st.text(alphabet=PRINTABLE, min_size=1, max_size=40)
EVENTS = st.fixed_dictionaries(
    {"id": st.text(min_size=1, max_size=30), "event_type": st.text(min_size=1, max_size=30)},
    optional={"resource": st.dictionaries(st.text(max_size=10), st.integers(-(2**53), 2**53) | st.text(max_size=20))},
)


@given(EVENTS, TRANSMISSIONS, WEBHOOK_IDS, WEBHOOK_IDS)
def test_what_is_signed_as_paypals_package_reads_it_we_accept(
    event: dict[str, object], transmission_id: str, webhook_id: str, another: str
) -> None:
    """Only the text is compared: the package checks the signature by a function that pyOpenSSL no longer has."""
    body, sent_at = orjson.dumps(event), stamp()
    theirs = Official._get_expected_sig(transmission_id, sent_at, webhook_id, body.decode())
    signature = AUTHORITY.key.sign(theirs.encode(), padding.PKCS1v15(), SHA256())
    request = a_delivery(
        body,
        headers={
            "paypal-transmission-id": transmission_id,
            "paypal-transmission-time": sent_at,
            "paypal-transmission-sig": base64.b64encode(signature).decode(),
        },
    )
    assert verify(request, webhook_id).event_type == event["event_type"]
    if another != webhook_id:
        with pytest.raises(SignatureInvalid):
            verify(request, another)
