"""What networks and tools tell by webhook: it makes us ask them, and that somebody wants no more mail holds at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.networks import facebook
from tests.support.offices import Office
from tests.support.tools import hubspot, mailchimp
from tests.support.workplace import Row, Workplace
from workers.providers.events import CanonicalEvent
from workers.store.webhooks import EventTransaction, StoredEvent
from workers.webhooks.effects import apply

EMAIL = "ayesha@example.ae"


@pytest.fixture
async def office(workplace: Workplace) -> Office:
    return await Office.open(workplace)


@asynccontextmanager
async def delivery(office: Office, connection_id: UUID) -> AsyncIterator[EventTransaction]:
    """The transaction of an event that came by a connection's webhook."""
    facts: dict[str, Any] = {"headers": {}, "query": "", "body": b"", "settings": {}, "environment": "sandbox"}
    event = StoredEvent(
        id=uuid4(),
        received_at=datetime.now(UTC),
        organization_id=office.organization_id,
        connection_id=connection_id,
        endpoint_id=uuid4(),
        provider_key=office.keys[connection_id],
        verified=True,
        status="received",
        provider_event_id=None,
        event_type=None,
        credentials_version=1,
        record_only=False,
        ignored_event_types=[],
        tolerance_seconds=300,
        **facts,
    )
    async with office.hub.pool.connection() as connection, connection.transaction():
        yield EventTransaction(connection, event, settled=False)


async def told(office: Office, connection_id: UUID, *, is_believed: bool = True, **facts: Any) -> bool:
    """Apply what a webhook tells; whether it concerned anything of ours."""
    event = CanonicalEvent(type="test.changed", provider_type="test", occurred_at=datetime.now(UTC), **facts)
    async with delivery(office, connection_id) as transaction:
        return await apply(transaction, event, connection_id, is_believed=is_believed, may_wait=False)


async def is_due(office: Office, connection_id: UUID, stream: str) -> bool:
    query = "select next_run_at <= now() as due from public.sync_streams where connection_id = %s and stream = %s"
    return bool((await office.hub.one(query, connection_id, stream))["due"])


@pytest.mark.parametrize("is_believed", [True, False])
async def test_news_of_a_stream_makes_it_due(office: Office, is_believed: bool) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    assert not await is_due(office, connection_id, "deals")
    assert await told(office, connection_id, stream="deals", is_believed=is_believed)
    assert await is_due(office, connection_id, "deals")
    assert not await is_due(office, connection_id, "audiences")


async def test_news_of_what_is_not_read_concerns_nobody(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    assert not await told(office, connection_id, stream="contacts")  # which are read once leads are pulled
    assert not await is_due(office, connection_id, "contacts")
    assert not await told(office, connection_id, stream="posts")


async def somebody_who_agreed(office: Office) -> tuple[UUID, Row]:
    connection_id = await office.connect(mailchimp.TOOL)
    await office.synchronize(connection_id, direction="pull")
    return connection_id, await office.agreed(EMAIL)


async def test_who_unsubscribes_has_withdrawn_at_once(office: Office) -> None:
    connection_id, lead = await somebody_who_agreed(office)
    assert await told(office, connection_id, withdrawn_email=EMAIL.upper(), stream="contacts")
    assert await office.consent(lead) == "withdrawn"
    assert await is_due(office, connection_id, "contacts")
    (event,) = await office.events("lead.consent_withdrawn")
    assert (event["subject_id"], event["data"]["purpose"]) == (lead["id"], "marketing_email")
    await told(office, connection_id, withdrawn_email=EMAIL)
    assert len(await office.events("lead.consent_withdrawn")) == 1


async def test_what_nobody_signed_withdraws_nothing_and_is_asked_about(office: Office) -> None:
    connection_id, lead = await somebody_who_agreed(office)
    assert await told(office, connection_id, withdrawn_email=EMAIL, stream="contacts", is_believed=False)
    assert await office.consent(lead) == "given"
    assert await is_due(office, connection_id, "contacts")


async def test_somebody_unknown_who_unsubscribes_concerns_nobody(office: Office) -> None:
    connection_id, lead = await somebody_who_agreed(office)
    assert not await told(office, connection_id, withdrawn_email="other@example.ae")
    assert await office.consent(lead) == "given"


async def test_a_lead_of_another_organization_is_not_touched(office: Office, workplace: Workplace) -> None:
    _, lead = await somebody_who_agreed(office)
    other = await Office.open(workplace)
    assert not await told(other, await other.connect(mailchimp.TOOL), withdrawn_email=EMAIL)
    assert await office.consent(lead) == "given"


async def test_what_somebody_filled_in_is_fetched_once(office: Office) -> None:
    connection_id = await office.connect(facebook.NETWORK)
    for _ in range(2):
        assert await told(office, connection_id, provider_lead_id="1234", is_believed=False)
    query = "select payload from private.jobs where organization_id = %s and kind = 'lead.fetch'"
    (job,) = await office.hub.all(query, office.organization_id)
    assert job["payload"] == {"connection_id": str(connection_id), "provider_lead_id": "1234"}


async def test_a_post_that_is_not_ours_concerns_nobody(office: Office) -> None:
    connection_id = await office.connect(facebook.NETWORK)
    page = facebook.NETWORK.account_id
    assert not await told(office, connection_id, provider_account_id=page, provider_post_id=f"{page}_1")
