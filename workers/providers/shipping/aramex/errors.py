"""Aramex's errors in Wasl's words.

Everything that Aramex itself refuses is answered with 200: ``HasErrors`` at the top or at the shipment, each with
``Notifications`` of code and message. No list of codes is public; ERR01 ("ClientInfo - Invalid username or password"),
ERR48, ERR52 (addresses) and ERR75 ("Failed to login") have been seen by integrations, and messages begin with the part
that is wrong. What .NET refuses before that is a page of HTML with status 400. It answers the same for what fails
within, so only a page that says it could not deserialize proves that nothing happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
    error_class,
)

_ABOUT_LOGIN: Final = re.compile(r"^clientinfo|username|password|log ?in|account (pin|number|entity)|credential", re.I)
_THROTTLED: Final = re.compile(r"too many requests|throttl|request limit", re.I)
_BROKEN: Final = re.compile(r"\binternal\b|unexpected error|object reference|time(d )?-?out|deadlock|try again", re.I)
_UNREAD: Final = re.compile(r"deseriali[sz]|unexpected (message format|character|end of)|not valid JSON", re.I)
_BEFORE: Final = re.compile(r"duplicate|already (exist|used|created)|must be unique", re.I)
_PARTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.I), field)
    for pattern, field in (
        (r"consignee|destinationaddress", "recipient"),
        (r"shipper|originaddress", "sender"),
        (r"pickup(address|contact)", "place"),
        (r"cash ?on ?delivery|\bcods?\b", "cash_on_delivery"),
        (r"customs ?value|\bitems?\b", "customs"),
        (r"product ?(type|group)", "service"),
        (r"weight|dimension|pieces", "parcels"),
        (r"description ?of ?goods", "description"),
        (r"(pickup|ready|closing|lastpickup) ?(date|time)", "ready_at"),
        (r"shipping ?date", "ships_at"),
    )
)
_DETAILS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.I), field)
    for pattern, field in (
        (r"city", "city"),
        (r"post|zip", "postal_code"),
        (r"phone|mobile", "phone"),
        (r"\bname\b", "name"),
        (r"line ?1|address", "line1"),
    )
)


@dataclass(frozen=True, slots=True)
class AramexFault:
    """What an answer with ``HasErrors`` says."""

    code: str | None
    message: str

    @property
    def field(self) -> str | None:
        """The name of our input field at fault, where the words tell."""
        part = next((field for pattern, field in _PARTS if pattern.search(self.message)), None)
        if part not in ("recipient", "sender", "place"):
            return part
        detail = next((field for pattern, field in _DETAILS if pattern.search(_without_parts(self.message))), None)
        return f"{part}.{detail}" if detail else part

    @property
    def was_made_before(self) -> bool:
        """Whether it is refused because there is such a shipment already."""
        return bool(_BEFORE.search(self.message))

    def kind(self, *, write: bool) -> type[ProviderError]:
        """The error that it stands for."""
        if self.code == "ERR75" or _ABOUT_LOGIN.search(self.message):
            return AuthenticationFailed
        if _THROTTLED.search(self.message):
            return RateLimited
        if _BROKEN.search(self.message):
            return OutcomeUnknown if write else Unavailable
        return InvalidRequest


def read_fault(body: Mapping[str, Any], *parts: Any) -> AramexFault | None:
    """The fault in an answer, None in a good one.

    :param parts: those of its parts that may have errors of their own, such as its shipments.
    """
    flagged = [part for part in (body, *parts) if isinstance(part, Mapping) and is_true(part.get("HasErrors"))]
    if not flagged:
        return None
    said = [note for part in (body, *parts) if isinstance(part, Mapping) for note in notifications(part)]
    message = "; ".join(dict.fromkeys(text for _, text in said if text))
    return AramexFault(next((code for code, _ in said if code), None), message or "Aramex refused the request")


def notifications(part: Mapping[str, Any]) -> list[tuple[str | None, str]]:
    """Code and message of each notification."""
    notes = as_list(part.get("Notifications"), "Notification")
    return [(text_of(note.get("Code")), text_of(note.get("Message")) or "") for note in notes if _is_object(note)]


def page_error(page: object, status: int, *, write: bool) -> type[ProviderError]:
    """The error that a status outside 2xx stands for. :param page: the text that came with it, if any."""
    if status == 400 and write and not (isinstance(page, str) and _UNREAD.search(page)):
        return OutcomeUnknown
    return error_class(status, write=write)


def as_list(value: Any, element: str) -> list[Any]:
    """A list as .NET's JSON writes it, or as its XML looks when turned into JSON: one under the element's name, or a
    single element."""
    if isinstance(value, Mapping):
        inner = value.get(element, [])
        return list(inner) if isinstance(inner, list) else [inner]
    return list(value) if isinstance(value, list) else []


def text_of(value: Any) -> str | None:
    """A text that says something, else None."""
    return value.strip() or None if isinstance(value, str) else None


def is_true(value: Any) -> bool:
    """A flag, also where it is written as text."""
    return value is True or (isinstance(value, str) and value.casefold() == "true")


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _without_parts(message: str) -> str:
    return re.sub(r"(origin|destination|pickup)address", "", message, flags=re.I)


def first(errors: Iterable[ProviderError]) -> ProviderError:
    """Of several errors the one that matters most: what is wrong for all of them before what one product is refused."""
    return min(errors, key=lambda error: isinstance(error, InvalidRequest))
