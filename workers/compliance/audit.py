"""The audit log's chain: verified at the hub, or in an export far from it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from workers.store.audit import Checked, PostgresAuditLog

COLUMNS: Final = (
    "organization_id",
    "sequence",
    "occurred_at",
    "actor_type",
    "actor_id",
    "action",
    "target_type",
    "target_id",
    "detail",
    "before",
    "after",
    "remote_address",
    "user_agent",
    "content",
    "previous_hash",
    "hash",
)
"""Of an export. ``content`` is what the hash covers, in the very spelling that was hashed."""
_IN_CONTENT: Final = (
    "organization_id",
    "sequence",
    None,  # the time, as seconds
    *COLUMNS[3:13],
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Report:
    """How a chain stands.

    :param fault: ``missing``, ``altered``, ``unbound``, or ``cut off``: an earlier end that was noted is not in it.
    """

    lines: int
    last_sequence: int | None
    last_hash: str | None
    first_broken_sequence: int | None = None
    fault: str | None = None

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


async def verify(log: PostgresAuditLog, organization_id: UUID, *, batch: int = _BATCH) -> AsyncIterator[Report]:
    """Check an organization's chain and yield how far that has come; it ends with the first broken link.

    :param batch: how many lines one statement looks at.
    """
    checked: Checked | None = None
    lines = 0
    while checked is None or checked.lines == batch:
        checked = await log.check(organization_id, checked, batch)
        lines += checked.lines
        yield Report(lines, checked.last_sequence, checked.last_hash, checked.first_broken_sequence, checked.fault)
        if not checked.intact:
            return


def verify_export(lines: Iterable[str]) -> Report:
    """Check an export in JSON lines: each hash, each link, and that what is shown is what was hashed.

    The first line is believed to follow on the one whose hash it names: an export may begin anywhere.

    :raises ValueError: a line is none of an export's; names its number.
    """
    count, sequence, previous = 0, None, None
    for number, text in enumerate(lines, start=1):
        try:
            line = orjson.loads(text)
            fault = _fault(line, sequence, previous)
            sequence, previous = int(line["sequence"]), str(line["hash"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number} is none of an audit log's export") from error
        count += 1
        if fault is not None:
            return Report(count, sequence, previous, sequence, fault)
    return Report(count, sequence, previous)


def _fault(line: Mapping[str, Any], sequence: int | None, previous: str | None) -> str | None:
    if sequence is not None and line["sequence"] != sequence + 1:
        return "missing"
    before = bytes.fromhex(line["previous_hash"] or "")
    if hashlib.sha256(before + line["content"].encode()).hexdigest() != line["hash"]:
        return "altered"
    content = orjson.loads(line["content"])
    if any(name is not None and content[place] != line[name] for place, name in enumerate(_IN_CONTENT)):
        return "altered"
    return "unbound" if previous is not None and line["previous_hash"] != previous else None


def as_json_line(line: Mapping[str, Any]) -> str:
    """A line of the log as one of an export, without the line break."""
    return orjson.dumps({name: line[name] for name in COLUMNS}, default=str).decode()


def as_csv_row(line: Mapping[str, Any] | None) -> str:
    """A line of the log as a row of CSV; None: the row of headings. What a spreadsheet would take for a formula is
    quoted by an apostrophe."""
    row = io.StringIO()
    values = COLUMNS if line is None else [_cell(line[name]) for name in COLUMNS]
    csv.writer(row, lineterminator="").writerow(values)
    return row.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
