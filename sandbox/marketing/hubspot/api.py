"""HubSpot's endpoints, and the scopes that they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.marketing.hubspot.account import Account
from sandbox.marketing.hubspot.errors import error
from sandbox.marketing.hubspot.records import Answer

ALL_SCOPES = (
    "communication_preferences.read_write",
    "content",
    *(
        f"crm.{what}.{kind}.{way}"
        for what in ("objects", "schemas")
        for kind in ("companies", "contacts", "deals")
        for way in ("read", "write")
    ),
    "crm.lists.read",
    "crm.lists.write",
    "forms",
    "oauth",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request. :param body: its JSON; None where there is none."""

    account: Account
    body: Any
    path: Mapping[str, str]
    query: dict[str, str]


Handler = Callable[[Call], Answer]
Scopes = Callable[[Call], Sequence[str]]


def _needs(*scopes: str) -> Scopes:
    return lambda _: scopes


def _object(way: str) -> Scopes:
    def scopes(call: Call) -> Sequence[str]:
        return (f"crm.objects.{call.account.records(call.path['kind']).kind}.{way}",)

    return scopes


def _schema(way: str) -> Scopes:
    def scopes(call: Call) -> Sequence[str]:
        kind = call.account.records(call.path["kind"]).kind
        return (f"crm.schemas.{kind}.{way}", *((f"crm.objects.{kind}.read",) if way == "read" else ()))

    return scopes


def _records(call: Call) -> Any:
    return call.account.records(call.path["kind"])


def _property(call: Call) -> Answer:
    found = _records(call).schema.properties.get(call.path["name"])
    if found is None:
        raise error(404, "OBJECT_NOT_FOUND", f"Property '{call.path['name']}' does not exist")
    return 200, found.show()


_LISTS_READ, _LISTS_WRITE = _needs("crm.lists.read"), _needs("crm.lists.write")
_PREFERENCES = _needs("communication_preferences.read_write", "communication_preferences.write")
_RECORDS: tuple[tuple[str, str, Scopes, Handler], ...] = (
    ("POST", "/batch/upsert", _object("write"), lambda call: _records(call).upsert(call.body)),
    (
        "POST",
        "/batch/read",
        _object("read"),
        lambda call: _records(call).read(call.body, archived=call.query.get("archived") == "true"),
    ),
    ("POST", "/search", _object("read"), lambda call: _records(call).search(call.body)),
    ("POST", "/gdpr-delete", _object("write"), lambda call: _records(call).erase(call.body)),
    ("GET", "", _object("read"), lambda call: _records(call).page(call.query)),
    ("PATCH", "/{id}", _object("write"), lambda call: _records(call).change(call.path["id"], call.body)),
)
API: tuple[tuple[str, str, Scopes, Handler], ...] = (
    *((method, f"/crm/v3/objects/{{kind}}{tail}", scopes, run) for method, tail, scopes, run in _RECORDS),
    *((method, f"/crm/objects/{{version}}/{{kind}}{tail}", scopes, run) for method, tail, scopes, run in _RECORDS),
    ("GET", "/account-info/v3/details", _needs("oauth"), lambda call: call.account.details()),
    (
        "GET",
        "/crm/v3/properties/{kind}",
        _schema("read"),
        lambda call: (200, {"results": [each.show() for each in _records(call).schema.properties.values()]}),
    ),
    (
        "POST",
        "/crm/v3/properties/{kind}",
        _schema("write"),
        lambda call: (201, _records(call).schema.create(call.body).show()),
    ),
    ("GET", "/crm/v3/properties/{kind}/{name}", _schema("read"), _property),
    ("GET", "/crm/v3/pipelines/{kind}", _object("read"), lambda call: call.account.pipelines()),
    (
        "PUT",
        "/crm/v4/objects/0-3/{id}/associations/default/0-1/{contact}",
        _needs("crm.objects.deals.write"),
        lambda call: call.account.associate(call.path["id"], call.path["contact"]),
    ),
    (
        "POST",
        "/crm/v4/associations/0-3/0-1/batch/read",
        _needs("crm.objects.deals.read"),
        lambda call: call.account.associations(call.body),
    ),
    ("POST", "/crm/v3/lists", _LISTS_WRITE, lambda call: call.account.lists.create_list(call.body)),
    ("POST", "/crm/v3/lists/search", _LISTS_READ, lambda call: call.account.lists.search_lists(call.body)),
    (
        "GET",
        "/crm/v3/lists/object-type-id/0-1/name/{name:path}",
        _LISTS_READ,
        lambda call: call.account.lists.list_named(call.path["name"]),
    ),
    (
        "PUT",
        "/crm/v3/lists/{id}/memberships/{change}",
        _LISTS_WRITE,
        lambda call: call.account.lists.change_members(call.path["id"], call.path["change"], call.body),
    ),
    (
        "POST",
        "/communication-preferences/v4/statuses/{email}",
        _PREFERENCES,
        lambda call: call.account.set_status(call.path["email"], call.body),
    ),
    (
        "POST",
        "/communication-preferences/v4/statuses/{email}/unsubscribe-all",
        _PREFERENCES,
        lambda call: call.account.opt_out(call.path["email"], call.query),
    ),
    (
        "GET",
        "/marketing/v3/emails",
        _needs("content", "marketing.email.read"),
        lambda call: call.account.list_emails(call.query),
    ),
    (
        "POST",
        "/forms/submissions/v3/integration/secure/submit/{portal}/{form}",
        _needs("forms"),
        lambda call: call.account.submit(call.path["portal"], call.path["form"], call.body),
    ),
)
