"""What the Measurement Protocol makes of a request's body: faults as the validation server names them, and events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Object = dict[str, Any]

MOST_EVENTS, MOST_PARAMETERS, LONGEST_VALUE, MOST_BYTES = 25, 25, 100, 130_000
LONGER_VALUES = {"page_location": 1000, "page_referrer": 420, "page_title": 300}
BACK = timedelta(hours=72)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
RESERVED = {"ad_click", "app_remove", "app_update", "error", "first_open", "first_visit", "os_update"} | {
    "session_start",
    "user_engagement",
}
RESERVED_PREFIXES = ("_", "firebase_", "ga_", "google_", "gtag.")
TOP_LEVEL = {
    *("client_id", "user_id", "timestamp_micros", "user_properties", "user_data", "consent", "non_personalized_ads"),
    *("user_location", "ip_override", "device", "user_agent", "validation_behavior", "events"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """An event that is counted."""

    stream: str
    client_id: str
    user_id: str | None
    name: str
    params: Object
    at: datetime

    @property
    def session(self) -> tuple[str, str] | None:
        """Its session, if it says one."""
        return (self.client_id, str(self.params["session_id"])) if "session_id" in self.params else None

    @property
    def user(self) -> str:
        """Whom it is counted for."""
        return self.user_id or self.client_id


def message(field: str, description: str, code: str) -> Object:
    """One fault."""
    return {"fieldPath": field, "description": description, "validationCode": code}


def faults(body: Any, now: datetime) -> list[Object]:
    """Everything that the validation server finds."""
    found = envelope_faults(body)
    if found:
        return found
    strict = body.get("validation_behavior") == "ENFORCE_RECOMMENDATIONS"
    for index, event in enumerate(body["events"]):
        found += event_faults(index, event)
        if strict and not event_faults(index, event):
            found += limit_faults(index, event, now)
    return found


def envelope_faults(body: Any) -> list[Object]:
    """What is wrong with the whole of a request."""
    if not isinstance(body, dict):
        return [message("", "Unable to parse Measurement Protocol JSON payload.", "VALUE_INVALID")]
    found = [
        message("", f"Unable to parse Measurement Protocol JSON payload. {name}: Cannot find field.", "VALUE_INVALID")
        for name in body
        if name not in TOP_LEVEL
    ]
    if not isinstance(body.get("client_id"), str) or not body["client_id"]:
        found.append(message("client_id", "Measurement requires a client_id.", "VALUE_REQUIRED"))
    events = body.get("events")
    if not isinstance(events, list) or not events:
        found.append(message("events", "Measurement requires at least one event.", "VALUE_REQUIRED"))
    elif len(events) > MOST_EVENTS:
        found.append(message("events", f"Measurement has more than [{MOST_EVENTS}] events.", "EXCEEDED_MAX_ENTITIES"))
    for name, value in (body.get("consent") or {}).items():
        if name not in ("ad_user_data", "ad_personalization") or value not in ("GRANTED", "DENIED"):
            found.append(message(f"consent.{name}", "Consent must be GRANTED or DENIED.", "VALUE_INVALID"))
    return found


def event_faults(index: int, event: Any) -> list[Object]:
    """What keeps an event from being counted."""
    place = f"Event at index: [{index}]"
    if not isinstance(event, dict) or not isinstance(event.get("name"), str):
        return [message("events", f"{place} requires a name.", "VALUE_REQUIRED")]
    name = event["name"]
    if name in RESERVED or (name[:1].isalpha() and name.startswith(RESERVED_PREFIXES)):
        return [message("events", f"{place} has name [{name}] which is reserved.", "NAME_RESERVED")]
    if not name[:1].isalpha():
        text = f"{place} has invalid name [{name}]. Names must start with an alphabetic character."
        return [message("events", text, "NAME_INVALID")]
    if not NAME.fullmatch(name):
        text = f"{place} has invalid name [{name}]. Only alphanumeric characters and underscores are allowed."
        return [message("events", text, "NAME_INVALID")]
    params = event.get("params", {})
    if not isinstance(params, dict):
        return [message("events", f"{place} has invalid params.", "VALUE_INVALID")]
    currency = params.get("currency")
    if "value" in params and not (isinstance(currency, str) and re.fullmatch(r"[A-Z]{3}", currency)):
        return [message("events", f"{place} has param [value] without a valid currency.", "VALUE_REQUIRED")]
    return []


def limit_faults(index: int, event: Object, now: datetime) -> list[Object]:
    """What is only found when recommendations are enforced."""
    place, params = f"Event at index: [{index}]", event.get("params", {})
    found = []
    if len(params) > MOST_PARAMETERS:
        text = f"{place} has more than [{MOST_PARAMETERS}] params."
        found.append(message("events", text, "EXCEEDED_MAX_ENTITIES"))
    for name, value in params.items():
        if name.startswith(RESERVED_PREFIXES):
            found.append(message("events", f"{place} has param [{name}] which is reserved.", "NAME_RESERVED"))
        elif not _fits(name, value):
            text = f"{place} has param [{name}] which exceeds its limits."
            found.append(message("events", text, "VALUE_OUT_OF_BOUNDS"))
    at = params.get("timestamp_micros")
    if at is not None and not now - BACK <= moment(at) <= now + timedelta(minutes=15):
        text = f"{place} has timestamp too far in the past. Measurement protocol only supports timestamps [72h]."
        found.append(message("events", text, "VALUE_INVALID"))
    return found


def counted(stream: str, body: Any, now: datetime) -> list[Event]:
    """The events of a body that are counted, without the parameters that are not."""
    if envelope_faults(body):
        return []
    return [
        _event(stream, body, event, now) for index, event in enumerate(body["events"]) if not event_faults(index, event)
    ]


def _event(stream: str, body: Object, event: Object, now: datetime) -> Event:
    params = {
        name: value
        for name, value in list(event.get("params", {}).items())[:MOST_PARAMETERS]
        if _fits(name, value) and not name.startswith(RESERVED_PREFIXES)
    }
    micros = params.pop("timestamp_micros", body.get("timestamp_micros"))
    at = now if micros is None else max(moment(micros), now - BACK)
    return Event(stream, body["client_id"], body.get("user_id"), event["name"], params, at)


def _fits(name: str, value: Any) -> bool:
    if name == "items":
        return isinstance(value, list) and len(value) <= 200
    if name == "session_id":
        return re.fullmatch(r"[0-9]+", str(value)) is not None
    if isinstance(value, str):
        return len(value) <= LONGER_VALUES.get(name, LONGEST_VALUE)
    return isinstance(value, int | float)


def moment(micros: float) -> datetime:
    """A time in microseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
