"""The signature, against the vectors that Amazon Payment Services itself publishes."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.payments.aps.signature import ShaType, accepted_signatures, signature

# Former official documentation, "Create Signature Value"; the phrase is PASS.
DOCUMENTED = [
    (
        {
            "command": "PURCHASE",
            "merchant_reference": "Test010",
            "amount": "1000",
            "access_code": "SILgpo7pWbmzuURp2qri",
            "merchant_identifier": "MxvOupuG",
            "currency": "USD",
            "language": "en",
            "customer_email": "test@gmail.com",
        },
        "94C38AFC7BDAE0114FC8C740EDF12416F22998241CE4B4EA70D5521233A2C882",
    ),
    (
        {
            "service_command": "TOKENIZATION",
            "language": "en",
            "merchant_identifier": "MxvOupuG",
            "access_code": "SILgpo7pWbmzuURp2qri",
            "merchant_reference": "MyReference0001",
        },
        "7EE560CCD621DA61BFC772F2F1B5849BABDA768F5EE36D4DE67EFA88403E4B99",
    ),
]
# Tests of the official .NET SDK (payfort-dotnet-sdk 46e454a, NotificationValidatorTests); the phrase is PASS.
NOTIFICATION = {
    "response_code": "02000",
    "card_holder_name": "t",
    "merchant_identifier": "merchant_identifier",
    "access_code": "access_code",
    "customer_ip": "172.254.12.5",
    "language": "en",
    "eci": "ECOMMERCE",
    "merchant_reference": "merchant_reference",
    "authorization_code": "320170",
    "token_name": "9759c937251548c8b558991ddc90e664",
    "currency": "AED",
    "acquirer_response_code": "00",
    "amount": "24300",
    "card_number": "****************",
    "payment_option": "VISA",
    "expiry_date": "2505",
    "fort_id": "12432222",
    "command": "AUTHORIZATION",
    "response_message": "Success",
    "customer_email": "TestCustomerEmail",
    "phone_number": "+1 (201)-234-6789",
    "customer_name": "test customer&#39;s name",
    "status": "02",
}
NOTIFIED = "3eea9b9c4ebdbf3e033846ad0597629edad01945ca91faa9fb0df08ced609437"


@pytest.mark.parametrize(("fields", "expected"), DOCUMENTED)
def test_it_agrees_with_the_documentation(fields: dict[str, str], expected: str) -> None:
    assert signature(fields, "PASS").upper() == expected


def test_it_agrees_with_the_notification_of_the_official_sdk() -> None:
    assert signature(NOTIFICATION, "PASS") == NOTIFIED


@pytest.mark.parametrize(
    ("sha_type", "expected"),
    [
        (ShaType.SHA_256, hashlib.sha256(b"pa=1b=2p").hexdigest()),
        (ShaType.SHA_512, hashlib.sha512(b"pa=1b=2p").hexdigest()),
        (ShaType.HMAC_256, hmac.new(b"p", b"pa=1b=2p", "sha256").hexdigest()),
        (ShaType.HMAC_512, hmac.new(b"p", b"pa=1b=2p", "sha512").hexdigest()),
    ],
)
def test_the_types_of_the_dashboard(sha_type: ShaType, expected: str) -> None:
    assert signature({"b": "2", "a": 1}, "p", sha_type) == expected


def test_a_signature_does_not_sign_itself() -> None:
    assert signature({"a": "1", "signature": "x", "installment_detail": {}}, "p") == signature({"a": "1"}, "p")


def test_objects_and_lists_are_written_in_their_own_order() -> None:
    written = "pproducts=[{name=x, price=1}]wallet={b=2, a=1}p"
    fields = {"wallet": {"b": "2", "a": 1}, "products": [{"name": "x", "price": 1}]}
    assert signature(fields, "p") == hashlib.sha256(written.encode()).hexdigest()


def test_empty_fields_may_be_signed_or_not() -> None:
    accepted = accepted_signatures({"a": "1", "b": "", "c": None}, "p", ShaType.SHA_256)
    assert accepted == [hashlib.sha256(text).hexdigest().encode() for text in (b"pa=1b=c=p", b"pa=1p")]


@given(fields=st.dictionaries(st.text("abc_", min_size=1), st.text(), max_size=4), phrase=st.text(min_size=1))
def test_any_text_can_be_signed(fields: dict[str, str], phrase: str) -> None:
    assert len(signature(fields, phrase)) == 64
    assert signature(fields, phrase) == signature(dict(reversed(fields.items())), phrase), "order does not matter"
