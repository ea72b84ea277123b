"""What a suite that runs over every marketing tool has to know of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

State = dict[str, Any]
"""What the sandbox's ``GET /_state?provider=…`` shows."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One marketing tool and its twin in the sandbox.

    :param account: credentials of a new account of the twin, as somebody would paste them.
    :param kept: the e-mails of the contacts that the twin keeps.
    :param upsert_call: the request that has it keep contacts, as method and path pattern below ``/{key}``; None where
        it keeps none.
    """

    key: str
    account: Callable[[], dict[str, str]]
    kept: Callable[[State], list[str]]
    upsert_call: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
