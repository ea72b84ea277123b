"""What can be wrong with a backup, each in one sentence that says what to do about it."""

import psycopg


class BackupError(Exception):
    """A backup could not be taken, read or restored; the message repeats no row and no secret."""


class Damaged(BackupError):
    """A backup is not, byte for byte, what was written."""


class WrongKey(BackupError):
    """A key is not the one that the backup is sealed to, or is none at all."""


class DoesNotFit(BackupError):
    """This hub cannot take the backup: it is not empty, of another schema, or has rows that clash with it."""


def of_database(error: psycopg.Error) -> BackupError:
    """What the database says, without the detail, which can quote a row."""
    message = error.diag.message_primary or str(error).strip().partition("\n")[0]
    return BackupError(f"The database: {message.rstrip('.')}.")
