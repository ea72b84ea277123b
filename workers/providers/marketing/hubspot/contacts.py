"""Contacts: kept by their e-mail address, with their consent and their tags; found, listed, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx

from workers.providers.base import Answer
from workers.providers.errors import InvalidRequest, NotFound, OutcomeUnknown, ProviderError, RefusedForNow
from workers.providers.marketing.hubspot import errors, objects, requests
from workers.providers.marketing.hubspot.manifest import BATCH
from workers.providers.marketing.hubspot.paging import Mode
from workers.providers.marketing.hubspot.requests import CONTACTS, LISTS
from workers.providers.marketing.hubspot.wire import HubSpotWire
from workers.providers.marketing.models import (
    ContactOutcome,
    ContactPage,
    ContactRequest,
    ContactResult,
    FieldResult,
    MailConsent,
)

_STAMP: Final = "lastmodifieddate"


@dataclass(slots=True)
class _Upsert:
    """One call's contacts that can be sent, and what became of them.

    :param before: the properties of those whose consent is to be noted, by address, as HubSpot had them.
    """

    contacts: Sequence[ContactRequest]
    before: Mapping[str, Mapping[str, Any]]
    outcomes: dict[int, ContactOutcome] = field(default_factory=dict)

    def kept(self, place: int, contact_id: str, *, created: bool) -> None:
        self.outcomes[place] = ContactOutcome(
            key=self.contacts[place].key, provider_contact_id=contact_id, created=created
        )

    def failed(self, place: int, error: ProviderError, *, retryable: bool | None = None) -> None:
        """Note an error, beside what was kept before it."""
        before = self.outcomes.get(place) or ContactOutcome(key=self.contacts[place].key)
        said = {"code": error.code, "message": error.message, "field": getattr(error, "field", None)}
        later = isinstance(error, RefusedForNow | OutcomeUnknown) if retryable is None else retryable
        self.outcomes[place] = before.model_copy(update={"error": said, "retryable": later})

    def contact_id(self, place: int) -> str | None:
        found = self.outcomes.get(place)
        return found.provider_contact_id if found else None


class HubSpotContacts(HubSpotWire):
    """What HubSpot keeps of people."""

    async def upsert_contacts(self, contacts: Sequence[ContactRequest]) -> tuple[ContactOutcome, ...]:
        """Keep contacts by one call, then their consent and tags; what is wrong with one does not spoil the others.

        A contact whose consent or tags could not be noted has its id and an error.
        """
        operation = "upsert_contacts"
        self._access(operation)
        if len(contacts) > BATCH:
            raise self._refuse(operation, "contacts", f"HubSpot takes {BATCH} in one call, not {len(contacts)}")
        sendable = [place for place, contact in enumerate(contacts) if contact.email]
        work = _Upsert(contacts, await self._before(operation, [contacts[place] for place in sendable]))
        for place, contact in enumerate(contacts):
            if not contact.email:
                message = "HubSpot knows contacts by their e-mail address, and this one has only a phone"
                work.failed(place, self._refuse(operation, "email", message))
        await self._keep(operation, work, sendable)
        await self._note_consent(operation, work, sendable)
        await self._note_tags(operation, work, sendable)
        return tuple(work.outcomes[place] for place in range(len(contacts)))

    async def find_contact(self, email: str) -> ContactResult:
        """The contact of an address."""
        return objects.contact(await self._contact("find_contact", email), self.settings)

    async def list_contacts(self, *, since: datetime | None, cursor: str | None) -> ContactPage:
        """Those that changed, by search; or all, then the archived ones."""
        operation = "list_contacts"
        place = self._place(operation, since, cursor)
        names = objects.contact_properties(self.settings)
        rows, next_cursor, total = await self._records_page(operation, CONTACTS, place, _STAMP, names)
        archived = place.mode is Mode.ARCHIVED
        found = tuple(objects.contact(row, self.settings, deleted=archived) for row in rows)
        return ContactPage(contacts=found, next_cursor=next_cursor, total=total if cursor is None else None)

    async def list_fields(self) -> tuple[FieldResult, ...]:
        """The properties of contacts, by their internal names."""
        answer = await self._api("list_fields", "GET", "/crm/v3/properties/contacts")
        return self._parse(
            answer, lambda body: tuple(objects.field(each) for each in body["results"] if not each.get("archived"))
        )

    async def tag_contact(self, email: str, add: Sequence[str], remove: Sequence[str]) -> None:
        """Put a contact on the lists of tags, and take it off others."""
        operation = "tag_contact"
        contact_id = str((await self._contact(operation, email))["id"])
        for tag in add:
            await self._change_tag(operation, tag, [contact_id], added=True)
        for tag in remove:
            await self._change_tag(operation, tag, [contact_id], added=False)

    async def forget_contact(self, email: str) -> None:
        """Erase a contact for good, an archived one as well. HubSpot would block an address that it does not know from
        ever being used, so it is asked first."""
        operation = "forget_contact"
        body = requests.batch_read([requests.address(email)], "email", ["email"])
        path = self._records_path(CONTACTS, "/batch/read")
        answer = await self._api(operation, "POST", path, body, query=[("archived", "true")], write=False)
        found = self._parse(answer, objects.records)
        found += await self._read_batch(operation, CONTACTS, [requests.address(email)], "email", ["email"])
        found += await self._by_further_address(operation, email, ["email"])
        for contact_id in dict.fromkeys(str(record["id"]) for record in found):
            try:
                await self._api(
                    operation, "POST", self._records_path(CONTACTS, "/gdpr-delete"), {"objectId": contact_id}
                )
            except NotFound:
                continue

    # Keeping.

    async def _contact(self, operation: str, email: str) -> Mapping[str, Any]:
        """:raises NotFound: there is none of this address."""
        names = objects.contact_properties(self.settings)
        found = await self._read_batch(operation, CONTACTS, [requests.address(email)], "email", names)
        found = found or await self._by_further_address(operation, email, names)
        if not found:
            raise NotFound("HubSpot has no contact of this address", provider=self.manifest.key, operation=operation)
        return found[0]

    async def _by_further_address(self, operation: str, email: str, names: Sequence[str]) -> list[Mapping[str, Any]]:
        """Those that have an address beside another one, by which only search finds them."""
        body = requests.further_address_search(email, names)
        answer = await self._api(operation, "POST", self._records_path(CONTACTS, "/search"), body, write=False)
        rows = self._parse(answer, objects.records)
        return [row for row in rows if requests.address(email) in objects.further_addresses(row)]

    async def _before(self, operation: str, contacts: Sequence[ContactRequest]) -> dict[str, Mapping[str, Any]]:
        """What HubSpot knows of those whose consent is to be noted: who opted out there is not subscribed by us."""
        noted = (MailConsent.SUBSCRIBED, MailConsent.UNSUBSCRIBED)
        emails = [requests.address(each.email or "") for each in contacts if each.consent in noted]
        if not emails:
            return {}
        names = objects.contact_properties(self.settings)
        found = await self._read_batch(operation, CONTACTS, emails, "email", names)
        return {requests.address(str(each["properties"].get("email"))): each["properties"] for each in found}

    def _may_subscribe(self, work: _Upsert, place: int) -> bool:
        contact = work.contacts[place]
        before = work.before.get(requests.address(contact.email or ""), {})
        return contact.consent is MailConsent.SUBSCRIBED and not objects.has_withdrawn(before, self.settings)

    def _properties(self, work: _Upsert, place: int) -> dict[str, str]:
        consented = self.settings.record_legal_basis and self._may_subscribe(work, place)
        return requests.contact_properties(work.contacts[place], consented=consented)

    async def _keep(self, operation: str, work: _Upsert, places: Sequence[int]) -> None:
        """Send contacts together; where HubSpot refuses all because of some, find those out by sending parts."""
        waiting = [list(places)] if places else []
        while waiting:
            part = waiting.pop()
            records = [(str(place), self._properties(work, place)) for place in part]
            body = requests.upsert([(trace, each["email"], each) for trace, each in records], "email")
            try:
                answer = await self._api(operation, "POST", self._records_path(CONTACTS, "/batch/upsert"), body)
                await self._read_outcomes(operation, work, part, answer)
            except errors.Refused as refused:
                waiting += await self._smaller(operation, work, part, refused)
            except ProviderError as error:
                if not any(each.provider_contact_id for each in work.outcomes.values()):
                    raise
                for place in [*part, *(place for rest in waiting for place in rest)]:
                    work.failed(place, error)
                return

    async def _smaller(
        self, operation: str, work: _Upsert, part: list[int], refused: errors.Refused
    ) -> list[list[int]]:
        """What is left to send of a part that was refused as a whole."""
        wrong = [place for place in part if refused.no_such.intersection(self._properties(work, place))]
        if wrong:
            for place in wrong:
                work.failed(place, refused)
            rest = [place for place in part if place not in wrong]
            return [rest] if rest else []
        if len(part) > 1:
            return [part[len(part) // 2 :], part[: len(part) // 2]]
        await self._refused_alone(operation, work, part[0], refused)
        return []

    async def _refused_alone(self, operation: str, work: _Upsert, place: int, refused: errors.Refused) -> None:
        """A refused contact. One that is there already under another key, such as a further address, is changed."""
        if refused.existing_id is None:
            work.failed(place, refused)
            return
        properties = {name: value for name, value in self._properties(work, place).items() if name != "email"}
        path = self._records_path(CONTACTS, f"/{refused.existing_id}")
        try:
            await self._api(operation, "PATCH", path, {"properties": properties})
        except ProviderError as error:
            work.failed(place, error)
        else:
            work.kept(place, refused.existing_id, created=False)

    async def _read_outcomes(self, operation: str, work: _Upsert, part: Sequence[int], answer: Answer) -> None:
        """What an answer says of each contact: 200 of all, 207 of some that they were refused."""
        rows = self._parse(answer, objects.records)
        places = {str(place): place for place in part}
        by_email = {self._properties(work, place)["email"]: place for place in part}
        for row in rows:
            place = places.get(str(row.get("objectWriteTraceId")), by_email.get(str(row["properties"].get("email"))))
            if place is not None:
                work.kept(place, str(row["id"]), created=row.get("new") is True)
        untold = {place for place in part if place not in work.outcomes}
        for each in answer.body.get("errors") or ():
            fault = errors.read_fault(each, answer.status)
            traces = (each.get("context") or {}).get("objectWriteTraceId") or ()
            for place in [places[trace] for trace in traces if trace in places] or sorted(untold):
                await self._refused_in_batch(operation, work, place, fault, answer)
        for place in untold - work.outcomes.keys():
            work.failed(place, self._unknown(operation, "HubSpot's answer does not tell what became of this contact"))

    async def _refused_in_batch(
        self, operation: str, work: _Upsert, place: int, fault: errors.HubSpotFault, answer: Answer
    ) -> None:
        status = httpx.codes.CONFLICT if fault.existing_id else httpx.codes.BAD_REQUEST
        refused = self._fault_error(fault, answer, status)
        if isinstance(refused, errors.Refused) and refused.existing_id:
            await self._refused_alone(operation, work, place, refused)
        else:
            work.failed(place, refused, retryable=fault.code in errors.RETRYABLE_CATEGORIES)

    # Consent and tags.

    async def _note_consent(self, operation: str, work: _Upsert, places: Sequence[int]) -> None:
        """Opt out those who have withdrawn, whatever else became of them; subscribe those who agreed and were kept."""
        subscription = self.settings.subscription_type_id
        for place in places:
            email = requests.address(work.contacts[place].email or "")
            is_out = work.before.get(email, {}).get("hs_email_optout") == "true"
            try:
                if work.contacts[place].consent is MailConsent.UNSUBSCRIBED and not is_out:
                    path, query = requests.preferences_path(email, "/unsubscribe-all"), [("channel", "EMAIL")]
                    await self._api(operation, "POST", path, query=query)
                elif subscription and work.contact_id(place) and self._may_subscribe(work, place):
                    path = requests.preferences_path(email)
                    await self._api(operation, "POST", path, requests.subscribed(subscription))
            except ProviderError as error:
                work.failed(place, error)

    async def _note_tags(self, operation: str, work: _Upsert, places: Sequence[int]) -> None:
        """Change the lists of tags, one call for each tag."""
        changes: dict[tuple[str, bool], list[int]] = {}
        for place in places:
            if work.contact_id(place):
                for added, tags in ((True, work.contacts[place].tags), (False, work.contacts[place].untags)):
                    for tag in tags:
                        changes.setdefault((tag, added), []).append(place)
        for (tag, added), concerned in changes.items():
            ids = [work.contact_id(place) or "" for place in concerned]
            try:
                await self._change_tag(operation, tag, ids, added=added)
            except ProviderError as error:
                for place in concerned:
                    work.failed(place, error)

    async def _change_tag(self, operation: str, tag: str, ids: Sequence[str], *, added: bool) -> None:
        name = f"{self.settings.tag_list_prefix}{tag}"
        list_id = await self._list_id(operation, name, make=added)
        if list_id is not None:
            change = "add" if added else "remove"
            await self._api(operation, "PUT", f"{LISTS}/{list_id}/memberships/{change}", list(ids))

    async def _list_id(self, operation: str, name: str, *, make: bool) -> str | None:
        """The static list of a name, made if there is none and it is wanted."""
        found = await self._find_list(operation, name)
        if found is None and make:
            try:
                answer = await self._api(operation, "POST", LISTS, requests.new_list(name))
                return self._parse(answer, lambda body: str(body["list"]["listId"]))
            except InvalidRequest:
                found = await self._find_list(operation, name)  # another one may just have made it
                if found is None:
                    raise
        return found

    async def _find_list(self, operation: str, name: str) -> str | None:
        try:
            answer = await self._api(operation, "GET", requests.list_path(name))
        except NotFound:
            return None
        list_id, kind = self._parse(answer, lambda body: (str(body["list"]["listId"]), body["list"]["processingType"]))
        if kind == "DYNAMIC":
            message = f"HubSpot has an active list named “{name}”, whose members nobody can set: rename it"
            raise self._refuse(operation, "tags", message)
        return list_id
