"""What calls about leads, events and automations take as dicts: their keys, for readers and for type checkers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from wasl._requests import Amount, Id

ConsentState: TypeAlias = Literal["given", "pending", "withdrawn"]


class ConsentParams(TypedDict):
    """A person's word on one purpose, such as ``marketing_email``.

    Attributes:
        text_version: of the text that they agreed to.
        given_at: with a time zone; now if left out.
    """

    purpose: str
    state: NotRequired[ConsentState]
    text_version: NotRequired[str | None]
    given_at: NotRequired[datetime | None]


class Attribution(TypedDict, total=False):
    """Where somebody came from.

    Attributes:
        client_id: of the analytics tool's cookie, so that what they do is counted as theirs.
    """

    utm_source: str
    utm_medium: str
    utm_campaign: str
    utm_term: str
    utm_content: str
    gclid: str
    fbclid: str
    referrer: str
    landing_page: str
    client_id: str


class FormField(TypedDict):
    """A question of a form.

    Attributes:
        maps_to: the lead's attribute that the answer becomes; its name if left out.
    """

    name: str
    label: NotRequired[str]
    type: Literal["text", "email", "phone", "choice", "checkbox", "hidden"]
    required: NotRequired[bool]
    choices: NotRequired[Sequence[str]]
    maps_to: NotRequired[str]


class EventItem(TypedDict):
    """A thing that was bought or looked at."""

    id: str
    name: str
    price: NotRequired[Amount | None]
    quantity: NotRequired[int]


class EventConsent(TypedDict, total=False):
    """What a visitor agreed to, for advertising."""

    user_data: bool
    personalization: bool


Operator: TypeAlias = Literal[
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "starts_with", "exists", "missing"
]

Condition = TypedDict(
    "Condition",
    {
        "field": str,
        "op": Operator,
        "value": Any,
        "all": Sequence["Condition"],
        "any": Sequence["Condition"],
        "not": "Condition",
    },
    total=False,
)
"""A comparison, ``{"field": "data.amount", "op": "gte", "value": "100"}``; or others: ``all``, ``any``, ``not``."""

ActionKind: TypeAlias = Literal[
    "contact.upsert", "contact.tag", "contact.event", "deal.upsert", "event.track", "lead.upsert"
]

AutomationAction = TypedDict(
    "AutomationAction",
    {
        "kind": ActionKind,
        "connection_id": NotRequired[Id],
        "after_seconds": NotRequired[int],
        "when": NotRequired[Sequence[Condition]],
        "with": Mapping[str, Any],
    },
)
"""What to do, with which connection and how long after the event, if its own conditions under ``when`` hold too.

Texts below ``with`` may hold placeholders such as ``{{ data.reference }}``.
"""


class AutomationDefinition(TypedDict):
    """When one of these events happens and all conditions hold, take these actions.

    Attributes:
        events: such as ``payment.succeeded`` or ``shipment.*``.
    """

    events: Sequence[str]
    conditions: NotRequired[Sequence[Condition]]
    actions: Sequence[AutomationAction]
