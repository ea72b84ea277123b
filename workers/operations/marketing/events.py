"""Tracked events on their way to an analytics tool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from workers.providers.errors import InvalidRequest
from workers.providers.marketing.models import TrackedEvent

_PLAIN = ("client_id", "user_id", "session_id", "reference", "properties", "items", "consent")


def tracked_event(name: str, data: Mapping[str, Any], occurred_at: datetime) -> TrackedEvent:
    """An event as tools are told of it, out of what a client or an automation says.

    :param data: client_id, user_id, session_id, reference, properties, amount and currency, items, consent.
    :raises InvalidRequest: it cannot be told; names the field.
    """
    given: dict[str, Any] = {key: data[key] for key in _PLAIN if data.get(key) not in (None, "")}
    if data.get("amount") not in (None, ""):
        given["money"] = {"amount": str(data["amount"]), "currency": data.get("currency")}
    try:
        return TrackedEvent.model_validate({"name": name, "occurred_at": occurred_at, **given})
    except ValidationError as error:
        raise InvalidRequest.from_validation(error, provider="", operation="send_events") from None
