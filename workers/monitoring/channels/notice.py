"""What a channel is told, whatever its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert and what has become of it.

    :param transition: ``opened``, ``worsened``, ``reminded``, ``escalated``, ``acknowledged``, ``resolved``, ``test``.
    :param kind: such as ``connection.down`` or ``rule.error_rate``.
    :param detail: the alert's; of a rule's alert ``subject``, ``value``, ``threshold`` and ``window_minutes``, among
        others.
    :param url: the hub's page of the alert; None when the hub does not know its own address.
    """

    transition: str
    alert_id: UUID
    kind: str
    severity: str
    status: str
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    occurrences: int = 1
    resolved_at: datetime | None = None
    connection_id: UUID | None = None
    connection_name: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at once: one notice, or a digest of several.

    :param id: the same at each attempt.
    :param organization_name: whose alerts they are.
    :param language: ``en`` or ``ar``; None: both where there is room for both, else English.
    """

    id: UUID
    organization_id: UUID
    organization_name: str
    notices: tuple[Notice, ...]
    created_at: datetime
    language: str | None = None
