"""The format: a manifest, and a data file of sealed blocks. See docs/backup.md."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Final, Literal, Self
from uuid import UUID

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from wasl.sealing import decode_base64url, encode_base64url

from workers.compliance.backup.errors import Damaged, WrongKey
from workers.compliance.backup.keys import BackupKey, RecoveryKey

MAGIC: Final = b"WASLBAK1"
BLOCK_BYTES: Final = 1 << 20
LONGEST_FRAME: Final = BLOCK_BYTES + (1 << 16)
"""What one block may come to, sealed: compression can lengthen what it cannot shorten, by little."""
_LENGTH_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_LEVEL: Final = 3
DAMAGED_MANIFEST: Final = (
    "The manifest has been altered since it was written. Or who wrote it did not have the backup key."
)


class Table(BaseModel):
    """One table's rows in a backup: COPY text, cut into blocks.

    :param columns: names and types, in the order of the rows' fields.
    :param size: bytes of COPY text.
    :param sha256: of that text, in hexadecimal.
    :param blocks: how many blocks it takes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    size: int
    sha256: str
    blocks: int


class Partition(BaseModel):
    """A span of time of a partitioned table, for which the restored hub needs a partition as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    start_at: AwareDatetime
    end_at: AwareDatetime


class Contents(BaseModel):
    """What is in the data file, in its order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    migrations: tuple[str, ...]
    partitions: tuple[Partition, ...]
    tables: tuple[Table, ...]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Bytes of COPY text of all tables."""
        return sum(table.size for table in self.tables)


class Head(BaseModel):
    """What may be known of a sealed file without the recovery key.

    :param id: its name; no two files have the same.
    :param taken_at: the moment that it shows.
    :param organization_id: whose it is; None, the whole hub's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[0-9A-Za-z-]{8,120}$")
    taken_at: AwareDatetime
    organization_id: UUID | None = None
    key_id: str
    sealed_key: str

    def dump(self) -> bytes:
        """The one way to write it."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read it; raises Damaged for whatever `dump` would not have written."""
        try:
            head = cls.model_validate_json(data)
        except ValidationError as error:
            fault = error.errors(include_input=False, include_context=False, include_url=False)[0]
            place = ".".join(str(part) for part in fault["loc"]) or "manifest"
            raise Damaged(f"That is no manifest of a backup that this version reads ({place}).") from None
        if head.dump() != data:
            raise Damaged(DAMAGED_MANIFEST)
        return head

    def seals(self, recovery: RecoveryKey) -> Seals:
        """The keys of the file.

        :raises WrongKey: it is sealed to another key.
        :raises Damaged: its own key was changed, or sealed for another file.
        """
        wanted = recovery.backup_key.id
        if self.key_id != wanted:
            raise WrongKey(f"The backup {self.id} is sealed to key {self.key_id}; the recovery key given is {wanted}.")
        try:
            return Seals.of(recovery.open(decode_base64url(self.sealed_key), _info(self.id)), recovery.backup_key)
        except (WrongKey, ValueError):
            raise Damaged(DAMAGED_MANIFEST) from None


class KeysHead(Head):
    """The head of a file of kept keys.

    :param hub_id: of the hub that wrote it: no other one replaces it.
    :param destroyed: keys that the database had counted as destroyed by then.
    """

    format: Literal["wasl-keys/1"] = "wasl-keys/1"
    hub_id: UUID
    destroyed: int


class Manifest(Head):
    """A backup's head, and its contents, sealed.

    :param data_bytes: the length of the data file.
    """

    format: Literal["wasl-backup/1"] = "wasl-backup/1"
    data_bytes: int
    contents: str = ""

    @property
    def bound(self) -> bytes:
        """Everything but the contents: what these are bound to."""
        return self.model_copy(update={"contents": ""}).dump()

    def with_contents(self, contents: Contents, seals: Seals) -> Manifest:
        """The manifest of a finished backup."""
        sealed = seals.seal_contents(contents.model_dump_json().encode(), self.bound)
        return self.model_copy(update={"contents": encode_base64url(sealed)})

    def open(self, recovery: RecoveryKey) -> tuple[Contents, Seals]:
        """Open the contents.

        :raises WrongKey: the backup is sealed to another key.
        :raises Damaged: something in the manifest was changed, or written by somebody without the backup key.
        """
        seals = self.seals(recovery)
        try:
            plain = seals.open_contents(decode_base64url(self.contents), self.bound)
            return Contents.model_validate_json(plain), seals
        except (InvalidTag, ValueError):
            raise Damaged(DAMAGED_MANIFEST) from None


@dataclass(frozen=True, slots=True)
class Seals:
    """The keys of one backup, with which nothing else is ever sealed: so a block's number is nonce enough."""

    _blocks: AESGCM
    _contents: AESGCM

    @classmethod
    def new(cls, key: BackupKey, backup_id: str) -> tuple[Self, str]:
        """Keys for a new backup, and what its manifest holds of them."""
        file_key = secrets.token_bytes(32)
        return cls.of(file_key, key), encode_base64url(key.seal(file_key, _info(backup_id)))

    @classmethod
    def of(cls, file_key: bytes, key: BackupKey) -> Self:
        """The keys that follow from the sealed one and the authenticator."""

        def derive(purpose: bytes) -> AESGCM:
            return AESGCM(
                HKDF(SHA256(), 32, salt=key.authenticator, info=b"wasl/backup/v1 " + purpose).derive(file_key)
            )

        return cls(derive(b"blocks"), derive(b"contents"))

    def seal_block(self, number: int, block: bytes) -> bytes:
        """One frame of the data file: a length, and the compressed block, sealed under its number."""
        compressed = zstandard.ZstdCompressor(level=_LEVEL).compress(block)
        return framed(self._blocks.encrypt(_nonce(number), compressed, None))

    def open_block(self, number: int, sealed: bytes) -> bytes:
        """The block of that number; raises Damaged when it is not exactly what was sealed as that one."""
        try:
            return zstandard.ZstdDecompressor().decompress(self._blocks.decrypt(_nonce(number), sealed, None))
        except (InvalidTag, zstandard.ZstdError):
            raise Damaged(f"Block {number} is not what was written there.") from None

    def seal_contents(self, plain: bytes, bound: bytes) -> bytes:
        """Seal the contents, bound to the rest of the manifest."""
        return self._contents.encrypt(_nonce(0), plain, bound)

    def open_contents(self, sealed: bytes, bound: bytes) -> bytes:
        """Undo `seal_contents`; raises InvalidTag."""
        return self._contents.decrypt(_nonce(0), sealed, bound)


def framed(data: bytes) -> bytes:
    """A frame: a length, and so many bytes."""
    return len(data).to_bytes(_LENGTH_BYTES, "big") + data


def frame_length(prefix: bytes) -> int:
    """How long the frame is that begins so; raises Damaged for what no frame is."""
    length = int.from_bytes(prefix, "big")
    if length > LONGEST_FRAME:
        raise Damaged("The data file is not what was written: a block in it is longer than any can be.")
    return length


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")


def _info(backup_id: str) -> bytes:
    return b"wasl/backup/v1\n" + backup_id.encode()
