"""Tap's lists, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.payments.tap.account import Account, Object
from sandbox.payments.tap.errors import TapError
from sandbox.payments.tap.fields import Fields

MAX_ROWS = 50


def charges(account: Account, body: Any) -> Object:
    """POST /charges/list"""
    fields = Fields(body)
    wanted, ids = _common(fields), _names(fields, "charges")
    found = [each for each in reversed(account.charges.values()) if _is_wanted(each, wanted)]
    return _page(fields, "charges", [each for each in found if not ids or each["id"] in ids])


def authorizations(account: Account, body: Any) -> Object:
    """POST /authorize/list"""
    fields = Fields(body)
    wanted = _common(fields)
    return _page(
        fields,
        "authorizes",
        [each for each in reversed(account.authorizations.values()) if _is_wanted(each, wanted)],
    )


def refunds(account: Account, body: Any) -> Object:
    """POST /refunds/list"""
    fields = Fields(body)
    begin, end = _period(fields)
    of, ids = _names(fields, "charges"), _names(fields, "refunds")
    recent = (each for each in reversed(account.refunds.values()) if begin <= int(each["created"]) <= end)
    found = [each for each in recent if (not of or each["charge_id"] in of) and (not ids or each["id"] in ids)]
    return _page(fields, "refunds", found)


def _common(fields: Fields) -> Object:
    return {
        "period": _period(fields),
        "status": fields.text("status"),
        "customers": _names(fields, "customers"),
        "sources": _names(fields, "sources"),
        "order_by": fields.text("order_by"),
    }


def _is_wanted(thing: Object, wanted: Object) -> bool:
    begin, end = wanted["period"]
    customers, sources = wanted["customers"], wanted["sources"]
    return (
        begin <= int(thing["transaction"]["created"]) <= end
        and wanted["status"] in (None, thing["status"])
        and (not customers or thing["customer"].get("id") in customers)
        and (not sources or thing["source"]["id"] in sources)
    )


def _period(fields: Fields) -> tuple[int, int]:
    told = fields.child("period")
    if told is None:
        return 0, 10**15
    date = Fields(told.anything("date"))
    begin, end = (int(date.anything(name) or 0) for name in ("from", "to"))
    date.done()
    told.text("type")
    told.done()
    return begin, end


def _names(fields: Fields, name: str) -> list[str] | None:
    value = fields.anything(name)
    if value is not None and (not isinstance(value, list) or not all(isinstance(each, str) for each in value)):
        raise TapError("1103")
    return value


def _page(fields: Fields, name: str, found: Iterable[Object]) -> Object:
    rows, after = fields.anything("limit"), fields.text("starting_after")
    fields.done()
    limit = int(rows) if isinstance(rows, int) or (isinstance(rows, str) and rows.isdigit()) else 25
    if not 1 <= limit <= MAX_ROWS:
        raise TapError("1162")
    things = list(found)
    ids = [each["id"] for each in things]
    begin = ids.index(after) + 1 if after in ids else 0
    shown = things[begin : begin + limit]
    return {
        "object": "list",
        "live_mode": False,
        "api_version": "V2",
        "count": len(shown),
        "has_more": begin + limit < len(things),
        name: shown,
    }
