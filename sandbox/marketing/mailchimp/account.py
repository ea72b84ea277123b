"""One Mailchimp account: its audiences with their members, its campaigns, webhooks and jobs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.marketing.mailchimp.errors import MailchimpError, invalid, not_found
from sandbox.marketing.mailchimp.fields import Object, iso

STATUSES = ("subscribed", "unsubscribed", "cleaned", "pending", "transactional")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
Publish = Callable[["Account", "Audience", str, str, Object], None]
"""Tells of an event in an audience: its type, its source and its data."""


def subscriber_hash(email: str) -> str:
    """By which an audience knows an address."""
    return hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()


@dataclass
class Member:
    """Somebody in an audience. :param by_user: whether they left by themselves, so that only they can come back."""

    email: str
    status: str
    merge_fields: Object = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    events: list[Object] = field(default_factory=list)
    created_at: float = 0.0
    changed_at: float = 0.0
    by_user: bool = False

    @property
    def id(self) -> str:
        return subscriber_hash(self.email)


@dataclass
class Audience:
    """An audience. :param forgotten: hashes of those who were erased, and cannot be brought back."""

    id: str
    name: str
    created_at: float
    merge_fields: list[Object]
    double_optin: bool = False
    members: dict[str, Member] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    webhooks: dict[str, Object] = field(default_factory=dict)


def _field(number: int, tag: str, name: str, kind: str, **options: Any) -> Object:
    return {
        "merge_id": number,
        "tag": tag,
        "name": name,
        "type": kind,
        "required": False,
        "default_value": "",
        "public": False,
        "display_order": number + 1,
        "options": options,
        "help_text": "",
    }


def usual_fields() -> list[Object]:
    """The merge fields of a new audience, with a company."""
    return [
        _field(1, "FNAME", "First Name", "text", size=25),
        _field(2, "LNAME", "Last Name", "text", size=25),
        _field(3, "ADDRESS", "Address", "address", default_country=164),
        _field(4, "PHONE", "Phone Number", "phone", phone_format="none"),
        _field(5, "BIRTHDAY", "Birthday", "birthday", date_format="MM/DD"),
        _field(6, "COMPANY", "Company", "text", size=25),
    ]


@dataclass
class Account:
    """An account of one login.

    :param now: the time in seconds since 1970. :param publish: tells the webhooks of what happens.
    """

    login: str
    now: Callable[[], float]
    publish: Publish
    audiences: dict[str, Audience] = field(default_factory=dict)
    campaigns: dict[str, Object] = field(default_factory=dict)
    reports: dict[str, Object] = field(default_factory=dict)
    jobs: dict[str, Object] = field(default_factory=dict)
    job_looks: int = 0
    failing_jobs: bool = False
    signs: bool = True
    busy: int = 0
    _tag_ids: dict[str, int] = field(default_factory=dict)

    def audience(self, list_id: str) -> Audience:
        """An audience that is there."""
        if list_id not in self.audiences:
            raise not_found()
        return self.audiences[list_id]

    def member(self, list_id: str, whom: str) -> Member:
        """A member that is there, by hash or address."""
        members = self.audience(list_id).members
        key = whom if whom in members else subscriber_hash(whom)
        if key not in members:
            raise not_found()
        return members[key]

    def save(self, audience: Audience, body: Object, status: str | None, *, source: str = "api") -> tuple[Member, bool]:
        """Write a member, new or not; whether it is new. :param status: as it is to be; None: as it is."""
        email = body["email_address"].strip()
        key = subscriber_hash(email)
        if key in audience.forgotten:
            detail = f"{email} was permanently deleted and cannot be re-imported. The contact must re-subscribe."
            raise MailchimpError(400, "Forgotten Email Not Subscribed", detail)
        if not _EMAIL.fullmatch(email) or email.endswith(".invalid"):
            detail = f"{email} looks fake or invalid, please enter a real email address."
            raise MailchimpError(400, "Invalid Resource", detail)
        member = audience.members.get(key)
        created = member is None or member.status == "archived"
        if member is None:
            member = Member(email, status or "transactional", created_at=self.now())
        elif member.by_user and status in ("subscribed", "transactional"):
            detail = f"{email} is in a compliance state because of unsubscribe or bounce and cannot be subscribed."
            raise MailchimpError(400, "Member In Compliance State", detail)
        self._merge(audience, member, body.get("merge_fields", {}))
        audience.members[key] = member
        was, member.status = member.status, status or member.status
        member.changed_at = self.now()
        self._tell(audience, member, None if created else was, source)
        return member, created

    def tag(self, member: Member, name: str, *, active: bool) -> None:
        """Set a tag, or take it away."""
        if active:
            member.tags[name] = self._tag_ids.setdefault(name, len(self._tag_ids) + 1)
        else:
            member.tags.pop(name, None)
        member.changed_at = self.now()

    def leave(self, audience: Audience, member: Member, status: str, reason: str, source: str) -> None:
        """Somebody unsubscribes, is archived, or their address bounces."""
        member.by_user = source == "user" or status == "cleaned"
        member.status, member.changed_at = status, self.now()
        data = self.data(audience, member)
        if status == "cleaned":
            self.publish(self, audience, "cleaned", source, {**data, "reason": reason or "hard"})
        else:
            action = "delete" if status == "archived" else "unsub"
            self.publish(
                self, audience, "unsubscribe", source, {**data, "action": action, "reason": reason or "manual"}
            )

    def data(self, audience: Audience, member: Member) -> Object:
        """A member as webhooks tell of one."""
        merges = {"EMAIL": member.email, **member.merge_fields}
        return {
            "id": member.id[:10],
            "list_id": audience.id,
            "email": member.email,
            "email_type": "html",
            "merges": merges,
        }

    def show(self, audience: Audience, member: Member) -> Object:
        """A member as answers show one."""
        known = {each["tag"]: "" for each in audience.merge_fields}
        return {
            "id": member.id,
            "email_address": member.email,
            "unique_email_id": member.id[:10],
            "contact_id": hashlib.md5(member.id.encode(), usedforsecurity=False).hexdigest(),
            "full_name": f"{member.merge_fields.get('FNAME', '')} {member.merge_fields.get('LNAME', '')}".strip(),
            "web_id": int(member.id[:7], 16),
            "email_type": "html",
            "status": member.status,
            "merge_fields": {**known, **member.merge_fields},
            "timestamp_opt": iso(member.created_at),
            "last_changed": iso(member.changed_at),
            "language": "",
            "vip": False,
            "tags_count": len(member.tags),
            "tags": [{"id": number, "name": name} for name, number in member.tags.items()],
            "list_id": audience.id,
        }

    def _merge(self, audience: Audience, member: Member, given: Object) -> None:
        """Take what the audience has a field for; the rest is dropped without a word, as Mailchimp does."""
        kinds = {each["tag"]: each["type"] for each in audience.merge_fields}
        for tag, value in given.items():
            if kinds.get(tag) == "number" and not _NUMBER.fullmatch(str(value)):
                raise invalid((tag, "This value should be a valid number."))
            if kinds.get(tag) == "address" and value and not isinstance(value, dict):
                raise invalid((tag, "Please enter a complete address"))
        member.merge_fields |= {tag: value for tag, value in given.items() if tag in kinds}

    def _tell(self, audience: Audience, member: Member, was: str | None, source: str) -> None:
        data = self.data(audience, member)
        if member.status == "unsubscribed" and was not in (None, "unsubscribed"):
            self.publish(self, audience, "unsubscribe", source, {**data, "action": "unsub", "reason": "manual"})
        elif member.status == "subscribed" and was != "subscribed":
            self.publish(self, audience, "subscribe", source, data)
        elif was is not None:
            self.publish(self, audience, "profile", source, data)
