"""What is measured, as the Measurement Protocol takes it: one request for each client, at most 25 events long."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from workers.providers.marketing.google_analytics.manifest import EVENT_BATCH
from workers.providers.marketing.models import AdConsent, Item, TrackedEvent

MOST_BYTES: Final = 128_000
"""Of a request's events; the whole request has to stay below 130 kB."""
PURCHASE: Final = "purchase"
_ENGAGED_MSEC: Final = 100
"""Without some engagement, an event is in no report of sessions or active users."""
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Placed = tuple[int, TrackedEvent]
"""An event, and its place in the call."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One request. :param places: of its events in the call. :param is_repeatable: sent twice, it counts once."""

    body: dict[str, Any]
    places: tuple[int, ...]
    is_repeatable: bool


def own_parameters(event: TrackedEvent, currency: str) -> dict[str, Any]:
    """The parameters that Wasl's fields stand for.

    :param currency: of items' prices where the event has no money.
    """
    own: dict[str, Any] = {"timestamp_micros": (event.occurred_at - _EPOCH) // _MICROSECOND}
    if event.session_id is not None:
        own["session_id"] = event.session_id
    if event.reference is not None:
        own["transaction_id"] = event.reference
    if event.money is not None:
        own |= {"value": float(event.money.amount), "currency": event.money.currency}
    elif any(item.price is not None for item in event.items):
        own["currency"] = currency
    if event.items:
        own["items"] = [_item(item) for item in event.items]
    return own


def event_body(event: TrackedEvent, currency: str) -> dict[str, Any]:
    """An event as it is sent."""
    params = {"engagement_time_msec": _ENGAGED_MSEC, **event.properties, **own_parameters(event, currency)}
    return {"name": event.name, "params": params}


def batches(events: Sequence[Placed], *, measurement_id: str, currency: str) -> list[Batch]:
    """The requests for some events: those of one client, and under one consent, go together."""
    groups: dict[tuple[str, str | None, AdConsent | None], list[Placed]] = {}
    for place, event in events:
        client = event.client_id or pseudonym(event.user_id or "", measurement_id)
        groups.setdefault((client, event.user_id, event.consent), []).append((place, event))
    return [
        _batch(_envelope(*who), part, currency) for who, group in groups.items() for part in _parts(group, currency)
    ]


def pseudonym(user_id: str, measurement_id: str) -> str:
    """A client id of the usual form, always the same for one user of one stream."""
    digest = hashlib.sha256(f"{measurement_id}\n{user_id}".encode()).digest()
    return f"{int.from_bytes(digest[:4]) + 1}.{int.from_bytes(digest[4:8]) + 1}"


def _envelope(client_id: str, user_id: str | None, consent: AdConsent | None) -> dict[str, Any]:
    envelope: dict[str, Any] = {"client_id": client_id}
    if user_id is not None:
        envelope["user_id"] = user_id
    said = {"ad_user_data": consent.user_data, "ad_personalization": consent.personalization} if consent else {}
    if agreed := {name: "GRANTED" if value else "DENIED" for name, value in said.items() if value is not None}:
        envelope["consent"] = agreed
    return envelope


def _parts(group: Sequence[Placed], currency: str) -> list[list[Placed]]:
    parts: list[list[Placed]] = []
    left = 0
    for placed in group:
        size = len(orjson.dumps(event_body(placed[1], currency)))
        if not parts or len(parts[-1]) == EVENT_BATCH or size > left:
            parts.append([])
            left = MOST_BYTES
        parts[-1].append(placed)
        left -= size
    return parts


def _batch(envelope: dict[str, Any], part: Sequence[Placed], currency: str) -> Batch:
    return Batch(
        body={**envelope, "events": [event_body(event, currency) for _, event in part]},
        places=tuple(place for place, _ in part),
        is_repeatable=all(event.name == PURCHASE for _, event in part),
    )


def _item(item: Item) -> dict[str, Any]:
    priced = {} if item.price is None else {"price": float(item.price)}
    return {"item_id": item.id, "item_name": item.name, **priced, "quantity": item.quantity}
