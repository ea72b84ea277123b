"""What a keyring holds: keys with their state. Private halves show only in :meth:`KeyringDocument.dump`."""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from wasl.sealing import ALGORITHM, PublicKey, decode_base64url, encode_base64url

from workers.vault.errors import KeyringError


class KeyState(StrEnum):
    """The life of a key. The database has the last three; its word counts, the keyring only repeats it."""

    CREATED = "created"  # in the keyring, its public half not registered yet: nobody can have sealed to it
    ACTIVE = "active"  # clients seal to it
    RETIRING = "retiring"  # opens what was sealed to it, until that has been sealed anew
    RETIRED = "retired"  # nothing current is sealed to it


class KeyringEntry(BaseModel):
    """One key of the keyring. Its private half shows in no repr, error or log."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{4,64}$")
    created_at: AwareDatetime
    algorithm: Literal["HPKE-X25519-HKDF-SHA256-AES-256-GCM"] = ALGORITHM
    private_key: SecretStr | None
    state: KeyState

    @model_validator(mode="after")
    def _has_a_usable_key(self) -> Self:
        if self.private_key is None:
            if self.state is not KeyState.RETIRED:
                raise ValueError("only a retired key may be without its private half")
        elif len(decode_base64url(self.private_key.get_secret_value())) != 32:
            raise ValueError("a private key has 32 bytes")
        return self

    @classmethod
    def generate(cls, now: datetime) -> Self:
        """Make a new key pair. The id is the day and the beginning of the public half's SHA-256."""
        private_key = X25519PrivateKey.generate()
        thumbprint = hashlib.sha256(private_key.public_key().public_bytes_raw()).hexdigest()[:12]
        return cls(
            id=f"{now:%Y%m%d}-{thumbprint}",
            created_at=now,
            private_key=SecretStr(encode_base64url(private_key.private_bytes_raw())),
            state=KeyState.CREATED,
        )

    def load(self) -> X25519PrivateKey | None:
        """Return the private key, or None when it has been destroyed."""
        if self.private_key is None:
            return None
        return X25519PrivateKey.from_private_bytes(decode_base64url(self.private_key.get_secret_value()))

    def public_key(self) -> PublicKey | None:
        """Return the public half, or None when the private half has been destroyed."""
        private_key = self.load()
        return None if private_key is None else PublicKey(self.id, private_key.public_key().public_bytes_raw())


class KeyringDocument(BaseModel):
    """The whole keyring, as it stands in its file or variable."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: Literal[1] = 1
    keys: tuple[KeyringEntry, ...] = ()

    @model_validator(mode="after")
    def _has_each_key_once(self) -> Self:
        if len({entry.id for entry in self.keys}) != len(self.keys):
            raise ValueError("a key id occurs twice")
        return self

    @classmethod
    def parse(cls, text: str | bytes, origin: str) -> Self:
        """Read a keyring; raises KeyringError, which names the place of the fault but quotes nothing of it."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_input=False, include_context=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            fault = first["msg"] if first["type"] != "json_invalid" else "it is not JSON"
        raise KeyringError(f"{origin} is not a keyring: {place + ': ' if place else ''}{fault}")

    def find(self, key_id: str) -> KeyringEntry | None:
        """Return the entry of that id, if there is one."""
        return next((entry for entry in self.keys if entry.id == key_id), None)

    def with_entry(self, entry: KeyringEntry) -> Self:
        """Return a keyring in which ``entry`` is added, or stands in place of the one of the same id."""
        others = [other for other in self.keys if other.id != entry.id]
        return self.model_copy(update={"keys": tuple(sorted([*others, entry], key=lambda key: key.created_at))})

    def dump(self) -> str:
        """Return the document with its private keys: for the keyring's own file and nothing else."""
        shown = self.model_dump(mode="json")
        for entry, fields in zip(self.keys, shown["keys"], strict=True):
            fields["private_key"] = entry.private_key and entry.private_key.get_secret_value()
        return json.dumps(shown, indent=2) + "\n"
