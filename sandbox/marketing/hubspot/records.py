"""An account's contacts, deals and companies: upserted, read, searched, listed, erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sandbox.marketing.hubspot.errors import HubSpotError, conflict, invalid, missing
from sandbox.marketing.hubspot.schema import Schema

BATCH = 100
SEARCH_LIMIT = 200
SEARCH_CAP = 10_000
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "EQ": lambda have, value: have.lower() == value.lower(),
    "NEQ": lambda have, value: have.lower() != value.lower(),
    "GT": lambda have, value: float(have) > float(value),
    "GTE": lambda have, value: float(have) >= float(value),
    "LT": lambda have, value: float(have) < float(value),
    "LTE": lambda have, value: float(have) <= float(value),
    "CONTAINS_TOKEN": lambda have, value: value.lower() in have.lower(),
}
_ALWAYS = {"contacts": ("email", "firstname", "lastname"), "deals": ("dealname", "amount", "dealstage", "pipeline")}
Answer = tuple[int, Any]


@dataclass
class Record:
    """One record. :param changed_ms: when it changed last. :param aliases: further addresses of a contact."""

    id: str
    properties: dict[str, str]
    created_ms: int
    changed_ms: int
    archived_ms: int | None = None
    aliases: set[str] = field(default_factory=set)
    contacts: list[str] = field(default_factory=list)


@dataclass
class Records:
    """All records of one kind.

    :param kind: such as ``contacts``; ``kind_id`` such as ``0-1``. :param stamp: the property with the last change.
    :param now_ms: the time. :param told: is told of each change: what, the record, property, value.
    """

    kind: str
    kind_id: str
    stamp: str
    schema: Schema
    now_ms: Callable[[], int]
    numbers: count[int]
    told: Callable[[str, Record, str | None, str | None], None]
    rule: Callable[[dict[str, str], Record | None], None] = lambda _properties, _record: None
    records: dict[str, Record] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    cap: int = SEARCH_CAP
    frozen: frozenset[str] | None = None
    whole: bool = False
    _holders: dict[tuple[str, str], dict[str, Record]] = field(default_factory=dict)
    """Records by their unique values, and contacts by their further addresses."""

    # What is there.

    def live(self) -> Iterator[Record]:
        return (record for record in self.records.values() if record.archived_ms is None)

    def find(self, id_property: str | None, value: str, *, archived: bool = False) -> Record | None:
        """The record of an id, or of a unique value."""
        if id_property in (None, "hs_object_id"):
            found = self.records.get(value)
            return found if found and (found.archived_ms is not None) == archived else None
        wanted = value.lower()
        return next(
            (
                record
                for record in self._holders.get((id_property or "", wanted), {}).values()
                if (record.archived_ms is not None) == archived
                and record.properties.get(id_property or "", "").lower() == wanted
            ),
            None,
        )

    def put(self, record: Record | None, properties: Mapping[str, str], *, inside: bool = False) -> Record:
        """Make or change a record. :raises HubSpotError: something is wrong with it; nothing is done."""
        values = self.schema.checked(properties, record.properties if record else {}, inside=inside)
        self.rule(values, record)
        for name, value in values.items():
            self._refuse_taken(name, value, record)
        now = self.now_ms()
        if record is None:
            record = Record(str(next(self.numbers)), {}, now, now)
            self.records[record.id] = record
            self.told("creation", record, None, None)
        for name, value in values.items():
            if record.properties.get(name, "") != value:
                self._hold(record, name, value)
                record.properties[name] = value
                record.changed_ms = now
                self.told("propertyChange", record, name, value)
        return record

    def _refuse_taken(self, name: str, value: str, record: Record | None) -> None:
        if not self.schema.properties[name].unique or not value:
            return
        if value in self.blocked:
            raise invalid(f"Email address {value} is blocked by a GDPR deletion")
        for other in self._holders.get((name, value.lower()), {}).values():
            taken = other.properties.get(name) == value or (name == "email" and value in other.aliases)
            if other is not record and other.archived_ms is None and taken:
                raise conflict(other.id)

    def _hold(self, record: Record, name: str, value: str) -> None:
        if self.schema.properties[name].unique:
            before = record.properties.get(name, "").lower()
            if name != "email" or before not in record.aliases:
                self._holders.get((name, before), {}).pop(record.id, None)
            self._holders.setdefault((name, value.lower()), {})[record.id] = record

    def add_alias(self, record: Record, address: str) -> None:
        """A further address of a contact."""
        record.aliases.add(address)
        self._holders.setdefault(("email", address.lower()), {})[record.id] = record

    def archive(self, record: Record) -> None:
        record.archived_ms = record.changed_ms = self.now_ms()
        self.told("deletion", record, None, None)

    # The API.

    def upsert(self, body: Any) -> Answer:
        """POST …/batch/upsert"""
        inputs = _inputs(body, {"id", "idProperty", "objectWriteTraceId", "properties"}, {"id", "properties"})
        by_trace = all(each.get("objectWriteTraceId") for each in inputs) and not self.whole
        results: list[Any] = []
        errors: list[Any] = []
        for each in inputs:
            self.schema.refuse_unless_unique(str(each.get("idProperty")), self.kind_id)
        if not by_trace:
            for each in inputs:
                self._checked_only(each)
        for each in inputs:
            trace = each.get("objectWriteTraceId")
            try:
                found = self.find(each["idProperty"], each["id"])
                record = self.put(found, {each["idProperty"]: each["id"], **each["properties"]})
            except HubSpotError as refused:
                errors.append(refused.within(trace))
                continue
            shown = {**self.show(record, each["properties"]), "new": found is None}
            results.append({**shown, "objectWriteTraceId": trace} if trace else shown)
        return _batch(results, errors)

    def _checked_only(self, each: Any) -> None:
        found = self.find(each["idProperty"], each["id"])
        values = self.schema.checked(each["properties"], {})
        for name, value in values.items():
            self._refuse_taken(name, value, found)

    def read(self, body: Any, *, archived: bool) -> Answer:
        """POST …/batch/read"""
        known = {"inputs", "idProperty", "properties", "propertiesWithHistory"}
        inputs = _inputs(body, {"id"}, {"id"}, known, {"inputs", "properties", "propertiesWithHistory"})
        id_property = body.get("idProperty")
        if id_property not in (None, "hs_object_id"):
            self.schema.refuse_unless_unique(id_property, self.kind_id)
        results, errors = [], []
        for each in inputs:
            record = self.find(id_property, str(each["id"]), archived=archived)
            if record is None:
                lost = missing(
                    "Could not get some objects, they may be deleted or not exist. Check that ids are valid."
                )
                errors.append({**lost.within(None), "context": {"ids": [str(each["id"])]}})
            else:
                results.append(self.show(record, body["properties"]))
        return _batch(results, errors)

    def search(self, body: Any) -> Answer:
        """POST …/search"""
        _refuse_unknown(body, {"filterGroups", "sorts", "properties", "limit", "after", "query"})
        limit, after = body.get("limit", 10), int(body.get("after") or 0)
        if not isinstance(limit, int) or not 0 < limit <= SEARCH_LIMIT:
            raise invalid(f"The limit must be between 1 and {SEARCH_LIMIT}")
        if after + limit > self.cap:
            raise invalid(f"The search results cannot be paged beyond {self.cap}")
        if len(body.get("sorts") or ()) > 1:
            raise invalid("Only one sort can be given")
        found = [record for record in self.live() if self._matches(record, body.get("filterGroups") or [])]
        for sort in body.get("sorts") or ["hs_object_id"]:
            name = sort.removeprefix("-")
            found.sort(key=lambda record: (float(self._searched(record, name) or 0), 0), reverse=sort.startswith("-"))
        page = found[after : after + limit]
        answer: dict[str, Any] = {
            "total": len(found),
            "results": [self.show(record, body.get("properties") or ()) for record in page],
        }
        if after + limit < len(found):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return 200, answer

    def _matches(self, record: Record, groups: Any) -> bool:
        if self.frozen is not None and record.id not in self.frozen:
            return False
        return not groups or any(all(self._passes(record, each) for each in group["filters"]) for group in groups)

    def _passes(self, record: Record, wanted: Any) -> bool:
        name, operator = wanted["propertyName"], wanted["operator"]
        if name not in self.schema.properties:
            raise invalid(f"There was a problem with the request: property {name} does not exist")
        if operator not in _OPERATORS:
            raise invalid(f"Operator {operator} is not known")
        have = self._searched(record, name)
        return have is not None and _OPERATORS[operator](have, str(wanted["value"]))

    def _searched(self, record: Record, name: str) -> str | None:
        kept = {self.stamp: record.changed_ms, "createdate": record.created_ms, "hs_object_id": record.id}
        kept |= {"hs_additional_emails": ";".join(sorted(record.aliases))} if record.aliases else {}
        found = kept.get(name, record.properties.get(name))
        return None if found is None else str(found)

    def page(self, query: Mapping[str, str]) -> Answer:
        """GET, the list."""
        limit = int(query.get("limit", "10"))
        if not 0 < limit <= BATCH:
            raise invalid(f"The limit must be between 1 and {BATCH}")
        archived = query.get("archived") == "true"
        after = int(query.get("after") or 0)
        listed = (each for each in self.records.values() if (each.archived_ms is not None) == archived)
        found = [each for each in listed if int(each.id) > after]  # made in the order of their numbers
        names = [name for name in query.get("properties", "").split(",") if name]
        results = [self._with_contacts(each, names, query.get("associations", "")) for each in found[:limit]]
        answer: dict[str, Any] = {"results": results}
        if len(found) > limit:
            answer["paging"] = {"next": {"after": found[limit - 1].id}}
        return 200, answer

    def _with_contacts(self, record: Record, names: list[str], associations: str) -> dict[str, Any]:
        shown = self.show(record, names)
        if associations == "contacts" and record.contacts:
            ids = [{"id": each, "type": "deal_to_contact"} for each in record.contacts]
            shown["associations"] = {"contacts": {"results": ids}}
        return shown

    def change(self, record_id: str, body: Any) -> Answer:
        """PATCH …/{id}"""
        _refuse_unknown(body, {"properties"})
        record = self.find(None, record_id)
        if record is None:
            raise missing()
        return 200, self.show(self.put(record, body.get("properties")), body["properties"])

    def erase(self, body: Any) -> Answer:
        """POST …/gdpr-delete: for good; an address that nobody has is blocked."""
        _refuse_unknown(body, {"objectId", "idProperty"})
        value, id_property = str(body.get("objectId")), body.get("idProperty")
        record = self.find(id_property, value) or self.find(id_property, value, archived=True)
        if record is None and id_property != "email":
            raise missing()
        if record is None:
            self.blocked.add(value.lower())
        else:
            del self.records[record.id]
            for holders in self._holders.values():
                holders.pop(record.id, None)
            self.told("privacyDeletion", record, None, None)
        return 204, None

    def show(self, record: Record, names: Any) -> dict[str, Any]:
        """A record with these properties, and those that are always told."""
        kept = {
            "createdate": iso(record.created_ms),
            self.stamp: iso(record.changed_ms),
            "hs_object_id": record.id,
        }
        wanted = dict.fromkeys([*_ALWAYS.get(self.kind, ()), *names])
        values = {name: record.properties[name] for name in wanted if name in record.properties}
        if record.aliases and "hs_additional_emails" in wanted:
            values["hs_additional_emails"] = ";".join(sorted(record.aliases))
        shown = {
            "id": record.id,
            "properties": {**values, **kept},
            "createdAt": iso(record.created_ms),
            "updatedAt": iso(record.changed_ms),
            "archived": record.archived_ms is not None,
        }
        return shown if record.archived_ms is None else {**shown, "archivedAt": iso(record.archived_ms)}


def iso(moment_ms: int) -> str:
    """A time as HubSpot writes it."""
    moment = datetime.fromtimestamp(moment_ms // 1000, UTC).replace(microsecond=moment_ms % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _inputs(
    body: Any,
    known: set[str],
    required: set[str],
    outer: frozenset[str] | set[str] = frozenset({"inputs"}),
    needed: frozenset[str] | set[str] = frozenset({"inputs"}),
) -> list[Any]:
    _refuse_unknown(body, outer)
    if not needed <= body.keys() or not isinstance(body["inputs"], list):
        raise invalid(f"Invalid input JSON: {', '.join(sorted(needed))} are required")
    if not 0 < len(body["inputs"]) <= BATCH:
        raise invalid(f"The batch must have between 1 and {BATCH} inputs")
    for each in body["inputs"]:
        _refuse_unknown(each, known)
        if not required <= each.keys():
            raise invalid(f"Invalid input JSON: each input needs {', '.join(sorted(required))}")
    return list(body["inputs"])


def _refuse_unknown(body: Any, known: frozenset[str] | set[str]) -> None:
    if not isinstance(body, dict):
        raise invalid("Invalid input JSON: not an object")
    if unknown := sorted(body.keys() - known):
        raise invalid(f"Invalid input JSON: unknown field {unknown[0]}")


def _batch(results: list[Any], errors: list[Any]) -> Answer:
    now = iso(int(datetime.now(UTC).timestamp() * 1000))
    answer: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        answer |= {"numErrors": len(errors), "errors": errors}
    return (207 if errors else 200), answer
