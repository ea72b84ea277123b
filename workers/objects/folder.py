"""An object store in a folder, for one machine or a shared volume; `server` hands its files out."""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import suppress
from pathlib import Path

from workers.objects.links import SIGN_PATH, Links, folder_key
from workers.objects.store import ObjectMissing, StoreUnavailable, checked_path


class FolderStore:
    """Files under a root.

    :param public_url: what links begin with: the hub's address, whose ``/storage/v1/object/sign`` leads to `server`.
    """

    def __init__(self, root: Path, *, bucket: str, public_url: str) -> None:
        self.root = root
        self.links = Links(folder_key(root), bucket)
        self._public_url = public_url.rstrip("/")

    async def put(self, path: str, content: bytes, content_type: str) -> None:
        await asyncio.to_thread(self._put, checked_path(path), content)

    async def get(self, path: str) -> bytes:
        return await asyncio.to_thread(self._get, checked_path(path))

    async def link(self, path: str, *, seconds: int) -> str:
        if not await asyncio.to_thread((self.root / checked_path(path)).is_file):
            raise ObjectMissing(path)
        token = self.links.token(path, seconds=seconds)
        return f"{self._public_url}{SIGN_PATH}/{self.links.bucket}/{path}?token={token}"

    def _put(self, path: str, content: bytes) -> None:
        target = self.root / path
        draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise StoreUnavailable(f"The folder of files cannot be written: {error.strerror}.") from error

    def _get(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise ObjectMissing(path) from None
        except OSError as error:
            raise StoreUnavailable(f"The folder of files cannot be read: {error.strerror}.") from error
