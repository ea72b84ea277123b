"""What receivers of webhooks are told: the message about an event, or what a subscription's template makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from workers.operations.rules import Texts, facts_of
from workers.store.automations import EventRow


def message_of(event: EventRow) -> dict[str, Any]:
    """The message about an event: ``type``, ``timestamp`` and ``data`` as Standard Webhooks recommends, and what else
    is known of it. Conditions are about this, too."""
    return {
        "id": str(event.event_id),
        "type": event.type,
        "timestamp": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "organization_id": str(event.organization_id),
        "environment": event.environment,
        "subject_type": event.subject_type,
        "subject_id": None if event.subject_id is None else str(event.subject_id),
        "data": event.data,
    }


def payload_of(event: EventRow, template: Mapping[str, Any] | None, texts: Texts) -> str:
    """What is sent of an event, letter for letter.

    :param template: of the subscription; None: the message as it is.
    :raises RuleFault: the template cannot be filled in.
    """
    if template is None:
        return orjson.dumps(message_of(event)).decode()
    return orjson.dumps(texts.filled(template, facts_of(event), "template")).decode()
