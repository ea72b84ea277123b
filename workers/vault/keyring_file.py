"""The keyring's file: readable by its owner alone, changed by one writer at a time, never seen half-written."""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workers.vault.errors import KeyringError
from workers.vault.keyring_document import KeyringDocument

_OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyringFile:
    """A keyring in a file of mode 0600."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()  # behind a symbolic link, so that a new file replaces its target and not the link

    def read(self) -> KeyringDocument:
        """Return the keyring; raises KeyringError when it is missing, malformed, or may be read by others."""
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                if mode & _OTHERS:
                    raise KeyringError(
                        f"the keyring {self.path} may be read by others (mode {stat.S_IMODE(mode):04o}): "
                        f"chmod 600 it, and replace its keys if somebody may have"
                    )
                text = file.read()
        except FileNotFoundError:
            raise KeyringError(f"there is no keyring at {self.path}: `wasl keys new` makes one") from None
        except OSError as error:
            raise KeyringError(f"cannot read the keyring {self.path}: {error.strerror}") from error
        return KeyringDocument.parse(text, str(self.path))

    def read_or_empty(self) -> KeyringDocument:
        """Return the keyring, or an empty one when there is no file yet."""
        return self.read() if self.path.exists() else KeyringDocument()

    def write(self, document: KeyringDocument) -> None:
        """Replace the file: when this returns, the new content survives a crash; when it raises, the old one does."""
        temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._write_durably(temporary, document.dump().encode())
                temporary.replace(self.path)
            finally:
                temporary.unlink(missing_ok=True)
            _fsync_directory(self.path.parent)
        except OSError as error:
            raise KeyringError(f"cannot write the keyring {self.path}: {error.strerror}") from error

    @contextmanager
    def editing(self) -> Iterator[None]:
        """Hold the keyring for a change that reads and then writes it; the lock goes with the process.

        Raises:
            KeyringError: another process holds it.
        """
        lock = self.path.with_name(f"{self.path.name}.lock")
        try:
            lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
        except OSError as error:
            raise KeyringError(f"cannot lock the keyring {self.path}: {error.strerror}") from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KeyringError(f"another command is changing the keyring {self.path}: try again") from None
            yield
        finally:
            os.close(descriptor)

    def _write_durably(self, path: Path, content: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            with suppress(FileNotFoundError, PermissionError):
                # Root may change keys for workers that run as another account: they must still be able to read them.
                owner = self.path.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            file.write(content)
            file.flush()
            os.fsync(descriptor)


def _fsync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
