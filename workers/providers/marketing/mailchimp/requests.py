"""Contacts, tags and events as Mailchimp wants them.

Consent. A new contact is written with ``status_if_new`` (or, in a call of many, only after asking for new ones alone),
which says nothing of one that is there: whoever unsubscribed there stays so. ``status`` is sent in one case, when
somebody has withdrawn (https://mailchimp.com/developer/marketing , *Set consent correctly*). Who was never asked is
``transactional``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

import orjson

from workers.providers.marketing.mailchimp.objects import OURS
from workers.providers.marketing.models import ContactEvent, ContactRequest, MailConsent

STATUSES: Final[Mapping[MailConsent | None, str]] = {
    MailConsent.SUBSCRIBED: "subscribed",
    MailConsent.PENDING: "pending",
    MailConsent.UNSUBSCRIBED: "unsubscribed",
    MailConsent.BOUNCED: "cleaned",
    MailConsent.NONE: "transactional",
    None: "transactional",
}
"""The status of a new contact, by consent."""
UNTYPED: Final = frozenset({"address"})
"""Types of merge fields that take more than a text."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be sent of a contact: the field and why."""

    field: str
    message: str


def subscriber_hash(email: str) -> str:
    """By which an audience knows an address."""
    return hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()


def merge_fields(contact: ContactRequest, known: Mapping[str, Mapping[str, Any]]) -> dict[str, str] | Wrong:
    """A contact's merge fields.

    Name, phone and company are left out where the audience has no field for them, or one for American numbers only. Of
    further fields each has to be there: Mailchimp would drop them without a word.

    :param known: the audience's merge fields, by tag.
    """
    given = {tag: getattr(contact, name) for tag, name in OURS.items()}
    merged = {tag: value for tag, value in given.items() if value is not None and tag in known}
    if "PHONE" in merged and _is_american(known["PHONE"]) and not merged["PHONE"].startswith("+1"):
        del merged["PHONE"]
    for tag, value in contact.fields.items():
        if tag not in known:
            return Wrong(f"fields.{tag}", f"is no merge field of the audience, which has {', '.join(sorted(known))}")
        if known[tag].get("type") in UNTYPED:
            return Wrong(f"fields.{tag}", f"is of type {known[tag]['type']}, which takes more than a text")
        merged[tag] = value
    return merged


def needs_fields(contact: ContactRequest) -> bool:
    """Whether the audience's merge fields have to be known to write a contact."""
    return bool(contact.fields) or any(getattr(contact, name) is not None for name in OURS.values())


def member_body(contact: ContactRequest, merged: Mapping[str, str]) -> dict[str, Any]:
    """One contact, new or not."""
    return {**_member(contact, merged), "status_if_new": STATUSES[contact.consent], **_withdrawal(contact)}


def new_member(contact: ContactRequest, merged: Mapping[str, str]) -> dict[str, Any]:
    """One of many, to be taken only if it is new."""
    return {**_member(contact, merged), "status": STATUSES[contact.consent]}


def existing_member(contact: ContactRequest, merged: Mapping[str, str]) -> dict[str, Any]:
    """One of many that is there."""
    return {**_member(contact, merged), **_withdrawal(contact)}


def tags_body(add: Sequence[str], remove: Sequence[str]) -> dict[str, Any]:
    """Tags to set and to take away."""
    tags = [{"name": name, "status": "active"} for name in add]
    return {"tags": [*tags, *({"name": name, "status": "inactive"} for name in remove)]}


def tag_operations(audience_id: str, contacts: Sequence[ContactRequest]) -> list[dict[str, str]]:
    """The tags of many contacts, as one job."""
    return [
        {
            "method": "POST",
            "path": f"/lists/{audience_id}/members/{subscriber_hash(contact.email or '')}/tags",
            "operation_id": contact.key,
            "body": orjson.dumps(tags_body(contact.tags, contact.untags)).decode(),
        }
        for contact in contacts
    ]


def event_body(event: ContactEvent) -> dict[str, Any]:
    """Something that a contact did."""
    body: dict[str, Any] = {"name": event.name}
    if event.properties:
        body["properties"] = event.properties
    if event.occurred_at is not None:
        body["occurred_at"] = event.occurred_at.astimezone(UTC).isoformat(timespec="seconds")
    return body


def _member(contact: ContactRequest, merged: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {"email_address": contact.email}
    return {**body, "merge_fields": dict(merged)} if merged else body


def _withdrawal(contact: ContactRequest) -> dict[str, str]:
    return {"status": "unsubscribed"} if contact.consent is MailConsent.UNSUBSCRIBED else {}


def _is_american(field: Mapping[str, Any]) -> bool:
    return field.get("type") == "phone" and str((field.get("options") or {}).get("phone_format")).upper() == "US"
