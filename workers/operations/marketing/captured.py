"""Leads out of the answers to the forms of networks."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any, Final

import phonenumbers

from workers.card_data import contains_card_data
from workers.providers.social.models import CapturedLead

_QUESTIONS: Final[Mapping[str, str]] = {
    "email": "email",
    "work_email": "email",
    "phone_number": "phone",
    "phone": "phone",
    "work_phone_number": "phone",
    "first_name": "first_name",
    "last_name": "last_name",
    "company_name": "company",
}
"""The standard questions of Meta's forms (https://www.facebook.com/business/help/774623835981457) and their like."""
_LEAD_FIELDS: Final = frozenset({"email", "phone", "first_name", "last_name", "company", "language", "country"})
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{1,200}")
_LONGEST_NAME: Final = 250
_LONGEST_ANSWER: Final = 1_000
_LONGEST_ATTRIBUTE: Final = 29
"""With what may be put around it, a name of at most 40 characters."""


def facts_of(lead: CapturedLead) -> dict[str, Any]:
    """A lead out of the answers to a network's form: its known questions, and the others as attributes. What the hub
    would refuse is left out, so that nobody is lost for an odd answer."""
    facts: dict[str, Any] = {}
    attributes: dict[str, str] = {}
    for question, answer in lead.answers.items():
        text = answer.strip()
        if not text or contains_card_data(f"{question}: {text}"):
            continue
        if (name := _QUESTIONS.get(question)) is not None:
            facts.setdefault(name, text[:_LONGEST_NAME])
        elif question == "full_name":
            first, _, last = text[:_LONGEST_NAME].partition(" ")
            facts |= {"first_name": first, "last_name": last.strip()}
        else:
            attributes[_attribute(question, attributes)] = text[:_LONGEST_ANSWER]
    if not _EMAIL.fullmatch(facts.get("email", "")):
        facts.pop("email", None)
    facts["phone"] = _e164(facts.get("phone"))
    return {name: value for name, value in facts.items() if value} | {"attributes": attributes}


def _attribute(question: str, taken: Container[str]) -> str:
    """A name for the answer to a question, which nothing else has."""
    plain = re.sub(r"[^a-z0-9_]+", "_", question.lower()).strip("_")[:_LONGEST_ATTRIBUTE]
    name = plain if re.match(r"[a-z]", plain) and plain not in _LEAD_FIELDS else f"answer_{plain}".strip("_")
    names = (name, *(f"{name}_{number}" for number in range(2, 1000)))
    return next(each for each in names if each not in taken)


def _e164(phone: str | None) -> str | None:
    """A phone as people write it; what is none is left out."""
    try:
        parsed = phonenumbers.parse(phone or "", "AE")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
