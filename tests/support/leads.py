"""Leads with what is known of them, which comes only when it is named."""

from typing import Final

from tests.support.callers import LEAD, Caller, Row

COLUMNS: Final = "l.*, l.email, l.phone, l.first_name, l.last_name, l.company, l.attributes"
"""In SQL, of `public.leads l`."""


async def leads_of(caller: Caller, filters: str = "") -> list[Row]:
    """Leads as a caller sees them."""
    return await caller.rows(f"leads?{LEAD}&{filters}")


async def find_leads(caller: Caller, **arguments: str) -> list[Row]:
    """Leads found by an address."""
    found: list[Row] = await caller.call(f"find_leads?{LEAD}", **arguments)
    return found
