"""The mail that asks for a confirmation says what it is about, and carries no stranger's message."""

import re
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.mail.confirmation import Confirmation, confirmation_mail
from workers.mail.message import Mail

MAIL_ID = UUID("0197c2f0-0000-7000-8000-000000000001")
URL = "https://hub.example/functions/v1/forms/confirm/c1?a=1&b=2"
ARABIC = re.compile("[\u0600-\u06ff]")


def a_mail(**changes: Any) -> Mail:
    """The mail for somebody at a furniture shop."""
    said = {"organization_name": "Oasis Furniture", "form_name": "Newsletter", "url": URL}
    return confirmation_mail(MAIL_ID, "mona@example.com", Confirmation(**{**said, **changes}))


def test_it_says_who_asks_for_what_and_where_to_confirm() -> None:
    mail = a_mail(first_name="Mona", consent_text="I want news by e-mail.", language="en")
    assert (mail.id, mail.to, mail.language) == (MAIL_ID, "mona@example.com", "en")
    assert mail.subject == "Please confirm your e-mail address for Oasis Furniture"
    for text in ("Hello Mona,", "Oasis Furniture", "“Newsletter”", "I want news by e-mail.", "If this was not you"):
        assert text in mail.text
        assert text in mail.html
    assert URL in mail.text
    assert f'<a href="{URL.replace("&", "&amp;")}">' in mail.html
    assert not ARABIC.search(mail.text + mail.html + mail.subject)


@pytest.mark.parametrize("language", ["ar", "ar-AE", "AR"])
def test_arabic_is_written_from_the_right(language: str) -> None:
    mail = a_mail(organization_name="أثاث الواحة", first_name="منى", language=language)
    assert mail.language == "ar"
    assert "أثاث الواحة" in mail.subject
    assert "مرحبًا منى،" in mail.text
    assert '<div lang="ar" dir="rtl">' in mail.html
    assert "Hello" not in mail.text + mail.html


def test_every_other_language_reads_english() -> None:
    assert a_mail(language="hi").language == "en"


def test_without_a_language_it_is_in_both() -> None:
    mail = a_mail()
    assert mail.language == "en, ar"
    assert mail.text.count(URL) == 2
    assert mail.text.index("Hello") < mail.text.index("مرحبًا")


@pytest.mark.parametrize("name", ["Mona", "منى", "Abd al-Rahman", "O’Neil", "Ana María", "李"])
def test_a_name_is_greeted(name: str) -> None:
    assert f"Hello {name}," in a_mail(first_name=name, language="en").text


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        None,
        "win at casino.example",
        "https://evil.example",
        "Mona <b>",
        "M" * 41,
        "R2D2",
        "a\r\nb",
        "a  b",
        "=?utf-8?q?=0D=0ABcc:_x?=",
    ],
)
def test_what_can_be_no_name_is_not_repeated(name: str | None) -> None:
    mail = a_mail(first_name=name, language="en")
    assert "Hello,\n" in mail.text
    assert not (name or "").strip() or str(name) not in mail.text


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200), st.text(max_size=60))
def test_no_text_becomes_markup(organization: str, form: str, consent: str, name: str) -> None:
    mail = a_mail(organization_name=organization, form_name=form, consent_text=consent, first_name=name)
    tags = set(re.findall(r"<[^>]*>", mail.html))
    assert {tag.split(" ")[0].strip("<>/") for tag in tags} <= {"!doctype", "meta", "div", "p", "a", "hr"}
    assert set(re.findall(r'href="([^"]*)"', mail.html)) == {URL.replace("&", "&amp;")}
