"""What can be wrong with a backup, each in one sentence that says what to do about it."""


class BackupError(Exception):
    """A backup could not be taken, read or restored; the message repeats no row and no secret."""


class Damaged(BackupError):
    """A backup is not, byte for byte, what was written."""


class WrongKey(BackupError):
    """A key is not the one that the backup is sealed to, or is none at all."""


class DoesNotFit(BackupError):
    """This hub cannot take the backup: it is not empty, of another schema, or has rows that clash with it."""
