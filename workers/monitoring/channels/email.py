"""Alerts as mail, in English and Arabic, as text and HTML."""

from __future__ import annotations

from html import escape
from uuid import UUID, uuid5

from workers.mail.message import Mail
from workers.monitoring.channels.notice import Message, Notice
from workers.monitoring.channels.words import Words, languages, shown_facts


def alert_mails(message: Message, addresses: str) -> list[Mail]:
    """A mail to each address.

    :param addresses: separated by commas.
    """
    words = languages(message)
    text = "\n----\n\n".join(_text(each, message) for each in words)
    html = "<!doctype html><meta charset=utf-8>" + "<hr>".join(_html(each, message) for each in words)
    return [
        Mail(
            id=_mail_id(message.id, address),
            to=address,
            subject=words[0].subject(message),
            text=text,
            html=html,
            language=", ".join(each.code for each in words),
        )
        for address in (part.strip() for part in addresses.split(","))
    ]


def _mail_id(message_id: UUID, address: str) -> UUID:
    return uuid5(message_id, address)


def _text(words: Words, message: Message) -> str:
    return f"{message.organization_name}\n\n" + "\n".join(_notice_text(words, each) for each in message.notices)


def _notice_text(words: Words, notice: Notice) -> str:
    lines = [words.headline(notice), words.title(notice)]
    lines += [f"{label}: {value}" for label, value in shown_facts(words, notice)]
    if notice.url:
        lines.append(f"{words.open_page}: {notice.url}")
    return "\n".join(lines) + "\n"


def _html(words: Words, message: Message) -> str:
    body = "".join(_notice_html(words, each) for each in message.notices)
    return f'<div lang="{words.code}" dir="{words.direction}"><p>{escape(message.organization_name)}</p>{body}</div>'


def _notice_html(words: Words, notice: Notice) -> str:
    facts = "<br>".join(f"{escape(label)}: {escape(value)}" for label, value in shown_facts(words, notice))
    link = f'<p><a href="{escape(notice.url)}">{escape(words.open_page)}</a></p>' if notice.url else ""
    return (
        f"<p><strong>{escape(words.headline(notice))}</strong><br>{escape(words.title(notice))}</p><p>{facts}</p>{link}"
    )
