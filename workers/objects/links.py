"""Links to files of a folder: signed, expiring, and of the same shape as Supabase Storage's."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import jwt

SIGN_PATH: Final = "/storage/v1/object/sign"
_ALGORITHM: Final = "HS256"
_KEY_FILE: Final = ".link-key"


class Links:
    """Makes and checks tokens. :param key: what they are signed with."""

    def __init__(self, key: str, bucket: str) -> None:
        self._key = key
        self.bucket = bucket

    def token(self, path: str, *, seconds: int) -> str:
        """A token for one file. :param seconds: for how long it is good."""
        now = int(time.time())
        claims = {"url": f"{self.bucket}/{path}", "iat": now, "exp": now + seconds}
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def allows(self, bucket: str, path: str, token: str) -> bool:
        """Whether a token is good for a file now."""
        try:
            claims = jwt.decode(
                token, self._key, algorithms=[_ALGORITHM], options={"require": ["exp", "url"], "verify_iat": False}
            )
        except jwt.InvalidTokenError:
            return False
        return bool(claims["url"] == f"{bucket}/{path}") and bucket == self.bucket


def folder_key(root: Path) -> str:
    """The key of a folder's links, made at first use; whoever shares the folder shares it."""
    file = root / _KEY_FILE
    with suppress(FileNotFoundError):
        return file.read_text()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = root / f"{_KEY_FILE}.{secrets.token_hex(8)}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):  # of two who make one at once, the first one's stands
        os.link(draft, file)
    draft.unlink()
    return file.read_text()
