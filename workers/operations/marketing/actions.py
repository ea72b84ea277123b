"""What automations can do, one function each: through a connection, with the texts already filled in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import ValidationError

from workers.operations.marketing.events import tracked_event
from workers.providers.base import Connector, require
from workers.providers.capabilities import KeepsContacts, KeepsDeals, NotesContactEvents, TagsContacts, TracksEvents
from workers.providers.errors import InvalidRequest, NotFound, Unavailable
from workers.providers.marketing.models import ContactEvent, ContactRequest, DealRequest

AnyConnector = Connector[Any, Any]
Input = Mapping[str, Any]
Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of action.

    :param repeatable: whether to do it again changes nothing more; else what has no answer is not sent again.
    """

    run: Callable[[AnyConnector, Input], Awaitable[Result]]
    repeatable: bool


async def upsert_contact(connector: AnyConnector, given: Input) -> Result:
    """Have a tool keep a contact; what is filled in with nothing is left as it is there."""
    contact = ContactRequest.model_validate({"key": "contact", **said(given)})
    [outcome] = await require(connector, KeepsContacts, "upsert_contacts").upsert_contacts([contact])
    if outcome.error is not None:
        kind = Unavailable if outcome.retryable else InvalidRequest
        raise kind(str(outcome.error.get("message", "The tool refused the contact.")), provider=connector.manifest.key)
    return {"provider_contact_id": outcome.provider_contact_id}


async def tag_contact(connector: AnyConnector, given: Input) -> Result:
    """Change a contact's tags; one that the tool does not keep yet is made first, so that the tag has a bearer."""
    email, add, remove = str(given.get("email") or ""), _texts(given, "tags"), _texts(given, "untags")
    if not email:
        raise InvalidRequest("email: nobody to tag", field="email")
    tagger = require(connector, TagsContacts, "tag_contact")
    try:
        await tagger.tag_contact(email, add, remove)
    except NotFound:
        if not add:
            return {}
        await upsert_contact(connector, {"email": email, "consent": "none"})
        await tagger.tag_contact(email, add, remove)
    return {"tags": add}


async def note_contact_event(connector: AnyConnector, given: Input) -> Result:
    """Tell a tool what a contact did."""
    properties = {key: str(value) for key, value in _object(given, "properties").items()}
    event = ContactEvent.model_validate(
        {"email": given.get("email"), "name": given.get("name"), "properties": properties, "occurred_at": _now()}
    )
    await require(connector, NotesContactEvents, "note_contact_event").note_contact_event(event)
    return {}


async def upsert_deal(connector: AnyConnector, given: Input) -> Result:
    """Have a tool keep a deal, once for each reference."""
    facts = said(given)
    amount, currency = facts.pop("amount", None), facts.pop("currency", None)
    money = None if amount is None else {"amount": str(amount), "currency": currency}
    request = DealRequest.model_validate({**facts, "money": money})
    deal = await require(connector, KeepsDeals, "upsert_deal").upsert_deal(request)
    return {"provider_deal_id": deal.provider_deal_id}


async def track_event(connector: AnyConnector, given: Input) -> Result:
    """Have an event counted."""
    event = tracked_event(str(given.get("name") or ""), given, _now())
    await require(connector, TracksEvents, "send_events").send_events([event])
    return {}


def said(given: Input) -> dict[str, Any]:
    """What is filled in with something; the rest is as if it had been left out."""
    return {key: value for key, value in given.items() if value not in ("", None)}


def _texts(given: Input, field: str) -> list[str]:
    """A list of texts; those that are filled in with nothing are left out."""
    value = given.get(field) or []
    if not isinstance(value, list):
        raise InvalidRequest(f"{field}: is no list", field=field)
    return [str(each) for each in value if each not in ("", None)]


def _object(given: Input, field: str) -> Mapping[str, Any]:
    value = given.get(field) or {}
    if not isinstance(value, Mapping):
        raise InvalidRequest(f"{field}: is no object", field=field)
    return value


def _now() -> datetime:
    return datetime.now(UTC)


ACTIONS: Final[Mapping[str, Action]] = {
    "contact.upsert": Action(upsert_contact, repeatable=True),
    "contact.tag": Action(tag_contact, repeatable=True),
    "contact.event": Action(note_contact_event, repeatable=False),
    "deal.upsert": Action(upsert_deal, repeatable=True),
    "event.track": Action(track_event, repeatable=False),
}
"""Every action that goes through a connection."""


async def act(kind: str, connector: AnyConnector, given: Input) -> Result:
    """Do it.

    :raises InvalidRequest: what was filled in is nothing that could be done; names the field.
    :raises ProviderError: what the call raised.
    """
    try:
        return await ACTIONS[kind].run(connector, given)
    except ValidationError as error:
        raise InvalidRequest.from_validation(error, provider=connector.manifest.key, operation=kind) from None
