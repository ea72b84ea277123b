"""An account's lists of contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.marketing.hubspot.errors import invalid, missing
from sandbox.marketing.hubspot.records import Answer, Records, iso

ALL_CONTACTS = "All contacts"
_LIST_FIELDS = {"name", "objectTypeId", "processingType", "filterBranch", "customProperties", "listFolderId"}


@dataclass
class ContactList:
    """A list of contacts."""

    id: str
    name: str
    processing_type: str
    created_ms: int
    members: set[str] = field(default_factory=set)


@dataclass
class Lists:
    """All lists of one account."""

    contacts: Records
    numbers: count[int]
    now_ms: Callable[[], int]
    known: dict[str, ContactList] = field(default_factory=dict)

    def new(self, name: str, processing_type: str) -> ContactList:
        made = ContactList(str(next(self.numbers)), name, processing_type, self.now_ms())
        self.known[made.id] = made
        return made

    def list_named(self, name: str) -> Answer:
        """GET /crm/v3/lists/object-type-id/0-1/name/{name}"""
        found = next((each for each in self.known.values() if each.name.lower() == name.lower()), None)
        if found is None:
            raise missing(f"List does not exist with name {name}.")
        return 200, {"list": self._show_list(found)}

    def create_list(self, body: Any) -> Answer:
        """POST /crm/v3/lists"""
        if not isinstance(body, dict) or not {"name", "objectTypeId", "processingType"} <= body.keys():
            raise invalid("name, objectTypeId and processingType are required")
        if unknown := sorted(body.keys() - _LIST_FIELDS):
            raise invalid(f"Invalid input JSON: unknown field {unknown[0]}")
        if body["objectTypeId"] != "0-1" or body["processingType"] not in ("MANUAL", "SNAPSHOT", "DYNAMIC"):
            raise invalid("objectTypeId or processingType is not valid")
        if any(each.name.lower() == body["name"].lower() for each in self.known.values()):
            raise invalid(f"The name {body['name']} is already in use by another list.")
        return 200, {"list": self._show_list(self.new(body["name"], body["processingType"]))}

    def change_members(self, list_id: str, change: str, body: Any) -> Answer:
        """PUT /crm/v3/lists/{id}/memberships/add or /remove"""
        found = self.known.get(list_id)
        if found is None:
            raise missing("List does not exist.")
        if found.processing_type == "DYNAMIC":
            raise invalid("Memberships of a list with processing type DYNAMIC cannot be changed.")
        if not isinstance(body, list) or not all(isinstance(each, str) for each in body):
            raise invalid("Invalid input JSON: not an array of strings")
        there = [each for each in body if self.contacts.find(None, each)]
        before = set(found.members)
        found.members = found.members | set(there) if change == "add" else found.members - set(there)
        return 200, {
            "recordsIdsAdded": sorted(found.members - before),
            "recordIdsRemoved": sorted(before - found.members),
            "recordIdsMissing": [each for each in body if each not in there],
        }

    def search_lists(self, body: Any) -> Answer:
        """POST /crm/v3/lists/search"""
        if not isinstance(body, dict) or not {"offset", "additionalProperties"} <= body.keys():
            raise invalid("offset and additionalProperties are required")
        offset, number = body["offset"], body.get("count", 20)
        if not 0 < number <= 500:
            raise invalid("count must be between 1 and 500")
        found = sorted(self.known.values(), key=lambda each: int(each.id))
        page = found[offset : offset + number]
        return 200, {
            "lists": [
                {**self._show_list(each), "additionalProperties": {"hs_list_size": str(self._size(each))}}
                for each in page
            ],
            "offset": offset + len(page),
            "hasMore": offset + len(page) < len(found),
            "total": len(found),
        }

    def _size(self, found: ContactList) -> int:
        return sum(1 for _ in self.contacts.live()) if found.name == ALL_CONTACTS else len(found.members)

    def _show_list(self, found: ContactList) -> dict[str, Any]:
        return {
            "listId": found.id,
            "listVersion": 1,
            "name": found.name,
            "objectTypeId": "0-1",
            "processingStatus": "COMPLETE",
            "processingType": found.processing_type,
            "createdAt": iso(found.created_ms),
            "updatedAt": iso(found.created_ms),
        }
