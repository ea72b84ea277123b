"""What people and time do to an account: the twin's controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.marketing.hubspot.account import Account
from sandbox.marketing.hubspot.errors import invalid
from sandbox.marketing.hubspot.records import Record

Control = Callable[[Account, Mapping[str, Any], Callable[[str], int]], Any]


def _webhook(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    account.webhook = {"url": body["url"], "secret": body["secret"], "app_id": body.get("app_id", 1)}
    return {}


def _contacts(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    prefix, records = body.get("prefix", "import"), account.contacts
    made = [records.put(None, {"email": f"{prefix}{number}@example.ae"}) for number in range(body["count"])]
    for record in made if body.get("at_ms") else ():
        record.changed_ms = int(body["at_ms"])
    return {"count": len(made)}


def _contact(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    record = account.contacts.find("email", body["email"])
    record = account.contacts.put(record, {"email": body["email"], **body.get("properties", {})}, inside=True)
    if body.get("alias"):
        account.contacts.add_alias(record, body["alias"])
    if body.get("archived"):
        account.contacts.archive(record)
    return {"id": record.id}


def _deal(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    names = [name for name, known in account.deals.schema.properties.items() if known.unique]
    found = (account.deals.find(name, body["reference"]) for name in names)
    record: Record | None = next((each for each in found if each), None)
    if record is None:
        raise invalid("no such deal")
    account.deals.put(record, body.get("properties", {}), inside=True)
    if body.get("archived"):
        account.deals.archive(record)
    return {"id": record.id}


def _search(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    for records in (account.contacts, account.deals, account.companies):
        records.cap = int(body.get("cap", records.cap))
        if "frozen" in body:
            records.frozen = frozenset(records.records) if body["frozen"] else None
    return {}


def _batches(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    for records in (account.contacts, account.deals, account.companies):
        records.whole = body["whole"] is True
    return {}


def _limit(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    account.limits = [str(body["policy"])] * int(body.get("times", 1))
    return {}


def _answer(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    account.answers = [(int(body["status"]), body.get("retry_after"))] * int(body.get("times", 1))
    return {}


def _versions(account: Account, body: Mapping[str, Any], _: Callable[[str], int]) -> Any:
    account.retired.add(str(body["retire"]))
    return {}


CONTROLS: Mapping[str, Control] = {
    "webhook": _webhook,
    "contacts": _contacts,
    "contact": _contact,
    "deal": _deal,
    "emails": lambda account, body, _: account.add_email(dict(body)),
    "search": _search,
    "batches": _batches,
    "limit": _limit,
    "answer": _answer,
    "tokens": lambda _account, body, end: {"ended": end(str(body["do"]))},
    "versions": _versions,
}
