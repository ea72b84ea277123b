"""Tracked events on their way to an analytics tool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from workers.providers.errors import InvalidRequest
from workers.providers.marketing.models import AdConsent, Item, TrackedEvent
from workers.providers.money import Money

_PLAIN = ("client_id", "user_id", "session_id", "reference", "properties")


def tracked_event(name: str, data: Mapping[str, Any], occurred_at: datetime) -> TrackedEvent:
    """An event as tools are told of it, out of what a client or an automation says.

    :param data: client_id, user_id, session_id, reference, properties, amount and currency, items, consent.
    :raises InvalidRequest: it cannot be told; names the field.
    """
    given = {key: data[key] for key in _PLAIN if data.get(key) not in (None, "")}
    try:
        return TrackedEvent(
            name=name,
            occurred_at=occurred_at,
            money=Money.of(str(data["amount"]), data["currency"]) if data.get("amount") not in (None, "") else None,
            items=tuple(Item.model_validate(each) for each in data.get("items") or ()),
            consent=AdConsent.model_validate(data["consent"]) if data.get("consent") else None,
            **given,
        )
    except ValidationError as error:
        raise InvalidRequest.from_validation(error, provider="", operation="send_events") from None
    except KeyError as missing:
        raise InvalidRequest(f"{missing.args[0]}: is missing", field=str(missing.args[0])) from None
