"""How far a backup or a restore is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """``done`` of ``total``: tables when a backup is taken, bytes when it is read."""

    table: str
    done: int
    total: int
    rows: int


Report = Callable[[Step], None]
