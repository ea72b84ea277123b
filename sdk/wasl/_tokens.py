"""Access tokens and their age."""

from dataclasses import dataclass, field
from time import monotonic

RENEW_BEFORE_SECONDS = 30.0
RENEW_BEFORE_SHARE = 0.2


@dataclass(frozen=True)
class Token:
    """An access token.

    Attributes:
        value: what goes into the Authorization header.
        renew_at: when to have another one, on the monotonic clock; None for one that cannot be renewed.
    """

    value: str = field(repr=False)
    renew_at: float | None = None

    @classmethod
    def lasting(cls, value: str, seconds: float) -> "Token":
        """Return a token that is renewed a little before it expires in `seconds`."""
        return cls(value, monotonic() + seconds - min(RENEW_BEFORE_SECONDS, seconds * RENEW_BEFORE_SHARE))

    @property
    def is_fresh(self) -> bool:
        """Whether it can still be used."""
        return self.renew_at is None or monotonic() < self.renew_at
