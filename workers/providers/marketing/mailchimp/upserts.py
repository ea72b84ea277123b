"""Keeping contacts at Mailchimp, one or many, with their tags; see `connector` for what it rests on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from workers.providers.errors import InvalidRequest, NotFound, ProviderError, Unavailable
from workers.providers.marketing.mailchimp.client import MailchimpClient
from workers.providers.marketing.mailchimp.errors import MembersRefused
from workers.providers.marketing.mailchimp.manifest import CONTACT_BATCH
from workers.providers.marketing.mailchimp.members import Members
from workers.providers.marketing.mailchimp.requests import (
    member_body,
    needs_fields,
    subscriber_hash,
    tag_operations,
    tags_body,
)
from workers.providers.marketing.models import ContactOutcome, ContactRequest

_OPERATION = "upsert_contacts"
_UNCHECKED = ("skip_merge_validation", "true")
"""A field that a form has to fill in does not keep a contact out."""


class MailchimpUpserts(MailchimpClient):
    """Writes contacts, and their tags after them."""

    few: ClassVar[int] = 3
    """Up to so many contacts of one call have their tags set one by one."""
    pauses_seconds: ClassVar[tuple[float, ...]] = (1.0, 2.0, 4.0, 8.0, 16.0)
    """How long to wait before each look at a job."""

    async def upsert_contacts(self, contacts: Sequence[ContactRequest]) -> tuple[ContactOutcome, ...]:
        """Keep them. An error after some were taken is the outcome of the others."""
        started = time.monotonic()
        if len(contacts) > CONTACT_BATCH:
            raise self._refuse(_OPERATION, "contacts", f"are more than {CONTACT_BATCH}")
        audience = await self._audience(_OPERATION)
        known = await self._fields(_OPERATION, audience) if any(map(needs_fields, contacts)) else {}
        members = Members(contacts, known)
        try:
            await self._write(members, audience, started)
        except ProviderError as error:
            if not members.taken:
                raise
            members.put_off(members.open, error)
        await self._tag(members, audience, started)
        return members.outcomes()

    async def _write(self, members: Members, audience: str, started: float) -> None:
        left = members.open
        if len(left) > 1:
            left = await self._write_many(members, audience, left, existing=False)
            left = await self._write_many(members, audience, left, existing=True)
        for place, contact in enumerate(left):
            if place and not self._left(started, self.call_seconds):
                raise self._out_of_time()
            await self._write_one(members, audience, contact)

    async def _write_many(
        self, members: Members, audience: str, contacts: Sequence[ContactRequest], *, existing: bool
    ) -> list[ContactRequest]:
        """One call for all; returns those that are left to be written otherwise. Contacts because of which a call is
        refused as a whole are taken out, and the others asked for again."""
        asked, path = list(contacts), f"/lists/{audience}"
        while asked:
            body = members.body(asked, existing=existing)
            try:
                answer = await self._of_audience(_OPERATION, "POST", path, query=[_UNCHECKED], body=body)
            except MembersRefused as refused:
                faulty = {place: (message, field) for place, message, field in refused.items if place < len(asked)}
                if not faulty:
                    raise
                for place, (message, field) in faulty.items():
                    members.refuse(asked[place], message, field)
                asked = [contact for place, contact in enumerate(asked) if place not in faulty]
            else:
                return self._parse(answer, partial(members.read, tuple(asked)))
        return []

    async def _write_one(self, members: Members, audience: str, contact: ContactRequest) -> None:
        """A contact by itself. Only what is wrong with itself is its outcome."""
        path = f"/lists/{audience}/members/{subscriber_hash(contact.email or '')}"
        body = member_body(contact, members.merged(contact))
        try:
            await self._of_audience(_OPERATION, "PUT", path, query=[_UNCHECKED], body=body)
        except InvalidRequest as refused:
            if (refused.field or "").startswith("settings."):
                raise
            members.refuse(contact, refused.message, refused.field)
        else:
            members.take(contact)

    async def _tag(self, members: Members, audience: str, started: float) -> None:
        """The tags of those that were taken: of a few one by one, of many by a job."""
        waiting = members.to_tag
        try:
            if len(waiting) > self.few and await self._tag_by_job(audience, waiting, started):
                return
            one_by_one = len(waiting) <= self.few
            while waiting:
                if not one_by_one and not self._left(started, self.call_seconds):
                    raise self._out_of_time()
                await self._tag_one(members, audience, waiting[0])
                del waiting[0]
        except ProviderError as error:
            members.put_off(waiting, error, "tags")

    async def _tag_one(self, members: Members, audience: str, contact: ContactRequest) -> None:
        path = f"/lists/{audience}/members/{subscriber_hash(contact.email or '')}/tags"
        try:
            await self._send_json(_OPERATION, "POST", path, tags_body(contact.tags, contact.untags), repeatable=True)
        except (InvalidRequest, NotFound) as refused:
            members.refuse(contact, refused.message, "tags")

    async def _tag_by_job(self, audience: str, contacts: Sequence[ContactRequest], started: float) -> bool:
        """Whether a job set all of them, in the time there is."""
        body = {"operations": tag_operations(audience, contacts)}
        answer = await self._send_json(_OPERATION, "POST", "/batches", body, repeatable=True)
        job = self._parse(answer, lambda body: str(body["id"]))
        for pause in self.pauses_seconds:
            if self._left(started, self.call_seconds) <= pause:
                return False
            await asyncio.sleep(pause)
            looked = await self._call(_OPERATION, "GET", f"/batches/{job}")
            status, failed = self._parse(looked, lambda body: (body["status"], int(body["errored_operations"])))
            if status == "finished":
                return failed == 0
        return False

    def _out_of_time(self) -> ProviderError:
        message = f"Mailchimp took longer than the {self.call_seconds:g} seconds that one call may take"
        return Unavailable(message, provider=self.manifest.key, operation=_OPERATION)
