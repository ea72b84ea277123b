"""Post offices: real SMTP servers that keep what they take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Post:
    """A post office: what it took, and what it answers instead.

    :ivar answers: by SMTP's command.
    :ivar unknown: addresses that nobody has.
    """

    url: str = ""
    taken: list[Envelope] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        """Take a recipient."""
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        if address in self.unknown:
            return "550 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message."""
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.taken.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        """Let people in who know the word."""
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"p@ss:w/rd", handled=False)

    def message(self) -> EmailMessage:
        """The only message taken."""
        [message] = self.messages()
        return message

    def messages(self) -> list[EmailMessage]:
        """All messages taken."""
        read = [message_from_bytes(bytes(each.content or b""), policy=policy.default) for each in self.taken]
        return [message for message in read if isinstance(message, EmailMessage)]


@asynccontextmanager
async def post_office(**options: Any) -> AsyncIterator[Post]:
    """A real SMTP server. :param options: aiosmtpd's."""
    post = Post()

    def accept() -> SMTP:
        return SMTP(post, hostname="post.example", authenticator=post.authenticate, **options)

    server = await asyncio.get_running_loop().create_server(accept, "127.0.0.1", 0)
    async with server:
        post.url = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield post
