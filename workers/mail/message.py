"""One message, as it goes out.

Parts of it come from strangers (a name in a form) and from merchants, so no text becomes more than the header or the
paragraph it stands in. Headers are therefore written here: Python's `email` decodes encoded words (RFC 2047) in the
values that it is given, line breaks and all (CVE-2024-6923), and breaks lines of its own in odd ones.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final
from uuid import UUID

_LOCAL: Final = re.compile(r"(?=.{1,64}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN: Final = re.compile(r"(?=.{3,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_URL: Final = re.compile(r"https?://[!-;=?-~]{1,2000}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_PLAIN: Final = re.compile(r"[A-Za-z0-9 !'&/+-]{0,60}")
"""What stands in a header as it is; the rest is encoded."""
_LANGUAGES: Final = re.compile(r"[A-Za-z, -]{2,40}")
_LONGEST_HEADER: Final = 200
_WORD_BYTES: Final = 45
"""As many make an encoded word of 75 characters, the longest there is."""


class AddressInvalid(ValueError):
    """Nobody can be written to there. The text does not repeat the address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be sent.

    :param id: becomes the message's id: sent twice, it is recognized as one message.
    :param to: one address.
    :param language: of the content, such as ``ar``; two are separated by a comma.
    :param unsubscribe_url: takes a POST that ends such mail (RFC 8058); for mail that somebody subscribed to.
    """

    id: UUID
    to: str
    subject: str
    text: str
    html: str
    language: str = "en"
    unsubscribe_url: str | None = None


def checked_address(text: str) -> Address:
    """An address, its domain in ASCII (``مثال.إمارات`` becomes ``xn--mgbh0fb.xn--kgbeam7a8h``).

    :raises AddressInvalid: it is none, is several, or has letters before the @ that few servers take.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        raise AddressInvalid("That is no e-mail address.") from None
    if "=?" in local or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise AddressInvalid("That is no e-mail address.")
    return Address(username=local, domain=domain)


def checked_sender(text: str) -> Address:
    """Who mail comes from: ``no-reply@example.ae`` or ``Example <no-reply@example.ae>``.

    :raises AddressInvalid: see `checked_address`.
    """
    name, address = parseaddr(text)
    checked = checked_address(address)
    return Address(one_line(name), checked.username, checked.domain)


def one_line(text: str) -> str:
    """A text without line breaks and other control characters, cut to what a header may hold."""
    return _UNPRINTABLE.sub(" ", text).strip()[:_LONGEST_HEADER].strip()


def message_id(mail: Mail, sender: Address) -> str:
    """How a mail is known to everybody who handles it."""
    return f"<{mail.id}@{sender.domain}>"


def make_message(mail: Mail, sender: Address) -> bytes:
    """The message with its headers, plain text and HTML, in ASCII.

    :raises AddressInvalid: of ``mail.to``.
    :raises ValueError: the address to unsubscribe at is no URL, or the language none.
    """
    content = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    content.set_content(mail.text)
    content.add_alternative(mail.html, subtype="html")
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(mail, sender))
    return head.encode("ascii") + content.as_bytes()


def _headers(mail: Mail, sender: Address) -> Iterator[tuple[str, str]]:
    name = f"{_written(sender.display_name)} " if sender.display_name else ""
    yield "From", f"{name}<{sender.addr_spec}>"
    yield "To", checked_address(mail.to).addr_spec
    yield "Subject", _written(mail.subject)
    yield "Date", format_datetime(datetime.now(UTC))
    yield "Message-ID", message_id(mail, sender)
    yield "Auto-Submitted", "auto-generated"  # RFC 3834: so that no absence is reported back
    if not _LANGUAGES.fullmatch(mail.language):
        raise ValueError("language must be such as ar, or several, separated by commas")
    yield "Content-Language", mail.language
    if mail.unsubscribe_url is not None:
        if not _URL.fullmatch(mail.unsubscribe_url):
            raise ValueError("unsubscribe_url must be an http(s) URL")
        yield "List-Unsubscribe", f"<{mail.unsubscribe_url}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _written(text: str) -> str:
    """A text as a header has it: as it is, or as encoded words, each on a line of its own."""
    text = one_line(text)
    if _PLAIN.fullmatch(text):
        return text
    words, word = [], b""
    for char in (char.encode("utf-8", "replace") for char in text):
        if len(word) + len(char) > _WORD_BYTES:
            words.append(word)
            word = b""
        word += char
    return "\r\n ".join(f"=?utf-8?b?{b64encode(each).decode()}?=" for each in [*words, word])
