"""Sends mail through an SMTP server."""

from __future__ import annotations

import ssl
from email.headerregistry import Address
from typing import ClassVar, Final

import aiosmtplib

from workers.mail.message import AddressInvalid, Mail, checked_address, checked_sender, make_message, message_id
from workers.mail.server import SmtpServer

SEND_SECONDS: Final = 20.0


class MailError(Exception):
    """A mail that was not sent. The text holds neither the recipient nor what the server said."""

    code: ClassVar[str] = "mail_failed"
    retryable: ClassVar[bool] = False


class MailRefused(MailError):
    """It will never be taken: there is no such recipient, or the server does not want the message."""

    code = "mail_refused"


class MailUnavailable(MailError):
    """It was not taken for now; when the line broke at the very end, it may have been. Sending it again is harmless."""

    code = "mail_unavailable"
    retryable = True


class Mailer:
    """Sends one mail at a time, each by a connection of its own.

    :param url: of the server, see `SmtpServer.of_url`.
    :param sender: such as ``Example <no-reply@example.ae>``.
    :param seconds: how long each step of the conversation may take.
    :param tls: another trust store than the system's, in tests.
    :raises ValueError: one of them is wrong; the text does not repeat it.
    """

    def __init__(
        self, url: str, sender: str, *, seconds: float = SEND_SECONDS, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = SmtpServer.of_url(url)
        self._sender: Address = checked_sender(sender)
        self._seconds = seconds
        self._tls = tls

    async def send(self, mail: Mail) -> str:
        """Hand a mail in; returns its Message-ID.

        :raises MailRefused: it will never be taken.
        :raises MailUnavailable: it may be taken later.
        """
        try:
            message = make_message(mail, self._sender)
        except AddressInvalid as error:
            raise MailRefused(str(error)) from None
        try:
            async with self._client() as client:
                await client.sendmail(self._sender.addr_spec, [checked_address(mail.to).addr_spec], message)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _told(error) from None
        return message_id(mail, self._sender)

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.start_tls,
            tls_context=self._tls,
            timeout=self._seconds,
            local_hostname=self._sender.domain,
        )


def _told(error: Exception) -> MailError:
    """The server's answer as one of ours. Whatever is wrong with our account there may be mended meanwhile."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _told(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPDataError):
        kind = MailRefused if error.code >= 500 else MailUnavailable
        return kind(f"The mail server does not take the mail (it answers {error.code}).")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return MailUnavailable(f"The mail server does not let us in (it answers {error.code}): see WASL_SMTP_URL.")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return MailUnavailable(f"The mail server takes nothing for now (it answers {error.code}).")
    return MailUnavailable("The mail server cannot be reached, or broke off.")
