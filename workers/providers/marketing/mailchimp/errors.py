"""Mailchimp's errors in Wasl's words.

``application/problem+json`` (https://mailchimp.com/developer/marketing/docs/errors ): type, title, status, detail and
instance, with ``errors`` of ``{field, message}`` where fields are at fault. The title tells what a status does not. At
very high volume a 429 or a 403 comes without such a body (docs/fundamentals): that is a limit as well. The login host
answers ``{error, error_description}`` as RFC 6749 has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError, RateLimited, error_class

_FIELDS: Final[Mapping[str, str]] = {
    "email_address": "email",
    "email address": "email",
    "status": "consent",
    "status_if_new": "consent",
    "merge_fields.FNAME": "first_name",
    "merge_fields.LNAME": "last_name",
    "merge_fields.PHONE": "phone",
    "merge_fields.COMPANY": "company",
    "since_last_changed": "since",
    "since_create_time": "since",
}
_TITLES: Final[Mapping[str, tuple[type[ProviderError], str | None]]] = {
    "Member In Compliance State": (InvalidRequest, "consent"),
    "Forgotten Email Not Subscribed": (InvalidRequest, "email"),
    "WrongDatacenter": (InvalidRequest, "settings.data_center"),
    "Wrong Datacenter": (InvalidRequest, "settings.data_center"),
    "API Key Invalid": (AuthenticationFailed, None),
    "User Disabled": (AuthenticationFailed, None),
    "Too Many Requests": (RateLimited, None),
}
_CONSENT_ERRORS: Final[Mapping[str, tuple[type[ProviderError], str | None]]] = {
    "invalid_grant": (InvalidRequest, "code"),
    "invalid_request": (InvalidRequest, None),
    "invalid_client": (AuthenticationFailed, None),
    "invalid_token": (AuthenticationFailed, None),
}
_ABUSE_GUARD: Final = re.compile(r"lots? of lists|too many lists|not allowing more signups", re.IGNORECASE)
_ITEM: Final = re.compile(r"members\.item:([0-9]{1,4})\.?")


class MembersRefused(InvalidRequest):
    """A call with many members that was refused as a whole because of some.

    :ivar items: what is wrong with which, by their places from 0, and our field.
    """

    items: tuple[tuple[int, str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class MailchimpFault:
    """What an error's body says.

    :param field: the name of our input field at fault, where it is known.
    :param items: of a call with many members: what is wrong with which of them, by their places from 0.
    """

    kind: type[ProviderError]
    message: str
    code: str | None = None
    field: str | None = None
    request_id: str | None = None
    items: tuple[tuple[int, str, str | None], ...] = ()


def read_fault(body: Any, status: int, *, write: bool) -> MailchimpFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    usual = error_class(status, write=write)
    if not isinstance(body, dict):
        kind = RateLimited if status == 403 else usual
        return MailchimpFault(kind, f"Mailchimp answered {status} without saying why")
    if isinstance(body.get("error"), str):
        kind, field = _CONSENT_ERRORS.get(body["error"], (usual, None))
        return MailchimpFault(kind, str(body.get("error_description") or body["error"]), body["error"], field)
    title, detail = _text(body.get("title")), _text(body.get("detail"))
    faults = [each for each in body.get("errors") or () if isinstance(each, dict)]
    told = [f"{each.get('field') or 'request'}: {each.get('message')}" for each in faults]
    kind, field = _TITLES.get(title or "", (usual, None))
    items = tuple(item for each in faults if (item := _item(each)) is not None)
    if status == 400 and _ABUSE_GUARD.search(detail or ""):
        kind = RateLimited
    return MailchimpFault(
        MembersRefused if items and kind is InvalidRequest else kind,
        " ".join(part for part in (detail or title or f"Mailchimp answered {status}.", "; ".join(told)) if part),
        title,
        field or our_field(next((str(each.get("field") or "") for each in faults), "")),
        _text(body.get("instance")),
        items,
    )


def our_field(name: str) -> str | None:
    """Our name of a field of Mailchimp's; None for one that is not ours."""
    name = _ITEM.sub("", name)
    if name in _FIELDS:
        return _FIELDS[name]
    if name.startswith("merge_fields."):
        return f"fields.{name.partition('.')[2]}"
    return _FIELDS.get(f"merge_fields.{name}") or (f"fields.{name}" if re.fullmatch(r"[A-Z0-9_]{1,10}", name) else None)


def may_pass_later(message: str) -> bool:
    """Whether a member was refused only for now: Mailchimp holds addresses back that join many lists at once."""
    return bool(_ABUSE_GUARD.search(message))


def _item(fault: Mapping[str, Any]) -> tuple[int, str, str | None] | None:
    name = str(fault.get("field") or "")
    found = _ITEM.match(name)
    return (int(found[1]), str(fault.get("message")), our_field(name)) if found else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
