"""Carries one message to one channel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from workers.mail.mailer import Mailer, MailRefused, MailUnavailable
from workers.monitoring.channels.email import alert_mails
from workers.monitoring.channels.notice import Message
from workers.monitoring.channels.slack import slack_message
from workers.monitoring.channels.teams import teams_message
from workers.monitoring.channels.webhook import signed_headers, webhook_body
from workers.tracing import Tracing
from workers.transport.errors import DeadlineExceeded
from workers.transport.guard import AddressRefused
from workers.transport.guarded_client import Answer, GuardedClient

SEND_SECONDS: Final = 15.0
_MOST_ANSWER_BYTES: Final = 4_096
_TRY_AGAIN: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a channel is.

    :param kind: ``email``, ``webhook``, ``slack``, ``teams`` or ``in_app``.
    :param addresses: of an e-mail channel, separated by commas.
    :param url: of the others, a secret; likewise ``signing_secret`` of a webhook.
    """

    kind: str
    addresses: str = ""
    url: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)


class NotTaken(Exception):
    """A channel did not take a message. The text holds no address and nothing that the other side wrote.

    :param code: stable, such as ``receiver_refused``.
    :param is_final: whether it never will.
    :param after_seconds: how long it asks us to wait.
    """

    def __init__(self, code: str, message: str, *, is_final: bool = False, after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.is_final = is_final
        self.after_seconds = after_seconds

    def as_dict(self) -> dict[str, str]:
        """The error as clients see it."""
        return {"code": self.code, "message": str(self)}


class ChannelSender:
    """Sends to every kind of channel.

    :param mailer: None: no mail can be sent.
    :param client: for URLs, which users give.
    :param tracing: names the trace that goes on, to webhooks.
    """

    def __init__(self, mailer: Mailer | None, client: GuardedClient, tracing: Tracing) -> None:
        self._mailer = mailer
        self._client = client
        self._tracing = tracing

    async def send(self, destination: Destination, message: Message) -> None:
        """Hand a message over; what is within the hub is there already.

        :raises NotTaken: it was not taken, or nobody knows whether it was.
        """
        match destination.kind:
            case "in_app":
                return
            case "email":
                await self._mail(destination.addresses, message)
            case "webhook":
                await self._post_signed(destination, message)
            case "slack":
                await self._post(destination.url, json.dumps(slack_message(message)).encode(), {})
            case "teams":
                await self._post(destination.url, json.dumps(teams_message(message)).encode(), {})
            case unknown:
                raise NotTaken("unknown_kind", f"There is no channel of the kind {unknown}.", is_final=True)

    async def _mail(self, addresses: str, message: Message) -> None:
        """To every address. One that is refused for good does not keep the mail from the others."""
        if self._mailer is None:
            raise NotTaken("mail_not_set_up", "No mail can be sent: set WASL_SMTP_URL and WASL_MAIL_FROM.")
        mails, refused, unavailable = alert_mails(message, addresses), None, None
        taken = 0
        for mail in mails:
            try:
                await self._mailer.send(mail)
                taken += 1
            except MailRefused as error:
                refused = error
            except MailUnavailable as error:
                unavailable = error
        if unavailable is not None:
            raise NotTaken(unavailable.code, str(unavailable))
        if refused is not None and taken == 0:
            raise NotTaken(refused.code, str(refused), is_final=True)

    async def _post_signed(self, destination: Destination, message: Message) -> None:
        body = webhook_body(message)
        try:
            headers = signed_headers(message, body, destination.signing_secret, self._tracing.traceparent())
        except ValueError as error:
            raise NotTaken("signing_secret_invalid", f"{error}.".capitalize(), is_final=True) from None
        await self._post(destination.url, body, headers)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            answer = await self._client.post(
                url,
                body,
                headers={"content-type": "application/json", **headers},
                most_bytes=_MOST_ANSWER_BYTES,
                seconds=SEND_SECONDS,
            )
        except AddressRefused as error:
            raise NotTaken("address_refused", str(error), is_final=True) from None
        except DeadlineExceeded as error:
            raise NotTaken("no_answer", str(error)) from None
        except httpx.TransportError as error:
            raise NotTaken("unreachable", str(error)) from None
        if not 200 <= answer.status < 300:
            raise _refused(answer)


def _refused(answer: Answer) -> NotTaken:
    text = f"The receiver answers {answer.status}."
    if answer.status in _TRY_AGAIN or answer.status >= 500:
        return NotTaken("receiver_busy", text, after_seconds=_retry_after(answer.headers.get("Retry-After")))
    return NotTaken("receiver_refused", text, is_final=True)


def _retry_after(header: str | None) -> float | None:
    """Seconds, or a date (RFC 9110, 10.2.3); at most six hours."""
    if header is None:
        return None
    try:
        seconds = float(header) if header.strip().isdigit() else _until(header)
    except ValueError:
        return None
    return min(max(seconds, 0.0), 21_600.0)


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
