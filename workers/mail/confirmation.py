"""The mail that asks somebody to confirm the address that was given in a form (double opt-in).

Anybody can write anybody's address into a form, so nothing that a visitor wrote may make this mail an advertisement:
a name is greeted only when it can be one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final
from uuid import UUID

from workers.mail.message import Mail, one_line

_NAME: Final = re.compile(r"(?=.{1,40}$)[^\W\d_]+([ '’-][^\W\d_]+){0,3}")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the mail says.

    :param url: confirms, when a person opens it.
    :param consent_text: what is agreed to.
    :param language: of the recipient, such as ``ar``; None: the mail is in both.
    """

    organization_name: str
    form_name: str
    url: str
    first_name: str | None = None
    consent_text: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    code: str
    direction: str
    subject: str
    greeting: str
    greeting_by_name: str
    question: str
    agreed: str
    button: str
    ignore: str


_ENGLISH: Final = _Words(
    code="en",
    direction="ltr",
    subject="Please confirm your e-mail address for {organization}",
    greeting="Hello,",
    greeting_by_name="Hello {name},",
    question="your e-mail address was given to {organization}, in the form “{form}”. Please confirm that this was you:",
    agreed="By this you agree to:",
    button="Confirm",
    ignore="The link is good for seven days. If this was not you, ignore this mail: you will get no other.",
)
_ARABIC: Final = _Words(
    code="ar",
    direction="rtl",
    subject="يرجى تأكيد بريدك الإلكتروني لدى {organization}",
    greeting="مرحبًا،",
    greeting_by_name="مرحبًا {name}،",
    question="تم تسجيل بريدك الإلكتروني لدى {organization} عبر النموذج «{form}». يرجى تأكيد أنك من قام بذلك:",
    agreed="بالتأكيد أنت توافق على ما يلي:",
    button="تأكيد",
    ignore="الرابط صالح لمدة سبعة أيام. إذا لم تكن أنت من قام بذلك فتجاهل هذه الرسالة، ولن تصلك رسالة أخرى.",
)


def confirmation_mail(mail_id: UUID, to: str, confirmation: Confirmation) -> Mail:
    """The mail in the recipient's language: Arabic, English for every other, and both when none is known.

    :param mail_id: the same for each attempt to send it.
    """
    words = _words(confirmation.language)
    organization = one_line(confirmation.organization_name)
    return Mail(
        id=mail_id,
        to=to,
        subject=" | ".join(each.subject.format(organization=organization) for each in words),
        text="\n\n".join(_text(each, confirmation) for each in words),
        html="<!doctype html><meta charset=utf-8>" + "<hr>".join(_html(each, confirmation) for each in words),
        language=", ".join(each.code for each in words),
    )


def _words(language: str | None) -> tuple[_Words, ...]:
    if language is None:
        return _ENGLISH, _ARABIC
    return (_ARABIC,) if language.lower().split("-")[0] == "ar" else (_ENGLISH,)


def _parts(words: _Words, confirmation: Confirmation) -> list[str]:
    """Greeting and question, and what is agreed to."""
    name = (confirmation.first_name or "").strip()
    greeting = words.greeting_by_name.format(name=name) if _NAME.fullmatch(name) else words.greeting
    organization, form = one_line(confirmation.organization_name), one_line(confirmation.form_name)
    parts = [greeting, words.question.format(organization=organization, form=form)]
    if confirmation.consent_text:
        parts.append(f"{words.agreed} {confirmation.consent_text.strip()}")
    return parts


def _text(words: _Words, confirmation: Confirmation) -> str:
    greeting, question, *agreed = _parts(words, confirmation)
    return "\n\n".join([greeting, question, confirmation.url, *agreed, words.ignore]) + "\n"


def _html(words: _Words, confirmation: Confirmation) -> str:
    greeting, question, *agreed = (f"<p>{escape(part)}</p>" for part in _parts(words, confirmation))
    url = escape(confirmation.url)
    link = f'<p><a href="{url}">{words.button}</a></p><p dir="ltr">{url}</p>'
    paragraphs = "".join([greeting, question, link, *agreed, f"<p>{words.ignore}</p>"])
    return f'<div lang="{words.code}" dir="{words.direction}">{paragraphs}</div>'
