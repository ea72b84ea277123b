"""The keyring in memory: what it opens, when it reads again, and that it never shows a key."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasl.sealing import binding_info, seal

from workers.vault.errors import CannotOpen, KeyringError, UnknownKey
from workers.vault.keyring import LocalKeyring, keyring_file
from workers.vault.keyring_document import KeyringDocument, KeyringEntry, KeyState
from workers.vault.keyring_file import KeyringFile

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ENTRY = KeyringEntry.generate(NOW)
PLACE = (uuid4(), uuid4(), "secret_key")
INFO = binding_info(*PLACE)


def keyring_of(*entries: KeyringEntry) -> LocalKeyring:
    return LocalKeyring(lambda: KeyringDocument(keys=entries))


def sealed_to(entry: KeyringEntry, secret: str = "sk_test_value") -> bytes:
    public_key = entry.public_key()
    assert public_key is not None
    return seal(public_key.data, secret, INFO)


def private_text(entry: KeyringEntry) -> str:
    assert entry.private_key is not None
    return entry.private_key.get_secret_value()


async def test_it_opens_what_was_sealed_to_any_of_its_keys() -> None:
    other = KeyringEntry.generate(NOW)
    keyring = keyring_of(ENTRY, other)
    assert await keyring.open(ENTRY.id, sealed_to(ENTRY), INFO) == b"sk_test_value"
    assert await keyring.open(other.id, sealed_to(other, ""), INFO) == b""


async def test_it_tells_the_public_half() -> None:
    assert await keyring_of(ENTRY).public_key(ENTRY.id) == ENTRY.public_key()


@pytest.mark.parametrize(
    "place",
    [(uuid4(), PLACE[1], PLACE[2]), (PLACE[0], uuid4(), PLACE[2]), (PLACE[0], PLACE[1], "webhook_secret")],
    ids=["organization", "connection", "name"],
)
async def test_a_ciphertext_moved_to_another_place_does_not_open(place: tuple[str, str, str]) -> None:
    with pytest.raises(CannotOpen):
        await keyring_of(ENTRY).open(ENTRY.id, sealed_to(ENTRY), binding_info(*place))


@pytest.mark.parametrize(
    "sealed",
    [b"", b"short", bytes(48), sealed_to(ENTRY)[:-1], sealed_to(ENTRY) + b"\0"],
    ids=["empty", "short", "zeros", "cut", "longer"],
)
async def test_what_is_no_whole_ciphertext_does_not_open(sealed: bytes) -> None:
    with pytest.raises(CannotOpen):
        await keyring_of(ENTRY).open(ENTRY.id, sealed, INFO)


async def test_an_unknown_key_is_named() -> None:
    with pytest.raises(UnknownKey, match="no private key 20200101-nobody"):
        await keyring_of(ENTRY).open("20200101-nobody", sealed_to(ENTRY), INFO)


async def test_an_unknown_key_makes_it_read_its_file_again(keyring_file: KeyringFile) -> None:
    keyring_file.write(KeyringDocument(keys=(ENTRY,)))
    keyring = LocalKeyring.from_setting(str(keyring_file.path))
    added = KeyringEntry.generate(NOW)
    keyring_file.write(keyring_file.read().with_entry(added))
    assert await keyring.open(added.id, sealed_to(added), INFO) == b"sk_test_value"
    assert await keyring.open(ENTRY.id, sealed_to(ENTRY), INFO) == b"sk_test_value"


async def test_a_file_that_breaks_later_does_not_take_the_known_keys_away(keyring_file: KeyringFile) -> None:
    keyring_file.write(KeyringDocument(keys=(ENTRY,)))
    keyring = LocalKeyring.from_setting(str(keyring_file.path))
    keyring_file.path.write_text("{")
    with pytest.raises(KeyringError):
        await keyring.open("20200101-nobody", sealed_to(ENTRY), INFO)
    assert await keyring.open(ENTRY.id, sealed_to(ENTRY), INFO) == b"sk_test_value"


async def test_a_destroyed_key_opens_nothing() -> None:
    destroyed = ENTRY.model_copy(update={"private_key": None, "state": KeyState.RETIRED})
    with pytest.raises(UnknownKey):
        await keyring_of(destroyed).open(ENTRY.id, sealed_to(ENTRY), INFO)


async def test_the_setting_may_be_the_keyring_itself() -> None:
    keyring = LocalKeyring.from_setting(KeyringDocument(keys=(ENTRY,)).dump())
    assert await keyring.open(ENTRY.id, sealed_to(ENTRY), INFO) == b"sk_test_value"


def test_a_keyring_in_the_setting_cannot_be_changed() -> None:
    with pytest.raises(KeyringError, match="let it name a file"):
        keyring_file(KeyringDocument().dump())


def test_a_home_directory_may_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/wasl")
    assert keyring_file("~/keyring.json").path == Path("/home/wasl/keyring.json")


def test_a_missing_keyring_says_how_to_make_one(keyring_file: KeyringFile) -> None:
    with pytest.raises(KeyringError, match=f"there is no keyring at {keyring_file.path}: `wasl keys new` makes one"):
        LocalKeyring.from_setting(str(keyring_file.path))


def test_a_document_survives_both_ways() -> None:
    document = KeyringDocument(keys=(ENTRY,))
    assert KeyringDocument.parse(document.dump(), "here") == document


def test_the_id_of_a_key_is_its_day_and_thumbprint() -> None:
    day, thumbprint = ENTRY.id.split("-")
    assert (day, len(thumbprint)) == ("20260131", 12)


def test_no_repr_shows_a_private_key() -> None:
    document = KeyringDocument(keys=(ENTRY,))
    shown = f"{document!r} {document} {ENTRY!r} {document.model_dump_json()} {keyring_of(ENTRY)!r}"
    assert private_text(ENTRY) not in shown


def fault(**changes: object) -> str:
    fields = json.loads(KeyringDocument(keys=(ENTRY,)).dump())["keys"][0]
    return json.dumps({"version": 1, "keys": [{**fields, **changes}]})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "it is not JSON"),
        ("[]", "Input should be an object"),
        ('{"version": 2, "keys": []}', "version: Input should be 1"),
        (fault(id="k"), "keys.0.id"),
        (fault(algorithm="RSA"), "keys.0.algorithm"),
        (fault(created_at="2026-01-31T12:00:00"), "keys.0.created_at"),
        (fault(private_key="AAAA"), "a private key has 32 bytes"),
        (fault(private_key=private_text(ENTRY) + "="), "not base64url"),
        (fault(private_key=None), "only a retired key may be without its private half"),
        (fault(privat_key=private_text(ENTRY)), "keys.0.privat_key"),
        (json.dumps({"keys": [json.loads(fault())["keys"][0]] * 2}), "a key id occurs twice"),
        (fault()[:-3], "it is not JSON"),
    ],
)
def test_a_malformed_keyring_is_refused_without_quoting_it(text: str, complaint: str) -> None:
    with pytest.raises(KeyringError, match=r"^here is not a keyring: ") as error:
        KeyringDocument.parse(text, "here")
    assert complaint in str(error.value)
    assert private_text(ENTRY) not in f"{error.value!r} {error.value.__cause__!r} {error.value.__context__!r}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["version", "keys", "id"]), inner),
    max_leaves=8,
)


@given(JSON.map(json.dumps) | st.text(max_size=20))
def test_whatever_stands_in_it_gives_a_keyring_or_a_clear_error(text: str) -> None:
    try:
        KeyringDocument.parse(text, "here")
    except KeyringError as error:
        assert str(error).startswith("here is not a keyring: ")
