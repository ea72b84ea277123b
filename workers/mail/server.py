"""The SMTP server that mail is handed in at, as a setting names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FORM: Final = "must be like smtp://user:password@host:587 or smtps://user:password@host:465"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in.

    :param tls: from the first byte (smtps).
    :param start_tls: whether the line is encrypted before anything is said: True insists, None takes what is offered.
    """

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    start_tls: bool | None = True

    @classmethod
    def of_url(cls, url: str) -> Self:
        """Read ``smtp://user:password@host:587`` or ``smtps://user:password@host:465``.

        ``smtp`` insists on STARTTLS, except on this machine or, without a password, with ``?starttls=false``.

        :raises ValueError: it is no such URL; the text does not repeat it.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:  # its own text quotes what may be a piece of a password
            raise ValueError(_FORM) from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(_FORM)
        tls = parts.scheme == "smtps"
        plain = parse_qs(parts.query).get("starttls") == ["false"]
        if plain and parts.password and parts.hostname not in _LOOPBACK:
            raise ValueError("must not send a password over a line without TLS")
        return cls(
            host=parts.hostname,
            port=port or (465 if tls else 587),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            start_tls=False if tls or plain else None if parts.hostname in _LOOPBACK else True,
        )
