"""What one Tap account holds."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

Object = dict[str, Any]
IDEMPOTENCY_SECONDS = 24 * 3600


def new_id(prefix: str) -> str:
    """An id of the form of Tap's."""
    return f"{prefix}_TS{secrets.token_hex(10)}"


def to_json(body: Any) -> bytes:
    """JSON with exact amounts."""
    return orjson.dumps(body, default=_number)


def _number(value: Any) -> orjson.Fragment:
    if not isinstance(value, Decimal):
        raise TypeError
    return orjson.Fragment(format(value, "f"))


@dataclass
class KeptAnswer:
    """What was answered under an idempotent string; no answer yet while the first request is under way."""

    kept_at: float
    body: bytes | None = None


@dataclass
class Account:
    """One account: everything made under one secret key.

    :param now: the time in seconds since 1970.
    :param hold: whether refunds wait until they are told to be done.
    :param tokens: the saved card and customer of each token that was made of one.
    :param cards: saved cards by customer and id.
    """

    key: str
    now: Callable[[], float]
    hold: bool = False
    charges: dict[str, Object] = field(default_factory=dict)
    authorizations: dict[str, Object] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    used_tokens: set[str] = field(default_factory=set)
    cards: dict[str, dict[str, Object]] = field(default_factory=dict)
    kept_answers: dict[tuple[str, str], KeptAnswer] = field(default_factory=dict)
    api_url: str = ""
    publish: Callable[[Object], None] = lambda thing: None

    def milliseconds(self) -> int:
        """The time as Tap writes it."""
        return int(self.now() * 1000)

    def kept(self, path: str, idempotent: str) -> KeptAnswer | None:
        """What is kept under an idempotent string, if it is not too old."""
        found = self.kept_answers.get((path, idempotent))
        return found if found is not None and self.now() - found.kept_at < IDEMPOTENCY_SECONDS else None
