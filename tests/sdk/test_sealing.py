"""Sealing on the client: RFC 9180 itself, the binding to a place, and what is refused."""

from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from wasl.sealing import (
    ALGORITHM,
    MAX_SECRET_BYTES,
    OVERHEAD_BYTES,
    SUITE,
    PublicKey,
    binding_info,
    decode_base64url,
    encode_base64url,
    hint,
    seal,
    seal_credential,
)

PRIVATE_KEY = X25519PrivateKey.generate()
PUBLIC_KEY = PRIVATE_KEY.public_key().public_bytes_raw()
ORGANIZATION, CONNECTION = uuid4(), uuid4()
INFO = binding_info(ORGANIZATION, CONNECTION, "secret_key")


def test_the_suite_opens_the_official_vector() -> None:
    # RFC 9180's published test vectors: mode 0, kem_id 32, kdf_id 1, aead_id 2, first encryption.
    private_key = bytes.fromhex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d")
    enc = bytes.fromhex("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256")
    ct = bytes.fromhex("e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a")
    # The vectors have associated data, which the library's public interface leaves empty.
    opened = openssl.hpke._decrypt_with_aad(
        SUITE, enc + ct, X25519PrivateKey.from_private_bytes(private_key), b"Ode on a Grecian Urn", b"Count-0"
    )
    assert opened == b"Beauty is truth, truth beauty"


def test_the_binding_is_the_documented_text() -> None:
    info = binding_info(
        "6F9619FF-8B86-D011-B42D-00CF4FC964FF", UUID("0190163d-8694-739b-aea5-966c26f8ad91"), "secret_key"
    )
    assert info == (
        b"wasl/credential/v1\n6f9619ff-8b86-d011-b42d-00cf4fc964ff\n0190163d-8694-739b-aea5-966c26f8ad91\nsecret_key"
    )


@pytest.mark.parametrize("name", ["", "Secret", "secret key", "secret\nkey", "secret_key\n", "1st", "s" * 62])
def test_a_name_that_no_field_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a credential"):
        binding_info(ORGANIZATION, CONNECTION, name)


def test_an_identifier_that_is_no_uuid_is_refused() -> None:
    with pytest.raises(ValueError, match="UUID"):
        binding_info("acme", CONNECTION, "secret_key")


@given(st.binary(max_size=300))
def test_whatever_is_sealed_opens_again(plaintext: bytes) -> None:
    sealed = seal(PUBLIC_KEY, plaintext, INFO)
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES
    assert SUITE.decrypt(sealed, PRIVATE_KEY, INFO) == plaintext


@given(st.text(max_size=100))
def test_text_is_sealed_as_utf8(secret: str) -> None:
    assert SUITE.decrypt(seal(PUBLIC_KEY, secret, INFO), PRIVATE_KEY, INFO).decode() == secret


def test_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        seal(PUBLIC_KEY, "half \ud800 a pair", INFO)


@given(data=st.data(), secret=st.text(min_size=1, max_size=40))
def test_a_ciphertext_with_one_bit_changed_does_not_open(data: st.DataObject, secret: str) -> None:
    sealed = bytearray(seal(PUBLIC_KEY, secret, INFO))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidTag):  # bit 255 too, which X25519 ignores: HPKE hashes the key as it was sent
        SUITE.decrypt(bytes(sealed), PRIVATE_KEY, INFO)


@given(place=st.tuples(st.uuids(), st.uuids(), st.from_regex(r"[a-z][a-z0-9_]{0,60}", fullmatch=True)))
def test_a_ciphertext_moved_to_another_place_does_not_open(place: tuple[UUID, UUID, str]) -> None:
    with pytest.raises(InvalidTag):
        SUITE.decrypt(seal(PUBLIC_KEY, "sk_test_value", INFO), PRIVATE_KEY, binding_info(*place))


def test_another_key_does_not_open() -> None:
    with pytest.raises(InvalidTag):
        SUITE.decrypt(seal(PUBLIC_KEY, "sk_test_value", INFO), X25519PrivateKey.generate(), INFO)


def test_sealing_twice_gives_two_ciphertexts() -> None:
    assert seal(PUBLIC_KEY, "same", INFO) != seal(PUBLIC_KEY, "same", INFO)


def test_the_longest_secret_fits_and_a_longer_one_is_refused() -> None:
    assert len(seal(PUBLIC_KEY, b"x" * MAX_SECRET_BYTES, INFO)) == 65_536
    with pytest.raises(ValueError, match="at most 65488 bytes, this one has 65489"):
        seal(PUBLIC_KEY, b"x" * (MAX_SECRET_BYTES + 1), INFO)


@pytest.mark.parametrize("public_key", [b"", b"short", b"\0" * 32])
def test_an_unusable_public_key_is_refused(public_key: bytes) -> None:
    with pytest.raises(ValueError):
        seal(public_key, "secret", INFO)


def test_a_public_key_is_read_from_its_row() -> None:
    key = PublicKey.from_base64url("20260101-abcdef", encode_base64url(PUBLIC_KEY), ALGORITHM)
    assert key.data == PUBLIC_KEY


@pytest.mark.parametrize(
    ("public_key", "algorithm", "complaint"),
    [
        ("AAAA", ALGORITHM, "3 bytes, expected 32"),
        (encode_base64url(PUBLIC_KEY), "RSA", "unknown algorithm 'RSA'"),
        ("not base64!", ALGORITHM, "not base64url"),
        (encode_base64url(PUBLIC_KEY) + "=", ALGORITHM, "not base64url"),
    ],
    ids=["too short", "another algorithm", "no base64", "padded"],
)
def test_a_row_that_is_no_such_key_is_refused(public_key: str, algorithm: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        PublicKey.from_base64url("k", public_key, algorithm)


def test_a_credential_is_ready_for_the_rpc() -> None:
    key = PublicKey("20260101-abcdef", PUBLIC_KEY)
    item = seal_credential(key, ORGANIZATION, CONNECTION, "secret_key", "sk_test_4eC39HqLyjWD")
    assert item["name"] == "secret_key"
    assert item["key_id"] == "20260101-abcdef"
    assert item["hint"] == "yjWD"
    assert SUITE.decrypt(decode_base64url(item["ciphertext"]), PRIVATE_KEY, INFO) == b"sk_test_4eC39HqLyjWD"


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("sk_test_4eC39HqLyjWDarjtT1zdp7dc", "p7dc"),
        ("fifteen-letters", None),
        ("sixteen-letters!", None),
        ("-----END PRIVATE KEY-----\n", None),
        ("كلمة سر طويلة جدا", None),
        ("", None),
    ],
)
def test_a_hint_is_given_only_of_a_long_plain_secret(secret: str, expected: str | None) -> None:
    assert hint(secret) == expected


@given(st.binary(max_size=100))
def test_base64url_survives_both_ways_without_padding(data: bytes) -> None:
    text = encode_base64url(data)
    assert "=" not in text
    assert decode_base64url(text) == data


@pytest.mark.parametrize("text", ["A", "AAAAA", "AB", "A B=", "A+/A", "é"])
def test_anything_else_is_not_base64url(text: str) -> None:
    with pytest.raises(ValueError, match="base64url") as error:
        decode_base64url(text)
    assert text not in str(error.value).split()
