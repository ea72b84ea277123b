"""A worker, offices whose tools it reaches, and parts of automations."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.offices import Office
from tests.support.workplace import Row, Workplace
from workers.runtime import Worker

EMAIL = "ayesha@example.ae"


@pytest.fixture(scope="module")
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    """A worker, at work all the while; it needs a keyring, which comes with the first organization."""
    await workplace.organization()
    async with workplace.working(poll_seconds=0.1) as worker:
        yield worker


@pytest.fixture
async def office(workplace: Workplace) -> Office:
    """An organization without tools."""
    return await Office.open(workplace)


def keep(**given: Any) -> Row:
    """An action that keeps a lead."""
    return {"kind": "lead.upsert", "with": {"email": EMAIL, **given}}


def when(field: str, op: str, *value: Any) -> Row:
    """A condition."""
    return {"field": field, "op": op, **({"value": value[0]} if value else {})}


def statuses(rows: list[Row]) -> list[str]:
    """How runs or steps stand."""
    return [each["status"] for each in rows]
