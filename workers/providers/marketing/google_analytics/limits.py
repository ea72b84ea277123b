"""What Google would not take of an event, or would drop without a word. From the Measurement Protocol's reference, its
list of reserved names, and Google's page on collection limits (standard properties)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson

from workers.providers.marketing.google_analytics.measurement import MOST_BYTES, PURCHASE, event_body, own_parameters
from workers.providers.marketing.models import TrackedEvent

MOST_PARAMETERS: Final = 25
LONGEST_VALUE: Final = 100
OLDEST: Final = timedelta(hours=72)
AHEAD: Final = timedelta(seconds=60)
"""How far another machine's clock may be ahead of ours."""
_LONGER_VALUES: Final = {"page_location": 1000, "page_referrer": 420, "page_title": 300}
_LARGEST: Final = 2**53
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_SESSION: Final = re.compile(r"[0-9]+")
_PERSONAL: Final = re.compile(r"[^@\s]+@[^@\s]+|\+[0-9 ()-]{7,}")
_RESERVED_PREFIXES: Final = ("_", "firebase_", "ga_", "google_", "gtag.")
RESERVED_EVENTS: Final = frozenset({
    "ad_activeview", "ad_click", "ad_exposure", "ad_query", "ad_reward", "adunit_exposure", "app_clear_data",
    "app_exception", "app_install", "app_remove", "app_store_refund", "app_update", "app_upgrade",
    "dynamic_link_app_open", "dynamic_link_app_update", "dynamic_link_first_open", "error", "firebase_campaign",
    "firebase_in_app_message_action", "firebase_in_app_message_dismiss", "firebase_in_app_message_impression",
    "first_open", "first_visit", "notification_dismiss", "notification_foreground", "notification_open",
    "notification_receive", "notification_send", "os_update", "session_start", "user_engagement",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. :param code: as Google's validation names such. :param field: of the event."""

    field: str
    code: str
    message: str


def problems(event: TrackedEvent, *, now: datetime, currency: str) -> Iterator[Problem]:
    """Everything that is wrong with an event."""
    yield from _who(event)
    yield from _name(event)
    yield from _when(event, now)
    yield from _purchase(event)
    yield from _parameters(event, currency)
    yield from _items(event, currency)


def _who(event: TrackedEvent) -> Iterator[Problem]:
    if event.client_id is None and event.user_id is None:
        yield Problem("client_id", "VALUE_REQUIRED", "the browser's id, or the user's, is needed")
    if event.user_id is not None and _PERSONAL.fullmatch(event.user_id):
        yield Problem("user_id", "VALUE_INVALID", "Google forbids addresses and phone numbers here; give another id")
    if event.session_id is not None and not _SESSION.fullmatch(event.session_id):
        yield Problem("session_id", "VALUE_INVALID", "is a number")


def _name(event: TrackedEvent) -> Iterator[Problem]:
    if event.name in RESERVED_EVENTS or event.name.startswith(_RESERVED_PREFIXES):
        yield Problem("name", "NAME_RESERVED", "is one that Google keeps for itself")


def _when(event: TrackedEvent, now: datetime) -> Iterator[Problem]:
    if event.occurred_at < now - OLDEST:
        yield Problem("occurred_at", "VALUE_INVALID", "lies more than 72 hours back")
    if event.occurred_at > now + AHEAD:
        yield Problem("occurred_at", "VALUE_INVALID", "is yet to come")


def _purchase(event: TrackedEvent) -> Iterator[Problem]:
    if event.name == PURCHASE and event.reference is None:
        yield Problem("reference", "VALUE_REQUIRED", "a purchase needs the order's number, which keeps it counted once")
    if event.name == PURCHASE and event.money is None:
        yield Problem("money", "VALUE_REQUIRED", "a purchase needs its worth")


def _parameters(event: TrackedEvent, currency: str) -> Iterator[Problem]:
    own = own_parameters(event, currency)
    if len(event_body(event, currency)["params"]) > MOST_PARAMETERS:
        message = f"an event has at most {MOST_PARAMETERS} parameters, of which Wasl's fields take {len(own) + 1}"
        yield Problem("properties", "EXCEEDED_MAX_ENTITIES", message)
    if event.reference is not None and len(event.reference) > LONGEST_VALUE:
        yield Problem("reference", "VALUE_OUT_OF_BOUNDS", f"has more than {LONGEST_VALUE} characters")
    for name, value in event.properties.items():
        field = f"properties.{name}"
        if name in own:
            yield Problem(field, "NAME_DUPLICATED", "is what another field of the event says")
        elif name.startswith(_RESERVED_PREFIXES) or name == "firebase_conversion":
            yield Problem(field, "NAME_RESERVED", "is a name that Google keeps for itself")
        elif not _NAME.fullmatch(name):
            message = "is not a name of at most 40 letters, digits and low lines that begins with a letter"
            yield Problem(field, "NAME_INVALID", message)
        elif isinstance(value, str):
            most = _LONGER_VALUES.get(name, LONGEST_VALUE)
            if len(value) > most:
                yield Problem(field, "VALUE_OUT_OF_BOUNDS", f"has more than {most} characters")
        elif not math.isfinite(value) or abs(value) > _LARGEST:
            yield Problem(field, "VALUE_OUT_OF_BOUNDS", "is no number that can be counted")


def _items(event: TrackedEvent, currency: str) -> Iterator[Problem]:
    for index, item in enumerate(event.items):
        for part, text in (("id", item.id), ("name", item.name)):
            if len(text) > LONGEST_VALUE:
                message = f"has more than {LONGEST_VALUE} characters"
                yield Problem(f"items.{index}.{part}", "VALUE_OUT_OF_BOUNDS", message)
    if event.items and len(orjson.dumps(event_body(event, currency))) > MOST_BYTES:
        yield Problem("items", "VALUE_OUT_OF_BOUNDS", f"make the event larger than {MOST_BYTES // 1000} kB")
