"""Mail goes through a real SMTP server as it was meant, to one recipient, and over TLS when there is a password."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.certificates import self_signed
from tests.support.post_offices import Post, post_office
from workers.mail.mailer import Mailer, MailError, MailRefused, MailUnavailable
from workers.mail.message import AddressInvalid, Mail, checked_address, checked_sender, make_message, one_line
from workers.mail.server import SmtpServer

MAIL_ID = UUID("0197c2f0-0000-7000-8000-000000000001")
SENDER = "وصل Wasl <no-reply@example.ae>"


def a_mail(**changes: Any) -> Mail:
    """A mail to Mona."""
    said = {"id": MAIL_ID, "to": "mona@example.com", "subject": "Hello", "text": "Hello\n", "html": "<p>Hello</p>"}
    return Mail(**{**said, **changes})


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with post_office() as office:
        yield office


async def test_a_mail_arrives_with_its_headers_and_both_its_texts(post: Post) -> None:
    told = await Mailer(f"smtp://{post.url}", SENDER).send(
        a_mail(subject="تأكيد Confirm", text="مرحبًا\n", html="<p>مرحبًا</p>", language="ar")
    )
    message = post.message()
    assert told == message["Message-ID"] == f"<{MAIL_ID}@example.ae>"
    assert (post.taken[0].mail_from, post.taken[0].rcpt_tos) == ("no-reply@example.ae", ["mona@example.com"])
    assert (message["From"], message["To"]) == (SENDER, "mona@example.com")
    assert (message["Subject"], message["Content-Language"]) == ("تأكيد Confirm", "ar")
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]).tzinfo is not None
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content().strip() for part in message.iter_parts()] == ["مرحبًا", "<p>مرحبًا</p>"]
    assert "List-Unsubscribe" not in message


async def test_mail_that_was_subscribed_to_says_how_to_end_it(post: Post) -> None:
    url = "https://hub.example/unsubscribe?t=1"
    await Mailer(f"smtp://{post.url}", SENDER).send(a_mail(unsubscribe_url=url))
    message = post.message()
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (
        f"<{url}>",
        "List-Unsubscribe=One-Click",
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://a>\r\nBcc: x",
        "mailto:x@example.com",
        "https://a b",
        "https://a/>, <http://b",
    ],
)
def test_an_address_to_unsubscribe_at_is_one_url(url: str) -> None:
    with pytest.raises(ValueError, match="unsubscribe_url"):
        make_message(a_mail(unsubscribe_url=url), checked_sender(SENDER))


HEADERS = ["from", "to", "subject", "date", "message-id", "auto-submitted", "content-language"]
ENCODED = "=?utf-8?q?=0D=0ABcc:_x@y.com?="
PIECES = st.sampled_from(["a" * 70, "\r", "\n", "\u2028", "\x85", "\0", "Bcc: x", " ", ENCODED, "=?", "?=", '"', "م"])


@given(st.text(max_size=80) | st.lists(PIECES).map("".join))
@example("=??Q?=0D=0A")
@example(ENCODED)
@example("a" * 70 + ENCODED)
def test_a_text_stays_the_text_of_its_header(text: str) -> None:
    sender = Address(one_line(text), "no-reply", "example.ae")
    written = make_message(a_mail(subject=text), sender)
    head = written.partition(b"\r\n\r\n")[0]
    lines = head.split(b"\r\n")
    names = [line.split(b":")[0].lower().decode() for line in lines if not line.startswith(b" ")]
    assert names == [*HEADERS, "mime-version", "content-type"] or names == [*HEADERS, "content-type", "mime-version"]
    assert all(len(line) <= 100 and line.isascii() and b"\r" not in line and b"\n" not in line for line in lines)
    shown = str(make_header(decode_header(message_from_bytes(written)["Subject"] or "")))
    assert shown == one_line(text)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mona",
        "mona@",
        "@example.com",
        "mona@localhost",
        "mona@example.com, other@example.com",
        "mona@example.com\r\nBcc: other@example.com",
        "mona@example.com\nRCPT TO:<x@y.com>",
        "Mona <mona@example.com>",
        "<mona@example.com>",
        '"mona x"@example.com',
        "mona@@example.com",
        "mona..x@example.com",
        "mona@exa mple.com",
        "mona@[127.0.0.1]",
        "=?utf-8?q?=0D=0ABcc?=@example.com",
        "منى@example.com",
        "m" * 65 + "@example.com",
        "mona@" + "a" * 64 + ".com",
    ],
)
async def test_what_is_no_address_is_refused_before_anything_is_sent(post: Post, address: str) -> None:
    with pytest.raises(MailRefused) as refused:
        await Mailer(f"smtp://{post.url}", SENDER).send(a_mail(to=address))
    assert str(refused.value) == "That is no e-mail address."
    assert post.taken == []


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (" mona+news@Example.COM ", "mona+news@example.com"),
        ("o'mona@example.ae", "o'mona@example.ae"),
        ("mona@مثال.إمارات", "mona@xn--mgbh0fb.xn--kgbeam7a8h"),
    ],
)
def test_addresses_are_written_as_servers_take_them(written: str, sent: str) -> None:
    assert checked_address(written).addr_spec == sent


@given(st.text())
def test_any_text_is_an_address_or_is_not(text: str) -> None:
    try:
        address = checked_address(text).addr_spec
    except AddressInvalid:
        return
    assert address.count("@") == 1
    assert address.isascii()
    assert address.isprintable()


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("RCPT", "550 5.1.1 No such user mona", MailRefused),
        ("RCPT", "451 4.7.1 Greylisted, mona", MailUnavailable),
        ("RCPT", "452 4.2.2 Mailbox full", MailUnavailable),
        ("DATA", "554 5.7.1 Spam", MailRefused),
        ("DATA", "421 4.3.2 Shutting down", MailUnavailable),
    ],
)
async def test_the_server_says_whether_to_try_again(
    post: Post, command: str, answer: str, error: type[MailError]
) -> None:
    post.answers[command] = answer
    with pytest.raises(MailError) as failed:
        await Mailer(f"smtp://{post.url}", SENDER).send(a_mail())
    assert type(failed.value) is error
    assert failed.value.retryable == (error is MailUnavailable)
    assert answer[:3] in str(failed.value)
    assert "mona" not in str(failed.value)


async def test_a_server_that_is_not_there_or_breaks_off_may_be_later(tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 post.example\r\n")
        await reader.readline()
        writer.close()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    ports = []
    for play in (hang_up, say_nothing):
        async with await asyncio.start_server(play, "127.0.0.1", 0) as server:
            ports.append(server.sockets[0].getsockname()[1])
            with pytest.raises(MailUnavailable, match="cannot be reached"):
                await Mailer(f"smtp://127.0.0.1:{ports[-1]}", SENDER, seconds=0.2).send(a_mail())
    with pytest.raises(MailUnavailable, match="cannot be reached"):
        await Mailer(f"smtp://127.0.0.1:{ports[0]}", SENDER).send(a_mail())


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context, and that of whoever trusts it."""
    path = self_signed(tmp_path, "localhost")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


async def test_the_password_goes_over_tls(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    theirs, ours = certificate
    async with post_office(tls_context=theirs, require_starttls=True) as post:
        url = f"smtp://wasl:p%40ss%3Aw%2Frd@{post.url.replace('127.0.0.1', 'localhost')}"
        await Mailer(url, SENDER, tls=ours).send(a_mail())
        assert (post.logins, post.encrypted) == ([(b"wasl", b"p@ss:w/rd")], [True])
        with pytest.raises(MailUnavailable, match="cannot be reached"):
            await Mailer(url, SENDER, tls=ssl.create_default_context()).send(a_mail())
        with pytest.raises(MailUnavailable, match="does not let us in") as failed:
            await Mailer(url.replace("ss%3A", "-"), SENDER, tls=ours).send(a_mail())
    assert "WASL_SMTP_URL" in str(failed.value)
    assert "w/rd" not in str(failed.value)


async def test_a_server_without_tls_is_told_nothing_unless_it_is_this_machine(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.mail.server._LOOPBACK", frozenset())
    with pytest.raises(MailUnavailable):
        await Mailer(f"smtp://wasl:word@{post.url}", SENDER).send(a_mail())
    assert (post.logins, post.taken) == ([], [])


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 587)),
        ("smtp://u:p@mail.example:2525", SmtpServer("mail.example", 2525, "u", "p")),
        ("smtps://u%40x:p%2F@mail.example/", SmtpServer("mail.example", 465, "u@x", "p/", tls=True, start_tls=False)),
        ("smtp://mail.example:25?starttls=false", SmtpServer("mail.example", 25, start_tls=False)),
        ("smtp://localhost", SmtpServer("localhost", 587, start_tls=None)),
    ],
)
def test_the_server_is_read_from_a_url(url: str, server: SmtpServer) -> None:
    assert SmtpServer.of_url(url) == server
    assert "p/" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://u:secret/word@mail.example",
        "smtp://mail.example/x",
        "smtp://u:secret@mail.example?starttls=false",
    ],
)
def test_another_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="must") as refused:
        SmtpServer.of_url(url)
    assert "secret" not in str(refused.value)
